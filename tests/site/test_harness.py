"""The harness finds each fault on pages made to have it once, and none on pages without."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from browsing.axe import VENDOR, find_barriers
from browsing.fixtures import open_page, turn_page
from browsing.pages import MANY, Folder, sample_pages

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1 id="top">A page</h1>{}</main></body></html>"""
GOOD = '<p><a href="b.html#top">To the other</a> <img src="a.png" alt="A line that rises"></p>'


@pytest.fixture
def folder(tmp_path):
    """Two pages that point at each other, and a picture."""
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "a.html").write_text(PAGE.format(GOOD))
    (tmp_path / "b.html").write_text(PAGE.format('<a href="a.html">Back</a>'))
    return tmp_path


def damage(folder: Path, body: str) -> Folder:
    (folder / "a.html").write_text(PAGE.format(body))
    return Folder(folder)


def test_good_pages_have_no_fault(folder):
    site = Folder(folder)
    assert list(site.find_dead_links()) == []
    assert list(site.find_mute_pictures()) == []
    assert list(site.find_repeated_ids()) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="c.html">x</a>', "a.html: c.html: no such file"),
        ('<a href="b.html#none">x</a>', "a.html: b.html#none: no such place in the page"),
        ('<a href="#none">x</a>', "a.html: #none: no such place in the page"),
        ('<script src="c.js"></script>', "a.html: c.js: no such file"),
        ('<a href="/b.html">x</a>', "a.html: /b.html: leaves the site's folder"),
        ('<a href="../b.html">x</a>', "a.html: ../b.html: leaves the site's folder"),
        ('<a href="./">x</a>', "a.html: ./: a folder, which no file:// page opens"),
    ],
)
def test_a_dead_link_is_found(folder, body, said):
    assert list(damage(folder, body).find_dead_links()) == [said]


@pytest.mark.parametrize("body", ['<a href="https://example.org/a">x</a>', '<a href="#top">x</a>'])
def test_a_live_link_passes(folder, body):
    assert list(damage(folder, body).find_dead_links()) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<img src="a.png">', "a.html: a.png: alt None"),
        ('<img src="a.png" alt="_images/a.png">', "a.html: a.png: alt '_images/a.png'"),
        ('<img src="a.png" alt="f3.svg">', "a.html: a.png: alt 'f3.svg'"),
    ],
)
def test_a_picture_without_words_is_found(folder, body, said):
    assert list(damage(folder, body).find_mute_pictures()) == [said]


def test_an_id_that_stands_twice_is_found(folder):
    assert list(damage(folder, '<p id="top">x</p>').find_repeated_ids()) == ["a.html: id top"]


def test_a_sample_keeps_every_folder_and_is_the_same_each_time(tmp_path):
    for place in ("api", "notebooks"):
        (tmp_path / place).mkdir()
        for number in range(MANY + 1 if place == "api" else 3):
            (tmp_path / place / f"{number:02}.html").write_text("x" * (5 if number == 7 else 1))
    pages = sorted(tmp_path.rglob("*.html"))
    chosen = [file.relative_to(tmp_path).as_posix() for file in sample_pages(pages, tmp_path)]
    assert chosen == [f"api/{name}.html" for name in ("00", str(MANY), "07")] + [
        f"notebooks/{name:02}.html" for name in range(3)
    ]
    assert sample_pages(pages[::-1], tmp_path) == sample_pages(pages, tmp_path)


def test_axe_is_the_file_on_record():
    record = json.loads((VENDOR / "axe-core.json").read_text(encoding="utf-8"))
    content = (VENDOR / record["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == record["sha256"]
    assert len(content) == record["bytes"]
    assert f"axe v{record['version']}".encode() in content[:100]
    assert all((VENDOR / name).is_file() for name in record["licence_files"])


@pytest.mark.browser
@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<p>Text</p>", None),
        ('<p style="color:#aaa">Pale text</p>', "color-contrast"),
        ('<img src="a.png">', "image-alt"),
        ("<input>", "label"),
        ('<div style="overflow:auto;height:2em"><p>a<p>b<p>c<p>d</div>',
         "scrollable-region-focusable"),
        ('<a href="b.html"></a>', "link-name"),
        ('<table><tr><td headers="none">x</td></tr></table>', "td-headers-attr"),
    ],
)  # fmt: skip
def test_axe_sees_a_barrier(browser, folder, body, rule):
    damage(folder, body)
    page, _ = open_page(browser, 1400, "light")
    page.goto((folder / "a.html").as_uri())
    found = find_barriers(page)
    page.context.close()
    assert [barrier.rule for barrier in found] == ([rule] if rule else [])
    assert all(barrier.impact in str(barrier) for barrier in found)


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "rules"), [("light", []), ("dark", ["color-contrast"])])
def test_axe_sees_what_is_pale_in_one_theme_alone(browser, folder, theme, rules):
    style = "<style>@media (prefers-color-scheme: dark) { p { color: #999 } }</style>"
    damage(folder, f"{style}<p>Text</p>")
    page, _ = open_page(browser, 320, theme)
    page.goto((folder / "a.html").as_uri())
    found = find_barriers(page)
    page.context.close()
    assert [barrier.rule for barrier in found] == rules


@pytest.mark.browser
def test_axe_sees_what_an_open_page_turns_to(browser, folder):
    style = """<style>p { transition: color .2s }
    @media (prefers-color-scheme: dark) and (max-width: 400px) { p { color: #999 } }</style>"""
    damage(folder, f"{style}<p>Text</p>")
    page, _ = open_page(browser, 1400, "light")
    page.goto((folder / "a.html").as_uri())
    found = {}
    for look in ((1400, "light"), (320, "light"), (320, "dark"), (1400, "dark")):
        turn_page(page, *look)
        found[look] = [barrier.rule for barrier in find_barriers(page)]
    page.context.close()
    assert found.pop((320, "dark")) == ["color-contrast"]
    assert list(found.values()) == [[], [], []]
