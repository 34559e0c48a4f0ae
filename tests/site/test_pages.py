"""Every page of the site, in a browser: nothing is missing, fails, is fetched, or keeps people out.

axe-core looks at every page but those of the code reference, which one template makes: of them at
the first, the last and the longest (`browsing.pages.sample_pages`). All rules are asked of a wide
and light page, on a phone those of width and colour, in the dark those of colour alone, since the
markup is the same; of a long table or list, the first dozen rows are looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browsing.axe import COLOUR_RULES, WIDTH_RULES, find_barriers, trim_lists
from browsing.fixtures import open_page, turn_page
from browsing.pages import Folder, sample_pages

TERM, FOUND = "Herfindahl", "notebooks/04_destinations.html"
PATIENCE = 20_000  # milliseconds, where a page works on its own


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and writes no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(site: Path) -> Folder:
    return Folder(site)


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """Serve the site on loopback; return its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_links_pictures_and_ids_of_pages_of_every_kind_are_whole(folder: Folder) -> None:
    names = {file.relative_to(folder.root.resolve()).as_posix() for file in folder.pages}
    assert {"index.html", "search.html", "genindex.html", "ledger.html", FOUND} <= names
    assert sum(name.startswith("api/") for name in names) > 3
    found = list(folder.find_faults())
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_every_page_loads_without_a_fault_and_fits_a_phone(browser, folder: Folder) -> None:
    root, found = folder.root.resolve(), []
    page, record = open_page(browser, 320, "light")
    for file in folder.pages:
        record.faults.clear()
        page.goto(file.as_uri())
        found += [f"{file.relative_to(root)}: {fault}" for fault in record.faults]
        excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if excess > 0:
            found.append(f"{file.relative_to(root)}: {excess} pixels wider than the screen")
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_pages_load_without_a_fault_from_a_server(browser, folder: Folder, served: str) -> None:
    root, found = folder.root.resolve(), []
    page, record = open_page(browser, 1400, "dark")
    for file in sample_pages(folder.pages, root):
        name = file.relative_to(root).as_posix()
        record.faults.clear()
        page.goto(served + name)
        found += [f"{name}: {fault}" for fault in record.faults]
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.parametrize("is_served", [False, True], ids=["file", "server"])
def test_search_finds_a_term(page_at, site: Path, served: str, is_served: bool) -> None:
    page = page_at(1400)
    start = served if is_served else f"{site.resolve().as_uri()}/"
    page.goto(f"{start}index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type(TERM)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*", timeout=PATIENCE)
    link = page.locator(f"#search-results a[href*='{FOUND}']").first
    link.wait_for(timeout=PATIENCE)
    link.click()
    page.wait_for_url(f"**/{FOUND}*", timeout=PATIENCE)
    assert TERM in page.inner_text("main")


# The theme gives what scrolls its place among the tab stops as a page loads, so each width loads
# it anew; colours turn in the open page.
@pytest.mark.browser
@pytest.mark.parametrize("width", [1400, 320])
def test_nothing_keeps_people_out(browser, folder: Folder, width) -> None:
    root, found = folder.root.resolve(), []
    page, _ = open_page(browser, width, "light")
    for file in sample_pages(folder.pages, root):
        page.goto(file.as_uri())
        trim_lists(page)
        is_whole = width == 1400 or file == root / "index.html"  # its frame is every page's
        for theme, rules in (("light", () if is_whole else WIDTH_RULES), ("dark", COLOUR_RULES)):
            turn_page(page, width, theme)
            barriers = find_barriers(page, rules)
            found += [f"{file.relative_to(root)}, {theme}: {barrier}" for barrier in barriers]
        turn_page(page, width, "light")
    page.context.close()
    assert not found, "\n".join(found)
