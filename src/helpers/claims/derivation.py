"""Say how a verdict came about, which breaks it crosses, and what would be fair instead.

Every number in these sentences is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.lodged import STRICT, bound_persons, mark_lodged, measure_lodged
from helpers.analysis.measures import select_origin
from helpers.analysis.unknown_origin import bound_pending
from helpers.claims import recipes
from helpers.claims.claim_search import match, say_number
from helpers.claims.recipes import NUMERIC, SUMMED

if TYPE_CHECKING:
    from helpers.claims.claim_figures import Bounds, Choice, Figures
    from helpers.claims.file import Claim
    from helpers.claims.recipes import Recipe
    from helpers.claims.verdict import Finding, Printed, Verdict
    from helpers.data.releases import Core

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
    >>> from helpers.claims.claim_figures import Choice
    >>> name_series(recipes.SumOf(kind="sum", first=2012, last=2024), Choice("pending"))
    'pending_summed'
    """
    name = choice.measure + "_summed" * isinstance(recipe, SUMMED)
    if choice.without:
        name += f"_excl_{choice.without}"
    return f"{name} at {recipe.place}" if recipe.place else name


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
    numbers = _say_arithmetic(finding, choice, figures)
    said = f"{_say_what(recipe, choice, figures)}: {numbers}"
    if finding.figure == "derived":
        return said + _say_derived(finding, figures)
    if finding.figure == "off":
        return said + _say_off(finding, printed)
    if isinstance(finding.value, bool):
        return f"{said}. The statement holds."
    if told := _say_told(finding, choice):
        return f"{said}.{told}"
    claimed = finding.test.claimed.text
    how = "as printed" if finding.figure == "exact" else f"which “{claimed}” allows"
    return f"{said}, {how}."


def _say_what(recipe: Recipe, choice: Choice, figures: Figures) -> str:
    """Name what was counted, where and when."""
    if isinstance(recipe, recipes.OwnOrigin):
        return f"{recipe.origin} is an origin of its own in {recipe.year}"
    is_summed = isinstance(recipe, SUMMED) and choice.measure == "pending"
    what = "stocks of claims pending, added up" if is_summed else MEASURES[choice.measure]
    if choice.without:
        what += f" without the {choice.without} destination"
    if isinstance(recipe, recipes.RegionAgainst):
        what += f" in {recipe.region} against {recipe.asylum}"
    elif recipe.place:
        what += f" at {recipe.place}"
    years = recipe.list_years()
    if not years:
        return what
    half = f" (mid-year {figures.newest})" if any(map(figures.is_half, years)) else ""
    if isinstance(recipe, recipes.AgainstSum):
        return f"{what}, {recipe.year} against a span{half}"
    first = getattr(recipe, "first", years[0])
    span = f"{first} to {years[-1]}" if first != years[-1] else str(first)
    return f"{what}, {span}{half}"


def _say_arithmetic(finding: Finding, choice: Choice, figures: Figures) -> str:
    """Show the numbers that the value is made of."""
    recipe, value = finding.test.recipe, finding.value
    match recipe:
        case recipes.Change():
            first, last = figures.take(choice, recipe.list_years()) or (0, 0)
            ratio = last / first if first else 0
            return (
                f"{say_number(last)} / {say_number(first)} = {ratio:.4f}, a ratio of "
                f"{100 * ratio:,.2f} % and an increase of {100 * (ratio - 1):,.2f} %"
            )
        case recipes.AgainstSum():
            ratios = recipe.list_ratios(figures, choice)
            return ", ".join(f"{a} to {b}: {say_number(r)}" for (a, b), r in ratios.items())
        case recipes.Places():
            counts = figures.by_destination(choice.measure, recipe.year)
            each = ", ".join(f"{code} {say_number(counts.get(code))}" for code in recipe.places)
            return f"{each}, {recipe.take} {say_number(value)}"
        case recipes.Rises() | recipes.Trend():
            return ", ".join(map(say_number, figures.take(choice, recipe.list_years()) or ()))
        case recipes.Record():
            earlier = [year for year in figures.years(choice.measure) if year < recipe.year]
            before = max(figures.take(choice, earlier) or ())
            own = figures.total(choice.measure, recipe.year)
            return f"{say_number(own)}, the highest before {say_number(before)}"
        case recipes.LargestShare() | recipes.PartUnder() | recipes.RegionAgainst():
            return f"{float(value or 0):.1%}"
        case recipes.Crossing() | recipes.YearOf() if value is not None:
            return f"the year is {value}"
    return say_number(value)


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
    claimed = finding.test.claimed.text
    ends = "exactly as printed" if derived.code == "exact" else f"printed as {claimed}"
    return (
        f". No series gives what is printed; with the text's own {', and '.join(inputs)}, it is "
        f"{say_number(derived.value)}, {ends}. "
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
        if finding.choice is not None:
            measure = finding.choice.measure
            years = _list_compared(finding.test.recipe, measure, verdict.figures)
            for year in range(min(years) + 1, max(years) + 1) if years else ():
                broken = verdict.figures.broken.get((measure, year))
                crossed |= {year: broken} if broken else {}
    return dict(sorted(crossed.items()))


def _list_compared(recipe: Recipe, measure: str, figures: Figures) -> tuple[int, ...]:
    """Return the years that a statement compares with each other, if any."""
    match recipe:
        case recipes.Rises() | recipes.Change() | recipes.Trend() | recipes.AgainstSum():
            return recipe.list_years()
        case recipes.Record():
            before = [year for year in figures.years(measure) if year < recipe.year]
            highest = max(before, key=lambda year: figures.total(measure, year) or 0, default=None)
            return () if highest is None else (highest, recipe.year)
    return ()


def restate(claim: Claim, figures: Figures) -> str:
    """Fill a claim's restatement from one release; say so where the release cannot.

    Returns
    -------
    str
        Empty where the claims file gives no restatement.
    """
    if claim.restated is None:
        return ""
    values = {name: recipe.compute(figures) for name, recipe in claim.restated.values.items()}
    if None in values.values():
        return (
            f"Nothing can be restated on release {figures.release}: it does not hold the figures."
        )
    last = claim.years[-1]
    half = "the middle of" if figures.is_half(last) else "the end of"
    given = {
        "first_year": claim.years[0],
        "last_year": last,
        "at_last": f"{half} {last}",
        "release": figures.release,
    }
    said = claim.restated.sentence.format(**values, **given).strip()
    return f"{said} (release {figures.release})"


def measure_bounds(
    core: Core, origin: str, claims: Iterable[Claim], factors: Iterable[Any], rules: Iterable[Any]
) -> Bounds:
    """Compute the bounds that some claims' restatements, or a graph redrawn, need.

    Parameters
    ----------
    core : Core
        The release's figures.
    origin : str
        ISO3 code.
    claims : iterable of Claim
    factors : iterable of FactorEntry
        Persons a case, from `helpers.data.hand.load_persons_per_case`.
    rules : iterable of LodgedRule
        Rows that count as claims lodged beside type N, from `load_lodged_rules`.

    Returns
    -------
    dict
        pending: reported, and with a likely share of claims of unknown origin (None where no
        upper bound can be given). applied: claims lodged in persons, from type N alone with each
        case as one person, to the inclusive count with each case as the greatest factor.
    """
    wanted: dict[str, set[int]] = {"pending": set(), "applied": set()}
    for claim in claims:
        for recipe in claim.restated.values.values() if claim.restated else ():
            if recipe.kind == "bound":
                wanted[recipe.of].update(recipe.list_years())
        for test in claim.tests:
            if test.recipe.kind == "years_on_file":
                wanted["applied"].update(test.recipe.list_years())
    stocks = sorted(wanted["pending"] & set(core.pending["year"]))
    pending = _pair(bound_pending(core, origin, stocks)) if stocks else {}
    flows = sorted(wanted["applied"])
    own = select_origin(core.applications, origin, flows)
    if own.empty:
        return {"pending": pending, "applied": {}}
    marked = mark_lodged(own, rules)
    strict = bound_persons(marked[marked["rule"] == STRICT], factors)[["year", "lower"]]
    inclusive = measure_lodged(marked, factors, flows)[["year", "applied_upper"]]
    applied = strict.merge(inclusive.rename(columns={"applied_upper": "upper"}), on="year")
    return {"pending": pending, "applied": _pair(applied)}


def _pair(frame: pd.DataFrame) -> dict[int, tuple[int | None, int | None]]:
    """Return lower and upper by year; missing is None."""
    sides = [[None if pd.isna(n) else int(n) for n in frame[side]] for side in ("lower", "upper")]
    return dict(zip(frame["year"].astype(int), zip(*sides, strict=True), strict=True))
