"""Eras: what a measure was on average, at first and at last, in each span of years.

Eras differ in length and the first of them is cut by the start of the data, so means a year are
given beside totals. A mean of a flow is over whole years: one of which a notable destination
reports six months, or nothing, enters no mean. Its bounds are over all years, what is missing
included; those of a ratio are the least of one era over the most of the other, and the reverse.

Each measure has a name and a kind, and a twin without the main destination, whose name
ends in `_excl_main`. Two measures never share a name, and persons never share one with cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.measures import stack
from helpers.analysis.thresholds import FEWEST_FOR_RATIO
from helpers.study import Boundary, Era, Source

WITHOUT = "_excl_main"
# Measure -> kind. A share of the world's stock is of a stock: a mid-year one is as good as any.
MEASURES = {
    "pending": "stock", "pending_summed": "summed", "share_of_world": "stock",
    "applied_persons": "flow", "applied_cases": "flow", "applied_inclusive_persons": "flow",
    "applied_inclusive_cases": "flow", "applied_middle": "flow", "decided_persons": "flow",
    "decided_cases": "flow", "recognition_rate_persons": "rate", "recognition_rate_cases": "rate",
    "protection_rate_persons": "rate", "protection_rate_cases": "rate",
    "closed_share_persons": "rate", "closed_share_cases": "rate", "refugees": "stock",
    "refugees_excl_peoples": "stock", "oip": "stock",
}  # fmt: skip
KINDS = MEASURES | {name + WITHOUT: kind for name, kind in MEASURES.items()}
RATES = ("share_of_world", *(name for name, kind in MEASURES.items() if kind == "rate"))
FIGURES = ("total", "mean_per_year", "first", "last", "ratio", "percent_increase")
SPAN = ("boundary", "era", "measure", "first_year", "last_year")
BOUNDS = ("mean_lower", "mean_upper")
COLUMNS = [*SPAN, *FIGURES, *BOUNDS, "n_years", "n_complete"]
NEWEST = 3  # years that are looked at apart, as long as as many are left before them
Bounds = Mapping[str, tuple[pd.Series, pd.Series]]


def pair_columns(every: pd.DataFrame, without: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns of two tables by year as series, those without the main place renamed.

    >>> sorted(pair_columns(*[pd.DataFrame({"year": [2020], "refugees": [7]})] * 2))
    ['refugees', 'refugees_excl_main']
    """
    sides = every.set_index("year"), without.set_index("year").add_suffix(WITHOUT)
    return {str(name): side[name] for side in sides for name in side}


def find_partial_years(
    lodged: pd.DataFrame, lodged_excl_main: pd.DataFrame, gaps: pd.DataFrame, main: str | None
) -> dict[str, set[int]]:
    """Find the years in which a flow is not that of a whole year, by measure.

    Takes `lodged.bound_lodged` with and without the main destination, whose gaps
    (`lodged.find_gaps`) are none of the twins'. Where the months are six, decisions and rates are
    too.
    """
    partial: dict[str, set[int]] = {}
    for ending, table in (("", lodged), (WITHOUT, lodged_excl_main)):
        here = gaps[gaps["asylum"] != main] if ending else gaps
        halves = set(here.loc[here["months"] > 0, "year"])
        incomplete = set(table.loc[~table["is_complete"], "year"])
        for name in MEASURES:
            partial[name + ending] = incomplete if name.startswith("applied") else halves
    return partial


def list_series(
    frames: Mapping[str, pd.Series],
    kinds: Mapping[str, str],
    partial: Mapping[str, Iterable[int]] | None = None,
    bounds: Bounds | None = None,
) -> pd.DataFrame:
    """Stack yearly series, by name, into one long frame.

    `kinds` are stock (a count at a date), flow (in a year), summed (a stock added up over years) or
    rate; `partial` the years that are not whole; `bounds` the least and greatest values. Returns
    measure, kind, year, value, lower, upper (missing where not known), is_partial (never of a
    stock).
    """
    parts = []
    nothing = pd.Series(dtype="Float64")
    for measure, values in frames.items():
        part = values.rename("value").rename_axis("year").reset_index()
        low, high = (bounds or {}).get(measure, (nothing, nothing))
        part["lower"], part["upper"] = (
            part["year"].map(side).astype("Float64") for side in (low, high)
        )
        part["is_partial"] = part["year"].isin(list((partial or {}).get(measure, ())))
        part["is_partial"] &= kinds[measure] in ("flow", "rate")
        parts.append(part.assign(measure=measure, kind=kinds[measure]))
    return stack(parts, ["measure", "kind", "year", "value", "lower", "upper", "is_partial"])


def clip_era(era: Era, years: range) -> range:
    """Return the years of an era that the study covers (an empty range where none)."""
    first = max(era.first if era.first is not None else years[0], years[0])
    last = min(era.last if era.last is not None else years[-1], years[-1])
    return range(first, last + 1)


def clip_pair(boundary: Boundary, years: range) -> tuple[range, range]:
    """Return the years of the earlier and of the later era that a boundary compares."""
    earlier, later = boundary.pair
    return clip_era(earlier, years), clip_era(later, years)


def summarise_eras(series: pd.DataFrame, boundary: Boundary, years: range) -> pd.DataFrame:
    """Summarise every measure (`summarise_spans`) by era under one boundary.

    An era outside the years has no row.
    """
    spans = {era.name: clip_era(era, years) for era in boundary.eras}
    return summarise_spans(series, spans).assign(boundary=boundary.name)[COLUMNS]


def summarise_spans(series: pd.DataFrame, spans: Mapping[str, range]) -> pd.DataFrame:
    """Summarise every measure of `list_series` over named spans of years; an empty one has no row.

    Returns era (the span's name), measure, first_year, last_year, total (flows and summed stocks
    only), mean_per_year, first, last, ratio (last / first), percent_increase (100 x (last - first)
    / first), mean_lower, mean_upper (missing where a bound is), n_years (with a value), n_complete
    (in the mean). A partial flow enters total and bounds alone, a partial rate nothing.
    """
    kinds = series.drop_duplicates("measure").set_index("measure")["kind"]
    wide = {
        name: series.pivot(index="measure", columns="year", values=name).reindex(kinds.index)
        for name in ("value", "lower", "upper", "is_partial")
    }
    parts = []
    for name, span in spans.items():
        if not len(span):
            continue
        values, lower, upper = (
            wide[side].reindex(columns=span).astype("float64")
            for side in ("value", "lower", "upper")
        )
        is_partial = wide["is_partial"].reindex(columns=span).eq(True)
        whole = values.mask(kinds.eq("summed")).mask(is_partial)
        first, last = whole[span[0]], whole[span[-1]]
        n_bound = lower.count(axis=1)
        is_bounded = upper.count(axis=1).eq(n_bound)
        part = pd.DataFrame(
            {
                "era": name,
                "measure": kinds.index,
                "first_year": span[0],
                "last_year": span[-1],
                "total": values.sum(axis=1, min_count=1).where(kinds.isin(["flow", "summed"])),
                "mean_per_year": whole.mean(axis=1),
                "first": first,
                "last": last,
                "ratio": last / first.replace(0, np.nan),
                "percent_increase": 100.0 * (last - first) / first.replace(0, np.nan),
                "mean_lower": lower.mean(axis=1),
                "mean_upper": upper.mean(axis=1).where(is_bounded),
                "n_years": values.count(axis=1),
                "n_complete": whole.count(axis=1),
            },
            index=kinds.index,
        )
        parts.append(part.astype(dict.fromkeys([*FIGURES, *BOUNDS], "Float64")))
    return stack(parts, COLUMNS[1:])


def cut_decades(years: range) -> Boundary:
    """Return plain decades in place of eras, for an origin of which there is no study."""
    cuts = [year for year in range(2010, years[-1] + 1, 10) if year > years[0]] or [years[-1]]
    edges = [None, *cuts, None]
    eras = tuple(
        Era(name=f"From {first or years[0]}", first=first, last=after - 1 if after else None)
        for first, after in pairwise(edges)
    )
    source = Source(title="No event: decades of the calendar", publisher="This repository")
    return Boundary(
        name="decades",
        title="Plain decades, since no study of this origin sets eras",
        sources=(source,),
        compare=(eras[-2].name, eras[-1].name),
        eras=eras,
    )


def list_periods(boundary: Boundary, years: range) -> dict[str, range]:
    """List the periods of the study's answer: two eras, and the newest years apart.

    The later era's `NEWEST` years are a period of their own where as many are left before them.

    >>> list_periods(cut_decades(range(2008, 2026)), range(2008, 2026))
    {'2010–2019': range(2010, 2020), '2020–2022': range(2020, 2023), '2023–2025': range(2023, 2026)}
    """
    earlier, later = clip_pair(boundary, years)
    cut = len(later) - NEWEST if len(later) >= 2 * NEWEST else len(later)
    spans = [span for span in (earlier, later[:cut], later[cut:]) if len(span)]
    return {"–".join(str(year) for year in sorted({s[0], s[-1]})): s for s in spans}


def read_direction(row: Mapping[Any, Any]) -> str:
    """Read a period's ratio to the first: up or down where its whole range is, else open."""
    low, high = row["ratio_lower"], row["ratio_upper"]
    if pd.notna(low) and low > 1:
        return "up"
    return "down" if pd.notna(high) and high < 1 else "open"


def compare_periods(
    series: pd.DataFrame, periods: Mapping[str, range], measures: Iterable[str]
) -> pd.DataFrame:
    """Compare measures over periods (`list_series`, `list_periods`): the answer in one table.

    Returns measure, span, first_year, last_year, mean_per_year (whole years only), lower, upper (a
    year, over all of them), years_complete, n_years, ratio, ratio_lower, ratio_upper (to the first
    period, as `divide_means`), direction (up, down or open; empty of the first).
    """
    order = list(measures)
    table = summarise_spans(series[series["measure"].isin(order)], periods)
    table = table.sort_values(
        ["measure", "first_year"], key=lambda c: c.map(order.index) if c.name == "measure" else c
    )
    known = table[table["n_years"] > 0]
    base = known.drop_duplicates("measure").set_index("measure").reindex(table["measure"])
    base = base.set_index(table.index)
    is_base = table["first_year"].eq(base["first_year"])
    ratios = divide_means(base, table)
    table[ratios.columns] = ratios.mask(is_base, axis=0)
    table["direction"] = [read_direction(row) for row in table.to_dict("records")]
    table["direction"] = table["direction"].mask(is_base, "")
    names = {"era": "span", "mean_lower": "lower", "mean_upper": "upper"}
    table = table.rename(columns=names | {"n_complete": "years_complete"})
    columns = ["measure", "span", "first_year", "last_year", "mean_per_year", "lower", "upper"]
    columns += ["years_complete", "n_years", *ratios, "direction"]
    return table[columns].reset_index(drop=True)


def divide_means(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Divide means a year, with bounds: the least over the most, and the most over the least.

    Takes measure, mean_per_year, mean_lower, mean_upper twice; returns ratio, ratio_lower,
    ratio_upper, missing where the earlier mean is a count under `FEWEST_FOR_RATIO`.

    >>> sides = (pd.DataFrame([row], columns=["measure", "mean_per_year", *BOUNDS])
    ...          for row in (["pending", 100, 80, 200], ["pending", 300, 200, 400]))
    >>> divide_means(*sides).values.tolist()
    [[3.0, 1.0, 5.0]]
    """
    figures = ["mean_per_year", *BOUNDS]
    below, above = (side[figures].astype("Float64") for side in (earlier, later))
    is_told = later["measure"].str.removesuffix(WITHOUT).isin(RATES)
    is_told |= (below["mean_per_year"] >= FEWEST_FOR_RATIO).fillna(False)
    below = below.mask(below == 0)
    ratios = {
        "ratio": above["mean_per_year"] / below["mean_per_year"],
        "ratio_lower": above["mean_lower"] / below["mean_upper"],
        "ratio_upper": above["mean_upper"] / below["mean_lower"],
    }
    return pd.DataFrame(ratios).where(is_told, axis=0)


def compare_two(eras: pd.DataFrame, boundary: Boundary) -> pd.DataFrame:
    """Compare the two eras that the boundary names by their means a year (`summarise_eras`).

    Returns boundary, measure, earlier, later (era names), earlier_mean, later_mean, ratio,
    ratio_lower, ratio_upper, percent_increase (as `divide_means`), is_thin (fewer than half of
    either era's years have a value).
    """
    own = eras[(eras["boundary"] == boundary.name) & eras["mean_per_year"].notna()]
    length = own["last_year"] - own["first_year"] + 1
    own = own.assign(is_thin=own["n_years"] * 2 < length)
    sides = [own[own["era"] == name].set_index("measure", drop=False) for name in boundary.compare]
    shared = sides[0].index.intersection(sides[1].index, sort=False)
    first, last = (side.loc[shared] for side in sides)
    ratios = divide_means(first, last)
    return pd.DataFrame(
        {
            "boundary": boundary.name,
            "measure": shared,
            "earlier": boundary.compare[0],
            "later": boundary.compare[1],
            "earlier_mean": first["mean_per_year"].astype("Float64"),
            "later_mean": last["mean_per_year"].astype("Float64"),
            **ratios,
            "percent_increase": 100.0 * (ratios["ratio"] - 1.0),
            "is_thin": first["is_thin"] | last["is_thin"],
        }
    ).reset_index(drop=True)


def add_ratio_without_main(pair: pd.DataFrame) -> pd.DataFrame:
    """Give each measure of `compare_two` the ratio of its twin without the main destination.

    The twins go; ratio_excl_main is new; is_thin is then thin with or without.
    """
    is_twin = pair["measure"].str.endswith(WITHOUT)
    twins = pair[is_twin].set_index(pair.loc[is_twin, "measure"].str.removesuffix(WITHOUT))
    every = pair[~is_twin].reset_index(drop=True)
    without = every["measure"].map(twins["ratio"]).astype("Float64")
    has_thin_twin = every["measure"].map(twins["is_thin"]).eq(True)
    return every.assign(ratio_excl_main=without, is_thin=every["is_thin"] | has_thin_twin)
