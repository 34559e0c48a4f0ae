"""Charts made for one figure of the study each, with their descriptions in words.

A growth chart, an account of a stock, a strip plot, ranges of ratios, a specification curve, a rank
chart, small multiples, a dot plot of rates, and one year's total from release to release.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from helpers.plots.charts import (
    describe_series,
    draw_lines,
    label_end,
    mark_break,
    mark_provisional,
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
    SeriesStyle,
    assign_styles,
    darken_for_text,
    format_axes,
    format_log_axis,
    format_thousands,
    new_figure,
)
from helpers.prose.words import MISSING, say_ordinal, say_value

_REFERENCE = "#8c8c8c"
STACK_HEIGHT = 0.5  # of a strip plot's row, within which its points are stacked
PANEL_COLUMNS = 3
# Luminance, dash and marker differ together; no two rely on colour alone.
PANEL_LINES = {
    "pending": (SeriesStyle(PALETTE[0], "-", "o", PALETTE[0]), "claims pending"),
    "applied_persons": (
        SeriesStyle(PALETTE[4], (0, (4, 1.5)), "s", darken_for_text(PALETTE[4])),
        "lodged, persons",
    ),
    "applied_cases": (
        SeriesStyle(PALETTE[5], (0, (1.2, 1.2)), "^", darken_for_text(PALETTE[5])),
        "lodged, cases",
    ),
}
RATES = {
    "recognition_rate": ("o", PALETTE[0], "recognised"),
    "protection_rate": ("D", PALETTE[5], "recognised or protected otherwise"),
}


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


def draw_rank_chart(
    ax: Axes, ranks: pd.DataFrame, names: Mapping[str, str], *, top_n: int,
    highlight: Sequence[str] = (),
) -> None:  # fmt: skip
    """Draw the first ranks of every year; a line is interrupted where its rank is beyond them.

    Parameters
    ----------
    ranks : DataFrame
        year, asylum (ISO3), place (1 to n, each once a year).
    names : mapping
        ISO3 -> name, written at a line's end with its rank, in the first and in the last year.
    top_n : int
        How many ranks are drawn.
    highlight : sequence of str
        Codes in colour, each with its own marker; the others are grey.
    """
    first = ranks[ranks["place"] <= top_n]
    years = np.arange(first["year"].min(), first["year"].max() + 1)
    styles = assign_styles(highlight)
    wide = first.pivot(index="year", columns="asylum", values="place").reindex(years)
    codes = [str(code) for code in wide]
    for code in sorted(codes, key=lambda code: code in styles):
        values, style = wide[code].to_numpy(dtype=float), styles.get(code)
        colour, text = (style.colour, style.text) if style else (GREY, MUTED)
        ax.plot(
            years, values, color=colour, marker=style.marker if style else "o", linestyle="-",
            markersize=6 if style else 4, linewidth=2.2 if style else 1.1, markeredgecolor="white",
            markeredgewidth=0.7, zorder=3 if style else 2,
        )  # fmt: skip
        look: dict[str, Any] = {"colour": text, "weight": "bold" if style else "normal"}
        if np.isfinite(values[-1]):
            label_end(ax, years[-1], values[-1], f"{values[-1]:.0f}  {names[code]}", **look)
        if np.isfinite(values[0]) and len(years) > 1:
            start = f"{names[code]}  {values[0]:.0f}"
            label_end(ax, years[0], values[0], start, side="left", **look)
    format_axes(ax)
    ax.set_xlim(years[0] - 0.4, years[-1] + 0.4)
    ax.set_ylim(int(first["place"].max()) + 0.7, 0.4)
    ax.yaxis.set_visible(False)
    ax.grid(False)
    ax.tick_params(axis="x", colors=INK)


def describe_rank_chart(
    ranks: pd.DataFrame, names: Mapping[str, str], codes: Sequence[str], top_n: int
) -> str:
    """Describe the ranks of some destinations in the first and in the last year.

    Parameters
    ----------
    ranks : DataFrame
        year, asylum, place.
    names : mapping
        ISO3 -> name.
    codes : sequence of str
        Which are described, in this order.
    top_n : int
        How many ranks are drawn.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2000, 2001], "asylum": "AUS", "place": [1, 3]})
    >>> describe_rank_chart(rows, {"AUS": "Australia"}, ["AUS"], 2)
    'Places by year, the first on top. Australia: 1st in 2000, beyond the last place drawn in 2001.'
    """
    ends = dict.fromkeys((int(ranks["year"].min()), int(ranks["year"].max())))
    table = ranks[ranks["place"] <= top_n].set_index(["asylum", "year"])["place"].to_dict()
    texts = []
    for code in codes:
        steps = [
            f"{say_ordinal(int(table[code, year]))} in {year}"
            if (code, year) in table
            else f"beyond the last place drawn in {year}"
            for year in ends
        ]
        texts.append(f"{names[code]}: {', '.join(steps)}")
    return f"Places by year, the first on top. {'; '.join(texts)}."


def draw_small_multiples(
    frame: pd.DataFrame, names: Mapping[str, str], codes: Sequence[str], years: Iterable[int], *,
    breaks: Mapping[str, Iterable[int]], provisional: int | None = None,
) -> Figure:  # fmt: skip
    """Draw a panel a destination, each on a scale of its own: claims pending, and those lodged.

    Parameters
    ----------
    frame : DataFrame
        year, asylum (ISO3), pending, applied_persons, applied_cases.
    names : mapping
        ISO3 -> name, over the panel.
    codes : sequence of str
        The destinations, in reading order.
    years : iterable of int
        The years of every panel; one without a row is a gap.
    breaks : mapping
        ISO3 -> years before which a line does not compare; marked at the foot.
    provisional : int, optional
        A mid-year, whose points are drawn hollow.
    """
    rows, span = -(-len(codes) // PANEL_COLUMNS), list(years)
    fig, grid = new_figure(
        height=0.45 + 1.45 * rows, nrows=rows + 1, ncols=PANEL_COLUMNS, squeeze=False,
        height_ratios=[*[1.45] * rows, 0.25],
    )  # fmt: skip
    cells = list(grid[:-1].flat)
    for ax, code in zip(cells, codes, strict=False):
        own = frame[frame["asylum"] == code].set_index("year").reindex(span)
        _draw_panel(ax, own, names[code], provisional)
        for year in breaks.get(code, ()):
            if year > span[0]:
                mark_break(ax, year)
    for ax in [*cells[len(codes) :], *grid[-1]]:
        ax.axis("off")
    for place, ax in enumerate(cells[: len(codes)]):  # years under the lowest of each column
        ax.tick_params(axis="x", labelbottom=place + PANEL_COLUMNS >= len(codes))
    drawn = frame[frame["asylum"].isin(codes)]
    handles = [
        Line2D([], [], label=label, **style.line(markersize=3.5))
        for name, (style, label) in PANEL_LINES.items()
        if drawn[name].notna().any()
    ]
    _add_key(grid[-1][0], handles, handlelength=2.6)
    return fig


def _draw_panel(ax: Axes, own: pd.DataFrame, name: str, provisional: int | None) -> None:
    """Draw one destination's lines from zero; a lone point shows its marker."""
    at = own.index.to_numpy(dtype=float)
    for column, (style, _) in PANEL_LINES.items():
        values = to_floats(own[column])
        ax.plot(at, values, **style.line(markersize=2.6, linewidth=1.3, markeredgewidth=0))
        for place in np.flatnonzero((at == provisional) & np.isfinite(values)):
            mark_provisional(ax, int(at[place]), values[place], style)
    format_axes(ax)
    ax.set_xlim(at.min() - 0.8, at.max() + 0.8)
    ax.margins(y=0.12)  # room for a hollow point at the top
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(format_thousands))
    ax.tick_params(labelsize=SMALL_SIZE)
    ax.set_title(name, fontsize=BODY_SIZE - 0.5, parse_math=False)


def _add_key(ax: Axes, handles: Sequence[Any], **look: Any) -> None:
    """Put a key of lines or marks into an empty panel, over whose edge it may reach."""
    key = ax.legend(
        handles=handles, loc="center left", bbox_to_anchor=(0, 0.5), ncols=len(handles),
        fontsize=BODY_SIZE - 1, borderaxespad=0, **look,
    )  # fmt: skip
    key.set_in_layout(False)


def describe_small_multiples(
    frame: pd.DataFrame, names: Mapping[str, str], codes: Sequence[str]
) -> str:
    """Describe each panel's line of claims pending (year, asylum, pending)."""
    known = frame.dropna(subset=["pending"])
    parts = {code: known[known["asylum"] == code] for code in codes}
    return " ".join(
        describe_series(part, "year", "pending", "claims pending", label=names[code])
        for code, part in parts.items()
    )


def draw_rates(rates: pd.DataFrame, label: str) -> Figure:
    """Draw recognition and total protection rates as dots, and the closed share beside them.

    Parameters
    ----------
    rates : DataFrame
        `label` (names), recognition_rate, protection_rate, closed_share (0-1); the first row is
        on top. The share of closed claims has a panel of its own, since it has another base.
    """
    tall = 0.6 + 0.27 * len(rates)
    fig, ((left, right), below) = new_figure(
        height=tall + 0.3, nrows=2, ncols=2, sharey="row", width_ratios=[3, 1],
        height_ratios=[tall, 0.25],
    )  # fmt: skip
    places = np.arange(len(rates))
    left.hlines(places, *(to_floats(rates[name]) for name in RATES), color=FAINT, linewidth=3,
                zorder=1)  # fmt: skip
    for name, (marker, colour, said) in RATES.items():
        # The wider rate is hollow, so that equal ones show as one in two.
        is_wide = name == "protection_rate"
        left.plot(
            to_floats(rates[name]), places, linestyle="", marker=marker, label=said,
            markersize=9 if is_wide else 5.5, markerfacecolor="none" if is_wide else colour,
            markeredgecolor=colour, markeredgewidth=1.5 if is_wide else 0, zorder=3,
            clip_on=False,
        )  # fmt: skip
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
    _add_key(below[0], left.get_legend_handles_labels()[0])
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
