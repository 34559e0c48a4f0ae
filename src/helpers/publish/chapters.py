"""Notebooks, figures and numbers as the site shows them.

A copy of the executed notebook is changed, never the notebook: the outputs stay those of the
reference run, and Sphinx executes nothing. Code is folded, each code cell has an anchor, figures
come with their words and files, and each number of a sentence leads to its row in the list of all.
"""

from __future__ import annotations

import ast
import copy
import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any

import pandas as pd

from helpers.prose.words import ProseFormatter
from helpers.publish.replication import (
    Origin,
    find_calls,
    find_stating_cells,
    read_file,
    read_spans,
    trace_numbers,
)
from helpers.publish.report import CARD, frame_table

_IN_WORDS = re.compile(r"^Figure \S+ in words: ")
_LETTERS = re.compile(r"[^\W\d_]")
_HEADS = ("Name", "As printed", "Stands in", "Defined in", "Computed by", "Table on file")


def climb(page: str) -> str:
    """Return the way from a page up to the site's root.

    >>> climb("index"), climb("notebooks/03_eras")
    ('', '../')
    """
    return "../" * page.count("/")


def is_chapter(page: str) -> bool:
    """Tell a chapter of the study from a lesson: the study's numbers and figures are its own.

    >>> is_chapter("notebooks/03_eras"), is_chapter("notebooks/exercises/01_reading")
    (True, False)
    """
    return page.count("/") == 1


def build_chapter(
    page: str, notebook: Mapping[str, Any], records: Mapping[str, Any], numbers: Mapping[str, Any]
) -> dict[str, Any]:
    """Build a chapter from an executed notebook.

    Parameters
    ----------
    page : str
        The chapter's page, as in "notebooks/03_eras".
    notebook : mapping
        The notebook's JSON.
    records : mapping
        The figures' records by number.
    numbers : mapping
        The merged numbers.

    Returns
    -------
    dict
        The notebook's JSON. The code of a chapter is folded but for the parameters, all of a
        solution, and nothing of an exercise; each code cell has an anchor `cell-N`, counted from
        the top as in docs/replication.md.
    """
    chapter = copy.deepcopy(dict(notebook))
    fold = "hide-input" if is_chapter(page) else "hide-cell" if "/solutions/" in page else ""
    cells: list[dict[str, Any]] = []
    for count, cell in enumerate(chapter["cells"], start=1):
        if cell["cell_type"] == "code":
            cells.append(_write_cell(f'<div class="cell-anchor" id="cell-{count}"></div>'))
            _fold_code(cell, count, fold)
            cell["outputs"] = list(_dress_outputs(cell, page, records, numbers))
        cells.append(cell)
        if cell["cell_type"] == "code":
            cells += _link_saved(cell, page)
        if count == 1:
            cells.append(_write_cell(_write_head(page)))
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    return chapter | {"cells": cells}


def _write_cell(html: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": html}


def _write_head(page: str) -> str:
    """Say where the chapter's notebook is, whole and unchanged."""
    name, up = page.removeprefix("notebooks/"), climb(page)
    numbers = f'<li><a href="{up}numbers.html">Every number, and where it comes from</a></li>'
    return (
        f'<ul class="files"><li><a href="{up}downloads/{name}.ipynb" download>Notebook, executed'
        f'</a></li><li><a href="{up}downloads/{name}.py" download>Its source in Python</a></li>'
        f"{numbers if is_chapter(page) else ''}</ul>"
    )


def _fold_code(cell: dict[str, Any], count: int, fold: str) -> None:
    """Fold a cell under a line that names it; the parameters stay open."""
    tags = list(cell["metadata"].get("tags", []))
    if fold and "parameters" not in tags:
        lines = len("".join(cell["source"]).splitlines())
        label = f"Code of cell {count}, {lines} line{'s' if lines > 1 else ''}"
        prompts = {"code_prompt_show": label, "code_prompt_hide": label}
        cell["metadata"] = cell["metadata"] | {"tags": [*tags, fold], "mystnb": prompts}


def _dress_outputs(
    cell: Mapping[str, Any], page: str, records: Mapping[str, Any], numbers: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Put a cell's outputs into the site's form."""
    source, is_study = "".join(cell["source"]), is_chapter(page)
    for output in cell["outputs"]:
        data = {mime: "".join(content) for mime, content in output.get("data", {}).items()}
        number = find_figure(output)
        if is_study and _IN_WORDS.match(data.get("text/plain", "")):
            continue  # the figure holds its own description
        if number and is_study:
            output["data"] = {"text/html": render_figure(records[number], page)}
        elif number:
            output["data"] = {"text/html": _render_picture(output, data)}
        elif "text/markdown" in data and is_study:
            text, spans = data["text/markdown"], read_spans(output)
            if spans:
                text = _link_spans(text, spans, page)
            else:
                text = link_numbers(text, source, numbers, page)
            output["data"] = {"text/markdown": text}
        elif "<table" in data.get("text/html", ""):
            output["data"] = {"text/html": frame_table(data["text/html"])}
        yield output


def _link_saved(cell: Mapping[str, Any], page: str) -> Iterator[dict[str, Any]]:
    """Link the tables that a cell writes to file."""
    calls = find_calls({"": {"cells": [cell]}}, "save")
    if names := [name for _, call in calls if (name := read_file(call))]:
        links = "".join(
            f'<li><a href="{climb(page)}tables/{name}" download>{name}</a></li>' for name in names
        )
        head = '<p class="files-head">On file, in full precision:</p>'
        yield _write_cell(f'{head}<ul class="files">{links}</ul>')


def link_number(name: str, printed: str, page: str) -> str:
    """Link a printed number to its row in the list of all numbers.

    >>> link_number("summed", "1,250", "index")
    '<a class="number" href="numbers.html#number-summed">1,250</a>'
    """
    return f'<a class="number" href="{climb(page)}numbers.html#{_anchor(name)}">{printed}</a>'


def _anchor(name: str) -> str:
    return "number-" + re.sub(r"[^\w.-]+", "-", name)


def link_numbers(text: str, source: str, numbers: Mapping[str, Any], page: str) -> str:
    """Link each number of a rendered passage to its row in the list of all numbers.

    A passage is matched piece by piece against the templates of its cell, the longest first, so
    that "5" is taken for the number that the sentence states there and for no other. What stands
    in code is left alone.

    Parameters
    ----------
    text : str
        The passage as Markdown.
    source : str
        The code of its cell.
    numbers : mapping
        The merged numbers: {name: {value, texts, notebook}}.
    page : str
        The page that the passage is on.
    """
    templates = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value
    }
    spans: list[tuple[int, int, str]] = []
    for template in sorted(templates, key=lambda each: (-len(each), each)):
        for span in _match_template(template, text, numbers):
            if not any(span[0] < end and start < span[1] for start, end, _ in spans):
                spans.append(span)
    return _link_spans(text, spans, page)


def _link_spans(text: str, spans: Iterable[tuple[int, int, str]], page: str) -> str:
    """Link the numbers at some places of a text, but not those in code."""
    for start, end, name in sorted(spans, reverse=True):
        if text[:start].count("`") % 2 == 0:
            text = text[:start] + link_number(name, text[start:end], page) + text[end:]
    return text


def _match_template(
    template: str, text: str, numbers: Mapping[str, Any]
) -> Iterator[tuple[int, int, str]]:
    """Yield where a template's numbers are in a text."""
    try:
        parts = list(ProseFormatter().parse(template))
    except ValueError:  # braces that are no placeholder
        return
    names = [name for _, name, _, _ in parts if name is not None]
    has_words = _LETTERS.search("".join(literal for literal, *_ in parts))
    if not has_words or not numbers.keys() >= set(names):
        return
    pattern = ""
    for literal, name, _, _ in parts:
        pattern += re.escape(literal)
        if name is not None:
            choices = sorted(map(str, numbers[name]["texts"]), key=len, reverse=True)
            pattern += f"({'|'.join(map(re.escape, choices))})"
    for match in re.finditer(pattern, text):
        for place, name in enumerate(names, start=1):
            yield match.start(place), match.end(place), name


def find_figure(output: Mapping[str, Any]) -> str:
    """Return the number of the figure that an output shows, or "" for any other output."""
    data = output.get("data", {})
    card = CARD.match("".join(data.get("text/plain", ""))) if "image/png" in data else None
    return card[1] if card else ""


def name_anchor(number: str) -> str:
    """Name a figure's place on its page.

    >>> name_anchor("3.10")
    'figure-3-10'
    """
    return f"figure-{number.replace('.', '-')}"


def render_figure(record: Mapping[str, Any], page: str, *, is_anchored: bool = True) -> str:
    """Render a figure as HTML without blank lines.

    Parameters
    ----------
    record : mapping
        The figure's JSON as in figures/.
    page : str
        The page that it is on; links are relative to it.
    is_anchored : bool
        False leaves out the anchor, where the figure is shown a second time.
    """
    base = f"{climb(page)}figures/{record['id']}"
    number, rest = record["number"], record["caption"].split(". ", 1)[1]
    anchor = f' id="{name_anchor(number)}"' if is_anchored else ""
    files = "".join(
        f'<li><a href="{base}.{ending}"{hint}>{label}<span class="visually-hidden"> of figure '
        f"{number}</span></a></li>"
        for ending, label, hint in (
            ("svg", "SVG", ""), ("png", "PNG", ""), ("csv", "CSV of the drawn data", " download"),
        )
    )  # fmt: skip
    return (
        f'<figure class="study-figure"{anchor}>'
        f'<a class="picture" href="{base}.svg"><img src="{base}.svg" '
        f'alt="{escape(record["alt"])}"></a>'
        f"<figcaption><strong>Figure {number}.</strong> {escape(rest, quote=False)}</figcaption>"
        f'<ul class="files">{files}</ul>'
        f"<details><summary>Figure {number} in words</summary>"
        f"<p>{escape(record['alt'], quote=False)}</p></details></figure>"
    )


def _render_picture(output: Mapping[str, Any], data: Mapping[str, str]) -> str:
    """Render a figure that is in no file of figures/, as the notebook holds it."""
    words = output.get("metadata", {}).get("image/png", {})
    plain = data["text/plain"].rpartition(" [data sha256")[0]
    return (
        f'<figure class="study-figure"><span class="picture"><img alt="{escape(words["alt"])}" '
        f'src="data:image/png;base64,{"".join(data["image/png"].split())}"></span>'
        f"<figcaption>{escape(plain, quote=False)}</figcaption></figure>"
    )


def write_gallery(records: Mapping[str, Any], notebooks: Mapping[str, Any]) -> str:
    """Write all figures as Markdown, each below a heading and with a link to its chapter.

    Parameters
    ----------
    records : mapping
        The figures' records by number.
    notebooks : mapping
        The chapters' executed notebooks by page.
    """
    homes = {
        find_figure(output): page
        for page, notebook in notebooks.items()
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
    }
    lines: list[str] = []
    for number, record in records.items():
        link = f"{homes[number]}.html#{name_anchor(number)}"
        lines += [
            f"## Figure {number}: {record['title']}", "",
            f'<p><a href="{link}">Where the text tells about figure {number}</a></p>', "",
            render_figure(record, "figures", is_anchored=False), "",
        ]  # fmt: skip
    return "\n".join(lines)


def write_data(record: Mapping[str, Any]) -> str:
    r"""Write a figure's drawn data as CSV; missing is an empty cell.

    >>> write_data({"data": {"columns": ["year", "pending"], "rows": [[2000, None]]}})
    'year,pending\n2000,\n'
    """
    data = pd.DataFrame(record["data"]["rows"], columns=record["data"]["columns"], dtype=object)
    return data.to_csv(index=False, lineterminator="\n")


def write_numbers(notebooks: Mapping[str, Any], numbers: Mapping[str, Any]) -> str:
    """Write the table of all numbers.

    Parameters
    ----------
    notebooks : mapping
        The chapters' executed notebooks by page, as in "notebooks/03_eras".
    numbers : mapping
        The merged numbers: {name: {value, texts, notebook}}.

    Returns
    -------
    str
        HTML; each number's row has the anchor `number-<name>`, and names the cells that state it,
        the cell that defines it, the functions that compute it and the tables that hold it.
    """
    by_name = {page.rpartition("/")[2]: notebook for page, notebook in notebooks.items()}
    stating = find_stating_cells(by_name, numbers)
    origins: dict[str, Origin] = {}
    for notebook, content in by_name.items():
        own = {
            name: [count for home, count in stating[name] if home == notebook]
            for name, number in numbers.items()
            if number["notebook"] == notebook
        }
        origins |= trace_numbers(content, own)
    rows = []
    for name, number in sorted(numbers.items()):
        cell, functions, tables = origins[name]
        cells = [
            escape("; ".join(map(str, number["texts"]))),
            _join(_link_cell(*each) for each in stating[name]),
            _link_cell(number["notebook"], cell) if cell else "the study’s parameters",
            _join(map(_link_function, functions)),
            _join(f'<a href="tables/{each}" download>{each}</a>' for each in tables),
        ]
        head = f'<th scope="row" id="{_anchor(name)}"><code>{escape(name)}</code></th>'
        rows.append(f"<tr>{head}{''.join(f'<td>{each}</td>' for each in cells)}</tr>")
    heads = "".join(f'<th scope="col">{text}</th>' for text in _HEADS)
    caption = "<caption><strong>Every number that the text states</strong></caption>"
    body = "\n".join(rows)
    return frame_table(
        f'<table class="numbers">{caption}<thead><tr>{heads}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table>"
    )


def _join(links: Iterable[str]) -> str:
    return "<br>".join(links) or "–"


def _link_cell(notebook: str, count: int) -> str:
    return f'<a href="notebooks/{notebook}.html#cell-{count}">{notebook}, cell {count}</a>'


def _link_function(full: str) -> str:
    """Link a function to its place on the page of the module that defines it."""
    module, _, name = full.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    home = found.__module__
    return f'<a href="api/{home}.html#{home}.{name}"><code>{name}</code></a>'
