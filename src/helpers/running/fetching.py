"""Bring a new release into data/raw: fetch, check, compare, move in place, or leave nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.sources.api.client import ApiUnreachableError, Client, Settings
from helpers.sources.api.compare import Comparison, check_floors, compare_tables, list_origins
from helpers.sources.api.endpoints import ENDPOINTS, PAGE_SIZE, Question
from helpers.sources.api.period import compare_year, decide_period
from helpers.sources.api.release import (
    check_codes,
    describe_fetch,
    describe_release,
    find_newest_year,
    write_release,
)
from helpers.sources.api.store import PageStore, find_scratch, hold_lock, move_in_place
from helpers.sources.api.tables import build_tables
from helpers.sources.api.whole import Watcher, Whole, describe_asked, fetch_whole
from helpers.sources.releases import load_countries, load_release
from helpers.study import InputError, ReleaseInfo, Study, find_release, list_releases

NAME = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")

Tables = Mapping[str, pd.DataFrame]
BreakFinder = Callable[[Tables, Tables, ReleaseInfo, str], Sequence[str]]


@dataclass(frozen=True)
class FetchOptions:
    """What `asylum fetch` is told.

    Attributes
    ----------
    release : str
        The folder's name; empty for <newest year>-<mid or end>.
    period : str or None
        "mid" or "end" where the user decides.
    origins : tuple of str
        Further origins to keep pair by pair, ISO3.
    study : str or None
        The study whose origin and comparators are kept; None for the default one.
    settings, page_size
        How to ask the API, and rows a page.
    resume, today
        Whether to go on from the pages of a fetch that was cut off; the day of the fetch.
    find_breaks : callable, optional
        Tells the breaks that the new release brings: (tables on file, tables fetched, facts,
        origin) -> lines.
    """

    release: str = ""
    period: str | None = None
    origins: tuple[str, ...] = ()
    study: str | None = None
    settings: Settings = field(default_factory=Settings)
    page_size: int = PAGE_SIZE
    resume: bool = False
    today: dt.date = field(default_factory=dt.date.today)
    find_breaks: BreakFinder | None = None


@dataclass(frozen=True)
class Fetched:
    """What became of a fetch: the folder (None where nothing was new) and what to tell."""

    folder: Path | None
    lines: list[str]


def fetch_release(options: FetchOptions, watcher: Watcher) -> Fetched:
    """Fetch the API's figures and file them as a release, if they pass and are new.

    Raises
    ------
    InputError
        Where an option is wrong, the API is not there, or its figures are refused. Nothing is
        left behind then, save the pages of a fetch that was cut off.
    """
    check_options(options)
    store = PageStore(find_scratch())
    with hold_lock():
        try:
            fetched = _fetch(options, store, watcher)
        except ApiUnreachableError as error:
            raise InputError(_say_unreachable(error, options, store)) from None
        except KeyboardInterrupt:
            _keep_or_clear(store)
            raise
        except BaseException:
            store.clear()
            raise
        store.clear()
    return fetched


def check_options(options: FetchOptions) -> None:
    """Refuse options that cannot work, before anything is asked of the API."""
    if options.release:
        check_name(options.release)
    if options.period not in (None, "mid", "end"):
        raise InputError(f"--period is mid or end, not {options.period!r}")
    if not 1 <= options.page_size <= 100_000:
        raise InputError(f"page size must be between 1 and 100000, not {options.page_size}")


def check_name(name: str) -> None:
    """Refuse a release's name that is no name, or that is on file already."""
    if not NAME.fullmatch(name):
        raise InputError(f"release name {name!r} is none: use letters, digits and hyphens")
    taken = {path.name.lower(): path.name for path in paths.raw().iterdir()}
    if name.lower() in taken:
        raise InputError(
            f"release {taken[name.lower()]} is on file already, and a release is never "
            "overwritten: give another name with --release"
        )


def _fetch(options: FetchOptions, store: PageStore, watcher: Watcher) -> Fetched:
    """Do the whole of it, between taking the lock and clearing the scratch folder."""
    newest = find_release("")
    before = load_release(newest.name)
    countries = load_countries()
    known = dict(zip(countries["unhcr_code"], countries["iso_code"], strict=True))
    origins = choose_origins(options, before, set(known.values()))
    last_year = max(options.today.year, newest.newest_year)
    questions = {
        name: Question(endpoint, last_year, options.page_size)
        for name, endpoint in ENDPOINTS.items()
    }
    whole = asyncio.run(_ask(options, questions, store, known, watcher))
    after = build_tables(whole.tables, origins)
    whole.tables.clear()  # a hundred thousand rows that are not needed any more
    watcher.say("checking")
    refuse_empty(options.origins, after)
    check_codes(after, known, whole.names)
    year = find_newest_year(after)
    check_floors(before, after, newest.name)
    witness = compare_year(year, newest.name, newest.period, before, after)
    period = decide_period(year, options.today, options.period, witness)
    comparison = compare_tables(before, after, newest.name)
    if comparison.is_nothing_new and not options.release:
        return Fetched(None, [f"nothing new: the API serves the figures of release {newest.name}"])
    name = options.release or choose_name(f"{year}-{period.name}", options.today)
    info = describe_release(name, period, year, after, options.today)
    asked = describe_asked(options.settings.url, questions, whole.probes)
    stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    folder = store.folder / "release"
    after = write_release(folder, after, info, describe_fetch(whole, asked, period, stamp))
    study = Study.resolve(study=options.study)
    breaks = options.find_breaks(before, after, info, study.origin) if options.find_breaks else ()
    return Fetched(
        move_in_place(folder, name),
        [*describe_outcome(info, period.reason, whole, comparison), *breaks],
    )


async def _ask(
    options: FetchOptions,
    questions: Mapping[str, Question],
    store: PageStore,
    known: Mapping[str, str],
    watcher: Watcher,
) -> Whole:
    async with Client(options.settings, watcher.say) as client:
        return await fetch_whole(client, questions, store, known, watcher, resume=options.resume)


def choose_origins(options: FetchOptions, before: Tables, codes: set[str]) -> set[str]:
    """Return the origins to keep: the study's and its comparators, those on file, those asked for.

    Raises
    ------
    InputError
        Where one that was asked for is no code of data/raw/countries.csv.
    """
    wrong = [code for code in options.origins if code not in codes]
    if wrong:
        raise InputError(
            f"origin {', '.join(map(repr, wrong))} is no ISO3 code of data/raw/countries.csv; "
            f"such as {', '.join(sorted(list_origins(before)))}"
        )
    study = Study.resolve(study=options.study).file
    return {study.origin, *study.comparators, *list_origins(before), *options.origins}


def refuse_empty(origins: Sequence[str], after: Tables) -> None:
    """Refuse an origin that was asked for and of which the API has no row."""
    empty = sorted(set(origins) - list_origins(after))
    if empty:
        raise InputError(f"the API has no figures of origin {', '.join(empty)}: leave it out")


def choose_name(name: str, today: dt.date) -> str:
    """Return the default name, or refuse where it is taken by other figures.

    Raises
    ------
    InputError
        With a name that is free.
    """
    taken = {info.name.lower() for info in list_releases()}
    if name.lower() in taken:
        raise InputError(
            f"the API's figures differ from release {name} on file, which is never overwritten: "
            f"give them a name of their own, such as --release {name}-{today:%Y-%m-%d}"
        )
    return name


def describe_outcome(
    info: ReleaseInfo, reason: str, whole: Whole, comparison: Comparison
) -> list[str]:
    """Say what was fetched and how it differs from what was on file."""
    rows = sum(probe.rows for probe in whole.probes.values())
    newest = "mid-year" if info.period == "mid" else "year-end"
    return [
        f"data/raw/{info.name}: {rows:,} rows in {sum(whole.pages.values())} pages; "
        f"{info.newest_year} is of {newest} ({reason}); origins {', '.join(info.origins)}",
        *whole.notes,
        *comparison.describe(),
    ]


def _keep_or_clear(store: PageStore) -> int:
    """Keep the scratch folder where it has pages to go on from; return how many."""
    kept = store.count()
    if not kept:
        store.clear()
    return kept


def _say_unreachable(error: Exception, options: FetchOptions, store: PageStore) -> str:
    """Say in one line that the API is not there, what was tried, and what works without it."""
    kept = _keep_or_clear(store)
    goes_on = f" {kept} pages are kept: --resume goes on from them." if kept else ""
    return (
        f"UNHCR's API at {options.settings.url} is not to be reached: {error}.{goes_on} "
        "Nothing was filed; everything else works on the releases on file (asylum releases)."
    )
