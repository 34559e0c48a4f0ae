"""Chapters of the site: folded code, anchors, figures with their words, numbers that lead on."""

from __future__ import annotations

import json
import re

import pytest

from helpers.publish.site import pictures
from helpers.publish.site.chapters import build_chapter
from helpers.publish.site.linked import link_numbers
from helpers.publish.site.trace import read_trace

NUMBERS = {
    "n": {"value": 5, "texts": ["5"], "notebook": "03_eras"},
    "year": {"value": 2025, "texts": ["2025"], "notebook": "03_eras"},
    "place": {"value": "the United States", "texts": ["the United States"], "notebook": "03_eras"},
}
RECORD = {
    "id": "eras-pending", "number": "3.10", "title": "Most in 2024",
    "caption": "Figure 3.10. Most in 2024. Claims & years. Source: UNHCR.", "alt": 'Line "up" <1>',
    "data": {"columns": ["year", "pending"], "rows": [[2024, 5], [2025, None]]},
}  # fmt: skip


def mark(name, printed):
    return f"[{name}={printed}]"


def code(source, *outputs, **metadata):
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": list(outputs)}


def shown(**data):
    return {"output_type": "execute_result", "data": data, "metadata": {}}


def text(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


class TestLinkNumbers:
    def test_a_number_is_the_one_that_the_sentence_states_there(self):
        source = 'page.say("In {year} there were {n:words}, and {n} in 5 places.")'
        said = "In 2025 there were 5, and 5 in 5 places."
        linked = link_numbers(said, source, NUMBERS, mark)
        assert linked == "In [year=2025] there were [n=5], and [n=5] in 5 places."

    def test_fragments_that_the_code_puts_together_are_found(self):
        source = 'tail = "; most in {place}" if x else "; nowhere"\npage.say("{n} waited" + tail)'
        linked = link_numbers("5 waited; most in the United States", source, NUMBERS, mark)
        assert linked == "[n=5] waited; most in [place=the United States]"

    def test_code_is_left_alone(self):
        source = 'page.say("set `year={year}` for {year} alone")'
        linked = link_numbers("set `year=2025` for 2025 alone", source, NUMBERS, mark)
        assert linked == "set `year=2025` for [year=2025] alone"

    def test_a_number_that_nobody_named_is_no_link(self):
        assert link_numbers("5 of 7", 'page.say("{x} of 7")', NUMBERS, mark) == "5 of 7"

    @pytest.mark.parametrize("source", ['"{}"', '"{a b}"', '"{n"', '"{n}"'])
    def test_other_braces_are_passed_over(self, source):
        assert link_numbers("5", source, NUMBERS, mark) == "5"


class TestBuildChapter:
    page = "notebooks/03_eras"

    def build(self, *cells, page=page):
        notebook = {"cells": [text("# Title"), *cells], "metadata": {}, "nbformat": 4}
        before = json.dumps(notebook)
        chapter = build_chapter(page, notebook, {"3.10": RECORD}, NUMBERS)
        assert json.dumps(notebook) == before, "the notebook itself was changed"
        return chapter["cells"]

    def test_code_is_folded_under_its_number_and_the_parameters_are_not(self):
        cells = self.build(code("a = 1\nb = 2"), code("study = 1", tags=["parameters"]))
        folded, parameters = [each for each in cells if each["cell_type"] == "code"]
        assert folded["metadata"]["tags"] == ["hide-input"]
        assert folded["metadata"]["mystnb"]["code_prompt_show"] == "Code of cell 2, 2 lines"
        assert parameters["metadata"] == {"tags": ["parameters"]}
        assert [each["source"] for each in cells if "cell-anchor" in each["source"]] == [
            f'<div class="cell-anchor" id="cell-{count}"></div>' for count in (2, 3)
        ]

    def test_a_figure_has_number_caption_words_and_files(self):
        picture = shown(**{"image/png": "eA==", "text/plain": "Figure 3.10. x [data sha256 0a1b]"})
        words = shown(**{"text/html": "<details>", "text/plain": "Figure 3.10 in words: y"})
        outputs = self.build(code("page.figure(fig)", picture, words))[3]["outputs"]
        assert len(outputs) == 1, "the words stand in the figure"
        html = outputs[0]["data"]["text/html"]
        assert 'id="figure-3-10"' in html
        assert 'alt="Line &quot;up&quot; &lt;1&gt;"' in html
        assert "<strong>Figure 3.10.</strong> Most in 2024. Claims &amp; years." in html
        hrefs = re.findall(r'(?:href|src)="([^"]*)"', html)
        assert {each.rpartition(".")[2] for each in hrefs} == {"svg", "png", "csv"}
        assert all(each.startswith("../figures/eras-pending.") for each in hrefs)

    def test_a_table_stands_in_a_region_with_its_name(self):
        table = "<table><caption><strong>Rates &amp; more</strong></caption></table>"
        html = self.build(code("x", shown(**{"text/html": table})))[3]["outputs"][0]["data"]
        assert html["text/html"].startswith(
            '<div class="scroll" role="region" tabindex="0" aria-label="Rates &amp; more">'
        )

    def test_a_sentence_s_number_leads_to_its_row(self):
        said = shown(**{"text/markdown": "In 2025", "text/plain": "In 2025"})
        data = self.build(code('page.say("In {year}")', said))[3]["outputs"][0]["data"]
        link = '<a class="number" href="../numbers.html#number-year">2025</a>'
        assert data == {"text/markdown": f"In {link}"}

    def test_a_saved_table_is_offered(self):
        cells = self.build(code('page.save(frame, "eras.csv")'))
        assert 'href="../tables/eras.csv"' in cells[-1]["source"]

    def test_solutions_are_folded_whole_and_exercises_are_open(self):
        for page, tags in (("exercises/solutions/01", ["hide-cell"]), ("exercises/01", None)):
            cells = self.build(code("a = 1"), page=f"notebooks/{page}")
            assert cells[3]["metadata"].get("tags") == tags

    def test_a_lesson_s_figure_is_its_own(self):
        look = {"image/png": {"alt": "A bar"}}
        data = {"image/png": "eA==", "text/plain": "Figure 3.10. Other [data sha256 0a1b]"}
        output = {"output_type": "display_data", "data": data, "metadata": look}
        cells = self.build(code("x", output), page="notebooks/exercises/01")
        html = cells[3]["outputs"][0]["data"]["text/html"]
        assert '<img alt="A bar" src="data:image/png;base64,eA=="' in html
        assert "Most in 2024" not in html


def test_the_data_of_a_figure_is_handed_out():
    files = pictures.list_files({"eras-pending.json": json.dumps(RECORD).encode()})
    assert files["_extra/figures/eras-pending.csv"] == "year,pending\n2024,5\n2025,\n"


class TestTrace:
    cells = (
        "from helpers.analysis import measures\nfrom helpers.analysis.eras import divide",
        "rows = measures.select_origin(core.pending)\nlast = rows.iloc[-1]",
        "page.define(last_year=int(last['year']), share=divide(1, 2), fixed=7)",
        'page.save(rows, "pending.csv")\nother = 5\npage.save(other, "other.csv")',
    )

    def trace(self):
        return read_trace({"cells": [text("# T"), *(code(each) for each in self.cells)]})

    def test_a_number_is_followed_to_its_cell_function_and_table(self):
        trace = self.trace()
        made = trace.find_definition("last_year")
        assert made.cell == 4
        assert trace.list_functions(made) == ["helpers.analysis.measures.select_origin"]
        assert trace.list_tables(made) == ["pending.csv"]

    def test_a_function_in_the_definition_is_nearest(self):
        trace = self.trace()
        made = trace.find_definition("share")
        assert trace.list_functions(made) == ["helpers.analysis.eras.divide"]

    def test_what_rests_on_nothing_has_nothing(self):
        trace = self.trace()
        made = trace.find_definition("fixed")
        assert trace.list_functions(made) == trace.list_tables(made) == []
        assert trace.find_definition("unknown") is None

    def test_numbers_that_are_defined_many_at_a_time_are_found(self):
        cells = ["page.define(**describe(scope))", 'page.define(**{f"n_{x}": x for x in rows})',
                 "page.define(**describe(rows))"]  # fmt: skip
        trace = read_trace({"cells": [code(each) for each in cells]})
        assert trace.find_definition("n_large", [2]).cell == 2
        assert trace.find_definition("title", [1]).cell == 1
        assert trace.find_definition("title", [3, 9]).cell == 3
