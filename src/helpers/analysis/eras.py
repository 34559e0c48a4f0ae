"""Eras: what a measure was on average, at first and at last, in each span of years.

Eras differ in length and the first of them is cut by the start of the data, so means a year are
given beside totals. A ratio and a percent increase are two columns, since they are easily confused.

Each measure has a name, a label and a kind, and a twin without the main destination, whose name
ends in `_excl_main`. Two measures never share a name, and persons never share one with cases.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.study import Boundary, Era

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
    "refugees_excl_listed": ("Refugees without peoples counted apart", "stock"),
    "oip": ("Others in need of international protection", "stock"),
}
LABELS = {name: label for name, (label, _) in MEASURES.items()} | {
    name + WITHOUT: f"{label}, without the main destination"
    for name, (label, _) in MEASURES.items()
}
# A share of the world's stock is of a stock: a mid-year one is as good as any other.
KINDS = {
    name + ending: kind.replace("share", "stock")
    for ending in ("", WITHOUT)
    for name, (_, kind) in MEASURES.items()
}
RATES = tuple(name for name, (_, kind) in MEASURES.items() if kind in ("rate", "share"))
COUNTS = tuple(name for name in MEASURES if name not in RATES)
FIGURES = ("total", "mean_per_year", "first", "last", "ratio", "percent_increase")
SPAN = ("boundary", "era", "measure", "first_year", "last_year")
COLUMNS = [*SPAN, *FIGURES, "n_years", "has_half_year"]


def pair_columns(every: pd.DataFrame, without: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns of two tables by year as series, those without the main place renamed.

    >>> sorted(pair_columns(*[pd.DataFrame({"year": [2020], "refugees": [7]})] * 2))
    ['refugees', 'refugees_excl_main']
    """
    sides = every.set_index("year"), without.set_index("year").add_suffix(WITHOUT)
    return {str(name): side[name] for side in sides for name in side}


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
        As `list_series`. `pending_summed` holds the same values as `pending`; only its kind says
        that they are going to be added up.
    """
    stock = by_year.set_index("year")
    known = {
        name + ending: stock[f"pending{ending}"]
        for name in ("pending", "pending_summed")
        for ending in ("", WITHOUT)
    }
    known |= pair_columns(new, new_excl_main) | dict(others or {})
    return list_series({name: known[name] for name in KINDS if name in known}, KINDS, half_year)


def list_series(
    frames: Mapping[str, pd.Series], kinds: Mapping[str, str], half_year: int | None
) -> pd.DataFrame:
    """Stack yearly series into one long frame.

    Parameters
    ----------
    frames : mapping of str to Series
        A measure's name and its values, indexed by year.
    kinds : mapping of str to str
        The same names: stock (a count at a date), flow (a count in a year), summed (a stock
        added up over years, which counts nobody) or rate (a ratio of a year's flows).
    half_year : int or None
        The year that a mid-year release ends with.

    Returns
    -------
    DataFrame
        measure, kind, year, value, is_half_year.
    """
    parts = []
    for measure, values in frames.items():
        part = values.rename("value").rename_axis("year").reset_index()
        parts.append(part.assign(measure=measure, kind=kinds[measure]))
    stacked = pd.concat(parts, ignore_index=True)
    stacked["is_half_year"] = stacked["year"].eq(half_year) if half_year else False
    return stacked[["measure", "kind", "year", "value", "is_half_year"]]


def clip_era(era: Era, years: range) -> range:
    """Return the years of an era that the study covers (an empty range where none)."""
    first = max(era.first if era.first is not None else years[0], years[0])
    last = min(era.last if era.last is not None else years[-1], years[-1])
    return range(first, last + 1)


def summarise_eras(series: pd.DataFrame, boundary: Boundary, years: range) -> pd.DataFrame:
    """Summarise every measure by era under one boundary.

    Parameters
    ----------
    series : DataFrame
        measure, kind, year, value, is_half_year (`list_series`).
    boundary : Boundary
        How the years are cut.
    years : range
        The study's years; an era outside them has no row.

    Returns
    -------
    DataFrame
        boundary, era, measure, first_year, last_year, total, mean_per_year, first, last, ratio
        (last / first), percent_increase (100 x (last - first) / first), n_years (years with a
        value), has_half_year. `total` is for flows and summed stocks only; a six-month flow
        enters the total and nothing else, a six-month rate nothing; a mid-year stock is a stock
        like any other. The mean of a rate or share gives every year the same weight.
    """
    kinds = series.drop_duplicates("measure").set_index("measure")["kind"]
    wide = series.pivot(index="measure", columns="year", values="value").astype("float64")
    half_years = series.loc[series["is_half_year"], "year"].unique()
    parts = [pd.DataFrame(columns=COLUMNS)]
    for era in boundary.eras:
        span = clip_era(era, years)
        if not len(span):
            continue
        values = wide.reindex(index=kinds.index, columns=span)
        is_half = values.columns.isin(half_years)
        whole = values.mask(kinds.eq("summed"))
        whole.loc[kinds.isin(["flow", "rate"]), is_half] = np.nan
        first, last = whole[span[0]], whole[span[-1]]
        part = pd.DataFrame(
            {
                "boundary": boundary.name,
                "era": era.name,
                "measure": kinds.index,
                "first_year": span[0],
                "last_year": span[-1],
                "total": values.sum(axis=1, min_count=1).where(kinds.isin(["flow", "summed"])),
                "mean_per_year": whole.mean(axis=1),
                "first": first,
                "last": last,
                "ratio": last / first.replace(0, np.nan),
                "percent_increase": 100.0 * (last - first) / first.replace(0, np.nan),
                "n_years": values.count(axis=1),
                "has_half_year": values.loc[:, is_half].notna().any(axis=1),
            },
            index=kinds.index,
        )
        parts.append(part.astype(dict.fromkeys(FIGURES, "Float64")))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def compare_two(eras: pd.DataFrame, boundary: Boundary) -> pd.DataFrame:
    """Compare two eras by their means a year: the pair that the boundary names.

    Parameters
    ----------
    eras : DataFrame
        `summarise_eras`, any number of boundaries.
    boundary : Boundary
        Names the earlier and the later era.

    Returns
    -------
    DataFrame
        boundary, measure, earlier, later (era names), earlier_mean, later_mean, ratio,
        percent_increase (both missing where the earlier mean is 0), is_thin (fewer than half of
        either era's years have a value, so that the means are of few and different years); one
        row for each measure that both eras have.
    """
    own = eras[(eras["boundary"] == boundary.name) & eras["mean_per_year"].notna()]
    length = own["last_year"] - own["first_year"] + 1
    own = own.assign(is_thin=own["n_years"] * 2 < length)
    sides = [own[own["era"] == name].set_index("measure") for name in boundary.compare]
    pair = sides[0].merge(sides[1], on="measure", suffixes=("_1", "_2"))
    first, last = (pair[f"mean_per_year_{side}"].astype("Float64") for side in (1, 2))
    base = first.mask(first == 0)
    return pd.DataFrame(
        {
            "boundary": boundary.name,
            "measure": pair.index,
            "earlier": boundary.compare[0],
            "later": boundary.compare[1],
            "earlier_mean": first,
            "later_mean": last,
            "ratio": last / base,
            "percent_increase": 100.0 * (last - first) / base,
            "is_thin": pair["is_thin_1"] | pair["is_thin_2"],
        }
    ).reset_index(drop=True)


def add_ratio_without_main(pair: pd.DataFrame) -> pd.DataFrame:
    """Give each measure of `compare_two` the ratio of its twin without the main destination.

    Returns
    -------
    DataFrame
        The measures that are no twins and their columns, with ratio_without (the twin's ratio,
        missing where there is none) and is_thin (thin with or without the main destination).
    """
    is_twin = pair["measure"].str.endswith(WITHOUT)
    twins = pair[is_twin].set_index(pair.loc[is_twin, "measure"].str.removesuffix(WITHOUT))
    every = pair[~is_twin].reset_index(drop=True)
    without = every["measure"].map(twins["ratio"]).astype("Float64")
    has_thin_twin = every["measure"].map(twins["is_thin"]).eq(True)
    return every.assign(ratio_without=without, is_thin=every["is_thin"] | has_thin_twin)
