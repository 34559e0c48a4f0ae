"""The explorer's page, written out with its scripts, styles and data; it opens without a server.

In the browser nothing is measured anew: the scripts choose, divide, rank and draw. A page opened
from the disk can fetch nothing; it loads a script of plain values for each origin that is chosen.
`data.js` holds names, releases, the world's figures and each origin's total of claims pending;
`origins/<release>/<ISO3>.js` one origin by destination in one release, with ranges and breaks. An
origin that a release does not hold by destination has UNHCR's totals there.

A series is a list with a cell a year from 2000 on; null is a year without a figure.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Collection, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock
from jinja2 import Template

from helpers import paths
from helpers.analysis.breaks import STATUS_OF
from helpers.claims import find
from helpers.data.columns import FIRST_ASYLUM_YEAR
from helpers.data.hand import load_names
from helpers.data.releases import load_core
from helpers.prose.words import BREAK_WORDS
from helpers.publish.explorer.collect import BITS, OriginTables, flag_breaks, open_origin, spread
from helpers.study import (
    ReleaseInfo,
    list_releases,
    list_studies,
    load_name_entries,
    load_study_file,
)

HERE = Path(__file__).parent
PAGE, VENDOR = HERE / "page", HERE / "vendor"
_GRID = 1000  # outlines are drawn on a grid of thousandths of the globe's radius
KINDS = tuple(BREAK_WORDS)
PLACES = ("places", "places_lower", "places_upper")
READ = {".py", ".yml", ".csv"}  # what gathering the figures depends on, in the package
# The page's scripts, and those of the box "Check a number", by what each is put together from.
SCRIPTS = {
    "explorer": (
        *("words", "figures", "measures", "model", "state", "captions", "look", "lines", "bars"),
        *("map", "dom", "tables", "downloads", "picker", "controls", "main"),
    ),
    "find": ("words", "figures", "dom", "find", "check"),
}


def build_explorer(out: Path, origins: Collection[str] = ()) -> Path:
    """Write the explorer whole into `out/explorer/`, and return its page, which opens from there.

    `origins` are those that are given by destination; default all. InputError where a release, a
    study or the register of breaks cannot be used.
    """
    plain = [*VENDOR.glob("*.js"), PAGE / "explorer.css", PAGE / "theme.js"]
    files: dict[str, str | bytes] = {file.name: file.read_bytes() for file in plain}
    page = Template((PAGE / "index.html").read_text(encoding="utf-8"), autoescape=True)
    files["index.html"] = page.render(site=os.environ.get("SITE_URL", "").rstrip("/"))
    for name, parts in SCRIPTS.items():  # as one function, they share no name with any other
        texts = [(PAGE / f"{part}.js").read_text(encoding="utf-8") for part in parts]
        files[f"{name}.js"] = "\n".join(['(() => {\n"use strict";\n', *texts, "})();\n"])
    files |= {"outlines.js": write_outlines()} | load_scripts(origins)
    for name, content in files.items():
        paths.write_atomic(out / "explorer" / name, content)
    return out / "explorer" / "index.html"


def write_outlines() -> str:
    """Write the country outlines as a script: by country its code and the path that SVG draws."""
    shapes = json.loads((paths.shapes() / "outlines.json").read_text(encoding="utf-8"))
    drawn = [{"iso3": each["iso3"], "d": _write_path(each["rings"])} for each in shapes]
    text = json.dumps(drawn, separators=(",", ":"))
    return f"(globalThis.Explorer ||= {{}}).outlines = {text};\n"


def _write_path(rings: list[list[list[float]]]) -> str:
    """Write closed rings as a path of steps on the grid, y downwards."""
    parts = []
    for ring in rings:
        points = [(round(x * _GRID), round(-y * _GRID)) for x, y in ring[:-1]]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
        moves = " ".join(f"{x} {y}" for x, y in steps if x or y)
        parts.append(f"M{points[0][0]} {points[0][1]}l{moves.replace(' -', '-')}z")
    return "".join(parts)


def load_scripts(origins: Collection[str] = ()) -> dict[str, str]:
    """Return all data scripts by file name, gathered anew only where code or data changed.

    `origins` are those that are given by destination; default all. InputError where a release or
    study on file cannot be used.
    """
    package = HERE.parents[1]
    rooms = [package / room for room in ("data", "prose", "analysis", "claims", "publish/explorer")]
    files = [*package.glob("*.py"), *paths.hand().rglob("*.yml")]
    files += (each for room in rooms for each in room.rglob("*") if each.suffix in READ)
    files += [*paths.raw().glob("*.csv"), *paths.raw().rglob("datapackage.json")]
    digest = hashlib.sha256(repr(sorted(origins)).encode())
    for file in sorted(files):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    folder = paths.build() / "explorer" / ("some" if origins else "all")
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{digest.hexdigest()[:16]}.json"
    with FileLock(folder / "lock"):  # whoever comes second waits for the one who gathers
        if not kept.is_file():
            text = json.dumps(write_scripts(origins), ensure_ascii=False)
            for old in folder.glob("*.json"):
                old.unlink()
            paths.write_atomic(kept, text)
        return json.loads(kept.read_text(encoding="utf-8"))


def write_scripts(origins: Collection[str] = ()) -> dict[str, str]:
    """Gather the data from the releases on file, and write it as scripts (`load_scripts`)."""
    infos = list_releases()
    every = [(info.name, origin) for info in infos for origin in info.origins]
    pairs = [pair for pair in every if not origins or pair[1] in origins]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(pairs)), mp_context=context) as pool:
        gathered = dict(zip(pairs, pool.map(gather_origin, pairs, chunksize=4), strict=True))
    countries = load_core(infos[-1].name).countries
    data = {
        "first_year": FIRST_ASYLUM_YEAR,
        "names": _list_names(countries),
        "kinds": [[kind, BREAK_WORDS[kind], STATUS_OF[kind]] for kind in KINDS],
        "find": find.describe_rule(),
        "studies": [_describe_study(name) for name in list_studies()],
        "releases": [
            _gather_release(info, {o for n, o in pairs if n == info.name}) for info in infos
        ],
    }
    return {"data.js": _write("raw", data)} | {
        f"origins/{name}/{origin}.js": _write(f'origins["{name}/{origin}"]', entry)
        for (name, origin), entry in gathered.items()
    }


def _write(name: str, data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    top = "((globalThis.Explorer ||= {}).origins ||= {}, Explorer)"
    return f"{top}.{name} = {text};\n"


def _list_names(countries: pd.DataFrame) -> dict[str, list[str]]:
    """List of each code the short name, the name in a sentence, and what else finds it."""
    names = load_names()
    own = dict(zip(countries["iso3"], countries["name"], strict=True))
    also = {code: each.get("also", "") for code, each in load_name_entries().items()}
    return {
        code: [name.short, name.prose, f"{own.get(code, '')} {also.get(code, '')}".strip()]
        for code, name in sorted(names.items())
    }


def _gather_release(info: ReleaseInfo, detailed: set[str]) -> dict[str, Any]:
    """Gather one release: its facts, the world's figures, and each origin's total."""
    core, years = load_core(info.name), range(FIRST_ASYLUM_YEAR, info.newest_year + 1)
    totals = core.by_origin[core.by_origin["year"].isin(years)]
    new = core.applications_by_asylum
    new = new[new["stage"].eq("new") & new["year"].isin(years)]
    world = {
        name: totals.groupby("year")[name].sum(min_count=1) for name in ("pending", "refugees")
    }
    for unit, rows in new.groupby("unit"):
        world[f"lodged-{unit}"] = rows.groupby("year")["applied"].sum(min_count=1)
    return {
        "name": info.name, "title": info.title, "published": info.published.isoformat(),
        "newest": info.newest_year, "period": info.period, "origins": sorted(detailed),
        "world": _encode_all(world),
        "totals": _encode_all(spread(totals, "pending", "origin")),
    }  # fmt: skip


def gather_origin(pair: tuple[str, str]) -> dict[str, Any]:
    """Gather one origin in one release: its main destination, and its measures with their breaks.

    Returned are main (ISO3 or None), reasons (texts), measures (`_write_measure`), and in the
    newest release stocks (refugees and oip by destination).
    """
    name, origin = pair
    tables = open_origin(name, origin)
    reasons: list[str] = []
    written = {key: _write_measure(key, tables, reasons) for key in tables.measures}
    entry = {"main": tables.main_destination, "reasons": reasons, "measures": written}
    if name == list_releases()[-1].name:
        entry["stocks"] = {
            key: _encode_all(spread(tables.pending, key)) for key in ("refugees", "oip")
        }
    return entry


def _encode_all(parts: Mapping[str, pd.Series]) -> dict[str, list[Any]]:
    return {name: encode_series(values) for name, values in parts.items()}


def _write_measure(key: str, tables: OriginTables, reasons: list[str]) -> dict[str, Any]:
    """Write one measure as plain values; new reasons are added to the list.

    series (name -> list), the names of `PLACES` (code -> list), breaks (lists of year, asylum,
    kind's place in `KINDS`, effect, reason's place or -1, touched).
    """
    measure, breaks = tables.measures[key], flag_breaks(key, tables)
    series = _encode_all({k: each for k, each in measure.items() if k not in (*PLACES, "rows")})
    written: dict[str, Any] = {"series": {name: cells for name, cells in series.items() if cells}}
    written |= {name: _encode_all(measure[name]) for name in PLACES if measure.get(name)}
    is_kept = (breaks["touched"] != BITS["place"]) | breaks["asylum"].isin(list(measure["places"]))
    written["breaks"] = []
    for year, asylum, kind, effect, reason, touched in breaks[is_kept].itertuples(index=False):
        if reason and reason not in reasons:
            reasons.append(reason)
        size, at = None if pd.isna(effect) else int(effect), reasons.index(reason) if reason else -1
        written["breaks"].append([int(year), asylum, KINDS.index(kind), size, at, int(touched)])
    return written


def _describe_study(name: str) -> dict[str, Any]:
    """Describe a study's boundaries: its eras and the two that are compared."""
    file = load_study_file(name)
    boundaries = [
        each.model_dump(include={"name", "title", "compare"})
        | {"eras": [[era.name, era.prose, era.first, era.last] for era in each.eras]}
        for each in file.boundaries
    ]
    return {"study": file.study, "origin": file.origin, "boundaries": boundaries}


def encode_series(values: pd.Series) -> list[Any]:
    """List counts or codes from the first year on; missing is None.

    >>> encode_series(pd.Series([5, None, 0], index=[2001, 2002, 2003], dtype="Int64"))
    [None, 5, None, 0]
    """
    known = values.dropna()
    cells = {
        year: cell if isinstance(cell, str) else round(cell)
        for year, cell in zip(known.index.astype(int), known, strict=True)
    }
    return [cells.get(year) for year in range(FIRST_ASYLUM_YEAR, max(cells, default=0) + 1)]
