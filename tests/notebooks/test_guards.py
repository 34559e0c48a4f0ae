"""What must hold for the committed notebooks, figures and pages without running anything.

`asylum check` runs this file, `asylum check --quick` nothing else.
"""

from __future__ import annotations

import json
import re

import pytest

from helpers import paths
from helpers.lessons.editions import check_editions
from helpers.publish.replication import check_readme, render_replication
from helpers.running.bless import README, REPLICATION
from helpers.running.guards import check_figures, check_notebook, check_pictures, check_prose
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import read_paired
from helpers.running.results import NUMBERS

SOURCES = list_notebooks()
FILES = {file.name: file.read_bytes() for file in sorted(paths.figures().glob("*.*"))
         if not file.name.startswith(".")}  # fmt: skip
COMMITTED = json.loads(FILES.pop(NUMBERS))


def say(findings) -> str:
    return "\n".join(each.describe() for each in findings)


def test_every_notebook_has_both_its_files():
    paired = {file.stem for file in paths.notebooks().glob("*.ipynb")}
    assert paired == {source.stem for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_a_notebook_is_paired_executed_in_order_and_quiet(source):
    assert say(check_notebook(source, read_paired(source.with_suffix(".ipynb")))) == ""


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_its_prose_states_the_numbers_of_the_run(source):
    notebook = read_paired(source.with_suffix(".ipynb"))
    assert say(check_prose(source.stem, notebook, COMMITTED)) == ""


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_its_pictures_are_those_in_figures(source):
    notebook = read_paired(source.with_suffix(".ipynb"))
    assert say(check_pictures(source.stem, notebook, FILES)) == ""


def test_each_figure_has_its_files_and_the_digest_of_its_data():
    assert say(check_figures(FILES)) == ""


def test_readme_states_the_numbers_of_the_run():
    text = (paths.root() / README).read_text(encoding="utf-8")
    assert list(check_readme(text, COMMITTED)) == []


def test_the_list_of_figures_and_tables_is_up_to_date():
    text = (paths.root() / REPLICATION).read_text(encoding="utf-8")
    notebooks = {file.stem: read_paired(file.with_suffix(".ipynb")) for file in SOURCES}
    assert render_replication(text, notebooks, FILES) == text


def test_both_editions_of_the_lessons_agree():
    assert say(check_editions()) == ""


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.stem)
def test_a_passage_of_text_has_a_folded_cell_of_its_own(source):
    for cell in read_paired(source.with_suffix(".ipynb")).cells:
        if cell.cell_type == "code" and cell.source.startswith("say("):
            assert cell.metadata == {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
        elif cell.cell_type == "code":
            assert not re.search(r"^say\(", cell.source, re.M), cell.source
