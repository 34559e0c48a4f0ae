"""A world map in few steps of one colour, dark for many, so that it reads in grey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.plots.projection import project, split_ring
from helpers.plots.style import BODY_SIZE, INK
from helpers.prose.text import say_value, say_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from helpers.data.shapes import Polygon, Shapes

STEPS = ("#c9dcec", "#9bbfdc", "#6a9cc6", "#40779f", "#1f4e79", "#0b2447")
EMPTY, BORDER = "#f4f4f4", "#b8b8b8"
# Around the pole there is no area to fill, and no country that takes claims.
LEFT_OUT = ("ATA",)
SPAN = np.array([-57.0, 84.0])  # latitudes


def choose_steps(count: int) -> list[str]:
    """Choose colours for that many bins, light to dark and as far apart as they go.

    >>> choose_steps(2) == [STEPS[0], STEPS[-1]]
    True
    """
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    if not 1 <= count <= len(STEPS):
        raise ValueError(f"a map has one to {len(STEPS)} bins, not {count}")
    if count == 1:
        return [STEPS[-2]]
    between = LinearSegmentedColormap.from_list("steps", STEPS)
    return [to_hex(between(place)) for place in np.linspace(0, 1, count)]


def draw_map(ax: Axes, shapes: Shapes, binned: pd.DataFrame, origin: str) -> None:
    """Draw every shape, coloured by its bin, with a key below.

    Parameters
    ----------
    shapes : Shapes
        Outlines by ISO3 code (`helpers.data.shapes`).
    binned : DataFrame
        asylum (ISO3, each once), bin (0 is the lowest), bin_label. What has no shape is not drawn.
    origin : str
        ISO3 of the origin, drawn hatched.
    """
    order = binned.drop_duplicates("bin").sort_values("bin")
    labels = dict(zip(order["bin"], order["bin_label"], strict=True))
    low = min(labels)
    steps = choose_steps(max(labels) - low + 1)
    colours = {place: steps[place - low] for place in range(low, max(labels) + 1)}
    bins = dict(zip(binned["asylum"], binned["bin"], strict=True))
    for code, polygons in shapes.by_code.items():
        if code in LEFT_OUT:
            continue
        face = colours[bins[code]] if code in bins else EMPTY
        _draw_shape(ax, polygons, face, "//////" if code == origin else "")
    for polygons in shapes.without_code:
        _draw_shape(ax, polygons, EMPTY)
    x, y = project(np.array([-180.0, 180.0]), np.zeros(2))[0], project(np.zeros(2), SPAN)[1]
    ax.set(xlim=x, ylim=y, aspect="equal", anchor="N")
    ax.axis("off")
    steps_drawn = [(colours[place], label) for place, label in labels.items()]
    _add_key(ax, steps_drawn, has_origin=origin in shapes.by_code)


def _draw_shape(ax: Axes, polygons: Sequence[Polygon], face: str, hatch: str = "") -> None:
    """Draw one country's polygons as one patch."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rings = [part for polygon in polygons for ring in polygon for part in split_ring(ring)]
    paths = [Path(np.column_stack(project(r[:, 0], r[:, 1])), closed=True) for r in rings]
    edge = INK if hatch else BORDER if face == EMPTY else "white"
    ax.add_artist(  # `add_patch` would measure each outline; the map has limits of its own
        PathPatch(
            Path.make_compound_path(*paths), facecolor=face, edgecolor=edge, linewidth=0.35,
            hatch=hatch or None, zorder=2 if hatch else 1,
        )
    )  # fmt: skip


def _add_key(ax: Axes, steps: Sequence[tuple[str, str]], *, has_origin: bool) -> None:
    """Put the key of colours under the map; an origin too small to be drawn is not in it."""
    from matplotlib.patches import Patch

    look: dict[str, Any] = {"linewidth": 0.6}
    handles = [Patch(facecolor=c, edgecolor=BORDER, label=text, **look) for c, text in steps]
    handles.append(Patch(facecolor=EMPTY, edgecolor=BORDER, label="none on file", **look))
    if has_origin:
        hatched = {"hatch": "//////", "label": "the origin", **look}
        handles.append(Patch(facecolor=EMPTY, edgecolor=INK, **hatched))
    ax.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.01), ncols=4,
        fontsize=BODY_SIZE - 1, columnspacing=1.6, handlelength=1.6,
    )  # fmt: skip


def describe_map(bins: pd.DataFrame, names: Mapping[str, str], most: Iterable[str]) -> str:
    """Describe a map for those who do not see it: the bins, and the destinations of the highest.

    Parameters
    ----------
    bins : DataFrame
        bin_label, destinations, share; the highest bin first (`analysis.bins`).
    names : mapping
        ISO3 -> name.
    most : iterable of str
        Codes in the highest bin.

    Examples
    --------
    >>> bins = pd.DataFrame({"bin_label": ["10 to 99"], "destinations": [1], "share": [1.0]})
    >>> describe_map(bins, {"AUS": "Australia"}, ["AUS"])
    'World map. One destination with 10 to 99 claims, 100.0% of them: Australia.'
    """
    said = [
        f"{say_words(count).capitalize()} destination{'' if count == 1 else 's'} with {label} "
        f"claims, {say_value(share, '%')} of them"
        for label, count, share in bins[["bin_label", "destinations", "share"]].itertuples(
            index=False
        )
    ]
    said[0] += f": {', '.join(names[code] for code in most)}"
    return f"World map. {'. '.join(said)}."
