"""The stock-flow identity: last year's pending, plus lodged, minus decided, is this year's.

UNHCR's stocks and flows come from the same authorities but not from one ledger, so the identity
seldom holds to the last digit; a large residual says that one of the three was counted otherwise.

Two things are uncertain and are carried as a range instead of being decided:

- a case is one or more persons. Flows in cases enter once as they are (x1) and once times
  `persons_a_case`; the result is an estimate, and persons and cases stand in columns of their own;
- a stock may hold claims under appeal or not. The flows enter once without the rows of appeal
  levels and once with them.

`expected_low` and `expected_high` are the least and the greatest of the four results, and
`residual` is how far the reported stock lies outside them: 0 inside, positive above.

Definitions: UNHCR, Refugee Data Finder, methodology (asylum-seekers are those whose claim is
undecided at the reference date).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from helpers.data.releases import Core

# The largest factor that UNHCR published for a destination, apart from a rounding; its entry and
# source stand in data/hand/persons_per_case.yml.
PERSONS_A_CASE = 1.501
APPEAL_LEVELS = ("AR", "JR")
KEY = ["asylum", "year"]
FLOWS = [
    f"{flow}_{unit}{part}"
    for flow in ("lodged", "decided")
    for unit in ("persons", "cases")
    for part in ("", "_appeal")
]
COLUMNS = [
    "year", "asylum", "start", "lodged_persons", "lodged_cases", "decided_persons",
    "decided_cases", "end", "expected", "expected_low", "expected_high", "residual", "unit_mix",
    "is_testable",
]  # fmt: skip


def walk_stock(
    core: Core,
    origin: str,
    years: Iterable[int] | None = None,
    persons_a_case: float = PERSONS_A_CASE,
) -> pd.DataFrame:
    """Walk an origin's pending claims from year to year at each destination.

    Parameters
    ----------
    core : Core
        Uses pending, applications, decisions and the tables of all origins.
    origin : str
        ISO3 code.
    years : iterable of int, optional
        The years to return; default every year on file but the first, which has no start.
    persons_a_case : float
        The upper factor for flows in cases; the lower one is 1.

    Returns
    -------
    DataFrame
        year, asylum, start and end (pending claims), lodged_persons, lodged_cases,
        decided_persons, decided_cases (all levels), expected (x1, without appeal levels),
        expected_low, expected_high, residual (end beyond that range, signed), unit_mix (persons,
        cases, mixed or empty where nothing flowed), is_testable (the destination reports a stock
        in both years and both flows in this one; else expected and residual are missing).
        A pair that is absent where the destination reports counts as 0: UNHCR leaves out zeros,
        and counts under 5 are rounded to 0 or 5.
    """
    stock = _index_stock(core.pending[core.pending["origin"] == origin])
    lodged = core.applications[core.applications["origin"] == origin]
    decided = core.decisions[core.decisions["origin"] == origin]
    walk = _walk(stock, lodged, decided, core, persons_a_case)
    if years is not None:
        walk = walk[walk["year"].isin(list(years))]
    return walk.reset_index(drop=True)


def walk_destinations(core: Core, persons_a_case: float = PERSONS_A_CASE) -> pd.DataFrame:
    """Walk every destination's pending claims of all origins from year to year.

    Returns
    -------
    DataFrame
        As `walk_stock`, one row a destination and year.
    """
    stock = _index_stock(core.by_asylum)
    return _walk(
        stock, core.applications_by_asylum, core.decisions_by_asylum, core, persons_a_case
    ).reset_index(drop=True)


def _index_stock(frame: pd.DataFrame) -> pd.Series:
    """Return pending by asylum and year, floats."""
    return frame.groupby(KEY, observed=True)["pending"].sum(min_count=1).astype("float64")


def _walk(
    stock: pd.Series,
    lodged: pd.DataFrame,
    decided: pd.DataFrame,
    core: Core,
    persons_a_case: float,
) -> pd.DataFrame:
    """Put stock and flows side by side, and compute what the flows lead one to expect."""
    flows = _sum_flow(lodged, "applied", "lodged").join(
        _sum_flow(decided, "total", "decided"), how="outer"
    )
    reported = _list_keys(core.by_asylum.dropna(subset=["pending"]))
    later = _shift(stock[stock > 0].index, 1)
    index = flows.index.union(stock.index).union(later)
    before = _shift(index, -1)
    walk = flows.reindex(columns=FLOWS).reindex(index)
    # Absent at a destination that reports is nearly none; absent elsewhere is not known.
    walk["end"] = stock.reindex(index).fillna(0.0).where(index.isin(reported))
    walk["start"] = stock.reindex(before).fillna(0.0).where(before.isin(reported)).to_numpy()
    has_flows = index.isin(_list_keys(core.applications_by_asylum)) & index.isin(
        _list_keys(core.decisions_by_asylum)
    )
    walk["is_testable"] = has_flows & walk["start"].notna() & walk["end"].notna()
    return _finish(
        _expect(walk, persons_a_case),
        pd.concat([core.by_asylum["year"], core.applications_by_asylum["year"]]),
    )


def _list_keys(frame: pd.DataFrame) -> pd.Index:
    """Return the destinations and years that a table has rows for."""
    return frame.groupby(KEY, observed=True).size().index


def _shift(index: pd.Index, by: int) -> pd.MultiIndex:
    """Return the same destinations some years later or earlier."""
    years = index.get_level_values("year") + by
    return pd.MultiIndex.from_arrays([index.get_level_values("asylum"), years], names=KEY)


def _sum_flow(frame: pd.DataFrame, value: str, name: str) -> pd.DataFrame:
    """Sum a flow by destination and year, by unit, appeal levels apart."""
    part = np.where(frame["level_code"].isin(APPEAL_LEVELS), "_appeal", "")
    labelled = frame.assign(flow=name + "_" + frame["unit"].astype("str") + part)
    sums = labelled.groupby([*KEY, "flow"], observed=True)[value].sum().astype("float64")
    return pd.DataFrame(sums.unstack("flow"))


def _expect(walk: pd.DataFrame, persons_a_case: float) -> pd.DataFrame:
    """Add expected, expected_low, expected_high and residual; missing where not testable."""
    net = {
        (unit, part): walk[f"lodged_{unit}{part}"].fillna(0)
        - walk[f"decided_{unit}{part}"].fillna(0)
        for unit in ("persons", "cases")
        for part in ("", "_appeal")
    }
    results = []
    for factor in (1.0, persons_a_case):
        first = walk["start"] + net["persons", ""] + factor * net["cases", ""]
        results += [first, first + net["persons", "_appeal"] + factor * net["cases", "_appeal"]]
    table = pd.concat(results, axis=1).where(walk["is_testable"], axis=0)
    low, high = table.min(axis=1), table.max(axis=1)
    residual = (walk["end"] - high).clip(lower=0) + (walk["end"] - low).clip(upper=0)
    return walk.assign(
        expected=table.iloc[:, 0], expected_low=low, expected_high=high, residual=residual
    )


def _finish(walk: pd.DataFrame, reported: pd.Series) -> pd.DataFrame:
    """Add up levels, name the units, drop rows that have no year before, set types."""
    for flow in ("lodged", "decided"):
        for unit in ("persons", "cases"):
            name = f"{flow}_{unit}"
            walk[name] = walk[[name, f"{name}_appeal"]].sum(axis=1, min_count=1)
    in_persons = walk[["lodged_persons", "decided_persons"]].notna().any(axis=1)
    in_cases = walk[["lodged_cases", "decided_cases"]].notna().any(axis=1)
    walk["unit_mix"] = np.select(
        [in_persons & in_cases, in_persons, in_cases], ["mixed", "persons", "cases"], ""
    )
    walk = walk.reset_index()
    walk = walk[(walk["year"] > reported.min()) & (walk["year"] <= reported.max())]
    numbers = COLUMNS[2:-2]
    walk[numbers] = walk[numbers].astype("Float64").round().astype("Int64")
    return walk[COLUMNS].sort_values(["year", "asylum"])
