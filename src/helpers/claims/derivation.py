"""Say how a verdict came about, which breaks it crosses, and what would be fair instead.

Every number in these sentences is computed.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from helpers.claims.claimed import match
from helpers.claims.file import FAMILIES, GIVEN, list_holes
from helpers.claims.recipes import (
    CHANGES,
    COMPARING,
    NUMERIC,
    YES_OR_NO,
    Recipe,
    list_earlier,
    list_inside,
    list_percents,
)
from helpers.claims.verdict import name_family

if TYPE_CHECKING:
    from helpers.claims.claim_figures import Choice, Figures, Value
    from helpers.claims.file import Claim
    from helpers.claims.verdict import Derived, Finding, Printed, Verdict

_MEASURES = FAMILIES | {
    "applied_persons": "new claims lodged (persons)",
    "applied_cases": "new claims lodged (cases)",
    "lodged": "new claims lodged, cases turned into persons",
}
_TOLD = {"ratio": "a ratio", "percent_of": "a ratio in percent", "increase": "a percent increase"}


def _say_number(value: Value) -> str:
    """Write a value: whole numbers with separators, others to four significant digits."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 10 else f"{value:.4g}"


# The codes as a newspaper would print them; a claim without a number is a statement.
_FIGURE = {
    "exact": "The figure matches",
    "rounds": "The figure matches, as precisely as it is stated",
    "revised": "The figure is as near as UNHCR's later revisions usually are",
    "derived": "The figure follows only from other figures that the text prints",
    "off": "The figure does not match",
    "untestable": "UNHCR's data cannot test this",
}
_COUNTED = {name: f"it counts {words}" for name, words in FAMILIES.items()} | {
    "applied_half": "it counts the new claims lodged in half a year",
    "pending_summed": "it adds up year-end counts of claims pending, which are not people",
    "refugees_summed": "it adds up year-end counts of refugees, which are not people",
    "oip_summed": "it adds up year-end counts, which are not people",
}


def say_verdict(verdict: Verdict, reading: str = "") -> tuple[str, str]:
    """Say a verdict's two codes in plain words: the figure's, and the wording's.

    `reading` is one of `READINGS`, or empty for all statements together.
    """
    codes = set(verdict.figure(reading).split("; "))
    figure = _FIGURE[next((code for code in _FIGURE if code in codes), "")]
    if len(codes) > 1:
        good = codes <= {"exact", "rounds"}
        figure = _FIGURE["rounds"] if good else "The figure matches in part"
    own = [each for each in verdict.findings if not reading or each.test.reading in ("", reading)]
    if own and all(each.test.claimed.precision == "holds" for each in own):
        figure = figure.replace("figure", "statement").replace("matches", "holds")
        figure = figure.replace("match", "hold")
    said = [said for finding in own for said in _say_wording(finding, verdict)]
    if not said and "untestable" not in codes:
        said = ["the sentence says what the series counts"]
    return figure, "; ".join(dict.fromkeys(said))


def _say_wording(finding: Finding, verdict: Verdict) -> Iterator[str]:
    recipe, choice = finding.test.recipe, finding.choice
    if choice is None:
        return
    if "other-measure" in finding.wording:
        counted = _COUNTED[name_family(recipe, choice, verdict.figures)]
        said = FAMILIES[finding.test.says or verdict.claim.says]
        yield f"{counted}, while the sentence speaks of {said}"
    if "other-arithmetic" in finding.wording:
        kind = finding.derived.choice.kind if finding.derived else choice.kind
        yield f"it is {_TOLD[kind]}, while the sentence names {_TOLD[recipe.kind]}"
    if "other-year" in finding.wording:
        yield "it is the figure of another year or span of years"


def name_series(recipe: Recipe, choice: Choice) -> str:
    """Name a series in the ledger's own terms.

    Examples
    --------
    >>> from helpers.claims.claim_figures import Choice
    >>> from helpers.claims.recipes import parse_recipe
    >>> name_series(parse_recipe("pending 2012-2024"), Choice("pending"))
    'pending_summed'
    """
    name = choice.measure + "_summed" * recipe.is_sum
    name += "_excl_largest" * choice.without_largest
    return f"{name} at {recipe.places[0]}" if len(recipe.places) == 1 else name


def explain(verdict: Verdict, printed: Mapping[str, list[Printed]]) -> str:
    """Explain a verdict, statement by statement; `printed` holds each text's figures by source."""
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
    recipe, choice = finding.neighbour or finding.test.recipe, finding.choice
    if choice is None:
        ends = max(recipe.list_years(), default=0) > figures.newest
        return f"release {figures.release} {'ends before' if ends else 'holds no such figure'}."
    said = f"{_say_what(recipe, choice, figures)}: {_say_arithmetic(finding, choice, figures)}"
    if isinstance(finding.value, bool) or finding.value is None:
        return f"{said}. The statement {'holds' if finding.value else 'does not hold'}."
    if finding.derived:
        said += _say_derived(finding.derived, figures)
    elif finding.figure == "off":
        said += _say_off(finding, float(finding.value), printed)
    else:
        said += _say_met(finding, choice, float(finding.value), figures)
    kind = finding.derived.choice.kind if finding.derived else choice.kind
    if kind:
        said += (
            f" What is printed, {finding.test.claimed.text}, is {_TOLD[kind]}; the sentence names "
            f"{_TOLD[recipe.kind]}."
        )
    return said


def _say_what(recipe: Recipe, choice: Choice, figures: Figures) -> str:
    """Name what was counted, where and when."""
    if recipe.kind == "own_origin":
        return f"{recipe.places[0]} is an origin of its own in {recipe.first}"
    is_stock = recipe.is_sum and choice.measure == "pending"
    what = _MEASURES["pending_summed" if is_stock else choice.measure]
    what += " without the largest destination" * choice.without_largest
    what += f" at {'+'.join(recipe.places)}" if recipe.places else ""
    what += f" against {'+'.join(recipe.against)}" if recipe.against else ""
    if not recipe.spans:
        return what
    half = f" (mid-year {figures.newest})" if any(map(figures.is_half, recipe.list_years())) else ""
    percent = " in percent of a span" if recipe.kind == "percent_of_sum" else ""
    return f"{what}, {_say_span(recipe)}{percent}{half}"


def _say_span(recipe: Recipe) -> str:
    return " to ".join(map(str, dict.fromkeys((recipe.first, recipe.last))))


def _say_arithmetic(finding: Finding, choice: Choice, figures: Figures) -> str:
    """Show the numbers that the value is made of."""
    recipe, value = finding.neighbour or finding.test.recipe, finding.value
    if recipe.kind in CHANGES:
        first, last = figures.take(choice, recipe.list_years(), recipe.places) or (1, 1)
        return (
            f"{_say_number(last)} / {_say_number(first)} = {last / first:.4f}, a ratio of "
            f"{last / first:,.2%} and an increase of {last / first - 1:,.2%}"
        )
    if recipe.kind == "percent_of_sum":
        percents = list_percents(recipe, figures, choice).items()
        return ", ".join(f"{a} to {b}: {_say_number(n)}%" for (a, b), n in percents)
    if recipe.kind == "record":
        earlier = figures.take(choice, list_earlier(recipe, figures, choice)) or [0]
        own = figures.total(choice.measure, recipe.last)
        return f"{_say_number(own)}, the highest before {_say_number(max(earlier))}"
    if recipe.kind in YES_OR_NO and recipe.kind != "own_origin":
        pairs = [figures.bound(choice, year) or (None,) for year in recipe.list_years()]
        return ", ".join(" to ".join(map(_say_number, dict.fromkeys(pair))) for pair in pairs)
    if recipe.kind in ("part_none", "share"):
        return f"{float(value or 0):.1%}"
    if recipe.kind in ("crossing", "year_of"):
        return f"the year is {value or 'none'}"
    if len(recipe.places) > 1:
        inside = list_inside(recipe, figures, choice)
        each = ", ".join(f"{code} {_say_number(inside.get(code))}" for code in recipe.places)
        return (
            f"{each}; {'the least' if recipe.kind == 'least' else 'together'} {_say_number(value)}"
        )
    return _say_number(value)


def _say_met(finding: Finding, choice: Choice, value: float, figures: Figures) -> str:
    """Say how a number meets what is claimed."""
    test, claimed = finding.test, finding.test.claimed
    if finding.neighbour:
        own = _say_number(test.recipe.compute(figures))
        said = (
            f"which is “{claimed.text}”, but of other years: {_say_span(test.recipe)} gives {own}"
        )
    elif finding.figure == "revised":
        usual, gap = figures.usual[test.recipe.measure], float(claimed.value) - value
        said = (
            f"printed is {claimed.text}, {gap:+,.0f} or {abs(gap) / value:.2%}. The text is older "
            f"than every release, and a revision usually changes a figure by {usual:.2%}"
        )
    elif choice.measure == "lodged":
        bounds = [figures.bound(choice, year) or (0, 0) for year in test.recipe.list_years()]
        ends = " to ".join(_say_number(sum(each)) for each in zip(*bounds, strict=True))
        said = (
            f"{ends} over all ways of counting; “{claimed.text}” is within, and no count gives it"
        )
    elif claimed.precision == "over" and claimed.value >= 1:
        said = f"which is {claimed.text}: by {value / float(claimed.value) - 1:.1%}"
    else:
        said = "as printed" if finding.figure == "exact" else f"which “{claimed.text}” allows"
    return f", {said}."


def _say_derived(derived: Derived, figures: Figures) -> str:
    """Show which printed inputs lead to the printed result, and by how much each differs."""
    inputs = []
    for each in derived.inputs:
        own = figures.total(each.measure, each.year) or 0
        inputs.append(
            f"{_say_number(each.value)} of {each.claim_id} for {each.year} in place of "
            f"{_say_number(own)} ({each.value - own:+,.0f})"
        )
    ends = "as printed, exactly" if derived.code == "exact" else "as printed"
    return (
        f". No series gives what is printed; with the text's own {', and '.join(inputs)}, it is "
        f"{_say_number(derived.value)}, {ends}. {derived.tried} ways of putting its own figures in "
        "were tried."
    )


def _say_off(finding: Finding, value: float, printed: Mapping[str, list[Printed]]) -> str:
    """Say how far off, whether a slip explains it, what is nearest, and which other year fits."""
    test, found, recipe = finding.test, finding.found, finding.test.recipe
    said, claimed = f"; printed is {test.claimed.text}.", float(test.claimed.value)
    if recipe.is_single:
        slip = _name_slip(claimed, value) if test.claimed.precision == "exact" else ""
        said += f" The difference is {claimed - value:+,.0f}{slip}."
        same = [
            f"{each.claim_id} ({_say_number(each.value)})"
            for each in (each for listed in printed.values() for each in listed)
            if (each.measure, each.year) == (recipe.measure, recipe.first)
            and each.value != claimed
            and match(each.value, test.claimed)
        ]
        said += f" It agrees with what another text prints: {', '.join(same)}." if same else ""
    if recipe.kind in NUMERIC and found and found.tried > 1:
        said += (
            f" None of {found.tried} series gives it; the nearest is "
            f"{name_series(recipe, found.nearest)} with {_say_number(found.nearest_value)}."
        )
    years = ", ".join(f"{year} ({_say_number(value)})" for year, value in finding.other_years)
    return said + (f" It holds for another year: {years}." if years else "")


def _name_slip(printed: float, published: float) -> str:
    """Name a slip of the pen that turns one whole number into the other, or return ""."""
    one, other = f"{printed:.0f}", f"{published:.0f}"
    differ = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    if len(one) != len(other) or len(differ) > 2:
        return ""
    if len(differ) == 1:
        return ": one digit differs"
    return ": two digits are swapped" if differ[0] == differ[1][::-1] else ""


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
    figures = verdict.figures
    for recipe, choice in ((each.test.recipe, each.choice) for each in verdict.findings):
        if choice is None or recipe.kind not in COMPARING:
            continue
        years = recipe.list_years()
        if recipe.kind == "record":  # it compares with the highest year before
            earlier = list_earlier(recipe, figures, choice)
            tops = [max(earlier, key=lambda y: figures.total(choice.measure, y) or 0)]
            years = (min(recipe.first, *tops), recipe.last)
        # Persons and cases both enter the claims lodged in persons.
        is_lodged = choice.measure == "lodged"
        measures = ("applied_persons", "applied_cases") if is_lodged else (choice.measure,)
        for year in range(min(years) + 1, max(years) + 1):
            for measure in measures:
                broken = figures.broken.get((measure, year))
                crossed |= {year: broken} if broken else {}
    return dict(sorted(crossed.items()))


def restate(claim: Claim, figures: Figures) -> str:
    """Fill a claim's restatement from one release; empty where there is none."""
    last, said = claim.years[-1], ""
    half = "the middle of" if figures.is_half(last) else "the end of"
    given = (str(claim.years[0]), str(last), f"{half} {last}", figures.release)
    shown = dict(zip(GIVEN, given, strict=True))
    values = {name: recipe.compute(figures) for name, recipe in list_holes(claim.restated).items()}
    if None in values.values():
        return (
            f"Nothing can be restated on release {figures.release}: it does not hold the figures."
        )
    for text, hole, spec, _ in string.Formatter().parse(claim.restated):
        said += text
        if hole is not None:
            said += shown[hole] if hole in shown else format(values[hole], spec or ",")
    return f"{said.strip()} (release {figures.release})" if said else ""
