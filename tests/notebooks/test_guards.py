"""What must hold for the committed notebooks, figures and pages without running anything.

`asylum check` runs this file, `asylum check --quick` nothing else.
"""

import base64
import json
import re
from collections import defaultdict

import pytest

from helpers import paths
from helpers.lessons.editions import check_editions
from helpers.plots.figures import digest_plain
from helpers.prose.passages import NAMES, find_typed_numbers
from helpers.publish.replication import (
    list_made,
    render_codecheck,
    render_readme,
    render_replication,
)
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import check_notebook, read_outputs, read_paired
from helpers.running.reference import CODECHECK, README, REPLICATION
from helpers.running.runs import NUMBERS, name_run
from helpers.study import Study

SOURCES = list_notebooks()
FILES = {file.name: file.read_bytes() for file in sorted(paths.figures().glob("*.*"))
         if not file.name.startswith(".")}  # fmt: skip
COMMITTED = json.loads(FILES.pop(NUMBERS))


def test_every_notebook_has_both_its_files():
    paired = {file.stem for file in paths.notebooks().glob("*.ipynb")}
    assert paired == {source.stem for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_a_notebook_is_paired_executed_in_order_and_quiet(source):
    assert "\n".join(check_notebook(source, read_paired(source.with_suffix(".ipynb")))) == ""


def find_other_numbers(notebook, numbers):
    """Return what the rendered prose states with digits and is no text of a named number."""
    texts = {text for number in numbers.values() for text in number["texts"]}
    known = sorted(map(re.escape, texts), key=len, reverse=True)
    pattern = rf"(?<![\w.,])(?:{'|'.join(known)})(?![\w]|[.,]\d)" if known else r"(?!)"
    shown = [output for cell in notebook.cells for output in read_outputs(cell)]
    return [
        f"prose states a number that the run has not: {word}"
        for kind, text in shown
        if kind == "text/markdown"
        for word in find_typed_numbers(re.sub(pattern, " ", NAMES.sub(" ", text)))
    ]


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_its_prose_states_the_numbers_of_the_run(source):
    notebook = read_paired(source.with_suffix(".ipynb"))
    assert find_other_numbers(notebook, COMMITTED) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_its_pictures_are_those_in_figures(source):
    known = defaultdict(list)
    for record, name in ((json.loads(FILES[name]), name) for name in FILES if name[-5:] == ".json"):
        known[record["data_sha256"]].append(FILES.get(f"{name[:-5]}.png"))
    for cell in read_paired(source.with_suffix(".ipynb")).cells:
        for data in (output.get("data", {}) for output in cell.get("outputs", [])):
            digest = re.search(r"\[data sha256 ([0-9a-f]+)\]", data.get("text/plain", ""))
            if digest and "image/png" in data:
                assert digest[1] in known, f"no figure has digest {digest[1]}"
                assert base64.b64decode(data["image/png"]) in known[digest[1]]


def test_each_figure_has_its_files_and_the_digest_of_its_data():
    stems = sorted({name.rpartition(".")[0] for name in FILES})
    files = [f"{stem}.{ending}" for stem in stems for ending in ("svg", "png", "json")]
    found = [f"figures/{name}: missing" for name in files if name not in FILES]
    for name in (name for name in files if name.endswith("json") and name in FILES):
        record = json.loads(FILES[name])
        if digest_plain(record["data"]["columns"], record["data"]["rows"]) != record["data_sha256"]:
            found.append(f"figures/{name}: the digest is not the data's")
    assert "\n".join(found) == ""


def test_readme_states_the_numbers_of_the_run():
    text = (paths.root() / README).read_text(encoding="utf-8")
    assert render_readme(text, COMMITTED) == text


def test_the_lists_of_figures_and_tables_are_up_to_date():
    notebooks = {file.stem: read_paired(file.with_suffix(".ipynb")) for file in SOURCES}
    made = list_made(notebooks, FILES)
    text = (paths.root() / REPLICATION).read_text(encoding="utf-8")
    assert render_replication(text, made) == text
    text = (paths.root() / CODECHECK).read_text(encoding="utf-8")
    assert render_codecheck(text, made, f"runs/{name_run(Study.resolve())}") == text


def test_both_editions_of_the_lessons_agree():
    assert check_editions() == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_the_cell_of_a_passage_of_text_is_folded(source):
    for cell in read_paired(source.with_suffix(".ipynb")).cells:
        if cell.cell_type == "code" and re.search(r"^say\(", cell.source, re.M):
            assert cell.metadata == {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
