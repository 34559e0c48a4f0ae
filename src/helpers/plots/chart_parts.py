"""What charts are drawn with: lines, bars and columns, the marks on them, and their words.

Each function draws on one Axes and keeps to the house look. `describe_…` says a chart in words, for
those who do not see it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from helpers.plots import style
from helpers.prose.words import MISSING, say_value, say_words


def to_floats(values: Any) -> np.ndarray:
    """Turn a column into floats; missing becomes NaN, at which a line is interrupted."""
    return pd.Series(values).astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def write_beside(
    ax: Axes, x: float, y: float, text: str, *, at: str = "right", colour: str = style.INK,
    **look: Any,
) -> None:  # fmt: skip
    """Write a text at one side of a point: right, left, above or below."""
    shift, ha, va = {
        "right": ((7, 0), "left", "center"), "left": ((-7, 0), "right", "center"),
        "above": ((0, 3), "center", "bottom"), "below": ((0, -3), "center", "top"),
    }[at]  # fmt: skip
    look = {"fontsize": style.BODY_SIZE - 0.5, "annotation_clip": False} | look
    ax.annotate(
        text, (x, y), xytext=shift, textcoords="offset points", ha=ha, va=va, color=colour, **look
    )


def label_end(ax: Axes, x: float, y: float, text: str, colour: str) -> None:
    """Name a line at its end; names that would collide move apart when the figure is finished."""
    write_beside(ax, x, y, text, colour=colour, fontweight="bold", label=style.END)


def label_rows(ax: Axes, names: Iterable[str]) -> None:
    """Name horizontal rows, the first on top."""
    wrapped = [textwrap.fill(str(name), 26) for name in names]
    ax.set_yticks(range(len(wrapped)), wrapped, color=style.INK, linespacing=1.0)
    ax.set_ylim(len(wrapped) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")


def draw_dots(ax: Axes, x: Any, y: Any, colour: str, is_hollow: bool = False, **look: Any) -> None:
    """Draw points that no line joins, filled or hollow; `look` goes to `Axes.plot`."""
    usual: dict[str, Any] = {"marker": "o", "markersize": 7, "markeredgewidth": 1.5, "zorder": 4}
    fill = "white" if is_hollow else colour
    ax.plot(x, y, linestyle="", color=colour, markerfacecolor=fill, **(usual | look))


def draw_key(ax: Axes, ncols: int, below: float = 0.28, **legend: Any) -> None:
    """Draw the legend `below` the axes, in inches, where neither eras nor breaks are written."""
    down = ScaledTranslation(0, -below, ax.figure.dpi_scale_trans)
    ax.legend(
        loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=ax.transAxes + down, ncols=ncols,
        borderaxespad=0, borderpad=0, columnspacing=1.4, handletextpad=0.6, **legend,
    )  # fmt: skip


def _fit_letters(ax: Axes) -> float:
    """Return about how many small letters fit a year's width; the axes fill half the figure."""
    left, right = ax.get_xlim()
    return 0.5 * ax.figure.bbox.width / ax.figure.dpi / (0.0075 * style.SMALL_SIZE) / (right - left)


def mark_breaks(ax: Axes, breaks: Mapping[int, str] | Iterable[int]) -> None:
    """Mark years whose figures do not compare with the year before; draw the data first.

    A break lies between two years, so its line is half a year before the first point of the new
    series. Without words the line is short, at the foot of the chart, so that many breaks do not
    hide the data. Words hang from the top, above the data and clear of each other.
    """
    words = breaks if isinstance(breaks, Mapping) else dict.fromkeys(breaks, "")
    right = ax.get_xlim()[1]
    letters = _fit_letters(ax)
    ends: list[float] = []  # of each line of words, from the top
    for year, text in sorted(words.items()):
        look: dict[str, Any] = {"color": style.MUTED, "linestyle": (0, (4, 3)), "linewidth": 1}
        ax.axvline(year - 0.5, ymax=1 if text else 0.12, zorder=1.5, **look)
        if not text:
            continue
        wide = (len(text) + 1) / letters
        is_left = year - 0.5 + wide > right
        start = year - 0.5 - wide * is_left
        line = next((i for i, end in enumerate(ends) if end <= start), len(ends))
        ends[line : line + 1] = [start + wide]
        ax.annotate(
            text, (year - 0.5, 1), xycoords=("data", "axes fraction"), textcoords="offset points",
            xytext=(-3 if is_left else 3, -2 - 1.4 * style.SMALL_SIZE * line), va="top",
            ha="right" if is_left else "left", fontsize=style.SMALL_SIZE, color=style.MUTED,
            bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1}, zorder=4,
        )  # fmt: skip
    low, high = ax.get_ylim()
    ax.set_ylim(top=high + 0.07 * len(ends) * (high - low))


def mark_provisional(ax: Axes, year: float, value: float, series: style.SeriesStyle) -> None:
    """Draw a point hollow, as provisional: a mid-year figure."""
    look: dict[str, Any] = {"marker": series.marker, "markeredgewidth": 1.6, "zorder": 5}
    draw_dots(ax, [year], [value], series.colour, is_hollow=True, **look)


def shade_eras(ax: Axes, eras: Iterable[Any]) -> None:
    """Shade every other era and write the names on top; draw the data first.

    Each has `name`, `first` and `last` (years, both included; None is an open end); its band
    reaches half a year beyond them.
    """
    left, right = ax.get_xlim()
    letters = _fit_letters(ax)
    for place, era in enumerate(eras):
        first = left if era.first is None else max(left, era.first - 0.5)
        last = right if era.last is None else min(right, era.last + 0.5)
        if first >= last:
            continue
        if place % 2 == 0:
            ax.axvspan(first, last, color=style.BAND, linewidth=0, zorder=0)
        name = textwrap.fill(era.name, max(int(letters * (last - first)), 5))
        write_beside(
            ax, (first + last) / 2, 1, name, at="above", xycoords=("data", "axes fraction"),
            colour=style.MUTED, fontsize=style.SMALL_SIZE,
        )  # fmt: skip
    ax.set_xlim(left, right)


def draw_range(ax: Axes, year: Any, lower: Any, upper: Any) -> None:
    """Fill between two bounds; where one is missing the band is interrupted."""
    at, low, high = to_floats(year), to_floats(lower), to_floats(upper)
    known = np.isfinite(low) & np.isfinite(high)
    if (low[known] > high[known]).any():
        raise ValueError("a range's lower bound lies above its upper one")
    look: dict[str, Any] = {"color": style.PALETTE[4], "zorder": 1}
    ax.fill_between(at, low, high, where=known, alpha=0.28, linewidth=0, **look)
    alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    ax.vlines(at[alone], low[alone], high[alone], alpha=0.5, linewidth=4, **look)


def draw_lines(
    ax: Axes, frame: pd.DataFrame, lines: Mapping[str, str], *, unit: str = "",
    provisional: int | None = None, from_zero: bool = True, breaks: Iterable[int] = (),
) -> None:  # fmt: skip
    """Draw lines with their names at their ends.

    matplotlib's plot, and not seaborn's lineplot, because that one joins the points on both
    sides of a missing value, as if there were one. `frame` has year (each once) and the columns
    that `lines` gives names ("" for none); `unit` is "%" for shares between 0 and 1. The
    points of a `provisional` year are hollow, and no line leads to the year of a break.
    """
    if not frame["year"].is_unique:
        raise ValueError("a year stands twice: a line has one value at each")
    drawn = frame.sort_values("year")
    at = to_floats(drawn["year"])
    cuts = np.flatnonzero(np.isin(at, list(breaks)))
    for column, look in style.assign_styles(lines).items():
        values = to_floats(drawn[column])
        joined = np.insert(at, cuts, np.nan), np.insert(values, cuts, np.nan)
        ax.plot(
            *joined, color=look.colour, linestyle=look.linestyle, linewidth=1.9,
            marker=look.marker, markersize=4.5, markeredgecolor="white", markeredgewidth=0.8,
        )  # fmt: skip
        known = np.isfinite(values)
        for value in values[known & (at == provisional)]:
            mark_provisional(ax, at[at == provisional][0], value, look)
        if lines[column] and known.any():
            label_end(ax, at[known][-1], values[known][-1], lines[column], look.text)
    ax.set_xlim(at.min() - 0.6, at.max() + 0.6)
    if from_zero:
        lowest = drawn[list(lines)].min().min()
        ax.set_ylim(bottom=ax.get_ylim()[0] if pd.notna(lowest) and lowest < 0 else 0)
    style.format_axes(ax, unit)


def draw_bars(
    ax: Axes, frame: pd.DataFrame, label: str, value: str, bounds: tuple[str, str] | None = None
) -> None:
    """Draw horizontal bars in the frame's order, the first on top, each with its value.

    `label` and `value` are columns, and so are `bounds`: the least and the greatest value; where
    the two differ, the bar has a whisker and both are written (`say_range`).
    """
    values, places = to_floats(frame[value]), np.arange(len(frame))
    ax.barh(places, np.nan_to_num(values), height=0.72, color=style.PALETTE[0])
    label_rows(ax, frame[label])
    low, high = (to_floats(frame[name]) for name in bounds or (value, value))
    ax.hlines(places, np.nan_to_num(low), high, color=style.PALETTE[5], linewidth=2.4, zorder=3)
    for place, (number, least, most) in enumerate(zip(values, low, high, strict=True)):
        end = float(np.nan_to_num(np.fmax(number, most)))
        write_beside(ax, end, place, say_range(least, most))
    ax.grid(False)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.axvline(0, color=style.GREY, linewidth=0.8)
    ax.set_xlim(left=0)


def say_range(least: float, most: float) -> str:
    """Say a count that lies between two others, either of which may be missing.

    >>> nan = float("nan")
    >>> say_range(4, 9), say_range(5, 5), say_range(nan, 9), say_range(1200, nan)
    ('4 to 9', '5', 'at most 9', 'at least 1,200')
    """
    if np.isnan(least):
        return MISSING if np.isnan(most) else f"at most {most:,.0f}"
    if np.isnan(most):
        return f"at least {least:,.0f}"
    return f"{least:,.0f} to {most:,.0f}" if least < most else f"{least:,.0f}"


def draw_columns(
    ax: Axes, frame: pd.DataFrame, labels: Mapping[str, str], provisional: int | None = None
) -> None:
    """Draw one column a year, stacked from parts that differ in colour and hatching, with a key.

    `labels` names the parts, from the foot up. A provisional year's column is only outlined.
    """
    at, base = to_floats(frame["year"]), np.zeros(len(frame))
    looks = zip(style.PALETTE, cycle(("", "////", "....")), strict=False)
    for (part, name), (colour, hatch) in zip(labels.items(), looks, strict=False):
        values = np.nan_to_num(to_floats(frame[part]))
        bars = ax.bar(
            at, values, bottom=base, width=0.72, color=colour, edgecolor="white", linewidth=0.4,
            hatch=hatch, label=name,
        )  # fmt: skip
        for place in np.flatnonzero(at == provisional):
            bars[place].set(facecolor="white", edgecolor=colour, linewidth=1.2, linestyle="--")
        base = base + values
    ax.set_xlim(at.min() - 0.6, at.max() + 0.6)
    style.format_axes(ax)
    draw_key(ax, ncols=2, handleheight=1.2)


def _name_unit(value: float, unit: str) -> str:
    """Write a value and what it counts: 1 claim, 2 claims; a share has its sign already."""
    said = say_value(value, unit)
    if unit in ("", "%"):
        return said
    return f"{said} {unit.removesuffix('s') if said in ('1', '-1') else unit}"


def describe_lines(frame: pd.DataFrame, labels: Mapping[str, str], unit: str = "") -> str:
    """Describe a chart's lines for those who do not see it: ends, peak, trough and gaps.

    `labels` names columns over `year`; `unit` is what is counted, or "%" for shares of one.

    >>> f = pd.DataFrame({"year": [2000, 2001, 2002], "pending": [1, 40, 20]})
    >>> describe_lines(f, {"pending": "Pending"}, "claims")
    'Pending: from 1 claim in 2000 to 20 in 2002; highest 40 in 2001, lowest 1 in 2000.'
    """
    said = (_describe_line(frame[["year", column]], unit) for column in labels)
    return " ".join(f"{name}: {line}." for name, line in zip(labels.values(), said, strict=True))


def _describe_line(points: pd.DataFrame, unit: str) -> str:
    """Describe a line, of two columns: years and values."""
    known = points.dropna().sort_values("year").astype("float64")
    if known.empty:
        return "no value"
    years, values = known.iloc[:, 0].map("{:.0f}".format).tolist(), known.iloc[:, 1].tolist()
    said = [
        f"{say_value(value, unit)} in {year}" for year, value in zip(years, values, strict=True)
    ]
    start, (low, high) = _name_unit(values[0], unit), (min(values), max(values))
    gaps = len(points) - len(known)
    missing = f". No value in {say_words(gaps)} year{'s' * (gaps > 1)}" if gaps else ""
    if len(values) == 1:
        return f"{start} in {years[0]}"
    if low == high:
        return f"{start} from {years[0]} to {years[-1]}, unchanged{missing}"
    ends = f"highest {said[values.index(high)]}, lowest {said[values.index(low)]}"
    return f"from {start} in {years[0]} to {said[-1]}; {ends}{missing}"


def describe_bars(
    frame: pd.DataFrame, label: str, value: str, unit: str = "", *, most: int = 5
) -> str:
    """Describe bars, one a row: how many, the longest `most` by name, and the shortest.

    >>> f = pd.DataFrame({"name": ["B", "A", "C"], "n": [5, 9, 1]})
    >>> describe_bars(f, "name", "n", "people", most=2)
    'Three bars. Longest: A 9 people; B 5. Shortest: C 1.'
    """
    known = frame[[label, value]].dropna().sort_values(value, ascending=False, kind="stable")
    if known.empty:
        return "No bar has a value."
    said = [f"{name} {say_value(number, unit)}" for name, number in known.itertuples(index=False)]
    said[0] = f"{known[label].iloc[0]} {_name_unit(float(known[value].iloc[0]), unit)}"
    count = f"{say_words(len(said)).capitalize()} bar{'s' * (len(said) > 1)}"
    if len(said) <= most:
        return f"{count}: {'; '.join(said)}."
    return f"{count}. Longest: {'; '.join(said[:most])}. Shortest: {said[-1]}."
