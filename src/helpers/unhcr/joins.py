"""Join a table's pages and hold the whole to the API's own counts and sums."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.unhcr.client import AnswerError
from helpers.unhcr.endpoints import Endpoint, Question
from helpers.unhcr.pages import Page

MOST_WORLD_OFF = 0.001  # of a year's world sum: small counts are rounded, so sums may differ
_SHOWN = 3


@dataclass
class Probe:
    """What the API says of a table without sending it.

    Attributes
    ----------
    rows : int
        How many rows it has.
    total : dict of str to int
        The sums of its counts over all rows; empty where the API gives none.
    world : dict of str to dict
        Where it gives none: the sums by year, from a question with neither side expanded.
    """

    rows: int
    total: dict[str, int]
    world: dict[str, dict[str, int | None]]


def join_pages(
    pages: list[Page], question: Question, probe: Probe
) -> tuple[pd.DataFrame, list[str]]:
    """Return a table's rows in one frame, and what is worth a note.

    Raises
    ------
    AnswerError
        Where a page is missing, empty, short or repeated, the number of pages or the control
        totals changed on the way, a row stands twice, or the sums differ from the API's.
    """
    check_pages(pages, question, probe.rows)
    rows = pd.concat([page.rows for page in pages], ignore_index=True)
    check_keys(rows, question.endpoint)
    check_totals(rows, question.endpoint, pages[0].total)
    check_totals(rows, question.endpoint, probe.total)
    path = question.endpoint.path
    unknown = sorted({column for page in pages for column in page.unknown})
    notes = [f"{path}: the API has a new column, {column}; it is not kept" for column in unknown]
    return rows, notes + check_world(rows, question.endpoint, probe.world)


def check_pages(pages: list[Page], question: Question, expected: int) -> None:
    """Hold the pages to each other: one state of the API, all full but the last, all rows there."""
    path, first = question.endpoint.path, pages[0]
    for page in pages:
        if page.last != first.last:
            raise AnswerError(
                f"{path}: maxPages was {first.last} on page 1 and {page.last} on page "
                f"{page.number}: a release landed in between; fetch again"
            )
        if page.rows.empty or (page.number < first.last and len(page.rows) != len(first.rows)):
            raise AnswerError(
                f"{path}: page {page.number} of {first.last} has {len(page.rows)} rows, page 1 "
                f"has {len(first.rows)}: a page is missing or cut short"
            )
        if page.total != first.total:
            raise AnswerError(
                f"{path}: the control totals of page {page.number} are {page.total}, those of "
                f"page 1 {first.total}: a release landed in between; fetch again"
            )
    found = sum(len(page.rows) for page in pages)
    if found != expected:
        raise AnswerError(f"{path}: {found} rows came, the API counts {expected}")


def check_keys(rows: pd.DataFrame, endpoint: Endpoint) -> None:
    """Refuse a row that stands twice: a page was repeated, or rows are of a finer kind."""
    double = rows[rows.duplicated(endpoint.key)]
    if len(double):
        shown = "; ".join(
            "/".join(str(value) for value in row)
            for row in double[endpoint.key].head(_SHOWN).itertuples(index=False)
        )
        raise AnswerError(f"{endpoint.path}: {len(double)} rows stand twice, such as {shown}")


def check_totals(rows: pd.DataFrame, endpoint: Endpoint, total: dict[str, int]) -> None:
    """Hold the sums of the rows to the control totals that the API sent."""
    for name, expected in total.items():
        found = int(rows[name].sum())
        if found != expected:
            raise AnswerError(
                f"{endpoint.path}: {name} sums to {found}, the API's control total is {expected} "
                f"(difference {found - expected})"
            )


def check_world(
    rows: pd.DataFrame, endpoint: Endpoint, world: dict[str, dict[str, int | None]]
) -> list[str]:
    """Hold the sums a year to the API's own; note small differences, refuse larger ones."""
    if not world:
        return []
    found = rows.groupby("year")[list(endpoint.values)].sum()
    notes = []
    for name in endpoint.values:
        for year in sorted({int(year) for year in world} | set(found.index)):
            expected = (world.get(str(year)) or {}).get(name) or 0
            summed = int(found[name].get(year, 0))
            if summed == expected:
                continue
            said = f"{endpoint.path}: {name} of {year} sums to {summed}, the API says {expected}"
            if abs(summed - expected) > MOST_WORLD_OFF * expected:
                raise AnswerError(f"{said}: a page is missing, or rows were left out")
            notes.append(said)
    return notes
