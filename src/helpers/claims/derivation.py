"""Say how a verdict came about, which breaks it crosses, and what would be fair instead.

Every number in these sentences is computed.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpers.claims.claim_search import NUMERIC, say_number
from helpers.claims.claimed import match
from helpers.claims.file import GIVEN, list_holes
from helpers.claims.recipes import (
    CHANGES,
    COMPARING,
    YES_OR_NO,
    Recipe,
    list_earlier,
    list_inside,
    list_percents,
)

if TYPE_CHECKING:
    from helpers.claims.claim_figures import Figures
    from helpers.claims.file import Claim
    from helpers.claims.recipes import Choice
    from helpers.claims.verdict import Finding, Printed, Verdict

MEASURES = {
    "pending": "claims pending",
    "applied_persons": "new claims lodged (persons)",
    "applied_cases": "new claims lodged (cases)",
    "lodged": "new claims lodged, cases turned into persons",
    "refugees": "refugees",
    "oip": "others in need of international protection",
}
TOLD = {"ratio": "a ratio", "percent_of": "a ratio in percent", "increase": "a percent increase"}


def name_series(recipe: Recipe, choice: Choice) -> str:
    """Name a series in the ledger's own terms.

    Examples
    --------
    >>> from helpers.claims.recipes import Choice, parse_recipe
    >>> name_series(parse_recipe("pending 2012-2024"), Choice("pending"))
    'pending_summed'
    """
    name = choice.measure + "_summed" * recipe.is_sum
    if choice.without:
        name += f"_excl_{choice.without}"
    return f"{name} at {recipe.places[0]}" if len(recipe.places) == 1 else name


def explain(verdict: Verdict, printed: Mapping[str, list[Printed]]) -> str:
    """Explain a verdict, statement by statement.

    Parameters
    ----------
    verdict : Verdict
    printed : mapping
        Source -> the figures that each text prints, to point to another text with the same one.
    """
    if verdict.claim.would_test:
        return f"UNHCR's figures do not hold this. {verdict.claim.would_test}"
    parts = []
    for finding in verdict.findings:
        test = finding.test
        read = f"{test.reading.capitalize()} reading" if test.reading else ""
        head = ", ".join(each for each in (read, test.label) if each)
        said = _explain_finding(finding, verdict.figures, printed)
        parts.append(f"{head}: {said}" if head else said[:1].upper() + said[1:])
    return " ".join(parts)


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
    shown = finding.neighbour or recipe
    said = f"{_say_what(shown, choice, figures)}: {_say_arithmetic(finding, choice, figures)}"
    if finding.figure == "derived":
        return said + _say_derived(finding, figures)
    if finding.figure == "off":
        return said + _say_off(finding, printed)
    if isinstance(finding.value, bool):
        return f"{said}. The statement holds."
    return said + _say_met(finding, figures)


def _say_what(recipe: Recipe, choice: Choice, figures: Figures) -> str:
    """Name what was counted, where and when."""
    if recipe.kind == "own_origin":
        return f"{recipe.places[0]} is an origin of its own in {recipe.first}"
    is_stock = recipe.is_sum and choice.measure == "pending"
    what = "stocks of claims pending, added up" if is_stock else MEASURES[choice.measure]
    if choice.without:
        what += f" without the {choice.without} destination"
    if recipe.places:
        what += f" at {'+'.join(recipe.places)}"
    if recipe.against:
        what += f" against {'+'.join(recipe.against)}"
    if not recipe.spans:
        return what
    half = f" (mid-year {figures.newest})" if any(map(figures.is_half, recipe.list_years())) else ""
    if recipe.kind == "percent_of_sum":
        return f"{what}, {recipe.first} in percent of a span{half}"
    return f"{what}, {_say_span(recipe)}{half}"


def _say_span(recipe: Recipe) -> str:
    several = recipe.first < recipe.last
    return f"{recipe.first} to {recipe.last}" if several else str(recipe.last)


def _say_arithmetic(finding: Finding, choice: Choice, figures: Figures) -> str:
    """Show the numbers that the value is made of."""
    recipe, value = finding.neighbour or finding.test.recipe, finding.value
    kind = recipe.kind
    if kind in CHANGES:
        first, last = figures.take(choice, recipe.list_years(), recipe.places) or (0, 0)
        ratio = last / first if first else 0
        return (
            f"{say_number(last)} / {say_number(first)} = {ratio:.4f}, a ratio of "
            f"{100 * ratio:,.2f} % and an increase of {100 * (ratio - 1):,.2f} %"
        )
    if kind == "percent_of_sum":
        percents = list_percents(recipe, figures, choice).items()
        return ", ".join(f"{a} to {b}: {say_number(n)} %" for (a, b), n in percents)
    if kind == "record":
        earlier = list_earlier(recipe, figures, choice)
        before = max(figures.take(choice, earlier) or ())
        own = figures.total(choice.measure, recipe.last)
        return f"{say_number(own)}, the highest before {say_number(before)}"
    if kind in YES_OR_NO and kind != "own_origin":
        return ", ".join(_say_range(figures, choice, year) for year in recipe.list_years())
    if kind in ("part_none", "share"):
        return f"{float(value or 0):.1%}"
    if kind in ("crossing", "year_of") and value is not None:
        return f"the year is {value}"
    if kind == "least" or len(recipe.places) > 1:
        inside = list_inside(recipe, figures, choice)
        each = ", ".join(f"{code} {say_number(inside.get(code))}" for code in recipe.places)
        return f"{each}; {'the least' if kind == 'least' else 'together'} {say_number(value)}"
    return say_number(value)


def _say_range(figures: Figures, choice: Choice, year: int) -> str:
    """Write a year's figure, with its range where it has one."""
    ends = figures.bound(choice, year)
    return " to ".join(say_number(end) for end in dict.fromkeys(ends or (None,)))


def _say_met(finding: Finding, figures: Figures) -> str:
    """Say how a number meets what is claimed."""
    test, claimed, value = finding.test, finding.test.claimed, float(finding.value or 0)
    if told := _say_told(finding):
        return f".{told}"
    if finding.neighbour:
        return (
            f", which is “{claimed.text}”, but of other years: {_say_span(test.recipe)} gives "
            f"{say_number(test.recipe.compute(figures))}."
        )
    if finding.figure == "revised":
        usual, gap = figures.usual[test.recipe.measure], float(claimed.value) - value
        return (
            f"; printed is {claimed.text}, {gap:+,.0f} or {abs(gap) / value:.2%}. The text is "
            f"older than every release, and a revision usually changes a figure by {usual:.2%}."
        )
    if finding.choice and finding.choice.measure == "lodged":
        bounds = [
            figures.bound(finding.choice, year) or (0, 0) for year in test.recipe.list_years()
        ]
        ends = " to ".join(say_number(sum(each)) for each in zip(*bounds, strict=True))
        return (
            f" by the middle factor and the inclusive count, {ends} over all; that range holds "
            f"“{claimed.text}”, and no count as reported does."
        )
    if claimed.precision == "over" and claimed.value >= 1:
        return f", which is {claimed.text}: by {value / float(claimed.value) - 1:.1%}."
    how = "as printed" if finding.figure == "exact" else f"which “{claimed.text}” allows"
    return f", {how}."


def _say_told(finding: Finding) -> str:
    """Say where the printed number is another arithmetic than the sentence names."""
    kind = (
        finding.derived.choice.kind if finding.derived else finding.choice and finding.choice.kind
    )
    if not kind:
        return ""
    return (
        f" What is printed, {finding.test.claimed.text}, is {TOLD[kind]}; the sentence "
        f"tells it as {TOLD[finding.test.recipe.kind]}."
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
    ends = "as printed, exactly" if derived.code == "exact" else "as printed"
    return (
        f". No series gives what is printed; with the text's own {', and '.join(inputs)}, it is "
        f"{say_number(derived.value)}, {ends}. "
        f"{derived.tried} ways of putting its own figures in were tried.{_say_told(finding)}"
    )


def _say_off(finding: Finding, printed: Mapping[str, list[Printed]]) -> str:
    """Say how far off, whether a slip explains it, what is nearest, and which other year fits."""
    test, found = finding.test, finding.found
    if isinstance(finding.value, bool) or finding.value is None or found is None:
        return ". The statement does not hold."
    said = f"; printed is {test.claimed.text}."
    value, claimed, recipe = float(finding.value), float(test.claimed.value), test.recipe
    if recipe.kind == "total" and recipe.first == recipe.last:
        slip = name_slip(claimed, value) if test.claimed.precision == "exact" else ""
        said += f" The difference is {claimed - value:+,.0f}{': ' + slip if slip else ''}."
        said += _say_shared(finding, printed)
    if recipe.kind in NUMERIC and found.tried > 1:
        said += (
            f" None of {found.tried} series gives it; the nearest is "
            f"{name_series(recipe, found.nearest)} with {say_number(found.nearest_value)}."
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
        if (each.measure, each.year) == (recipe.measure, recipe.first)
        and each.value != float(claimed.value)
        and match(each.value, claimed)
    ]
    return f" It agrees with what another text prints: {', '.join(same)}." if same else ""


def name_slip(printed: float, published: float) -> str:
    """Name a slip of the pen that turns one whole number into the other, or return "".

    Examples
    --------
    >>> name_slip(12362, 15362), name_slip(104284, 104248), name_slip(10, 99)
    ('one digit differs', 'two neighbouring digits are swapped', '')
    """
    one, other = f"{printed:.0f}", f"{published:.0f}"
    if len(one) != len(other):
        return ""
    differ = [at for at in range(len(one)) if one[at] != other[at]]
    if len(differ) == 1:
        return "one digit differs"
    is_pair = len(differ) == 2 and differ[1] == differ[0] + 1
    if is_pair and [one[at] for at in differ] == [other[at] for at in reversed(differ)]:
        return "two neighbouring digits are swapped"
    return ""


def list_crossed(verdict: Verdict) -> dict[int, str]:
    """List the breaks that a claim's comparisons cross, by year.

    A break lies between a year and the one before, so that a comparison of 2012 with 2021 steps
    over the breaks of 2013 to 2021. A claim that crosses one keeps its verdict, which is about what
    was printed.

    Returns
    -------
    dict
        year -> what broke; empty where the claim compares no years, where nothing broke, or where
        the release's breaks were not looked for.
    """
    crossed: dict[int, str] = {}
    for finding in verdict.findings:
        if finding.choice is None:
            continue
        years = _list_compared(finding.test.recipe, finding.choice, verdict.figures)
        for year in range(min(years) + 1, max(years) + 1) if years else ():
            measure = finding.choice.measure
            # Persons and cases both enter the claims lodged in persons.
            parts = ("applied_persons", "applied_cases") if measure == "lodged" else (measure,)
            for part in parts:
                if broken := verdict.figures.broken.get((part, year)):
                    crossed[year] = broken
    return dict(sorted(crossed.items()))


def _list_compared(recipe: Recipe, choice: Choice, figures: Figures) -> tuple[int, ...]:
    """Return the years that a statement compares with each other, if any."""
    if recipe.kind != "record" or recipe.first < recipe.last:
        return recipe.list_years() if recipe.kind in COMPARING else ()
    before = list_earlier(recipe, figures, choice)
    highest = max(before, key=lambda y: figures.total(choice.measure, y) or 0, default=None)
    return () if highest is None else (highest, recipe.last)


def restate(claim: Claim, figures: Figures) -> str:
    """Fill a claim's restatement from one release; say so where the release cannot.

    Returns
    -------
    str
        Empty where the claims file gives no restatement.
    """
    if not claim.restated:
        return ""
    last = claim.years[-1]
    half = "the middle of" if figures.is_half(last) else "the end of"
    given = (str(claim.years[0]), str(last), f"{half} {last}", figures.release)
    values = {name: recipe.compute(figures) for name, recipe in list_holes(claim.restated).items()}
    if None in values.values():
        return (
            f"Nothing can be restated on release {figures.release}: it does not hold the figures."
        )
    shown = dict(zip(GIVEN, given, strict=True))
    said = ""
    for text, hole, spec, _ in string.Formatter().parse(claim.restated):
        said += text
        if hole is not None:
            said += shown[hole] if hole in shown else format(values[hole], spec or ",")
    return f"{said.strip()} (release {figures.release})"
