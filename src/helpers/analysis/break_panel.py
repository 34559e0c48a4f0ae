"""The panel that the rules for breaks read: one row a destination and year, with the year before.

It holds what UNHCR's rows say; no rule is applied yet. Figures of the origin and of all origins
together have columns of their own: a change in both is one of counting, not of one origin.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.measures import join_year_before
from helpers.analysis.stock_flow import APPEAL_LEVELS, KEY, walk_stock
from helpers.analysis.thresholds import THRESHOLDS
from helpers.data.releases import Core

_OF_WALK = ["start", "end", "expected_low", "expected_high", "residual", "is_testable"]
_OF_ALL = {
    "start": "total_before",
    "end": "total",
    "residual": "total_residual",
    "is_testable": "total_is_testable",
}


def narrow_core(core: Core, origin: str) -> Core:
    """Keep one origin's rows, and the destinations where it ever had a claim pending or lodged.

    Counts become floats, missing NaN: every rule computes in them, and turning them once is fast.
    Codes become plain objects, which small frames are grouped and joined by soonest.
    """
    ours = {
        name: getattr(core, name)[lambda frame: frame["origin"] == origin]
        for name in ("pending", "applications", "decisions")
    }
    held = ours["pending"][ours["pending"]["pending"] > 0]
    codes = set(held["asylum"]) | set(ours["applications"]["asylum"])
    every = {
        name: getattr(core, name)[lambda frame: frame["asylum"].isin(codes)]
        for name in ("by_asylum", "applications_by_asylum", "decisions_by_asylum")
    }
    tables: dict[str, Any] = {name: _make_plain(frame) for name, frame in (ours | every).items()}
    return replace(core, **tables)


def _make_plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn counts to floats and codes to objects; `select_dtypes` would take years along."""
    counts = {name: "float64" for name, kind in frame.dtypes.items() if kind == pd.Int64Dtype()}
    codes = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype)]
    return frame.astype(counts | dict.fromkeys(codes, "object"))


def build_panel(core: Core, walk: pd.DataFrame) -> pd.DataFrame:
    """Build the panel of an origin's destinations (`narrow_core`, and `walk_stock` of the origin).

    Returns asylum, year; of the origin: end (pending), expected_low, expected_high, residual,
    is_testable, lodged and decided (appeals apart, cases as one each), new (type N); of all
    origins: total (pending), total_residual, total_is_testable, unknown, origins, all_lodged,
    all_new, lodged_unknown, rows (of claims lodged), all_decided, decided_unknown, pairs and
    same_pairs (of origins reported in both years); sum_pending and sum_lodged (the origin's over
    all destinations); the same of the year before with `_before`; matters (the destination holds
    `breaks_total` of the origin's claims, this year or the year before). Missing is NaN.
    """
    totals = walk_stock(core, None).set_index(KEY)[list(_OF_ALL)].rename(columns=_OF_ALL)
    own = walk.set_index(KEY)[_OF_WALK].rename(columns={"start": "end_before"})
    panel = own.join(totals, how="outer").astype("float64")
    for name in ("is_testable", "total_is_testable"):
        panel[name] = panel[name].eq(1.0)
    stock = core.by_asylum.set_index(KEY)
    claims = core.applications_by_asylum
    figures = {
        "lodged": sum_flow(core.applications, "applied"),
        "new": _sum_new(core.applications),
        "all_lodged": sum_flow(claims, "applied"),
        "all_new": _sum_new(claims),
        "lodged_unknown": sum_flow(claims, "applied_unknown_origin"),
        "unknown": stock["pending_unknown_origin"],
        "origins": stock["origins"],
        "rows": claims.groupby(KEY).size(),
        "decided": sum_flow(core.decisions, "total"),
        "all_decided": sum_flow(core.decisions_by_asylum, "total"),
        "decided_unknown": sum_flow(core.decisions_by_asylum, "total_unknown_origin"),
        "pairs": stock["pairs_in_both_years"],
        "same_pairs": stock["pairs_unchanged"],
    }
    table = pd.concat(figures, axis=1)
    panel = join_year_before(panel.join(table).reset_index(), table.reset_index())
    by_year = {
        "sum_pending": core.pending.groupby("year")["pending"].sum(min_count=1),
        "sum_lodged": figures["lodged"].groupby("year").sum(min_count=1),
    }
    sums = pd.concat(by_year, axis=1)
    panel = join_year_before(panel.join(sums, on="year"), sums.reset_index(), by=())
    shares = [
        panel["end"] / panel["sum_pending"],
        panel["end_before"] / panel["sum_pending_before"],
        panel["lodged"] / panel["sum_lodged"],
        panel["lodged_before"] / panel["sum_lodged_before"],
    ]
    panel["matters"] = np.fmax.reduce(shares) >= THRESHOLDS.breaks_total
    return panel.sort_values(["year", "asylum"], ignore_index=True)


def sum_flow(frame: pd.DataFrame, value: str) -> pd.Series:
    """Sum a flow but appeals, by destination and year; cases count as one each."""
    kept = frame[~frame["level_code"].isin(APPEAL_LEVELS)]
    return kept.groupby(KEY)[value].sum(min_count=1).astype("float64")


def _sum_new(frame: pd.DataFrame) -> pd.Series:
    """Sum new claims lodged, strict, by destination and year."""
    return frame[frame["stage"] == "new"].groupby(KEY)["applied"].sum().astype("float64")
