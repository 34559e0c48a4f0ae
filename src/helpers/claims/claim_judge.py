"""Judge one claim on one release: the figure's code, the wording's codes, and what was found.

Figure: `exact`, `rounds` (within the precision stated), `off` (no series gives it), `derived` (it
follows only from the text's own other figures), `untestable`. Wording: `fits`, `other-measure`,
`other-arithmetic`, `other-year`, `untestable`. A claim of several statements has the codes of all
of them, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpers.claims import recipes as recipes
from helpers.claims.claim_figures import Figures
from helpers.claims.claim_inputs import Derived, Printed, find_inputs
from helpers.claims.claim_search import Found, find_other_years, search
from helpers.claims.claim_values import Choice, Value, compute

if TYPE_CHECKING:
    from helpers.claims.file import Claim, Test

SUMMED = (recipes.SumOf, recipes.Crossing, recipes.AgainstSum)


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
    family : str
        What the settled series counts, as `says` names it.
    found, derived, other_years
        What the searches gave.
    """

    test: Test
    figure: str
    wording: tuple[str, ...]
    value: Value = None
    choice: Choice | None = None
    family: str = ""
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
        return _join(wrong or ["fits"] if {"fits", *wrong} & set(codes) else ["untestable"])

    @property
    def main(self) -> Finding | None:
        """The finding of the first statement, whose value is the claim's."""
        return self.findings[0] if self.findings else None


def _join(codes: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(codes))


def judge_claim(claim: Claim, figures: Figures, printed: Mapping[str, list[Printed]]) -> Verdict:
    """Judge a claim on one release.

    Parameters
    ----------
    claim : Claim
    figures : Figures
        The release, cut at the last year that the text could see.
    printed : mapping
        Source -> the figures that the text prints (`claim_inputs.list_printed`).

    Returns
    -------
    Verdict
    """
    findings = tuple(judge_test(claim, test, figures, printed) for test in claim.tests)
    return Verdict(claim, figures, findings)


def judge_test(
    claim: Claim, test: Test, figures: Figures, printed: Mapping[str, list[Printed]]
) -> Finding:
    """Judge one statement; see `judge_claim`."""
    recipe, says = test.recipe, claim.says
    if max(recipe.list_years(), default=0) > figures.newest:
        return Finding(test, "untestable", ("untestable",))
    found = search(test, figures, says)
    if found is None:
        return _judge_nothing(test, figures, says)
    if found.code:
        family = name_family(recipe, found.choice, figures)
        wording = name_wording(test, says, family, found.choice)
        return Finding(test, found.code, wording, found.value, found.choice, family, found)
    family = name_family(recipe, found.choice, figures)
    derived = find_inputs(claim, test, figures, printed)
    if derived:
        wording = name_wording(test, says, family, derived.choice)
        # Told as the text tells it, so that the release's own value stands beside the printed one.
        choice = replace(found.choice, told_as=derived.choice.told_as)
        value = compute(recipe, figures, choice)
        return Finding(test, "derived", wording, value, choice, family, found, derived)
    years = tuple(find_other_years(test, figures))
    wording = name_wording(test, says, family, found.choice, is_other_year=bool(years))
    return Finding(
        test, "off", wording, found.value, found.choice, family, found, other_years=years
    )  # fmt: skip


def _judge_nothing(test: Test, figures: Figures, says: tuple[str, ...]) -> Finding:
    """Judge a recipe that gave no value: a year that was looked for, or no figure on file."""
    recipe = test.recipe
    if isinstance(recipe, recipes.Crossing | recipes.YearOf) and figures.years(recipe.measure):
        choice = Choice(recipe.measure)
        family = name_family(recipe, choice, figures)
        wording = name_wording(test, says, family, choice)
        return Finding(test, "off", wording, None, choice, family)
    return Finding(test, "untestable", ("untestable",))


def name_family(recipe: recipes.Recipe, choice: Choice, figures: Figures) -> str:
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


def name_wording(
    test: Test, says: tuple[str, ...], family: str, choice: Choice, *, is_other_year: bool = False
) -> tuple[str, ...]:
    """Return the wording's codes: whether the series counts what the sentence says."""
    recipe = test.recipe
    codes = [] if family in says else ["other-measure"]
    if isinstance(recipe, recipes.Change) and choice.told_as != recipe.told_as:
        codes.append("other-arithmetic")
    if isinstance(recipe, recipes.YearOf):
        is_other_year = test.claimed.value != recipe.told_year
    return tuple([*codes, "other-year"] if is_other_year else codes) or ("fits",)
