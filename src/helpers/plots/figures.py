"""Figures as a reader gets them: drawn once, described in words, with a digest of their data.

A figure is stored as SVG (for the page), PNG (for print and for the notebook) and JSON (its
words, the points it draws, and their digest). Two runs on the same data give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from IPython.display import publish_display_data
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from helpers import paths
from helpers.prose.words import to_plain

NO_WORD = re.compile(r"^\s*$|\b(nan|None|NaT)\b|<NA>|[{}]")
_SIGNIFICANT = 9
_WHITE = 0xFFFFFFFF


@dataclass(frozen=True)
class FigureCard:
    """A finished figure; in a notebook its plain text is the caption and the digest."""

    id: str
    number: str
    title: str  # the finding
    subtitle: str  # measure and unit
    alt: str  # the description for those who do not see it
    source: str
    note: str
    columns: list[str]  # the drawn data as plain values
    rows: list[list[Any]]
    png: bytes
    svg: str
    width: int  # in pixels, as it is shown; the file has twice as many

    @property
    def data_sha256(self) -> str:
        """Digest of the drawn data, see `digest_plain`."""
        return digest_plain(self.columns, self.rows)

    @property
    def caption(self) -> str:
        """Number, finding, measure, note and source in one line."""
        parts = [part for part in (self.title, self.subtitle, self.note, self.source) if part]
        sentences = [part if part.endswith((".", "?", "!")) else f"{part}." for part in parts]
        return f"Figure {self.number}. {' '.join(sentences)}"

    def save(self, folder: Path) -> None:
        """Write <id>.svg, <id>.png and <id>.json into a run's folder, each whole or not at all."""
        names = ("id", "number", "title", "subtitle", "caption", "alt", "source", "note")
        words = {name: getattr(self, name) for name in (*names, "data_sha256")}
        record = words | {"data": {"columns": self.columns, "rows": self.rows}}
        text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        for ending, content in (("svg", self.svg), ("png", self.png), ("json", text)):
            paths.write_atomic(folder / f"{self.id}.{ending}", content)

    def __repr__(self) -> str:
        return f"{self.caption} [data sha256 {self.data_sha256}]"

    def _ipython_display_(self) -> None:
        """Show the picture, and below it its description to unfold.

        JupyterLab (4.6) and nbconvert's lab template (7.17) give pictures no alternative text,
        whatever the metadata says, so the description stands in the page as well. Being HTML,
        it is compared by nbval, numbers and all.
        """
        data = {"image/png": self.png, "text/plain": repr(self)}
        publish_display_data(data, {"image/png": {"alt": self.alt, "width": self.width}})
        heading = f"Figure {self.number} in words"
        folded = (
            f"<details><summary>{escape(heading)}</summary>"
            f"<p>{escape(self.alt, quote=False)}</p></details>"
        )
        publish_display_data({"text/html": folded, "text/plain": f"{heading}: {self.alt}"})


def read_plain(frame: pd.DataFrame) -> tuple[list[str], list[list[Any]]]:
    """Turn a frame into column names and rows of plain, rounded values; missing is None."""
    named = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    rows = [[_round(value) for value in row] for row in named.itertuples(index=False, name=None)]
    return [str(column) for column in named.columns], rows


def digest_plain(columns: list[str], rows: list[list[Any]]) -> str:
    """Digest column names and rows, as `read_plain` gives them: 16 hex digits of a SHA-256.

    Canonical form: JSON in UTF-8 of names, then rows, every cell as text; numbers to nine
    significant digits and alike whether stored as integer or float; missing is empty. Neither
    dtypes, nor the index's numbers, nor pandas' version have a part in it.

    >>> digest_plain(["a"], [[1]]) == digest_plain(["a"], [[1.0]])
    True
    """
    cells = [columns, *([_write_cell(value) for value in row] for row in rows)]
    canonical = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:16]


def _round(value: Any) -> Any:
    plain = to_plain(value)
    if isinstance(plain, float):
        rounded = float(f"{plain:.{_SIGNIFICANT}g}")
        return int(rounded) if rounded.is_integer() else rounded
    return plain


def _write_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.{_SIGNIFICANT}g}" if isinstance(value, float | int) else str(value)


def draw_png(fig: Figure, title: str, alt: str) -> bytes:
    """Draw the picture; the description travels in its metadata, the version does not.

    On the canvas that the layout was made on: the lengths of its texts are known there. A palette
    in place of true colours makes the file, and the notebook that holds it, a third as large; it is
    chosen from what is not white, a tenth of the picture.
    """
    fig.canvas.draw()
    pixels = np.asarray(fig.canvas.buffer_rgba())  # type: ignore[attr-defined]
    is_ink = pixels.view(np.uint32)[..., 0] != _WHITE
    ink = Image.fromarray(pixels[is_ink][np.newaxis, :, :3])
    ink = ink.quantize(255, dither=Image.Dither.NONE)
    colours = np.zeros(is_ink.shape, dtype=np.uint8)
    colours[is_ink] = np.asarray(ink)[0] + 1
    picture = Image.fromarray(colours)
    picture.putpalette([255, 255, 255, *(ink.getpalette() or ())])
    words = PngInfo()
    words.add_itxt("Title", title)
    words.add_itxt("Description", alt)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", pnginfo=words, dpi=(fig.dpi, fig.dpi))
    return buffer.getvalue()


def draw_svg(fig: Figure, id: str, title: str, alt: str) -> str:
    """Draw the vector picture: text as paths, ids from the figure's own id, no date."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": id, "svg.fonttype": "path"}):
        FigureCanvasSVG(fig).print_svg(buffer, metadata={"Date": None, "Creator": None})
    opening, rest = buffer.getvalue().split("<svg ", 1)
    attributes, inside = rest.split(">", 1)
    return (
        f'{opening}<svg role="img" aria-labelledby="{id}-title {id}-desc" {attributes}>\n'
        f' <title id="{id}-title">{escape(title)}</title>\n'
        f' <desc id="{id}-desc">{escape(alt)}</desc>{inside}'
    )
