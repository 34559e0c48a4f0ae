"""Bring a new release into data/raw: fetch, check, compare, move in place, or leave nothing.

Before the first page and after the last the API is asked how many rows each table has and what
they sum to. The two must agree, or a release landed in between and the pages do not belong
together. A fetch that is cut off starts again.

Nothing in the API's answers tells mid-year from year-end. UNHCR publishes a year's end in the
middle of June after it, and its middle between October and the following spring. The calendar
decides where it can, the last release on file is its witness, and the user where the two differ.
"""

from __future__ import annotations

import datetime as dt
import gzip
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import Progress

from helpers import paths
from helpers.data import releases
from helpers.data.columns import FIRST_ASYLUM_YEAR, PAIRS
from helpers.data.control_totals import check_controls
from helpers.data.datapackage import build_datapackage, write_datapackage
from helpers.study import InputError, ReleaseInfo, find_release
from helpers.unhcr import FetchOptions, api_checks, client, raw_tables
from helpers.unhcr.api_checks import Page, Probe, Question
from helpers.unhcr.client import AnswerError, ApiUnreachableError, Client
from helpers.unhcr.raw_tables import Tables

PeriodName = Literal["mid", "end"]
CHANGES = (
    "Columns that the study does not use were left out.",
    "Rows in which every figure is zero were left out.",
    "Totals over origins and over countries of asylum were computed and added as tables.",
    "Zeros and figures not collected, both served as text, became numbers and empty cells.",
)
TITLES = {"mid": "Mid-Year Trends", "end": "Global Trends"}
MOST_PAGES = 1_000  # of one table
MOST_ROWS = 300_000  # of one table; the largest had 140,000 in 2026
MOST_PLAIN = 1_000_000  # bytes of a file that is not compressed
LEAST_GROWTH = 1.3  # 2022 to 2025: a whole year had 1.6 to 3 times its first half's applications


def fetch_release(options: FetchOptions, *, is_quiet: bool = False) -> str:
    """Fetch the API's figures and file them as a release, if they pass and are new.

    What was found is printed. Returns the new release's name; empty where nothing was new. Raises
    InputError where the address is wrong, the API is not there, or its figures are refused; nothing
    is left behind then.
    """
    address = client.hide_secrets(client.parse_address(options.api_url))
    console = Console(
        file=sys.stdout, quiet=is_quiet, soft_wrap=True, markup=False, highlight=False
    )
    is_drawn = console.is_terminal and not is_quiet
    bar = Progress(console=console, disable=not is_drawn)
    try:
        with _open_scratch() as scratch, bar if is_drawn else nullcontext():
            release, lines = _fetch(options, address, scratch, bar)
    except ApiUnreachableError as error:
        raise InputError(
            f"UNHCR's API at {address} cannot be reached: {error}. Nothing was saved; "
            "everything else works on the releases in data/raw (asylum releases)."
        ) from None
    console.print(*lines, sep="\n")
    return release


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


def _fetch(
    options: FetchOptions, address: str, scratch: Path, bar: Progress
) -> tuple[str, list[str]]:
    today, newest = dt.date.today(), find_release(None)
    before, countries = releases.load_release(newest.name), releases.load_countries()
    known = dict(zip(countries["unhcr_code"], countries["iso_code"], strict=True))
    last_year = max(today.year, newest.newest_year)
    questions = [Question(name, last_year, options.page_size) for name in PAIRS]
    with closing(Client(options, bar.console.print)) as api:
        whole, probes, notes = _fetch_whole(api, questions, known, bar)
    bar.console.print("checking")
    after = raw_tables.build_tables(whole)
    del whole
    raw_tables.check_floors(before, after, newest.name)
    last = {name: int(after[name]["year"].max()) for name in PAIRS}
    if len(set(last.values())) > 1:
        raise AnswerError(f"the tables end in different years: {last}; fetch again later")
    year = last["population"]
    witness = read_witness(year, newest, before, after)
    period, reason = decide_period(year, today, options.period, witness)
    changed = raw_tables.compare_tables(before, after)
    del before  # as much memory as what is fetched
    if not changed:
        return "", [f"nothing new: the API serves the figures of release {newest.name}"]
    name = f"{year}-{period}"
    if (paths.raw() / name).exists():  # it is never overwritten
        name += f"-{today}"
    info = ReleaseInfo(
        name=name,
        title=f"{TITLES[period]} {year}, as the API served it on {today}",
        published=today,
        first_year=FIRST_ASYLUM_YEAR,
        newest_year=year,
        period=period,
        origins=tuple(sorted(raw_tables.list_origins(after))),
    )
    fetched = {
        "fetched_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "url": address,
        "asked": {each.path: each.spell(1) for each in questions},
        "control": {name: probe._asdict() for name, probe in probes.items()},
        "period_reason": reason,
        "notes": notes,
    }
    _write_release(scratch / "release", after, info, fetched)
    del after
    _check_release(scratch / "release", info, countries)
    _move_in_place(scratch / "release", info.name)
    head = (
        f"data/raw/{info.name}, from {sum(probe.rows for probe in probes.values()):,} rows; "
        f"{year} is of the {period} of the year ({reason}); {len(info.origins)} origins"
    )
    return info.name, [head, *notes, f"compared with {newest.name}:", *changed]


def _fetch_whole(
    api: Client, questions: Iterable[Question], known: Mapping[str, str], bar: Progress
) -> tuple[dict[str, pd.DataFrame], dict[str, Probe], list[str]]:
    """Return the three tables whole, the API's own counts and sums of them, and notes."""
    probes = {each.name: _probe(api, each, known) for each in questions}
    whole: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    task = bar.add_task("", total=sum(probe.rows for probe in probes.values()))
    for question in questions:
        probe, pages = probes[question.name], list[Page]()
        n_pages = -(-probe.rows // question.page_size)
        bar.console.print(f"{question.name}: {probe.rows:,} rows in {n_pages} pages to fetch")
        for number in range(1, n_pages + 1):
            answer = api.get(question.path, question.spell(number))
            pages.append(api_checks.parse_page(answer, question, number, known))
            api_checks.check_page(pages[-1], number, question, probe)
            bar.update(task, advance=len(pages[-1].rows), description=question.name)
        whole[question.name], found = api_checks.join_pages(pages, question, probe, known)
        notes += found
    if {each.name: _probe(api, each, known) for each in questions} != probes:
        raise AnswerError("the figures changed: a release landed in between; fetch again")
    return whole, probes, notes


def _probe(api: Client, question: Question, known: Mapping[str, str]) -> Probe:
    """Ask for a table's row count and sums: with one row a page, pages are rows."""
    path = question.path
    page = api_checks.parse_page(api.get(path, question.spell(1, 1)), question, 1, known)
    if page.last == 0:
        years = f"{question.years[0]} to {question.years[-1]}"
        raise AnswerError(f"{path}: the API has no row of {years}")
    if page.last > min(MOST_ROWS, MOST_PAGES * question.page_size):
        raise AnswerError(
            f"{path}: the API counts {page.last:,} rows; at most {MOST_ROWS:,} are taken, in at "
            f"most {MOST_PAGES:,} pages of {question.page_size:,}"
        )
    if question.has_total:
        return Probe(page.last, page.total)
    answer = api.get(path, question.spell(1, is_world=True))
    return Probe(page.last, api_checks.parse_world(answer["items"], question))


def read_witness(
    year: int, release: ReleaseInfo, before: Tables, after: Tables
) -> tuple[PeriodName | None, str]:
    """Return what the newest release on file suggests of a year's period, and what it says.

    What is of year-end stays so, revised or not. After a mid-year release, the same world totals
    are of mid-year still, and a whole year's applications far more than half a year's.
    """
    sums = []
    for tables in (before, after):
        stocks, flows = tables["totals_by_asylum"], tables["applications_by_asylum"]
        pending = stocks.loc[stocks["year"] == year, "asylum_seekers"].sum()
        sums.append((int(pending), int(flows.loc[flows["year"] == year, "applied"].sum())))
    if not any(sums[0]):
        return None, "no release holds that year"
    then, now = sums[0][1], sums[1][1]
    is_same, growth = sums[0] == sums[1], now / then if then else float("inf")
    many = "those" if is_same else f"{growth:.2f} times those"
    said = f"the year's applications are {many} of release {release.name}"
    if release.period == "mid" and is_same:
        return "mid", said
    return ("end" if release.period == "end" or growth >= LEAST_GROWTH else None), said


def decide_period(
    newest_year: int, today: dt.date, given: str | None, witness: tuple[PeriodName | None, str]
) -> tuple[PeriodName, str]:
    """Decide the period of the last year with figures, and say why.

    What the user has given decides, save that a year that is not over has no end. Else the calendar
    does, which leaves June open, and the witness; where they differ the user is asked for it
    (`InputError`).
    """
    if newest_year > today.year:
        raise InputError(
            f"there are figures of {newest_year}, and this machine's clock says {today}: "
            "set it right"
        )
    if given == "end" and newest_year == today.year:
        raise InputError(f"--period end: {newest_year} is not over on {today}, use --period mid")
    if given:
        return ("mid" if given == "mid" else "end"), "as --period says"
    is_june = (today.year, today.month) == (newest_year + 1, 6)
    calendar: PeriodName = "mid" if today < dt.date(newest_year + 1, 6, 1) else "end"
    seen, said = witness
    if not is_june and seen in (None, calendar):
        return calendar, f"by the calendar of releases, on {today}"
    if is_june and seen:
        return seen, said
    raise InputError(
        f"whether {newest_year} is of mid-year or of year-end cannot be told on {today}: the "
        f"calendar says {'either' if is_june else calendar}, and {said}. Say --period mid or "
        "--period end"
    )


def _write_release(folder: Path, tables: Tables, info: ReleaseInfo, fetched: Any) -> None:
    """Write the seven files and datapackage.json into a folder; unknown codes are listed there."""
    folder.mkdir()
    for name, table in tables.items():
        write_table(folder, name, table)
    package = build_datapackage(folder, info, CHANGES, fetched=fetched)
    for name, resource in zip(tables, package["resources"], strict=True):
        for described in resource["schema"]["fields"]:
            if listed := described.get("constraints", {}).get("enum"):
                listed += sorted(set(tables[name][described["name"]].unique()) - set(listed))
    write_datapackage(folder, package)


def write_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Write a table as CSV, a large one compressed: a missing cell is empty."""
    content = table.to_csv(index=False, lineterminator="\n").encode("utf-8")
    if len(content) <= MOST_PLAIN:
        paths.write_atomic(folder / f"{name}.csv", content)
    else:
        paths.write_atomic(folder / f"{name}.csv.gz", gzip.compress(content, mtime=0))


def _check_release(folder: Path, info: ReleaseInfo, countries: pd.DataFrame) -> None:
    """Read a written release as the notebooks will: bytes, rules, control totals."""
    tables, recorded = releases.read_folder(folder, info), releases.read_recorded_rows(folder)
    controls = check_controls(releases.clean_release(tables, countries, recorded), info)
    wrong = controls[~controls["is_ok"]]
    if len(wrong):
        row = wrong.iloc[0]
        first = f"{row['check']} {row['scope']}: {row['found']} instead of {row['expected']}"
        raise AnswerError(f"{len(wrong)} of {len(controls)} control totals differ, such as {first}")


def _move_in_place(folder: Path, name: str) -> None:
    """Give a finished folder its name under data/raw, in one rename after a flush to disk."""
    paths.flush_tree(folder)
    try:
        os.rename(folder, paths.raw() / name)
    except OSError as error:
        raise InputError(f"data/raw/{name} cannot be made: {error.strerror}") from None
