"""What findings mean for a series: years that compare, and the breaks that move the total."""

from itertools import product

import pandas as pd
import pytest
from frames import frame, make_core

from helpers.analysis import breaks

TOTALS = frame("year pending", (2001, 1000), (2002, 1000))


def finding(kind, effect, touches="pending", moved=None, stage="", unit=""):
    moved = abs(effect) if moved is None else moved
    columns = "asylum year kind touches effect_on_origin moved stage unit"
    return frame(columns, ("DDD", 2002, kind, touches, effect, moved, stage, unit))


@pytest.mark.parametrize(
    ("findings", "flag"),
    [
        ([("coverage_drop", -101)], [False, "b", "DDD coverage_drop"]),
        ([("coverage_drop", -100)], [True, "", ""]),  # a tenth is not over a tenth
        ([("coverage_drop", -900, "applications")], [True, "", ""]),
        ([("unit_change", 300)], [False, "d", "DDD unit_change"]),
        ([("carried_forward", -300)], [False, "b e", "DDD carried_forward"]),
        ([("mid_year", -300)], [False, "p", "DDD mid_year"]),
        ([("mid_year", 0)], [True, "p", ""]),
        ([("unit_change", 300), ("stock_flow_gap", 200)],
         [False, "b d", "DDD unit_change; DDD stock_flow_gap"]),
        ([("unit_change", 60), ("stock_flow_gap", 60)], [True, "", ""]),  # they do not add up
    ],
)  # fmt: skip
def test_pending_is_flagged_by_findings_over_a_tenth(findings, flag):
    found = pd.concat([finding(*each) for each in findings])
    flags = breaks.flag_stock_years(found, TOTALS).set_index("year")
    assert flags.loc[2002].tolist() == flag
    assert flags.loc[2001].tolist() == [True, "", ""]
    for none in (None, 0):
        assert breaks.flag_stock_years(found, TOTALS.assign(pending=none))["is_comparable"].all()


def test_a_single_claim_is_a_total():
    flags = breaks.flag_stock_years(finding("coverage_drop", -1), TOTALS.assign(pending=1))
    assert flags["is_comparable"].tolist() == [True, False]


def test_a_destination_is_kept_for_a_single_claim_pending_or_lodged():
    stock, every = [(2000, "D", 1), (2000, "E", 0)], [(2000, c, 9, 0, 1, 0, 0) for c in "DEF"]
    core = make_core(stock=stock, every=every, lodged=[(2000, "F", "N", "FI", "persons", 1)])
    assert breaks.narrow_core(core, "AAA").by_asylum["asylum"].tolist() == ["D", "F"]


def applied(*rows):
    return frame("year stage unit applied", *rows)


def test_applications_are_flagged_in_their_own_stage_and_unit():
    stages, units = ("new", "appeal", "repeat"), ("persons", "cases")
    totals = applied(*((*row, 1000) for row in product((2001, 2002), stages, units)))
    found = finding("stage_change", -50, "applications", 300, "appeal new", "persons")
    flags = breaks.flag_applied_years(found, totals)
    broken = flags[~flags["is_comparable"]][["year", "stage", "unit"]].values.tolist()
    assert sorted(broken) == [[2002, "appeal", "persons"], [2002, "new", "persons"]]
    assert len(flags) == len(totals)


def test_a_series_that_vanishes_is_measured_by_its_last_figure():
    totals = applied((2001, "new", "cases", 1000), (2002, "new", "cases", None))
    found = finding("unit_change", -50, "applications", 1000, "new", "cases persons")
    assert breaks.flag_applied_years(found, totals)["is_comparable"].tolist() == [True, False]


def test_the_last_comparable_year_has_a_value_and_else_is_the_last_with_one():
    frame = pd.DataFrame({"year": [2000, 2001, 2002], "pending": [5, 6, None]})
    assert breaks.find_last_comparable(frame.assign(is_comparable=[True, False, True])) == 2000
    assert breaks.find_last_comparable(frame.assign(is_comparable=False)) == 2001


def test_a_break_is_grave_where_a_stock_moved_the_total_by_more_than_a_tenth():
    rows = [
        ("BBB", 2001, "pending", 0.3), ("AAA", 2001, "pending", 0.2), ("CCC", 2001, "pending", 0.1),
        ("DDD", 2001, "applications", 0.9), ("FFF", 2001, "pending", None),
    ]  # fmt: skip
    names = ["asylum", "year", "touches", "effect_share"]
    found = pd.DataFrame(rows, columns=names).astype({"effect_share": "Float64"})
    assert breaks.keep_grave(found)["asylum"].tolist() == ["BBB", "AAA"]
