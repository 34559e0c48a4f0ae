"""Bring a new release into data/raw: fetch, check, compare, move in place, or leave nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from helpers.data.releases import load_countries, load_release
from helpers.study import InputError, ReleaseInfo, find_release
from helpers.unhcr.client import ApiUnreachableError, Client
from helpers.unhcr.comparison import Comparison, check_floors, compare_tables
from helpers.unhcr.endpoints import ENDPOINTS, Question
from helpers.unhcr.fetch_breaks import check_release, describe_breaks
from helpers.unhcr.fetch_options import (
    FetchOptions,
    Tables,
    check_options,
    choose_name,
    choose_origins,
    load_study,
    refuse_empty,
)
from helpers.unhcr.fetch_signals import run_stoppable
from helpers.unhcr.filing import (
    check_codes,
    describe_fetch,
    describe_release,
    find_newest_year,
    write_release,
)
from helpers.unhcr.period import Period, compare_year, decide_period
from helpers.unhcr.raw_tables import build_tables
from helpers.unhcr.store import PageStore, find_scratch, hold_lock, move_in_place
from helpers.unhcr.whole import Watcher, Whole, describe_asked, fetch_whole


@dataclass(frozen=True)
class Fetched:
    """What became of a fetch.

    Attributes
    ----------
    release : str
        The new release's name; empty where nothing was new.
    compared : str
        The release that it was compared with: the newest on file before.
    lines : tuple of str
        What to tell.
    """

    release: str
    compared: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    """What the fetched tables turned out to be."""

    year: int
    period: Period
    comparison: Comparison


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
        except Exception:
            store.clear()
            raise
        except BaseException:  # stopped by the user or the system: what came so far is good
            kept = _keep_or_clear(store)
            if kept:
                watcher.say(f"{kept} pages are kept: asylum fetch --resume goes on from them")
            raise
        store.clear()
    return fetched


def _fetch(options: FetchOptions, store: PageStore, watcher: Watcher) -> Fetched:
    """Do the whole of it, between taking the lock and clearing the scratch folder."""
    newest = find_release("")
    before, countries = load_release(newest.name), load_countries()
    known = dict(zip(countries["unhcr_code"], countries["iso_code"], strict=True))
    origins = choose_origins(options, before, set(known.values()))
    last_year = max(options.today.year, newest.newest_year)
    questions = {
        name: Question(endpoint, last_year, options.page_size)
        for name, endpoint in ENDPOINTS.items()
    }
    whole = run_stoppable(_ask(options, questions, store, known, watcher))
    after = build_tables(whole.tables, origins)
    whole.tables.clear()  # a hundred thousand rows that are not needed any more
    watcher.say("checking")
    refuse_empty(options.origins, after)
    check_codes(after, known, whole.names)
    found = _compare(options, newest, before, after)
    if found.comparison.is_nothing_new and not options.release:
        nothing = f"nothing new: the API serves the figures of release {newest.name}"
        return Fetched("", newest.name, (nothing,))
    name = options.release or choose_name(f"{found.year}-{found.period.name}", options.today)
    info = describe_release(name, found.period, found.year, after, options.today)
    asked = describe_asked(options.settings.url, questions, whole.probes)
    facts = describe_fetch(whole, asked, found.period, _now())
    after = write_release(store.release, after, info, facts)
    core = check_release(after, countries, store.release, info)
    years = {*found.comparison.years_added, found.year}
    breaks = describe_breaks(core, load_study(options.study).origin, info, years)
    move_in_place(store.release, name)
    said = describe_outcome(info, found.period.reason, whole, found.comparison)
    return Fetched(name, newest.name, (*said, *breaks))


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _compare(options: FetchOptions, newest: ReleaseInfo, before: Tables, after: Tables) -> _Found:
    """Hold the fetched tables to the newest release on file."""
    year = find_newest_year(after)
    check_floors(before, after, newest.name)
    witness = compare_year(year, newest.name, newest.period, before, after)
    period = decide_period(year, options.today, options.period, witness)
    return _Found(year, period, compare_tables(before, after, newest.name))


async def _ask(
    options: FetchOptions,
    questions: Mapping[str, Question],
    store: PageStore,
    known: Mapping[str, str],
    watcher: Watcher,
) -> Whole:
    async with Client(options.settings, watcher.say) as client:
        return await fetch_whole(client, questions, store, known, watcher, resume=options.resume)


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
