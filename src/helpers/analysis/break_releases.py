"""Rules across releases: a year that its mid-year release and a later one tell alike.

Mid-year figures are provisional, and the year-end release should replace stock and flows both.
Where it repeats them to the last digit, the year was never completed: the stock is that of June
and the flows are those of six months, whatever the year is called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.break_panel import FINDING, report, sum_lodged
from helpers.analysis.flows import KEY
from helpers.analysis.thresholds import Thresholds

if TYPE_CHECKING:
    from helpers.data.releases import Core
    from helpers.data.releases import Core as LightCore

    Tables = Core | LightCore
    from helpers.study import ReleaseInfo

_MID = re.compile(r"(^|-)mid(-|$)")  # a release fetched later is called 2025-mid-<its day>


def list_mid_years(
    previous: Tables | Mapping[str, Tables] | None, info: ReleaseInfo
) -> list[tuple[int, Tables]]:
    """Return the years that an earlier mid-year release ended with, and that release's tables.

    Parameters
    ----------
    previous : tables of a release, mapping of release name to them, or None
        One earlier release, or several; bare tables are a mid-year one where their name says so
        or, having none, where they end with the year that a year-end release ends with.
    info : ReleaseInfo
        The release that is judged.
    """
    if previous is None:
        return []
    if not isinstance(previous, Mapping):
        previous = {previous.release: previous}
    found = []
    for name, core in previous.items():
        year = int(core.by_asylum["year"].max())
        unnamed = not name and year == info.newest_year
        is_mid = _MID.search(name) is not None or unnamed
        is_over = year < info.newest_year or (year == info.newest_year and info.period == "end")
        if is_mid and is_over:
            found.append((year, core))
    return found


def find_never_completed(
    core: Core,
    origin: str,
    panel: pd.DataFrame,
    mid_years: list[tuple[int, Tables]],
    limits: Thresholds,
) -> pd.DataFrame:
    """Find years whose figures a mid-year release already held.

    Returns
    -------
    DataFrame
        Findings of kind carried_forward. Effect on the stock: minus the half-year's change,
        taken to repeat itself; on claims lodged: minus the half-year's claims, likewise.
    """
    found = [pd.DataFrame(columns=FINDING)]
    for year, mid in mid_years:
        rows = panel[panel["year"] == year].merge(
            _take_mid(mid, origin, year), on="asylum", how="inner"
        )
        # An older release may not hold this origin; then the destination's total must agree nearer.
        is_on_file = bool(rows[["mid_end", "mid_lodged"]].notna().any(axis=None))
        found.append(_report_stock(rows, is_on_file, limits))
        found.append(_report_flow(rows, is_on_file, limits))
    return pd.concat(found)


def _report_stock(rows: pd.DataFrame, is_on_file: bool, limits: Thresholds) -> pd.DataFrame:
    """Report stocks that the mid-year release already held."""
    same = _is_same(rows["total"], rows["mid_total"], is_on_file, limits) & (rows["end"] > 0)
    if is_on_file:
        same &= rows["end"].eq(rows["mid_end"])
    stock = rows[same]
    text = "{end:,.0f} of this origin; {total:,.0f} of all origins, as in the mid-year release"
    effect = (stock["start"] - stock["end"]).fillna(0.0)
    return report(stock, "carried_forward", "never_completed", text, effect)


def _report_flow(rows: pd.DataFrame, is_on_file: bool, limits: Thresholds) -> pd.DataFrame:
    """Report claims lodged that the mid-year release already held."""
    same = _is_same(rows["all_lodged"], rows["mid_all_lodged"], is_on_file, limits)
    same &= rows["lodged"] > 0
    if is_on_file:
        same &= rows["lodged"].eq(rows["mid_lodged"])
    flow = rows[same]
    text = (
        "{lodged:,.0f} claims lodged by this origin; {all_lodged:,.0f} by all, as in the mid-year"
        " release: six months"
    )
    effect = -flow["lodged"]
    return report(flow, "carried_forward", "never_completed", text, effect, touches="applications")


def _is_same(now: pd.Series, mid: pd.Series, is_on_file: bool, limits: Thresholds) -> pd.Series:
    """Tell which totals of all origins agree; small ones are left out, they agree by chance."""
    most = limits.same_total * now if is_on_file else limits.same_count
    return ((now - mid).abs() <= most) & (now >= limits.fewest)


def _take_mid(mid: Tables, origin: str, year: int) -> pd.DataFrame:
    """Return asylum, mid_end, mid_total, mid_lodged, mid_all_lodged of a mid-year release."""
    names = ("pending", "applications", "by_asylum", "applications_by_asylum")
    frames = {name: getattr(mid, name)[lambda frame: frame["year"] == year] for name in names}
    ours = {name: frames[name][lambda frame: frame["origin"] == origin] for name in names[:2]}
    parts = {
        "mid_end": ours["pending"].set_index(KEY)["pending"].astype("float64"),
        "mid_total": frames["by_asylum"].set_index(KEY)["pending"].astype("float64"),
        "mid_lodged": sum_lodged(ours["applications"], "applied"),
        "mid_all_lodged": sum_lodged(frames["applications_by_asylum"], "applied"),
    }
    return pd.concat(parts, axis=1).reset_index().drop(columns="year")
