"""A new study's file: what is on file about an origin, and room for what no program can decide.

The eras are two halves of the years, said to be a stand-in, so that the file is valid at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import yaml

from helpers import paths
from helpers.analysis.breaks import find_breaks
from helpers.data.hand import load_breaks, load_names
from helpers.data.releases import Core, load_core, load_countries, load_mid_years
from helpers.prose.words import slugify
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


def write_study(origin: str, name: str | None = None, release: str = "") -> Path:
    """Write a study file for an origin, and return its path.

    The name is made of the origin's where it is None; the facts are taken from the newest release
    where none is named.

    Raises
    ------
    InputError
        For a code that is unknown or is on file in totals alone, an origin without a claim
        pending, a name that is no study's, or a study that is there already.
    """
    info = find_release(release)
    _check_origin(origin, info)
    core = load_core(info.name)
    chosen = slugify(load_names(core.countries)[origin].short) if name is None else name
    _check_name(chosen, origin, is_given=name is not None)
    text = _render_study(chosen, origin, core, info)
    StudyFile.model_validate(yaml.safe_load(text))
    file = paths.hand() / "studies" / f"{chosen}.yml"
    try:
        paths.write_new(file, text)
    except FileExistsError:
        raise InputError(f"study {chosen!r} is there already: {file.name} stays as it is") from None
    return file


def _check_origin(code: str, info: ReleaseInfo) -> None:
    if code in info.origins:
        return
    countries = load_countries()
    own = dict(zip(countries["unhcr_code"], countries["iso_code"], strict=True))
    if code in set(countries["iso_code"].astype(str)):
        raise InputError(
            f"origin {code!r} is on file in totals alone in release {info.name}, without its "
            f"destinations; with them there is: {', '.join(info.origins)}"
        )
    if own.get(code) in info.origins:
        raise InputError(f"unknown origin {code!r}: that is UNHCR's own code; ISO3 is {own[code]}")
    raise InputError(say_unknown("origin", code, info.origins))


def _check_name(name: str, origin: str, *, is_given: bool) -> None:
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


def _list_places(now: pd.DataFrame, core: Core) -> Iterator[str]:
    """Name the largest destinations of a year."""
    names = load_names(core.countries)
    for row in now.nlargest(MOST_PLACES, "pending").to_dict("records"):
        if row["pending"] > 0:
            yield f"{row['asylum']} ({names[row['asylum']].short}): {row['pending']:,}"


def _list_breaks(core: Core, origin: str, info: ReleaseInfo) -> Iterator[str]:
    """Say which breaks weigh most on the origin's total."""
    found = find_breaks(
        core, origin, info=info, previous=load_mid_years(info), register=load_breaks()
    )
    heavy = found[found["touches"] == "pending"].nlargest(MOST_BREAKS, "effect_share")
    for row in heavy.sort_values(["year", "asylum"]).itertuples():
        known = "explained in breaks.yml" if row.is_explained else "not explained yet"
        yield f"{row.year} {row.asylum} {row.kind}: {' '.join(str(row.detail).split())} ({known})"


def _render_study(name: str, origin: str, core: Core, info: ReleaseInfo) -> str:
    """Return the file's text; refuse an origin of which no claim was ever pending."""
    own = core.pending[(core.pending["origin"] == origin) & (core.pending["year"] >= 2000)]
    by_year = own.groupby("year")["pending"].sum()
    by_year = by_year[by_year > 0]
    if by_year.empty:
        raise InputError(f"no claim from {origin} was pending in any year of release {info.name}")
    years = by_year.index.astype(int).tolist()
    first, last = years[0], years[-1]
    middle = (first + last) // 2
    prose = load_names(core.countries)[origin].prose
    region = core.countries.set_index("iso3")["unsd_subregion"]
    near = [c for c in info.origins if c != origin and region.get(c) == region.get(origin)]
    title = f"Asylum-seekers from {prose}, in two halves of the years on file"
    stock = "in the middle of" if info.period == "mid" else "at the end of"
    comments = [
        f"A study of {prose}, begun by `asylum new-study {origin}`.",
        "data/hand/README.md explains the fields. The figures in these comments are of release",
        f"{info.name}; they serve the author, and nothing reads them.",
        "",
        f"Claims pending: {len(by_year)} years with any, {first} to {last}; "
        f"{by_year.iloc[-1]:,} {stock} {last}, most in {by_year.idxmax()} ({by_year.max():,}).",
        "Largest destinations then:",
        *(f"  {place}" for place in _list_places(own[own["year"] == last], core)),
        "Breaks that weigh most on the total, to be looked at before eras are compared:",
        *(f"  {each}" for each in list(_list_breaks(core, origin, info)) or ["none found"]),
        "",
        "To fill in: a title; the event that parts the eras, in `handover`; the eras themselves",
        "and what a sentence calls them; the source that dates the event; and a second boundary,",
        "which cuts a year earlier or later. The cut below compares nothing but halves.",
    ]
    body = f"""study: {json.dumps(name)}
title: {json.dumps(title, ensure_ascii=False)}
origin: {origin}
comparators: [{", ".join(near[:MOST_COMPARATORS])}]
boundaries:
  - name: halves
    title: The years on file, cut in the middle
    compare: [Earlier, Later]
    eras:
      - {{name: Earlier, last: {middle}, phrase: the earlier half of the years}}
      - {{name: Later, first: {middle + 1}, phrase: the later half of the years}}
    sources:
      - title: Years with claims pending, release {info.name}
        publisher: UNHCR Refugee Population Statistics Database
        note: No event lies behind this cut.
"""
    return "".join(f"# {line}".rstrip() + "\n" for line in comments) + body
