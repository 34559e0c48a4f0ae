"""The recipes that a claims file is written in, and what each comes to: data, never code.

A recipe names a measure, years and places, and its `kind` says what is done with them. It holds no
expression, so that nothing in a file is ever run. Its value on a release is a number, yes or no, or
None where a figure that it needs is not on file.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from helpers.claims.claim_figures import Choice, Figures, Value
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

    @property
    def place(self) -> str | None:
        """The one destination that the recipe is about, if any."""
        return getattr(self, "asylum", None)

    def compute(self, figures: Figures, choice: Choice | None = None) -> Value:
        """Compute the recipe on a release.

        Parameters
        ----------
        figures : Figures
            The release, cut at what the text could see.
        choice : Choice, optional
            The measure, and for totals the destination to leave out; else the recipe's own.

        Returns
        -------
        number, bool or None
            None where a year or a place has no figure.
        """
        return self._compute(figures, choice or Choice(self.measure))

    def _compute(self, figures: Figures, choice: Choice) -> Value:
        found = figures.take(choice, self.list_years(), self.place)
        return self._reduce(found, figures, choice) if found else None

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        """Compute from the figures of the recipe's years, which are all on file."""
        raise NotImplementedError


class _OfYear(_Recipe):
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

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        return found[0]


class SumOf(_OfSpan):
    """The measure added over years. Stocks added up are `pending_summed`, never people."""

    kind: Literal["sum"]
    asylum: Code | None = None

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        return sum(found)


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

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        if not found[0]:
            return None
        ratio = found[1] / found[0]
        ways = {"ratio": ratio, "percent_of": 100 * ratio, "increase": 100 * (ratio - 1)}
        return ways[choice.told_as or self.told_as]


class Rises(_OfSpan):
    """Whether each year of the span is above the year before it."""

    kind: Literal["rises"]

    def list_years(self) -> tuple[int, ...]:
        """Return the span and the year before it."""
        return tuple(range(self.first - 1, self.last + 1))

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        return all(before < after for before, after in pairwise(found))


class Trend(_OfSpan):
    """Whether a straight line through the span rises and its last year is the highest."""

    kind: Literal["trend"]

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        slope = np.polyfit(np.arange(len(found)), found, 1)[0]
        return bool(slope > 0 and found[-1] == max(found))


class Record(_OfYear):
    """Whether the year is above every earlier year on file."""

    kind: Literal["record"]

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        years = [year for year in figures.years(choice.measure) if year < self.year]
        before = figures.take(choice, years)
        return found[0] > max(before) if before else None


class RankOf(_OfYear):
    """A destination's rank in one year, the largest first."""

    kind: Literal["rank"]
    asylum: Code

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        return figures.rank(choice.measure, self.year, found[0])


class LowestRank(_OfSpan):
    """The lowest rank (the greatest number) that a destination has in the span."""

    kind: Literal["lowest_rank"]
    asylum: Code

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        by_year = zip(self.list_years(), found, strict=True)
        return max(figures.rank(choice.measure, year, value) for year, value in by_year)


class Crossing(_OfSpan):
    """The year in which the running total of the span goes past a threshold."""

    kind: Literal["crossing"]
    threshold: int

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        running = zip(self.list_years(), accumulate(found), strict=True)
        return next((year for year, total in running if total > self.threshold), None)


class YearOf(_Recipe):
    """The year in which a destination has a certain figure; `told_year` is the text's year."""

    kind: Literal["year_of"]
    asylum: Code | None = None
    figure: int
    told_year: int

    def list_years(self) -> tuple[int, ...]:
        """Return no year: the recipe looks for one."""
        return ()

    def _compute(self, figures: Figures, choice: Choice) -> Value:
        same = [
            year
            for year in figures.years(choice.measure)
            if figures.take(choice, [year], self.asylum) == [self.figure]
        ]
        return same[0] if len(same) == 1 else None


class Places(_OfYear):
    """Several destinations in one year: their sum, or the least of them."""

    kind: Literal["places"]
    places: tuple[Code, ...] = Field(min_length=1)
    take: Literal["sum", "least"]

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        counts = figures.by_destination(choice.measure, self.year)
        if not set(self.places) <= counts.keys():
            return None
        own = [counts[code] for code in self.places]
        return sum(own) if self.take == "sum" else min(own)


class AgainstSum(_OfYear):
    """One year divided by the sum over a span; of several spans the ratio nearest to 1."""

    kind: Literal["against_sum"]
    spans: tuple[tuple[int, int], ...] = Field(min_length=1)

    def list_years(self) -> tuple[int, ...]:
        """Return the year and every year of the spans."""
        spans = (year for first, last in self.spans for year in range(first, last + 1))
        return (self.year, *spans)

    def list_ratios(self, figures: Figures, choice: Choice) -> dict[tuple[int, int], float | None]:
        """Return the ratio of the year to the sum over each span."""
        year = figures.take(choice, [self.year])
        ratios: dict[tuple[int, int], float | None] = {}
        for first, last in self.spans:
            total = sum(figures.take(choice, range(first, last + 1)) or ())
            ratios[first, last] = year[0] / total if year and total else None
        return ratios

    def _compute(self, figures: Figures, choice: Choice) -> Value:
        ratios = [each for each in self.list_ratios(figures, choice).values() if each is not None]
        return min(ratios, key=lambda ratio: abs(ratio - 1), default=None)


class LargestShare(_OfYear):
    """The largest share of the year's total that one country of a region has."""

    kind: Literal["largest_share"]
    region: Region
    besides: tuple[Code, ...] = ()

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        inside = [
            count
            for code, count in figures.by_destination(choice.measure, self.year).items()
            if figures.regions.get(code) == self.region and code not in self.besides
        ]
        return max(inside, default=0) / found[0] if found[0] else None


class PartUnder(_OfYear):
    """Which part of the regions' countries has less than a share of the year's total."""

    kind: Literal["part_under"]
    regions: tuple[Region, ...] = Field(min_length=1)
    share: float = Field(gt=0, lt=1)

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        counts = figures.by_destination(choice.measure, self.year)
        codes = [code for code, region in figures.regions.items() if region in self.regions]
        if not found[0] or not codes:
            return None
        return sum(counts.get(code, 0) < self.share * found[0] for code in codes) / len(codes)


class RegionAgainst(_OfYear):
    """A region's sum divided by one destination's figure."""

    kind: Literal["region_against"]
    region: Region
    asylum: Code

    def _reduce(self, found: list[float], figures: Figures, choice: Choice) -> Value:
        counts = figures.by_destination(choice.measure, self.year)
        region = sum(n for code, n in counts.items() if figures.regions.get(code) == self.region)
        return region / found[0] if found[0] else None


class OwnOrigin(_OfYear):
    """Whether another origin is counted apart, with figures of its own in the year."""

    kind: Literal["own_origin"]
    origin: Code

    def _compute(self, figures: Figures, choice: Choice) -> Value:
        seen = self.year <= figures.last
        return figures.others.get((self.origin, self.year), 0) > 0 if seen else None


class YearsOnFile(_OfSpan):
    """How many years of the span have a figure."""

    kind: Literal["years_on_file"]

    def _compute(self, figures: Figures, choice: Choice) -> Value:
        years = set(figures.years(choice.measure))
        return len(years & set(self.list_years())) if self.last <= figures.last else None


class Bound(_OfSpan):
    """A bound for restatements: stocks with claims of unknown origin, flows turned into persons."""

    kind: Literal["bound"]
    of: Literal["pending", "applied"]
    side: Literal["lower", "upper"]

    def _compute(self, figures: Figures, choice: Choice) -> Value:
        side = ("lower", "upper").index(self.side)
        found = [
            figures.bounds[self.of].get(year, (None, None))[side] for year in self.list_years()
        ]
        known = [value for value in found if value is not None]
        return sum(known) if len(known) == len(found) else None


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
# The recipes that name a number of a series; those of a sum; those that a text's inputs explain.
Numeric = ValueOf | SumOf | Change
NUMERIC = (ValueOf, SumOf, Change)
SUMMED = (SumOf, Crossing, AgainstSum)
DERIVABLE = (SumOf, Change)


def find_impossible_years(recipe: Recipe, newest: int) -> list[int]:
    """Return the recipe's years that no release can hold: before the series, or after the text.

    Examples
    --------
    >>> find_impossible_years(SumOf(kind="sum", first=1998, last=2001), newest=2024)
    [1998, 1999]
    """
    oldest = FIRST_YEARS[recipe.measure]
    return sorted({year for year in recipe.list_years() if not oldest <= year <= newest})
