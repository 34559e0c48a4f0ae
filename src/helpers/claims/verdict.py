"""Judge one claim on one release: the figure's code, the wording's codes, and what was found.

Figure: `exact`, `rounds` (within the precision stated), `off` (no series gives it), `derived` (it
follows only from the text's own other figures), `untestable`. Wording: `fits`, `other-measure`,
`other-arithmetic`, `other-year`, `untestable`. A claim of several statements has the codes of all
of them, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from helpers.claims import recipes
from helpers.claims.claim_figures import Choice, Figures, Value
from helpers.claims.claim_search import TOLD, Found, find_other_years, match, search
from helpers.claims.recipes import DERIVABLE, SUMMED

if TYPE_CHECKING:
    from helpers.claims.file import Claim, ClaimsFile, Test

# What the codes say, in words.
CODES = {
    "figure": {
        "exact": "a series gives it to the digit",
        "rounds": "a series gives it within the precision stated",
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
    found, derived, other_years
        What the searches gave.
    """

    test: Test
    figure: str = "untestable"
    wording: tuple[str, ...] = ("untestable",)
    value: Value = None
    choice: Choice | None = None
    found: Found | None = None
    derived: Derived | None = None
    other_years: tuple[tuple[int, Value], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A claim's codes on one release, and its statements' findings."""

    claim: Claim
    figures: Figures
    findings: tuple[Finding, ...]

    @property
    def figure(self) -> str:
        """The figure's codes, joined."""
        return _join(each.figure for each in self.findings) or "untestable"

    @property
    def wording(self) -> str:
        """The wording's codes, joined; `fits` only where nothing else was found."""
        codes = dict.fromkeys(code for each in self.findings for code in each.wording)
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
            if isinstance(recipe, recipes.ValueOf) and recipe.asylum is None:
                value = float(test.claimed.value)
                found[claim.source].append(Printed(claim.id, recipe.measure, recipe.year, value))
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
    findings = (_judge_test(test, claim.says, figures, own) for test in claim.tests)
    return Verdict(claim, figures, tuple(findings))


def _judge_test(
    test: Test, says: tuple[str, ...], figures: Figures, printed: list[Printed]
) -> Finding:
    recipe = test.recipe
    if max(recipe.list_years(), default=0) > figures.newest:
        return Finding(test)
    found = search(test, figures, says)
    if found is None:
        # A year that was looked for and not found is an answer; no figure on file is none.
        is_looked_for = isinstance(recipe, recipes.Crossing | recipes.YearOf)
        if not is_looked_for or not figures.years(recipe.measure):
            return Finding(test)
        choice = Choice(recipe.measure)
        return Finding(test, "off", _name_wording(test, says, choice, figures), choice=choice)
    choice, value = found.choice, found.value
    if found.code:
        wording = _name_wording(test, says, choice, figures)
        return Finding(test, found.code, wording, value, choice, found)
    derived = find_inputs(test, figures, printed)
    if derived:
        # Told as the text tells it, so that the release's own value is set beside the printed one.
        choice = replace(choice, told_as=derived.choice.told_as)
        wording = _name_wording(test, says, choice, figures)
        value = recipe.compute(figures, choice)
        return Finding(test, "derived", wording, value, choice, found, derived)
    years = find_other_years(test, figures)
    wording = _name_wording(test, says, choice, figures, is_other_year=bool(years))
    return Finding(test, "off", wording, value, choice, found, other_years=years)


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
    if not isinstance(recipe, DERIVABLE) or recipe.place:
        return None
    years = set(recipe.list_years())
    usable = [each for each in printed if each.measure == recipe.measure and each.year in years]
    told = [recipe.told_as, *TOLD] if isinstance(recipe, recipes.Change) else [""]
    choices = [Choice(recipe.measure, None, name) for name in dict.fromkeys(told)]
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


def _name_family(recipe: recipes.Recipe, choice: Choice, figures: Figures) -> str:
    """Name what a computed recipe counts, in the words of `says`.

    Stocks added up are a family of their own, and so is a figure of mid-year, which is neither
    the year's last stock nor the year's whole flow.
    """
    if isinstance(recipe, recipes.OwnOrigin):
        return "coverage"
    base = "applied" if choice.measure.startswith("applied") else choice.measure
    if isinstance(recipe, SUMMED):
        return f"{base}_summed"
    if base in ("pending", "applied") and any(map(figures.is_half, recipe.list_years())):
        return f"{base}_mid"
    return base


def _name_wording(
    test: Test,
    says: tuple[str, ...],
    choice: Choice,
    figures: Figures,
    *,
    is_other_year: bool = False,
) -> tuple[str, ...]:
    """Return the wording's codes: whether the series counts what the sentence says."""
    recipe = test.recipe
    codes = [] if _name_family(recipe, choice, figures) in says else ["other-measure"]
    if isinstance(recipe, recipes.Change) and choice.told_as != recipe.told_as:
        codes.append("other-arithmetic")
    if isinstance(recipe, recipes.YearOf):
        is_other_year = test.claimed.value != recipe.told_year
    return tuple([*codes, "other-year"] if is_other_year else codes) or ("fits",)
