"""Every page of the site, in a browser: nothing is missing, fails, is fetched, or keeps people out.

Each page is opened once at either width, from the disk. axe-core asks all its rules of it in the
light, those of colour in the dark and, on a phone, with forced colours, since the markup is the
same. Of the pages that one template makes it looks at some (`browsing.pages.sample_pages`), and of
a long table or list at the first dozen rows.
"""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browsing.axe import COLOUR_RULES, find_barriers, trim_lists
from browsing.fixtures import open_page, turn_page
from browsing.pages import READ, find_faults, sample_pages

FOUND = "notebooks/04_destinations.html"
PATIENCE = 20_000  # milliseconds, where a page works on its own
# Of what moves after it is shown (Layout Instability API).
SHIFT = """() => new Promise(done => new PerformanceObserver(list => done(
  list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
)).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 100))"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and writes no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served(site):
    """Serve the site on loopback; return its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


# The theme gives what scrolls its place among the tab stops as a page loads, so each width loads
# it anew; colours turn in the open page.
@pytest.mark.browser
@pytest.mark.parametrize("width", [1400, 320])
def test_no_page_fails_or_keeps_people_out(browser, site, width):
    root, read, found = site.resolve(), {}, []
    # What themes keep in _static are templates and no pages.
    files = [file for file in sorted(root.rglob("*.html")) if "_static" not in file.parts]
    looked_at = set(sample_pages(files, root))
    page, record = open_page(browser, width, "light")
    for file in files:
        record.faults.clear()
        page.goto(file.as_uri())
        read[file] = page.evaluate(READ)
        faults = list(record.faults)
        excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if excess > 0:
            faults.append(f"{excess} pixels wider than the screen")
        if file in looked_at:
            shift = page.evaluate(SHIFT)
            faults += [f"what is shown moves: {shift}"] if shift > 0.05 else []
            trim_lists(page)
            faults += find_barriers(page)
            turn_page(page, width, "dark")
            faults += [f"dark: {each}" for each in find_barriers(page, COLOUR_RULES)]
            if width == 320:
                turn_page(page, width, "light", "active")
                faults += [f"forced: {each}" for each in find_barriers(page, COLOUR_RULES)]
            turn_page(page, width, "light")
        found += [f"{file.relative_to(root)}: {fault}" for fault in faults]
    page.context.close()
    found += find_faults(root, read)
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_icons_are_seen_with_forced_colours_and_need_no_font(page_at, site):
    page = page_at(320)
    page.goto((site / "index.html").as_uri())
    turn_page(page, 320, "light", "active")
    shown = page.eval_on_selector_all(
        ".fa-solid", "icons => icons.map(icon => getComputedStyle(icon).backgroundColor)"
    )
    assert shown
    assert page.evaluate("[...document.fonts].every(font => font.status === 'unloaded')")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") not in shown


@pytest.mark.browser
@pytest.mark.parametrize("is_served", [False, True], ids=["file", "server"])
@pytest.mark.parametrize(
    ("asked", "page_name"),
    [("Herfindahl", FOUND), ("1,250,803", "index.html")],
    ids=["a term", "a number"],
)
def test_search_finds_and_says_what_a_page_is_about(
    page_at, site, served, is_served, asked, page_name
):
    page = page_at(1400, "dark")
    start = served if is_served else f"{site.resolve().as_uri()}/"
    page.goto(f"{start}index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type(asked)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*", timeout=PATIENCE)
    result = page.locator("#search-results li", has=page.locator(f"a[href*='{page_name}']")).first
    result.wait_for(timeout=PATIENCE)
    assert len(result.locator("p.context").inner_text().split()) > 5
    result.locator("a").click()
    page.wait_for_url(f"**/{page_name}*", timeout=PATIENCE)
    assert asked in page.inner_text("main")
    for forced in ("none", "active"):  # the marks of what was searched for
        turn_page(page, 1400, "dark", forced)
        assert find_barriers(page, COLOUR_RULES) == []


@pytest.mark.browser
def test_paper_begins_with_the_title_and_has_no_contents_and_no_parameters(page_at, site):
    page = page_at(1400)
    page.goto((site / "notebooks" / "03_eras.html").as_uri())
    page.emulate_media(media="print")
    seen = page.locator("h1, nav, .tag_parameters").filter(visible=True).all()
    assert [each.evaluate("each => each.tagName") for each in seen] == ["H1"]
