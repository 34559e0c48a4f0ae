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
from helpers.claims.precision import Value, say_number
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
Worked = tuple[Value, str]  # a recipe's value, and the numbers that it is made of


@dataclass(frozen=True)
class Recipe:
    """A recipe: its kind (`KINDS`), measure, years, destinations, and a number where one is needed.

    `places`, `against` and `besides` are ISO3 codes or regions: counted, set against, and left out.
    `spans` are the years named besides its own. `without_largest` leaves out the year's largest
    destination.
    """

    kind: str
    measure: str = "pending"
    first: int = 0
    last: int = 0
    spans: tuple[tuple[int, int], ...] = ()
    places: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    number: int = 0
    without_largest: bool = False

    @property
    def is_single(self) -> bool:
        """Whether the recipe is one year's figure."""
        return self.kind == "total" and self.first == self.last

    @property
    def is_sum(self) -> bool:
        """Whether figures of several years are added."""
        adds = self.kind in ("total", "crossing") and self.first < self.last
        return adds or self.kind == "percent_of_sum"

    @property
    def name(self) -> str:
        """The series in the ledger's own terms, such as pending_summed or refugees at IND."""
        name = self.measure + "_summed" * self.is_sum + "_excl_largest" * self.without_largest
        return f"{name} at {self.places[0]}" if len(self.places) == 1 else name

    def list_years(self) -> tuple[int, ...]:
        """Return every year that the recipe reads by itself."""
        if self.kind in (*CHANGES, "grows", "falls"):
            return self.first, self.last
        spans = [(self.first, self.last), *self.spans] if self.first else []
        early = self.kind == "rises"  # its first year is set against the one before
        return tuple(year for first, last in spans for year in range(first - early, last + 1))

    def take(
        self, figures: Figures, years: Iterable[int], places: Collection[str] = ()
    ) -> list[float]:
        """Return a figure a year, of all destinations or of some; LookupError where one lacks."""
        return [figures.total(self.measure, y, places, self.without_largest) for y in years]

    def work(self, figures: Figures) -> Worked:
        """Compute the recipe on a release, and show the numbers that its value is made of.

        The value is None where a figure is missing, or a base is zero.
        """
        try:
            return KINDS[self.kind](self, figures)
        except (LookupError, ZeroDivisionError):
            return None, "a figure is missing"

    def compute(self, figures: Figures) -> Value:
        """Compute the recipe's value on a release, or None; see `work`."""
        return self.work(figures)[0]


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
    first, last = spans.pop(0) if spans else (0, 0)
    return Recipe(kind, measures[0], first, last, tuple(spans), number=number, **places)  # type: ignore[arg-type]


def _add(recipe: Recipe, figures: Figures) -> Worked:
    years = recipe.list_years()
    less = recipe.take(figures, years, recipe.besides) if recipe.besides else []
    return _show(recipe, figures, sum(recipe.take(figures, years, recipe.places)) - sum(less))


def _list_inside(recipe: Recipe, figures: Figures) -> dict[str, int]:
    """Return the figures of the countries that a recipe's regions and codes name, where any."""
    inside = figures.by_destination(recipe.measure, recipe.first, recipe.places)
    return {code: n for code, n in inside.items() if code not in recipe.besides}


def _show(recipe: Recipe, figures: Figures, value: Value, which: str = "together") -> Worked:
    """Show a value after the parts that it comes from, where several destinations are named."""
    inside = _list_inside(recipe, figures) if len(recipe.places) > 1 else {}
    listed = ", ".join(f"{code} {say_number(inside.get(code))}" for code in recipe.places)
    return value, (f"{listed}; {which} " if len(recipe.places) > 1 else "") + say_number(value)


def _change(recipe: Recipe, figures: Figures) -> Worked:
    first, last = recipe.take(figures, recipe.list_years(), recipe.places)
    ratio = last / first
    value = {"ratio": ratio, "percent_of": 100 * ratio, "increase": 100 * (ratio - 1)}[recipe.kind]
    said = f"{say_number(last)} / {say_number(first)} = {ratio:.4f}"
    return value, f"{said}, a ratio of {ratio:,.2%} and an increase of {ratio - 1:,.2%}"


def list_earlier(recipe: Recipe, figures: Figures) -> list[int]:
    """Return the years that a record is held against: those of its span, or all earlier ones."""
    first = recipe.first if recipe.first < recipe.last else 0
    return [year for year in figures.years(recipe.measure) if first <= year < recipe.last]


def _record(recipe: Recipe, figures: Figures) -> Worked:
    years = [*list_earlier(recipe, figures), recipe.last]
    *before, (least, _) = [figures.bound(recipe.measure, year) for year in years]
    *earlier, value = recipe.take(figures, years)
    said = f"{say_number(value)}; the highest before was {say_number(max(earlier, default=None))}"
    return all(least > most for _, most in before) if before else None, said


def _compare(recipe: Recipe, figures: Figures) -> Worked:
    """Tell whether each year is above (falls: below) the one before, whatever their ranges."""
    ends = [figures.bound(recipe.measure, year) for year in recipe.list_years()]
    pairs = pairwise(reversed(ends) if recipe.kind == "falls" else ends)
    told = [" to ".join(map(say_number, dict.fromkeys(pair))) for pair in ends]
    start = f"from {recipe.first - 1} on, " if recipe.kind == "rises" else ""
    between = "; " if any(least < most for least, most in ends) else ", "
    return all(later[0] > one[1] for one, later in pairs), start + between.join(told)


def _pick(recipe: Recipe, figures: Figures) -> Worked:
    """Pick the least of some destinations, all of which must have a figure, or the largest."""
    inside = _list_inside(recipe, figures)
    if recipe.kind == "largest":
        return _show(recipe, figures, max(inside.values(), default=None))
    return _show(recipe, figures, min(inside[code] for code in recipe.places), "the least")


def _part_none(recipe: Recipe, figures: Figures) -> Worked:
    """Compute which part of the regions' countries reports none: no figure, or zero."""
    figures.total(recipe.measure, recipe.first)  # a year without any figure tells nothing
    inside = _list_inside(recipe, figures)
    codes = [code for code, region in figures.regions.items() if region in recipe.places]
    part = sum(not inside.get(code) for code in codes) / len(codes)
    return part, f"{part:.1%}"


def _share(recipe: Recipe, figures: Figures) -> Worked:
    own = recipe.take(figures, recipe.list_years(), recipe.places)
    share = sum(own) / sum(recipe.take(figures, recipe.list_years(), recipe.against))
    return share, f"{share:.1%}"


def _rank(recipe: Recipe, figures: Figures) -> Worked:
    """Rank a destination, the largest first: by the sum of the years, or in its lowest year."""
    years, ranks = recipe.list_years(), []
    for group in [(year,) for year in years] if recipe.kind == "lowest_rank" else [years]:
        sums: dict[str, int] = Counter()
        for year in group:
            sums.update(figures.by_destination(recipe.measure, year))
        own = dict(sums)[recipe.places[0]]
        ranks.append(1 + sum(n > own for n in sums.values()))
    return max(ranks), say_number(max(ranks))


def _crossing(recipe: Recipe, figures: Figures) -> Worked:
    years = recipe.list_years()
    running = zip(years, accumulate(recipe.take(figures, years)), strict=True)
    year = next((year for year, total in running if total > recipe.number), None)
    return year, f"the year is {year or 'none'}"


def _year_of(recipe: Recipe, figures: Figures) -> Worked:
    years, places = figures.years(recipe.measure), recipe.places
    held = [figures.by_destination(recipe.measure, year, places).values() for year in years]
    same = [y for y, counts in zip(years, held, strict=True) if sum(counts) == recipe.number]
    year = same[0] if len(same) == 1 else None
    return year, f"the year is {year or 'none'}"


def _percent_of_sum(recipe: Recipe, figures: Figures) -> Worked:
    """Compute the year in percent of the sum over a span; of several, what is nearest to 100."""
    (year,), percents = recipe.take(figures, [recipe.first]), {}
    for first, last in recipe.spans:
        total = sum(recipe.take(figures, range(first, last + 1)))
        percents[f"{first} to {last}"] = 100 * year / total
    said = ", ".join(f"{span}: {say_number(percent)}%" for span, percent in percents.items())
    return min(percents.values(), key=lambda percent: abs(percent - 100), default=None), said


def _own_origin(recipe: Recipe, figures: Figures) -> Worked:
    is_there = figures.others.get((recipe.places[0], recipe.first), 0) > 0
    return is_there if recipe.first <= figures.last else None, say_number(is_there)


def _years_counted(recipe: Recipe, figures: Figures) -> Worked:
    count = len({*figures.years(recipe.measure)} & {*recipe.list_years()})
    return count if recipe.last <= figures.last else None, say_number(count)


KINDS: dict[str, Callable[[Recipe, Figures], Worked]] = {
    "total": _add,
    **dict.fromkeys(CHANGES, _change),
    **dict.fromkeys(_COMPARED, _compare),
    "record": _record,
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
