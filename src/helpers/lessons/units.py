"""Lesson 4, persons and cases, codes and levels: what may be added, and what a rate leaves out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.analysis.lodged import STRICT, mark_lodged
from helpers.lessons.basis import Basis
from helpers.lessons.exercise import Exercise, Paper, divide, make_paper

ALLOWED = ("a", "c", "e")  # which of the lesson's six sums may be taken
ENOUGH = 100  # decisions on the substance that a rate should rest on
OUTCOMES = ["recognised", "other", "rejected", "closed"]


def set_paper(basis: Basis) -> Paper:
    """Set lesson 4."""
    new = basis.own("applications").query("stage == 'new' and applied > 0")
    year = _pick_year(new, basis)
    now = new[new["year"] == year]
    factor = find_factor(basis)
    court = _find_hidden(basis)
    rates = _pick_rate(basis)
    facts = {"year": year, "factor": factor} | court["facts"] | rates["facts"]
    lacking = [
        said
        for name, said in (
            ("hidden_place", "no new claim stands under another code than N"),
            ("rate_place", "no decision on the substance is on file"),
        )
        if not facts[name]
    ]
    return make_paper(
        facts,
        _ask_units(now),
        _ask_places(now),
        _ask_range(now, factor),
        _ask_hidden(court),
        _ask_rate(rates),
        Exercise("4.6", "letters", ALLOWED, {"sums_that_count_twice": tuple("bdf")}),
        lacking=", and ".join(lacking),
    )


def _pick_year(new: pd.DataFrame, basis: Basis) -> int:
    """Pick the newest full year with both units; else the newest with any."""
    full = new[new["year"].isin(basis.full_years)]
    units = full.groupby("year")["unit"].nunique()
    both = units[units == units.max()] if len(units) else units
    return int(both.index.max()) if len(both) else basis.full_years[-1]


def find_factor(basis: Basis) -> float:
    """Return the outer limit of persons a case: the factor where no destination's own is known."""
    general = [entry.factor for entry in basis.factors if entry.asylum == "*"]
    return max(general, default=1.0)


def _sum_units(rows: pd.DataFrame) -> tuple[float, float]:
    """Return persons and cases."""
    sums = rows.groupby("unit")["applied"].sum()
    return float(sums.get("persons", 0)), float(sums.get("cases", 0))


def _ask_units(now: pd.DataFrame) -> Exercise:
    """Ask for new claims of a year by unit."""
    if not len(now):
        return Exercise("4.1", "table", None)
    sums = now.groupby("unit")["applied"].sum().astype(float).to_dict()
    added = sum(sums.values())
    mistakes = {
        "cases_added": added,
        "rows_for_claims": {unit: float(n) for unit, n in now["unit"].value_counts().items()},
    }
    return Exercise("4.1", "table", {str(unit): value for unit, value in sums.items()}, mistakes)


def _ask_places(now: pd.DataFrame) -> Exercise:
    """Ask which destinations report in cases."""
    in_cases, in_persons = (
        tuple(sorted(set(now[now["unit"] == unit]["asylum"]))) for unit in ("cases", "persons")
    )
    every = tuple(sorted(set(now["asylum"])))
    mistakes = {"other_unit": in_persons, "all_places": every}
    return Exercise("4.2", "set", in_cases or None, mistakes)


def _ask_range(now: pd.DataFrame, factor: float) -> Exercise:
    """Ask for the least and most persons that the year's claims stand for."""
    persons, cases = _sum_units(now)
    if not persons + cases:
        return Exercise("4.3", "range", None)
    most = persons + factor * cases
    mistakes: dict[str, Any] = {
        "factor_applied": (most, most),
        "unknown_as_zero": (persons, most),
        "factor_on_persons": (persons + cases, factor * (persons + cases)),
        "persons_left_out": (cases, factor * cases),
        "cases_added": (persons + cases, persons + cases),
        "one_end": most,
    }
    return Exercise("4.3", "range", (persons + cases, most), mistakes)


def _find_hidden(basis: Basis) -> dict[str, Any]:
    """Find the destination and year whose new claims stand most under a code other than N.

    The immigration courts of the United States go first, since there it is the largest place.
    """
    rows = basis.own("applications")
    rows = rows[rows["year"].isin(basis.full_years)]
    marked = mark_lodged(rows, basis.tables["applications_by_asylum"], basis.rules)
    added = marked[marked["rule"].ne("") & marked["rule"].ne(STRICT) & marked["applied"].gt(0)]
    if not len(added):
        return {"facts": dict.fromkeys(("hidden_place", "hidden_stage", "hidden_level",
                                        "hidden_year", "hidden_unit"))}  # fmt: skip
    key = ["rule", "asylum", "year", "unit", "stage_code", "level_code"]
    sums = added.groupby(key)["applied"].sum().reset_index()
    sums["court"] = sums["level_code"] == "EO"
    first = sums.sort_values(["court", "applied", "year"]).iloc[-1]
    there = marked[(marked["asylum"] == first["asylum"]) & (marked["year"] == first["year"])]
    facts = {
        "hidden_place": str(first["asylum"]), "hidden_year": int(first["year"]),
        "hidden_unit": str(first["unit"]), "hidden_stage": str(first["stage_code"]),
        "hidden_level": str(first["level_code"]),
    }  # fmt: skip
    return {"facts": facts, "there": there, "first": first}


def _ask_hidden(court: dict[str, Any]) -> Exercise:
    """Ask for the claims lodged where new ones stand under another code as well."""
    if "there" not in court:
        return Exercise("4.4", "number", None)
    there, first = court["there"], court["first"]
    unit = there[there["unit"] == first["unit"]]
    new = unit[unit["stage_code"] == "N"]["applied"].sum()
    named = unit[
        (unit["stage_code"] == first["stage_code"]) & (unit["level_code"] == first["level_code"])
    ]["applied"].sum()
    every_level = unit[unit["stage_code"] == first["stage_code"]]["applied"].sum()
    both_units = there[
        there["stage_code"].eq("N")
        | (
            there["stage_code"].eq(first["stage_code"])
            & there["level_code"].eq(first["level_code"])
        )
    ]["applied"].sum()
    mistakes = {
        "only_new": new,
        "new_left_out": named,
        "levels_added": new + every_level,
        "cases_added": both_units,
        "all_stages": unit["applied"].sum(),
    }
    return Exercise("4.4", "number", new + named, mistakes)


def _pick_rate(basis: Basis) -> dict[str, Any]:
    """Pick a destination, level and year with decisions enough: the newest, and there the most."""
    rows = basis.own("decisions").query("unit == 'persons'")
    rows = rows[rows["year"].isin(basis.full_years)]
    names = ("rate_place", "rate_level", "rate_year")
    sums = rows.groupby(["asylum", "level_code", "year"])[OUTCOMES].sum().reset_index()
    sums["substance"] = sums[["recognised", "other", "rejected"]].sum(axis=1)
    sums = sums[sums["substance"] > 0]
    if not len(sums):
        return {"facts": dict.fromkeys(names)}
    levels = sums.groupby(["asylum", "year"])["level_code"].transform("nunique")
    sums["telling"] = (sums["closed"] > 0) & (sums["recognised"] + sums["other"] > 0) & (levels > 1)
    sums["enough"] = sums["substance"] >= ENOUGH
    by_weight = sums.sort_values(["enough", "telling", "year", "substance"])
    first = by_weight.iloc[-1]
    facts = {"rate_place": str(first["asylum"]), "rate_level": str(first["level_code"]),
             "rate_year": int(first["year"])}  # fmt: skip
    there = rows[(rows["asylum"] == first["asylum"]) & (rows["year"] == first["year"])]
    return {"facts": facts, "first": first, "levels": there[OUTCOMES].sum()}


def _ask_rate(rates: dict[str, Any]) -> Exercise:
    """Ask for a total protection rate, of one level, without what was closed."""
    if "first" not in rates:
        return Exercise("4.5", "number", None)
    first, levels = rates["first"], rates["levels"]
    protected = first["recognised"] + first["other"]
    rate = divide(protected, first["substance"])
    all_levels = levels["recognised"] + levels["other"]
    mistakes = {
        "closed_in_rate": divide(protected, first["substance"] + first["closed"]),
        "recognised_alone": divide(first["recognised"], first["substance"]),
        "levels_added": divide(all_levels, all_levels + levels["rejected"]),
        "against_rejected": divide(protected, first["rejected"]),
        "upside_down": divide(first["rejected"], first["substance"]),
        "percent_for_share": None if rate is None else 100 * rate,
    }
    return Exercise("4.5", "number", rate, mistakes, places=3)
