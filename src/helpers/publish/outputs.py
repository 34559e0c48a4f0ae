"""A notebook's figures and tables as HTML, the same in the report and on the site.

A figure comes with its number, its words and its files; a table comes in a region that scrolls,
and a long one is folded under its caption.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from jinja2 import Environment
from nbformat.v4.rwbase import rejoin_lines

# A figure as HTML: number, caption (without the number), alt, picture, and anchor if it has one.
FIGURE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    Path(__file__).with_name("figure.html.j2").read_text(encoding="utf-8")
)
_CARD = re.compile(r"^Figure (\S+)\. (.*) \[data sha256 ([0-9a-f]+)\]$", re.S)
_IN_WORDS = re.compile(r"^Figure \S+ in words: ")
_TABLE = re.compile(r"<table\b.*?</table>", re.S)
_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.S)
_HEADINGS = re.compile(r"<th(?: [^>]*)?>(.*?)</th>", re.S)
_TAG = re.compile(r"<[^>]+>")
# More than that is folded.
_MOST_ROWS, _MOST_WORDS = 16, 120


class Picture(NamedTuple):
    """A picture's address and size (attributes), and its files' addresses but for the endings."""

    address: str
    size: Mapping[str, Any] = {}
    stem: str = ""


# By number and digest of the data, so that no picture is shown where another was drawn.
Pictures = Mapping[tuple[str, str], Picture]


def dress_notebook(notebook: Mapping[str, Any], pictures: Pictures | None = None) -> Any:
    """Return a copy (NotebookNode) of an executed notebook, its figures and tables finished HTML.

    Parameters
    ----------
    notebook : mapping
        The notebook's JSON.
    pictures : mapping, optional
        The figures on file; one that is not among them is shown as the notebook holds it.
    """
    dressed = rejoin_lines(nbformat.from_dict(notebook))
    for cell in dressed["cells"]:
        kept = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                output["data"] = {"text/html": _render_output(output, pictures or {})}
            elif "<table" in data.get("text/html", ""):
                output["data"] = {"text/html": frame_tables(data["text/html"])}
            if not _IN_WORDS.match(data.get("text/plain", "")):  # the figure holds its words
                kept.append(output)
        if "outputs" in cell:
            cell["outputs"] = kept
    return dressed


def find_figure(output: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return number and digest of the figure that an output shows; None for any other output."""
    data = output.get("data", {})
    card = _CARD.match("".join(data.get("text/plain", ""))) if "image/png" in data else None
    return (card[1], card[3]) if card else None


def name_anchor(number: str) -> str:
    """Name a figure's place on its page.

    >>> name_anchor("3.10")
    'figure-3-10'
    """
    return f"figure-{number.replace('.', '-')}"


def _render_output(output: Mapping[str, Any], pictures: Pictures) -> str:
    """Render a notebook's picture: a figure of the study with its words, any other bare."""
    data, look = output["data"], output.get("metadata", {}).get("image/png", {})
    embedded = f"data:image/png;base64,{''.join(data['image/png'].split())}"
    card = _CARD.match(data.get("text/plain", ""))
    if not card:
        alt = escape(look.get("alt") or "Picture without a description")
        return f'<figure><img src="{embedded}" alt="{alt}"></figure>'
    number, caption, digest = card.groups()
    picture = pictures.get((number, digest), Picture(embedded, {"width": look.get("width")}))
    alt = look.get("alt") or caption
    return FIGURE.render(
        number=number, caption=caption, alt=alt, picture=picture, anchor=name_anchor(number)
    )


def frame_tables(html: str) -> str:
    """Put tables into regions that scroll and that the keyboard reaches, named by their captions.

    A table without a caption is named by its columns; a long one is folded. Alignment goes
    by class, so that a page needs no style of its own.
    """
    return _TABLE.sub(lambda table: _frame_table(table[0]), html)


def _frame_table(html: str) -> str:
    html = html.replace(' style="text-align:right"', ' class="right"')
    html = re.sub(r' style="[^"]*"', "", html)
    html = re.sub(r"<th(?: [^>]*)?></th>", "<td></td>", html)  # pandas' heading of an index
    caption = _CAPTION.search(html)
    name = caption[1] if caption else f"table: {', '.join(_HEADINGS.findall(html))}"
    name = _TAG.sub("", name).strip()
    label = name.replace('"', "&quot;")
    framed = f'<div class="scroll" role="group" tabindex="0" aria-label="{label}">{html}</div>'
    rows, words = html.count("<tr") - 1, len(_TAG.sub(" ", html).split())
    if rows <= _MOST_ROWS and words <= _MOST_WORDS:
        return framed
    return f'<details class="long"><summary>{name} ({rows} rows)</summary>{framed}</details>'
