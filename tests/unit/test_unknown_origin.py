"""Claims of unknown origin: the main rule, what is too small to matter, and what stays empty."""

from dataclasses import replace
from functools import partial

import pandas as pd
import pytest
from frames import make_core

from helpers.analysis import unknown_origin
from helpers.analysis.unknown_origin import (
    allocate_unknown,
    allocate_unknown_lodged,
    bound_applied,
    bound_pending,
)


def core_of(shares, total=1000, ours=100, more=(), **others):
    """Build one destination whose yearly unknown claims are given: {year: unknown}."""
    every = [(y, "DDD", total, lost, 30, 20, 1) for y, lost in shares.items()]
    stock = [(y, "DDD", ours) for y in shares]
    return make_core(every=[*every, *more], stock=stock, **others)


def one(frame, year, asylum="DDD"):
    return frame[(frame["year"] == year) & (frame["asylum"] == asylum)].iloc[0]


@pytest.mark.parametrize(
    ("unknown", "base"),
    [
        ({2003: 20}, 2003),  # complete itself
        ({2001: 0, 2002: 0, 2003: 500}, 2002),  # the nearer before
        ({2000: 0, 2001: 300, 2002: 300, 2003: 500}, 2000),  # three years before still do
        ({2000: 0, 2003: 500, 2004: 0}, 2000),  # before goes ahead of nearer after
        ({2003: 500, 2005: 0, 2006: 0}, 2005),  # else after
    ],
)
def test_the_base_is_the_nearest_complete_year_before_else_after(unknown, base):
    row = one(allocate_unknown(core_of(unknown), "AAA"), 2003)
    assert (row["base_year"], row["rule"]) == (base, "main")
    named = 1000 - unknown[base]
    assert row["share"] == pytest.approx(100 / named)
    assert row["added"] == round(unknown[2003] * 100 / named)
    # No flows are reported, so nothing can be rolled forward, nor from a later year.
    assert pd.isna(row["added_roll_forward"])


@pytest.mark.parametrize("unknown", [{1999: 0, 2003: 500}, {2003: 500, 2007: 0}, {2003: 500}])
def test_without_a_base_in_reach_nothing_is_added_and_the_bound_is_empty(unknown):
    core = core_of(unknown)
    row = one(allocate_unknown(core, "AAA"), 2003)
    assert (row["rule"], pd.isna(row["added"]), pd.isna(row["base_year"])) == ("none", True, True)
    bound = bound_pending(core, "AAA", [2003]).iloc[0]
    assert bound["lower"] == 100
    assert pd.isna(bound["upper"])
    assert (bound["undetermined"], bound["undetermined_claims"]) == ("DDD", 500)


@pytest.mark.parametrize(
    ("unknown", "named", "rule"),
    [
        ({2003: 50}, 0, "none"),  # five per cent is not complete
        ({2003: 49}, 0, "main"),
        ({2003: 500}, 49, "none"),  # a handful named makes no base
        ({2003: 500}, 50, "main"),
    ],
)
def test_a_base_names_nearly_all_and_more_than_a_handful(monkeypatch, unknown, named, rule):
    for exception in ("MINOR", "ALL"):  # for what is too small to matter
        monkeypatch.setattr(unknown_origin, exception, 0)
    core = core_of(unknown, more=[(2002, "DDD", named, 0, 3, 3, 0)])
    assert one(allocate_unknown(core, "AAA"), 2003)["rule"] == rule


def test_a_destination_where_the_origin_is_never_named_adds_nothing():
    core = make_core(
        stock=[(2003, "EEE", 70)],
        every=[(2002, "DDD", 900, 0, 30, 20, 1), (2003, "DDD", 900, 400, 30, 20, 1),
               (2003, "EEE", 70, 0, 5, 5, 0)],
    )  # fmt: skip
    assert allocate_unknown(core, "AAA")[["asylum", "added"]].values.tolist() == [["DDD", 0]]
    assert bound_pending(core, "AAA", [2003])["upper"].tolist() == [70]


def test_a_single_named_claim_has_a_share():
    row = one(allocate_unknown(core_of({2003: 999}, ours=1), "AAA"), 2003)
    assert row["added_share_named"] == 999


def test_minor_takes_the_greatest_other_share_and_stays_small():
    # The nearer of two complete years too far away, 10 %; named this year, 20 of 100.
    far = [(year, "DDD", 1000, 0, 30, 20, 1) for year in (1985, 1995)]
    now = [(2003, "DDD", 200, 100, 30, 20, 1), (2003, "EEE", 100000, 0, 9, 9, 0)]
    stock = [(1985, "DDD", 400), (1995, "DDD", 100), (2003, "DDD", 20), (2003, "EEE", 1980)]
    core = make_core(stock=stock, every=[*far, *now])
    row = one(allocate_unknown(core, "AAA"), 2003)
    assert (row["rule"], row["added"]) == ("minor", 20)  # a hundredth of 2,000
    bound = bound_pending(core, "AAA", [2003]).iloc[0]
    assert (bound["upper"], bound["added_minor"]) == (2020, 20)
    # Of a tiny destination that never named an origin, every claim is added: here as many as may.
    tiny = make_core(stock=[(2003, "EEE", 50000)], every=[(2003, "DDD", 125, 125, 1, 1, 0), now[1]])
    row = one(allocate_unknown(tiny, "AAA"), 2003)
    assert (row["rule"], row["added"]) == ("all", 125)


def test_the_other_rules_stand_beside():
    core = core_of({2002: 0, 2003: 500}, ours=100,
        lodged=[(2003, "DDD", "N", "FI", "persons", 60)],
        all_lodged=[(2003, "DDD", "N", "FI", "persons", 300, 0)],
        decided=[(2003, "DDD", "FI", "persons", 20, 0)],
        all_decided=[(2003, "DDD", "FI", "persons", 100, 0)],
    )  # fmt: skip
    row = one(allocate_unknown(core, "AAA"), 2003)
    assert row["added"] == 50  # 100 of 1000 in 2002
    assert row["added_share_named"] == 100  # 100 of 500 named in 2003
    assert row["added_share_lodged"] == 100  # 60 of 300 lodged
    assert row["added_roll_forward"] == 40  # 100 + 60 - 20 less the 100 reported
    bound = bound_pending(core, "AAA", [2003]).iloc[0]
    rules = ["by_nearest_year", "by_share_named", "by_roll_forward"]
    assert bound[rules].tolist() == [150, 200, 140]
    # The range is from the least to the greatest of the rules.
    assert bound[["lower", "least", "upper", "outer"]].tolist() == [100, 140, 200, 200]


def test_where_no_rule_holds_the_greatest_share_ever_is_an_outer_limit():
    # 30 % in a year too far away: no allocation, and the most that there ever was.
    far = [(1990, "DDD", 1000, 0, 30, 20, 1)]
    stock = [(1990, "DDD", 300), (2003, "DDD", 50)]
    core = make_core(every=[*far, (2003, "DDD", 1000, 500, 30, 20, 1)], stock=stock)
    bound = bound_pending(core, "AAA", [2003]).iloc[0]
    assert bound[["upper", "least"]].isna().all()
    assert bound["outer"] == 50 + 150
    never = make_core(every=[(2003, "DDD", 500, 500, 0, 0, 0)], stock=[(2003, "EEE", 5)])
    assert pd.isna(bound_pending(never, "AAA", [2003]).loc[0, "outer"])


NAMED = [(2002, "DDD", "N", "IN", "persons", 500, 0)]
UNNAMED = (2003, "DDD", "N", "IN", "cases", 400, 400)
COURT = [(year, "DDD", "N", "EO", "persons", 1000, 0) for year in (2002, 2003)]


def lodge(*rows, all_lodged):
    lodged = [(year, "DDD", "N", level, "persons", count) for year, level, count in rows]
    return make_core(lodged=lodged, all_lodged=[*all_lodged, UNNAMED])


def lodge_at_courts():
    own = (2002, "IN", 50), (2002, "EO", 10), (2003, "EO", 10)
    return lodge(*own, all_lodged=NAMED + COURT)


def test_lodged_claims_take_the_share_of_their_level_and_know_the_greatest_of_all_rules():
    # 10 % of the level in 2002, 4 % of the destination then, 1 % of those named in 2003.
    row = allocate_unknown_lodged(lodge_at_courts(), "AAA").iloc[0]
    assert (row["year"], row["unit"], row["base_year"], row["added"]) == (2003, "cases", 2002, 40)
    assert row["share"] == row["greatest_share"] == pytest.approx(0.1)
    few = [(2003, "DDD", "N", "EO", "persons", 100, 0)]
    core = lodge((2002, "IN", 50), (2003, "EO", 30), all_lodged=NAMED + few)
    row = allocate_unknown_lodged(core, "AAA").iloc[0]
    assert (row["share"], row["greatest_share"]) == (pytest.approx(0.1), pytest.approx(0.3))


bound_2003 = partial(bound_pending, years=[2003])


@pytest.mark.parametrize(
    "measure", [allocate_unknown, allocate_unknown_lodged, bound_2003, bound_applied]
)
def test_of_a_release_that_holds_other_origins_only_the_own_rows_count(measure):
    own = {"stock": [(2003, "DDD", 50)], "every": [(2003, "DDD", 1000, 40, 9, 9, 0)]}
    lodged = [(year, "DDD", "N", "IN", "persons", 50) for year in (2002, 2003)]
    every = [*NAMED, (2003, "DDD", "N", "IN", "persons", 300, 0), UNNAMED]
    core = make_core(**own, lodged=lodged, all_lodged=every)
    both = {
        name: pd.concat([rows, rows.assign(**{"origin": "BBB", column: 400})], ignore_index=True)
        for name, column in (("pending", "pending"), ("applications", "applied"))
        for rows in [getattr(core, name)]
    }
    pd.testing.assert_frame_equal(measure(replace(core, **both), "AAA"), measure(core, "AAA"))


def test_lodged_bounds_keep_persons_and_cases_apart():
    bound = bound_applied(lodge_at_courts(), "AAA").query("year == 2003").set_index("unit")
    assert bound.loc["persons", ["lower", "upper"]].tolist() == [10, 10]
    assert pd.isna(bound.loc["cases", "lower"])  # nothing on file is not 0
    assert bound.loc["cases", "upper"] == 40


def test_lodged_bound_is_empty_where_undetermined():
    every = [(2003, "DDD", "N", "FI", "persons", 900, 800)]
    core = make_core(lodged=[(2003, "DDD", "N", "FI", "persons", 10)], all_lodged=every)
    row = bound_applied(core, "AAA").iloc[0]
    assert (row["lower"], pd.isna(row["upper"]), row["undetermined"]) == (10, True, "DDD")
