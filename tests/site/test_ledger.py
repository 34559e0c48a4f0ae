"""The ledger in a browser: its filters, the choice in the address, and a sentence to copy."""

import pytest

from helpers.plots import style

pytestmark = pytest.mark.browser


@pytest.fixture
def ledger(site, page_at):
    """Open the ledger from the disk, on a phone."""
    page = page_at(390, "light")
    page.goto((site / "ledger.html").as_uri())
    return page


def list_shown(page, attribute="id"):
    return page.eval_on_selector_all(
        "ol.claims > li:not([hidden])", f"all => all.map(each => each.getAttribute('{attribute}'))"
    )


def test_a_verdict_filters_the_list_and_the_keyboard_is_enough(ledger):
    everything = len(list_shown(ledger))
    ledger.focus("#filter-verdict")
    ledger.keyboard.press("ArrowDown")
    shown = list_shown(ledger, "data-verdict")
    assert 0 < len(shown) < everything
    assert set(shown) == {"both"}
    assert ledger.inner_text("#ledger-count") == f"{len(shown)} of {everything} claims shown"
    assert ledger.url.endswith("#verdict=both")
    ledger.keyboard.press("Tab")
    assert ledger.evaluate("document.activeElement.id") == "filter-words"


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


@pytest.mark.parametrize("asked", ["120000", "120,000", "1158739", "1,161,728", "1161728"])
def test_a_number_is_found_with_and_without_separators_printed_or_recomputed(ledger, asked):
    ledger.fill("#filter-words", asked)
    assert list_shown(ledger)[-1] == ("RFA-02" if asked.startswith("120") else "SD-05")


def test_an_address_of_one_claim_shows_it_whatever_was_chosen(ledger):
    ledger.select_option("#filter-source", "RFA")
    ledger.evaluate("location.hash = 'SD-05'")
    ledger.wait_for_function("document.getElementById('SD-05').getBoundingClientRect().top < 200")
    assert ledger.url.endswith("#SD-05")
    ledger.click("[id='SD-05'] a")
    ledger.wait_for_url("**/ledger/SD-05.html")


def test_a_fair_sentence_is_copied_or_selected(ledger, site):
    ledger.goto((site / "ledger" / "SD-05.html").as_uri())
    ledger.click("button.copy")
    ledger.wait_for_function("document.querySelector('.copy + [role=status]').textContent")
    assert "1,161,728" in ledger.inner_text("#fair-sentence")
    assert ledger.locator("svg.columns rect.used").count() == len(range(2012, 2025))


def test_the_landing_page_s_figure_is_whole_on_the_first_screen(page_at, site):
    page = page_at(1280, "light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((site / "index.html").as_uri())
    box = page.locator("figure.study-figure img").bounding_box()
    assert box["y"] + box["height"] <= 900


def test_a_figure_is_whole_on_a_phone_and_can_be_read_once_touched(ledger, site):
    ledger.goto((site / "index.html").as_uri())
    picture = ledger.locator("figure.study-figure .picture").first
    whole = picture.locator("img").bounding_box()
    assert whole["x"] + whole["width"] <= 390
    picture.click()
    width = picture.locator("img").bounding_box()["width"]
    assert width / style.WIDTH * style.SMALL_SIZE / 72 >= 10, "pixels of the smallest letters"
    assert ledger.evaluate("document.documentElement.scrollWidth") <= 390


def test_in_the_dark_a_figure_has_no_frame_of_another_colour(page_at, site):
    page = page_at(390, "dark")
    page.goto((site / "notebooks" / "03_eras.html").as_uri())
    look = "image => [getComputedStyle(image).backgroundColor, getComputedStyle(image).padding]"
    picture = page.locator("figure.study-figure img").first
    assert picture.evaluate(look) == ["rgb(255, 255, 255)", "0px"], "it is turned over as a whole"


def test_stock_and_flow_take_turns(ledger, site):
    ledger.goto((site / "index.html").as_uri())
    for kind, other in (("flow", "stock"), ("stock", "flow")):
        ledger.check(f"#by-{kind}")
        assert ledger.locator(f"figure.{kind}").is_visible()
        assert not ledger.locator(f"figure.{other}").is_visible()
