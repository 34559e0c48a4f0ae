"""What one release changed in an origin's figures of another, as `asylum releases diff` prints."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from helpers.analysis import revisions
from helpers.analysis.revisions import TOLERANCE
from helpers.data.releases import load_core
from helpers.prose.tables import build_table
from helpers.prose.words import say_date
from helpers.study import InputError, ReleaseInfo, list_releases, say_unknown

MOST_ROWS = 20  # of past series that moved
GROUP = {"group": "Stage or level"}


def choose_pair(before: str, after: str, origin: str) -> tuple[ReleaseInfo, ReleaseInfo]:
    """Find two releases to compare, in the order of publication.

    Raises
    ------
    InputError
        For an unknown release, twice the same, the later one first, or an origin that one of them
        does not hold.
    """
    known = {info.name: info for info in list_releases()}
    for name in (before, after):
        if name not in known:
            raise InputError(say_unknown("release", name, tuple(known)))
    old, new = known[before], known[after]
    if old.name == new.name:
        raise InputError(f"{old.name} is compared with itself: name two releases")
    if old.published > new.published:
        raise InputError(
            f"{old.name} was published after {new.name}: name the earlier one first, as in "
            f"asylum releases diff {new.name} {old.name}"
        )
    for info in (old, new):
        if origin not in info.origins:
            shared = [code for code in old.origins if code in new.origins]
            raise InputError(
                f"release {info.name} does not hold origin {origin!r} pair by pair; "
                f"both releases hold: {', '.join(shared) or 'none in common'}"
            )
    return old, new


class ReleaseDiff(NamedTuple):
    """What one release changed in another: the whole text, its last line, and what that means."""

    text: str
    verdict: str
    has_moved: bool  # whether a past year moved by more than the tolerance


def compare_releases(
    infos: tuple[ReleaseInfo, ReleaseInfo], origin: str, tolerance: float = TOLERANCE
) -> ReleaseDiff:
    """Say what a release changed in an origin's figures (ISO3) of an earlier one.

    `tolerance` is the share of a year's total by which the past may move.

    Raises
    ------
    InputError
        For a tolerance that is no share.
    """
    if not 0 <= tolerance < math.inf:
        raise InputError(f"tolerance is a share of a year's total, 0 or more: not {tolerance}")
    cells = {
        info.name: revisions.list_figures(revisions.take_tables(load_core(info, origin)))
        for info in infos
    }
    found = revisions.list_revisions(cells, infos)
    moves = revisions.list_moves(cells, found, infos)
    furthest = revisions.find_furthest(moves)
    verdict = f"tolerance {_say_share(tolerance)} of a year's total"
    if moves.empty:
        verdict = f"past years did not move ({verdict})"
    else:
        series = ", ".join(
            str(moves.loc[0, name]) for name in revisions.SERIES if moves.loc[0, name] != ""
        )
        side = "more than the" if furthest > tolerance else "within the"
        verdict = f"past years moved by up to {_say_share(furthest)} ({series}): {side} {verdict}"
    old, new = (
        f"{info.name} ({info.title}, {say_date(info.published)}; "
        f"{info.newest_year} at {revisions.REFERENCES[info.period]})"
        for info in infos
    )
    parts = [f"origin {origin}\nfrom {old}\nto   {new}"]
    if len(found):
        state = {"year_state": "Year is"}
        counted = revisions.count_revisions(found)[["table", *state, *revisions.CHANGES]]
        parts.append(build_table(counted, "Changed cells", names=state, row_headers=2).text)
        newer = revisions.list_newer(cells, infos)
        if len(newer):
            title, names = "Totals of years that had not ended before", state | GROUP
            parts.append(build_table(newer, title, names=names, row_headers=6).text)
        if len(moves):
            parts.append(_show_past(moves))
    else:
        parts.append(f"no figure of {origin} differs")
    text = "\n\n".join([*parts, verdict])
    return ReleaseDiff(text, verdict, furthest > tolerance)


def _show_past(moves: pd.DataFrame) -> str:
    """Show the past years' series that moved, the furthest first."""
    left = len(moves) - MOST_ROWS
    names = {"cells": "Cells", "moved": "Moved, without sign", "share": "Of a year"}
    return build_table(
        moves[[*revisions.SERIES, "before", "after", *names]].head(MOST_ROWS),
        "Totals of past years that moved",
        note=f"the furthest {MOST_ROWS}; {left} more moved less" if left > 0 else "",
        formats={"share": _say_share},
        names=GROUP | names,
        row_headers=5,
    ).text


def _say_share(share: float | None) -> str:
    """Write a share to three digits; an infinite one, None in a table, rose from nothing."""
    return "from nothing" if share is None or math.isinf(share) else f"{100 * share:.3g}%"
