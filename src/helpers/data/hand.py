"""Judgement made by hand, kept as data under data/hand: breaks, factors, rules, populations.

Each entry names its source. The formats are described in data/hand/README.md; an entry that does
not fit is refused with its number and what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator

from helpers import paths
from helpers import study as studies
from helpers.data.columns import CODES, load_codes
from helpers.study import Frozen, InputError, Source, explain, load_yaml

Kind = Literal[
    "coverage_drop", "coverage_jump", "unknown_origin", "carried_forward", "mid_year",
    "stage_change", "unit_change", "stock_flow_gap",
]  # fmt: skip
Touches = Literal["pending", "applications", "decisions", "refugees"]
Entry = TypeVar("Entry", bound=Frozen)


def _among(load: Callable[[], Container[str]], what: str) -> AfterValidator:
    """Refuse a code that is none of these, since it would match no row, and no one would notice."""

    def check(code: str) -> str:
        if code not in load():
            raise ValueError(f"{code!r:.20} is no {what}")
        return code

    return AfterValidator(check)


Origin = Annotated[str, _among(load_codes, "code of data/raw/countries.csv")]
Asylum = Annotated[str, _among(lambda: {"*"} | load_codes(), "code of countries.csv, or *")]
Year = Annotated[int, Field(ge=1951, le=2100)]  # UNHCR's first, and what nobody means
Stage = Annotated[str, _among(lambda: CODES["stage_code"], "application type of data/README.md")]
Level = Annotated[str, _among(lambda: CODES["level_code"], "decision level of data/README.md")]


class ShownBy(Frozen):
    """An origin and a release on which an entry's finding shows."""

    origin: Origin
    release: str = Field(min_length=1)


class BreakEntry(Frozen):
    """A break that is understood.

    Attributes
    ----------
    asylum, years, kinds, touches, rules
        Which findings it explains; asylum `*` means any, and so do touches and rules left empty.
    releases
        Releases on which it shows; empty means every one that covers its years.
    flow
        half_year: the destination's claims lodged and decisions of these years are of six months.
    shown_by
        An origin and a release on which a finding must match, or the tests fail.
    status
        documented (a source says it), rows (the rows themselves show it), inferred (it follows
        from the rows and a source together).
    """

    asylum: Asylum
    years: tuple[Year, ...] = Field(min_length=1)
    kinds: tuple[Kind, ...] = Field(min_length=1)
    touches: tuple[Touches, ...] = ()
    rules: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    flow: Literal["half_year"] | None = None
    shown_by: ShownBy
    status: Literal["documented", "rows", "inferred"]
    reason: str = Field(min_length=10)
    sources: tuple[Source, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _shown_where_it_applies(self) -> BreakEntry:
        if self.releases and self.shown_by.release not in self.releases:
            raise ValueError("shown_by.release must be one of releases")
        return self


class FactorEntry(Frozen):
    """Persons a case at a destination, level and years.

    Attributes
    ----------
    asylum, levels, first, last
        Where it holds; asylum `*` means anywhere else, levels empty means all of them.
    factor, alternatives
        The factor, and others to run beside it.
    status
        published (UNHCR's own for those years), carried (a neighbouring year's), assumed.
    """

    asylum: Asylum
    levels: tuple[Level, ...] = ()
    first: Year
    last: Year
    factor: float = Field(ge=1, le=5)
    alternatives: tuple[float, ...] = (1.0, 1.2)
    status: Literal["published", "carried", "assumed"]
    sources: tuple[Source, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> FactorEntry:
        if self.first > self.last:
            raise ValueError(f"first {self.first} lies after last {self.last}")
        if 1.0 not in self.alternatives:
            raise ValueError("alternatives must hold 1.0: a case is at least one person")
        return self


class LodgedRule(Frozen):
    """A rule that counts rows of another type than N as claims lodged (inclusive figures).

    Attributes
    ----------
    asylum, stages, levels, without_levels, years
        Which rows; asylum `*` means any, and so do levels and years left empty.
    """

    name: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    title: str = Field(min_length=1)
    asylum: Asylum = "*"
    stages: tuple[Stage, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = ()
    without_levels: tuple[Level, ...] = ()
    years: tuple[Year, ...] = ()
    status: Literal["documented", "rows", "inferred"]
    reason: str = Field(min_length=10)
    sources: tuple[Source, ...] = Field(min_length=1)


class PopulationEntry(Frozen):
    """Refugees counted under an origin who are one people of their own at one destination.

    Attributes
    ----------
    origin, asylum, first, last
        Which rows; without first or last every earlier or later year.
    people
        What a caption calls them: "Tibetans in India".
    """

    origin: Origin
    asylum: Origin
    people: str = Field(min_length=1)
    first: Year = 1951
    last: Year = 2100
    status: Literal["documented", "rows", "inferred"]
    reason: str = Field(min_length=10)
    sources: tuple[Source, ...] = Field(min_length=1)


def load_breaks() -> tuple[BreakEntry, ...]:
    """Load the register of understood breaks, data/hand/breaks.yml.

    Raises
    ------
    InputError
        Where the file is missing or an entry does not fit; the message names the entry.
    """
    return load_entries(paths.hand() / "breaks.yml", "breaks", BreakEntry)


def load_persons_per_case() -> tuple[FactorEntry, ...]:
    """Load the factors that turn cases into persons, data/hand/persons_per_case.yml.

    Raises
    ------
    InputError
        As `load_breaks`; also where two entries claim the same destination, level and year.
    """
    file = paths.hand() / "persons_per_case.yml"
    entries = load_entries(file, "factors", FactorEntry)
    for (_, other), (number, entry) in combinations(enumerate(entries, start=1), 2):
        has_same_levels = set(entry.levels or "*") & set(other.levels or "*")
        has_same_years = max(entry.first, other.first) <= min(entry.last, other.last)
        if entry.asylum == other.asylum and has_same_levels and has_same_years:
            raise InputError(
                f"{file.name}: entry {number} ({_name(entry.model_dump())}) and another of "
                f"{other.asylum} {other.first}-{other.last} claim the same years and levels"
            )
    return entries


def load_lodged_rules() -> tuple[LodgedRule, ...]:
    """Load the rules of inclusive claims lodged, data/hand/lodged.yml; see `load_breaks`."""
    return load_entries(paths.hand() / "lodged.yml", "rules", LodgedRule)


def load_populations(origin: str) -> tuple[PopulationEntry, ...]:
    """Load the peoples of their own among an origin's refugees, data/hand/populations.yml."""
    every = load_entries(paths.hand() / "populations.yml", "populations", PopulationEntry)
    return tuple(entry for entry in every if entry.origin == origin)


def load_placebo_origins() -> tuple[str, ...]:
    """Load the origins that a study's own is compared with pair by pair, data/hand/placebos.yml.

    Raises
    ------
    InputError
        Where the file holds no list of ISO3 codes under `origins`.
    """
    file = paths.hand() / "placebos.yml"
    for code in (origins := load_list(file, "origins")):
        if not isinstance(code, str) or code not in load_codes():
            raise InputError(f"{file.name}: {code!r:.20} is no code of data/raw/countries.csv")
    return tuple(origins)


def load_entries(
    file: Path, key: str, model: type[Entry], called: str = "entry"
) -> tuple[Entry, ...]:
    """Load a list from under a key of a YAML file; InputError names an entry that does not fit."""
    entries = []
    for number, item in enumerate(load_list(file, key), start=1):
        try:
            entries.append(model.model_validate(item))
        except ValidationError as error:
            said = f"{file.name}: {called} {number} ({_name(item)}): {explain(error)}"
            raise InputError(said) from None
    return tuple(entries)


def load_list(file: Path, key: str) -> list[Any]:
    """Load the list under a key of a YAML file; InputError where there is none."""
    loaded = load_yaml(file)
    if not isinstance(loaded, dict) or not isinstance(loaded.get(key), list):
        raise InputError(f"{file.name} must hold a list under {key!r}")
    return loaded[key]


def _name(item: Any) -> str:
    """Name an entry by its id or name, or by its destination and years."""
    if not isinstance(item, dict):
        return str(item)[:60]
    years = item.get("years") or [item.get("first"), item.get("last")]
    listed = " ".join(map(str, years)) if isinstance(years, list) else years
    return str(item.get("id") or item.get("name") or f"{item.get('asylum')} {listed}")[:60]


class Name(NamedTuple):
    """A place's name in a chart, and inside a sentence with its article."""

    short: str
    prose: str


class Names(dict[str, Name]):
    """Names by ISO3 code; a code that no list holds is its own name."""

    def __missing__(self, code: str) -> Name:
        """Return a code that UNHCR has added since the list of countries was made."""
        return Name(code, code)


def load_names() -> dict[str, Name]:
    """Load every place's names: UNHCR's own, or the shorter ones of data/hand/names.yml.

    InputError as `study.load_name_entries` and `study.read_places`.

    Returns
    -------
    dict of str to Name
        Keyed on ISO3; a code that is not listed is its own name.
    """
    places = studies.read_places()
    names = Names({row["iso_code"]: Name(row["name"], row["name"]) for row in places})
    for code, entry in studies.load_name_entries().items():
        short = entry.get("short", names[code].short)
        names[code] = Name(short, entry.get("prose", short))
    return names


def choose_title(study: studies.Study) -> str:
    """Return the title of a study's file, or for an origin without one a plain title."""
    if study.boundary:
        return study.file.title
    return f"Asylum-seekers from {load_names()[study.origin].prose}"
