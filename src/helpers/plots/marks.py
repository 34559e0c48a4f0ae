"""Marks on a chart: eras, breaks, provisional points, ranges, and names at the lines' ends.

Labels that might collide are noted, and placed when `Page.figure` finishes the figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from helpers.plots.layout import get_notes
from helpers.plots.style import (
    BAND,
    BODY_SIZE,
    INK,
    MUTED,
    PALETTE,
    SMALL_SIZE,
    SeriesStyle,
    assign_styles,
    darken_for_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class EraLike(Protocol):
    """A span of years with a name; None is an open end."""

    @property
    def name(self) -> str:
        """What stands over the span."""

    @property
    def first(self) -> int | None:
        """First year, included."""

    @property
    def last(self) -> int | None:
        """Last year, included."""


def to_floats(values: Any) -> np.ndarray:
    """Turn a column into floats; missing becomes NaN, at which a line is interrupted."""
    return pd.Series(values).astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def label_end(
    ax: Axes, x: float, y: float, text: str, *, colour: str = INK, weight: str = "bold",
    side: str = "right",
) -> None:  # fmt: skip
    """Write a name to the right (or left) of a point; names that would collide move apart."""
    is_right = side == "right"
    label = ax.annotate(
        text, (x, y), xytext=(8 if is_right else -8, 0), textcoords="offset points", va="center",
        ha="left" if is_right else "right", color=colour, fontsize=BODY_SIZE - 0.5,
        fontweight=weight, annotation_clip=False, parse_math=False,
    )  # fmt: skip
    get_notes(ax).ends.append(label)


def mark_break(ax: Axes, year: int, text: str = "") -> None:
    """Mark that figures before `year` and from `year` on do not compare.

    The break lies between two years, so its line stands half a year before the first point of
    the new series. Draw the lines first: labels keep clear of them. Without a text the line is
    short, at the foot of the chart, so that many breaks do not hide the data.
    """
    dashes: dict[str, Any] = {
        "color": MUTED,
        "linestyle": (0, (4, 3)),
        "linewidth": 1.0,
        "zorder": 1.5,
    }
    ax.axvline(year - 0.5, ymax=1 if text else 0.12, **dashes)
    if not text:
        return
    label = ax.annotate(
        text, (year - 0.5, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
        textcoords="offset points", va="top", ha="left", color=MUTED, fontsize=SMALL_SIZE,
        linespacing=1.15, zorder=4, parse_math=False,
        bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1},
    )  # fmt: skip
    get_notes(ax).breaks.append((year - 0.5, label))


def mark_provisional(
    ax: Axes, year: int, value: float, *, style: SeriesStyle | None = None, text: str = ""
) -> None:
    """Draw a point hollow, as provisional (a mid-year figure), with a small label if wanted."""
    shape = style or assign_styles(["one"])["one"]
    ax.plot(
        [year], [value], linestyle="", marker=shape.marker or "o", markersize=7,
        markerfacecolor="white", markeredgecolor=shape.colour, markeredgewidth=1.6, zorder=5,
    )  # fmt: skip
    if text:
        ax.annotate(
            text, (year, value), xytext=(0, 9), textcoords="offset points", ha="right",
            va="bottom", color=MUTED, fontsize=SMALL_SIZE, zorder=5,
        )  # fmt: skip


def shade_eras(ax: Axes, eras: Iterable[EraLike]) -> None:
    """Shade every other era and write the names on top; draw the data first.

    Era years are both included, so a band reaches half a year beyond them.
    """
    left, right = ax.get_xlim()
    for place, era in enumerate(eras):
        first = left if era.first is None else max(left, era.first - 0.5)
        last = right if era.last is None else min(right, era.last + 0.5)
        if first >= last:
            continue
        if place % 2 == 0:
            ax.axvspan(first, last, color=BAND, linewidth=0, zorder=0)
        label = ax.annotate(
            era.name, ((first + last) / 2, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
            textcoords="offset points", ha="center", va="bottom", color=MUTED,
            fontsize=SMALL_SIZE, annotation_clip=False, linespacing=1.1, parse_math=False,
        )  # fmt: skip
        get_notes(ax).eras.append((first, last, label))
    ax.set_xlim(left, right)


def draw_range(
    ax: Axes, year: Any, lower: Any, upper: Any, *, label: str = "", colour: str = PALETTE[4]
) -> None:
    """Fill between two bounds; where one is missing the band is interrupted."""
    at, low, high = to_floats(year), to_floats(lower), to_floats(upper)
    known = np.isfinite(low) & np.isfinite(high)
    if (low[known] > high[known]).any():
        raise ValueError("a range's lower bound lies above its upper one")
    ax.fill_between(at, low, high, where=known, color=colour, alpha=0.28, linewidth=0, zorder=1)
    alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    ax.vlines(at[alone], low[alone], high[alone], color=colour, alpha=0.5, linewidth=4, zorder=1)
    if label and known.any():
        place = np.flatnonzero(known)[-1]
        label_end(ax, at[place], high[place], label, colour=darken_for_text(colour))
