"""The core tables of a release, and how they are loaded, kept for a run and found again.

`load_core` is what notebooks and analysis use. A run keeps its core as Parquet under
`run_dir/core`; each file carries the release and a digest of everything that it was made from,
so that a stale or foreign one is never used: then the release is loaded and cleaned on the spot.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, replace
from io import BytesIO
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.data.datapackage import FILE
from helpers.paths import write_atomic
from helpers.study import find_release

# Counted by the digest of a kept core: a change in how figures are cleaned makes it stale.
_CODE = ("codes.py", "fields.py", "releases.py", "clean.py", "quality.py", "core.py")


@dataclass(frozen=True)
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


NAMES = tuple(field.name for field in fields(Core) if field.name != "release")


def load_core(release: str, run_dir: Path | None = None) -> Core:
    """Load a release's core tables.

    Parameters
    ----------
    release : str
        A folder of data/raw, such as `2025-end`.
    run_dir : Path, optional
        A run's folder; its kept core is used where it was made from exactly this release.

    Returns
    -------
    Core
        Ten tables; see its attributes.

    Raises
    ------
    InputError
        Where the release is not on file or its bytes are not those recorded.
    """
    info = find_release(release)
    kept = load_kept_core(run_dir, info.name) if run_dir else None
    return kept or make_core(info.name)


def make_core(release: str) -> Core:
    """Load, verify, clean and check a release from data/raw."""
    from helpers.data.clean import clean_release
    from helpers.data.releases import load_countries, load_release, read_recorded_rows
    from helpers.data.schemas import check_core

    info = find_release(release)
    recorded = read_recorded_rows(paths.raw() / info.name)
    core = clean_release(load_release(info.name), load_countries(), recorded)
    return replace(check_core(core, info), release=info.name)


def compute_digest(release: str) -> str:
    """Return the sha256 of what a core is made from: both packages' descriptions and the code.

    The descriptions hold the sha256 of every figure file, so the figures are covered by them.
    """
    digest = hashlib.sha256()
    here = Path(__file__).parent
    described = [paths.raw() / release / FILE, paths.raw() / FILE]
    for file in [*described, *(here / name for name in _CODE)]:
        digest.update(file.read_bytes() if file.is_file() else b"missing")
        digest.update(b"\0")
    return digest.hexdigest()


def save_core(core: Core, run_dir: Path) -> None:
    """Keep a core under `run_dir/core`, each table a Parquet file with the release and digest."""
    if not core.release:
        raise ValueError("a core without a release cannot be kept: set its release first")
    stamp = {"release": core.release, "digest": compute_digest(core.release)}
    for name in NAMES:
        frame = getattr(core, name).copy(deep=False)
        frame.attrs = stamp
        buffer = BytesIO()
        frame.to_parquet(buffer, index=False)
        write_atomic(run_dir / "core" / f"{name}.parquet", buffer.getvalue(), is_durable=False)


def load_kept_core(run_dir: Path, release: str) -> Core | None:
    """Load the core kept under `run_dir/core`, or None where it is not whole or not current."""
    wanted = {"release": release, "digest": compute_digest(release)}
    tables = {}
    for name in NAMES:
        file = run_dir / "core" / f"{name}.parquet"
        try:
            frame = pd.read_parquet(BytesIO(file.read_bytes()))
        except (OSError, ValueError):  # absent, or half a file: both mean cleaning again
            return None
        if frame.attrs != wanted:
            return None
        frame.attrs = {}
        tables[name] = frame
    return Core(**tables, release=release)
