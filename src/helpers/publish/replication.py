"""The list that a referee asks for: every figure, table and number, and where it is made.

Read from the executed notebooks and the merged numbers, so that it cannot fall behind them. It
stands in docs/replication.md between `<!--list-->` and `<!--/list-->`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from typing import Any

_LIST = re.compile(r"(<!--list-->\n).*?(<!--/list-->)", re.S)
_CAPTION = re.compile(r"<caption[^>]*><strong>([^<]*)")
_NUMBERS = "figures/numbers.json"


def render_replication(
    text: str,
    notebooks: Mapping[str, Any],
    figures: Mapping[str, bytes],
    numbers: Mapping[str, Any],
) -> str:
    """Return the page with its list made anew.

    Parameters
    ----------
    text : str
        docs/replication.md.
    notebooks : mapping
        Executed notebooks by name.
    figures : mapping
        Contents of figures/ by file name.
    numbers : mapping
        The merged numbers: {name: {value, texts, notebook}}.

    Raises
    ------
    ValueError
        Where the page has no place for the list, or a figure or number is made by no cell.
    """
    if not _LIST.search(text):
        raise ValueError("docs/replication.md has no <!--list--> … <!--/list-->")
    parts = [
        _write_table("Figures", ("Figure", "Made in", "Files"), _list_figures(notebooks, figures)),
        _write_table("Tables on file", ("File", "Made in"), _list_saved(notebooks)),
        _write_table("Tables shown", ("Caption", "Made and shown in"), _list_shown(notebooks)),
        _write_table(
            f"Numbers in the text (all in `{_NUMBERS}`)",
            ("Name", "As printed", "Defined in", "Stands in"),
            _list_numbers(notebooks, numbers),
        ),
    ]
    return _LIST.sub(lambda match: match[1] + "\n".join(parts) + match[2], text)


def _write_table(heading: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    names = list(columns)
    lines = [f"### {heading}", "", _write_row(names), _write_row(["---"] * len(names))]
    return "\n".join([*lines, *map(_write_row, rows), ""])


def _write_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _list_figures(
    notebooks: Mapping[str, Any], figures: Mapping[str, bytes]
) -> Iterator[tuple[str, str, str]]:
    places: dict[str, str] = {}
    for place, call in _find_calls(notebooks, "figure"):
        places |= {_read_text(key.value): place for key in call.keywords if key.arg == "id"}
    records = [json.loads(data) for name, data in figures.items() if name.endswith(".json")]
    for record in sorted(records, key=lambda each: _split_number(each["number"])):
        stem = record["id"]
        if stem not in places:
            raise ValueError(f"figures/{stem}.json: no cell makes a figure of that id")
        files = f"`figures/{stem}.svg`, `.png`, `.json`"
        yield f"{record['number']} {record['title']}", places[stem], files


def _split_number(number: str) -> list[int]:
    return [int(part) for part in number.split(".")]


def _list_saved(notebooks: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for place, call in _find_calls(notebooks, "save"):
        name = _read_text(call.args[1]) if len(call.args) > 1 else ""
        if name:
            yield f"`runs/<name>/tables/{name}`", place


def _list_shown(notebooks: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, notebook in notebooks.items():
        for count, cell in enumerate(notebook.cells, start=1):
            for output in cell.get("outputs", []):
                html = "".join(output.get("data", {}).get("text/html", ""))
                for caption in _CAPTION.findall(html):
                    yield unescape(caption), _write_place(name, [count])


def _list_numbers(
    notebooks: Mapping[str, Any], numbers: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    defined: dict[str, str] = {}
    for place, call in _find_calls(notebooks, "define"):
        for key in call.keywords:
            defined.setdefault(str(key.arg), place)
    for name, number in sorted(numbers.items()):
        standing = "; ".join(_find_standing(notebooks, name) or _find_printed(notebooks, number))
        if not standing:
            raise ValueError(f"{_NUMBERS}: no cell states {name}")
        printed = "; ".join(str(text) for text in number["texts"])
        yield f"`{name}`", printed, defined.get(name, "by the study's parameters"), standing


def _find_standing(notebooks: Mapping[str, Any], name: str) -> list[str]:
    """Find the cells whose code holds the number's placeholder."""
    placeholder = re.compile(rf"\{{{re.escape(name)}[:}}]")
    return _list_places(notebooks, lambda cell: bool(placeholder.search(cell.source)))


def _find_printed(notebooks: Mapping[str, Any], number: Mapping[str, Any]) -> list[str]:
    """Find the cells that print the number, where its placeholder is put together by the code."""
    own = {number["notebook"]: notebooks[number["notebook"]]}
    texts = "|".join(re.escape(str(text)) for text in number["texts"])
    printed = re.compile(rf"(?<![\w.,])(?:{texts})(?![\w]|[.,]\d)")
    return _list_places(own, lambda cell: bool(printed.search(str(cell.get("outputs", "")))))


def _list_places(notebooks: Mapping[str, Any], is_one: Callable[[Any], bool]) -> list[str]:
    places = []
    for notebook, content in notebooks.items():
        counts = [count for count, cell in enumerate(content.cells, start=1)
                  if cell.cell_type == "code" and is_one(cell)]  # fmt: skip
        if counts:
            places.append(_write_place(notebook, counts))
    return places


def _find_calls(notebooks: Mapping[str, Any], method: str) -> Iterator[tuple[str, ast.Call]]:
    """Find calls of a method of `page`, with the place of their cell."""
    for name, notebook in notebooks.items():
        for count, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type != "code":
                continue
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Call) and _is_pages(node.func, method):
                    yield _write_place(name, [count]), node


def _is_pages(function: ast.expr, method: str) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == method
        and isinstance(function.value, ast.Name)
        and function.value.id == "page"
    )


def _read_text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _write_place(notebook: str, counts: Iterable[int]) -> str:
    cells = list(counts)
    word = "cell" if len(cells) == 1 else "cells"
    return f"[`{notebook}`](../notebooks/{notebook}.ipynb), {word} {', '.join(map(str, cells))}"
