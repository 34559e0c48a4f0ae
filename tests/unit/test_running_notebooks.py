"""A notebook's .ipynb is held to its .py, cell by cell, and nothing is written."""

import nbformat
import pytest

from helpers.running import notebooks
from helpers.running.inputs import list_notebooks
from helpers.study import InputError

SOURCE = """# %% [markdown]
# # Title

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
    notebook = notebooks.read_source(source)
    change(notebook)
    nbformat.write(notebook, source.with_suffix(".ipynb"))


def compare(file):
    source = notebooks.read_source(file)
    return notebooks.compare_inputs(source, notebooks.read_paired(file.with_suffix(".ipynb")))


def test_a_pair_agrees_and_nothing_is_written(file):
    before = {each: each.read_bytes() for each in file.parent.iterdir()}
    assert compare(file) == []
    assert {each: each.read_bytes() for each in file.parent.iterdir()} == before


def test_an_edited_source_is_found_with_its_cell(file):
    file.write_text(SOURCE.replace("print(year)", "print(year + 1)"))
    ((cell, source, paired),) = compare(file)
    assert (cell, "year + 1" in source, "year + 1" in paired) == (3, True, False)


@pytest.mark.parametrize("change", [
    lambda notebook: notebook.cells[2].update(source="print(1)"),
    lambda notebook: notebook.cells[1].metadata.update(tags=[]),
    lambda notebook: notebook.cells[0].update(source="# Another"),
    lambda notebook: notebook.cells.pop(),
    lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell("1")),
    lambda notebook: notebook.cells.reverse(),
])  # fmt: skip
def test_an_edited_pair_is_found(file, change):
    save_pair(file, change)
    assert compare(file)


def test_ids_are_kept_where_a_cell_is_edited_or_moved_down(file):
    save_pair(file, lambda n: [c.update(id=f"old{i}") for i, c in enumerate(n.cells)])
    file.write_text(SOURCE.replace("print(year)", "print(year + 1)"))
    assert [cell.id for cell in notebooks.read_source(file).cells] == ["old0", "old1", "old2"]
    file.write_text(SOURCE.replace("# %% tags", "# %%\n1 + 1\n\n# %% tags"))
    ids = [cell.id for cell in notebooks.read_source(file).cells]
    assert ids[0] == "old0"
    assert ids[2:] == ["old1", "old2"]
    assert len(set(ids)) == 4


def test_the_same_source_gives_the_same_ids(file):
    file.with_suffix(".ipynb").unlink()
    first = [cell.id for cell in notebooks.read_source(file).cells]
    assert first == [cell.id for cell in notebooks.read_source(file).cells]


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
        compare(file)


def test_notebooks_are_listed_in_order(tmp_path):
    for name in ("02_b.py", "01_a.py", "notes.py", "03_c.ipynb"):
        (tmp_path / name).write_text("")
    assert [file.stem for file in list_notebooks(tmp_path)] == ["01_a", "02_b"]
