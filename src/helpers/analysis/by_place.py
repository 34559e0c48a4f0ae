"""Claims by place and year: the origin's, those of any named origin, those of unknown origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from helpers.data.releases import Core


@dataclass(frozen=True)
class Allocation:
    """What counts as complete, how far to look, and what is too small to matter.

    Attributes
    ----------
    complete : float
        A year is complete below this share of unknown origin. 0.05 (the study's method).
    reach : int
        Years to look back, then ahead. 3 (the study's method names it for the years before).
    fewest_named : int
        Named claims that a base year needs: a share of a handful is noise. 50.
    minor, all : float
        Shares of the origin's total; see the module's text. 0.01 and 0.0025: a tenth and a
        fortieth of what counts as a break.
    """

    complete: float = 0.05
    reach: int = 3
    fewest_named: int = 50
    minor: float = 0.01
    all: float = 0.0025


STANDARD = Allocation()


class Claims(NamedTuple):
    """Claims at one place and year: of the origin, of named origins, of unknown origin."""

    ours: float
    named: float
    unknown: float

    @property
    def share(self) -> float | None:
        """The origin's share of the named claims; None where none are named."""
        return min(1.0, self.ours / self.named) if self.named > 0 else None

    def is_complete(self, rules: Allocation) -> bool:
        """Tell whether hardly any claim lacks its origin."""
        total = self.named + self.unknown
        return self.named >= rules.fewest_named and self.unknown / total < rules.complete


Ledger = Mapping[tuple[str, int], Claims]


def make_stock_ledger(core: Core, origin: str) -> dict[tuple[str, int], Claims]:
    """Return pending claims by destination and year: the origin's, named, unknown."""
    ours = core.pending[core.pending["origin"] == origin].groupby(["asylum", "year"])["pending"]
    mine = ours.sum().astype("float64").to_dict()
    frame = core.by_asylum.dropna(subset=["pending"])
    unknown = frame["pending_unknown_origin"].fillna(0).astype("float64")
    return make_ledger(frame, frame["pending"].astype("float64"), unknown, mine)


def make_lodged_ledger(core: Core, origin: str) -> dict[tuple[str, int], Claims]:
    """Return claims lodged by destination and year; cases enter as one each, for shares only."""
    ours = core.applications[core.applications["origin"] == origin]
    mine = ours.groupby(["asylum", "year"])["applied"].sum().astype("float64").to_dict()
    sums = core.applications_by_asylum.groupby(["asylum", "year"])[
        ["applied", "applied_unknown_origin"]
    ].sum()
    frame = sums.astype("float64").reset_index()
    return make_ledger(frame, frame["applied"], frame["applied_unknown_origin"], mine)


def make_level_ledger(core: Core, origin: str) -> dict[tuple[str, int], Claims]:
    """Return claims lodged by destination with level ("USA IN") and year."""
    return make_lodged_ledger(
        replace(
            core,
            applications=_join_level(core.applications[core.applications["origin"] == origin]),
            applications_by_asylum=_join_level(core.applications_by_asylum),
        ),
        origin,
    )


def _join_level(frame: pd.DataFrame) -> pd.DataFrame:
    """Write the level behind the destination's code."""
    return frame.assign(asylum=frame["asylum"] + " " + frame["level_code"])


def make_ledger(
    frame: pd.DataFrame, total: pd.Series, unknown: pd.Series, mine: Mapping
) -> dict[tuple[str, int], Claims]:
    """Put totals, unknown and the origin's claims together; places with no claim are left out."""
    keys = zip(frame["asylum"].tolist(), frame["year"].tolist(), strict=True)
    return {
        key: Claims(mine.get(key, 0.0), max(0.0, whole - lost), lost)
        for key, whole, lost in zip(keys, total.tolist(), unknown.tolist(), strict=True)
        if whole > 0
    }


def sum_by_year(frame: pd.DataFrame, origin: str, value: str) -> dict[int, float]:
    """Sum one origin's figures by year (cases as one each: for scale only)."""
    ours = frame[frame["origin"] == origin]
    sums = ours.groupby("year")[value].sum().astype("float64")
    return dict(zip(sums.index.tolist(), sums.tolist(), strict=True))
