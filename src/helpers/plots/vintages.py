"""One year's total as release after release told it: a line a year, mid-year points hollow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.revisions import REFERENCES
from helpers.plots.marks import label_end, mark_provisional
from helpers.plots.style import assign_styles, format_axes
from helpers.prose.text import say_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_vintages(ax: Axes, totals: pd.DataFrame, releases: Sequence[str]) -> None:
    """Draw each year's total over the releases that tell it, from zero.

    Parameters
    ----------
    totals : DataFrame
        release, year, period (mid or end), total; a missing total has no point.
    releases : sequence of str
        The releases from left to right.
    """
    places = {name: place for place, name in enumerate(releases)}
    known = totals.dropna(subset=["total"])
    styles = assign_styles([str(year) for year in sorted(known["year"].unique())])
    for year, rows in known.groupby("year"):
        style = styles[str(year)]
        at = [places[name] for name in rows["release"]]
        values = [float(value) for value in rows["total"]]
        ax.plot(at, values, markeredgecolor="white", **style.line())
        for place, value, period in zip(at, values, rows["period"], strict=True):
            if period == "mid":
                mark_provisional(ax, place, value, style=style)
        label_end(ax, at[-1], values[-1], str(year), colour=style.text)
    ax.set_xlim(-0.4, len(releases) - 0.6)
    ax.set_ylim(bottom=0)
    format_axes(ax, years=False)
    ax.set_xticks(range(len(releases)), list(releases))


def describe_vintages(totals: pd.DataFrame, releases: Sequence[str], unit: str) -> str:
    """Describe `draw_vintages` for those who do not see it: each year, and what it became.

    Parameters
    ----------
    totals : DataFrame
        release, year, period, total.
    releases : sequence of str
        In the order of publication.
    unit : str
        What is counted, as in "claims".

    Examples
    --------
    >>> rows = [("a", 2003, "mid", 10), ("b", 2003, "end", 12), ("c", 2003, "end", 12)]
    >>> frame = pd.DataFrame(rows, columns=["release", "year", "period", "total"])
    >>> describe_vintages(frame, ["a", "b", "c"], "claims")
    '2003: 10 claims at mid-year in a, 12 at year-end from b on.'
    """
    order = {name: place for place, name in enumerate(releases)}
    known = totals.dropna(subset=["total"]).sort_values(
        "release", key=lambda names: names.map(order)
    )
    return " ".join(
        f"{year}: {_describe_steps(rows, releases, unit)}." for year, rows in known.groupby("year")
    )


def _describe_steps(rows: pd.DataFrame, releases: Sequence[str], unit: str) -> str:
    """Say each figure once, with the releases that give it."""
    said = rows[["total", "period"]].astype("str").agg(" ".join, axis=1)
    steps = [each for _, each in rows.groupby((said != said.shift()).cumsum())]
    texts = []
    for place, step in enumerate(steps):
        first, last = step["release"].iloc[0], step["release"].iloc[-1]
        span = f"in {first}" if first == last else f"from {first} to {last}"
        if last == releases[-1] and first != last:
            span = f"from {first} on"
        counted = f" {unit}" if place == 0 else ""
        value = say_value(float(step["total"].iloc[0]))
        texts.append(f"{value}{counted} at {REFERENCES[step['period'].iloc[0]]} {span}")
    return ", ".join(texts)
