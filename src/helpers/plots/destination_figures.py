"""The figures of notebook 04: where an origin's claims are, and how the destinations decide."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.analysis import destinations
from helpers.analysis.thresholds import FEWEST_FOR_RATIO
from helpers.data.columns import CODES
from helpers.plots import chart_parts, style, world_map
from helpers.plots.chart_parts import describe_lines, to_floats
from helpers.plots.figures import FigureCard
from helpers.plots.page import Page
from helpers.plots.style import FAINT, MUTED, PALETTE
from helpers.prose import words
from helpers.prose.passages import Said

MOST_LINES = 5
MOST_NAMES = 6
OTHER_PROTECTION = 0.1  # from here on a title with a recognition rate names other protection too


def show_map(page: Page, newest: pd.DataFrame, unnamed: pd.DataFrame) -> FigureCard:
    """Show where the claims of one year are pending, and who names hardly any origin.

    `newest` has year (one), asylum, pending of the destinations with claims pending; `unnamed` the
    asylum of those without a claim of this origin that name hardly any origin.
    """
    outlines = world_map.load_outlines()
    short = {code: name.short for code, name in page.names.items()}
    binned = destinations.bin_by_tens(newest)
    steps = destinations.summarise_bins(binned, outlines)
    parts = steps[["bin_label", "destinations", "share"]]
    highest = binned.loc[binned["bin"] == binned["bin"].max(), "asylum"]
    fig, ax = style.new_figure(height=3.3)
    world_map.draw_map(ax, outlines, binned, page.scope.origin, unnamed["asylum"].tolist())
    said = [
        f"{words.capitalise(words.say_words(count))} destination{'s' * (count > 1)} with {label} "
        f"claims, {words.say_share(float(share))} of all claims"
        for label, count, share in parts.itertuples(index=False)
    ]
    said[0] += f": {', '.join(short[code] for code in highest)}"
    silent = [short[code] for code in unnamed["asylum"]]
    held = f"{words.say_words(len(binned))} destination{'s' * (len(binned) > 1)}"
    rest = f"{words.say_words(len(silent))} more named hardly any origin"
    classes = [*binned["bin_label"], *["origins not named"] * len(unnamed)]
    data = pd.concat([binned[["asylum", "pending"]], unnamed[["asylum"]]]).assign(shown_as=classes)
    small = [page.names[code].prose for code in " ".join(steps["without_shape"]).split()]
    left_out = words.join_names(small) if len(small) <= MOST_NAMES else f"{len(small)} destinations"
    return page.figure(
        fig,
        id="destinations-map",
        number="4.1",
        title=f"Claims from {page.origin} were pending in {held}" + f"; {rest}" * bool(silent),
        subtitle=f"Asylum claims from {page.origin} pending "
        f"{page.when(int(newest['year'].iloc[0]))}, by destination",
        alt=f"World map. {'. '.join(said)}."
        + f" Origins not named: {', '.join(silent)}." * bool(silent),
        data=data,
        note="Shapes: Natural Earth. The borders are the source's and imply no position on any "
        "territory's status." + f" Too small to be drawn: {left_out}." * bool(small),
    )


def show_shares(page: Page, ranked: pd.DataFrame, grave: pd.DataFrame) -> FigureCard | Said:
    """Show which part of the claims pending the first destinations held, year by year.

    `ranked` has year, asylum, pending, share (`destinations.rank_destinations`); `grave` year,
    kind, effect_share of the breaks that move the origin's total.
    """
    shares = destinations.spread_shares(ranked, MOST_LINES).dropna(axis=1, how="all")
    if len(shares) < 2:
        return page.skip("Claims were pending in one year only, so there is no change to show.")
    labels = {code: page.names[code].short for code in shares.columns[1:]}
    marks = words.choose_break_words(grave, grave["year"].unique().tolist())
    gaps = [year for year, word in marks.items() if word]
    fig, ax = style.new_figure(height=4.2)
    chart_parts.draw_lines(ax, shares, labels, unit="%", provisional=page.half_year, breaks=gaps)
    chart_parts.mark_breaks(ax, marks)
    page.shade_eras(ax)
    return page.figure(
        fig,
        id="destinations-shares",
        number="4.2",
        title=_say_leader(page, ranked),
        subtitle=f"Shares of the claims from {page.origin} pending at year-end, by destination",
        alt=describe_lines(shares, labels, "%"),
        data=shares,
        note="Shares of the claims that name this origin, at the destinations with the greatest "
        "mean share. Vertical dashes: the origin's total does not compare with the year before.",
    )


def _say_leader(page: Page, ranked: pd.DataFrame) -> str:
    """Say what the first destination of the last year holds, and held in other years."""
    known = ranked.dropna(subset=["rank"])
    first = known[known["year"] == known["year"].max()].iloc[0]
    own = known[known["asylum"] == first["asylum"]].set_index("year")["share"]
    low, now, high = (
        f"{share:.0%}" if round(share, 3) >= 0.01 else words.say_share(float(share))
        for share in (own.min(), first["share"], own.max())
    )
    name = words.capitalise(page.names[first["asylum"]].prose)
    total = known.loc[known["year"] == first["year"], "pending"].sum()
    if total < FEWEST_FOR_RATIO:
        part = "all" if first["pending"] == total else f"{first['pending']:,} of"
        return f"{name}: {part} {total:,} claims pending in {first['year']}"
    title = f"{name}: {now} of the claims pending in {first['year']}"
    return title if low == high else f"{title}; since {own.index.min()} it held {low} to {high}"


def show_rates(page: Page, rates: pd.DataFrame) -> FigureCard | Said:
    """Show how the destinations decide on the same origin, at levels that are no appeal.

    `rates` has asylum, level, level_code, unit, recognition_rate, protection_rate, closed_share,
    first_year, last_year, is_enough, is_constant (`destinations.rate_destinations`).
    """
    enough = rates[rates["is_enough"] & rates["level"].ne("appeal")]
    if enough.empty:
        return page.skip("No destination took enough decisions for a rate.")
    # The largest of each kind; twice as many of those that can be compared.
    most, is_constant = page.scope.top_n, enough["is_constant"]
    rows = pd.concat([enough[is_constant].head(most), enough[~is_constant].head(-(-most // 2))])
    cases = rows["unit"].map({"cases": " (cases)"}).fillna("")  # most count persons
    rows["label"] = page.name_places(rows)["place"] + ", " + rows["level_code"] + cases
    rows = rows.sort_values("recognition_rate", ascending=False, kind="stable")
    years = range(rows["first_year"].min(), rows["last_year"].max() + 1)
    span = words.join_years(years)
    parts = rows[["label", "recognition_rate", "protection_rate", "closed_share"]]
    said = [
        f"{name} {one:.1%}, {two:.1%} and {closed:.1%}"
        for name, one, two, closed in parts.itertuples(index=False)
    ]
    used = set(rows["level_code"])
    levels = [f"{code}, {text}" for code, text in CODES["level_code"].items() if code in used]
    return page.figure(
        _draw_rates(rows),
        id="destinations-rates",
        number="4.3",
        title=_say_extremes(page, rows),
        subtitle=f"Decisions on claims from {page.origin}, {span}, appeals left out",
        alt=f"Recognised, protected and closed: {'; '.join(said)}.",
        data=rows.drop(columns="label"),
        note=f"Those with most decisions. Levels: {'; '.join(levels)}. Hollow: not decided at this "
        "level in every one of these years. Closed: share of all claims that ended."
        + " The title compares the filled dots."
        * bool(1 < rows["is_constant"].sum() < len(rows)),
    )


def _draw_rates(rates: pd.DataFrame) -> Figure:
    """Draw both rates, the first row on top; what was closed has another base, so a panel apart."""
    fig, (left, right) = style.new_figure(
        height=0.9 + 0.28 * len(rates), ncols=2, sharey=True, width_ratios=[3, 1]
    )
    places, is_constant = np.arange(len(rates)), rates["is_constant"].to_numpy(dtype=bool)
    recognised, protected, closed = (
        to_floats(rates[name]) for name in ("recognition_rate", "protection_rate", "closed_share")
    )
    left.hlines(places, recognised, protected, color=FAINT, linewidth=3, zorder=1)
    look: dict[str, Any] = {"clip_on": False, "zorder": 3}
    left.plot(
        protected, places, linestyle="", marker="|", markersize=13, markeredgecolor=PALETTE[5],
        markeredgewidth=2, label="total protection rate", **look,
    )  # fmt: skip
    for is_hollow, said in ((False, "recognition rate"), (True, "not in every year")):
        here = is_constant != is_hollow
        if here.any():
            at = recognised[here], places[here]
            chart_parts.draw_dots(left, *at, PALETTE[0], is_hollow, label=said, **look)
    right.barh(places, np.nan_to_num(closed), height=0.6, color=MUTED)
    chart_parts.label_rows(left, rates["label"])
    panels = ((left, "Of decisions on the substance", 4), (right, "Closed", 2))
    for ax, title, steps in panels:
        ax.set(title=title, xlim=(-0.03, 1.03), xticks=np.linspace(0, 1, steps + 1))
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.grid(visible=False, axis="y")
        ax.grid(visible=True, axis="x")
        ax.tick_params(axis="y", length=0)
    chart_parts.draw_key(left, ncols=2)
    return fig


def _say_extremes(page: Page, rows: pd.DataFrame) -> str:
    """Say where recognition is least and most, of those that decided in every year if enough."""
    constant = rows[rows["is_constant"]]
    rows = constant if len(constant) > 1 else rows
    rate = rows["recognition_rate"]
    most, least = (rows.loc[rate == end, "asylum"].unique() for end in (rate.max(), rate.min()))
    low, high = words.say_share(float(rate.min())), words.say_share(float(rate.max()))
    said = [words.join_names(page.names[code].prose for code in codes) for codes in (least, most)]
    protected = rows.loc[rate == rate.min(), "protection_rate"].min()
    if protected - rate.min() > OTHER_PROTECTION:
        said[0] += f" ({words.say_share(float(protected))} protected in any form)"
    if low == high:
        return f"Recognition of claims from {page.origin}: {high} in {said[1]}"
    return (
        f"The same origin, decided differently: {low} recognised in {said[0]}, {high} in {said[1]}"
    )
