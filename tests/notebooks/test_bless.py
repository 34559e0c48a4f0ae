"""`asylum bless` shows what changes, writes only when told to, and keeps diffs small."""

from __future__ import annotations

import json

import pytest
from plain.checkout import list_files
from plain.processes import call

FIGURE = """import matplotlib.pyplot as plt
import pandas as pd
from helpers.plots.page import Page

page = Page("01_one", scope)
data = pd.DataFrame({"year": [2000, 2001], "pending": [1, 2]})
fig, axis = plt.subplots()
axis.plot(data["year"], data["pending"])
page.figure(fig, id="a-line", number="1.1", title="A line", subtitle="Claims", alt="It rises.",
            data=data)"""
SAID = """from helpers.prose.passages import say

pending = 1234
say("There are {{ pending | count }} claims.")"""


@pytest.fixture
def root(tiny_root, add_notebook):
    folder = tiny_root()
    write(folder, add_notebook)
    (folder / "README.md").write_text("<!--=01_one/pending-->?<!--/--> claims\n")
    return folder


def write(folder, add_notebook, value="len(scope.years)"):
    add_notebook(folder, "01_one", FIGURE, SAID.replace("1234", value))
    file = folder / "notebooks" / "01_one.py"
    text = file.read_text()  # the page writes this notebook's numbers
    start = text.index("if scope.run_dir:")
    file.write_text(text[:start] + text[text.index("\n# %%", start) :])


def read_cells(root):
    notebook = json.loads((root / "notebooks" / "01_one.ipynb").read_text())
    return notebook, notebook["cells"]


def test_bless_from_nothing_then_two_changes(root, add_notebook):
    before = list_files(root)
    shown = call(root, "bless")
    assert shown.returncode == 0, shown.stderr
    assert "notebooks/01_one.ipynb is new" in shown.stdout
    assert "Nothing was written" in shown.stdout
    assert list_files(root) == before

    assert call(root, "bless", "--yes").returncode == 0
    new = set(list_files(root)) - set(before)
    assert new == {
        "figures", "figures/a-line.json", "figures/a-line.png", "figures/a-line.svg",
        "figures/numbers.json", "notebooks/01_one.ipynb",
    }  # fmt: skip
    assert (root / "README.md").read_text() == "<!--=01_one/pending-->23<!--/--> claims\n"
    notebook, cells = read_cells(root)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "papermill" not in json.dumps(notebook)
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert call(root, "bless").stdout.endswith("nothing changes\n")

    write(root, add_notebook, "len(scope.years) + 1")
    shown = call(root, "bless", "--yes")
    assert '-  "value": 23' in shown.stdout
    assert '+  "value": 24' in shown.stdout
    assert "-  There are 23 claims." in shown.stdout
    assert "+  There are 24 claims." in shown.stdout
    assert "figures/a-line" not in shown.stdout
    _, after = read_cells(root)
    assert [cell["id"] for cell in after] == [cell["id"] for cell in cells]
    changed = [a["id"] for a, b in zip(cells, after, strict=True) if a != b]
    assert changed == [cells[-1]["id"]]
    assert (root / "README.md").read_text() == "<!--=01_one/pending-->24<!--/--> claims\n"

    cells = after  # a cell that is put between moves no other
    source = root / "notebooks" / "01_one.py"
    mark = SAID.splitlines()[0].split("(")[0]
    start = source.read_text().index("# %%\n" + mark)
    text = source.read_text()
    source.write_text(text[:start] + "# %%\nprint('between')\n\n" + text[start:])
    shown = call(root, "bless", "--yes").stdout
    assert "inserted before" in shown
    assert "print('between')" in shown
    assert "modified" not in shown
    _, after = read_cells(root)
    assert [cell["id"] for cell in after if cell["id"] in {each["id"] for each in cells}] == [
        cell["id"] for cell in cells
    ]
    assert len(after) == len(cells) + 1


def test_bless_of_a_failing_notebook_writes_nothing(root, add_notebook):
    write(root, add_notebook, "1 / 0")
    before = list_files(root)
    answer = call(root, "bless", "--yes")
    assert answer.returncode == 1
    assert "01_one, cell 5: ZeroDivisionError" in answer.stderr
    assert "nothing was written" in answer.stderr
    assert list_files(root) == before
