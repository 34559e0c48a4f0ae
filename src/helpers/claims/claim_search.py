"""Look for the series that gives a claimed value, and keep coincidences apart from it.

Two searches, never mixed. The *narrow* one decides the figure's code: the years that the text
names, the measures of the whole origin (persons and cases apart), each with every destination,
without the year's largest and without the main one; a claim about one destination is looked for in
that destination's measures. The *wide* one runs over all years, spans, destinations and further
measures. Among that many candidates some fit by chance, so its hits are listed and decide nothing.

What counts as given: *around* X is within half of the unit of its last printed digit; *nearly* X is
from 0.95 X up to X; *more than* or *over* X is above X, up to 1.1 X; a percentage or a multiple
that is printed as a whole number is `rounded`; everything else is exact. Limits and *the same* say
what words such as "thousands" or "almost none" are taken to mean, and are met within precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

from helpers.claims import recipes
from helpers.claims.claim_figures import MEASURES, WITHOUT, Choice, Figures, Value
from helpers.claims.recipes import NUMERIC

if TYPE_CHECKING:
    from helpers.claims.file import Claimed, Test

NEARLY, OVER, SAME = 0.95, 1.1, 0.05
# A value that meets a limit to the digit is within the precision, not exactly what was claimed.
OPEN = ("nearly", "over", "under", "at_least", "at_most", "same")
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
# A wide candidate: its name, how it was had (None: at one destination), whether it is of the
# claim's own years, and its value.
Candidate = tuple[str, Choice | None, bool, float]


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


def find_unit(value: float) -> float:
    """Return the unit of a number's last printed digit that is not a trailing zero.

    Examples
    --------
    >>> find_unit(12000), find_unit(730000), find_unit(1.5)
    (1000.0, 10000.0, 0.1)
    """
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return float(Decimal(1).scaleb(int(exponent)))


def find_limits(claimed: Claimed) -> tuple[float, float]:
    """Return the least and the greatest value that a claim's precision allows.

    Limits that are themselves left out are moved by the smallest step, so that both are included.
    """
    value, tiny, everything = float(claimed.value), 1e-9, float("inf")
    half = find_unit(value) / 2
    return {
        "exact": (value, value),
        "holds": (value, value),
        "around": (value - half, value + half),
        "rounded": (value - half, value + half) if value % 1 else (value - 0.5, value + 0.5 - tiny),
        "nearly": (NEARLY * value, value - tiny),
        "over": (value + tiny, OVER * value),
        "at_least": (value, everything),
        "at_most": (-everything, value),
        "under": (-everything, value - tiny),
        "same": (value - SAME, value + SAME),
    }[claimed.precision]


def match(value: Value, claimed: Claimed) -> str | None:
    """Return `exact`, `rounds` or None.

    Examples
    --------
    >>> from helpers.claims.file import Claimed
    >>> around = Claimed(text="around 12,000", value=12000, precision="around")
    >>> match(12_400, around), match(12_000, around), match(15_362, around)
    ('rounds', 'exact', None)
    """
    if value is None:
        return None
    if abs(float(value) - float(claimed.value)) < 1e-9 and claimed.precision not in OPEN:
        return "exact"
    least, greatest = find_limits(claimed)
    return "rounds" if least <= float(value) <= greatest else None


def list_choices(test: Test, says: tuple[str, ...]) -> list[Choice]:
    """List the narrow candidates, those first that the sentence itself names.

    Another way of telling the number (a ratio told as an increase) is tried after all measures,
    and only on the recipe's own measure.
    """
    recipe = test.recipe
    told = recipe.told_as if isinstance(recipe, recipes.Change) else ""
    if test.is_fixed:
        return [Choice(recipe.measure, None, told)]
    named = [measure for family in says for measure in OF_FAMILY.get(family, ())]
    measures = dict.fromkeys([*named, recipe.measure])
    if not isinstance(recipe, NUMERIC):
        return [Choice(each) for each in measures]
    measures |= dict.fromkeys(MEASURES)
    without = WITHOUT if recipe.place is None else (None,)
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
    values = {choice: test.recipe.compute(figures, choice) for choice in list_choices(test, says)}
    own = next(choice for choice in values if choice.measure == test.recipe.measure)
    known = {choice: value for choice, value in values.items() if value is not None}
    if own not in known:
        return None
    wanted = float(test.claimed.value)
    nearest = min(known, key=lambda choice: abs(float(known[choice]) - wanted))
    codes = {choice: match(value, test.claimed) for choice, value in known.items()}
    for code in ("exact", "rounds"):
        for choice in (each for each in known if codes[each] == code):
            return Found(choice, known[choice], code, len(known), nearest, known[nearest])
    return Found(own, known[own], None, len(known), nearest, known[nearest])


def find_other_years(test: Test, figures: Figures) -> tuple[tuple[int, Value], ...]:
    """Return the other years, on the recipe's own measure, for which the statement holds."""
    recipe = test.recipe
    if not isinstance(recipe, recipes.ValueOf | recipes.AgainstSum):
        return ()
    values = {
        year: recipe.model_copy(update={"year": year}).compute(figures)
        for year in figures.years(recipe.measure)
        if year != recipe.year
    }
    return tuple((year, value) for year, value in values.items() if match(value, test.claimed))


def say_coincidences(test: Test, figures: Figures, most: int = 3) -> str:
    """Run the wide search for a claimed number, and say what it came upon.

    Parameters
    ----------
    test : Test
    figures : Figures
        With the wider measures.
    most : int
        How many hits are named, those of the claim's own years first.

    Returns
    -------
    str
        Empty where the statement is no value, sum or change, or is fixed to its own measure.
    """
    if not isinstance(test.recipe, NUMERIC) or test.is_fixed:
        return ""
    least, greatest = find_limits(test.claimed)
    narrow = set(list_choices(test, ())) if test.recipe.place is None else set()
    tried, hits = 0, []
    for name, choice, is_own, value in _list_wide(test.recipe, figures):
        if is_own and choice in narrow:
            continue
        tried += 1
        if least <= value <= greatest:
            hits.append((not is_own, f"{name}: {say_number(value)}"))
    said = f"{len(hits):,} of {tried:,} other candidates"
    named = [name for _, name in sorted(hits, key=lambda hit: hit[0])[:most]]
    return f"{said}, such as {'; '.join(named)}" if named else said


def _list_wide(recipe: recipes.Numeric, figures: Figures) -> Iterator[Candidate]:
    for measure in figures.cells:
        for without in WITHOUT:
            name = f"{measure} without the {without} destination" if without else measure
            series = {
                year: figures.total(measure, year, without) or 0 for year in figures.years(measure)
            }
            yield from _list_series(recipe, name, Choice(measure, without), series)
        if isinstance(recipe, recipes.ValueOf):
            for year in figures.years(measure):
                for code, value in figures.by_destination(measure, year).items():
                    if (code, year) != (recipe.asylum, recipe.year) or measure not in MEASURES:
                        yield f"{measure} at {code} in {year}", None, year == recipe.year, value


def _list_series(
    recipe: recipes.Numeric, name: str, choice: Choice, series: dict[int, float]
) -> Iterator[Candidate]:
    """List what one series gives: its years, its sums over spans, or its changes."""
    if isinstance(recipe, recipes.ValueOf):
        for year, value in series.items():
            yield f"{name} in {year}", choice, recipe.year == year, value
        return
    running = dict(zip(series, accumulate(series.values()), strict=True))
    for first, last in combinations(series, 2):
        span, is_own = f"{name}, {first} to {last}", (first, last) == (recipe.first, recipe.last)
        if isinstance(recipe, recipes.SumOf):
            yield span, choice, is_own, running[last] - running[first] + series[first]
        elif series[first]:
            ratio = series[last] / series[first]
            for told, value in zip(TOLD, (ratio, 100 * ratio, 100 * (ratio - 1)), strict=True):
                as_told = Choice(choice.measure, choice.without, told)
                yield f"{span} ({told})", as_told, is_own, value
