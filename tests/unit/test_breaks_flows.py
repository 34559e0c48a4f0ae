"""The stock-flow walk and the range in persons: units stay apart, ranges hold what they must."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis.lodged import bound_persons
from helpers.analysis.stock_flow import walk_destinations, walk_stock


def walk_of(make_core, unit="persons", stage="N", level="FI", **others):
    parts = {
        "stock": [(2000, "DDD", 100), (2001, "DDD", 150)],
        "every": [(2000, "DDD", 900, 0, 9, 9, 0), (2001, "DDD", 950, 0, 9, 9, 0)],
        "lodged": [(2001, "DDD", stage, level, unit, 80)],
        "all_lodged": [(2001, "DDD", stage, level, unit, 500, 0)],
        "decided": [(2001, "DDD", level, unit, 20, 10)],
        "all_decided": [(2001, "DDD", level, unit, 400, 50)],
    }
    walk = walk_stock(make_core(**(parts | others)), "AAA")
    return walk[walk["year"] == 2001].iloc[0]


def test_the_identity_holds_to_the_last_digit(make_core):
    row = walk_of(make_core)
    assert (row["start"], row["lodged_persons"], row["decided_persons"], row["end"]) == (
        100,
        80,
        30,
        150,
    )
    assert row["expected"] == row["expected_low"] == row["expected_high"] == 150
    assert row["residual"] == 0
    assert row["is_testable"]
    assert row["unit_mix"] == "persons"


def test_a_missing_claim_is_the_residual(make_core):
    row = walk_of(make_core, stock=[(2000, "DDD", 100), (2001, "DDD", 140)])
    assert row["residual"] == -10


def test_cases_widen_the_range_and_stay_in_their_own_column(make_core):
    row = walk_of(make_core, unit="cases")
    assert pd.isna(row["lodged_persons"])
    assert row["lodged_cases"] == 80
    assert (row["expected_low"], row["expected_high"]) == (150, 175)  # 100 + 1.501 x 50
    assert row["unit_mix"] == "cases"


def test_units_that_mix_are_named_and_never_added(make_core):
    row = walk_of(make_core, decided=[(2001, "DDD", "FI", "cases", 20, 10)])
    assert row["unit_mix"] == "mixed"
    assert row["lodged_persons"] == 80
    assert row["decided_cases"] == 30
    assert (row["expected_low"], row["expected_high"]) == (135, 150)


def test_appeals_are_run_with_and_without(make_core):
    appeals = [(2001, "DDD", "N", "FI", "persons", 80), (2001, "DDD", "A", "AR", "persons", 40)]
    row = walk_of(make_core, lodged=appeals)
    assert (row["expected_low"], row["expected_high"]) == (150, 190)
    assert row["lodged_persons"] == 120


@pytest.mark.parametrize("table", ["all_lodged", "all_decided"])
def test_without_a_flow_nothing_is_expected(make_core, table):
    row = walk_of(make_core, **{table: []})
    assert not row["is_testable"]
    assert pd.isna(row["expected"])
    assert pd.isna(row["residual"])


def test_a_pair_absent_where_the_destination_reports_is_nearly_none(make_core):
    row = walk_of(make_core, stock=[(2001, "DDD", 50)])
    assert row["start"] == 0
    assert row["residual"] == 0


def test_a_destination_that_did_not_report_has_no_start(make_core):
    row = walk_of(make_core, every=[(2000, "EEE", 5, 0, 1, 0, 0), (2001, "DDD", 950, 0, 9, 9, 0)])
    assert pd.isna(row["start"])
    assert not row["is_testable"]


def test_all_origins_together_walk_alike(make_core):
    core = make_core(
        every=[(2000, "DDD", 900, 0, 9, 9, 0), (2001, "DDD", 950, 0, 9, 9, 0)],
        all_lodged=[(2001, "DDD", "N", "FI", "persons", 500, 0)],
        all_decided=[(2001, "DDD", "FI", "persons", 400, 50)],
    )
    row = walk_destinations(core).iloc[0]
    assert (row["start"], row["expected"], row["end"], row["residual"]) == (900, 950, 950, 0)


COLUMNS = ["year", "asylum", "level_code", "unit", "applied"]


def factor(asylum, first, last, value, levels=(), alternatives=(1.0, 1.2), status="published"):
    return SimpleNamespace(
        asylum=asylum, first=first, last=last, factor=value, levels=levels,
        alternatives=alternatives, status=status,
    )  # fmt: skip


def test_persons_are_never_converted_and_cases_always_ranged():
    rows = [(2019, "USA", "IN", "cases", 1000), (2019, "USA", "EO", "persons", 300)]
    table = bound_persons(
        pd.DataFrame(rows, columns=COLUMNS), [factor("USA", 2017, 2019, 1.501, ("IN",))]
    )
    row = table.iloc[0]
    assert (row["persons"], row["cases"]) == (300, 1000)
    assert (row["lower"], row["estimate"], row["upper"]) == (1300, 1500, 1801)
    assert row["cases_with_factor"] == 1000
    assert row["is_estimate"]


def test_a_factor_holds_only_for_its_years_level_and_destination():
    factors = [
        factor("USA", 2017, 2019, 1.5, ("IN",)),
        factor("*", 2000, 2100, 1.3, status="assumed"),
    ]
    rows = [
        (2020, "USA", "IN", "cases", 100),
        (2019, "USA", "EO", "cases", 100),
        (2019, "GBR", "IN", "cases", 100),
    ]
    for row in rows:
        table = bound_persons(pd.DataFrame([row], columns=COLUMNS), factors)
        assert table["upper"].tolist() == [130]
        assert table["cases_with_factor"].tolist() == [0]


def test_nothing_on_file_stays_missing():
    rows = pd.DataFrame([(2020, "DDD", "FI", "persons", 7)], columns=COLUMNS)
    row = bound_persons(rows, []).iloc[0]
    assert pd.isna(row["cases"])
    assert pd.isna(row["cases_with_factor"])
    assert not row["is_estimate"]
    assert bound_persons(rows.iloc[:0], []).empty


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(2000, 2003), st.sampled_from(["USA", "GBR"]), st.sampled_from(["IN", "FI"]),
            st.sampled_from(["persons", "cases"]), st.integers(0, 10**6),
        ),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_the_range_holds_and_persons_and_cases_never_meet(rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    table = bound_persons(frame, [factor("USA", 2000, 2002, 1.4), factor("*", 2000, 2100, 1.5)])
    assert (table["lower"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["upper"]).all()
    for unit in ("persons", "cases"):
        expected = frame[frame["unit"] == unit]["applied"].sum()
        assert table[unit].fillna(0).sum() == expected
