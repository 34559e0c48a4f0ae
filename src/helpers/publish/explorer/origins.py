"""Every origin on file, release by release, gathered by several processes side by side."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from typing import Any

import pandas as pd

from helpers.analysis.breaks import find_breaks
from helpers.data.hand import load_breaks
from helpers.data.releases import load_core, load_mid_years
from helpers.prose.words import BREAK_WORDS
from helpers.publish.explorer.collect import Measure, collect_origin, list_years
from helpers.publish.explorer.encode import encode_series
from helpers.publish.explorer.flags import BITS, choose_words, flag_origin
from helpers.study import find_release

Pair = tuple[str, str]
PLACES = ("places", "places_upper")
KINDS = tuple(BREAK_WORDS)
_FEW = 4  # pairs that one process gathers faster than others start
_core = lru_cache(maxsize=1)(load_core)


def gather_origins(pairs: Iterable[Pair], reasons: list[str]) -> dict[Pair, dict[str, Any]]:
    """Gather origins by destination, each with its breaks.

    Parameters
    ----------
    pairs : iterable of (release, origin)
        Pairs of one release stand together, so that a process reads it once.
    reasons : list of str
        Is filled with the reasons of breaks, which the origins' breaks name by place.

    Returns
    -------
    dict
        (release, origin) -> main (ISO3 or None), measures (`write_measure`, and for pending the
        `words` of its breaks).
    """
    listed = list(pairs)
    size = min(os.cpu_count() or 1, len(listed))
    if size < 2 or len(listed) <= _FEW:
        gathered = list(map(gather_origin, listed))
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(size, mp_context=context) as pool:
            gathered = list(pool.map(gather_origin, listed, chunksize=2))
    return {
        pair: _number_reasons(entry, reasons) for pair, entry in zip(listed, gathered, strict=True)
    }


def gather_origin(pair: Pair) -> dict[str, Any]:
    """Gather one origin in one release; its breaks hold their reasons as text."""
    release, origin = pair
    core, info = _core(release), find_release(release)
    findings = find_breaks(
        core, origin, info=info, previous=load_mid_years(info), register=load_breaks(),
        years=list_years(info.newest_year),
    )  # fmt: skip
    main, measures = collect_origin(core, origin, info.newest_year)
    flagged = flag_origin(core, origin, findings, main, measures)
    written = {name: write_measure(measure, flagged[name]) for name, measure in measures.items()}
    if "pending" in written:
        written["pending"]["words"] = choose_words(findings, flagged["pending"])
    return {"main": main, "measures": written}


def write_measure(measure: Measure, breaks: pd.DataFrame) -> dict[str, Any]:
    """Write one measure as plain values.

    Parameters
    ----------
    measure : dict
        One of `collect_origin`.
    breaks : DataFrame
        Its breaks, of `flag_origin`.

    Returns
    -------
    dict
        series (name -> string), places and places_upper (code -> string), breaks (lists of year,
        asylum, kind's place in `KINDS`, effect, reason, touched).
    """
    series = {name: encode_series(each) for name, each in measure.items() if name not in PLACES}
    written: dict[str, Any] = {"series": {name: text for name, text in series.items() if text}}
    for name in PLACES:
        if measure.get(name):
            written[name] = {code: encode_series(part) for code, part in measure[name].items()}
    codes = set(measure["places"])
    written["breaks"] = [
        _write_break(row)
        for row in breaks.itertuples()
        if row.touched != BITS["place"] or row.asylum in codes
    ]
    return written


def _write_break(row: Any) -> list[Any]:
    effect = None if pd.isna(row.effect) else int(row.effect)
    kind = KINDS.index(row.kind)
    return [int(row.year), str(row.asylum), kind, effect, row.reason, int(row.touched)]


def _number_reasons(entry: dict[str, Any], reasons: list[str]) -> dict[str, Any]:
    """Put the reasons' places in the list of all reasons for their texts; none is -1."""
    known = {reason: place for place, reason in enumerate(reasons)}
    for measure in entry["measures"].values():
        for each in measure["breaks"]:
            reason = each[4]
            if reason and reason not in known:
                known[reason] = len(reasons)
                reasons.append(reason)
            each[4] = known.get(reason, -1)
    return entry
