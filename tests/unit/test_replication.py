"""The list of figures and tables, made from notebooks written here."""

from __future__ import annotations

import json

import nbformat.v4 as v4
import pandas as pd
import pytest
import yaml

from helpers.prose.tables import show
from helpers.publish.replication import list_made, render_codecheck, render_replication

PAGE = "Before.\n\n<!--list-->\nold\n<!--/list-->\n\nAfter.\n"
FIGURES = {
    "late.json": json.dumps({"id": "late", "number": "3.10", "title": "Late | last"}).encode(),
    "early.json": json.dumps({"id": "early", "number": "3.2", "title": "Early"}).encode(),
    "early.png": b"",
}


def draw(number):
    words = f"Figure {number}. Title. [data sha256 00ff]"
    return v4.new_output("display_data", {"image/png": "eA==", "text/plain": words})


def make(drawn=("3.10", "3.2")):
    table = show(pd.DataFrame({"a": [1]}), "Counts & rates' list", note="A note.")
    html = v4.new_output("execute_result", {"text/html": table.html, "text/plain": "x"})
    cells = [
        v4.new_markdown_cell("# Title"),
        v4.new_code_cell("draw()", outputs=[draw(number) for number in drawn]),
        v4.new_code_cell('page.save(f(frame, "x"), "a.csv")\nother.save(frame, "no.csv")'),
        v4.new_code_cell("table", outputs=[html]),
    ]
    return list_made({"03_eras": v4.new_notebook(cells=cells)}, FIGURES)


def test_the_list_is_made_anew_by_number_with_the_cells_and_the_rest_stays():
    text = render_replication(PAGE, made := make())
    assert text.startswith("Before.\n\n<!--list-->\n### Figures")
    assert text.endswith("<!--/list-->\n\nAfter.\n")
    assert render_replication(text, made) == text
    cell = "[`03_eras`](../notebooks/03_eras.ipynb), cell"
    assert [line for line in text.splitlines() if " cell " in line] == [
        f"| 3.2 Early | {cell} 2 | `figures/early.svg`, `.png`, `.json` |",
        f"| 3.10 Late \\| last | {cell} 2 | `figures/late.svg`, `.png`, `.json` |",
        f"| `runs/<name>/tables/a.csv` | {cell} 3 |",
        f"| Counts & rates' list | {cell} 4 |",
    ]


def test_what_no_cell_makes_is_refused():
    with pytest.raises(ValueError, match=r"early.json: no cell shows a figure of that number"):
        make(drawn=["3.10"])
    with pytest.raises(ValueError, match="has no <!--list-->"):
        render_replication("No list.", make())


def test_codecheck_s_manifest_lists_what_a_run_leaves_and_keeps_the_rest():
    head = "---\nversion: https://codecheck.org.uk/spec/config/1.0/\npaper:\n  title: x\n"
    text = render_codecheck(f"{head}manifest:\n  - file: old\n", make(), "runs/x")
    assert text.startswith(f"{head}manifest:\n  - file: runs/x/figures/early.svg\n")
    manifest = yaml.safe_load(text)["manifest"]
    assert [entry["file"] for entry in manifest] == [
        "runs/x/figures/early.svg", "runs/x/figures/late.svg", "runs/x/tables/a.csv",
        "runs/x/numbers.json",
    ]  # fmt: skip
    assert manifest[1]["comment"] == "Figure 3.10: Late | last (03_eras, cell 2)"
