"""A core small enough to write inline, shared by the tests of breaks, flows and unknown origin."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.codes import LEVELS
from helpers.data.releases import Core

STAGES = {"N": "new", "R": "repeat", "A": "appeal", "J": "appeal"}
COUNTS = (
    "pending", "refugees", "oip", "applied", "recognised", "other", "rejected", "closed", "total",
    "pending_unknown_origin", "origins", "pairs_in_both_years", "pairs_unchanged",
    "applied_unknown_origin", "total_unknown_origin",
)  # fmt: skip


def frame(rows: list[tuple], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns)
    counts = {name: "Int64" for name in columns if name in COUNTS}
    words = {name: "str" for name in columns if name not in COUNTS and name != "year"}
    years = {"year": "int64"} if "year" in columns else {}
    return table.astype(counts | words | years)


def build_core(
    stock: list[tuple] = (),
    every: list[tuple] = (),
    lodged: list[tuple] = (),
    all_lodged: list[tuple] = (),
    decided: list[tuple] = (),
    all_decided: list[tuple] = (),
    release: str = "",
) -> Core:
    """Build a core of origin AAA.

    stock: (year, asylum, pending); every: (year, asylum, pending, unknown, origins, pairs, same);
    lodged: (year, asylum, stage_code, level_code, unit, applied); all_lodged: the same and
    unknown; decided and all_decided: (year, asylum, level_code, unit, rejected, closed).
    """
    pending = [(year, "AAA", asylum, count, 0, None) for year, asylum, count in stock]
    applications = [(y, "AAA", d, "G", s, lv, u, n, STAGES.get(s, "mixed"))
                    for y, d, s, lv, u, n in lodged]  # fmt: skip
    by_asylum = [(y, d, s, lv, u, n, lost, 9, STAGES.get(s, "mixed"))
                 for y, d, s, lv, u, n, lost in all_lodged]  # fmt: skip
    decisions = [(y, "AAA", d, "G", lv, u, 0, 0, r, c, r + c, LEVELS.get(lv, "other"))
                 for y, d, lv, u, r, c in decided]  # fmt: skip
    decisions_by = [(y, d, lv, u, 0, 0, r, c, r + c, 0, 9, LEVELS.get(lv, "other"))
                    for y, d, lv, u, r, c in all_decided]  # fmt: skip
    outcomes = ["recognised", "other", "rejected", "closed", "total"]
    return Core(
        pending=frame(pending, ["year", "origin", "asylum", "pending", "refugees", "oip"]),
        applications=frame(applications, [
            "year", "origin", "asylum", "authority", "stage_code", "level_code", "unit", "applied",
            "stage",
        ]),
        decisions=frame(decisions, [
            "year", "origin", "asylum", "authority", "level_code", "unit", *outcomes, "level",
        ]),
        by_origin=frame([], ["year", "origin", "refugees", "pending"]),
        by_asylum=frame(list(every), [
            "year", "asylum", "pending", "pending_unknown_origin", "origins",
            "pairs_in_both_years", "pairs_unchanged",
        ]),
        applications_by_asylum=frame(by_asylum, [
            "year", "asylum", "stage_code", "level_code", "unit", "applied",
            "applied_unknown_origin", "origins", "stage",
        ]),
        decisions_by_asylum=frame(decisions_by, [
            "year", "asylum", "level_code", "unit", *outcomes, "total_unknown_origin", "origins",
            "level",
        ]),
        countries=frame([], ["iso3", "unhcr_code", "name"]),
        release=release,
    )  # fmt: skip


@pytest.fixture
def make_core():
    return build_core
