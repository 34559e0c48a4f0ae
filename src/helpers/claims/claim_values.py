"""Compute a recipe on a release's figures: one small function for each kind, and no `eval`.

A recipe gives a number, a truth value, or None where a figure that it needs is not on file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from helpers.claims import recipes as recipes
from helpers.claims.claim_figures import Figures

Value = float | int | bool | None


@dataclass(frozen=True)
class Choice:
    """How a recipe is computed: on which measure, without which destination, told as what."""

    measure: str
    without: str | None = None
    told_as: str = ""


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


@singledispatch
def compute(recipe: object, figures: Figures, choice: Choice) -> Value:
    """Compute a recipe.

    Parameters
    ----------
    recipe : Recipe
        One of `helpers.claims.recipes`.
    figures : Figures
        The release, cut at what the text could see.
    choice : Choice
        The measure and, for totals, the destination to leave out.

    Returns
    -------
    number, bool or None
        None where a year or a place has no figure.
    """
    raise TypeError(f"no way to compute {type(recipe).__name__}")


def _take(
    figures: Figures, choice: Choice, years: range | tuple[int, ...], asylum: str | None = None
) -> list[float] | None:
    """Return a figure a year, or None where one is not on file."""
    if asylum is None:
        found = [figures.total(choice.measure, year, choice.without) for year in years]
    else:
        found = [figures.places(choice.measure, year).get(asylum) for year in years]
    known = [value for value in found if value is not None]
    return known if len(known) == len(found) else None


@compute.register
def _value(recipe: recipes.ValueOf, figures: Figures, choice: Choice) -> Value:
    found = _take(figures, choice, (recipe.year,), recipe.asylum)
    return found[0] if found else None


@compute.register
def _sum(recipe: recipes.SumOf, figures: Figures, choice: Choice) -> Value:
    found = _take(figures, choice, recipe.list_years(), recipe.asylum)
    return sum(found) if found else None


@compute.register
def _change(recipe: recipes.Change, figures: Figures, choice: Choice) -> Value:
    found = _take(figures, choice, recipe.list_years())
    if not found or not found[0]:
        return None
    ratio = found[1] / found[0]
    told = choice.told_as or recipe.told_as
    return {"ratio": ratio, "percent_of": 100 * ratio, "increase": 100 * (ratio - 1)}[told]


@compute.register
def _rises(recipe: recipes.Rises, figures: Figures, choice: Choice) -> Value:
    found = _take(figures, choice, recipe.list_years())
    return bool(np.all(np.diff(found) > 0)) if found else None


@compute.register
def _trend(recipe: recipes.Trend, figures: Figures, choice: Choice) -> Value:
    found = _take(figures, choice, recipe.list_years())
    if not found:
        return None
    slope = np.polyfit(np.arange(len(found)), found, 1)[0]
    return bool(slope > 0 and found[-1] == max(found))


@compute.register
def _record(recipe: recipes.Record, figures: Figures, choice: Choice) -> Value:
    found = _take(figures, choice, (recipe.year,))
    years = tuple(year for year in figures.years(choice.measure) if year < recipe.year)
    before = _take(figures, choice, years)
    return found[0] > max(before) if found and before else None


@compute.register
def _rank(recipe: recipes.RankOf, figures: Figures, choice: Choice) -> Value:
    places = figures.places(choice.measure, recipe.year)
    own = places.get(recipe.asylum)
    return None if own is None else 1 + sum(value > own for value in places.values())


@compute.register
def _lowest_rank(recipe: recipes.LowestRank, figures: Figures, choice: Choice) -> Value:
    ranks = []
    for year in recipe.list_years():
        one = recipes.RankOf(kind="rank", year=year, asylum=recipe.asylum)
        rank = compute(one, figures, choice)
        if rank is None:
            return None
        ranks.append(rank)
    return max(ranks)


@compute.register
def _crossing(recipe: recipes.Crossing, figures: Figures, choice: Choice) -> Value:
    found = _take(figures, choice, recipe.list_years())
    if not found:
        return None
    past = [y for y, run in zip(recipe.list_years(), np.cumsum(found), strict=True)
            if run > recipe.threshold]  # fmt: skip
    return past[0] if past else None


@compute.register
def _year_of(recipe: recipes.YearOf, figures: Figures, choice: Choice) -> Value:
    years = figures.years(choice.measure)
    same = [y for y in years if _take(figures, choice, (y,), recipe.asylum) == [recipe.figure]]
    return same[0] if len(same) == 1 else None


@compute.register
def _places(recipe: recipes.Places, figures: Figures, choice: Choice) -> Value:
    places = figures.places(choice.measure, recipe.year)
    found = [places[code] for code in recipe.places if code in places]
    if len(found) < len(recipe.places):
        return None
    return sum(found) if recipe.take == "sum" else min(found)


@compute.register
def _against_sum(recipe: recipes.AgainstSum, figures: Figures, choice: Choice) -> Value:
    ratios = [each for each in list_ratios(recipe, figures, choice).values() if each is not None]
    return min(ratios, key=lambda ratio: abs(ratio - 1)) if ratios else None


def list_ratios(
    recipe: recipes.AgainstSum, figures: Figures, choice: Choice
) -> dict[tuple[int, int], float | None]:
    """Return the ratio of one year to the sum over each span."""
    year = _take(figures, choice, (recipe.year,))
    ratios: dict[tuple[int, int], float | None] = {}
    for first, last in recipe.spans:
        found = _take(figures, choice, range(first, last + 1))
        ratios[first, last] = year[0] / sum(found) if year and found and sum(found) else None
    return ratios


@compute.register
def _largest_share(recipe: recipes.LargestShare, figures: Figures, choice: Choice) -> Value:
    total = figures.total(choice.measure, recipe.year)
    inside = [
        value
        for code, value in figures.places(choice.measure, recipe.year).items()
        if figures.regions.get(code) == recipe.region and code not in recipe.besides
    ]
    return max(inside, default=0) / total if total else None


@compute.register
def _part_under(recipe: recipes.PartUnder, figures: Figures, choice: Choice) -> Value:
    total = figures.total(choice.measure, recipe.year)
    places = figures.places(choice.measure, recipe.year)
    codes = [code for code, region in figures.regions.items() if region in recipe.regions]
    if not total or not codes:
        return None
    return sum(places.get(code, 0) < recipe.share * total for code in codes) / len(codes)


@compute.register
def _region_against(recipe: recipes.RegionAgainst, figures: Figures, choice: Choice) -> Value:
    places = figures.places(choice.measure, recipe.year)
    region = sum(v for code, v in places.items() if figures.regions.get(code) == recipe.region)
    return region / places[recipe.asylum] if places.get(recipe.asylum) else None


@compute.register
def _own_origin(recipe: recipes.OwnOrigin, figures: Figures, choice: Choice) -> Value:
    if recipe.year > figures.last:
        return None
    return figures.others.get((recipe.origin, recipe.year), 0) > 0


@compute.register
def _years_on_file(recipe: recipes.YearsOnFile, figures: Figures, choice: Choice) -> Value:
    years = set(figures.years(choice.measure))
    return None if recipe.last > figures.last else len(years & set(recipe.list_years()))


@compute.register
def _bound(recipe: recipes.Bound, figures: Figures, choice: Choice) -> Value:
    table = figures.bounds.pending if recipe.of == "pending" else figures.bounds.applied
    side = 0 if recipe.side == "lower" else 1
    found = [table.get(year, (None, None))[side] for year in recipe.list_years()]
    known = [value for value in found if value is not None]
    return sum(known) if len(known) == len(found) else None
