"""Stock and flow: the account adds up, persons and cases stay apart, nothing is counted twice."""

import pandas as pd
import pytest
from frames import make_core
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis import stock_flow

COUNTS = st.integers(0, 500)
EVERY = [(2000, "DDD", 900, 0, 9, 9, 0), (2001, "DDD", 950, 0, 9, 9, 0)]


def walk_of(unit="persons", origin="AAA", **others):
    parts = {
        "stock": [(2000, "DDD", 100), (2001, "DDD", 150)],
        "every": EVERY,
        "lodged": [(2001, "DDD", "N", "FI", unit, 80)],
        "all_lodged": [(2001, "DDD", "N", "FI", unit, 500, 0)],
        "decided": [(2001, "DDD", "FI", unit, 20, 10)],
        "all_decided": [(2001, "DDD", "FI", unit, 400, 50)],
    }
    return stock_flow.walk_stock(make_core(**(parts | others)), origin, [2001])


BOTH = [(2001, "DDD", "N", "FI", "persons", 80), (2001, "DDD", "A", "AR", "persons", 40)]
WALKS = {
    "the identity": ({}, {
        "start": 100, "lodged_persons": 80, "decided_persons": 30, "end": 150, "expected": 150,
        "expected_low": 150, "expected_high": 150, "residual": 0, "unit_mix": "persons",
        "is_testable": True}),
    "a claim missing": ({"stock": [(2000, "DDD", 100), (2001, "DDD", 140)]}, {"residual": -10}),
    "in cases": ({"unit": "cases"}, {  # 100 + 50 to 100 + 1.501 x 50
        "lodged_cases": 80, "expected_low": 150, "expected_high": 175, "residual": 0,
        "unit_mix": "cases"}),
    "units that mix": ({"decided": [(2001, "DDD", "FI", "cases", 20, 10)]}, {
        "unit_mix": "mixed", "lodged_persons": 80, "decided_cases": 30, "expected_low": 135,
        "expected_high": 150}),
    "with and without appeals": ({"lodged": BOTH}, {
        "lodged_persons": 120, "expected": 150, "expected_low": 150, "expected_high": 190}),
    "absent where the destination reports": ({"stock": [(2001, "DDD", 50)]}, {
        "start": 0, "residual": 0}),
    "all origins": ({"origin": None}, {
        "start": 900, "expected": 950, "end": 950, "residual": 0}),
}  # fmt: skip


@pytest.mark.parametrize("name", WALKS)
def test_a_stock_is_walked_from_year_to_year(name):
    given_parts, expected = WALKS[name]
    row = walk_of(**given_parts).iloc[0]
    assert {column: row[column] for column in expected} == expected


@pytest.mark.parametrize(
    ("others", "missing"),
    [
        ({"all_lodged": []}, ["expected", "residual"]),
        ({"all_decided": []}, ["expected", "residual"]),
        ({"every": [(2000, "EEE", 5, 0, 1, 0, 0), EVERY[1]]}, ["start", "expected"]),
        ({"unit": "cases"}, ["lodged_persons", "decided_persons"]),
    ],
)
def test_what_is_not_reported_is_missing(others, missing):
    row = walk_of(**others).iloc[0]
    assert row[missing].isna().all()
    assert row["is_testable"] == ("unit" in others)


def build(stock, lodged, decided):
    """Build an account of origin AAA; a destination reports stock and flows of all origins."""
    places = {place for _, place, _ in stock}
    core = make_core(
        stock=stock,
        every=[(year, place, 9000, 0, 9, 9, 0) for year in (2000, 2001) for place in places],
        lodged=lodged,
        all_lodged=[(2001, place, "N", "FI", "persons", 900, 0) for place in places],
        decided=decided,
        all_decided=[(2001, place, "FI", "persons", 90, 0) for place in places],
    )
    return core, stock_flow.walk_stock(core, "AAA", [2001])


def test_what_flows_leave_open_is_the_residual():
    stock = [(2000, "DDD", 100), (2001, "DDD", 300), (2000, "EEE", 90), (2001, "EEE", 100)]
    lodged = [(2001, "DDD", "N", "FI", "persons", 80)]
    _, walk = build(stock, lodged, [(2001, "DDD", "FI", "persons", 20, 10)])
    account = stock_flow.account_destinations(walk)
    columns = ["change", "explained", "residual", "untested", "residual_share", "is_large"]
    assert account[columns].values.tolist() == [
        [200, 50, 150, 0, 0.5, True], [10, 0, 10, 0, 0.1, False]
    ]  # fmt: skip
    year = stock_flow.account_years(account).iloc[0]
    assert (year["residual"], year["residual_gross"], year["worst"]) == (160, 160, "DDD")
    assert not stock_flow.account_years(account[1:])["is_large"].any()  # a tenth is not over it
    _, walk = build(stock[2:], [(2001, "EEE", "N", "FI", "persons", 10)], [])
    assert stock_flow.account_years(stock_flow.account_destinations(walk))["worst"].tolist() == [""]


@settings(deadline=None, max_examples=8)
@given(figures=st.lists(st.tuples(*[COUNTS] * 6), min_size=1, max_size=4))
def test_the_account_adds_up(figures):
    stock, lodged, decided = [], [], []
    for place, (start, end, persons, cases, ended, closed) in enumerate(figures):
        code = f"D{place:02}"
        stock += [(2000, code, start), (2001, code, end)]
        lodged += [(2001, code, "N", "FI", "persons", persons)]
        lodged += [(2001, code, "N", "IN", "cases", cases)]
        decided += [(2001, code, "FI", "cases", ended, closed)]
    _, walk = build(stock, lodged, decided)
    account = stock_flow.account_destinations(walk)
    parts = account[["explained", "residual", "untested"]].fillna(0).sum(axis=1)
    assert (parts == account["change"]).all()
    year = stock_flow.account_years(account).iloc[0]
    assert year["change"] == sum(row[1] for row in figures) - sum(row[0] for row in figures)
    assert year["explained"] + year["residual"] + year["untested"] == year["change"]
    assert year["lodged_persons"] == sum(row[2] for row in figures)
    assert year["lodged_cases"] == sum(row[3] for row in figures)
    ends = stock_flow.split_new_and_old(walk).iloc[0]
    assert ends["pending"] == year["end"]
    assert ends["counted_before"] + ends["lodged"] + ends["unaccounted"] == ends["pending"]
    assert 0 <= ends["counted_before"] <= ends["counted_before_most"] + 1
    assert ends["unaccounted"] >= -1


@pytest.mark.parametrize(
    ("unit", "lodged", "expected"),
    [
        ("persons", 60, [90, 60, 0]),  # 90 were not lodged this year, so they were counted before
        ("persons", 20, [100, 20, 30]),  # 30 that nobody lodged and nobody counted
        ("cases", 40, [90, 60, 0]),  # each case as many persons as it may be
    ],
)
def test_a_year_end_is_split_into_claims_counted_before_and_others(unit, lodged, expected):
    rows = [(2001, "DDD", "N", "FI", unit, lodged)]
    _, walk = build([(2000, "DDD", 100), (2001, "DDD", 150)], rows, [])
    row = stock_flow.split_new_and_old(walk).iloc[0]
    assert row[["counted_before", "lodged", "unaccounted"]].tolist() == expected


def test_years_to_decide_are_a_range_where_decisions_are_in_cases():
    decided = [(2001, "DDD", "FI", "cases", 50, 0), (2001, "DDD", "AR", "cases", 99, 0)]
    core, _ = build([(2000, "DDD", 100), (2001, "DDD", 150)], [], decided)
    row = stock_flow.estimate_years_to_decide(core, "AAA").query("year == 2001").iloc[0]
    assert (row["years_low"], row["years_high"]) == (pytest.approx(150 / (1.501 * 50)), 3)
    # A destination that decides nothing has no pace.
    none = (2001, "EEE", "FI", "persons", 0, 0)
    core, _ = build([(2001, "DDD", 150), (2001, "EEE", 50)], [], [*decided, none])
    paces = stock_flow.estimate_years_to_decide(core, "AAA").set_index("asylum")
    assert pd.isna(paces.loc["EEE", "years_low"])


def test_a_sum_of_year_ends_counts_none_again_in_its_first_year():
    rows = [(2001, 100, 90), (2002, 200, 80), (2003, 100, 60)]
    year_ends = pd.DataFrame(rows, columns=["year", "pending", "counted_before"])
    assert stock_flow.sum_counted_again(year_ends) == {
        "first_year": 2001, "last_year": 2003, "total": 400, "again": 140, "again_share": 0.35,
    }  # fmt: skip
    assert stock_flow.sum_counted_again(year_ends.assign(pending=0)) == {}
