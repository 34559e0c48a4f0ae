"""Rates by destination: what is put together, what is not, and what is too little."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis import rates
from helpers.analysis.breaks import find_breaks_by_destination

COLUMNS = ["year", "asylum", "level", "level_code", "unit", "recognised", "other", "rejected",
           "closed"]  # fmt: skip
COUNTS = st.tuples(*[st.integers(0, 400)] * 4)
KEYS = st.tuples(
    st.integers(2018, 2022),
    st.sampled_from(["AAA", "BAA"]),
    st.sampled_from([("first", "FI"), ("first", "IN"), ("appeal", "AR")]),
    st.sampled_from(["persons", "cases"]),
)


def make_decisions(rows):
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[5:], "Int64"))


def rate(rows, years=range(2018, 2023), least=100):
    return rates.rate_destinations(make_decisions(rows), years, least)


def test_codes_units_and_destinations_stay_apart():
    rows = [
        (2020, "AAA", "first", "IN", "persons", 50, 0, 50, 100),
        (2021, "AAA", "first", "IN", "persons", 25, 25, 50, 0),
        (2021, "AAA", "first", "EO", "persons", 90, 0, 10, 0),
        (2021, "AAA", "first", "IN", "cases", 0, 0, 100, 0),
        (2021, "BAA", "appeal", "AR", "persons", 10, 0, 89, 1),
        (2010, "BAA", "appeal", "AR", "persons", 10, 0, 89, 1),
    ]
    found = rate(rows).set_index(["asylum", "level_code", "unit"])
    own = found.loc[("AAA", "IN", "persons")]
    assert (own["recognition_rate"], own["protection_rate"]) == (0.375, 0.5)
    assert own["closed_share"] == pytest.approx(1 / 3)
    assert (own["first_year"], own["last_year"], own["substance"]) == (2020, 2021, 200)
    assert found.loc[("AAA", "EO", "persons"), "recognition_rate"] == pytest.approx(0.9)
    assert found.loc[("AAA", "IN", "cases"), "recognition_rate"] == 0
    few = found.loc[("BAA", "AR", "persons")]
    assert not few["is_enough"]
    assert pd.isna(few["recognition_rate"])
    assert few["closed_share"] == pytest.approx(0.01)
    assert len(found) == 4


@settings(max_examples=40)
@given(st.dictionaries(KEYS, COUNTS, min_size=1, max_size=25), st.integers(0, 300))
def test_every_decision_is_in_one_row_and_rates_are_shares(found, least):
    rows = [(y, a, *level, unit, *n) for (y, a, level, unit), n in found.items()]
    table = rate(rows, least=least)
    assert int(table["substance"].sum()) == sum(sum(n[:3]) for n in found.values())
    assert int(table["closed"].sum()) == sum(n[3] for n in found.values())
    known = table.dropna(subset=["recognition_rate"])
    assert (known["substance"] >= max(least, 1)).all()
    assert known["recognition_rate"].between(0, 1).all()
    assert (known["protection_rate"] >= known["recognition_rate"]).all()
    assert known["protection_rate"].between(0, 1).all()
    assert table["closed_share"].between(0, 1).all()
    assert table["substance"].is_monotonic_decreasing
    left = table[table["is_enough"] & (table["substance"] > 0)]
    assert len(left) == len(known)


def test_nothing_decided_is_an_empty_table():
    assert rate([]).empty
    assert rate([(2020, "AAA", "first", "FI", "persons", 0, 0, 0, 0)]).empty


def test_a_break_counts_only_between_two_years_that_are_added_up():
    rows = [
        (year, code, "first", "FI", "persons", 80, 0, 80, 0)
        for year in (2020, 2021)
        for code in ("AAA", "BAA", "CAA")
    ]
    findings = pd.DataFrame(
        [("AAA", 2020, "decisions"), ("BAA", 2021, "decisions"), ("CAA", 2021, "pending")],
        columns=["asylum", "year", "touches"],
    )
    flagged = rates.flag_rates(rate(rows), findings).set_index("asylum")["has_break"]
    assert flagged.to_dict() == {"AAA": False, "BAA": True, "CAA": False}


def test_an_appeal_above_every_other_level_is_found():
    rows = [
        (2020, "AAA", "first", "FI", "persons", 10, 0, 90, 0),
        (2020, "AAA", "first", "EO", "persons", 70, 0, 30, 0),
        (2020, "AAA", "appeal", "AR", "persons", 60, 0, 40, 0),
        (2020, "BAA", "first", "FI", "persons", 10, 0, 90, 0),
        (2020, "BAA", "appeal", "AR", "persons", 60, 0, 40, 0),
        (2020, "CAA", "appeal", "AR", "persons", 60, 0, 40, 0),
        (2020, "DAA", "first", "FI", "persons", 1, 0, 9, 0),
        (2020, "DAA", "appeal", "AR", "persons", 60, 0, 40, 0),
    ]
    assert rates.find_reversed(rate(rows)) == ["BAA"]


def make_findings(rows):
    columns = ["asylum", "year", "kind", "touches", "effect_on_origin"]
    return pd.DataFrame(rows, columns=columns).astype({"effect_on_origin": "Int64"})


def test_own_breaks_are_measured_by_the_destinations_own_stock():
    stock = pd.DataFrame(
        [(2019, "AAA", 1000), (2020, "AAA", 100), (2020, "BAA", 50)],
        columns=["year", "asylum", "pending"],
    ).astype({"pending": "Int64"})
    findings = make_findings(
        [
            ("AAA", 2020, "stock_flow_gap", "pending", -900),
            ("AAA", 2020, "coverage_drop", "pending", -300),
            ("AAA", 2020, "unknown_origin", "pending", -100),
            ("AAA", 2021, "unit_change", "pending", 11),
            ("BAA", 2020, "unit_change", "pending", 5),
            ("BAA", 2020, "stage_change", "applications", 50),
            ("BAA", 2020, "carried_forward", "pending", None),
            ("CAA", 2020, "coverage_jump", "pending", 50),
        ]
    )
    own = find_breaks_by_destination(findings, stock)
    found = list(zip(own["asylum"], own["year"], own["kind"], own["own_share"], strict=True))
    assert found == [
        ("AAA", 2020, "coverage_drop stock_flow_gap", pytest.approx(0.9)),
        ("AAA", 2021, "unit_change", pytest.approx(0.11)),
    ]
    assert find_breaks_by_destination(findings.iloc[:0], stock).empty
