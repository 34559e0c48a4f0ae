"""The rule on unknown origin: a destination stops, or resumes, saying whose claims they are.

`effect_on_origin` is minus the claims that allocation would add; where origins are named again,
what it no longer has to add; and where allocation is undetermined, the origin's change there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.analysis.break_panel import report
from helpers.analysis.thresholds import Thresholds


def find_unknown_origins(
    panel: pd.DataFrame, limits: Thresholds, added: pd.DataFrame
) -> pd.DataFrame:
    """Find years in which a destination stops, or resumes, naming origins.

    Parameters
    ----------
    panel : DataFrame
        See `build_panel`.
    limits : Thresholds
        unknown_jump, origins_fall, fewest_origins, fewest.
    added : DataFrame
        asylum, year, pending, applications: claims that allocation adds; missing undetermined.
    """
    sides = {
        "pending": ("unknown", "total", "start", "end"),
        "applications": ("lodged_unknown", "all_lodged", "lodged_before", "lodged"),
    }
    found = []
    for touches, (unknown, total, before, now) in sides.items():
        rows = panel.copy()
        rows["share"] = (rows[unknown] / rows[total]) * 100
        rows["share_before"] = (rows[f"{unknown}_before"] / rows[f"{total}_before"]) * 100
        jump = rows["share"] - rows["share_before"]
        large = rows[[total, f"{total}_before"]].max(axis=1) >= limits.fewest
        rows = rows[(jump.abs() >= 100 * limits.unknown_jump) & large]
        text = "{share_before:.0f} % of unknown origin the year before, {share:.0f} % now"
        effect = _estimate_unnamed(rows, added, touches, before, now)
        found.append(report(rows, "unknown_origin", "unknown_share", text, effect, touches=touches))
    told = pd.MultiIndex.from_frame(found[0][["asylum", "year"]])
    is_told = pd.MultiIndex.from_frame(panel[["asylum", "year"]]).isin(told)
    return pd.concat([*found, _find_fewer_origins(panel[~is_told], limits)])


def _estimate_unnamed(
    rows: pd.DataFrame, added: pd.DataFrame, touches: str, before: str, now: str
) -> pd.Series:
    """Estimate what naming fewer, or more, does to the origin's total."""
    if rows.empty:
        return pd.Series(dtype="float64")
    table = added.set_index(["asylum", "year"])[touches].astype("float64")
    here = table.reindex(pd.MultiIndex.from_arrays([rows["asylum"], rows["year"]]))
    last = table.reindex(pd.MultiIndex.from_arrays([rows["asylum"], rows["year"] - 1]))
    change = rows[now].fillna(0.0) - rows[before].fillna(0.0)
    rises = (rows["share"] > rows["share_before"]).to_numpy()
    estimate = np.where(rises, -here.to_numpy(), last.to_numpy())
    return pd.Series(estimate, index=rows.index).fillna(change)


def _find_fewer_origins(panel: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Find a collapse of the number of origins named while the total holds."""
    few = panel["origins"] <= limits.origins_fall * panel["origins_before"]
    many = panel["origins_before"] >= limits.fewest_origins
    holds = panel["total"] >= limits.fall * panel["total_before"]
    rows = panel[few & many & holds & (panel["total"] >= limits.fewest)]
    text = "{origins_before:.0f} origins named the year before, {origins:.0f} now"
    change = (rows["end"] - rows["start"]).fillna(0.0)
    return report(rows, "unknown_origin", "origins_named", text, change, strength="weak")
