"""Eras: what a measure was on average, at first and at last, in each span of years.

Eras differ in length and the first of them is cut by the start of the data, so means a year stand
beside totals. A ratio and a percent increase are two columns, since one is often told as the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.study import Boundary, Era

COLUMNS = [
    "boundary", "era", "measure", "first_year", "last_year", "total", "mean_per_year", "first",
    "last", "ratio", "percent_increase", "n_years", "has_half_year",
]  # fmt: skip
KINDS = ("stock", "flow", "summed", "rate")
_Points = dict[int, tuple[float, bool]]  # year -> value, whether it is of half a year


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
    rows = []
    measures = _list_points(series)
    for era in boundary.eras:
        span = clip_era(era, years)
        for measure, kind, points in measures if len(span) else ():
            facts = {"boundary": boundary.name, "era": era.name, "measure": measure}
            here = {year: points[year] for year in span if year in points}
            rows.append(facts | _summarise(kind, here, span))
    return pd.DataFrame(rows, columns=COLUMNS).astype(
        dict.fromkeys(["mean_per_year", "ratio", "percent_increase"], "Float64")
        | dict.fromkeys(["total", "first", "last"], "Float64")
    )


def _list_points(series: pd.DataFrame) -> list[tuple[str, str, _Points]]:
    """Return each measure's kind and known values, by year, with whether it is of half a year."""
    points: dict[str, tuple[str, _Points]] = {}
    columns = ("measure", "kind", "year", "value", "is_half_year")
    for measure, kind, year, value, is_half in zip(
        *(series[c].tolist() for c in columns), strict=True
    ):
        known = points.setdefault(measure, (kind, {}))[1]
        if pd.notna(value):
            known[int(year)] = (float(value), bool(is_half))
    return [(measure, *facts) for measure, facts in points.items()]


def _summarise(kind: str, points: _Points, span: range) -> dict[str, object]:
    """Summarise one measure over one era's years."""
    skips_half = kind in ("flow", "rate")
    whole = {year: value for year, (value, half) in points.items() if not (half and skips_half)}
    is_summed = kind == "summed"
    ends = {} if is_summed else whole
    first, last = ends.get(span[0], pd.NA), ends.get(span[-1], pd.NA)
    has_total = kind in ("flow", "summed") and bool(points)
    return {
        "first_year": span[0],
        "last_year": span[-1],
        "total": sum(value for value, _ in points.values()) if has_total else pd.NA,
        "mean_per_year": sum(ends.values()) / len(ends) if ends else pd.NA,
        "first": first,
        "last": last,
        "ratio": divide(last, first),
        "percent_increase": percent_increase(first, last),
        "n_years": len(points),
        "has_half_year": any(half for _, half in points.values()),
    }


def divide(value: Any, by: Any) -> Any:
    """Divide, with missing where a side is missing or the divisor is 0."""
    return pd.NA if pd.isna(value) or pd.isna(by) or by == 0 else value / by


def percent_increase(first: Any, last: Any) -> Any:
    """Return by how many percent `last` exceeds `first`; a doubling is an increase of 100.

    Examples
    --------
    >>> percent_increase(50, 100)
    100.0
    """
    ratio = divide(last, first)
    return pd.NA if pd.isna(ratio) else 100.0 * (last - first) / first


def compare_two(eras: pd.DataFrame, boundary: Boundary) -> pd.DataFrame:
    """Set two eras' means a year side by side: the pair that the boundary names.

    Parameters
    ----------
    eras : DataFrame
        The result of `summarise_eras`, any number of boundaries.
    boundary : Boundary
        Names the earlier and the later era.

    Returns
    -------
    DataFrame
        boundary, measure, earlier, later (era names), earlier_mean, later_mean, ratio,
        percent_increase, is_thin (fewer than half of either era's years have a value, so that
        the means are of few and different years); one row for each measure that both eras have.
    """
    own = eras[(eras["boundary"] == boundary.name) & eras["mean_per_year"].notna()]
    length = own["last_year"] - own["first_year"] + 1
    own = own.assign(is_thin=own["n_years"] * 2 < length)
    sides = [own[own["era"] == name].set_index("measure") for name in boundary.compare]
    pair = sides[0].merge(sides[1], left_index=True, right_index=True, suffixes=("_1", "_2"))
    first, last = pair["mean_per_year_1"], pair["mean_per_year_2"]
    return pd.DataFrame(
        {
            "boundary": boundary.name,
            "measure": pair.index,
            "earlier": boundary.compare[0],
            "later": boundary.compare[1],
            "earlier_mean": first.to_numpy(),
            "later_mean": last.to_numpy(),
            "ratio": [divide(b, a) for a, b in zip(first, last, strict=True)],
            "percent_increase": [percent_increase(a, b) for a, b in zip(first, last, strict=True)],
            "is_thin": (pair["is_thin_1"] | pair["is_thin_2"]).to_numpy(),
        }
    )


def set_beside(pair: pd.DataFrame, ending: str) -> pd.DataFrame:
    """Set each measure's comparison beside its twin without the main destination.

    Parameters
    ----------
    pair : DataFrame
        `compare_two`, of any measures.
    ending : str
        What the names of the twins end in.

    Returns
    -------
    DataFrame
        The measures without that ending and their columns, with ratio_without and is_thin (thin
        on either side; a missing twin does not count).
    """
    is_twin = pair["measure"].str.endswith(ending)
    twins = pair[is_twin].assign(measure=lambda f: f["measure"].str.removesuffix(ending))
    twins = twins.set_index("measure")
    every = pair[~is_twin].reset_index(drop=True)
    without = every["measure"].map(twins["ratio"]).astype("Float64")
    has_thin_twin = every["measure"].map(twins["is_thin"]).eq(True)
    return every.assign(ratio_without=without, is_thin=every["is_thin"] | has_thin_twin)
