"""Eras: spans that partition the years, means that skip half years, ratio and increase apart."""

import pandas as pd
import pytest
from frames import make_boundary
from hypothesis import given
from hypothesis import strategies as st

from helpers.analysis import eras

YEARS = range(2001, 2004)


def make_numbers(values):
    return pd.Series(values, index=range(2001, 2001 + len(values)), dtype="Float64")


def make_series(values, kind="stock", *, partial=(), lower=None, upper=None):
    sides = {"value": values} | ({"lower": lower, "upper": upper} if lower else {})
    frames = {side: make_numbers(own).to_frame("m") for side, own in sides.items()}
    return eras.list_series(frames.pop("value"), {"m": kind}, {"m": partial}, frames)


def summarise(values, kind="stock", *, cut=2000, years=YEARS, **more):
    return eras.summarise_eras(make_series(values, kind, **more), make_boundary(cut), years)


@pytest.mark.parametrize(
    ("kind", "partial", "wanted"),
    [
        # total, mean_per_year, first, last, ratio, percent_increase
        ("stock", (), [None, 20, 10, 15, 1.5, 50]),
        ("stock", (2003,), [None, 20, 10, 15, 1.5, 50]),
        ("flow", (), [60, 20, 10, 15, 1.5, 50]),
        ("flow", (2003,), [60, 22.5, 10, None, None, None]),
        ("rate", (), [None, 20, 10, 15, 1.5, 50]),
        ("rate", (2003,), [None, 22.5, 10, None, None, None]),
        ("summed", (), [60, None, None, None, None, None]),
    ],
)
def test_a_measure_is_summarised_by_its_kind(kind, partial, wanted):
    row = summarise([10, 35, 15], kind, partial=partial).iloc[0]
    found = [None if pd.isna(row[name]) else row[name] for name in eras.FIGURES]
    assert found == wanted
    n_complete = 0 if kind == "summed" else 3 - len(partial) * (kind != "stock")
    assert (row["n_years"], row["n_complete"]) == (3, n_complete)
    assert (row["first_year"], row["last_year"]) == (2001, 2003)


def test_a_missing_year_is_left_out_of_the_mean_and_a_zero_gives_no_ratio():
    row = summarise([0, None, 50]).iloc[0]
    assert (row["mean_per_year"], row["n_years"]) == (25, 2)
    assert pd.isna(row["ratio"])
    assert pd.isna(row["percent_increase"])


def test_two_eras_compare_by_their_means():
    series = make_series([100, 300, 600])
    pair = eras.compare_two(series, range(2001, 2003), range(2003, 2004)).iloc[0]
    shown = ["earlier_mean", "later_mean", "ratio", "percent_increase"]
    assert pair[shown].tolist() == [200, 600, 3, 200]
    assert pair[["ratio_lower", "ratio_upper"]].isna().all()  # no bounds are known
    assert not pair["is_thin"]
    series = make_series([10, None, None, 60])
    thin = eras.compare_two(series, range(2001, 2004), range(2004, 2005))
    assert thin["is_thin"].tolist() == [True]
    half = eras.compare_two(series, range(2001, 2003), range(2003, 2005))
    assert half["is_thin"].tolist() == [False]
    assert eras.compare_two(series, range(2001, 2005), range(0)).empty


@pytest.mark.parametrize(("first", "ratio"), [(99, None), (100, 2)])
def test_no_ratio_is_given_to_a_handful_of_claims(first, ratio):
    series = make_series([first, 200, 200])
    pair = eras.compare_two(series, range(2001, 2002), range(2002, 2004)).iloc[0]
    given_ratio = None if pd.isna(pair["ratio"]) else pair["ratio"]
    assert given_ratio == ratio
    assert pd.isna(pair["percent_increase"]) == (ratio is None)


def test_a_rate_of_one_gives_a_ratio_and_a_rate_of_none_gives_none():
    names = ["mean_per_year", *eras.BOUNDS]
    rates = pd.DataFrame({"measure": eras.RATES[:2]} | dict.fromkeys(names, (1.0, 0.0)))
    for ratios in eras.divide_means(rates, rates.replace(1.0, 0.5)).astype("float64").values.T:
        assert ratios.tolist() == pytest.approx([0.5, float("nan")], nan_ok=True)


@given(st.integers(2000, 2010), st.integers(0, 15), st.integers(1998, 2026))
def test_eras_partition_the_years(first, length, cut):
    years = range(first, first + length + 1)
    spans = [eras.clip_era(era, years) for era in make_boundary(cut).eras]
    assert sorted(year for span in spans for year in span) == list(years)


def test_bounds_are_over_all_years_and_a_year_without_an_upper_bound_leaves_none():
    given_bounds = {"lower": [8, 16, 90], "upper": [12, 30, 180]}
    row = summarise([10, 20, 90], "flow", partial=[2003], **given_bounds).iloc[0]
    assert row[["mean_per_year", "mean_lower", "mean_upper"]].tolist() == [15, 38, 74]
    row = summarise([10, 20, 90], "flow", lower=[8, 16, 90], upper=[12, 30, None]).iloc[0]
    assert row["mean_lower"] == 38
    assert pd.isna(row["mean_upper"])


def test_periods_compare_with_the_first_one():
    values = [100, 100, 200, 200, 200, 600, 600, 600]
    series = make_series(
        values, "flow", partial=[2007], lower=values, upper=[n + 20 for n in values]
    )
    periods = eras.list_periods(range(2001, 2003), range(2003, 2009))
    table = eras.compare_periods(series, periods, ["m"])
    assert table["span"].tolist() == ["2001–2002", "2003–2005", "2006–2008"]
    assert table["mean_per_year"].tolist() == [100, 200, 600]
    assert table["years_complete"].tolist() == [2, 3, 2]
    assert pd.isna(table.loc[0, "ratio"])
    newest = table.loc[2, ["ratio", "ratio_lower", "ratio_upper"]].tolist()
    assert newest == pytest.approx([6, 600 / 120, 620 / 100])
    assert table["direction"].tolist() == ["", "up", "up"]


@pytest.mark.parametrize(
    ("later", "direction"), [(121, "up"), (120, "open"), (80, "open"), (79, "down")]
)
def test_a_direction_is_told_where_all_bounds_lie_on_one_side(later, direction):
    values = [None, 100, later]
    upper = [None, 120, later + 20]
    periods = {str(year): range(year, year + 1) for year in YEARS}
    series = make_series(values, "flow", lower=values, upper=upper)
    assert eras.compare_periods(series, periods, ["m"])["direction"].tolist()[2] == direction


@pytest.mark.parametrize(
    ("boundary", "years", "spans"),
    [
        # The newest years are apart where as many are left before them.
        (make_boundary(2005), range(2001, 2013), ["2001–2005", "2006–2009", "2010–2012"]),
        (make_boundary(2005), range(2001, 2011), ["2001–2005", "2006–2010"]),
        (make_boundary(2005), range(2001, 2007), ["2001–2005", "2006"]),
        # Without a study, decades.
        (None, range(2000, 2026), ["2010–2019", "2020–2022", "2023–2025"]),
        (None, range(2000, 2023), ["2010–2019", "2020–2022"]),
        (None, range(2010, 2013), ["2010–2011", "2012"]),
    ],
)
def test_the_years_are_cut_into_periods(boundary, years, spans):
    pair = eras.clip_pair(boundary, years) if boundary else eras.cut_decades(years)
    assert list(eras.list_periods(*pair)) == spans


def test_half_years_touch_all_flows_and_silences_claims_lodged_alone():
    complete = {
        "is_complete": [False, False, True],
        "is_complete_excl_main": [False, True, True],
    }
    lodged = pd.DataFrame(complete, index=[2001, 2002, 2003])
    gaps = pd.DataFrame({"year": [2001, 2002], "asylum": ["EEE", "DDD"], "months": [0, 6]})
    partial = eras.find_partial_years(lodged, gaps, "DDD")
    assert partial["applied_persons"] == {2001, 2002}
    assert partial["applied_persons_excl_main"] == {2001}
    assert partial["decided_persons"] == {2002}
    assert partial["decided_persons_excl_main"] == set()
