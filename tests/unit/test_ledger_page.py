"""The ledger's page and its ClaimReview data, from the smaller of the claims files."""

from __future__ import annotations

import json
import re

import pytest

from helpers.claims.ledger import load_ledger
from helpers.claims.verdict import CODES
from helpers.publish.ledger_page import build_reviews, list_ledger_files, make_pieces, say_change
from helpers.study import list_releases


@pytest.fixture(scope="module")
def ledgers():
    return {"venezuela": load_ledger("venezuela")}


@pytest.fixture(scope="module")
def pieces(ledgers):
    return make_pieces(ledgers, list_releases())


def test_every_claim_has_a_row_and_a_section_with_its_codes(ledgers, pieces):
    claims = ledgers["venezuela"].claims
    for row in claims.to_dict("records"):
        mark = (f'data-source="{row["source"]}" data-figure="{row["figure"].replace("; ", " ")}" '
                f'data-wording="{row["wording"].replace("; ", " ")}"')  # fmt: skip
        assert f'<tr class="claim" {mark}>' in pieces["ledger table"]
        assert f'<section class="claim" id="{row["claim_id"]}" {mark}>' in pieces["ledger claims"]
    assert pieces["ledger table"].count('<tr class="claim"') == len(claims)


def test_raw_html_has_no_blank_line_that_would_end_it(pieces):
    for block in re.findall(r"<section.*?</section>", pieces["ledger claims"], re.S):
        assert "\n\n" not in block


def test_filters_are_hidden_until_a_script_shows_them_and_every_field_has_a_label(pieces):
    form = re.search(r"<form.*?</form>", pieces["ledger table"])[0]
    assert form.startswith('<form id="ledger-filters" class="filters" aria-label=')
    assert " hidden>" in form.partition(">")[0] + ">"
    fields = re.findall(r'<(?:select|input)[^>]* id="([^"]+)"', form)
    assert fields == re.findall(r'<label for="([^"]+)"', form)


def test_filters_offer_the_codes_that_occur(ledgers, pieces):
    claims = ledgers["venezuela"].claims
    for kind in ("figure", "wording"):
        offered = re.search(rf'name="{kind}">(.*?)</select>', pieces["ledger table"])[1]
        codes = re.findall(r'value="([^"]+)"', offered)
        assert set(codes) == {code for each in claims[kind] for code in each.split("; ")}


def test_each_verdict_has_a_line_a_release(ledgers, pieces):
    by_release = ledgers["venezuela"].by_release
    sections = re.findall(r"<section.*?</section>", pieces["ledger claims"], re.S)
    assert sum(each.count('<tr><th scope="row">') for each in sections) == len(by_release)
    assert pieces["ledger claims"].count("(judged on)") == len(sections)


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


class TestClaimReview:
    def graph(self, ledgers):
        return build_reviews(ledgers, "2026-06-25")["@graph"]

    def test_a_review_names_claim_text_and_judge(self, ledgers):
        review = self.graph(ledgers)[0]
        source = ledgers["venezuela"].file.sources[0]
        assert review["@type"] == "ClaimReview"
        assert review["url"] == f"ledger.html#{ledgers['venezuela'].claims['claim_id'][0]}"
        assert review["itemReviewed"]["author"]["name"] == source.publisher
        assert review["itemReviewed"]["appearance"]["headline"] == source.title

    def test_ratings_describe_and_have_no_scale(self, ledgers):
        for review, row in zip(
            self.graph(ledgers), ledgers["venezuela"].claims.to_dict("records"), strict=True
        ):
            rating = review["reviewRating"]
            assert rating["alternateName"] == f"figure {row['figure']}; wording {row['wording']}"
            assert not {"ratingValue", "bestRating", "worstRating"} & set(rating)
            assert all(CODES["figure"][code] in rating["ratingExplanation"]
                       for code in row["figure"].split("; "))  # fmt: skip

    def test_it_stands_in_the_page_and_as_a_file(self, ledgers, pieces):
        embedded = re.search(r'ld\+json">(.*?)</script>', pieces["ledger claims"])[1]
        handed_out = list_ledger_files(ledgers, list_releases())
        assert json.loads(embedded) == json.loads(handed_out["ledger/claimreview.jsonld"])
        assert set(handed_out) == {
            "ledger/claimreview.jsonld", "ledger/venezuela.csv", "ledger/venezuela.json",
        }  # fmt: skip
