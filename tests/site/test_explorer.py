"""The explorer in a browser: picks change chart, map, tables and address, by keyboard too."""

import csv
import gzip
import io
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from browsing.axe import find_barriers
from cells import read_cells
from plain.explorer import ONLY, get_explorer

from helpers.publish.explorer.build import build_explorer

MOST_FIRST_LOAD = 350_000
SHIFT = """window.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach(
  (entry) => { if (!entry.hadRecentInput) window.shift += entry.value; }
)).observe({type: "layout-shift", buffered: true});"""
# Open all that is folded, and keep the first of long lists and tables: the others are like them.
SHORTEN = """document.querySelectorAll("details").forEach((each) => { each.open = true; });
document.querySelectorAll("tbody, #breaks").forEach(
  (list) => [...list.children].slice(8).forEach((child) => child.remove()));"""
STATES = {
    "china": "#release=2025-end&origin=CHN&measure=pending&scale=count&places=USA.AUS&all=1"
    "&without=main&year=2025&from=2000&to=2025&eras=china.full-years",
    "compared": "#origin=CHN,VEN,SYR&scale=index",
    "flow": "#origin=CHN,VEN&measure=lodged",
    "old mid-year": "#release=2022-mid&origin=CHN&measure=lodged&unit=persons&places=AUS",
    "share": "#origin=VEN&scale=share&without=largest&places=PER.COL",
    "nothing": "#origin=MAC&measure=recognised&level=appeal&unit=cases",
    "totals": "#release=2024-end&origin=VEN",
    "refused": "#release=1999-end&origin=CHN&places=ZZZ&garbage",
    "embedded": "#origin=CHN,VEN&measure=lodged&embed=1",
}


# A page of the site with the box, and a claim's printed numbers.
CHECK = """<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Check</title>
<main><h1>Check a number</h1><div id='number-search'></div></main>
<script type='application/json' id='printed-numbers'>[{"page": "ledger/SD-05",
"name": "Claim SD-05", "said": "No people are added up.", "numbers": ["1,158,739", "1161728"]}]
</script><script defer src='explorer/data.js'></script>
<script defer src='explorer/find.js'></script>
"""


@pytest.fixture(scope="module")
def index():
    """Return the page of the explorer with a few origins."""
    return get_explorer() / "index.html"


@pytest.fixture
def show(page_at, index):
    """Return a function that opens the explorer at a link."""

    def open_at(name="china", width=1400, theme="light"):
        page = page_at(width, theme)
        page.add_init_script(SHIFT)
        page.goto(index.as_uri() + STATES.get(name, name))
        page.wait_for_selector("#lines svg")
        return page

    return open_at


def go(page, name):
    """Follow a link on the open page, which may load further origins."""
    page.evaluate(
        """hash => {
          if (location.hash === hash) return;
          document.body.classList.remove("ready");
          location.hash = hash;
        }""",
        STATES[name],
    )
    page.wait_for_selector("body.ready")


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


def test_the_first_load_is_light_and_origins_are_scripts_of_their_own(site):
    folder = site / "explorer"
    text = (folder / "index.html").read_text(encoding="utf-8")
    asked = [part.split('"')[0] for name in ('src="', '<link rel="stylesheet" href="')
             for part in text.split(name)[1:]]  # fmt: skip
    first = ["index.html", "origins/2025-end/CHN.js", *asked]
    weights = {name: len(gzip.compress((folder / name).read_bytes())) for name in first}
    assert sum(weights.values()) < MOST_FIRST_LOAD, weights
    assert {file.stem for file in (folder / "origins" / "2025-end").iterdir()} == set(ONLY)


@pytest.mark.soak
def test_every_origin_of_the_newest_release_is_a_script_of_its_own(tmp_path):
    origins = {row["coo_iso"] for row in read_cells("2025-end", "totals_by_origin")}
    assert len(origins) == 217
    folder = build_explorer(tmp_path).parent / "origins" / "2025-end"
    assert origins <= {file.stem for file in folder.iterdir()}


@pytest.mark.browser
def test_origins_are_compared_found_and_removed_without_a_shift(show):
    page = show()
    assert page.evaluate("window.shift") == 0
    parts = ("#lines", "#line-table", "#map", "#bars")
    before = [page.inner_html(part) for part in parts]
    for typed, code in {"turkey": "TUR", "ven": "VEN"}.items():
        page.fill("#origins-find", typed)
        page.press("#origins-find", "Enter")
        page.wait_for_selector(f"#origins-chips [data-key={code}]")
    assert read_address(page)["origin"] == "CHN,TUR,VEN"
    page.select_option("#of", "VEN")
    after = [page.inner_html(part) for part in parts]
    assert all(old != new for old, new in zip(before, after, strict=True))
    labels = page.eval_on_selector_all(
        "#lines text[aria-label]", "all => all.map(t => t.textContent)"
    )
    assert sorted(labels) == ["China", "Türkiye", "Venezuela"]
    for typed, name in {"usa": "United States", "guinea": "Guinea"}.items():
        page.fill("#origins-find", typed)
        page.press("#origins-find", "Enter")
        page.click(f"#origins-chips [title='Remove {name}']")
    page.fill("#origins-find", "atlantis")
    assert "No origin to add is found by “atlantis”." in page.inner_text("#origins-count")
    options = page.eval_on_selector_all("#origins-list option", "all => all.map(o => o.value)")
    assert len(options) > 200
    assert "Venezuela" not in options  # it is drawn already
    page.click("#origins-chips [data-key=TUR] button")
    assert read_address(page)["origin"] == "CHN,VEN"
    assert page.inner_text("#title").startswith("Claims pending, 2025: Venezuela 1,181,156 to ")
    page.evaluate("history.go(-1)")
    page.wait_for_function("location.hash.includes('TUR')")
    page.wait_for_selector("#origins-chips [data-key=TUR]")
    page.wait_for_function("document.querySelector('#announcement').textContent.includes('2025')")


@pytest.mark.browser
def test_chart_lists_and_map_are_moved_by_keyboard(show):
    page = show()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    for key in ("ArrowLeft", "ArrowLeft", "Home", "ArrowRight"):
        page.keyboard.press(key)
    assert page.get_attribute("#lines", "aria-valuenow") == "2001"
    told = page.get_attribute("#lines", "aria-valuetext")
    assert told.startswith("2001; All destinations: at least 19,783")
    assert "Australia: " in told
    assert "19,783" in page.text_content("#lines svg [aria-label=tip]")
    page.keyboard.press("Escape")
    assert "19,783" not in page.text_content("#lines svg [aria-label=tip]")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_attribute("#key button", "aria-pressed") == "true"
    assert page.locator("#lines .faint").count() > 0
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id"))
        if seen[-1] == "eras":
            break
    assert {"measure", "scale", "from", "to", "all", "without-main"} <= set(seen)
    assert seen.count("places-find") == 1  # all destinations are one tab stop
    page.fill("#places-find", "bra")
    page.keyboard.press("Enter")
    assert read_address(page)["places"] == "USA.AUS.BRA"
    page.focus("#year")
    drawn = page.inner_html("#map")
    page.keyboard.press("ArrowLeft")
    assert read_address(page)["year"] == "2024"
    assert "2024" in page.inner_text("#ranking-title")
    assert page.inner_html("#map") != drawn


@pytest.mark.browser
def test_tables_and_downloads_hold_the_view_and_are_sorted(show):
    page = show()
    name, content = download(page, "years", "csv")
    assert name == "chn_pending_years_2000-2025_release-2025-end.csv"
    rows = csv.DictReader(io.StringIO(content.decode("utf-8")))
    own = [[r["year"], f"{int(r['value']):,}", r["status"]] for r in rows if r["series"] == "all"]
    table = read_table(page, "#line-table")
    assert own == [[*cells[:2], cells[3]] for cells in table]
    assert table[-1][1:4] == ["99,716", "185,726", "b"]
    rows = list(csv.DictReader(io.StringIO(download(page, "ranking", "csv")[1].decode("utf-8"))))
    assert rows[0].items() >= {"rank": "1", "destination": "USA", "value": "68691"}.items()
    assert [cells[2:4] for cells in read_table(page, "#ranking-table")] == [
        [row["destination"], f"{int(row['value']):,}"] for row in rows
    ]
    assert "5.81 times as many as over the Hu era" in page.inner_text("#era-words li:first-child")
    titles = {
        "years": "Claims pending from China",
        "ranking": "The United States had 68,691 to 135,671 of these",
    }
    for what, title in titles.items():
        text = download(page, what, "svg")[1].decode("utf-8")
        assert text.startswith("<svg")
        assert title in text
        assert "release 2025-end (25 June 2026); CC BY 4.0" in text
        assert download(page, what, "png")[1].startswith(b"\x89PNG")
    heads = page.locator("#line-table thead th[scope=col]")
    for direction in ("descending", "ascending"):
        heads.nth(1).locator("button").click()
        assert heads.nth(1).get_attribute("aria-sort") == direction
        values = [int(row[1].replace(",", "")) for row in read_table(page, "#line-table")]
        assert values == sorted(values, reverse=direction == "descending")
    heads.nth(0).locator("button").click()
    assert [row[0] for row in read_table(page, "#line-table")][:2] == ["2000", "2001"]
    page.select_option("#measure", "lodged")
    assert "in persons" in page.inner_text("#title")
    assert read_table(page, "#line-table")[-1][1:4] == ["25,210", "25,210", "48,844"]
    page.select_option("#unit", "cases")
    assert "counted in cases" in page.inner_text("#title")


@pytest.mark.browser
def test_an_embedded_chart_shows_the_same_and_nothing_else(show, tmp_path):
    page = show("flow")
    title = page.inner_text("#title")
    code = page.input_value("#embed")
    assert code.startswith("<iframe src=")
    (tmp_path / "host.html").write_text(f"<!DOCTYPE html><p>A page</p>{code}", encoding="utf-8")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto((tmp_path / "host.html").as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("#lines svg").wait_for()
    assert frame.locator("#title").inner_text() == title
    tall = frame.locator("html").evaluate("page => page.scrollHeight")
    assert tall <= page.locator("iframe").bounding_box()["height"], "source and licence are cut off"
    assert frame.locator("#panel").is_hidden()
    assert frame.locator(".rest").is_hidden()
    assert "embed" not in frame.locator("#whole").get_attribute("href")


@pytest.mark.browser
def test_an_address_that_cannot_be_honoured_says_so_and_totals_say_what_they_lack(show):
    page = show("refused")
    said = page.inner_text("#notices")
    assert "There is no release “1999-end”; 2025-end is shown." in said
    assert "ZZZ" in said
    assert "garbage" in said
    assert read_address(page)["release"] == "2025-end"
    page.select_option("#eras", "none")
    assert page.inner_text("#notices") == ""
    go(page, "totals")
    assert page.is_hidden("#ranking-part")
    assert page.is_hidden("#breaks-none")
    assert "Venezuela" in page.inner_text("#totals-note")
    go(page, "china")
    assert page.evaluate("location.hash") == STATES["china"]


@pytest.mark.browser
def test_on_a_phone_the_chart_stays_in_sight_while_choosing(show):
    page = show("flow", width=390)
    assert page.get_attribute("#panel", "open") is None
    page.click("#panel summary")
    page.evaluate("document.querySelector('#eras').scrollIntoView({block: 'end'})")
    box = page.locator("#lines").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] < 500


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_anybody_and_nothing_is_cut_off(show, theme):
    looked_at = {320: ["flow", "nothing", "totals", "refused", "embedded"],
                 1400: ["china", "compared", "share", "old mid-year"]}  # fmt: skip
    for width, names in looked_at.items():
        page = show(width=width, theme=theme)
        for name in names:
            go(page, name)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide at {width}"
            page.evaluate(SHORTEN)
            assert find_barriers(page) == [], (name, width)
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    page.emulate_media(media="print")
    ink = "getComputedStyle(document.body).color"
    assert page.evaluate(ink) == "rgb(26, 26, 26)", "dark ink on white paper"
    page.emulate_media(media="screen", color_scheme=theme, forced_colors="active")
    page.evaluate(SHORTEN)
    assert find_barriers(page) == [], "forced colours"


@pytest.mark.browser
def test_the_number_box_finds_what_is_typed_in_under_a_second(page_at, index):
    host = index.parent.parent / "check.html"
    host.write_text(CHECK, encoding="utf-8")
    page = page_at(390)
    page.goto(f"{host.as_uri()}?number=613,000&years=2012-2021")
    hit = page.locator("#find-hits li.likely").first
    hit.wait_for()
    said = hit.inner_text()
    assert "claims pending, 2012 to 2020, year-end counts added over years, not people" in said
    assert "613,532, cut off" in said
    assert "Not people who asked for asylum" in said
    page.fill("#find-number", "118,476")
    page.fill("#find-years", "")
    page.click("#find-form button")
    page.locator("#find-hits", has_text="118,476, exactly").wait_for(timeout=1000)
    assert read_address(page)["number"] == "118,476"
    page.click("#find-hits a")
    page.wait_for_selector("#lines svg")
    assert read_address(page).items() >= {"origin": "CHN", "from": "2021", "to": "2021"}.items()
    page.go_back()
    for number, told in {
        "1,158,739": "No people are added up.",
        "1,161,728": "All destinations together; in release 2024-mid, and no later one",
    }.items():
        page.fill("#find-number", number)
        page.press("#find-number", "Enter")
        page.locator("#find-hits", has_text=told).wait_for()
        assert page.locator("#find-hits a[href$='ledger/SD-05.html']").count() == 1
    assert "#release=2024-mid&" in page.locator("#find-hits a").last.get_attribute("href")
    page.fill("#find-number", "12 of 30")
    page.press("#find-number", "Enter")
    assert "is not one number" in page.inner_text("#find-count")
    assert find_barriers(page) == []
