"""The panel that the rules read: one row a destination and year, this year and the year before.

Everything here is what UNHCR's rows say; no rule is applied yet. Figures of the origin stand
beside those of all origins together, which tell a change in counting from a change of one origin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from string import Formatter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.flows import APPEAL_LEVELS, KEY, walk_destinations
from helpers.analysis.thresholds import Thresholds

if TYPE_CHECKING:
    from helpers.data.releases import Core

FINDING = [
    "asylum", "year", "kind", "touches", "rule", "strength", "effect_on_origin", "moved", "stage",
    "unit", "detail",
]  # fmt: skip
_WALK = ["start", "end", "expected_low", "expected_high", "residual", "is_testable", "expected"]


def build_panel(
    core: Core, origin: str, walk: pd.DataFrame, thresholds: Thresholds
) -> pd.DataFrame:
    """Build the panel of an origin's destinations.

    Parameters
    ----------
    core : Core
        A release's tables.
    origin : str
        ISO3 code.
    walk : DataFrame
        `walk_stock` of the origin.
    thresholds : Thresholds
        Only `persons_a_case` and `breaks_total` are used.

    Returns
    -------
    DataFrame
        asylum, year; of the origin: start, end (pending), expected, expected_low, expected_high,
        residual, is_testable, lodged, lodged_before (claims of all levels but appeals, cases as
        one each: for scale only); of all origins: total, total_before, total_residual,
        total_is_testable, unknown, unknown_before, origins, origins_before, pairs, same_pairs,
        all_lodged, all_lodged_before, lodged_unknown, lodged_unknown_before; the origin's sums
        over destinations: sum_pending, sum_lodged and the same `_before`; matters (bool).
        Numbers are floats, missing is NaN.
    """
    every = walk_destinations(core, thresholds.persons_a_case)
    index = pd.MultiIndex.from_frame(pd.concat([walk[KEY], every[KEY]]).drop_duplicates())
    panel = _to_floats(walk.set_index(KEY)[_WALK]).reindex(index)
    panel["is_testable"] = panel["is_testable"].eq(1.0)
    totals = _to_floats(every.set_index(KEY)[["start", "end", "residual", "is_testable"]])
    totals = totals.set_axis(
        ["total_before", "total", "total_residual", "total_is_testable"], axis=1
    ).reindex(index)
    panel = panel.join(totals.assign(total_is_testable=totals["total_is_testable"].eq(1.0)))
    panel = _add_sides(panel, core, origin)
    panel = _add_sums(panel, core, origin).reset_index()
    panel["matters"] = _judge_matter(panel, thresholds.breaks_total)
    return panel.sort_values(["year", "asylum"]).reset_index(drop=True)


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
    tables = {
        name: frame.astype(dict(_choose_types(frame))) for name, frame in (ours | every).items()
    }
    return replace(core, **tables)


def _choose_types(frame: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Say what counts and codes become; `select_dtypes` of some versions takes years along."""
    for name, kind in frame.dtypes.items():
        if kind == pd.Int64Dtype():
            yield str(name), "float64"
        elif isinstance(kind, pd.StringDtype):
            yield str(name), "object"


def _to_floats(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype("float64")


def _add_sides(panel: pd.DataFrame, core: Core, origin: str) -> pd.DataFrame:
    """Add what was lodged and what is unknown, this year and the year before."""
    ours = core.applications[core.applications["origin"] == origin]
    stock = core.by_asylum.set_index(KEY)
    every = core.applications_by_asylum
    sides = {
        "lodged": sum_lodged(ours, "applied"),
        "all_lodged": sum_lodged(every, "applied"),
        "lodged_unknown": sum_lodged(every, "applied_unknown_origin"),
        "unknown": stock["pending_unknown_origin"].astype("float64"),
        "origins": stock["origins"].astype("float64"),
    }
    for name, values in sides.items():
        panel[name] = values.reindex(panel.index)
        panel[f"{name}_before"] = values.reindex(_year_before(panel.index)).to_numpy()
    panel["pairs"] = stock["pairs_in_both_years"].astype("float64").reindex(panel.index)
    panel["same_pairs"] = stock["pairs_unchanged"].astype("float64").reindex(panel.index)
    return panel


def _year_before(index: pd.Index) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays(
        [index.get_level_values("asylum"), index.get_level_values("year") - 1], names=KEY
    )


def sum_lodged(frame: pd.DataFrame, value: str) -> pd.Series:
    """Sum claims lodged but appeals, by destination and year; cases count as one each."""
    kept = frame[~frame["level_code"].isin(APPEAL_LEVELS)]
    return kept.groupby(KEY)[value].sum(min_count=1).astype("float64")


def _add_sums(panel: pd.DataFrame, core: Core, origin: str) -> pd.DataFrame:
    """Add the origin's sums over all destinations, this year and the year before."""
    ours = core.pending[core.pending["origin"] == origin]
    pending = ours.groupby("year")["pending"].sum(min_count=1).astype("float64")
    lodged = core.applications[core.applications["origin"] == origin]
    sums = {
        "pending": pending,
        "lodged": sum_lodged(lodged, "applied").groupby("year").sum(min_count=1),
    }
    years = panel.index.get_level_values("year")
    for name, values in sums.items():
        panel[f"sum_{name}"] = values.reindex(years).to_numpy()
        panel[f"sum_{name}_before"] = values.reindex(years - 1).to_numpy()
    return panel


def _judge_matter(panel: pd.DataFrame, least: float) -> pd.Series:
    """Tell where a destination holds enough of the origin's claims, this year or the last."""
    shares = [
        panel["end"] / panel["sum_pending"],
        panel["start"] / panel["sum_pending_before"],
        panel["lodged"] / panel["sum_lodged"],
        panel["lodged_before"] / panel["sum_lodged_before"],
    ]
    return np.maximum.reduce([share.fillna(0.0) for share in shares]) >= least


def report(
    rows: pd.DataFrame,
    kind: str,
    rule: str,
    detail: str,
    effect: pd.Series | None,
    *,
    touches: str = "pending",
    strength: str = "strong",
) -> pd.DataFrame:
    """Turn the panel's rows that a rule picked into findings.

    Parameters
    ----------
    rows : DataFrame
        asylum, year and whatever `detail` names.
    kind, rule, touches, strength : str
        What to write; `touches` is pending, applications or decisions.
    detail : str
        A template over the rows' columns, such as "{total:,.0f}".
    effect : Series or None
        Signed effect on the origin's total, aligned to the rows; None where it has none.

    Returns
    -------
    DataFrame
        asylum, year, kind, touches, rule, strength, effect_on_origin, moved (claims that change
        place; here the effect), stage, unit (empty: all), detail.
    """
    if rows.empty:
        return pd.DataFrame(columns=FINDING)
    used = [name for _, name, _, _ in Formatter().parse(detail) if name]
    size = 0.0 if effect is None else effect.astype("float64")
    columns = {
        "asylum": rows["asylum"], "year": rows["year"], "kind": kind, "touches": touches,
        "rule": rule, "strength": strength, "effect_on_origin": size, "moved": np.abs(size),
        "stage": "", "unit": "",
        "detail": [detail.format_map(row) for row in rows[used].to_dict("records")],
    }  # fmt: skip
    return pd.DataFrame(columns, index=rows.index)
