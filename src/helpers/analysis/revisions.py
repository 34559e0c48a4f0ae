"""Revisions: what each release changed in the figures of the one before.

A release restates every year that it covers, so a figure can be held to what stood before it,
cell by cell. What a change means depends on the year's state in the two releases:

- `new`: the earlier release does not reach the year.
- `completed`: the earlier release has the year at mid-year, the later one at year-end. The stock
  moves on by half a year and six-month flows become a year's: nothing was corrected.
- `provisional`: both have the year at mid-year.
- `past`: the year had ended in the earlier release, so a change is a correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.measures import OUTCOMES
from helpers.sources.changes import list_cells, list_changes

if TYPE_CHECKING:
    from helpers.sources.history import History
    from helpers.study import ReleaseInfo

LABELS = ("authority", "stage_code", "level_code", "unit")
KEY = ("table", "year", "asylum", *LABELS)
# Raw table -> the history's table and its figures.
FIGURES = {
    "population": ("pending", ("pending", "refugees", "oip")),
    "asylum_applications": ("applications", ("applied",)),
    "asylum_decisions": ("decisions", (*OUTCOMES, "total")),
}
CHANGES = ("added", "revised", "completed", "withdrawn")
STATES = ("past", "completed", "provisional", "new")
_ORDER = (
    "release_from", "release_to", "table", "year", "asylum", "before", "after", "measure",
    "change", "year_state", *LABELS,
)  # fmt: skip

Tables = Mapping[str, pd.DataFrame]


def choose_releases(infos: Sequence[ReleaseInfo], last: ReleaseInfo) -> tuple[ReleaseInfo, ...]:
    """Keep the releases up to one, that one included: what could be known when it came out.

    Parameters
    ----------
    infos : sequence of ReleaseInfo
        Oldest publication first.
    last : ReleaseInfo
        One of them.
    """
    names = [info.name for info in infos]
    return tuple(infos[: names.index(last.name) + 1])


def tell_state(year: int, before: ReleaseInfo, after: ReleaseInfo) -> str:
    """Tell what a change of a year's figure means: new, completed, provisional or past."""
    if year > before.newest_year:
        return "new"
    if year < before.newest_year or before.period == "end":
        return "past"
    is_mid = after.newest_year == year and after.period == "mid"
    return "provisional" if is_mid else "completed"


def stack_tables(tables: Tables, years: Iterable[int] | None = None) -> dict[str, pd.DataFrame]:
    """Give an origin's three tables one key: codes that a table has none of are empty.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By raw name (`FIGURES`): year, asylum, the labels that the table has, and its figures.
    years : iterable of int, optional
        The years to keep; all where none are given.

    Returns
    -------
    dict of str to DataFrame
        By raw name: KEY and the table's figures.
    """
    kept = None if years is None else set(years)
    stacked = {}
    for name, (_, figures) in FIGURES.items():
        frame = tables[name]
        frame = frame if kept is None else frame[frame["year"].isin(kept)]
        lacking = {label: "" for label in LABELS if label not in frame}
        frame = frame.assign(table=name, **lacking)[[*KEY, *figures]]
        stacked[name] = frame.astype({"table": "str", **dict.fromkeys(LABELS, "str")})
    return stacked


def list_figures(tables: Tables, years: Iterable[int] | None = None) -> pd.DataFrame:
    """List every cell of an origin's three tables.

    Returns
    -------
    DataFrame
        KEY, measure, value; a figure that is missing has no row.
    """
    years = None if years is None else set(years)
    parts = [
        list_cells(frame, KEY, FIGURES[name][1])
        for name, frame in stack_tables(tables, years).items()
    ]
    return pd.concat(parts, ignore_index=True)


def compare_releases(
    before: Tables, after: Tables, infos: tuple[ReleaseInfo, ReleaseInfo],
    years: Iterable[int] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """List every cell in which two releases tell an origin's series differently.

    Parameters
    ----------
    before, after : mapping of str to DataFrame
        One origin's tables by raw name, as `stack_tables` takes them.
    infos : pair of ReleaseInfo
        The two releases, the earlier first.
    years : iterable of int, optional
        The years to compare; all where none are given.

    Returns
    -------
    DataFrame
        release_from, release_to, table, year, asylum, before, after (missing where the release
        has no such cell; a zero that stands in a row is a cell), measure, change (added, revised,
        withdrawn, or completed where a mid-year figure became a year-end one), year_state,
        authority, stage_code, level_code, unit (empty where the table has none).
    """
    years = None if years is None else set(years)
    old, new = (stack_tables(tables, years) for tables in (before, after))
    parts = [list_changes(old[name], new[name], KEY, FIGURES[name][1]) for name in FIGURES]
    found = pd.concat(parts, ignore_index=True)
    states = {year: tell_state(year, *infos) for year in found["year"].unique()}
    found["release_from"], found["release_to"] = (info.name for info in infos)
    found["year_state"] = found["year"].map(states).astype("str")
    found["change"] = _name_changes(found)
    return found[list(_ORDER)]


def _name_changes(found: pd.DataFrame) -> pd.Series:
    """Name each change: added, revised, completed or withdrawn."""
    is_completed = found["year_state"] == "completed"
    both = pd.Series("revised", index=found.index, dtype="str").mask(is_completed, "completed")
    return both.mask(found["before"].isna(), "added").mask(found["after"].isna(), "withdrawn")


def take_tables(history: History, release: str) -> dict[str, pd.DataFrame]:
    """Return one release's three tables of a history, by raw name."""
    return {name: history.select(release, table) for name, (table, _) in FIGURES.items()}


def list_revisions(
    history: History, infos: Sequence[ReleaseInfo], years: Iterable[int]
) -> pd.DataFrame:
    """List the changed cells between each two consecutive releases; see `compare_releases`.

    Parameters
    ----------
    history : History
        One origin's tables of every release.
    infos : sequence of ReleaseInfo
        Releases that hold the origin, oldest publication first.
    years : iterable of int
        The years to compare.

    Returns
    -------
    DataFrame
        As `compare_releases`; no rows where there are not two releases.
    """
    years = set(years)
    parts = [pd.DataFrame(columns=list(_ORDER))]
    for pair in pairwise(infos):
        before, after = (take_tables(history, info.name) for info in pair)
        parts.append(compare_releases(before, after, pair, years))
    kept = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(kept, ignore_index=True)


def apply_revisions(figures: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Turn the earlier release's cells into the later one's by the changes between them.

    Parameters
    ----------
    figures : DataFrame
        The earlier release's cells, as `list_figures` gives them.
    revisions : DataFrame
        As `compare_releases` gives them.

    Returns
    -------
    DataFrame
        The later release's cells: KEY, measure, value, in the order of the key.
    """
    key = [*KEY, "measure"]
    merged = figures.merge(revisions[[*key, "after"]], on=key, how="outer", indicator="side")
    is_changed = merged["side"] != "left_only"
    merged["value"] = merged["value"].mask(is_changed, merged["after"]).astype("Int64")
    kept = merged.dropna(subset=["value"])[[*key, "value"]]
    return kept.sort_values(key, ignore_index=True)


def count_revisions(revisions: pd.DataFrame) -> pd.DataFrame:
    """Count changed cells by pair of releases, table and the year's state.

    Returns
    -------
    DataFrame
        release_from, release_to, table, year_state, and a count each for added, revised,
        completed and withdrawn; only combinations with a change, in the order of the releases.
    """
    rows = ["release_from", "release_to", "table", "year_state"]
    counts = revisions.groupby([*rows, "change"], sort=False).size().unstack(fill_value=0)
    return (
        counts.reindex(columns=list(CHANGES), fill_value=0).reset_index().rename_axis(columns=None)
    )
