"""The browser of the tests sees what goes wrong on a page, stays offline, and never skips in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from browsing.fixtures import open_page

pytestmark = pytest.mark.browser
PROJECT = Path(__file__).resolve().parents[2]
PAGE = '<!doctype html><html lang="en"><title>A page</title><h1>A page</h1>{}</html>'


@pytest.fixture
def show(browser, tmp_path):
    """Return a function that opens a page with this in its body, and says what was seen."""

    def open_with(body, wait=100):
        (tmp_path / "page.html").write_text(PAGE.format(body))
        page, record = open_page(browser, 1400, "light")
        page.goto((tmp_path / "page.html").as_uri())
        page.wait_for_timeout(wait)
        page.context.close()
        return record.faults

    return open_with


def test_a_page_is_opened_at_its_width_and_theme(page_at, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(PAGE.format("<p>Text</p>"))
    page = page_at(320, "dark")
    page.goto(file.as_uri())
    assert page.evaluate("innerWidth") == 320
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.title() == "A page"


def test_a_good_page_has_no_fault(show):
    assert show('<img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p>Text</p>') == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<script>console.error('oh dear')</script>", "console error: oh dear"),
        ("<script>null.f()</script>", "page error: Cannot read properties of null"),
        ("<script src='none.js'></script>", "none.js: net::ERR_FILE_NOT_FOUND"),
        ("<img alt='' src='https://example.org/a.png'>", "leaves the machine: https://example.org"),
        ("<script>fetch('http://192.0.2.1/a')</script>", "leaves the machine: http://192.0.2.1/a"),
        ("<link rel='stylesheet' href='//example.org/a.css'>", "leaves the machine: file://exa"),
        ("<script>new WebSocket('ws://192.0.2.1/')</script>", "leaves the machine: ws://192.0.2.1"),
        ("<style>h1 { background: url(http://example.org/b.png) }</style>", "org/b.png"),
    ],
)
def test_a_fault_is_seen(show, body, said):
    assert said in "\n".join(show(body))


def test_a_request_that_leaves_goes_nowhere(browser):
    page, _ = open_page(browser, 1400, "light")
    for address in ("http://example.org/", "http://192.0.2.1/"):
        with pytest.raises(Exception, match="ERR_PROXY_CONNECTION_FAILED"):
            page.goto(address)
    page.context.close()


@pytest.mark.parametrize(("ci", "code", "said"), [("", 0, "1 skipped"), ("true", 1, "have to run")])
def test_without_chromium_it_skips_and_in_ci_it_fails(tmp_path, ci, code, said):
    test = f"{__file__}::test_a_page_is_opened_at_its_width_and_theme"
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", test]
    environment = os.environ | {"PATH": str(tmp_path), "CI": ci, "ASYLUM_CHROMIUM": ""}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout
    assert "no Chromium: none of chromium, chromium-browser" in done.stdout
