"""The figures of notebook 07, which asks whether another choice would give another answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from helpers.analysis.interrupted_time_series import LEVEL
from helpers.analysis.robustness import EVERY_ORIGIN, find_run
from helpers.analysis.specification_curve import WITHOUT
from helpers.analysis.thresholds import Thresholds
from helpers.plots import chart_parts, style
from helpers.plots.chart_parts import describe_lines, to_floats
from helpers.plots.figures import FigureCard
from helpers.plots.page import Page
from helpers.plots.style import GREY, INK, MUTED, PALETTE, SMALL_SIZE, TEXT_COLOURS
from helpers.prose.passages import Said
from helpers.prose.words import MEASURE_NAMES, capitalise, join_names

STACK_HEIGHT = 0.5  # of a strip plot's row, within which its points are stacked
MOST_NAMED = 3  # of the greatest points of a strip plot's row


def show_other_origins(page: Page, placebos: pd.DataFrame) -> FigureCard | Said:
    """Show how much the claims of every origin grew from one era to the other.

    `placebos` has measure, origin, ratio, rank, last_year, group (`robustness.compare_origins`).
    """
    rows = placebos[placebos["group"].eq(EVERY_ORIGIN)]
    rows = rows[rows["last_year"].eq(rows["last_year"].min())]
    if rows.empty:
        return page.skip("There are no eras to compare.")
    rows = rows.assign(label=rows["measure"].map(MEASURE_NAMES))
    chosen = page.scope.origin
    others = rows.loc[rows["origin"] != chosen, "origin"].nunique()
    fig, ax = style.new_figure(height=4.6)
    ax.set_xscale("log")
    texts = []
    for place, (label, part) in enumerate(rows.groupby("label", sort=False)):
        _draw_strip(ax, place, part.sort_values("ratio"), chosen, page.names[chosen].short)
        is_own = part["origin"].eq(chosen)
        own, rest = part.loc[is_own, "ratio"], part.loc[~is_own, "ratio"]
        middle = f", median {rest.median():.2f}" if len(rest) else ""
        mine = f"; {chosen} {own.iloc[0]:.2f}" if len(own) else ""
        texts.append(f"{label}: {len(rest)} other origins{middle}{mine}.")
    labels = rows["label"].unique()
    chart_parts.label_rows(ax, labels)
    ax.set_ylim(len(labels) - 0.35, -STACK_HEIGHT - 0.3)
    ax.axvline(1, color=GREY, linewidth=0.8, zorder=1)
    low, high = ax.get_xlim()
    style.format_log_axis(ax.xaxis, is_wide=math.log10(high / low) > 2)
    return page.figure(
        fig,
        id="robustness-other-origins",
        number="7.1",
        title=f"How claims from {others:,} other origins changed over the same years",
        subtitle=page.say_ratio(f", to {rows['last_year'].min()},") + "; one dot per origin",
        alt=" ".join(texts),
        data=rows[["measure", "origin", "ratio", "rank"]],
        note="Tick: median of the other origins. Labelled: the largest. Last row: size of the "
        "moves after the boundary over those before.",
    )


def _draw_strip(ax: Axes, place: int, rows: pd.DataFrame, chosen: str, name: str) -> None:
    """Draw sorted ratios as points, stacked where they would cover each other, and their median."""
    values, is_own = to_floats(rows["ratio"]), rows["origin"].eq(chosen).to_numpy()
    bins = pd.Series(np.floor((np.log(values) - np.log(values[0])) / 0.09))
    level = bins.groupby(bins).cumcount().to_numpy(dtype=float)
    at = place - level * min(0.12, STACK_HEIGHT / max(level.max(), 1))
    ax.scatter(values[~is_own], at[~is_own], s=17, color=GREY, linewidths=0, zorder=2)
    ax.scatter(values[is_own], at[is_own], s=62, color=PALETTE[2], marker="D", zorder=4)
    if len(others := values[~is_own]):
        ax.vlines(np.median(others), place - STACK_HEIGHT, place + 0.2, color=INK, zorder=3)
    look: dict[str, Any] = {"at": "above", "colour": MUTED, "fontsize": SMALL_SIZE - 1.5}
    near = np.inf
    points = list(zip(values, at, rows["origin"], strict=True))
    for value, height, code in points[: -MOST_NAMED - 1 : -1]:
        if code != chosen and value < near / 1.6:
            chart_parts.write_beside(ax, value, height, code, **look)
            near = value
    for value in values[is_own]:
        said = f"{name} {value:,.2f}"
        chart_parts.write_beside(
            ax, value, place + 0.16, said, at="below", colour=PALETTE[2], fontweight="bold"
        )


def show_break_years(page: Page, break_years: pd.DataFrame) -> FigureCard | Said:
    """Show what a break in each year removes of a straight line's error, and what chance removes.

    `break_years` has series, year, last_year, removed, critical_corrected
    (`interrupted_time_series.fit_breaks`).
    """
    if break_years.empty:
        return page.skip("There are too few claims, or too few years, to look for a break.")
    names = {name: name for name in break_years["series"]}
    removed = break_years.pivot(index="year", columns="series", values="removed")[list(names)]
    removed = removed.dropna(how="all").reset_index()
    best = break_years.loc[break_years.groupby("series")["removed"].idxmax()]
    is_found = best["removed"] > best["critical_corrected"]
    years = join_names(map(str, sorted(best["year"].unique())), "or")
    fig, ax = style.new_figure(height=3.7)
    chart_parts.draw_lines(ax, removed, names, unit="%")
    looks = style.assign_styles(names)
    for name, limit in zip(best["series"], best["critical_corrected"], strict=True):
        ax.axhline(limit, color=looks[name].colour, linestyle=(0, (4, 3)), linewidth=0.9, zorder=1)
    page.shade_eras(ax)
    return page.figure(
        fig,
        id="robustness-break-years",
        number="7.2",
        title=f"A break fits best in {years}"
        + (", depending on the series" if best["year"].nunique() > 1 else "")
        + ("" if is_found.any() else ", and in no series can it be told from chance"),
        subtitle="Part of a straight line's squared error that a break in each year removes; "
        f"logarithms of claims pending from {page.origin}",
        alt=describe_lines(removed, names, "%"),
        data=break_years[["series", "year", "removed", "critical_corrected"]],
        note="Dashed, in each line's colour: the most that the best break removes in "
        f"{LEVEL:.0%} of simulated series of the same trend and autocorrelation without a break; "
        "equal limits coincide. Below it, a break cannot be told from chance. Destinations with a "
        "break are those where one moves the total.",
    )


def show_specifications(page: Page, answers: pd.DataFrame) -> FigureCard | Said:
    """Show the answers to each question under every combination of choices, a panel a question.

    `answers` has measure, destinations, ratio, sorted (`robustness.run_specifications`).
    """
    questions = list(dict.fromkeys(answers["measure"]))
    if not questions:
        return page.skip("There are no eras to compare.")
    fig, axes = style.new_figure(
        height=1.2 + 1.7 * len(questions), nrows=len(questions), squeeze=False
    )
    for ax, question in zip(axes[:, 0], questions, strict=True):
        _draw_answers(ax, answers[answers["measure"] == question], question)
    spans = answers.groupby("measure", sort=False)["ratio"].agg(["min", "max", "size"])
    said = "; ".join(
        f"{name.lower()} ×{low:.1f} to ×{high:.1f}" for name, low, high, _ in spans.itertuples()
    )
    return page.figure(
        fig,
        id="robustness-specifications",
        number="7.3",
        title=capitalise(said),
        subtitle=f"{page.say_ratio()}; claims from {page.origin}, under every combination of "
        "choices",
        alt=" ".join(
            f"{name}: {count} answers, {low:.2f} to {high:.2f} times."
            for name, low, high, count in spans.itertuples()
        ),
        data=answers,
        note="Filled: all destinations. Hollow: without the main destination. In order of size.",
    )


def _draw_answers(ax: Axes, answers: pd.DataFrame, question: str) -> None:
    """Draw the answers to one question from the least to the greatest."""
    at, ratios = np.arange(len(answers)), to_floats(answers["ratio"])
    is_hollow = answers["destinations"].eq(WITHOUT).to_numpy(dtype=bool)
    for without_main, colour in ((False, PALETTE[0]), (True, PALETTE[2])):
        here = is_hollow == without_main
        chart_parts.draw_dots(
            ax, at[here], ratios[here], colour, without_main, markersize=5, markeredgewidth=1.4,
            zorder=3,
        )  # fmt: skip
    ax.axhline(1, color=GREY, linewidth=1, zorder=0)
    ax.set_ylim(min(ratios.min(), 1) / 1.15, max(ratios.max(), 1) * 1.15)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.yaxis.set_major_formatter(StrMethodFormatter("×{x:.3g}"))
    ax.set_title(question)
    ax.set_xlim(-1, len(answers))
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)


def show_backlog_and_share(
    page: Page, backlogs: pd.DataFrame, main: str, broken: Sequence[int]
) -> FigureCard | Said:
    """Show the main destination's whole backlog and the origin's part of it, indexed.

    The index is one in the first year of the longest run without a break (`find_run`). `backlogs`
    has year, asylum, ours, whole, named (`shift_share.list_backlogs`); `main` is an ISO3 code, and
    in the `broken` years its figures do not compare with the year before.
    """
    run = find_run(backlogs, main, broken)
    if not run:
        return page.skip("The main destination reports too little to follow.")
    base = run[0]
    here = backlogs[backlogs["asylum"].eq(main)].sort_values("year").set_index("year")
    share = here["ours"] / here["named"].where(here["named"] > 0)
    values = here.assign(share=share)[["ours", "whole", "share"]].astype("float64")
    values = values.where(values > 0)
    growth = (values / values.loc[base]).reset_index()
    lines = {
        "ours": f"Claims from {page.origin}",
        "whole": "Whole backlog",
        "share": "Share of named claims",
    }
    said = {column: f"{name}, as a multiple of {base}" for column, name in lines.items()}
    place = page.names[main]
    fig, ax = style.new_figure(height=4.0)
    chart_parts.draw_lines(
        ax, growth, lines, provisional=page.half_year, from_zero=False, breaks=broken
    )
    ax.set_yscale("log")
    style.format_log_axis(ax.yaxis)
    ax.axhline(1, color=GREY, linewidth=1, zorder=1)
    ax.axvline(base, color=GREY, linewidth=1, linestyle=":", zorder=1)
    chart_parts.mark_breaks(ax, broken)
    page.shade_eras(ax)
    return page.figure(
        fig,
        id="robustness-backlog-and-share",
        number="7.4",
        title=f"{place.short}: the whole backlog, and the part of it from {page.origin}",
        subtitle=f"Claims pending at year-end as a multiple of {base}; equal distances are equal "
        "factors",
        alt=describe_lines(growth, said),
        data=growth,
        note=f"Dashes at the foot: breaks in how {place.prose} counts.",
    )


def show_account(page: Page, account: pd.DataFrame, main: str) -> FigureCard | Said:
    """Show the main destination's stock beside what last year's stock and the flows lead to.

    `account` has year, end, expected_low, expected_high, residual, is_large of the destination
    `main` (ISO3).
    """
    if account.empty:
        return page.skip("The first year in the data has no year before it to account from.")
    large = account.loc[account["is_large"], "year"]
    known = int(account["residual"].notna().sum())
    said = f"in {len(large)} of {known} year{'s' * (known != 1)} the flows do not explain the stock"
    is_negative = (account["expected_low"] < 0).fillna(False).any()
    fig, ax = style.new_figure(height=3.9)
    _draw_account(ax, account, page.half_year)
    chart_parts.mark_breaks(ax, large)
    lines = {"end": "Reported", "expected_low": "Expected, low", "expected_high": "Expected, high"}
    return page.figure(
        fig,
        id="robustness-account",
        number="7.5",
        title=f"{page.names[main].short}: "
        + (said if len(large) else "the flows explain the stock in every year"),
        subtitle=f"Pending claims from {page.origin} at year-end, reported and as last year's "
        "stock and the flows lead one to expect",
        alt=describe_lines(account, lines, "claims"),
        data=account[["year", *lines, "residual"]],
        note="Thin lines: what is unexplained. Dashes at the foot: it is over "
        f"{Thresholds.breaks_total:.0%} of the greater stock."
        + " Below zero: more claims decided than were pending and lodged together."
        * bool(is_negative),
    )


def _draw_account(ax: Axes, account: pd.DataFrame, provisional: int | None) -> None:
    """Draw the stock as a line, the range that the flows lead one to expect, and the gap.

    The ranges are not joined, since each year starts anew from the stock reported a year before.
    """
    chart_parts.draw_lines(ax, account, {"end": "Reported"}, provisional=provisional)
    columns = ["year", "end", "expected_low", "expected_high"]
    known = account.dropna(subset=columns)
    if known.empty:
        return
    at, end, low, high = (to_floats(known[name]) for name in columns)
    ax.vlines(at, np.clip(end, low, high), end, color=PALETTE[2], linewidth=1.4, zorder=2)
    ax.vlines(at, low, high, color=PALETTE[4], linewidth=6, zorder=2)
    ax.plot(  # a range of no width shows as a dash
        at, (low + high) / 2, linestyle="", marker="_", markersize=8, markeredgewidth=2.2,
        color=PALETTE[4], zorder=2,
    )  # fmt: skip
    chart_parts.label_end(ax, at[-1], high[-1], "Expected", TEXT_COLOURS[4])
    ax.set_ylim(bottom=min(0.0, low.min() * 1.1))
