"""The explorer in a browser: picks change chart, table and address together, by keyboard too."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from browsing.axe import find_barriers
from plain.explorer import get_explorer

MOST_BYTES = 1_500_000
LINKS = {
    "china": "#v=1&release=2025-end&origin=CHN&measure=pending&places=USA.AUS&all=1&without=main"
    "&year=2025&from=2000&to=2025&eras=china.full-years&top=10",
    "hong kong": "#v=1&release=2025-end&origin=HKG&measure=lodged&unit=cases",
    "old mid-year": "#v=1&release=2022-mid&origin=CHN&measure=lodged&unit=persons&places=AUS",
    "recognised": "#v=1&release=2025-end&origin=CHN&measure=recognised&level=first&unit=persons",
    "share": "#v=1&release=2025-end&origin=VEN&measure=share&without=largest&places=PER.COL",
    "nothing": "#v=1&release=2025-end&origin=MAC&measure=recognised&level=appeal&unit=cases",
    "totals": "#v=1&release=2024-end&origin=VEN&measure=pending",
    "refused": "#v=1&release=1999-end&origin=CHN&measure=pending&places=ZZZ",
}


@pytest.fixture(scope="module")
def index() -> Path:
    """Return the whole explorer's page."""
    return get_explorer() / "index.html"


@pytest.fixture
def show(page_at, index):
    """Return a function that opens the explorer at a link."""

    def open_at(name="china", width=1400, theme="light"):
        page = page_at(width, theme)
        page.goto(index.as_uri() + LINKS.get(name, name))
        page.wait_for_selector("#lines svg")
        return page

    return open_at


def read_address(page):
    return {
        key: values[0] for key, values in parse_qs(page.evaluate("location.hash.slice(1)")).items()
    }


def read_table(page, selector):
    """Return a table's body, row by row, as a reader sees it."""
    return page.eval_on_selector_all(
        f"{selector} tbody tr",
        """rows => rows.map(row => [...row.cells].map(
             cell => cell.querySelector(".unseen") ? "" : cell.textContent))""",
    )


def download(page, what, format_):
    with page.expect_download() as waiting:
        page.click(f"[data-what={what}][data-format={format_}]")
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_the_whole_page_stays_small_and_asks_for_nothing_elsewhere(index):
    sizes = {file.name: file.stat().st_size for file in index.parent.iterdir()}
    assert sum(sizes.values()) < MOST_BYTES, sizes
    text = index.read_text(encoding="utf-8")
    asked = [part.split('"')[0] for name in ('src="', '<link rel="stylesheet" href="')
             for part in text.split(name)[1:]]  # fmt: skip
    assert set(asked) == sizes.keys() - {"index.html"}


@pytest.mark.browser
def test_a_pick_changes_chart_table_and_address(show):
    page = show()
    parts = ("#lines", "#line-table", "#bars")
    before = [page.inner_html(part) for part in parts]
    page.select_option("#measure", "lodged")
    after = [page.inner_html(part) for part in parts]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert read_address(page).items() >= {"measure": "lodged", "unit": "persons", "v": "1"}.items()
    assert "counted in persons" in page.inner_text("#title")
    assert "highest" in page.get_attribute("#lines", "aria-label")
    page.wait_for_function(
        "document.querySelector('#announcement').textContent.includes('persons')"
    )
    height = page.eval_on_selector("#bars svg", "svg => svg.clientHeight")
    page.select_option("#top", "5")
    assert read_address(page)["top"] == "5"
    assert page.eval_on_selector("#bars svg", "svg => svg.clientHeight") < height


@pytest.mark.browser
def test_the_table_holds_every_year_and_its_status(show):
    page = show()
    rows = {row[0]: row for row in read_table(page, "#line-table")}
    assert list(rows) == [str(year) for year in range(2000, 2026)]
    assert rows["2025"][1:4] == ["99,716", "185,726", "b"]
    assert rows["2000"][1:4] == ["17,178", "", ""]
    assert page.inner_text("#line-table caption").startswith("Claims pending from China")
    heads = page.eval_on_selector_all("#line-table thead th", "all => all.map(th => th.scope)")
    assert set(heads) == {"col", "colgroup"}
    said = page.inner_text("#era-words li:first-child")
    assert "5.81 times as many as over the Hu era, across the breaks of 2005 to 2014, " in said


@pytest.mark.browser
def test_back_and_forward_restore_the_view(show):
    page = show()
    has_title = "title => document.querySelector('#title').textContent === title"
    first = page.inner_text("#title")
    page.select_option("#origin", "VEN")
    page.select_option("#measure", "share")
    third = page.inner_text("#title")
    page.evaluate("history.go(-2)")
    page.wait_for_function(has_title, arg=first)
    assert page.input_value("#origin") == "CHN"
    assert page.is_checked("#places input[value=USA]")
    page.evaluate("history.go(2)")
    page.wait_for_function(has_title, arg=third)
    assert read_address(page)["measure"] == "share"


@pytest.mark.browser
def test_an_old_link_opens_the_same_view_and_one_that_cannot_be_honoured_the_nearest(show):
    page = show("china")
    assert page.inner_text("#notices") == ""
    assert page.evaluate("location.hash") == LINKS["china"]
    shown = [page.input_value(f"#{name}") for name in ("from", "to", "year", "top")]
    assert shown == ["2000", "2025", "2025", "10"]
    assert page.locator("#places input:checked").count() == 2
    page = show("refused")
    said = page.inner_text("#notices")
    assert "Release “1999-end” is not on file; 2025-end is shown." in said
    assert "ZZZ" in said
    assert read_address(page)["release"] == "2025-end"
    page.select_option("#origin", "HKG")
    assert page.inner_text("#notices") == ""


@pytest.mark.browser
def test_totals_alone_are_not_said_to_be_free_of_breaks(show):
    page = show("totals")
    assert page.is_hidden("#ranking-part")
    assert page.is_hidden("#breaks-none")
    assert page.is_visible("#breaks-unknown")
    assert page.is_visible("#totals-note")


@pytest.mark.browser
def test_every_choice_can_be_made_by_keyboard(show):
    page = show()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    assert read_address(page)["origin"] == "CHN"
    seen = set()
    page.focus("#panel summary")
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.value"))
        if "find" in seen:
            break
    assert seen >= {"origin", "measure", "release", "from", "to", "eras", "without-main", "all"}
    page.keyboard.type("bra")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab") if page.evaluate("document.activeElement.id") == "places" else None
    page.keyboard.press("Space")
    assert read_address(page)["places"] == "USA.AUS.BRA"
    page.focus("#year")
    page.keyboard.press("ArrowLeft")
    assert read_address(page)["year"] == "2024"
    assert "2024" in page.inner_text("#ranking-title")


@pytest.mark.browser
def test_downloads_hold_the_view(show):
    page = show()
    name, content = download(page, "years", "csv")
    assert name == "chn_pending_years_2000-2025_release-2025-end.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    shown = read_table(page, "#line-table")
    own = [row for row in rows if row["series"] == "all"]
    assert [f"{int(row['value']):,}" for row in own] == [cells[1] for cells in shown]
    assert [row["status"] for row in own] == [cells[3] for cells in shown]
    name, content = download(page, "ranking", "csv")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    assert rows[0].items() >= {"rank": "1", "destination": "USA", "value": "68691"}.items()
    titles = {"years": "Claims pending from China", "ranking": "The United States had"}
    for what, title in titles.items():
        text = download(page, what, "svg")[1].decode("utf-8")
        assert text.startswith("<svg")
        assert title in text
        assert "release 2025-end (25 June 2026); CC BY 4.0" in text
        assert download(page, what, "png")[1].startswith(b"\x89PNG")


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_bars_anybody_and_nothing_is_cut_off(show, theme):
    looked_at = {
        320: {"china", "old mid-year", "nothing", "totals", "refused"},
        1400: {"china", "share"},
    }
    for width, names in looked_at.items():
        page = show(width=width, theme=theme)
        for name, link in LINKS.items():
            page.evaluate("hash => { location.hash = hash }", link)
            page.wait_for_timeout(60)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide at {width}"
            if name in names:
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                assert find_barriers(page) == [], (name, width)
