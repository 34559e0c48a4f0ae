"""What must hold for the committed notebooks, figures and pages without running anything.

`asylum check` runs this file, `asylum check --quick` nothing else.
"""

import base64
import json
import re
from collections import defaultdict

import pytest
from plain.faults import find_typed_numbers

from helpers import paths
from helpers.lessons.editions import derive_edition
from helpers.plots.figures import digest_plain
from helpers.prose.passages import NAMES
from helpers.publish import replication
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import read_paired, read_source
from helpers.running.reference import CODECHECK, README, REPLICATION
from helpers.running.runs import NUMBERS, name_run
from helpers.study import Study

SOURCES = list_notebooks()
LESSONS = list_notebooks(paths.solutions()) if paths.solutions().is_dir() else ()
STUDENTS = [paths.exercises() / source.name for source in LESSONS]
FILES = {file.name: file.read_bytes() for file in sorted(paths.figures().glob("*.*"))
         if not file.name.startswith(".")}  # fmt: skip
COMMITTED = json.loads(FILES.pop(NUMBERS))


@pytest.mark.parametrize("sources", [each for each in (SOURCES, LESSONS, STUDENTS) if each])
def test_every_notebook_has_both_its_files_and_there_are_no_others(sources):
    folder = sources[0].parent
    wanted = {source.with_suffix(ending) for source in sources for ending in (".py", ".ipynb")}
    assert {file for file in folder.glob("[!.]*.*") if file.suffix in (".py", ".ipynb")} == wanted


def describe(cell):
    return f"[{cell.cell_type}: {cell.metadata.get('tags', [])}]\n{cell.source.strip()}"


@pytest.mark.parametrize(
    "source", [*SOURCES, *LESSONS, *STUDENTS], ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_a_notebook_is_paired_executed_in_order_and_quiet(source):
    notebook = read_paired(source.with_suffix(".ipynb"))
    cells = notebook.cells
    paired = [describe(cell) for cell in read_source(source).cells]
    assert [describe(cell) for cell in cells] == paired, "the .py and the .ipynb differ"
    assert notebook.metadata.kernelspec.name == "python3"
    assert not any("papermill" in each.metadata for each in (notebook, *cells)), "holds a run"
    code = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.execution_count for cell in code]
    assert counts == [*range(1, len(code) + 1)], "not executed, or not in order"
    loud = [each for cell in code for each in cell.outputs
            if each.output_type == "error" or each.get("name") == "stderr"]  # fmt: skip
    assert loud == [], "an error, or words on stderr"
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert [typed for text in texts for typed in find_typed_numbers(text)] == [], "typed by hand"


def find_other_numbers(notebook, numbers):
    """Return what the rendered prose states with digits and is no text of a named number."""
    texts = {text for number in numbers.values() for text in number["texts"]}
    known = sorted(map(re.escape, texts), key=len, reverse=True)
    pattern = rf"(?<![\w.,])(?:{'|'.join(known)})(?![\w]|[.,]\d)" if known else r"(?!)"
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = [output.get("data", {}).get("text/markdown", "") for output in outputs]
    return [
        f"prose states a number that the run has not: {word}"
        for text in shown
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
    assert replication.render_readme(text, COMMITTED) == text


def test_the_lists_of_figures_and_tables_are_up_to_date():
    notebooks = {file.stem: read_paired(file.with_suffix(".ipynb")) for file in SOURCES}
    made = replication.list_made(notebooks, FILES)
    text = (paths.root() / REPLICATION).read_text(encoding="utf-8")
    assert replication.render_replication(text, made) == text
    text = (paths.root() / CODECHECK).read_text(encoding="utf-8")
    place = f"runs/{name_run(Study.resolve())}"
    assert replication.render_codecheck(text, made, place) == text


@pytest.mark.parametrize("source", LESSONS, ids=lambda file: file.stem)
def test_a_student_edition_is_what_the_solution_gives(source):
    wanted = derive_edition(source.read_text(encoding="utf-8"), source.name)
    assert (paths.exercises() / source.name).read_text(encoding="utf-8") == wanted


@pytest.mark.parametrize("source", [*SOURCES, *STUDENTS], ids=lambda file: file.stem)
def test_the_cell_of_a_passage_of_text_is_folded(source):
    for cell in read_paired(source.with_suffix(".ipynb")).cells:
        if cell.cell_type == "code" and re.search(r"^say\(", cell.source, re.M):
            assert cell.metadata == {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}


@pytest.mark.parametrize(("text", "typed"), [
    ("# 3 Eras\n\n## 3.1 Validation", []),
    ("1. first\n2. second", []),
    ("See Figure 3.1, Table 2, Figures 4.1 and 4.2, notebook 03 and 04_destinations.", []),
    ("With `year_to=2021` and\n```\nx = 5\n```", []),
    ("Under [CC BY 4.0](https://example.org/by/4.0/), release 2025-end, ISO3.", []),
    ("<https://example.org/2021/06>", []),
    ("About 1,234 people.", ["1,234"]),
    ("In Figure 3.1 there are 40 points.", ["40"]),
    ("It doubled, 2x.", ["2x."]),
])  # fmt: skip
def test_a_digit_in_text_names_something_or_is_found(text, typed):
    assert find_typed_numbers(text) == typed
