"""One table of a release at a time: its bytes held to their record, parsed, and cleaned."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.data.datapackage import FILE


def clean_together(folders: Sequence[Path], name: str) -> list[pd.DataFrame]:
    """Clean one table of several releases: it takes time by the step, hardly by the row."""
    raws = [parse_file(folder, name).assign(release=place) for place, folder in enumerate(folders)]
    whole = clean_raw(name, pd.concat(raws, ignore_index=True))
    ends = whole.pop("release").searchsorted(range(len(folders) + 1)).tolist()
    return [whole.iloc[first:end].reset_index(drop=True) for first, end in pairwise(ends)]


def clean_raw(table: str, raw: pd.DataFrame) -> pd.DataFrame:
    """Clean a raw table; what was done to it is on record where the core is made."""
    from helpers.data.clean import clean_table
    from helpers.data.quality import Ledger

    codes = load_codes(paths.raw(), digest_description(paths.raw()))
    return clean_table(table, raw, codes, Ledger())


def parse_file(folder: Path, name: str) -> pd.DataFrame:
    """Read and parse one file, held to its record."""
    from helpers.data.fields import COUNTRIES, TABLES
    from helpers.data.releases import parse_table

    fields = COUNTRIES if name == COUNTRIES.name else TABLES[name]
    (content,) = read_files(folder, (name,))
    return parse_table(content, fields, folder)


def read_files(folder: Path, names: tuple[str, ...]) -> list[bytes]:
    """Read files of a folder, held to their record."""
    from helpers.data.releases import find_resources, read_package, read_verified

    resources = find_resources(folder, read_package(folder), names)
    return [read_verified(folder, resources[name]) for name in names]


def digest_description(folder: Path) -> str:
    """Return the digest of what describes a folder's files; empty where nothing does."""
    file = folder / FILE
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


@lru_cache(maxsize=4)
def load_codes(folder: Path, digest: str) -> dict[str, str]:
    """Return UNHCR's codes and the ISO3 codes that the list of countries pairs them with.

    The digest of the description makes a changed list another.
    """
    frame = parse_file(folder, "countries")
    return dict(zip(frame["unhcr_code"], frame["iso_code"], strict=True))
