"""The built site: every part is there, linked to each other, and right from any folder."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOADS = re.compile(r'<(?:script|img|iframe|source)[^>]* src="([^"]*)"|<link[^>]* href="([^"]*)"')


def read(site: Path, page: str) -> str:
    return (site / page).read_text(encoding="utf-8")


def load(name: str):
    return json.loads((PROJECT / "figures" / name).read_text(encoding="utf-8"))


def test_every_notebook_document_and_module_has_a_page(site):
    notebooks = [file.relative_to(PROJECT) for file in (PROJECT / "notebooks").rglob("*.ipynb")]
    documents = [file.relative_to(PROJECT) for file in (PROJECT / "docs").glob("*.md")]
    for file in [*notebooks, *documents]:
        assert (site / file.with_suffix(".html")).is_file(), file
    modules = list((PROJECT / "src" / "helpers").rglob("[!_]*.py"))
    for module in modules:
        name = ".".join(module.relative_to(PROJECT / "src").with_suffix("").parts)
        assert f'id="module-{name}"' in read(site, f"api/{name}.html")


def test_nothing_is_loaded_from_elsewhere_and_no_script_fetches_a_file(site):
    for page in site.rglob("*.html"):
        loaded = [one or two for one, two in LOADS.findall(page.read_text(encoding="utf-8"))]
        assert not [each for each in loaded if re.match(r"(?:https?:)?//", each)], page
        has_index = any("searchindex.js" in each for each in loaded)
        assert has_index == (page == site / "search.html"), page
    assert "SHOW_SEARCH_SUMMARY = false" in read(site, "_static/site.js")
    assert (site / "searchindex.js").read_text(encoding="utf-8").startswith("Search.setIndex(")


def test_every_number_has_a_row_with_its_text_and_cell(site):
    page = read(site, "numbers.html")
    numbers = load("numbers.json")
    rows = dict(re.findall(r'<tr><th scope="row" id="number-(\w+)">(.*?)</tr>', page, re.S))
    assert set(rows) == set(numbers)
    for name, number in numbers.items():
        assert f"{number['notebook']}.html#cell-" in rows[name], name
    assert 'href="tables/pending_by_year.csv"' in rows["last_pending"]
    link = "api/helpers.analysis.measures.html#helpers.analysis.measures.measure_pending"
    assert link in rows["last_pending"]
    module, _, place = link.partition("#")
    assert f'id="{place}"' in read(site, module)


def test_most_numbers_of_the_chapters_lead_to_their_row(site):
    linked = set()
    for chapter in (site / "notebooks").glob("0*.html"):
        linked |= set(re.findall(r'numbers\.html#number-(\w+)"', chapter.read_text("utf-8")))
    numbers = load("numbers.json")
    assert linked <= set(numbers)
    assert len(linked) > 0.8 * len(numbers)  # the others stand in captions and tables


def test_the_landing_page_states_the_reference_run_s_numbers(site):
    page, numbers = read(site, "index.html"), load("numbers.json")
    for name in ("summed", "lodged_persons", "lodged_cases", "last_lower", "last_upper"):
        link = f'<a class="number" href="numbers.html#number-{name}">'
        assert f"{link}{numbers[name]['value']:,}</a>" in page
    assert "What the data do not show" in page
    assert 'src="figures/eras-stock-and-flow.svg"' in page


@pytest.mark.parametrize(
    "file", sorted((PROJECT / "figures").glob("*-*.json")), ids=lambda f: f.stem
)
def test_a_figure_stands_with_words_and_files(site, file):
    record = json.loads(file.read_text(encoding="utf-8"))
    for ending in ("svg", "png"):
        copy = site / "figures" / f"{record['id']}.{ending}"
        assert copy.read_bytes() == file.with_suffix(f".{ending}").read_bytes()
    with (site / "figures" / f"{record['id']}.csv").open(encoding="utf-8", newline="") as lines:
        head, *rows = list(csv.reader(lines))
    assert head == record["data"]["columns"]
    assert len(rows) == len(record["data"]["rows"])
    anchor = f'id="figure-{record["number"].replace(".", "-")}"'
    homes = [
        page for page in (site / "notebooks").glob("0*.html") if anchor in page.read_text("utf-8")
    ]
    assert len(homes) == 1
    assert f"{homes[0].name}#figure-" in read(site, "figures.html")


def test_the_ledger_is_whole_without_a_script(site):
    page = read(site, "ledger.html")
    rows = re.findall(r'<tr class="claim" ', page)
    sections = re.findall(r'<section class="claim" id="([^"]+)"', page)
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.S)[1])
    assert len(rows) == len(sections) == len(data["@graph"]) == len(set(sections))
    assert [each["url"] for each in data["@graph"]] == [f"ledger.html#{each}" for each in sections]
    assert data == json.loads(read(site, "ledger/claimreview.jsonld"))


def test_tables_and_notebooks_are_handed_out_as_they_are(site):
    header = read(site, "tables/pending_by_year.csv").splitlines()[0]
    assert header.startswith("year,period,pending,")
    for file in (PROJECT / "notebooks").glob("0*.ipynb"):
        handed_out = json.loads(read(site, f"downloads/{file.name}"))
        assert handed_out == json.loads(file.read_text(encoding="utf-8"))


def test_formulas_need_no_script(site):
    page = read(site, "method.html")
    assert page.count("<math") > 10
    assert not re.search(r"<script[^>]*mathjax", page, re.I)


def test_no_page_names_a_folder_or_a_variable_of_this_machine(site):
    private = {str(PROJECT), str(Path.home()), "environ({"}
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not [each for each in private if len(each) > 5 and each in text], page
