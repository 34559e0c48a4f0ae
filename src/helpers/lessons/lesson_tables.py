"""Lesson 1, reading a table: codes, missing, rounding. The tables are the release's own files."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.data.columns import FIRST_ASYLUM_YEAR
from helpers.lessons.basis import Basis
from helpers.lessons.exercise import Exercise, Paper, make_paper

COUNT = "asylum_seekers"
SHOWN = 5  # the smallest figure above zero, and how many destinations the list asks for


def set_paper(basis: Basis) -> Paper:
    """Set lesson 1."""
    population = basis.tables["population"]
    own = population[population["coo_iso"] == basis.origin]
    own = own[own["year"] <= basis.newest]
    year = _find_last(own[own[COUNT] > 0], basis.newest)
    now = own[(own["year"] == year) & (own[COUNT] > 0)]
    place = _pick_place(now, population)
    fives = _find_last(own[own[COUNT] == SHOWN], year)
    top = _rank(now)
    facts = {
        "place": place, "year": year, "rounded_year": fives, "n_top": len(top),
        "first_collected": FIRST_ASYLUM_YEAR,
    }  # fmt: skip
    return make_paper(
        facts,
        _ask_code(own),
        _ask_place(population, own, place, year),
        _ask_na(basis.tables["asylum_applications"]),
        _ask_mean(own),
        _ask_fives(own, fives),
        _ask_top(now, own, top),
    )


def _find_last(rows: pd.DataFrame, otherwise: int) -> int:
    """Return the last year of some rows."""
    return int(rows["year"].max()) if len(rows) else otherwise


def _pick_place(now: pd.DataFrame, population: pd.DataFrame) -> str:
    """Pick a destination whose ISO code is UNHCR's code of another; else one whose two differ."""
    differ = now[now["coa"] != now["coa_iso"]]
    taken = differ[differ["coa_iso"].isin(set(population["coa"]))]
    chosen = next((rows for rows in (taken, differ, now) if len(rows)), now)
    return str(chosen.sort_values(COUNT)["coa_iso"].iloc[-1]) if len(chosen) else ""


def _ask_code(own: pd.DataFrame) -> Exercise:
    """Ask for UNHCR's own code of the origin."""
    return Exercise("1.1", "code", str(own["coo"].iloc[-1]), {"iso_code": own["coo_iso"].iloc[-1]})


def _ask_place(population: pd.DataFrame, own: pd.DataFrame, place: str, year: int) -> Exercise:
    """Ask for the claims pending in one destination."""
    there = own[own["coa_iso"] == place]
    mistakes = {
        "wrong_codes": own[(own["coa"] == place) & (own["year"] == year)][COUNT].sum(),
        "summed_stocks": there[COUNT].sum(),
        "all_origins": population[
            (population["coa_iso"] == place) & (population["year"] == year)
        ][COUNT].sum(),
        "other_column": there[there["year"] == year]["refugees"].sum(),
    }  # fmt: skip
    return Exercise("1.2", "number", there[there["year"] == year][COUNT].sum(), mistakes)


def _ask_na(applications: pd.DataFrame) -> Exercise:
    """Ask for the rows of a code that software takes for a missing value."""
    rows = applications[applications["app_type"] == "NA"]
    mistakes = {"na_lost": 0, "claims_for_rows": rows["applied"].sum(),
                "all_rows": len(applications)}  # fmt: skip
    return Exercise("1.3", "number", len(rows), mistakes)


def _ask_mean(own: pd.DataFrame) -> Exercise:
    """Ask for a mean over the years in which the figure was collected."""
    by_year = own.groupby("year")[COUNT].sum()
    collected = own[own["year"] >= FIRST_ASYLUM_YEAR]
    mistakes = {
        "unknown_as_zero": by_year.mean(),
        "mean_of_rows": collected[COUNT].mean() if len(collected) else None,
        "summed_stocks": collected[COUNT].sum(),
    }
    years = by_year[by_year.index >= FIRST_ASYLUM_YEAR]
    return Exercise("1.4", "number", years.mean() if len(years) else None, mistakes)


def _ask_fives(own: pd.DataFrame, year: int) -> Exercise:
    """Ask how many people the rows that show a five can stand for."""
    rows = int(((own["year"] == year) & (own[COUNT] == SHOWN)).sum())
    mistakes: dict[str, Any] = {
        "rounded_as_exact": (SHOWN * rows, SHOWN * rows),
        "rounded_to_nearest": (3 * rows, 7 * rows),
        "one_row": (1, SHOWN),
        "rows_for_people": rows,
    }
    return Exercise("1.5", "range", (rows, SHOWN * rows) if rows else None, mistakes)


def _rank(now: pd.DataFrame) -> pd.DataFrame:
    """Return the largest destinations, at most five, cut where two have the same figure."""
    ordered = now.sort_values(COUNT, ascending=False)
    counts = ordered[COUNT].tolist()
    most = min(SHOWN, len(counts))
    clear = [n for n in range(1, most + 1) if len(set(counts[: n + 1])) == len(counts[: n + 1])]
    return ordered.head(clear[-1] if clear else 0)


def _ask_top(now: pd.DataFrame, own: pd.DataFrame, top: pd.DataFrame) -> Exercise:
    """Ask for the largest destinations, in order."""
    number = len(top)
    summed = own.groupby("coa_iso")[COUNT].sum().sort_values(ascending=False)
    mistakes = {
        "wrong_codes": tuple(top["coa"]),
        "wrong_order": tuple(now.sort_values(COUNT)["coa_iso"].head(number)),
        "reversed": tuple(top["coa_iso"])[::-1],
        "summed_stocks": tuple(summed.index[:number]),
    }
    return Exercise("1.6", "list", tuple(top["coa_iso"]) or None, mistakes)
