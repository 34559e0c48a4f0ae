"""What the page on a new release is made of: its material, its sections, its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.prose.sentences import Moved
from helpers.prose.tables import TableCard
from helpers.study import ReleaseInfo

MOST_ROWS = 12  # of a table; the rest is in the run's own files, which are named
MEASURES = {
    "pending": "claims pending",
    "pending_excl_largest": "claims pending, without the year's largest destination",
    "new_claims": "new claims lodged",
    "recognition_rate": "recognition rate, first instance",
    "protection_rate": "total protection rate, first instance",
}


@dataclass(frozen=True)
class Section:
    """A section of the page: sentences in Markdown and tables, in order."""

    title: str
    parts: tuple[str | TableCard, ...]


@dataclass(frozen=True)
class Changes:
    """What two runs of a study, one on each release, differ in.

    Attributes
    ----------
    before, after : ReleaseInfo
        The earlier and the later release.
    title, origin_name : str
        The study's title, and its origin as a sentence names it.
    years : list of int
        The new years.
    figures, moved, revisions, breaks : DataFrame
        As `analysis.new_year.list_new_figures`, `find_moved_totals`,
        `analysis.revisions.list_revisions` and the later run's breaks.csv give them.
    flips : DataFrame or None
        As `find_flips`; None where the run has no claims ledger.
    n_claims : int
        How many claims both releases judge.
    sentences, headlines : sequence of Moved
        What the notebooks, and the run's headlines, say otherwise.
    names : mapping of str to str
        ISO3 codes and short names.
    """

    before: ReleaseInfo
    after: ReleaseInfo
    title: str
    origin_name: str
    years: list[int]
    figures: pd.DataFrame
    moved: pd.DataFrame
    revisions: pd.DataFrame
    breaks: pd.DataFrame
    flips: pd.DataFrame | None
    n_claims: int
    sentences: Sequence[Moved]
    headlines: Sequence[Moved]
    names: Mapping[str, str]


def count(value: float) -> str:
    """Write a whole number."""
    return f"{value:,.0f}"
