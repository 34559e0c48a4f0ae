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
from helpers.data.cell_changes import list_cells, match_cells

if TYPE_CHECKING:
    from helpers.data.releases import History
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
    "change", "year_state", "period_from", "period_to", *LABELS,
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


def tell_period(year: int, info: ReleaseInfo) -> str:
    """Tell whether a release has a year at mid-year ("mid"), at its end ("end") or not ("")."""
    if year > info.newest_year:
        return ""
    return info.period if year == info.newest_year else "end"


def tell_state(year: int, before: ReleaseInfo, after: ReleaseInfo) -> str:
    """Tell what a change of a year's figure means: new, completed, provisional or past."""
    told = tell_period(year, before)
    if told != "mid":
        return "past" if told else "new"
    return "provisional" if tell_period(year, after) == "mid" else "completed"


def list_figures(tables: Tables, years: Iterable[int] | None = None) -> pd.DataFrame:
    """List every cell of an origin's three tables in one release.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By raw name (`FIGURES`): year, asylum, the labels that the table has, and its figures.
    years : iterable of int, optional
        The years to keep; all where none are given.

    Returns
    -------
    DataFrame
        KEY (labels that the table has none of are empty), measure, value. A figure that is missing
        has no row; a zero that stands in a row has one.
    """
    kept = None if years is None else set(years)
    parts = []
    for name, (_, figures) in FIGURES.items():
        frame = tables[name]
        frame = frame if kept is None else frame[frame["year"].isin(kept)]
        lacking = {label: "" for label in LABELS if label not in frame}
        frame = frame.assign(table=name, **lacking)
        frame = frame.astype({"table": "str", **dict.fromkeys(LABELS, "str")})
        parts.append(list_cells(frame, KEY, figures))
    return pd.concat(parts, ignore_index=True)


def compare_releases(
    before: pd.DataFrame, after: pd.DataFrame, infos: tuple[ReleaseInfo, ReleaseInfo]
) -> pd.DataFrame:
    """List every cell in which two releases tell an origin's series differently.

    Parameters
    ----------
    before, after : DataFrame
        Their cells, as `list_figures` gives them.
    infos : pair of ReleaseInfo
        The two releases, the earlier first.

    Returns
    -------
    DataFrame
        release_from, release_to, table, year, asylum, before, after (missing where the release
        has no such cell), measure, change (added, revised, withdrawn, or completed where a
        mid-year figure became a year-end one), year_state, period_from and period_to (mid or end:
        what each release has of the year; empty where it does not reach it), authority, stage_code,
        level_code, unit (empty where the table has none).
    """
    found = match_cells(before, after, KEY)
    years = found["year"].unique()
    states = {year: tell_state(year, *infos) for year in years}
    found["year_state"] = found["year"].map(states).astype("str")
    for side, info in zip(("from", "to"), infos, strict=True):
        periods = {year: tell_period(year, info) for year in years}
        found[f"release_{side}"] = info.name
        found[f"period_{side}"] = found["year"].map(periods).astype("str")
    found["change"] = _name_changes(found)
    places = {name: place for place, name in enumerate(FIGURES)}
    by_table = found.sort_values("table", key=lambda names: names.map(places), kind="stable")
    return by_table[list(_ORDER)].reset_index(drop=True)


def _name_changes(found: pd.DataFrame) -> pd.Series:
    """Name each change: added, revised, completed or withdrawn."""
    is_completed = found["year_state"] == "completed"
    both = pd.Series("revised", index=found.index, dtype="str").mask(is_completed, "completed")
    return both.mask(found["before"].isna(), "added").mask(found["after"].isna(), "withdrawn")


def take_tables(history: History, release: str) -> dict[str, pd.DataFrame]:
    """Return one release's three tables of a history, by raw name."""
    return {name: history.select(release, table) for name, (table, _) in FIGURES.items()}


def list_revisions(cells: Mapping[str, pd.DataFrame], infos: Sequence[ReleaseInfo]) -> pd.DataFrame:
    """List the changed cells between each two consecutive releases; see `compare_releases`.

    Parameters
    ----------
    cells : mapping of str to DataFrame
        By release, as `list_figures` gives them.
    infos : sequence of ReleaseInfo
        The releases, oldest publication first.

    Returns
    -------
    DataFrame
        As `compare_releases`; no rows where there are not two releases.
    """
    parts = [pd.DataFrame(columns=list(_ORDER))]
    for pair in pairwise(infos):
        before, after = (cells[info.name] for info in pair)
        parts.append(compare_releases(before, after, pair))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


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
        release_from, release_to, table, year_state, period_to, and a count each for added,
        revised, completed and withdrawn; only combinations with a change, in the order of the
        releases.
    """
    rows = ["release_from", "release_to", "table", "year_state", "period_to"]
    counts = revisions.groupby([*rows, "change"], sort=False).size().unstack(fill_value=0)
    return (
        counts.reindex(columns=list(CHANGES), fill_value=0).reset_index().rename_axis(columns=None)
    )
