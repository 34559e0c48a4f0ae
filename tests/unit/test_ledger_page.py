"""What the site shows of a claim, and its ClaimReview data, from a small claims file."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from helpers.claims.ledger import load_ledger, summarise
from helpers.publish import ledger_page
from helpers.publish.ledger_page import VERDICTS, list_ledger_files, say_change
from helpers.study import list_releases

SITE = "https://example.org/study"


@pytest.fixture(scope="module")
def ledgers():
    return {"venezuela": load_ledger("venezuela")}


@pytest.fixture(scope="module")
def claims(ledgers):
    return ledger_page.gather_claims(ledgers, list_releases(), SITE)


def test_every_claim_is_sorted_by_what_holds_as_the_ledger_counts_it(ledgers, claims):
    counts = summarise(ledgers["venezuela"])
    kinds = [claim["class"] for claim in claims]
    assert len(kinds) == counts["claims"]
    assert kinds.count("both") == counts["both"]
    assert kinds.count("both") + kinds.count("figure") == counts["reproduced"]
    assert kinds.count("both") + kinds.count("wording") == counts["fits"]


def test_a_claim_s_chart_holds_the_claimed_figure(claims):
    claim = next(each for each in claims if each["claim_id"] == "VOA-01")
    used = [row for row in claim["chart"]["rows"] if row["is_used"]]
    assert [(row["year"], row["value"]) for row in used] == [(2019, 794491)]
    assert claim["recomputed"] == "794,491"
    assert claim["counted"] == "Claims pending from Venezuela"
    assert claim["chart"]["ticks"][-1] >= max(row["value"] for row in claim["chart"]["rows"])


def test_each_verdict_has_a_line_a_release(ledgers, claims):
    assert sum(len(claim["history"]) for claim in claims) == len(ledgers["venezuela"].by_release)
    for claim in claims:
        assert [row["release"] for row in claim["history"] if row["is_current"]] == [
            claim["release"]
        ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "none"),
        ({"recomputed": "6"}, "the value alone"),
        ({"wording": "other-year"}, "wording: fits to other-year"),
        ({"figure": "off", "wording": "x"}, "figure: exact to off; wording: fits to x"),
    ],
)
def test_a_change_log_says_what_a_release_changed(changed, said):
    before = {"figure": "exact", "wording": "fits", "recomputed": "5"}
    assert say_change(before, before | changed) == said


def test_a_review_names_claim_text_and_judge_and_rates_in_words(ledgers, claims):
    for claim in claims:
        review, rating = claim["review"], claim["review"]["reviewRating"]
        assert review["@type"] == "ClaimReview"
        assert review["claimReviewed"] == claim["paraphrase"]
        assert review["url"] == f"{SITE}/ledger/{claim['claim_id']}.html"
        assert review["itemReviewed"]["author"]["name"] == claim["publisher"]
        assert review["itemReviewed"]["appearance"]["headline"] == claim["title"]
        assert rating["alternateName"] in VERDICTS.values()
        assert rating["ratingExplanation"] == claim["verdict"]
        assert not {"ratingValue", "bestRating", "worstRating"} & set(rating)


def test_the_ledger_is_handed_out_as_files(ledgers, claims):
    files = list_ledger_files(ledgers, claims)
    named = {f"ledger/{claim['claim_id']}.csv" for claim in claims if claim["chart"]["rows"]}
    whole = {"ledger/claimreview.jsonld", "ledger/venezuela.csv", "ledger/venezuela.json"}
    assert set(files) == whole | named
    assert json.loads(files["ledger/claimreview.jsonld"]) == [each["review"] for each in claims]


def test_a_series_without_a_year_draws_nothing():
    assert ledger_page.plan_chart(pd.DataFrame(columns=["year", "value"])) == {"rows": []}
