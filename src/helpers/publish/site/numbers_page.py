"""The table of all numbers: each with its sentence's place, its cell, its functions and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from helpers.publish.site.api import find_home
from helpers.publish.site.chapters import frame_table
from helpers.publish.site.linked import find_names
from helpers.publish.site.trace import Trace, read_trace

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
    standing = _list_standing(notebooks, numbers)
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


def _list_standing(
    notebooks: Mapping[str, Any], numbers: Mapping[str, Any]
) -> dict[str, list[tuple[str, int]]]:
    """List by number the cells that state it, page and count.

    A template that the code puts together holds no name to be found; then the cells of the
    number's notebook count that print it.
    """
    found: dict[str, list[tuple[str, int]]] = {}
    for page, notebook in notebooks.items():
        for count, cell in enumerate(notebook["cells"], start=1):
            if cell["cell_type"] == "code":
                for name in find_names("".join(cell["source"])):
                    found.setdefault(name, []).append((page, count))
    for name in set(numbers) - set(found):
        found[name] = list(_find_printed(notebooks, numbers[name]))
    return found


def _find_printed(
    notebooks: Mapping[str, Any], number: Mapping[str, Any]
) -> Iterator[tuple[str, int]]:
    texts = "|".join(re.escape(str(text)) for text in number["texts"])
    printed = re.compile(rf"(?<![\w.,])(?:{texts})(?![\w]|[.,]\d)")
    for page, notebook in notebooks.items():
        if page.endswith(number["notebook"]):
            for count, cell in enumerate(notebook["cells"], start=1):
                said = ["".join(each.get("data", {}).get("text/markdown", ""))
                        for each in cell.get("outputs", [])]  # fmt: skip
                if printed.search(" ".join(said)):
                    yield page, count


def _write_row(
    name: str, number: Mapping[str, Any], traces: Mapping[str, Trace],
    standing: Iterable[tuple[str, int]], modules: set[str],
) -> str:  # fmt: skip
    page = next(each for each in traces if each.endswith(number["notebook"]))
    trace, places = traces[page], list(standing)
    own = [count for place, count in places if place == page]
    made = trace.find_definition(name, own)
    cells = [
        f'<th scope="row" id="number-{name}"><code>{name}</code></th>',
        f"<td>{escape('; '.join(map(str, number['texts'])))}</td>",
        f"<td>{_join(_link_cell(*place) for place in places)}</td>",
        f"<td>{_link_cell(page, made.cell) if made else 'the study’s parameters'}</td>",
        f"<td>{_join(_link_function(each, modules) for each in trace.list_functions(made))}</td>",
        f"<td>{_join(_link_table(each) for each in trace.list_tables(made))}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _join(links: Iterable[str]) -> str:
    return "<br>".join(links) or "–"


def _link_cell(page: str, count: int) -> str:
    return f'<a href="{page}.html#cell-{count}">{page.rpartition("/")[2]}, cell {count}</a>'


def _link_function(full: str, modules: set[str]) -> str:
    """Link a function to its place on the page of the module that defines it."""
    module, _, short = find_home(full).rpartition(".")
    while module and module not in modules:
        module, _, head = module.rpartition(".")
        short = f"{head}.{short}"
    said = f"<code>{short}</code>"
    return f'<a href="api/{module}.html#{module}.{short}">{said}</a>' if module else said


def _link_table(name: str) -> str:
    return f'<a href="tables/{name}" download>{name}</a>'
