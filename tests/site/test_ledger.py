"""The ledger's filters in a browser: codes, words, keyboard, and the choice in the address."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def ledger(site, page_at):
    """Open the ledger from the disk."""
    page = page_at(1400, "light")
    page.goto((site / "ledger.html").as_uri())
    return page


def list_shown(page):
    return page.eval_on_selector_all("tr.claim:not([hidden])", "rows => rows.map(r => r.innerText)")


def test_codes_filter_rows_and_sections_alike(ledger):
    everything = len(list_shown(ledger))
    ledger.select_option("#filter-figure", "off")
    shown = ledger.eval_on_selector_all(
        "tr.claim:not([hidden])", "rows => rows.map(r => r.dataset.figure)"
    )
    assert 0 < len(shown) < everything
    assert all("off" in codes.split() for codes in shown)
    assert ledger.locator("section.claim:visible").count() == len(shown)
    said = ledger.inner_text("#ledger-count")
    assert said == f"{len(shown)} of {everything} claims shown"


def test_the_choice_stands_in_the_address_and_comes_back(ledger):
    ledger.select_option("#filter-source", "SD")
    ledger.fill("#filter-words", "Australia")
    shown = list_shown(ledger)
    assert ledger.url.endswith("#source=SD&words=Australia")
    ledger.reload()
    assert list_shown(ledger) == shown
    ledger.click("button[type=reset]")
    ledger.wait_for_function("!location.hash")
    assert len(list_shown(ledger)) > len(shown)


def test_the_keyboard_is_enough(ledger):
    ledger.focus("#filter-wording")
    ledger.keyboard.press("ArrowDown")
    assert "wording=fits" in ledger.url
    ledger.keyboard.press("Tab")
    assert ledger.evaluate("document.activeElement.id") == "filter-words"


def test_an_address_of_one_claim_shows_it_whatever_was_chosen(ledger):
    ledger.select_option("#filter-source", "RFA")
    ledger.evaluate("location.hash = 'SD-05'")
    ledger.wait_for_function("document.getElementById('SD-05').getBoundingClientRect().top < 200")
    assert ledger.locator("section.claim[id='SD-05']").is_visible()
