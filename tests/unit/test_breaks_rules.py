"""Every rule fires on a frame made for it and stays silent on its calm twin."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.analysis.breaks import COLUMNS, KINDS, SEVERITIES, find_breaks
from helpers.analysis.thresholds import Thresholds
from helpers.study import InputError

END = SimpleNamespace(name="2003-end", newest_year=2003, period="end")
MID = SimpleNamespace(name="2003-mid", newest_year=2003, period="mid")


def calm(years=range(2000, 2004), ours=1000, total=20000, unknown=100):
    """A destination where nothing happens: as many lodged as decided, stocks that vary a little."""
    stock = [(y, "DDD", ours + 10 * (y % 2)) for y in years]
    every = [(y, "DDD", total + 100 * (y % 2), unknown, 50, 40, 3) for y in years]
    lodged = [(y, "DDD", "N", "FI", "persons", 500 + 10 * (y % 2)) for y in years]
    all_lodged = [(y, "DDD", "N", "FI", "persons", 9000 + 100 * (y % 2), 50) for y in years]
    decided = [(y, "DDD", "FI", "persons", 400, 100 + 10 * (1 - y % 2)) for y in years]
    all_decided = [(y, "DDD", "FI", "persons", 8000, 1000 + 100 * (1 - y % 2)) for y in years]
    return {"stock": stock, "every": every, "lodged": lodged, "all_lodged": all_lodged,
            "decided": decided, "all_decided": all_decided}  # fmt: skip


def put(parts, table, year, **by_position):
    """Replace cells of one year's row; the keywords are p<position>."""
    rows = []
    for row in parts[table]:
        cells = list(row)
        if row[0] == year:
            for name, value in by_position.items():
                cells[int(name[1:])] = value
        rows.append(tuple(cells))
    return parts | {table: rows}


def drop(parts, table, year):
    return parts | {table: [row for row in parts[table] if row[0] != year]}


def find(core, info=END, **others):
    return find_breaks(core, "AAA", info=info, **others)


def kinds(found, year, touches=None):
    rows = found[found["year"] == year]
    return set(rows["kind"] if touches is None else rows.loc[rows["touches"] == touches, "kind"])


def one(found, year, kind, touches="pending"):
    rows = found.query("year == @year and kind == @kind and touches == @touches")
    assert len(rows) == 1, found.to_string()
    return rows.iloc[0]


def test_calm_destination_has_no_finding(make_core):
    found = find(make_core(**calm()))
    assert found.empty
    assert list(found.columns) == COLUMNS


def test_the_calm_frame_is_really_tested(make_core):
    from helpers.analysis.stock_flow import walk_stock

    walk = walk_stock(make_core(**calm()), "AAA")
    assert walk["is_testable"].all()
    assert (walk["residual"] == 0).all()


def test_stock_flow_gap_fires_with_its_residual_and_sign(make_core):
    parts = put(calm(), "stock", 2002, p2=1600)
    row = one(find(make_core(**parts)), 2002, "stock_flow_gap")
    # 1010 + 500 - 510 = 1000 expected, 1600 reported.
    assert row["effect_on_origin"] == 600
    assert row["effect_share"] == pytest.approx(600 / 1600)
    assert row["severity"] == "high"
    assert one(find(make_core(**parts)), 2003, "stock_flow_gap")["effect_on_origin"] == -600


def test_stock_flow_gap_numbers_the_years_of_a_run(make_core):
    parts = calm()
    parts["stock"] = [
        (y, "DDD", n) for y, n in zip(range(2000, 2004), (1000, 1600, 2200, 2800), strict=True)
    ]
    found = find(make_core(**parts)).query("kind == 'stock_flow_gap'").sort_values("year")
    assert [text.split("year ")[-1].split(" ")[0] for text in found["detail"]] == ["1", "2", "3"]


def test_stock_flow_gap_is_silent_where_flows_explain(make_core):
    parts = put(put(calm(), "stock", 2002, p2=1600), "lodged", 2002, p5=1110)
    assert "stock_flow_gap" not in kinds(find(make_core(**parts)), 2002)


def test_stock_flow_gap_is_silent_without_flows(make_core):
    parts = drop(put(calm(), "stock", 2002, p2=1600), "all_decided", 2002)
    assert "stock_flow_gap" not in kinds(find(make_core(**parts)), 2002)


def test_stock_flow_gap_is_silent_where_no_origin_is_named(make_core):
    parts = calm(unknown=19000)
    parts["stock"] = []
    parts["lodged"] = [(*row[:5], 900) for row in parts["lodged"]]
    assert find(make_core(**parts)).query("kind == 'stock_flow_gap'").empty


def test_a_gap_in_cases_lies_outside_the_whole_range(make_core):
    parts = calm()
    parts["lodged"] = [(y, d, s, lv, "cases", n) for y, d, s, lv, u, n in parts["lodged"]]
    parts["lodged"] = [(*row[:5], 1300) for row in parts["lodged"]]
    parts["stock"] = [(2000, "DDD", 1000), (2001, "DDD", 2400)]
    # 1000 + 1300 - 500 = 1800 to 1000 + 1.501 x 1300 - 500 = 2451: 2400 lies inside.
    assert "stock_flow_gap" not in kinds(find(make_core(**parts)), 2001)


@pytest.mark.parametrize(
    ("total", "ours", "kind"), [(6000, 300, "coverage_drop"), (60000, 3000, "coverage_jump")]
)
def test_coverage_moves_fire_with_the_change(make_core, total, ours, kind):
    parts = put(put(calm(), "every", 2002, p2=total), "stock", 2002, p2=ours)
    row = one(find(make_core(**parts)), 2002, kind)
    assert row["effect_on_origin"] == ours - 1010
    assert row["strength"] == "strong"


def test_coverage_is_silent_where_the_flows_explain_the_surge(make_core):
    parts = put(put(calm(), "every", 2002, p2=60000), "stock", 2002, p2=3000)
    parts = put(put(parts, "all_lodged", 2002, p5=49000), "lodged", 2002, p5=2500)
    assert not kinds(find(make_core(**parts)), 2002)


def test_coverage_without_flows_is_judged_on_history_and_weak(make_core):
    parts = put(put(calm(range(1995, 2004)), "every", 2002, p2=6000), "stock", 2002, p2=300)
    parts["decided"], parts["all_decided"] = [], []
    row = one(find(make_core(**parts)), 2002, "coverage_drop")
    assert row["strength"] == "weak"
    assert row["severity"] == "medium"  # over a tenth, one step down for weak evidence


def test_silence_of_stock_is_a_coverage_drop(make_core):
    parts = drop(drop(calm(), "every", 2003), "stock", 2003)
    parts["every"].append((2003, "EEE", 900, 0, 9, 9, 0))
    row = one(find(make_core(**parts)), 2003, "coverage_drop")
    assert row["effect_on_origin"] == -1000


def test_silence_of_flows_touches_applications_only(make_core):
    parts = drop(drop(calm(), "all_lodged", 2003), "lodged", 2003)
    found = find(make_core(**parts))
    assert kinds(found, 2003, "applications") == {"coverage_drop"}
    assert "coverage_drop" not in kinds(found, 2003, "pending")


def test_unknown_origin_fires_with_minus_what_allocation_adds(make_core):
    parts = put(put(calm(), "every", 2002, p3=10000), "stock", 2002, p2=500)
    row = one(find(make_core(**parts)), 2002, "unknown_origin")
    # Base 2001: 1010 of 20100 - 100 named, times 10000 unknown.
    assert row["effect_on_origin"] == -round(10000 * 1010 / 20000)
    assert row["detail"] == "0 % of unknown origin the year before, 50 % now"


def test_unknown_origin_that_ends_has_the_opposite_sign(make_core):
    parts = put(put(calm(), "every", 2002, p3=10000), "stock", 2002, p2=500)
    row = one(find(make_core(**parts)), 2003, "unknown_origin")
    assert row["effect_on_origin"] == round(10000 * 1010 / 20000)


def test_unknown_origin_is_silent_below_the_threshold(make_core):
    parts = put(calm(), "every", 2002, p3=1500)
    assert "unknown_origin" not in kinds(find(make_core(**parts)), 2002)


def test_unknown_origin_from_the_start_is_a_gap_and_not_a_break(make_core):
    from helpers.analysis.gaps import find_gaps

    core = make_core(**calm(unknown=19000))
    assert "unknown_origin" not in set(find(core)["kind"])
    gaps = find_gaps(core, "AAA")
    assert gaps[["asylum", "first_year", "last_year"]].values.tolist() == [["DDD", 2000, 2003]]
    assert find_gaps(make_core(**calm()), "AAA").empty


def test_collapse_of_named_origins_fires_alone(make_core):
    parts = put(calm(), "every", 2002, p4=20)
    row = one(find(make_core(**parts)), 2002, "unknown_origin")
    assert row["rule"] == "origins_named"


def test_unknown_claims_lodged_touch_applications(make_core):
    parts = put(calm(), "all_lodged", 2002, p6=6000)
    found = find(make_core(**parts))
    assert "unknown_origin" in kinds(found, 2002, "applications")
    assert "unknown_origin" not in kinds(found, 2002, "pending")


def test_carried_forward_needs_total_and_own_figure_unchanged(make_core):
    parts = put(put(calm(), "every", 2002, p2=20100), "stock", 2002, p2=1010)
    assert "carried_forward" in kinds(find(make_core(**parts)), 2002)
    # A calm neighbour: the total repeats, the origin's own figure moves.
    parts = put(calm(), "every", 2002, p2=20100)
    assert "carried_forward" not in kinds(find(make_core(**parts)), 2002)


def test_carried_forward_by_pairs(make_core):
    parts = put(put(calm(), "every", 2002, p5=40, p6=20), "stock", 2002, p2=1010)
    assert "carried_forward" in kinds(find(make_core(**parts)), 2002)
    parts = put(parts, "every", 2002, p5=40, p6=19)
    assert "carried_forward" not in kinds(find(make_core(**parts)), 2002)
    parts = put(parts, "every", 2002, p5=4, p6=4)
    assert "carried_forward" not in kinds(find(make_core(**parts)), 2002)


def test_carried_forward_without_flows_takes_the_last_change_to_go_on(make_core):
    parts = calm()
    parts["stock"] = [(2000, "DDD", 1000), (2001, "DDD", 1300), (2002, "DDD", 1300)]
    parts = put(parts, "every", 2002, p2=20100)
    for table in ("lodged", "all_lodged", "decided", "all_decided"):
        parts[table] = [row for row in parts[table] if row[0] < 2001]
    row = one(find(make_core(**parts)), 2002, "carried_forward")
    assert row["effect_on_origin"] == -300


def test_mid_year_marks_stock_and_flow_of_the_newest_year_only(make_core):
    found = find(make_core(**put(calm(), "stock", 2003, p2=1200)), info=MID)
    marked = found[found["kind"] == "mid_year"]
    assert set(marked["year"]) == {2003}
    assert set(marked["touches"]) == {"pending", "applications"}
    assert one(found, 2003, "mid_year")["effect_on_origin"] == -200
    assert one(found, 2003, "mid_year", "applications")["effect_on_origin"] == -510
    assert "mid_year" not in set(find(make_core(**calm()))["kind"])


def test_never_completed_needs_both_releases(make_core):
    parts = put(calm(), "stock", 2003, p2=1200)
    now, mid = make_core(**parts, release="2003-end"), make_core(**parts, release="2003-mid")
    found = find(now, previous={"2003-mid": mid})
    assert one(found, 2003, "carried_forward")["effect_on_origin"] == -200
    assert one(found, 2003, "carried_forward", "applications")["effect_on_origin"] == -510
    assert "carried_forward" not in set(find(now)["kind"])
    # One Core alone will do, with its name or without.
    for core in (mid, replace(mid, release="")):
        assert "carried_forward" in set(find(now, previous=core)["kind"])


def test_a_mid_year_release_without_the_origin_speaks_by_its_totals(make_core):
    now = make_core(**calm())
    for total, expected in ((20104, True), (20106, False)):
        mid = make_core(**put(calm(), "every", 2003, p2=total) | {"stock": [], "lodged": []})
        found = find(now, previous={"2003-mid": mid})
        assert ("carried_forward" in kinds(found, 2003, "pending")) is expected


def test_a_year_that_was_completed_is_not_never_completed(make_core):
    mid = make_core(**put(put(calm(), "stock", 2003, p2=1100), "all_lodged", 2003, p5=5000))
    found = find(make_core(**calm()), previous={"2003-mid": mid})
    assert "carried_forward" not in set(found["kind"])


def test_the_mid_year_release_is_not_held_against_itself(make_core):
    parts = put(calm(), "stock", 2003, p2=1200)
    core = make_core(**parts, release="2003-mid")
    assert "carried_forward" not in set(find(core, info=MID, previous={"2003-mid": core})["kind"])


def flip(parts, table, first, position, value):
    rows = []
    for row in parts[table]:
        cells = list(row)
        if row[0] >= first:
            cells[position] = value
        rows.append(tuple(cells))
    return parts | {table: rows}


def test_unit_change_fires_on_stock_and_flow(make_core):
    parts = calm()
    for table in ("lodged", "all_lodged"):
        parts = flip(flip(parts, table, 2000, 4, "cases"), table, 2002, 4, "persons")
    parts = put(parts, "stock", 2002, p2=1300)
    found = find(make_core(**parts))
    flow = one(found, 2002, "unit_change", "applications")
    assert flow["effect_on_origin"] == round(500 * (1 - 1 / 1.501))
    stock = one(found, 2002, "unit_change")
    assert stock["effect_on_origin"] == 300  # the residual: 1300 against 1010 + 500 - 510
    assert "unit_change" not in set(find(make_core(**calm()))["kind"])


def test_unit_change_explains_no_residual_of_the_wrong_sign(make_core):
    parts = calm()
    for table in ("lodged", "all_lodged"):
        parts = flip(flip(parts, table, 2000, 4, "cases"), table, 2002, 4, "persons")
    parts = put(parts, "stock", 2002, p2=700)
    assert "unit_change" not in kinds(find(make_core(**parts)), 2002, "pending")


def test_unit_change_explains_no_more_than_the_factor_can(make_core):
    parts = calm()
    for table in ("lodged", "all_lodged"):
        parts = flip(flip(parts, table, 2000, 4, "cases"), table, 2002, 4, "persons")
    parts = put(parts, "stock", 2002, p2=9000)
    stock = one(find(make_core(**parts)), 2002, "unit_change")
    assert stock["effect_on_origin"] == round(1010 * 0.501 * (1 - 50 / 9000))


def test_stage_change_fires_with_the_claims_that_leave_new(make_core):
    parts = calm()
    for table in ("lodged", "all_lodged"):
        parts = put(parts, table, 2002, p2="A")
    found = find(make_core(**parts))
    assert one(found, 2002, "stage_change", "applications")["effect_on_origin"] == -500
    assert one(found, 2003, "stage_change", "applications")["effect_on_origin"] == 510
    assert set(found.query("kind == 'stage_change'")["touches"]) == {"applications"}
    assert one(found, 2002, "stage_change", "applications")["stage"] == "appeal new"


def test_no_new_claims_fires_where_only_appeals_are_left(make_core):
    parts = drop(drop(calm(), "lodged", 2003), "all_lodged", 2003)
    parts["all_lodged"].append((2003, "DDD", "A", "AR", "persons", 4000, 0))
    found = find(make_core(**parts))
    assert "no_new_claims" in set(found.query("year == 2003")["rule"])


def test_another_authority_is_a_stage_change(make_core):
    core = make_core(**calm())
    rows = core.applications
    later = rows.assign(authority=rows["authority"].where(rows["year"] < 2002, "U"))
    found = find(replace(core, applications=later))
    row = one(found, 2002, "stage_change", "applications")
    assert row["detail"] == "registered by G the year before, by U now"


def test_refusals_booked_as_closed_touch_decisions(make_core):
    parts = put(put(calm(), "decided", 2002, p4=0, p5=510), "all_decided", 2002, p4=0, p5=9100)
    found = find(make_core(**parts))
    row = one(found, 2002, "stage_change", "decisions")
    assert row["effect_on_origin"] == round(-510 * 8000 / 9000)
    assert "DDD" in row["asylum"]


def test_what_does_not_matter_is_counted_and_not_told(make_core):
    small = put(put(calm(ours=200), "stock", 2002, p2=320), "every", 2002, p3=100)
    parts = {name: [(row[0], "SSS", *row[2:]) for row in rows] for name, rows in small.items()}
    large = calm(ours=90000, total=200000)
    large["lodged"] = [(*row[:5], 60000) for row in large["lodged"]]
    large["decided"] = [(*row[:3], row[3], 60000, 0) for row in large["decided"]]
    core = make_core(**{name: large[name] + parts[name] for name in large})
    found = find(core)
    assert "SSS" not in set(found["asylum"])
    assert found.attrs["set_aside"] > 0


def test_columns_kinds_and_severities_are_those_declared(make_core):
    parts = put(put(calm(), "every", 2002, p2=6000, p3=5000), "stock", 2002, p2=100)
    found = find(make_core(**parts), info=MID)
    assert list(found.columns) == COLUMNS
    assert set(found["kind"]) <= set(KINDS)
    assert set(found["severity"]) <= set(SEVERITIES)
    assert found["effect_on_origin"].dtype == "Int64"


def test_years_filter(make_core):
    parts = put(calm(), "stock", 2002, p2=1600)
    assert set(find(make_core(**parts), years=[2003])["year"]) == {2003}


def test_an_origin_without_rows_has_no_breaks(make_core):
    assert find_breaks(make_core(**calm()), "ZZZ", info=END).empty


def test_thresholds_are_settable_and_refused_when_senseless(make_core):
    parts = put(calm(), "every", 2002, p3=1500)
    strict = Thresholds(unknown_jump=0.05)
    assert "unknown_origin" in kinds(find(make_core(**parts), thresholds=strict), 2002)
    with pytest.raises(InputError, match="gap_of_stock"):
        Thresholds(gap_of_stock=0)
    with pytest.raises(InputError, match="below 1"):
        Thresholds(fall=1.5)


def test_a_register_entry_explains_only_its_own(make_core):
    source = SimpleNamespace(cite=lambda: "A footnote, UNHCR")
    entry = SimpleNamespace(
        asylum="DDD", years=(2002,), kinds=("stock_flow_gap",), touches=("pending",), rules=(),
        releases=("2003-end",), reason="It was counted anew.", sources=(source,),
    )  # fmt: skip
    core = make_core(**put(calm(), "stock", 2002, p2=1600))
    found = find(core, register=[entry])
    assert found.set_index("year")["is_explained"].to_dict() == {2002: True, 2003: False}
    row = one(found, 2002, "stock_flow_gap")
    assert (row["reason"], row["source"]) == ("It was counted anew.", "A footnote, UNHCR")
    other = SimpleNamespace(name="2004-end", newest_year=2003, period="end")
    assert not find(core, info=other, register=[entry])["is_explained"].any()


def test_find_breaks_changes_none_of_its_inputs(make_core):
    core = make_core(**put(calm(), "stock", 2002, p2=1600))
    before = {name: getattr(core, name).copy() for name in ("pending", "by_asylum", "applications")}
    find(core)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(getattr(core, name), frame)
