"""Tables that people read: accessible HTML and stable plain text, never a raw frame.

The HTML is written here and not by pandas' Styler, which gives no `scope` to a heading, marks
every cell with classes and ids, prints a memory address as plain text, and whose markup differs
between pandas 2 and 3; these outputs are compared to the letter.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from helpers.data.datapackage import SOURCE, describe_file, measure_bytes, write_datapackage
from helpers.prose.passages import NUMBERS, print_number, refuse_typed
from helpers.prose.words import MISSING, say_date, slugify, to_plain

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
    text = Path(__file__).with_name("columns.csv").read_text(encoding="utf-8")
    return {row.pop("column"): Column(**row) for row in csv.DictReader(text.splitlines())}


def find_column(name: str) -> Column:
    """Find a column in the dictionary; `_excl_main` says without the main destination.

    One that the dictionary lacks is headed by its name, and has no format, unit or meaning.

    >>> find_column("oip_excl_main").heading
    'Others in need of protection, without the main destination'
    """
    columns, rest = load_columns(), ", without the main destination"
    base = columns.get(name.removesuffix("_excl_main"))
    if name in columns or not base:
        return columns.get(name, Column(name, "", "", ""))
    return base._replace(heading=base.heading + rest, meaning=base.meaning + rest)


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
    kinds = {"int": "integer", "double": "number", "bool": "boolean", "date": "date"}
    kind = kinds.get(re.split(r"\d|\[", str(arrow))[0], "string")
    described = {"name": name, "type": kind}
    if column.meaning:
        described |= {"title": column.heading, "description": column.meaning}
    return described | ({"unit": column.unit} if column.unit else {})


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

    @property
    def html(self) -> str:
        """The table as HTML that a screen reader can walk."""
        table, caption = "<table>", ""
        if self.caption:
            table = f'<table id="{slugify("table " + self.caption)[:60].strip("-")}">'
            words = f"<strong>{escape(self.caption)}</strong>"
            caption = f'\n<caption style="text-align:left">{words}</caption>'
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

    def __repr__(self) -> str:
        """Return the table as plain text, columns aligned."""
        grid = [self.headings, *self.rows]
        widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
        lines = []
        for row in grid:
            cells = zip(row, widths, self.is_number, strict=True)
            line = "  ".join(t.rjust(w) if right else t.ljust(w) for t, w, right in cells)
            lines.append(line.rstrip())
        rule = "-" * min(sum(widths) + 2 * (len(widths) - 1), 100)
        head = [self.caption, rule] if self.caption else []
        return "\n".join([*head, *lines])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


def show(frame: pd.DataFrame, caption: str = "") -> TableCard | None:
    """Show a frame with the headings and formats of the dictionary of columns; nothing if empty.

    A column that the dictionary lacks is headed by its name; its whole numbers get separators
    (years do not), and other numbers one decimal, or a percent sign where share, rate or hhi is a
    part of the name. A measure is called as its column is. Columns of text on the left head their
    rows.

    The caption says what the table says where no sentence above it does; a number typed in it is
    refused.
    """
    refuse_typed(caption)
    if frame.empty:
        return None
    if "measure" in frame:
        frame = frame.assign(measure=[find_column(name).heading for name in frame["measure"]])
    headings, cells, is_number = [], [], []
    for name in map(str, frame):
        column, values = find_column(name), [to_plain(value) for value in frame[name]]
        kinds = {type(value) for value in values if value is not None}
        headings.append(column.heading)
        cells.append([_print_cell(value, name, column.format) for value in values])
        is_number.append(bool(kinds) and kinds <= {int, float})
    rows = tuple(zip(*cells, strict=True))
    heads = max(is_number.index(True) if True in is_number else 1, 1)
    return TableCard(caption, tuple(headings), rows, tuple(is_number), heads)


def _print_cell(value: Any, name: str, form: str) -> str:
    """Print one cell as the dictionary has it; missing is a dash whatever the format."""
    if value is None or value == "":
        return MISSING
    if form in NUMBERS:
        return print_number(form, value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and not _YEAR.search(name):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.1%}" if _SHARE.search(name) else f"{value:,.1f}"
    return say_date(value) if isinstance(value, dt.date) else str(value)
