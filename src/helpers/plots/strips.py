"""Strips: where one name stands in a crowd, one row of points a measure."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.plots.marks import to_floats
from helpers.plots.style import BODY_SIZE, INK, MUTED, PALETTE, SMALL_SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 0.5  # of a row, within which its points are stacked


def draw_strips(
    ax: Axes, frame: pd.DataFrame, row: str, value: str, name: str, *, chosen: str, label: str,
    ends: int = 3,
) -> None:  # fmt: skip
    """Draw each row's values as points on a logarithmic axis, with one of them in colour.

    Points that would cover each other are stacked, a tick stands at the others' median, and the
    outermost points are named.

    Parameters
    ----------
    frame : DataFrame
        Columns `row` (what a row is called, in order), `value` (ratios above 0) and `name`
        (codes of the points).
    chosen : str
        The code that is drawn in colour, in every row that has it.
    label : str
        What is written beside it.
    ends : int
        How many of the greatest of each row are named.
    """
    rows = list(dict.fromkeys(frame[row].astype(str)))
    ax.set_xscale("log")
    for place, heading in enumerate(rows):
        part = frame[frame[row].astype(str) == heading].sort_values(value)
        values = to_floats(part[value])
        at = place - stack_points(np.log(values), HEIGHT)
        is_own = part[name].eq(chosen).to_numpy()
        ax.scatter(values[~is_own], at[~is_own], s=17, color="#a6a6a6", linewidths=0, zorder=2)
        ax.scatter(values[is_own], at[is_own], s=62, color=PALETTE[2], marker="D", zorder=4)
        if (~is_own).any():
            middle = float(np.median(values[~is_own]))
            ax.plot([middle] * 2, [place - HEIGHT, place + 0.2], color=INK, linewidth=1.6, zorder=3)
        for spot in pick_ends(np.log(values), ends):
            if not is_own[spot]:
                _name_point(ax, values[spot], at[spot], str(part[name].iloc[spot]), MUTED)
        for x in values[is_own]:
            _name_point(ax, x, place + 0.16, f"{label} {x:,.2f}", PALETTE[2], below=True)
    _set_axes(ax, rows)


def pick_ends(positions: np.ndarray, most: int, apart: float = 0.45) -> list[int]:
    """Return the places of the greatest values whose names would not run into each other.

    Parameters
    ----------
    positions : array
        Sorted, in the axis's own (logarithmic) units.
    most : int
        How many, at most.
    apart : float
        What a name needs.

    Examples
    --------
    >>> pick_ends(np.array([0.0, 1.0, 1.1, 3.0]), 3)
    [3, 2]
    """
    picked: list[int] = []
    for place in range(len(positions) - 1, max(len(positions) - 1 - most, -1), -1):
        if not picked or positions[picked[-1]] - positions[place] >= apart:
            picked.append(place)
    return picked


def stack_points(positions: np.ndarray, height: float, width: float = 0.09) -> np.ndarray:
    """Return how far up each of the sorted positions stands so that none covers another.

    Parameters
    ----------
    positions : array
        Sorted, in the axis's own (logarithmic) units.
    height : float
        Of the highest stack; higher ones are pressed into it.
    width : float
        Points nearer than this are stacked.

    Examples
    --------
    >>> stack_points(np.array([0.0, 0.01, 5.0]), 1.0).tolist()
    [0.0, 0.12, 0.0]
    """
    bins = np.floor((positions - (positions[0] if len(positions) else 0.0)) / width)
    level = np.zeros(len(positions))
    for place in range(1, len(positions)):
        level[place] = level[place - 1] + 1 if bins[place] == bins[place - 1] else 0
    step = min(0.12, height / max(level.max(initial=0), 1))
    return np.asarray(level * step)


def _name_point(
    ax: Axes, x: float, y: float, text: str, colour: str, *, below: bool = False
) -> None:
    """Write a point's name above it, or in bold below it."""
    ax.annotate(
        text, (x, y), xytext=(0, -3 if below else 4), textcoords="offset points", ha="center",
        va="top" if below else "bottom", color=colour, annotation_clip=False, parse_math=False,
        fontsize=BODY_SIZE - 0.5 if below else SMALL_SIZE - 1.5,
        fontweight="bold" if below else "normal",
    )  # fmt: skip


def _set_axes(ax: Axes, rows: list[str]) -> None:
    """Name the rows, and write the axis as multiples."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    wrapped = [textwrap.fill(text, 20) for text in rows]
    ax.set_yticks(range(len(rows)), wrapped, color=INK, parse_math=False, linespacing=1.0)
    ax.set_ylim(len(rows) - 0.35, -HEIGHT - 0.3)
    ax.grid(False)
    ax.grid(True, axis="x")
    ax.axvline(1, color="#a6a6a6", linewidth=0.8, zorder=1)
    low, high = ax.get_xlim()
    ax.xaxis.set_major_locator(LogLocator(subs=(1,) if math.log10(high / low) > 2 else (1, 2, 5)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(format_multiple))


def format_multiple(value: float, _place: int | None = None) -> str:
    """Write a multiple as an axis shows it.

    >>> [format_multiple(v) for v in (0.5, 1, 20)]
    ['×0.5', '×1', '×20']
    """
    return f"×{value:,.0f}" if value >= 1 else f"×{value:.3g}"
