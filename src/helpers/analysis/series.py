"""Every yearly series that eras are compared by, stacked into one long frame.

Each measure has a name, a label and a kind, and a twin without the main destination, whose name
ends in `_excl_main`. Two measures never share a name, and persons never share one with cases.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.analysis.eras import list_series

WITHOUT = "_excl_main"
MEASURES: dict[str, tuple[str, str]] = {
    "pending": ("Pending at year-end", "stock"),
    "pending_summed": ("Year-end stocks added up", "summed"),
    "share_of_world": ("Share of the world's pending claims", "share"),
    "applied_persons": ("New claims lodged, persons", "flow"),
    "applied_cases": ("New claims lodged, cases", "flow"),
    "applied_inclusive_persons": ("Claims lodged, inclusive, persons", "flow"),
    "applied_inclusive_cases": ("Claims lodged, inclusive, cases", "flow"),
    "applied_lower": ("Claims lodged, in persons: at least", "flow"),
    "applied_middle": ("Claims lodged, in persons: middle factor", "flow"),
    "applied_upper": ("Claims lodged, in persons: at most", "flow"),
    "decided_persons": ("Decisions on substance, persons", "flow"),
    "decided_cases": ("Decisions on substance, cases", "flow"),
    "recognition_rate_persons": ("Recognition rate, persons", "rate"),
    "recognition_rate_cases": ("Recognition rate, cases", "rate"),
    "protection_rate_persons": ("Total protection rate, persons", "rate"),
    "protection_rate_cases": ("Total protection rate, cases", "rate"),
    "closed_share_persons": ("Closed share, persons", "rate"),
    "closed_share_cases": ("Closed share, cases", "rate"),
    "refugees": ("Refugees at year-end", "stock"),
    "oip": ("Others in need of international protection", "stock"),
}
LABELS = {name: label for name, (label, _) in MEASURES.items()} | {
    name + WITHOUT: f"{label}, without the main destination"
    for name, (label, _) in MEASURES.items()
}
# A share of the world's stock is of a stock: a mid-year one is as good as any other.
_KIND = {name: "stock" if kind == "share" else kind for name, (_, kind) in MEASURES.items()}
KINDS = _KIND | {name + WITHOUT: kind for name, kind in _KIND.items()}
RATES = tuple(name for name, (_, kind) in MEASURES.items() if kind in ("rate", "share"))
COUNTS = tuple(name for name in MEASURES if name not in RATES)


def build_series(
    by_year: pd.DataFrame,
    new: pd.DataFrame,
    new_excl_main: pd.DataFrame,
    half_year: int | None,
    others: Mapping[str, pd.Series] | None = None,
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
    others : mapping of str to Series, optional
        More measures of `KINDS`, each indexed by year (`pair_columns`).

    Returns
    -------
    DataFrame
        measure, kind (stock, flow, summed, rate), year, value, is_half_year. `pending_summed`
        holds the same values as `pending`; only its kind says that they are going to be added up.
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
    known = frames | dict(others or {})
    return list_series({name: known[name] for name in KINDS if name in known}, KINDS, half_year)


def pair_columns(every: pd.DataFrame, without: pd.DataFrame) -> dict[str, pd.Series]:
    """Return a table's columns as series by measure, those without the main destination renamed.

    Parameters
    ----------
    every, without : DataFrame
        year and the same measures, with every destination and without the main one.

    Examples
    --------
    >>> import pandas as pd
    >>> sorted(pair_columns(*[pd.DataFrame({"year": [2020], "refugees": [7]})] * 2))
    ['refugees', 'refugees_excl_main']
    """
    pairs = {name: every.set_index("year")[name] for name in every.columns if name != "year"}
    left_out = without.set_index("year")
    return pairs | {name + WITHOUT: left_out[name] for name in pairs}


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
