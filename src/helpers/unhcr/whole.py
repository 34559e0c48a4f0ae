"""Fetch the three tables whole, page by page, and hold them to the API's own counts and sums.

Before the first page and after the last the API is asked how many rows each table has and what
they sum to. The two must agree, or a release landed in between and the pages do not belong
together.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from helpers.unhcr.client import AnswerError, Client
from helpers.unhcr.endpoints import COUNTRIES_PATH, Question
from helpers.unhcr.joins import Probe, join_pages
from helpers.unhcr.pages import Page, parse_counts, parse_page, parse_years
from helpers.unhcr.store import PageStore


class Watcher(Protocol):
    """What shows a fetch's progress."""

    def say(self, text: str) -> None:
        """Show a sentence."""

    def start(self, name: str, pages: int, rows: int) -> None:
        """Begin a table of so many pages and rows."""

    def advance(self, name: str, rows: int) -> None:
        """Count a page of so many rows."""


@dataclass
class Whole:
    """The three tables as fetched.

    Attributes
    ----------
    tables : dict of str to DataFrame
        Every row of each table; columns as `Page.rows`.
    probes : dict of str to Probe
        The API's own counts and sums.
    pages : dict of str to int
        Pages a table.
    names : dict of str to str
        Names of all codes by UNHCR's code, from the API's list of countries.
    notes : list of str
        What was met and does no harm: new columns, small differences.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    probes: dict[str, Probe] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


async def fetch_whole(
    client: Client,
    questions: Mapping[str, Question],
    store: PageStore,
    known: Mapping[str, str],
    watcher: Watcher,
    *,
    resume: bool,
) -> Whole:
    """Fetch every table that is asked for.

    Parameters
    ----------
    client : Client
        Open.
    questions : mapping of str to Question
        By table name.
    store : PageStore
        Where pages are kept as they come.
    known : mapping of str to str
        UNHCR's codes and their ISO3 codes.
    watcher : Watcher
        Shows the progress.
    resume : bool
        Whether to use pages that are kept.

    Raises
    ------
    ApiUnreachableError, AnswerError
        As the client and the checks find.
    """
    whole = Whole(names=await fetch_names(client))
    whole.probes = await probe_tables(client, questions, known)
    asked = describe_asked(client.settings.url, questions, whole.probes)
    said = store.open(asked, resume=resume)
    if said:
        watcher.say(said)
    for name, question in questions.items():
        pages = await fetch_table(client, question, store, known, watcher, whole.probes[name])
        whole.pages[name] = len(pages)
        whole.tables[name], notes = join_pages(pages, question, whole.probes[name])
        whole.notes += notes
    if await probe_tables(client, questions, known) != whole.probes:
        raise AnswerError(
            "the API's figures changed while they were fetched: a release landed in between; "
            "fetch again"
        )
    return whole


def describe_asked(
    url: str, questions: Mapping[str, Question], probes: Mapping[str, Probe]
) -> dict[str, Any]:
    """Describe what is asked, and of which state of the API: equal means pages belong together."""
    said = json.dumps({name: vars(probe) for name, probe in probes.items()}, sort_keys=True)
    return {
        "url": url,
        "tables": {
            question.endpoint.path: {
                **{key: value for key, value in question.spell(1).items() if key != "page"},
                "rows": probes[name].rows,
            }
            for name, question in questions.items()
        },
        "fingerprint": hashlib.sha256(said.encode("utf-8")).hexdigest(),
    }


async def fetch_names(client: Client) -> dict[str, str]:
    """Fetch the list of countries: UNHCR's code to "name, region"."""
    answer = await client.get(COUNTRIES_PATH, {"limit": "1000", "page": "1"})
    items = [item for item in answer["items"] if isinstance(item, dict) and "code" in item]
    if not items:
        raise AnswerError(f"{COUNTRIES_PATH}: the list of countries is empty")
    return {
        str(item["code"]): f"{str(item.get('name', '')).strip()}, {item.get('region')}"
        for item in items
    }


async def probe_tables(
    client: Client, questions: Mapping[str, Question], known: Mapping[str, str]
) -> dict[str, Probe]:
    """Ask for each table's row count and sums, none of its rows."""
    return {name: await _probe(client, question, known) for name, question in questions.items()}


async def _probe(client: Client, question: Question, known: Mapping[str, str]) -> Probe:
    """With one row a page, the number of pages is the number of rows."""
    endpoint = question.endpoint
    first = await client.get(endpoint.path, question.spell(1, limit=1))
    page = parse_page(first, question, 1, known)
    if page.last == 0:
        raise AnswerError(f"{endpoint.path}: the API has no row for {question.years}")
    world = {} if endpoint.has_total else await _fetch_world(client, question)
    return Probe(page.last, page.total, world)


async def _fetch_world(client: Client, question: Question) -> dict[str, dict[str, int | None]]:
    """Fetch a table's sums a year: what the API gives where neither side is asked for."""
    endpoint = question.endpoint
    answer = await client.get(endpoint.path, question.spell_world())
    where = f"{endpoint.path} world"
    rows = pd.DataFrame([item for item in answer["items"] if isinstance(item, dict)], dtype=object)
    gone = [column for column in ("year", *endpoint.values) if column not in rows]
    if gone:
        raise AnswerError(f"{where}: the column {', '.join(gone)} is gone")
    counts = pd.DataFrame({value: parse_counts(rows[value], where) for value in endpoint.values})
    counts.index = pd.Index(parse_years(rows["year"], question.years, where))
    if counts.index.has_duplicates:
        raise AnswerError(f"{where}: a year has more than one row where one sum was asked for")
    return {
        str(year): {
            str(name): None if pd.isna(count) else int(count) for name, count in row.items()
        }
        for year, row in counts.sort_index().iterrows()
    }


async def fetch_table(
    client: Client,
    question: Question,
    store: PageStore,
    known: Mapping[str, str],
    watcher: Watcher,
    probe: Probe,
) -> list[Page]:
    """Fetch a table's pages, the first alone since it says how many there are."""
    name = question.endpoint.name

    async def take(number: int) -> Page:
        answer = store.load(name, number)
        fresh = answer is None
        if answer is None:
            answer = await client.get(question.endpoint.path, question.spell(number))
        page = parse_page(answer, question, number, known)
        if fresh:
            store.save(name, number, answer)
        watcher.advance(name, len(page.rows))
        return page

    watcher.start(name, -(-probe.rows // question.page_size), probe.rows)
    first = await take(1)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(take(number)) for number in range(2, first.last + 1)]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [first, *(task.result() for task in tasks)]
