"""What a fetch is told: options held to what can work, and the names and origins that follow."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from helpers import paths
from helpers.study import DEFAULT_STUDY, InputError, StudyFile, list_releases, load_study_file
from helpers.unhcr.client import Settings
from helpers.unhcr.comparison import list_origins
from helpers.unhcr.endpoints import PAGE_SIZE

NAME = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")

Tables = Mapping[str, pd.DataFrame]


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
    """

    release: str = ""
    period: str | None = None
    origins: tuple[str, ...] = ()
    study: str | None = None
    settings: Settings = field(default_factory=Settings)
    page_size: int = PAGE_SIZE
    resume: bool = False
    today: dt.date = field(default_factory=dt.date.today)


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


def load_study(name: str | None) -> StudyFile:
    """Load a study's file, or the default one's; its origin need not be on file yet."""
    return load_study_file(name or DEFAULT_STUDY)


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
    study = load_study(options.study)
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
