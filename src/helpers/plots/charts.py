"""What charts are drawn with: lines, bars and columns, the marks on them, and their words.

Each function draws on one Axes and keeps to the house look. Labels that might collide are noted,
and placed when `Page.figure` finishes the figure. `describe_…` says a chart in words, for those who
do not see it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from helpers.plots.style import (
    BAND,
    BODY_SIZE,
    GREY,
    INK,
    MUTED,
    PALETTE,
    SMALL_SIZE,
    SeriesStyle,
    assign_styles,
    darken_for_text,
    format_axes,
    get_notes,
)
from helpers.prose.words import MISSING, say_value, say_words


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
    look: dict[str, Any] = {"color": MUTED, "linestyle": (0, (4, 3)), "linewidth": 1, "zorder": 1.5}
    ax.axvline(year - 0.5, ymax=1 if text else 0.12, **look)
    if not text:
        return
    label = ax.annotate(
        text, (year - 0.5, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
        textcoords="offset points", va="top", ha="left", color=MUTED, fontsize=SMALL_SIZE,
        linespacing=1.15, zorder=4, parse_math=False,
        bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1},
    )  # fmt: skip
    get_notes(ax).breaks.append((year - 0.5, label))


def mark_provisional(ax: Axes, year: float, value: float, style: SeriesStyle) -> None:
    """Draw a point hollow, as provisional: a mid-year figure."""
    ax.plot(
        [year], [value], linestyle="", marker=style.marker or "o", markersize=7,
        markerfacecolor="white", markeredgecolor=style.colour, markeredgewidth=1.6, zorder=5,
    )  # fmt: skip


def shade_eras(ax: Axes, eras: Iterable[Any]) -> None:
    """Shade every other era and write the names on top; draw the data first.

    Parameters
    ----------
    eras : iterable
        Objects with `name`, `first` and `last` (years, both included; None is an open end). A
        band reaches half a year beyond them.
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


def draw_lines(
    ax: Axes, frame: pd.DataFrame, x: str = "year", y: str | Sequence[str] = (), *,
    labels: Mapping[str, str] | None = None, styles: Mapping[str, SeriesStyle] | None = None,
    unit: str = "", provisional: int | None = None, from_zero: bool = True,
    breaks: Iterable[int] = (),
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
    breaks : iterable of int
        Years to which no line is drawn from the year before.
    """
    columns = [y] if isinstance(y, str) else list(y)
    if not frame[x].is_unique:
        raise ValueError(f"{x} names a point twice: a line has one value at each")
    drawn = frame.sort_values(x)
    chosen = {**assign_styles(columns), **(styles or {})}
    at = to_floats(drawn[x])
    for column in columns:
        style, values = chosen[column], to_floats(drawn[column])
        cuts = np.flatnonzero(np.isin(at, list(breaks)))
        joined = np.insert(at, cuts, np.nan), np.insert(values, cuts, np.nan)
        ax.plot(*joined, markeredgecolor="white", **style.line())
        known = np.flatnonzero(np.isfinite(values))
        if not len(known):
            continue
        if provisional is not None:
            for place in np.flatnonzero((at == provisional) & np.isfinite(values)):
                mark_provisional(ax, provisional, values[place], style)
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
    bounds: tuple[str, str] | None = None,
) -> None:  # fmt: skip
    """Draw horizontal bars in the frame's order, the first on top, each with its value.

    Parameters
    ----------
    frame : DataFrame
        Columns `label` (names) and `value`; a missing value has no bar and a dash.
    bounds : pair of str, optional
        Columns with the least and the greatest value; where the two differ, the bar has a whisker
        and both are written.
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
    colours = [colour if not chosen or name in chosen else GREY for name in names]
    places = np.arange(len(names))
    ax.barh(places, np.nan_to_num(values), height=0.72, color=colours)
    wrapped = [textwrap.fill(name, 30) for name in names]
    ax.set_yticks(places, wrapped, color=INK, parse_math=False, linespacing=1.0)
    ax.set_ylim(len(names) - 0.45, -0.55)
    low, high = (to_floats(frame[name]) for name in bounds or (value, value))
    ax.hlines(places, low, high, color=PALETTE[5], linewidth=2.4, zorder=3)
    for place, number, least, most in zip(places, values, low, high, strict=True):
        text = form.format(number) if np.isfinite(number) else MISSING
        if most > least:
            text = f"{form.format(least)} to {form.format(most)}"
        ax.annotate(
            text, (np.nan_to_num(np.fmax(number, most)), place), xytext=(4, 0),
            textcoords="offset points", va="center", color=INK, fontsize=BODY_SIZE - 0.5,
        )  # fmt: skip
    ax.grid(False)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.axvline(0, color=GREY, linewidth=0.8)
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
        # Under the year labels, where neither eras nor breaks are written.
        down = ScaledTranslation(0, -0.27, ax.figure.dpi_scale_trans)
        ax.legend(
            loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=ax.transAxes + down,
            ncols=len(parts), fontsize=BODY_SIZE - 0.5, handleheight=1.2, borderaxespad=0,
            borderpad=0, columnspacing=1.4,
        )  # fmt: skip


def _say_unit(unit: str, value: float) -> str:
    """Return the unit behind a blank; that of one thing without its plural's ending."""
    if not unit or unit == "%":
        return ""
    return f" {unit.removesuffix('s')}" if say_value(value, unit) == "1" else f" {unit}"


def describe_series(frame: pd.DataFrame, x: str, y: str, unit: str = "", *, label: str = "") -> str:
    """Describe a line for those who do not see it: ends, peak, trough and gaps.

    Parameters
    ----------
    frame : DataFrame
        Columns `x` (years) and `y`; missing values are counted, not drawn.
    unit : str
        What is counted ("people"), or "%" for a share between 0 and 1.
    label : str
        The line's name, where a chart has several.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> f = pd.DataFrame({"year": [2000, 2001, 2002], "pending": [10, 40, 20]})
    >>> describe_series(f, "year", "pending", "people")
    'From 10 people in 2000 to 20 in 2002; highest 40 in 2001, lowest 10 in 2000.'
    >>> describe_series(f.assign(pending=f["pending"] // 10), "year", "pending", "claims")
    'From 1 claim in 2000 to 2 in 2002; highest 4 in 2001, lowest 1 in 2000.'
    """
    known = frame[[x, y]].dropna().sort_values(x)
    points = [(f"{year:.0f}", float(value)) for year, value in known.itertuples(index=False)]
    if not points:
        return f"{label or 'The series'}: no value."
    said = [f"{say_value(value, unit)} in {year}" for year, value in points]
    first = said[0].replace(" in ", f"{_say_unit(unit, points[0][1])} in ", 1)
    if len(points) == 1:
        return f"{label or 'One point'}: {first}."
    values = [value for _, value in points]
    top, low = said[values.index(max(values))], said[values.index(min(values))]
    gaps = len(frame) - len(points)
    missing = f" {say_words(gaps).capitalize()} without a value." if gaps else ""
    start = f"{label}: from" if label else "From"
    return f"{start} {first} to {said[-1]}; highest {top}, lowest {low}.{missing}"


def describe_lines(frame: pd.DataFrame, labels: Mapping[str, str], unit: str = "") -> str:
    """Describe several lines of one chart: a column and its name each, over `year`."""
    said = (describe_series(frame, "year", c, unit, label=name) for c, name in labels.items())
    return " ".join(said)


def describe_bars(
    frame: pd.DataFrame, label: str, value: str, unit: str = "", *, most: int = 5
) -> str:
    """Describe bars: how many, the longest ones by name, and the shortest.

    Parameters
    ----------
    frame : DataFrame
        Columns `label` (names) and `value`, one row a bar.
    most : int
        How many of the longest bars are named.

    Examples
    --------
    >>> f = pd.DataFrame({"name": ["B", "A", "C"], "n": [5, 9, 1]})
    >>> describe_bars(f, "name", "n", "people", most=2)
    'Three bars. Longest: A 9 people, B 5. Shortest: C 1.'
    """
    known = frame[[label, value]].dropna().sort_values(value, ascending=False, kind="stable")
    if known.empty:
        return "No bar has a value."
    said = [f"{name} {say_value(number, unit)}" for name, number in known.itertuples(index=False)]
    said[0] += _say_unit(unit, float(known[value].iloc[0]))
    count = f"{say_words(len(said)).capitalize()} bar{'s' if len(said) > 1 else ''}."
    tail = f" Shortest: {said[-1]}." if len(said) > most else ""
    return f"{count} Longest: {', '.join(said[:most])}.{tail}"
