"""The report needs nothing but itself, and a reader finds their way in it."""

import json
import re
from urllib.parse import unquote

import nbformat
import pytest

from helpers.publish.replication import check_readme, render_readme
from helpers.publish.report import Picture, render_report

MANIFEST = {
    "name": "china-2025-end", "title": "From China", "started": "2026-01-01T00:00:00Z",
    "key": "0" * 64, "parameters": {"study": "china", "year_to": 2025},
    "release": {"name": "2025-end", "title": "Trends", "published": "2026-06-25"},
    "code": {"revision": None, "sha256": "1" * 64}, "headlines": ["**5** people & more."],
}  # fmt: skip
TABLE = '<table id="t"><caption><strong>Pending</strong></caption><tr><td>1</td></tr></table>'


def make_notebook(name, *outputs, text="# Title\n\n## Limits\n\nSome *words*."):
    code = nbformat.v4.new_code_cell("print('<b>')", outputs=list(outputs))
    hidden = nbformat.v4.new_code_cell("run_dir = 'x'", metadata={"tags": ["injected-parameters"]})
    cells = [nbformat.v4.new_markdown_cell(text), hidden, code]
    metadata = {"papermill": {"output_path": f"runs/x/notebooks/{name}.ipynb"}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata))


def make_result(**data):
    data = {name.replace("_", "/"): text for name, text in data.items()}
    metadata = (
        {"image/png": {"alt": 'A "line" & more.', "width": 700}} if "image/png" in data else {}
    )
    return nbformat.v4.new_output("execute_result", data, metadata=metadata)


@pytest.fixture(scope="module")
def page():
    outputs = [
        make_result(image_png="aGVs\nbG8=", text_plain="Figure 3.1. Caption. [data sha256 00ff]"),
        make_result(text_html=TABLE, text_plain="Pending"),
        make_result(text_markdown="Said **5**.", text_plain="Said 5."),
        nbformat.v4.new_output("stream", name="stdout", text="a < b\n"),
    ]
    return render_report([make_notebook("03_eras", *outputs), make_notebook("04_places")], MANIFEST)


def test_nothing_is_loaded_from_elsewhere(page):
    sources = re.findall(r'<(\w+)[^>]* (?:src|href)="([^"]*)"', page)
    assert {(tag, each[:5]) for tag, each in sources} == {
        ("img", "data:"), ("a", "#cont"), ("a", "#03_e"), ("a", "#04_p"), ("a", "https"),
    }  # fmt: skip
    assert "<script" not in page
    assert "@import" not in page
    assert "url(" not in page


def test_every_anchor_is_there_once(page):
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert {link for link in re.findall(r'href="#([^"]*)"', page)} <= set(ids)


def test_headings_go_down_by_one_and_stand_in_the_contents(page):
    assert page.count("<h1") == 1
    assert re.findall(r"<h2 id[^>]*>(.*?)</h2>", page) == ["Title", "Title"]
    assert page.count(">Limits</a>") == 2
    assert "¶" not in page


def test_facts_and_headlines_stand_on_top(page):
    top = page[: page.index('<main id="content"')]
    assert "<strong>5</strong> people &amp; more." in top
    for fact in ("2025-end", "2026-06-25", "year_to 2025", "0" * 64, "From China"):
        assert fact in top


def test_a_picture_is_embedded_with_its_words(page):
    assert 'src="data:image/png;base64,aGVsbG8=" alt="A &quot;line&quot; &amp; more."' in page
    assert "Figure 3.1" in page
    assert "00ff" in page


SVG = '<?xml version="1.0"?>\n<svg width="9pt">\n <!-- a --><path d="M 1.23456 0"/>\n</svg>\n'


def test_the_stored_picture_takes_the_place_of_the_notebooks(page):
    result = make_result(image_png="aGVs", text_plain="Figure 3.1. Caption. [data sha256 00ff]")
    stored = {("3.1", "00ff"): Picture("It rose", SVG), ("3.1", "00fe"): Picture("No", "<svg/>")}
    html = render_report([make_notebook("03_eras", result)], MANIFEST, stored)
    assert "aGVs" not in html
    address = re.search(r'<img src="data:image/svg\+xml,([^"]*)" alt="A', html)[1]
    assert unquote(address) == "<svg width='9pt'><path d='M 1.23 0'/></svg>"
    assert '<a href="#03_eras-figure-1">3.1 It rose</a>' in html


def test_a_picture_of_other_data_is_not_taken(page):
    result = make_result(image_png="aGVs", text_plain="Figure 3.1. Caption. [data sha256 00ff]")
    other = {("3.1", "00fe"): Picture("It rose", SVG)}
    html = render_report([make_notebook("03_eras", result)], MANIFEST, other)
    assert "data:image/png;base64,aGVs" in html
    assert ">3.1 Caption.</a>" in html


def test_a_table_of_the_prose_is_framed_under_its_headings():
    notebook = make_notebook("01_one", text='| A | "B" |\n|---|---|\n| 1 | 2 |')
    html = render_report([notebook], MANIFEST)
    frame = 'class="scroll short" role="region" tabindex="0" aria-label="table: A, &quot;B&quot;"'
    assert f"<div {frame}><table>" in html


def test_source_and_licence_are_said_and_linked(page):
    top, foot = page[: page.index("<nav")], page[page.index("<footer") :]
    for part in (top, foot):
        assert "UNHCR Refugee Population Statistics Database" in part
        assert 'href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>' in part
    assert "terms-use-datasets" in top


def test_code_is_folded_and_escaped_and_injected_cells_are_not_shown(page):
    assert page.count('<details class="code">') == 2
    assert "<summary>code, 1 line</summary>" in page
    assert "<b>" not in page
    assert "run_dir" not in page


def test_text_outputs_are_escaped(page):
    assert '<pre class="text stdout" tabindex="0">a &lt; b</pre>' in page
    assert "Said <strong>5</strong>." in page


def test_an_error_is_shown():
    error = nbformat.v4.new_output(
        "error", ename="E", evalue="v", traceback=["\x1b[31mE\x1b[0m: <v>"]
    )
    html = render_report([make_notebook("01_one", error)], MANIFEST)
    assert "&lt;v&gt;" in html
    assert "\x1b" not in html


NUMBERS = {"pending": {"value": 1234, "texts": ["1,234", "about 1,200"], "notebook": "03_eras"}}
README = "x <!--=pending-->1,234<!--/-->, <!--=pending:,d-->1,234<!--/--> y"


def test_readme_of_the_reference_run_stays():
    assert render_readme(README, NUMBERS) == README
    assert list(check_readme(README, NUMBERS)) == []


def test_readme_with_another_number_is_found_and_rendered_anew():
    wrong = README.replace(">1,234<", ">1,235<", 1)
    assert [each[1:] for each in check_readme(wrong, NUMBERS)] == [("1,235", "1,234")]
    assert render_readme(wrong, NUMBERS) == README


def test_readme_with_an_unknown_name_is_refused():
    wrong = json.loads(json.dumps(README).replace("=pending:", "=pendign:"))
    assert "pendign" in next(check_readme(wrong, NUMBERS))[0]
    with pytest.raises(ValueError, match="pendign"):
        render_readme(wrong, NUMBERS)
