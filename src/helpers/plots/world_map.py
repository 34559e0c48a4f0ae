"""A world map in few steps of one colour, dark for many, so that it reads in grey.

The outlines are stored in the Equal Earth projection, which keeps areas in proportion, so that a
large country does not look like a large number.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from helpers import paths
from helpers.data.datapackage import read_package, read_verified
from helpers.plots.chart_parts import draw_key
from helpers.plots.style import INK

STEPS = ("#c9dcec", "#9bbfdc", "#6a9cc6", "#40779f", "#1f4e79", "#0b2447")
EMPTY, UNNAMED, BORDER = "#f4f4f4", "#d8cfbb", "#b8b8b8"
STRIPES, DOTS = "//////", "....."  # in grey the colour of what is not named is that of few claims


def load_outlines() -> dict[str, list[Path]]:
    """Load the country outlines of data/shapes by ISO3 code; those without a code are under "".

    Raises
    ------
    InputError
        Where the file is missing or is not the one that datapackage.json records.
    """
    (resource,) = read_package(paths.shapes())["resources"]
    outlines: dict[str, list[Path]] = {}
    for each in json.loads(read_verified(paths.shapes(), resource)):
        rings = [Path(np.array(ring), closed=True) for ring in each["rings"]]
        outlines.setdefault(each["iso3"] or "", []).append(Path.make_compound_path(*rings))
    return outlines


def draw_map(
    ax: Axes, outlines: Mapping[str, list[Path]], binned: pd.DataFrame, origin: str,
    unnamed: Collection[str] = (),
) -> None:  # fmt: skip
    """Draw every outline (`load_outlines`), coloured by its bin, with a key below.

    `binned` has asylum (ISO3, each once), bin (0 is the lowest), bin_label; what has no outline is
    not drawn. The origin (ISO3) is hatched, `unnamed` destinations, which name hardly any origin,
    are dotted.
    """
    labels = binned.sort_values("bin").drop_duplicates("bin").set_index("bin")["bin_label"]
    colours = choose_steps(labels.index[-1] - labels.index[0] + 1)
    faces = {place: (colours[place - labels.index[0]], "") for place in labels.index}
    looks = dict.fromkeys(unnamed, (UNNAMED, DOTS))
    looks |= {code: faces[place] for code, place in binned[["asylum", "bin"]].to_numpy()}
    for code, shapes in outlines.items():
        face, hatch = looks.get(code, (EMPTY, ""))
        hatch = STRIPES if code == origin else hatch
        edge = INK if hatch else BORDER if face == EMPTY else "white"
        for shape in shapes:  # `add_patch` would measure each; the map has limits of its own
            look = {"hatch": hatch or None, "zorder": 2 if hatch else 1}
            ax.add_artist(PathPatch(shape, facecolor=face, edgecolor=edge, linewidth=0.35, **look))
    # The globe's width, and latitudes from 57 degrees south to 84 north.
    ax.set(xlim=(-2.707, 2.707), ylim=(-1.047, 1.307), aspect="equal", anchor="N")
    ax.axis("off")
    key = [(*faces[place], BORDER, label) for place, label in labels.items()]
    if set(unnamed) & set(outlines):
        key.append((UNNAMED, DOTS, INK, "origins not named"))
    key.append((EMPTY, "", BORDER, "none reported"))
    if origin in outlines:  # too small to be drawn, it is not in the key
        key.append((EMPTY, STRIPES, INK, "the origin"))
    handles = [
        Patch(facecolor=face, edgecolor=edge, label=label, hatch=hatch or None, linewidth=0.6)
        for face, hatch, edge, label in key
    ]
    draw_key(ax, ncols=4, below=0.02, handles=handles, handlelength=1.6)


def choose_steps(count: int) -> list[str]:
    """Choose colours for that many bins, light to dark and as far apart as they go.

    >>> choose_steps(2) == [STEPS[0], STEPS[-1]]
    True
    """
    if count == 1:
        return [STEPS[-2]]
    between = LinearSegmentedColormap.from_list("steps", STEPS)
    return [to_hex(between(place)) for place in np.linspace(0, 1, count)]
