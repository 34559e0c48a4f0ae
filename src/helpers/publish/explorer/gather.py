"""Everything the explorer shows, as one structure of plain values.

Each origin on file has its measures by destination and its breaks. All other origins have UNHCR's
totals of claims pending and nothing else: no destinations, no ranges, no breaks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.breaks import STATUS_OF
from helpers.analysis.thresholds import THRESHOLDS
from helpers.data.hand import load_names
from helpers.data.releases import load_core
from helpers.prose.words import BREAK_WORDS
from helpers.publish.explorer.collect import list_years
from helpers.publish.explorer.encode import FIRST_YEAR, encode_series, share_series
from helpers.publish.explorer.origins import KINDS, PLACES, gather_origins
from helpers.study import ReleaseInfo, find_release, list_releases, list_studies, load_study_file

if TYPE_CHECKING:
    from helpers.data.releases import Core

Only = Mapping[str, Collection[str]]


def gather_data(only: Only | None = None) -> dict[str, Any]:
    """Gather the explorer's data from every release on file.

    Parameters
    ----------
    only : mapping of str to collection of str, optional
        Releases, and of each the origins to give by destination; default all on file.

    Returns
    -------
    dict
        first_year, names (ISO3 -> short and, where it differs, prose), kinds, statuses, reasons,
        studies, and releases, oldest first.

    Raises
    ------
    InputError
        Where a release or study on file cannot be used.
    """
    infos = [info for info in list_releases() if only is None or info.name in only]
    chosen = {info.name: info.origins if only is None else tuple(only[info.name]) for info in infos}
    reasons: list[str] = []
    pairs = [(name, origin) for name, origins in chosen.items() for origin in origins]
    found = gather_origins(pairs, reasons)
    releases, core = [], None
    for info in infos:
        core = load_core(info.name)
        own = {origin: found[info.name, origin] for origin in chosen[info.name]}
        releases.append(gather_release(core, info, own))
    newest = releases[-1]
    shared = [_share(newest, release) for release in releases[:-1]]
    return {
        "first_year": FIRST_YEAR,
        "fewest": int(THRESHOLDS.fewest),
        "names": _list_names(core or load_core(find_release("").name)),
        "kinds": [[kind, BREAK_WORDS[kind], STATUS_OF[kind]] for kind in KINDS],
        "reasons": reasons,
        "studies": [describe_study(name) for name in list_studies()],
        "releases": [*shared, newest],
    }


def gather_release(core: Core, info: ReleaseInfo, origins: Mapping[str, Any]) -> dict[str, Any]:
    """Gather one release: its facts, the world's claims, totals, and the origins in detail."""
    years = list_years(info.newest_year)
    stocks = core.by_asylum[core.by_asylum["year"].isin(years)]
    totals = core.by_origin[core.by_origin["year"].isin(years) & core.by_origin["pending"].notna()]
    world = totals.groupby("year")["pending"].sum(min_count=1)
    return {
        "name": info.name, "title": info.title, "published": info.published.isoformat(),
        "newest": info.newest_year, "period": info.period,
        "world": encode_series(world), "stocks": _encode_groups(stocks, "asylum"),
        "totals": _encode_groups(totals[~totals["origin"].isin(list(origins))], "origin"),
        "origins": dict(origins),
    }  # fmt: skip


def _encode_groups(rows: pd.DataFrame, column: str) -> dict[str, str]:
    """Write pending by year for each code of a column."""
    sums = rows.groupby([column, "year"])["pending"].sum(min_count=1)
    return {str(code): encode_series(part.droplevel(0)) for code, part in sums.groupby(level=0)}


def _share(newest: dict[str, Any], release: dict[str, Any]) -> dict[str, Any]:
    """Write the series of an older release against the newest one's."""
    last = release["newest"]
    result = dict(release)
    for name in ("world", "stocks", "totals"):
        result[name] = share_series(newest[name], release[name], last)
    for origin, entry in release["origins"].items():
        beside = newest["origins"].get(origin, {"measures": {}})["measures"]
        for name, measure in entry["measures"].items():
            for part in ("series", *PLACES):
                if part in measure:
                    other = beside.get(name, {}).get(part)
                    measure[part] = share_series(other, measure[part], last)
    return result


def _list_names(core: Core) -> dict[str, list[str]]:
    """Return every place's short name and, where another, its name inside a sentence."""
    names = load_names(core.countries)
    return {
        code: [name.short] if name.short == name.prose else [name.short, name.prose]
        for code, name in sorted(names.items())
    }


def describe_study(name: str) -> dict[str, Any]:
    """Describe a study's boundaries: its eras, the two that are compared, and its sources."""
    file = load_study_file(name)
    return {
        "study": file.study,
        "origin": file.origin,
        "boundaries": [
            {
                "name": each.name,
                "title": each.title,
                "compare": list(each.compare),
                "eras": [[era.name, era.prose, era.first, era.last] for era in each.eras],
            }
            for each in file.boundaries
        ],
    }
