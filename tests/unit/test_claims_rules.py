"""The rules of the ledger: precision, recipes, searches, derivations, codes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.claims.claim_figures import Choice, Figures
from helpers.claims.claim_search import find_limits, list_choices, match, say_coincidences, search
from helpers.claims.derivation import explain, list_crossed, restate
from helpers.claims.file import Claimed, ClaimsFile, Test
from helpers.claims.verdict import judge_claim, list_printed

PENDING = {
    2010: {"AAA": 10, "BBB": 5},
    2011: {"AAA": 30, "BBB": 10},
    2012: {"AAA": 50, "BBB": 50, "CCC": 20},
    2013: {"AAA": 90, "BBB": 30, "CCC": 40},
}
SUM = {"kind": "sum", "first": 2010, "last": 2013}
LODGED_2012 = {"year": 2012, "measure": "applied_persons"}
LODGED = {2012: {"AAA": 7, "CCC": 9}, 2013: {"BBB": 8}}


def make_figures(period: str = "end", **over) -> Figures:
    given = {
        "release": "2013-x", "period": period, "newest": 2013, "last": 2013,
        "cells": {"pending": PENDING, "applied_persons": LODGED, "applied_cases": {},
                  "refugees": {2013: {"AAA": 3}}, "oip": {}},
        "others": {("ZZZ", 2012): 4}, "regions": {"AAA": "Europe", "BBB": "Asia", "CCC": "Asia"},
        "main": "AAA",
    }  # fmt: skip
    return Figures(**(given | over))


def make_test(recipe: dict, value=1, precision="exact", **over) -> Test:
    claimed = {"text": str(value), "value": value, "precision": precision}
    return Test.model_validate({"claimed": claimed, "recipe": recipe} | over)


def run(recipe: dict, choice: Choice | None = None, figures: Figures | None = None):
    return make_test(recipe).recipe.compute(figures or make_figures(), choice)


@pytest.mark.parametrize(
    ("value", "claimed", "precision", "code"),
    [
        (12_499, 12_000, "around", "rounds"),
        (12_501, 12_000, "around", None),
        (11_500, 12_000, "around", "rounds"),
        (735_000, 730_000, "around", "rounds"),
        (735_001, 730_000, "around", None),
        (12_000, 12_000, "around", "exact"),
        (114_000, 120_000, "nearly", "rounds"),
        (113_999, 120_000, "nearly", None),
        (120_000, 120_000, "nearly", None),
        (1_000_000, 1_000_000, "over", None),
        (1_000_001, 1_000_000, "over", "rounds"),
        (1_100_000, 1_000_000, "over", "rounds"),
        (1_100_001, 1_000_000, "over", None),
        (168.5, 169, "rounded", "rounds"),
        (169.5, 169, "rounded", None),
        (9.5, 10, "rounded", "rounds"),
        (9.4, 10, "rounded", None),
        (5, 5, "exact", "exact"),
        (6, 5, "exact", None),
        (2_000, 2_000, "at_least", "rounds"),
        (1_999, 2_000, "at_least", None),
        (0.01, 0.01, "under", None),
        (2, 2, "at_most", "rounds"),
        (1.05, 1, "same", "rounds"),
        (1.06, 1, "same", None),
        (True, True, "holds", "exact"),
        (False, True, "holds", None),
        (None, 5, "exact", None),
    ],
)
def test_precision(value, claimed, precision, code):
    assert match(value, Claimed(text="x", value=claimed, precision=precision)) == code


@given(
    st.integers(1, 999).map(lambda n: n * 1000),
    st.sampled_from(["around", "nearly", "over", "exact", "rounded"]),
    st.integers(0, 2_000_000),
)
def test_what_matches_lies_within_the_limits(claimed, precision, value):
    stated = Claimed(text="x", value=claimed, precision=precision)
    least, greatest = find_limits(stated)
    assert least <= greatest
    assert (match(value, stated) is not None) == (least <= value <= greatest)


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        ({"kind": "value", "year": 2012}, 120),
        ({"kind": "value", "year": 2012, "asylum": "CCC"}, 20),
        ({"kind": "value", "year": 2010, "asylum": "CCC"}, None),
        ({"kind": "value", "year": 2012, "measure": "applied_persons"}, 16),
        ({"kind": "value", "year": 2012, "measure": "applied_cases"}, None),
        ({"kind": "sum", "first": 2010, "last": 2012}, 175),
        ({"kind": "sum", "first": 2010, "last": 2012, "asylum": "BBB"}, 65),
        ({"kind": "change", "first": 2010, "last": 2012, "told_as": "ratio"}, 8),
        ({"kind": "change", "first": 2010, "last": 2012, "told_as": "percent_of"}, 800),
        ({"kind": "change", "first": 2010, "last": 2012, "told_as": "increase"}, 700),
        ({"kind": "rises", "first": 2011, "last": 2013}, True),
        ({"kind": "rises", "first": 2010, "last": 2013}, None),
        ({"kind": "trend", "first": 2010, "last": 2013}, True),
        ({"kind": "record", "year": 2013}, True),
        ({"kind": "rank", "year": 2012, "asylum": "CCC"}, 3),
        ({"kind": "rank", "year": 2012, "asylum": "BBB"}, 1),
        ({"kind": "lowest_rank", "first": 2010, "last": 2013, "asylum": "BBB"}, 3),
        ({"kind": "crossing", "first": 2010, "last": 2013, "threshold": 55}, 2012),
        ({"kind": "crossing", "first": 2010, "last": 2013, "threshold": 999}, None),
        ({"kind": "year_of", "asylum": "BBB", "figure": 30, "told_year": 2014}, 2013),
        ({"kind": "places", "year": 2013, "places": ["BBB", "CCC"], "take": "sum"}, 70),
        ({"kind": "places", "year": 2013, "places": ["BBB", "CCC"], "take": "least"}, 30),
        ({"kind": "places", "year": 2011, "places": ["BBB", "CCC"], "take": "sum"}, None),
        ({"kind": "against_sum", "year": 2012, "spans": [[2010, 2011], [2010, 2010]]}, 120 / 55),
        ({"kind": "largest_share", "year": 2013, "region": "Asia"}, 0.25),
        ({"kind": "largest_share", "year": 2013, "region": "Asia", "besides": ["CCC"]}, 0.1875),
        ({"kind": "part_under", "year": 2013, "regions": ["Asia"], "share": 0.2}, 0.5),
        ({"kind": "region_against", "year": 2012, "region": "Asia", "asylum": "AAA"}, 1.4),
        ({"kind": "rank", "year": 2012, "asylum": "AAA", "measure": "applied_persons"}, 2),
        (LODGED_2012 | {"kind": "places", "places": ["AAA", "CCC"], "take": "sum"}, 16),
        (LODGED_2012 | {"kind": "largest_share", "region": "Asia"}, 9 / 16),
        (LODGED_2012 | {"kind": "part_under", "regions": ["Asia"], "share": 0.4}, 0.5),
        (LODGED_2012 | {"kind": "region_against", "region": "Asia", "asylum": "AAA"}, 9 / 7),
        ({"kind": "own_origin", "year": 2012, "origin": "ZZZ"}, True),
        ({"kind": "own_origin", "year": 2012, "origin": "YYY"}, False),
        ({"kind": "years_on_file", "first": 2009, "last": 2013}, 4),
    ],
)
def test_recipes(recipe, expected):
    assert run(recipe) == pytest.approx(expected)


def test_totals_leave_out_the_largest_or_the_main_destination():
    recipe = {"kind": "value", "year": 2012}
    assert run(recipe, Choice("pending", "largest")) == 70
    assert run({"kind": "value", "year": 2013}, Choice("pending", "main")) == 70


def test_what_a_text_could_not_see_is_not_there():
    figures = make_figures().see(2011)
    assert figures.main == "AAA"
    assert run({"kind": "value", "year": 2012}, figures=figures) is None
    assert run({"kind": "record", "year": 2011}, figures=figures) is True


def test_a_bound_is_summed_and_missing_where_one_year_is():
    bounds = {"applied": {2012: (16, 20), 2013: (8, None)}}
    figures = make_figures(bounds=bounds)
    both = {"kind": "bound", "of": "applied", "first": 2012, "last": 2013}
    assert run(both | {"side": "lower"}, figures=figures) == 24
    assert run(both | {"side": "upper"}, figures=figures) is None


def test_the_sentence_s_own_series_is_tried_first():
    test = make_test({"kind": "value", "year": 2012}, 16)
    found = search(test, make_figures(), ("applied",))
    assert (found.choice.measure, found.code) == ("applied_persons", "exact")
    assert list_choices(test, ("applied",))[0].measure == "applied_persons"


def test_where_no_series_gives_it_the_recipe_s_own_stands():
    found = search(make_test({"kind": "value", "year": 2012}, 17), make_figures(), ("applied",))
    assert (found.code, found.value, found.choice.measure) == (None, 120, "pending")
    assert (found.nearest.measure, found.nearest_value) == ("applied_persons", 16)


def test_a_fixed_statement_looks_at_no_other_series():
    test = make_test({"kind": "value", "year": 2012}, 16, is_fixed=True)
    assert search(test, make_figures(), ("applied",)).tried == 1


def test_coincidences_are_counted_and_leave_the_narrow_candidates_out():
    test = make_test({"kind": "value", "year": 2012}, 30)
    said = say_coincidences(test, make_figures())
    assert said.startswith("2 of ")  # AAA in 2011, BBB in 2013
    assert said.endswith("such as pending at AAA in 2011: 30; pending at BBB in 2013: 30")
    narrow = make_test({"kind": "value", "year": 2012}, 120)
    assert say_coincidences(narrow, make_figures()).startswith("0 of ")


def make_file(*claims: dict) -> ClaimsFile:
    source = {
        "id": "T", "title": "A text", "publisher": "Nobody", "date": "2014-01-01", "sees": 2013,
        "date_shown": "2014", "date_evidence": "it says so in its first line",
    }  # fmt: skip
    whole = [
        {"source": "T", "paraphrase": "made up for a test", "claimed": "x", "years": [2010, 2013],
         "says": ["people"]} | claim
        for claim in claims
    ]  # fmt: skip
    return ClaimsFile.model_validate({"origin": "ZZZ", "sources": [source], "claims": whole})


def state(*items: tuple) -> list[dict]:
    return [
        {"claimed": {"text": str(v), "value": v, "precision": p}, "recipe": r} for r, v, p in items
    ]


def judge(file: ClaimsFile, number: int = 0, figures: Figures | None = None):
    return judge_claim(file.claims[number], figures or make_figures(), list_printed(file))


def test_a_total_is_explained_by_the_smallest_set_of_printed_inputs():
    file = make_file(
        {"id": "T-01", "tests": state((SUM, 330, "exact"))},
        {"id": "T-02", "tests": state(({"kind": "value", "year": 2010}, 10, "exact"))},
        {"id": "T-03", "tests": state(({"kind": "value", "year": 2011}, 35, "exact"))},
        {"id": "T-04", "tests": state(({"kind": "value", "year": 2012}, 115, "exact"))},
    )  # fmt: skip
    # 335 on file; 330 follows from any one of the three inputs; all seven sets are tried.
    verdict = judge(file)
    derived = verdict.main.derived
    assert (derived.value, [each.claim_id for each in derived.inputs]) == (330, ["T-02"])
    assert derived.tried == 7
    assert (verdict.figure, verdict.wording) == ("derived", "other-measure")
    assert "exactly as printed" in explain(verdict, list_printed(file))


VALUE = {"kind": "value", "year": 2013}
INCREASE = {"kind": "change", "first": 2010, "last": 2012, "told_as": "increase"}
YEAR_OF = {"kind": "year_of", "asylum": "BBB", "figure": 30, "told_year": 2014}
SPAN = {"kind": "sum", "first": 2010, "last": 2012}


@pytest.mark.parametrize(
    ("says", "recipe", "value", "precision", "period", "codes"),
    [
        ("pending", INCREASE, 800, "rounded", "end", ("exact", "other-arithmetic")),
        ("pending", INCREASE, 700, "rounded", "end", ("exact", "fits")),
        ("pending", VALUE, 160, "exact", "end", ("exact", "fits")),
        ("pending", VALUE, 160, "exact", "mid", ("exact", "other-measure")),
        ("people", SPAN, 175, "exact", "end", ("exact", "other-measure")),
        ("pending_summed", SPAN, 175, "exact", "end", ("exact", "fits")),
        ("people", SUM, 330, "exact", "end", ("off", "other-measure")),
        ("pending", YEAR_OF, 2013, "exact", "end", ("exact", "other-year")),
        ("pending", VALUE | {"year": 2011}, 120, "exact", "end", ("off", "other-year")),
    ],
)
def test_figure_and_wording_are_judged_apart(says, recipe, value, precision, period, codes):
    tests = state((recipe, value, precision))
    file = make_file({"id": "T-01", "says": [says], "tests": tests})
    verdict = judge(file, figures=make_figures(period=period))
    assert (verdict.figure, verdict.wording) == codes


@pytest.mark.parametrize(
    ("year", "value", "said"),
    [
        (2011, 120, "It holds for another year: 2012 (120)."),
        (2012, 150, "The difference is +30: one digit differs."),
        (2012, 210, "The difference is +90: two neighbouring digits are swapped."),
        (2012, 999, "the nearest is pending with 120."),
    ],
)
def test_what_is_off_is_explained(year, value, said):
    recipe = {"kind": "value", "year": year}
    file = make_file({"id": "T-01", "says": ["pending"], "tests": state((recipe, value, "exact"))})
    assert said in explain(judge(file), list_printed(file))


def test_a_release_that_ends_before_the_year_cannot_test_it():
    recipe = {"kind": "value", "year": 2013}
    file = make_file({"id": "T-01", "says": ["pending"], "tests": state((recipe, 160, "exact"))})
    verdict = judge(file, figures=make_figures(newest=2012, last=2012))
    assert (verdict.figure, verdict.wording) == ("untestable", "untestable")
    assert verdict.main.value is None


def test_several_statements_have_several_codes():
    recipe = {"kind": "value", "year": 2012}
    file = make_file(
        {"id": "T-01", "says": ["pending"],
         "tests": state((recipe, 120, "exact"), (recipe, 121, "exact"))},
    )  # fmt: skip
    assert (judge(file).figure, judge(file).wording) == ("exact; off", "fits")


def test_a_restatement_says_when_it_cannot_be_made():
    values = {"n": {"kind": "value", "year": 2013}}
    restated = {"sentence": "At {at_last} there were {n:,}.", "values": values}
    recipe = {"kind": "value", "year": 2013}
    file = make_file({"id": "T-01", "restated": restated, "tests": state((recipe, 160, "exact"))})
    mid = restate(file.claims[0], make_figures(period="mid"))
    assert mid.startswith("At the middle of 2013 there were 160.")
    assert "does not hold" in restate(file.claims[0], make_figures(last=2012, newest=2012))


@pytest.mark.parametrize(
    ("recipe", "crossed"),
    [
        ({"kind": "value", "year": 2012}, []),
        ({"kind": "rises", "first": 2011, "last": 2012}, [2011, 2012]),
        ({"kind": "trend", "first": 2011, "last": 2013}, [2012, 2013]),
        ({"kind": "record", "year": 2012}, [2012]),
        ({"kind": "against_sum", "year": 2013, "spans": [[2010, 2011]]}, [2011, 2012, 2013]),
        ({"kind": "against_sum", "year": 2010, "spans": [[2011, 2012]]}, [2011, 2012]),
        ({"kind": "against_sum", "year": 2012, "spans": [[2011, 2013]]}, [2012, 2013]),
    ],
)
def test_a_comparison_crosses_the_breaks_between_its_years(recipe, crossed):
    figures = make_figures(broken={("pending", year): "AAA jump" for year in range(2009, 2015)})
    test = make_test(recipe | {"measure": "pending"})
    finding = SimpleNamespace(test=test, choice=Choice("pending"))
    verdict = SimpleNamespace(findings=(finding,), figures=figures)
    assert list(list_crossed(verdict)) == crossed
