"""Charts made for one figure of the study each, with their descriptions in words.

A growth chart, an account of a stock, a strip plot, ranges of ratios, a specification curve and a
dot plot of rates.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from helpers.plots.charts import (
    draw_lines,
    label_end,
    to_floats,
)
from helpers.plots.style import (
    BODY_SIZE,
    FAINT,
    GREY,
    INK,
    MUTED,
    PALETTE,
    SMALL_SIZE,
    darken_for_text,
    format_log_axis,
    new_figure,
)
from helpers.prose.words import MISSING, say_value

_REFERENCE = "#8c8c8c"
STACK_HEIGHT = 0.5  # of a strip plot's row, within which its points are stacked


def index_to(frame: pd.DataFrame, base: int, x: str = "year") -> pd.DataFrame:
    """Divide each column by its value in one year; 0 and missing become missing.

    Parameters
    ----------
    frame : DataFrame
        Column `x` and columns of numbers.
    base : int
        The year that becomes 1.

    Examples
    --------
    >>> index_to(pd.DataFrame({"year": [2000, 2001], "n": [4.0, 6.0]}), 2000)["n"].tolist()
    [1.0, 1.5]
    """
    values = frame.set_index(x).astype("float64")
    values = values.where(values > 0)
    return (values / values.loc[base]).reset_index()


def draw_growth(
    ax: Axes, frame: pd.DataFrame, labels: Mapping[str, str], base: int, provisional: int | None,
    breaks: Iterable[int] = (),
) -> None:  # fmt: skip
    """Draw indexed columns on a logarithmic axis, where factors that multiply are distances.

    Parameters
    ----------
    frame : DataFrame
        year and one column a line (`index_to`).
    labels : mapping
        Column -> name at the line's end; only these are drawn.
    base : int
        The year at which every line is 1; it is marked.
    provisional : int, optional
        A year whose points are drawn hollow.
    breaks : iterable of int
        Years to which no line is drawn from the year before.
    """
    draw_lines(
        ax, frame, y=list(labels), labels=labels, provisional=provisional, from_zero=False,
        breaks=breaks,
    )  # fmt: skip
    ax.set_yscale("log")
    format_log_axis(ax.yaxis)
    ax.axhline(1, color=_REFERENCE, linewidth=1, zorder=1)
    ax.axvline(base, color=_REFERENCE, linewidth=1, linestyle=":", zorder=1)


def draw_account(ax: Axes, frame: pd.DataFrame, provisional: int | None = None) -> None:
    """Draw the reported stock as a line, the range that the flows lead one to expect, and the gap.

    The ranges are not joined, since each year starts anew from the stock reported a year before.

    Parameters
    ----------
    frame : DataFrame
        year, end (reported), expected_low and expected_high (missing where not testable).
    provisional : int, optional
        A year whose point is drawn hollow.
    """
    draw_lines(ax, frame, y="end", labels={"end": "Reported"}, provisional=provisional)
    at, end = to_floats(frame["year"]), to_floats(frame["end"])
    low, high = to_floats(frame["expected_low"]), to_floats(frame["expected_high"])
    near = np.clip(end, low, high)
    known = np.isfinite(near)
    ax.vlines(at[known], near[known], end[known], color=PALETTE[2], linewidth=1.4, zorder=2)
    # A range of no width shows as a dash.
    ax.vlines(at[known], low[known], high[known], color=PALETTE[4], linewidth=6, zorder=2)
    ax.plot(
        at[known], (low + high)[known] / 2, linestyle="", marker="_", markersize=8,
        markeredgewidth=2.2, color=PALETTE[4], zorder=2,
    )  # fmt: skip
    if known.any():
        last = np.flatnonzero(known)[-1]
        label_end(ax, at[last], high[last], "Expected", colour=darken_for_text(PALETTE[4]))
        ax.set_ylim(bottom=min(0.0, float(np.nanmin(low)) * 1.1))


def draw_strip_plot(
    ax: Axes, frame: pd.DataFrame, row: str, value: str, name: str, *, chosen: str, label: str,
    ends: int = 3,
) -> None:  # fmt: skip
    """Draw each row's values as points on a logarithmic axis, with one of them in colour.

    Points that would cover each other are stacked, a tick marks the others' median, and the
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
        at = place - stack_points(np.log(values), STACK_HEIGHT)
        is_own = part[name].eq(chosen).to_numpy()
        ax.scatter(values[~is_own], at[~is_own], s=17, color=GREY, linewidths=0, zorder=2)
        ax.scatter(values[is_own], at[is_own], s=62, color=PALETTE[2], marker="D", zorder=4)
        if (~is_own).any():
            middle, span = float(np.median(values[~is_own])), [place - STACK_HEIGHT, place + 0.2]
            ax.plot([middle] * 2, span, color=INK, linewidth=1.6, zorder=3)
        for spot in pick_ends(np.log(values), ends):
            if not is_own[spot]:
                ax.annotate(
                    str(part[name].iloc[spot]), (values[spot], at[spot]), xytext=(0, 4),
                    textcoords="offset points", ha="center", va="bottom", color=MUTED,
                    annotation_clip=False, parse_math=False, fontsize=SMALL_SIZE - 1.5,
                )  # fmt: skip
        for x in values[is_own]:
            ax.annotate(
                f"{label} {x:,.2f}", (x, place + 0.16), xytext=(0, -3), ha="center", va="top",
                textcoords="offset points", color=PALETTE[2], annotation_clip=False,
                parse_math=False, fontsize=BODY_SIZE - 0.5, fontweight="bold",
            )  # fmt: skip
    wrapped = [textwrap.fill(text, 20) for text in rows]
    ax.set_yticks(range(len(rows)), wrapped, color=INK, parse_math=False, linespacing=1.0)
    ax.set_ylim(len(rows) - 0.35, -STACK_HEIGHT - 0.3)
    ax.grid(False)
    ax.grid(True, axis="x")
    ax.axvline(1, color=GREY, linewidth=0.8, zorder=1)
    low, high = ax.get_xlim()
    format_log_axis(ax.xaxis, is_wide=math.log10(high / low) > 2)


def pick_ends(positions: np.ndarray, most: int, apart: float = 0.45) -> list[int]:
    """Return where the greatest values are whose names would not run into each other.

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
    """Return how far up each of the sorted positions is drawn so that none covers another.

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
    bins = pd.Series(np.floor((positions - positions[:1]) / width))
    level = bins.groupby(bins).cumcount().to_numpy(dtype=float)
    return np.asarray(level * min(0.12, height / max(level.max(initial=0), 1)))


def describe_strip_plot(frame: pd.DataFrame, row: str, value: str, name: str, chosen: str) -> str:
    """Describe `draw_strip_plot`: each row's number of points, their median, and the chosen one."""
    texts = []
    for heading, part in frame.groupby(row, sort=False, observed=True):
        own = part.loc[part[name] == chosen, value]
        others = part.loc[part[name] != chosen, value]
        chosen_one = f"; {chosen} {own.iloc[0]:.2f}" if len(own) else ""
        middle = f", median {others.median():.2f}" if len(others) else ""
        texts.append(f"{heading}: {len(others)} other origins{middle}{chosen_one}.")
    return " ".join(texts)


def draw_ratio_ranges(
    ax: Axes, frame: pd.DataFrame, label: str, group: str, value: str = "ratio", *,
    own: str = "is_own", form: str = "{:.1f}",
) -> None:  # fmt: skip
    """Draw for each label and group a line over all ratios, with a mark at the study's own.

    Parameters
    ----------
    frame : DataFrame
        One row a choice: `label` (names, drawn from the top in their order), `group` (truth
        value: false is the filled mark, true the hollow one below it), `value` (ratios; those
        that are missing or not above 0 have no mark) and `own` (truth value: the choice that
        the study makes, which is marked large and written beside the line).
    """
    names = list(dict.fromkeys(frame[label].astype(str)))
    for place, name in enumerate(names):
        for is_hollow in (False, True):
            rows = frame[(frame[label] == name) & (frame[group] == is_hollow)]
            values = to_floats(rows[value])
            is_known = np.isfinite(values) & (values > 0)
            chosen = values[is_known & rows[own].to_numpy(dtype=bool)]
            if is_known.any():
                at = place + (0.19 if is_hollow else -0.19)
                _draw_ratios(ax, at, values[is_known], chosen, is_hollow, form)
    ax.axvline(1, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    wrapped = [textwrap.fill(name, 30) for name in names]
    ax.set_yticks(range(len(names)), wrapped, color=INK, parse_math=False, linespacing=1.0)
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.grid(False)
    ax.set_xscale("log")
    left, right = ax.get_xlim()
    # Room for the figures at the right.
    ax.set_xlim(min(left, 0.9), right * (right / min(left, 0.9)) ** 0.08)
    format_log_axis(ax.xaxis, lambda v, _: f"{v:,g}", is_wide=right / left >= 300)
    ax.tick_params(axis="x", colors=MUTED)
    ax.grid(visible=True, axis="x")


def _draw_ratios(
    ax: Axes, at: float, known: np.ndarray, chosen: np.ndarray, is_hollow: bool, form: str
) -> None:
    """Draw a line, a stroke for every ratio, and the own one's mark and figure."""
    colour = PALETTE[2] if is_hollow else PALETTE[0]
    ax.plot([known.min(), known.max()], [at, at], color=colour, linewidth=1.4, zorder=2)
    ax.plot(known, np.full(len(known), at), linestyle="", marker="|", markersize=7, color=colour)
    ax.plot(
        chosen, [at] * len(chosen), linestyle="", marker="s" if is_hollow else "o", markersize=7,
        markerfacecolor="white" if is_hollow else colour, markeredgecolor=colour,
        markeredgewidth=1.6, zorder=4,
    )  # fmt: skip
    ax.annotate(
        form.format(chosen[0]) if len(chosen) else MISSING, (known.max(), at), xytext=(9, 0),
        textcoords="offset points", va="center", fontsize=BODY_SIZE - 0.5, color=INK,
    )  # fmt: skip


def describe_ratio_ranges(ranges: pd.DataFrame, main: str) -> str:
    """Describe how far ratios move, one sentence a row.

    Parameters
    ----------
    ranges : DataFrame
        label, is_without_main, least, own (missing where the own choice is not among them), most.
    main : str
        The main destination's name inside a sentence.

    Examples
    --------
    >>> rows = {"label": ["Pending"], "is_without_main": [False]}
    >>> rows |= {"least": [2.0], "own": [3.0], "most": [4.5]}
    >>> describe_ratio_ranges(pd.DataFrame(rows), "Peru")
    'Pending: 3.00 times, from 2.00 to 4.50 over the years of transition.'
    """
    texts = []
    for row in ranges.to_dict("records"):
        name = row["label"] + (f", without {main}" if row["is_without_main"] else "")
        own = "no ratio of its own" if pd.isna(row["own"]) else f"{row['own']:.2f} times"
        span = f"from {row['least']:.2f} to {row['most']:.2f} over the years of transition"
        texts.append(f"{name}: {own}, {span}.")
    return " ".join(texts)


def draw_specification_curve(ax: Axes, frame: pd.DataFrame, title: str, hollow: str) -> None:
    """Draw the answers to one question from the least to the greatest.

    Parameters
    ----------
    frame : DataFrame
        ratio and destinations, sorted by ratio.
    title : str
        The question, written above.
    hollow : str
        The option of destinations that is drawn hollow.
    """
    at, answers = np.arange(len(frame)), to_floats(frame["ratio"])
    is_hollow = frame["destinations"].eq(hollow).to_numpy(dtype=bool)
    for here, colour, fill in (
        (~is_hollow, PALETTE[0], PALETTE[0]),
        (is_hollow, PALETTE[2], "white"),
    ):
        ax.plot(
            at[here], answers[here], linestyle="", marker="o", markersize=5, zorder=3,
            markerfacecolor=fill, markeredgecolor=colour, markeredgewidth=1.4,
        )  # fmt: skip
    ax.axhline(1, color=_REFERENCE, linewidth=1, zorder=0)
    ax.set_ylim(min(answers.min(), 1) / 1.15, max(answers.max(), 1) * 1.15)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.yaxis.set_major_formatter(lambda value, _: f"×{value:.3g}")
    ax.set_title(title, loc="left", fontsize=SMALL_SIZE, color=MUTED, parse_math=False)
    ax.set_xlim(-1, len(frame))
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)


def describe_specification_curve(frame: pd.DataFrame) -> str:
    """Describe a specification curve: of each measure how many answers, and their ends."""
    return " ".join(
        f"{name}: {len(own)} answers, {own['ratio'].min():.2f} to {own['ratio'].max():.2f} times."
        for name, own in frame.groupby("measure", sort=False)
    )


def draw_rates(rates: pd.DataFrame, label: str) -> Figure:
    """Draw recognition and total protection rates, and the closed share beside them.

    Parameters
    ----------
    rates : DataFrame
        `label` (names), recognition_rate, protection_rate, closed_share (0-1), is_constant (false:
        the dot is hollow); the first row is on top. The share of closed claims has a panel of its
        own, since it has another base.
    """
    tall = 0.6 + 0.27 * len(rates)
    fig, ((left, right), below) = new_figure(
        height=tall + 0.3, nrows=2, ncols=2, sharey="row", width_ratios=[3, 1],
        height_ratios=[tall, 0.25],
    )  # fmt: skip
    places, is_constant = np.arange(len(rates)), rates["is_constant"].to_numpy(dtype=bool)
    recognised, protected = (
        to_floats(rates[name]) for name in ("recognition_rate", "protection_rate")
    )
    left.hlines(places, recognised, protected, color=FAINT, linewidth=3, zorder=1)
    dot: dict[str, Any] = {"linestyle": "", "clip_on": False, "markersize": 7, "zorder": 3}
    wide = {"marker": "|", "markersize": 13, "markeredgecolor": PALETTE[5], "markeredgewidth": 2}
    left.plot(protected, places, **dot | wide, label="total protection rate")
    for here, fill, said in (
        (is_constant, PALETTE[0], "recognition rate"),
        (~is_constant, "white", "not in every year"),
    ):
        if here.any():
            look = {"marker": "o", "markerfacecolor": fill, "markeredgecolor": PALETTE[0]}
            left.plot(recognised[here], places[here], **dot | look, markeredgewidth=1.5, label=said)
    closed = np.nan_to_num(to_floats(rates["closed_share"]))
    right.barh(places, closed, height=0.6, color=_REFERENCE)
    right.set_title("Closed")
    left.set_title("Of decisions on the substance")
    left.set_yticks(places, list(rates[label].astype(str)), color=INK, parse_math=False)
    left.set_ylim(len(rates) - 0.4, -0.6)
    for ax in (left, right):
        ax.set_xlim(-0.03, 1.03)
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.set_xticks([0, 0.5, 1] if ax is right else [0, 0.25, 0.5, 0.75, 1])
        ax.grid(False, axis="y")
        ax.grid(True, axis="x")
        ax.tick_params(axis="y", length=0)
    for ax in below:
        ax.axis("off")
    key = below[0].legend(
        handles=left.get_legend_handles_labels()[0], loc="center left", bbox_to_anchor=(0, 0.5),
        ncols=3, fontsize=BODY_SIZE - 1, borderaxespad=0,
    )  # fmt: skip
    key.set_in_layout(False)
    return fig


def describe_rates(rates: pd.DataFrame, label: str) -> str:
    """Describe the rates row by row.

    Examples
    --------
    >>> row = {"name": "A", "recognition_rate": 0.5, "protection_rate": 0.6, "closed_share": 0.1}
    >>> describe_rates(pd.DataFrame([row]), "name")
    'Recognised, protected and closed: A 50.0%, 60.0% and 10.0%.'
    """
    columns = [label, "recognition_rate", "protection_rate", "closed_share"]
    texts = [
        f"{name} {say_value(float(one), '%')}, {say_value(float(two), '%')} and "
        f"{say_value(float(closed), '%')}"
        for name, one, two, closed in rates[columns].itertuples(index=False)
    ]
    return f"Recognised, protected and closed: {'; '.join(texts)}."
