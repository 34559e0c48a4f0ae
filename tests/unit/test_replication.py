"""The list of figures, tables and numbers, made from notebooks written here."""

from __future__ import annotations

import json

import nbformat.v4 as v4
import pandas as pd
import pytest

from helpers.prose.tables import build_table
from helpers.publish.replication import render_readme, render_replication, trace_numbers

PAGE = "Before.\n\n<!--list-->\nold\n<!--/list-->\n\nAfter.\n"
FIGURES = {
    "late.json": json.dumps({"id": "late", "number": "3.10", "title": "Late | last"}).encode(),
    "early.json": json.dumps({"id": "early", "number": "3.2", "title": "Early"}).encode(),
    "early.png": b"",
}
NUMBERS = {
    "people": {"value": 12, "texts": ["12", "12.0"], "notebook": "03_eras"},
    "release": {"value": "x", "texts": ["2025-end"], "notebook": "03_eras"},
}
CELLS = [
    'page.define(people=12)\npage.say("{people} of {peoples} in {release}")',
    "draw(fig)",
    'page.save(frame, "a.csv")\nother.save(frame, "no.csv")',
    'page.headline("{people:,}")',
]


def make_notebooks(cells=CELLS):
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# {people}")])
    notebook.cells += [v4.new_code_cell(cell) for cell in cells]
    shown = build_table(pd.DataFrame({"a": [1]}), "Counts & rates' list", note="A note.")
    html = {"text/html": shown.html, "text/plain": "x"}
    notebook.cells[-1].outputs = [v4.new_output("execute_result", data=html)]
    for cell in notebook.cells:
        if "draw(" in cell.source:
            cell.outputs = [
                v4.new_output("display_data", data={"text/plain": f"{card} [data sha256 0a]"})
                for card in ("Figure 3.10. Late.", "Figure 3.2. Early.")
            ]
    return {"03_eras": notebook}


def render(page=PAGE, cells=CELLS, figures=FIGURES, numbers=NUMBERS):
    return render_replication(page, make_notebooks(cells), figures, numbers)


def find_row(text, start):
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {start}")]
    return row


def test_the_page_around_the_list_stays_and_the_old_list_goes():
    text = render()
    assert text.startswith("Before.\n\n<!--list-->\n### Figures")
    assert text.endswith("<!--/list-->\n\nAfter.\n")
    assert "old" not in text
    assert render(text) == text


def test_figures_come_by_number_with_the_cell_that_makes_each():
    text = render()
    assert text.index("3.2 Early") < text.index("3.10 Late")
    assert "cell 3 |" in find_row(text, "3.2 Early")
    assert "`figures/early.svg`" in find_row(text, "3.2 Early")
    assert "Late \\| last" in text


def test_tables_on_file_are_those_that_the_page_saves():
    text = render()
    assert "cell 4 |" in find_row(text, "`runs/<name>/tables/a.csv`")
    assert "no.csv" not in text


def test_a_shown_table_stands_with_its_caption_alone():
    assert "cell 5 |" in find_row(render(), "Counts & rates' list |")


def test_a_number_stands_with_all_cells_that_state_it():
    row = find_row(render(), "`people`")
    assert "| 12; 12.0 |" in row
    assert row.endswith("cells 2, 5 |")
    assert "by the study's parameters" in find_row(render(), "`release`")


def test_what_no_cell_makes_is_refused():
    with pytest.raises(ValueError, match="no cell states people"):
        render(cells=CELLS[1:3])  # the figures' and the table's
    with pytest.raises(ValueError, match=r"no cell shows Figure 3\.2"):
        render(cells=[CELLS[0], CELLS[2], CELLS[3]])
    with pytest.raises(ValueError, match="has no <!--list-->"):
        render("No list.")


def test_a_passage_s_number_is_found_where_its_output_says():
    name = "03_eras/last.pending"
    notebooks = make_notebooks([*CELLS, "say('{{ last.pending | count }}')"])
    said = {"text/markdown": {"numbers": [[0, 2, name]]}}
    notebooks["03_eras"].cells[-1].outputs = [
        v4.new_output("execute_result", data={"text/markdown": "12"}, metadata=said)
    ]
    numbers = {name: {"value": 12, "texts": ["12"], "notebook": "03_eras"}}
    text = render_replication(PAGE, notebooks, FIGURES, numbers)
    assert find_row(text, f"`{name}`").endswith("cell 6 |")
    mark = f"<!--={name}:words-->?<!--/-->"
    assert render_readme(mark, numbers) == f"<!--={name}:words-->twelve<!--/-->"


def test_a_passage_s_number_is_followed_from_its_variable():
    found = trace(
        "from helpers.analysis import measures",
        "rows = measures.select_origin(core.pending)",
        'last = rows.iloc[-1]\npage.save(rows, "pending.csv")',
        **{"03_eras/last.pending": [4], "03_eras/row.n = 5": [4]},
    )
    select = "helpers.analysis.measures.select_origin"
    assert found["03_eras/last.pending"] == (3, [select], ["pending.csv"])
    assert found["03_eras/row.n = 5"].cell is None


def trace(*cells, **stated):
    notebook = v4.new_notebook(cells=[v4.new_code_cell(each) for each in cells])
    return trace_numbers(notebook, stated)


def test_a_number_is_followed_to_its_cell_functions_and_tables():
    found = trace(
        "from helpers.analysis import measures\nfrom helpers.analysis.eras import divide",
        "rows = measures.select_origin(core.pending)\nlast = rows.iloc[-1]",
        "page.define(last_year=int(last['year']), share=divide(1, 2), fixed=7)",
        'page.save(rows, "pending.csv")\nother = 5\npage.save(other, "other.csv")',
        last_year=[], share=[], fixed=[], unknown=[],
    )  # fmt: skip
    select = "helpers.analysis.measures.select_origin"
    assert found["last_year"] == (3, [select], ["pending.csv"])
    assert found["share"] == (3, ["helpers.analysis.eras.divide"], [])
    assert found["fixed"] == (3, [], [])
    assert found["unknown"] == (None, [], [])


def test_numbers_that_are_defined_many_at_a_time_are_found():
    found = trace(
        "page.define(**describe(scope))", 'page.define(**{f"n_{x}": x for x in rows})',
        "page.define(**describe(rows))", n_large=[2], title=[1], other=[3, 9],
    )  # fmt: skip
    assert [found[name].cell for name in ("n_large", "title", "other")] == [2, 1, 3]
