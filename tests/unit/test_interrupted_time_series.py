"""The break that fits best: found where it was put, and fitted as statsmodels fits it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from helpers.analysis import interrupted_time_series as its

YEARS = np.arange(2000, 2024)
RANDOM = pd.Series(np.cumsum(np.random.default_rng(1).normal(size=len(YEARS))), index=YEARS)


def make_series(break_year, jump=1.0, turn=0.1):
    after = break_year <= YEARS
    logs = 5 + 0.02 * (YEARS - 2000) + after * (jump + turn * (YEARS - break_year))
    return pd.Series(np.exp(logs), index=YEARS)


def fit(series):
    return its.fit_breaks({"y": its.take_logs(series)})


@settings(deadline=None, max_examples=25)
@given(st.integers(2004, 2020), st.floats(0.2, 2), st.floats(-0.2, 0.2))
def test_a_clean_break_is_found_where_it_is(year, jump, turn):
    assume(abs(jump - turn) > 0.05)  # else the turn alone, a year earlier, is the same line
    removed = its.scan_breaks(its.take_logs(make_series(year, jump, turn)).to_frame("y"))["y"]
    assert removed.idxmax() == year
    assert removed.max() == pytest.approx(1)


def test_level_and_growth_are_those_that_were_put_in():
    noise = np.exp(np.random.default_rng(4).normal(scale=1e-3, size=len(YEARS)))
    table = fit(noise * make_series(2013))
    best = its.summarise_breaks(table, 2012).iloc[0]
    assert (best["best_year"], best["n_candidates"]) == (2013, len(YEARS) - 7)
    assert best["rank"] == table.set_index("year").loc[2012, "rank"] > 1
    own = table.set_index("rank").loc[1]
    assert (own["first_year"], own["last_year"]) == (2000, 2023)
    assert own["level_change"] == pytest.approx(np.expm1(1.0), rel=0.01)
    assert own["growth_before"] == pytest.approx(np.expm1(0.02), rel=0.05)
    assert own["growth_after"] == pytest.approx(np.expm1(0.12), rel=0.05)
    assert own["level_low"] <= own["level_change"] <= own["level_high"]


def test_the_fit_is_that_of_least_squares_with_errors_that_allow_for_autocorrelation():
    table = its.fit_breaks({"y": RANDOM}).set_index("year")
    t = YEARS - 2000.0
    plain = OLS(RANDOM.to_numpy(), np.column_stack([np.ones_like(t), t])).fit().ssr
    for year in table.index:
        since = YEARS - float(year)
        after = since >= 0
        design = np.column_stack([np.ones_like(t), since, after, since * after])
        broken = OLS(RANDOM.to_numpy(), design).fit()
        assert table.loc[year, "removed"] == pytest.approx(1 - broken.ssr / plain)
        robust = broken.get_robustcov_results("HAC", maxlags=2, use_correction=True, use_t=True)
        low, high = np.expm1(robust.conf_int()[2])
        assert table.loc[year, ["level_low", "level_high"]].tolist() == pytest.approx([low, high])
        assert table.loc[year, "growth_change_p"] == pytest.approx(robust.pvalues[3])


def test_a_change_of_scale_changes_no_break():
    one, other = (fit(factor * np.exp(RANDOM)) for factor in (1, 7))
    columns = ["year", "rank", "removed", "level_change", "growth_before", "growth_after"]
    pd.testing.assert_frame_equal(one[columns], other[columns])


@pytest.mark.parametrize(
    "values", [[1.0] * 8, [1.0, 0.0] + [2.0] * 10, [1.0, None] + [2.0] * 10, [49.0] + [50.0] * 9]
)
def test_short_small_or_broken_series_are_not_fitted(values):
    series = pd.Series(values, index=range(2000, 2000 + len(values)), dtype=float)
    assert its.take_logs(series, least=its.LEAST if values[0] > 1 else 0) is None


def test_a_series_ends_where_it_is_told_to_and_none_is_an_empty_table():
    assert its.take_logs(make_series(2010), last_year=2015).index[-1] == 2015
    assert list(its.fit_breaks({}).columns) == its.COLUMNS


def test_of_a_straight_line_no_break_removes_anything():
    logs = pd.Series(np.arange(12.0), index=range(2000, 2012))
    assert its.scan_breaks(logs.to_frame("y"))["y"].eq(0).all()


def test_other_origins_break_where_they_do_if_they_have_enough_claims():
    rows = [
        (year, name, round(scale * value), 0)
        for name, (at, scale) in {
            "AAA": (2010, 100),
            "BBB": (2015, 100),
            "CCC": (2010, 0.1),
        }.items()
        for year, value in make_series(at).items()
    ]
    frame = pd.DataFrame(rows, columns=["year", "origin", "pending", "refugees"])
    found = its.find_other_breaks(frame, "AAA", range(2000, 2024), 1000)
    assert found.to_dict() == {"BBB": 2015}
    assert its.find_other_breaks(frame, "AAA", range(2000, 2008), 1000).empty
