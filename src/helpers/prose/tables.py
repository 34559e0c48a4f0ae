"""Tables that people read: accessible HTML and stable plain text, never a raw frame.

The HTML is written here and not by pandas' Styler, which gives no `scope` to a heading, marks
every cell with classes and ids, prints a memory address as plain text, and whose markup differs
between pandas 2 and 3; these outputs are compared to the letter.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from html import escape
from importlib import resources
from typing import Any, NamedTuple

import pandas as pd

from helpers.prose.passages import NUMBERS, print_number, refuse_typed
from helpers.prose.words import MISSING, capitalise, say_date, slugify, to_plain

Format = Callable[[Any], str]
_YEAR = re.compile(r"(^|_)years?($|_)")
_SHARE = re.compile(r"(^|_)(share|rate)($|_)|^hhi$")


class Column(NamedTuple):
    """A column of the study's tables: one name holds one quantity wherever it is."""

    heading: str
    format: str
    unit: str
    meaning: str


@cache
def load_columns() -> dict[str, Column]:
    """Read the dictionary of columns, `columns.csv` beside this module, by name.

    >>> load_columns()["pending"].unit
    'persons'
    """
    text = (resources.files("helpers.prose") / "columns.csv").read_text(encoding="utf-8")
    return {row.pop("column"): Column(**row) for row in csv.DictReader(text.splitlines())}


def find_column(name: str) -> Column | None:
    """Find a column in the dictionary; `_excl_main` says without the main destination.

    >>> find_column("oip_excl_main").heading
    'Others in need of protection, without the main destination'
    """
    base = name.removesuffix("_excl_main")
    found = load_columns().get(name) or load_columns().get(base)
    if found and name not in load_columns():
        rest = ", without the main destination"
        found = found._replace(heading=found.heading + rest, meaning=found.meaning + rest)
    return found


def describe_columns(names: Iterable[str]) -> str:
    """Say what columns hold, for the description of a CSV file.

    >>> describe_columns(["pending", "is_own"])
    "pending: Claims pending at the reference date (stock), in persons; is_own: Whether it is the \
study's own choice"
    """
    known = {name: find_column(name) for name in names}
    said = {name: column.meaning if column else "" for name, column in known.items()}
    units = {
        name: f", in {column.unit}" for name, column in known.items() if column and column.unit
    }
    return "; ".join(f"{name}: {text}{units.get(name, '')}" for name, text in said.items())


@dataclass(frozen=True)
class TableCard:
    """A table as a notebook shows it.

    Attributes
    ----------
    caption, note : str
        What the table says, and what a reader must know besides.
    headings : tuple of str
    rows : tuple of tuples of str
        Every cell as it is shown.
    is_number : tuple of bool
        Which columns are numbers (shown right-aligned).
    row_headers : int
        How many columns from the left head their row.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[bool, ...]
    row_headers: int = 1
    note: str = ""

    @property
    def html(self) -> str:
        """The table as HTML that a screen reader can walk."""
        head = self._row_html(self.headings, ['th scope="col"'] * len(self.headings))
        kinds = [
            'th scope="row"' if i < self.row_headers else "td" for i in range(len(self.headings))
        ]
        body = "\n".join(f"<tr>{self._row_html(row, kinds)}</tr>" for row in self.rows)
        note = f"<br>{escape(self.note)}" if self.note else ""
        table, caption = "<table>\n", ""
        if self.caption:
            table = f'<table id="{escape(slugify("table " + self.caption)[:60].strip("-"))}">\n'
            caption = (
                f'<caption style="text-align:left"><strong>{escape(self.caption)}</strong>{note}'
                "</caption>\n"
            )
        head = f"<thead>\n<tr>{head}</tr>\n</thead>"
        return f"{table}{caption}{head}\n<tbody>\n{body}\n</tbody>\n</table>"

    def _row_html(self, texts: tuple[str, ...], kinds: list[str]) -> str:
        return "".join(
            f'<{kind} style="text-align:{"right" if right else "left"}">{escape(text)}</{kind[:2]}>'
            for text, kind, right in zip(texts, kinds, self.is_number, strict=True)
        )

    @property
    def text(self) -> str:
        """The table as plain text, columns aligned."""
        grid = [self.headings, *self.rows]
        widths = [max(len(row[i]) for row in grid) for i in range(len(self.headings))]
        lines = []
        for row in grid:
            cells = zip(row, widths, self.is_number, strict=True)
            line = "  ".join(t.rjust(w) if right else t.ljust(w) for t, w, right in cells)
            lines.append(line.rstrip())
        rule = "-" * min(sum(widths) + 2 * (len(widths) - 1), 100)
        head = [self.caption, self.note, rule] if self.caption else [self.note]
        return "\n".join([*filter(None, head), *lines])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def show(frame: pd.DataFrame, caption: str = "", *, note: str = "") -> TableCard | None:
    """Show a frame with the headings and formats of the dictionary of columns; nothing if empty.

    A column that the dictionary lacks is headed by its name; a measure is called as its column is.
    Columns of text on the left head their rows.

    Parameters
    ----------
    frame : DataFrame
        Its index is not shown.
    caption, note : str
        What the table says, where no sentence above it does, and what a reader must know besides.

    Raises
    ------
    ValueError
        For a number typed in the caption or the note.
    """
    refuse_typed(f"{caption}\n{note}")
    if frame.empty:
        return None
    known = {str(name): find_column(str(name)) for name in frame}
    if "measure" in frame:
        called = {name: find_column(name) for name in set(frame["measure"])}
        headings = {name: column.heading for name, column in called.items() if column}
        frame = frame.assign(measure=frame["measure"].replace(headings))
    names = {name: column.heading if column else name for name, column in known.items()}
    formats = {
        name: partial(print_number, column.format)
        for name, column in known.items()
        if column and column.format in NUMBERS
    }
    table = build_table(frame, caption or "-", formats=formats, names=names, note=note)
    heads = next((n for n, right in enumerate(table.is_number) if right), 1)
    return replace(table, caption=caption, row_headers=max(heads, 1))


def build_table(
    frame: pd.DataFrame,
    caption: str,
    *,
    formats: Mapping[str, Format] | None = None,
    names: Mapping[str, str] | None = None,
    row_headers: int = 1,
    note: str = "",
) -> TableCard:
    """Round, format and head a frame's columns.

    Without a format, whole numbers get separators (years do not), columns called share, rate
    or hhi, or whose name has such a part, are shown in percent, other floats with one decimal.

    Parameters
    ----------
    frame : DataFrame
        Any columns of numbers, words, truth values or dates.
    formats : mapping
        Column -> function that writes a value.
    names : mapping
        Column -> heading; without one, the column's name in words.
    row_headers : int
        How many columns from the left head their row.

    Raises
    ------
    ValueError
        Where a column named in formats or names does not exist, or the caption is empty.
    """
    if not caption.strip():
        raise ValueError("a table needs a caption")
    columns, formats, names = [str(column) for column in frame.columns], formats or {}, names or {}
    if strangers := sorted({*formats, *names} - set(columns)):
        raise ValueError(f"no column {', '.join(strangers)}; there is: {', '.join(columns)}")
    if len(set(columns)) < len(columns):
        raise ValueError(f"a column's name stands twice: {', '.join(columns)}")
    cells, is_number = [], []
    for place, column in enumerate(columns):
        values = [to_plain(value) for value in frame.iloc[:, place]]
        cells.append([_show(value, column, formats.get(column)) for value in values])
        kinds = {type(value) for value in values if value is not None}
        is_number.append(bool(kinds) and kinds <= {int, float})
    headings = tuple(names.get(c, capitalise(c.replace("_", " ").strip())) for c in columns)
    rows = tuple(zip(*cells, strict=True))
    return TableCard(caption, headings, rows, tuple(is_number), row_headers, note)


def _show(value: Any, column: str, given: Format | None) -> str:
    """Render one cell; missing is a dash whatever the format says."""
    if value is None or value == "":
        return MISSING
    if given is not None:
        return given(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and not _YEAR.search(column):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.1%}" if _SHARE.search(column) else f"{value:,.1f}"
    return say_date(value) if isinstance(value, dt.date) else str(value)
