"""Describe a folder of figures as a Frictionless Data Package (version 1).

Every release carries a `datapackage.json`: title, licence, attribution, what was changed, and for
each file its size, sha256, schema and row count a year. What it says is what `releases` holds the
bytes to. Specification: https://specs.frictionlessdata.io/data-package/
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.catalogue import ATTRIBUTION, LICENCE, TERMS
from helpers.data.fields import COUNTRIES, FIRST_ASYLUM_YEAR, TABLES, Field, Table
from helpers.paths import write_atomic
from helpers.study import InputError

FILE = "datapackage.json"
_FLOW_AND_STOCK = ("population", "asylum_applications", "asylum_decisions")


def describe_field(field: Field, first_year: int = 0) -> dict[str, Any]:
    """Return a column's Frictionless field descriptor, with its unit where it has one.

    >>> describe_field(TABLES["population"].get_field("oip"))["constraints"]
    {'minimum': 0}
    """
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


def describe_schema(table: Table) -> dict[str, Any]:
    """Return a table's Frictionless schema: fields, missing value and primary key."""
    return {
        "fields": [describe_field(field, table.first_year) for field in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }


def describe_resource(table: Table, content: bytes) -> dict[str, Any]:
    """Return a file's descriptor: path, bytes, sha256, schema and row count a year.

    Parameters
    ----------
    table : Table
        The declaration of the file's columns.
    content : bytes
        The file as it stands on disk.

    Raises
    ------
    InputError
        Where the file's header is not the declared one.
    """
    header = tuple(content.split(b"\n", 1)[0].decode("utf-8").strip().split(","))
    if header != table.columns:
        raise InputError(
            f"{table.name}.csv has the columns {', '.join(header)}; "
            f"it must have {', '.join(table.columns)}"
        )
    frame = pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False)
    described: dict[str, Any] = {
        "profile": "tabular-data-resource",
        "name": table.name.replace("_", "-"),
        "path": f"{table.name}.csv",
        "title": table.title,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": describe_schema(table),
        "rows": len(frame),
    }
    if "year" in frame:
        counts = frame["year"].value_counts().sort_index()
        described["rows_by_year"] = {str(year): int(rows) for year, rows in counts.items()}
    return described


def _describe_source() -> dict[str, Any]:
    """Return what every package of UNHCR's figures says of licence, source and attribution."""
    return {
        "licenses": [LICENCE],
        "sources": [
            {"title": ATTRIBUTION, "path": "https://www.unhcr.org/refugee-statistics/"},
            {"title": "UNHCR, Terms of Use for Datasets", "path": TERMS},
        ],
        "contributors": [{"title": "UNHCR, the UN Refugee Agency", "role": "publisher"}],
        "attribution": ATTRIBUTION,
        "terms": TERMS,
    }


def find_origins(folder: Path) -> list[str]:
    """Return the ISO3 codes of the origins that the three tables by origin and asylum hold."""
    found: set[str] = set()
    for name in _FLOW_AND_STOCK:
        column = pd.read_csv(
            folder / f"{name}.csv", usecols=["coo_iso"], dtype=str, keep_default_na=False
        )["coo_iso"]
        found |= set(column.unique())
    return sorted(found - {""})


def build_datapackage(
    folder: Path,
    *,
    name: str,
    title: str,
    published: dt.date | str,
    newest_year: int,
    period: str,
    changes: Sequence[str],
    description: str = "",
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Describe the seven files of a release.

    Parameters
    ----------
    folder : Path
        The folder that holds the release's CSV files; it is read, nothing is written.
    name, title : str
        The release's name, such as `2025-end`, and the publication it belongs to.
    published : date or str
        The day it was published (ISO 8601).
    newest_year : int
        The last year on file.
    period : str
        "mid" where the last year is a mid-year figure, "end" where it is of year-end.
    changes : sequence of str
        What was changed against UNHCR's own tables, one sentence each.
    description : str
        A sentence on the release; one is made where it is empty.
    extra : mapping, optional
        Further members of the package, such as when and from which addresses it was fetched.

    Returns
    -------
    dict
        The package, ready for `write_datapackage`.
    """
    _check_table_files(folder)
    made = f"Figures on asylum-seekers, applications and decisions as of {title} ({published})."
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": f"unhcr-asylum-{name}",
        "title": f"UNHCR asylum figures, {title}",
        "description": description or made,
        "version": name,
        **_describe_source(),
        "changes": list(changes),
        "release": {
            "name": name,
            "title": title,
            "published": str(published),
            "first_year": FIRST_ASYLUM_YEAR,
            "newest_year": newest_year,
            "period": period,
            "origins": find_origins(folder),
        },
    }
    package |= dict(extra or {})
    package["resources"] = [
        describe_resource(table, (folder / f"{table.name}.csv").read_bytes())
        for table in TABLES.values()
    ]
    return package


def build_countries_package(folder: Path) -> dict[str, Any]:
    """Describe countries.csv, which every release shares."""
    return {
        "profile": "data-package",
        "name": "unhcr-asylum-countries",
        "title": "UNHCR's codes of countries and origins",
        "description": COUNTRIES.description,
        **_describe_source(),
        "changes": [
            "Columns that the study does not use were left out.",
            "Codes that stand in none of the releases were left out.",
        ],
        "resources": [describe_resource(COUNTRIES, (folder / "countries.csv").read_bytes())],
    }


def _check_table_files(folder: Path) -> None:
    """Refuse a folder that lacks one of the seven files."""
    missing = [name for name in TABLES if not (folder / f"{name}.csv").is_file()]
    if missing:
        raise InputError(f"{folder} lacks {', '.join(f'{name}.csv' for name in missing)}")


def write_datapackage(folder: Path, package: Mapping[str, Any]) -> Path:
    """Write a package as `datapackage.json` into its folder and return the file's path."""
    file = folder / FILE
    write_atomic(file, json.dumps(package, ensure_ascii=False, indent=1) + "\n")
    return file
