"""Check a raw table by the pandera schema that its declaration makes, with one readable refusal.

Imported only where a table is checked, since pandera takes most of a second to import.
"""

from __future__ import annotations

import sys

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from helpers.data import codes
from helpers.data.columns import Field, Table
from helpers.study import InputError, ReleaseInfo

SHOWN = 3  # rows quoted in a refusal
_ANY_CODE = "^[A-Z0-9]{1,8}$"


def _start_pandera() -> None:
    """Validate once without hypothesis, which pandera needs for tests only.

    Where it is installed, pandera imports it at the first validation, for half a second.
    """
    if "hypothesis" in sys.modules:
        return
    sys.modules["hypothesis"] = None  # type: ignore[assignment]  # makes its import fail
    try:
        pa.DataFrameSchema().validate(pd.DataFrame())
    finally:
        del sys.modules["hypothesis"]


_start_pandera()


def build_schema(table: Table, info: ReleaseInfo | None) -> pa.DataFrameSchema:
    """Return a table's schema: types, keys, code lists, no negative count, years in range.

    Parameters
    ----------
    table : Table
        The declaration of the columns.
    info : ReleaseInfo or None
        The release, whose newest year closes the range; None for a table without years.
    """
    last = info.newest_year if info else None
    columns = {field.name: _build_column(field, table.first_year, last) for field in table.fields}
    return pa.DataFrameSchema(
        columns, strict=True, ordered=True, unique=list(table.key), name=table.name
    )


def _build_column(field: Field, first: int, last: int | None) -> pa.Column:
    if field.name == "year":
        return pa.Column("int64", pa.Check.in_range(first, last))
    checks = []
    if field.type == "integer":
        checks.append(pa.Check.ge(0))
    if field.codes and field.codes == tuple(codes.UNITS):
        checks.append(pa.Check.isin(field.codes))
    elif field.codes:  # a code that UNHCR adds is kept, and reported when it is fetched
        checks.append(pa.Check.str_matches(_ANY_CODE))
    if field.pattern:
        checks.append(pa.Check.str_matches(field.pattern))
    return pa.Column(field.dtype, checks, nullable=field.is_nullable)


def check_table(frame: pd.DataFrame, table: Table, info: ReleaseInfo | None) -> pd.DataFrame:
    """Return the frame if it fits its schema.

    Raises
    ------
    InputError
        Naming the table, the column, the rule and the first rows that break it.
    """
    try:
        build_schema(table, info).validate(frame, lazy=True, inplace=True)
    except SchemaErrors as error:
        label = f"{table.name} of release {info.name}" if info else table.name
        raise InputError(f"{label}: {_describe_failure(error, frame)}") from None
    return frame


def _describe_failure(error: SchemaErrors, frame: pd.DataFrame) -> str:
    """Say which column breaks which rule, and quote the first rows that do."""
    cases = error.failure_cases
    first = cases.iloc[0]
    same = cases[(cases["column"] == first["column"]) & (cases["check"] == first["check"])]
    rows = [int(row) for row in same["index"].dropna().unique()]
    said = f"column {first['column']} breaks the rule {first['check']}"
    if not rows:
        return f"{said}: {first['failure_case']}"
    shown = "; ".join(
        f"line {row + 2}: {', '.join(str(value) for value in frame.loc[row])}"
        for row in rows[:SHOWN]
    )
    return f"{said} in {len(rows)} row{'s' if len(rows) > 1 else ''}: {shown}"
