"""What is asked of UNHCR's Refugee Statistics API, and what a row of each answer looks like.

One declaration for asking, checking and the tests' stand-in server. The documentation of the API
is at https://api.unhcr.org/docs/refugee-statistics.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpers.data import codes
from helpers.data.columns import FIRST_ASYLUM_YEAR, FIRST_STOCK_YEAR

API_URL = "https://api.unhcr.org/population/v1/"
PAGE_SIZE = 10_000
IDENTITY = (
    *("year", "coo_id", "coo_name", "coo", "coo_iso"),
    *("coa_id", "coa_name", "coa", "coa_iso"),
)
SIDES = ("coo", "coa")
SUMMED = "-"  # in an identity column: the rows of that side were added up


@dataclass(frozen=True)
class Endpoint:
    """One of the three tables of figures.

    Attributes
    ----------
    name, path : str
        The raw table it becomes (see `helpers.data.columns`) and its address under the API's.
    first_year : int
        The first year that is asked for.
    labels : dict
        Columns that tell rows of one pair apart, each with the codes it may hold.
    values : tuple of str
        The counts that are kept.
    others : tuple of str
        Counts that are served and not kept.
    has_total : bool
        Whether the answer carries the sums of its counts over all pages.
    """

    name: str
    path: str
    first_year: int
    labels: dict[str, tuple[str, ...]]
    values: tuple[str, ...]
    others: tuple[str, ...]
    has_total: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that a row is known to have."""
        return (*IDENTITY, *self.labels, *self.values, *self.others)

    @property
    def key(self) -> list[str]:
        """The columns that make a row unique."""
        return ["year", *SIDES, *self.labels]


def _known(table: dict[str, str]) -> tuple[str, ...]:
    return tuple(table)


ENDPOINTS: dict[str, Endpoint] = {
    endpoint.name: endpoint
    for endpoint in (
        Endpoint(
            "population", "population/", FIRST_STOCK_YEAR, {},
            ("refugees", "asylum_seekers", "oip"),
            ("returned_refugees", "idps", "returned_idps", "stateless", "ooc", "hst"),
            has_total=False,
        ),
        Endpoint(
            "asylum_applications", "asylum-applications/", FIRST_ASYLUM_YEAR,
            {
                "procedure_type": _known(codes.AUTHORITIES),
                "app_type": _known(codes.APPLICATION_TYPES),
                "dec_level": _known(codes.DECISION_LEVELS),
                "app_pc": _known(codes.UNITS),
            },
            ("applied",), (), has_total=True,
        ),
        Endpoint(
            "asylum_decisions", "asylum-decisions/", FIRST_ASYLUM_YEAR,
            {
                "procedure_type": _known(codes.AUTHORITIES),
                "dec_level": _known(codes.DECISION_LEVELS),
                "dec_pc": _known(codes.UNITS),
            },
            ("dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total"), (),
            has_total=True,
        ),
    )
}  # fmt: skip
COUNTRIES_PATH = "countries/"
COUNTRY_COLUMNS = ("code", "iso", "name", "nameOrigin", "majorArea", "region")


@dataclass(frozen=True)
class Question:
    """One whole table asked for: both sides expanded, all origins, a closed span of years."""

    endpoint: Endpoint
    last_year: int
    page_size: int = PAGE_SIZE

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
        return {
            "coo_all": "true",
            "coa_all": "true",
            "cf_type": "ISO",
            "yearFrom": str(self.endpoint.first_year),
            "yearTo": str(self.last_year),
            "limit": str(limit or self.page_size),
            "page": str(page),
        }

    def spell_world(self) -> dict[str, str]:
        """Return the parameters of the world's sums a year: neither side listed nor expanded."""
        bounds = {"yearFrom": str(self.endpoint.first_year), "yearTo": str(self.last_year)}
        return bounds | {"limit": "1000", "page": "1"}
