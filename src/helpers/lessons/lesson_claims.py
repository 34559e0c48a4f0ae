"""Lesson 6, fact-checking: a published sum through the ledger, and the fair sentence.

Where the study has a claim about a total over years, the lesson takes it, paraphrased. Elsewhere
it makes one from the data, in the same way, and says so.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.claims.claim_search import find_unit
from helpers.lessons.basis import Basis
from helpers.lessons.exercise import Exercise, Paper, Wanted, make_paper
from helpers.lessons.units import find_factor

SPAN = 10  # years that a sentence made for the exercise looks back
SERIES = ("pending_summed", "applied_persons", "applied_cases")


def set_paper(basis: Basis) -> Paper:
    """Set lesson 6."""
    said = take_claim(basis)
    years = range(said["first_year"], said["last_year"] + 1)
    persons, cases = (_sum(basis.sum_new(unit), years) for unit in ("persons", "cases"))
    summed = _sum(basis.sum_pending(), years)
    factor = find_factor(basis)
    low, high = persons + cases, persons + factor * cases
    half = said["unit"] / 2
    facts = said | {"half_unit": half, "factor": factor, "release_year": basis.newest}
    return make_paper(
        facts,
        Exercise("6.1", "code", "applied", {"stock_read": "pending", "status_read": "refugees"}),
        _ask_series(summed, persons, cases),
        _ask_figure(summed, said["claimed"], half),
        Exercise("6.4", "code", "other-measure", {
            "wording_fits": "fits", "arithmetic_blamed": "other-arithmetic",
            "year_blamed": "other-year",
        }),
        _ask_range(persons, cases, factor, summed),
        _ask_sentence(low, high, summed, years),
    )  # fmt: skip


def take_claim(basis: Basis) -> dict[str, Any]:
    """Return the claim's facts: claimed, unit, first_year, last_year, source, is_published."""
    claim = basis.claim
    if claim is not None:
        test = claim["test"]
        value = float(test.claimed.value)
        return {
            "claimed": int(value), "unit": find_unit(value), "source": claim["source"],
            "first_year": test.recipe.first, "last_year": test.recipe.last, "is_published": True,
        }  # fmt: skip
    last = basis.full_years[-1]
    first = max(last - SPAN + 1, basis.years[0])
    summed = _sum(basis.sum_pending(), range(first, last + 1))
    unit = 10 ** max(len(str(int(summed))) - 2, 0)
    return {
        "claimed": int(round(summed / unit) * unit), "unit": float(unit), "source": "",
        "first_year": first, "last_year": last, "is_published": False,
    }  # fmt: skip


def fits_claim(test: Any, years: range) -> bool:
    """Tell whether a claim's statement is a sum of pending claims over years on file."""
    recipe = test.recipe
    is_sum = recipe.kind == "sum" and recipe.measure == "pending" and recipe.asylum is None
    return is_sum and test.claimed.precision in ("around", "exact") and recipe.last in years


def _sum(series: pd.Series, years: range) -> float:
    return float(series[series.index.isin(list(years))].sum())


def _ask_series(summed: float, persons: float, cases: float) -> Exercise:
    """Ask for the three sums that the sentence could stand on."""
    answer = dict(zip(SERIES, (summed, persons, cases), strict=True))
    mistakes = {
        "cases_added": answer | {"applied_persons": persons + cases},
        "summed_stocks": answer | {"applied_persons": summed},
    }
    return Exercise("6.2", "table", answer, mistakes)


def _ask_figure(summed: float, claimed: float, half: float) -> Exercise:
    """Ask for the figure's code."""
    gap = abs(summed - claimed)
    code = "exact" if not gap else "rounds" if gap <= half else "off"
    mistakes = {f"figure_{each}": each for each in ("exact", "rounds", "off") if each != code}
    return Exercise("6.3", "code", code, mistakes)


def _ask_range(persons: float, cases: float, factor: float, summed: float) -> Exercise:
    """Ask for the claims lodged in those years, in persons."""
    if not persons + cases:
        return Exercise("6.5", "range", None)
    most = persons + factor * cases
    mistakes: dict[str, Any] = {
        "factor_applied": (most, most),
        "unknown_as_zero": (persons, most),
        "factor_on_persons": (persons + cases, factor * (persons + cases)),
        "summed_stocks": (summed, summed),
        "cases_added": persons + cases,
    }
    return Exercise("6.5", "range", (persons + cases, most), mistakes)


def _ask_sentence(low: float, high: float, summed: float, years: range) -> Exercise:
    """Ask for the fair sentence."""
    figures = {"low": low, "high": high, "first_year": years[0], "last_year": years[-1]}
    words = {
        "measure": ("lodged", "new claim", "new asylum claim", "applied", "application"),
        "source": ("unhcr", "un refugee agency"),
        "span": ("between", "from", "to"),
    }
    return Exercise(
        "6.6", "sentence", Wanted(figures, words, {"summed": summed}) if high else None
    )  # fmt: skip
