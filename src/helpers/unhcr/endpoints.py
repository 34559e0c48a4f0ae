"""What is asked of UNHCR's Refugee Statistics API, what comes back, and how much at most.

The columns are those of `helpers.data.columns`: the API serves them under the names that the
releases' files have. Its documentation is at https://api.unhcr.org/docs/refugee-statistics.html.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated

import typer

from helpers.data.columns import TABLES, Table

API_URL = "https://api.unhcr.org/population/v1/"
SIDES = ("coo", "coa")
IDENTITY = {"year", *(f"{side}{end}" for side in SIDES for end in ("_id", "_name", "", "_iso"))}
OTHER_STOCKS = {"returned_refugees", "idps", "returned_idps", "stateless", "ooc", "hst"}

# What an answer may hold at most. The largest table had 140,000 rows in 2026, a page of 10,000
# rows takes 5 MB; together the limits keep a fetch under 500 MB of memory.
MOST_BYTES = 12_000_000  # of one answer
MOST_PAGE_ROWS = 20_000  # the largest page that was seen to work
MOST_LISTED = 1_000  # rows of a list that is no table: countries, sums by year
MOST_PAGES = 1_000  # of one table
MOST_ROWS = 300_000  # of one table
MOST_COLUMNS = 100
MOST_DIGITS = 15


@dataclass(frozen=True)
class Question:
    """One whole table asked for: both sides expanded, all origins, a closed span of years.

    `name` is the raw table that the answer becomes: population, asylum_applications or
    asylum_decisions.
    """

    name: str
    last_year: int
    page_size: int = 10_000

    @property
    def table(self) -> Table:
        """The columns that are kept."""
        return TABLES[self.name]

    @property
    def path(self) -> str:
        """The endpoint, below the API's address."""
        return self.name.replace("_", "-") + "/"

    @property
    def years(self) -> range:
        """The years asked for; no row of the answer may lie outside."""
        return range(self.table.first_year, self.last_year + 1)

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The columns that tell rows of one pair apart, each with its known codes."""
        return {each.name: each.codes for each in self.table.fields if each.codes}

    @property
    def values(self) -> list[str]:
        """The counts that are kept."""
        return [each.name for each in self.table.fields if each.is_measure]

    @property
    def columns(self) -> set[str]:
        """All columns that a row is known to have."""
        others = OTHER_STOCKS if self.name == "population" else set()
        return IDENTITY | others | set(self.table.columns)

    @property
    def has_total(self) -> bool:
        """Whether an answer carries the sums of its counts over all pages."""
        return self.name != "population"

    def spell(self, page: int, limit: int | None = None) -> dict[str, str]:
        """Return the parameters of one page.

        `cf_type` reads codes as ISO3; with both sides expanded no code is sent, and it guards
        against a default.

        >>> Question("population", 2025).spell(2)["page"]
        '2'
        """
        sides = {"coo_all": "true", "coa_all": "true", "cf_type": "ISO"}
        return sides | self.spell_world(page, limit or self.page_size)

    def spell_world(self, page: int = 1, limit: int = MOST_LISTED) -> dict[str, str]:
        """Return the parameters of the world's sums a year: neither side listed nor expanded.

        Both bounds are always sent, since a lone one was seen ignored.
        """
        return {
            "yearFrom": str(self.years[0]),
            "yearTo": str(self.last_year),
            "limit": str(limit),
            "page": str(page),
        }


@dataclass(frozen=True)
class FetchOptions:
    """What `asylum fetch` is asked for: its options, their defaults and their help.

    The study's origin and comparators are kept, with `origins`. The wait before a further try
    doubles with each. `today` is no option of the command.
    """

    release: Annotated[
        str, typer.Option(help="The new folder in data/raw; <newest year>-<mid or end> if none.")
    ] = ""
    period: Annotated[
        str | None, typer.Option(help="mid or end, where the calendar cannot tell.")
    ] = None
    origins: Annotated[
        list[str], typer.Option(help="More origins to keep pair by pair: ISO3, comma-separated.")
    ] = field(default_factory=list)
    study: Annotated[str | None, typer.Option(help="A file of data/hand/studies.")] = None
    api_url: Annotated[
        str, typer.Option(envvar="ASYLUM_API_URL", help="Another address of the API.")
    ] = API_URL
    rate: Annotated[float, typer.Option(help="Requests a second at most.")] = 4.0
    page_size: Annotated[int, typer.Option(help="Rows a page.")] = 10_000
    timeout: Annotated[float, typer.Option(help="Seconds for one answer.")] = 120.0
    retries: Annotated[int, typer.Option(help="Further tries of a failed request.")] = 5
    retry_wait: Annotated[float, typer.Option(help="Seconds before the first of them.")] = 2.0
    today: dt.date = field(default_factory=dt.date.today)
