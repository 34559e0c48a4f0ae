"""Notebooks as chapters: the committed cells, with code folded, anchors, figures and links.

A copy of the executed notebook is changed, never the notebook: the outputs stay those of the
reference run, and Sphinx executes nothing.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from helpers.publish.site.linked import link_numbers
from helpers.publish.site.material import climb
from helpers.publish.site.pictures import find_number, render_figure, render_picture
from helpers.publish.site.trace import find_saved

_CAPTION = re.compile(r"<caption[^>]*><strong>(.*?)</strong>", re.S)
_TAG = re.compile(r"<[^>]+>")
_IN_WORDS = re.compile(r"^Figure \S+ in words: ")


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
        The figures' records by number (`pictures.read_records`).
    numbers : mapping
        The merged numbers.

    Returns
    -------
    dict
        The notebook's JSON: each code cell is folded (that of the parameters is not) and has an
        anchor `cell-N`, counted from the top as in docs/replication.md.
    """
    chapter, fold = copy.deepcopy(dict(notebook)), choose_fold(page)
    cells: list[dict[str, Any]] = []
    for count, cell in enumerate(chapter["cells"], start=1):
        if cell["cell_type"] == "code":
            cells.append(_write_cell(f'<div class="cell-anchor" id="cell-{count}"></div>'))
            _fold_code(cell, count, fold)
            _dress_outputs(cell, page, records, numbers)
            cells.append(cell)
            cells += _list_saved(cell, page)
        else:
            cells.append(cell)
        if count == 1:
            cells.append(_write_cell(_write_head(page)))
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    chapter["cells"] = cells
    return chapter


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


def is_chapter(page: str) -> bool:
    """Tell a chapter of the study from a lesson: the study's numbers and figures are its own.

    >>> is_chapter("notebooks/03_eras"), is_chapter("notebooks/exercises/01_reading")
    (True, False)
    """
    return page.count("/") == 1


def choose_fold(page: str) -> str:
    """Choose what is folded: the code of chapters, all of a solution, nothing of an exercise.

    >>> choose_fold("notebooks/03_eras"), choose_fold("notebooks/exercises/01_fetch")
    ('hide-input', '')
    """
    if page.startswith("notebooks/exercises/solutions/"):
        return "hide-cell"
    return "" if page.startswith("notebooks/exercises/") else "hide-input"


def _fold_code(cell: dict[str, Any], count: int, fold: str) -> None:
    """Fold a cell under a line that names it; the parameters stay open."""
    tags = list(cell["metadata"].get("tags", []))
    if fold and "parameters" not in tags:
        lines = len("".join(cell["source"]).splitlines())
        said = f"Code of cell {count}, {lines} line{'s' if lines > 1 else ''}"
        look = {"code_prompt_show": said, "code_prompt_hide": said}
        cell["metadata"] = cell["metadata"] | {"tags": [*tags, fold], "mystnb": look}


def _dress_outputs(
    cell: dict[str, Any], page: str, records: Mapping[str, Any], numbers: Mapping[str, Any]
) -> None:
    """Put a cell's outputs into the site's form."""
    source, is_study = "".join(cell["source"]), is_chapter(page)
    outputs = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        plain = "".join(data.get("text/plain", ""))
        number = find_number(output)
        if number and is_study:
            output["data"] = {"text/html": render_figure(records[number], page)}
        elif number:
            output["data"] = {"text/html": render_picture(output)}
        elif "text/markdown" in data and is_study:
            text = "".join(data["text/markdown"])
            output["data"] = {"text/markdown": link_numbers(text, source, numbers, _linker(page))}
        elif "<table" in "".join(data.get("text/html", "")):
            output["data"] = {"text/html": frame_table("".join(data["text/html"]))}
        if not (is_study and _IN_WORDS.match(plain)):  # the figure holds its own description
            outputs.append(output)
    cell["outputs"] = outputs


def _linker(page: str) -> Any:
    return lambda name, printed: link_number(name, printed, page)


def link_number(name: str, printed: str, page: str) -> str:
    """Link a printed number to its row in the list of all numbers.

    >>> link_number("summed", "1,250", "index")
    '<a class="number" href="numbers.html#number-summed">1,250</a>'
    """
    return f'<a class="number" href="{climb(page)}numbers.html#number-{name}">{printed}</a>'


def frame_table(html: str) -> str:
    """Put a table into a region that scrolls, that the keyboard reaches and its caption names."""
    caption = _CAPTION.search(html)
    name = _TAG.sub(" ", caption[1]).strip().replace('"', "&quot;") if caption else "Table"
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">{html}</div>'


def _list_saved(cell: Mapping[str, Any], page: str) -> Iterable[dict[str, Any]]:
    """Link the tables that a cell writes to file."""
    names = list(find_saved("".join(cell["source"])))
    if names:
        links = "".join(
            f'<li><a href="{climb(page)}tables/{name}" download>{name}</a></li>' for name in names
        )
        yield _write_cell(f'<p class="files-head">On file, in full precision:</p>'
                          f'<ul class="files">{links}</ul>')  # fmt: skip
