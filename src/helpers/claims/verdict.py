"""Judge one claim on one release: the figure's code, the wording's codes, and what was found.

The search is narrow: the years that the text names, the measures of the whole origin (persons and
cases apart), each with every destination and without the year's largest; a claim about one
destination is looked for in that destination's measures. A limit, such as "over X", is looked for
only in what the sentence names and in the text's own series, since some series is over almost
anything. What does not fit is tried a year off, against revisions, and from the text's own figures.
A claim of several statements has the codes of all; where a word allows two readings, its statements
are marked `literal` and `generous`, and the claim has codes by either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from typing import NamedTuple

from helpers.claims.claim_figures import Figures
from helpers.claims.file import OF_FAMILY, Claim, ClaimsFile, Test
from helpers.claims.precision import LIMITS, TERMS, Value, find_limits, match
from helpers.claims.recipes import CHANGES, MEASURES, NUMERIC, Recipe

CODES: dict[str, dict[str, str]] = TERMS["codes"]  # what they mean, figure and wording
READINGS = ("literal", "generous")


class Printed(NamedTuple):
    """A figure that a text prints of the whole origin in one year."""

    claim_id: str
    measure: str
    year: int
    value: float


@dataclass(frozen=True)
class Finding:
    """What one statement of a claim came to on one release: its codes, and how they came about.

    `settled` is the recipe that gives `value`, the statement's own or another. `nearest` is the
    nearest of the `tried` candidates. A figure that follows only from printed `inputs` is `derived`
    from them, and `value` is the release's own.
    """

    test: Test
    figure: str = "untestable"
    wording: tuple[str, ...] = ("untestable",)
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
        wrong = [code for code in codes if code not in ("fits", "untestable")]
        return "; ".join(wrong) or ("fits" if "fits" in codes else "untestable")

    @property
    def has_readings(self) -> bool:
        """Whether a word of the claim allows two readings."""
        return any(each.test.reading for each in self.findings)

    @property
    def main(self) -> Finding | None:
        """The finding of the first statement, whose value is the claim's."""
        return self.findings[0] if self.findings else None


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
    return replace(finding, wording=_name_wording(finding, claim, figures))


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
    found = Finding(test, "off", (), known[recipe], recipe, len(known), nearest)
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


def name_family(recipe: Recipe, figures: Figures) -> str:
    """Name what a series counts (`FAMILIES`); six months' flow is a family of its own."""
    if recipe.kind == "own_origin":
        return "coverage"
    if recipe.measure.startswith(("applied", "lodged")):
        is_half = not recipe.is_sum and any(map(figures.is_half, recipe.list_years()))
        return "applied" + "_half" * is_half
    return recipe.measure.removesuffix("_most") + "_summed" * recipe.is_sum


def _name_wording(finding: Finding, claim: Claim, figures: Figures) -> tuple[str, ...]:
    """Return the wording's codes: whether the series counts what the sentence says."""
    test, recipe = finding.test, finding.test.recipe
    settled = finding.settled or recipe
    # A number in round terms comes up in some other year by chance.
    is_telling = test.claimed.precision in ("exact", "rounded")
    is_shifted = settled.spans != recipe.spans or bool(finding.other_years and is_telling)
    if recipe.kind == "year_of":
        is_shifted = finding.figure != "off" and finding.value != claim.years[-1]
    named = replace(settled, spans=recipe.spans)  # what is counted, on the years of the sentence
    codes = {
        "other-measure": name_family(named, figures) != (test.says or claim.says),
        "other-arithmetic": settled.kind != recipe.kind,
        "other-year": is_shifted,
    }
    return tuple(code for code, is_so in codes.items() if is_so) or ("fits",)
