"""The recipes that a claims file is written in: what to compute, as data and never as code.

A recipe names a measure, years and places, and its `kind` says what is done with them. It holds no
expression, so that nothing in a file is ever run; `helpers.claims.claim_values` computes it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from helpers.data.columns import FIRST_ASYLUM_YEAR, FIRST_STOCK_YEAR
from helpers.study import Frozen

Measure = Literal["pending", "applied_persons", "applied_cases", "refugees", "oip"]
Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Region = Literal["Africa", "Americas", "Asia", "Europe", "Oceania"]
FIRST_YEARS = {
    "pending": FIRST_ASYLUM_YEAR,
    "applied_persons": FIRST_ASYLUM_YEAR,
    "applied_cases": FIRST_ASYLUM_YEAR,
    "refugees": FIRST_STOCK_YEAR,
    "oip": 2018,  # others in need of international protection are counted since then
}


class _Recipe(Frozen):
    """What every recipe has: the measure that the figure is looked for in first."""

    measure: Measure = "pending"

    def list_years(self) -> tuple[int, ...]:
        """Return every year that the recipe reads by itself."""
        raise NotImplementedError


class _OfYear(_Recipe):
    """A recipe about one year."""

    year: int

    def list_years(self) -> tuple[int, ...]:
        """Return the one year."""
        return (self.year,)


class _OfSpan(_Recipe):
    """A recipe about the years from `first` to `last`, both included."""

    first: int
    last: int

    @model_validator(mode="after")
    def _in_order(self) -> _OfSpan:
        if self.first > self.last:
            raise ValueError(f"first {self.first} lies after last {self.last}")
        return self

    def list_years(self) -> tuple[int, ...]:
        """Return every year of the span."""
        return tuple(range(self.first, self.last + 1))


class ValueOf(_OfYear):
    """The measure in one year, of all destinations or of one."""

    kind: Literal["value"]
    asylum: Code | None = None


class SumOf(_OfSpan):
    """The measure added over years. Stocks added up are `pending_summed`, never people."""

    kind: Literal["sum"]
    asylum: Code | None = None


class Change(_OfSpan):
    """The last year against the first; `told_as` is what the sentence says of the number.

    `ratio` is last / first ("tenfold" is 10), `percent_of` 100 times that, `increase` is
    100 x (last - first) / first.
    """

    kind: Literal["change"]
    told_as: Literal["ratio", "percent_of", "increase"]

    def list_years(self) -> tuple[int, ...]:
        """Return the two years."""
        return (self.first, self.last)


class Rises(_OfSpan):
    """Whether each year of the span is above the year before it."""

    kind: Literal["rises"]

    def list_years(self) -> tuple[int, ...]:
        """Return the span and the year before it."""
        return tuple(range(self.first - 1, self.last + 1))


class Trend(_OfSpan):
    """Whether a straight line through the span rises and its last year is the highest."""

    kind: Literal["trend"]


class Record(_OfYear):
    """Whether the year is above every earlier year on file."""

    kind: Literal["record"]


class RankOf(_OfYear):
    """A destination's rank in one year, the largest first."""

    kind: Literal["rank"]
    asylum: Code


class LowestRank(_OfSpan):
    """The lowest rank (the greatest number) that a destination has in the span."""

    kind: Literal["lowest_rank"]
    asylum: Code


class Crossing(_OfSpan):
    """The year in which the running total of the span goes past a threshold."""

    kind: Literal["crossing"]
    threshold: int


class YearOf(_Recipe):
    """The year in which a destination has a certain figure; `told_year` is the text's year."""

    kind: Literal["year_of"]
    asylum: Code | None = None
    figure: int
    told_year: int

    def list_years(self) -> tuple[int, ...]:
        """Return no year: the recipe looks for one."""
        return ()


class Places(_OfYear):
    """Several destinations in one year: their sum, or the least of them."""

    kind: Literal["places"]
    places: tuple[Code, ...] = Field(min_length=1)
    take: Literal["sum", "least"]


class AgainstSum(_OfYear):
    """One year divided by the sum over a span; of several spans the ratio nearest to 1."""

    kind: Literal["against_sum"]
    spans: tuple[tuple[int, int], ...] = Field(min_length=1)

    def list_years(self) -> tuple[int, ...]:
        """Return the year and every year of the spans."""
        spans = (year for first, last in self.spans for year in range(first, last + 1))
        return (self.year, *spans)


class LargestShare(_OfYear):
    """The largest share of the year's total that one country of a region has."""

    kind: Literal["largest_share"]
    region: Region
    besides: tuple[Code, ...] = ()


class PartUnder(_OfYear):
    """Which part of the regions' countries has less than a share of the year's total."""

    kind: Literal["part_under"]
    regions: tuple[Region, ...] = Field(min_length=1)
    share: float = Field(gt=0, lt=1)


class RegionAgainst(_OfYear):
    """A region's sum divided by one destination's figure."""

    kind: Literal["region_against"]
    region: Region
    asylum: Code


class OwnOrigin(_OfYear):
    """Whether another origin is counted apart, with figures of its own in the year."""

    kind: Literal["own_origin"]
    origin: Code


class YearsOnFile(_OfSpan):
    """How many years of the span have a figure."""

    kind: Literal["years_on_file"]


class Bound(_OfSpan):
    """A bound for restatements: stocks with claims of unknown origin, flows turned into persons."""

    kind: Literal["bound"]
    of: Literal["pending", "applied"]
    side: Literal["lower", "upper"]


Recipe = Annotated[
    ValueOf
    | SumOf
    | Change
    | Rises
    | Trend
    | Record
    | RankOf
    | LowestRank
    | Crossing
    | YearOf
    | Places
    | AgainstSum
    | LargestShare
    | PartUnder
    | RegionAgainst
    | OwnOrigin
    | YearsOnFile
    | Bound,
    Field(discriminator="kind"),
]


def find_impossible_years(recipe: Recipe, newest: int) -> list[int]:
    """Return the recipe's years that no release can hold: before the series, or after the text.

    Examples
    --------
    >>> find_impossible_years(SumOf(kind="sum", first=1998, last=2001), newest=2024)
    [1998, 1999]
    """
    oldest = FIRST_YEARS[recipe.measure]
    return sorted({year for year in recipe.list_years() if not oldest <= year <= newest})
