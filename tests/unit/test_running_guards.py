"""The guards see in a committed notebook what a rerun does not show."""

import nbformat
import pytest

from helpers.prose.passages import find_typed_numbers
from helpers.running import guards, notebooks

SOURCE = """# %% [markdown]
# # 1 Title

# %%
print(1)

# %%
print(2)
"""


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "01_one.py"
    file.write_text(SOURCE)
    return file


@pytest.fixture
def notebook(source):
    made = notebooks.read_source(source)
    for count, cell in enumerate(made.cells[1:], start=1):
        cell.execution_count = count
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{count}\n")]
    return made


def find(source, notebook):
    findings = guards.check_notebook(source, notebook)
    return [(each.cell, each.what.partition(":")[0]) for each in findings]


def test_a_good_notebook_passes(source, notebook):
    assert find(source, notebook) == []


def strip(notebook):
    for cell in notebook.cells[1:]:
        cell.update(execution_count=None, outputs=[])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (strip, [(2, "was not executed"), (3, "was not executed")]),
        (lambda n: n.cells[2].update(execution_count=None), [(3, "was not executed")]),
        (lambda n: n.cells[2].update(execution_count=3), [(3, "not executed in order")]),
        (
            lambda n: [
                c.update(execution_count=i) for c, i in zip(n.cells[1:], (2, 1), strict=True)
            ],
            [(2, "not executed in order"), (3, "not executed in order")],
        ),
        (
            lambda n: n.cells[1].outputs.append(
                nbformat.v4.new_output("stream", name="stderr", text="UserWarning")
            ),
            [(2, "wrote to stderr")],
        ),
        (
            lambda n: n.cells[1].outputs.append(
                nbformat.v4.new_output("error", ename="KeyError", evalue="", traceback=[])
            ),
            [(2, "ended in an error")],
        ),
        (lambda n: n.metadata.kernelspec.update(name="mine"), [(0, "its kernel is not python3")]),
        (lambda n: n.metadata.update(papermill={}), [(0, "holds a run's metadata (papermill)")]),
        (
            lambda n: n.cells[1].metadata.update(papermill={}),
            [(0, "holds a run's metadata (papermill)")],
        ),
        (lambda n: n.cells[1].update(source="print(3)"), [(2, "the .py and the .ipynb differ")]),
    ],
)
def test_a_bad_notebook_is_found(source, notebook, change, expected):
    change(notebook)
    assert find(source, notebook) == expected


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("No digit at all.", []),
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
