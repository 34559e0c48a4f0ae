"""Claims of unknown origin: how many of them may be the origin's, and the bounds that gives.

Setting them to zero is the worst choice (Marbach, 2018, doi 10.1177/2053168018803239). The main
rule gives the origin the share that it had, among the claims of named origin, in the nearest
*complete* year (`COMPLETE`, `FEWEST_NAMED`): the year itself, else within `REACH` years before, the
nearer first, else as far after. Without one, the first of these that holds is named in the row:

- `minor`: the greatest share known otherwise (nearest complete year at any distance; named claims
  of that year, pending or lodged) adds at most `MINOR` of the origin's total;
- `all`: all the unknown claims there are at most `ALL` of the origin's total, and are added;
- `none`: what is to be added is missing, the year's upper bound is empty, and the destination is
  named as undetermined. The greatest share ever among its named claims gives an outer limit.

Three other rules are computed too: the origin's share among that year's named claims, its share in
the named claims lodged that year, and the stock rolled forward from the last complete year. None
of the four is the right one, so the upper bound of a year is the greatest of their four totals.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.analysis.measures import sum_whole
from helpers.analysis.stock_flow import walk_stock
from helpers.data.releases import Core

# Total of a year by each rule -> what the rule adds at a destination.
RULES = {
    "by_nearest_year": "added",
    "by_share_named": "added_share_named",
    "by_share_lodged": "added_share_lodged",
    "by_roll_forward": "added_roll_forward",
}
_STOCK_COLUMNS = [
    "year", "asylum", "unknown", "base_year", "share", "rule", *RULES.values(), "added_at_most",
]  # fmt: skip
# A year is complete below this share of unknown origin, with this many claims named (a share of a
# handful is noise); it is sought within so many years before, then after. The study's method.
COMPLETE, FEWEST_NAMED, REACH = 0.05, 50, 3
# Shares of the origin's total: a tenth and a fortieth of what counts as a break.
MINOR, ALL = 0.01, 0.0025
_LODGED_KEY = ["year", "asylum", "stage", "stage_code", "level_code", "unit"]


class Claims(NamedTuple):
    """Claims at one destination and year."""

    ours: float
    named: float  # of any named origin
    unknown: float
    share: float  # the origin's of the named claims; NaN where none are named
    is_enough: bool  # so many claims are named that a share of them means something
    is_complete: bool  # and hardly any claim lacks its origin


Years = dict[int, Claims]
Choice = tuple[int | None, float, str]


def _collect_years(
    every: pd.DataFrame, ours: pd.DataFrame, value: str, by: tuple[str, ...] = ("asylum",)
) -> dict[tuple[str, ...], Years]:
    """Return each destination's claims by year; years without a claim are left out."""
    key = [*by, "year"]
    sums = every.groupby(key)[[value, f"{value}_unknown_origin"]].sum()
    table = sums.join(ours.groupby(key)[value].sum().rename("ours")).astype("float64").fillna(0.0)
    found: dict[tuple[str, ...], Years] = {}
    for (*place, year), whole, unknown, mine in table[table[value] > 0].itertuples(name=None):
        named = max(0.0, whole - unknown)
        share = min(1.0, mine / named) if named > 0 else np.nan
        is_enough = named >= FEWEST_NAMED
        is_complete = is_enough and unknown / (named + unknown) < COMPLETE
        claims = Claims(mine, named, unknown, share, is_enough, is_complete)
        found.setdefault(tuple(place), {})[year] = claims
    return found


def _choose_share(here: Years, year: int, total: float, lodged: Claims | None = None) -> Choice:
    """Choose the base year, the share of unknown claims that goes to the origin, and the rule."""
    # The year itself, else before within reach, else after.
    near = [*range(year, year - REACH - 1, -1), *range(year + 1, year + REACH + 1)]
    base = next((when for when in near if when in here and here[when].is_complete), None)
    if base is not None:
        return base, here[base].share, "main"
    complete = [when for when, claims in here.items() if claims.is_complete]
    far = [here[min(complete, key=lambda when: (abs(when - year), when))]] if complete else []
    now = [claims for claims in (here[year], lodged) if claims and claims.is_enough]
    share = _find_greatest(claims.share for claims in far + now)
    if share * here[year].unknown <= MINOR * total:
        return None, share, "minor"
    if here[year].unknown <= ALL * total:
        return None, 1.0, "all"
    return None, np.nan, "none"


def _find_greatest(values: Iterable[float]) -> float:
    """Find the greatest value; NaN where none is known."""
    return float(np.fmax.reduce([np.nan, *values]))


def allocate_unknown(core: Core, origin: str) -> pd.DataFrame:
    """Allocate pending claims of unknown origin to an origin, by the main rule and others.

    Returns year, asylum, unknown (claims), base_year, share (0-1), rule (main, minor, all, none),
    added (claims; missing where no rule holds), added_share_named, added_share_lodged,
    added_roll_forward (by the other rules), added_at_most (the most that a rule adds; where none
    holds, by the greatest share ever).
    """
    pending = core.pending[core.pending["origin"] == origin]
    ours = core.applications[core.applications["origin"] == origin]
    stock = _collect_years(core.by_asylum, pending, "pending")
    lodged = _collect_years(core.applications_by_asylum, ours, "applied")
    totals = pending.groupby("year")["pending"].sum().astype("float64")
    walk = walk_stock(core, origin)
    walk = walk[walk["is_testable"]].set_index(["asylum", "year"])
    net = (walk["expected"] - walk["start"]).astype("float64").to_dict()
    rows = []
    for place, here in stock.items():
        ever = _find_greatest(claims.share for claims in here.values() if claims.is_enough)
        for year, claims in here.items():
            if claims.unknown <= 0:
                continue
            flow = lodged.get(place, {}).get(year)
            base, share, rule = _choose_share(here, year, totals.get(year, 0.0), flow)
            shares = share, claims.share, flow.share if flow else np.nan
            added = [claims.unknown * each for each in shares]
            # The stock rolled forward from the last complete year, each case as one person.
            first = year if base is None else base
            steps = [net.get((*place, when), np.nan) for when in range(first + 1, year + 1)]
            rolled = here[first].ours + sum(steps) - claims.ours if steps else np.nan
            added.append(np.maximum(0.0, rolled))
            most = claims.unknown * ever if rule == "none" else _find_greatest(added)
            rows.append((year, *place, claims.unknown, base, share, rule, *added, most))
    found = _set_types(pd.DataFrame(rows, columns=_STOCK_COLUMNS))
    return found.sort_values(["year", "asylum"], ignore_index=True)


def allocate_unknown_lodged(core: Core, origin: str) -> pd.DataFrame:
    """Allocate lodged claims of unknown origin to an origin.

    By the share of the same destination and level (immigration service and court differ), else of
    the whole destination. Shares mix persons and cases; counts never do. Returns year, asylum,
    stage, stage_code, level_code, unit, unknown, base_year, share, rule, added, greatest_share
    (0-1, of these and the origin's among that year's named claims lodged and pending).
    """
    every = core.applications_by_asylum
    ours = core.applications[core.applications["origin"] == origin]
    by_level = _collect_years(every, ours, "applied", ("asylum", "level_code"))
    whole = _collect_years(every, ours, "applied")
    pending = core.pending[core.pending["origin"] == origin]
    stock = _collect_years(core.by_asylum, pending, "pending")
    totals = ours.groupby("year")["applied"].sum().astype("float64")
    frame = every[every["applied_unknown_origin"].fillna(0) > 0]
    columns = [*_LODGED_KEY, "unknown", "base_year", "share", "rule", "added", "greatest_share"]
    rows = []
    for row in frame[[*_LODGED_KEY, "applied_unknown_origin"]].itertuples(index=False, name=None):
        year, asylum, _, _, level, _, unknown = row
        total = totals.get(year, 0.0)
        there = _choose_share(whole[asylum,], year, total)
        chosen = _choose_share(by_level[asylum, level], year, total)
        base, share, rule = chosen if chosen[2] == "main" else there
        now = [flows.get((asylum,), {}).get(year) for flows in (whole, stock)]
        most = _find_greatest([share, there[1], *(claims.share for claims in now if claims)])
        rows.append((*row, base, share, rule, unknown * share, most))
    return _set_types(pd.DataFrame(rows, columns=columns))


def _set_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Set counts to Int64 and shares to Float64; missing stays missing."""
    for name in frame.columns.difference(["year", "asylum", "rule", *_LODGED_KEY]):
        values = frame[name].astype("Float64")
        is_share = name in ("share", "greatest_share")
        frame[name] = values if is_share else values.round().astype("Int64")
    return frame.astype({"year": "int64"})


def bound_pending(core: Core, origin: str, years: Iterable[int]) -> pd.DataFrame:
    """Bound an origin's pending total in each year.

    Returns year, lower (reported), least and upper (of the totals by rule; missing where
    undetermined), outer (upper, or the outer limit), added (by the main rule), added_minor (of it
    at destinations too small to matter), undetermined (codes), undetermined_claims,
    by_nearest_year, by_share_named, by_share_lodged, by_roll_forward (the total by each rule, else
    by the main one).
    """
    allocated = allocate_unknown(core, origin)
    ours = core.pending[core.pending["origin"] == origin]
    index, lost = pd.Index(list(years), name="year"), allocated["rule"] == "none"
    lower = sum_whole(ours, "year", "pending").reindex(index)
    by_rule = {
        name: allocated[rule].fillna(allocated["added"]).mask(lost) for name, rule in RULES.items()
    }
    parts = by_rule | {
        "added_minor": allocated["added"].where(allocated["rule"].isin(["minor", "all"])),
        "undetermined_claims": allocated["unknown"].where(lost),
        "beyond": allocated["added_at_most"].where(lost),
    }
    sums = pd.DataFrame(parts).groupby(allocated["year"]).sum().reindex(index).fillna(0)
    totals = sums[list(RULES)].add(lower, axis=0)
    undetermined = _join_lost(allocated, ["year"], index)
    known = totals.where(undetermined == "")
    has_no_limit = allocated.loc[lost & allocated["added_at_most"].isna(), "year"]
    figures = {
        "lower": lower,
        "least": known.min(axis=1),
        "upper": known.max(axis=1),
        "outer": (totals.max(axis=1) + sums["beyond"]).where(~index.isin(has_no_limit)),
        "added": sums["by_nearest_year"],
        "added_minor": sums["added_minor"],
        "undetermined": undetermined,
        "undetermined_claims": sums["undetermined_claims"],
    }
    table = pd.DataFrame(figures).join(known)
    return table.astype(dict.fromkeys(table.columns.drop("undetermined"), "Int64")).reset_index()


def bound_applied(core: Core, origin: str) -> pd.DataFrame:
    """Bound an origin's lodged claims by year, stage and unit.

    Returns year, stage, unit, lower (reported; missing where there is no row), upper (missing where
    undetermined, or where lower is and nothing is added), undetermined (destinations).
    """
    allocated = allocate_unknown_lodged(core, origin)
    key = ["year", "stage", "unit"]
    ours = core.applications[core.applications["origin"] == origin]
    lower = sum_whole(ours, key, "applied").astype("Int64").rename("lower")
    added = allocated.groupby(key)["added"].sum().rename("added")
    frame = pd.concat([lower, added], axis=1).sort_index().fillna({"added": 0})
    frame["undetermined"] = _join_lost(allocated, key, frame.index)
    frame["upper"] = (frame["lower"].fillna(0) + frame["added"]).where(frame["undetermined"] == "")
    return frame.reset_index()[[*key, "lower", "upper", "undetermined"]]


def _join_lost(allocated: pd.DataFrame, key: list[str], index: pd.Index) -> pd.Series:
    """Join the codes of the destinations where no rule holds, by the key; empty where it does."""
    lost = allocated[allocated["rule"] == "none"].groupby(key)["asylum"]
    codes = lost.agg(lambda codes: " ".join(sorted(set(codes)))).reindex(index)
    return codes.astype("object").fillna("").astype("str")
