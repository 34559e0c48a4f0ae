"""The Study: one validated, frozen set of parameters, and what there is to choose from.

Releases stand under data/raw, study files under data/hand/studies. Only their descriptions are
read here; `helpers.data` loads the figures. Everything downstream takes a `Study`. What does not
fit is refused before anything heavy is imported, with a message that lists what there is.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import chain, pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from helpers import paths

DEFAULT_STUDY = "china"
PARAMETERS = ("study", "release", "origin", "year_from", "year_to", "top_n", "run_dir")
# Those that a batch varies, and its options that list their values.
BATCH_OPTIONS = {
    "study": "studies",
    "origin": "origins",
    "release": "releases",
    "year_from": "year_from",
    "year_to": "years",
    "top_n": "top_n",
}
MOST_TOP_N = 50
_MOST_BYTES = 200_000  # of a file made by hand; the largest has 28,000
_MOST_DEPTH, _MOST_SIGNS = 20, 40  # of lists, of a number or date
_SHORT = 30  # names that a message lists where it has a nearer one
_MOST_ROWS = 1_000_000_000
_RELEASE_NAME = re.compile(r"[0-9]{4}-(mid|end)(-[0-9]{4}-[0-9]{2}-[0-9]{2})?")
_Name = Literal["short", "prose", "also"]
_STUDY_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

# How UNHCR wants its figures to be named, and on what terms they may be passed on.
ATTRIBUTION = "UNHCR Refugee Population Statistics Database"
TERMS = (
    "https://www.unhcr.org/what-we-do/data-and-publications/data-and-statistics/terms-use-datasets"
)
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


class InputError(ValueError):
    """What was asked for cannot be done; the message says what would be right."""


class FailedError(Exception):
    """What was begun could not be finished; the message says why."""


class Frozen(BaseModel):
    """A model of fixed fields, none unknown; no text commands a spreadsheet or terminal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*")
    @classmethod
    def _refuse_commands(cls, value: Any) -> Any:
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and text.lstrip().startswith(("=", "+", "-", "@")):
                raise ValueError(f"{text!r} is a formula in a spreadsheet: begin with a letter")
            if isinstance(text, str) and not text.replace("\n", "").isprintable():
                raise ValueError(f"{text!r} holds a control character")
        return value


class ReleaseInfo(Frozen):
    """One release, as its datapackage.json describes it.

    `origins` are those whose destinations the release holds: all of UNHCR's, or some.
    """

    name: str
    title: str = Field(min_length=1)
    published: dt.date
    first_year: int = Field(ge=2000, le=2200)  # no claims were collected before
    newest_year: int = Field(ge=2000, le=2200)
    period: Literal["mid", "end"]
    origins: tuple[str, ...]

    @model_validator(mode="after")
    def _order(self) -> ReleaseInfo:
        if self.first_year > self.newest_year:
            raise ValueError(f"first_year {self.first_year} lies after {self.newest_year}")
        return self

    @property
    def half_year(self) -> int | None:
        """The newest year where it is reported at mid-year; None where it is whole."""
        return self.newest_year if self.period == "mid" else None


class _Resource(BaseModel):
    path: str = Field(pattern=r"^\w+\.csv(\.gz)?$")
    hash: str
    rows: int = Field(ge=1, le=_MOST_ROWS)
    rows_by_year: dict[int, Annotated[int, Field(ge=0, le=_MOST_ROWS)]] = {}


class _Package(BaseModel):
    release: ReleaseInfo
    resources: tuple[_Resource, ...] = Field(min_length=1)


class _NamesFile(BaseModel):
    names: dict[str, dict[_Name, Annotated[str, Field(min_length=1)]]]


class Era(Frozen):
    """A span of years under one name; an open end takes the study's first or last year.

    `phrase` is what a sentence calls it, as in "the years after the coup".
    """

    name: str = Field(min_length=1)
    first: int | None = None
    last: int | None = None
    phrase: str | None = None

    @model_validator(mode="after")
    def _order(self) -> Era:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"era {self.name} ends in {self.last}, before it begins")
        return self

    @property
    def prose(self) -> str:
        """What a sentence calls it; without a phrase "the … era"."""
        return self.phrase or f"the {self.name} era"


class Source(Frozen):
    """What a judgement made by hand rests on."""

    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    url: str | None = Field(default=None, pattern=r"^https?://[^\s<>\"'@/]+(/[^\s<>\"']*)?$")
    date: dt.date | str | None = None
    note: str = ""

    def cite(self) -> str:
        """Return the source on one line: title, publisher, date, address."""
        parts = [self.title, self.publisher, str(self.date) if self.date else "", self.url or ""]
        return ", ".join(part for part in parts if part)


class Boundary(Frozen):
    """One defensible way to cut the years into eras, with its sources.

    `handover` is the year in which the event fell that parts the compared eras; not said, it is
    taken to be the later era's first year.
    """

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    sources: tuple[Source, ...] = Field(min_length=1)
    compare: tuple[str, str]
    eras: tuple[Era, ...] = Field(min_length=2)
    handover: int | None = None

    @property
    def pair(self) -> tuple[Era, Era]:
        """The earlier and the later era that are compared."""
        earlier, later = (era for era in self.eras if era.name in self.compare)
        return earlier, later

    @model_validator(mode="after")
    def _partition(self) -> Boundary:
        where, names = f"boundary {self.name}", [era.name for era in self.eras]
        starts, listed = {era.first for era in self.eras[1:]}, ", ".join(names)
        for before, after in pairwise(self.eras):
            if before.last is None or after.first != before.last + 1:
                raise ValueError(f"{where}: {before.name} and {after.name} do not meet")
        if len(set(names)) < len(names):
            raise ValueError(f"{where}: two eras have one name: {listed}")
        if tuple(name for name in names if name in self.compare) != self.compare:
            said = "compare names an earlier era and a later one"
            raise ValueError(f"{where}: {said}, out of {listed}")
        if self.handover is not None and not {self.handover, self.handover + 1} & starts:
            said = f"no era begins in {self.handover} or the year after"
            raise ValueError(f"{where}: {said}, so it is no handover")
        return self


class StudyFile(Frozen):
    """A file of data/hand/studies: an origin, its eras and what to compare it with."""

    study: str
    title: str = Field(min_length=1)
    origin: str = Field(pattern=r"^[A-Z]{3}$")
    boundaries: tuple[Boundary, ...] = Field(min_length=1)
    comparators: tuple[str, ...] = ()
    claims: str | None = None
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _differ(self) -> StudyFile:
        names = [boundary.name for boundary in self.boundaries]
        if len(set(names)) < len(names):
            raise ValueError(f"two boundaries have one name: {', '.join(names)}")
        return self


class Study(Frozen):
    """A study's parameters, all valid together.

    `study` is the study file's name, `origin` an ISO3 code, `release` a folder of data/raw; both
    years are included; rankings show `top_n` destinations; `run_dir` is where tables, figures and
    numbers go, None writes nothing. `file` and `info` are the study file and the release's facts.
    """

    study: str
    origin: str
    release: str
    year_from: int
    year_to: int
    top_n: int
    run_dir: Path | None
    file: StudyFile
    info: ReleaseInfo

    @classmethod
    def resolve(cls, **given: Any) -> Study:
        """Turn raw parameters into a Study; those absent or None take their defaults.

        InputError for an unknown name, a wrong type, or a value that does not fit.
        """
        for name in given:
            if name not in PARAMETERS:
                raise InputError(say_unknown("parameter", name, PARAMETERS))
        file = load_study_file(_take(given, "study", DEFAULT_STUDY, str))
        info = find_release(_take(given, "release", None, str | None))
        origin = check_origin(_take(given, "origin", file.origin, str), info)
        return cls.combine(file.study, find_own_file(origin, file), info, **given)

    @classmethod
    def combine(cls, name: str, file: StudyFile, info: ReleaseInfo, **given: Any) -> Study:
        """Put a Study together from its name, its origin's own file and a release it is in."""
        first = _take_year(given, "year_from", info.first_year, info)
        last = _take_year(given, "year_to", info.newest_year, info)
        if first > last:
            raise InputError(f"year_from {first} lies after year_to {last}: swap them")
        top_n = _take(given, "top_n", 10, int)
        if not 1 <= top_n <= MOST_TOP_N:
            raise InputError(f"top_n must be between 1 and {MOST_TOP_N}, not {top_n}")
        run_dir = _take(given, "run_dir", "", str | Path)
        return cls(
            study=name, origin=file.origin, release=info.name, year_from=first, year_to=last,
            top_n=top_n, run_dir=run_dir or None, file=file, info=info,
        )  # fmt: skip

    @property
    def years(self) -> range:
        """The study's years, first to last."""
        return range(self.year_from, self.year_to + 1)

    @property
    def boundary(self) -> Boundary | None:
        """The study's own cut into eras; None for an origin without a study file."""
        return self.file.boundaries[0] if self.file.boundaries else None

    def parameters(self) -> dict[str, Any]:
        """Return the parameters that decide the outcome, as plain values: all but `run_dir`."""
        return {name: getattr(self, name) for name in PARAMETERS if name != "run_dir"}


def take_parameters(space: Mapping[str, Any]) -> dict[str, Any]:
    """Take the parameters out of a notebook's names, as `globals()` holds them.

    InputError for a name that is nearly a parameter's, such as `yearto` given to papermill.
    """
    for name, value in space.items():
        is_plain = isinstance(value, str | int | float) and not name.startswith("_")
        if is_plain and name not in PARAMETERS and get_close_matches(name, PARAMETERS, cutoff=0.8):
            raise InputError(say_unknown("parameter", name, PARAMETERS))
    return {name: space[name] for name in PARAMETERS if name in space}


def _take(given: Mapping[str, Any], name: str, default: Any, kind: Any) -> Any:
    value = default if given.get(name) is None else given[name]
    if isinstance(value, bool) or not isinstance(value, kind):
        wanted = "a whole number" if kind is int else "text"
        raise InputError(f"{name} must be {wanted}, not {value!r:.60}")
    return value.strip() if isinstance(value, str) else value


def _take_year(given: Mapping[str, Any], name: str, default: int, info: ReleaseInfo) -> int:
    year: int = _take(given, name, default, int)
    if not info.first_year <= year <= info.newest_year:
        span = f"{info.first_year} to {info.newest_year}"
        raise InputError(f"{name} {year} is outside release {info.name}: it covers {span}")
    return year


def read_places() -> list[dict[str, str]]:
    """Read every place of data/raw/countries.csv: UNHCR's code, ISO3 and name."""
    file = paths.raw() / "countries.csv"
    rows = csv.DictReader(read_plain(file).splitlines())
    if lacking := {"unhcr_code", "iso_code", "name"} - {*(rows.fieldnames or ())}:
        raise InputError(f"{paths.say_folder(file)} lacks {', '.join(sorted(lacking))}")
    return list(rows)


def check_origin(code: str, *infos: ReleaseInfo) -> str:
    """Return an origin's ISO3 code where one of the releases has its destinations, else InputError.

    The message says where the code is UNHCR's own, and of a single release its name.
    """
    known = sorted({origin for info in infos for origin in info.origins})
    if code in known:
        return code
    places = read_places()
    own = {row["unhcr_code"]: row["iso_code"] for row in places}.get(code)
    if own in known:
        raise InputError(f"unknown origin {code!r}: this is UNHCR's own code; ISO3 is {own}")
    where = f" in release {infos[0].name}" if len(infos) == 1 else ""
    names = {row["name"]: row["iso_code"] for row in places}
    names |= {each["short"]: iso3 for iso3, each in load_name_entries().items() if "short" in each}
    raise InputError(say_unknown("origin", code, known, where, names))


def load_name_entries() -> dict[str, dict[_Name, str]]:
    """Load data/hand/names.yml: by ISO3, what a place is called where UNHCR's name is too long.

    InputError where an entry has an unknown code or key, or a key that holds no text.
    """
    file = paths.hand() / "names.yml"
    try:
        names = _NamesFile.model_validate(load_yaml(file)).names
    except ValidationError as error:
        raise InputError(f"{file.name}: {explain(error)}") from None
    for code in sorted(names.keys() - {row["iso_code"] for row in read_places()}):
        raise InputError(f"{file.name}: entry {code!r} is no known code")
    return names


def list_releases() -> tuple[ReleaseInfo, ...]:
    """Return the releases on file, oldest publication first: folders named as a release is.

    InputError where one of them cannot be used, since an older one would be the newest without it.
    """
    folders = [file for file in paths.raw().glob("*/") if _RELEASE_NAME.fullmatch(file.name)]
    found = map(_read_release, folders)
    return tuple(sorted(found, key=lambda info: (info.published, info.newest_year, info.name)))


def _read_release(folder: Path) -> ReleaseInfo:
    file = folder / "datapackage.json"
    text = read_plain(file)
    try:
        info = _Package.model_validate_json(text).release
        if info.name == folder.name:
            return info
        problem = f"it describes release {info.name!r}"
    except ValidationError as error:
        problem = explain(error)
    place = paths.say_folder(file)
    raise InputError(f"release {folder.name}: {place} cannot be used: {problem}")


def explain(error: ValidationError) -> str:
    """Say on one line which fields do not fit, and why."""
    return "; ".join(
        f"{'.'.join(map(str, problem['loc']))}: {say_problem(problem)}".removeprefix(": ")
        for problem in error.errors()
        if problem["type"] != "default_factory_not_called"  # waits for a field that does not fit
    )


# What is said of a problem whose type in pydantic begins so; the first that fits.
_PROBLEMS = {
    "missing": "is missing",
    "extra_forbidden": "is no known key",
    "string_pattern_mismatch": "{given!r:.60} is not written as it must be",
    "string_too_short": "must not be empty",
    "string": "must be text",
    "too_short": "must have {min_length} or more",
    "too_long": "must have {max_length} at most",
    "greater_than": "must be {ge} or more",
    "less_than": "must be {le} or less",
    "literal_error": "must be {expected}",
    "int": "must be a whole number",
    "float|finite": "must be a number",
    "date": "must be a date, as in 2025-12-31",
    "bool": "must be true or false",
    "tuple|list": "must be a list",
    "dict|mapping|model": "must hold keys with values",
    "invalid_key": "is no key: put it in quotes",
    "json_invalid": "it is no JSON",
}


def say_problem(problem: Mapping[str, Any]) -> str:
    """Say why a field does not fit, in plain words."""
    for kinds, said in _PROBLEMS.items():
        if re.match(kinds, problem["type"]):
            return said.format(given=problem["input"], **problem.get("ctx", {}))
    return str(problem["msg"]).removeprefix("Value error, ")


def find_release(name: str | None) -> ReleaseInfo:
    """Find a release by name; None means the newest. InputError where there is none."""
    if name == "":  # a script's variable that is not set
        raise InputError("release must not be empty: leave it out for the newest")
    known = {info.name: info for info in list_releases()}
    if not known:
        raise InputError(f"no release is in {paths.raw()}: asylum fetch brings one")
    if name is not None and name not in known:
        raise InputError(say_unknown("release", name, tuple(known)))
    return known[list(known)[-1] if name is None else name]


def list_studies() -> tuple[str, ...]:
    """Return the names of the study files."""
    folder = paths.hand() / "studies"
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
        raise InputError(f"{paths.say_folder(folder)} may not be read: permission denied")
    return tuple(sorted(file.stem for file in folder.glob("*.yml")))


def load_study_file(name: str) -> StudyFile:
    """Load data/hand/studies/<name>.yml; InputError where there is none, or it does not fit."""
    if name not in list_studies():
        raise InputError(say_unknown("study", name, list_studies()))
    check_study_name(name)
    file = paths.hand() / "studies" / f"{name}.yml"
    try:
        study = StudyFile.model_validate(load_yaml(file))
    except (InputError, ValidationError) as error:
        said = explain(error) if isinstance(error, ValidationError) else error
        raise InputError(f"study file {file.name} cannot be used: {said}") from None
    if study.study != name:
        raise InputError(f"study file {file.name} calls itself {study.study!r}: name it {name!r}")
    known = {row["iso_code"] for row in read_places()} - {study.origin}
    if unknown := sorted(set(study.comparators) - known):
        raise InputError(f"study file {file.name}: {unknown[0]!r} is no other origin to compare")
    return study


def check_study_name(name: str) -> None:
    """Refuse a name that is no study's: runs, pages and addresses are named after it."""
    if not _STUDY_NAME.fullmatch(name):
        raise InputError(
            f"a study cannot be named {name!r}: take small letters, digits and single dashes"
        )


def find_own_file(
    origin: str, file: StudyFile, load: Callable[[str], StudyFile] = load_study_file
) -> StudyFile:
    """Return an origin's study file, this one if it is; where there is none, one without eras."""
    files = chain((file,), (load(name) for name in list_studies() if name != file.study))
    bare = StudyFile.model_construct(study=file.study, title="", origin=origin, boundaries=())
    return next((each for each in files if each.origin == origin), bare)


def say_unknown(
    kind: str, value: str, known: Sequence[str], where: str = "", names: Mapping[str, str] = {}
) -> str:
    """Write the message for an unknown name: the nearest, and all there are unless they are many.

    `names` leads from what people call them to the known ones.

    >>> say_unknown("release", "2025-END", ["2024-end", "2025-end"])
    "unknown release '2025-END' (did you mean 2025-end?); there is: 2024-end, 2025-end"
    >>> say_unknown("origin", "syria", ["CHN", "SYR"], names={"Syria": "SYR"})
    "unknown origin 'syria' (did you mean SYR (Syria)?); there is: CHN, SYR"
    """
    asked = value.casefold()
    called = {name.casefold(): f"{one} ({name})" for name, one in names.items() if one in known}
    called |= {name.casefold(): name for name in known}
    ratios = {
        name: 2 if _strip(name) == _strip(asked) else SequenceMatcher(a=name, b=asked).ratio()
        for name in get_close_matches(asked, called, n=9)
    }
    near = sorted(called[name] for name in ratios if ratios[name] == max(ratios.values()))
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    listed = f"; there is: {', '.join(known)}" if len(known) <= _SHORT or not near else ""
    return f"unknown {kind} {value!r:.60}{where}{hint}{listed}"


def _strip(name: str) -> str:
    """Leave out what is easily forgotten: signs, and zeros before a number."""
    return re.sub(r"(?<!\d)0+(?=\d)|[\W_]", "", name)


def read_whole(text: str) -> int:
    """Read a whole number as an option or a matrix gives it; InputError for anything else."""
    if not re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", text.strip()):
        raise InputError(f"{text!r} is no whole number")
    return int(text)


class _OnceLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that refuses a repeated key, where YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping whose own keys are all different."""
        seen = set()
        for key, _ in node.value:
            if key.tag.endswith(":str") and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value if key.tag.endswith(":str") else None)
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        """Build a value; a number or date is short."""
        if not node.tag.endswith(":str") and len(node.value) > _MOST_SIGNS:
            raise yaml.YAMLError(f"{node.value[:20]!r}… is too long for a number")
        return super().construct_scalar(node)


def _check_shape(text: str) -> None:
    """Refuse what would fill the memory or the stack; events are read without either."""
    anchored: list[bool] = []
    for event in yaml.parse(text, _OnceLoader):
        if isinstance(event, yaml.AliasEvent) and any(anchored):
            raise yaml.YAMLError("it refers to an anchor within an anchor: write it out")
        if isinstance(event, yaml.CollectionStartEvent):
            anchored.append(event.anchor is not None)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchored.pop()
        if len(anchored) > _MOST_DEPTH:
            raise yaml.YAMLError(f"it nests lists over {_MOST_DEPTH} deep")


def read_plain(file: Path) -> str:
    """Read a plain file in UTF-8 of at most 200,000 bytes; InputError for anything else."""
    place = paths.say_folder(file)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{place} is no plain file")
        if status.st_size > _MOST_BYTES:
            raise InputError(f"{place} is too large: at most {_MOST_BYTES:,} bytes are read")
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{place} is missing") from None
    except OSError as error:
        raise InputError(f"{place} cannot be read: {str(error.strerror).lower()}") from None
    except UnicodeDecodeError:
        raise InputError(f"{place} is no text in UTF-8") from None


def load_yaml(file: Path) -> Any:
    """Read a YAML file as plain data.

    InputError as `read_plain`; and for what is no YAML, nests too deep, nests anchors (a few lines
    of them fill the memory), or has a key twice in one mapping.
    """
    text = read_plain(file)
    try:
        _check_shape(text)
        return yaml.load(text, _OnceLoader)
    except (yaml.YAMLError, ArithmeticError, ValueError) as error:  # a date such as 2020-99-99
        said = str(error).replace('in "<unicode string>", ', "at ")
        raise InputError(f"{paths.say_folder(file)} is no YAML: {said}") from None
