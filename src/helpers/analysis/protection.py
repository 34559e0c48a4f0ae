"""Protection: refugees and others abroad, the share of the world's claims, and decisions.

Each can be taken without one destination. Stocks are of the reference date; decisions are flows,
of first instance only, persons and cases apart (`measures.measure_decisions` defines the rates).

Definitions: UNHCR, Refugee Data Finder, methodology.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.analysis.measures import UNITS, measure_decisions


def measure_stocks(
    stocks: pd.DataFrame,
    by_asylum: pd.DataFrame,
    years: Iterable[int],
    excluding: str | None = None,
) -> pd.DataFrame:
    """Sum an origin's refugees and others abroad, and its share of the world's pending claims.

    Parameters
    ----------
    stocks : DataFrame
        One origin's rows: year, asylum, pending, refugees, oip (persons at the reference date).
    by_asylum : DataFrame
        All origins by destination: year, asylum, pending.
    years : iterable of int
        The years of the result.
    excluding : str, optional
        ISO3 of a destination to leave out, of the origin's claims and of the world's.

    Returns
    -------
    DataFrame
        year, refugees, oip (other people in need of international protection), share_of_world
        (0-1). Missing where nothing is reported or, for oip, where it was not collected.
    """
    index = pd.Index(list(years), name="year")
    own, world = (_leave_out(frame, excluding) for frame in (stocks, by_asylum))
    sums = own.groupby("year")[["refugees", "oip", "pending"]].sum(min_count=1).reindex(index)
    whole = world.groupby("year")["pending"].sum(min_count=1).reindex(index).replace(0, pd.NA)
    result = sums[["refugees", "oip"]].astype("Int64")
    result["share_of_world"] = (sums["pending"] / whole).astype("Float64")
    return result.reset_index()


def measure_first_instance(
    decisions: pd.DataFrame, years: Iterable[int], excluding: str | None = None
) -> pd.DataFrame:
    """Return a year's decisions of first instance and their rates, persons and cases apart.

    Parameters
    ----------
    decisions : DataFrame
        One origin's rows: year, asylum, level, unit, recognised, other, rejected, closed.
    years : iterable of int
        The years of the result.
    excluding : str, optional
        ISO3 of a destination to leave out.

    Returns
    -------
    DataFrame
        year, then for persons and for cases: decided_* (on substance: recognised, other,
        rejected), recognition_rate_*, protection_rate_*, closed_share_* (0-1). Missing where no
        decision is reported.
    """
    index = pd.Index(list(years), name="year")
    table = measure_decisions(_leave_out(decisions, excluding), index)
    table = table[table["level"] == "first"]
    decided = table[["recognised", "other", "rejected"]].sum(axis=1, min_count=1)
    table = table.assign(decided=decided.astype("Int64"))
    parts = [
        table[table["unit"] == unit]
        .set_index("year")[["decided", "recognition_rate", "protection_rate", "closed_share"]]
        .reindex(index)
        .add_suffix(f"_{unit}")
        for unit in UNITS
    ]
    return pd.concat(parts, axis=1).reset_index()


def _leave_out(frame: pd.DataFrame, asylum: str | None) -> pd.DataFrame:
    return frame if asylum is None else frame[frame["asylum"] != asylum]
