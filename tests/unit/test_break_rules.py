"""Every rule fires at its limits, with its effect, and stays silent beside them."""

from copy import deepcopy
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from frames import make_core

from helpers.analysis.breaks import COLUMNS, SEVERITIES, STATUS_OF, find_breaks

END = SimpleNamespace(name="2003-end", newest_year=2003, half_year=None)
MID = SimpleNamespace(name="2003-mid", newest_year=2003, half_year=2003)
YEARS = range(2000, 2004)
FACTOR = 1.501


def calm(years=YEARS, ours=1000, total=20000, unknown=100):
    """A destination where nothing happens: as many lodged as decided, stocks that vary a little."""
    odd = {y: y % 2 for y in years}
    return {
        "stock": [(y, "DDD", ours + 10 * odd[y]) for y in years],
        "every": [(y, "DDD", total + 100 * odd[y], unknown, 50, 40, 3) for y in years],
        "lodged": [(y, "DDD", "N", "FI", "persons", 500 + 10 * odd[y]) for y in years],
        "all_lodged": [(y, "DDD", "N", "FI", "persons", 9000 + 100 * odd[y], 50) for y in years],
        "decided": [(y, "DDD", "FI", "persons", 400, 110 - 10 * odd[y]) for y in years],
        "all_decided": [(y, "DDD", "FI", "persons", 8000, 1100 - 100 * odd[y]) for y in years],
    }


def change(*edits, parts=None):
    """Replace cells: (tables, years, {position: value}); without cells the rows are dropped."""
    parts = dict(parts or calm())
    for tables, years, cells in edits:
        chosen = [years] if isinstance(years, int) else list(years)
        for table in tables.split():
            rows = [row for row in parts[table] if cells or row[0] not in chosen]
            parts[table] = [
                tuple(cells.get(i, cell) for i, cell in enumerate(row)) if row[0] in chosen else row
                for row in rows
            ]
    return parts


def beside(parts, others):
    """Both destinations of one origin, the second as SSS."""
    return {
        name: rows + [(row[0], "SSS", *row[2:]) for row in others[name]]
        for name, rows in parts.items()
    }


def find(core, info=END, **others):
    return find_breaks(core, "AAA", info=info, **others)


def pick(found, year, kind, touches="pending"):
    return found.query("year == @year and kind == @kind and touches == @touches")


FLOWS = "lodged all_lodged decided all_decided"
GAP = ("stock", 2002, {2: 1600})  # 1010 + 500 - 510 = 1000 expected
FALL = [("every", 2002, {2: 10050}), ("stock", 2002, {2: 300}),
        ("all_decided", 2002, {4: 12925})]  # fmt: skip
RISE = [("every", 2002, {2: 40200}), ("stock", 2002, {2: 3000})]
UNNAMED = [("every", 2002, {3: 10000}), ("stock", 2002, {2: 500})]
ADDED = round(10000 * 1010 / 20000)  # base 2001: 1010 of 20100 - 100 named
REPEAT = [("every", (2001, 2002), {2: 100, 3: 0}), ("stock", 2002, {2: 1010})]
IN_CASES = ("lodged all_lodged", (2000, 2001), {4: "cases"})
APPEALS = ("lodged all_lodged", 2002, {2: "A"})
CLOSED = [("decided", 2002, {4: 0, 5: 510}), ("all_decided", 2001, {4: 200, 5: 300}),
          ("all_decided", 2002, {4: 0, 5: 500})]  # fmt: skip
# Claims lodged fall to half; the decisions and the stock go on as if they had not.
COUNTED_LESS = [("all_lodged", 2002, {5: 4550}), ("lodged", 2002, {5: 200})]
DECIDED, UNDECIDED = "decided all_decided", [*COUNTED_LESS, ("every", 2002, {2: 29200})]
# The total doubles twice; three times as much, in logs, is an eighth.
HISTORY = [("decided all_decided", YEARS, {}), ("every", 2000, {2: 1000}),
           ("every", 2001, {2: 2000}), ("every", 2002, {2: 4000})]  # fmt: skip
COUNTED = "coverage_drop", "applications"
ELSEWHERE = [("decided all_decided", 2002, {2: "FA"})]
FOUND = {
    "gap": ([GAP], 2002, "stock_flow_gap", "pending", 600, {"severity": "high"}),
    "gap, after": ([GAP], 2003, "stock_flow_gap", "pending", -600, {}),
    "gap, a hundred claims": (
        [("stock", 2001, {2: 400}), ("stock", 2002, {2: 490})], 2002, "stock_flow_gap", "pending",
        100, {}),
    "fall": (FALL, 2002, "coverage_drop", "pending", -710, {"strength": "strong"}),
    "rise": (RISE, 2002, "coverage_jump", "pending", 1990, {"strength": "strong"}),
    "stock of one origin": (
        [("stock", 2002, {2: 300})], 2002, "coverage_drop", "pending", -710,
        {"strength": "weak", "rule": "origin_level_and_flows", "severity": "medium"}),
    "stock of one origin, as many unnamed as before": (
        [("every", YEARS, {3: 3000}), ("stock", 2002, {2: 300})], 2002, "coverage_drop", "pending",
        -710, {"rule": "origin_level_and_flows"}),
    "stock of one origin, half of it open, at a hundred claims": (
        [("stock", 2001, {2: 100}), ("stock", 2002, {2: 30}), ("lodged", 2002, {5: 475})], 2002,
        "coverage_drop", "pending", -70, {"rule": "origin_level_and_flows"}),
    "level and history": (
        [*HISTORY, ("every", 2003, {2: 499})], 2003, "coverage_drop", "pending", 10,
        {"rule": "level_and_history", "strength": "weak"}),
    "silence of stock": (
        [("every", 2002, {2: 500}), ("every stock", 2003, {})], 2003, "coverage_drop", "pending",
        -1000, {"rule": "silence"}),
    "silence of flows": (
        [("lodged all_lodged", 2003, {})], 2003, "coverage_drop", "applications", -500,
        {"rule": "silence", "stage": "new", "unit": "persons"}),
    "silence ends": (
        [("lodged all_lodged", 2002, {}), ("all_lodged", 2003, {5: 500})], 2003, "coverage_jump",
        "applications", 510, {"rule": "silence_ends", "strength": "weak"}),
    "unnamed": (UNNAMED, 2002, "unknown_origin", "pending", -ADDED,
                {"detail": "0% of unknown origin the year before, 50% now"}),
    "named again": (UNNAMED, 2003, "unknown_origin", "pending", ADDED, {}),
    "unnamed claims lodged": (
        [("all_lodged", 2002, {6: 6000})], 2002, "unknown_origin", "applications",
        -round(6000 * 510 / 9050), {}),
    "unnamed, a tenth": (
        [("every", 2001, {2: 20000, 3: 0}), ("every", 2002, {3: 2000})], 2002, "unknown_origin",
        "pending", -101, {}),
    "unnamed, of five hundred": (
        [("every", 2002, {2: 500, 3: 100}), ("every", 2001, {2: 400, 3: 0}),
         ("stock", (2001, 2002), {2: 200})], 2002, "unknown_origin", "pending", -50, {}),
    "five pairs repeated": (
        [("every", 2002, {5: 5, 6: 5}), REPEAT[1]], 2002, "carried_forward", "pending", 10, {}),
    "fewer origins": (
        [("every", 2001, {2: 1000, 3: 0, 4: 10}), ("every", 2002, {2: 500, 3: 0, 4: 5})], 2002,
        "unknown_origin", "pending", -10, {"rule": "origins_named", "strength": "weak"}),
    "a single claim repeated": (
        [REPEAT[0], ("stock", (2001, 2002), {2: 1})], 2002, "carried_forward", "pending", 10, {}),
    "total repeated": (REPEAT, 2002, "carried_forward", "pending", 10, {"rule": "repeated"}),
    "pairs repeated": (
        [("every", 2002, {5: 40, 6: 20}), REPEAT[1]], 2002, "carried_forward", "pending", 10, {}),
    "unit": ([IN_CASES], 2002, "unit_change", "applications", round(500 * (1 - 1 / FACTOR)),
             {"moved": 510, "unit": "cases persons"}),
    "unit, a hundred claims": (
        [IN_CASES, ("all_lodged", 2001, {5: 100})], 2002, "unit_change", "applications",
        round(500 * (1 - 1 / FACTOR)), {}),
    "unit, stock": (
        [IN_CASES, ("stock", 2002, {2: 1300})], 2002, "unit_change", "pending", 300, {}),
    "unit, stock, back to cases": (
        [("lodged all_lodged", (2002, 2003), {4: "cases"}), ("stock", 2002, {2: 700})], 2002,
        "unit_change", "pending", -300, {}),
    "unit, no more than the factor": (
        [IN_CASES, ("stock", 2002, {2: 9000})], 2002, "unit_change", "pending",
        round(1010 * (FACTOR - 1) * (1 - 50 / 9000)), {}),
    "stage": ([APPEALS], 2002, "stage_change", "applications", -500,
              {"stage": "appeal new", "moved": 500, "rule": "stage"}),
    "stage, back": ([APPEALS], 2003, "stage_change", "applications", 510, {}),
    "level of a flow": (
        COUNTED_LESS, 2002, "coverage_drop", "applications", -310, {"rule": "level_of_flow"}),
    "level of a flow, half made up": (
        [*COUNTED_LESS, ("every", 2002, {2: 17825})], 2002, "coverage_drop", "applications", -310,
        {}),
    "level of a flow, a single decision": (
        [*UNDECIDED, (DECIDED, YEARS, {4: 1, 5: 0})], 2002, *COUNTED, -310, {}),
    "level of decisions": (
        ELSEWHERE, 2002, "stage_change", "decisions", -500, {"rule": "level"}),
    "silence of decisions": (
        [("decided all_decided", 2003, {})], 2003, "coverage_drop", "decisions", -510,
        {"rule": "silence"}),
    "booking": (CLOSED, 2002, "stage_change", "decisions", -round(510 * 0.4),
                {"rule": "refused_or_closed", "effect_share": pytest.approx(0.4)}),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_a_rule_fires_with_its_effect(name):
    edits, year, kind, touches, effect, others = FOUND[name]
    found = find(make_core(**change(*edits)))
    rows = pick(found, year, kind, touches)
    assert len(rows) == 1, found.to_string()
    row = rows.iloc[0]
    assert row["effect_on_origin"] == effect
    assert {column: row[column] for column in others} == others


# A flow that others follow is no change of counting.
SILENT = {
    "the stock follows the flow": (
        [*COUNTED_LESS, ("every", 2002, {2: 14000})], 2002, *COUNTED),
    "decisions follow the flow": (
        [*COUNTED_LESS, ("all_decided", 2002, {4: 2000, 5: 300})], 2002, *COUNTED),
    "flows explain the stock": ([GAP, ("lodged", 2002, {5: 1110})], 2002, "stock_flow_gap"),
    "no decisions": ([*COUNTED_LESS, *ELSEWHERE], 2002, *COUNTED),
    "decisions of no one": ([*UNDECIDED, (DECIDED, YEARS, {4: 0, 5: 0})], 2002, *COUNTED),
    "under half of it open": (
        [("stock", 2001, {2: 100}), ("stock", 2002, {2: 30}), ("lodged", 2002, {5: 474})], 2002,
        "coverage_drop"),
    "under a hundred claims": (
        [("stock", 2001, {2: 99}), ("stock", 2002, {2: 30})], 2002, "coverage_drop"),
    "within its history": ([*HISTORY, ("every", 2003, {2: 500})], 2003, "coverage_drop"),
    "names of a tenth went missing": (
        [("every", 2001, {2: 20000, 3: 0}), ("every", 2002, {3: 2000}), ("stock", 2002, {2: 300})],
        2002, "coverage_drop"),
    "the first stock": ([("stock every", 2000, {})], 2001, "coverage_jump"),
    "no flows": ([GAP, ("all_decided", 2002, {})], 2002, "stock_flow_gap"),
    "under a fifth of the stock": (
        [("stock", 2002, {2: 1000}), ("lodged", 2002, {5: 400})], 2002, "stock_flow_gap"),
    "flows explain the surge": (
        [*RISE, ("all_lodged", 2002, {5: 29200}), ("lodged", 2002, {5: 2500})], 2002,
        "coverage_jump"),
    "names went missing": (
        [("every", 2002, {3: 10000}), ("stock", 2002, {2: 300})], 2002, "coverage_drop"),
    "flows stop, stock does not": (
        [("lodged all_lodged", 2003, {})], 2003, "coverage_drop"),
    "unknown under a tenth": (
        [("every", 2001, {3: 0}), ("every", 2002, {3: 1999})], 2002, "unknown_origin"),
    "unknown claims lodged only": ([("all_lodged", 2002, {6: 6000})], 2002, "unknown_origin"),
    "the origin's own figure moves": (REPEAT[:1], 2002, "carried_forward"),
    "none, as before": (
        [REPEAT[0], ("stock", (2001, 2002), {2: 0})], 2002, "carried_forward"),
    "under half of the pairs": (
        [("every", 2002, {5: 40, 6: 19}), REPEAT[1]], 2002, "carried_forward"),
    "under five pairs": ([("every", 2002, {5: 4, 6: 4}), REPEAT[1]], 2002, "carried_forward"),
    "residual of the wrong sign": ([IN_CASES, ("stock", 2002, {2: 700})], 2002, "unit_change"),
}  # fmt: skip


@pytest.mark.parametrize("name", SILENT)
def test_a_rule_is_silent(name):
    edits, *key = SILENT[name]
    assert pick(find(make_core(**change(*edits))), *key).empty


def test_a_calm_destination_has_no_finding():
    found = find(make_core(**calm()))
    assert found.empty
    assert list(found.columns) == COLUMNS


def test_a_gap_numbers_the_years_of_a_run_and_is_shown_as_a_share():
    stock = [(y, "DDD", n) for y, n in zip(YEARS, (1000, 1600, 2200, 2800), strict=True)]
    found = find(make_core(**calm() | {"stock": stock})).query("kind == 'stock_flow_gap'")
    again = [text.partition("; ")[2] for text in found["detail"]]
    assert again == ["", "gap in 2 years running", "gap in 3 years running"]
    # 2002: 1600 + 500 - 510 = 1590 expected, 2200 reported.
    assert found["effect_share"].iloc[1] == pytest.approx(610 / 2200)


@pytest.mark.parametrize(("stock", "is_gap"), [(1250, True), (1249, False)])
def test_a_gap_is_a_fifth_of_the_stock_whatever_the_origin_has_elsewhere(stock, is_gap):
    parts = beside(change(("stock", 2002, {2: stock})), calm(ours=4000))  # 1000 expected
    found = pick(find(make_core(**parts)), 2002, "stock_flow_gap")
    assert found["asylum"].tolist() == ["DDD"] * is_gap


def far_more(stock):
    """A destination with nearly all that is lodged and decided, and a stock that stands still."""
    edits = ("lodged", YEARS, {5: 60000}), ("decided", YEARS, {4: 60000, 5: 0})
    return change(*edits, ("stock", YEARS, {2: stock}), parts=calm(total=200000))


@pytest.mark.parametrize(
    ("stock", "others", "severity"),
    [
        (1500, 3490, ["high"]), (1500, 3500, ["medium"]),  # 500 of 5,000: a tenth is not over it
        (1300, 8700, ["medium"]), (1300, 8701, ["low"]),
        (1300, 28700, ["low"]), (1300, 28701, []),
    ],
)  # fmt: skip
def test_a_gap_is_as_severe_as_its_share_of_the_origins_total(stock, others, severity):
    parts = beside(change(("stock", 2002, {2: stock})), far_more(others))  # 1000 expected
    found = pick(find(make_core(**parts)), 2002, "stock_flow_gap")
    assert found["severity"].tolist() == severity


@pytest.mark.parametrize(("others", "is_kept"), [(9000, True), (9001, False)])
def test_every_finding_is_kept_where_a_tenth_of_the_claims_are(others, is_kept):
    parts = beside(change(("stock", 2002, {2: 950}), ("stock", 2003, {2: 1000})), far_more(others))
    found = pick(find(make_core(**parts), MID), 2003, "mid_year")
    assert ("DDD" in set(found["asylum"])) is is_kept


@pytest.mark.parametrize(("cases", "units"), [(1000, "cases persons"), (999, "persons")])
def test_a_finding_on_claims_lodged_names_the_units_of_a_tenth_of_them(cases, units):
    parts = change(("lodged all_lodged", 2003, {}))
    parts["all_lodged"].append((2002, "DDD", "N", "FI", "cases", cases, 0))
    found = pick(find(make_core(**parts)), 2003, "coverage_drop", "applications")
    assert found["unit"].tolist() == [units]


@pytest.mark.parametrize(("unnamed", "is_gap"), [(9_999, True), (10_000, False)])
def test_a_destination_that_names_few_origins_or_none_has_no_break(unnamed, is_gap):
    edits = ("every", YEARS, {2: 20_000, 3: unnamed}), ("stock", (2001, 2002, 2003), {2: 0})
    kinds = set(find(make_core(**change(*edits)))["kind"])
    assert ("stock_flow_gap" in kinds, "unknown_origin" in kinds) == (is_gap, False)


def test_without_flows_coverage_is_judged_on_history_and_a_repeated_stock_on_its_last_change():
    parts = change(*FALL, parts=calm(range(1995, 2004))) | {"decided": [], "all_decided": []}
    row = pick(find(make_core(**parts)), 2002, "coverage_drop").iloc[0]
    assert (row["strength"], row["severity"]) == ("weak", "medium")
    parts = change(("every", 2002, {2: 20100}), (FLOWS, range(2001, 2004), {}))
    parts["stock"] = [(2000, "DDD", 1000), (2001, "DDD", 1300), (2002, "DDD", 1300)]
    row = pick(find(make_core(**parts)), 2002, "carried_forward").iloc[0]
    assert row["effect_on_origin"] == -300


HALF = {"pending": -200, "applications": -510, "decisions": -500}


def test_mid_year_marks_stock_and_flow_of_the_newest_year_only():
    found = find(make_core(**change(("stock", 2003, {2: 1200}))), info=MID)
    marked = found[found["kind"] == "mid_year"].set_index("touches")
    assert marked["effect_on_origin"].to_dict() == HALF
    assert set(marked["year"]) == {2003}
    for lodged in (1, 0):
        found = find(make_core(**change(("lodged", 2003, {5: lodged}))), info=MID)
        assert len(pick(found, 2003, "mid_year", "applications")) == lodged


def test_a_year_that_repeats_an_earlier_mid_year_release_was_never_completed():
    core = make_core(**change(("stock", 2003, {2: 1200})))
    found = find(core, previous={"2003-mid": core}).query("kind == 'carried_forward'")
    assert found.set_index("touches")["effect_on_origin"].to_dict() == HALF
    assert set(found["rule"]) == {"never_completed"}
    for stock in (1, 0):  # a single claim is a figure too
        few = make_core(**change(("stock", 2003, {2: stock})))
        assert len(pick(find(few, previous={"2003-mid": few}), 2003, "carried_forward")) == stock
    # A mid-year release is not held against itself, nor a year that was completed.
    half = ("all_lodged", 2003, {5: 5000}), ("all_decided", 2003, {4: 4000})
    mid = make_core(**change(("stock", 2003, {2: 1100}), *half))
    for info, previous in ((END, {}), (MID, {"2003-mid": core}), (END, {"2003-mid": mid})):
        assert "carried_forward" not in set(find(core, info, previous=previous)["kind"])


@pytest.mark.parametrize(
    ("total", "then", "is_same"),
    [(20100, 20105, True), (20100, 20106, False), (500, 500, True), (499, 499, False)],
)
def test_a_mid_year_release_without_the_origin_is_compared_by_its_totals(total, then, is_same):
    mid = make_core(**change(("every", 2003, {2: then})) | {"stock": [], "lodged": []})
    core = make_core(**change(("every", 2003, {2: total})))
    found = find(core, previous={"2003-mid": mid}).query("rule == 'never_completed'")
    assert (not pick(found, 2003, "carried_forward").empty) is is_same


@pytest.mark.parametrize(("total", "rows"), [({2: 1}, [[2003, -500]]), ({}, [])])
def test_no_new_claims_where_a_stock_and_appeals_are_left(total, rows):
    edits = ("lodged all_lodged", 2003, {}), ("every", 2003, total)
    parts = change(*edits, ("all_lodged", 2002, {5: 500}))
    parts["all_lodged"].append((2003, "DDD", "A", "AR", "persons", 4000, 0))
    found = find(make_core(**parts)).query("rule == 'no_new_claims'")
    assert found[["year", "effect_on_origin"]].values.tolist() == rows


@pytest.mark.parametrize(("others", "is_found"), [(40, True), (39, False)])
def test_a_unit_changes_where_a_hundred_claims_were_in_both_units_together(others, is_found):
    parts = change(IN_CASES, ("all_lodged", 2001, {5: 60}))
    parts["all_lodged"].append((2001, "DDD", "N", "FI", "persons", others, 0))
    assert pick(find(make_core(**parts)), 2002, "unit_change", "applications").empty != is_found


def test_refusals_that_move_are_those_in_persons_and_in_cases():
    parts = change(*CLOSED)
    parts["decided"].append((2002, "DDD", "FI", "cases", 0, 90))
    row = pick(find(make_core(**parts)), 2002, "stage_change", "decisions")
    assert row["effect_on_origin"].tolist() == [-round(600 * 0.4)]


def test_another_authority_is_a_stage_change():
    core = make_core(**change(("lodged", 2002, {5: 700})))
    rows = core.applications
    later = rows.assign(authority=rows["authority"].where(rows["year"] < 2002, "U"))
    row = pick(find(replace(core, applications=later)), 2002, "stage_change", "applications")
    assert row["detail"].item() == "registered by G the year before, by U now"
    assert row["effect_on_origin"].item() == 700 - 510


@pytest.mark.parametrize(
    ("refugees", "effect", "strength"),
    [
        ((100, 100, 90, 90), -10, "strong"),
        ((1, 1, 100, 100), 99, "strong"),
        ((4995, 5000, 7000, 8000), 2000, "weak"),
        ((4000, 5000, 3000, 3001), -2000, "weak"),
        ((4000, 5000, 3000, 2000), None, ""),  # people come and go over years
        ((5000, 5000, 4501, 4501), None, ""),  # under a tenth
        ((99, 99, 60, 60), None, ""),
        ((0, 0, 100, 100), None, ""),  # from none is no renewal
    ],
)
def test_refugees_that_take_a_step_between_years_that_stand_still(refugees, effect, strength):
    core = make_core(**calm(range(2000, 2005)))
    stock = core.pending[core.pending["year"] < 2004].assign(refugees=refugees)
    found = find(replace(core, pending=stock.astype({"refugees": "Int64"})))
    found = found[found["touches"] == "refugees"]
    shown = found[["year", "kind", "rule", "effect_on_origin", "strength"]].values.tolist()
    kind = "coverage_drop" if (effect or 0) < 0 else "coverage_jump"
    assert shown == ([[2002, kind, "restated", effect, strength]] if effect else [])


@pytest.mark.parametrize(("first", "years"), [(1999, [2001]), (1998, [])])
def test_refugees_are_judged_after_the_first_year_of_asylum_figures(first, years):
    core = make_core(**calm(range(first, first + 4)))
    stock = core.pending.assign(refugees=pd.array([100, 100, 90, 90], dtype="Int64"))
    found = find(replace(core, pending=stock)).query("touches == 'refugees'")
    assert found["year"].tolist() == years


def test_what_does_not_matter_is_left_out():
    found = find(make_core(**beside(change(GAP), far_more(90000))))
    assert "DDD" not in set(found["asylum"])


def test_columns_kinds_and_severities_are_those_declared_and_inputs_stay():
    core = make_core(**change(("every", 2002, {2: 6000, 3: 5000}), ("stock", 2002, {2: 100})))
    before = deepcopy(core)
    found = find(core, info=MID)
    assert list(found.columns) == COLUMNS
    assert set(found["kind"]) <= set(STATUS_OF)
    assert set(found["severity"]) <= set(SEVERITIES)
    assert found["effect_on_origin"].dtype == "Int64"
    for name in ("pending", "by_asylum", "applications"):
        pd.testing.assert_frame_equal(getattr(core, name), getattr(before, name))
    assert set(find(core, years=[2003])["year"]) == {2003}
    assert find_breaks(core, "ZZZ", info=END).empty


def test_a_register_entry_explains_only_its_own():
    source = SimpleNamespace(cite=lambda: "A footnote, UNHCR")
    entry = SimpleNamespace(
        asylum="DDD", years=(2002,), kinds=("stock_flow_gap",), touches=("pending",), rules=(),
        releases=("2003-end",), reason="It was counted anew.", sources=(source,),
    )  # fmt: skip
    core = make_core(**change(GAP))
    found = find(core, register=[entry])
    assert found.set_index("year")["is_explained"].to_dict() == {2002: True, 2003: False}
    row = pick(found, 2002, "stock_flow_gap").iloc[0]
    assert (row["reason"], row["source"]) == ("It was counted anew.", "A footnote, UNHCR")
    other = SimpleNamespace(name="2004-end", newest_year=2003, half_year=None)
    assert not find(core, info=other, register=[entry])["is_explained"].any()
