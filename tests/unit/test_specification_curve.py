"""The specification curve: units stay apart, choices are judged one at a time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

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
    every = [(year, code, 1000, 0, 9, 9, 0) for year in YEARS for code in ("DDD", "EEE")]
    core = make_core(stock=stock, every=every, lodged=lodged)
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
    wanted = {
        ("pending", "persons"): (130, 30),
        ("share of the world", "persons"): (130 / 2000, 0.03),
        ("new claims", "persons"): (7, None),
        ("new claims", "cases"): (4, 4),
        ("new claims", "persons, at least"): (11, 4),
    }
    for (measure, unit), (every, without) in wanted.items():
        assert pick(variants, measure, unit, "all")[2001] == every
        if without is not None:
            assert pick(variants, measure, unit, "without the largest")[2001] == without
    assert np.isnan(pick(variants, "new claims", "persons", "all")[2002])


def test_a_six_month_flow_is_left_out_and_a_mid_year_stock_is_not(make_core):
    core = build(make_core, [(2001, "DDD", 100)], [(2001, "DDD", "N", "FI", "persons", 7)])
    variants = list_variants(core, YEARS, 2001, [])
    assert pick(variants, "pending", "persons", "all")[2001] == 100
    assert ("AAA", "new claims", "persons", "all") not in variants.index


def test_two_eras_compare_by_their_means_if_half_of_each_has_a_value():
    table = {"AAA": (10, 30, 50, 70), "BBB": (10, None, 50, 70), "CCC": (None, None, 1, 1)}
    rows = compare_spans(make_variants(table), [make_boundary(2002)], YEARS)
    assert rows["origin"].tolist() == ["AAA", "BBB"]
    values = ["start_year", "earlier_mean", "later_mean", "ratio"]
    values = ["start_year", "earlier_mean", "later_mean", "ratio"]
    assert rows.loc[0, values].tolist() == [2001, 20, 60, 3]
    assert rows.loc[1, values].tolist() == [2001, 10, 60, 6]


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
    table = {"AAA": (100, 100, 9000, 9000), "TINY": (1, 1, 5000, 5000)}

    def run(more):
        releases = {"r": make_variants(table | more)}
        return run_specifications(releases, "AAA", [make_boundary(2002)], YEARS, fewest=50).iloc[0]

    band = ["band_low", "band_middle", "band_high", "band_origins"]
    assert run(others)[band].tolist() == [1.5, 3.5, 5.5, 6]
    few = run(dict(list(others.items())[:4]))  # a handful is no band
    assert few["band_origins"] == 4
    assert pd.isna(few["band_low"])


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


def test_a_later_start_leaves_three_years():
    assert list_starts(range(2003, 2008)) == [2003, 2005]
    assert list_starts(range(2003, 2005)) == [2003]
