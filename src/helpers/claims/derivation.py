"""Say how a verdict came about, what it comes to in plain words, and what would be fair instead.

Every number in these sentences is computed.
"""

from __future__ import annotations

import string
from itertools import chain

from helpers.claims.claim_figures import Figures
from helpers.claims.file import FAMILIES, GIVEN, Claim, list_holes
from helpers.claims.precision import TERMS, match, say_number
from helpers.claims.recipes import (
    COMPARING,
    NUMERIC,
    Recipe,
    list_earlier,
)
from helpers.claims.verdict import READINGS, Finding, Verdict, name_family
from helpers.prose.words import capitalise

WORDS_OF: dict[str, str] = FAMILIES | TERMS["series"]
_TOLD: dict[str, str] = TERMS["changes"]
_COUNTED = {name: f"it counts {words}" for name, words in FAMILIES.items()} | TERMS["counted"]


def say_figure(verdict: Verdict, reading: str = "") -> str:
    """Say the figure's codes in plain words, by a reading or all."""
    codes, own = set(verdict.figure(reading).split("; ")), verdict.select(reading)
    is_statement = bool(own) and all(each.test.claimed.precision == "holds" for each in own)
    code = codes.pop() if len(codes) == 1 else "rounds" if codes <= {"exact", "rounds"} else "mixed"
    return str(TERMS["told"]["statement" if is_statement else "figure"][code])


def say_verdict(verdict: Verdict) -> str:
    """Say a verdict's codes in one sentence of plain words, the figure's by each reading."""
    figures = {name: say_figure(verdict, name) for name in READINGS}
    told = [say_figure(verdict)]
    if len(set(figures.values())) > 1:
        told = [f"by the {by} reading, {said[0].lower()}{said[1:]}" for by, said in figures.items()]
    if verdict.wording() == "fits":
        told.append("the sentence says what the series counts")
    for finding in verdict.findings:
        test, settled = finding.test, finding.settled
        if settled and "other-measure" in finding.wording:
            says, family = test.says or verdict.claim.says, name_family(settled, verdict.figures)
            claimed = TERMS["one_day"] if family == f"{says}_summed" else FAMILIES[says]
            told.append(f"{_COUNTED[family]}, while the sentence speaks of {claimed}")
        if settled and "other-arithmetic" in finding.wording:
            named = _TOLD[test.recipe.kind]
            told.append(f"it is {_TOLD[settled.kind]}, while the sentence names {named}")
        if settled and "other-year" in finding.wording:
            told.append("it is the figure of another year or span of years")
    return capitalise("; ".join(dict.fromkeys(told))) + "."


def name_series(recipe: Recipe) -> str:
    """Name a series in the ledger's own terms, such as pending_summed or refugees at IND."""
    name = recipe.measure + "_summed" * recipe.is_sum + "_excl_largest" * recipe.without_largest
    return f"{name} at {recipe.places[0]}" if len(recipe.places) == 1 else name


def explain(verdict: Verdict) -> str:
    """Explain a verdict, statement by statement."""
    if verdict.claim.would_test:
        return f"UNHCR's figures do not hold this. {verdict.claim.would_test}"
    parts = []
    for finding in verdict.findings:
        test = finding.test
        read = f"{test.reading.capitalize()} reading" if test.reading else ""
        head = ", ".join(filter(None, (read, test.label)))
        said = _explain_finding(finding, verdict)
        parts.append(f"{head}: {said}" if head else capitalise(said))
    return " ".join(parts)


def _explain_finding(finding: Finding, verdict: Verdict) -> str:
    """Explain one statement: what was counted, the numbers, and how they meet the claim."""
    test, settled, value = finding.test, finding.settled, finding.value
    figures = verdict.figures
    if settled is None:
        ends = max(test.recipe.list_years(), default=0) > figures.newest
        return f"release {figures.release} {'ends before' if ends else 'holds no such figure'}."
    said = f"{_say_what(settled, figures)}: {settled.work(figures)[1]}"
    if isinstance(value, bool) or value is None:
        return f"{said}. The statement {'holds' if value else 'does not hold'}."
    if finding.inputs:
        said += _say_derived(finding, figures)
    elif finding.figure == "off":
        said += _say_off(finding, value, verdict)
    else:
        said += f", {_say_met(finding, settled, value, figures)}."
    if settled.kind != test.recipe.kind:
        found, named = _TOLD[settled.kind], _TOLD[test.recipe.kind]
        said += f" What is printed, {test.claimed.text}, is {found}; the sentence names {named}."
    return said


def _say_what(recipe: Recipe, figures: Figures) -> str:
    """Name what was counted, where and when."""
    if recipe.kind == "own_origin":
        return f"{recipe.places[0]} is an origin of its own in {recipe.first}"
    is_stock = recipe.is_sum and recipe.measure == "pending"
    what = WORDS_OF["pending_summed" if is_stock else recipe.measure]
    what += " without the largest destination" * recipe.without_largest
    what += f" at {'+'.join(recipe.places)}" if recipe.places else ""
    what += f" against {'+'.join(recipe.against)}" if recipe.against else ""
    what += f", {_say_span(recipe)}" if recipe.spans else ""
    what += " in percent of a span" * (recipe.kind == "percent_of_sum")
    is_half = any(map(figures.is_half, recipe.list_years()))
    return what + f" (mid-year {figures.newest})" * is_half


def _say_span(recipe: Recipe) -> str:
    return " to ".join(map(str, dict.fromkeys(recipe.spans[0])))


def _say_met(finding: Finding, settled: Recipe, value: float, figures: Figures) -> str:
    """Say how a number meets what is claimed."""
    recipe, claimed = finding.test.recipe, finding.test.claimed
    if settled.spans != recipe.spans:  # a neighbour, a year off
        own = say_number(recipe.compute(figures))
        return f"which is “{claimed.text}”, but of other years: {_say_span(recipe)} gives {own}"
    if finding.figure == "revised":
        usual, gap = figures.usual[recipe.measure], float(claimed.value) - value
        return (
            f"printed is {claimed.text}, {gap:+,.0f} or {abs(gap) / value:.2%}. The text is older "
            f"than every release, and a revision usually changes a figure by {usual:.2%}"
        )
    if settled.measure == "lodged":
        bounds = [figures.bound("lodged", year) for year in recipe.list_years()]
        ends = " to ".join(say_number(sum(each)) for each in zip(*bounds, strict=True))
        return (
            f"{ends} over all ways of counting; “{claimed.text}” is within, though no one count "
            "gives it"
        )
    if claimed.precision == "over" and claimed.value >= 1:
        return f"which is {claimed.text}, by {value / float(claimed.value) - 1:.1%}"
    return "as printed" if finding.figure == "exact" else f"which “{claimed.text}” allows"


def _say_derived(finding: Finding, figures: Figures) -> str:
    """Show which printed inputs lead to the printed result, and by how much each differs."""
    inputs = []
    for claim_id, measure, year, value in finding.inputs:
        own = figures.total(measure, year)
        inputs.append(
            f"{say_number(value)} of {claim_id} for {year} in place of {say_number(own)} "
            f"({value - own:+,.0f})"
        )
    is_exact = match(finding.derived, finding.test.claimed) == "exact"
    return (
        f". No series gives what is printed; with the text's own {', and '.join(inputs)}, it is "
        f"{say_number(finding.derived)}, as printed{', exactly' * is_exact}. "
        f"{finding.tried} ways of putting its own figures in were tried."
    )


def _say_off(finding: Finding, value: float, verdict: Verdict) -> str:
    """Say how far off, whether a slip explains it, what is nearest, and which other year fits."""
    test, recipe = finding.test, finding.test.recipe
    said, claimed = f"; printed is {test.claimed.text}.", float(test.claimed.value)
    if recipe.is_single:
        slip = _name_slip(claimed, value) if test.claimed.precision == "exact" else ""
        said += f" The difference is {claimed - value:+,.0f}{slip}."
        at = (recipe.measure, recipe.first)
        others = [each for each in chain(*verdict.printed.values()) if each[1:3] == at]
        agrees = [o for o in others if o.value != claimed and match(o.value, test.claimed)]
        same = ", ".join(f"{other.claim_id} ({say_number(other.value)})" for other in agrees)
        said += f" It agrees with what another text prints: {same}." if same else ""
    if recipe.kind in NUMERIC and finding.nearest and finding.tried > 1:
        nearest = say_number(finding.nearest.compute(verdict.figures))
        said += f" None of {finding.tried} series gives it; the nearest is "
        said += f"{name_series(finding.nearest)} with {nearest}."
    years = ", ".join(f"{year} ({say_number(value)})" for year, value in finding.other_years)
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

    A break lies between a year and the one before: 2012 against 2021 crosses those of 2013 to 2021.
    """
    figures, crossed = verdict.figures, {}
    for recipe, settled in ((each.test.recipe, each.settled) for each in verdict.findings):
        if settled is None or recipe.kind not in COMPARING:
            continue
        years = recipe.list_years()
        if recipe.kind == "record":  # it compares with the highest year before
            earlier = list_earlier(settled, figures)
            top = max(earlier, key=lambda y: figures.total(settled.measure, y))
            years = (min(recipe.first, top), recipe.last)
        # Persons and cases both enter the claims lodged in persons.
        is_lodged = settled.measure.startswith("lodged")
        measures = ("applied_persons", "applied_cases") if is_lodged else (settled.measure,)
        for (measure, year), what in figures.list_broken().items():
            if measure in measures and min(years) < year <= max(years):
                crossed[year] = what
    return dict(sorted(crossed.items()))


def restate(claim: Claim, figures: Figures) -> str:
    """Fill a claim's restatement from one release; empty where there is none."""
    first, last = claim.years[0], claim.years[-1]
    half = "the middle of" if figures.is_half(last) else "the end of"
    given = dict(zip(GIVEN, (first, last, f"{half} {last}", figures.release), strict=True))
    values = {name: recipe.compute(figures) for name, recipe in list_holes(claim.restated).items()}
    if None in values.values():
        return (
            f"Nothing can be restated on release {figures.release}: it does not hold the figures."
        )
    said = ""
    for text, hole, spec, _ in string.Formatter().parse(claim.restated):
        said += text + str(given.get(str(hole), ""))
        said += format(values[hole], spec or ",") if hole in values else ""
    return f"{said.strip()} (release {figures.release})" if said else ""
