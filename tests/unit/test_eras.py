"""Eras: spans that partition the years, means that skip half years, ratio and increase apart."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.analysis import eras
from helpers.analysis.eras import COUNTS, KINDS, LABELS, RATES, WITHOUT
from helpers.study import Boundary, Era, Source

SOURCE = Source(title="a book", publisher="a publisher")


def make_boundary(cut):
    spans = (Era(name="early", last=cut), Era(name="late", first=cut + 1))
    return Boundary(
        name="cut", title="A cut", sources=(SOURCE,), compare=("early", "late"), eras=spans
    )


def make_series(values, kind="stock", half_year=None):
    numbers = pd.Series(values, dtype="Int64").rename_axis("year")
    return eras.list_series({"m": numbers}, {"m": kind}, half_year)


def test_a_stock_has_a_mean_and_no_total():
    result = eras.summarise_eras(
        make_series({2001: 10, 2002: 30, 2003: 60}), make_boundary(2002), range(2001, 2004)
    )
    early, late = result.to_dict("records")
    assert pd.isna(early["total"])
    assert early["mean_per_year"] == 20
    assert (early["first"], early["last"], early["ratio"], early["percent_increase"]) == (
        10,
        30,
        3,
        200,
    )
    assert (late["first_year"], late["last_year"], late["ratio"]) == (2003, 2003, 1)


def test_a_six_month_flow_enters_the_total_and_no_mean():
    series = make_series({2001: 10, 2002: 30, 2003: 12}, kind="flow", half_year=2003)
    row = eras.summarise_eras(series, make_boundary(2000), range(2001, 2004)).to_dict("records")[0]
    assert row["total"] == 52
    assert row["mean_per_year"] == 20
    assert pd.isna(row["last"])
    assert pd.isna(row["ratio"])
    assert row["has_half_year"]


def test_a_summed_stock_has_a_total_and_nothing_else():
    row = eras.summarise_eras(
        make_series({2001: 10, 2002: 30}, kind="summed"), make_boundary(2002), range(2001, 2003)
    ).to_dict("records")[0]
    assert row["total"] == 40
    assert all(
        pd.isna(row[name])
        for name in ("mean_per_year", "first", "last", "ratio", "percent_increase")
    )


def test_a_missing_year_is_left_out_of_the_mean_and_counted():
    row = eras.summarise_eras(
        make_series({2001: 10, 2002: None, 2003: 50}), make_boundary(2003), range(2001, 2004)
    ).to_dict("records")[0]
    assert row["mean_per_year"] == 30
    assert row["n_years"] == 2


def test_an_era_outside_the_years_has_no_row():
    result = eras.summarise_eras(
        make_series({2001: 10, 2002: 30}), make_boundary(2002), range(2001, 2003)
    )
    assert result["era"].tolist() == ["early"]


def test_two_eras_compare_by_their_means():
    boundary = make_boundary(2002)
    result = eras.summarise_eras(
        make_series({2001: 10, 2002: 30, 2003: 60}), boundary, range(2001, 2004)
    )
    pair = eras.compare_two(result, boundary).to_dict("records")[0]
    assert (pair["earlier_mean"], pair["later_mean"]) == (20, 60)
    assert pair["ratio"] == pytest.approx(3)
    assert pair["percent_increase"] == pytest.approx(200)


def test_a_boundary_with_a_gap_is_refused():
    with pytest.raises(ValueError, match="do not meet"):
        Boundary(name="x", title="x", sources=(SOURCE,), compare=("a", "b"),
                 eras=(Era(name="a", last=2002), Era(name="b", first=2004)))  # fmt: skip


@given(st.integers(2000, 2010), st.integers(0, 15), st.integers(1998, 2026))
def test_eras_partition_the_years(first, length, cut):
    years = range(first, first + length + 1)
    spans = [eras.clip_era(era, years) for era in make_boundary(cut).eras]
    assert sorted(year for span in spans for year in span) == list(years)


@given(st.floats(1, 1e9), st.floats(1, 1e9))
def test_increase_is_the_ratio_less_one(first, last):
    assert eras.percent_increase(first, last) == pytest.approx(
        100 * (eras.divide(last, first) - 1), rel=1e-9, abs=1e-6
    )


def test_a_rate_has_a_mean_and_no_total_and_skips_half_years():
    values = pd.Series({2001: 0.2, 2002: 0.4, 2003: 0.9}, dtype="Float64").rename_axis("year")
    series = eras.list_series({"m": values}, {"m": "rate"}, 2003)
    row = eras.summarise_eras(series, make_boundary(2000), range(2001, 2004)).to_dict("records")[0]
    assert pd.isna(row["total"])
    assert row["mean_per_year"] == pytest.approx(0.3)
    assert pd.isna(row["last"])


def test_a_measure_stands_beside_its_twin():
    pair = pd.DataFrame(
        {"measure": ["a", "b", "a_x"], "ratio": [4.0, 2.0, 3.0], "is_thin": [False, False, True]}
    )
    rows = eras.set_beside(pair, "_x").set_index("measure")
    assert rows.index.tolist() == ["a", "b"]
    assert rows.loc["a", ["ratio", "ratio_without", "is_thin"]].tolist() == [4.0, 3.0, True]
    assert pd.isna(rows.loc["b", "ratio_without"])
    assert not rows.loc["b", "is_thin"]


def test_every_measure_has_a_label_a_kind_and_a_twin():
    assert LABELS.keys() == KINDS.keys()
    assert len(set(LABELS.values())) == len(LABELS)
    assert set(KINDS.values()) <= set(eras.KINDS)
    assert {name for name in KINDS if not name.endswith(WITHOUT)} == {*COUNTS, *RATES}
    assert not set(COUNTS) & set(RATES)


def test_an_era_has_a_phrase_or_takes_its_name():
    assert Era(name="Xi").prose == "the Xi era"
    assert Era(name="After", phrase="the years after").prose == "the years after"
