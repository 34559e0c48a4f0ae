"""The specification curve: one comparison of two eras under every defensible set of choices.

The answer is a ratio: the later era's average year over the earlier one's. Three questions are
never put in one line: claims pending, the origin's share of the world's, and claims lodged. The
data do not settle these choices: with or without the largest destination, the boundary, the first
year that enters the earlier era and, of claims lodged, the persons a case. Each is judged by how
far it alone moves the answer. How many answers lie above some value is not counted, since their
number depends on how choices multiply. Releases are no choice: the newest is the best there is.
Method: Simonsohn, Simmons and Nelson, Specification curve analysis, Nature Human Behaviour 4, 2020.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.eras import clip_pair
from helpers.analysis.lodged import weigh_lodged
from helpers.analysis.measures import measure_pending, select_origin, sort_listed, stack
from helpers.analysis.thresholds import FEWEST_FOR_RATIO, Thresholds
from helpers.data.releases import Core
from helpers.study import Boundary

SERIES_KEY = ["measure", "unit", "destinations"]
CHOICES = ("unit", "destinations", "boundary", "start")
STARTS = ("with its first year", "two years later", "four years later")
# A case counts for -> column of `lodged.weigh_lodged`; the study's own first.
UNITS = {"the middle factor": "estimate", "one person": "lower", "the greatest factor": "upper"}
PENDING, SHARE, LODGED = "Claims pending", "Share of the world's pending claims", "Claims lodged"
ALL, WITHOUT = "all", "without the largest"
FEWEST_YEARS = 3  # of the earlier era that a later start must leave
FEWEST_IN_ERA = 2  # years that an average needs
COMPARED = ["measure", *CHOICES, "start_year", "earlier_mean", "later_mean", "ratio"]


def list_variants(
    tables: Core,
    origin: str,
    years: Iterable[int],
    main: str | None,
    partial: Mapping[str, Iterable[int]],
    factors: Sequence[Any],
    rules: Sequence[Any],
) -> pd.DataFrame:
    """List every yearly series of an origin that one release allows.

    `partial` gives, for all destinations and without the largest, the years whose claims lodged are
    not whole. Returns index measure, unit (of claims lodged), destinations; a column a year,
    floats.
    """
    wanted = list(years)
    pending = select_origin(tables.pending, origin, wanted)
    stock = measure_pending(pending, tables.by_origin, wanted, main).set_index("year")
    there = tables.by_asylum[tables.by_asylum["asylum"].eq(main or "")].set_index("year")["pending"]
    rest = stock["world_pending"] - there.reindex(wanted).fillna(0)
    found = {
        (PENDING, "", ALL): stock["pending"],
        (PENDING, "", WITHOUT): stock["pending_excl_main"],
        (SHARE, "", ALL): stock["pending"] / stock["world_pending"],
        (SHARE, "", WITHOUT): stock["pending_excl_main"] / rest,
    }
    claims = select_origin(tables.applications, origin, wanted)
    weighed = weigh_lodged(claims, rules, factors)
    for destinations, kept in ((ALL, weighed), (WITHOUT, weighed[weighed["asylum"] != main])):
        sums = kept.groupby("year")[list(UNITS.values())].sum(min_count=1).reindex(wanted)
        sums.loc[sums.index.isin(list(partial.get(destinations, ())))] = np.nan
        found |= {(LODGED, unit, destinations): sums[column] for unit, column in UNITS.items()}
    index = pd.MultiIndex.from_tuples(found, names=SERIES_KEY)
    rows = [values.reindex(wanted).astype("float64").to_numpy() for values in found.values()]
    return pd.DataFrame(np.array(rows, dtype=float), index=index, columns=wanted)


def compare_spans(
    variants: pd.DataFrame, boundaries: Sequence[Boundary], years: range
) -> pd.DataFrame:
    """Compare two eras in every series (`list_variants`), for every boundary and every start.

    Returns measure, unit, destinations, boundary, start (of the earlier era), start_year,
    earlier_mean, later_mean, ratio, where at least half of either era's years have a value and the
    earlier mean is no count under `FEWEST_FOR_RATIO`.
    """
    parts = []
    for boundary in boundaries:
        earlier, later = clip_pair(boundary, years)
        if min(len(earlier), len(later)) < FEWEST_IN_ERA:
            continue
        last = _average(variants, later)
        for start, year in zip(STARTS, list_starts(earlier), strict=False):
            first = _average(variants, range(year, earlier.stop))
            part = pd.DataFrame({"earlier_mean": first, "later_mean": last})
            is_share = first.index.get_level_values("measure") == SHARE
            is_told = (first > 0) & (is_share | (first >= FEWEST_FOR_RATIO))
            part["ratio"] = last / first.where(is_told)
            part = part[part["ratio"] > 0].reset_index()
            parts.append(part.assign(boundary=boundary.name, start=start, start_year=year))
    table, questions = stack(parts, COMPARED), (PENDING, SHARE, LODGED)
    return sort_listed(table, ["measure", "ratio", *CHOICES], "measure", questions)


def list_starts(span: Sequence[int]) -> list[int]:
    """Return the years that the earlier era may begin with, as long as three of it are left.

    >>> list_starts(range(2003, 2013)), list_starts(range(2010, 2013)), list_starts([2012])
    ([2003, 2005, 2007], [2010], [2012])
    """
    starts = [span[0] + step for step in (0, 2, 4)]
    last = max(span[-1] - FEWEST_YEARS + 1, span[0])
    return [year for year in starts if year <= last]


def _average(variants: pd.DataFrame, years: range) -> pd.Series:
    """Average over years; missing where fewer than half of them have a value."""
    values = variants[list(years)]
    return values.mean(axis=1).where(values.count(axis=1) * 2 >= len(years))


def rank_choices(specifications: pd.DataFrame) -> pd.DataFrame:
    """Say how far each choice alone moves the answers to each question (`compare_spans`).

    Returns measure, answers (how many), least, most (ratios), choice, typical_factor (the greatest
    ratio over the least among answers that differ in that choice alone: geometric mean). The choice
    that moves most first.

    >>> base = dict.fromkeys(["measure", *CHOICES], "x")
    >>> rows = [base | {"unit": "a", "ratio": 2.0}, base | {"unit": "b", "ratio": 6.0}]
    >>> rank_choices(pd.DataFrame(rows))[["choice", "typical_factor"]].round(3).values.tolist()
    [['unit', 3.0]]
    """
    columns = ["measure", "answers", "least", "most", "choice", "typical_factor"]
    rows = []
    for measure, own in specifications.groupby("measure", sort=False):
        logs = own["ratio"].astype("float64").transform(np.log)
        facts = measure, len(own), own["ratio"].min(), own["ratio"].max()
        ranked = []
        for choice in CHOICES:
            others = [own[name] for name in CHOICES if name != choice]
            sets = logs.groupby(others).agg(["min", "max", "size"]).query("size > 1")
            spread = sets["max"] - sets["min"]
            if len(spread):
                ranked.append((*facts, choice, float(np.exp(spread.mean()))))
        rows += sorted(ranked, key=lambda row: -row[5])
    return pd.DataFrame(rows, columns=columns)


def repeats_main(tables: Core, main: str | None) -> bool:
    """Tell whether the main destination's last figures in a release only repeat the year before."""
    there = tables.by_asylum[tables.by_asylum["asylum"] == (main or "")].sort_values("year").tail(2)
    if len(there) < 2 or there["pending"].isna().any():
        return False
    pairs, same = there.iloc[-1][["pairs_in_both_years", "pairs_unchanged"]]
    is_same = pairs >= Thresholds.fewest_pairs and same >= Thresholds.same_pairs * pairs
    return bool(is_same or there["pending"].nunique() == 1)
