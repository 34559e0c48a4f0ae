"""Rules across releases: a year that its mid-year release and a later one tell alike.

Mid-year figures are provisional, and the year-end release should replace stock and flows both.
Where it repeats them to the last digit, the year was never completed: the stock is that of June
and the flows are those of six months, whatever the year is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.break_panel import FINDING, report, sum_lodged
from helpers.analysis.flows import KEY
from helpers.analysis.thresholds import Thresholds

if TYPE_CHECKING:
    from helpers.sources import Core
    from helpers.study import ReleaseInfo


def list_mid_years(
    previous: Core | Mapping[str, Core] | None, info: ReleaseInfo
) -> list[tuple[int, Core]]:
    """Return the years that an earlier mid-year release ended with, and that release's tables.

    Parameters
    ----------
    previous : Core, mapping of release name to Core, or None
        One earlier release, or several; a bare Core is a mid-year one where its own name says so
        or, having none, where it ends with the year that a year-end release ends with.
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
        is_mid = name.endswith("-mid") or unnamed
        is_over = year < info.newest_year or (year == info.newest_year and info.period == "end")
        if is_mid and is_over:
            found.append((year, core))
    return found


def find_never_completed(
    core: Core,
    origin: str,
    panel: pd.DataFrame,
    mid_years: list[tuple[int, Core]],
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
        same = _is_same(rows["total"], rows["mid_total"], limits) & rows["end"].eq(rows["mid_end"])
        stock = rows[same & (rows["end"] > 0)]
        text = "{end:,.0f} of this origin and {total:,.0f} of all, as in the mid-year release"
        effect = (stock["start"] - stock["end"]).fillna(0.0)
        found.append(report(stock, "carried_forward", "never_completed", text, effect))
        same = _is_same(rows["all_lodged"], rows["mid_all_lodged"], limits)
        flow = rows[same & (rows["lodged"] > 0) & rows["lodged"].eq(rows["mid_lodged"])]
        text = "{lodged:,.0f} claims lodged, as in the mid-year release: six months"
        found.append(
            report(
                flow,
                "carried_forward",
                "never_completed",
                text,
                -flow["lodged"],
                touches="applications",
            )
        )
    return pd.concat(found)


def _is_same(now: pd.Series, mid: pd.Series, limits: Thresholds) -> pd.Series:
    """Tell which totals agree to within one rounded pair; small ones agree by chance."""
    return ((now - mid).abs() <= limits.same_total * now) & (now >= limits.fewest)


def _take_mid(mid: Core, origin: str, year: int) -> pd.DataFrame:
    """Return asylum, mid_end, mid_total, mid_lodged, mid_all_lodged of a mid-year release."""
    stock = mid.pending[mid.pending["origin"] == origin].set_index(KEY)["pending"]
    lodged = mid.applications[mid.applications["origin"] == origin]
    parts = {
        "mid_end": stock.astype("float64"),
        "mid_total": mid.by_asylum.set_index(KEY)["pending"].astype("float64"),
        "mid_lodged": sum_lodged(lodged, "applied"),
        "mid_all_lodged": sum_lodged(mid.applications_by_asylum, "applied"),
    }
    frame = pd.concat(parts, axis=1).reset_index()
    return frame[frame["year"] == year].drop(columns="year")
