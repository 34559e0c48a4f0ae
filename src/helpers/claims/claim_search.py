"""Look for the series that gives a claimed value, and keep coincidences apart from it.

The *narrow* search decides the figure's code: the years that the text names, the measures of the
whole origin (persons and cases apart), each with every destination, without the year's largest and
without the main one; a claim about one destination is looked for in that destination's measures. A
limit, such as "over X", is looked for only in what the sentence names and in the text's own series,
since some series is over almost anything. The *wide* one runs over all years, spans, destinations
and further measures. Among that many candidates some fit by chance, so its hits are listed and
decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

from helpers.claims.claimed import LIMITS, find_limits, match
from helpers.claims.file import OF_FAMILY
from helpers.claims.recipes import CHANGES, MEASURES, WITHOUT, Choice, Recipe, Value

if TYPE_CHECKING:
    from helpers.claims.claim_figures import Figures
    from helpers.claims.file import Test

# The kinds that name a number of a series.
NUMERIC = ("total", *CHANGES)


@dataclass(frozen=True)
class Found:
    """What the narrow search settled on: how, the value, its code, and what else was near."""

    choice: Choice
    value: Value
    code: str | None
    tried: int
    nearest: Choice
    nearest_value: Value


def say_number(value: Value) -> str:
    """Write a value: whole numbers with separators, others to four significant digits.

    Examples
    --------
    >>> say_number(1158739), say_number(0.66314), say_number(True), say_number(None)
    ('1,158,739', '0.6631', 'yes', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 10 else f"{value:.4g}"


def list_choices(test: Test, says: str) -> list[Choice]:
    """List the narrow candidates, those that the sentence names first."""
    recipe = test.recipe
    if test.is_fixed:
        return [Choice(recipe.measure)]
    named = dict.fromkeys([*OF_FAMILY.get(says, ()), recipe.measure])
    if recipe.kind not in NUMERIC or test.claimed.precision in LIMITS:
        return [Choice(each) for each in named]
    without = (None,) if recipe.places else WITHOUT
    choices = [Choice(each, out) for out in without for each in dict.fromkeys([*named, *MEASURES])]
    if recipe.kind in CHANGES:
        choices += [Choice(recipe.measure, None, kind) for kind in CHANGES if kind != recipe.kind]
    return choices


def search(test: Test, figures: Figures, says: str) -> Found | None:
    """Run the narrow search.

    Returns
    -------
    Found or None
        The first candidate that gives the claimed value exactly, else the first that does so
        within its precision, else the claims lodged in persons where the sentence is about them
        and their range holds the value, else the recipe's own measure with `code` None. None where
        the recipe cannot be computed on this release at all.
    """
    recipe, wanted = test.recipe, float(test.claimed.value)
    values = {choice: recipe.compute(figures, choice) for choice in list_choices(test, says)}
    known = {choice: value for choice, value in values.items() if value is not None}
    own = next(choice for choice in values if choice.measure == recipe.measure)
    if own not in known:
        return None
    nearest = min(known, key=lambda choice: abs(float(known[choice]) - wanted))
    near = (len(known), nearest, known[nearest])
    codes = {choice: match(value, test.claimed) for choice, value in known.items()}
    for code in ("exact", "rounds"):
        for choice in (each for each in known if codes[each] == code):
            return Found(choice, known[choice], code, *near)
    if says == "applied" and recipe.kind == "total" and not recipe.places and not test.is_fixed:
        ends = [figures.bound(Choice("lodged"), year) for year in recipe.list_years()]
        least, greatest = find_limits(test.claimed)
        lows, highs = (sum(end[side] for end in ends if end) for side in (0, 1))
        if None not in ends and highs >= least and lows <= greatest:
            value = recipe.compute(figures, Choice("lodged"))
            return Found(Choice("lodged"), value, "rounds", *near)
    return Found(own, known[own], None, *near)


def find_neighbour(test: Test, figures: Figures) -> tuple[Recipe, Value, str] | None:
    """Find the claimed value on a span that begins or ends one year off; None for single years."""
    recipe = test.recipe
    if recipe.kind not in NUMERIC or not recipe.first < recipe.last:
        return None
    found = []
    for first, last in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        span = (recipe.first + first, recipe.last + last)
        shifted = replace(recipe, spans=(span,))
        value = shifted.compute(figures) if span[0] < span[1] else None
        if code := match(value, test.claimed):
            found.append((shifted, value, code))
    return min(found, key=lambda each: each[2], default=None)  # "exact" sorts before "rounds"


def find_other_years(test: Test, figures: Figures) -> tuple[tuple[int, Value], ...]:
    """Return the other years, on the recipe's own measure, for which the statement holds."""
    recipe, first = test.recipe, test.recipe.spans[:1]
    is_single = recipe.kind == "total" and first and recipe.first == recipe.last
    if not is_single and recipe.kind != "percent_of_sum":
        return ()
    values = {
        year: replace(recipe, spans=((year, year), *recipe.spans[1:])).compute(figures)
        for year in figures.years(recipe.measure)
        if year != recipe.first
    }
    return tuple((year, value) for year, value in values.items() if match(value, test.claimed))


def say_coincidences(test: Test, figures: Figures, most: int = 3) -> str:
    """Run the wide search for a claimed number, and say what it came upon.

    Parameters
    ----------
    test : Test
    figures : Figures
    most : int
        How many hits are named.

    Returns
    -------
    str
        Empty where the statement is no figure or change, or is fixed to its own measure.
    """
    recipe = test.recipe
    if recipe.kind not in NUMERIC or test.is_fixed:
        return ""
    least, greatest = find_limits(test.claimed)
    tried = hits = 0
    named: list[str] = []
    for name, series in _list_series(figures):
        for said, is_own, value in _list_values(recipe, series):
            # What the narrow search looks at is no coincidence.
            if is_own and " at " not in name and not recipe.places:
                continue
            tried += 1
            if least <= value <= greatest:
                hits += 1
                named += [f"{name}, {said}: {say_number(value)}"] if len(named) < most else []
    said = f"{hits:,} of {tried:,} other candidates"
    return f"{said}, such as {'; '.join(named)}" if named else said


def _list_series(figures: Figures) -> Iterator[tuple[str, dict[int, float]]]:
    """List every measure of the whole origin, and at each destination, by year."""
    for measure in MEASURES:
        years = figures.years(measure)
        for without in WITHOUT:
            name = f"{measure} without the {without} destination" if without else measure
            yield name, {year: figures.total(measure, year, without) or 0 for year in years}
        by_year = {year: figures.by_destination(measure, year) for year in years}
        for code in sorted({code for counts in by_year.values() for code in counts}):
            own = {y: float(counts[code]) for y, counts in by_year.items() if code in counts}
            yield f"{measure} at {code}", own


def _list_values(recipe: Recipe, series: dict[int, float]) -> Iterator[tuple[str, bool, float]]:
    """List what one series gives: its years, its sums over spans, or its changes."""
    if recipe.first == recipe.last:
        yield from ((str(year), year == recipe.first, n) for year, n in series.items())
        return
    running = dict(zip(series, accumulate(series.values()), strict=True))
    for first, last in combinations(series, 2):
        span, is_own = f"{first} to {last}", (first, last) == recipe.spans[0]
        if recipe.kind == "total":
            yield span, is_own, running[last] - running[first] + series[first]
        elif series[first]:
            ratio = series[last] / series[first]
            yield f"{span} (ratio)", is_own, ratio
            yield f"{span} (percent of)", is_own, 100 * ratio
            yield f"{span} (increase)", is_own, 100 * (ratio - 1)
