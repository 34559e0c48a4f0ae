"""A world map in few steps of one colour, dark for many, so that it reads in grey.

The Equal Earth projection keeps areas in proportion, so that a large country does not look like a
large number. Source: B. Šavrič, T. Patterson and B. Jenny, The Equal Earth map projection,
International Journal of Geographical Information Science 33 (2019),
doi 10.1080/13658816.2018.1504949.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from helpers.data.shapes import Polygon, Shapes
from helpers.plots.style import BODY_SIZE, INK
from helpers.prose.words import say_value, say_words

STEPS = ("#c9dcec", "#9bbfdc", "#6a9cc6", "#40779f", "#1f4e79", "#0b2447")
EMPTY, UNNAMED, BORDER = "#f4f4f4", "#d8cfbb", "#b8b8b8"
STRIPES, DOTS = "//////", "....."  # in grey the colour of what is not named is that of few claims
# Around the pole there is no area to fill, and no country that takes claims.
LEFT_OUT = ("ATA",)
SPAN = np.array([-57.0, 84.0])  # latitudes
_A = (1.340264, -0.081106, 0.000893, 0.003796)  # Equal Earth's polynomial
_M = np.sqrt(3) / 2


def draw_map(
    ax: Axes,
    shapes: Shapes,
    binned: pd.DataFrame,
    origin: str,
    unnamed: Collection[str] = (),
) -> None:
    """Draw every shape, coloured by its bin, with a key below.

    Parameters
    ----------
    shapes : Shapes
        Outlines by ISO3 code (`helpers.data.shapes`).
    binned : DataFrame
        asylum (ISO3, each once), bin (0 is the lowest), bin_label. What has no shape is not drawn.
    origin : str
        ISO3 of the origin, drawn hatched.
    unnamed : collection of str
        Destinations that name hardly any origin, drawn dotted.
    """
    order = binned.drop_duplicates("bin").sort_values("bin")
    labels = dict(zip(order["bin"], order["bin_label"], strict=True))
    low = min(labels)
    colours = dict(enumerate(choose_steps(max(labels) - low + 1), low))
    bins = dict(zip(binned["asylum"], binned["bin"], strict=True))
    for code, polygons in shapes.by_code.items():
        if code not in LEFT_OUT:
            face, hatch = (UNNAMED, DOTS) if code in unnamed else (EMPTY, "")
            face, hatch = (colours[bins[code]], "") if code in bins else (face, hatch)
            _draw_shape(ax, polygons, face, STRIPES if code == origin else hatch)
    for polygons in shapes.without_code:
        _draw_shape(ax, polygons, EMPTY)
    x, y = project(np.array([-180.0, 180.0]), np.zeros(2))[0], project(np.zeros(2), SPAN)[1]
    ax.set(xlim=x, ylim=y, aspect="equal", anchor="N")
    ax.axis("off")
    steps = [(colours[place], BORDER, label, "") for place, label in labels.items()]
    if set(unnamed) & set(shapes.by_code):
        steps.append((UNNAMED, INK, "origins not named", DOTS))
    steps.append((EMPTY, BORDER, "none reported", ""))
    if origin in shapes.by_code:  # too small to be drawn, it is not in the key
        steps.append((EMPTY, INK, "the origin", STRIPES))
    ax.legend(
        handles=[
            Patch(facecolor=face, edgecolor=edge, label=label, hatch=hatch or None, linewidth=0.6)
            for face, edge, label, hatch in steps
        ],
        loc="upper center", bbox_to_anchor=(0.5, 0.01), ncols=4,
        fontsize=BODY_SIZE - 1, columnspacing=1.6, handlelength=1.6,
    )  # fmt: skip


def choose_steps(count: int) -> list[str]:
    """Choose colours for that many bins, light to dark and as far apart as they go.

    >>> choose_steps(2) == [STEPS[0], STEPS[-1]]
    True
    """
    if not 1 <= count <= len(STEPS):
        raise ValueError(f"a map has one to {len(STEPS)} bins, not {count}")
    if count == 1:
        return [STEPS[-2]]
    between = LinearSegmentedColormap.from_list("steps", STEPS)
    return [to_hex(between(place)) for place in np.linspace(0, 1, count)]


def _draw_shape(ax: Axes, polygons: Sequence[Polygon], face: str, hatch: str = "") -> None:
    """Draw one country's polygons as one patch."""
    rings = [part for polygon in polygons for ring in polygon for part in split_ring(ring)]
    paths = [Path(np.column_stack(project(r[:, 0], r[:, 1])), closed=True) for r in rings]
    edge = INK if hatch else BORDER if face == EMPTY else "white"
    ax.add_artist(  # `add_patch` would measure each outline; the map has limits of its own
        PathPatch(
            Path.make_compound_path(*paths), facecolor=face, edgecolor=edge, linewidth=0.35,
            hatch=hatch or None, zorder=2 if hatch else 1,
        )
    )  # fmt: skip


def project(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Project degrees to the plane.

    Returns
    -------
    tuple of array
        x and y in radii of the globe; the map spans -2.71 to 2.71 by -1.32 to 1.32.

    Examples
    --------
    >>> x, y = project(np.array([0.0, 180.0]), np.array([90.0, 0.0]))
    >>> x.round(3).tolist(), y.round(3).tolist()
    ([0.0, 2.707], [1.317, 0.0])
    """
    theta = np.arcsin(_M * np.sin(np.radians(latitude)))
    square = theta**2
    sixth = square**3
    slope = _A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square)
    x = np.radians(longitude) * np.cos(theta) / (_M * slope)
    y = theta * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))
    return x, y


def split_ring(ring: np.ndarray) -> Iterator[np.ndarray]:
    """Cut a closed ring of degrees that crosses the antimeridian into rings on either side of it.

    Raises
    ------
    ValueError
        For a ring around a pole, which no cut along one meridian turns into an area.

    Examples
    --------
    >>> ring = np.array([[179.0, 0], [-179, 0], [-179, 2], [179, 2], [179, 0]])
    >>> [half[:, 0].tolist() for half in split_ring(ring)]
    [[179.0, 180.0, 180.0, 179.0, 179.0], [-180.0, -179.0, -179.0, -180.0, -180.0]]
    """
    turns = np.cumsum(np.r_[0, -360 * np.round(np.diff(ring[:, 0]) / 360)])
    if turns[-1]:
        raise ValueError("a ring around a pole cannot be cut into areas")
    whole = np.column_stack([ring[:, 0] + turns, ring[:, 1]])
    for shift in (0, -360, 360):
        moved = whole + np.array([shift, 0])
        if moved[:, 0].min() < 180 and moved[:, 0].max() > -180:
            part = _clip(_clip(moved, 180, 1), -180, -1)
            if len(part) >= 4:
                yield part


def _clip(ring: np.ndarray, at: float, sign: int) -> np.ndarray:
    """Cut off what lies beyond a meridian (Sutherland and Hodgman), east of it for sign 1."""
    inside = sign * (ring[:, 0] - at) <= 0
    if inside.all():
        return ring
    kept: list[np.ndarray] = []
    for place in range(len(ring) - 1):
        here, there = ring[place], ring[place + 1]
        if inside[place]:
            kept.append(here)
        if inside[place] != inside[place + 1]:
            part = (at - here[0]) / (there[0] - here[0])
            kept.append(np.array([at, here[1] + part * (there[1] - here[1])]))
    return np.array([*kept, kept[0]]) if kept else np.empty((0, 2))


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
    rows: list[Any] = bins[["bin_label", "destinations", "share"]].to_numpy().tolist()
    said = [
        f"{say_words(count).capitalize()} destination{'' if count == 1 else 's'} with {label} "
        f"claims, {say_value(share, '%')} of them"
        for label, count, share in rows
    ]
    said[0] += f": {', '.join(names[code] for code in most)}"
    return f"World map. {'. '.join(said)}."
