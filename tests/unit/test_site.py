"""The site's pages, made from data, and its build, which leaves the old site where it fails."""

import json
from unittest.mock import Mock

import pytest

from helpers.publish import site
from helpers.publish.site import LISTED
from helpers.study import FailedError, InputError

RECORD = {
    "id": "eras-pending", "number": "3.10", "title": "Most in 2024",
    "caption": "Figure 3.10. Most in 2024. Claims & years. Source: UNHCR.", "alt": 'Line "up" <1>',
    "data_sha256": "0a1b", "size": [504, 406],
    "data": {"columns": ["year"], "rows": [[2024], [None]]},
}  # fmt: skip
CARD = "Figure 3.10. x & [data sha256 0a1b]"


def code(source, *outputs, **metadata):
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": list(outputs)}


def shown(**data):
    return {"output_type": "execute_result", "data": data, "metadata": {}}


def build(*cells, page="notebooks/03_eras"):
    """Build a chapter of these cells; return what becomes of them."""
    title = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    notebook = {"cells": [title, *cells], "metadata": {}, "nbformat": 4}
    before = json.dumps(notebook)
    chapter = site.build_chapter(page, notebook, [RECORD])
    assert json.dumps(notebook) == before, "the notebook itself was changed"
    assert f'href="{"../" * page.count("/")}downloads/' in chapter["cells"][1]["source"]
    return chapter["cells"][2:]


def test_a_chapter_s_code_is_folded_and_its_parameters_and_the_lessons_are_not():
    cells = [code("a = 1", tags=["x"]), code("study = 1", tags=["parameters"])]
    assert [cell["metadata"]["tags"] for cell in build(*cells)] == [
        ["x", "hide-input"], ["parameters"],
    ]  # fmt: skip
    for page in ("exercises/01", "exercises/solutions/01"):
        assert build(code("a = 1"), page=f"notebooks/{page}")[0]["metadata"] == {}
    answer = code("a = 1", tags=["answer", "hide-cell"])
    assert build(answer, page=f"notebooks/{page}")[0]["metadata"]["tags"] == ["answer"]


def test_every_lesson_says_what_it_asks_and_how_long_it_takes(tmp_path):
    lessons = site.list_lessons(site.paths.root() / "notebooks" / "exercises")
    assert all(each["question"].endswith("?") and "\n" not in each["time"] for each in lessons)
    (tmp_path / "01_untold.py").write_text("# # Title\n")
    with pytest.raises(ValueError, match=r"01_untold.py: no title, question and time"):
        site.list_lessons(tmp_path)


def test_a_figure_of_other_data_is_its_notebook_s_own():
    data = {"image/png": "eA==", "text/plain": CARD.replace("0a1b", "ff")}
    html = build(code("x", shown(**data)))[0]["outputs"][0]["data"]["text/html"]
    assert 'src="data:image/png;base64,eA=="' in html


VALUES = {
    "numbers": {"03_eras/summed": {"value": 1250803, "texts": ["1,250,803"]}},
    "records": [RECORD], "text": "<script>*a*",
}  # fmt: skip


def fill(text):
    return site.fill_page("method.md", text, site.make_environment(VALUES))


def test_numbers_figures_and_sections_of_readme_are_put_in_and_texts_are_escaped():
    asked = '{{ number("03_eras/summed", "count(1)") }}, {{ number("03_eras/summed") }}'
    assert fill(asked) == "1,250,803.0, 1,250,803"
    assert fill("{{ text }}") == "&lt;script&gt;*a*"
    assert fill("{{ text | markdown }}") == r"\<script\>\*a\*"
    html = fill('{{ figure("eras-pending") }}')
    assert html.startswith('<figure class="study-figure">')
    assert '<img src="figures/eras-pending.svg"' in html


REFUSED = {
    '{{ number("nobody") }}': "method.md: it asks for the number nobody,",
    '{{ figure("none") }}': "method.md: it asks for figure none; there is: eras-pending",
    "{{ nobody.such }}": "method.md: 'nobody' is undefined",
}


@pytest.mark.parametrize("asked", REFUSED)
def test_what_is_not_there_is_refused(asked):
    with pytest.raises(ValueError, match=REFUSED[asked]):
        fill(asked)


def test_a_missing_library_and_someone_else_s_folder_are_refused(tmp_path, monkeypatch):
    site.check_target(tmp_path)
    site.check_target(tmp_path / "none")
    (tmp_path / "searchindex.js").touch()
    with pytest.raises(InputError, match=r"holds searchindex.js, which no build of the site put"):
        site.check_target(tmp_path)
    (tmp_path / LISTED).write_text("searchindex.js\n")
    site.check_target(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "thesis.docx").symlink_to("/nowhere")
    with pytest.raises(InputError, match=r"holds notes/thesis.docx"):
        site.check_target(tmp_path)
    with pytest.raises(InputError, match="is no folder to write to"):
        site.check_target(tmp_path / LISTED)
    monkeypatch.setattr(site, "NEEDED", ["docutils", "no_such_library"])
    with pytest.raises(InputError, match="the site needs no_such_library: `make setup` installs"):
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


def test_a_fault_that_sphinx_finds_fails_the_build(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text('extensions = ["myst_parser"]\nhtml_theme = "basic"\n')
    (source / "index.md").write_text("# Title\n\n[gone](nowhere.md)\n")
    with pytest.raises(FailedError, match=r"Sphinx found faults:\nindex.md:3: WARNING") as caught:
        site.run_sphinx(source, tmp_path / "html")
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("numbers", "said"), [("{}", "a part fails"), ('{"a": 1}', "not what a run gives now")]
)
def test_a_failed_build_leaves_the_old_site(tmp_path, monkeypatch, numbers, said):
    target = tmp_path / "_site"
    target.mkdir()
    (target / LISTED).write_text("index.html")
    (target / "index.html").write_text("old")
    for name, written in (("figures", "{}"), ("run", numbers)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "numbers.json").write_text(written)
    monkeypatch.setattr(site, "assemble", Mock(side_effect=FailedError("a part fails")))
    monkeypatch.setattr(site.paths, "root", lambda: tmp_path)
    with pytest.raises(FailedError, match=said):
        site.build_site(tmp_path / "run", target)
    assert (target / "index.html").read_text() == "old"
    assert not list((tmp_path / "build").glob("*"))
