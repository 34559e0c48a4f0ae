"""Stock and flow as an account: what each year-end consists of, and what the flows leave open.

Built on the walk of `flows`: last year's pending claims, plus those lodged, less those decided,
should be this year's. The walk carries a range wherever cases must be set against persons (each
case one person at least, `PERSONS_A_CASE` at most) and wherever appeals may or may not be in the
stock; the residual is what lies outside that range.

Definitions: UNHCR, Refugee Data Finder, methodology.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.analysis.flows import PERSONS_A_CASE

# A year's residual is large above this share of the greater of its two stocks: the share that
# also makes a break of the origin's total.
LARGE = 0.10
FLOWS = ["lodged_persons", "lodged_cases", "decided_persons", "decided_cases"]


def account_destinations(walk: pd.DataFrame, large: float = LARGE) -> pd.DataFrame:
    """Add to each destination's walk what the residual means.

    Parameters
    ----------
    walk : DataFrame
        `walk_stock`.
    large : float
        Share of the greater of both stocks above which a residual is large.

    Returns
    -------
    DataFrame
        The columns of the walk, and change (end - start; a stock that is not reported counts
        as 0), untested (the change where stock or flows are not on file), explained (the change
        less residual and untested: as much as the range of the flows covers), residual_share
        (0-1, of the greater stock), is_large. For each row explained + residual + untested is
        change.
    """
    start, end = (walk[name].fillna(0).astype("float64") for name in ("start", "end"))
    residual = walk["residual"].astype("float64")
    change = end - start
    untested = change.where(residual.isna(), 0.0)
    greater = pd.concat([start, end], axis=1).max(axis=1)
    share = residual.abs() / greater.where(greater > 0)
    return walk.assign(
        change=_to_counts(change),
        explained=_to_counts(change - residual.fillna(0.0) - untested),
        untested=_to_counts(untested),
        residual_share=share.astype("Float64"),
        is_large=(share > large).to_numpy(),
    )


def account_years(account: pd.DataFrame, large: float = LARGE) -> pd.DataFrame:
    """Add the destinations' accounts up by year; persons and cases stay in columns of their own.

    Parameters
    ----------
    account : DataFrame
        `account_destinations`.
    large : float
        As there.

    Returns
    -------
    DataFrame
        year, start, end, change, lodged_persons, lodged_cases, decided_persons, decided_cases
        (missing where none is on file), explained, residual (net), residual_gross (sizes added
        up: residuals of unlike sign do not cancel), untested, residual_share (0-1: residual and
        untested together, of the greater stock), is_large, worst (ISO3 of the destination with
        the greatest residual; empty where none has one).
    """
    sums = ["start", "end", "change", "explained", "residual", "untested"]
    grouped = account.groupby("year")
    table = grouped[sums].sum().join(grouped[FLOWS].sum(min_count=1))
    sizes = account.assign(size=account["residual"].abs().fillna(0))
    table["residual_gross"] = sizes.groupby("year")["size"].sum()
    worst = sizes[sizes["size"] > 0].sort_values(["size", "asylum"]).groupby("year")["asylum"]
    table["worst"] = worst.last().reindex(table.index).fillna("")
    greater = table[["start", "end"]].max(axis=1)
    left = (table["residual"] + table["untested"]).abs()
    table["residual_share"] = (left / greater.where(greater > 0)).astype("Float64")
    table["is_large"] = (table["residual_share"] > large).fillna(False).astype(bool)
    order = [
        "start", *FLOWS, "end", "change", "explained", "residual", "residual_gross", "untested",
        "residual_share", "is_large", "worst",
    ]  # fmt: skip
    return table[order].reset_index()


def split_year_ends(walk: pd.DataFrame, persons_a_case: float = PERSONS_A_CASE) -> pd.DataFrame:
    """Split each year-end stock into claims that the year before had counted, and others.

    Claims pending at the end of a year that were not lodged during it were pending before, or
    came from nowhere that is on file. So the stock less all that was lodged (appeals and repeat
    claims included, each case as many persons as it may be) is the least that is counted twice,
    and it cannot exceed the stock of the year before.

    Parameters
    ----------
    walk : DataFrame
        `walk_stock`: year, asylum, start, end, lodged_persons, lodged_cases.
    persons_a_case : float
        The most persons that a case stands for.

    Returns
    -------
    DataFrame
        year, pending, counted_before (at least), lodged (at most: the rest of the stock that
        lodged claims can account for), unaccounted (neither), counted_before_most (the lesser of
        both stocks at each destination). counted_before + lodged + unaccounted is pending.

    Examples
    --------
    >>> import pandas as pd
    >>> walk = pd.DataFrame({"year": [2001], "asylum": ["DDD"], "start": [100], "end": [150],
    ...                      "lodged_persons": [60], "lodged_cases": [0]})
    >>> split_year_ends(walk)[["counted_before", "lodged", "unaccounted"]].values.tolist()
    [[90, 60, 0]]
    """
    start, end = (walk[name].fillna(0).astype("float64") for name in ("start", "end"))
    persons, cases = (
        walk[f"lodged_{unit}"].fillna(0).astype("float64") for unit in ("persons", "cases")
    )
    lodged = np.minimum(end, persons + persons_a_case * cases)
    before = np.minimum(start, end - lodged)
    parts = pd.DataFrame(
        {
            "year": walk["year"], "pending": end, "counted_before": before, "lodged": lodged,
            "unaccounted": end - lodged - before, "counted_before_most": np.minimum(start, end),
        }
    )  # fmt: skip
    sums = parts.groupby("year").sum()
    # Rounded parts would not add up; the largest one takes what rounding leaves.
    sums["lodged"] = sums["lodged"].round()
    sums["counted_before"] = sums["counted_before"].round()
    sums["unaccounted"] = sums["pending"] - sums["lodged"] - sums["counted_before"]
    return sums.round().astype("Int64").reset_index()


def count_again(year_ends: pd.DataFrame) -> dict[str, float]:
    """Say how much of a sum of year-ends is the same claims again.

    Parameters
    ----------
    year_ends : DataFrame
        `split_year_ends`, the years that are added up.

    Returns
    -------
    dict
        first_year, last_year, total (the sum), again (at least: counted at an earlier year-end
        that is in the sum too, so none in the first year), once (at most: different claims),
        again_share (0-1), times (how often each is counted on average, at least).

    Raises
    ------
    ValueError
        Where no claim is pending in any year.
    """
    total = int(year_ends["pending"].sum())
    if total <= 0:
        raise ValueError("no year-end has a claim pending, so there is nothing to add up")
    ordered = year_ends.sort_values("year")
    again = int(ordered["counted_before"].iloc[1:].sum())
    return {
        "first_year": int(ordered["year"].iloc[0]), "last_year": int(ordered["year"].iloc[-1]),
        "total": total, "again": again, "once": total - again, "again_share": again / total,
        "times": total / (total - again),
    }  # fmt: skip


def _to_counts(values: pd.Series) -> pd.Series:
    """Return whole numbers."""
    return values.round().astype("Int64")
