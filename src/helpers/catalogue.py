"""What is on file: the releases under data/raw and the study files under data/hand/studies.

Read here, above every other floor, so that parameters can be refused before anything heavy is
imported. Only the descriptions are read; the figures themselves are loaded by `helpers.data`.
"""

from __future__ import annotations

import datetime as dt
import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from helpers import paths

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


class Frozen(BaseModel):
    """A model whose fields cannot change and whose unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _OnceLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that refuses a key that stands twice, where YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping whose own keys are all different."""
        keys = [key.value for key, _ in node.value if key.tag.endswith(":str")]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} stands twice", node.start_mark
                )
        return super().construct_mapping(node, deep)


def load_yaml(file: Path) -> Any:
    """Read a YAML file as plain data.

    Raises
    ------
    InputError
        Where it cannot be read, is no text in UTF-8, no YAML, or has a key twice in one mapping.
    """
    try:
        return yaml.load(file.read_text(encoding="utf-8"), _OnceLoader)
    except FileNotFoundError:
        raise InputError(f"{file.name} is missing from {file.parent}") from None
    except OSError as error:
        raise InputError(f"{file.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{file.name} is no text in UTF-8") from None
    except yaml.YAMLError as error:
        raise InputError(f"{file.name} is no YAML: {error}") from None


class ReleaseInfo(Frozen):
    """One release on file, as its datapackage.json describes it."""

    name: str
    title: str
    published: dt.date
    first_year: int
    newest_year: int
    period: Literal["mid", "end"]
    origins: tuple[str, ...]


class Era(Frozen):
    """A span of years under one name; an open end takes the study's first or last year.

    `phrase` is what a sentence calls it, as in "the years after the coup".
    """

    name: str
    first: int | None = None
    last: int | None = None
    phrase: str | None = None

    @property
    def prose(self) -> str:
        """What a sentence calls it; without a phrase "the … era"."""
        return self.phrase or f"the {self.name} era"


class Source(Frozen):
    """Where a judgement made by hand rests."""

    title: str
    publisher: str
    url: str | None = None
    note: str | None = None


class Boundary(Frozen):
    """One defensible way to cut the years into eras, with its sources.

    `handover` is the year in which the event fell that parts the compared eras.
    """

    name: str
    title: str
    sources: tuple[Source, ...] = Field(min_length=1)
    compare: tuple[str, str]
    eras: tuple[Era, ...] = Field(min_length=2)
    handover: int | None = None

    @property
    def handover_year(self) -> int | None:
        """The year of the event that parts the two eras; not said, the later era's first year."""
        later = next(era for era in self.eras if era.name == self.compare[1])
        return later.first if self.handover is None else self.handover

    @model_validator(mode="after")
    def _partition(self) -> Boundary:
        for before, after in zip(self.eras, self.eras[1:], strict=False):
            if before.last is None or after.first != before.last + 1:
                raise ValueError(
                    f"boundary {self.name}: {before.name} and {after.name} do not meet"
                )
        missing = set(self.compare) - {era.name for era in self.eras}
        if missing:
            raise ValueError(f"boundary {self.name}: compare names no era of it: {sorted(missing)}")
        starts = [era.first for era in self.eras[1:]]
        if self.handover is not None and not {self.handover, self.handover + 1} & set(starts):
            raise ValueError(
                f"boundary {self.name}: no era begins in {self.handover} or the year after, "
                "so it is no handover"
            )
        return self


class StudyFile(Frozen):
    """A file of data/hand/studies: an origin, its eras and what to compare it with."""

    study: str
    title: str
    origin: str = Field(pattern=r"^[A-Z]{3}$")
    boundaries: tuple[Boundary, ...] = Field(min_length=1)
    comparators: tuple[str, ...] = ()
    claims: str | None = None
    notes: tuple[str, ...] = ()

    def find_boundary(self, name: str) -> Boundary:
        """Return the boundary of that name; the first one listed is the default."""
        return next(b for b in self.boundaries if b.name == name)


def list_releases() -> tuple[ReleaseInfo, ...]:
    """Return the releases on file, oldest publication first."""
    found = [_read_release(folder) for folder in sorted(paths.raw().iterdir()) if folder.is_dir()]
    return tuple(sorted(found, key=lambda info: (info.published, info.newest_year, info.name)))


def _read_release(folder: Path) -> ReleaseInfo:
    """Read one release's facts from its datapackage.json."""
    file = folder / "datapackage.json"
    try:
        return ReleaseInfo.model_validate(json.loads(file.read_text(encoding="utf-8"))["release"])
    except FileNotFoundError:
        raise InputError(
            f"release {folder.name} has no datapackage.json: {file} is missing"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"release {folder.name}: {file} cannot be used: {error}") from None


def list_studies() -> tuple[str, ...]:
    """Return the names of the study files on file."""
    return tuple(sorted(file.stem for file in (paths.hand() / "studies").glob("*.yml")))


def load_study_file(name: str) -> StudyFile:
    """Load data/hand/studies/<name>.yml.

    Raises
    ------
    InputError
        Where there is no such file, or it does not fit the schema.
    """
    if name not in list_studies():
        raise InputError(say_unknown("study", name, list_studies()))
    file = paths.hand() / "studies" / f"{name}.yml"
    try:
        study = StudyFile.model_validate(load_yaml(file))
    except (InputError, ValidationError) as error:
        raise InputError(f"study file {file.name} cannot be used: {error}") from None
    if study.study != name:
        raise InputError(f"study file {file.name} calls itself {study.study!r}: name it {name!r}")
    return study


def say_unknown(kind: str, value: str, known: tuple[str, ...]) -> str:
    """Write the message for a name that is not on file, with the nearest ones first."""
    near = get_close_matches(value, known, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"unknown {kind} {value!r}{hint}; there is: {', '.join(known)}"


def find_release(name: str) -> ReleaseInfo:
    """Find a release by name; an empty name means the newest.

    Raises
    ------
    InputError
        Where it is not on file; the message lists those that are.
    """
    known = list_releases()
    if not known:
        raise InputError(f"no release is on file in {paths.raw()}")
    if not name:
        return known[-1]
    for info in known:
        if info.name == name:
            return info
    raise InputError(say_unknown("release", name, tuple(info.name for info in known)))
