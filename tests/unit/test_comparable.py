"""Which years compare: endings, runs and the destinations to leave out."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis.breaks import (
    find_last_comparable,
    find_longest_run,
    list_broken_destinations,
    list_endings,
)


def test_the_last_comparable_year_has_a_value():
    frame = pd.DataFrame(
        {"year": [2000, 2001, 2002], "pending": [5, 6, None], "is_comparable": [True, False, True]}
    )
    assert find_last_comparable(frame) == 2000


def test_where_no_year_compares_it_is_the_last_on_file():
    frame = pd.DataFrame({"year": [2000, 2001], "pending": [5, 6], "is_comparable": [False, False]})
    assert find_last_comparable(frame) == 2001


def test_an_era_is_cut_only_where_it_goes_on():
    assert list_endings(range(2013, 2013), 2012) == []
    assert list_endings(range(2013, 2016), 2014) == [range(2013, 2015), range(2013, 2016)]


def test_destinations_broke_where_their_stock_moved_the_total_by_more_than_a_tenth():
    rows = [
        ("BBB", 2001, "pending", 0.3), ("AAA", 2001, "pending", 0.2), ("CCC", 2001, "pending", 0.1),
        ("DDD", 2001, "applications", 0.9), ("EEE", 1999, "pending", 0.9),
        ("FFF", 2001, "pending", None),
    ]  # fmt: skip
    breaks = pd.DataFrame(rows, columns=["asylum", "year", "touches", "effect_share"])
    breaks["effect_share"] = breaks["effect_share"].astype("Float64")
    assert list_broken_destinations(breaks, range(2000, 2005)) == ["AAA", "BBB"]


@settings(deadline=None)
@given(st.sets(st.integers(2000, 2020), min_size=1), st.sets(st.integers(2000, 2020)))
def test_a_run_has_neither_gap_nor_break_inside_and_none_is_longer(years, broken):
    run = find_longest_run(years, broken)
    assert set(run) <= years
    assert not set(run[1:]) & broken
    longest = max(
        length
        for first in years
        for length in range(1, len(years) + 1)
        if set(range(first, first + length)) <= years
        and not set(range(first + 1, first + length)) & broken
    )
    assert len(run) == longest


def test_of_equal_runs_the_last_is_taken():
    assert find_longest_run(range(2000, 2004), [2002]) == range(2002, 2004)


def test_no_year_is_no_run():
    assert len(find_longest_run([], [])) == 0
