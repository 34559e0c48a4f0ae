"""Which runs a matrix comes to, and which of its combinations are not on file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from helpers.running.batch.matrix import ALL, PARAMETERS, Matrix
from helpers.running.presence import explain_absence, list_pending_years
from helpers.running.runs import name_run
from helpers.study import (
    InputError,
    ReleaseInfo,
    Study,
    StudyFile,
    list_releases,
    list_studies,
    load_study_file,
    say_unknown,
)

_LONGEST = 60
_BEFORE = {"year_from": "from", "top_n": "top"}


@dataclass(frozen=True)
class Item:
    """One run of a batch."""

    name: str
    study: Study


@dataclass(frozen=True)
class Absent:
    """A combination that is not on file, and why."""

    given: Mapping[str, Any]
    reason: str

    def describe(self) -> str:
        """Say it in one line."""
        return f"{' '.join(str(value) for value in self.given.values())}: {self.reason}"


@dataclass(frozen=True)
class Plan:
    """What a matrix comes to.

    Attributes
    ----------
    items : tuple of Item
        The runs, in the matrix' order.
    absent : tuple of Absent
        What is not on file.
    repeated : int
        How many combinations come to a run that stands in the list already.
    """

    items: tuple[Item, ...]
    absent: tuple[Absent, ...]
    repeated: int


def make_plan(matrix: Matrix) -> Plan:
    """Find the runs of a matrix.

    Raises
    ------
    InputError
        For a study, release or origin that is nowhere on file: a slip, and no combination.
    """
    catalogue = _Catalogue()
    items: dict[str, Item] = {}
    absent, repeated = [], 0
    for given in _list_combinations(matrix, catalogue):
        found = catalogue.look_up(given)
        if isinstance(found, Absent):
            absent.append(found)
        else:
            repeated += found.name in items
            items.setdefault(found.name, found)
    return Plan(tuple(items.values()), tuple(absent), repeated)


class _Catalogue:
    """What is on file, read once for all combinations."""

    def __init__(self) -> None:
        self.releases = {info.name: info for info in list_releases()}
        if not self.releases:
            raise InputError("no release is on file: asylum fetch brings one")
        self.newest = next(reversed(self.releases))
        self.find_file: Callable[[str], StudyFile] = cache(load_study_file)
        self.find_pending = cache(list_pending_years)
        self._origins = {o for info in self.releases.values() for o in info.origins}

    def require(self, given: Mapping[str, Any]) -> None:
        """Refuse names that are nowhere on file."""
        self.find_file(given["study"])
        if given["release"] not in self.releases:
            raise InputError(say_unknown("release", given["release"], tuple(self.releases)))
        if given["origin"] not in self._origins:
            known, upper = tuple(sorted(self._origins)), given["origin"].upper()
            hint = f"; ISO3 codes are in capitals: {upper}" if upper in known else ""
            raise InputError(say_unknown("origin", given["origin"], known) + hint)

    def look_up(self, given: Mapping[str, Any]) -> Item | Absent:
        """Return a combination's run, or why there is none."""
        self.require(given)
        info = self.releases[given["release"]]
        said = {name: value for name, value in given.items() if value is not None}
        if given["origin"] not in info.origins:
            return Absent(said, f"release {info.name} does not hold this origin")
        rest = {name: value for name, value in given.items() if name not in ("study", "release")}
        try:
            study = Study.combine(self.find_file(given["study"]), info, **rest)
        except InputError as error:
            return Absent(said, str(error))
        reason = explain_absence(study, self.find_pending(info.name))
        return Absent(said, reason) if reason else Item(name_run(study), study)


def _list_combinations(matrix: Matrix, catalogue: _Catalogue) -> Iterator[dict[str, Any]]:
    """Yield the product's combinations and the single runs, study, origin and release named."""
    if matrix.has_product:
        studies = list_studies() if ALL in matrix.study else matrix.study
        releases = _choose(matrix.release, tuple(catalogue.releases), (catalogue.newest,))
        infos = [catalogue.releases[name] for name in releases if name in catalogue.releases]
        for study in studies:
            own = (catalogue.find_file(study).origin,)
            origins = _choose(matrix.origin, _list_origins(infos), own)
            rest = (matrix.year_from or (None,), matrix.year_to or (None,), matrix.top_n or (None,))
            for values in product((study,), origins, releases, *rest):
                yield dict(zip(PARAMETERS, values, strict=True))
    for single in matrix.runs:
        own_origin = catalogue.find_file(single.study).origin
        yield single.model_dump() | {
            "origin": single.origin or own_origin, "release": single.release or catalogue.newest
        }  # fmt: skip


def _choose(given: Sequence[str], every: Sequence[str], usual: Sequence[str]) -> Sequence[str]:
    if ALL in given:
        return every
    return given or usual


def _list_origins(infos: Iterable[ReleaseInfo]) -> tuple[str, ...]:
    return tuple(sorted({origin for info in infos for origin in info.origins}))


def name_batch(matrix: Matrix, notebooks: Sequence[str] = ()) -> str:
    """Name a batch after what was asked for, so that the same command finds it again.

    >>> name_batch(Matrix(year_to="2012:2025", release="all", origin="CHN,HKG"))
    'batch-CHN-HKG-all-releases-2012-2025'
    """
    asked = matrix.model_dump(exclude_unset=True)
    parts = ["batch", *(part for name in PARAMETERS for part in _say(name, asked.get(name, ())))]
    parts += [f"{len(matrix.runs)}-runs"] if matrix.runs else []
    parts += [name[:2] for name in notebooks]
    name = re.sub(r"[^A-Za-z0-9._-]", "_", "-".join(parts))
    if len(name) <= _LONGEST and not matrix.runs:
        return name
    digest = hashlib.sha256(repr((sorted(asked.items()), tuple(notebooks))).encode()).hexdigest()
    return f"{name[:_LONGEST]}-{digest[:8]}"


def _say(name: str, values: Sequence[Any]) -> list[str]:
    """Write values briefly: a span of years as its ends."""
    if ALL in values:
        return ["all-studies" if name == "study" else f"all-{name}s"]
    is_span = len(values) > 1 and all(isinstance(value, int) for value in values)
    if is_span and list(values) == list(range(values[0], values[0] + len(values))):
        values = values[0], values[-1]
    return [f"{_BEFORE.get(name, '')}{value}" for value in values]
