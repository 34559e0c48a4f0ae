"""Rules on levels: stock and flow, and coverage.

Each takes the panel of `break_panel` and returns findings; none knows an origin or a destination.
What each kind's `effect_on_origin` estimates, in claims, signed as what the break does to the
reported figure (minus: the figure is too low for it):

- stock_flow_gap: the residual of the stock-flow identity;
- coverage_drop, coverage_jump: the origin's change at that destination.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.analysis.break_panel import report
from helpers.analysis.thresholds import Thresholds


def find_stock_flow_gaps(panel: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Find stocks that last year's stock and this year's flows do not explain."""
    size = panel["residual"].abs()
    of_stock = size / panel[["start", "end"]].max(axis=1)
    of_origin = size / panel["sum_pending"]
    is_gap = (of_stock >= limits.gap_of_stock) | (of_origin > limits.breaks_total)
    # Where a destination names hardly any origin, the origin's zero is a gap, not a break.
    unnamed = (panel["unknown"] >= limits.gap * panel["total"]) & (
        panel["unknown_before"] >= limits.gap * panel["total_before"]
    )
    is_gap &= panel["is_testable"] & (size >= limits.fewest_of_origin) & ~unnamed
    rows = panel[is_gap].copy()
    rows["run"] = _count_runs(rows)
    text = (
        "expected {expected_low:,.0f} to {expected_high:,.0f} from {start:,.0f} a year before and"
        " the flows, reported {end:,.0f}; year {run} of a run of such gaps"
    )
    return report(rows, "stock_flow_gap", "stock_flow", text, rows["residual"])


def _count_runs(rows: pd.DataFrame) -> pd.Series:
    """Count the years of a run of gaps of one sign: an inflow that is not counted whole."""
    rows = rows.sort_values(["asylum", "year"])
    sign = np.sign(rows["residual"])
    follows = (
        rows["asylum"].eq(rows["asylum"].shift())
        & rows["year"].eq(rows["year"].shift() + 1)
        & sign.eq(sign.shift())
    )
    return follows.groupby((~follows).cumsum()).cumcount() + 1


def find_coverage_moves(panel: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Find totals of a destination that collapse or jump beyond what flows or history allow.

    Judged on all origins together; where that total is calm, on the origin's own figure, which
    is weaker evidence and needs a greater move.
    """
    every = _measure_move(panel, "total_before", "total", "total_residual", "total_is_testable")
    every["is_move"] = ((every["ratio"] <= limits.fall) | (every["ratio"] >= limits.rise)) & (
        panel[["total_before", "total"]].max(axis=1) >= limits.fewest
    )
    ours = _measure_move(panel, "start", "end", "residual", "is_testable")
    ours["is_move"] = (
        (ours["ratio"] <= limits.origin_fall) | (ours["ratio"] >= limits.origin_rise)
    ) & (panel[["start", "end"]].max(axis=1) >= limits.fewest_of_origin)
    history = every["log"].abs().groupby(panel["asylum"]).transform("median") * limits.history
    tested = every["is_move"] & (every["unexplained"] >= limits.unexplained)
    untested = every["is_move"] & every["unexplained"].isna() & (every["log"].abs() > history)
    # The origin alone: never where names went missing or came back, which is another kind.
    named = (
        panel["unknown"] / panel["total"] - panel["unknown_before"] / panel["total_before"]
    ).abs()
    alone = ours["is_move"] & (ours["unexplained"] >= limits.unexplained) & ~tested & ~untested
    alone &= ~(named >= limits.unknown_jump)
    return pd.concat([
        _report_moves(panel[tested], "level_and_flows", "strong"),
        _report_moves(panel[untested], "level_and_history", "weak"),
        _report_moves(panel[alone], "origin_level_and_flows", "weak"),
        _find_silences(panel, limits),
    ])  # fmt: skip


def _measure_move(
    panel: pd.DataFrame, before: str, now: str, residual: str, testable: str
) -> pd.DataFrame:
    """Return ratio, log ratio and the share of the move that flows leave unexplained."""
    start, end = panel[before], panel[now]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = end / start
        move = pd.DataFrame({"ratio": ratio, "log": np.log(ratio)})
        along = (panel[residual] * np.sign(end - start)).clip(lower=0)
        move["unexplained"] = (along / (end - start).abs()).where(panel[testable])
    move["log"] = move["log"].replace([np.inf, -np.inf], np.nan)
    return move


def _report_moves(rows: pd.DataFrame, rule: str, strength: str) -> pd.DataFrame:
    text = (
        "pending of all origins {total_before:,.0f} to {total:,.0f}, of this origin {start:,.0f}"
        " to {end:,.0f}"
    )
    by_origin = rule.startswith("origin")
    falls = rows["end"] < rows["start"] if by_origin else rows["total"] < rows["total_before"]
    change = (rows["end"] - rows["start"]).fillna(0.0)
    drop = report(rows[falls], "coverage_drop", rule, text, change[falls], strength=strength)
    jump = report(rows[~falls], "coverage_jump", rule, text, change[~falls], strength=strength)
    return pd.concat([drop, jump])


def _find_silences(panel: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Find destinations whose stock, or whose claims lodged, stop or start being reported."""
    pairs = {
        "pending": ("total_before", "total", "start", "end", "all_lodged", "no stock reported"),
        "applications": (
            "all_lodged_before", "all_lodged", "lodged_before", "lodged", "total",
            "no claims lodged reported, appeals apart",
        ),
    }  # fmt: skip
    found = []
    for touches, (before, now, ours_before, ours, other, words) in pairs.items():
        change = panel[ours].fillna(0.0) - panel[ours_before].fillna(0.0)
        silent = panel[now].isna() & (panel[before] >= limits.fewest) & panel[other].notna()
        text = f"{words}, {{{before}:,.0f}} the year before"
        found.append(
            report(panel[silent], "coverage_drop", "silence", text, change[silent], touches=touches)
        )
        spoken = panel[before].isna() & (panel[now] >= limits.fewest) & panel[other].notna()
        spoken &= panel["year"] > panel.groupby("asylum")["year"].transform("min")
        text = f"{words} the year before, {{{now}:,.0f}} now"
        found.append(
            report(
                panel[spoken],
                "coverage_jump",
                "silence_ends",
                text,
                change[spoken],
                touches=touches,
                strength="weak",
            )
        )
    return pd.concat(found)
