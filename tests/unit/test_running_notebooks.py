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
    nbformat.write(notebooks.read_source(source), source.with_suffix(".ipynb"))
    return source


def test_ids_are_kept_where_a_cell_is_edited_or_moved_down(file):
    old = ["01_one-001", "01_one-002", "01_one-003"]
    file.write_text(SOURCE.replace("print(year)", "print(year + 1)"))
    assert [cell.id for cell in notebooks.read_source(file).cells] == old
    file.write_text(SOURCE.replace("# %% tags", "# %%\n1 + 1\n\n# %% tags"))
    ids = [cell.id for cell in notebooks.read_source(file).cells]
    assert [ids[0], *ids[2:]] == old
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
