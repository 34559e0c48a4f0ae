"""The figures of notebook 03: claims pending and lodged, the eras, and why two counts differ."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from helpers.analysis.thresholds import FEWEST_FOR_RATIO
from helpers.plots import chart_parts, style
from helpers.plots.chart_parts import describe_bars, describe_lines, to_floats
from helpers.plots.figures import FigureCard
from helpers.plots.page import Page
from helpers.plots.style import GREY, MUTED, PALETTE
from helpers.prose.passages import Said
from helpers.prose.words import MISSING, choose_break_words, join_names, join_years

RATIO_NAMES = {
    "pending": "Pending at year-end",
    "share_of_world": "Share of the world's pending claims",
    "applied_middle": "Claims lodged, in persons",
    "refugees": "Refugees at year-end",
}
COUNTED_AGAIN = {
    "counted_before": "Counted a year before (at least)",
    "lodged": "Lodged in the year (at most)",
    "unaccounted": "Neither",
}


def show_stock_and_flow(
    page: Page, stock: pd.DataFrame, flows: pd.DataFrame, *, title_from: pd.DataFrame
) -> FigureCard:
    """Show claims pending and claims lodged, one above the other, year by year.

    `stock` has year, pending, lower, upper, is_comparable, broken_by; `flows` year, applied_middle,
    applied_lower, applied_upper (claims lodged, in persons), is_complete; `title_from` measure,
    first_year, direction (`eras.compare_periods`).
    """
    both = stock[["year", "pending", "lower", "upper"]].merge(flows, on="year")
    both["whole"] = both["applied_middle"].where(both["is_complete"])
    lodged = ["whole", "applied_lower", "applied_upper"]
    broken = [int(year) for year in stock.loc[~stock["is_comparable"], "year"]]
    bare = both.loc[both["pending"].notna() & both["upper"].isna(), "year"].tolist()
    gaps = stock.loc[stock["broken_by"].str.contains("coverage|unknown_origin"), "year"]
    fig, (above, below) = style.new_figure(height=5.4, nrows=2, sharex=True)
    for ax, value, low, high, cuts in (
        (above, "pending", "lower", "upper", gaps),
        (below, *lodged, ()),
    ):
        chart_parts.draw_lines(ax, both, {value: ""}, provisional=page.half_year, breaks=cuts)
        chart_parts.draw_range(ax, both["year"], both[low], both[high])
        ax.set_ylim(0, 1.06 * float(both[[value, low, high]].max().max() or 1))
    above.set_ylabel("Pending at year-end")
    below.set_ylabel("Lodged in the year")
    chart_parts.mark_breaks(above, broken)
    page.shade_eras(above)
    turns = {name: list(own["direction"]) for name, own in title_from.groupby("measure")}
    late = turns.get("applied_middle"), turns.get("pending", [])[1:2]
    lines = {"pending": "Pending", "whole": "Lodged, complete years", "applied_upper": "At most"}
    title = f"Claims from {page.origin}: pending at year-end, and lodged in the year"
    if late == (["", "open", "up"], ["up"]):
        year = title_from["first_year"].max()
        title = f"{page.origin}: pending claims soared; new claims did not, until {year}"
    return page.figure(
        fig,
        id="eras-stock-and-flow",
        number="3.1",
        title=title,
        subtitle="Asylum claims pending at year-end (a stock) and lodged in the year (a flow)",
        alt=describe_lines(both, lines, "claims"),
        data=both[["year", "pending", "lower", "upper", *lodged]],
        note="Bands: claims whose origin was not named, cases of one or several persons, and what "
        "incomplete years lack; those years have a band and no line. "
        + (f"{join_years(bare)}: too few origins are named for a band of stocks. " if bare else "")
        + "Dashes at the foot: the stock does not compare with the year before.",
    )


def show_pending(page: Page, stock: pd.DataFrame, findings: pd.DataFrame, main: str) -> FigureCard:
    """Show claims pending with and without the main destination, and the breaks.

    `stock` has year, pending, pending_excl_main, lower, upper, status, is_comparable; `findings`
    year, asylum, kind, rule, effect_share of breaks that move the total; `main` is an ISO3 code.
    """
    lines = {
        "pending": "All destinations",
        "pending_excl_main": f"Without {page.names[main].prose}",
    }
    peak = stock.sort_values("pending").dropna(subset=["pending"]).iloc[-1]
    others = stock.loc[stock["year"].ne(peak["year"]), "upper"]
    is_reported = others.gt(peak["pending"]).any()  # another year may have had more
    is_old = findings["rule"].eq("never_completed") & findings["year"].eq(peak["year"])
    old = join_names(page.names[code].prose for code in findings.loc[is_old, "asylum"].unique())
    broken = stock.loc[~stock["is_comparable"], "year"].tolist()
    marks = choose_break_words(findings, broken)
    gaps = [year for year, word in marks.items() if word]
    fig, ax = style.new_figure(height=4.0)
    chart_parts.draw_lines(ax, stock, lines, provisional=page.half_year, breaks=gaps)
    is_open = (stock["upper"] > 1.02 * stock["lower"]).fillna(False)
    bounds = (stock[side].where(is_open) for side in ("lower", "upper"))
    chart_parts.draw_range(ax, stock["year"], *bounds)
    chart_parts.mark_breaks(ax, marks)
    page.shade_eras(ax)
    return page.figure(
        fig,
        id="eras-pending",
        number="3.2",
        title=("Reported pending" if is_reported else "Pending")
        + f" claims from {page.origin} peaked in {peak['year']} at {peak['pending']:,}"
        + (f", with {old} as of mid-year" if old else ""),
        subtitle=f"Asylum claims pending at year-end, with and without {page.names[main].prose}",
        alt=describe_lines(stock, lines, "claims"),
        data=stock[["year", *lines, "lower", "upper", "status", "is_comparable"]],
        note="Vertical dashes: not comparable with the year before. Band: with a share of the "
        "claims of unknown origin.",
    )


def show_ratios(
    page: Page, ratios: pd.DataFrame, reach: pd.DataFrame, main: str
) -> FigureCard | Said:
    """Show how far the ratio of two eras moves with the measure and the year of transition.

    `ratios` has measure, is_without_main, transition, is_own, ratio; `reach` measure,
    is_without_main, least, own, most (`sensitivity.range_over_handovers`); `main` is an ISO3 code.
    """
    own = reach["own"].dropna()
    if not page.scope.boundary:
        return page.skip("There are no eras to compare.")
    if own.empty:
        return page.skip("With these years the eras cannot be compared in more than one way.")
    place = page.names[main].prose
    ratios, reach = (
        table.assign(label=table["measure"].map(RATIO_NAMES)) for table in (ratios, reach)
    )
    said = []
    for row in reach.to_dict("records"):
        name = row["label"] + (f", without {place}" if row["is_without_main"] else "")
        own_ratio = "no ratio of its own" if pd.isna(row["own"]) else f"{row['own']:.2f} times"
        least, most = f"{row['least']:.2f}", f"{row['most']:.2f}"
        span = f"from {least} to {most} over the years of transition"
        if least == most:
            span = f"{least} wherever another year of transition has one"
        said.append(f"{name}: {own_ratio}, {span}.")
    names = list(dict.fromkeys(ratios["label"]))
    known = reach.loc[reach["own"].notna(), "label"].unique()
    title = f"From {own.min():.1f} to {own.max():.1f} times: it depends on what is counted"
    if len(known) == 1:
        spread = dict.fromkeys(f"{end:.1f}" for end in (own.min(), own.max()))
        title = f"{known[0]}: {' to '.join(spread)} times"
    fig, ax = style.new_figure(height=0.7 + 0.5 * len(names))
    for (name, is_hollow), part in ratios.groupby(["label", "is_without_main"], sort=False):
        shift = 0.19 if is_hollow else -0.19
        _draw_ratios(ax, names.index(name) + shift, part, bool(is_hollow))
    chart_parts.label_rows(ax, names)
    ax.axvline(1, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.set_xscale("log")
    left, right = ax.get_xlim()
    left = min(left, 0.9)
    ax.set_xlim(left, right * (right / left) ** 0.1)  # room for the numbers at the right
    style.format_log_axis(ax.xaxis, "{x:,g}", is_wide=right / left >= 300)
    ax.tick_params(axis="x", colors=MUTED)
    return page.figure(
        fig,
        id="eras-ratios",
        number="3.3",
        title=title,
        subtitle=f"{page.say_ratio()}; origin: {page.origin}",
        alt=" ".join(said),
        data=ratios[["measure", "is_without_main", "transition", "is_own", "ratio"]],
        note=f"Filled: all destinations. Hollow: without {place}. The mark is the "
        "study's own cut; strokes: the later era begins in each year from "
        f"{ratios['transition'].min()} to {ratios['transition'].max()}.",
    )


def _draw_ratios(ax: Axes, at: float, rows: pd.DataFrame, is_hollow: bool) -> None:
    """Draw a line over one measure's ratios, a stroke for each, and the study's own with a mark."""
    rows = rows[rows["ratio"].gt(0).fillna(False)]
    if rows.empty:
        return
    known, own = to_floats(rows["ratio"]), to_floats(rows.loc[rows["is_own"], "ratio"])
    colour = PALETTE[2] if is_hollow else PALETTE[0]
    ax.plot(known, [at] * len(known), marker="|", markersize=7, color=colour, linewidth=1.4)
    marker = "s" if is_hollow else "o"
    chart_parts.draw_dots(
        ax, own, [at] * len(own), colour, is_hollow, marker=marker, markeredgewidth=1.6
    )
    chart_parts.write_beside(ax, known.max(), at, f"{own[0]:.1f}" if len(own) else MISSING)


def show_three_counts(page: Page, counts: pd.DataFrame, span: range) -> FigureCard:
    """Show what one period comes to by several counts, each with its range.

    `counts` has count (its name), value, lower, upper: first the sum of the year-ends of `span`,
    then claims lodged.
    """
    summed, lodged = counts.iloc[0], counts.iloc[1]
    years = join_years(span)
    known = [lodged[end] for end in ("upper", "lower") if pd.notna(lodged[end]) and lodged[end]]
    is_enough = pd.notna(summed["value"]) and summed["value"] >= FEWEST_FOR_RATIO
    ratios = [f"{summed['value'] / count:.1f}" for count in known if is_enough]
    times = " to ".join(dict.fromkeys(ratios))
    if len(known) == 1:
        times = f"{'at least' if pd.notna(lodged['upper']) else 'at most'} {times}"
    bounds = counts.astype({"lower": "float64", "upper": "float64"}).to_dict("records")
    whiskers = "".join(
        f" {row['count']}: {chart_parts.say_range(row['lower'], row['upper'])}."
        for row in bounds
        if row["lower"] < row["upper"] or pd.isna(row["lower"]) != pd.isna(row["upper"])
    )
    fig, ax = style.new_figure(height=2.4)
    chart_parts.draw_bars(ax, counts, "count", "value", bounds=("lower", "upper"))
    return page.figure(
        fig,
        id="eras-counts",
        number="3.4",
        title=f"The year-ends of {years} add up to {times} times the claims lodged"
        if ratios
        else f"What the year-ends of {years} add up to",
        subtitle=f"Asylum claims from {page.origin}: one period, several counts",
        alt=describe_bars(counts, "count", "value", "claims", most=len(counts)) + whiskers,
        data=counts,
        note="Whiskers: the range of a count.",
    )


def show_counted_again(
    page: Page, year_ends: pd.DataFrame, again: Mapping[str, float]
) -> FigureCard | Said:
    """Show how much of each year-end stock had been counted a year before.

    `year_ends` has year, pending, counted_before, lodged, unaccounted
    (`stock_flow.split_new_and_old`); `again` first_year, last_year, total, again, again_share
    (`stock_flow.sum_counted_again`), and nothing where nothing is pending.
    """
    if not again:
        return page.skip("There are no claims pending to add up.")
    is_enough = again["total"] >= FEWEST_FOR_RATIO
    part = f"{again['again_share']:.0%}" if is_enough else f"{again['again']:,.0f}"
    years = join_years(range(int(again["first_year"]), int(again["last_year"]) + 1))
    fig, ax = style.new_figure(height=4.0)
    chart_parts.draw_columns(ax, year_ends, COUNTED_AGAIN, page.half_year)
    page.shade_eras(ax)
    return page.figure(
        fig,
        id="eras-counted-again",
        number="3.5",
        title=f"If the flows are complete, at least {part} of the year-end counts of {years} had "
        "been counted a year before",
        subtitle=f"Asylum claims from {page.origin} pending at each year-end, by when they were "
        "lodged",
        alt=describe_lines(year_ends, COUNTED_AGAIN, "claims"),
        data=year_ends[["year", "pending", *COUNTED_AGAIN]],
        note="By destination: claims beyond those lodged in the year were pending a year before, "
        "up to that year's stock.",
    )
