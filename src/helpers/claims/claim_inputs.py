"""Explain a printed result by the text's own printed inputs, to the last digit.

Where no series gives a printed total or percentage, it may follow from other figures that the same
text prints. Every subset of those figures is put in place of the release's, the smallest first,
until the printed result comes out; then the result is `derived`, and the subset explains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from helpers.claims import recipes as recipes
from helpers.claims.claim_figures import Figures
from helpers.claims.claim_precision import match
from helpers.claims.claim_search import TOLD
from helpers.claims.claim_values import Choice, Value, compute

if TYPE_CHECKING:
    from helpers.claims.file import Claim, ClaimsFile, Test

DERIVABLE = (recipes.SumOf, recipes.Change)


@dataclass(frozen=True)
class Printed:
    """A figure that a text prints of the whole origin in one year."""

    claim_id: str
    measure: str
    year: int
    value: float


@dataclass(frozen=True)
class Derived:
    """A printed result that follows from printed inputs: which, told how, and what was tried."""

    inputs: tuple[Printed, ...]
    choice: Choice
    value: Value
    code: str
    tried: int


def list_printed(file: ClaimsFile) -> dict[str, list[Printed]]:
    """List, source by source, the figures that a text prints of the whole origin in one year."""
    found: dict[str, list[Printed]] = {source.id: [] for source in file.sources}
    for claim in file.claims:
        for test in claim.tests:
            recipe = test.recipe
            if isinstance(recipe, recipes.ValueOf) and recipe.asylum is None:
                value = float(test.claimed.value)
                found[claim.source].append(Printed(claim.id, recipe.measure, recipe.year, value))
    return found


def find_inputs(
    claim: Claim, test: Test, figures: Figures, printed: Mapping[str, list[Printed]]
) -> Derived | None:
    """Find the smallest set of printed inputs that gives the printed result.

    Parameters
    ----------
    claim, test
        What is printed, and how it is recomputed; only sums and changes can be derived.
    figures : Figures
        The release's own figures.
    printed : mapping
        Source -> its printed figures (`list_printed`).

    Returns
    -------
    Derived or None
        Exact results go before those within the precision, fewer inputs before more, and the
        arithmetic that the sentence names before another.
    """
    recipe = test.recipe
    if not isinstance(recipe, DERIVABLE) or getattr(recipe, "asylum", None):
        return None
    years = set(recipe.list_years())
    usable = [
        each for each in printed[claim.source]
        if each.claim_id != claim.id and each.measure == recipe.measure and each.year in years
    ]  # fmt: skip
    told = [recipe.told_as, *TOLD] if isinstance(recipe, recipes.Change) else [""]
    tried, best = 0, None
    for size in range(1, len(usable) + 1):
        for subset in combinations(usable, size):
            swapped = figures.swap({(each.measure, each.year): each.value for each in subset})
            for name in dict.fromkeys(told):
                tried += 1
                choice = Choice(recipe.measure, None, name)
                value = compute(recipe, swapped, choice)
                code = match(float(value), test.claimed) if value is not None else None
                if code and (best is None or (code == "exact" and best.code != "exact")):
                    best = Derived(subset, choice, value, code, tried)
    return None if best is None else Derived(best.inputs, best.choice, best.value, best.code, tried)


def name_slip(printed: float, on_file: float) -> str:
    """Name a slip of the pen that turns one whole number into the other, or return "".

    Examples
    --------
    >>> name_slip(12362, 15362), name_slip(104284, 104248), name_slip(10, 99)
    ('one digit differs', 'two neighbouring digits are swapped', '')
    """
    one, other = f"{printed:.0f}", f"{on_file:.0f}"
    if len(one) != len(other):
        return ""
    places = [place for place, pair in enumerate(zip(one, other, strict=True)) if len({*pair}) > 1]
    if len(places) == 1:
        return "one digit differs"
    is_swap = len(places) == 2 and places[1] == places[0] + 1
    if is_swap and [one[place] for place in places] == [other[place] for place in places[::-1]]:
        return "two neighbouring digits are swapped"
    return ""
