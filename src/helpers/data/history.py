"""One origin's figures in every release on file, read lightly.

`load_core` cleans and checks every table of one release. Comparing releases needs less of more:
the origin's own rows, and its and the world's totals, of all of them. Files are held to their
recorded bytes and cleaned by the same rules as the core; only the schema checks are left out,
since they take longer than all the reading and a file that is the recorded one passed them when
its release came in.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers import paths
from helpers.data.clean import clean_countries, clean_table
from helpers.data.core import Core
from helpers.data.fields import COUNTRIES, TABLES
from helpers.data.quality import Ledger
from helpers.data.releases import find_resources, parse_table, read_package, read_verified
from helpers.study import InputError, ReleaseInfo, list_releases

# Core table -> raw table; the first three hold rows of the origins on file alone.
PAIRS = {
    "pending": "population",
    "applications": "asylum_applications",
    "decisions": "asylum_decisions",
}
TOTALS = {
    "by_asylum": "totals_by_asylum",
    "applications_by_asylum": "applications_by_asylum",
    "decisions_by_asylum": "decisions_by_asylum",
}


@dataclass(frozen=True)
class History:
    """One origin's rows in every release that holds it; each table has a column `release` first.

    Attributes
    ----------
    origin : str
        ISO3 code.
    releases : tuple of ReleaseInfo
        The releases that hold the origin, oldest publication first.
    pending : DataFrame
        release, year, origin, asylum, pending, refugees, oip: stocks, persons.
    applications : DataFrame
        release, year, origin, asylum, authority, stage_code, level_code, unit, applied, stage.
    decisions : DataFrame
        release, year, origin, asylum, authority, level_code, unit, recognised, other, rejected,
        closed, total, level.
    by_origin : DataFrame
        release, year, refugees, pending, world_refugees, world_pending: the origin's totals as
        UNHCR's table of totals gives them, and those of all origins together. A year in which the
        origin has no row is missing for it, not 0.
    every_origin : DataFrame
        release, year, origin, refugees, pending: the totals of all origins.
    countries : DataFrame
        iso3, unhcr_code, name, unhcr_region, unsd_region, unsd_subregion.
    """

    origin: str
    releases: tuple[ReleaseInfo, ...]
    pending: pd.DataFrame
    applications: pd.DataFrame
    decisions: pd.DataFrame
    by_origin: pd.DataFrame
    every_origin: pd.DataFrame
    countries: pd.DataFrame

    def find(self, release: str) -> ReleaseInfo:
        """Return the facts of one of the releases."""
        return next(info for info in self.releases if info.name == release)

    def select(self, release: str, table: str) -> pd.DataFrame:
        """Return one release's rows of a table, without the column `release`."""
        frame = getattr(self, table)
        own = frame[frame["release"] == release].drop(columns="release")
        return own.reset_index(drop=True)


def load_history(origin: str) -> History:
    """Load one origin's rows from every release that holds it.

    Parameters
    ----------
    origin : str
        ISO3 code.

    Returns
    -------
    History
        Five tables over the releases, and the countries; see its attributes.

    Raises
    ------
    InputError
        Where no release holds the origin, or a file is not the one recorded.
    """
    infos = tuple(info for info in list_releases() if origin in info.origins)
    if not infos:
        raise InputError(f"origin {origin!r} is in no release on file")
    countries = _load_countries()
    codes = _pair_codes(countries)
    parts: dict[str, list[pd.DataFrame]] = {}
    for info in infos:
        tables = {name: _load_table(info, raw, codes, origin) for name, raw in PAIRS.items()}
        every = _load_table(info, "totals_by_origin", codes)
        tables |= {"every_origin": every, "by_origin": _add_world(every, origin)}
        for name, frame in tables.items():
            frame.insert(0, "release", info.name)
            parts.setdefault(name, []).append(frame)
    whole = {name: pd.concat(each, ignore_index=True) for name, each in parts.items()}
    return History(origin, infos, **whole, countries=clean_countries(countries, Ledger()))


def load_origin_core(release: ReleaseInfo, origin: str) -> Core:
    """Load one release's core with the rows of one origin alone, and all tables of totals.

    Returns
    -------
    Core
        As `load_core` gives it, save that pending, applications and decisions hold one origin and
        that quality and rows are empty.
    """
    countries = _load_countries()
    codes = _pair_codes(countries)
    pairs = {name: _load_table(release, raw, codes, origin) for name, raw in PAIRS.items()}
    totals = {name: _load_table(release, raw, codes) for name, raw in TOTALS.items()}
    return Core(
        **pairs,
        **totals,
        by_origin=_load_table(release, "totals_by_origin", codes),
        countries=clean_countries(countries, Ledger()),
        release=release.name,
    )


def _load_countries() -> pd.DataFrame:
    """Load the raw list of countries."""
    folder = paths.raw()
    resource = find_resources(folder, read_package(folder), ("countries",))["countries"]
    return parse_table(read_verified(folder, resource), COUNTRIES, folder)


def _pair_codes(countries: pd.DataFrame) -> dict[str, str]:
    """Return UNHCR's own codes with their ISO3 codes."""
    return dict(zip(countries["unhcr_code"], countries["iso_code"], strict=True))


def _load_table(
    info: ReleaseInfo, raw: str, codes: dict[str, str], origin: str | None = None
) -> pd.DataFrame:
    """Load and clean one table, with one origin's rows alone where one is given."""
    folder = paths.raw() / info.name
    resource = find_resources(folder, read_package(folder), (raw,))[raw]
    frame = parse_table(read_verified(folder, resource), TABLES[raw], folder)
    if origin is not None:
        # A row whose ISO3 code is missing may turn out to be the origin's once it is looked up.
        frame = frame[(frame["coo_iso"] == origin) | frame["coo_iso"].isna()]
    frame = clean_table(raw, frame, codes, Ledger())
    if origin is not None:
        frame = frame[frame["origin"] == origin]
    return frame.reset_index(drop=True)


def _add_world(totals: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Put an origin's totals beside those of all origins, a row a year."""
    counts = ["refugees", "pending"]
    world = totals.groupby("year")[counts].sum(min_count=1).add_prefix("world_")
    own = totals[totals["origin"] == origin].set_index("year")[counts]
    return world.join(own).reset_index()[["year", *counts, *world.columns]]
