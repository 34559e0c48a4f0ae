"""The report needs nothing but itself, and a reader finds their way in it."""

import base64
import hashlib
import re

import nbformat
import pytest
from browsing.made_run import MANIFEST

from helpers.publish.report import render_run

REPORTED = MANIFEST | {"name": "china-2025-end"}
TABLE = '<table id="t"><caption><strong>Pending</strong></caption><tr><td>1</td></tr></table>'


def make_notebook(folder, name, *outputs, text="# Title\n\n## Limits\n\nSome *words*."):
    """Put a notebook into a run's folder, and return the folder."""
    code = nbformat.v4.new_code_cell("print('<b>')", outputs=list(outputs))
    hidden = nbformat.v4.new_code_cell("run_dir = 'x'", metadata={"tags": ["injected-parameters"]})
    cells = [nbformat.v4.new_markdown_cell(text), hidden, code]
    (folder / "notebooks").mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "notebooks" / f"{name}.ipynb")
    return folder


def make_result(**data):
    data = {name.replace("_", "/"): text for name, text in data.items()}
    metadata = (
        {"image/png": {"alt": 'A "line" & more.', "width": 700}} if "image/png" in data else {}
    )
    return nbformat.v4.new_output("execute_result", data, metadata=metadata)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    outputs = [
        make_result(image_png="aGVs\nbG8=", text_plain="Figure 3.1. Caption. [data sha256 00ff]"),
        make_result(text_html=TABLE, text_plain="Pending"),
        make_result(text_markdown="Said **5**.", text_plain="Said 5."),
        nbformat.v4.new_output("stream", name="stdout", text="a < b\n"),
    ]
    folder = make_notebook(tmp_path_factory.mktemp("run"), "03_eras", *outputs)
    for name in ("01_fetch", "04_places"):
        make_notebook(folder, name)
    return render_run(folder, REPORTED)


def test_nothing_is_loaded_and_the_policy_allows_the_page_s_own_style_alone(page):
    sources = re.findall(r'<(\w+)[^>]* (?:src|href)="([^"]*)"', page)
    assert {(tag, each.partition(":")[0]) for tag, each in sources if each[0] != "#"} == {
        ("img", "data"), ("a", "https"),
    }  # fmt: skip
    assert not re.search(r"<script|@import|url\(| style=| on\w+=", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ")[:3] == [
        "default-src 'none'", "img-src data:", f"style-src 'sha256-{digest}'",
    ]  # fmt: skip


def test_the_contents_lead_to_headings_that_go_down_by_one(page):
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert {link for link in re.findall(r'href="#([^"]*)"', page)} <= set(ids)
    assert page.count("<h1") == 1
    assert re.findall(r"<h2 id[^>]*>(.*?)</h2>", page)[:-1] == ["Title"] * 3
    assert page.count(">Limits</a>") == 2  # an appendix stands there by its title alone
    assert "¶" not in page
    order = re.findall(r'<section class="chapter">\s*<(\w+)', page)
    assert order == ["div", "div", "details"]
    assert page.index('<details class="appendix"') > page.index('id="04_places-1"')


def test_the_answer_comes_first_and_how_it_was_made_last(page):
    top, foot = page[: page.index("<nav")], page[page.index("<footer") :]
    assert "<li><strong>Many</strong> claims &amp; few.</li>" in top
    assert "Asylum-seekers from China, by leadership era" in top
    for fact in ("2025-end", "year_to 2025", "0" * 64, "UNHCR Refugee Population Statistics"):
        assert fact in foot
    assert 'href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>' in foot
    assert "terms-use-datasets" in foot


def test_a_picture_is_embedded_with_its_words(page):
    assert 'src="data:image/png;base64,aGVsbG8=" alt="A &#34;line&#34; &amp; more."' in page
    assert "<strong>Figure 3.1.</strong> Caption." in page
    assert "<summary>Figure 3.1 in words</summary><p>A &#34;line&#34; &amp; more.</p>" in page


def test_a_table_of_the_prose_is_framed_and_a_long_one_folded_under_its_caption(tmp_path):
    rows = "<tr><td>1</td></tr>" * 30
    table = f"<table><caption><strong>Long</strong></caption><tr><th>A</th></tr>{rows}</table>"
    long = make_result(text_html=table, text_plain="Long")
    prose = '| A | "B" |\n|---|---|\n| 1 | 2 |'
    html = render_run(make_notebook(tmp_path, "03_eras", long, text=prose), REPORTED)
    frame = 'class="scroll" role="group" tabindex="0" aria-label="table: A, &quot;B&quot;"'
    assert f"<div {frame}><table>" in html
    assert "<summary>Long (30 rows)</summary>" in html


def test_code_is_folded_and_escaped_and_injected_cells_are_not_shown(page):
    assert page.count('<details class="code">') == 3
    assert "<summary>code, 1 line</summary>" in page
    assert "<b>" not in page
    assert "run_dir" not in page


def test_text_outputs_and_errors_are_escaped(page, tmp_path):
    assert '<pre class="text stdout" tabindex="0">a &lt; b</pre>' in page
    assert "Said <strong>5</strong>." in page
    trace = ["\x1b[31mE\x1b[0m: <v>"]
    error = nbformat.v4.new_output("error", ename="E", evalue="v", traceback=trace)
    html = render_run(make_notebook(tmp_path, "01_one", error), REPORTED)
    assert "&lt;v&gt;" in html
    assert "\x1b" not in html
