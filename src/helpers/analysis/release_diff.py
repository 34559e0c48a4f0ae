"""What one release changed in an origin's figures of another, with totals and a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from helpers.analysis.past_moves import find_furthest, measure_moves, sum_both
from helpers.analysis.revisions import (
    CHANGES,
    FIGURES,
    compare_releases,
    count_revisions,
    list_figures,
    tell_period,
    tell_state,
)
from helpers.data.releases import load_core as load_origin_core
from helpers.plots.vintages import REFERENCES, say_state
from helpers.prose.tables import build_table
from helpers.prose.text import say_date
from helpers.study import InputError, ReleaseInfo, find_release, list_releases, say_unknown

MOST_ROWS = 20
_SERIES = ["table", "measure", "group", "unit", "year"]
_STATE, _GROUP = {"year_state": "Year is"}, {"group": "Stage or level"}


@dataclass(frozen=True)
class ReleaseDiff:
    """Two releases beside each other.

    Attributes
    ----------
    before, after : ReleaseInfo
        The earlier and the later one.
    origin : str
        ISO3 code.
    revisions, totals, moves : DataFrame
        As `compare_releases`, `sum_both` and `measure_moves` give them.
    tolerance : float
        By which share of a year's total the past may move.
    """

    before: ReleaseInfo
    after: ReleaseInfo
    origin: str
    revisions: pd.DataFrame
    totals: pd.DataFrame
    moves: pd.DataFrame
    tolerance: float

    @property
    def furthest(self) -> float:
        """The largest share of a year's total that any past year moved by."""
        return find_furthest(self.moves)

    @property
    def has_moved(self) -> bool:
        """Whether the past moved by more than the tolerance."""
        return self.furthest > self.tolerance

    @property
    def verdict(self) -> str:
        """What the past did, in one line."""
        allowed = f"tolerance {_say_share(self.tolerance)} of a year's total"
        if self.moves.empty:
            return f"past years did not move ({allowed})"
        first = self.moves.iloc[0]
        series = ", ".join(str(first[name]) for name in _SERIES if first[name] != "")
        side = "more than the" if self.has_moved else "within the"
        return f"past years moved by up to {_say_share(self.furthest)} ({series}): {side} {allowed}"

    def describe(self) -> str:
        """Say it all: the releases, changed cells, totals by table, and the verdict."""
        parts = [self._describe_head()]
        if len(self.revisions):
            parts += [self._describe_cells(), self._describe_newer(), self._describe_past()]
        else:
            parts.append(f"no figure of {self.origin} differs")
        return "\n\n".join(filter(None, [*parts, self.verdict]))

    def _describe_head(self) -> str:
        sides = [
            f"{info.name} ({info.title}, {say_date(info.published)}; "
            f"{info.newest_year} at {REFERENCES[info.period]})"
            for info in (self.before, self.after)
        ]
        return f"origin {self.origin}\nfrom {sides[0]}\nto   {sides[1]}"

    def _describe_cells(self) -> str:
        counted = count_revisions(self.revisions)
        counted["year_state"] = [
            say_state(*pair)
            for pair in zip(counted["year_state"], counted["period_to"], strict=True)
        ]
        counted = counted[["table", "year_state", *CHANGES]]
        return build_table(counted, "Changed cells", names=_STATE, row_headers=2).text

    def _describe_newer(self) -> str:
        """Show both totals of the years that are new or were completed."""
        years = self.totals["year"]
        states = {year: self._say_state(year) for year in years.unique()}
        newer = self.totals.assign(year_state=years.map(states).astype("str"))
        is_outcome = newer["table"].eq("asylum_decisions") & newer["measure"].ne("total")
        newer = newer[newer["year_state"].ne(say_state("past", "end")) & ~is_outcome]
        if newer.empty:
            return ""
        shown = newer.sort_values("year", kind="stable")
        return build_table(
            shown[["year", "year_state", *_SERIES[:4], "before", "after"]],
            "Totals of years that had not ended before", names=_STATE | _GROUP, row_headers=6,
        ).text  # fmt: skip

    def _say_state(self, year: int) -> str:
        """Say what a year is, and where either release tells it at mid-year."""
        return say_state(tell_state(year, self.before, self.after), tell_period(year, self.after))

    def _describe_past(self) -> str:
        """Show the past years' series that moved, the furthest first."""
        if self.moves.empty:
            return ""
        left = len(self.moves) - MOST_ROWS
        return build_table(
            self.moves[[*_SERIES, "before", "after", "cells", "moved", "share"]].head(MOST_ROWS),
            "Totals of past years that moved",
            note=f"the furthest {MOST_ROWS}; {left} more moved less" if left > 0 else "",
            formats={"share": _say_share},
            names={
                **_GROUP,
                "cells": "Cells",
                "moved": "Moved, without sign",
                "share": "Of a year",
            },
            row_headers=5,
        ).text


def _say_share(share: float | None) -> str:
    """Write a share to three digits; infinite is where there was nothing before."""
    if share is None or math.isinf(share):
        return "from nothing"
    return f"{100 * share:.3g}%"


def diff_releases(before: str, after: str, origin: str, tolerance: float) -> ReleaseDiff:
    """Compare two releases on file, all years of one origin.

    Parameters
    ----------
    before, after : str
        Names of releases; `before` is the one that was published first.
    origin : str
        ISO3 code.
    tolerance : float
        By which share of a year's total the past may move.

    Raises
    ------
    InputError
        For an unknown release, twice the same, the later one first, an origin that one of them
        does not hold, or a tolerance that is no share.
    """
    if math.isnan(tolerance) or math.isinf(tolerance) or tolerance < 0:
        raise InputError(f"tolerance is a share of a year's total, 0 or more: not {tolerance}")
    old, new = _find_pair(before, after)
    for info in (old, new):
        if origin not in info.origins:
            shared = tuple(code for code in old.origins if code in new.origins)
            raise InputError(
                f"release {info.name} does not hold origin {origin!r} pair by pair; "
                f"both releases hold: {', '.join(shared) or 'none in common'}"
            )
    cells = [_load_cells(info, origin) for info in (old, new)]
    found = compare_releases(cells[0], cells[1], (old, new))
    totals = sum_both(cells[0], cells[1])
    return ReleaseDiff(old, new, origin, found, totals, measure_moves(totals, found), tolerance)


def _find_pair(before: str, after: str) -> tuple[ReleaseInfo, ReleaseInfo]:
    """Find both releases, in the order of publication."""
    for name in (before, after):
        if not name.strip():
            known = tuple(info.name for info in list_releases())
            raise InputError(say_unknown("release", name, known))
    old, new = find_release(before), find_release(after)
    if old.name == new.name:
        raise InputError(f"{old.name} is compared with itself: name two releases")
    if old.published > new.published:
        raise InputError(
            f"{old.name} was published after {new.name}: name the earlier one first, as in "
            f"asylum releases diff {new.name} {old.name}"
        )
    return old, new


def _load_cells(info: ReleaseInfo, origin: str) -> pd.DataFrame:
    """Load every cell of one origin in one release."""
    core = load_origin_core(info, origin)
    return list_figures({name: getattr(core, table) for name, (table, _) in FIGURES.items()})
