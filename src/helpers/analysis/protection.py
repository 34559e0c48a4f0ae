"""Protection: refugees and others abroad, the share of the world's claims, and decisions.

Each can be taken without one destination. Stocks are of the reference date; decisions are flows,
of first instance only, persons and cases apart (`measures.measure_decisions` defines the rates).

Definitions: UNHCR, Refugee Data Finder, methodology.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.analysis.measures import UNITS, measure_decisions


def measure_stocks(
    stocks: pd.DataFrame,
    by_asylum: pd.DataFrame,
    years: Iterable[int],
    excluding: str | None = None,
    populations: Iterable[Any] = (),
) -> pd.DataFrame:
    """Sum an origin's refugees and others abroad, and its share of the world's pending claims.

    Refugees are given with and without those who are one people of their own at one destination.

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
    populations : iterable of entries
        The origin's (`load_populations`): asylum, first, last.

    Returns
    -------
    DataFrame
        year, refugees, refugees_excl_listed (missing where the origin has no such people), oip
        (other people in need of international protection), share_of_world (0-1). Missing where
        nothing is reported or, for oip, where it was not collected.
    """
    index = pd.Index(list(years), name="year")
    own, world = (_leave_out(frame, excluding) for frame in (stocks, by_asylum))
    sums = own.groupby("year")[["refugees", "oip", "pending"]].sum(min_count=1).reindex(index)
    whole = world.groupby("year")["pending"].sum(min_count=1).reindex(index).replace(0, pd.NA)
    result = sums[["refugees", "oip"]].astype("Int64")
    entries = list(populations)
    listed = pd.Series(False, index=own.index)
    for entry in entries:
        listed |= own["asylum"].eq(entry.asylum) & own["year"].between(entry.first, entry.last)
    rest = own[~listed] if entries else own[:0]
    others = rest.groupby("year")["refugees"].sum(min_count=1).reindex(index)
    result.insert(1, "refugees_excl_listed", others.astype("Int64"))
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


def keep_constant_set(decisions: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Keep the decisions of destinations that decide at the same level in every year.

    A rate of all destinations moves where one leaves or joins: it stops naming origins, books its
    decisions at another level, or reports in another unit. Over a constant set it does not.

    Parameters
    ----------
    decisions : DataFrame
        One origin's rows: year, asylum, level_code, level, unit, recognised, other, rejected.
    years : iterable of int
        The years that are compared.

    Returns
    -------
    DataFrame
        The rows of first instance in these years whose destination, level code and unit have
        decisions on substance in each of them.
    """
    span = set(years)
    rows = decisions[decisions["level"].eq("first") & decisions["year"].isin(span)]
    substance = rows[["recognised", "other", "rejected"]].fillna(0).sum(axis=1)
    key = ["asylum", "level_code", "unit"]
    n_years = rows[substance > 0].groupby(key)["year"].nunique()
    keep = n_years.index[n_years == len(span)]
    return rows[pd.MultiIndex.from_frame(rows[key]).isin(keep)]


def _leave_out(frame: pd.DataFrame, asylum: str | None) -> pd.DataFrame:
    return frame if asylum is None else frame[frame["asylum"] != asylum]
