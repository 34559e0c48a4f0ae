"""The columns of every table: one declaration for reading, checking, cleaning and describing.

The types in which CSV files are read, the rules that their cells meet, the names of the core
tables' columns, the Frictionless schemas of datapackage.json and the dictionary in data/README.md
are all made from, or held to, the tables declared here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from helpers.data import codes
from helpers.study import InputError, ReleaseInfo

if TYPE_CHECKING:
    import pandas as pd

FIRST_STOCK_YEAR = 1951  # UNHCR's first year of refugees
MOST = 1_000_000_000  # of any count: the world has some eight times as many people
FIRST_ASYLUM_YEAR = 2000  # claims pending, lodged and decided were not collected before
PERSONS = "persons"
AS_UNIT = "persons or cases, as the unit column says"
SHOWN = 3  # lines quoted in a refusal


@dataclass(frozen=True)
class Field:
    """One column: its name, type ("integer" or "string"), meaning, unit and rules.

    `core` is its name in the core table; a column without one is not in it. `is_measure` marks
    the counts that a row exists for.
    """

    name: str
    type: str
    description: str
    unit: str = ""
    core: str = ""
    is_nullable: bool = False
    codes: tuple[str, ...] = ()
    pattern: str = ""
    is_measure: bool = False

    @property
    def dtype(self) -> str:
        """The pandas dtype: counts are nullable integers, years plain ones."""
        if self.type == "string":
            return "str"
        return "int64" if self.name == "year" else "Int64"

    @property
    def form(self) -> str:
        """The regular expression of a text; a code that UNHCR adds is kept, save for a unit."""
        if self.codes == tuple(codes.UNITS):
            return "|".join(self.codes)
        return self.pattern or ("[A-Z0-9]{1,8}" if self.codes else "")


@dataclass(frozen=True)
class Table:
    """One file: its name, the core table it becomes, what a row is, its columns and key."""

    name: str
    core: str
    title: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    first_year: int = FIRST_ASYLUM_YEAR

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names in the file's order."""
        return tuple(field.name for field in self.fields)

    @property
    def core_names(self) -> dict[str, str]:
        """The core table's names of the columns that are in it."""
        return {field.name: field.core for field in self.fields if field.core}

    @property
    def measures(self) -> list[str]:
        """The counts that a row exists for."""
        return [field.name for field in self.fields if field.is_measure]

    def describe(self) -> dict[str, Any]:
        """Return the Frictionless schema: fields, missing value and primary key.

        >>> TABLES["population"].describe()["fields"][-1]["constraints"]
        {'minimum': 0}
        """
        return {
            "fields": [_describe_field(field, self.first_year) for field in self.fields],
            "missingValues": [""],
            "primaryKey": list(self.key),
        }

    def check(self, frame: pd.DataFrame, info: ReleaseInfo) -> pd.DataFrame:
        """Return a release's raw table where its years, codes, counts and key are as declared.

        Raises
        ------
        InputError
            With the table, the column, the rule and the first lines that break it.
        """
        for name, rule, is_wrong in self._list_rules(frame, info.newest_year):
            if is_wrong.any():
                wrong = frame[is_wrong.fillna(False).astype(bool)]
                shown = "; ".join(
                    f"line {row + 2}: {', '.join(map(str, wrong.loc[row]))}"
                    for row in wrong.index[:SHOWN]
                )
                raise InputError(
                    f"{self.name} of release {info.name}: column {name} {rule} in {len(wrong)} "
                    f"row{'s' * (len(wrong) > 1)}: {shown}"
                )
        return frame

    def _list_rules(self, frame: pd.DataFrame, last: int) -> Iterator[tuple[str, str, pd.Series]]:
        """Yield the column, what is wrong with it, and the rows where it is so."""
        for field in self.fields:
            column = frame[field.name]
            if not field.is_nullable:
                yield field.name, "is empty", column.isna()
            if field.name == "year":
                span = f"is outside {self.first_year} to {last}"
                yield field.name, span, ~column.between(self.first_year, last)
            elif field.type == "integer":
                yield field.name, "is below 0", column < 0
                yield field.name, f"is above {MOST:,}", column > MOST
            elif field.form:
                codes = column.dropna().unique()
                unfit = [code for code in codes if not re.fullmatch(field.form, code)]
                yield field.name, f"does not match {field.form}", column.isin(unfit)
        repeated = frame.duplicated(list(self.key), keep=False)
        yield "/".join(self.key), "repeats a key", repeated


def _describe_field(field: Field, first_year: int) -> dict[str, Any]:
    """Return a Frictionless field, with its unit where it has one."""
    constraints: dict[str, Any] = {} if field.is_nullable else {"required": True}
    if field.type == "integer":
        constraints["minimum"] = first_year if field.name == "year" else 0
    if field.codes:
        constraints["enum"] = list(field.codes)
    if field.pattern:
        constraints["pattern"] = field.pattern
    described = {"name": field.name, "type": field.type, "description": field.description}
    if field.unit:
        described["unit"] = field.unit
    return described | ({"constraints": constraints} if constraints else {})


def _code(name: str, core: str, description: str, known: dict[str, str]) -> Field:
    return Field(name, "string", description, core=core, codes=tuple(known))


def _count(name: str, description: str, unit: str, core: str = "") -> Field:
    return Field(name, "integer", description, unit, core or name)


def _measure(name: str, description: str, unit: str, core: str = "") -> Field:
    return replace(_count(name, description, unit, core), is_measure=True)


def _country(side: str, core: str, what: str) -> tuple[Field, Field]:
    own = Field(side, "string", f"{what}: UNHCR's own code, not ISO", pattern="^[A-Z]{3}$")
    said = f"{what}: ISO 3166-1 alpha-3 code, or UNK, XXA or TIB"
    return own, replace(own, name=f"{side}_iso", description=said, core=core, is_nullable=True)


def _unit(name: str) -> Field:
    return _code(name, "unit", "What was counted: persons or cases", codes.UNITS)


_YEAR = Field("year", "integer", "Calendar year; stocks are of its reference date", core="year")
_ORIGIN = _country("coo", "origin", "Country of origin")
_ASYLUM = _country("coa", "asylum", "Country of asylum")
_AUTHORITY = _code(
    "procedure_type", "authority", "Authority that the claim lies with", codes.AUTHORITIES
)
_STAGE = _code("app_type", "stage_code", "Stage of the application", codes.APPLICATION_TYPES)
_LEVEL = _code("dec_level", "level_code", "Level of the procedure", codes.DECISION_LEVELS)
_REFUGEES = _measure("refugees", "Refugees at the reference date", PERSONS)
_PENDING = _measure("asylum_seekers", "People whose claim is pending then", PERSONS, "pending")
_OIP = replace(
    _measure(
        "oip",
        "Other people in need of international protection; blank where not collected",
        PERSONS,
    ),
    is_nullable=True,
)
_APPLIED = _measure("applied", "Claims lodged in the year", AS_UNIT)
_ORIGINS = _count("origins", "Origins that make up the cell; unknown counts as one", "origins")
_OUTCOMES = tuple(
    _measure(f"dec_{name}", description, AS_UNIT, core)
    for name, core, description in (
        ("recognized", "recognised", "Recognised as refugees"),
        ("other", "other", "Given another (complementary) form of protection"),
        ("rejected", "rejected", "Rejected"),
        ("closed", "closed", "Otherwise closed, without a decision on the substance"),
        ("total", "total", "Total as reported; not always the sum of the four outcomes"),
    )
)
_IN_BOTH = "Origins with 5 or more here in this and in the previous year"
_UNKNOWN = "Those of unknown origin"

_TABLES = (
    Table(
        "population",
        "pending",
        "Stocks by origin and asylum",
        "Refugees, asylum-seekers and others at the reference date, a row per origin, "
        "country of asylum and year, for the origins on file.",
        (_YEAR, *_ORIGIN, *_ASYLUM, _REFUGEES, _PENDING, _OIP),
        ("year", "coo", "coa"),
        FIRST_STOCK_YEAR,
    ),
    Table(
        "asylum_applications",
        "applications",
        "Applications by origin and asylum",
        "Claims lodged in the year, for the origins on file.",
        (_YEAR, *_ORIGIN, *_ASYLUM, _AUTHORITY, _STAGE, _LEVEL, _unit("app_pc"), _APPLIED),
        ("year", "coo", "coa", "procedure_type", "app_type", "dec_level", "app_pc"),
    ),
    Table(
        "asylum_decisions",
        "decisions",
        "Decisions by origin and asylum",
        "Decisions taken in the year, for the origins on file.",
        (_YEAR, *_ORIGIN, *_ASYLUM, _AUTHORITY, _LEVEL, _unit("dec_pc"), *_OUTCOMES),
        ("year", "coo", "coa", "procedure_type", "dec_level", "dec_pc"),
    ),
    Table(
        "totals_by_origin",
        "by_origin",
        "Stocks by origin",
        "Stocks of every origin, all countries of asylum together.",
        (_YEAR, *_ORIGIN, _REFUGEES, _PENDING),
        ("year", "coo"),
    ),
    Table(
        "totals_by_asylum",
        "by_asylum",
        "Pending claims by country of asylum",
        "Pending claims of all origins together, with what shows whether a figure was renewed.",
        (
            _YEAR,
            *_ASYLUM,
            _PENDING,
            _count("asylum_seekers_unknown_origin", _UNKNOWN, PERSONS, "pending_unknown_origin"),
            _ORIGINS,
            _count("pairs_in_both_years", _IN_BOTH, "origins"),
            _count("pairs_unchanged", "How many of these have an unchanged figure", "origins"),
        ),
        ("year", "coa"),
    ),
    Table(
        "applications_by_asylum",
        "applications_by_asylum",
        "Applications by country of asylum",
        "Claims lodged in the year, all origins and authorities together.",
        (
            _YEAR,
            *_ASYLUM,
            _STAGE,
            _LEVEL,
            _unit("app_pc"),
            _APPLIED,
            _count("unknown_origin", _UNKNOWN, AS_UNIT, "applied_unknown_origin"),
            _ORIGINS,
        ),
        ("year", "coa", "app_type", "dec_level", "app_pc"),
    ),
    Table(
        "decisions_by_asylum",
        "decisions_by_asylum",
        "Decisions by country of asylum",
        "Decisions taken in the year, all origins and authorities together.",
        (
            _YEAR,
            *_ASYLUM,
            _LEVEL,
            _unit("dec_pc"),
            *_OUTCOMES,
            _count("unknown_origin", f"{_UNKNOWN}, of the total", AS_UNIT, "total_unknown_origin"),
            _ORIGINS,
        ),
        ("year", "coa", "dec_level", "dec_pc"),
    ),
)
TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
PAIRS = ("population", "asylum_applications", "asylum_decisions")  # by origin and asylum

COUNTRIES = Table(
    "countries",
    "countries",
    "Countries and other codes",
    "UNHCR's codes, their ISO3 codes, names and regions.",
    (
        Field("unhcr_code", "string", "UNHCR's own code", pattern="^[A-Z]{3}$"),
        Field("iso_code", "string", "ISO3 code, or UNK, XXA or TIB", pattern="^[A-Z]{3}$"),
        Field("name", "string", "Name in English, for showing, never for joining"),
        Field("unhcr_region", "string", "Region of UNHCR's operations", is_nullable=True),
        Field("unsd_region", "string", "Region (United Nations M49)", is_nullable=True),
        Field("unsd_subregion", "string", "Subregion (United Nations M49)", is_nullable=True),
    ),
    ("unhcr_code",),
)
