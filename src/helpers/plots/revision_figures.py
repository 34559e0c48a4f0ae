"""Figures of revisions: each year's total in the releases that give it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.analysis.revisions import REFERENCES
from helpers.plots.chart_parts import draw_lines, mark_provisional
from helpers.plots.figures import FigureCard
from helpers.plots.page import Page
from helpers.plots.style import assign_styles, new_figure
from helpers.prose.words import say_value


def show_revised_pending(
    page: Page, totals: pd.DataFrame, widest: pd.Series | None
) -> FigureCard | None:
    """Show claims pending of the years that have been a release's newest.

    `totals` is `revisions.list_totals`; nothing is shown where only one release has the origin.
    `widest` is the mid-year stock that is furthest from that year's figure now
    (`revisions.find_widest`).
    """
    traced = totals[totals["measure"] == "pending"].dropna(subset=["total"])
    releases = list(totals["release"].unique())
    first = int(totals.groupby("release")["year"].max().min()) if releases else 0
    traced = traced[traced["year"] >= first]
    if traced.empty or len(releases) < 2:
        return None
    title = "Claims pending in each release"
    if widest is not None:
        side = "above" if widest["off"] > 0 else "below"
        title = (
            f"The mid-{widest['year']} figure was {abs(widest['off_share']):.0%} {side} that of "
            "the year's end"
        )
    fig, ax = new_figure(height=3.9)
    lines = {str(year): str(year) for year in sorted(traced["year"].unique())}
    wide = traced.pivot(index="release", columns="year", values="total").reindex(releases)
    draw_lines(ax, wide.rename(columns=str).assign(year=range(len(releases))), lines)
    looks, half = assign_styles(lines), traced[traced["period"] == "mid"]
    for release, year, value in half[["release", "year", "total"]].itertuples(index=False):
        mark_provisional(ax, releases.index(release), value, looks[str(year)])
    ax.set_xlim(-0.4, len(releases) - 0.6)
    ax.set_xticks(range(len(releases)), [name.replace("-", "\n") for name in releases])
    return page.figure(
        fig,
        id="revisions-pending",
        number="6.1",
        title=title,
        subtitle=f"Claims from {page.origin} pending, by release, each year since {first}",
        alt=describe_revised_totals(traced, releases),
        data=traced[["release", "year", "period", "total"]],
        note="Hollow: mid-year, as reported; a destination that sent nothing repeats an older "
        "figure. Claims whose origin was not named are left out.",
    )


def describe_revised_totals(totals: pd.DataFrame, releases: Sequence[str]) -> str:
    """Say each count of claims once, with the releases that give it, in the order of publication.

    >>> rows = [("a", 2003, "mid", 10), ("b", 2003, "end", 12), ("c", 2003, "end", 12)]
    >>> frame = pd.DataFrame(rows, columns=["release", "year", "period", "total"])
    >>> describe_revised_totals(frame, ["a", "b", "c"])
    '2003: 10 claims at mid-year in a, 12 at year-end from b on.'
    """
    known = totals.sort_values("release", key=lambda names: names.map(list(releases).index))
    years = []
    for year, rows in known.groupby("year"):
        figure = rows["total"].astype("str") + rows["period"]
        texts: list[str] = []
        for _, step in rows.groupby((figure != figure.shift()).cumsum()):
            first, last = step["release"].iloc[0], step["release"].iloc[-1]
            span = f"in {first}" if first == last else f"from {first} to {last}"
            if first != last == releases[-1]:
                span = f"from {first} on"
            value = say_value(float(step["total"].iloc[0])) + ("" if texts else " claims")
            texts.append(f"{value} at {REFERENCES[step['period'].iloc[0]]} {span}")
        years.append(f"{year}: {', '.join(texts)}.")
    return " ".join(years)
