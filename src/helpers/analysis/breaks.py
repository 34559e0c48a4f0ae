"""Breaks: years in which a destination's figures change because its counting did.

`find_breaks` runs every rule over every destination where the origin ever had a claim. A finding
is kept where its effect reaches 1 % of the origin's total, or where the destination holds a tenth
of the origin's pending or lodged claims in that year or the year before; the others are counted in
`attrs["set_aside"]`.

Kinds: coverage_drop, coverage_jump, unknown_origin, carried_forward, mid_year, stage_change,
unit_change, stock_flow_gap. A finding is about one measure (`touches`): pending, applications or
decisions; what touches two is two findings. How each effect is estimated stands in the modules
of the rules (`break_rules`, `break_unnamed`, `break_repeats`, `break_codes`, `break_releases`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.analysis import (
    break_codes,
    break_releases,
    break_repeats,
    break_rules,
    break_unnamed,
)
from helpers.analysis.break_panel import build_panel, narrow_core
from helpers.analysis.break_series import place_findings
from helpers.analysis.flows import walk_stock
from helpers.analysis.thresholds import Thresholds
from helpers.analysis.unknown import allocate_unknown
from helpers.analysis.unknown_bounds import allocate_unknown_lodged

if TYPE_CHECKING:
    from helpers.analysis.break_releases import Tables
    from helpers.data.releases import Core
    from helpers.study import ReleaseInfo

KINDS = (
    "coverage_drop", "coverage_jump", "unknown_origin", "carried_forward", "mid_year",
    "stage_change", "unit_change", "stock_flow_gap",
)  # fmt: skip
TOUCHES = ("pending", "applications", "decisions")
SEVERITIES = ("high", "medium", "low")
COLUMNS = [
    "asylum", "year", "kind", "severity", "detail", "effect_on_origin", "is_explained",
    "effect_share", "touches", "rule", "strength", "stage", "unit", "moved", "reason", "source",
]  # fmt: skip


def find_breaks(
    core: Core,
    origin: str,
    *,
    info: ReleaseInfo,
    previous: Tables | Mapping[str, Tables] | None = None,
    register: Iterable[Any] = (),
    thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
    years: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Find the breaks in an origin's series, by rule.

    Parameters
    ----------
    core : Core
        The release that is judged.
    origin : str
        ISO3 code.
    info : ReleaseInfo
        Its facts: newest_year, period, name.
    previous : Core or LightCore, or mapping of release name to them, optional
        Earlier releases. With all of them on file, a year that any mid-year release already
        told is found; without, only what shows within this release.
    register : iterable of entries
        `load_breaks()` of helpers.data.hand: what is understood, and why.
    thresholds : Thresholds
        What each rule needs before it speaks.
    years : iterable of int, optional
        The years to judge; default all but the first on file.

    Returns
    -------
    DataFrame
        asylum, year, kind, severity (high, medium, low), detail, effect_on_origin (claims,
        signed: what the break does to the reported figure), is_explained, effect_share (size of
        the effect over the origin's total of what it touches, that year), touches, rule,
        strength (strong, weak), stage, unit (of applications: the
        series it belongs to, codes joined by a space), moved
        (claims that change place), reason, source. Sorted by year, then effect.
    """
    wanted = None if years is None else list(years)
    core = narrow_core(core, origin)
    walk = walk_stock(core, origin, persons_a_case=thresholds.persons_a_case)
    panel = build_panel(core, origin, walk, thresholds)
    mid_year = info.newest_year if info.period == "mid" else None
    added = _list_added(core, origin, walk)
    mid_years = break_releases.list_mid_years(previous, info)
    found = pd.concat([
        break_rules.find_stock_flow_gaps(panel, thresholds),
        break_rules.find_coverage_moves(panel, thresholds),
        break_unnamed.find_unknown_origins(panel, thresholds, added),
        break_repeats.find_carried_forward(panel, thresholds),
        break_repeats.find_mid_year(panel, mid_year),
        break_codes.find_unit_changes(core, origin, panel, thresholds),
        break_codes.find_stage_changes(core, origin, panel, thresholds),
        break_codes.find_swaps(core, origin, thresholds),
        break_releases.find_never_completed(core, origin, panel, mid_years, thresholds),
    ], ignore_index=True)  # fmt: skip
    found = found.astype({"year": "int64", "effect_on_origin": "float64", "moved": "float64"})
    found = _keep_what_matters(_add_shares(found, panel, core, origin), panel, thresholds)
    if wanted is not None:
        found = _filter(found, found["year"].isin(wanted))
    return _finish(explain(place_findings(found, core), register, info.name), thresholds)


def _list_added(core: Core, origin: str, walk: pd.DataFrame) -> pd.DataFrame:
    """Return asylum, year, pending, applications: what allocation adds; missing undetermined."""
    key = ["asylum", "year"]
    stock = allocate_unknown(core, origin, walk=walk).set_index(key)["added"].astype("Float64")
    lodged = allocate_unknown_lodged(core, origin).astype({"added": "Float64"})
    grouped = lodged.groupby(key)["added"]
    # One undetermined row leaves the destination's sum undetermined.
    flow = grouped.sum().where(grouped.count() == grouped.size())
    table = pd.concat([stock.rename("pending"), flow.rename("applications")], axis=1)
    return table.rename_axis(key).astype("Float64").reset_index()


def _add_shares(found: pd.DataFrame, panel: pd.DataFrame, core: Core, origin: str) -> pd.DataFrame:
    """Add effect_share: the effect's size over the origin's total of what it touches."""
    sums = panel.groupby("year")[["sum_pending", "sum_lodged"]].first()
    decided = core.decisions[core.decisions["origin"] == origin]
    totals = {
        "pending": sums["sum_pending"],
        "applications": sums["sum_lodged"],
        "decisions": decided.groupby("year")["total"].sum().astype("float64"),
    }
    share = pd.Series(np.nan, index=found.index)
    for touches, total in totals.items():
        here = found["touches"].eq(touches)
        below = total.reindex(found.loc[here, "year"]).to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            share[here] = found.loc[here, "effect_on_origin"].abs().to_numpy() / below
    return found.assign(effect_share=share.replace([np.inf], np.nan))


def _keep_what_matters(
    found: pd.DataFrame, panel: pd.DataFrame, limits: Thresholds
) -> pd.DataFrame:
    """Keep findings of destinations that matter, and those whose effect does."""
    large = panel.loc[panel["matters"], ["asylum", "year"]]
    keys = pd.MultiIndex.from_frame(found[["asylum", "year"]])
    keep = keys.isin(pd.MultiIndex.from_frame(large)) | (found["effect_share"] >= limits.matters)
    return _filter(found, keep)


def _filter(found: pd.DataFrame, keep: pd.Series | np.ndarray) -> pd.DataFrame:
    """Keep rows, and count those set aside."""
    kept = found[keep].copy()
    kept.attrs["set_aside"] = found.attrs.get("set_aside", 0) + len(found) - len(kept)
    return kept


def explain(found: pd.DataFrame, register: Iterable[Any], release: str) -> pd.DataFrame:
    """Add is_explained, reason and source from the register's entries.

    An entry explains a finding of its destination, in its years, of its kinds and, where it
    names them, of what it touches, of its rules and of its releases.
    """
    reasons: list[list[str]] = [[] for _ in range(len(found))]
    sources: list[list[str]] = [[] for _ in range(len(found))]
    for entry in register:
        for row in np.flatnonzero(match_entry(found, entry, release)):
            reasons[row].append(entry.reason)
            sources[row] += [source.cite() for source in entry.sources]
    return found.assign(
        is_explained=np.array([bool(texts) for texts in reasons], dtype=bool),
        reason=[" ".join(dict.fromkeys(texts)) for texts in reasons],
        source=["; ".join(dict.fromkeys(texts)) for texts in sources],
    )


def match_entry(found: pd.DataFrame, entry: Any, release: str) -> pd.Series:
    """Tell which findings a register entry explains."""
    if entry.releases and release not in entry.releases:
        return pd.Series(False, index=found.index)
    here = found["year"].isin(entry.years) & found["kind"].isin(entry.kinds)
    for column, allowed in (("touches", entry.touches), ("rule", entry.rules)):
        if allowed:
            here &= found[column].isin(allowed)
    return here if entry.asylum == "*" else here & found["asylum"].eq(entry.asylum)


def _finish(found: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Add severity, round effects, sort, set types."""
    rank = np.select(
        [found["effect_share"] > limits.breaks_total, found["effect_share"] >= limits.medium],
        [0, 1],
        2,
    )
    rank = np.minimum(rank + found["strength"].eq("weak").to_numpy(), 2)
    aside = found.attrs.get("set_aside", 0)
    result = found.assign(severity=np.array(SEVERITIES)[rank.astype(int)])
    for name in ("effect_on_origin", "moved"):
        result[name] = result[name].round().astype("Int64")
    result["effect_share"] = result["effect_share"].astype("Float64")
    order = result.assign(_size=-result["effect_share"].fillna(0.0))
    order = order.sort_values(["year", "_size", "asylum", "kind", "touches"])
    result = order[COLUMNS].reset_index(drop=True)
    result.attrs["set_aside"] = aside
    return result
