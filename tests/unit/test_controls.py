"""Control totals: each check passes on frames that agree and fails on one that does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data.controls import check_controls
from helpers.data.releases import Core
from helpers.study import ReleaseInfo

INFO = ReleaseInfo(
    name="2001-end",
    title="two years",
    published=dt.date(2002, 6, 1),
    first_year=2000,
    newest_year=2001,
    period="end",
    origins=("CHN",),
)


def make_frame(**columns: list[object]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    counts = [name for name in frame if frame[name].dtype == "int64" and name != "year"]
    return frame.astype(dict.fromkeys(counts, "Int64"))


def make_core() -> Core:
    return Core(
        pending=make_frame(
            year=[1999, 2000, 2000, 2001],
            origin=["CHN"] * 4,
            asylum=["DEU", "DEU", "USA", "USA"],
            pending=[0, 10, 20, 40],
            refugees=[5, 6, 7, 8],
        ),
        applications=make_frame(
            year=[2000, 2000],
            asylum=["DEU", "DEU"],
            origin=["CHN", "CHN"],
            authority=["G", "U"],
            stage_code=["N", "N"],
            level_code=["FI", "FI"],
            unit=["persons", "persons"],
            applied=[8, 2],
        ),
        decisions=make_frame(
            year=[2000], asylum=["DEU"], origin=["CHN"], level_code=["FI"], unit=["persons"],
            recognised=[5], other=[0], rejected=[5], closed=[0], total=[10],
        ),
        by_origin=make_frame(
            year=[2000, 2000, 2001], origin=["CHN", "UNK", "CHN"],
            refugees=[13, 0, 8], pending=[30, 5, 40],
        ),
        by_asylum=make_frame(
            year=[2000, 2000, 2001],
            asylum=["DEU", "USA", "USA"],
            pending=[15, 20, 40],
            pending_unknown_origin=[5, 0, 0],
            pairs_in_both_years=[3, 3, 3],
            pairs_unchanged=[0, 1, 3],
        ),
        applications_by_asylum=make_frame(
            year=[2000], asylum=["DEU"], stage_code=["N"], level_code=["FI"], unit=["persons"],
            applied=[10], applied_unknown_origin=[0],
        ),
        decisions_by_asylum=make_frame(
            year=[2000], asylum=["DEU"], level_code=["FI"], unit=["persons"],
            recognised=[5], other=[0], rejected=[5], closed=[0], total=[10],
            total_unknown_origin=[0],
        ),
        countries=pd.DataFrame(),
        quality=pd.DataFrame(
            {"table": ["population"], "rule": ["no_figure"], "action": ["dropped"], "rows": [1]}
        ),
        rows=pd.DataFrame(
            {"table": ["population"], "year": [2000], "recorded": [3], "read": [3], "kept": [2]}
        ),
    )  # fmt: skip


def list_failed(core: Core) -> dict[str, list[str]]:
    checked = check_controls(core, INFO)
    failed = checked[~checked["is_ok"]]
    return failed.groupby("check")["scope"].agg(list).to_dict()


def change(frame: pd.DataFrame, row: int, **values: object) -> pd.DataFrame:
    changed = frame.copy()
    for column, value in values.items():
        changed.loc[row, column] = value
    return changed


def test_frames_that_agree_pass_every_check():
    checked = check_controls(make_core(), INFO)
    assert checked["is_ok"].all()
    assert set(checked["check"]) == {
        "world_pending", "unknown_pending", "destinations_pending", "destinations_refugees",
        "pairs_within_asylum", "applications_within_asylum", "decisions_within_asylum",
        "parts_within_whole", "rows_recorded", "rows_accounted",
    }  # fmt: skip
    assert (checked["difference"] == checked["found"] - checked["expected"]).all()


@pytest.mark.parametrize(
    ("table", "row", "values", "failed"),
    [
        ("by_origin", 1, {"pending": 6}, {"world_pending": ["2000"], "unknown_pending": ["2000"]}),
        (
            "pending", 1, {"pending": 11},
            {"destinations_pending": ["CHN 2000"]},
        ),
        ("pending", 3, {"refugees": 9}, {"destinations_refugees": ["CHN 2001"]}),
        (
            "pending", 3, {"pending": 41},
            {"destinations_pending": ["CHN 2001"], "pairs_within_asylum": ["2001"]},
        ),
        ("applications", 1, {"applied": 3}, {"applications_within_asylum": ["2000"]}),
        ("applications", 1, {"unit": "cases"}, {"applications_within_asylum": ["2000"]}),
        ("decisions", 0, {"rejected": 6}, {"decisions_within_asylum": ["2000"]}),
        (
            "by_asylum", 2, {"pairs_unchanged": 4},
            {"parts_within_whole": ["by_asylum pairs_unchanged 2001"]},
        ),
        ("rows", 0, {"recorded": 4}, {"rows_recorded": ["population 2000"]}),
        ("rows", 0, {"kept": 1}, {"rows_accounted": ["population"]}),
        ("quality", 0, {"action": "kept"}, {"rows_accounted": ["population"]}),
    ],
)  # fmt: skip
def test_one_wrong_figure_fails_its_check_and_no_other(table, row, values, failed):
    core = make_core()
    assert (
        list_failed(replace(core, **{table: change(getattr(core, table), row, **values)})) == failed
    )


def test_years_before_the_totals_begin_are_not_compared():
    core = make_core()
    scopes = check_controls(core, INFO).set_index("check")["scope"]
    assert scopes["destinations_pending"].tolist() == ["CHN 2000", "CHN 2001"]


def test_a_total_without_any_destination_fails():
    core = make_core()
    alone = replace(core, pending=core.pending[core.pending["year"] < 2001])
    assert list_failed(alone)["destinations_pending"] == ["CHN 2001"]


def test_frames_without_recorded_rows_have_nothing_to_compare():
    core = make_core()
    rows = core.rows.assign(recorded=pd.array([pd.NA], dtype="Int64"))
    assert "rows_recorded" not in set(check_controls(replace(core, rows=rows), INFO)["check"])


@settings(deadline=None, max_examples=25)  # a hundred groupings a run are slow on a busy machine
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**7)), min_size=1, max_size=20))
def test_any_split_over_destinations_adds_up(parts):
    """However a total is split over destinations and years, the sums meet."""
    raw = pd.DataFrame(parts, columns=["year", "pending"])
    raw["year"] += 2000
    core = make_core()
    pairs = make_frame(
        year=raw["year"].tolist(),
        origin=["CHN"] * len(raw),
        asylum=[f"D{i:02d}" for i in range(len(raw))],
        pending=raw["pending"].tolist(),
        refugees=[0] * len(raw),
    )
    totals = raw.groupby("year")["pending"].sum()
    by_origin = make_frame(
        year=totals.index.tolist(),
        origin=["CHN"] * len(totals),
        refugees=[0] * len(totals),
        pending=totals.tolist(),
    )
    by_asylum = pairs.drop(columns=["origin", "refugees"]).assign(
        pending_unknown_origin=0, pairs_in_both_years=0, pairs_unchanged=0
    )
    failed = list_failed(replace(core, pending=pairs, by_origin=by_origin, by_asylum=by_asylum))
    assert failed == {}
