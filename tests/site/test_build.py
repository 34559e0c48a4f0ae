"""The built site: every part is there, linked to each other, and right from any folder."""

import csv
import gzip
import html
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from cells import name_rules, read_own
from plain.checkout import PROJECT

from helpers.publish.explorer import build
from helpers.publish.site import run_sphinx

LOADS = re.compile(
    r'(<(?:script|img|iframe|source)[^>]* src="([^"]*)"[^>]*>|<link[^>]* href="([^"]*)"[^>]*>)'
)
MOST_PAGES, MOST_BYTES = 120, 300_000


def read(site: Path, page: str) -> str:
    return (site / page).read_text(encoding="utf-8")


def read_rows(file: Path):
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines(keepends=True)))


def test_every_notebook_and_document_has_a_page_and_pages_are_few(site):
    notebooks = [file.relative_to(PROJECT) for file in (PROJECT / "notebooks").rglob("*.ipynb")]
    documents = [file.relative_to(PROJECT) for file in (PROJECT / "docs").glob("*.md")]
    for file in [*notebooks, *documents]:
        assert (site / file.with_suffix(".html")).is_file(), file
    assert sum(1 for _ in site.rglob("*.html")) <= MOST_PAGES


def test_the_code_reference_holds_the_modules_that_notebooks_import(site):
    imported = {
        name
        for file in (PROJECT / "notebooks").glob("*.py")
        for name in re.findall(r"^from (helpers(?:\.\w+)*) import", file.read_text("utf-8"), re.M)
    }
    known = "".join(file.read_text("utf-8") for file in (site / "api").glob("*.html"))
    assert len(imported) > 5
    for name in imported - {"helpers"}:
        assert f'id="module-{name}"' in known, name


def test_a_page_is_light_and_a_picture_keeps_its_place(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        named = [
            each
            for tag, script, style in LOADS.findall(text)
            if "loading=" not in tag
            and not (each := script or style).startswith("data:")
            and not each.endswith(".html")  # the next page, and the like
        ]
        files = {(page.parent / each.partition("?")[0]).resolve() for each in named}
        parts = [file.read_bytes() for file in files if file.is_file()]
        weight = sum(len(gzip.compress(each)) for each in [text.encode(), *parts])
        if page.parent.name != "explorer":
            assert weight < MOST_BYTES, (page, weight)
        for tag in re.findall(r"<img [^>]*loading=[^>]*>", text):
            assert re.search(r' width="\d+" height="\d+"', tag), (page, tag)


def test_nothing_is_loaded_from_elsewhere_and_no_script_fetches_a_file(site):
    for page in site.rglob("*.html"):
        loaded = [one or two for _, one, two in LOADS.findall(page.read_text(encoding="utf-8"))]
        assert not [each for each in loaded if re.match(r"(?:https?:)?//", each)], page
        has_index = any("searchindex.js" in each for each in loaded)
        assert has_index == (page == site / "search.html"), page
    assert (site / "searchindex.js").read_text(encoding="utf-8").startswith("Search.setIndex(")


def test_the_landing_page_s_numbers_are_plain_sums(site):
    """Claims that name the origin are summed here; what they are at most is the run's table's."""
    lodged = read_own("2025-end", "asylum_applications", "CHN")
    stock = read_own("2025-end", "population", "CHN")
    table = site / "tables" / "2025-end" / "lodged_by_year.csv"
    least = lodged[name_rules(lodged) != ""].groupby("year")["applied"].sum()
    most = pd.read_csv(table, index_col="year")["applied_upper"]
    pending = stock.groupby("year")["asylum_seekers"].sum()

    def compare(later, before):
        return f"{later.loc[2013:2025].mean() / before.loc[2003:2012].mean():.1f}"

    said = " ".join(re.sub(r"<[^>]+>", "", read(site, "index.html")).split())
    assert f"at year-end were {compare(pending, pending)} times as many in the Xi era" in said
    assert f"a year were {compare(least, most)} to {compare(most, least)} times as many" in said
    assert f"{pending.loc[2013:2025].sum():,} from 2013 to 2025. Claims lodged in the same" in said
    once = f"{least.loc[2013:2025].sum():,} to {most.loc[2013:2025].sum():,.0f}"
    assert f"years come to {once} persons." in said


def test_the_landing_page_opens_four_doors_and_counts_the_claims_that_hold(site):
    page = read(site, "index.html")
    assert "What the data do not show" in page
    doors = re.search(r'<ul class="doors">(.*?)</ul>', page, re.S)[1]
    found = re.findall(r'(?:href|action)="([^"]*)"', doors)
    assert found == ["check.html", "explorer/index.html", "learn.html", "data.html", "cite.html"]
    assert all((site / door).is_file() for door in found)
    assert page.count('href="explorer/index.html"') > 1, "the contents lead to the explorer itself"
    assert 'href="explorer.html"' not in page
    said = re.search(r"Of (\d+) claims.*?<", page, re.S)[0]
    rows = [
        row for name in ("china", "venezuela") for row in read_rows(site / f"ledger/{name}.csv")
    ]
    fits = [row for row in rows if row["wording"] == "fits"]
    assert f"Of {len(rows)} claims" in said
    assert re.search(rf"\b{len(fits)}\s+sentences fit", said)


@pytest.mark.parametrize(
    "file", sorted((PROJECT / "figures").glob("*-*.json")), ids=lambda f: f.stem
)
def test_a_figure_stands_with_words_and_files(site, file):
    record = json.loads(file.read_text(encoding="utf-8"))
    for ending in ("svg", "png"):
        copy = site / "figures" / f"{record['id']}.{ending}"
        assert copy.read_bytes() == file.with_suffix(f".{ending}").read_bytes()
    rows = read_rows(site / "figures" / f"{record['id']}.csv")
    assert list(rows[0]) == record["data"]["columns"]
    assert len(rows) == len(record["data"]["rows"])
    anchor = f'id="figure-{record["number"].replace(".", "-")}"'
    homes = [
        page for page in (site / "notebooks").glob("0*.html") if anchor in page.read_text("utf-8")
    ]
    assert len(homes) == 1
    assert f"{homes[0].name}#figure-" in read(site, "figures.html")


def test_every_claim_has_a_page_that_needs_no_script(site):
    page = read(site, "ledger.html")
    ids = re.findall(r'<li id="([^"]+)" data-source', page)
    reviews = json.loads(read(site, "ledger/claimreview.jsonld"))
    assert len(ids) == len(set(ids)) == len(reviews) > 40
    files = [json.loads(read(site, f"ledger/{name}.json")) for name in ("china", "venezuela")]
    assert {row["claim_id"] for rows in files for row in rows} <= set(ids)
    for claim_id, review in zip(ids, reviews, strict=True):
        own = read(site, f"ledger/{claim_id}.html")
        assert json.loads(re.search(r'ld\+json">(.*?)</script>', own, re.S)[1]) == review
        assert f"<strong>{review['reviewRating']['alternateName']}.</strong>" in html.unescape(own)
        assert f'href="ledger/{claim_id}.html"' in page
        if (site / "ledger" / f"{claim_id}.csv").is_file():
            assert '<svg class="columns"' in own


def test_tables_figures_and_notebooks_are_handed_out_as_they_are(site):
    header = read(site, "tables/2025-end/pending_by_year.csv").splitlines()[0]
    assert header.startswith("year,period,pending,")
    for file in (PROJECT / "notebooks").glob("0*.ipynb"):
        handed_out = json.loads(read(site, f"downloads/{file.name}"))
        assert handed_out == json.loads(file.read_text(encoding="utf-8"))
    for file in (PROJECT / "data" / "raw").rglob("*.csv*"):
        copy = site / "data" / file.relative_to(PROJECT / "data" / "raw")
        assert copy.read_bytes() == file.read_bytes()
    columns = {row["column"] for row in read_rows(site / "downloads" / "columns.csv")}
    assert {"pending", "applied_persons"} <= columns


def test_with_an_address_pages_name_it(site, tmp_path, monkeypatch):
    """Only what an address changes is built here: one page, with the site's own configuration."""
    monkeypatch.setenv("SITE_URL", "https://example.org/study/")
    source = tmp_path / "source"
    shutil.copytree(PROJECT / "docs" / "site", source, ignore=shutil.ignore_patterns("*.md", "api"))
    shutil.copy(PROJECT / "CITATION.cff", source)
    (source / "_extra").mkdir()
    (source / "index.md").write_text("# Title\n\nWhat it *is* about.\n")
    shown = "---\norphan: true\n---\n# Other\n\n<img src='figures/claims-graph.svg' alt=''>\n"
    for page in ("other", "SD-05"):
        (source / f"{page}.md").write_text(shown)
    (source / "_extra" / "SD-05.png").touch()
    run_sphinx(source, tmp_path / "html")
    page = read(tmp_path / "html", "index.html")
    for tag in (
        '<link rel="canonical" href="https://example.org/study/index.html" />',
        '<meta name="description" content="What it is about."/>',
        '<meta property="og:url" content="https://example.org/study/index.html"/>',
        '<meta property="og:image" content="https://example.org/study/figures/eras-ratios.png"/>',
        '<meta name="citation_author" content="The asylum-eras contributors"/>',
    ):
        assert tag in page
    assert (site / "figures" / "eras-ratios.png").is_file()
    listed = read(tmp_path / "html", "sitemap.xml")
    assert "https://example.org/study/index.html" in listed
    other = read(tmp_path / "html", "other.html")
    assert "study/figures/claims-graph.png" in other, "a page's card is its own figure"
    assert 'content="https://example.org/study/SD-05.png"' in read(tmp_path / "html", "SD-05.html")
    monkeypatch.setattr(build, "load_scripts", lambda origins: {})
    explorer = build.build_explorer(tmp_path).read_text(encoding="utf-8")
    for tag in (
        '<link rel="canonical" href="https://example.org/study/explorer/index.html">',
        '<meta property="og:image" content="https://example.org/study/figures/',
    ):
        assert tag in explorer
    assert (site / "figures" / re.search(r"/figures/(\S+?)\"", explorer)[1]).is_file()
    assert '<base href="https://example.org/study/">' in read(tmp_path / "html", "404.html")


def test_the_data_page_describes_a_dataset(site):
    said = json.loads(re.search(r'ld\+json">(.*?)</script>', read(site, "data.html"), re.S)[1])
    assert (said["@type"], said["version"]) == ("Dataset", "2025-end")
    addresses = [each["contentUrl"] for each in said["distribution"]]
    assert len(addresses) > 30
    assert all((site / address).is_file() for address in addresses)


def test_no_page_names_a_folder_or_a_variable_of_this_machine(site):
    private = {str(PROJECT), str(Path.home()), "environ({"}
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not [each for each in private if len(each) > 5 and each in text], page


def test_a_table_that_scrolls_is_named_after_the_heading_above_it(site):
    page = (site / "docs" / "decisions.html").read_text(encoding="utf-8")
    names = re.findall(
        r'scrollable-table-container" role="group" tabindex="0" aria-label="(.+?)"', page
    )
    assert len(names) == page.count("pst-scrollable-table-container") > 1
    assert {"The site", "Table"} & {*names} == {"The site"}
