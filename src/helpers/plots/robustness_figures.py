"""The figures of notebook 07, which asks whether another choice would give another answer.

Each function draws one figure from the tables that it shows, and brings its title, its note and
its description in words.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.analysis.interrupted_time_series import LEVEL
from helpers.analysis.robustness import EVERY_ORIGIN, find_run
from helpers.analysis.specification_curve import WITHOUT
from helpers.analysis.thresholds import THRESHOLDS
from helpers.plots import charts, study_charts, style
from helpers.plots.charts import describe_lines
from helpers.plots.figures import FigureCard
from helpers.plots.page import Page
from helpers.prose.passages import Said
from helpers.prose.words import MEASURE_NAMES, join_years


def show_other_origins(page: Page, placebos: pd.DataFrame) -> FigureCard | Said:
    """Show how much the claims of every origin grew from one era to the other.

    Parameters
    ----------
    placebos : DataFrame
        measure, origin, ratio, rank, last_year, group (`robustness.compare_origins`).
    """
    rows = placebos[placebos["group"].eq(EVERY_ORIGIN)]
    rows = rows[rows["last_year"].eq(rows["last_year"].min())]
    if rows.empty:
        return page.skip("There are no eras to compare.")
    rows = rows.assign(label=rows["measure"].map(MEASURE_NAMES))
    chosen = page.scope.origin
    others = rows.loc[rows["origin"] != chosen, "origin"].nunique()
    fig, ax = style.new_figure(height=4.6)
    study_charts.draw_strip_plot(
        ax, rows, "label", "ratio", "origin", chosen=chosen, label=page.names[chosen].short
    )
    return page.figure(
        fig,
        id="robustness-other-origins",
        number="7.1",
        title=f"How much claims from {others:,} other origins grew over the same years",
        subtitle=page.say_ratio(f", to {rows['last_year'].min()},") + "; one dot per origin",
        alt=study_charts.describe_strip_plot(rows, "label", "ratio", "origin", chosen),
        data=rows[["measure", "origin", "ratio", "rank"]],
        note="Tick: median of the other origins. Labelled: the largest. Last row: size of the "
        "moves after the boundary over those before.",
    )


def show_break_years(page: Page, break_years: pd.DataFrame) -> FigureCard | Said:
    """Show what a break in each year removes of a straight line's error, and what chance removes.

    Parameters
    ----------
    break_years : DataFrame
        series, year, last_year, removed, critical_corrected (`interrupted_time_series.fit_breaks`).
    """
    if break_years.empty:
        return page.skip("There are too few claims, or too few years, to look for a break.")
    names = list(dict.fromkeys(break_years["series"]))
    removed = break_years.pivot(index="year", columns="series", values="removed")[names]
    removed = removed.dropna(how="all").reset_index()
    best = break_years.loc[break_years.groupby("series")["removed"].idxmax()]
    is_found = best["removed"] > best["critical_corrected"]
    years = join_years(best["year"].unique())
    fig, ax = style.new_figure(height=3.7)
    charts.draw_lines(ax, removed, y=names, unit="%")
    looks = style.assign_styles(names)
    for name, limit in zip(best["series"], best["critical_corrected"], strict=True):
        ax.axhline(limit, color=looks[name].colour, linestyle=(0, (4, 3)), linewidth=0.9, zorder=1)
    page.shade_eras(ax)
    return page.figure(
        fig,
        id="robustness-break-years",
        number="7.2",
        title=f"A break fits best in {years}"
        + ("" if is_found.any() else ", and in no series can it be told from chance"),
        subtitle="Part of a straight line's squared error that a break in each year removes; "
        f"logarithms of claims pending from {page.origin}",
        alt=describe_lines(removed, {name: name for name in names}, "%"),
        data=break_years[["series", "year", "removed", "critical_corrected"]],
        note="Dashed, in each line's colour: the most that the best break removes in "
        f"{LEVEL:.0%} of simulated series of the same trend and autocorrelation without a break. "
        "Below it, a break cannot be told from chance.",
    )


def show_specifications(page: Page, answers: pd.DataFrame) -> FigureCard | Said:
    """Show the answers to each question under every combination of choices, a panel a question.

    Parameters
    ----------
    answers : DataFrame
        measure, destinations, ratio, sorted (`robustness.run_specifications`).
    """
    questions = list(dict.fromkeys(answers["measure"]))
    if not questions:
        return page.skip("There are no eras to compare.")
    fig, axes = style.new_figure(
        height=1.2 + 1.7 * len(questions), nrows=len(questions), squeeze=False
    )
    for ax, question in zip(axes[:, 0], questions, strict=True):
        own = answers[answers["measure"] == question]
        study_charts.draw_specification_curve(ax, own, question, WITHOUT)
    spans = answers.groupby("measure", sort=False)["ratio"].agg(["min", "max"])
    said = "; ".join(
        f"{name.lower()} {low:.1f} to {high:.1f}" for name, low, high in spans.itertuples()
    )
    return page.figure(
        fig,
        id="robustness-specifications",
        number="7.3",
        title=f"Each question has its own answers, in times: {said}",
        subtitle=f"{page.say_ratio()}; claims from {page.origin}, under every combination of "
        "choices",
        alt=study_charts.describe_specification_curve(answers),
        data=answers,
        note="Filled: all destinations. Hollow: without the main destination. In order of size.",
    )


def show_backlog_and_share(
    page: Page, backlogs: pd.DataFrame, main: str, broken: Sequence[int]
) -> FigureCard | Said:
    """Show the main destination's whole backlog and the origin's part of it, indexed.

    The index is one in the first year of the longest run without a break (`find_run`).

    Parameters
    ----------
    backlogs : DataFrame
        year, asylum, ours, whole, named (`shift_share.list_backlogs`).
    main : str, ISO3
    broken : sequence of int
        Years before which the destination's figures do not compare.
    """
    here = backlogs[backlogs["asylum"].eq(main)].sort_values("year")
    run = find_run(backlogs, main, broken)
    if not run:
        return page.skip("The main destination reports too little to follow.")
    base = run[0]
    here = here.assign(share=here["ours"] / here["named"].where(here["named"] > 0))
    growth = study_charts.index_to(here[["year", "ours", "whole", "share"]], base)
    lines = {
        "ours": f"Claims from {page.origin}",
        "whole": "Whole backlog",
        "share": "Share of named claims",
    }
    place = page.names[main]
    fig, ax = style.new_figure(height=4.0)
    study_charts.draw_growth(ax, growth, lines, base, page.half_year, broken)
    for year in broken:
        charts.mark_break(ax, int(year))
    page.shade_eras(ax)
    return page.figure(
        fig,
        id="robustness-backlog-and-share",
        number="7.4",
        title=f"{place.short}: the whole backlog, and the part of it from {page.origin}",
        subtitle=f"Claims pending at year-end as a multiple of {base}; equal distances are equal "
        "factors",
        alt=describe_lines(growth, {c: f"{name}, times {base}" for c, name in lines.items()}),
        data=growth,
        note=f"Dashes at the foot: breaks in how {place.prose} counts.",
    )


def show_account(page: Page, account: pd.DataFrame, main: str) -> FigureCard | Said:
    """Show the main destination's stock beside what last year's stock and the flows lead to.

    Parameters
    ----------
    account : DataFrame
        year, end, expected_low, expected_high, residual, is_large, of one destination.
    main : str, ISO3
    """
    if account.empty:
        return page.skip("The first year in the data has no year before it to account from.")
    large = account.loc[account["is_large"], "year"]
    fig, ax = style.new_figure(height=3.9)
    study_charts.draw_account(ax, account, page.half_year)
    for year in large:
        charts.mark_break(ax, int(year))
    lines = {"end": "Reported", "expected_low": "Expected, low", "expected_high": "Expected, high"}
    return page.figure(
        fig,
        id="robustness-account",
        number="7.5",
        title=f"{page.names[main].short}: in {len(large)} of {len(account)} years the flows do not "
        "explain the stock",
        subtitle=f"Pending claims from {page.origin} at year-end, reported and as last year's "
        "stock and the flows lead one to expect",
        alt=describe_lines(account, lines, "claims"),
        data=account[["year", "end", "expected_low", "expected_high", "residual"]],
        note="Thin lines: residuals. Dashes at the foot: over "
        f"{THRESHOLDS.breaks_total:.0%} of the greater stock.",
    )
