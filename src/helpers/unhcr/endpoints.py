"""What is asked of UNHCR's Refugee Statistics API, what comes back, and how much at most.

One declaration for asking, checking and the tests' stand-in server. The documentation of the API
is at https://api.unhcr.org/docs/refugee-statistics.html.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from helpers.data import codes
from helpers.data.columns import FIRST_ASYLUM_YEAR, FIRST_STOCK_YEAR

API_URL = "https://api.unhcr.org/population/v1/"
SIDES = ("coo", "coa")
IDENTITY = ("year", *(f"{side}{end}" for side in SIDES for end in ("_id", "_name", "", "_iso")))

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
class Endpoint:
    """One of the three tables of figures.

    `name` is the raw table it becomes (see `helpers.data.columns`), `labels` the columns that tell
    rows of one pair apart, each with its known codes, `values` the counts that are kept, `others`
    those that are served and not kept. `has_total` says whether the answer carries the sums of
    its counts over all pages.
    """

    name: str
    path: str
    first_year: int
    labels: dict[str, dict[str, str]]
    values: tuple[str, ...]
    others: tuple[str, ...] = ()
    has_total: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that a row is known to have."""
        return (*IDENTITY, *self.labels, *self.values, *self.others)

    @property
    def key(self) -> list[str]:
        """The columns that make a row unique."""
        return ["year", *SIDES, *self.labels]


_DECIDED = ("dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total")
_OTHER_STOCKS = ("returned_refugees", "idps", "returned_idps", "stateless", "ooc", "hst")
_AUTHORITY_AND_LEVEL = {"procedure_type": codes.AUTHORITIES, "dec_level": codes.DECISION_LEVELS}
ENDPOINTS: dict[str, Endpoint] = {
    "population": Endpoint(
        name="population",
        path="population/",
        first_year=FIRST_STOCK_YEAR,
        labels={},
        values=("refugees", "asylum_seekers", "oip"),
        others=_OTHER_STOCKS,
        has_total=False,
    ),
    "asylum_applications": Endpoint(
        name="asylum_applications",
        path="asylum-applications/",
        first_year=FIRST_ASYLUM_YEAR,
        labels={
            **_AUTHORITY_AND_LEVEL,
            "app_type": codes.APPLICATION_TYPES,
            "app_pc": codes.UNITS,
        },
        values=("applied",),
    ),
    "asylum_decisions": Endpoint(
        name="asylum_decisions",
        path="asylum-decisions/",
        first_year=FIRST_ASYLUM_YEAR,
        labels={**_AUTHORITY_AND_LEVEL, "dec_pc": codes.UNITS},
        values=_DECIDED,
    ),
}


@dataclass(frozen=True)
class Question:
    """One whole table asked for: both sides expanded, all origins, a closed span of years."""

    endpoint: Endpoint
    last_year: int
    page_size: int = 10_000

    @property
    def years(self) -> range:
        """The years asked for; no row of the answer may lie outside."""
        return range(self.endpoint.first_year, self.last_year + 1)

    def spell(self, page: int, limit: int | None = None) -> dict[str, str]:
        """Return the parameters of one page.

        Both bounds are always sent, since a lone one was seen ignored. `cf_type` reads codes as
        ISO3; with both sides expanded no code is sent, and it guards against a default.

        >>> Question(ENDPOINTS["population"], 2025).spell(2)["page"]
        '2'
        """
        sides = {"coo_all": "true", "coa_all": "true", "cf_type": "ISO"}
        return sides | self.spell_world(page, limit or self.page_size)

    def spell_world(self, page: int = 1, limit: int = MOST_LISTED) -> dict[str, str]:
        """Return the parameters of the world's sums a year: neither side listed nor expanded."""
        return {
            "yearFrom": str(self.endpoint.first_year),
            "yearTo": str(self.last_year),
            "limit": str(limit),
            "page": str(page),
        }


@dataclass(frozen=True)
class FetchOptions:
    """What `asylum fetch` is told; its defaults are the command's.

    `release` is the new folder's name, empty for <newest year>-<mid or end>; `period` "mid" or
    "end" where the user decides; `origins` further ones to keep pair by pair, ISO3; `study` the
    one whose origin and comparators are kept. `rate` is requests a second, `timeout` seconds for
    one whole answer, `retries` further tries of a request, and `retry_wait` seconds before the
    first of them, doubled for each that follows.
    """

    release: str = ""
    period: str | None = None
    origins: tuple[str, ...] = ()
    study: str | None = None
    api_url: str = API_URL
    rate: float = 4.0
    page_size: int = 10_000
    timeout: float = 120.0
    retries: int = 5
    retry_wait: float = 2.0
    today: dt.date = field(default_factory=dt.date.today)
