"""Judge one claim on one release: the figure's code, the wording's codes, and what was found.

A claim of several statements has the codes of all of them, in their order. Where a word of the text
allows two readings, its statements are marked `literal` and `generous`, and the claim has codes by
either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from helpers.claims.claim_search import (
    NUMERIC,
    Found,
    find_neighbour,
    find_other_years,
    search,
)
from helpers.claims.claimed import find_limits, match
from helpers.claims.recipes import CHANGES, Choice, Recipe, Value

if TYPE_CHECKING:
    from helpers.claims.claim_figures import Figures
    from helpers.claims.file import Claim, ClaimsFile, Test

# What the codes say, in words.
CODES = {
    "figure": {
        "exact": "a series gives it to the digit",
        "rounds": "a series gives it within the precision stated",
        "revised": "as near as UNHCR's usual revisions, in a text older than every release",
        "derived": "it follows only from other figures that the texts print",
        "off": "no series gives it",
        "untestable": "outside UNHCR's data",
    },
    "wording": {
        "fits": "the sentence says what the series counts",
        "other-measure": "the series counts something else than the sentence says",
        "other-arithmetic": "the sentence names another calculation than the one that gives it",
        "other-year": "the figure is another year's than the sentence's",
        "untestable": "outside UNHCR's data",
    },
}
READINGS = ("literal", "generous")


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


@dataclass(frozen=True)
class Finding:
    """What one statement of a claim came to on one release.

    Attributes
    ----------
    test : Test
    figure : str
        The figure's code.
    wording : tuple of str
        The wording's codes.
    value : number, bool or None
        On the settled series; for a derived figure that of the release itself.
    choice : Choice or None
        How the value was had.
    found, derived, neighbour, other_years
        What the searches gave.
    """

    test: Test
    figure: str = "untestable"
    wording: tuple[str, ...] = ("untestable",)
    value: Value = None
    choice: Choice | None = None
    found: Found | None = None
    derived: Derived | None = None
    neighbour: Recipe | None = None
    other_years: tuple[tuple[int, Value], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A claim's codes on one release, and its statements' findings."""

    claim: Claim
    figures: Figures
    findings: tuple[Finding, ...]

    def list_findings(self, reading: str = "") -> list[Finding]:
        """Return the findings by one of `READINGS`, or all."""
        kept = ("", reading)
        return [each for each in self.findings if not reading or each.test.reading in kept]

    def figure(self, reading: str = "") -> str:
        """Return the figure's codes, joined, by one reading or all."""
        return _join(each.figure for each in self.list_findings(reading)) or "untestable"

    def wording(self, reading: str = "") -> str:
        """Return the wording's codes, joined; `fits` only where nothing else was found."""
        found = self.list_findings(reading)
        codes = dict.fromkeys(code for each in found for code in each.wording)
        wrong = [code for code in codes if code not in ("fits", "untestable")]
        return _join(wrong) or ("fits" if "fits" in codes else "untestable")

    @property
    def main(self) -> Finding | None:
        """The finding of the first statement, whose value is the claim's."""
        return self.findings[0] if self.findings else None


def _join(codes: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(codes))


def list_printed(file: ClaimsFile) -> dict[str, list[Printed]]:
    """List, source by source, the figures that a text prints of the whole origin in one year."""
    found: dict[str, list[Printed]] = {source.id: [] for source in file.sources}
    for claim in file.claims:
        for test in claim.tests:
            recipe = test.recipe
            is_one = recipe.kind == "total" and recipe.first == recipe.last
            if is_one and not recipe.places:
                value = float(test.claimed.value)
                found[claim.source].append(Printed(claim.id, recipe.measure, recipe.first, value))
    return found


def judge_claim(claim: Claim, figures: Figures, printed: Mapping[str, list[Printed]]) -> Verdict:
    """Judge a claim on one release.

    Parameters
    ----------
    claim : Claim
    figures : Figures
        The release, cut at the last year that the text could see.
    printed : mapping
        Source -> the figures that the text prints (`list_printed`).
    """
    own = [each for each in printed[claim.source] if each.claim_id != claim.id]
    findings = (_judge_test(test, claim, figures, own) for test in claim.tests)
    return Verdict(claim, figures, tuple(findings))


def _judge_test(test: Test, claim: Claim, figures: Figures, printed: list[Printed]) -> Finding:
    """Judge one statement: the years named first, then the neighbours, revisions, and inputs."""
    recipe = test.recipe
    says = test.says or claim.says
    if max(recipe.list_years(), default=0) > figures.newest:
        return Finding(test)
    found = search(test, figures, says)
    if found is None:
        # A year that was looked for and not found is an answer; no figure at all is none.
        if recipe.kind not in ("crossing", "year_of") or not figures.years(recipe.measure):
            return Finding(test)
        choice = Choice(recipe.measure)
        return Finding(test, "off", _name_wording(recipe, says, choice, figures), choice=choice)
    choice, value = found.choice, found.value
    wording = _name_wording(recipe, says, choice, figures)
    is_shifted = recipe.kind == "year_of" and value != claim.years[-1]
    if found.code:
        wording = _add_code(wording, "other-year") if is_shifted else wording
        return Finding(test, found.code, wording, value, choice, found)
    derived = None if test.is_fixed else find_inputs(test, figures, printed)
    # The text's own figures of both years are nearer than another pair of years.
    is_own_change = recipe.kind in CHANGES and derived and derived.code == "exact"
    neighbour = None if test.is_fixed or is_own_change else find_neighbour(test, figures)
    if neighbour:
        shifted, value, code = neighbour
        wording = _name_wording(shifted, says, choice, figures)
        wording = _add_code(wording, "other-year")
        return Finding(test, code, wording, value, choice, found, neighbour=shifted)
    if is_revised(test, value, figures):
        return Finding(test, "revised", wording, value, choice, found)
    if derived:
        # Told as the text tells it, so that the release's own value is set beside the printed one.
        choice = replace(choice, kind=derived.choice.kind)
        wording = _name_wording(recipe, says, choice, figures)
        value = recipe.compute(figures, choice)
        return Finding(test, "derived", wording, value, choice, found, derived)
    years = find_other_years(test, figures)
    # A number in round terms comes up in some other year by chance.
    is_other = bool(years) and test.claimed.precision in ("exact", "rounded")
    wording = _add_code(wording, "other-year") if is_other else wording
    return Finding(test, "off", wording, value, choice, found, other_years=years)


def is_revised(test: Test, value: Value, figures: Figures) -> bool:
    """Tell whether a figure misses what is claimed by less than revisions usually change one."""
    usual = figures.usual.get(test.recipe.measure)
    if not usual or not value or test.recipe.kind != "total":
        return False
    least, greatest = find_limits(test.claimed)
    return max(least - value, value - greatest) / value < usual


def find_inputs(test: Test, figures: Figures, printed: Iterable[Printed]) -> Derived | None:
    """Find the smallest set of a text's printed inputs that gives a printed result.

    Every subset of the figures that the text prints is put in place of the release's, the smallest
    first, until the printed total or change comes out to the last digit, or else within its
    precision. The arithmetic that the sentence names goes before another.

    Parameters
    ----------
    test : Test
        What is printed, and how it is recomputed; only sums and changes can be derived.
    figures : Figures
        The release's own figures.
    printed : iterable of Printed
        The text's other figures.
    """
    recipe = test.recipe
    if recipe.kind not in NUMERIC or recipe.first == recipe.last or recipe.places:
        return None
    years = set(recipe.list_years())
    usable = [each for each in printed if each.measure == recipe.measure and each.year in years]
    kinds = ["", *CHANGES] if recipe.kind in CHANGES else [""]
    choices = [Choice(recipe.measure, None, kind) for kind in kinds if kind != recipe.kind]
    tried, best = 0, None
    for size in range(1, len(usable) + 1):
        for inputs in combinations(usable, size):
            own = {(each.measure, each.year): each.value for each in inputs}
            swapped = replace(figures, printed=own)
            for choice in choices:
                tried += 1
                value = recipe.compute(swapped, choice)
                code = match(value, test.claimed)
                if code and (best is None or (code == "exact" and best.code != "exact")):
                    best = Derived(inputs, choice, value, code, tried)
    return replace(best, tried=tried) if best else None


def _name_family(recipe: Recipe, choice: Choice, figures: Figures) -> str:
    """Name what a computed recipe counts, in the words of `says`.

    Stocks added up are a family of their own, and so is a flow of six months, which is not its
    year's. A stock of mid-year is a stock like that of year-end; a forecast is neither.
    """
    if recipe.kind == "own_origin":
        return "coverage"
    base = "applied" if choice.measure.startswith(("applied", "lodged")) else choice.measure
    if base == "applied":
        is_half = not recipe.is_sum and any(map(figures.is_half, recipe.list_years()))
        return "applied in half a year" if is_half else base
    return f"{base}_summed" if recipe.is_sum else base


def _name_wording(recipe: Recipe, says: str, choice: Choice, figures: Figures) -> tuple[str, ...]:
    """Return the wording's codes: whether the series counts what the sentence says."""
    codes = [] if _name_family(recipe, choice, figures) == says else ["other-measure"]
    return tuple([*codes, "other-arithmetic"] if choice.kind else codes) or ("fits",)


def _add_code(wording: tuple[str, ...], code: str) -> tuple[str, ...]:
    return (*(each for each in wording if each != "fits"), code)
