"""report.html: a run's executed notebooks on one page that needs nothing else.

Pictures are embedded, code is folded, nothing is fetched: the page reads the same offline, in
ten years, and on paper. nbconvert turns Markdown, code and terminal colours into HTML; the page
around them is this package's own template, because nbconvert's templates load scripts from a
network.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

_TEMPLATE = Path(__file__).with_name("report.html.j2")
_HEADING = re.compile(r'<h([1-6]) id="([^"]*)">(.*?)(?:<a class="anchor-link".*?</a>)?</h\1>', re.S)
_CARD = re.compile(r"^Figure (\S+)\. (.*) \[data sha256 ([0-9a-f]+)\]$", re.S)
_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.S)
_TAG = re.compile(r"<[^>]+>")
_HIDDEN_TAGS = {"injected-parameters", "papermill-error-cell-tag"}
_PICTURES = ("image/png", "image/jpeg")


@dataclass
class Entry:
    """A heading for the table of contents."""

    level: int
    anchor: str
    text: str


@dataclass
class Chapter:
    """One notebook as HTML."""

    name: str
    html: str = ""
    entries: list[Entry] = field(default_factory=list)


def render_report(notebooks: Sequence[str], manifest: dict[str, Any]) -> str:
    """Render a run's report.

    Parameters
    ----------
    notebooks : sequence of str
        The executed notebooks' JSON, in reading order.
    manifest : dict
        The run's manifest: parameters, release, key and headlines are shown on top.

    Returns
    -------
    str
        One HTML page without scripts and without addresses that a browser would load.
    """
    from jinja2 import Environment

    chapters = [render_chapter(json.loads(text)) for text in notebooks]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    headlines = [_strip_paragraph(_render_markdown(said)) for said in manifest["headlines"]]
    return template.render(chapters=chapters, manifest=manifest, headlines=headlines)


def render_chapter(notebook: dict[str, Any]) -> Chapter:
    """Render one notebook's cells; headings go down by one level below the page's title."""
    stem = str(notebook.get("metadata", {}).get("papermill", {}).get("output_path") or "notebook")
    chapter = Chapter(Path(stem).stem)
    parts = []
    for cell in notebook["cells"]:
        if _HIDDEN_TAGS & set(cell.get("metadata", {}).get("tags", [])):
            continue
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            html = _render_markdown(source)
            parts.append(f'<div class="prose">{_number_headings(html, chapter)}</div>')
        elif cell["cell_type"] == "code" and source.strip():
            parts.append(_fold_code(source))
            parts += [_render_output(output) for output in cell["outputs"]]
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
    code = Highlight2HTML()(source, language="python")
    return f'<details class="code"><summary>{summary}</summary>{code}</details>'


def _render_output(output: dict[str, Any]) -> str:
    """Render an output in its richest form that needs no script."""
    kind = output["output_type"]
    if kind == "stream":
        return f'<pre class="text {output["name"]}">{_render_terminal(output["text"])}</pre>'
    if kind == "error":
        lines = "\n".join(output["traceback"])
        return f'<pre class="text stderr">{_render_terminal(lines)}</pre>'
    data = output["data"]
    plain = "".join(data.get("text/plain", ""))
    for mime in _PICTURES:
        if mime in data:
            words = output.get("metadata", {}).get(mime, {})
            return _render_picture(mime, "".join(data[mime]), words, plain)
    if "text/html" in data:
        return _render_html("".join(data["text/html"]))
    if "text/markdown" in data:
        return f'<div class="prose said">{_render_markdown("".join(data["text/markdown"]))}</div>'
    return f'<pre class="text">{escape(plain)}</pre>' if plain else ""


def _render_terminal(text: str | list[str]) -> str:
    from nbconvert.filters.ansi import ansi2html

    return str(ansi2html("".join(text).rstrip("\n")))


def _render_picture(mime: str, encoded: str, words: dict[str, Any], plain: str) -> str:
    """Embed a picture with its alternative text; number and digest stand below it."""
    card = _CARD.match(plain)
    alt = words.get("alt") or (card[2] if card else "")
    width = f' width="{int(words["width"])}"' if words.get("width") else ""
    source = re.sub(r"\s", "", encoded)
    image = f'<img src="data:{mime};base64,{source}" alt="{escape(alt)}"{width}>'
    if not card:
        return f"<figure>{image}</figure>"
    below = f'Figure {card[1]} <span class="digest">data sha256 {card[3]}</span>'
    return f"<figure>{image}<figcaption>{below}</figcaption></figure>"


def _render_html(html: str) -> str:
    """Show HTML as it is; a table scrolls in a frame that the keyboard reaches."""
    if "<table" not in html:
        return f'<div class="html">{html}</div>'
    caption = _CAPTION.search(html)
    label = escape(_TAG.sub(" ", caption[1]).strip()) if caption else "table"
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">{html}</div>'
