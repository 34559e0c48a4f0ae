"""Every yearly series of every origin that one release allows, for comparing choices.

A series is one measure in one unit, with or without the origin's largest destination. Persons and
cases are never added: a unit is a series of its own, and the range in persons enters as two
series, its least and its greatest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.lodged import weigh_persons
from helpers.analysis.measures import find_main_destination
from helpers.analysis.placebo import NO_ORIGIN

if TYPE_CHECKING:
    from typing import Any

    from helpers.data.releases import Core
    from helpers.data.releases import Core as LightCore

    Tables = Core | LightCore

SERIES_KEY = ["origin", "measure", "unit", "destinations"]
ALL, WITHOUT = "all", "without the largest"
# Unit of new claims -> column of `weigh_persons`.
UNITS = {
    "persons": "persons",
    "cases": "cases",
    "persons, at least": "lower",
    "persons, at most": "upper",
}


def list_variants(
    tables: Tables,
    years: range,
    half_year: int | None,
    factors: Iterable[Any],
    origins: Iterable[str] | None = None,
) -> pd.DataFrame:
    """List every yearly series of every origin that one release allows.

    Parameters
    ----------
    tables : Core or LightCore
        Uses pending, applications, by_origin and by_asylum.
    years : range
        The study's years; the release may end earlier.
    half_year : int or None
        The year that a mid-year release ends with: its flows are left out.
    factors : iterable of entries
        Persons a case (`load_persons_per_case`).
    origins : iterable of str, optional
        The origins whose pairs are used; default all that the release holds.

    Returns
    -------
    DataFrame
        Index origin, measure (pending, share of the world, new claims), unit (persons, cases;
        persons at least, persons at most), destinations (all, without the largest); a column a
        year, floats, missing where nothing is on file. The largest destination is each origin's
        own over these years. Series of totals are there for every origin.
    """
    last = int(tables.by_asylum["year"].max())
    wanted = [year for year in years if year <= last]
    totals = _spread(tables.by_origin, "origin", wanted)
    totals = totals[~totals.index.isin(NO_ORIGIN)]
    stock = _spread(tables.by_asylum, "asylum", wanted)
    world = stock.sum()
    rows = _label(totals, "pending", "persons", ALL)
    rows += _label(totals / world, "share of the world", "persons", ALL)
    on_file = set(tables.pending["origin"].unique()) - set(NO_ORIGIN)
    kept = on_file if origins is None else on_file & set(origins)
    pending = tables.pending[tables.pending["origin"].isin(kept)]
    pending = pending[pending["year"].isin(wanted)].astype({"pending": "float64"})
    mains: dict[str, str | None] = dict.fromkeys(sorted(kept))
    mains |= {str(name): find_main_destination(part) for name, part in pending.groupby("origin")}
    rows += _list_stocks(pending, mains, wanted, stock)
    rows += _list_flows(tables.applications, mains, wanted, half_year, factors)
    index = pd.MultiIndex.from_tuples([key for key, _ in rows], names=SERIES_KEY)
    return pd.DataFrame([values for _, values in rows], index=index, columns=wanted, dtype=float)


def _spread(frame: pd.DataFrame, index: str, years: list[int]) -> pd.DataFrame:
    """Return claims pending, a column a year; what is not on file counts as 0."""
    counts = frame.assign(pending=frame["pending"].astype("float64"))
    wide = counts.pivot(index=index, columns="year", values="pending")
    return wide.reindex(columns=years).fillna(0.0)


_Row = tuple[tuple[str, str, str, str], np.ndarray]


def _label(table: pd.DataFrame, measure: str, unit: str, destinations: str) -> list[_Row]:
    """Return each origin's row with its key."""
    values = table.to_numpy(dtype=float)
    return [
        ((str(origin), measure, unit, destinations), row)
        for origin, row in zip(table.index, values, strict=True)
    ]


def _list_stocks(
    pending: pd.DataFrame, mains: Mapping[str, str | None], years: list[int], stock: pd.DataFrame
) -> list[_Row]:
    """List each origin's pending claims without its largest destination, and their share."""
    rest = pending[pending["asylum"].ne(pending["origin"].map(mains))]
    sums = rest.groupby(["origin", "year"])["pending"].sum().unstack("year")
    with_main = {name: main for name, main in mains.items() if main is not None}
    table = sums.reindex(index=list(with_main), columns=years).fillna(0.0)
    world = stock.sum() - stock.loc[list(with_main.values())].set_axis(table.index)
    return [
        *_label(table, "pending", "persons", WITHOUT),
        *_label(table / world, "share of the world", "persons", WITHOUT),
    ]


def _list_flows(
    applications: pd.DataFrame, mains: Mapping[str, str | None], years: list[int],
    half_year: int | None, factors: Iterable[Any],
) -> list[_Row]:  # fmt: skip
    """List every origin's new claims, by unit, with and without its largest destination."""
    new = applications[applications["stage"].eq("new") & applications["origin"].isin(list(mains))]
    new = weigh_persons(new[new["year"].isin(years) & (new["year"] != half_year)], factors)
    is_main = new["asylum"].eq(new["origin"].map(mains))
    rows: list[_Row] = []
    for destinations, kept in ((ALL, new), (WITHOUT, new[~is_main])):
        sums = kept.groupby(["origin", "year"])[list(UNITS.values())].sum(min_count=1).round()
        for unit, column in UNITS.items():
            wide = sums[column].unstack("year").reindex(columns=years)
            rows += _label(wide, "new claims", unit, destinations)
    return rows
