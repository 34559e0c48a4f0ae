"""Pandera schemas for the raw tables and the core tables, and one readable refusal.

Imported only where a table is checked, since pandera takes most of a second to import.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from helpers.data import codes
from helpers.data.fields import FIRST_ASYLUM_YEAR, FIRST_STOCK_YEAR, Field, Table
from helpers.study import InputError, ReleaseInfo

if TYPE_CHECKING:
    from helpers.data.core import Core

SHOWN = 3  # rows quoted in a refusal
_ISO3 = "^[A-Z]{3}$"
_ANY_CODE = "^[A-Z0-9]{1,8}$"


def _start_pandera() -> None:
    """Let pandera set itself up without importing hypothesis, which it needs for tests only.

    Pandera takes hypothesis where it is installed, at the first validation, for half a second.
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
    """Return a raw table's schema: types, keys, code lists, no negative count, years in range.

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
    label = f"{table.name} of release {info.name}" if info else table.name
    return check_frame(frame, build_schema(table, info), label)


def check_frame(frame: pd.DataFrame, schema: pa.DataFrameSchema, label: str) -> pd.DataFrame:
    """Validate a frame against any schema, with one readable message on failure."""
    try:
        schema.validate(frame, lazy=True, inplace=True)
    except SchemaErrors as error:
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


def build_core_schemas(info: ReleaseInfo) -> dict[str, pa.DataFrameSchema]:
    """Return the schemas of the core tables by the names of `Core`'s fields."""
    asylum, origin = _code_columns("asylum"), _code_columns("origin")
    unit = {"unit": pa.Column("str", pa.Check.isin(["persons", "cases"]))}
    authority = {"authority": pa.Column("str", pa.Check.str_matches(_ANY_CODE))}
    stage_code = {"stage_code": pa.Column("str", pa.Check.str_matches(_ANY_CODE))}
    level_code = {"level_code": pa.Column("str", pa.Check.str_matches(_ANY_CODE))}
    stage = {"stage": pa.Column("str", pa.Check.isin(sorted(set(codes.STAGES.values()))))}
    level = {"level": pa.Column("str", pa.Check.isin(sorted(set(codes.LEVELS.values()))))}
    outcomes = _counts("recognised", "other", "rejected", "closed", "total")
    stocks, flows = _year(FIRST_STOCK_YEAR, info), _year(FIRST_ASYLUM_YEAR, info)
    staged, levelled = stage_code | level_code | unit, level_code | unit
    marks = _counts("pairs_in_both_years", "pairs_unchanged")
    hosted = _counts("pending", "pending_unknown_origin", "origins")
    lodged = _counts("applied", "applied_unknown_origin", "origins")
    decided = outcomes | _counts("total_unknown_origin", "origins")
    columns: dict[str, tuple[dict[str, pa.Column], int]] = {
        "pending": (stocks | origin | asylum | _counts("pending", "refugees", "oip"), 3),
        "applications": (
            flows | origin | asylum | authority | staged | _counts("applied") | stage,
            7,
        ),
        "decisions": (flows | origin | asylum | authority | levelled | outcomes | level, 6),
        "by_origin": (flows | origin | _counts("refugees", "pending"), 2),
        "by_asylum": (flows | asylum | hosted | marks, 2),
        "applications_by_asylum": (flows | asylum | staged | lodged | stage, 5),
        "decisions_by_asylum": (flows | asylum | levelled | decided | level, 4),
        "countries": (_country_columns(), 1),
    }
    return {name: _schema(each, keys) for name, (each, keys) in columns.items()}


def _schema(columns: dict[str, Any], keys: int) -> pa.DataFrameSchema:
    """Return a schema whose first `keys` columns are the key of a row."""
    return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=list(columns)[:keys])


def _year(first: int, info: ReleaseInfo) -> dict[str, pa.Column]:
    return {"year": pa.Column("int64", pa.Check.in_range(first, info.newest_year))}


def _code_columns(*names: str) -> dict[str, pa.Column]:
    return {name: pa.Column("str", pa.Check.str_matches(_ISO3)) for name in names}


def _counts(*names: str) -> dict[str, pa.Column]:
    return {name: pa.Column("Int64", pa.Check.ge(0), nullable=True) for name in names}


def _country_columns() -> dict[str, pa.Column]:
    regions = ("unhcr_region", "unsd_region", "unsd_subregion")
    return (
        _code_columns("iso3", "unhcr_code")
        | {"name": pa.Column("str")}
        | {name: pa.Column("str", nullable=True) for name in regions}
    )


def check_core(core: Core, info: ReleaseInfo) -> Core:
    """Return the core if every table fits its schema, else raise `InputError`."""
    for name, schema in build_core_schemas(info).items():
        check_frame(getattr(core, name), schema, f"core table {name} of release {info.name}")
    return core
