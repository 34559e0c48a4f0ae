"""The columns of every raw table: one declaration for reading, checking and describing.

CSV types, the pandera schemas, the Frictionless schemas of datapackage.json and the dictionary
in data/README.md are all made from, or held to, the tables declared here.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpers.data import codes

FIRST_STOCK_YEAR = 1951  # UNHCR's first year of refugees
FIRST_ASYLUM_YEAR = 2000  # claims pending, lodged and decided were not collected before


@dataclass(frozen=True)
class Field:
    """One column: its name, type ("integer" or "string"), meaning, unit and rules."""

    name: str
    type: str
    description: str
    unit: str = ""
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


@dataclass(frozen=True)
class Table:
    """One file: its columns, key, first year and what a row is."""

    name: str
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
    def measures(self) -> tuple[str, ...]:
        """The counted columns that a row exists for."""
        return tuple(field.name for field in self.fields if field.is_measure)

    def get_field(self, name: str) -> Field:
        """Return the field of that name."""
        return next(field for field in self.fields if field.name == name)


def _code(name: str, description: str, known: dict[str, str]) -> Field:
    return Field(name, "string", description, codes=tuple(known))


def _count(name: str, description: str, unit: str, *, nullable: bool = False) -> Field:
    return Field(name, "integer", description, unit, is_nullable=nullable, is_measure=True)


def _note(name: str, description: str, unit: str) -> Field:
    return Field(name, "integer", description, unit)


def _country(side: str, what: str) -> tuple[Field, Field]:
    return (
        Field(side, "string", f"{what}: UNHCR's own code, not ISO", pattern="^[A-Z]{3}$"),
        Field(
            f"{side}_iso",
            "string",
            f"{what}: ISO 3166-1 alpha-3 code, or UNK, XXA or TIB",
            pattern="^[A-Z]{3}$",
            is_nullable=True,
        ),
    )


PERSONS = "persons"
AS_UNIT = "persons or cases, as the unit column says"
_YEAR = Field("year", "integer", "Calendar year; stocks are of its reference date")
_ORIGIN = _country("coo", "Country of origin")
_ASYLUM = _country("coa", "Country of asylum")
_AUTHORITY = _code("procedure_type", "Authority that the claim lies with", codes.AUTHORITIES)
_STAGE = _code("app_type", "Stage of the application", codes.APPLICATION_TYPES)
_LEVEL = _code("dec_level", "Level of the procedure", codes.DECISION_LEVELS)
_ORIGINS = _note("origins", "Origins that make up the cell; unknown counts as one", "origins")
_OUTCOMES = (
    _count("dec_recognized", "Recognised as refugees", AS_UNIT),
    _count("dec_other", "Given another (complementary) form of protection", AS_UNIT),
    _count("dec_rejected", "Rejected", AS_UNIT),
    _count("dec_closed", "Otherwise closed, without a decision on the substance", AS_UNIT),
    _count("dec_total", "Total as reported; not always the sum of the four outcomes", AS_UNIT),
)


def _unit(name: str) -> Field:
    return _code(name, "What was counted: persons or cases", codes.UNITS)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "population",
            "Stocks by origin and asylum",
            "Refugees, asylum-seekers and others at the reference date, a row per origin, "
            "country of asylum and year, for the origins on file.",
            (
                _YEAR,
                *_ORIGIN,
                *_ASYLUM,
                _count("refugees", "Refugees at the reference date", PERSONS),
                _count("asylum_seekers", "People whose claim is pending then", PERSONS),
                _count(
                    "oip",
                    "Other people in need of international protection; blank where not collected",
                    PERSONS,
                    nullable=True,
                ),
            ),
            ("year", "coo", "coa"),
            FIRST_STOCK_YEAR,
        ),
        Table(
            "asylum_applications",
            "Applications by origin and asylum",
            "Claims lodged in the year, for the origins on file.",
            (
                _YEAR,
                *_ORIGIN,
                *_ASYLUM,
                _AUTHORITY,
                _STAGE,
                _LEVEL,
                _unit("app_pc"),
                _count("applied", "Claims lodged in the year", AS_UNIT),
            ),
            ("year", "coo", "coa", "procedure_type", "app_type", "dec_level", "app_pc"),
        ),
        Table(
            "asylum_decisions",
            "Decisions by origin and asylum",
            "Decisions taken in the year, for the origins on file.",
            (_YEAR, *_ORIGIN, *_ASYLUM, _AUTHORITY, _LEVEL, _unit("dec_pc"), *_OUTCOMES),
            ("year", "coo", "coa", "procedure_type", "dec_level", "dec_pc"),
        ),
        Table(
            "totals_by_origin",
            "Stocks by origin",
            "Stocks of every origin, all countries of asylum together.",
            (
                _YEAR,
                *_ORIGIN,
                _count("refugees", "Refugees at the reference date", PERSONS),
                _count("asylum_seekers", "People whose claim is pending then", PERSONS),
            ),
            ("year", "coo"),
        ),
        Table(
            "totals_by_asylum",
            "Pending claims by country of asylum",
            "Pending claims of all origins together, with what shows whether a figure was renewed.",
            (
                _YEAR,
                *_ASYLUM,
                _count("asylum_seekers", "People whose claim is pending then", PERSONS),
                _note("asylum_seekers_unknown_origin", "Those of unknown origin", PERSONS),
                _ORIGINS,
                _note(
                    "pairs_in_both_years",
                    "Origins with 5 or more here in this and in the previous year",
                    "origins",
                ),
                _note("pairs_unchanged", "How many of these have an unchanged figure", "origins"),
            ),
            ("year", "coa"),
        ),
        Table(
            "applications_by_asylum",
            "Applications by country of asylum",
            "Claims lodged in the year, all origins and authorities together.",
            (
                _YEAR,
                *_ASYLUM,
                _STAGE,
                _LEVEL,
                _unit("app_pc"),
                _count("applied", "Claims lodged in the year", AS_UNIT),
                _note("unknown_origin", "Those of unknown origin", AS_UNIT),
                _ORIGINS,
            ),
            ("year", "coa", "app_type", "dec_level", "app_pc"),
        ),
        Table(
            "decisions_by_asylum",
            "Decisions by country of asylum",
            "Decisions taken in the year, all origins and authorities together.",
            (
                _YEAR,
                *_ASYLUM,
                _LEVEL,
                _unit("dec_pc"),
                *_OUTCOMES,
                _note("unknown_origin", "Those of unknown origin, of the total", AS_UNIT),
                _ORIGINS,
            ),
            ("year", "coa", "dec_level", "dec_pc"),
        ),
    )
}

COUNTRIES = Table(
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
