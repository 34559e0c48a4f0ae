"""The site's pages, made from data, and its build, which leaves the old site where it fails."""

from __future__ import annotations

import base64
import json
import re
from unittest.mock import Mock

import pytest

from helpers import paths
from helpers.publish import site
from helpers.publish.site import SiteError
from helpers.study import InputError

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


def build_all(*cells, page="notebooks/03_eras"):
    title = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    notebook = {"cells": [title, *cells], "metadata": {}, "nbformat": 4}
    before = json.dumps(notebook)
    chapter, drawn = site.build_chapter(page, notebook, [RECORD])
    assert json.dumps(notebook) == before, "the notebook itself was changed"
    return chapter["cells"][1:], drawn


def build(*cells, page="notebooks/03_eras"):
    return build_all(*cells, page=page)[0][1:]


def test_a_chapter_s_code_is_folded_and_its_parameters_and_the_lessons_are_not():
    cells = [code("a = 1", tags=["x"]), code("study = 1", tags=["parameters"])]
    assert [cell["metadata"]["tags"] for cell in build(*cells)] == [
        ["x", "hide-input"], ["parameters"],
    ]  # fmt: skip
    for page in ("exercises/01", "exercises/solutions/01"):
        assert build(code("a = 1"), page=f"notebooks/{page}")[0]["metadata"] == {}


def test_a_figure_has_number_caption_words_and_files():
    picture = shown(**{"image/png": "eA==", "text/plain": CARD})
    picture["metadata"] = {"image/png": {"alt": 'Line "up" <1>'}}
    words = shown(**{"text/html": "<details>", "text/plain": "Figure 3.10 in words: y"})
    (output,) = build(code("page.figure(fig)", picture, words))[0]["outputs"]
    html = output["data"]["text/html"]
    assert 'id="figure-3-10"' in html
    assert 'alt="Line &quot;up&quot; &lt;1&gt;"' in html
    assert "<strong>Figure 3.10.</strong> x &amp;" in html
    hrefs = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert {each.rpartition(".")[2] for each in hrefs} == {"svg", "png", "csv"}
    assert all(each.startswith("../figures/eras-pending.") for each in hrefs)


def test_a_figure_of_other_data_is_its_notebook_s_own():
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (1400).to_bytes(4) + (900).to_bytes(4)
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": CARD.replace("0a1b", "ff")}
    (files, cell), drawn = build_all(code("x", shown(**data)), page="notebooks/a/b")
    html = cell["outputs"][0]["data"]["text/html"]
    assert 'src="../../pictures/ff.png"' in html
    assert 'width="1400" height="900" loading="lazy"' in html
    assert drawn == {"pictures/ff.png": png}
    assert 'href="../../downloads/a/b.ipynb"' in files["source"]


def test_a_table_stands_in_a_region_with_its_name():
    table = "<table><caption><strong>Rates &amp; more</strong></caption></table>"
    html = build(code("x", shown(**{"text/html": table})))[0]["outputs"][0]["data"]["text/html"]
    assert html.startswith(
        '<div class="scroll" role="region" tabindex="0" aria-label="Rates &amp; more">'
    )


VALUES = {
    "numbers": {"03_eras/summed": {"value": 1250803, "texts": ["1,250,803"]}},
    "records": [RECORD], "made": {"piece": "<b>made</b>"},
}  # fmt: skip


def test_numbers_pieces_figures_and_sections_of_readme_are_put_in():
    asked = '{{ number("03_eras/summed", "about") }}, {{ number("03_eras/summed") }}'
    assert site.fill_page("a.md", asked, VALUES) == "1,250,000, 1,250,803"
    assert site.fill_page("a.md", '{{ made["piece"] }}', VALUES) == "<b>made</b>"
    html = site.fill_page("a.md", '{{ figure("eras-pending") }}', VALUES)
    assert html.startswith('<figure class="study-figure"><img src="figures/eras-pending.svg"')
    section = site.fill_page("a.md", '{{ readme("What the data do not show") }}', VALUES)
    assert section.startswith("- **")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('{{ number("nobody") }}', "method asks for the number nobody,"),
        ('{{ figure("none") }}', "method asks for figure none; there is: eras-pending"),
        ('{{ made["none"] }}', "method: .* has no attribute 'none'"),
        ('{{ readme("Nowhere") }}', "no section 'Nowhere'"),
    ],
)
def test_what_is_not_there_is_refused(asked, said):
    with pytest.raises(ValueError, match=said):
        site.fill_page("method.md", asked, VALUES)


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "NEEDED", ["docutils", "no_such_library"])
    with pytest.raises(InputError, match="the site needs no_such_library, which is not installed"):
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


PLAIN = 'extensions = ["myst_parser"]\nhtml_theme = "basic"\n'
OURS = (paths.root() / "docs" / "site" / "conf.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("conf", "said"),
    [
        (PLAIN, "index.md:3: WARNING"),
        (OURS, r"(.*\n)*.*conf.py asks for figure eras-ratios; there is: other"),
    ],
    ids=["a dead link", "a card without a figure"],
)
def test_a_fault_that_sphinx_finds_fails_the_build(tmp_path, conf, said):
    source = tmp_path / "source"
    (source / "_extra" / "figures").mkdir(parents=True)
    (source / "_extra" / "figures" / "other.png").touch()
    (source / "conf.py").write_text(conf)
    (source / "index.md").write_text("# Title\n\n[gone](nowhere.md)\n")
    with pytest.raises(SiteError, match=rf"Sphinx found faults:\n{said}") as caught:
        site.run_sphinx(source, tmp_path / "html")
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("numbers", "said"), [("{}", "a part fails"), ('{"a": 1}', "not what a run gives now")]
)
def test_a_failed_build_leaves_the_old_site(tmp_path, monkeypatch, numbers, said):
    target = tmp_path / "_site"
    target.mkdir()
    (target / "searchindex.js").write_text("old")
    for name, written in (("figures", "{}"), ("run", numbers)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "numbers.json").write_text(written)
    monkeypatch.setattr(site, "assemble", Mock(side_effect=SiteError("a part fails")))
    monkeypatch.setattr(site.paths, "root", lambda: tmp_path)
    with pytest.raises(SiteError, match=said):
        site.build_site(tmp_path / "run", target)
    assert (target / "searchindex.js").read_text() == "old"
    assert not list((tmp_path / "build").glob("*"))
