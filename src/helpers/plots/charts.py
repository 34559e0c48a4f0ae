"""What notebooks draw with: lines, bars, columns and slopes, and the marks on them.

Each function draws on one Axes and keeps to the house look. The marks (eras, breaks,
provisional points, ranges) are those of `marks`, offered here too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.plots.marks import (
    draw_range,
    label_end,
    mark_break,
    mark_provisional,
    shade_eras,
    to_floats,
)
from helpers.plots.style import (
    BODY_SIZE,
    INK,
    MUTED,
    PALETTE,
    SeriesStyle,
    assign_styles,
    format_axes,
)
from helpers.prose.text import MISSING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "draw_bars",
    "draw_columns",
    "draw_lines",
    "draw_range",
    "draw_slopes",
    "label_end",
    "mark_break",
    "mark_provisional",
    "shade_eras",
]


def draw_lines(
    ax: Axes, frame: pd.DataFrame, x: str = "year", y: str | Sequence[str] = (), *,
    labels: Mapping[str, str] | None = None, styles: Mapping[str, SeriesStyle] | None = None,
    unit: str = "", provisional: int | None = None, from_zero: bool = True,
) -> None:  # fmt: skip
    """Draw lines with their names at their ends.

    matplotlib's plot, and not seaborn's lineplot, because that one joins the points on both
    sides of a missing value, as if there were one.

    Parameters
    ----------
    frame : DataFrame
        Column `x` (years, each once) and one column a line.
    labels : mapping
        Column -> name at the line's end; "" for no name.
    styles : mapping
        Column -> style, from `assign_styles`, so that a series looks alike in every figure.
    unit : str
        "%" for shares between 0 and 1.
    provisional : int, optional
        A year whose points are drawn hollow.
    """
    columns = [y] if isinstance(y, str) else list(y)
    if not frame[x].is_unique:
        raise ValueError(f"{x} names a point twice: a line has one value at each")
    drawn = frame.sort_values(x)
    chosen = {**assign_styles(columns), **(styles or {})}
    at = to_floats(drawn[x])
    for column in columns:
        style, values = chosen[column], to_floats(drawn[column])
        ax.plot(at, values, markeredgecolor="white", **style.line())
        known = np.flatnonzero(np.isfinite(values))
        if not len(known):
            continue
        if provisional is not None:
            for place in np.flatnonzero((at == provisional) & np.isfinite(values)):
                mark_provisional(ax, provisional, values[place], style=style)
        name = (labels or {}).get(column, column)
        if name:
            label_end(ax, at[known[-1]], values[known[-1]], name, colour=style.text)
    ax.set_xlim(at.min() - 0.6, at.max() + 0.6)
    if from_zero:
        lowest = drawn[columns].min().min()
        ax.set_ylim(bottom=ax.get_ylim()[0] if pd.notna(lowest) and lowest < 0 else 0)
    format_axes(ax, unit=unit)


def draw_bars(
    ax: Axes, frame: pd.DataFrame, label: str = "name", value: str = "pending", *,
    form: str = "{:,.0f}", highlight: Iterable[str] = (), colour: str = PALETTE[0],
) -> None:  # fmt: skip
    """Draw horizontal bars in the frame's order, the first on top, each with its value.

    Parameters
    ----------
    frame : DataFrame
        Columns `label` (names) and `value`; a missing value has no bar and a dash.
    form : str
        How a value is written, as in "{:,.0f}" or "{:.1%}".
    highlight : iterable of str
        Names that are drawn in full colour; the others are then grey. Empty: all in colour.
    """
    names, values = list(frame[label].astype(str)), to_floats(frame[value])
    chosen = set(highlight)
    strangers = sorted(chosen - set(names))
    if strangers:
        raise ValueError(f"no bar is called {', '.join(strangers)}; there is: {', '.join(names)}")
    colours = [colour if not chosen or name in chosen else "#a6a6a6" for name in names]
    places = np.arange(len(names))
    ax.barh(places, np.nan_to_num(values), height=0.72, color=colours)
    wrapped = [textwrap.fill(name, 30) for name in names]
    ax.set_yticks(places, wrapped, color=INK, parse_math=False, linespacing=1.0)
    ax.set_ylim(len(names) - 0.45, -0.55)
    for place, number in zip(places, values, strict=True):
        text = form.format(number) if np.isfinite(number) else MISSING
        ax.annotate(
            text, (number if np.isfinite(number) else 0, place), xytext=(4, 0),
            textcoords="offset points", va="center", color=INK, fontsize=BODY_SIZE - 0.5,
        )  # fmt: skip
    ax.grid(False)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.axvline(0, color="#a6a6a6", linewidth=0.8)
    ax.set_xlim(left=0)


def draw_columns(
    ax: Axes, frame: pd.DataFrame, x: str = "year", y: str | Sequence[str] = (), *,
    labels: Mapping[str, str] | None = None, styles: Mapping[str, SeriesStyle] | None = None,
    unit: str = "", provisional: int | None = None,
) -> None:  # fmt: skip
    """Draw one column a year, stacked where there are several parts, with a legend.

    The parts differ in colour and hatching. A provisional year's column is only outlined.
    """
    parts = [y] if isinstance(y, str) else list(y)
    chosen = {**assign_styles(parts), **(styles or {})}
    at, base = to_floats(frame[x]), np.zeros(len(frame))
    for part, hatch in zip(parts, ("", "////", "....", "xxxx", "----", "++++"), strict=False):
        values = np.nan_to_num(to_floats(frame[part]))
        colour = chosen[part].colour
        bars = ax.bar(
            at, values, bottom=base, width=0.72, color=colour, edgecolor="white", linewidth=0.4,
            hatch=hatch, label=(labels or {}).get(part, part),
        )  # fmt: skip
        for bar in [b for b, year in zip(bars, at, strict=True) if year == provisional]:
            bar.set(facecolor="white", edgecolor=colour, linewidth=1.2, linestyle="--")
        base = base + values
    ax.set_xlim(at.min() - 0.6, at.max() + 0.6)
    format_axes(ax, unit=unit)
    if len(parts) > 1:
        _put_legend_below(ax, len(parts))


def _put_legend_below(ax: Axes, columns: int) -> None:
    """Put the legend under the year labels, where neither eras nor breaks are written."""
    from matplotlib.transforms import ScaledTranslation

    down = ScaledTranslation(0, -0.27, ax.figure.dpi_scale_trans)
    ax.legend(
        loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=ax.transAxes + down,
        ncols=columns, fontsize=BODY_SIZE - 0.5, handleheight=1.2, borderaxespad=0, borderpad=0,
        columnspacing=1.4,
    )  # fmt: skip


def draw_slopes(
    ax: Axes, frame: pd.DataFrame, label: str, left: str, right: str, *,
    heads: tuple[str, str], form: str = "{:.0f}", highlight: Iterable[str] = (),
) -> None:  # fmt: skip
    """Draw a change between two moments as a line a name: ranks (1 on top) or other values.

    Parameters
    ----------
    frame : DataFrame
        Columns `label`, `left` and `right`; a name that is missing on a side has a point only.
    heads : pair of str
        What stands over the two sides.
    highlight : iterable of str
        Names drawn in colour; the others are grey.
    """
    chosen = list(highlight)
    styles = assign_styles(chosen)
    for name, *pair in frame[[label, left, right]].itertuples(index=False):
        ends = to_floats(pair)
        style = styles.get(name)
        colour, text = (style.colour, style.text) if style else ("#a6a6a6", MUTED)
        ax.plot(
            [0, 1], ends, color=colour, marker=style.marker if style else "o", markersize=5,
            linewidth=2.2 if style else 1.2, zorder=3 if style else 2,
        )  # fmt: skip
        said = [form.format(end) if np.isfinite(end) else "" for end in ends]
        weight = "bold" if style else "normal"
        if said[0]:
            label_end(ax, 0, ends[0], f"{name}  {said[0]}", colour=text, weight=weight, side="left")
        if said[1]:
            label_end(ax, 1, ends[1], f"{said[1]}  {name}", colour=text, weight=weight)
    ax.margins(y=0.06)
    ax.invert_yaxis()
    ax.set(xlim=(-0.02, 1.02), xticks=[0, 1])
    ax.set_xticks([0, 1], heads, color=INK, fontweight="bold")
    ax.xaxis.tick_top()
    ax.tick_params(length=0, pad=8)
    ax.yaxis.set_visible(False)
    ax.spines[:].set_visible(False)
