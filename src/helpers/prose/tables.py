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
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from helpers.data.datapackage import SOURCE, describe_file, measure_bytes, write_datapackage
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

    >>> describe_columns(["pending"])
    'pending: Claims pending at the reference date (stock), in persons'
    """
    known = ((name, find_column(name)) for name in names)
    return "; ".join(
        f"{name}: {column.meaning if column else ''}"
        + (f", in {column.unit}" if column and column.unit else "")
        for name, column in known
    )


def write_tables_package(folder: Path) -> None:
    """Describe a run's tables/ in its datapackage.json: each CSV file, and its Parquet file.

    A column's type is that of the Parquet file; title, meaning and unit are the dictionary's.
    """
    resources = []
    for file in sorted(folder.glob("*.parquet")):
        columns = pq.read_schema(file)
        fields = [_describe_field(name, columns.field(name).type) for name in columns.names]
        described = describe_file(
            file.with_suffix(".csv"),
            name=file.stem,
            title=file.stem.replace("_", " ").capitalize(),
            schema={"fields": fields, "missingValues": [""]},
        )
        described["parquet"] = {"path": file.name, **measure_bytes(file.read_bytes())}
        resources.append(described)
    if resources:
        package = {"profile": "data-package", "name": "tables", "title": "Tables of a run"}
        write_datapackage(folder, package | SOURCE | {"resources": resources})


def _describe_field(name: str, arrow: Any) -> dict[str, str]:
    """Describe a column by its Arrow type and the dictionary."""
    column = find_column(name)
    kinds = {"int": "integer", "uint": "integer", "double": "number", "float": "number",
             "bool": "boolean", "date": "date"}  # fmt: skip
    kind = kinds.get(re.split(r"\d|\[", str(arrow))[0], "string")
    described = {"name": name, "type": kind}
    if column:
        described |= {"title": column.heading, "description": column.meaning}
        described |= {"unit": column.unit} if column.unit else {}
    return described


@dataclass(frozen=True)
class TableCard:
    """A table as a notebook shows it: every cell as text, numbers at the right.

    `row_headers` is how many columns from the left head their row.
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
        table, caption = "<table>", ""
        if self.caption:
            table = f'<table id="{slugify("table " + self.caption)[:60].strip("-")}">'
            note = f"<br>{escape(self.note)}" if self.note else ""
            caption = (
                f'\n<caption style="text-align:left"><strong>{escape(self.caption)}</strong>{note}'
                "</caption>"
            )
        head = self._row_html(self.headings, ' scope="col"', len(self.headings))
        body = "\n".join(self._row_html(row, ' scope="row"', self.row_headers) for row in self.rows)
        head = f"<thead>\n{head}\n</thead>"
        return f"{table}{caption}\n{head}\n<tbody>\n{body}\n</tbody>\n</table>"

    def _row_html(self, texts: tuple[str, ...], scope: str, heads: int) -> str:
        cells = ""
        for place, (text, is_number) in enumerate(zip(texts, self.is_number, strict=True)):
            tag, scoped = ("th", scope) if place < heads else ("td", "")
            side = "right" if is_number else "left"
            cells += f'<{tag}{scoped} style="text-align:{side}">{escape(text)}</{tag}>'
        return f"<tr>{cells}</tr>"

    @property
    def text(self) -> str:
        """The table as plain text, columns aligned."""
        grid = [self.headings, *self.rows]
        widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
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

    The caption says what the table says where no sentence above it does, the note what a reader
    must know besides; a number typed in either is refused.
    """
    refuse_typed(f"{caption}\n{note}")
    if frame.empty:
        return None
    if "measure" in frame:
        called = {name: find_column(name) for name in set(frame["measure"])}
        headings = {name: column.heading for name, column in called.items() if column}
        frame = frame.assign(measure=frame["measure"].replace(headings))
    known = {name: find_column(name) for name in map(str, frame)}
    formats = {
        name: partial(print_number, column.format)
        for name, column in known.items()
        if column and column.format in NUMBERS
    }
    names = {name: column.heading if column else name for name, column in known.items()}
    table = build_table(frame, caption, formats=formats, names=names, note=note)
    heads = next((n for n, right in enumerate(table.is_number) if right), 1)
    return replace(table, row_headers=max(heads, 1))


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

    `formats` are functions that write a value, by column; `names` are headings, by column, in place
    of the column's name in words; `row_headers` is how many columns from the left head their row.
    """
    formats, names = formats or {}, names or {}
    columns = [str(column) for column in frame]
    cells, is_number = [], []
    for column in columns:
        values = [to_plain(value) for value in frame[column]]
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
