"""report.html in a browser: readable by everybody, on a phone, in the dark, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing.axe import COLOUR_RULES, find_barriers
from browsing.fixtures import turn_page
from browsing.made_run import PROJECT, make_run

pytestmark = pytest.mark.browser
# Code stays folded, and what is folded is not looked at; one piece of it stands for all.
KEEP_ONE = """() => document.querySelectorAll("details.code").forEach((code, place) => {
  if (place === 3) code.open = true; else code.remove();
})"""
TOO_WIDE = """() => [...document.querySelectorAll(".scroll, pre, p, dd, li, figure")]
  .filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
  .map(each => each.getAttribute("aria-label") || each.textContent.slice(0, 60))"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The report of all committed notebooks."""
    return make_run(tmp_path_factory.mktemp("whole"), "reference") / "report.html"


@pytest.fixture(scope="module")
def part(tmp_path_factory) -> Path:
    """A report that has every kind of output once, and is quickly looked at."""
    names = ["02_clean", "04_destinations"]
    return make_run(tmp_path_factory.mktemp("part"), "part", names) / "report.html"


def test_nothing_keeps_people_out(page_at, part):
    page = page_at(1400)
    page.goto(part.as_uri())
    page.evaluate("document.querySelectorAll('.appendix').forEach(each => (each.open = true))")
    page.evaluate(KEEP_ONE)
    assert page.locator("details.code pre").count() == 1
    for width, theme in ((1400, "light"), (320, "light"), (320, "dark"), (1400, "dark")):
        turn_page(page, width, theme)
        barriers = find_barriers(page, rules=COLOUR_RULES if theme == "dark" else ())
        assert barriers == [], (width, theme)


def test_the_whole_fits_a_phone_and_is_small(page_at, whole):
    assert len(whole.read_bytes()) < 2_500_000
    page = page_at(320)
    page.goto(whole.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator("img").count() == len(list((PROJECT / "figures").glob("*.svg")))
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 1000)")


def test_what_is_not_folded_can_be_read_in_an_hour(page_at, whole):
    page = page_at(1400)
    page.goto(whole.as_uri())
    shown = page.inner_text("body")
    assert len(shown.split()) < 15_000
    answer = page.inner_text("header li")
    assert "Many claims & few." in answer
    assert shown.index(answer) < shown.index("Contents") < shown.index("Question.")


def test_contents_and_keyboard_lead_to_chapters(page_at, part):
    page = page_at(1400)
    page.goto(part.as_uri())
    page.get_by_role("link", name="4.3 The map").click()
    heading = page.get_by_role("heading", name="4.3 The map")
    assert abs(heading.evaluate("each => each.getBoundingClientRect().top")) < 100
    for link in page.locator("nav a").all():
        anchor = link.get_attribute("href").removeprefix("#")
        assert page.locator(f"[id='{anchor}']").count() == 1
    page.goto("about:blank")
    page.goto(part.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_on_paper_nothing_is_cut_and_code_is_left_out(page_at, whole):
    page = page_at(658)  # what A4 leaves between the margins
    page.emulate_media(media="print")
    page.goto(whole.as_uri())
    assert page.evaluate(TOO_WIDE) == []
    assert not page.locator("details.code").first.is_visible()
    assert page.locator("nav").is_visible()
    assert page.locator("figcaption").first.is_visible()
