"""Published claims, written down by hand as data: data/hand/claims/<name>.yml.

Each claim has its source, a paraphrase, what is claimed and how exactly, the years that the
sentence names, what the sentence says it counts, and recipes to recompute it. The format is
described in docs/claims.md; a file that does not fit is refused, with the entry named.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from helpers import paths
from helpers.claims.recipes import Recipe, find_impossible_years
from helpers.data.codes import load_codes
from helpers.data.columns import FIRST_STOCK_YEAR
from helpers.study import Frozen, InputError, Source, load_yaml, say_unknown

Precision = Literal[
    "exact", "rounded", "around", "nearly", "over", "at_least", "at_most", "under", "same", "holds"
]
# What a sentence can say that it counts, and what a recipe can turn out to count.
Family = Literal[
    "pending", "pending_mid", "pending_summed", "applied", "applied_mid", "applied_summed",
    "people", "forecast", "refugees", "oip", "coverage",
]  # fmt: skip
# What every restatement may name: the claim's years, and the stock's date in the last of them
# ("the end of 2021", "the middle of 2024").
GIVEN = ("first_year", "last_year", "at_last", "release")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class ClaimSource(Frozen):
    """A text: who published it and when, the evidence for that date, and what it could see."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]*$")
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    date: dt.date
    date_shown: str = Field(min_length=1)
    date_evidence: str = Field(min_length=20)
    sees: int
    url: str | None = None
    evidence: tuple[Source, ...] = ()

    def cite(self) -> str:
        """Return title, publisher and date on one line."""
        return f"{self.title}, {self.publisher}, {self.date_shown}"


class Claimed(Frozen):
    """What the text claims: the words, the value, and how exactly it is stated."""

    text: str = Field(min_length=1)
    value: bool | int | Annotated[float, Field(allow_inf_nan=False)]
    precision: Precision


class Test(Frozen):
    """One statement of a claim: what is claimed, and the recipe that recomputes it.

    `is_fixed` holds the statement to the recipe's own measure and looks at no other.
    """

    __test__ = False  # pytest takes the name for a test's

    label: str = ""
    claimed: Claimed
    recipe: Recipe
    is_fixed: bool = False


class Restated(Frozen):
    """The fair restatement: a sentence with named holes, and the recipe for each."""

    sentence: str = Field(min_length=10)
    values: dict[str, Recipe] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _holes_are_named(self) -> Restated:
        pieces = list(string.Formatter().parse(self.sentence))
        holes = {name for _, name, _, _ in pieces if name is not None}
        unknown = sorted(holes - set(self.values) - set(GIVEN))
        if unknown:
            raise ValueError(f"the sentence names {', '.join(unknown)}, which values does not give")
        for _, name, spec, _ in pieces:
            try:
                format(0, "" if name in GIVEN else spec or "")
            except ValueError:
                raise ValueError(f"{{{name}:{spec}}} is no format of a number") from None
        texts = [_YEAR.sub("", text) for text, *_ in pieces]
        typed = [word for text in texts for word in re.findall(r"\S*\d\S*", text)]
        if typed:
            raise ValueError(f"{typed[0]!r} is typed into the sentence: name it under values")
        return self


class Claim(Frozen):
    """One claim; `tests` recompute it, or `would_test` says what could, outside UNHCR's data."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]*-\d{2}[a-z]?$")
    source: str
    paraphrase: str = Field(min_length=10)
    claimed: str = Field(min_length=1)
    years: tuple[int, ...] = Field(min_length=1, max_length=2)
    says: tuple[Family, ...] = ()
    reading: str = ""
    tests: tuple[Test, ...] = ()
    would_test: str = ""
    restated: Restated | None = None
    note: str = ""

    @model_validator(mode="after")
    def _tested_or_not(self) -> Claim:
        if bool(self.tests) == bool(self.would_test):
            raise ValueError("give either tests, or would_test for what UNHCR does not count")
        if self.tests and not self.says:
            raise ValueError("says is missing: what does the sentence say it counts?")
        return self


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
    """Return the names of the claims files on file."""
    return tuple(sorted(file.stem for file in (paths.hand() / "claims").glob("*.yml")))


def load_claims(name: str) -> ClaimsFile:
    """Load data/hand/claims/<name>.yml.

    Raises
    ------
    InputError
        Where there is no such file, or an entry does not fit: an unknown recipe or measure, an
        impossible year, an id that stands twice, a source that is not listed. The message names
        the entry.
    """
    if name not in list_claims_files():
        raise InputError(say_unknown("claims file", name, list_claims_files()))
    return read_claims(paths.hand() / "claims" / f"{name}.yml")


def read_claims(file: Path) -> ClaimsFile:
    """Read and check a claims file from anywhere; see `load_claims`."""
    loaded = load_yaml(file)
    if not isinstance(loaded, dict) or not isinstance(loaded.get("claims"), list):
        raise InputError(f"{file.name} must hold a list under 'claims'")
    try:
        claims = ClaimsFile.model_validate(loaded)
    except ValidationError as error:
        said = "; ".join(_say_problem(problem, loaded) for problem in error.errors())
        raise InputError(f"{file.name}: {said}") from None
    for problem in _find_problems(claims):
        raise InputError(f"{file.name}: {problem}")
    return claims


def _say_problem(problem: Any, loaded: dict[str, Any]) -> str:
    """Say one of pydantic's problems, with the entry's number and id in place of its path."""
    path = list(problem["loc"])
    where = ""
    if len(path) > 1 and path[0] in ("claims", "sources") and isinstance(path[1], int):
        entry = loaded[path[0]][path[1]]
        name = entry.get("id") if isinstance(entry, dict) else entry
        where = f"{path[0][:-1]} {path[1] + 1} ({name}): "
        path = path[2:]
    return f"{where}{'.'.join(map(str, path)) or 'entry'}: {problem['msg']}"


def _find_problems(file: ClaimsFile) -> list[str]:
    """List what only shows when entries are seen together."""
    problems = [
        f"{kind} {entry!r} stands {count} times: every id must be its own"
        for kind, ids in (
            ("claim", [claim.id for claim in file.claims]),
            ("source", [source.id for source in file.sources]),
        )
        for entry, count in Counter(ids).items()
        if count > 1
    ]
    known = {source.id: source for source in file.sources}
    for number, claim in enumerate(file.claims, start=1):
        where = f"claim {number} ({claim.id})"
        if claim.source not in known:
            problems.append(f"{where}: {say_unknown('source', claim.source, tuple(known))}")
            continue
        problems += [f"{where}: {said}" for said in _find_odd_years(claim, known[claim.source])]
        problems += [
            f"{where}: {code!r} is the code of no country" for code in _find_odd_codes(claim)
        ]
    return problems


def _list_recipes(claim: Claim) -> list[Any]:
    """Return a claim's recipes, those of its restatement included."""
    restated = claim.restated.values.values() if claim.restated else ()
    return [*(test.recipe for test in claim.tests), *restated]


def _find_odd_codes(claim: Claim) -> list[str]:
    """List the codes of destinations and origins that no country has."""
    named: set[str] = set()
    for recipe in _list_recipes(claim):
        held = recipe.model_dump()
        named.update(held[field] for field in ("asylum", "origin") if held.get(field))
        named.update(*(held.get(field, ()) for field in ("places", "besides")))
    return sorted(named - load_codes())


def _find_odd_years(claim: Claim, source: ClaimSource) -> list[str]:
    """List the years that a claim cannot mean."""
    odd = {
        year
        for recipe in _list_recipes(claim)
        for year in find_impossible_years(recipe, source.sees)
    }
    said = [
        f"year {year} is impossible: the series begins later, or the text of {source.date_shown} "
        f"could see no figure after {source.sees}"
        for year in sorted(odd)
    ]
    if claim.years[0] < FIRST_STOCK_YEAR:
        said.append(f"years {list(claim.years)} begin before {FIRST_STOCK_YEAR}, the first on file")
    if list(claim.years) != sorted(claim.years) or claim.years[-1] > source.date.year:
        said.append(f"years {list(claim.years)} must be in order and not after {source.date.year}")
    return said
