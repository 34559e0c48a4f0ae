"""Bring a new release into data/raw: fetch, check, compare, move in place, or leave nothing.

Before the first page and after the last the API is asked how many rows each table has and what
they sum to. The two must agree, or a release landed in between and the pages do not belong
together. A fetch that is cut off starts again.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import Progress

from helpers import paths, study
from helpers.data.columns import FIRST_ASYLUM_YEAR, PAIRS
from helpers.data.controls import check_controls
from helpers.data.datapackage import build_datapackage, write_datapackage
from helpers.data.releases import (
    clean_release,
    load_countries,
    load_release,
    read_folder,
    read_recorded_rows,
)
from helpers.study import InputError, ReleaseInfo
from helpers.unhcr import checks, comparison, endpoints
from helpers.unhcr.checks import Page, Probe
from helpers.unhcr.client import (
    AnswerError,
    ApiUnreachableError,
    Client,
    hide_secrets,
    parse_address,
    quote,
)
from helpers.unhcr.comparison import Tables, list_origins
from helpers.unhcr.endpoints import FetchOptions, Question
from helpers.unhcr.raw_tables import build_tables, write_csv

CHANGES = (
    "Columns that the study does not use were left out.",
    "Rows were kept for the origins on file only; the tables of totals cover every origin.",
    "Rows in which every figure is zero were left out.",
    "Totals over origins and over countries of asylum were computed and added as tables.",
    "Zeros and figures not collected, both served as text, became numbers and empty cells.",
)
TITLES = {"mid": "Mid-Year Trends", "end": "Global Trends"}
_SHOWN = 5


def fetch_release(options: FetchOptions, *, is_quiet: bool = False) -> str:
    """Fetch the API's figures and file them as a release, if they pass and are new.

    What was found is printed. Returns the new release's name; empty where nothing was new.

    Raises
    ------
    InputError
        Where an option is wrong, the API is not there, or its figures are refused. Nothing is
        left behind then.
    """
    _check_options(options)
    console = Console(file=sys.stdout, quiet=is_quiet, soft_wrap=True)
    is_drawn = console.is_terminal and not is_quiet
    bar = Progress(console=console, disable=not is_drawn)
    try:
        with _open_scratch() as scratch, bar if is_drawn else nullcontext():
            release, lines = _fetch(options, scratch, bar)
    except ApiUnreachableError as error:
        raise InputError(
            f"UNHCR's API at {hide_secrets(parse_address(options.api_url))} is not to be reached: "
            f"{error}. Nothing was filed; everything else works on the releases on file "
            "(asylum releases)."
        ) from None
    _say(bar, *lines)
    return release


def _say(bar: Progress, *lines: str) -> None:
    for line in lines:
        bar.console.print(line, markup=False, highlight=False)


def _check_options(options: FetchOptions) -> None:
    """Refuse options that cannot work, before anything is asked of the API."""
    parse_address(options.api_url)
    name = options.release
    if name and not re.fullmatch("[A-Za-z0-9]+(-[A-Za-z0-9]+)*", name):
        raise InputError(f"release name {quote(name)!r} is none: use letters, digits and hyphens")
    taken = [path.name for path in paths.raw().iterdir() if path.name.lower() == name.lower()]
    if taken:
        raise InputError(
            f"release {taken[0]} is on file already, and a release is never overwritten: give "
            "another name with --release"
        )
    if options.period not in (None, "mid", "end"):
        raise InputError(f"--period is mid or end, not {options.period!r}")
    most = endpoints.MOST_PAGE_ROWS
    if not 1 <= options.page_size <= most:
        raise InputError(f"page size must be between 1 and {most}, not {options.page_size}")
    for pace in ("rate", "timeout", "retry_wait"):
        if not 0 < getattr(options, pace) < float("inf"):
            raise InputError(f"{pace} must be above 0, not {getattr(options, pace)}")
    if options.retries < 0:
        raise InputError(f"retries must be 0 or more, not {options.retries}")


@contextmanager
def _open_scratch() -> Iterator[Path]:
    """Give data/.fetch, empty, to one fetch at a time; it goes with the fetch or with the next.

    It is on the disk of data/raw, so that a release moves there in one rename.
    """
    folder = paths.raw().parent / ".fetch"
    try:
        with FileLock(f"{folder}.lock", timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
            if os.path.lexists(folder):
                raise InputError(f"{folder} is in the way of a fetch: move it away")
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout:
        raise InputError("another asylum fetch is under way in this checkout") from None


def _fetch(options: FetchOptions, scratch: Path, bar: Progress) -> tuple[str, list[str]]:
    newest = study.find_release("")
    before, countries = load_release(newest.name), load_countries()
    known = dict(zip(countries["unhcr_code"], countries["iso_code"], strict=True))
    asked = [code.strip() for given in options.origins for code in given.split(",") if code.strip()]
    if wrong := [code for code in asked if code not in known.values()]:
        raise InputError(
            f"origin {', '.join(map(repr, wrong))} is no ISO3 code of data/raw/countries.csv; "
            f"such as {', '.join(sorted(list_origins(before)))}"
        )
    own = study.load_study_file(options.study or study.DEFAULT_STUDY)
    origins = {own.origin, *own.comparators, *list_origins(before), *asked}
    last_year = max(options.today.year, newest.newest_year)
    questions = [Question(name, last_year, options.page_size) for name in PAIRS]
    with closing(Client(options, lambda text: _say(bar, text))) as client:
        whole, probes, notes = _fetch_whole(client, questions, known, bar)
    _say(bar, "checking")
    after = build_tables(whole, origins)
    for question in questions:
        notes += checks.note_unknown_codes(whole.pop(question.name), question, origins)
    if empty := sorted(set(asked) - list_origins(after)):
        raise InputError(f"the API has no figures of origin {', '.join(empty)}: leave it out")
    notes += _check_countries(after, known)
    year = _find_newest_year(after)
    comparison.check_floors(before, after, newest.name)
    witness = comparison.read_witness(year, newest, before, after)
    period, reason = comparison.decide_period(year, options.today, options.period, witness)
    changed = comparison.compare_tables(before, after)
    if not (changed or options.release):
        return "", [f"nothing new: the API serves the figures of release {newest.name}"]
    name = options.release or f"{year}-{period}"
    if not options.release and name in {each.name.lower() for each in study.list_releases()}:
        raise InputError(
            f"the API's figures differ from release {name} on file, which is never overwritten: "
            f"give them a name of their own, such as --release {name}-{options.today:%Y-%m-%d}"
        )
    info = ReleaseInfo(
        name=name,
        title=f"{TITLES[period]} {year}, as the API served it on {options.today}",
        published=options.today,
        first_year=FIRST_ASYLUM_YEAR,
        newest_year=year,
        period=period,
        origins=tuple(sorted(list_origins(after))),
    )
    fetched = {
        "fetched_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "url": hide_secrets(parse_address(options.api_url)),
        "asked": {each.path: each.spell(1) for each in questions},
        "control": {name: probe._asdict() for name, probe in probes.items()},
        "period_reason": reason,
        "notes": notes,
    }
    _write_release(scratch / "release", after, info, fetched)
    _check_release(scratch / "release", info, countries)
    _move_in_place(scratch / "release", info.name)
    head = (
        f"data/raw/{info.name}, from {sum(probe.rows for probe in probes.values()):,} rows; "
        f"{year} is of the {period} of the year ({reason}); origins {', '.join(info.origins)}"
    )
    against = f"compared with {newest.name}{':' if changed else ', no figure differs'}"
    return info.name, [head, *notes, against, *(f"  {each}" for each in changed)]


def _fetch_whole(
    client: Client, questions: Iterable[Question], known: Mapping[str, str], bar: Progress
) -> tuple[dict[str, pd.DataFrame], dict[str, Probe], list[str]]:
    """Return the three tables whole, the API's own counts and sums of them, and notes."""
    probes = {each.name: _probe(client, each, known) for each in questions}
    whole: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    task = bar.add_task("", total=sum(probe.rows for probe in probes.values()))
    for question in questions:
        probe, pages = probes[question.name], list[Page]()
        n_pages = -(-probe.rows // question.page_size)
        _say(bar, f"{question.name}: {probe.rows:,} rows in {n_pages} pages to fetch")
        for number in range(1, n_pages + 1):
            answer = client.get(question.path, question.spell(number))
            pages.append(checks.parse_page(answer, question, number, known))
            checks.check_page(pages[-1], number, question, probe)
            bar.update(task, advance=len(pages[-1].rows), description=question.name)
        whole[question.name], found = checks.join_pages(pages, question, probe)
        notes += found
    if {each.name: _probe(client, each, known) for each in questions} != probes:
        raise AnswerError(
            "the API's figures changed while they were fetched: a release landed in between; "
            "fetch again"
        )
    return whole, probes, notes


def _probe(client: Client, question: Question, known: Mapping[str, str]) -> Probe:
    """Ask for a table's row count and sums: with one row a page, pages are rows."""
    path = question.path
    page = checks.parse_page(client.get(path, question.spell(1, 1)), question, 1, known)
    if page.last == 0:
        raise AnswerError(f"{path}: the API has no row for {question.years}")
    if page.last > min(endpoints.MOST_ROWS, endpoints.MOST_PAGES * question.page_size):
        raise AnswerError(
            f"{path}: the API counts {page.last:,} rows; at most {endpoints.MOST_ROWS:,} are "
            f"taken, in at most {endpoints.MOST_PAGES:,} pages of {question.page_size:,}"
        )
    world = {}
    if not question.has_total:
        world = checks.parse_world(client.get(path, question.spell_world())["items"], question)
    return Probe(page.last, page.total, world)


def _find_newest_year(tables: Tables) -> int:
    """Return the last year with figures, which stocks, applications and decisions must share."""
    names = ("totals_by_asylum", "applications_by_asylum", "decisions_by_asylum")
    last = {name: int(tables[name]["year"].max()) if len(tables[name]) else 0 for name in names}
    if len(set(last.values())) > 1:
        said = ", ".join(f"{name} in {year}" for name, year in last.items())
        raise AnswerError(f"the tables end in different years: {said}; fetch again later")
    return last[names[0]]


def _check_countries(tables: Tables, known: Mapping[str, str]) -> list[str]:
    """Say which codes data/raw/countries.csv does not hold, and refuse those that need it.

    A country of totals alone is kept and reported; a destination of an origin that is kept pair
    by pair needs a name and a region.
    """
    rows: Counter[str] = Counter()
    needed = set()
    for name, table in tables.items():
        for side in {"coo", "coa"} & set(table):
            strange = table.loc[~table[side].isin(known)]
            found = strange[side] + " (ISO3 " + strange[f"{side}_iso"] + ")"
            rows.update(found)
            needed |= set(found) if name in PAIRS else set()
    if needed:
        raise AnswerError(
            "codes that data/raw/countries.csv does not hold, in rows of origins that are kept: "
            f"{', '.join(sorted(needed)[:_SHOWN])}. Add them there first"
        )
    return [
        f"country {code} is not in data/raw/countries.csv: kept in {count:,} rows of totals, "
        "without a name and a region"
        for code, count in rows.most_common(2 * _SHOWN)
    ]


def _write_release(
    folder: Path, tables: Tables, info: ReleaseInfo, fetched: Mapping[str, Any]
) -> None:
    """Write the seven files and datapackage.json into a folder; unknown codes are listed there."""
    folder.mkdir()
    for name, table in tables.items():
        paths.write_atomic(folder / f"{name}.csv", write_csv(table))
    package = build_datapackage(
        folder, name=info.name, title=info.title, published=info.published,
        newest_year=info.newest_year, period=info.period, changes=CHANGES,
        extra={"fetched": dict(fetched)},
    )  # fmt: skip
    for resource in package["resources"]:
        table = tables[Path(resource["path"]).stem]
        for described in resource["schema"]["fields"]:
            if listed := described.get("constraints", {}).get("enum"):
                listed += sorted(set(table[described["name"]].unique()) - set(listed))
    write_datapackage(folder, package)


def _check_release(folder: Path, info: ReleaseInfo, countries: pd.DataFrame) -> None:
    """Read a written release as the notebooks will: bytes, schemas, control totals."""
    core = clean_release(read_folder(folder, info), countries, read_recorded_rows(folder))
    controls = check_controls(core, info)
    wrong = controls[~controls["is_ok"]]
    if len(wrong):
        said = [
            f"{row.check} {row.scope}: {row.found} instead of {row.expected}"
            for row in wrong.head(_SHOWN).itertuples()
        ]
        raise AnswerError(
            f"{len(wrong)} of {len(controls)} control totals differ: {'; '.join(said)}"
        )


def _move_in_place(folder: Path, name: str) -> None:
    """Give a finished folder its name under data/raw, in one rename after a flush to disk."""
    target = paths.raw() / name
    paths.flush_tree(folder)
    if target.exists():
        raise InputError(f"release {name} is on file already: it is never overwritten")
    os.rename(folder, target)
    paths.flush(target.parent)
