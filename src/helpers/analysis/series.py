"""Every yearly series that eras are compared by, stacked into one long frame."""

from __future__ import annotations

import pandas as pd

from helpers.analysis.eras import list_series

LABELS = {
    "pending": "Pending at year-end",
    "pending_excl_main": "Pending, without the main destination",
    "applied_persons": "New claims lodged, persons",
    "applied_persons_excl_main": "New claims, persons, without the main destination",
    "applied_cases": "New claims lodged, cases",
    "applied_cases_excl_main": "New claims, cases, without the main destination",
    "pending_summed": "Year-end stocks added up",
    "pending_summed_excl_main": "The same, without the main destination",
}
KINDS = {
    "pending": "stock",
    "pending_excl_main": "stock",
    "applied_persons": "flow",
    "applied_persons_excl_main": "flow",
    "applied_cases": "flow",
    "applied_cases_excl_main": "flow",
    "pending_summed": "summed",
    "pending_summed_excl_main": "summed",
}


def build_series(
    by_year: pd.DataFrame, new: pd.DataFrame, new_excl_main: pd.DataFrame, half_year: int | None
) -> pd.DataFrame:
    """Build the series that eras are compared by.

    Parameters
    ----------
    by_year : DataFrame
        year, pending, pending_excl_main (`measures.measure_pending`).
    new, new_excl_main : DataFrame
        year, applied_persons, applied_cases (`measures.measure_new_claims`), with every
        destination and without the main one.
    half_year : int or None
        The year that a mid-year release ends with.

    Returns
    -------
    DataFrame
        measure, kind (stock, flow, summed), year, value, is_half_year. `pending_summed` holds the
        same values as `pending`; only its kind says that they are going to be added up.
    """
    stock = by_year.set_index("year")
    every, without = new.set_index("year"), new_excl_main.set_index("year")
    frames = {
        "pending": stock["pending"],
        "pending_excl_main": stock["pending_excl_main"],
        "applied_persons": every["applied_persons"],
        "applied_persons_excl_main": without["applied_persons"],
        "applied_cases": every["applied_cases"],
        "applied_cases_excl_main": without["applied_cases"],
        "pending_summed": stock["pending"],
        "pending_summed_excl_main": stock["pending_excl_main"],
    }
    return list_series(frames, KINDS, half_year)


def add_up(series: pd.DataFrame, measure: str, years: range) -> pd.Series:
    """Add one measure up from the first of the years on.

    Parameters
    ----------
    series : DataFrame
        measure, year, value (`build_series`).
    measure : str
        Which one.
    years : range
        Where to begin and end.

    Returns
    -------
    Series
        Running sums, indexed by year; a missing year adds nothing.
    """
    own = series[(series["measure"] == measure) & series["year"].isin(list(years))]
    return own.set_index("year")["value"].fillna(0).cumsum().rename(measure)
