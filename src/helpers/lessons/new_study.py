"""A new study's file: what the data say about an origin, and room for what no program can decide.

The eras are two halves of the years, marked as a stand-in, so that the file is valid at once.
"""

from __future__ import annotations

import json
from pathlib import Path

import jinja2
import yaml

from helpers import paths
from helpers import study as studies
from helpers.data.hand import load_names
from helpers.data.releases import load_core
from helpers.prose.words import slugify
from helpers.study import InputError

MOST_PLACES, MOST_COMPARATORS = 5, 3


def write_study(origin: str, name: str | None = None, release: str | None = None) -> Path:
    """Write a study file for an origin, and return its path; no file is overwritten.

    The name is made of the origin's where it is None; the facts are those of the release, the
    newest if none is named. InputError where origin, release or name cannot be used.
    """
    info = studies.find_release(release)
    studies.check_origin(origin, info)
    core = load_core(info.name)
    names = load_names()
    chosen = slugify(names[origin].short) if name is None else name
    studies.check_study_name(chosen)
    files = map(studies.load_study_file, studies.list_studies())
    having = [file.study for file in files if file.origin == origin]
    if having and name is None:
        raise InputError(
            f"study {having[0]!r} is about {origin} already; --name gives another one a name"
        )
    own = core.pending[(core.pending["origin"] == origin) & (core.pending["year"] >= 2000)]
    by_year = own.groupby("year")["pending"].sum().astype(int)
    by_year = by_year[by_year > 0]
    if by_year.empty:
        raise InputError(f"no claim from {origin} was pending in any year of release {info.name}")
    years = by_year.index.tolist()
    now = own[(own["year"] == years[-1]) & (own["pending"] > 0)].nlargest(MOST_PLACES, "pending")
    region = core.countries.set_index("iso3")["unsd_subregion"]
    near = [c for c in info.origins if c != origin and region.get(c) == region.get(origin)]
    template = Path(__file__).with_name("new_study.yml.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    text = environment.from_string(template).render(
        study=json.dumps(chosen),
        title=json.dumps(f"Asylum-seekers from {names[origin].prose}, in two halves of the years"),
        origin=origin,
        prose=names[origin].prose,
        release=info.name,
        years=years,
        pending=by_year.tolist(),
        peak=by_year.idxmax(),
        middle=(years[0] + years[-1]) // 2,
        when="in the middle of" if info.period == "mid" else "at the end of",
        places=[f"{r.asylum} ({names[r.asylum].short}): {r.pending:,}" for r in now.itertuples()],
        comparators=near[:MOST_COMPARATORS],
    )
    studies.StudyFile.model_validate(yaml.safe_load(text))
    file = paths.hand() / "studies" / f"{chosen}.yml"
    if file.exists():
        raise InputError(f"study {chosen!r} is there already: {file.name} stays as it is")
    paths.write_atomic(file, text)
    return file
