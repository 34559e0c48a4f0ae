"""Stock and flow: last year's pending claims, plus lodged, less decided, should be this year's.

UNHCR's stocks and flows come from the same authorities but not from one register, so the identity
seldom holds to the last digit; a large residual says that one of the three was counted otherwise.
Flows in cases enter once as they are and once times `PERSONS_A_CASE`, and flows enter without and
with appeal levels; `expected_low` and `expected_high` are the least and the greatest of the four
results, and the residual is how far the reported stock lies outside them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.analysis.measures import join_year_before
from helpers.analysis.thresholds import PERSONS_A_CASE, Thresholds
from helpers.data.releases import Core

APPEAL_LEVELS = ("AR", "JR")
KEY = ["asylum", "year"]
FLOWS = ["lodged_persons", "lodged_cases", "decided_persons", "decided_cases"]
# Figures of an origin and of all origins: the table of `Core` that holds each, and its column.
SOURCES = {
    "end": ("pending", "pending"),
    "lodged": ("applications", "applied"),
    "decided": ("decisions", "total"),
    "total": ("by_asylum", "pending"),
    "unknown": ("by_asylum", "pending_unknown_origin"),
    "origins": ("by_asylum", "origins"),
    "pairs": ("by_asylum", "pairs_in_both_years"),
    "same_pairs": ("by_asylum", "pairs_unchanged"),
    "all_lodged": ("applications_by_asylum", "applied"),
    "lodged_unknown": ("applications_by_asylum", "applied_unknown_origin"),
    "all_decided": ("decisions_by_asylum", "total"),
    "decided_unknown": ("decisions_by_asylum", "total_unknown_origin"),
}
_COUNTS = ["start", *FLOWS, "end", "expected", "expected_low", "expected_high", "residual"]


def has_pair(rows: pd.DataFrame, among: pd.DataFrame) -> np.ndarray:
    """Tell which rows have a destination and year that others have too."""
    return pd.MultiIndex.from_frame(rows[KEY]).isin(pd.MultiIndex.from_frame(among[KEY]))


def sum_figures(core: Core, origin: str, names: Iterable[str] = tuple(SOURCES)) -> pd.DataFrame:
    """Sum figures of `SOURCES` by destination and year, appeals apart; cases count as one each."""
    sums = {}
    for name in names:
        table, value = SOURCES[name]
        rows = getattr(core, table)
        rows = rows[rows["origin"] == origin] if "origin" in rows else rows
        rows = rows[~rows["level_code"].isin(APPEAL_LEVELS)] if "level_code" in rows else rows
        sums[name] = rows.groupby(KEY)[value].sum(min_count=1).astype("float64")
    return pd.concat(sums, axis=1)


def walk_stock(core: Core, origin: str | None, years: Iterable[int] | None = None) -> pd.DataFrame:
    """Walk pending claims from year to year at each destination; `origin` None is all origins.

    Returns year, asylum, start and end (pending), lodged_persons, lodged_cases, decided_persons,
    decided_cases (all levels), expected (x1, without appeals), expected_low, expected_high,
    residual (end beyond that range, signed), unit_mix (persons, cases, mixed or empty), is_testable
    (stock reported in both years and both flows in this one; else expected and residual are
    missing). Absent where the destination reports counts as 0: UNHCR leaves out zeros.
    """
    every = [core.by_asylum, core.applications_by_asylum, core.decisions_by_asylum]
    ours = [core.pending, core.applications, core.decisions]
    stocks, lodged, decided = (
        every if origin is None else [frame[frame["origin"] == origin] for frame in ours]
    )
    stock = stocks.groupby(KEY)["pending"].sum(min_count=1).astype("float64")
    parts = []
    for rows, value, name in ((lodged, "applied", "lodged_"), (decided, "total", "decided_")):
        first = rows[~rows["level_code"].isin(APPEAL_LEVELS)]
        parts += [_sum_flow(rows, value, name), _sum_flow(first, value, name).add_suffix("_first")]
    flows = pd.concat(parts, axis=1)
    held = stock.index[stock > 0]
    later = pd.MultiIndex.from_arrays(
        [held.get_level_values("asylum"), held.get_level_values("year") + 1], names=KEY
    )
    # Absent at a destination that reports is nearly none; absent elsewhere is not known.
    reported = core.by_asylum.dropna(subset=["pending"]).set_index(KEY).index
    ends = stock.reindex(reported).fillna(0.0).rename("end")
    index = flows.index.union(stock.index).union(later)
    walk = flows.reindex(index).join(ends).reset_index()
    walk = join_year_before(walk, ends.reset_index()).rename(columns={"end_before": "start"})
    walk = _expect(walk, has_pair(walk, every[1]) & has_pair(walk, every[2]))
    span = pd.concat([core.by_asylum["year"], core.applications_by_asylum["year"]])
    wanted = range(span.min() + 1, span.max() + 1) if len(span) else range(0)
    walk = walk[walk["year"].isin(wanted if years is None else set(years) & set(wanted))]
    walk[_COUNTS] = walk[_COUNTS].astype("Float64").round().astype("Int64")
    order = ["year", "asylum", *_COUNTS, "unit_mix", "is_testable"]
    return walk[order].sort_values(["year", "asylum"], ignore_index=True)


def _sum_flow(frame: pd.DataFrame, value: str, name: str) -> pd.DataFrame:
    """Sum a flow by destination and year, a column a unit."""
    sums = frame.groupby([*KEY, "unit"])[value].sum().astype("float64").unstack("unit")
    return sums.reindex(columns=["persons", "cases"]).add_prefix(name)


def _expect(walk: pd.DataFrame, has_flows: np.ndarray) -> pd.DataFrame:
    """Add what the flows lead one to expect, the residual and the units."""
    is_testable = has_flows & walk["start"].notna() & walk["end"].notna()
    known, results = walk.fillna(0), []
    for factor in (1.0, PERSONS_A_CASE):
        for part in ("_first", ""):
            persons, cases = (
                known[f"lodged_{unit}{part}"] - known[f"decided_{unit}{part}"]
                for unit in ("persons", "cases")
            )
            results.append(walk["start"] + persons + factor * cases)
    table = pd.concat(results, axis=1).where(is_testable, axis=0)
    low, high = table.min(axis=1), table.max(axis=1)
    in_persons, in_cases = (
        walk.filter(like=unit).notna().any(axis=1) for unit in ("_persons", "_cases")
    )
    return walk.assign(
        expected=table.iloc[:, 0],
        expected_low=low,
        expected_high=high,
        residual=(walk["end"] - high).clip(lower=0) + (walk["end"] - low).clip(upper=0),
        unit_mix=np.select(
            [in_persons & in_cases, in_persons, in_cases], ["mixed", "persons", "cases"], ""
        ),
        is_testable=is_testable,
    )


def account_destinations(walk: pd.DataFrame) -> pd.DataFrame:
    """Add to each destination's walk (`walk_stock`) what the residual means.

    Adds change (end - start), untested (the change where stock or flows are missing), explained
    (the rest, less the residual), residual_share (0-1 of the greater stock), is_large (over
    `Thresholds.breaks_total`). explained + residual + untested is change.
    """
    start, end, residual = walk["start"].fillna(0), walk["end"].fillna(0), walk["residual"]
    change = end - start
    untested = change.where(residual.isna(), 0)
    greater = start.where(start > end, end)
    share = residual.abs() / greater.where(greater > 0)
    return walk.assign(
        change=change,
        explained=change - residual.fillna(0) - untested,
        untested=untested,
        residual_share=share,
        is_large=(share > Thresholds.breaks_total).fillna(False).astype(bool),
    )


def account_years(account: pd.DataFrame) -> pd.DataFrame:
    """Add up `account_destinations` by year; persons and cases keep columns of their own.

    Returns year, start, the four flows, end, change, explained, residual (net), residual_gross
    (sizes added up), untested, residual_share (0-1: residual and untested, of the greater stock),
    is_large, worst (ISO3 with the greatest residual, or empty).
    """
    account = account.assign(residual_gross=account["residual"].abs().fillna(0))
    grouped, sums = account.groupby("year"), ["start", "end", "change", "explained", "residual"]
    table = grouped[[*sums, "residual_gross", "untested"]].sum()
    table = table.join(grouped[FLOWS].sum(min_count=1))
    large = account[account["residual_gross"] > 0].sort_values(["residual_gross", "asylum"])
    worst = large.groupby("year")["asylum"]
    table["worst"] = worst.last().reindex(table.index).fillna("")
    greater = table[["start", "end"]].max(axis=1)
    left = (table["residual"] + table["untested"]).abs()
    table["residual_share"] = (left / greater.where(greater > 0)).astype("Float64")
    is_large = table["residual_share"] > Thresholds.breaks_total
    table["is_large"] = is_large.fillna(False).astype(bool)
    order = [
        "start", *FLOWS, "end", "change", "explained", "residual", "residual_gross", "untested",
        "residual_share", "is_large", "worst",
    ]  # fmt: skip
    return table[order].reset_index()


def split_new_and_old(walk: pd.DataFrame) -> pd.DataFrame:
    """Split each year-end stock of `walk_stock` into claims that the year before had, and others.

    What was not lodged during the year (appeals and repeat claims included, each case
    `PERSONS_A_CASE` persons) was pending before, or came from nowhere in the data. Returns year,
    pending, counted_before (at least), lodged (at most), unaccounted (neither),
    counted_before_most.

    >>> walk = pd.DataFrame({"year": [2001], "asylum": ["DDD"], "start": [100], "end": [150],
    ...                      "lodged_persons": [60], "lodged_cases": [0]})
    >>> split_new_and_old(walk)[["counted_before", "lodged", "unaccounted"]].values.tolist()
    [[90, 60, 0]]
    """
    names = ["start", "end", "lodged_persons", "lodged_cases"]
    known = walk[names].fillna(0).astype("float64")
    start, end = known["start"], known["end"]
    lodged = np.minimum(end, known["lodged_persons"] + PERSONS_A_CASE * known["lodged_cases"])
    parts = {
        "pending": end,
        "counted_before": np.minimum(start, end - lodged),
        "lodged": lodged,
        "counted_before_most": np.minimum(start, end),
    }
    sums = pd.DataFrame(parts).groupby(walk["year"]).sum().round()
    # Rounded parts would not add up; the last one takes what rounding leaves.
    sums.insert(3, "unaccounted", sums["pending"] - sums["lodged"] - sums["counted_before"])
    return sums.astype("Int64").reset_index()


def sum_counted_again(year_ends: pd.DataFrame) -> dict[str, float]:
    """Say how much of a sum of year-ends (`split_new_and_old`) is the same claims again.

    Returns first_year, last_year, total (the sum), again (at least: of an earlier year-end in the
    sum), again_share (0-1); empty without claims.
    """
    total = int(year_ends["pending"].sum())
    if total <= 0:
        return {}
    again = int(year_ends["counted_before"].iloc[1:].sum())
    return {
        "first_year": int(year_ends["year"].iloc[0]),
        "last_year": int(year_ends["year"].iloc[-1]),
        "total": total,
        "again": again,
        "again_share": again / total,
    }


def estimate_years_to_decide(core: Core, origin: str) -> pd.DataFrame:
    """Estimate how many years the claims pending would take at the pace of the year's decisions.

    No forecast and no one's waiting time. Appeal levels are left out, closed claims are in. Returns
    year, asylum, years_low (each case `PERSONS_A_CASE` persons), years_high (one person); missing
    where nothing was decided.
    """
    pending = core.pending[core.pending["origin"] == origin].groupby(KEY)["pending"].sum()
    ours = core.decisions[core.decisions["origin"] == origin]
    ended = _sum_flow(ours[~ours["level_code"].isin(APPEAL_LEVELS)], "total", "").fillna(0)
    paces = {}
    for name, factor in (("years_low", PERSONS_A_CASE), ("years_high", 1.0)):
        decided = ended["persons"] + factor * ended["cases"]
        paces[name] = pending.astype("float64") / decided.where(decided > 0)
    return pd.DataFrame(paces).astype("Float64").reset_index()
