"""The codes of UNHCR's asylum tables and what each means here.

One place for every code: the schemas refuse what is not listed, the cleaning takes stages and
levels from it, and a test holds the tables of data/README.md to it. Meanings follow the
documentation of UNHCR's Refugee Data Finder; where a code is not explained there, the text says
what the rows themselves show.
"""

from __future__ import annotations

from functools import cache

from helpers.study import read_places

AUTHORITIES: dict[str, str] = {
    "G": "the government of the country of asylum",
    "J": "government and UNHCR jointly",
    "U": "UNHCR under its mandate",
}

UNITS: dict[str, str] = {
    "P": "persons",
    "C": "cases: one case is one or more persons",
}

APPLICATION_TYPES: dict[str, str] = {
    "N": "new application",
    "R": "repeat application",
    "RA": "repeat or reopened application",
    "A": "appeal",
    "J": "application for judicial review",
    "NA": "new applications and appeals together",
    "NR": "new and repeat applications together",
    "FA": "first instance and appeal together",
    "SP": "application for subsidiary protection",
    "V": "various: the stages are not told apart",
}

DECISION_LEVELS: dict[str, str] = {
    "FI": "first instance",
    "IN": "first instance at the United States immigration service (affirmative claims)",
    "EO": "immigration court of the United States (defensive and referred claims)",
    "AR": "administrative review",
    "JR": "judicial review",
    "FA": "first instance and appeal together",
    "NA": "new applications",
    "RA": "repeat or reopened applications",
    "SP": "subsidiary protection",
    "TA": "temporary asylum",
    "TP": "temporary protection",
    "BL": "not explained; on file in years when a backlog was cleared",
    "CA": "not explained; on file for one country that decides by canton",
    "TR": "not explained; one row on file",
    "0": "not told; one row on file",
}

# Strict: N alone is new. A code that mixes stages, or names a form of protection instead of a
# stage, is `mixed`, so that no appeal is ever counted as a new claim.
STAGES: dict[str, str] = dict.fromkeys(APPLICATION_TYPES, "mixed") | {
    "N": "new", "R": "repeat", "RA": "repeat", "A": "appeal", "J": "appeal",
}  # fmt: skip

LEVELS: dict[str, str] = dict.fromkeys(DECISION_LEVELS, "other") | {
    "FI": "first", "IN": "first", "EO": "first", "AR": "appeal", "JR": "appeal",
}  # fmt: skip

UNIT_NAMES: dict[str, str] = {"P": "persons", "C": "cases"}

UNKNOWN_ORIGIN = "UNK"  # in the ISO3 columns, where it is no ISO 3166 code; nor are XXA and TIB


@cache
def load_codes() -> frozenset[str]:
    """Return the ISO3 codes of data/raw/countries.csv."""
    return frozenset(row["iso_code"] for row in read_places())
