"""Load a release's seven tables, held to the bytes and sha256 of its datapackage.json.

A release is immutable: a file whose bytes are not those recorded is refused with the file and
both values named, and so is a file that is missing or that the package does not list.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import paths
from helpers.data.datapackage import FILE
from helpers.data.fields import COUNTRIES, TABLES, Table
from helpers.study import InputError, ReleaseInfo, find_release


def load_release(name: str) -> dict[str, pd.DataFrame]:
    """Load a release's tables as UNHCR's columns, verified and checked.

    Parameters
    ----------
    name : str
        A folder of data/raw, such as `2025-end`.

    Returns
    -------
    dict of str to DataFrame
        Seven tables by name; years int64, counts Int64 (blank is missing), codes str (`NA` is a
        code and stays one).

    Raises
    ------
    InputError
        Where the release is not on file, a file is missing, not listed or not the one recorded,
        or a table does not fit its schema.
    """
    info = find_release(name)
    return read_folder(paths.raw() / info.name, info)


def read_folder(folder: Path, info: ReleaseInfo) -> dict[str, pd.DataFrame]:
    """Read, verify and check the tables of any folder that a datapackage.json describes.

    Used for releases on file, and for a fetched release before it is moved into place.
    """
    from helpers.data.schemas import check_table  # pandera is slow to import

    package = read_package(folder)
    resources = find_resources(folder, package, tuple(TABLES))
    tables = {}
    for name, table in TABLES.items():
        frame = parse_table(read_verified(folder, resources[name]), table, folder)
        check_rows_by_year(frame, resources[name], folder)
        tables[name] = check_table(frame, table, info)
    return tables


def load_countries() -> pd.DataFrame:
    """Load data/raw/countries.csv: unhcr_code, iso_code, name and regions.

    Raises
    ------
    InputError
        As `load_release`.
    """
    from helpers.data.schemas import check_table

    folder = paths.raw()
    resources = find_resources(folder, read_package(folder), ("countries",))
    frame = parse_table(read_verified(folder, resources["countries"]), COUNTRIES, folder)
    return check_table(frame, COUNTRIES, None)


def read_package(folder: Path) -> dict[str, Any]:
    """Read a folder's datapackage.json.

    Raises
    ------
    InputError
        Where it is missing, is not JSON or lists no resources.
    """
    file = folder / FILE
    if not file.is_file():
        raise InputError(f"{file} is missing: it says what the figures in that folder must be")
    try:
        package: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(package["resources"], list):
            raise TypeError("resources must be a list")
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} cannot be used: {error!r}") from None
    return package


def find_resources(
    folder: Path, package: dict[str, Any], names: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """Return the resources by table name, after holding the folder's CSV files to the list.

    Raises
    ------
    InputError
        Where a table is not described, or a CSV file lies there that the package does not list.
    """
    try:
        listed = {str(resource["path"]): resource for resource in package["resources"]}
    except (KeyError, TypeError):
        raise InputError(f"{folder / FILE} has a resource without a path") from None
    extra = sorted({file.name for file in folder.glob("*.csv")} - set(listed))
    if extra:
        raise InputError(
            f"{folder} holds {', '.join(extra)}, which its {FILE} does not list: "
            f"it lists {', '.join(sorted(listed))}"
        )
    lacking = [name for name in names if f"{name}.csv" not in listed]
    if lacking:
        raise InputError(
            f"{folder / FILE} does not describe {', '.join(f'{name}.csv' for name in lacking)}"
        )
    return {name: listed[f"{name}.csv"] for name in names}


def read_verified(folder: Path, resource: dict[str, Any]) -> bytes:
    """Read a resource's file and hold its size and sha256 to those recorded.

    Raises
    ------
    InputError
        Where the file is missing or another one; both values are named.
    """
    file = folder / str(resource["path"])
    if not file.is_file():
        raise InputError(f"{file} is missing: {folder / FILE} lists it")
    content = file.read_bytes()
    found = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    for member, value in found.items():
        recorded = resource.get(member)
        if recorded != value:
            raise InputError(
                f"{file} is not the file that {FILE} records: "
                f"{member} is {value}, recorded is {recorded}"
            )
    return content


def parse_table(content: bytes, table: Table, folder: Path) -> pd.DataFrame:
    """Turn a file's bytes into a frame of the declared columns and types.

    An empty cell is missing; the text `NA` is a code and stays.

    Raises
    ------
    InputError
        Where the columns are others, or a number is none.
    """
    file = folder / f"{table.name}.csv"
    try:
        header = next(csv.reader([content.lstrip().partition(b"\n")[0].decode("utf-8-sig")]), [])
        if header and tuple(header) != table.columns:
            raise InputError(
                f"{file} has the columns {', '.join(header)}; it must have "
                f"{', '.join(table.columns)}"
            )
        dtypes = {field.name: field.dtype for field in table.fields}
        return pd.read_csv(BytesIO(content), dtype=dtypes, keep_default_na=False, na_values=[""])
    except InputError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"{file} cannot be read as {table.name}: {error}") from None


def check_rows_by_year(frame: pd.DataFrame, resource: dict[str, Any], folder: Path) -> None:
    """Hold a table's row counts a year to those that the package records.

    Raises
    ------
    InputError
        Where a year has another number of rows; the years and both counts are named.
    """
    recorded = {int(year): int(rows) for year, rows in resource.get("rows_by_year", {}).items()}
    found = dict(Counter(frame["year"].tolist()))
    wrong = [year for year in sorted(recorded | found) if recorded.get(year) != found.get(year)]
    if wrong:
        said = "; ".join(
            f"{year}: {found.get(year, 0)} rows, recorded {recorded.get(year, 0)}"
            for year in wrong[:5]
        )
        raise InputError(f"{folder / str(resource['path'])} has other rows a year: {said}")


def read_recorded_rows(folder: Path) -> pd.DataFrame:
    """Return table, year, recorded: the row counts that a folder's datapackage.json states."""
    resources = find_resources(folder, read_package(folder), tuple(TABLES))
    rows = [
        (name, int(year), int(count))
        for name, resource in resources.items()
        for year, count in resource.get("rows_by_year", {}).items()
    ]
    return pd.DataFrame(rows, columns=["table", "year", "recorded"])


def verify_release(name: str) -> pd.DataFrame:
    """Hold every file of a release to its record, and list them.

    Returns
    -------
    DataFrame
        file, rows, bytes, sha256 (64 hex digits); one row a file.

    Raises
    ------
    InputError
        As `load_release`.
    """
    folder = paths.raw() / find_release(name).name
    resources = find_resources(folder, read_package(folder), tuple(TABLES))
    rows = []
    for resource in resources.values():
        content = read_verified(folder, resource)
        digest = str(resource["hash"]).removeprefix("sha256:")
        rows.append((resource["path"], resource["rows"], len(content), digest))
    return pd.DataFrame(rows, columns=["file", "rows", "bytes", "sha256"])
