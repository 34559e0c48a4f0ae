"""Eras: spans that partition the years, means that skip half years, ratio and increase apart."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis import eras
from helpers.study import Boundary, Era, Source

SOURCE = Source(title="a book", publisher="a publisher")
YEARS = range(2001, 2004)


def make_boundary(cut):
    spans = (Era(name="early", last=cut), Era(name="late", first=cut + 1))
    return Boundary(
        name="cut", title="A cut", sources=(SOURCE,), compare=("early", "late"), eras=spans
    )


def summarise(values, kind="stock", *, cut=2000, half_year=None, years=YEARS):
    numbers = pd.Series(values, index=range(2001, 2001 + len(values)), dtype="Float64")
    series = eras.list_series({"m": numbers}, {"m": kind}, half_year)
    return eras.summarise_eras(series, make_boundary(cut), years)


@pytest.mark.parametrize(
    ("kind", "half_year", "wanted"),
    [
        # total, mean_per_year, first, last, ratio, percent_increase
        ("stock", None, [None, 20, 10, 15, 1.5, 50]),
        ("stock", 2003, [None, 20, 10, 15, 1.5, 50]),
        ("flow", None, [60, 20, 10, 15, 1.5, 50]),
        ("flow", 2003, [60, 22.5, 10, None, None, None]),
        ("rate", None, [None, 20, 10, 15, 1.5, 50]),
        ("rate", 2003, [None, 22.5, 10, None, None, None]),
        ("summed", None, [60, None, None, None, None, None]),
    ],
)
def test_a_measure_is_summarised_by_its_kind(kind, half_year, wanted):
    row = summarise([10, 35, 15], kind, half_year=half_year).iloc[0]
    found = [None if pd.isna(row[name]) else row[name] for name in eras.FIGURES]
    assert found == wanted
    assert (row["n_years"], row["has_half_year"]) == (3, half_year is not None)
    assert (row["first_year"], row["last_year"]) == (2001, 2003)


def test_a_missing_year_is_left_out_of_the_mean_and_a_zero_gives_no_ratio():
    row = summarise([0, None, 50]).iloc[0]
    assert (row["mean_per_year"], row["n_years"]) == (25, 2)
    assert pd.isna(row["ratio"])
    assert pd.isna(row["percent_increase"])


def test_an_era_outside_the_years_has_no_row():
    assert summarise([10, 30], cut=2002, years=range(2001, 2003))["era"].tolist() == ["early"]


def test_two_eras_compare_by_their_means():
    table = summarise([10, 30, 60], cut=2002)
    pair = eras.compare_two(table, make_boundary(2002)).iloc[0]
    assert pair["earlier_mean":"percent_increase"].tolist() == [20, 60, 3, 200]
    assert not pair["is_thin"]
    thin = eras.compare_two(summarise([10, None, None, 60], cut=2003, years=range(2001, 2005)),
                            make_boundary(2003))  # fmt: skip
    assert thin["is_thin"].tolist() == [True]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 10**9), min_size=3, max_size=3))
def test_increase_is_the_ratio_less_one(values):
    pair = eras.compare_two(summarise(values, cut=2002), make_boundary(2002)).iloc[0]
    assert pair["ratio"] == pytest.approx(values[2] / ((values[0] + values[1]) / 2))
    assert pair["percent_increase"] == pytest.approx(100 * (pair["ratio"] - 1), abs=1e-6)


@given(st.integers(2000, 2010), st.integers(0, 15), st.integers(1998, 2026))
def test_eras_partition_the_years(first, length, cut):
    years = range(first, first + length + 1)
    spans = [eras.clip_era(era, years) for era in make_boundary(cut).eras]
    assert sorted(year for span in spans for year in span) == list(years)


def test_a_measure_has_the_ratio_of_its_twin():
    pair = pd.DataFrame({
        "measure": ["a", "b", "a_excl_main"], "ratio": [4.0, 2.0, 3.0],
        "is_thin": [False, False, True],
    })  # fmt: skip
    rows = eras.add_ratio_without_main(pair).set_index("measure")
    assert rows.index.tolist() == ["a", "b"]
    assert rows.loc["a", ["ratio", "ratio_without", "is_thin"]].tolist() == [4.0, 3.0, True]
    assert pd.isna(rows.loc["b", "ratio_without"])
    assert not rows.loc["b", "is_thin"]


def test_series_keep_their_twins_and_the_summed_stock_is_the_stock():
    by_year = pd.DataFrame({"year": [2001], "pending": [9], "pending_excl_main": [4]})
    new, rest = (
        pd.DataFrame({"year": [2001], "applied_persons": [n], "applied_cases": [n + 1]})
        for n in (5, 2)
    )
    others = {"refugees": pd.Series([70], index=[2001])}
    series = eras.build_series(by_year, new, rest, None, others).set_index("measure")
    assert series["value"].to_dict() == {
        "pending": 9, "pending_summed": 9, "applied_persons": 5, "applied_cases": 6, "refugees": 70,
        "pending_excl_main": 4, "pending_summed_excl_main": 4, "applied_persons_excl_main": 2,
        "applied_cases_excl_main": 3,
    }  # fmt: skip
    assert series.loc["pending_summed_excl_main", "kind"] == "summed"
    assert len(set(eras.LABELS.values())) == len(eras.LABELS) == len(eras.KINDS)
    assert sorted([*eras.COUNTS, *eras.RATES]) == sorted(eras.MEASURES)


def test_a_boundary_with_a_gap_is_refused():
    with pytest.raises(ValueError, match="do not meet"):
        Boundary(name="x", title="x", sources=(SOURCE,), compare=("a", "b"),
                 eras=(Era(name="a", last=2002), Era(name="b", first=2004)))  # fmt: skip


def test_an_era_has_a_phrase_or_takes_its_name():
    assert Era(name="Xi").prose == "the Xi era"
    assert Era(name="After", phrase="the years after").prose == "the years after"
