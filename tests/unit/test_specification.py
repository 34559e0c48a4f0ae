"""The specification curve: units stay apart, choices are judged one at a time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.analysis.specification_curve import (
    CHOICES,
    SERIES_KEY,
    compare_spans,
    list_starts,
    list_variants,
    rank_choices,
    run_specifications,
)
from helpers.study import Boundary, Era, Source

SOURCE = Source(title="a book", publisher="a publisher")
YEARS = range(2001, 2005)


def make_boundary(cut, name="cut"):
    spans = (Era(name="early", last=cut), Era(name="late", first=cut + 1))
    return Boundary(
        name=name, title="A cut", sources=(SOURCE,), compare=("early", "late"), eras=spans
    )


def make_variants(table, measure="pending", unit="persons"):
    index = pd.MultiIndex.from_tuples(
        [(origin, measure, unit, "all") for origin in table], names=SERIES_KEY
    )
    return pd.DataFrame(list(table.values()), index=index, columns=list(YEARS), dtype=float)


def build(make_core, stock, lodged):
    core = make_core(
        stock=stock,
        every=[(year, "DDD", 1000, 0, 9, 9, 0) for year in YEARS]
        + [(year, "EEE", 1000, 0, 9, 9, 0) for year in YEARS],
        lodged=lodged,
    )
    totals = core.pending.groupby(["year", "origin"], as_index=False)[["refugees", "pending"]].sum()
    return replace(core, by_origin=totals)


def pick(variants, measure, unit, destinations):
    return variants.loc[("AAA", measure, unit, destinations)]


def test_series_are_told_apart_by_measure_unit_and_destination(make_core):
    core = build(
        make_core,
        [(2001, "DDD", 100), (2001, "EEE", 30), (2002, "DDD", 50)],
        [(2001, "DDD", "N", "FI", "persons", 7), (2001, "EEE", "N", "FI", "cases", 4),
         (2001, "EEE", "R", "FI", "persons", 900)],
    )  # fmt: skip
    variants = list_variants(core, YEARS, None, [])
    assert pick(variants, "pending", "persons", "all")[2001] == 130
    assert pick(variants, "pending", "persons", "without the largest")[2001] == 30
    assert pick(variants, "share of the world", "persons", "all")[2001] == 130 / 2000
    assert pick(variants, "share of the world", "persons", "without the largest")[2001] == 0.03
    assert pick(variants, "new claims", "persons", "all")[2001] == 7
    assert pick(variants, "new claims", "cases", "all")[2001] == 4
    assert pick(variants, "new claims", "cases", "without the largest")[2001] == 4
    assert np.isnan(pick(variants, "new claims", "persons", "all")[2002])


def test_a_six_month_flow_is_left_out_and_a_mid_year_stock_is_not(make_core):
    core = build(make_core, [(2001, "DDD", 100)], [(2001, "DDD", "N", "FI", "persons", 7)])
    variants = list_variants(core, YEARS, 2001, [])
    assert pick(variants, "pending", "persons", "all")[2001] == 100
    assert ("AAA", "new claims", "persons", "all") not in variants.index


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(persons=st.integers(0, 1000), cases=st.integers(0, 1000))
def test_persons_and_cases_never_meet(make_core, persons, cases):
    core = build(
        make_core,
        [(2001, "DDD", 100)],
        [(2001, "DDD", "N", "FI", "persons", persons), (2001, "DDD", "N", "IN", "cases", cases)],
    )
    variants = list_variants(core, YEARS, None, [])
    assert pick(variants, "new claims", "persons", "all")[2001] == persons
    assert pick(variants, "new claims", "cases", "all")[2001] == cases


def test_two_eras_compare_by_their_means():
    table = compare_spans(make_variants({"AAA": (10, 30, 50, 70)}), [make_boundary(2002)], YEARS)
    row = table.iloc[0]
    assert (row["earlier_mean"], row["later_mean"], row["ratio"]) == (20, 60, 3)
    assert row["start_year"] == 2001


def test_a_series_on_file_for_fewer_than_half_of_an_era_is_not_compared():
    variants = make_variants({"AAA": (10, None, 50, 70), "BBB": (None, None, 1, 1)})
    table = compare_spans(variants, [make_boundary(2002)], YEARS)
    assert table["origin"].tolist() == ["AAA"]


def test_boundaries_and_starts_are_choices():
    years = range(2000, 2012)
    index = pd.MultiIndex.from_tuples([("AAA", "pending", "persons", "all")], names=SERIES_KEY)
    variants = pd.DataFrame([np.arange(1.0, 13)], index=index, columns=list(years))
    table = compare_spans(variants, [make_boundary(2006), make_boundary(2007, "other")], years)
    assert table.groupby("boundary")["start_year"].apply(list).to_dict() == {
        "cut": [2000, 2002, 2004],
        "other": [2000, 2002, 2004],
    }


def test_an_era_that_no_year_covers_gives_nothing():
    variants = make_variants({"AAA": (1, 2, 3, 4)})
    assert compare_spans(variants, [make_boundary(2010)], YEARS).empty
    assert run_specifications({"r": variants}, "AAA", [make_boundary(2010)], YEARS).empty


def test_the_band_is_that_of_the_other_origins_with_enough_claims():
    others = {f"O{n}": (100, 100, 100 * n, 100 * n) for n in range(1, 7)}
    table = {"AAA": (100, 100, 9000, 9000), "TINY": (1, 1, 5000, 5000), **others}
    result = run_specifications(
        {"r": make_variants(table)}, "AAA", [make_boundary(2002)], YEARS, fewest=50
    ).iloc[0]
    assert result["band_origins"] == 6
    assert (result["band_low"], result["band_middle"], result["band_high"]) == (1.5, 3.5, 5.5)


def test_a_handful_of_origins_is_no_band():
    table = {name: (100, 100, 200, 200) for name in ("AAA", "BBB", "CCC")}
    result = run_specifications(
        {"r": make_variants(table)}, "AAA", [make_boundary(2002)], YEARS, fewest=50
    ).iloc[0]
    assert result["band_origins"] == 2
    assert pd.isna(result["band_low"])


def make_specifications(ratios):
    """One row a (measure, release) pair; all other choices are the same."""
    base = dict.fromkeys(CHOICES, "x")
    return pd.DataFrame(
        [base | {"measure": m, "release": r, "ratio": v} for (m, r), v in ratios.items()]
    )


def test_the_choice_that_moves_most_comes_first():
    ratios = {("a", "1"): 2.0, ("a", "2"): 3.0, ("b", "1"): 8.0, ("b", "2"): 6.0}
    table = rank_choices(make_specifications(ratios)).set_index("choice")
    assert table.index.tolist() == ["measure", "release"]
    assert table.loc["measure", "typical_factor"] == pytest.approx((4 * 2) ** 0.5)
    assert table.loc["measure", "greatest_factor"] == pytest.approx(4)
    assert table.loc["release", "comparisons"] == 2


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=4, max_size=4), st.floats(0.1, 10))
def test_choices_do_not_change_with_the_scale(values, factor):
    keys = [(m, r) for m in "ab" for r in "12"]
    one = rank_choices(make_specifications(dict(zip(keys, values, strict=True))))
    scaled = [factor * value for value in values]
    other = rank_choices(make_specifications(dict(zip(keys, scaled, strict=True))))
    columns = ["choice", "typical_factor"]
    left, right = (t[columns].sort_values("choice", ignore_index=True) for t in (one, other))
    pd.testing.assert_frame_equal(left, right)


def test_a_later_start_leaves_three_years():
    assert list_starts(range(2003, 2008)) == [2003, 2005]
    assert list_starts(range(2003, 2005)) == [2003]
