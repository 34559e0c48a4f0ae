"""A folder's datapackage.json: what it must hold, written once and held to at every reading.

A Frictionless Data Package (version 1) states title, licence, attribution, what was changed, and
for each file its size, sha256, schema and rows a year. A file that is missing, not listed or not
the one recorded is refused. Specification: https://specs.frictionlessdata.io/data-package/
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.data.columns import TABLES, Table
from helpers.paths import write_atomic
from helpers.study import ATTRIBUTION, LICENCE, TERMS, InputError, ReleaseInfo, read_plain

FILE = "datapackage.json"
# What every package of UNHCR's figures says of licence, source and attribution.
SOURCE = {
    "licenses": [LICENCE],
    "sources": [
        {"title": ATTRIBUTION, "path": "https://www.unhcr.org/refugee-statistics/"},
        {"title": "UNHCR, Terms of Use for Datasets", "path": TERMS},
    ],
    "contributors": [{"title": "UNHCR, the UN Refugee Agency", "role": "publisher"}],
    "attribution": ATTRIBUTION,
    "terms": TERMS,
}


def read_package(folder: Path) -> dict[str, Any]:
    """Read a folder's datapackage.json.

    Raises
    ------
    InputError
        Where it is missing, is not JSON, or does not list its files.
    """
    file = folder / FILE
    text = read_plain(file)
    try:
        package: dict[str, Any] = json.loads(text)
        if all(isinstance(each["path"], str) for each in package["resources"]):
            return package
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise InputError(f"{file} cannot be used: it does not list files with their paths")


def find_resources(folder: Path, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the resources of tables by name, after holding the folder's CSV files to the list.

    Raises
    ------
    InputError
        Where a table is not described, or a CSV file lies there that the package does not list.
    """
    listed = {each["path"]: each for each in read_package(folder)["resources"]}
    extra = sorted({file.name for file in folder.glob("*.csv*")} - set(listed))
    if extra:
        raise InputError(
            f"{folder} holds {', '.join(extra)}, which its {FILE} does not list: "
            f"it lists {', '.join(sorted(listed))}"
        )
    tables = {path.removesuffix(".gz"): resource for path, resource in listed.items()}
    lacking = [f"{name}.csv" for name in names if f"{name}.csv" not in tables]
    if lacking:
        raise InputError(f"{folder / FILE} does not describe {', '.join(lacking)}")
    return {name: tables[f"{name}.csv"] for name in names}


def find_file(folder: Path, name: str) -> Path:
    """Return the path of a table's file, plain or compressed; pandas reads both."""
    return folder / find_resources(folder, (name,))[name]["path"]


def check_package(folder: Path) -> dict[str, str]:
    """Hold a folder to its datapackage.json, and return its files' sha256 in hexadecimal by path.

    InputError as `find_resources` and `read_verified`.
    """
    package = read_package(folder)
    find_resources(folder, tuple(TABLES) if "release" in package else ())
    for resource in package["resources"]:
        _read_recorded(folder, resource)
    return {each["path"]: each["hash"].removeprefix("sha256:") for each in package["resources"]}


def read_verified(folder: Path, resource: Mapping[str, Any]) -> bytes:
    """Read a resource's file, hold its size and sha256 to those recorded, and decompress it.

    Raises
    ------
    InputError
        Where the file is missing or another one; both values are named.
    """
    file, content = folder / resource["path"], _read_recorded(folder, resource)
    try:
        return gzip.decompress(content) if file.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file} cannot be unpacked: {error}") from None


def _read_recorded(folder: Path, resource: Mapping[str, Any]) -> bytes:
    file = folder / resource["path"]
    if not file.is_file():
        what = "no plain file" if file.exists() else "missing"
        said = f"{folder / FILE} lists it; restore it from the checkout"
        raise InputError(f"{file} is {what}: {said}")
    is_size = file.stat().st_size == resource.get("bytes")  # a huge file is not read to be refused
    content = file.read_bytes() if is_size else b""
    found = measure_bytes(content) if is_size else {"bytes": file.stat().st_size}
    for member, value in found.items():
        recorded = resource.get(member)
        if recorded != value:
            raise InputError(
                f"{file} is not the file that {FILE} records: "
                f"{member} is {value}, recorded is {recorded}; restore it from the checkout"
            )
    return content


def measure_bytes(content: bytes) -> dict[str, Any]:
    """Return a file's size and sha256 as a package records them."""
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def digest_package(folder: Path) -> str:
    """Return the sha256 of a folder's datapackage.json, and so of all that it records."""
    file = folder / FILE
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _describe_table(file: Path, table: Table) -> dict[str, Any]:
    words = {"title": table.title, "description": table.description}
    described = describe_file(file, name=table.name, schema=table.describe(), **words)
    years = pd.read_csv(file, usecols=["year"])["year"]
    rows = {str(year): int(count) for year, count in years.value_counts().sort_index().items()}
    return described | {"rows": len(years), "rows_by_year": rows}


def describe_file(
    file: Path, *, name: str, schema: Mapping[str, Any], **words: str
) -> dict[str, Any]:
    """Return what a package says of any CSV file; `words` are its title and description."""
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-"),
        "path": file.name,
        **words,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **({"compression": "gz"} if file.suffix == ".gz" else {}),
        **measure_bytes(file.read_bytes()),
        "schema": dict(schema),
    }


def build_datapackage(
    folder: Path, info: ReleaseInfo, changes: Sequence[str], **extra: Any
) -> dict[str, Any]:
    """Describe the seven files of a release, plain or as .csv.gz; nothing is written.

    `changes` says what was changed against UNHCR's own tables, one sentence each; `extra` are
    further members of the package, such as when and from which address it was fetched.
    """
    files = {table: file for table in TABLES for file in folder.glob(f"{table}.csv*")}
    return {
        "profile": "data-package",
        "name": f"unhcr-asylum-{info.name}",
        "title": f"UNHCR asylum figures, {info.title}",
        "description": "Figures on asylum-seekers, applications and decisions as of "
        f"{info.title} ({info.published}).",
        "version": info.name,
        **SOURCE,
        "changes": list(changes),
        "release": info.model_dump(mode="json"),
        **extra,
        "resources": [_describe_table(file, TABLES[name]) for name, file in files.items()],
    }


def write_datapackage(folder: Path, package: Mapping[str, Any]) -> Path:
    """Write a package as `datapackage.json` into its folder and return the file's path."""
    file = folder / FILE
    write_atomic(file, json.dumps(package, ensure_ascii=False, indent=1) + "\n")
    return file
