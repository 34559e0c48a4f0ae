"""The rules of the ledger: precision, recipes, searches, derivations, codes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from helpers.claims.claim_values import compute
from hypothesis import given
from hypothesis import strategies as st

from helpers.claims.claim_figures import Bounds, Choice, Figures
from helpers.claims.claim_search import find_coincidences, find_limits, list_choices, match, search
from helpers.claims.derivation import explain, list_crossed, name_slip, restate
from helpers.claims.file import Claimed, ClaimsFile, Test
from helpers.claims.recipes import FIRST_YEARS
from helpers.claims.verdict import find_inputs, judge_claim, list_printed

PENDING = {
    2010: {"AAA": 10, "BBB": 5},
    2011: {"AAA": 30, "BBB": 10},
    2012: {"AAA": 50, "BBB": 50, "CCC": 20},
    2013: {"AAA": 90, "BBB": 30, "CCC": 40},
}
SUM = {"kind": "sum", "first": 2010, "last": 2013}
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
    test = make_test(recipe)
    return compute(
        test.recipe, figures or make_figures(), choice or Choice(test.recipe.measure)
    )  # fmt: skip


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
        (
            {
                "kind": "places",
                "year": 2012,
                "places": ["AAA", "CCC"],
                "take": "sum",
                "measure": "applied_persons",
            },
            16,
        ),
        (
            {"kind": "largest_share", "year": 2012, "region": "Asia", "measure": "applied_persons"},
            9 / 16,
        ),
        (
            {
                "kind": "part_under",
                "year": 2012,
                "regions": ["Asia"],
                "share": 0.4,
                "measure": "applied_persons",
            },
            0.5,
        ),
        (
            {
                "kind": "region_against",
                "year": 2012,
                "region": "Asia",
                "asylum": "AAA",
                "measure": "applied_persons",
            },
            9 / 7,
        ),
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
    bounds = Bounds(applied={2012: (16, 20), 2013: (8, None)})
    figures = make_figures(bounds=bounds)
    both = {"kind": "bound", "of": "applied", "first": 2012, "last": 2013}
    assert run(both | {"side": "lower"}, figures=figures) == 24
    assert run(both | {"side": "upper"}, figures=figures) is None


@given(st.dictionaries(st.integers(2000, 2024), st.integers(1, 10**6), min_size=2))
def test_a_sum_without_the_largest_is_never_more(values):
    cells = {"pending": {year: {"AAA": n, "BBB": n // 2} for year, n in values.items()}}
    figures = make_figures(cells=cells, newest=2024, last=2024)
    for year in values:
        whole, rest = figures.total("pending", year), figures.total("pending", year, "largest")
        assert whole == values[year] + values[year] // 2
        assert rest == values[year] // 2


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
    wide = find_coincidences(test, make_figures())
    assert wide.hits == 2  # AAA in 2011, BBB in 2013
    assert set(wide.examples) == {"pending at AAA in 2011: 30", "pending at BBB in 2013: 30"}
    assert wide.tried > wide.hits
    narrow = make_test({"kind": "value", "year": 2012}, 120)
    assert find_coincidences(narrow, make_figures()).hits == 0


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
    claim = file.claims[0]
    # 335 on file; 330 follows from the first, from the second or from the third input alone.
    derived = find_inputs(claim, claim.tests[0], make_figures(), list_printed(file))
    assert derived.value == 330
    assert len(derived.inputs) == 1
    assert derived.tried == 7
    verdict = judge(file)
    assert (verdict.figure, verdict.wording) == ("derived", "other-measure")
    assert "exactly as printed" in explain(verdict, list_printed(file))


def test_inputs_of_another_text_explain_nothing():
    file = make_file(
        {"id": "T-01", "tests": state((SUM, 330, "exact"))}
    )  # fmt: skip
    assert judge(file).figure == "off"


def test_a_ratio_told_as_an_increase():
    recipe = {"kind": "change", "first": 2010, "last": 2012, "told_as": "increase"}
    file = make_file({"id": "T-01", "says": ["pending"], "tests": state((recipe, 800, "rounded"))})
    verdict = judge(file)
    assert (verdict.figure, verdict.wording) == ("exact", "other-arithmetic")
    file = make_file({"id": "T-01", "says": ["pending"], "tests": state((recipe, 700, "rounded"))})
    assert judge(file).wording == "fits"


def test_a_mid_year_stock_is_not_the_year_s():
    recipe = {"kind": "value", "year": 2013}
    file = make_file({"id": "T-01", "says": ["pending"], "tests": state((recipe, 160, "exact"))})
    assert judge(file).wording == "fits"
    assert judge(file, figures=make_figures(period="mid")).wording == "other-measure"


def test_stocks_added_up_are_never_people():
    recipe = {"kind": "sum", "first": 2010, "last": 2012}
    file = make_file(
        {"id": "T-01", "says": ["people"], "tests": state((recipe, 175, "exact"))},
        {"id": "T-02", "says": ["pending_summed"], "tests": state((recipe, 175, "exact"))},
    )
    assert judge(file).wording == "other-measure"
    assert judge(file, 1).wording == "fits"


def test_a_statement_that_holds_for_another_year():
    recipe = {"kind": "value", "year": 2011}
    file = make_file({"id": "T-01", "says": ["pending"], "tests": state((recipe, 120, "exact"))})
    verdict = judge(file)
    assert (verdict.figure, verdict.wording) == ("off", "other-year")
    assert "another year: 2012 (120)" in explain(verdict, list_printed(file))


def test_a_figure_told_of_another_year():
    recipe = {"kind": "year_of", "asylum": "BBB", "figure": 30, "told_year": 2014}
    file = make_file({"id": "T-01", "says": ["pending"], "tests": state((recipe, 2013, "exact"))})
    assert (judge(file).figure, judge(file).wording) == ("exact", "other-year")


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


def test_slips_of_the_pen_are_named():
    assert name_slip(120, 150) == "one digit differs"
    assert name_slip(1205, 1025) == "two neighbouring digits are swapped"
    assert name_slip(120, 1200) == name_slip(12, 34) == ""


def test_a_restatement_says_when_it_cannot_be_made():
    values = {"n": {"kind": "value", "year": 2013}}
    restated = {"sentence": "At {at_last} there were {n:,}.", "values": values}
    recipe = {"kind": "value", "year": 2013}
    file = make_file({"id": "T-01", "restated": restated, "tests": state((recipe, 160, "exact"))})
    mid = restate(file.claims[0], make_figures(period="mid"))
    assert mid.startswith("At the middle of 2013 there were 160.")
    assert "does not hold" in restate(file.claims[0], make_figures(last=2012, newest=2012))


def test_first_years_are_those_of_the_series():
    assert FIRST_YEARS["pending"] == FIRST_YEARS["applied_persons"] == 2000
    assert FIRST_YEARS["refugees"] == 1951


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
