"""Transitions: eras cut anew around the handover, and how far the ratio moves."""

import pandas as pd
import pytest
from frames import make_boundary

from helpers.analysis import sensitivity
from helpers.analysis.eras import list_series
from helpers.study import Era


def make_series(**values):
    table = pd.DataFrame(values, index=range(2001, 2009), dtype="Int64")
    return list_series(table, dict.fromkeys(table, "stock"))


VALUES = [100, 100, 100, 100, 400, 400, 800, 800]
GROWING = make_series(pending=VALUES, pending_excl_main=[200] * 8)
YEARS = range(2001, 2009)
BOUNDARY = make_boundary(2004, handover=2004)


def test_transitions_run_from_the_year_before_the_handover_to_the_second_after_it():
    assert list(sensitivity.list_transitions(BOUNDARY)) == [2003, 2004, 2005, 2006]
    # Without a handover the later era's first year takes its place.
    later = sensitivity.list_transitions(make_boundary(2004))
    assert list(later) == [2004, 2005, 2006, 2007]


def test_eras_that_do_not_meet_have_no_transition():
    spans = {"a": (None, 2003), "b": (2004, 2005), "c": (2006, None)}
    eras = tuple(Era(name=name, first=first, last=last) for name, (first, last) in spans.items())
    boundary = make_boundary(2004, compare=("a", "c"), eras=eras, handover=2004)
    assert not len(sensitivity.list_transitions(boundary))
    tried = sensitivity.try_transitions(GROWING, boundary, YEARS, ["pending"])
    assert tried.empty
    assert list(tried.columns) == sensitivity.COLUMNS
    assert sensitivity.range_over_handovers(tried).empty
    # Nor have years that end before the later era.
    short = sensitivity.try_transitions(GROWING, BOUNDARY, range(2001, 2003), ["pending"])
    assert short.empty


def test_ratios_are_of_plain_means_at_every_transition():
    tried = sensitivity.try_transitions(GROWING, BOUNDARY, YEARS, ["pending"])
    every = tried[~tried["is_without_main"]].set_index("transition")
    for transition in (2003, 2004, 2005, 2006):
        cut = transition - 2001
        early, late = VALUES[:cut], VALUES[cut:]
        wanted = (sum(late) / len(late)) / (sum(early) / len(early))
        assert every.loc[transition, "ratio"] == pytest.approx(wanted)
    assert every["is_own"].to_dict() == {2003: False, 2004: False, 2005: True, 2006: False}
    reach = sensitivity.range_over_handovers(tried).set_index("is_without_main")
    ends = every["ratio"].min(), every["ratio"].max()
    assert (reach.loc[False, "least"], reach.loc[False, "most"]) == ends
    assert reach.loc[False, "own"] == pytest.approx(6)
    assert reach.loc[True, ["least", "own", "most"]].tolist() == [1, 1, 1]


def test_a_measure_that_is_thin_at_one_transition_is_left_out():
    thin = make_series(pending=[None, None, *VALUES[2:]])
    tried = sensitivity.try_transitions(thin, BOUNDARY, YEARS, ["pending"])
    assert tried["is_thin"].any()
    assert not tried["is_thin"].all()
    assert sensitivity.drop_small_bases(tried).empty


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ([("DDD", 2003, "coverage_drop"), ("DDD", 2006, "coverage_jump")], [2003, 2004, 2005]),
        ([("DDD", 2003, "coverage_drop"), ("EEE", 2006, "coverage_jump")], []),  # elsewhere
        (
            [("DDD", y, "coverage_jump") for y in (2003, 2004)] + [("DDD", 2003, "coverage_drop")],
            [2003],
        ),
        ([("DDD", 2006, "coverage_drop")], []),  # the lower level may be the true one
        ([("DDD", 2006, "stock_flow_gap"), ("DDD", 2007, "coverage_jump")], []),
    ],
)
def test_a_count_has_collapsed_from_a_drop_to_the_jump_after_it(found, wanted):
    grave = pd.DataFrame(found, columns=["asylum", "year", "kind"])
    assert sensitivity.find_collapsed_years(grave) == wanted
