"""Load what a lesson needs, and no more: a lesson opens in a moment."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from helpers import paths
from helpers.claims.file import load_claims
from helpers.data.hand import load_lodged_rules, load_persons_per_case
from helpers.data.releases import load_core, load_raw_table
from helpers.lessons.exercises import TABLES, Basis
from helpers.lessons.lesson_claims import fits_claim
from helpers.study import InputError, Study

RAW = ("population", "asylum_applications")


def load_basis(lesson: int, scope: Study) -> Basis:
    """Load a lesson's figures.

    Raises
    ------
    InputError
        As `load_core`; and where no claim of the origin was ever pending, so that there is
        nothing to ask.
    """
    tables = {name: _load(scope, name) for name in TABLES[lesson]}
    basis = Basis(
        origin=scope.origin,
        years=range(max(2000, scope.info.first_year), scope.info.newest_year + 1),
        half_year=scope.info.newest_year if scope.info.period == "mid" else None,
        boundaries=scope.file.boundaries,
        tables=tables,
        factors=load_persons_per_case(),
        rules=load_lodged_rules() if lesson == 4 else (),
        claim=_find_claim(scope) if lesson == 6 else None,
    )
    _require_rows(basis, scope)
    return basis


def _load(scope: Study, name: str) -> pd.DataFrame:
    if name in RAW:
        return load_raw_table(scope.release, name)
    table: pd.DataFrame = getattr(load_core(scope.info, scope.origin), name)
    return table


def _require_rows(basis: Basis, scope: Study) -> None:
    """Refuse an origin of which nothing is on file."""
    table = basis.tables.get("population", basis.tables.get("pending"))
    if table is None:
        return
    side, count = ("coo_iso", "asylum_seekers") if "coo_iso" in table else ("origin", "pending")
    if not (table[table[side] == scope.origin][count] > 0).any():
        raise InputError(
            f"no claim from {scope.origin} was pending in any year of release {scope.release}: "
            "take another origin, or another study"
        )


def _find_claim(scope: Study) -> dict[str, Any] | None:
    """Find the study's first published claim about a total of pending claims over years on file."""
    if not scope.file.claims or scope.origin != scope.file.origin:
        return None
    return _read_claim(scope.file.claims, paths.hand().as_posix(), scope.info.newest_year)


@lru_cache(maxsize=8)
def _read_claim(name: str, _folder: str, newest: int) -> dict[str, Any] | None:
    """Read a claims file; the folder tells one checkout's from another's."""
    file = load_claims(name)
    sources = {source.id: source.cite() for source in file.sources}
    for claim in file.claims:
        for test in claim.tests:
            if fits_claim(test, range(2000, newest)):
                return {"test": test, "source": sources[claim.source], "id": claim.id}
    return None
