"""What a lesson's answers are computed from: an origin's figures, and the study around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.analysis.eras import clip_pair
from helpers.analysis.measures import select_origin
from helpers.claims.file import load_claims
from helpers.data.hand import load_lodged_rules, load_persons_per_case, load_placebo_origins
from helpers.data.releases import load_core, load_raw_table
from helpers.study import Boundary, InputError, Study

# Lesson -> tables of the release; those of lesson 1 are the files as they are.
TABLES: dict[int, tuple[str, ...]] = {
    1: ("population", "asylum_applications"),
    2: ("pending", "applications", "decisions"),
    3: ("pending", "applications"),
    4: ("applications", "applications_by_asylum", "decisions"),
    5: ("pending", "by_asylum"),
    6: ("pending", "applications"),
}


@dataclass(frozen=True)
class Basis:
    """An origin, its years and tables.

    `years` go from 2000 to the release's last; `half_year` is the one that a mid-year release ends
    with (its stock is of mid-year, its flows of six months). `boundaries` are the study's ways to
    cut the years into eras, the default first; `tables` what the lesson needs, by name (`TABLES`);
    `factors` and `rules` persons a case, and which rows count as claims lodged (data/hand); `claim`
    a published claim about a sum over years (`test`, `source`), where the study has one.
    """

    origin: str
    years: range
    half_year: int | None
    boundaries: tuple[Boundary, ...]
    tables: Mapping[str, pd.DataFrame]
    factors: tuple[Any, ...] = ()
    rules: tuple[Any, ...] = ()
    claim: dict[str, Any] | None = None

    @property
    def full_years(self) -> range:
        """The years whose flows are of twelve months."""
        return self.years[:-1] if self.half_year else self.years

    @property
    def factor(self) -> float:
        """The outer limit of persons a case, where no destination's own factor is known."""
        return max((each.factor for each in self.factors if each.asylum == "*"), default=1.0)

    def own(self, table: str, years: range | None = None) -> pd.DataFrame:
        """Return the origin's rows of a tidy table, of all years or some."""
        return select_origin(self.tables[table], self.origin, years or self.years)

    def sum_pending(self) -> pd.Series:
        """Return the origin's pending claims by year; a year without a row is left out."""
        return self.own("pending").groupby("year")["pending"].sum(min_count=1).dropna()

    def sum_new(self, unit: str) -> pd.Series:
        """Return new claims (type N) by year in one unit, as the destinations report them."""
        rows = self.own("applications").query("stage == 'new' and unit == @unit")
        return rows.groupby("year")["applied"].sum()

    def cut(self, boundary: Boundary) -> tuple[range, range]:
        """Return the years of the earlier and of the later era that a boundary compares."""
        return clip_pair(boundary, self.years)


def load_basis(lesson: int, scope: Study) -> Basis:
    """Load a lesson's figures, and no more: a lesson opens in a moment.

    Raises
    ------
    InputError
        As `load_core`; and where no claim of the origin was ever pending.
    """
    if lesson == 1:
        tables = {name: load_raw_table(scope.release, name) for name in TABLES[lesson]}
    else:
        core = load_core(scope.release, {scope.origin, *load_placebo_origins()})
        tables = {name: getattr(core, name) for name in TABLES[lesson]}
    stocks = tables.get("population", tables.get("pending"))
    if stocks is not None:
        side, count = ("coo_iso", "asylum_seekers") if lesson == 1 else ("origin", "pending")
        if not (stocks[stocks[side] == scope.origin][count] > 0).any():
            raise InputError(
                f"no claim from {scope.origin} was pending in any year of release {scope.release}: "
                "take another origin, or another study"
            )
    return Basis(
        origin=scope.origin,
        years=range(max(2000, scope.info.first_year), scope.info.newest_year + 1),
        half_year=scope.info.newest_year if scope.info.period == "mid" else None,
        boundaries=scope.file.boundaries,
        tables=tables,
        factors=load_persons_per_case(),
        rules=load_lodged_rules() if lesson == 4 else (),
        claim=_find_claim(scope) if lesson == 6 else None,
    )


def _find_claim(scope: Study) -> dict[str, Any] | None:
    """Find the study's first published claim about a total of pending claims over years on file."""
    if not scope.file.claims or scope.origin != scope.file.origin:
        return None
    file = load_claims(scope.file.claims)
    for claim in file.claims:
        for test in claim.tests:
            recipe = test.recipe
            is_sum = recipe.kind == "total" and recipe.is_sum and not recipe.places
            is_stated = test.claimed.precision in ("around", "exact")
            is_known = 2000 <= recipe.last < scope.info.newest_year if is_sum else False
            if is_known and is_stated and recipe.measure == "pending":
                return {"test": test, "source": file.find_source(claim).cite()}
    return None
