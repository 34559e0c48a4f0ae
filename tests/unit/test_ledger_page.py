"""What the site shows of a claim, and its ClaimReview data, from a small claims file."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.claims.ledger import load_ledger, summarise
from helpers.publish import ledger_page
from helpers.publish.ledger_page import VERDICTS
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


def test_a_review_names_claim_text_and_judge_and_rates_in_words(ledgers, claims):
    for claim in claims:
        review, rating = claim["review"], claim["review"]["reviewRating"]
        assert review["@type"] == "ClaimReview"
        assert f"{claim['paraphrase']}: {claim['claimed']} (" in review["claimReviewed"]
        assert review["url"] == f"{SITE}/ledger/{claim['claim_id']}.html"
        assert review["itemReviewed"]["author"]["name"] == claim["publisher"]
        assert review["itemReviewed"]["appearance"]["headline"] == claim["title"]
        assert rating["alternateName"] in VERDICTS.values()
        assert rating["ratingExplanation"] == claim["verdict"]
        assert not {"ratingValue", "bestRating", "worstRating"} & set(rating)


def test_without_an_address_a_review_has_no_address_of_the_site(claims):
    own = {"@id", "url"}
    review = ledger_page.build_review(claims[0], "2026-06-25", "")
    assert own <= claims[0]["review"].keys()
    assert not own & (review.keys() | review["author"].keys())


def test_a_series_has_a_picture_for_links_where_the_site_has_an_address(ledgers, claims):
    for site, drawn in ((SITE, 1), ("", 0)):
        files = ledger_page.list_ledger_files(ledgers, claims[:1], site)
        assert [each[:4] for name, each in files.items() if name.endswith(".png")] == [
            b"\x89PNG"
        ] * drawn


def test_a_series_without_a_year_draws_nothing():
    assert ledger_page.plan_chart(pd.DataFrame(columns=["year", "value"])) == {"rows": []}
