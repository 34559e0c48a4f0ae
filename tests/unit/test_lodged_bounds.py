"""The range of claims lodged: what each source of doubt adds, and what has no limit."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.analysis.lodged import mark_lodged
from helpers.analysis.lodged import bound_destinations, bound_lodged

FACTOR = SimpleNamespace(
    asylum="*", levels=(), first=2000, last=2100, factor=1.5, alternatives=(1.0, 1.2), status="x"
)
YEARS = range(2001, 2005)


def claims(rows):
    names = ["year", "asylum", "stage_code", "level_code", "unit", "applied"]
    return mark_lodged(pd.DataFrame(rows, columns=names), [])


def bound(make_core, own, every=None, gaps=(), mid=(), excluding=None):
    every = every or [(*row, 0) for row in own]
    core = make_core(lodged=own, all_lodged=every)
    marked_all = mark_lodged(core.applications_by_asylum, [])
    given = pd.DataFrame(list(gaps), columns=["year", "asylum", "months"])
    places = bound_destinations(
        core, "AAA", mark_lodged(core.applications, []), marked_all, given, [FACTOR], mid
    )
    return bound_lodged(places, YEARS, excluding).set_index("year")


def row(year, count, unit="persons", place="DDD", stage="N"):
    return (year, place, stage, "FI", unit, count)


def test_cases_are_one_person_at_least_and_the_greatest_factor_at_most(make_core):
    table = bound(make_core, [row(2001, 100), row(2001, 10, "cases"), row(2001, 7, stage="R")])
    wanted = {"applied_inclusive_persons": 100, "applied_inclusive_cases": 10, "applied_lower": 110,
              "applied_middle": 112, "applied_upper": 115, "most_by_factor": 5}  # fmt: skip
    assert table.loc[2001, list(wanted)].to_dict() == wanted
    assert table.loc[2001, "is_complete"]
    assert table.loc[2002, list(wanted)].isna().all()  # nothing reported is not 0


def test_unnamed_cases_count_even_where_the_origin_has_no_row_in_cases(make_core):
    # A tenth of the named claims is the origin's; of 400 unnamed cases 40 may be, 60 persons.
    own = [row(2001, 100), row(2002, 30)]
    every = [(*row(2001, 1000), 0), (*row(2002, 300), 0), (*row(2002, 400, "cases"), 400)]
    table = bound(make_core, own, every)
    assert table.loc[2002, ["applied_lower", "most_unnamed", "applied_upper"]].tolist() == [
        30,
        60,
        90,
    ]
    assert not table.loc[2002, "is_complete"]  # more than a tenth may be missing
    assert table.loc[2001, "is_complete"]


@pytest.mark.parametrize(
    ("own", "months", "mid", "upper"),
    [
        ([row(2002, 100)], 6, [], 200),  # half, where nothing else is known
        ([row(2001, 300), row(2002, 100)], 6, [], 300),  # the nearest whole year, if more
        ([row(2002, 100), row(2003, 400)], 6, [row(2003, 100)], 400),  # a quarter in another year
        ([row(2002, 100), row(2003, 160)], 6, [row(2003, 60)], 267),  # 60 of 160: 100 x 8 / 3
        ([row(2001, 50), row(2003, 80)], 0, [], 80),  # nothing reported
    ],
)
def test_what_a_gap_may_lack(make_core, own, months, mid, upper):
    six = [claims(mid)] if mid else []
    table = bound(make_core, own, gaps=[(2002, "DDD", months)], mid=six)
    assert table.loc[2002, "applied_upper"] == upper
    assert (table.loc[2002, "gaps"], table.loc[2002, "is_complete"]) == ("DDD", False)


def test_a_gap_without_a_whole_year_near_has_no_limit(make_core):
    own = [row(2002, 10, place="EEE")]
    table = bound(make_core, own, gaps=[(2002, "DDD", 0)])
    assert table.loc[2002, "applied_lower"] == 10
    assert pd.isna(table.loc[2002, "applied_upper"])
    without = bound(make_core, own, gaps=[(2002, "DDD", 0)], excluding="DDD")
    assert (without.loc[2002, "applied_upper"], without.loc[2002, "is_complete"]) == (10, True)
