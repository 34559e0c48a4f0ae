"""Pending claims of unknown origin: how many of them may be the origin's.

Setting them to zero is the worst choice (Marbach, 2018, doi 10.1177/2053168018803239). Every
destination with claims of unknown origin enters, whether or not the origin was ever named there.

The main rule gives the origin the share that it had, among the claims of named origin, in the
nearest *complete* year (under 5 % unknown, 50 claims named): the year itself, else within three
years before, the nearer first, else within three years after.

Where there is no such year, a destination can still be too small to matter, and leaving the whole
upper bound empty for its sake would hide more than it tells. So it is bounded from above, by the
first of these that holds, and the rule is named in the row:

- `minor`: the origin's share at that destination is known otherwise (nearest complete year at
  any distance; named claims of that year; named claims lodged that year), and the greatest of
  those shares, given to all its unknown claims, adds at most 1 % of the origin's total;
- `all`: every claim of unknown origin there, together, is at most 0.25 % of the origin's total,
  and all of it is added;
- `none`: else what is to be added is missing, the year's upper bound is empty, and the
  destination is named.

`Allocation(minor=0, all=0)` is the rule without these two exceptions. Three other rules stand
beside the main one: the origin's share among that year's named claims, its share in the named
claims lodged that year, and the stock rolled forward with lodged and decided from the last
complete year.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.by_place import (
    STANDARD,
    Allocation,
    Claims,
    Ledger,
    make_lodged_ledger,
    make_stock_ledger,
    sum_by_year,
)
from helpers.analysis.flows import walk_stock

if TYPE_CHECKING:
    from helpers.data.releases import Core

FAR = 60  # years: "at any distance", the series are shorter
COLUMNS = [
    "year", "asylum", "unknown", "unknown_share", "base_year", "share", "rule", "added",
    "added_share_named", "added_share_lodged", "added_roll_forward",
]  # fmt: skip


def allocate_unknown(
    core: Core,
    origin: str,
    years: Iterable[int] | None = None,
    rules: Allocation = STANDARD,
    walk: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Allocate pending claims of unknown origin to an origin, by the main rule and others.

    Parameters
    ----------
    core : Core
        A release's tables.
    origin : str
        ISO3 code.
    years : iterable of int, optional
        The years to return; base years are sought in all years on file.
    rules : Allocation
        Limits of the main rule.
    walk : DataFrame, optional
        `walk_stock(core, origin)` where it is at hand already; saves computing it.

    Returns
    -------
    DataFrame
        year, asylum, unknown (claims), unknown_share (0-1 of the destination's pending),
        base_year, share (0-1), rule (main, minor, all, none), added (claims; missing where no
        rule holds), added_share_named, added_share_lodged, added_roll_forward (claims by the
        other rules; missing where they cannot be had). One row a destination and year with
        claims of unknown origin.
    """
    stock = make_stock_ledger(core, origin)
    lodged = make_lodged_ledger(core, origin)
    totals = sum_by_year(core.pending, origin, "pending")
    rolled = _roll_forward(walk_stock(core, origin) if walk is None else walk, stock, rules)
    wanted = None if years is None else set(years)
    rows = []
    for (asylum, year), here in sorted(stock.items(), key=lambda item: item[0][::-1]):
        if here.unknown <= 0 or (wanted is not None and year not in wanted):
            continue
        flow = lodged.get((asylum, year))
        base, share, rule = choose_share(stock, asylum, year, totals.get(year, 0.0), rules, flow)
        lodged_share = flow.share if flow else None
        rows.append((
            year, asylum, here.unknown, here.unknown / (here.named + here.unknown), base, share,
            rule, _times(here.unknown, share), _times(here.unknown, here.share),
            _times(here.unknown, lodged_share), rolled.get((asylum, year)),
        ))  # fmt: skip
    return type_columns(pd.DataFrame(rows, columns=COLUMNS))


def choose_share(
    ledger: Ledger,
    asylum: str,
    year: int,
    total: float,
    rules: Allocation,
    flow: Claims | None = None,
) -> tuple[int | None, float | None, str]:
    """Choose the share of a place's unknown claims that goes to the origin.

    Parameters
    ----------
    ledger : mapping
        (asylum, year) -> Claims.
    asylum, year
        Where and when.
    total : float
        The origin's total in that year, which says what is too small to matter.
    rules : Allocation
        Limits.
    flow : Claims, optional
        The claims lodged there and then, for a share where the ledger has none.

    Returns
    -------
    tuple
        base year or None, share (0-1) or None, rule (main, minor, all, none).
    """
    base = find_base_year(ledger, asylum, year, rules)
    here = ledger[asylum, year]
    if base is not None:
        return base, ledger[asylum, base].share, "main"
    shares = _list_other_shares(ledger, asylum, year, rules, flow)
    if shares and max(shares) * here.unknown <= rules.minor * total:
        return None, max(shares), "minor"
    if here.unknown <= rules.all * total:
        return None, 1.0, "all"
    return None, None, "none"


def find_base_year(ledger: Ledger, asylum: str, year: int, rules: Allocation) -> int | None:
    """Find the nearest complete year: itself, before within reach, else after within reach."""
    steps = [0, *range(-1, -rules.reach - 1, -1), *range(1, rules.reach + 1)]
    for step in steps:
        claims = ledger.get((asylum, year + step))
        if claims is not None and claims.is_complete(rules):
            return year + step
    return None


def _list_other_shares(
    ledger: Ledger, asylum: str, year: int, rules: Allocation, flow: Claims | None
) -> list[float]:
    """List the origin's shares that other evidence gives: far years, that year, lodged."""
    complete = [
        (abs(step), year + step)
        for step in range(-FAR, FAR + 1)
        if (asylum, year + step) in ledger and ledger[asylum, year + step].is_complete(rules)
    ]
    found = [ledger[asylum, min(complete)[1]]] if complete else []
    found += [c for c in (ledger[asylum, year], flow) if c and c.named >= rules.fewest_named]
    return [claims.share for claims in found if claims.share is not None]


def _roll_forward(
    walk: pd.DataFrame, stock: Ledger, rules: Allocation
) -> dict[tuple[str, int], float]:
    """Roll the origin's stock forward from the last complete year with x1 flows.

    Returns what this adds to the reported figure, at least 0, for incomplete years within reach.
    """
    walk = walk[walk["is_testable"]]
    net = (walk["expected"] - walk["start"]).astype("float64")
    flows = dict(zip(zip(walk["asylum"], walk["year"], strict=True), net, strict=True))
    added = {}
    for (asylum, year), here in stock.items():
        base = find_base_year(stock, asylum, year, rules)
        if base is None or base >= year:
            continue
        steps = [flows.get((asylum, when)) for when in range(base + 1, year + 1)]
        if all(step is not None for step in steps):
            expected = stock[asylum, base].ours + sum(step for step in steps if step is not None)
            added[asylum, year] = max(0.0, expected - here.ours)
    return added


def _times(claims: float, share: float | None) -> float | None:
    return None if share is None else claims * share


def type_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Set counts to Int64 and shares to Float64; missing stays missing."""
    for name in frame.columns:
        if name.startswith("added") or name in ("unknown", "base_year"):
            frame[name] = frame[name].astype("Float64").round().astype("Int64")
        elif name.endswith("share"):
            frame[name] = frame[name].astype("Float64")
    return frame.astype({"year": "int64"})
