"""A notebook is read from its .py, and its cells keep the ids that they have."""

import nbformat
import pytest

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


def test_ids_are_kept_where_a_cell_is_edited_or_moved_down(file):
    save_pair(file, lambda n: [c.update(id=f"old{i}") for i, c in enumerate(n.cells)])
    file.write_text(SOURCE.replace("print(year)", "print(year + 1)"))
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
        notebooks.read_paired(file.with_suffix(".ipynb"))


def test_notebooks_are_listed_in_order(tmp_path):
    for name in ("02_b.py", "01_a.py", "notes.py", "03_c.ipynb"):
        (tmp_path / name).write_text("")
    assert [file.stem for file in list_notebooks(tmp_path)] == ["01_a", "02_b"]
