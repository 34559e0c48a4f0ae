"""The account of a stock: it adds up, persons and cases stay apart, nothing is counted twice."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.analysis.stock_flow import (
    account_destinations,
    account_years,
    blank_half_flows,
    count_again,
    split_year_ends,
    walk_stock,
)
from helpers.analysis.stock_flow import (
    estimate_years_to_decide as estimate_waits,
)
from helpers.analysis.stock_flow import (
    sum_years_to_decide as sum_waits,
)

COUNTS = st.integers(0, 500)


def build(make_core, stock, lodged, decided):
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
    return core, walk_stock(core, "AAA", [2001])


def test_what_flows_leave_open_is_the_residual(make_core):
    _, walk = build(
        make_core,
        [(2000, "DDD", 100), (2001, "DDD", 300)],
        [(2001, "DDD", "N", "FI", "persons", 80)],
        [(2001, "DDD", "FI", "persons", 20, 10)],
    )
    row = account_destinations(walk).iloc[0]
    assert (row["change"], row["explained"], row["residual"], row["untested"]) == (200, 50, 150, 0)
    assert row["residual_share"] == 0.5
    assert row["is_large"]


def test_a_destination_without_flows_is_untested_and_not_a_residual(make_core):
    core = make_core(
        stock=[(2000, "DDD", 100), (2001, "DDD", 300)],
        every=[(year, "DDD", 9000, 0, 9, 9, 0) for year in (2000, 2001)],
    )
    account = account_destinations(walk_stock(core, "AAA", [2001]))
    assert (account["untested"].item(), account["explained"].item()) == (200, 0)
    assert account["residual"].isna().all()
    assert account_years(account)["is_large"].item()


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(figures=st.lists(st.tuples(*[COUNTS] * 6), min_size=1, max_size=4))
def test_the_account_adds_up(make_core, figures):
    stock, lodged, decided = [], [], []
    for place, (start, end, persons, cases, ended, closed) in enumerate(figures):
        code = f"D{place:02}"
        stock += [(2000, code, start), (2001, code, end)]
        lodged += [(2001, code, "N", "FI", "persons", persons)]
        lodged += [(2001, code, "N", "IN", "cases", cases)]
        decided += [(2001, code, "FI", "cases", ended, closed)]
    _, walk = build(make_core, stock, lodged, decided)
    account = account_destinations(walk)
    parts = account[["explained", "residual", "untested"]].fillna(0).sum(axis=1)
    assert (parts == account["change"]).all()
    year = account_years(account).iloc[0]
    assert year["change"] == sum(row[1] for row in figures) - sum(row[0] for row in figures)
    assert year["explained"] + year["residual"] + year["untested"] == year["change"]
    assert year["lodged_persons"] == sum(row[2] for row in figures)
    assert year["lodged_cases"] == sum(row[3] for row in figures)
    ends = split_year_ends(walk).iloc[0]
    assert ends["pending"] == year["end"]
    assert ends["counted_before"] + ends["lodged"] + ends["unaccounted"] == ends["pending"]
    assert 0 <= ends["counted_before"] <= ends["counted_before_most"] + 1
    assert ends["unaccounted"] >= -1


def test_repeats_are_those_that_nobody_lodged_this_year(make_core):
    _, walk = build(
        make_core,
        [(2000, "DDD", 100), (2001, "DDD", 150)],
        [(2001, "DDD", "N", "FI", "persons", 60)],
        [(2001, "DDD", "FI", "persons", 10, 0)],
    )
    row = split_year_ends(walk).iloc[0]
    assert (row["counted_before"], row["lodged"], row["unaccounted"]) == (90, 60, 0)


def test_claims_that_nobody_lodged_and_nobody_counted_are_unaccounted(make_core):
    _, walk = build(make_core, [(2000, "DDD", 100), (2001, "DDD", 150)],
                    [(2001, "DDD", "N", "FI", "persons", 20)], [])  # fmt: skip
    row = split_year_ends(walk).iloc[0]
    assert (row["counted_before"], row["lodged"], row["unaccounted"]) == (100, 20, 30)


def test_cases_count_as_many_persons_as_they_may(make_core):
    _, walk = build(make_core, [(2000, "DDD", 100), (2001, "DDD", 150)],
                    [(2001, "DDD", "N", "FI", "cases", 40)], [])  # fmt: skip
    assert split_year_ends(walk, persons_a_case=1.5)["counted_before"].item() == 90


def test_waits_are_a_range_where_decisions_are_in_cases(make_core):
    decided = [(2001, "DDD", "FI", "cases", 50, 0), (2001, "DDD", "AR", "cases", 99, 0)]
    core, _ = build(make_core, [(2000, "DDD", 100), (2001, "DDD", 150)], [], decided)
    row = estimate_waits(core, "AAA", persons_a_case=1.5).query("year == 2001").iloc[0]
    assert (row["years_low"], row["years_high"]) == (2, 3)
    assert pd.isna(row["decided_persons"])


def test_waits_of_the_whole_leave_out_places_that_decide_nothing(make_core):
    core, _ = build(make_core, [(2001, "DDD", 150), (2001, "EEE", 50)], [],
                    [(2001, "DDD", "FI", "persons", 50, 0)])  # fmt: skip
    row = sum_waits(estimate_waits(core, "AAA")).iloc[0]
    assert (row["years_low"], row["years_high"], row["covered"]) == (3, 3, 0.75)


def test_nothing_decided_is_no_wait(make_core):
    core, _ = build(make_core, [(2001, "DDD", 150)], [], [])
    waits = estimate_waits(core, "AAA")
    assert waits["years_low"].isna().all()
    assert sum_waits(waits).empty


def test_large_is_a_parameter(make_core):
    _, walk = build(make_core, [(2000, "DDD", 100), (2001, "DDD", 105)], [], [])
    assert not account_destinations(walk)["is_large"].item()
    assert account_destinations(walk, large=0.01)["is_large"].item()
    assert account_destinations(walk)["residual"].item() == pytest.approx(5)


def test_decisions_of_six_months_are_no_pace(make_core):
    decided = [(2001, place, "FI", "persons", 50, 0) for place in ("DDD", "EEE")]
    core, _ = build(make_core, [(2001, "DDD", 150), (2001, "EEE", 50)], [], decided)
    rows = [("DDD", 2001, "carried_forward", "applications"), ("EEE", 2000, "mid_year", "pending")]
    breaks = pd.DataFrame(rows, columns=["asylum", "year", "kind", "touches"])
    waits = blank_half_flows(estimate_waits(core, "AAA"), breaks).set_index("asylum")
    assert pd.isna(waits.loc["DDD", "years_high"])
    assert waits.loc["EEE", "years_high"] == 1
    assert waits.loc["DDD", "pending"] == 150
    assert sum_waits(waits.reset_index())["covered"].item() == 0.25


def test_a_sum_of_year_ends_counts_none_again_in_its_first_year():
    rows = [(2001, 100, 90), (2002, 200, 80), (2003, 100, 60)]
    year_ends = pd.DataFrame(rows, columns=["year", "pending", "counted_before"])
    facts = count_again(year_ends)
    assert (facts["total"], facts["again"], facts["once"]) == (400, 140, 260)
    assert (facts["first_year"], facts["last_year"], facts["again_share"]) == (2001, 2003, 0.35)
    assert facts["times"] == pytest.approx(400 / 260)


def test_of_nothing_nothing_is_counted_again():
    year_ends = pd.DataFrame({"year": [2001], "pending": [0], "counted_before": [0]})
    with pytest.raises(ValueError, match="nothing to add up"):
        count_again(year_ends)
