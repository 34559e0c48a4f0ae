"""The break that fits best: found where it was put, and told from noise."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from frames import frame

from helpers.analysis import interrupted_time_series as its
from helpers.analysis import robustness

YEARS = np.arange(2000, 2024)
RANDOM = pd.Series(np.cumsum(np.random.default_rng(1).normal(size=len(YEARS))), index=YEARS)


def make_series(break_year, jump=1.0, turn=0.1):
    after = break_year <= YEARS
    logs = 5 + 0.02 * (YEARS - 2000) + after * (jump + turn * (YEARS - break_year))
    return pd.Series(np.exp(logs), index=YEARS)


def fit(series):
    return its.fit_breaks({"y": its.take_logs(series)})


def test_what_a_break_removes_is_the_f_statistics_share_of_the_error():
    # Of two series, each is compared with its own null.
    both = its.fit_breaks({"x": its.take_logs(make_series(2013)), "y": RANDOM})
    assert both["series"].unique().tolist() == ["x", "y"]
    table = both[both["series"] == "y"].set_index("year")
    t, values = YEARS - 2000.0, RANDOM.to_numpy()

    def error(*columns):
        design = np.column_stack([np.ones_like(t), t, *columns])
        return float(np.linalg.lstsq(design, values, rcond=None)[1][0])

    for year in table.index:
        after = (float(year) <= YEARS).astype(float)
        removed = 1 - error(after, after * t) / error()
        assert table.loc[year, "removed"] == pytest.approx(removed)


def test_a_clear_break_is_rare_by_chance_and_noise_is_not():
    noise = np.exp(np.random.default_rng(4).normal(scale=0.05, size=len(YEARS)))
    table = fit(noise * make_series(2013))
    best = its.summarise_breaks(table, 2012).iloc[0]
    assert (best["best_year"], best["n_candidates"]) == (2013, len(YEARS) - 7)
    assert best["boundary_rank"] == table.set_index("year").loc[2012, "rank"] > 1
    assert best["best_removed"] > best["critical"]
    assert best["chance"] < 0.05
    assert best["chance"] <= best["chance_corrected"]
    assert table["chance"].is_monotonic_increasing == table["removed"].is_monotonic_decreasing
    plain = its.summarise_breaks(fit(noise * make_series(2013, 0, 0)), 2012).iloc[0]
    assert plain["best_removed"] < plain["critical"]


def test_the_test_has_its_size():
    # Of series without a break, about one in twenty is beyond the critical value.
    random = np.random.default_rng(8)
    best = its.simulate_best(YEARS, 0.6)
    steps = random.normal(size=(40 + len(YEARS), 400))
    walk = np.zeros_like(steps)
    for row in range(1, len(steps)):
        walk[row] = 0.6 * walk[row - 1] + steps[row]
    logs = pd.DataFrame(walk[40:] + 0.1 * YEARS[:, None], index=YEARS)
    beyond = its.scan_breaks(logs).max() > np.quantile(best, 0.95)
    assert 0.02 < beyond.mean() < 0.09


def test_autocorrelation_is_that_of_the_residuals_and_the_correction_raises_it():
    plain, corrected = its.estimate_autocorrelation(RANDOM)
    rest = RANDOM.to_numpy() - np.polyval(np.polyfit(YEARS, RANDOM, 1), YEARS)
    assert plain == pytest.approx((rest[1:] @ rest[:-1]) / (rest[:-1] @ rest[:-1]))
    assert plain < corrected <= 0.99


@pytest.mark.parametrize(
    "values", [[1.0] * 8, [1.0, 0.0] + [2.0] * 10, [1.0, None] + [2.0] * 10, [49.0] + [50.0] * 9]
)
def test_short_small_or_broken_series_are_not_fitted(values):
    series = pd.Series(values, index=range(2000, 2000 + len(values)), dtype=float)
    assert its.take_logs(series, least=its.LEAST if values[0] > 1 else 0) is None
    assert its.take_logs(pd.Series([50.0] * 9, range(2000, 2009)), least=its.LEAST) is not None


@pytest.mark.parametrize(("least", "found"), [(50, 3), (49, 0)])
def test_all_three_series_need_fifty_claims_in_every_year(least, found):
    rows = [(year, "AAA", 60 + year % 7 * 9) for year in range(2000, 2012)] + [(2012, "AAA", least)]
    pending = frame("year asylum pending", *rows)
    by_year = pending.assign(period="end", is_comparable=True, share_of_world=pending["pending"])
    graves = frame("asylum", ("BBB",))
    given = SimpleNamespace(pending=pending, pending_by_year=by_year, grave_breaks=graves)
    assert robustness.search_breaks(given)["series"].nunique() == found


def test_no_series_is_an_empty_table():
    assert list(its.fit_breaks({}).columns) == its.COLUMNS


def test_of_a_straight_line_no_break_removes_anything():
    logs = pd.Series(np.arange(12.0), index=range(2000, 2012))
    assert its.scan_breaks(logs.to_frame("y"))["y"].eq(0).all()
