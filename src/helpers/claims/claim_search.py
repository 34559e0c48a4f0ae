"""Look for the series that gives a claimed value, and keep coincidences apart from it.

Two searches, never mixed. The *narrow* one decides the figure's code: the years that the text
names, the measures of the whole origin (persons and cases apart), each with every destination,
without the year's largest and without the main one; a claim about one destination is looked for in
that destination's measures. The *wide* one runs over all years, spans, destinations and further
measures. Among that many candidates some fit by chance, so its hits are listed and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

from helpers.claims import recipes as recipes
from helpers.claims.claim_figures import MEASURES, WITHOUT, Figures
from helpers.claims.claim_precision import find_limits, match
from helpers.claims.claim_values import Choice, Value, compute, say_number

if TYPE_CHECKING:
    from helpers.claims.file import Test

NUMERIC = (recipes.ValueOf, recipes.SumOf, recipes.Change)
TOLD = ("ratio", "percent_of", "increase")
OF_FAMILY = {
    "pending": ("pending",),
    "pending_mid": ("pending",),
    "applied": ("applied_persons", "applied_cases"),
    "applied_mid": ("applied_persons", "applied_cases"),
    "applied_summed": ("applied_persons", "applied_cases"),
    "refugees": ("refugees",),
    "oip": ("oip",),
}


@dataclass(frozen=True)
class Found:
    """What the narrow search settled on: how, the value, its code, and what else was near."""

    choice: Choice
    value: Value
    code: str | None
    tried: int
    nearest: Choice
    nearest_value: Value


@dataclass(frozen=True)
class Coincidences:
    """What the wide search came upon: how many candidates, how many fit, and the first of them."""

    tried: int
    hits: int
    examples: tuple[str, ...]


def list_choices(test: Test, says: tuple[str, ...]) -> list[Choice]:
    """List the narrow candidates, those first that the sentence itself names.

    Another way of telling the number (a ratio told as an increase) is tried after all measures,
    and only on the recipe's own measure.
    """
    recipe = test.recipe
    told = recipe.told_as if isinstance(recipe, recipes.Change) else ""
    named = [measure for family in says for measure in OF_FAMILY.get(family, ())]
    if test.is_fixed:
        return [Choice(recipe.measure, None, told)]
    if not isinstance(recipe, NUMERIC):
        return [Choice(each) for each in dict.fromkeys([*named, recipe.measure])]
    measures = list(dict.fromkeys([*named, recipe.measure, *MEASURES]))
    without = WITHOUT if getattr(recipe, "asylum", None) is None else (None,)
    choices = [Choice(measure, out, told) for out in without for measure in measures]
    if told:
        choices += [Choice(recipe.measure, None, other) for other in TOLD if other != told]
    return choices


def search(test: Test, figures: Figures, says: tuple[str, ...]) -> Found | None:
    """Run the narrow search.

    Returns
    -------
    Found or None
        The first candidate that gives the claimed value exactly, else the first that does so
        within its precision, else the recipe's own measure with `code` None. None where the
        recipe cannot be computed on this release at all.
    """
    choices = list_choices(test, says)
    values = {choice: compute(test.recipe, figures, choice) for choice in choices}
    known = {choice: value for choice, value in values.items() if value is not None}
    own = next(choice for choice in choices if choice.measure == test.recipe.measure)
    if own not in known:
        return None
    codes = {choice: match(float(value), test.claimed) for choice, value in known.items()}
    wanted = float(test.claimed.value)
    nearest = min(known, key=lambda choice: abs(float(known[choice] or 0) - wanted))
    for code in ("exact", "rounds"):
        for choice in known:
            if codes[choice] == code:
                return Found(choice, known[choice], code, len(known), nearest, known[nearest])
    return Found(own, known[own], None, len(known), nearest, known[nearest])


def find_other_years(test: Test, figures: Figures) -> list[tuple[int, Value]]:
    """Return the other years, on the recipe's own measure, for which the statement holds."""
    recipe = test.recipe
    if not isinstance(recipe, recipes.ValueOf | recipes.AgainstSum):
        return []
    found: list[tuple[int, Value]] = []
    for year in figures.years(recipe.measure):
        if year == recipe.year:
            continue
        value = compute(recipe.model_copy(update={"year": year}), figures, Choice(recipe.measure))
        if value is not None and match(float(value), test.claimed):
            found.append((year, value))
    return found


def find_coincidences(test: Test, figures: Figures, most: int = 3) -> Coincidences | None:
    """Run the wide search for a claimed number; None where the claim is no such number.

    Parameters
    ----------
    test : Test
        A value, a sum or a change.
    figures : Figures
        With the wider measures.
    most : int
        How many hits are named, those of the claim's own years first.
    """
    if not isinstance(test.recipe, NUMERIC) or test.is_fixed:
        return None
    least, greatest = find_limits(test.claimed)
    whole = getattr(test.recipe, "asylum", None) is None
    narrow = set(list_choices(test, ())) if whole else set()
    tried, hits = 0, []
    for name, choice, is_own, value in _list_wide(test, figures):
        if is_own and choice in narrow:
            continue
        tried += 1
        if least <= value <= greatest:
            hits.append((not is_own, f"{name}: {say_number(value)}"))
    first = sorted(hits, key=lambda hit: hit[0])[:most]
    return Coincidences(tried, len(hits), tuple(said for _, said in first))


def _list_wide(test: Test, figures: Figures) -> Iterator[tuple[str, Choice | None, bool, float]]:
    """List every wide candidate: name, choice (None: a destination), of the own years, value."""
    for measure in figures.cells:
        years = figures.years(measure)
        for without in WITHOUT:
            series = {year: figures.total(measure, year, without) or 0 for year in years}
            name = f"{measure} without the {without} destination" if without else measure
            yield from _list_series(test, name, Choice(measure, without), series)
        if isinstance(test.recipe, recipes.ValueOf):
            yield from _list_places(test.recipe, measure, figures)


def _list_places(
    recipe: recipes.ValueOf, measure: str, figures: Figures
) -> Iterator[tuple[str, Choice | None, bool, float]]:
    for year in figures.years(measure):
        for code, value in figures.places(measure, year).items():
            if (code, year) != (recipe.asylum, recipe.year) or measure not in MEASURES:
                yield f"{measure} at {code} in {year}", None, year == recipe.year, value


def _list_series(
    test: Test, name: str, choice: Choice, series: dict[int, float]
) -> Iterator[tuple[str, Choice | None, bool, float]]:
    """List what one series gives: its years, its running sums, or its changes."""
    recipe = test.recipe
    if isinstance(recipe, recipes.ValueOf):
        for year, value in series.items():
            yield f"{name} in {year}", choice, recipe.year == year, value
        return
    own = (getattr(recipe, "first", 0), getattr(recipe, "last", 0))
    running = dict(zip(series, accumulate(series.values()), strict=True))
    for first, last in combinations(series, 2):
        span = f"{name}, {first} to {last}"
        if isinstance(recipe, recipes.SumOf):
            total = running[last] - running[first] + series[first]
            yield span, choice, (first, last) == own, total
        elif isinstance(recipe, recipes.Change) and series[first]:
            ratio = series[last] / series[first]
            for told, value in zip(TOLD, (ratio, 100 * ratio, 100 * (ratio - 1)), strict=True):
                as_told = Choice(choice.measure, choice.without, told)
                yield f"{span} ({told})", as_told, (first, last) == own, value
