"""Measures of asylum, each with a name of its own (UNHCR, Refugee Data Finder, methodology).

- `pending` is a stock: asylum-seekers whose claim is undecided at the reference date (31 December,
  or 30 June in a mid-year release). Someone who waits three years is in three year-end stocks.
- `applied` is a flow: claims lodged during the year. Persons and cases (one case is one or more
  persons) are counted apart and never added.
- `recognised`, `other`, `rejected` and `closed` are flows of decisions, at several levels of the
  procedure; one claim can be decided at more than one, so levels are never added.
- `refugees` and `oip` (other people in need of international protection) are stocks of persons.

Throughout this room `origin` and `main` are ISO3 codes, `years` those of the result, `core` a
release's tables (`Core`), `applications`, `decisions` and `pending` the rows of one origin in it,
and `factors` (persons a case) and `rules` (what counts as lodged) entries of data/hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

USA = "USA"
STOCKS = ("pending", "refugees", "oip")
STAGES = ("new", "repeat", "appeal", "mixed")
UNITS = ("persons", "cases")
LEVELS = ("first", "appeal", "other")
SUBSTANCE = ("recognised", "other", "rejected")
OUTCOMES = (*SUBSTANCE, "closed")


def select_origin(frame: pd.DataFrame, origin: str, years: Iterable[int]) -> pd.DataFrame:
    """Keep the rows of one origin (ISO3) and of the study's years, with a fresh index."""
    keep = (frame["origin"] == origin) & frame["year"].isin(list(years))
    return frame[keep].reset_index(drop=True)


def leave_out(frame: pd.DataFrame, asylum: str | None) -> pd.DataFrame:
    """Leave out the rows of a destination (ISO3), if one is named."""
    return frame if asylum is None else frame[frame["asylum"] != asylum]


def sum_whole(frame: pd.DataFrame, by: str | list[str], values: Any) -> Any:
    """Sum columns by a key; a sum with a missing cell in it is missing, never a part of itself."""
    return frame.groupby(by)[values].sum(min_count=1, skipna=False)


def stack(parts: Iterable[pd.DataFrame], columns: Iterable[str]) -> pd.DataFrame:
    """Put the parts that have rows under one another; the columns stand where none has."""
    wanted, filled = list(columns), [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True)[wanted] if filled else pd.DataFrame(columns=wanted)


def sort_listed(
    frame: pd.DataFrame, by: str | list[str], name: str, order: Iterable[Any]
) -> pd.DataFrame:
    """Sort rows by columns, the values of one of them as they are listed; with a fresh index."""
    places = {value: place for place, value in enumerate(order)}
    return frame.sort_values(
        by,
        key=lambda column: column.map(places) if column.name == name else column,
        kind="stable",
        ignore_index=True,
    )


def join_year_before(
    frame: pd.DataFrame, figures: pd.DataFrame, by: Iterable[str] = ("asylum",)
) -> pd.DataFrame:
    """Join to each row the figures of the year before: the panel that all comparisons rest on.

    `by` tells series apart. Each figure is added as `<name>_before`, missing where there is no row.

    >>> stock = pd.DataFrame({"asylum": "DDD", "year": [2001, 2002], "pending": [5.0, 7.0]})
    >>> join_year_before(stock, stock)["pending_before"].tolist()
    [nan, 5.0]
    """
    key = [*by, "year"]
    before = figures.assign(year=figures["year"] + 1).set_index(key).add_suffix("_before")
    return frame.join(before, on=key)


def collect_cells(pending: pd.DataFrame, applications: pd.DataFrame) -> pd.DataFrame:
    """Collect an origin's stocks and new claims, in one release or, by `release`, in several.

    Returns release where it is given, year, asylum, measure (pending, refugees, oip; of type N:
    applied_persons, applied_cases), value. A figure that is not reported has no row.
    """
    keys = [name for name in ("release", "year", "asylum") if name in pending]
    stocks = pending.melt(keys, STOCKS, "measure", "value")
    new = applications[applications["stage"] == "new"]
    new = new.assign(measure="applied_" + new["unit"], value=new["applied"])
    cells = pd.concat([stocks, new[stocks.columns]]).dropna(subset="value")
    return cells.groupby([*keys, "measure"], sort=False)["value"].sum().reset_index()


def find_main_destination(pending: pd.DataFrame) -> str | None:
    """Find the destination (ISO3) with most pending claims over all years, or None without any.

    The sum chooses one country for all years and is no count of people. Ties go to the first code.
    """
    sums = pending.groupby("asylum")["pending"].sum().sort_index()
    return str(sums.idxmax()) if len(sums) and sums.max() > 0 else None


def measure_pending(
    pending: pd.DataFrame, world: pd.DataFrame, years: Iterable[int], main: str | None
) -> pd.DataFrame:
    """Sum an origin's pending claims over destinations, with and without the largest.

    Takes one origin's rows, all origins (year, origin, pending), and the main destination. Returns
    year, pending, pending_excl_usa, largest (ISO3), pending_excl_largest, main, pending_excl_main,
    world_pending, share_of_world (0-1). A year without rows, or a sum with a missing cell, is
    missing.
    """
    index = pd.Index(list(years), name="year")
    wide = pending.pivot_table("pending", "year", "asylum", "sum")
    wide = wide.reindex(index).astype("float64").fillna(0.0).astype("Int64")
    total, world_total = (
        sum_whole(frame, "year", "pending").reindex(index).astype("Int64")
        for frame in (pending, world)
    )
    # A destination that reports nothing of this origin takes nothing off.
    usa, own = (wide.get(code, pd.Series(0, index=index, dtype="Int64")) for code in (USA, main))
    largest = wide.max(axis=1).fillna(0).astype("Int64")
    names = wide.astype("float64").idxmax(axis=1) if len(wide.columns) else pd.NA
    result = {
        "pending": total,
        "pending_excl_usa": total - usa,
        "largest": pd.Series(names, index=index, dtype="str").where(largest > 0),
        "pending_excl_largest": total - largest,
        "main": pd.Series(main, index=index, dtype="str"),
        "pending_excl_main": total - own,
        "world_pending": world_total,
        "share_of_world": (total / world_total).astype("Float64"),
    }
    return pd.DataFrame(result).reset_index()


def measure_applications(applications: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Sum an origin's claims lodged, by stage and unit, persons and cases apart.

    Returns year, stage (new, repeat, appeal, mixed), unit (persons, cases), applied (missing where
    there is no row). `new` is strict: every row of type N, whatever its level.
    """
    grid = pd.MultiIndex.from_product([list(years), STAGES, UNITS], names=["year", "stage", "unit"])
    sums = sum_whole(applications, ["year", "stage", "unit"], "applied")
    return sums.reindex(grid).astype("Int64").reset_index()


def measure_new_claims(applications: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Return new claims lodged a year: year, applied_persons, applied_cases."""
    new = measure_applications(applications, years).query("stage == 'new'")
    wide = new.pivot(index="year", columns="unit", values="applied").add_prefix("applied_")
    return wide[["applied_persons", "applied_cases"]].reset_index()


def measure_decisions(decisions: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Sum an origin's decisions by level and unit, with UNHCR's two rates.

    Recognition rate = recognised / (recognised + other + rejected); total protection rate =
    (recognised + other) / the same. Returns year, level (first, appeal, other), unit, recognised,
    other, rejected, closed, recognition_rate, protection_rate, closed_share (0-1 of all that
    ended).
    """
    kept = decisions[decisions["year"].isin(list(years))]
    sums = sum_whole(kept, ["year", "level", "unit"], list(OUTCOMES)).astype("Int64")
    substance = (sums["recognised"] + sums["other"] + sums["rejected"]).replace(0, pd.NA)
    ended = (substance.fillna(0) + sums["closed"]).replace(0, pd.NA)
    sums["recognition_rate"] = (sums["recognised"] / substance).astype("Float64")
    sums["protection_rate"] = ((sums["recognised"] + sums["other"]) / substance).astype("Float64")
    sums["closed_share"] = (sums["closed"] / ended).astype("Float64")
    return sort_listed(sums.reset_index(), ["year", "level", "unit"], "level", LEVELS)


def measure_first_instance(decisions: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Return a year's decisions of first instance and their rates, persons and cases apart.

    Returns year, then by unit decided_* (on substance), recognition_rate_*, protection_rate_*,
    closed_share_* (0-1); missing where no decision is reported.
    """
    index = pd.Index(list(years), name="year")
    table = measure_decisions(decisions, index).query("level == 'first'")
    table["decided"] = table[list(SUBSTANCE)].sum(axis=1, skipna=False).astype("Int64")
    figures = ["decided", "recognition_rate", "protection_rate", "closed_share"]
    by_unit = {unit: table[table["unit"] == unit].set_index("year")[figures] for unit in UNITS}
    parts = [part.reindex(index).add_suffix(f"_{unit}") for unit, part in by_unit.items()]
    return pd.concat(parts, axis=1).reset_index()


def keep_constant_set(decisions: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Keep the decisions of destinations that decide at the same level in every year.

    A rate of all moves where one leaves or joins. Kept are the rows of first instance whose
    destination, level code and unit have decisions on substance in each of the years.
    """
    span = set(years)
    rows = decisions[decisions["level"].eq("first") & decisions["year"].isin(span)]
    key = ["asylum", "level_code", "unit"]
    decided = rows[rows[list(SUBSTANCE)].fillna(0).sum(axis=1) > 0]
    n_years = decided.groupby(key)["year"].nunique()
    return rows[pd.MultiIndex.from_frame(rows[key]).isin(n_years.index[n_years == len(span)])]


def measure_stocks(
    own: pd.DataFrame,
    by_asylum: pd.DataFrame,
    years: Iterable[int],
    populations: Iterable[Any] = (),
) -> pd.DataFrame:
    """Sum an origin's refugees and others abroad, and its share of the world's pending claims.

    Takes one origin's stocks, all origins' by destination, and the peoples of their own
    (`load_populations`). Returns year, refugees, refugees_excl_peoples (without these; missing
    where there are none), oip (other people in need of international protection),
    share_of_world (0-1).
    """
    index = pd.Index(list(years), name="year")
    sums = sum_whole(own, "year", ["refugees", "pending"]).reindex(index)
    sums["oip"] = own.groupby("year")["oip"].sum(min_count=1)
    whole = sum_whole(by_asylum, "year", "pending").reindex(index).replace(0, pd.NA)
    is_listed = pd.Series(False, index=own.index)
    for entry in (entries := list(populations)):
        is_listed |= own["asylum"].eq(entry.asylum) & own["year"].between(entry.first, entry.last)
    rest = own[~is_listed] if entries else own[:0]
    sums["refugees_excl_peoples"] = sum_whole(rest, "year", "refugees")
    result = sums[["refugees", "refugees_excl_peoples", "oip"]].astype("Int64")
    result["share_of_world"] = (sums["pending"] / whole).astype("Float64")
    return result.reset_index()
