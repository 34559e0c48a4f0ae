"""Everything the explorer shows, as one script of plain values.

Each origin on file has its measures by destination and its breaks. All other origins have UNHCR's
totals of claims pending and nothing else: no destinations, no ranges, no breaks.

A series is a string, `first:a,b,,d`: `first` is the number of years from 2000 to the first value,
and nothing between two commas is a year without a figure. A string of an older release that the
newest one repeats, in the years that both cover, is written as "=".
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Collection, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from helpers import paths
from helpers.analysis.breaks import STATUS_OF, find_breaks
from helpers.analysis.thresholds import Thresholds
from helpers.data.hand import load_breaks, load_names, load_placebo_origins
from helpers.data.releases import Core, load_core, load_mid_years
from helpers.prose.words import BREAK_WORDS
from helpers.publish.explorer.collect import (
    BITS,
    Measure,
    choose_words,
    collect_origin,
    flag_origin,
    list_years,
)
from helpers.study import ReleaseInfo, find_release, list_releases, list_studies, load_study_file

Only = Mapping[str, Collection[str]]
FIRST_YEAR = 2000
SAME = "="
KINDS = tuple(BREAK_WORDS)
PLACES = ("places", "places_upper")
_FEW = 4  # pairs that one process gathers faster than others start
_core = lru_cache(maxsize=1)(load_core)


def load_script() -> str:
    """Return the script of all data, gathered anew where code, releases or hand data changed.

    Gathering takes most of a minute of computing, and nothing of it changes with a page's looks.
    """
    package = Path(__file__).resolve().parents[2]
    rooms = [package / room for room in ("data", "prose", "analysis", "publish/explorer")]
    files = [*package.glob("*.py"), *(file for room in rooms for file in room.rglob("*.py"))]
    files += paths.hand().rglob("*.yml")
    files += [*paths.raw().glob("*.csv"), *paths.raw().rglob("datapackage.json")]
    digest = hashlib.sha256(
        b"".join(hashlib.sha256(f.read_bytes()).digest() for f in sorted(files))
    )
    folder = paths.build() / "explorer"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{digest.hexdigest()[:16]}.js"
    with FileLock(folder / "lock"):  # whoever comes second waits for the one who gathers
        if not kept.is_file():
            data = write_script(gather_data())
            for old in folder.glob("*.js"):
                old.unlink()
            paths.write_atomic(kept, data, is_durable=False)
        return kept.read_text(encoding="utf-8")


def write_script(data: dict[str, Any]) -> str:
    """Write the data as a script, since a page opened from a file may fetch nothing."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f"globalThis.Explorer = globalThis.Explorer || {{}};\nExplorer.raw = {text};\n"


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
    compared = load_placebo_origins()
    chosen = {
        info.name: tuple(origin for origin in info.origins if origin in compared)
        if only is None
        else tuple(only[info.name])
        for info in infos
    }
    # Pairs of one release follow each other, so that a process reads it once.
    pairs = [(name, origin) for name, origins in chosen.items() for origin in origins]
    size = min(os.cpu_count() or 1, len(pairs))
    if size < 2 or len(pairs) <= _FEW:
        gathered = list(map(gather_origin, pairs))
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(size, mp_context=context) as pool:
            gathered = list(pool.map(gather_origin, pairs, chunksize=2))
    reasons = _number_reasons(gathered)
    origins = dict(zip(pairs, gathered, strict=True))
    releases, core = [], None
    for info in infos:
        core = load_core(info.name)
        own = {origin: origins[info.name, origin] for origin in chosen[info.name]}
        releases.append(_gather_release(core, info, own))
    newest = releases[-1]
    names = load_names((core or load_core(find_release("").name)).countries)
    return {
        "first_year": FIRST_YEAR,
        "fewest": int(Thresholds().fewest),
        "names": {
            code: [name.short] if name.short == name.prose else [name.short, name.prose]
            for code, name in sorted(names.items())
        },
        "kinds": [[kind, BREAK_WORDS[kind], STATUS_OF[kind]] for kind in KINDS],
        "reasons": reasons,
        "studies": [_describe_study(name) for name in list_studies()],
        "releases": [*(_share(newest, release) for release in releases[:-1]), newest],
    }


def _gather_release(core: Core, info: ReleaseInfo, origins: dict[str, Any]) -> dict[str, Any]:
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
        "origins": origins,
    }  # fmt: skip


def _encode_groups(rows: pd.DataFrame, column: str) -> dict[str, str]:
    """Write pending by year for each code of a column."""
    sums = rows.groupby([column, "year"])["pending"].sum(min_count=1)
    return {str(code): encode_series(part.droplevel(0)) for code, part in sums.groupby(level=0)}


def gather_origin(pair: tuple[str, str]) -> dict[str, Any]:
    """Gather one origin in one release: its main destination, and its measures with their breaks.

    Returns
    -------
    dict
        main (ISO3 or None) and measures, each with series (name -> string), places and
        places_upper (code -> string), breaks (lists of year, asylum, kind's place in `KINDS`,
        effect, reason, touched), and for pending the words of its breaks.
    """
    release, origin = pair
    core, info = _core(release), find_release(release)
    findings = find_breaks(
        core, origin, info=info, previous=load_mid_years(info), register=load_breaks(),
        years=list_years(info.newest_year),
    )  # fmt: skip
    main, measures = collect_origin(core, origin, info.newest_year)
    flagged = flag_origin(core, origin, findings, main, measures)
    written = {name: _write_measure(measure, flagged[name]) for name, measure in measures.items()}
    if "pending" in written:
        written["pending"]["words"] = choose_words(findings, flagged["pending"])
    return {"main": main, "measures": written}


def _write_measure(measure: Measure, breaks: pd.DataFrame) -> dict[str, Any]:
    """Write one measure as plain values."""
    series = {name: encode_series(each) for name, each in measure.items() if name not in PLACES}
    written: dict[str, Any] = {"series": {name: text for name, text in series.items() if text}}
    for name in PLACES:
        if measure.get(name):
            written[name] = {code: encode_series(part) for code, part in measure[name].items()}
    rows: Any = breaks.itertuples()
    written["breaks"] = [
        [
            int(row.year), str(row.asylum), KINDS.index(row.kind),
            None if pd.isna(row.effect) else int(row.effect), row.reason, int(row.touched),
        ]
        for row in rows
        if row.touched != BITS["place"] or row.asylum in measure["places"]
    ]  # fmt: skip
    return written


def _number_reasons(origins: list[dict[str, Any]]) -> list[str]:
    """Put numbers in a list of all reasons in place of the breaks' reasons; none is -1."""
    known: dict[str, int] = {}
    for entry in origins:
        for measure in entry["measures"].values():
            for each in measure["breaks"]:
                each[4] = known.setdefault(each[4], len(known)) if each[4] else -1
    return list(known)


def _share(newest: dict[str, Any], release: dict[str, Any]) -> dict[str, Any]:
    """Write the series of an older release against the newest one's."""
    last = release["newest"]
    for name in ("world", "stocks", "totals"):
        release[name] = share_series(newest[name], release[name], last)
    for origin, entry in release["origins"].items():
        beside = newest["origins"].get(origin, {"measures": {}})["measures"]
        for name, measure in entry["measures"].items():
            for part in {"series", *PLACES} & measure.keys():
                other = beside.get(name, {}).get(part)
                measure[part] = share_series(other, measure[part], last)
    return release


def _describe_study(name: str) -> dict[str, Any]:
    """Describe a study's boundaries: its eras and the two that are compared."""
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


def encode_series(values: pd.Series) -> str:
    """Write a series of counts or codes as a string.

    Parameters
    ----------
    values : Series
        Whole numbers or codes, indexed by year; missing is missing.

    Examples
    --------
    >>> encode_series(pd.Series([5, None, 0], index=[2003, 2004, 2005], dtype="Int64"))
    '3:5,,0'
    """
    known = values.dropna()
    if known.empty:
        return ""
    first, last = int(known.index.min()), int(known.index.max())
    cells = known.reindex(range(first, last + 1))
    texts = [
        "" if pd.isna(cell) else cell if isinstance(cell, str) else str(int(cell)) for cell in cells
    ]
    return f"{first - FIRST_YEAR}:{','.join(texts)}"


def cut_series(text: str, newest: int) -> str:
    """Return a series as it reads when it ends with an earlier year.

    >>> cut_series("3:5,,0", 2004)
    '3:5'
    """
    first, _, cells = text.partition(":")
    kept = cells.split(",")[: max(newest + 1 - FIRST_YEAR - int(first or 0), 0)]
    joined = ",".join(kept).rstrip(",")
    return f"{first}:{joined}" if joined else ""


def share_series(newer: Any, older: Any, newest: int) -> Any:
    """Write `older` against `newer`: the same structure, with "=" for each series that is the same.

    Parameters
    ----------
    newer, older
        Nested mappings whose strings under equal keys are series.
    newest : int
        The older release's last year.

    Examples
    --------
    >>> share_series({"a": "0:1,2", "b": "0:3"}, {"a": "0:1", "b": "0:4"}, 2000)
    {'a': '=', 'b': '0:4'}
    """
    if isinstance(older, Mapping):
        beside = newer if isinstance(newer, Mapping) else {}
        return {key: share_series(beside.get(key), each, newest) for key, each in older.items()}
    is_same = isinstance(older, str) and isinstance(newer, str) and older != ""
    return SAME if is_same and cut_series(newer, newest) == older else older
