"""Shift and share: the parts add up to the growth, whatever the figures."""

import numpy as np
import pandas as pd
import pytest
from frames import make_core

from helpers.analysis.shift_share import list_backlogs, split_growth, take_log_mean

EFFECTS = ["backlog_effect", "named_effect", "share_effect", "entry_effect"]


def split(before, after):
    rows = [(2001, "DDD", *before), (2002, "DDD", *after)]
    table = pd.DataFrame(rows, columns=["year", "asylum", "ours", "whole", "named"])
    backlogs = table.astype(dict.fromkeys(["ours", "whole", "named"], float))
    return split_growth(backlogs, {"x": ([2001], [2002])}).iloc[0]


@pytest.mark.parametrize(
    ("before", "after", "effects"),
    [
        ((10, 100, 80), (20, 200, 160), [10, 0, 0, 0]),  # the backlog doubles
        ((10, 100, 80), (20, 100, 80), [0, 0, 10, 0]),  # the share doubles
        ((10, 100, 100), (5, 100, 50), [0, -5, 0, 0]),  # half the origins are no longer named
        ((0, 100, 100), (30, 100, 100), [0, 0, 0, 30]),  # a first claim is an entry
        ((30, 100, 100), (0, 100, 100), [0, 0, 0, -30]),
        ((10, 100, 80), (40, 200, 160), [10 * 3 / 2, 0, 10 * 3 / 2, 0]),  # both double
    ],
)
def test_growth_is_the_part_that_grew(before, after, effects):
    row = split(before, after)
    assert row["growth"] == after[0] - before[0]
    assert row[EFFECTS].tolist() == pytest.approx(effects)
    ratios = row[["backlog_ratio", "named_ratio", "share_ratio"]].astype(float)
    assert ratios.isna().all() == (0 in (before[0], after[0]))
    if ratios.notna().all():
        assert ratios.prod() == pytest.approx(after[0] / before[0])


@pytest.mark.parametrize(("one", "other"), [(1e-3, 1e9), (5.0, 5.0), (7.0, 7.0000001), (3, 4)])
def test_the_logarithmic_mean_lies_between_its_two_numbers(one, other):
    mean = take_log_mean(pd.Series([one]), pd.Series([other]))[0]
    assert one * (1 - 1e-9) <= mean <= other * (1 + 1e-9)
    if other - one > 0.1:
        assert mean == pytest.approx((other - one) / np.log(other / one))
    assert take_log_mean(pd.Series([0.0, one]), pd.Series([other, 0.0])).isna().all()


def test_backlogs_are_listed_with_the_origins_claims():
    rows = [(2000, "DDD", 100, 20), (2001, "DDD", 200, 0), (2001, "EEE", 900, 0)]
    rows += [(2001, "FFF", 7, 0)]
    every = [(*row, 3, 3, 0) for row in rows]
    stock = [(2000, "DDD", 40), (2001, "DDD", 60), (2001, "EEE", 0), (2001, "FFF", 1)]
    core = make_core(stock=stock, every=every)
    table = list_backlogs(core, "AAA", [2000, 2001]).set_index(["asylum", "year"])
    assert table.loc[("DDD", 2000)].tolist() == [40, 100, 80]
    assert table.loc[("all", 2001)].tolist() == [61, 1107, 1107]
    assert set(table.index.get_level_values("asylum")) == {"DDD", "FFF", "all"}


def test_no_claim_at_all_is_no_row():
    backlogs = list_backlogs(make_core(every=[(2000, "DDD", 100, 0, 3, 3, 0)]), "AAA", [2000])
    assert split_growth(backlogs, {"x": ([2000], [2000])}).empty
    assert split_growth(backlogs, {}).empty
