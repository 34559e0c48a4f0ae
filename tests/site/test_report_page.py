"""report.html in a browser: readable by everybody, on a phone, in the dark, on paper."""

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
def reports(tmp_path_factory):
    """The report of all committed notebooks; one that has every kind of output, and is short."""
    root = tmp_path_factory.mktemp("reports")
    folders = make_run(root, "whole"), make_run(root, "part", ["02_clean", "04_destinations"])
    return [folder / "report.html" for folder in folders]


def test_nothing_keeps_people_out(page_at, reports):
    page = page_at(1400)
    page.goto(reports[1].as_uri())
    page.evaluate("document.querySelectorAll('.appendix').forEach(each => (each.open = true))")
    page.evaluate(KEEP_ONE)
    assert page.locator("details.code pre").count() == 1
    for width, theme in ((1400, "light"), (320, "light"), (320, "dark"), (1400, "dark")):
        turn_page(page, width, theme)
        barriers = find_barriers(page, rules=COLOUR_RULES if theme == "dark" else ())
        assert barriers == [], (width, theme)


def test_the_whole_fits_a_phone_is_small_and_can_be_read_in_an_hour(page_at, reports):
    assert len(reports[0].read_bytes()) < 2_500_000
    page = page_at(320)
    page.goto(reports[0].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator("img").count() == len(list((PROJECT / "figures").glob("*.svg")))
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 1000)")

    shown = page.inner_text("body")
    assert len(shown.split()) < 15_000
    answer = page.inner_text("header li")
    assert "Many claims & few." in answer
    assert shown.index(answer) < shown.index("Contents") < shown.index("Question.")


def test_contents_and_keyboard_lead_to_chapters(page_at, reports):
    page = page_at(1400)
    page.goto(reports[1].as_uri())
    page.get_by_role("link", name="4.3 The map").click()
    heading = page.get_by_role("heading", name="4.3 The map")
    assert abs(heading.evaluate("each => each.getBoundingClientRect().top")) < 100
    page.goto("about:blank")
    page.goto(reports[1].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_on_paper_nothing_is_cut_and_code_is_left_out(page_at, reports):
    page = page_at(658)  # what A4 leaves between the margins
    page.emulate_media(media="print")
    page.goto(reports[0].as_uri())
    assert page.evaluate(TOO_WIDE) == []
    assert not page.locator("details.code").first.is_visible()
    assert page.locator("nav").is_visible()
    assert page.locator("figcaption").first.is_visible()
