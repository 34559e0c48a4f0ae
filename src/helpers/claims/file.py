"""Published claims, written down by hand as data: data/hand/claims/<name>.yml.

A claim is its number, its years, what the sentence says it counts, and its source; the rest can
follow later. The format is described in docs/claims.md; a file that does not fit is refused, with
the entry named.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, ValidationError, model_validator

from helpers import paths
from helpers.claims.claim_figures import REGIONS, Figures
from helpers.claims.precision import TERMS, Claimed, parse_claimed
from helpers.claims.recipes import FIRST_YEARS, YES_OR_NO, Recipe, parse_recipe
from helpers.data.columns import FIRST_STOCK_YEAR, load_codes
from helpers.data.hand import load_entries
from helpers.prose.words import say_date
from helpers.study import Frozen, InputError, Source, explain, load_yaml, say_unknown

FAMILIES: dict[str, str] = TERMS["says"]  # what a sentence can say that it counts
OF_FAMILY: dict[str, list[str]] = TERMS["named"]  # the series that its own words name
# What every restatement may name: the claim's years, and the stock's date in the last of them
# ("the end of 2021", "the middle of 2024").
GIVEN = ("first_year", "last_year", "at_last", "release")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
Says = Literal[("", *FAMILIES)]  # type: ignore[valid-type]


def _read_claimed(given: Any) -> Claimed:
    claimed = given if isinstance(given, Claimed) else parse_claimed(given)
    if claimed is None:
        raise ValueError(f"{given!r} holds no number")
    return claimed


class ClaimSource(Frozen):
    """A text: who published it and when, the evidence for that date, and what it could see."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]*$")
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    date: dt.date
    date_shown: str = Field(min_length=1, default_factory=lambda given: say_date(given["date"]))
    date_evidence: str = ""
    sees: int = Field(default_factory=lambda given: given["date"].year - 1)
    url: str | None = None
    evidence: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _sees_what_was_there(self) -> ClaimSource:
        if self.sees > self.date.year:
            raise ValueError(f"sees {self.sees} lies after its date, {self.date}")
        return self

    def cite(self) -> str:
        """Return title, publisher and date on one line."""
        return f"{self.title}, {self.publisher}, {self.date_shown}"


class Test(Frozen):
    """One statement of a claim: what is claimed, and the recipe that recomputes it.

    `says` is given where it counts something else than the claim's other statements, `reading`
    where it is one of two readings; `is_fixed` holds it to the recipe's own measure.
    """

    __test__ = False  # pytest takes the name for a test's

    label: str = ""
    claimed: Annotated[Claimed, PlainValidator(_read_claimed)] = Claimed("yes")
    recipe: Annotated[Recipe, PlainValidator(parse_recipe)]
    reading: Literal["", "literal", "generous"] = ""
    says: Says = ""
    is_fixed: bool = False

    @model_validator(mode="after")
    def _is_number_or_not(self) -> Test:
        if (self.recipe.kind in YES_OR_NO) != (self.claimed.precision == "holds"):
            raise ValueError(f"claimed must be given for numbers alone, not for {YES_OR_NO}")
        return self


def _say_paraphrase(given: dict[str, Any]) -> str:
    at = f" at {given['asylum']}" if given["asylum"] else ""
    span = " to ".join(map(str, given["years"]))
    return f"{FAMILIES.get(given['says'], '').capitalize()}{at}, {span}"


def _write_tests(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Write the test that a claim's number, years, series and destination already say."""
    claimed, years = parse_claimed(given["claimed"]), given["years"]
    if given["would_test"] or claimed is None:
        return []
    measure = given["series"] or OF_FAMILY.get(given["says"], ("pending",))[0]
    change = {"percent": "increase", "times": "ratio"}.get(claimed.form, "total")
    kind = change if len(years) > 1 else "total"
    recipe = f"{kind} {measure} {'-'.join(map(str, years))} {given['asylum']}"
    precision = given["precision"] or claimed.precision
    return [{"claimed": replace(claimed, precision=precision), "recipe": recipe}]


class Claim(Frozen):
    """One claim; its fields are described in docs/claims.md.

    Without `tests` the claimed number itself is tested: of one year the figure, of two their sum,
    for a percentage the increase and for a multiple the ratio.
    """

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]*-\d{2}[a-z]?$")
    source: str
    claimed: Annotated[str, BeforeValidator(str), Field(min_length=1)]
    years: tuple[int, ...] = Field(min_length=1, max_length=2)
    says: Says = ""
    precision: Literal["", "around", "nearly", "over", "under", "at_least", "exact"] = ""
    asylum: str = Field("", pattern=r"^([A-Z]{3})?$")
    series: Literal["", "pending", "applied_persons", "applied_cases", "refugees", "oip"] = ""
    paraphrase: str = Field(default_factory=_say_paraphrase)
    reading: str = ""
    would_test: str = ""
    tests: tuple[Test, ...] = Field(default_factory=_write_tests, validate_default=True)
    restated: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _is_tested_or_not(self) -> Claim:
        if bool(self.tests) == bool(self.would_test):
            raise ValueError(
                "give a number under claimed, tests, or would_test for what UNHCR does not count"
            )
        if self.tests and not self.says:
            raise ValueError("says is missing: what does the sentence say it counts?")
        list_holes(self.restated)
        return self

    def restate(self, figures: Figures) -> str:
        """Fill the restatement from one release; empty where there is none."""
        first, last = self.years[0], self.years[-1]
        half = "the middle of" if last == figures.info.half_year else "the end of"
        given = dict(zip(GIVEN, (first, last, f"{half} {last}", figures.info.name), strict=True))
        holes = list_holes(self.restated)
        values = {name: recipe.compute(figures) for name, recipe in holes.items()}
        where = f"release {figures.info.name}"
        if None in values.values():
            return f"Nothing can be restated on {where}: it does not hold the figures."
        said = ""
        for text, hole, spec, _ in string.Formatter().parse(self.restated):
            said += text + str(given.get(str(hole), ""))
            said += format(values[hole], spec or ",") if hole in values else ""
        return f"{said.strip()} ({where})" if said else ""

    def list_recipes(self) -> list[Recipe]:
        """Return the recipes of the claim's tests, and of its restatement."""
        return [*(test.recipe for test in self.tests), *list_holes(self.restated).values()]


def list_holes(sentence: str) -> dict[str, Recipe]:
    """List the recipes in a restatement's braces, as they are written there.

    ValueError where a number is typed, or a hole is no recipe or no format of a number.
    """
    found = {}
    for text, hole, spec, _ in string.Formatter().parse(sentence):
        if typed := re.search(r"\S*\d\S*", _YEAR.sub("", text)):
            raise ValueError(f"{typed[0]!r} is typed into the sentence: put its recipe in braces")
        if hole is not None and hole not in GIVEN:
            found[hole] = parse_recipe(hole)
            try:
                format(0, spec or "")
            except ValueError:
                raise ValueError(f"{{{hole}:{spec}}} is no format of a number") from None
    return found


class ClaimsFile(Frozen):
    """A claims file: the origin that its texts are about, the texts, and their claims."""

    origin: str = Field(pattern=r"^[A-Z]{3}$")
    sources: tuple[ClaimSource, ...] = Field(min_length=1)
    claims: tuple[Claim, ...] = Field(min_length=1)
    notes: tuple[str, ...] = ()

    def find_source(self, claim: Claim) -> ClaimSource:
        """Return the text that a claim stands in."""
        return next(source for source in self.sources if source.id == claim.source)


def list_claims_files() -> tuple[str, ...]:
    """Return the names of the claims files."""
    return tuple(sorted(file.stem for file in (paths.hand() / "claims").glob("*.yml")))


def load_claims(name: str) -> ClaimsFile:
    """Load data/hand/claims/<name>.yml; InputError where there is none, or see `read_claims`."""
    if name not in list_claims_files():
        raise InputError(say_unknown("claims file", name, list_claims_files()))
    return read_claims(paths.hand() / "claims" / f"{name}.yml")


def read_claims(file: Path) -> ClaimsFile:
    """Read and check a claims file from anywhere.

    Raises
    ------
    InputError
        Where an entry does not fit: an unknown recipe or measure, an impossible year, an id that
        is given twice, a source that is not listed. The message names the entry.
    """
    entries = {
        "sources": load_entries(file, "sources", ClaimSource, "source"),
        "claims": load_entries(file, "claims", Claim, "claim"),
    }
    try:
        claims = ClaimsFile.model_validate(load_yaml(file) | entries)
    except ValidationError as error:
        raise InputError(f"{file.name}: {explain(error)}") from None
    for problem in _find_problems(claims):
        raise InputError(f"{file.name}: {problem}")
    return claims


def _find_problems(file: ClaimsFile) -> Iterator[str]:
    """Find what only shows when entries are seen together."""
    for kind, entries in (("claim", file.claims), ("source", file.sources)):
        for entry, count in Counter(each.id for each in entries).items():
            if count > 1:
                yield f"{kind} {entry!r} is given {count} times: every id must be its own"
    known = {source.id: source for source in file.sources}
    for number, claim in enumerate(file.claims, start=1):
        where = f"claim {number} ({claim.id})"
        if claim.source not in known:
            yield f"{where}: {say_unknown('source', claim.source, tuple(known))}"
            continue
        source, years, recipes = known[claim.source], list(claim.years), claim.list_recipes()
        read = {(FIRST_YEARS[each.measure], year) for each in recipes for year in each.list_years()}
        for year in sorted(year for first, year in read if not first <= year <= source.sees):
            yield (
                f"{where}: year {year} is impossible: the series begins later, or the text of "
                f"{source.date_shown} could see no figure after {source.sees}"
            )
        if years[0] < FIRST_STOCK_YEAR:
            yield f"{where}: years {years} begin before {FIRST_STOCK_YEAR}, the first in the data"
        if years != sorted(years) or years[-1] > source.date.year:
            yield f"{where}: years {years} must be in order and not after {source.date.year}"
        named = {name for each in recipes for name in each.places + each.against + each.besides}
        for code in sorted(named - {*REGIONS} - load_codes()):
            yield f"{where}: {code!r} is the code of no country"
