"""Bounds of an origin's totals where destinations hold claims of unknown origin.

`lower` is what is reported. `upper` adds the origin's share of the claims of unknown origin, by
the rules of `unknown`; it is missing where a destination has no rule, and `undetermined` names
those destinations. Persons and cases keep rows of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.by_place import (
    STANDARD,
    Allocation,
    make_level_ledger,
    make_lodged_ledger,
    sum_by_year,
)
from helpers.analysis.unknown import allocate_unknown, choose_share, type_columns

if TYPE_CHECKING:
    from helpers.data.releases import Core

OTHER_RULES = {
    "upper_share_named": "added_share_named",
    "upper_share_lodged": "added_share_lodged",
    "upper_roll_forward": "added_roll_forward",
}
LODGED_KEY = ["year", "asylum", "stage", "stage_code", "level_code", "unit"]
LODGED_COLUMNS = [*LODGED_KEY, "unknown", "base_year", "share", "rule", "added"]


def bound_pending(
    core: Core,
    origin: str,
    years: Iterable[int] | None = None,
    rules: Allocation = STANDARD,
    allocated: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Bound an origin's pending total in each year.

    Parameters
    ----------
    core : Core
        A release's tables.
    origin : str
        ISO3 code.
    years : iterable of int, optional
        The years to bound; default all on file.
    rules : Allocation
        Limits of the main rule.
    allocated : DataFrame, optional
        `allocate_unknown` of the same, where it is at hand already; saves computing it.

    Returns
    -------
    DataFrame
        year, lower (reported), upper (missing where undetermined), added (by the rules that
        hold, with or without an upper bound), added_minor (the part of it from destinations
        too small to matter), undetermined (their codes, joined by a space; empty where none),
        undetermined_claims (all their claims of unknown origin), upper_share_named,
        upper_share_lodged, upper_roll_forward (the other rules, where each can be had, the main
        rule elsewhere; missing where upper is).
    """
    if allocated is None:
        allocated = allocate_unknown(core, origin, years, rules)
    totals = sum_by_year(core.pending[core.pending["pending"].notna()], origin, "pending")
    wanted = sorted(totals) if years is None else list(years)
    rows = [_bound_year(year, totals.get(year), allocated) for year in wanted]
    frame = pd.DataFrame(rows).reindex(columns=_BOUND_COLUMNS)
    return _type_bounds(frame)


_BOUND_COLUMNS = [
    "year", "lower", "upper", "added", "added_minor", "undetermined", "undetermined_claims",
    *OTHER_RULES,
]  # fmt: skip


def _bound_year(year: int, total: float | None, allocated: pd.DataFrame) -> dict[str, object]:
    """Bound one year: the reported total, and what the rules add."""
    here = allocated[allocated["year"] == year]
    lost = here[here["rule"] == "none"]
    added = float(here["added"].sum())
    row: dict[str, object] = {
        "year": year,
        "lower": total,
        "added": added,
        "added_minor": float(here.loc[here["rule"].isin(["minor", "all"]), "added"].sum()),
        "undetermined": " ".join(sorted(lost["asylum"])),
        "undetermined_claims": float(lost["unknown"].sum()),
    }
    if total is not None and lost.empty:
        row["upper"] = total + added
        for name, column in OTHER_RULES.items():
            row[name] = total + float(here[column].fillna(here["added"]).sum())
    return row


def _type_bounds(frame: pd.DataFrame) -> pd.DataFrame:
    words = ("undetermined", "stage", "unit")
    for name in frame.columns:
        if name not in words and name != "year":
            frame[name] = frame[name].astype("Float64").round().astype("Int64")
    return frame


def allocate_unknown_lodged(
    core: Core,
    origin: str,
    years: Iterable[int] | None = None,
    rules: Allocation = STANDARD,
) -> pd.DataFrame:
    """Allocate lodged claims of unknown origin to an origin.

    The share is the origin's among named claims of the same destination and level (immigration
    service and court differ) in the nearest complete year; where the level has none, that of the
    whole destination. Shares mix persons and cases; counts never do.

    Returns
    -------
    DataFrame
        year, asylum, stage, stage_code, level_code, unit, unknown, base_year, share, rule, added.
    """
    by_level = make_level_ledger(core, origin)
    whole = make_lodged_ledger(core, origin)
    totals = sum_by_year(core.applications, origin, "applied")
    frame = core.applications_by_asylum
    frame = frame[frame["applied_unknown_origin"].fillna(0) > 0]
    if years is not None:
        frame = frame[frame["year"].isin(list(years))]
    rows = []
    for key in frame[[*LODGED_KEY, "applied_unknown_origin"]].itertuples(index=False, name=None):
        year, asylum, level, unknown = key[0], key[1], key[4], float(key[-1])
        total = totals.get(year, 0.0)
        chosen = choose_share(by_level, f"{asylum} {level}", year, total, rules)
        if chosen[2] != "main":
            chosen = choose_share(whole, asylum, year, total, rules)
        base, share, rule = chosen
        added = None if share is None else unknown * share
        rows.append((*key[:-1], unknown, base, share, rule, added))
    return type_columns(pd.DataFrame(rows, columns=LODGED_COLUMNS))


def bound_applied(
    core: Core,
    origin: str,
    years: Iterable[int] | None = None,
    rules: Allocation = STANDARD,
) -> pd.DataFrame:
    """Bound an origin's lodged claims by year, stage and unit.

    Returns
    -------
    DataFrame
        year, stage, unit, lower (reported; missing where nothing is on file), upper (missing
        where undetermined or nothing is on file), added, undetermined (destinations).
    """
    allocated = allocate_unknown_lodged(core, origin, years, rules)
    key = ["year", "stage", "unit"]
    ours = core.applications[core.applications["origin"] == origin]
    if years is not None:
        ours = ours[ours["year"].isin(list(years))]
    lower = ours.groupby(key)["applied"].sum(min_count=1).astype("Float64").rename("lower")
    added = allocated.groupby(key)["added"].sum().astype("Float64").rename("added")
    lost = allocated[allocated["rule"] == "none"].groupby(key)["asylum"]
    names = lost.agg(lambda codes: " ".join(sorted(set(codes)))).rename("undetermined")
    frame = pd.concat([lower, added, names], axis=1).sort_index().reset_index()
    frame["added"] = frame["added"].fillna(0)
    frame["undetermined"] = frame["undetermined"].astype("str").where(lambda s: s.notna(), "")
    has_upper = frame["undetermined"] == ""
    frame["upper"] = (frame["lower"].fillna(0) + frame["added"]).where(has_upper)
    return _type_bounds(frame[[*key, "lower", "upper", "added", "undetermined"]])
