"""A new study's file: what is on file about an origin, and room for what no program can decide.

The eras are two halves of the years, said to be a stand-in, so that the file is valid at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from helpers import paths
from helpers.analysis.breaks import find_breaks
from helpers.data.hand import load_breaks, load_names
from helpers.data.releases import Core, load_core, load_countries, load_mid_years
from helpers.prose.text import slugify
from helpers.study import (
    InputError,
    ReleaseInfo,
    StudyFile,
    find_release,
    list_studies,
    load_study_file,
    say_unknown,
)

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_PLACES, MOST_BREAKS, MOST_COMPARATORS = 5, 6, 3


@dataclass(frozen=True)
class Facts:
    """What is on file about an origin: years with a figure, destinations, breaks, neighbours."""

    origin: str
    prose: str
    info: ReleaseInfo
    by_year: pd.Series
    places: Sequence[str]
    breaks: Sequence[str]
    comparators: Sequence[str]


def write_study(origin: str, name: str | None = None, release: str = "") -> Path:
    """Write a study file for an origin.

    Parameters
    ----------
    origin : str
        ISO3 code.
    name : str or None
        The study's name; None: made of the origin's.
    release : str
        The release that the facts are taken from; the newest where empty.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    InputError
        For a code that is unknown or is on file in totals alone, an origin without a claim
        pending, a name that is no study's, or a study that is there already.
    """
    info = find_release(release)
    short = load_names(_check_origin(origin, info))[origin].short
    chosen = _check_name(
        slugify(short) if name is None else name, origin, is_given=name is not None
    )
    facts = gather_facts(origin, info)
    text = render_study(chosen, facts)
    StudyFile.model_validate(yaml.safe_load(text))
    file = paths.hand() / "studies" / f"{chosen}.yml"
    try:
        paths.write_new(file, text)
    except FileExistsError:
        raise InputError(f"study {chosen!r} is there already: {file.name} stays as it is") from None
    return file


def _check_origin(code: str, info: ReleaseInfo) -> pd.DataFrame:
    """Return the list of countries, or refuse a code."""
    countries = load_countries().rename(columns={"iso_code": "iso3"})
    if code in info.origins:
        return countries
    known = set(countries["iso3"].astype(str))
    own = dict(zip(countries["unhcr_code"], countries["iso3"], strict=True))
    if code in known:
        raise InputError(
            f"origin {code!r} is on file in totals alone in release {info.name}, without its "
            f"destinations; with them there is: {', '.join(info.origins)}"
        )
    if code.upper() in info.origins:
        raise InputError(f"unknown origin {code!r}: ISO3 codes are in capitals: {code.upper()}")
    if own.get(code) in info.origins:
        raise InputError(f"unknown origin {code!r}: that is UNHCR's own code; ISO3 is {own[code]}")
    raise InputError(say_unknown("origin", code, info.origins))


def _check_name(name: str, origin: str, *, is_given: bool) -> str:
    """Refuse a name that is no study's, that is taken, or a second study of an origin unasked."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"a study cannot be named {name!r}: take small letters, digits and single dashes"
        )
    if name in list_studies():
        raise InputError(f"study {name!r} is there already: {name}.yml stays as it is")
    having = [each for each in list_studies() if load_study_file(each).origin == origin]
    if having and not is_given:
        raise InputError(
            f"study {having[0]!r} is about {origin} already; --name gives another one a name"
        )
    return name


def gather_facts(origin: str, info: ReleaseInfo) -> Facts:
    """Gather what is on file about an origin.

    Raises
    ------
    InputError
        Where no claim of it was ever pending.
    """
    core = load_core(info, origin)
    own = core.pending[(core.pending["origin"] == origin) & (core.pending["year"] >= 2000)]
    by_year = own.groupby("year")["pending"].sum()
    by_year = by_year[by_year > 0]
    if not len(by_year):
        raise InputError(f"no claim from {origin} was pending in any year of release {info.name}")
    return Facts(
        origin=origin, prose=load_names(core.countries)[origin].prose, info=info, by_year=by_year,
        places=tuple(_list_places(own, core)), breaks=tuple(_list_breaks(core, origin, info)),
        comparators=tuple(_list_neighbours(core, origin, info)),
    )  # fmt: skip


def _list_places(own: pd.DataFrame, core: Core) -> Iterable[str]:
    """Name the largest destinations of the last year that has any claim."""
    now = own[own["year"] == own[own["pending"] > 0]["year"].max()]
    names = load_names(core.countries)
    for row in now.nlargest(MOST_PLACES, "pending").itertuples():
        if row.pending > 0:
            yield f"{row.asylum} ({names[str(row.asylum)].short}): {row.pending:,}"


def _list_breaks(core: Core, origin: str, info: ReleaseInfo) -> Iterable[str]:
    """Say which breaks weigh most on the origin's total."""
    found = find_breaks(
        core, origin, info=info, previous=load_mid_years(info, origin), register=load_breaks()
    )
    heavy = found[found["touches"] == "pending"].nlargest(MOST_BREAKS, "effect_share")
    for row in heavy.sort_values(["year", "asylum"]).itertuples():
        known = "explained in breaks.yml" if row.is_explained else "not explained yet"
        yield f"{row.year} {row.asylum} {row.kind}: {' '.join(str(row.detail).split())} ({known})"


def _list_neighbours(core: Core, origin: str, info: ReleaseInfo) -> list[str]:
    """Take origins with destinations on file from the same part of the world."""
    region = core.countries.set_index("iso3")["unsd_subregion"]
    same = [code for code in info.origins
            if code != origin and region.get(code) == region.get(origin)]  # fmt: skip
    return same[:MOST_COMPARATORS]


def render_study(name: str, facts: Facts) -> str:
    """Return the file's text."""
    years = facts.by_year.index.astype(int)
    middle = int(years[0] + years[-1]) // 2
    title = f"Asylum-seekers from {facts.prose}, in two halves of the years on file"
    stock = "in the middle of" if facts.info.period == "mid" else "at the end of"
    comments = [
        f"A study of {facts.prose}, begun by `asylum new-study {facts.origin}`.",
        "data/hand/README.md explains the fields. The figures in these comments are of release",
        f"{facts.info.name}; they serve the author, and nothing reads them.",
        "",
        f"Claims pending: {len(years)} years with any, {years[0]} to {years[-1]}; "
        f"{facts.by_year.iloc[-1]:,} {stock} {years[-1]}, "
        f"most in {facts.by_year.idxmax()} ({facts.by_year.max():,}).",
        "Largest destinations then:",
        *(f"  {place}" for place in facts.places),
        "Breaks that weigh most on the total, to be looked at before eras are compared:",
        *(f"  {each}" for each in facts.breaks or ["none found"]),
        "",
        "To fill in: a title; the event that parts the eras, in `handover`; the eras themselves",
        "and what a sentence calls them; the source that dates the event; and a second boundary,",
        "which cuts a year earlier or later. The cut below compares nothing but halves.",
    ]
    body = f"""study: {json.dumps(name)}
title: {json.dumps(title, ensure_ascii=False)}
origin: {facts.origin}
comparators: [{", ".join(facts.comparators)}]
boundaries:
  - name: halves
    title: The years on file, cut in the middle
    compare: [Earlier, Later]
    eras:
      - {{name: Earlier, last: {middle}, phrase: the earlier half of the years}}
      - {{name: Later, first: {middle + 1}, phrase: the later half of the years}}
    sources:
      - title: Years with claims pending, release {facts.info.name}
        publisher: UNHCR Refugee Population Statistics Database
        note: No event lies behind this cut.
"""
    return "".join(f"# {line}".rstrip() + "\n" for line in comments) + body
