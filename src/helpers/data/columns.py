"""UNHCR's tables: one declaration for reading, checking, cleaning and describing.

The types in which CSV files are read, the rules that their cells meet, the names of the core
tables' columns, the Frictionless schemas of datapackage.json and the dictionary in data/README.md
are all made from, or held to, unhcr_tables.yml beside this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.study import InputError, ReleaseInfo, load_yaml, read_places

if TYPE_CHECKING:
    import pandas as pd

FIRST_STOCK_YEAR = 1951  # UNHCR's first year of refugees
MOST = 1_000_000_000  # of any count: the world has some eight times as many people
FIRST_ASYLUM_YEAR = 2000  # claims pending, lodged and decided were not collected before
SHOWN = 3  # lines quoted in a refusal
UNKNOWN_ORIGIN = "UNK"  # in the ISO3 columns, where it is no ISO 3166 code; nor are XXA and TIB


@dataclass(frozen=True)
class Field:
    """One column: its name, meaning, type ("integer" or "string"), unit and rules.

    `core` is its name in the core table; a column without one is not in it. `is_measure` marks
    the counts that a row exists for.
    """

    name: str
    description: str
    type: str = "string"
    unit: str = ""
    core: str = ""
    is_nullable: bool = False
    pattern: str = ""
    is_measure: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are known; UNHCR may add one."""
        return tuple(CODES.get(self.core, ()))

    @property
    def dtype(self) -> str:
        """The pandas dtype: counts are nullable integers, years plain ones."""
        if self.type == "string":
            return "str"
        return "int64" if self.name == "year" else "Int64"

    @property
    def form(self) -> str:
        """The regular expression of a text; a code that UNHCR adds is kept, save for a unit."""
        if self.core == "unit":
            return "|".join(self.codes)
        return self.pattern or ("[A-Z0-9]{1,8}" if self.codes else "")

    def describe(self, first_year: int) -> dict[str, Any]:
        """Return a Frictionless field, with its unit where it has one."""
        constraints: dict[str, Any] = {} if self.is_nullable else {"required": True}
        if self.type == "integer":
            constraints["minimum"] = first_year if self.name == "year" else 0
        constraints |= {"enum": list(self.codes)} if self.codes else {}
        constraints |= {"pattern": self.pattern} if self.pattern else {}
        described = {"name": self.name, "type": self.type, "description": self.description}
        described |= {"unit": self.unit} if self.unit else {}
        return described | ({"constraints": constraints} if constraints else {})


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
            "fields": [field.describe(self.first_year) for field in self.fields],
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


_DECLARED: dict[str, Any] = load_yaml(Path(__file__).with_name("unhcr_tables.yml"))
CODES: dict[str, dict[str, str]] = _DECLARED["codes"]  # with meanings, by the core's column
STAGE_OF: dict[str, str] = _DECLARED["stages"]  # of application types; what is missing is mixed
LEVEL_OF: dict[str, str] = _DECLARED["levels"]  # of decision levels; what is missing is other
UNIT_NAMES: dict[str, str] = _DECLARED["units"]
_FIELDS = {name: Field(**{"name": name} | given) for name, given in _DECLARED["columns"].items()}


def _read_table(name: str, columns: list[str], key: list[str], **given: Any) -> Table:
    fields = tuple(_FIELDS[column] for column in columns)
    return Table(name=name, fields=fields, key=tuple(key), **given)


TABLES = {name: _read_table(name, **given) for name, given in _DECLARED["tables"].items()}
COUNTRIES = TABLES.pop("countries")  # not a release's
PAIRS = ("population", "asylum_applications", "asylum_decisions")  # by origin and asylum


@cache
def load_codes() -> frozenset[str]:
    """Return the ISO3 codes of data/raw/countries.csv."""
    return frozenset(row["iso_code"] for row in read_places())
