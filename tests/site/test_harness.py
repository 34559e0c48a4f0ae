"""The harness finds each fault on pages made to have it once, and none on pages without."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from browsing.axe import VENDOR, find_barriers
from browsing.fixtures import open_page, turn_page
from browsing.pages import Folder

PROJECT = Path(__file__).resolve().parents[2]
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1 id="top">A page</h1>{}</main></body></html>"""
PALE_AT_NIGHT = """<p>Text</p><style>p { transition: color .2s }
@media (prefers-color-scheme: dark) and (max-width: 400px) { p { color: #999 } }</style>"""
GOOD = '<p><a href="b.html#top">To the other</a> <img src="a.png" alt="A line that rises"></p>'


@pytest.fixture
def folder(tmp_path):
    """Two pages that point at each other, and a picture."""
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "a.html").write_text(PAGE.format(GOOD))
    (tmp_path / "b.html").write_text(PAGE.format('<a href="a.html">Back</a>'))
    return tmp_path


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (GOOD, []),
        ('<a href="https://example.org/a">x</a>', []),
        ('<a href="c.html">x</a>', ["c.html: no such file"]),
        ('<a href="b.html#none">x</a>', ["b.html#none: no such place in the page"]),
        ('<a href="/b.html">x</a>', ["/b.html: leaves the site's folder"]),
        ('<a href="./">x</a>', ["./: a folder, which no file:// page opens"]),
        ('<img src="a.png">', ["a.png: alt None"]),
        ('<img src="a.png" alt="f3.svg">', ["a.png: alt 'f3.svg'"]),
        ('<p id="top">x</p>', ["id top"]),
    ],
)
def test_a_fault_of_a_folder_is_found(folder, body, said):
    (folder / "a.html").write_text(PAGE.format(body))
    assert list(Folder(folder).find_faults()) == [f"a.html: {each}" for each in said]


def test_axe_is_the_file_on_record():
    record = json.loads((VENDOR / "axe-core.json").read_text(encoding="utf-8"))
    assert hashlib.sha256((VENDOR / record["file"]).read_bytes()).hexdigest() == record["sha256"]
    assert all((VENDOR / name).is_file() for name in record["licence_files"])


@pytest.mark.browser
@pytest.mark.parametrize(
    ("body", "look", "said"),
    [
        (PALE_AT_NIGHT, (1400, "light"), ""),
        (PALE_AT_NIGHT, (1400, "dark"), ""),
        (PALE_AT_NIGHT, (320, "dark"), "color-contrast"),
        ('<img src="a.png">', (1400, "light"), "image-alt"),
        ("<script>console.error('oh dear')</script>", (320, "light"), "console error: oh dear"),
        ("<script>null.f()</script>", (320, "light"), "page error: Cannot read properties of null"),
        ("<script src='none.js'></script>", (320, "light"), "none.js: net::ERR_FILE_NOT_FOUND"),
        ("<img alt='' src='https://a.org/a.png'>", (320, "light"), "the machine: https://a.org"),
        ("<script>new WebSocket('ws://192.0.2.1/')</script>", (320, "light"), "ws://192.0.2.1"),
    ],
)
def test_a_fault_of_an_open_page_is_seen(browser, folder, body, look, said):
    (folder / "a.html").write_text(PAGE.format(body))
    page, record = open_page(browser, 1400, "light")
    page.goto((folder / "a.html").as_uri())
    turn_page(page, *look)
    page.wait_for_timeout(100)
    found = [*find_barriers(page), *record.faults]
    page.context.close()
    assert said in "\n".join(found)
    assert bool(said) == bool(found)


@pytest.mark.browser
def test_a_request_that_leaves_goes_nowhere(browser):
    page, _ = open_page(browser, 1400, "light")
    with pytest.raises(Exception, match="ERR_PROXY_CONNECTION_FAILED"):
        page.goto("http://192.0.2.1/")
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("ci", "code", "said"), [("", 0, "1 skipped"), ("true", 1, "have to run")])
def test_without_chromium_it_skips_and_in_ci_it_fails(tmp_path, ci, code, said):
    test = f"{__file__}::test_a_request_that_leaves_goes_nowhere"
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", test]
    environment = os.environ | {"PATH": str(tmp_path), "CI": ci, "ASYLUM_CHROMIUM": ""}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout
    assert "no Chromium: none of chromium, chromium-browser" in done.stdout
