"""The table of all numbers: each with its sentence's place, its cell, its functions and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from helpers.reading.site.chapters import frame_table
from helpers.reading.site.linked import find_names
from helpers.reading.site.trace import Trace, read_trace

_HEADS = ("Name", "As printed", "Stands in", "Defined in", "Computed by", "Table on file")


def write_numbers(
    notebooks: Mapping[str, Any], numbers: Mapping[str, Any], modules: Iterable[str]
) -> str:
    """Write the table of all numbers.

    Parameters
    ----------
    notebooks : mapping
        Executed notebooks as JSON by page, as in "notebooks/03_eras".
    numbers : mapping
        The merged numbers: {name: {value, texts, notebook}}.
    modules : iterable of str
        The modules that have a page.

    Returns
    -------
    str
        HTML; each number's row has the anchor `number-<name>`.
    """
    traces = {page: read_trace(notebook) for page, notebook in notebooks.items()}
    standing = _list_standing(notebooks)
    known = set(modules)
    rows = "\n".join(
        _write_row(name, number, traces, standing.get(name, []), known)
        for name, number in sorted(numbers.items())
    )
    head = "".join(f'<th scope="col">{text}</th>' for text in _HEADS)
    caption = "<caption><strong>Every number that the text states</strong></caption>"
    table = (
        f'<table class="numbers">{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table>"
    )
    return frame_table(table)


def _list_standing(notebooks: Mapping[str, Any]) -> dict[str, list[tuple[str, int]]]:
    """List by number the cells whose templates hold it: page and count."""
    found: dict[str, list[tuple[str, int]]] = {}
    for page, notebook in notebooks.items():
        for count, cell in enumerate(notebook["cells"], start=1):
            if cell["cell_type"] == "code":
                for name in find_names("".join(cell["source"])):
                    found.setdefault(name, []).append((page, count))
    return found


def _write_row(
    name: str, number: Mapping[str, Any], traces: Mapping[str, Trace],
    standing: Iterable[tuple[str, int]], modules: set[str],
) -> str:  # fmt: skip
    page = next(each for each in traces if each.endswith(number["notebook"]))
    trace = traces[page]
    defined = trace.numbers.get(name)
    cells = [
        f'<th scope="row" id="number-{name}"><code>{name}</code></th>',
        f"<td>{escape('; '.join(map(str, number['texts'])))}</td>",
        f"<td>{_join(_link_cell(*place) for place in standing)}</td>",
        f"<td>{_link_cell(page, defined.cell) if defined else 'the study’s parameters'}</td>",
        f"<td>{_join(_link_function(each, modules) for each in trace.list_functions(name))}</td>",
        f"<td>{_join(_link_table(each) for each in trace.list_tables(name))}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _join(links: Iterable[str]) -> str:
    return "<br>".join(links) or "–"


def _link_cell(page: str, count: int) -> str:
    return f'<a href="{page}.html#cell-{count}">{page.rpartition("/")[2]}, cell {count}</a>'


def _link_function(full: str, modules: set[str]) -> str:
    """Link a function to its place on its module's page; one of a package is only named."""
    module, _, short = full.rpartition(".")
    while module and module not in modules:
        module, _, head = module.rpartition(".")
        short = f"{head}.{short}"
    said = f"<code>{short}</code>"
    return f'<a href="api/{module}.html#{module}.{short}">{said}</a>' if module else said


def _link_table(name: str) -> str:
    return f'<a href="tables/{name}" download>{name}</a>'
