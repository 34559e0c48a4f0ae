"""A release's stocks and applications, read lightly: for looking back over many releases at once.

`load_core` reads, checks and cleans seven tables. Where only a few tables of each release are
wanted, this costs much less: the bytes are held to their record as always, and cleaned by the same
functions, but the schemas, which every release on file has passed, are not run again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.data.light_tables import (
    clean_raw,
    clean_together,
    digest_description,
    load_codes,
    parse_file,
    read_files,
)
from helpers.study import ReleaseInfo, list_releases

# Attribute -> the release's table that it is made from.
LIGHT_TABLES = {
    "pending": "population",
    "applications": "asylum_applications",
    "by_origin": "totals_by_origin",
    "by_asylum": "totals_by_asylum",
    "applications_by_asylum": "applications_by_asylum",
}

# The core's other tables, for those who want one alone.
OTHER_TABLES = {
    "decisions": "asylum_decisions",
    "decisions_by_asylum": "decisions_by_asylum",
}


@dataclass(frozen=True)
class LightCore:
    """Five of a release's tables, each as in `Core`.

    Attributes
    ----------
    pending, applications, by_origin, by_asylum, applications_by_asylum : DataFrame
        The same rows, columns and types as the core's tables of these names.
    release : str
        The release's name.
    """

    pending: pd.DataFrame
    applications: pd.DataFrame
    by_origin: pd.DataFrame
    by_asylum: pd.DataFrame
    applications_by_asylum: pd.DataFrame
    release: str


# By folder and digest of what describes its files, which makes a changed release another.
_LOADED: dict[tuple[Path, str], LightCore] = {}
# Those of them that were loaded before this process was forked.
_INHERITED: set[tuple[Path, str]] = set()


def load_ahead() -> None:
    """Load every release on file, for processes that are forked from this one.

    Each of them holds a release's files to their record once more before it uses what it has
    inherited, so that it refuses the same files as a process that has loaded them itself.

    Raises
    ------
    InputError
        As `load_light`.
    """
    try:
        _load_all(info.name for info in list_releases())
    finally:
        load_codes.cache_clear()  # no kernel inherits what it would not hold to its record
    _INHERITED.update(_LOADED)


def load_mid_years(info: ReleaseInfo) -> dict[str, LightCore]:
    """Load the mid-year releases that came before one, by name.

    They tell whether a year was ever completed: figures that are the same at mid-year and at the
    end of the year were not.

    Raises
    ------
    InputError
        As `load_light`.
    """
    return load_earlier(info, period="mid")


def load_earlier(info: ReleaseInfo, period: str = "") -> dict[str, LightCore]:
    """Load the releases published before one, by name and oldest first.

    Parameters
    ----------
    info : ReleaseInfo
        The release that is looked back from; it is not among them.
    period : str
        `mid` or `end`; empty for both.

    Raises
    ------
    InputError
        As `load_light`.
    """
    return _load_all(
        earlier.name
        for earlier in list_releases()
        if earlier.published < info.published and period in ("", earlier.period)
    )


def load_light(release: str) -> LightCore:
    """Load five of a release's tables; within a process each release is read once.

    Parameters
    ----------
    release : str
        A folder of data/raw, such as `2022-mid`.

    Returns
    -------
    LightCore
        To be read and not changed: whoever asks again gets the same frames.

    Raises
    ------
    InputError
        Where a file is missing or is not the one recorded.
    """
    return _load_all([release])[release]


def load_core_table(release: str, name: str) -> pd.DataFrame:
    """Load one of a core's tables alone, as in "decisions"; within a process it is read once.

    Returns
    -------
    DataFrame
        As `Core` has it; to be read and not changed.

    Raises
    ------
    InputError
        As `load_light`.
    """
    return _clean_once(paths.raw() / release, name, _digest(release))


def load_raw_table(release: str, name: str) -> pd.DataFrame:
    """Load one of a release's files as it is, held to its record; see `load_core_table`."""
    return _parse_once(paths.raw() / release, name, _digest(release))


def _digest(release: str) -> str:
    """Return the digest of what describes a release's files and the list of countries."""
    return digest_description(paths.raw() / release) + digest_description(paths.raw())


@lru_cache(maxsize=32)
def _clean_once(folder: Path, name: str, digest: str) -> pd.DataFrame:
    """Keep a clean table; the digest of the description makes a changed release another."""
    return _clean(folder, name)


@lru_cache(maxsize=32)
def _parse_once(folder: Path, name: str, digest: str) -> pd.DataFrame:
    """Keep a file's table, as `_clean_once` does."""
    return parse_file(folder, name)


def _load_all(releases: Iterable[str]) -> dict[str, LightCore]:
    """Load light cores by name; those not yet loaded are cleaned together."""
    keys = {release: (paths.raw() / release, _digest(release)) for release in releases}
    _verify_inherited(_INHERITED.intersection(keys.values()))
    lacking = [key for key in keys.values() if key not in _LOADED]
    _LOADED.update(zip(lacking, _read_together([folder for folder, _ in lacking]), strict=True))
    return {release: _LOADED[key] for release, key in keys.items()}


def _verify_inherited(keys: Collection[tuple[Path, str]]) -> None:
    """Hold files to their record that were read before this process was forked."""
    for place in {folder.parent for folder, _ in keys}:
        read_files(place, ("countries",))
    for folder, digest in sorted(keys):
        read_files(folder, tuple(LIGHT_TABLES.values()))
        _INHERITED.discard((folder, digest))


def _read_together(folders: Sequence[Path]) -> list[LightCore]:
    """Read releases into light cores; one that lacks any file is refused."""
    from helpers.data.fields import TABLES
    from helpers.data.releases import find_resources, read_package

    for folder in folders:
        find_resources(folder, read_package(folder), tuple(TABLES))
    parts = [clean_together(folders, table) for table in LIGHT_TABLES.values()] if folders else []
    return [
        LightCore(**dict(zip(LIGHT_TABLES, tables, strict=True)), release=folder.name)
        for folder, *tables in zip(folders, *parts, strict=True)
    ]


def _clean(folder: Path, name: str) -> pd.DataFrame:
    """Read and clean one of a core's tables."""
    table = (LIGHT_TABLES | OTHER_TABLES)[name]
    return clean_raw(table, parse_file(folder, table))
