"""What a lesson's answers are computed from: an origin's figures, and the study around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from helpers.analysis.measures import select_origin
from helpers.study import Boundary


@dataclass(frozen=True)
class Basis:
    """An origin, its years and tables.

    Attributes
    ----------
    origin : str
        ISO3 code.
    years : range
        2000 to the release's last year.
    half_year : int or None
        The year that a mid-year release ends with: its stock is of mid-year, its flows of six
        months.
    boundaries : tuple of Boundary
        The study's ways to cut the years into eras, the default first.
    tables : mapping of str to DataFrame
        What the lesson needs, by name (`TABLES` of helpers.lessons.exercises).
    factors, rules : tuple of entries
        Persons a case, and which rows count as claims lodged (data/hand).
    claim : Any
        A published claim about a sum over years, where the study has one.
    """

    origin: str
    years: range
    half_year: int | None
    boundaries: tuple[Boundary, ...]
    tables: Mapping[str, pd.DataFrame]
    factors: tuple[Any, ...] = ()
    rules: tuple[Any, ...] = ()
    claim: Any = None
    known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def newest(self) -> int:
        """The last year on file."""
        return self.years[-1]

    @property
    def full_years(self) -> range:
        """The years whose flows are of twelve months."""
        return range(self.years[0], self.newest if self.half_year else self.newest + 1)

    def own(self, table: str) -> pd.DataFrame:
        """Return the origin's rows of a tidy table, of the years."""
        if table not in self.known:
            self.known[table] = select_origin(self.tables[table], self.origin, self.years)
        rows: pd.DataFrame = self.known[table]
        return rows

    def sum_pending(self) -> pd.Series:
        """Return the origin's pending claims by year; a year without a row is left out."""
        return self.own("pending").groupby("year")["pending"].sum(min_count=1).dropna()

    def sum_new(self, unit: str) -> pd.Series:
        """Return new claims (type N) by year in one unit, as the destinations report them."""
        rows = self.own("applications").query("stage == 'new' and unit == @unit")
        return rows.groupby("year")["applied"].sum()
