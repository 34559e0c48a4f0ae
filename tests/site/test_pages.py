"""Every page of the site, in a browser: nothing is missing, fails, is fetched, or keeps people out.

Each page is opened once at either width, from the disk. axe-core asks all its rules of it in the
light, those of colour in the dark and, on a phone, with forced colours, since the markup is the
same. Of the pages that one template makes it looks at some (`sample_pages`), and of a long table
or list at the first dozen rows.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from browsing.axe import COLOUR_RULES, find_barriers, trim_lists
from browsing.fixtures import open_page, turn_page

FOUND = "notebooks/04_destinations.html"
PATIENCE = 20_000  # milliseconds, where a page works on its own
# Of what moves after it is shown (Layout Instability API).
SHIFT = """() => new Promise(done => new PerformanceObserver(list => done(
  list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
)).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 100))"""
# An address of the disk is one that a script has made: no page has this machine's folders in it.
NO_PAGE = re.compile(r"^(?:$|https?:|file:|mailto:|data:|javascript:|tel:|blob:|//)", re.I)
# A file's name is no description; myst-nb puts one where a notebook gives none.
NO_WORDS = re.compile(r"\.(?:png|svg|jpe?g|gif|webp)$|^_images/", re.I)
# What an open page can be pointed at, where it points, and its pictures with their words.
READ = """() => {
  const list = (name, ...names) => names.flatMap((each) => [...document.querySelectorAll(
    `${each}[${name}]`)].map((one) => one.getAttribute(name)));
  return {ids: list("id", ""), names: list("name", "a"),
          targets: [...list("href", "a", "area", "link"), ...list("src", "img", "script")],
          pictures: [...document.images].map((one) => [one.src, one.getAttribute("alt")])};
}"""


def find_faults(root: Path, pages: Mapping[Path, Mapping[str, Any]]) -> Iterator[str]:
    """Say which links lead nowhere, which pictures have no words, and which ids come twice.

    `pages` are what `READ` returned, by file.
    """
    places = {file: {*page["ids"], *page["names"]} for file, page in pages.items()}
    for file, page in pages.items():
        found = [f"id {name} twice" for name, count in Counter(page["ids"]).items() if count > 1]
        found += [f"{source}: alt {words!r}" for source, words in page["pictures"]
                  if words is None or NO_WORDS.search(words)]  # fmt: skip
        for target in {each.strip() for each in page["targets"]}:
            # That nothing is loaded from elsewhere is seen in the browser.
            if not NO_PAGE.match(target) and (fault := _judge(root, places, file, target)):
                found.append(f"{target}: {fault}")
        yield from (f"{file.relative_to(root)}: {fault}" for fault in found)


def _judge(root: Path, places: Mapping[Path, set[str]], file: Path, target: str) -> str:
    """Say what is wrong with where a page points; nothing where nothing is."""
    parts = urlsplit(target)
    goal = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    if target.startswith("/") or not goal.is_relative_to(root):
        return "leaves the site's folder"
    if not goal.is_file():
        return "a folder, which no file:// page opens" if goal.is_dir() else "no such file"
    place = unquote(parts.fragment)
    return "no such place in the page" if place and place not in places.get(goal, {place}) else ""


def sample_pages(pages: Iterable[Path], root: Path) -> list[Path]:
    """Take all pages, but of the guides, the code reference, the claims and the lessons some.

    Of each folder the first, the last and the longest stand for the others.
    """
    kept = sorted(pages)
    lessons = root / "notebooks" / "exercises"
    for folder in (root / "api", root / "docs", root / "ledger", lessons, lessons / "solutions"):
        own = [file for file in kept if file.parent == folder]
        longest = max(own, key=lambda file: file.stat().st_size)
        kept = [file for file in kept if file not in own or file in (own[0], own[-1], longest)]
    return kept


@pytest.fixture(scope="module")
def served(site):
    """Serve the site on loopback; return its address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


# The theme gives what scrolls its place among the tab stops as a page loads, so each width loads
# it anew; colours turn in the open page.
@pytest.mark.browser
@pytest.mark.parametrize("width", [1400, 320])
def test_no_page_fails_or_keeps_people_out(browser, site, width):
    root, read, found = site.resolve(), {}, []
    # What themes keep in _static are templates and no pages.
    files = [file for file in sorted(root.rglob("*.html")) if "_static" not in file.parts]
    looked_at = set(sample_pages(files, root))
    page, heard = open_page(browser, width, "light")
    for file in files:
        heard.clear()
        page.goto(file.as_uri())
        read[file] = page.evaluate(READ)
        faults = list(heard)
        excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if excess > 0:
            faults.append(f"{excess} pixels wider than the screen")
        if file in looked_at:
            shift = page.evaluate(SHIFT)
            faults += [f"what is shown moves: {shift}"] if shift > 0.05 else []
            trim_lists(page)
            faults += find_barriers(page)
            for turned in [("dark",), ("light", "active")] if width == 320 else [("dark",)]:
                turn_page(page, width, *turned)
                faults += [f"{turned[-1]}: {each}" for each in find_barriers(page, COLOUR_RULES)]
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
    ("asked", "page_name"), [("Herfindahl", FOUND), ("1,250,803", "index.html")]
)
def test_search_finds_what_a_page_is_about(page_at, site, served, is_served, asked, page_name):
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
