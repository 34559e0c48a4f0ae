"""The rules of the ledger: precision, recipes, searches, derivations, codes."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.claims.claim_figures import Figures, measure_usual_revision
from helpers.claims.file import ClaimsFile
from helpers.claims.precision import match, parse_claimed
from helpers.claims.recipes import parse_recipe
from helpers.claims.verdict import judge_claim, list_printed

PENDING = {
    2010: {"AAA": 10, "BBB": 5}, 2011: {"AAA": 30, "BBB": 10},
    2012: {"AAA": 50, "BBB": 50, "CCC": 20}, 2013: {"AAA": 90, "BBB": 30, "CCC": 40},
}  # fmt: skip
LODGED = {2012: {"AAA": 7, "CCC": 9}, 2013: {"BBB": 8}}
SERIES = {"pending": PENDING, "applied_persons": LODGED, "refugees": {2013: {"AAA": 3}}}
# Claims lodged in persons: the least and the most overlap in 2012 and 2013 alone.
LEAST, MIDDLE, MOST = ((10, 20, 24), (12, 23, 26), (15, 25, 28))
TOTALS = {"lodged_least": LEAST, "lodged": MIDDLE, "lodged_most": MOST}


def make_figures(period: str = "end", newest: int = 2013, **over) -> Figures:
    cells = {(name, year): part for name, by_year in SERIES.items()
             for year, part in by_year.items()}  # fmt: skip
    totals = {(name, year): n for name, counts in TOTALS.items()
              for year, n in zip((2011, 2012, 2013), counts, strict=True)}  # fmt: skip
    half = 2013 if period == "mid" else None
    given = {
        "info": SimpleNamespace(name="2013-x", newest_year=newest, half_year=half), "last": 2013,
        "cells": cells, "totals": totals, "others": {("ZZZ", 2012): 4},
        "regions": {"AAA": "Europe", "BBB": "Asia", "CCC": "Asia"},
    }  # fmt: skip
    return Figures(**(given | over))


def run(recipe: str, figures: Figures | None = None):
    return parse_recipe(recipe).compute(figures or make_figures())


def make_file(*claims: dict) -> ClaimsFile:
    source = {"id": "T", "title": "A text", "publisher": "Nobody", "date": "2014-01-01",
              "sees": 2013, "date_shown": "2014"}  # fmt: skip
    whole = [
        {"id": f"T-0{number}", "source": "T", "claimed": "x", "years": [2010, 2013],
         "says": "pending"} | claim
        for number, claim in enumerate(claims, start=1)
    ]  # fmt: skip
    return ClaimsFile.model_validate({"origin": "ZZZ", "sources": [source], "claims": whole})


def state(recipe: str, claimed: object, says: str = "pending", **over) -> dict:
    return {"tests": [{"recipe": recipe, "claimed": claimed} | over], "says": says}


def judge(*claims: dict, figures: Figures | None = None):
    file = make_file(*claims)
    return judge_claim(file.claims[0], figures or make_figures(), list_printed(file))


# What is printed, and values that give it or do not.
PRECISION = {
    "around 12,000": {12_499: "rounds", 13_000: None, 11_500: "rounds", 11_499: None,
                      12_000: "exact"},
    "around 613,000": {613_532: "rounds"},
    "nearly 120,000": {114_000: "rounds", 113_999: None, 120_000: None},
    "over one million": {1_000_000: None, 1_000_001: "rounds"},
    "up 169 %": {169.9: "rounds", 170: None},
    "tenfold": {9.5: "rounds", 9.4: None},
    "the same": {99.5: "rounds"},
    "5": {5: "exact", None: None},
    "thousands": {2_000: "rounds", 1_999: None},
    "under 248": {248: None},
    "most": {0.5: None, 0.51: "rounds"},
    "none": {0: "exact"},
}  # fmt: skip


@pytest.mark.parametrize("text", PRECISION)
def test_precision(text):
    codes = {value: match(value, parse_claimed(text)) for value in PRECISION[text]}
    assert codes == PRECISION[text]
    assert parse_claimed("Hong Kong not included") is None


RECIPES = {
    "pending 2012": 120, "pending 2012 CCC": 20, "pending 2012 besides CCC": 100,
    "pending 2012 Asia": 70, "pending 2013 BBB+CCC": 70, "pending 2011 BBB+CCC": None,
    "least pending 2013 BBB+CCC": 30, "pending 2010-2012": 175, "pending 2010-2012 BBB": 65,
    "applied_persons 2012": 16, "applied_cases 2012": None,
    "lodged 2012 Asia": None, "lodged_most 2012-2013": 53, "lodged_most 2010-2013": None,
    "ratio pending 2010-2012": 8, "percent_of pending 2010-2012": 800,
    "increase pending 2010-2012": 700,
    "percent_of_sum pending 2012 2010-2011 2010-2010": 100 * 120 / 55,
    "rises pending 2011-2013": True, "rises pending 2010-2013": None,
    "rises lodged 2012-2013": False, "grows lodged 2012-2013": False,
    "falls lodged 2012-2013": False,
    "record pending 2013": True, "record pending 2012-2013": True, "record lodged 2013": False,
    "rank pending 2012 BBB": 1, "rank pending 2010-2013 BBB": 2,
    "lowest_rank pending 2010-2013 BBB": 3,
    "crossing pending 2010-2013 55": 2012, "crossing pending 2010-2013 999": None,
    "year_of pending BBB 30": 2013, "years_counted pending 2009-2013": 4,
    "share pending 2012 CCC": 20 / 120, "share pending 2012 Asia against AAA": 1.4,
    "largest pending 2013 Asia": 40, "largest pending 2013 Asia besides CCC": 30,
    "part_none applied_persons 2012 Asia": 0.5,
    "own_origin pending 2012 ZZZ": True, "own_origin pending 2012 YYY": False,
}  # fmt: skip


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes(recipe):
    assert run(recipe) == pytest.approx(RECIPES[recipe])


def test_what_a_text_or_a_release_does_not_reach_is_not_there():
    assert run("pending 2012", make_figures(last=2011)) is None
    assert run("record pending 2011", make_figures(last=2011)) is True
    verdict = judge(state("pending 2013", 160), figures=make_figures(newest=2012))
    assert (verdict.figure(), verdict.wording()) == ("untestable", "untestable")
    assert verdict.main.value is None


@pytest.mark.parametrize(("claim", "code", "value", "measure"), [
    # The sentence's own series is tried first, the largest destination is left out last.
    (state("pending 2012", 16, "applied"), "exact", 16, "applied_persons"),
    (state("pending 2012", 70), "exact", 70, "pending"),
    # Where no series gives it, the recipe's own is shown.
    (state("pending 2012", 17), "off", 120, "pending"),
    # A fixed statement looks at no other series.
    (state("pending 2012", 16, "applied", is_fixed=True), "off", 120, "pending"),
    # A limit is not met by any other series than the one named and the text's own.
    (state("applied_persons 2012", "over 100", "applied"), "off", 16, "applied_persons"),
    (state("pending 2012", "over 100", "applied"), "rounds", 120, "pending"),
    # Claims lodged are held against their range in persons.
    (state("applied_persons 2012", "22", "applied"), "rounds", 23, "lodged"),
    (state("applied_persons 2012", "over 24", "applied"), "rounds", 23, "lodged"),
    (state("applied_persons 2012", "26", "applied"), "off", 16, "applied_persons"),
    (state("applied_persons 2012", "22"), "off", 16, "applied_persons"),
    (state("lodged_most 2012", "25", "applied"), "exact", 25, "lodged_most"),
])  # fmt: skip
def test_the_search_is_narrow_and_in_order(claim, code, value, measure):
    main = judge(claim).main
    assert (main.figure, main.value, main.settled.measure) == (code, value, measure)


def test_a_series_that_gives_the_number_to_the_digit_goes_before_a_nearer_named_one():
    cells = {("pending", 2013): {"AAA": 160}, ("refugees", 2013): {"AAA": 200}}
    main = judge(state("pending 2013", "around 200"), figures=make_figures(cells=cells)).main
    assert (main.figure, main.settled.measure) == ("exact", "refugees")


def test_a_total_is_explained_by_the_smallest_set_of_printed_inputs():
    claims = [state("pending 2010-2013", 330), state("pending 2010", 10),
              state("pending 2011", 35), state("pending 2012", 115)]  # fmt: skip
    # 335 in the data; 330 follows from any one of the three inputs; all seven sets are tried.
    verdict = judge(*claims)
    assert (verdict.figure(), verdict.wording()) == ("derived", "other-measure")
    assert verdict.explain().endswith(
        "with the text's own 10 of T-02 for 2010 in place of 15 (-5), it is 330, as printed, "
        "exactly. Combinations of its own figures tried: 7."
    )


@pytest.mark.parametrize(("says", "recipe", "claimed", "period", "codes"), [
    ("pending", "increase pending 2010-2012", "800 %", "end", ("exact", "other-arithmetic")),
    ("pending", "increase pending 2010-2012", "700 %", "end", ("exact", "fits")),
    # A stock of mid-year is a number of asylum-seekers; a forecast or six months' flow is not.
    ("pending", "pending 2013", 160, "mid", ("exact", "fits")),
    ("forecast", "pending 2013", 160, "mid", ("exact", "other-measure")),
    ("applied", "applied_persons 2013", 8, "end", ("exact", "fits")),
    ("applied", "applied_persons 2013", 8, "mid", ("exact", "other-measure")),
    ("pending", "pending 2010-2012", 175, "end", ("exact", "other-measure")),
    ("pending_summed", "pending 2010-2012", 175, "end", ("exact", "fits")),
    # The span ends, or begins, one year off: 175 is of 2010 to 2012, 320 of 2011 to 2013.
    ("pending_summed", "pending 2010-2013", 175, "end", ("exact", "other-year")),
    ("pending_summed", "pending 2010-2013", "around 320", "end", ("exact", "other-year")),
    ("pending_summed", "pending 2010-2012", 335, "end", ("exact", "other-year")),
    ("pending_summed", "pending 2011-2013", 335, "end", ("exact", "other-year")),
    ("pending", "ratio pending 2010-2013", "eightfold", "end", ("exact", "other-year")),
    ("pending_summed", "pending 2010-2013", 999, "end", ("off", "fits")),
    ("pending", "year_of pending BBB 10", 2011, "end", ("exact", "other-year")),
    ("pending", "year_of pending BBB 30", 2013, "end", ("exact", "fits")),
    ("pending", "pending 2011", 120, "end", ("off", "other-year")),
    ("pending", "pending 2011", "around 120", "end", ("off", "fits")),
])  # fmt: skip
def test_figure_and_wording_are_judged_apart(says, recipe, claimed, period, codes):
    verdict = judge(state(recipe, claimed, says), figures=make_figures(period=period))
    assert (verdict.figure(), verdict.wording()) == codes


def test_a_change_comes_from_the_text_s_own_figures_before_another_pair_of_years():
    inputs = [state("pending 2011", 12), state("pending 2013", 36)]
    # 36 / 12; and 120 / 40 of 2011 to 2012
    assert judge(state("ratio pending 2011-2013", "threefold"), *inputs).figure() == "derived"
    assert judge(state("ratio pending 2011-2013", "threefold")).figure() == "exact"


@pytest.mark.parametrize(("usual", "claimed", "code"), [
    ({}, 159, "off"), ({"pending": 0.01}, 159, "revised"), ({"pending": 0.005}, 159, "off"),
    ({"refugees": 0.01}, 159, "off"), ({"pending": 0.01}, "nearly 160", "revised"),
])  # fmt: skip
def test_a_figure_within_the_usual_revisions_is_revised(usual, claimed, code):
    verdict = judge(state("pending 2013", claimed), figures=make_figures(usual=usual))
    assert (verdict.figure(), verdict.wording()) == (code, "fits")


def test_the_usual_revision_is_the_median_of_changes_of_year_ends():
    releases = {
        # 2020 of AAA is revised by 1 %; the other is a mid-year figure
        "2021-mid": [(2020, "AAA", 1000), (2021, "AAA", 500)],
        # AAA is revised by 3 %, BBB by 5 %, CCC not at all, and DDD has too few
        "2021-end": [(2021, "AAA", 1000), (2021, "BBB", 200), (2021, "CCC", 300), (2021, "DDD", 9)],
        "2022-end": [(2020, "AAA", 1010), (2021, "AAA", 1030), (2021, "BBB", 210),
                     (2021, "CCC", 300), (2021, "DDD", 18)],
    }  # fmt: skip
    cores = []
    for name, rows in releases.items():
        info = SimpleNamespace(name=name, period=name[-3:], newest_year=int(name[:4]))
        own = pd.DataFrame(rows, columns=["year", "origin", "pending"]).assign(refugees=None)
        cores.append((info, SimpleNamespace(by_origin=own)))
    assert measure_usual_revision(cores) == {"pending": pytest.approx(0.03)}


EXPLAINED = {
    ("pending 2011", 120): "It holds for another year: 2012 (120).",
    ("pending 2012", 150): "The difference is +30: one digit differs.",
    ("pending 2012", 210): "The difference is +90: two digits are swapped.",
    ("pending 2012", "120.4"): "120; the text prints 120.4. The difference is +0.4.",
    ("pending 2012", 999): "the nearest, claims pending, 2012, is 120.",
    ("pending 2012", "over 100"): "which is over 100, by 20.0%.",
    ("lodged_most 2012", 25): "New claims lodged, persons at most, 2012: 25, as printed.",
    ("lodged 2012", 23): "cases turned into persons, 2012: 23, as printed.",
    ("pending 2010-2013", 175): "but of other years: 2010 to 2013 gives 335.",
}


@pytest.mark.parametrize("stated", EXPLAINED)
def test_a_verdict_is_explained(stated):
    assert EXPLAINED[stated] in judge(state(*stated)).explain()


PLAIN = {
    "The figure matches; the sentence says what the series counts.": state("pending 2012", 120),
    "The figure matches; it adds up year-end counts of claims pending, which are not people, while "
    "the sentence speaks of new claims lodged.": state("pending 2010-2012", 175, "applied"),
    "The figure matches; it adds up year-end counts of claims pending, which are not people, while "
    "the sentence speaks of a number on one day.": state("pending 2010-2012", 175),
    "The figure matches; it is a ratio in percent, while the sentence names a percent increase.":
        state("increase pending 2010-2012", "800 %"),
    "The figure does not match; it is the figure of another year or span of years.":
        state("pending 2011", 120),
    "The statement holds; the sentence says what the series counts.":
        {"tests": [{"recipe": "rises pending 2011-2013"}]},
    "The statement does not hold; the sentence says what the series counts.":
        {"tests": [{"recipe": "falls pending 2011-2013"}]},
    "UNHCR's data cannot test this.": {"would_test": "A survey would.", "says": ""},
}  # fmt: skip


@pytest.mark.parametrize("said", PLAIN)
def test_a_verdict_is_said_in_plain_words(said):
    assert judge(PLAIN[said]).say() == said


def test_a_restatement_says_when_it_cannot_be_made():
    restated = "At {at_last} there were {pending 2013}, {share pending 2013 CCC:.0%} in one place."
    claim = make_file(state("pending 2013", 160) | {"restated": restated}).claims[0]
    mid = claim.restate(make_figures(period="mid"))
    assert mid.startswith("At the middle of 2013 there were 160, 25% in one place.")
    assert "does not hold" in claim.restate(make_figures(last=2012, newest=2012))


CROSSED = {
    "pending 2012": [], "rises pending 2011-2012": [2011, 2012],
    "grows pending 2011-2013": [2012, 2013],
    "record pending 2011-2013": [2012, 2013], "record pending 2012": [2012],
    "percent_of_sum pending 2013 2010-2011": [2011, 2012, 2013],
    "percent_of_sum pending 2010 2011-2012": [2011, 2012],
    "percent_of_sum pending 2012 2011-2013": [2012, 2013],
}  # fmt: skip


@pytest.mark.parametrize("recipe", CROSSED)
def test_a_comparison_crosses_the_breaks_between_its_years(recipe):
    broken = {("pending", year): "AAA jump" for year in range(2009, 2015)}
    figures = make_figures(list_broken=lambda: broken)
    number = {"claimed": 999} if recipe.startswith(("pending", "percent")) else {}
    verdict = judge({"tests": [{"recipe": recipe} | number]}, figures=figures)
    assert list(verdict.list_crossed()) == CROSSED[recipe]
