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

    source: str
    claim_id: str
    measure: str
    year: int
    value: float


@dataclass(frozen=True)
class Finding:
    """What one statement of a claim came to on one release: its codes, and how they came about.

    `wording` has a sentence for each code. `settled` is the recipe that gives `value`, the
    statement's own or another; `met` tells how the value meets what is printed. A figure that is
    `derived` follows only from printed ones, and `value` is the release's own.
    """

    test: Test
    figure: str = "untestable"
    wording: Mapping[str, str] = field(default_factory=dict)
    value: Value = None
    settled: Recipe | None = None
    met: str = ""
    is_of_another_year: bool = False


@dataclass(frozen=True)
class Verdict:
    """A claim's codes on one release, and its statements' findings, the first of them first."""

    claim: Claim
    figures: Figures
    findings: tuple[Finding, ...]

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
            said = _explain_finding(finding, self.figures)
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


def list_printed(file: ClaimsFile) -> list[Printed]:
    """List the figures that the texts print of the whole origin in one year."""
    return [
        Printed(claim.source, claim.id, recipe.measure, recipe.first, float(claimed.value))
        for claim in file.claims
        for recipe, claimed in ((test.recipe, test.claimed) for test in claim.tests)
        if recipe.is_single and not recipe.places
    ]


def judge_claim(claim: Claim, figures: Figures, printed: list[Printed]) -> Verdict:
    """Judge a claim on a release, as far as the text could see; `printed`: see `list_printed`."""
    findings = tuple(_judge(test, claim, figures, printed) for test in claim.tests)
    return Verdict(claim, figures, findings)


def _judge(test: Test, claim: Claim, figures: Figures, printed: list[Printed]) -> Finding:
    """Judge one statement: the years named first, then neighbours, revisions, and inputs."""
    recipe, says = test.recipe, test.says or claim.says
    if max(recipe.list_years(), default=0) > figures.info.newest_year:
        return Finding(test, met=f"release {figures.info.name} ends before.")
    values = {each: each.compute(figures) for each in _list_candidates(test, says)}
    known = {each: value for each, value in values.items() if value is not None}
    finding = Finding(test, "off", {}, values[recipe], recipe)
    if recipe in known:
        fitting = _pick(replace(finding, settled=each, value=known[each]) for each in known)
        if not fitting and not test.is_fixed:
            text = [each for each in printed if each.source == claim.source]
            own = [each for each in text if each.claim_id != claim.id]
            fitting = _explain_off(finding, says, figures, own)
        finding = fitting or _tell_off(finding, known, figures, printed)
    # A year that was looked for and not found is an answer; no figure at all is none.
    elif recipe.kind not in ("crossing", "year_of") or not figures.years(recipe.measure):
        return Finding(test, met=f"release {figures.info.name} holds no such figure.")
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


def _pick(found: Iterable[Finding]) -> Finding | None:
    """Pick the first that gives the claimed value exactly, else the first within its precision."""
    codes = ((each, match(each.value, each.test.claimed)) for each in found)
    fitting = [replace(each, figure=code) for each, code in codes if code]
    return min(fitting, key=lambda each: each.figure, default=None)  # "exact" before "rounds"


def _explain_off(
    finding: Finding, says: str, figures: Figures, printed: list[Printed]
) -> Finding | None:
    """Look for what gives a figure that no series gives on the years named."""
    recipe, claimed, value = finding.test.recipe, finding.test.claimed, float(finding.value or 0)
    least, greatest = find_limits(claimed)
    if says == "applied" and recipe.kind == "total" and not recipe.places:
        lodged = replace(recipe, measure="lodged")
        with suppress(LookupError):
            ends = [figures.bound("lodged", year) for year in recipe.list_years()]
            low, high = (sum(each) for each in zip(*ends, strict=True))
            if high >= least and low <= greatest:
                met = (
                    f", {say_number(low)} to {say_number(high)} over all ways of counting; "
                    f"“{claimed.text}” is within, though no one count gives it."
                )
                own = lodged.compute(figures)
                return replace(finding, figure="rounds", settled=lodged, value=own, met=met)
    derived = _pick(_put_inputs(finding, figures, printed))
    # The text's own figures of both years are nearer than another pair of years.
    is_own_change = derived and derived.figure == "exact" and recipe.kind in CHANGES
    if not is_own_change and (neighbour := _pick(_move_span(finding, figures))):
        return neighbour
    usual, gap = figures.usual.get(recipe.measure, 0), float(claimed.value) - value
    if recipe.kind == "total" and max(least - value, value - greatest) < usual * value:
        met = (
            f", the text prints {claimed.text}, {gap:+,.0f} or {abs(gap) / value:.2%}. The text is "
            f"older than every release, and a revision usually changes a figure by {usual:.2%}."
        )
        return replace(finding, figure="revised", met=met)
    if derived:
        # Told as the text tells it, so that the release's own value is set beside the printed one.
        own = (derived.settled or recipe).compute(figures)
        return replace(derived, figure="derived", value=own)
    return None


def _move_span(finding: Finding, figures: Figures) -> Iterator[Finding]:
    """Compute a statement on the spans that begin or end one year off; none for single years."""
    recipe, text = finding.test.recipe, finding.test.claimed.text
    own = f"{_say_span(recipe)} gives {say_number(finding.value)}"
    if recipe.kind in NUMERIC and not recipe.is_single:
        for begin, end in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            first, last = recipe.first + begin, recipe.last + end
            if first < last:
                moved = replace(recipe, first=first, last=last, spans=())
                met = f", which is “{text}”, but of other years: {own}."
                yield replace(finding, settled=moved, value=moved.compute(figures), met=met)


def _put_inputs(finding: Finding, figures: Figures, printed: list[Printed]) -> Iterator[Finding]:
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
        if code := match(value, finding.test.claimed):
            put = ", and ".join(_say_input(each, figures) for each in inputs)
            met = (
                f". No series gives what is printed; with the text's own {put}, it is "
                f"{say_number(value)}, as printed{', exactly' * (code == 'exact')}. "
                f"Combinations of its own figures tried: {len(tries)}."
            )
            yield replace(finding, settled=told, value=value, met=met)


def _say_input(printed: Printed, figures: Figures) -> str:
    own = figures.total(printed.measure, printed.year)
    told = f"{say_number(printed.value)} of {printed.claim_id} for {printed.year}"
    return f"{told} in place of {say_number(own)} ({printed.value - own:+,.0f})"


def _tell_off(
    finding: Finding, known: Mapping[Recipe, Value], figures: Figures, printed: list[Printed]
) -> Finding:
    """Tell how far off, whether a slip explains it, what is nearest, and which other year fits."""
    test, recipe, value = finding.test, finding.test.recipe, float(finding.value or 0)
    met, claimed = f"; the text prints {test.claimed.text}.", float(test.claimed.value)
    if recipe.is_single:
        slip = _name_slip(claimed, value) if test.claimed.precision == "exact" else ""
        gap = claimed - value
        met += f" The difference is {'+' * (gap > 0)}{say_number(gap)}{slip}."
        at = (recipe.measure, recipe.first)
        others = [each for each in printed if (each.measure, each.year) == at]
        agrees = [o for o in others if o.value != claimed and match(o.value, test.claimed)]
        same = ", ".join(f"{other.claim_id} ({say_number(other.value)})" for other in agrees)
        met += f" It agrees with what another text prints: {same}." if same else ""
    if recipe.kind in NUMERIC and len(known) > 1:
        nearest = min(known, key=lambda each: abs(float(known[each] or 0) - claimed))
        named = f"the nearest, {_say_what(nearest, figures)}, is {say_number(known[nearest])}"
        met += f" None of {len(known)} series gives it; {named}."
    fitting = []
    if not test.is_fixed and (recipe.is_single or recipe.kind == "percent_of_sum"):
        for year in figures.years(recipe.measure):
            moved = replace(recipe, first=year, last=year).compute(figures)
            fitting += [f"{year} ({say_number(moved)})"] if match(moved, test.claimed) else []
    met += f" It holds for another year: {', '.join(fitting)}." if fitting else ""
    return replace(finding, met=met, is_of_another_year=bool(fitting))


def _judge_wording(finding: Finding, claim: Claim, figures: Figures) -> dict[str, str]:
    """Name and say in what the series differs from what the sentence says."""
    test, recipe, says = finding.test, finding.test.recipe, finding.test.says or claim.says
    settled, told = finding.settled or recipe, {}
    # What is counted, on the years of the sentence.
    family = _name_family(replace(recipe, kind=settled.kind, measure=settled.measure), figures)
    if family != says:
        claimed = TERMS["one_day"] if family == f"{says}_summed" else FAMILIES[says]
        told["other-measure"] = f"{_COUNTED[family]}, while the sentence speaks of {claimed}"
    if settled.kind != recipe.kind:
        found, named = _CHANGED[settled.kind], _CHANGED[recipe.kind]
        told["other-arithmetic"] = f"it is {found}, while the sentence names {named}"
    # A number in round terms comes up in some other year by chance.
    is_telling = test.claimed.precision in ("exact", "rounded")
    is_shifted = (settled.first, settled.last) != (recipe.first, recipe.last)
    is_shifted |= finding.is_of_another_year and is_telling
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
        is_half = not recipe.is_sum and figures.info.half_year in recipe.list_years()
        return "applied" + "_half" * is_half
    return recipe.measure.removesuffix("_most") + "_summed" * recipe.is_sum


def _explain_finding(finding: Finding, figures: Figures) -> str:
    """Explain one statement: what was counted, the numbers, and how they meet the claim."""
    recipe, claimed = finding.test.recipe, finding.test.claimed
    settled, value = finding.settled, finding.value
    if settled is None:
        return finding.met
    said = f"{_say_what(settled, figures)}: {settled.work(figures)[1]}"
    if isinstance(value, bool) or value is None:
        return f"{said}. The statement {'holds' if value else 'does not hold'}."
    met = ", as printed." if finding.figure == "exact" else f", which “{claimed.text}” allows."
    if claimed.precision == "over" and claimed.value >= 1:
        met = f", which is {claimed.text}, by {value / float(claimed.value) - 1:.1%}."
    said += finding.met or met
    if settled.kind != recipe.kind:
        found, named = _CHANGED[settled.kind], _CHANGED[recipe.kind]
        said += f" What is printed, {claimed.text}, is {found}; the sentence names {named}."
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
    what += f", {_say_span(recipe)}" if recipe.first else ""
    what += " in percent of a span" * (recipe.kind == "percent_of_sum")
    is_half = figures.info.half_year in recipe.list_years()
    return what + f" (mid-year {figures.info.half_year})" * is_half


def _say_span(recipe: Recipe) -> str:
    return " to ".join(map(str, dict.fromkeys((recipe.first, recipe.last))))


def _name_slip(printed: float, published: float) -> str:
    """Name a slip of the pen that turns one whole number into the other, or return ""."""
    one, other = f"{printed:.0f}", f"{published:.0f}"
    differ = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    if len(one) != len(other) or len(differ) not in (1, 2):
        return ""
    if len(differ) == 1:
        return ": one digit differs"
    return ": two digits are swapped" if differ[0] == differ[1][::-1] else ""
