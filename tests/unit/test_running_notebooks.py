"""A committed notebook is held to its .py, cell by cell, and must have been executed quietly."""

import re

import nbformat
import pytest

from helpers.prose.passages import find_typed_numbers
from helpers.running import notebooks
from helpers.running.inputs import list_notebooks
from helpers.study import InputError

SOURCE = """# %% [markdown]
# # 1 Title

# %% tags=["parameters"]
year = 2000  # a year

# %%
print(year)
"""


@pytest.fixture
def file(tmp_path):
    source = tmp_path / "01_one.py"
    source.write_text(SOURCE)
    save_pair(source)
    return source


def save_pair(source, change=lambda notebook: None):
    """Write the .ipynb as if executed, then changed."""
    notebook = notebooks.read_source(source)
    for count, cell in enumerate(notebook.cells[1:], start=1):
        cell.execution_count = count
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{count}\n")]
    change(notebook)
    nbformat.write(notebook, source.with_suffix(".ipynb"))


def find(file):
    """Return what is found, each as its cell (0: none) and what is wrong."""
    findings = notebooks.check_notebook(file, notebooks.read_paired(file.with_suffix(".ipynb")))
    found = [re.match(r"01_one(?:, cell (\d+))?: ([^:\n]+)", each) for each in findings]
    return [(int(each[1] or 0), each[2]) for each in found]


def strip(notebook):
    for cell in notebook.cells[1:]:
        cell.update(execution_count=None, outputs=[])


def swap_counts(notebook):
    for cell, count in zip(notebook.cells[1:], (2, 1), strict=True):
        cell.execution_count = count


def show(kind, **content):
    return lambda n: n.cells[1].outputs.append(nbformat.v4.new_output(kind, **content))


DIFFER = "the .py and the .ipynb differ"
PAPERMILL = "holds a run's metadata (papermill)"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda n: None, []),
        (strip, [(2, "was not executed"), (3, "was not executed")]),
        (lambda n: n.cells[2].update(execution_count=3), [(3, "not executed in order")]),
        (swap_counts, [(2, "not executed in order"), (3, "not executed in order")]),
        (show("stream", name="stderr", text="UserWarning"), [(2, "wrote to stderr")]),
        (show("error", ename="KeyError", evalue="", traceback=[]), [(2, "ended in an error")]),
        (lambda n: n.metadata.kernelspec.update(name="mine"), [(0, "its kernel is not python3")]),
        (lambda n: n.metadata.update(papermill={}), [(0, PAPERMILL)]),
        (lambda n: n.cells[1].metadata.update(papermill={}), [(0, PAPERMILL)]),
        (lambda n: n.cells[2].update(source="print(1)"), [(3, DIFFER)]),
        (lambda n: n.cells[1].metadata.update(tags=[]), [(2, DIFFER)]),
        (lambda n: n.cells[0].update(source="# Another"), [(1, DIFFER)]),
        (lambda n: n.cells.pop(), [(3, DIFFER)]),
        (lambda n: n.cells.append(nbformat.v4.new_markdown_cell("One")), [(4, DIFFER)]),
    ],
)
def test_a_spoiled_notebook_is_found_and_nothing_is_written(file, change, expected):
    save_pair(file, change)
    before = {each: each.read_bytes() for each in file.parent.iterdir()}
    assert find(file) == expected
    assert {each: each.read_bytes() for each in file.parent.iterdir()} == before


def test_ids_are_kept_where_a_cell_is_edited_or_moved_down(file):
    save_pair(file, lambda n: [c.update(id=f"old{i}") for i, c in enumerate(n.cells)])
    file.write_text(SOURCE.replace("print(year)", "print(year + 1)"))
    assert [each for each, _ in find(file)] == [3]
    assert [cell.id for cell in notebooks.read_source(file).cells] == ["old0", "old1", "old2"]
    file.write_text(SOURCE.replace("# %% tags", "# %%\n1 + 1\n\n# %% tags"))
    ids = [cell.id for cell in notebooks.read_source(file).cells]
    assert [ids[0], *ids[2:]] == ["old0", "old1", "old2"]
    assert len(set(ids)) == 4
    assert ids == [cell.id for cell in notebooks.read_source(file).cells]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda pair: pair.unlink(), r"01_one\.ipynb is missing"),
        (lambda pair: pair.write_text("{"), "cannot be read as a notebook"),
    ],
)
def test_a_pair_that_is_missing_or_no_notebook_is_refused(file, spoil, said):
    spoil(file.with_suffix(".ipynb"))
    with pytest.raises(InputError, match=said):
        find(file)


def test_notebooks_are_listed_in_order(tmp_path):
    for name in ("02_b.py", "01_a.py", "notes.py", "03_c.ipynb"):
        (tmp_path / name).write_text("")
    assert [file.stem for file in list_notebooks(tmp_path)] == ["01_a", "02_b"]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("# 3 Eras\n\n## 3.1 Validation", []),
        ("1. first\n2. second", []),
        ("See Figure 3.1, Table 2, Figures 4.1 and 4.2, notebook 03 and 04_destinations.", []),
        ("With `year_to=2021` and\n```\nx = 5\n```", []),
        ("Under [CC BY 4.0](https://example.org/by/4.0/), release 2025-end, ISO3.", []),
        ("<https://example.org/2021/06>", []),
        ("It grew by 216 percent.", ["216"]),
        ("It grew in 2021.", ["2021."]),
        ("About 1,234 people.", ["1,234"]),
        ("In Figure 3.1 there are 40 points.", ["40"]),
        ("It doubled, 2x.", ["2x."]),
    ],
)
def test_a_digit_in_text_names_something_or_is_found(text, typed):
    assert find_typed_numbers(text) == typed
