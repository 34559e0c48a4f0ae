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

import numpy as np
import pandas as pd

from helpers.analysis.measures import leave_out, sort_listed, stack
from helpers.analysis.thresholds import FEWEST_FOR_RATIO
from helpers.study import Boundary, Era

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


def find_partial_years(
    lodged: pd.DataFrame, gaps: pd.DataFrame, main: str | None
) -> dict[str, set[int]]:
    """Find the years in which a flow is not that of a whole year, by measure.

    Takes is_complete by year with its twin (`lodged.bound_lodged`), and the gaps
    (`lodged.find_gaps`); the main destination's are none of the twins'. Where the months are six,
    decisions and rates are too.
    """
    partial: dict[str, set[int]] = {}
    for ending, excluding in (("", None), (WITHOUT, main)):
        here = leave_out(gaps, excluding)
        halves = set(here.loc[here["months"].ne(0), "year"])
        incomplete = set(lodged.index[~lodged[f"is_complete{ending}"]])
        for name in MEASURES:
            partial[name + ending] = incomplete if name.startswith("applied") else halves
    return partial


def list_series(
    values: pd.DataFrame,
    kinds: Mapping[str, str],
    partial: Mapping[str, Iterable[int]] = {},
    bounds: Mapping[str, pd.DataFrame] = {},
) -> pd.DataFrame:
    """Stack yearly series, a column a measure, into one long frame.

    `kinds` are stock (a count at a date), flow (in a year), summed (a stock added up over years) or
    rate; `partial` the years that are not whole; `bounds` the least and greatest values (lower and
    upper, a column a measure). Returns measure, year, value, lower, upper (missing where not
    known), kind, is_partial (never of a stock).
    """
    sides = {"value": values, "lower": pd.DataFrame(), "upper": pd.DataFrame(), **bounds}
    columns = {name: side.reindex_like(values).unstack() for name, side in sides.items()}
    table = pd.DataFrame(columns, dtype="Float64").rename_axis(["measure", "year"]).reset_index()
    table["kind"] = table["measure"].map(kinds)
    cells = zip(table["measure"], table["year"], strict=True)
    table["is_partial"] = [year in partial.get(measure, ()) for measure, year in cells]
    table["is_partial"] &= table["kind"].isin(["flow", "rate"])
    return table


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
        side: series.pivot(index="measure", columns="year", values=side).reindex(kinds.index)
        for side in ("value", "lower", "upper", "is_partial")
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
        figures = {
            "total": values.sum(axis=1, min_count=1).where(kinds.isin(["flow", "summed"])),
            "mean_per_year": whole.mean(axis=1),
            "first": first,
            "last": last,
            "ratio": last / first.replace(0, np.nan),
            "percent_increase": 100.0 * (last - first) / first.replace(0, np.nan),
            "mean_lower": lower.mean(axis=1),
            "mean_upper": upper.mean(axis=1).where(upper.count(axis=1) == lower.count(axis=1)),
        }
        part = pd.DataFrame(figures).astype("Float64")
        part["n_years"], part["n_complete"] = values.count(axis=1), whole.count(axis=1)
        part = part.assign(era=name, first_year=span[0], last_year=span[-1])
        parts.append(part.reset_index())
    return stack(parts, COLUMNS[1:])


def cut_decades(years: range) -> tuple[range, range]:
    """Return the last two plain decades, for an origin of which there is no study with eras."""
    cuts = [year for year in range(2010, years[-1] + 1, 10) if year > years[0]] or [years[-1]]
    before, start = [years[0], *cuts][-2:]
    return range(before, start), range(start, years[-1] + 1)


def list_periods(earlier: range, later: range) -> dict[str, range]:
    """List the periods of the study's answer: two eras, and the newest years apart.

    The later era's `NEWEST` years are a period of their own where as many are left before them.

    >>> list_periods(*cut_decades(range(2008, 2026)))
    {'2010–2019': range(2010, 2020), '2020–2022': range(2020, 2023), '2023–2025': range(2023, 2026)}
    """
    cut = len(later) - NEWEST if len(later) >= 2 * NEWEST else len(later)
    spans = [span for span in (earlier, later[:cut], later[cut:]) if len(span)]
    return {"–".join(str(year) for year in sorted({s[0], s[-1]})): s for s in spans}


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
    table = sort_listed(table, ["measure", "first_year"], "measure", order)
    known = table[table["n_years"] > 0]
    base = known.drop_duplicates("measure").set_index("measure").reindex(table["measure"])
    base = base.set_index(table.index)
    is_base = table["first_year"].eq(base["first_year"])
    ratios = divide_means(base, table)
    table[ratios.columns] = ratios.mask(is_base, axis=0)
    is_up, is_down = table["ratio_lower"].gt(1), table["ratio_upper"].lt(1)
    told = [each.fillna(False).astype(bool) for each in (is_base, is_up, is_down)]
    table["direction"] = np.select(told, ["", "up", "down"], "open")
    names = {"era": "span", "mean_lower": "lower", "mean_upper": "upper"}
    table = table.rename(columns=names | {"n_complete": "years_complete"})
    columns = ["measure", "span", "first_year", "last_year", "mean_per_year", "lower", "upper"]
    columns += ["years_complete", "n_years", *ratios, "direction"]
    return table[columns]


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


def compare_two(series: pd.DataFrame, earlier: range, later: range) -> pd.DataFrame:
    """Compare two spans of years by their means a year (`list_series`).

    Returns measure, earlier_mean, later_mean, ratio, ratio_lower, ratio_upper, percent_increase (as
    `divide_means`), is_thin (fewer than half of either span's years have a value).
    """
    table = summarise_spans(series, {"earlier": earlier, "later": later})
    table = table.dropna(subset=["mean_per_year"]).set_index("measure", drop=False)
    sides = [table[table["era"] == name] for name in ("earlier", "later")]
    shared = sides[0].index.intersection(sides[1].index, sort=False)
    first, last = (side.loc[shared] for side in sides)
    pair = divide_means(first, last)
    pair["percent_increase"] = 100.0 * (pair["ratio"] - 1.0)
    for name, side in (("earlier_mean", first), ("later_mean", last)):
        pair[name] = side["mean_per_year"].astype("Float64")
    pair["is_thin"] = (first["n_years"] * 2 < len(earlier)) | (last["n_years"] * 2 < len(later))
    return pair.reset_index()
