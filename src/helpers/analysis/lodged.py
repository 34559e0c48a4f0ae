"""Claims lodged, inclusive: type N and the rows that documented rules add, persons and cases apart.

Strict figures (`measures.measure_new_claims`) count type N alone. N is not complete: some
destinations report new claims under other codes in some years. Which rows are added is data
(`load_lodged_rules` of helpers.data.hand), every added row is listed with its rule, and a
destination that has nothing lodged on file stays empty, never 0.

Definitions: UNHCR, Refugee Data Finder, methodology (applications: claims lodged in the year).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.analysis.persons import bound_persons

STRICT = "new"
NOTABLE = 0.01  # share of the year's pending claims above which a silent destination is named
MEASURES = {
    "persons": "applied_inclusive_persons",
    "cases": "applied_inclusive_cases",
    "lower": "applied_lower",
    "estimate": "applied_middle",
    "upper": "applied_upper",
}
ROW_KEY = ["year", "asylum", "rule", "stage_code", "level_code", "unit"]


def mark_lodged(
    applications: pd.DataFrame, by_asylum: pd.DataFrame, rules: Iterable[Any]
) -> pd.DataFrame:
    """Say of every row whether it counts as a claim lodged, and by which rule.

    Parameters
    ----------
    applications : DataFrame
        year, asylum, stage_code, level_code, unit, applied, and others.
    by_asylum : DataFrame
        The same of all origins: tells whether a destination uses type N in a year at all.
    rules : iterable of entries
        name, asylum, stages, levels, without_levels, years, is_stand_in.

    Returns
    -------
    DataFrame
        The rows with a count, and `rule`: "new" for type N, the name of the first rule that
        fits, or empty where the row does not count.
    """
    rows = applications.dropna(subset=["applied"]).reset_index(drop=True)
    used = by_asylum[by_asylum["stage_code"].eq("N") & by_asylum["applied"].gt(0)]
    places = pd.MultiIndex.from_frame(rows[["asylum", "year"]])
    has_new = places.isin(pd.MultiIndex.from_frame(used[["asylum", "year"]]))
    rule = pd.Series("", index=rows.index, dtype="str").mask(rows["stage_code"] == "N", STRICT)
    for entry in rules:
        fits = rule.eq("") & _fit(rows, entry)
        if entry.is_stand_in:
            fits &= ~has_new
        rule = rule.mask(fits, entry.name)
    return rows.assign(rule=rule)


def _fit(rows: pd.DataFrame, entry: Any) -> pd.Series:
    """Tell which rows have the codes, the destination and the year that an entry names."""
    fits = rows["stage_code"].isin(entry.stages) & ~rows["level_code"].isin(entry.without_levels)
    if entry.levels:
        fits &= rows["level_code"].isin(entry.levels)
    if entry.years:
        fits &= rows["year"].isin(entry.years)
    return fits if entry.asylum == "*" else fits & rows["asylum"].eq(entry.asylum)


def measure_lodged(
    marked: pd.DataFrame, factors: Iterable[Any], years: Iterable[int], excluding: str | None = None
) -> pd.DataFrame:
    """Sum inclusive claims a year: as reported, persons and cases apart, and as a range in persons.

    Parameters
    ----------
    marked : DataFrame
        One origin's rows (`mark_lodged`).
    factors : iterable of entries
        Persons a case (`load_persons_per_case`).
    years : iterable of int
        The years of the result.
    excluding : str, optional
        ISO3 of a destination to leave out.

    Returns
    -------
    DataFrame
        year, applied_inclusive_persons, applied_inclusive_cases (as reported), applied_lower,
        applied_middle, applied_upper (persons: each case one, times the middle factor, times the
        greatest). Missing where nothing lodged is on file.
    """
    kept = marked[marked["rule"].ne("") & marked["asylum"].ne(excluding or "")]
    sums = bound_persons(kept, factors).set_index("year")[list(MEASURES)]
    return sums.rename(columns=MEASURES).reindex(pd.Index(list(years), name="year")).reset_index()


def list_places(
    marked: pd.DataFrame, pending: pd.DataFrame, factors: Iterable[Any]
) -> pd.DataFrame:
    """List inclusive claims lodged by destination; empty where none are on file.

    Parameters
    ----------
    marked : DataFrame
        One origin's rows (`mark_lodged`).
    pending : DataFrame
        The origin's stocks: year, asylum, pending.
    factors : iterable of entries
        Persons a case.

    Returns
    -------
    DataFrame
        year, asylum, pending, strict_persons, strict_cases (type N), applied_inclusive_persons,
        applied_inclusive_cases, applied_lower, applied_upper (persons). A row for each
        destination and year with claims lodged or pending.
    """
    key = ["year", "asylum"]
    counted = bound_persons(marked[marked["rule"] != ""], factors, key).set_index(key)
    strict = bound_persons(marked[marked["rule"] == STRICT], factors, key).set_index(key)
    stock = pending[pending["pending"] > 0].groupby(key)["pending"].sum()
    table = counted[["persons", "cases", "lower", "upper"]].rename(columns=MEASURES)
    table = table.join(stock, how="outer").join(
        strict[["persons", "cases"]].add_prefix("strict_"), how="left"
    )
    order = [
        "pending", "strict_persons", "strict_cases", MEASURES["persons"], MEASURES["cases"],
        MEASURES["lower"], MEASURES["upper"],
    ]  # fmt: skip
    return table[order].sort_index().reset_index()


def spread_by_unit(lodged: pd.DataFrame) -> pd.DataFrame:
    """Turn inclusive claims into rows that stand beside the strict ones of stage `new`.

    Parameters
    ----------
    lodged : DataFrame
        `measure_lodged`.

    Returns
    -------
    DataFrame
        year, stage (new), unit (persons, cases), applied_inclusive.
    """
    parts = [
        lodged[["year"]].assign(stage=STRICT, unit=unit, applied_inclusive=lodged[MEASURES[unit]])
        for unit in ("persons", "cases")
    ]
    return pd.concat(parts, ignore_index=True)


def list_added(marked: pd.DataFrame) -> pd.DataFrame:
    """List what the rules add and what stays out, by destination, year, rule and code.

    Returns
    -------
    DataFrame
        year, asylum, rule, stage_code, level_code, unit, rows, applied, is_counted. Type N is
        not listed; rows of a mixed type that no rule names have an empty rule. Repeat claims and
        appeals that no rule names are what their codes say, and are not listed either.
    """
    mixed = marked["rule"].ne("") | marked["stage"].eq("mixed")
    others = marked[mixed & marked["rule"].ne(STRICT) & marked["applied"].gt(0)]
    sums = others.groupby(ROW_KEY)["applied"].agg(rows="size", applied="sum").reset_index()
    return sums.assign(is_counted=sums["rule"] != "")


def find_silent(
    marked_all: pd.DataFrame, pending: pd.DataFrame, notable: float = NOTABLE
) -> pd.DataFrame:
    """Find destinations with claims pending and, of no origin, a claim lodged on file that year.

    There the year's sum lacks a destination, and says nothing of how many claims it lacks.

    Parameters
    ----------
    marked_all : DataFrame
        Claims of all origins by destination (`mark_lodged`).
    pending : DataFrame
        One origin's stocks: year, asylum, pending.
    notable : float
        The least share of the origin's pending claims of that year.

    Returns
    -------
    DataFrame
        year, asylum, pending, share (0-1 of the year's pending).
    """
    stock = pending[pending["pending"] > 0][["year", "asylum", "pending"]]
    counted = marked_all[marked_all["rule"].ne("") & marked_all["applied"].gt(0)]
    has_any = pd.MultiIndex.from_frame(stock[["asylum", "year"]]).isin(
        pd.MultiIndex.from_frame(counted[["asylum", "year"]])
    )
    share = stock["pending"] / stock.groupby("year")["pending"].transform("sum")
    silent = stock.assign(share=share.astype("Float64"))[~has_any & share.ge(notable).to_numpy()]
    return silent.sort_values(["year", "asylum"]).reset_index(drop=True)
