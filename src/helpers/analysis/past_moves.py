"""How far the past moved: changed cells of years that had ended, beside their year's totals.

Persons and cases, stages of the claim and levels of decision each have totals of their own. The
changes of a series are added up without their sign, so that a figure moved from one destination
to another counts, and set against a base of the same table and year in the earlier release: the
measure's own total for a stock, and the largest series for claims and decisions, so that a
handful of decisions at a rarely used level does not look like an upheaval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.revisions import tell_state
from helpers.data import codes

if TYPE_CHECKING:
    from helpers.study import ReleaseInfo

SERIES = ("table", "measure", "group", "unit", "year")
TOLERANCE = 0.01  # of a year's base; what moves a year by more is no small correction
_TOTALS = ("population", "asylum_applications", "asylum_decisions")
_DECIDED = "total"  # decisions of all outcomes: the base of each outcome


def name_groups(figures: pd.DataFrame) -> pd.Series:
    """Name each cell's stage (claims lodged) or level (decisions); empty for stocks.

    Parameters
    ----------
    figures : DataFrame
        table, stage_code, level_code.
    """
    stages = figures["stage_code"].map(codes.STAGES).fillna("mixed")
    levels = figures["level_code"].map(codes.LEVELS).fillna("other")
    groups = stages.where(figures["table"] == "asylum_applications", levels)
    return groups.where(figures["table"] != "population", "").astype("str")


def sum_both(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Sum two releases' cells over destinations, series by series.

    Parameters
    ----------
    before, after : DataFrame
        Cells as `revisions.list_figures` gives them.

    Returns
    -------
    DataFrame
        table, measure, group (stage or level), unit, year, before, after (missing where the
        release has nothing), in the order of the tables.
    """
    sums = [
        figures.assign(group=name_groups(figures)).groupby(list(SERIES))["value"].sum().rename(side)
        for figures, side in ((before, "before"), (after, "after"))
    ]
    totals = pd.concat(sums, axis=1).astype("Int64").reset_index()
    place = totals["table"].map({name: rank for rank, name in enumerate(_TOTALS)})
    ordered = totals.assign(place=place).sort_values(["place", *SERIES[1:]], ignore_index=True)
    return ordered.drop(columns="place")


def measure_moves(totals: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Measure how far each series of a past year moved from one release to another.

    Parameters
    ----------
    totals : DataFrame
        Of the two releases, as `sum_both` gives them.
    revisions : DataFrame
        The changed cells between them, as `revisions.compare_releases` gives them.

    Returns
    -------
    DataFrame
        table, measure, group, unit, year, before, after, cells (changed), moved (the changes
        added up without their sign), base, share (moved / base; infinite where there is no base).
        Only series of past years that moved, the furthest first; a zero that came or went is no
        move.
    """
    past = revisions[revisions["year_state"] == "past"]
    sizes = (past["after"].fillna(0) - past["before"].fillna(0)).abs().astype("Int64")
    cells = past.assign(group=name_groups(past), moved=sizes).groupby(list(SERIES))["moved"]
    moves = cells.agg(cells="size", moved="sum").reset_index().merge(totals, on=list(SERIES))
    moves = moves[moves["moved"] > 0].merge(
        _find_bases(totals), how="left", on=["table", "measure", "year"]
    )
    whole = moves["base"].astype("Float64").fillna(0).astype("float64")
    moves["share"] = moves["moved"].astype("float64") / whole  # infinite where the base is 0
    ordered = moves.sort_values(["share", *SERIES], ascending=[False] + [True] * len(SERIES))
    return ordered[[*SERIES, "before", "after", "cells", "moved", "base", "share"]].reset_index(
        drop=True
    )


def _find_bases(totals: pd.DataFrame) -> pd.DataFrame:
    """Return table, measure, year, base: the earlier release's largest series of each."""
    largest = totals.groupby(["table", "measure", "year"])["before"].max()
    bases = largest.rename("base").reset_index()
    decided = bases[bases["measure"] == _DECIDED].drop(columns="measure")
    shared = bases.merge(decided, how="left", on=["table", "year"], suffixes=("", "_decided"))
    is_decision = shared["table"] == "asylum_decisions"
    bases["base"] = shared["base"].mask(is_decision, shared["base_decided"]).to_numpy()
    return bases


def find_furthest(moves: pd.DataFrame) -> float:
    """Return the largest share that any past year moved by; 0 where none did.

    Examples
    --------
    >>> find_furthest(pd.DataFrame({"share": [0.25, 0.01]}))
    0.25
    """
    return float(moves["share"].max()) if len(moves) else 0.0


def list_moves(
    cells: Mapping[str, pd.DataFrame], revisions: pd.DataFrame, infos: Sequence[ReleaseInfo]
) -> pd.DataFrame:
    """Measure how far the past moved between each two consecutive releases.

    Parameters
    ----------
    cells : mapping of str to DataFrame
        By release, as `revisions.list_figures` gives them.
    revisions : DataFrame
        As `revisions.list_revisions` gives them.
    infos : sequence of ReleaseInfo
        The releases, oldest publication first.

    Returns
    -------
    DataFrame
        release_from, release_to and the columns of `measure_moves`; empty where nothing moved.
    """
    parts = [pd.DataFrame(columns=["release_from", "release_to", "share"])]
    for before, after in pairwise(info.name for info in infos):
        is_own = (revisions["release_from"] == before) & (revisions["release_to"] == after)
        moves = measure_moves(sum_both(cells[before], cells[after]), revisions[is_own])
        moves.insert(0, "release_to", after)
        moves.insert(0, "release_from", before)
        parts.append(moves)
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def count_compared(cells: Mapping[str, pd.DataFrame], infos: Sequence[ReleaseInfo]) -> int:
    """Count the cells of years that had ended, each once for every release that came after.

    Parameters
    ----------
    cells, infos
        As for `list_moves`.
    """
    count = 0
    for before, after in pairwise(infos):
        years = cells[before.name]["year"]
        states = {year: tell_state(year, before, after) for year in years.unique()}
        count += int((years.map(states) == "past").sum())
    return count
