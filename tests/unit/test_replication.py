"""The list of figures and tables: in order, and refused where no cell makes what is listed."""

import json

import nbformat.v4 as v4
import pytest

from helpers.publish.replication import list_made, render_replication

PAGE = "Before.\n\n<!--list-->\nold\n<!--/list-->\n\nAfter.\n"
FIGURES = {
    "late.json": json.dumps({"id": "late", "number": "3.10", "title": "Late | last"}).encode(),
    "early.json": json.dumps({"id": "early", "number": "3.2", "title": "Early"}).encode(),
}


def make(*drawn):
    """List what a notebook makes whose one cell of code shows figures of these numbers."""
    words = [f"Figure {number}. Title. [data sha256 00ff]" for number in drawn]
    shown = [
        v4.new_output("display_data", {"image/png": "eA==", "text/plain": each}) for each in words
    ]
    cells = [v4.new_markdown_cell("# Title"), v4.new_code_cell("draw()", outputs=shown)]
    return list_made({"03_eras": v4.new_notebook(cells=cells)}, FIGURES)


def test_the_list_is_ordered_by_number_and_the_rest_of_the_page_stays():
    text = render_replication(PAGE, make("3.10", "3.2"))
    assert text.startswith("Before.\n\n<!--list-->\n### Figures")
    assert text.endswith("<!--/list-->\n\nAfter.\n")
    cell = "[`03_eras`](../notebooks/03_eras.ipynb), cell 2"
    assert [line for line in text.splitlines() if " cell " in line] == [
        f"| 3.2 Early | {cell} | `figures/early.svg`, `.png`, `.json` |",
        f"| 3.10 Late \\| last | {cell} | `figures/late.svg`, `.png`, `.json` |",
    ]


def test_what_no_cell_makes_is_refused():
    with pytest.raises(ValueError, match=r"early.json: no cell shows a figure of that number"):
        make("3.10")
    with pytest.raises(ValueError, match="has no <!--list-->"):
        render_replication("No list.", make("3.10", "3.2"))
