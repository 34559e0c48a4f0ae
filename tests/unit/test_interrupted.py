"""The break that fits best: found where it was put, and fitted as statsmodels fits it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers.analysis import interrupted_time_series as interrupted

YEARS = range(2000, 2024)


def make_series(break_year, jump=1.0, turn=0.1):
    years = np.array(YEARS)
    after = years >= break_year
    logs = 5 + 0.02 * (years - 2000) + after * (jump + turn * (years - break_year))
    return pd.Series(np.exp(logs), index=years)


@settings(deadline=None, max_examples=25)
@given(st.integers(2004, 2020), st.floats(0.2, 2), st.floats(-0.2, 0.2))
def test_a_clean_break_is_found_where_it_is(year, jump, turn):
    assume(abs(jump - turn) > 0.05)  # else the turn alone, a year earlier, is the same line
    logs = interrupted.take_logs(make_series(year, jump, turn))
    removed = interrupted.scan_breaks(logs.to_frame("y"))
    assert interrupted.find_best_years(removed)["y"] == year
    assert removed["y"].max() == pytest.approx(1)


def test_level_and_growth_are_those_that_were_put_in():
    noise = np.exp(np.random.default_rng(4).normal(scale=1e-3, size=len(YEARS)))
    table = interrupted.fit_breaks("y", interrupted.take_logs(noise * make_series(2013)))
    best = table.set_index("rank").loc[1]
    assert best["year"] == 2013
    assert best["level_change"] == pytest.approx(np.expm1(1.0), rel=0.01)
    assert best["growth_before"] == pytest.approx(np.expm1(0.02), rel=0.05)
    assert best["growth_after"] == pytest.approx(np.expm1(0.12), rel=0.05)
    assert best["level_low"] <= best["level_change"] <= best["level_high"]


def test_what_is_removed_is_what_least_squares_removes():
    from statsmodels.regression.linear_model import OLS

    rng = np.random.default_rng(1)
    logs = pd.Series(np.cumsum(rng.normal(size=len(YEARS))), index=list(YEARS))
    plain = OLS(logs.to_numpy(), interrupted.make_design(YEARS, None)).fit().ssr
    removed = interrupted.scan_breaks(logs.to_frame("y"))["y"]
    for year in removed.index:
        broken = OLS(logs.to_numpy(), interrupted.make_design(YEARS, year)).fit().ssr
        assert removed[year] == pytest.approx(1 - broken / plain)


def test_a_change_of_scale_changes_no_break():
    rng = np.random.default_rng(2)
    series = pd.Series(np.exp(rng.normal(size=len(YEARS))), index=list(YEARS))
    one, other = (
        interrupted.fit_breaks("y", interrupted.take_logs(factor * series)) for factor in (1, 7)
    )
    columns = ["year", "rank", "removed", "level_change", "growth_before", "growth_after"]
    pd.testing.assert_frame_equal(one[columns], other[columns])


def test_errors_allow_for_autocorrelation():
    from statsmodels.regression.linear_model import OLS

    rng = np.random.default_rng(3)
    logs = pd.Series(np.cumsum(rng.normal(size=len(YEARS))), index=list(YEARS))
    row = interrupted.fit_breaks("y", logs).set_index("year").loc[2012]
    plain = OLS(logs.to_numpy(), interrupted.make_design(YEARS, 2012)).fit().conf_int()[2]
    assert np.log1p(row["level_high"]) != pytest.approx(plain[1], rel=0.01)


@pytest.mark.parametrize("series", [
    pd.Series([1.0] * 5, index=range(2000, 2005)),
    pd.Series([1.0, 0.0] + [2.0] * 10, index=range(2000, 2012)),
    pd.Series([1.0, None] + [2.0] * 10, index=range(2000, 2012)),
])  # fmt: skip
def test_short_or_broken_series_are_not_fitted(series):
    assert interrupted.take_logs(series) is None


def test_a_series_ends_where_it_is_told_to():
    logs = interrupted.take_logs(make_series(2010), last_year=2015)
    assert logs.index[-1] == 2015


def test_of_a_straight_line_no_break_removes_anything():
    logs = pd.Series(np.arange(12.0), index=range(2000, 2012))
    assert interrupted.scan_breaks(logs.to_frame("y"))["y"].eq(0).all()


def test_candidates_leave_enough_years_on_both_sides():
    listed = interrupted.list_candidates(range(2000, 2012), fewest=5)
    assert listed == [2005, 2006, 2007]
