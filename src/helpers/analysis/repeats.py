"""Years that were completed in name: year-end figures taken over from mid-year."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.revisions import take_tables, tell_state

if TYPE_CHECKING:
    from helpers.data.releases import History
    from helpers.study import ReleaseInfo


def find_repeats(history: History, infos: Sequence[ReleaseInfo]) -> pd.DataFrame:
    """Find out how much of a completed year the year-end release took over from mid-year.

    A year-end figure that is the mid-year figure to the last digit is a sign that the destination
    sent nothing new; small figures also agree by chance, so their share of the total counts.

    Parameters
    ----------
    history : History
        One origin's tables of every release.
    infos : sequence of ReleaseInfo
        Releases that hold the origin, oldest publication first.

    Returns
    -------
    DataFrame
        release_from, release_to, year, measure (pending; applied_persons and applied_cases: new
        claims, type N), places (destinations with a figure above zero at year-end), repeated
        (those with the same figure at mid-year), total, repeated_total, repeated_share (0-1),
        largest (the destination with most of the repeated figures; empty where there is none).
    """
    rows = []
    for before, after in pairwise(infos):
        year = before.newest_year
        if tell_state(year, before, after) != "completed":
            continue
        old, new = (_sum_places(history, info.name, year) for info in (before, after))
        for measure in new:
            found = _compare_places(old[measure], new[measure])
            rows.append((before.name, after.name, year, measure, *found))
    columns = ["release_from", "release_to", "year", "measure", "places", "repeated", "total",
               "repeated_total", "repeated_share", "largest"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"repeated_share": "Float64"})


def _sum_places(history: History, release: str, year: int) -> dict[str, pd.Series]:
    """Return each measure's figures above zero by destination."""
    tables = take_tables(history, release)
    stock, claims = (
        frame[frame["year"] == year]
        for frame in (tables["population"], tables["asylum_applications"])
    )
    claims = claims[claims["stage"] == "new"]
    sums = {"pending": stock.groupby("asylum")["pending"].sum()}
    for unit in ("persons", "cases"):
        sums[f"applied_{unit}"] = claims[claims["unit"] == unit].groupby("asylum")["applied"].sum()
    return {name: values[values > 0] for name, values in sums.items()}


def _compare_places(old: pd.Series, new: pd.Series) -> tuple[int, int, int, int, Any, str]:
    """Return the counts and totals of `find_repeats` for one measure."""
    same = new[new == old.reindex(new.index)]
    total, repeated = int(new.sum()), int(same.sum())
    largest = str(same.idxmax()) if len(same) else ""
    share = repeated / total if total else pd.NA
    return len(new), len(same), total, repeated, share, largest
