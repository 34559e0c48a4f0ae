"""Claims lodged, inclusive: type N and the rows that documented rules add, and their range.

Some destinations report new claims under other codes in some years. Which rows are added is data
(`load_lodged_rules`); a destination that has nothing lodged in the data stays empty, never 0.

One case is one or more persons. UNHCR applies its factors by country of asylum and not by origin,
so cases enter once as they are, and once times the middle and the greatest factor
(`load_persons_per_case`). A year's range goes from the claims that name the origin, each case one
person, to all that is known to be uncertain, one on top of the other: each case times the greatest
factor; unnamed claims times the greatest share that a rule gives the origin
(`unknown_origin.allocate_unknown_lodged`); and gaps. A flow of six months leads at most to a year
of which six months were the least part ever (half, where no completed year says so), or to the
nearest whole year, if that is more; where nothing is reported, to the nearest whole year, sought
within `REACH` years on either side. A gap without one has no limit, nor has the year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.measures import UNITS, select_origin, sum_whole
from helpers.analysis.stock_flow import KEY, has_pair
from helpers.analysis.thresholds import Thresholds
from helpers.analysis.unknown_origin import FEWEST_NAMED, REACH, allocate_unknown_lodged
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
_WEIGHED = ["persons", "cases", "lower", "estimate", "upper"]
_DOUBTS = ["most_persons_per_case", "most_unknown_origin", "most_unreported"]


def mark_lodged(applications: pd.DataFrame, rules: Iterable[Any]) -> pd.DataFrame:
    """Say of every row with a count whether it counts as a claim lodged, and by which rule.

    Adds `rule`: "new" for type N, the first rule's name that fits, or empty where it does not
    count.
    """
    rows = applications.dropna(subset=["applied"]).reset_index(drop=True)
    rule = pd.Series("", index=rows.index, dtype="str").mask(rows["stage_code"] == "N", STRICT)
    for entry in rules:
        fits = rule.eq("") & rows["stage_code"].isin(entry.stages)
        fits &= ~rows["level_code"].isin(entry.without_levels)
        fits &= rows["level_code"].isin(entry.levels) | (not entry.levels)
        fits &= rows["year"].isin(entry.years) | (not entry.years)
        fits &= rows["asylum"].eq(entry.asylum) | (entry.asylum == "*")
        rule = rule.mask(fits, entry.name)
    return rows.assign(rule=rule)


def keep_counted(marked: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of `mark_lodged` that count."""
    return marked[marked["rule"] != ""]


def list_places(
    marked: pd.DataFrame, pending: pd.DataFrame, factors: Sequence[Any]
) -> pd.DataFrame:
    """List inclusive claims lodged (`mark_lodged`) by destination; empty where there are none.

    Returns year, asylum, pending, strict_persons, strict_cases (type N), applied_inclusive_persons,
    applied_inclusive_cases, applied_lower, applied_upper (persons).
    """
    key, figures = ["year", "asylum"], ["persons", "cases", "lower", "upper"]
    counted, strict = (
        bound_persons(rows, factors, key).set_index(key)[figures]
        for rows in (keep_counted(marked), marked[marked["rule"] == STRICT])
    )
    stock = pending[pending["pending"] > 0].groupby(key)["pending"].sum().to_frame()
    strict = strict[list(UNITS)].add_prefix("strict_")
    table = stock.join(counted, how="outer").join(strict)
    order = ["pending", *strict, *figures]
    return table[order].rename(columns=MEASURES).sort_index().reset_index()


def list_rows_not_type_n(marked: pd.DataFrame) -> pd.DataFrame:
    """List what the rules add and what stays out, by destination, year, rule and code.

    Returns year, asylum, rule (empty: a mixed type that no rule names), stage_code, level_code,
    unit, rows, applied, is_counted. Type N, and repeat claims and appeals that no rule names, are
    not listed.
    """
    mixed = marked["rule"].ne("") | marked["stage"].eq("mixed")
    others = marked[mixed & marked["rule"].ne(STRICT) & marked["applied"].gt(0)]
    key = ["year", "asylum", "rule", "stage_code", "level_code", "unit"]
    sums = others.groupby(key)["applied"].agg(rows="size", applied="sum").reset_index()
    return sums.assign(is_counted=sums["rule"] != "")


def summarise_rules(added: pd.DataFrame, rules: Iterable[Any]) -> pd.DataFrame:
    """Sum up `list_rows_not_type_n` by rule.

    Returns rule (its title), first_year, last_year, places (destinations), rows, persons, cases.
    """
    titles = {rule.name: rule.title for rule in rules} | {"": "Left out: no rule names it"}
    named = added.assign(
        rule=pd.Categorical(added["rule"].map(titles), list(titles.values())),
        **{unit: added["applied"].where(added["unit"] == unit) for unit in UNITS},
    )
    grouped = named.groupby("rule", observed=True)
    table = grouped["year"].agg(first_year="min", last_year="max")
    table["places"], table["rows"] = grouped["asylum"].nunique(), grouped["rows"].sum()
    table = table.join(grouped[list(UNITS)].sum(min_count=1))
    return table.reset_index().astype({"rule": "str"})


def find_half_year_flows(
    core: Core, info: ReleaseInfo, mid_years: Mapping[str, Core], register: Iterable[Any]
) -> pd.DataFrame:
    """Find the destinations and years whose flows are those of six months.

    They are so in the newest year of a mid-year release; where every row of claims lodged is the
    same in a mid-year release published before (`mid_years`, from `LEAST_REPEATED` claims of all
    origins on); and where the `register` (`load_breaks`) says `flow: half_year`. Returns asylum,
    year, reason (mid_year_release, never_completed, source; joined by a space).
    """
    keys = pd.concat([core.applications_by_asylum[KEY], core.decisions_by_asylum[KEY]])
    said = [
        (entry.asylum, year, "source")
        for entry in register
        if entry.flow == "half_year" and info.name in (entry.releases or (info.name,))
        for year in entry.years
        if year <= info.newest_year
    ]
    parts = [
        keys[keys["year"] == info.half_year].assign(reason="mid_year_release"),
        *(
            _find_repeated(core.applications_by_asylum, mid.applications_by_asylum, info.half_year)
            for mid in mid_years.values()
        ),
        pd.DataFrame(said, columns=[*KEY, "reason"]),
    ]
    found = pd.concat(parts).groupby(KEY)["reason"].agg(lambda text: " ".join(sorted(set(text))))
    table = found.reset_index().astype({"year": "int64"})
    return table.sort_values(["year", "asylum"], ignore_index=True)


def _find_repeated(now: pd.DataFrame, mid: pd.DataFrame, half_year: int | None) -> pd.DataFrame:
    """Find destinations whose claims of a mid-year release's last year are the same now."""
    year = mid["year"].max()
    key, figures = ["asylum", "stage_code", "level_code", "unit"], ["applied", "origins"]
    ours, before = (each[each["year"] == year].set_index(key)[figures] for each in (now, mid))
    is_same = ours.eq(before.reindex(ours.index)).fillna(False).all(axis=1).groupby("asylum").all()
    enough = ours["applied"].groupby("asylum").sum() >= LEAST_REPEATED
    codes = is_same.index[is_same & enough] if year != half_year else []
    return pd.DataFrame({"asylum": codes, "year": year, "reason": "never_completed"})


def find_gaps(
    marked: pd.DataFrame, marked_all: pd.DataFrame, pending: pd.DataFrame, half: pd.DataFrame
) -> pd.DataFrame:
    """Find the destinations that a year's claims lodged lack, whole or in part.

    Takes claims of one origin and of all (`mark_lodged`), the origin's stocks and
    `find_half_year_flows`. Returns year, asylum, reason (half_year; silent: nothing lodged of any
    origin), months (of flow: 6, or 0 where no claim counts), pending, applied (persons and cases as
    one each, only to weigh), share (0-1, the greater of the origin's pending and lodged; `NOTABLE`
    or more).
    """
    counted, own = (
        rows[rows["applied"].gt(0)] for rows in (keep_counted(marked_all), keep_counted(marked))
    )
    figures = {
        "pending": pending[pending["pending"] > 0].groupby(KEY)["pending"].sum(),
        "applied": own.groupby(KEY)["applied"].sum(),
    }
    table = pd.concat(figures, axis=1).astype("Int64")
    sums = table.groupby("year").transform("sum")
    share = (table / sums).max(axis=1)
    table = table.assign(share=share).reset_index()
    is_silent, is_half = ~has_pair(table, counted), has_pair(table, half)
    table["reason"] = np.where(is_half, "half_year", "silent")
    table["months"] = np.where(is_silent, 0, HALF_YEAR)
    order = ["year", "asylum", "reason", "months", "pending", "applied", "share"]
    table = table.loc[(is_silent | is_half) & table["share"].ge(NOTABLE), order]
    return table.sort_values(["year", "asylum"], ignore_index=True)


def bound_persons(
    applications: pd.DataFrame, factors: Sequence[Any], by: Iterable[str] = ("year",)
) -> pd.DataFrame:
    """Bound claims lodged in persons, from rows in persons and rows in cases.

    Takes year, asylum, level_code, unit, applied, and the columns of `by`. Returns these, persons,
    cases (as reported), lower (cases x1), estimate (x the middle of the factors), upper (x the
    greatest). A factor holds for its destination (`*`: any), years and levels (none: all).

    >>> rows = [(2019, "USA", "IN", "cases", 100), (2019, "USA", "EO", "persons", 50)]
    >>> names = ["year", "asylum", "level_code", "unit", "applied"]
    >>> bound_persons(pd.DataFrame(rows, columns=names), [])[["lower", "upper"]].values.tolist()
    [[150, 150]]
    """
    sums = _weigh_persons(applications, factors).groupby(list(by))[_WEIGHED].sum(min_count=1)
    return sums.round().astype("Int64").reset_index()


def weigh_lodged(
    applications: pd.DataFrame, rules: Sequence[Any], factors: Sequence[Any]
) -> pd.DataFrame:
    """Weigh the rows that count as claims lodged: adds what `bound_persons` sums, as floats."""
    return _weigh_persons(keep_counted(mark_lodged(applications, rules)), factors)


def _weigh_persons(rows: pd.DataFrame, factors: Sequence[Any]) -> pd.DataFrame:
    """Weigh each row, as `bound_persons` does before it sums: floats by row."""
    applied, is_case = rows["applied"].astype("float64"), rows["unit"].eq("cases")
    keys = list(rows[["unit", "asylum", "level_code", "year"]].itertuples(index=False, name=None))
    chosen = {key: _choose_factors(factors, *key) for key in set(keys)}
    weights = np.array([chosen[key] for key in keys], dtype="float64").reshape(-1, 3)
    figures = dict(zip(_WEIGHED[2:], applied.to_numpy() * weights.T, strict=True))
    return rows.assign(persons=applied.mask(is_case), cases=applied.where(is_case), **figures)


def _choose_factors(
    entries: Sequence[Any], unit: str, asylum: str, level: str, year: int
) -> tuple[float, float, float]:
    """Return the least, middle and greatest number of persons that one of the unit may be."""
    fitting = [
        entry
        for entry in entries
        if unit == "cases"
        and entry.asylum in (asylum, "*")
        and (not entry.levels or level in entry.levels)
        and entry.first <= year <= entry.last
    ]
    if not fitting:
        return 1.0, 1.0, 1.0
    # An entry of the destination goes before the general one, a level's before all levels'.
    entry = min(fitting, key=lambda item: (item.asylum == "*", not item.levels))
    values = sorted([*entry.alternatives, entry.factor])
    return values[0], values[(len(values) - 1) // 2], values[-1]


def bound_destinations(
    core: Core,
    origin: str,
    applications: pd.DataFrame,
    gaps: pd.DataFrame,
    *,
    rules: Sequence[Any],
    factors: Sequence[Any],
    mid_years: Mapping[str, Core],
) -> pd.DataFrame:
    """Bound an origin's claims lodged (`applications`) by destination and year.

    `gaps` is `find_gaps`. Returns year, asylum, persons, cases (as reported), lower, estimate,
    most_persons_per_case, most_unknown_origin, most_unreported (persons that each doubt adds; the
    last missing without a limit), upper (lower and all three), is_gap.
    """
    own = weigh_lodged(applications, rules, factors)
    unnamed = allocate_unknown_lodged(core, origin).rename(columns={"unknown": "applied"})
    unnamed = weigh_lodged(unnamed, rules, factors)
    most = unnamed["upper"] * unnamed["greatest_share"].astype("float64")
    parts = [
        own.groupby(KEY)[_WEIGHED].sum(min_count=1),
        unnamed.assign(most_unknown_origin=most).groupby(KEY)["most_unknown_origin"].sum(),
        gaps.set_index(KEY)["months"],
    ]
    table = pd.concat(parts, axis=1)
    known = ["lower", "estimate", "upper", "most_unknown_origin"]
    table[known] = table[known].fillna(0.0)
    reported = table["upper"] + table["most_unknown_origin"]
    whole = reported.where(table["months"].isna())
    halves = (
        select_origin(mid.applications, origin, [mid.by_asylum["year"].max()])
        for mid in mid_years.values()
    )
    least = _find_least_parts(whole, [weigh_lodged(rows, rules, factors) for rows in halves])
    table["most_unreported"] = 0.0
    for asylum, year, months in gaps[[*KEY, "months"]].to_numpy().tolist():
        there = float(reported.loc[(asylum, year)])
        likely = [there / least.get(asylum, 0.5)] if months else []
        likely += _find_whole_years(whole, asylum, year)
        lacking = max((each - there for each in likely), default=np.nan)
        table.loc[(asylum, year), "most_unreported"] = lacking
    table["most_persons_per_case"] = table["upper"] - table["lower"]
    table["upper"] = reported + table["most_unreported"]
    table["is_gap"] = table["months"].notna()
    table = table[[*_WEIGHED, *_DOUBTS, "is_gap"]].reset_index()
    return table.sort_values(["year", "asylum"], ignore_index=True)


def _find_least_parts(whole: pd.Series, halves: list[pd.DataFrame]) -> pd.Series:
    """Return the least part that six months were of a whole year, by destination."""
    sums = [rows.groupby(KEY)["upper"].sum() for rows in halves]
    parts = [six[six >= FEWEST_NAMED] / whole.reindex(six.index) for six in sums]
    every = pd.concat([whole.iloc[:0], *parts])
    return every[every < 1].groupby("asylum").min()


def _find_whole_years(whole: pd.Series, asylum: str, year: int) -> list[float]:
    """Return the claims of the nearest whole year before and after, each within reach."""
    found = []
    for step in (-1, 1):
        near = (whole.get((asylum, year + step * far)) for far in range(1, REACH + 1))
        found += [value for value in near if pd.notna(value)][:1]
    return found


def bound_lodged(places: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Bound claims lodged in each year over all destinations (`bound_destinations`).

    Returns year, applied_inclusive_persons, applied_inclusive_cases (as reported), applied_lower,
    applied_middle, applied_upper (persons; missing where a gap has no limit),
    most_persons_per_case, most_unknown_origin, most_unreported, is_complete (no gap, and the
    unnamed add at most `Thresholds.breaks_total`), gaps (codes, joined by a space).
    """
    index = pd.Index(list(years), name="year")
    table = sum_whole(places, "year", ["lower", "estimate", "upper", *_DOUBTS]).reindex(index)
    reported = places.groupby("year")[["persons", "cases"]].sum(min_count=1).reindex(index)
    table[["lower", "estimate"]] = table[["lower", "estimate"]].where(reported.notna().any(axis=1))
    is_named = table["most_unknown_origin"] <= Thresholds.breaks_total * table["estimate"]
    table = table.join(reported).rename(columns=MEASURES)[[*MEASURES.values(), *_DOUBTS]]
    table = table.round().astype("Int64")
    gaps = places[places["is_gap"]].groupby("year")["asylum"].agg(" ".join).reindex(index)
    gaps = gaps.astype("object").fillna("").astype("str")
    return table.assign(is_complete=is_named & gaps.eq(""), gaps=gaps).reset_index()
