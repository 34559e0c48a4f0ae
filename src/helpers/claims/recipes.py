"""The recipes that a claim is recomputed by: a line of words, which is read and never run.

`increase pending 2012-2024` says what is done, with which measure, over which years; `pending 2021
USA` is the figure of one destination. docs/claims.md lists the words. A recipe's value on a release
is a number, yes or no, or None where a figure that it needs is not in the data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from helpers.claims.claim_figures import REGIONS, Figures
from helpers.claims.precision import Value
from helpers.data.columns import FIRST_ASYLUM_YEAR, FIRST_STOCK_YEAR

# What is counted, and the first year in which it is. Those of the second group are estimates of the
# whole origin: `lodged` with its least and its most, and `pending` with claims of unknown origin.
FIRST_YEARS = {
    "pending": FIRST_ASYLUM_YEAR,
    "applied_persons": FIRST_ASYLUM_YEAR,
    "applied_cases": FIRST_ASYLUM_YEAR,
    "refugees": FIRST_STOCK_YEAR,
    "oip": 2018,  # others in need of international protection are counted since then
    **dict.fromkeys(("lodged", "lodged_least", "lodged_most", "pending_most"), FIRST_ASYLUM_YEAR),
}
MEASURES = tuple(FIRST_YEARS)[:5]
CHANGES = ("ratio", "percent_of", "increase")
NUMERIC = ("total", *CHANGES)  # the kinds that name a number of a series
_COMPARED = ("rises", "grows", "falls", "record")


@dataclass(frozen=True)
class Recipe:
    """A recipe: its kind (`KINDS`), measure, years, destinations, and a number where one is needed.

    `places`, `against` and `besides` are ISO3 codes or regions: counted, set against, and left out.
    Of `spans`, the first has the recipe's own years. `without_largest` leaves out the year's
    largest destination.
    """

    kind: str
    measure: str = "pending"
    spans: tuple[tuple[int, int], ...] = ()
    places: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    number: int = 0
    without_largest: bool = False

    @property
    def first(self) -> int:
        """The first of the recipe's own years."""
        return self.spans[0][0]

    @property
    def last(self) -> int:
        """The last of the recipe's own years."""
        return self.spans[0][1]

    @property
    def is_single(self) -> bool:
        """Whether the recipe is one year's figure."""
        return self.kind == "total" and self.first == self.last

    @property
    def is_sum(self) -> bool:
        """Whether figures of several years are added."""
        adds = self.kind in ("total", "crossing") and bool(self.spans) and self.first < self.last
        return adds or self.kind == "percent_of_sum"

    def list_years(self) -> tuple[int, ...]:
        """Return every year that the recipe reads by itself."""
        if self.kind in (*CHANGES, "grows", "falls"):
            return self.spans[0]
        spans = [(a - 1, b) for a, b in self.spans] if self.kind == "rises" else self.spans
        return tuple(year for first, last in spans for year in range(first, last + 1))

    def take(
        self, figures: Figures, years: Iterable[int], places: Collection[str] = ()
    ) -> list[float] | None:
        """Return a figure a year, of all destinations or of some together; None where one lacks."""
        wanted = [(self.measure, year, places, self.without_largest) for year in years]
        known = [value for each in wanted if (value := figures.total(*each)) is not None]
        return known if len(known) == len(wanted) else None

    def compute(self, figures: Figures) -> Value:
        """Compute the recipe on a release; None where a figure of it is missing."""
        return KINDS[self.kind](self, figures)


def parse_recipe(text: str) -> Recipe:
    """Read a recipe; ValueError for an unknown word, or where a part is missing.

    >>> parse_recipe("pending 2021 CAN+BRA").places
    ('CAN', 'BRA')
    """
    words = str(text).split()
    kind = words.pop(0) if words and words[0] in KINDS else "total"
    spans, measures, places = [], [], dict[str, tuple[str, ...]]()
    number, slot = 0, "places"
    for word in words:
        if word in ("against", "besides"):
            slot = word
        elif word in FIRST_YEARS:
            measures.append(word)
        elif span := re.fullmatch(r"((?:19|20)\d\d)(?:-((?:19|20)\d\d))?", word):
            spans.append((int(span[1]), int(span[2] or span[1])))
        elif word.isdigit():
            number = int(word)
        elif word in REGIONS or re.fullmatch(r"[A-Z]{3}(\+[A-Z]{3})*", word):
            places[slot] = places.get(slot, ()) + tuple(word.split("+"))
        else:
            raise ValueError(
                f"unknown word {word!r} in recipe {text!r}; the kinds are {', '.join(KINDS)}, the "
                f"measures {', '.join(FIRST_YEARS)}"
            )
    if len(measures) != 1 or (not spans and kind != "year_of"):
        raise ValueError(f"recipe {text!r} must name one measure, and its years")
    if any(first > last for first, last in spans):
        raise ValueError(f"the years of recipe {text!r} are not in order")
    if kind in _NEED_PLACES and "places" not in places:
        raise ValueError(f"recipe {text!r} must name a destination or a region")
    return Recipe(kind, measures[0], tuple(spans), number=number, **places)  # type: ignore[arg-type]


def _add(recipe: Recipe, figures: Figures) -> Value:
    found = recipe.take(figures, recipe.list_years(), recipe.places)
    less = recipe.take(figures, recipe.list_years(), recipe.besides) if recipe.besides else [0]
    return sum(found) - sum(less) if found and less else None


def _change(recipe: Recipe, figures: Figures) -> Value:
    first, last = recipe.take(figures, recipe.spans[0], recipe.places) or (0, 0)
    if not first:
        return None
    ratio = last / first
    return {"ratio": ratio, "percent_of": 100 * ratio, "increase": 100 * (ratio - 1)}[recipe.kind]


def list_earlier(recipe: Recipe, figures: Figures) -> list[int]:
    """Return the years that a record is held against: those of its span, or all earlier ones."""
    first = recipe.first if recipe.first < recipe.last else 0
    return [year for year in figures.years(recipe.measure) if first <= year < recipe.last]


def _compare(recipe: Recipe, figures: Figures) -> Value:
    """Tell whether each year that has to be is above another: its least above the other's most."""
    if recipe.kind == "record":
        pairs = [(year, recipe.last) for year in list_earlier(recipe, figures)]
    else:
        pairs = list(pairwise(recipe.list_years()))
    ends = [[figures.bound(recipe.measure, year) for year in pair] for pair in pairs]
    if not ends or any(None in pair for pair in ends):
        return None
    is_fall = recipe.kind == "falls"
    return all((a[0] > b[1]) if is_fall else (b[0] > a[1]) for a, b in ends if a and b)


def list_inside(recipe: Recipe, figures: Figures) -> dict[str, int]:
    """Return the figures of the countries that a recipe's regions and codes name, where any."""
    inside = figures.by_destination(recipe.measure, recipe.first, recipe.places)
    return {code: n for code, n in inside.items() if code not in recipe.besides}


def _pick(recipe: Recipe, figures: Figures) -> Value:
    """Pick the least of some destinations, all of which must have a figure, or the largest."""
    inside = list_inside(recipe, figures)
    if recipe.kind == "largest":
        return max(inside.values(), default=None)
    return min(inside.values()) if set(recipe.places) <= inside.keys() else None


def _part_none(recipe: Recipe, figures: Figures) -> Value:
    """Compute which part of the regions' countries reports none: no figure, or zero."""
    inside = list_inside(recipe, figures)
    codes = [code for code, region in figures.regions.items() if region in recipe.places]
    known = figures.total(recipe.measure, recipe.first) is not None and codes
    return sum(not inside.get(code) for code in codes) / len(codes) if known else None


def _share(recipe: Recipe, figures: Figures) -> Value:
    own = recipe.take(figures, recipe.list_years(), recipe.places)
    whole = recipe.take(figures, recipe.list_years(), recipe.against)
    return sum(own) / sum(whole) if own and whole and sum(whole) else None


def _rank(recipe: Recipe, figures: Figures) -> Value:
    """Rank a destination, the largest first: by the sum of the years, or in its lowest year."""
    years, ranks = recipe.list_years(), []
    for group in [(year,) for year in years] if recipe.kind == "lowest_rank" else [years]:
        sums: Counter[str] = Counter()
        for year in group:
            sums.update(figures.by_destination(recipe.measure, year))
        if recipe.places[0] not in sums:
            return None
        ranks.append(1 + sum(n > sums[recipe.places[0]] for n in sums.values()))
    return max(ranks)


def _crossing(recipe: Recipe, figures: Figures) -> Value:
    running = accumulate(recipe.take(figures, recipe.list_years()) or [])
    found = zip(recipe.list_years(), running, strict=False)
    return next((year for year, total in found if total > recipe.number), None)


def _year_of(recipe: Recipe, figures: Figures) -> Value:
    years = figures.years(recipe.measure)
    same = [y for y in years if recipe.take(figures, [y], recipe.places) == [recipe.number]]
    return same[0] if len(same) == 1 else None


def list_percents(recipe: Recipe, figures: Figures) -> dict[tuple[int, int], float | None]:
    """Return the year in percent of the sum over each of the other spans."""
    year, percents = recipe.take(figures, [recipe.first]), {}
    for first, last in recipe.spans[1:]:
        total = sum(recipe.take(figures, range(first, last + 1)) or ())
        percents[first, last] = 100 * year[0] / total if year and total else None
    return percents


def _percent_of_sum(recipe: Recipe, figures: Figures) -> Value:
    """Compute the year in percent of the sum over a span; of several, what is nearest to 100."""
    known = [each for each in list_percents(recipe, figures).values() if each is not None]
    return min(known, key=lambda percent: abs(percent - 100), default=None)


def _own_origin(recipe: Recipe, figures: Figures) -> Value:
    is_there = figures.others.get((recipe.places[0], recipe.first), 0) > 0
    return is_there if recipe.first <= figures.last else None


def _years_counted(recipe: Recipe, figures: Figures) -> Value:
    years = set(figures.years(recipe.measure)) & set(recipe.list_years())
    return len(years) if recipe.last <= figures.last else None


KINDS: dict[str, Callable[[Recipe, Figures], Value]] = {
    "total": _add,
    **dict.fromkeys(CHANGES, _change),
    **dict.fromkeys(_COMPARED, _compare),
    **dict.fromkeys(("least", "largest"), _pick),
    "part_none": _part_none,
    "share": _share,
    **dict.fromkeys(("rank", "lowest_rank"), _rank),
    "crossing": _crossing,
    "year_of": _year_of,
    "percent_of_sum": _percent_of_sum,
    "own_origin": _own_origin,
    "years_counted": _years_counted,
}
_NEED_PLACES = ("least", "largest", "part_none", "share", "rank", "lowest_rank", "own_origin")
YES_OR_NO = (*_COMPARED, "own_origin")
COMPARING = (*CHANGES, *_COMPARED, "percent_of_sum")
