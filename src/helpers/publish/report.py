"""report.html: a run's executed notebooks on one page that needs nothing else.

Pictures are embedded, code is folded, nothing is fetched: the page reads the same offline, in
ten years, and on paper. nbconvert turns Markdown, code and terminal colours into HTML; the page
around them is this package's own template, because nbconvert's templates load scripts from a
network. A picture is the run's SVG, sharp at any size and a third of the notebook's PNG.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from helpers.publish.vector import make_svg_address
from helpers.study import ATTRIBUTION, LICENCE, TERMS

_TEMPLATE = Path(__file__).with_name("report.html.j2")
_HEADING = re.compile(r'<h([1-6]) id="([^"]*)">(.*?)(?:<a class="anchor-link".*?</a>)?</h\1>', re.S)
_CARD = re.compile(r"^Figure (\S+)\. (.*) \[data sha256 ([0-9a-f]+)\]$", re.S)
_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.S)
_TABLE = re.compile(r"<table>.*?</table>", re.S)
_HEADINGS = re.compile(r"<th(?: [^>]*)?>(.*?)</th>", re.S)
_TAG = re.compile(r"<[^>]+>")
_HIDDEN_TAGS = {"injected-parameters", "papermill-error-cell-tag"}
_FEW_ROWS = 16
_PICTURES = ("image/png", "image/jpeg")


@dataclass
class Entry:
    """A heading for the table of contents."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Picture:
    """A figure as the run has stored it: its finding, and its SVG."""

    title: str
    svg: str


# By number and digest of the data, so that no picture stands where another was drawn.
Pictures = Mapping[tuple[str, str], Picture]


@dataclass
class Chapter:
    """One notebook as HTML, with its headings and its figures for the lists of contents."""

    name: str
    html: str = ""
    entries: list[Entry] = field(default_factory=list)
    figures: list[Entry] = field(default_factory=list)


def render_report(
    notebooks: Sequence[str], manifest: dict[str, Any], pictures: Pictures | None = None
) -> str:
    """Render a run's report.

    Parameters
    ----------
    notebooks : sequence of str
        The executed notebooks' JSON, in reading order.
    manifest : dict
        The run's manifest: parameters, release, key and headlines are shown on top.
    pictures : mapping, optional
        The run's figures; one that is not among them is shown as the notebook's own picture.

    Returns
    -------
    str
        One HTML page without scripts and without addresses that a browser would load.
    """
    from jinja2 import Environment

    chapters = [render_chapter(json.loads(text), pictures or {}) for text in notebooks]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    headlines = [_strip_paragraph(_render_markdown(said)) for said in manifest["headlines"]]
    figures = [entry for chapter in chapters for entry in chapter.figures]
    return template.render(
        chapters=chapters, manifest=manifest, headlines=headlines, figures=figures,
        source=ATTRIBUTION, terms=TERMS, licence=LICENCE["path"],
    )  # fmt: skip


def render_chapter(notebook: dict[str, Any], pictures: Pictures) -> Chapter:
    """Render one notebook's cells; headings go down by one level below the page's title."""
    stem = str(notebook.get("metadata", {}).get("papermill", {}).get("output_path") or "notebook")
    chapter = Chapter(Path(stem).stem)
    parts = []
    for cell in notebook["cells"]:
        if _HIDDEN_TAGS & set(cell.get("metadata", {}).get("tags", [])):
            continue
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            html = _TABLE.sub(_frame_table, _render_markdown(source))
            parts.append(f'<div class="prose">{_number_headings(html, chapter)}</div>')
        elif cell["cell_type"] == "code" and source.strip():
            parts.append(_fold_code(source))
            parts += [_render_output(output, chapter, pictures) for output in cell["outputs"]]
    chapter.html = "\n".join(part for part in parts if part)
    return chapter


def preload() -> None:
    """Import nbconvert, which takes a second or two, ahead of its use."""
    _render_markdown("")
    _fold_code("1")


def _render_markdown(text: str) -> str:
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return str(markdown2html_mistune(text))


def _strip_paragraph(html: str) -> str:
    """Take the paragraph from around a single one."""
    return re.sub(r"^\s*<p>(.*)</p>\s*$", r"\1", html, flags=re.S)


def _number_headings(html: str, chapter: Chapter) -> str:
    """Lower the headings, give them anchors that no other notebook has, note them down."""

    def lower(match: re.Match[str]) -> str:
        level, text = int(match[1]), match[3].strip()
        anchor = f"{chapter.name}-{len(chapter.entries) + 1}"
        chapter.entries.append(Entry(level, anchor, _TAG.sub("", text)))
        below = min(level + 1, 6)
        return f'<h{below} id="{anchor}">{text}</h{below}>'

    return _HEADING.sub(lower, html)


def _fold_code(source: str) -> str:
    from nbconvert.filters.highlight import Highlight2HTML

    lines = len(source.splitlines())
    summary = f"code, {lines} line{'s' if lines > 1 else ''}"
    code = Highlight2HTML()(source, language="python").replace("<pre>", '<pre tabindex="0">', 1)
    return f'<details class="code"><summary>{summary}</summary>{code}</details>'


def _render_output(output: dict[str, Any], chapter: Chapter, pictures: Pictures) -> str:
    """Render an output in its richest form that needs no script."""
    kind = output["output_type"]
    if kind == "stream":
        return _frame_text(_render_terminal(output["text"]), output["name"])
    if kind == "error":
        lines = "\n".join(output["traceback"])
        return _frame_text(_render_terminal(lines), "stderr")
    data = output["data"]
    plain = "".join(data.get("text/plain", ""))
    for mime in _PICTURES:
        if mime in data:
            words = output.get("metadata", {}).get(mime, {})
            encoded = "".join("".join(data[mime]).split())
            address = f"data:{mime};base64,{encoded}"
            return _render_picture(address, words, plain, chapter, pictures)
    if "text/html" in data:
        return _render_html("".join(data["text/html"]))
    if "text/markdown" in data:
        html = _TABLE.sub(_frame_table, _render_markdown("".join(data["text/markdown"])))
        return f'<div class="prose said">{html}</div>'
    return _frame_text(escape(plain)) if plain else ""


def _frame_text(html: str, kind: str = "") -> str:
    """Show text as it was printed; the keyboard reaches what is too wide."""
    return f'<pre class="{f"text {kind}".strip()}" tabindex="0">{html}</pre>'


def _render_terminal(text: str | list[str]) -> str:
    from nbconvert.filters.ansi import ansi2html

    return str(ansi2html("".join(text).rstrip("\n")))


def _render_picture(
    address: str, words: dict[str, Any], plain: str, chapter: Chapter, pictures: Pictures
) -> str:
    """Embed a picture with its alternative text; number, caption and digest stand below it."""
    card = _CARD.match(plain)
    alt = escape(words.get("alt") or (card[2] if card else ""))
    width = f' width="{int(words["width"])}"' if words.get("width") else ""
    if not card:
        return f'<figure><img src="{address}" alt="{alt}"{width}></figure>'
    number, caption, digest = card.groups()
    stored = pictures.get((number, digest))
    anchor = f"{chapter.name}-figure-{len(chapter.figures) + 1}"
    title = stored.title if stored else caption.partition(". ")[0]
    chapter.figures.append(Entry(0, anchor, f"{number} {escape(title)}"))
    if stored:
        address = make_svg_address(stored.svg)
    return (
        f'<figure id="{anchor}"><img src="{address}" alt="{alt}"{width}>'
        f"<figcaption><strong>Figure {number}.</strong> {escape(caption)} "
        f'<span class="digest">data sha256 {digest}</span></figcaption></figure>'
    )


def _render_html(html: str) -> str:
    """Show HTML as it is; a table scrolls in a frame that the keyboard reaches."""
    if "<table" not in html:
        return f'<div class="html">{html}</div>'
    caption = _CAPTION.search(html)
    return _frame(html, caption[1].partition("<br>")[0] if caption else "table")


def _frame_table(match: re.Match[str]) -> str:
    """Frame a table of the prose, which has no caption, under the names of its columns."""
    return _frame(match[0], f"table: {', '.join(_HEADINGS.findall(match[0]))}")


def _frame(table: str, label: str) -> str:
    """Frame a table; on paper, one of few rows is kept on one page."""
    plain = _TAG.sub("", label).strip().replace('"', "&quot;")
    kind = "scroll" if table.count("<tr") > _FEW_ROWS else "scroll short"
    return f'<div class="{kind}" role="region" tabindex="0" aria-label="{plain}">{table}</div>'
