"""How far an answer moves with the year in which one era is taken to end and the next to begin.

An event falls inside a year, and whether that year belongs to what came before is a choice. The
two eras that a study compares are cut anew at each year from the one before the event to the
second one after it; everything else stays. Years in which a destination's count had collapsed can
be left out of either era.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.analysis.eras import WITHOUT, clip_pair, compare_two
from helpers.analysis.measures import sort_listed, stack
from helpers.study import Boundary

BEFORE, AFTER = 1, 2  # years tried before and after the event's
KEY = ["measure", "is_without_main"]
FIGURES = ["earlier_mean", "later_mean", "ratio", "percent_increase", "is_thin"]
COLUMNS = ["boundary", *KEY, "transition", "is_own", *FIGURES]


def list_transitions(boundary: Boundary) -> range:
    """Return the years in which the later era may begin; none where the two eras do not meet."""
    earlier, later = boundary.pair
    year = later.first if boundary.handover is None else boundary.handover
    if year is None or earlier.last is None or later.first != earlier.last + 1:
        return range(0)
    return range(year - BEFORE, year + AFTER + 1)


def find_collapsed_years(grave: pd.DataFrame) -> list[int]:
    """Find the years in which a destination's count of pending claims had collapsed.

    Takes the breaks that move the origin's total (`breaks.keep_grave`). Such a span begins with a
    coverage drop and ends before a jump at the same destination; a drop without a jump after it is
    no such span, since the level may be the true one.
    """
    found: set[int] = set()
    for _, here in grave.groupby("asylum"):
        drops, jumps = (
            here.loc[here["kind"] == k, "year"] for k in ("coverage_drop", "coverage_jump")
        )
        for drop in drops:
            after = jumps[jumps > drop]
            found |= set(range(drop, after.min())) if len(after) else set()
    return sorted(found)


def try_transitions(
    series: pd.DataFrame, boundary: Boundary, years: range, measures: Iterable[str]
) -> pd.DataFrame:
    """Compare the two eras' average years for every year of transition.

    Takes `eras.list_series` and the study's own cut; each measure is tried with and without the
    main destination. Returns boundary, measure (without ending), is_without_main, transition (first
    year of the later era), is_own (the study's own cut), earlier_mean, later_mean, ratio,
    percent_increase, is_thin. A transition that leaves an era without a year has no row.
    """
    order = list(measures)
    kept = series[series["measure"].str.removesuffix(WITHOUT).isin(order)]
    earlier, later = clip_pair(boundary, years)
    parts = [
        compare_two(kept, range(earlier.start, year), range(year, later.stop)).assign(
            transition=year, is_own=year == boundary.pair[1].first
        )
        for year in list_transitions(boundary)
    ]
    tried = stack(parts, ["measure", "transition", "is_own", *FIGURES])
    named = tried["measure"].astype("str")
    tried = tried.assign(
        boundary=boundary.name,
        measure=named.str.removesuffix(WITHOUT),
        is_without_main=named.str.endswith(WITHOUT),
    )
    return sort_listed(tried, [*KEY, "transition"], "measure", order)[COLUMNS]


def drop_small_bases(tried: pd.DataFrame) -> pd.DataFrame:
    """Keep the measures of `try_transitions` with a ratio, and that are thin at no transition."""
    is_thin = tried["is_thin"].astype(bool).groupby([tried[name] for name in KEY]).transform("any")
    known = tried[~is_thin.astype(bool)].dropna(subset=["ratio"])
    return known.astype({"ratio": "Float64"})


def range_over_handovers(tried: pd.DataFrame) -> pd.DataFrame:
    """Say how far each sound measure's ratio moves over the transitions (`try_transitions`).

    Returns measure, is_without_main, least, own (the study's cut; missing where it is not among
    them), most (ratios).
    """
    known = drop_small_bases(tried)
    known["own"] = known["ratio"].where(known["is_own"].astype(bool))
    figures = {"least": ("ratio", "min"), "own": ("own", "max"), "most": ("ratio", "max")}
    return known.groupby(KEY, sort=False).agg(**figures).reset_index()
