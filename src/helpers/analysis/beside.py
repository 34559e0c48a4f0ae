"""What stands beside claims pending and lodged: refugees, shares of the world, decisions.

Each can be taken without one destination. Stocks are of the reference date; decisions are flows,
of first instance only, persons and cases apart (`measures.measure_decisions` defines the rates).

Definitions: UNHCR, Refugee Data Finder, methodology.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.analysis.measures import UNITS, measure_decisions

STOCKS = ("refugees", "oip")
SUBSTANCE = ("recognised", "other", "rejected")
OF_DECISIONS = ("decided", "recognition_rate", "protection_rate", "closed_share")


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
        (0-1). Missing where nothing is on file or, for oip, where it was not collected.
    """
    index = pd.Index(list(years), name="year")
    own = stocks[stocks["asylum"] != excluding] if excluding else stocks
    world = by_asylum[by_asylum["asylum"] != excluding] if excluding else by_asylum
    sums = own.groupby("year")[[*STOCKS, "pending"]].sum(min_count=1).reindex(index)
    whole = world.groupby("year")["pending"].sum(min_count=1).reindex(index).replace(0, pd.NA)
    result = sums[list(STOCKS)].astype("Int64")
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
        decision is on file.
    """
    index = pd.Index(list(years), name="year")
    own = decisions[decisions["asylum"] != excluding] if excluding else decisions
    table = measure_decisions(own, index)
    table = table[table["level"] == "first"]
    table = table.assign(decided=table[list(SUBSTANCE)].sum(axis=1, min_count=1))
    wide = {
        f"{name}_{unit}": table[table["unit"] == unit].set_index("year")[name].reindex(index)
        for unit in UNITS
        for name in OF_DECISIONS
    }
    types = {name: "Int64" if name.startswith("decided") else "Float64" for name in wide}
    return pd.DataFrame(wide, index=index).astype(types).reset_index()
