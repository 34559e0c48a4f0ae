"""Load a release: its raw tables, its core tables, and one origin's rows over all releases.

Files are held to the bytes and sha256 of their datapackage.json, read by one function and cleaned
by `clean_table`. A core that was loaded stays in memory, so that a process loads it once. Loading
some origins takes, and holds to the tables' rules, only their rows of the three tables of pairs.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute, csv

from helpers import paths
from helpers.data.clean import QUALITY, QualityLog, clean_countries, clean_table, count_rows
from helpers.data.columns import COUNTRIES, PAIRS, SHOWN, TABLES
from helpers.data.datapackage import (
    check_package,
    digest_package,
    find_resources,
    read_verified,
)
from helpers.study import (
    InputError,
    ReleaseInfo,
    Study,
    check_origin,
    find_release,
    list_releases,
    say_unknown,
)

Origins = str | Collection[str] | None
# Codes are kept as Python's text: tables of some thousand rows are grouped and joined faster so.
pd.set_option("mode.string_storage", "python")
_TYPES = {"int64": pa.int64(), "Int64": pa.int64(), "str": pa.string()}
_DTYPES = {pa.int64(): pd.Int64Dtype(), pa.string(): pd.StringDtype(na_value=np.nan)}


@dataclass(frozen=True, repr=False)
class Core:
    """A release's tidy tables, keyed on ISO3; counts are Int64 and missing is missing.

    Attributes
    ----------
    pending : DataFrame
        year, origin, asylum, pending, refugees, oip: stocks at the reference date, persons.
    applications : DataFrame
        year, origin, asylum, authority, stage_code, level_code, unit, applied, stage.
    decisions : DataFrame
        year, origin, asylum, authority, level_code, unit, recognised, other, rejected, closed,
        total, level.
    by_origin : DataFrame
        year, origin, refugees, pending: every origin, all countries of asylum together.
    by_asylum : DataFrame
        year, asylum, pending, pending_unknown_origin, origins, pairs_in_both_years,
        pairs_unchanged: every country of asylum, all origins together.
    applications_by_asylum : DataFrame
        year, asylum, stage_code, level_code, unit, applied, applied_unknown_origin, origins, stage.
    decisions_by_asylum : DataFrame
        year, asylum, level_code, unit, recognised, other, rejected, closed, total,
        total_unknown_origin, origins, level.
    countries : DataFrame
        iso3, unhcr_code, name, unhcr_region, unsd_region, unsd_subregion.
    quality : DataFrame
        table, rule, action, rows, detail: what cleaning dropped, merged, changed or kept.
    rows : DataFrame
        table, year, recorded, read, kept: row counts on paper, in the file and in the core.
    release : str
        The release's name; empty for tables that are not a release's.
    """

    pending: pd.DataFrame
    applications: pd.DataFrame
    decisions: pd.DataFrame
    by_origin: pd.DataFrame
    by_asylum: pd.DataFrame
    applications_by_asylum: pd.DataFrame
    decisions_by_asylum: pd.DataFrame
    countries: pd.DataFrame
    quality: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    release: str = ""

    def list_tables(self) -> dict[str, pd.DataFrame]:
        """Return the ten tables by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)[:-1]}

    if not TYPE_CHECKING:  # a misspelt table stays an error of types

        def __getattr__(self, name: str) -> Any:
            """Say which table a misspelt one may be."""
            names = [each.name for each in fields(self)[:-1]]
            raise AttributeError(say_unknown("table", name, names))

    def __repr__(self) -> str:
        """Name the release and list the tables with their rows and columns."""
        lines = [
            f"  {name}: {len(frame):,} rows of {', '.join(map(str, frame.columns))}"
            for name, frame in self.list_tables().items()
        ]
        return "\n".join([f"Core tables of release {self.release or '(none)'}", *lines])


@dataclass(frozen=True)
class History:
    """One origin's rows in every release that holds it; each table has a column `release` first.

    Attributes
    ----------
    releases : tuple of ReleaseInfo
        The releases that hold the origin, oldest publication first.
    pending, applications, decisions : DataFrame
        release, and the columns of the core's tables of these names.
    world : DataFrame
        release, year, refugees, pending: all origins together.
    """

    releases: tuple[ReleaseInfo, ...]
    pending: pd.DataFrame
    applications: pd.DataFrame
    decisions: pd.DataFrame
    world: pd.DataFrame


def load_core(release: str | ReleaseInfo | None, origins: Origins = None) -> Core:
    """Load a release's core tables.

    InputError as `load_release`; with origins, of their rows alone.

    Parameters
    ----------
    release : str, ReleaseInfo or None
        A folder of data/raw, such as `2025-end`; None means the newest.
    origins : str or collection of str, optional
        ISO3 codes; pending, applications and decisions then hold their rows alone.

    Returns
    -------
    Core
        Ten tables; see its attributes.
    """
    info = release if isinstance(release, ReleaseInfo) else find_release(release)
    folder = paths.raw() / info.name
    own = None if origins is None else frozenset([origins] if isinstance(origins, str) else origins)
    digest = digest_package(folder) + digest_package(folder.parent)
    core = _load_once(folder, info, own, digest)
    tables = core.list_tables().items()
    frames: dict[str, Any] = {name: frame.copy(deep=False) for name, frame in tables}
    return replace(core, **frames)


@lru_cache(maxsize=32)
def _load_once(
    folder: Path, info: ReleaseInfo, origins: frozenset[str] | None, digest: str
) -> Core:
    """Make a core once; the digest of the descriptions makes a changed release another."""
    recorded = read_recorded_rows(folder) if origins is None else {}
    core = clean_release(read_folder(folder, info, origins), load_countries(), recorded)
    own = {} if origins is None else _keep_own(core.list_tables(), info, origins)
    return replace(core, **own, release=info.name)


def _keep_own(
    tables: Mapping[str, pd.DataFrame], info: ReleaseInfo, origins: Collection[str]
) -> dict[str, Any]:
    """Return some origins' rows of the three tables of pairs.

    Said on stderr: where their destinations do not add up to the totals of claims pending.
    """
    own = {
        name: tables[name][tables[name]["origin"].isin(origins)].reset_index(drop=True)
        for name in (TABLES[each].core for each in PAIRS)
    }
    held = {*origins} & {*info.origins}
    compared = compare_destinations(own["pending"], tables["by_origin"], held, "pending")
    apart = compared.loc[~compared["is_ok"], ["scope", "expected", "found"]]
    told = [
        f"{scope.replace(' ', ' in ')}: {found:,}, not {expected:,}"
        for scope, expected, found in apart.itertuples(index=False)
    ]
    if told:
        more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
        print(
            f"asylum: the tables of release {info.name} do not agree, so totals may be incomplete; "
            f"claims pending by destination and in all: {'; '.join(told[:SHOWN])}{more}",
            file=sys.stderr,
        )
    return own


def compare_destinations(
    pairs: pd.DataFrame, by_origin: pd.DataFrame, origins: Collection[str], measure: str
) -> pd.DataFrame:
    """Compare origins' totals with their destinations added up; `compare` says how."""
    totals = by_origin[by_origin["origin"].isin(origins)]
    pairs = pairs[pairs["year"] >= by_origin["year"].min()]  # earlier years have no total to meet
    sums = [frame.groupby(["origin", "year"])[measure].sum() for frame in (totals, pairs)]
    return compare(f"destinations_{measure}", *sums)


def compare(check: str, expected: pd.Series, found: pd.Series) -> pd.DataFrame:
    """Return one row a scope; a side without a figure counts as zero, and so differs from any."""
    both = pd.concat({"expected": expected, "found": found}, axis=1).fillna(0).astype("int64")
    both["difference"] = both["found"] - both["expected"]
    both["is_ok"] = both["difference"] == 0
    scopes = [each if isinstance(each, tuple) else (each,) for each in both.index]
    both.insert(0, "scope", [" ".join(map(str, scope)) for scope in scopes])
    both.insert(0, "check", check)
    return both.reset_index(drop=True)


def clean_release(
    tables: Mapping[str, pd.DataFrame],
    countries: pd.DataFrame,
    recorded: Mapping[str, Mapping[int, int]],
) -> Core:
    """Clean the seven raw tables, as `load_release` returns them, into core tables.

    `countries` are those of `load_countries`, `recorded` what `read_recorded_rows` returns.
    """
    log = QualityLog()
    cleaned = {name: clean_table(name, tables[name], countries, log) for name in TABLES}
    tables_of: dict[str, Any] = {TABLES[name].core: frame for name, frame in cleaned.items()}
    return Core(
        **tables_of,
        countries=clean_countries(countries, log),
        quality=pd.DataFrame(log, columns=QUALITY).astype({"rows": "int64"}),
        rows=count_rows(tables, cleaned, recorded),
    )


def load_earlier(info: ReleaseInfo, origins: Origins = None, period: str = "") -> dict[str, Core]:
    """Load the releases published before one, by name and oldest first; `origins` as `load_core`.

    `period` is `mid` or `end`; empty for both. Mid-year releases tell whether a year was ever
    completed: figures that are the same at mid-year and at the end of the year were not.
    """
    return {
        earlier.name: load_core(earlier, origins)
        for earlier in list_releases()
        if earlier.published < info.published and period in ("", earlier.period)
    }


def load_history(origin: str) -> History:
    """Load the rows of one origin (ISO3) from every release that holds it.

    Raises
    ------
    InputError
        Where no release holds the origin, or a file is not the one recorded.
    """
    check_origin(origin, *list_releases())
    infos = tuple(info for info in list_releases() if origin in info.origins)
    parts: dict[str, list[pd.DataFrame]] = {}
    countries, log = load_countries(), QualityLog()
    for info in infos:  # without the tables by asylum, which cost half of the time
        raw = read_folder(paths.raw() / info.name, info, [origin], (*PAIRS, "totals_by_origin"))
        tables = {TABLES[name].core: clean_table(name, raw[name], countries, log) for name in raw}
        own = _keep_own(tables, info, [origin])
        totals = tables["by_origin"].groupby("year")[["refugees", "pending"]].sum(min_count=1)
        for name, frame in (own | {"world": totals.reset_index()}).items():
            frame.insert(0, "release", info.name)
            parts.setdefault(name, []).append(frame)
    whole = {name: pd.concat(each, ignore_index=True) for name, each in parts.items()}
    return History(infos, **whole)


def load_release(name: str) -> dict[str, pd.DataFrame]:
    """Load a release's tables as UNHCR's columns, verified and checked.

    Returns
    -------
    dict of str to DataFrame
        Seven tables by name; years int64, counts Int64 (blank is missing), codes str (`NA` is a
        code and stays one).

    Raises
    ------
    InputError
        Where the release is not on file, a file is missing, not listed or not the one recorded,
        or a table is not as declared.
    """
    info = find_release(name)
    return read_folder(paths.raw() / info.name, info)


def read_folder(
    folder: Path,
    info: ReleaseInfo,
    origins: Collection[str] | None = None,
    names: Collection[str] = tuple(TABLES),
) -> dict[str, pd.DataFrame]:
    """Read, verify and check the tables of any folder that a datapackage.json describes.

    Used for releases on file, and for a fetched release before it is moved into place. With
    origins, the tables of pairs hold their rows alone.
    """
    tables = {name: _read_table(folder, name, origins if name in PAIRS else None) for name in names}
    return {name: TABLES[name].check(table, info) for name, table in tables.items()}


def load_countries() -> pd.DataFrame:
    """Load data/raw/countries.csv: unhcr_code, iso_code, name and regions.

    InputError as `load_release`.
    """
    return _read_table(paths.raw(), COUNTRIES.name)


def load_raw_table(release: str, name: str) -> pd.DataFrame:
    """Load one of a release's files as it is, held to its record."""
    return _read_table(paths.raw() / find_release(release).name, name)


def list_pending_years(release: str) -> dict[str, list[int]]:
    """Return the years in which each origin has claims pending, ascending."""
    totals = load_raw_table(release, "totals_by_origin").sort_values("year")
    found = totals[totals["asylum_seekers"] > 0].groupby("coo_iso")["year"].agg(list)
    return {str(origin): years for origin, years in found.items()}


def require_claims(study: Study, pending: Mapping[str, Sequence[int]]) -> None:
    """Refuse a study in whose years no claim was pending, and say when some were.

    `pending` is what `list_pending_years` gives for the study's release.
    """
    years = pending.get(study.origin, ())
    if not any(year in study.years for year in years):
        said = f"no claim from {study.origin} was pending in {study.year_from} to {study.year_to}"
        there = f"there are some in {years[0]} to {years[-1]}" if years else "no year has any"
        raise InputError(f"{said}, says release {study.release}: {there}")


def _read_table(folder: Path, name: str, origins: Collection[str] | None = None) -> pd.DataFrame:
    """Read one table of a folder, held to its recorded bytes, columns and rows a year.

    An empty cell is missing; the text `NA` is a code and stays. With origins, only rows that are
    theirs, or that lack an ISO3 code and may turn out to be, are kept.
    """
    resource = find_resources(folder, (name,))[name]
    table = COUNTRIES if name == COUNTRIES.name else TABLES[name]
    file, content = folder / resource["path"], read_verified(folder, resource)
    try:
        read = csv.read_csv(
            pa.py_buffer(content),
            read_options=csv.ReadOptions(use_threads=False),
            convert_options=csv.ConvertOptions(
                column_types={each.name: _TYPES[each.dtype] for each in table.fields},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        if tuple(read.column_names) != table.columns:
            raise InputError(
                f"{file} has the columns {', '.join(read.column_names)}; it must have "
                f"{', '.join(table.columns)}"
            )
        lines = np.arange(read.num_rows)
        if origins is not None:
            own = read["coo_iso"]
            is_own = compute.is_in(own, value_set=pa.array([*sorted(origins), None]))
            read, lines = read.filter(is_own), lines[is_own.to_numpy()]
        frame = read.to_pandas(types_mapper=_DTYPES.get).set_axis(lines)
        frame = frame.astype({"year": "int64"}) if "year" in frame else frame
    except InputError:
        raise
    except ValueError as error:  # Arrow's errors are such as well
        raise InputError(f"{file} cannot be read as {name}: {error!s:.300}") from None
    if origins is None and "year" in frame:
        _check_rows_by_year(frame, resource, file)
    return frame


def _check_rows_by_year(frame: pd.DataFrame, resource: Mapping[str, Any], file: Path) -> None:
    """Hold a table's row counts a year to those that the package records."""
    recorded, found = Counter(_take_rows(resource)), Counter(frame["year"].tolist())
    wrong = [year for year in sorted(recorded | found) if recorded[year] != found[year]]
    if wrong:
        said = "; ".join(f"{y}: {found[y]} rows, recorded {recorded[y]}" for y in wrong[:5])
        raise InputError(f"{file} has other rows a year: {said}")


def read_recorded_rows(folder: Path) -> dict[str, dict[int, int]]:
    """Return the row counts by table and year that a folder's datapackage.json states."""
    resources = find_resources(folder, tuple(TABLES))
    return {name: _take_rows(resource) for name, resource in resources.items()}


def _take_rows(resource: Mapping[str, Any]) -> dict[int, int]:
    return {int(year): int(rows) for year, rows in resource.get("rows_by_year", {}).items()}


def tabulate_releases() -> pd.DataFrame:
    """List the releases in data/raw, oldest first.

    Returns
    -------
    DataFrame
        release, title, published, newest_year, reference (year-end or mid-year: what the newest
        year is), rows, origins (how many are given pair by pair).
    """
    rows = []
    for info in list_releases():
        facts = info.model_dump(include={"title", "published", "newest_year"})
        resources = find_resources(paths.raw() / info.name, tuple(TABLES)).values()
        reference = "mid-year" if info.period == "mid" else "year-end"
        counts = {"rows": sum(each["rows"] for each in resources), "origins": len(info.origins)}
        rows.append({"release": info.name, **facts, "reference": reference, **counts})
    return pd.DataFrame(rows)


def verify_release(name: str) -> pd.DataFrame:
    """Hold every file of a release to its record, and list them; InputError as `load_release`.

    Returns
    -------
    DataFrame
        file, rows, bytes, sha256 (64 hex digits); one row a file.
    """
    folder = paths.raw() / find_release(name).name
    digests = check_package(folder)
    files = pd.DataFrame(find_resources(folder, tuple(TABLES)).values())
    files = files.assign(file=files["path"], sha256=files["path"].map(digests))
    return files[["file", "rows", "bytes", "sha256"]]
