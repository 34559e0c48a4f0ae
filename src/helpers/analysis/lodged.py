"""Claims lodged, inclusive: type N and the rows that documented rules add, persons and cases apart.

Strict figures (`measures.measure_new_claims`) count type N alone. N is not complete: some
destinations report new claims under other codes in some years. Which rows are added is data
(`load_lodged_rules` of helpers.data.hand), every added row is listed with its rule, and a
destination that has nothing lodged in the data stays empty, never 0.

Rows are in persons or in cases, and one case is one or more persons. Turning cases into persons is
an estimate, so it is a range. UNHCR applies its factors when it sums by country of asylum and not
by origin, since the size of a case differs much by origin; for an origin of mostly single
applicants the factor overstates. So cases enter once as they are, once times 1.2, and once times
the factor published for that destination, level and year (`load_persons_per_case`).

Definitions: UNHCR, Refugee Data Finder, methodology (applications: claims lodged in the year).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.analysis.stock_flow import KEY, has_pair

if TYPE_CHECKING:
    from helpers.data.releases import Core
    from helpers.study import ReleaseInfo

STRICT = "new"
HALF_YEAR = 6  # months
LEAST_REPEATED = 50  # claims of all origins: below, equal figures in two releases may be chance
NOTABLE = 0.01  # share of the year's claims from which on a gap at a destination is named
MEASURES = {
    "persons": "applied_inclusive_persons",
    "cases": "applied_inclusive_cases",
    "lower": "applied_lower",
    "estimate": "applied_middle",
    "upper": "applied_upper",
}
_ROW_KEY = ["year", "asylum", "rule", "stage_code", "level_code", "unit"]
_FACTOR_KEY = ["asylum", "level_code", "year"]
_WEIGHED = ["persons", "cases", "lower", "estimate", "upper", "cases_with_factor"]


def mark_lodged(applications: pd.DataFrame, rules: Iterable[Any]) -> pd.DataFrame:
    """Say of every row whether it counts as a claim lodged, and by which rule.

    Parameters
    ----------
    applications : DataFrame
        year, asylum, stage_code, level_code, unit, applied, and others.
    rules : iterable of entries
        name, asylum, stages, levels, without_levels, years.

    Returns
    -------
    DataFrame
        The rows with a count, and `rule`: "new" for type N, the name of the first rule that
        fits, or empty where the row does not count.
    """
    rows = applications.dropna(subset=["applied"]).reset_index(drop=True)
    rule = pd.Series("", index=rows.index, dtype="str").mask(rows["stage_code"] == "N", STRICT)
    for entry in rules:
        fits = rows["stage_code"].isin(entry.stages)
        fits &= rule.eq("") & ~rows["level_code"].isin(entry.without_levels)
        if entry.levels:
            fits &= rows["level_code"].isin(entry.levels)
        if entry.years:
            fits &= rows["year"].isin(entry.years)
        if entry.asylum != "*":
            fits &= rows["asylum"].eq(entry.asylum)
        rule = rule.mask(fits, entry.name)
    return rows.assign(rule=rule)


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
    excluding : str, optional
        A destination to leave out, ISO3.

    Returns
    -------
    DataFrame
        year, applied_inclusive_persons, applied_inclusive_cases (as reported), applied_lower,
        applied_middle, applied_upper (persons: each case one, times the middle factor, times the
        greatest). Missing where no row counts.
    """
    kept = marked[marked["rule"].ne("") & marked["asylum"].ne(excluding or "")]
    sums = bound_persons(kept, factors).set_index("year")[list(MEASURES)]
    return sums.rename(columns=MEASURES).reindex(pd.Index(list(years), name="year")).reset_index()


def list_places(
    marked: pd.DataFrame, pending: pd.DataFrame, factors: Iterable[Any]
) -> pd.DataFrame:
    """List inclusive claims lodged by destination; empty where there are none.

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
    table = table.join(stock, how="outer").join(strict[["persons", "cases"]].add_prefix("strict_"))
    order = ["pending", "strict_persons", "strict_cases"]
    order += [MEASURES[name] for name in ("persons", "cases", "lower", "upper")]
    return table[order].sort_index().reset_index()


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
    sums = others.groupby(_ROW_KEY)["applied"].agg(rows="size", applied="sum").reset_index()
    return sums.assign(is_counted=sums["rule"] != "")


def summarise_rules(added: pd.DataFrame, rules: Iterable[Any]) -> pd.DataFrame:
    """Sum up `list_added` by rule.

    Returns
    -------
    DataFrame
        rule (its title), first_year, last_year, places (destinations), rows, persons, cases.
    """
    titles = {rule.name: rule.title for rule in rules} | {"": "Left out: no rule names it"}
    named = added.assign(
        rule=pd.Categorical(added["rule"].map(titles), list(titles.values())),
        **{unit: added["applied"].where(added["unit"] == unit) for unit in ("persons", "cases")},
    )
    grouped = named.groupby("rule", observed=True)
    table = grouped.agg(
        first_year=("year", "min"),
        last_year=("year", "max"),
        places=("asylum", "nunique"),
        rows=("rows", "sum"),
    )
    sums = grouped[["persons", "cases"]].sum(min_count=1)
    return table.join(sums).reset_index().astype({"rule": "str"})


def find_half_year_flows(
    core: Core,
    info: ReleaseInfo,
    mid_years: Mapping[str, Core],
    register: Iterable[Any],
) -> pd.DataFrame:
    """Find the destinations and years whose flows are those of six months.

    Claims lodged and decisions are then half a year's: they enter no mean and no sum of years.

    Parameters
    ----------
    core : Core
        Uses applications_by_asylum and decisions_by_asylum.
    info : ReleaseInfo
        Of the same release: its newest year is a half one where `period` is mid.
    mid_years : mapping of release name to tables
        The mid-year releases published before (`load_mid_years`). A destination whose every row
        of claims lodged is the same there and here was never completed, from `LEAST_REPEATED`
        claims of all origins on.
    register : iterable of entries
        `load_breaks`: those with `flow: half_year`, which a source says.

    Returns
    -------
    DataFrame
        asylum, year, months (6), reason (mid_year_release, never_completed, source; several joined
        by a space). Sorted by year and destination.
    """
    newest = info.newest_year if info.period == "mid" else None
    keys = [each[KEY] for each in (core.applications_by_asylum, core.decisions_by_asylum)]
    last = pd.concat(keys).query("year == @newest").drop_duplicates()
    parts = [last.assign(reason="mid_year_release")]
    parts += [
        _find_repeated(core.applications_by_asylum, mid.applications_by_asylum, newest)
        for mid in mid_years.values()
    ]
    said = [
        (entry.asylum, year, "source")
        for entry in register
        if entry.flow == "half_year" and info.name in (entry.releases or (info.name,))
        for year in entry.years
        if year <= info.newest_year
    ]
    parts.append(pd.DataFrame(said, columns=[*KEY, "reason"]))
    found = pd.concat(parts).groupby(KEY)["reason"].agg(lambda text: " ".join(sorted(set(text))))
    table = found.reset_index().astype({"year": "int64"}).sort_values(["year", "asylum"])
    return table.assign(months=HALF_YEAR)[[*KEY, "months", "reason"]].reset_index(drop=True)


def _find_repeated(now: pd.DataFrame, mid: pd.DataFrame, newest: int | None) -> pd.DataFrame:
    """Find destinations whose claims of a mid-year release's last year are the same now."""
    year = mid["year"].max()
    key, figures = ["asylum", "stage_code", "level_code", "unit"], ["applied", "origins"]
    ours, before = (each[each["year"] == year].set_index(key)[figures] for each in (now, mid))
    is_same = ours.eq(before.reindex(ours.index)).fillna(False).all(axis=1).groupby("asylum").all()
    enough = ours["applied"].groupby("asylum").sum() >= LEAST_REPEATED
    codes = is_same.index[is_same & enough] if year != newest else []
    return pd.DataFrame({"asylum": codes, "year": year, "reason": "never_completed"})


def find_gaps(
    marked: pd.DataFrame, marked_all: pd.DataFrame, pending: pd.DataFrame, half: pd.DataFrame
) -> pd.DataFrame:
    """Find the destinations that a year's claims lodged lack, whole or in part.

    Parameters
    ----------
    marked, marked_all : DataFrame
        Claims of one origin, and of all origins by destination (`mark_lodged`).
    pending : DataFrame
        The origin's stocks: year, asylum, pending.
    half : DataFrame
        asylum, year, months (`find_half_year_flows`).

    Returns
    -------
    DataFrame
        year, asylum, reason (half_year; silent: nothing lodged of any origin), months (of flow: 6,
        or 0), pending, applied (persons and cases as one each, only to weigh; missing where
        nothing is reported), share (0-1, the greater of the origin's claims pending and lodged
        that year, `NOTABLE` or more). Half a year's flow without a claim that counts is a gap of
        the whole year: its months are 0.
    """
    counted = marked_all[marked_all["rule"].ne("") & marked_all["applied"].gt(0)]
    own = marked[marked["rule"].ne("") & marked["applied"].gt(0)]
    figures = {
        "pending": pending[pending["pending"] > 0].groupby(KEY)["pending"].sum(),
        "applied": own.groupby(KEY)["applied"].sum(),
    }
    table = pd.concat(figures, axis=1).astype("Int64")
    sums = table.groupby("year").transform("sum")
    share = (table / sums.where(sums > 0)).astype("Float64").max(axis=1)
    table = table.assign(share=share).reset_index()
    is_silent = ~has_pair(table, counted)
    is_half = has_pair(table, half)
    table["reason"] = np.where(is_half, "half_year", "silent")
    table["months"] = np.where(is_silent, 0, HALF_YEAR)
    table = table[(is_silent | is_half) & table["share"].ge(NOTABLE)]
    order = ["year", "asylum", "reason", "months", "pending", "applied", "share"]
    return table[order].sort_values(["year", "asylum"], ignore_index=True)


def bound_persons(
    applications: pd.DataFrame, factors: Iterable[Any], by: Iterable[str] = ("year",)
) -> pd.DataFrame:
    """Bound claims lodged in persons, from rows in persons and rows in cases.

    Parameters
    ----------
    applications : DataFrame
        year, asylum, level_code, unit (persons, cases), applied, and the columns of `by`.
    factors : iterable of entries
        asylum, levels, first, last, factor, alternatives; see `load_persons_per_case`. The entry
        of a destination that names the level and covers the year is used. One with levels empty
        covers all levels; where none fits, the entry with asylum `*`, if any, does.
    by : iterable of str
        What to sum by; year, or year and asylum, or year and stage.

    Returns
    -------
    DataFrame
        the columns of `by`, persons, cases (as reported; missing where there is no row),
        lower (cases x1), estimate (cases x the middle of the factors), upper (cases x the
        greatest factor), cases_with_factor (cases that a published factor covers), is_estimate
        (cases were converted). lower, estimate and upper are persons.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(2019, "USA", "IN", "cases", 100), (2019, "USA", "EO", "persons", 50)]
    >>> names = ["year", "asylum", "level_code", "unit", "applied"]
    >>> bound_persons(pd.DataFrame(rows, columns=names), [])[["lower", "upper"]].values.tolist()
    [[150, 150]]
    """
    weighed = weigh_persons(applications, factors)
    sums = weighed.groupby(list(by))[_WEIGHED].sum(min_count=1).round().astype("Int64")
    sums["cases_with_factor"] = sums["cases_with_factor"].fillna(0).where(sums["cases"].notna())
    sums["is_estimate"] = sums["cases"].fillna(0).gt(0)
    return sums.reset_index()


def weigh_persons(applications: pd.DataFrame, factors: Iterable[Any]) -> pd.DataFrame:
    """Weigh each row, as `bound_persons` does before it sums.

    Returns
    -------
    DataFrame
        The rows with a count, with persons, cases, lower, estimate, upper and cases_with_factor:
        floats, missing where the row is in the other unit or no published factor covers it.
    """
    rows = applications[applications["applied"].notna()]
    applied = rows["applied"].to_numpy(dtype="float64")
    in_cases = rows["unit"].eq("cases").to_numpy(dtype=bool)
    entries = list(factors)
    keys = list(rows.loc[in_cases, _FACTOR_KEY].itertuples(index=False, name=None))
    chosen = {key: _choose_factors(entries, *key) for key in set(keys)}
    weights = np.ones((len(rows), 4))
    weights[in_cases] = np.array([chosen[key] for key in keys], dtype="float64").reshape(-1, 4)
    lower, estimate, upper, is_published = weights.T
    return rows.assign(
        persons=np.where(in_cases, np.nan, applied),
        cases=np.where(in_cases, applied, np.nan),
        lower=applied * lower,
        estimate=applied * estimate,
        upper=applied * upper,
        cases_with_factor=np.where(in_cases & (is_published > 0), applied, np.nan),
    )


def _choose_factors(
    entries: list[Any], asylum: str, level: str, year: int
) -> tuple[float, float, float, bool]:
    """Return the least, middle and greatest factor, and whether one was published."""
    fitting = [
        entry
        for entry in entries
        if entry.asylum in (asylum, "*")
        and (not entry.levels or level in entry.levels)
        and entry.first <= year <= entry.last
    ]
    if not fitting:
        return 1.0, 1.0, 1.0, False
    # An entry of the destination goes before the general one, a level's before all levels'.
    entry = min(fitting, key=lambda item: (item.asylum == "*", not item.levels))
    values = sorted([*entry.alternatives, entry.factor])
    return values[0], values[(len(values) - 1) // 2], values[-1], entry.status == "published"
