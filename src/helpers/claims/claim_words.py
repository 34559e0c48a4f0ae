"""Say in plain sentences how a verdict came about: which figures, which arithmetic, what is left.

Every number in these sentences is computed; the sentences are of the ledger's `derivation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpers.claims import recipes as recipes
from helpers.claims.claim_figures import Figures
from helpers.claims.claim_inputs import Printed, name_slip
from helpers.claims.claim_judge import SUMMED, Finding, Verdict
from helpers.claims.claim_precision import match
from helpers.claims.claim_search import NUMERIC
from helpers.claims.claim_values import Choice, compute, list_ratios, say_number

if TYPE_CHECKING:
    from helpers.claims.recipes import Recipe

MEASURES = {
    "pending": "claims pending",
    "applied_persons": "new claims lodged (persons)",
    "applied_cases": "new claims lodged (cases)",
    "refugees": "refugees",
    "oip": "others in need of international protection",
}
TOLD = {"ratio": "a ratio", "percent_of": "a ratio in percent", "increase": "a percent increase"}


def name_series(recipe: Recipe, choice: Choice) -> str:
    """Name a series in the ledger's own terms.

    Examples
    --------
    >>> name_series(recipes.SumOf(kind="sum", first=2012, last=2024), Choice("pending"))
    'pending_summed'
    """
    name = choice.measure
    if isinstance(recipe, SUMMED):
        name += "_summed"
    if choice.without:
        name += f"_excl_{choice.without}"
    asylum = getattr(recipe, "asylum", None)
    return f"{name} at {asylum}" if asylum else name


def explain(verdict: Verdict, printed: Mapping[str, list[Printed]]) -> str:
    """Explain a verdict, statement by statement.

    Parameters
    ----------
    verdict : Verdict
    printed : mapping
        Source -> the figures that each text prints, to point to another text with the same one.

    Returns
    -------
    str
        One passage.
    """
    if verdict.claim.would_test:
        return f"UNHCR's figures do not hold this. {verdict.claim.would_test}"
    parts = []
    for finding in verdict.findings:
        head = f"{finding.test.label}: " if finding.test.label else ""
        parts.append(head + _explain_finding(finding, verdict.figures, printed))
    return " ".join(part[:1].upper() + part[1:] for part in parts)


def _explain_finding(
    finding: Finding, figures: Figures, printed: Mapping[str, list[Printed]]
) -> str:
    """Explain one statement: what was counted, the numbers, and how they meet the claim."""
    recipe, choice = finding.test.recipe, finding.choice
    if choice is None:
        newest = max(recipe.list_years(), default=0)
        if newest > figures.newest:
            return f"release {figures.release} ends before {newest}."
        return f"release {figures.release} holds no such figure."
    said = f"{_say_what(recipe, choice, figures)}: {_say_arithmetic(finding, figures)}"
    if finding.figure == "derived":
        return said + _say_derived(finding, figures)
    if finding.figure == "off":
        return said + _say_off(finding, printed)
    if isinstance(finding.value, bool):
        return f"{said}. The statement holds."
    if told := _say_told(finding, choice):
        return f"{said}.{told}"
    how = (
        "as printed" if finding.figure == "exact" else f"which “{finding.test.claimed.text}” allows"
    )
    return f"{said}, {how}."


def _say_what(recipe: Recipe, choice: Choice, figures: Figures) -> str:
    """Name what was counted, where and when."""
    if isinstance(recipe, recipes.OwnOrigin):
        return f"{recipe.origin} is an origin of its own in {recipe.year}"
    what = MEASURES[choice.measure]
    if isinstance(recipe, SUMMED) and choice.measure == "pending":
        what = "stocks of claims pending, added up"
    if choice.without:
        what += f" without the {choice.without} destination"
    if isinstance(recipe, recipes.RegionAgainst):
        what += f" in {recipe.region} against {recipe.asylum}"
    elif asylum := getattr(recipe, "asylum", None):
        what += f" at {asylum}"
    years = recipe.list_years()
    if not years:
        return what
    half = f" (mid-year {figures.newest})" if any(map(figures.is_half, years)) else ""
    if isinstance(recipe, recipes.AgainstSum):
        return f"{what}, {recipe.year} against a span{half}"
    first = getattr(recipe, "first", years[0])
    span = f"{first} to {years[-1]}" if first != years[-1] else str(first)
    return f"{what}, {span}{half}"


def _say_arithmetic(finding: Finding, figures: Figures) -> str:
    """Show the numbers that the value is made of."""
    recipe, choice = finding.test.recipe, finding.choice or Choice("pending")
    match recipe:
        case recipes.Change():
            return _say_change(recipe, choice, figures)
        case recipes.AgainstSum():
            ratios = list_ratios(recipe, figures, choice)
            return ", ".join(f"{a} to {b}: {say_number(r)}" for (a, b), r in ratios.items())
        case recipes.Places():
            places = figures.places(choice.measure, recipe.year)
            each = ", ".join(f"{code} {say_number(places.get(code))}" for code in recipe.places)
            return f"{each}, {recipe.take} {say_number(finding.value)}"
        case recipes.Rises() | recipes.Trend():
            found = [figures.total(choice.measure, year) for year in recipe.list_years()]
            return ", ".join(map(say_number, found))
        case recipes.Record():
            before = [figures.total(choice.measure, year) or 0
                      for year in figures.years(choice.measure) if year < recipe.year]  # fmt: skip
            own = figures.total(choice.measure, recipe.year)
            return f"{say_number(own)}, the highest before {say_number(max(before))}"
        case recipes.LargestShare() | recipes.PartUnder() | recipes.RegionAgainst():
            return f"{float(finding.value or 0):.1%}"
        case recipes.Crossing() | recipes.YearOf() if finding.value is not None:
            return f"the year is {finding.value}"
    return say_number(finding.value)


def _say_change(recipe: recipes.Change, choice: Choice, figures: Figures) -> str:
    first, last = (figures.total(choice.measure, y, choice.without) for y in recipe.list_years())
    ratio = compute(recipe, figures, Choice(choice.measure, choice.without, "ratio")) or 0
    return (
        f"{say_number(last)} / {say_number(first)} = {ratio:.4f}, a ratio of {100 * ratio:,.2f} % "
        f"and an increase of {100 * (ratio - 1):,.2f} %"
    )


def _say_told(finding: Finding, choice: Choice) -> str:
    """Say where the printed number is another arithmetic than the sentence names."""
    recipe = finding.test.recipe
    if not isinstance(recipe, recipes.Change) or choice.told_as == recipe.told_as:
        return ""
    return (
        f" What is printed, {finding.test.claimed.text}, is {TOLD[choice.told_as]}; the sentence "
        f"tells it as {TOLD[recipe.told_as]}."
    )


def _say_derived(finding: Finding, figures: Figures) -> str:
    """Show which printed inputs lead to the printed result, and by how much each differs."""
    derived = finding.derived
    if derived is None:
        return "."
    inputs = []
    for each in derived.inputs:
        own = figures.total(each.measure, each.year)
        gap = "" if own is None else f" ({each.value - own:+,.0f})"
        inputs.append(
            f"{say_number(each.value)} of {each.claim_id} for {each.year} in place of "
            f"{say_number(own)}{gap}"
        )
    value = say_number(derived.value)
    ends = f"it is {value}, exactly as printed" if derived.code == "exact" else (
        f"it is {value}, printed as {finding.test.claimed.text}"
    )  # fmt: skip
    return (
        f". No series gives what is printed; with the text's own {', and '.join(inputs)}, {ends}. "
        f"{derived.tried} ways of putting its own figures in were tried."
        f"{_say_told(finding, derived.choice)}"
    )


def _say_off(finding: Finding, printed: Mapping[str, list[Printed]]) -> str:
    """Say how far off, whether a slip explains it, what is nearest, and which other year fits."""
    test, found = finding.test, finding.found
    if isinstance(finding.value, bool) or finding.value is None or found is None:
        return ". The statement does not hold."
    said = f"; printed is {test.claimed.text}."
    value, claimed = float(finding.value), float(test.claimed.value)
    if isinstance(test.recipe, recipes.ValueOf):
        slip = name_slip(claimed, value) if test.claimed.precision == "exact" else ""
        said += f" The difference is {claimed - value:+,.0f}{': ' + slip if slip else ''}."
        said += _say_shared(finding, printed)
    if test.claimed.precision == "over" and value > claimed:
        said += " It is over that, but by more than a tenth."
    if isinstance(test.recipe, NUMERIC) and found.tried > 1:
        said += (
            f" None of {found.tried} series gives it; the nearest is "
            f"{name_series(test.recipe, found.nearest)} with {say_number(found.nearest_value)}."
        )
    if finding.other_years:
        years = ", ".join(f"{year} ({say_number(value)})" for year, value in finding.other_years)
        said += f" It holds for another year: {years}."
    return said


def _say_shared(finding: Finding, printed: Mapping[str, list[Printed]]) -> str:
    """Point to another text's figure of the same year that this one may be a rounding of."""
    recipe, claimed = finding.test.recipe, finding.test.claimed
    same = [
        f"{each.claim_id} ({say_number(each.value)})"
        for listed in printed.values()
        for each in listed
        if (each.measure, each.year) == (recipe.measure, recipe.list_years()[0])
        and each.value != float(claimed.value)
        and match(each.value, claimed)
    ]
    return f" It agrees with what another text prints: {', '.join(same)}." if same else ""
