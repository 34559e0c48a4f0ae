"""Judge one claim on one release: the figure's code, the wording's codes, and how they came about.

The search is narrow: the years that the text names, the measures of the whole origin (persons and
cases apart), each with every destination and without the year's largest; a claim about one
destination is looked for in that destination's measures. A limit, such as "over X", is looked for
only in what the sentence names and in the text's own series, since some series is over almost
anything. What does not fit is tried a year off, against revisions, and from the text's own figures.
A claim of several statements has the codes of all; where a word allows two readings, its statements
are marked `literal` and `generous`, and the claim has codes by either. Every number in the
sentences that tell a verdict is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, combinations, product
from typing import NamedTuple

from helpers.claims.claim_figures import Figures
from helpers.claims.file import FAMILIES, OF_FAMILY, Claim, ClaimsFile, Test
from helpers.claims.precision import LIMITS, TERMS, WORDS_OF, Value, find_limits, match, say_number
from helpers.claims.recipes import CHANGES, COMPARING, MEASURES, NUMERIC, Recipe, list_earlier
from helpers.prose.words import capitalise

CODES: dict[str, dict[str, str]] = TERMS["codes"]  # what they mean, figure and wording
READINGS = ("literal", "generous")
# How a verdict tells what a series counts, and which change a recipe computes.
_COUNTED = {name: f"it counts {words}" for name, words in FAMILIES.items()} | TERMS["counted"]
_CHANGED: dict[str, str] = TERMS["changes"]


class Printed(NamedTuple):
    """A figure that a text prints of the whole origin in one year."""

    claim_id: str
    measure: str
    year: int
    value: float


@dataclass(frozen=True)
class Finding:
    """What one statement of a claim came to on one release: its codes, and how they came about.

    `wording` has a sentence for each code. `settled` is the recipe that gives `value`, the
    statement's own or another. `nearest` is the nearest of the `tried` candidates. A figure that
    follows only from printed `inputs` is `derived` from them, and `value` is the release's own.
    """

    test: Test
    figure: str = "untestable"
    wording: Mapping[str, str] = field(default_factory=dict)
    value: Value = None
    settled: Recipe | None = None
    tried: int = 0
    nearest: Recipe | None = None
    inputs: tuple[Printed, ...] = ()
    derived: Value = None
    other_years: tuple[tuple[int, Value], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A claim's codes on one release, and its statements' findings, the first of them first.

    `printed` are the figures that all texts of the claims file print, by source.
    """

    claim: Claim
    figures: Figures
    findings: tuple[Finding, ...]
    printed: Mapping[str, list[Printed]]

    def select(self, reading: str = "") -> list[Finding]:
        """Return the findings by one of `READINGS`, or all."""
        return [f for f in self.findings if not reading or f.test.reading in ("", reading)]

    def figure(self, reading: str = "") -> str:
        """Return the figure's codes, joined, by one of `READINGS` or all."""
        codes = dict.fromkeys(each.figure for each in self.select(reading))
        return "; ".join(codes) or "untestable"

    def wording(self, reading: str = "") -> str:
        """Return the wording's codes, joined; `fits` only where nothing else was found."""
        codes = dict.fromkeys(code for each in self.select(reading) for code in each.wording)
        wrong = [code for code in codes if code != "fits"]
        return "; ".join(wrong) or ("fits" if codes else "untestable")

    @property
    def has_readings(self) -> bool:
        """Whether a word of the claim allows two readings."""
        return any(each.test.reading for each in self.findings)

    @property
    def main(self) -> Finding | None:
        """The finding of the first statement, whose value is the claim's."""
        return self.findings[0] if self.findings else None

    def say_figure(self, reading: str = "") -> str:
        """Say the figure's codes in plain words, by a reading or all."""
        codes, own = self.figure(reading).split("; "), self.select(reading)
        several = "rounds" if {*codes} <= {"exact", "rounds"} else "mixed"
        is_statement = bool(own) and all(each.test.claimed.precision == "holds" for each in own)
        told = TERMS["told"]["figure"] | (TERMS["told"]["statement"] if is_statement else {})
        return str(told[codes[0] if len(codes) == 1 else several])

    def say(self) -> str:
        """Say a verdict's codes in one sentence of plain words, the figure's by each reading."""
        figures, codes = [self.say_figure(name) for name in READINGS], self.wording().split("; ")
        told = [self.say_figure()]
        if len(set(figures)) > 1:
            pairs = zip(READINGS, figures, strict=True)
            told = [f"by the {by} reading, {said[0].lower()}{said[1:]}" for by, said in pairs]
        wordings = chain.from_iterable(each.wording.items() for each in self.findings)
        told += [words for code, words in wordings if code in codes]
        return capitalise("; ".join(dict.fromkeys(told))) + "."

    def explain(self) -> str:
        """Explain a verdict, statement by statement."""
        if self.claim.would_test:
            return f"UNHCR's figures do not hold this. {self.claim.would_test}"
        parts = []
        for finding in self.findings:
            test = finding.test
            read = f"{test.reading.capitalize()} reading" if test.reading else ""
            head = ", ".join(filter(None, (read, test.label)))
            said = _explain_finding(finding, self)
            parts.append(f"{head}: {said}" if head else capitalise(said))
        return " ".join(parts)

    def list_crossed(self) -> dict[int, str]:
        """List the breaks that a claim's comparisons cross, by year.

        A break lies between a year and the one before: 2012 against 2021 crosses those of 2013 to
        2021.
        """
        figures, crossed = self.figures, {}
        for recipe, settled in ((each.test.recipe, each.settled) for each in self.findings):
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


def list_printed(file: ClaimsFile) -> dict[str, list[Printed]]:
    """List, source by source, the figures that a text prints of the whole origin in one year."""
    found: dict[str, list[Printed]] = {source.id: [] for source in file.sources}
    for claim in file.claims:
        for recipe, claimed in ((test.recipe, test.claimed) for test in claim.tests):
            if recipe.is_single and not recipe.places:
                printed = Printed(claim.id, recipe.measure, recipe.first, float(claimed.value))
                found[claim.source].append(printed)
    return found


def judge_claim(claim: Claim, figures: Figures, printed: Mapping[str, list[Printed]]) -> Verdict:
    """Judge a claim on a release, as far as the text could see; `printed`: see `list_printed`."""
    own = [each for each in printed[claim.source] if each.claim_id != claim.id]
    findings = tuple(_judge(test, claim, figures, own) for test in claim.tests)
    return Verdict(claim, figures, findings, printed)


def _judge(test: Test, claim: Claim, figures: Figures, printed: list[Printed]) -> Finding:
    """Judge one statement: the years named first, then neighbours, revisions, and inputs."""
    recipe, says = test.recipe, test.says or claim.says
    if max(recipe.list_years(), default=0) > figures.newest:
        return Finding(test)
    finding = _search(test, figures, says)
    if finding.settled is None:
        # A year that was looked for and not found is an answer; no figure at all is none.
        if recipe.kind not in ("crossing", "year_of") or not figures.years(recipe.measure):
            return finding
        finding = Finding(test, "off", settled=recipe)
    elif finding.figure == "off" and not test.is_fixed:
        finding = _explain_off(finding, figures, printed)
    return replace(finding, wording=_judge_wording(finding, claim, figures))


def _list_candidates(test: Test, says: str) -> list[Recipe]:
    """List the narrow search's candidates, those that the sentence names first."""
    recipe = test.recipe
    if test.is_fixed:
        return [recipe]
    named = dict.fromkeys([*OF_FAMILY.get(says, ()), recipe.measure])
    if recipe.kind not in NUMERIC or test.claimed.precision in LIMITS:
        return [replace(recipe, measure=each) for each in named]
    every = [replace(recipe, measure=each) for each in dict.fromkeys([*named, *MEASURES])]
    if not recipe.places:
        every += [replace(each, without_largest=True) for each in every]
    if recipe.kind in CHANGES:
        every += [replace(recipe, kind=kind) for kind in CHANGES if kind != recipe.kind]
    return every


def _search(test: Test, figures: Figures, says: str) -> Finding:
    """Run the narrow search; nothing is settled where the recipe itself cannot be computed."""
    recipe, wanted = test.recipe, float(test.claimed.value)
    values = {each: each.compute(figures) for each in _list_candidates(test, says)}
    known = {each: value for each, value in values.items() if value is not None}
    if recipe not in known:
        return Finding(test)
    nearest = min(known, key=lambda each: abs(float(known[each] or 0) - wanted))
    found = Finding(test, "off", {}, known[recipe], recipe, len(known), nearest)
    if best := _pick(replace(found, settled=each, value=known[each]) for each in known):
        return best
    if says == "applied" and recipe.kind == "total" and not recipe.places and not test.is_fixed:
        (least, greatest), lodged = find_limits(test.claimed), replace(recipe, measure="lodged")
        with suppress(LookupError):
            ends = [figures.bound("lodged", year) for year in recipe.list_years()]
            if sum(high for _, high in ends) >= least and sum(low for low, _ in ends) <= greatest:
                value = lodged.compute(figures)
                return replace(found, figure="rounds", settled=lodged, value=value)
    return found


def _pick(found: Iterable[Finding]) -> Finding | None:
    """Pick the first that gives the claimed value exactly, else the first within its precision."""
    codes = ((each, match(each.value, each.test.claimed)) for each in found)
    fitting = [replace(each, figure=code) for each, code in codes if code]
    return min(fitting, key=lambda each: each.figure, default=None)  # "exact" before "rounds"


def _explain_off(finding: Finding, figures: Figures, printed: list[Printed]) -> Finding:
    """Look for what gives a figure that no series gives on the years named."""
    test, recipe = finding.test, finding.test.recipe
    derived = _pick(_put_inputs(finding, figures, printed))
    # The text's own figures of both years are nearer than another pair of years.
    is_own_change = derived and derived.figure == "exact" and recipe.kind in CHANGES
    if not is_own_change and (neighbour := _pick(_move_span(finding, figures))):
        return neighbour
    usual, value = figures.usual.get(recipe.measure), finding.value
    if usual and value and recipe.kind == "total":  # off by less than a usual revision
        least, greatest = find_limits(test.claimed)
        if max(least - value, value - greatest) / value < usual:
            return replace(finding, figure="revised")
    if derived:
        # Told as the text tells it, so that the release's own value is set beside the printed one.
        own = (derived.settled or recipe).compute(figures)
        return replace(derived, figure="derived", derived=derived.value, value=own)
    return replace(finding, other_years=_find_other_years(test, figures))


def _move_span(finding: Finding, figures: Figures) -> Iterator[Finding]:
    """Compute a statement on the spans that begin or end one year off; none for single years."""
    recipe = finding.test.recipe
    if recipe.kind in NUMERIC and not recipe.is_single:
        for begin, end in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            first, last = recipe.first + begin, recipe.last + end
            if first < last:
                moved = replace(recipe, spans=((first, last),))
                yield replace(finding, settled=moved, value=moved.compute(figures))


def _find_other_years(test: Test, figures: Figures) -> tuple[tuple[int, Value], ...]:
    """Return the other years, on the recipe's own measure, for which the statement holds."""
    recipe = test.recipe
    if not recipe.is_single and recipe.kind != "percent_of_sum":
        return ()
    years = [year for year in figures.years(recipe.measure) if year != recipe.first]
    moved = {year: replace(recipe, spans=((year, year), *recipe.spans[1:])) for year in years}
    values = {year: each.compute(figures) for year, each in moved.items()}
    return tuple((year, value) for year, value in values.items() if match(value, test.claimed))


def _put_inputs(
    finding: Finding, figures: Figures, printed: Iterable[Printed]
) -> Iterator[Finding]:
    """Compute a sum or change with every subset of a text's printed inputs, the smallest first."""
    recipe, years = finding.test.recipe, finding.test.recipe.list_years()
    if recipe.kind not in NUMERIC or recipe.is_single or recipe.places:
        return
    usable = [each for each in printed if each.measure == recipe.measure and each.year in years]
    kinds = dict.fromkeys([recipe.kind, *(CHANGES if recipe.kind in CHANGES else ())])
    subsets = (combinations(usable, size + 1) for size in range(len(usable)))
    tries = list(product(chain.from_iterable(subsets), kinds))
    for inputs, kind in tries:
        own = {(each.measure, each.year): each.value for each in inputs}
        told = replace(recipe, kind=kind)
        value = told.compute(replace(figures, totals={**figures.totals, **own}))
        yield replace(finding, settled=told, value=value, inputs=inputs, tried=len(tries))


def _judge_wording(finding: Finding, claim: Claim, figures: Figures) -> dict[str, str]:
    """Name and say in what the series differs from what the sentence says."""
    test, recipe, says = finding.test, finding.test.recipe, finding.test.says or claim.says
    settled, told = finding.settled or recipe, {}
    # What is counted, on the years of the sentence.
    family = _name_family(replace(settled, spans=recipe.spans), figures)
    if family != says:
        claimed = TERMS["one_day"] if family == f"{says}_summed" else FAMILIES[says]
        told["other-measure"] = f"{_COUNTED[family]}, while the sentence speaks of {claimed}"
    if settled.kind != recipe.kind:
        found, named = _CHANGED[settled.kind], _CHANGED[recipe.kind]
        told["other-arithmetic"] = f"it is {found}, while the sentence names {named}"
    # A number in round terms comes up in some other year by chance.
    is_telling = test.claimed.precision in ("exact", "rounded")
    is_shifted = settled.spans != recipe.spans or bool(finding.other_years and is_telling)
    if recipe.kind == "year_of":
        is_shifted = finding.figure != "off" and finding.value != claim.years[-1]
    if is_shifted:
        told["other-year"] = "it is the figure of another year or span of years"
    return told or {"fits": "the sentence says what the series counts"}


def _name_family(recipe: Recipe, figures: Figures) -> str:
    """Name what a series counts (`FAMILIES`); six months' flow is a family of its own."""
    if recipe.kind == "own_origin":
        return "coverage"
    if recipe.measure.startswith(("applied", "lodged")):
        is_half = not recipe.is_sum and any(map(figures.is_half, recipe.list_years()))
        return "applied" + "_half" * is_half
    return recipe.measure.removesuffix("_most") + "_summed" * recipe.is_sum


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
        found, named = _CHANGED[settled.kind], _CHANGED[test.recipe.kind]
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
        said += f"{finding.nearest.name} with {nearest}."
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
