"""The site's pages, made from data, and its build, which leaves the old site where it fails."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import re

import pytest

from helpers.publish import site
from helpers.publish.chapters import build_chapter, link_numbers
from helpers.publish.site import SiteError
from helpers.study import InputError, ReleaseInfo

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


def link(said, source):
    """Link a passage's numbers, and write each link as [name=printed]."""
    linked = link_numbers(said, source, NUMBERS, "index")
    return re.sub(
        r'<a class="number" href="numbers.html#number-(\w+)">(.*?)</a>', r"[\1=\2]", linked
    )


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
        linked = link(said, source)
        assert linked == "In [year=2025] there were [n=5], and [n=5] in 5 places."

    def test_fragments_that_the_code_puts_together_are_found(self):
        source = 'tail = "; most in {place}" if x else "; nowhere"\npage.say("{n} waited" + tail)'
        linked = link("5 waited; most in the United States", source)
        assert linked == "[n=5] waited; most in [place=the United States]"

    def test_code_is_left_alone(self):
        source = 'page.say("set `year={year}` for {year} alone")'
        linked = link("set `year=2025` for 2025 alone", source)
        assert linked == "set `year=2025` for [year=2025] alone"


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
            '<div class="scroll short" role="region" tabindex="0" aria-label="Rates &amp; more">'
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


CITATION = {
    "title": "A study: 50 % & more",
    "authors": [{"family-names": "Doe", "given-names": "Ann"}, {"name": "The Body"}],
    "version": "0.1.0", "date-released": dt.date(2026, 11, 24), "license": "MIT",
    "references": [{"type": "database", "title": "Database", "authors": [{"name": "UNHCR"}],
                    "publisher": {"name": "UNHCR"}, "url": "https://example.org/"}],
}  # fmt: skip


def make_release(name, published, period="end"):
    return ReleaseInfo(
        name=name, title=f"Trends {name}", published=published, first_year=2000,
        newest_year=int(name[:4]), period=period, origins=("CHN", "HKG"),
    )  # fmt: skip


SUMMED = {"summed": {"value": 1250803, "texts": ["1,250,803"], "notebook": "03_eras"}}


class TestFillPage:
    def fill(self, text, page="a/b.md"):
        return site.fill_page(page, text, SUMMED, {"3.10": RECORD}, {"piece": "made"})

    def test_a_number_is_rendered_and_linked(self):
        text = self.fill("{number}`summed:,` or {number}`summed`")
        link = '<a class="number" href="../numbers.html#number-summed">1,250,803</a>'
        assert text == f"{link} or {link}"

    def test_pieces_figures_and_sections_of_readme_are_put_in(self):
        text = self.fill("<!--made: piece--> <!--figure: 3.10-->", "index.md")
        assert text.startswith('made <figure class="study-figure">')
        assert "<!--" not in self.fill("<!--readme: What the data do not show-->")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{number}`nobody`", "method asks for the number nobody,"),
            ("<!--figure: 9.9-->", "method asks for 9.9; there is: 3.10"),
            ("<!--made: none-->", "method asks for none; there is: piece"),
            ("<!--readme: Nowhere-->", "no section 'Nowhere'"),
        ],
    )
    def test_what_is_not_there_is_refused(self, text, said):
        with pytest.raises(ValueError, match=said):
            self.fill(text, "method.md")

    def test_a_section_ends_at_the_next_heading(self):
        text = "# A\n\n## One\n\nfirst\n\n### Two\n\nsecond\n\n## Three\n"
        assert site.take_section(text, "One") == "first"
        assert site.take_section(text, "Two") == "second"


class TestCiting:
    def test_bibtex_escapes_and_keeps_bodies_whole(self):
        entry = site.cite_study(CITATION)
        assert r"title = {{A study: 50 \% \& more}}," in entry
        assert "author = {Doe, Ann and {The Body}}," in entry
        assert entry.count("{") == entry.count("}")

    def test_a_release_is_cited_with_its_day(self):
        entry = site.cite_release(make_release("2025-end", dt.date(2026, 6, 25)), CITATION)
        assert entry.startswith("@misc{unhcr_2025_end,")
        assert "year = {2026}," in entry
        assert "note = {Release 2025-end, published 25 June 2026; CC BY 4.0}" in entry


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec",
                        lambda name: None if name == "sphinx" else find(name))  # fmt: skip
    with pytest.raises(InputError, match=r"the site needs sphinx, which is not installed: `make"):
        site.check_target(tmp_path)


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(InputError, match="holds other files than a site"):
        site.check_target(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        site.check_target(tmp_path / "thesis.docx")
    (tmp_path / "empty").mkdir()
    site.check_target(tmp_path / "empty")
    site.check_target(tmp_path / "none")


def test_a_site_takes_the_old_one_s_place_whole(tmp_path):
    target, pages = tmp_path / "_site", tmp_path / "html"
    for text in ("old", "new"):
        pages.mkdir()
        (pages / "index.html").write_text(text)
        (pages / f"{text}.html").touch()
        site.replace_folder(pages, target)
    assert sorted(each.name for each in target.iterdir()) == ["index.html", "new.html"]
    assert [each.name for each in tmp_path.iterdir()] == ["_site"]


def write_source(folder, text):
    folder.mkdir()
    (folder / "conf.py").write_text('extensions = ["myst_parser"]\nhtml_theme = "basic"\n')
    (folder / "index.md").write_text(text)


def test_sphinx_s_warning_fails_the_build(tmp_path):
    write_source(tmp_path / "source", "# Title\n\n[gone](nowhere.md)\n")
    with pytest.raises(SiteError, match=r"Sphinx found faults:\nindex.md:3: WARNING") as caught:
        site.run_sphinx(tmp_path / "source", tmp_path / "html")
    assert str(tmp_path) not in str(caught.value)


def make_run(folder, numbers):
    (folder / "tables").mkdir(parents=True)
    (folder / "numbers.json").write_text(numbers)
    return folder


@pytest.mark.parametrize(
    ("numbers", "said"), [("{}", "a part fails"), ('{"a": 1}', "not what a run gives now")]
)
def test_a_failed_build_leaves_the_old_site(tmp_path, monkeypatch, numbers, said):
    target = tmp_path / "_site"
    target.mkdir()
    (target / "searchindex.js").write_text("old")
    make_run(tmp_path / "figures", "{}")

    def fail(*_):
        raise SiteError("a part fails")

    monkeypatch.setattr(site, "assemble", fail)
    monkeypatch.setattr(site.paths, "root", lambda: tmp_path)
    with pytest.raises(SiteError, match=said):
        site.build_site(make_run(tmp_path / "run", numbers), target)
    assert (target / "searchindex.js").read_text() == "old"
    assert not list((tmp_path / "build").glob("*"))
