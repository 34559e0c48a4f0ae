"""Control totals: figures that must agree because they are sums of the same reports.

Every check compares two independent routes to one number, by year, and every comparison is kept,
so that a reader sees how much was checked and not only that nothing failed. UNHCR's small
numbers are rounded in the source tables before anything is added, and both routes add the same
rounded figures: sums agree to the last digit, and no tolerance is granted.
"""

from __future__ import annotations

import pandas as pd

from helpers.data.clean import OUTCOMES, count_removed
from helpers.data.codes import UNKNOWN_ORIGIN
from helpers.data.releases import Core
from helpers.study import ReleaseInfo

COLUMNS = ["check", "scope", "expected", "found", "difference", "is_ok"]


def check_controls(core: Core, info: ReleaseInfo) -> pd.DataFrame:
    """Hold a release's core tables against one another.

    Parameters
    ----------
    core : Core
        The release's core tables.
    info : ReleaseInfo
        The release: its years and the origins on file.

    Returns
    -------
    DataFrame
        check, scope, expected, found, difference, is_ok; one row a comparison. Scope is a year,
        an origin and year, or a table and year. The checks are

        world_pending : all origins against all countries of asylum, persons
        unknown_pending : unknown origin on both sides, persons
        destinations_pending, destinations_refugees : an origin's pairs against its total
        pairs_within_asylum : cells where the origins on file exceed all origins
        applications_within_asylum, decisions_within_asylum : the same for flows
        parts_within_whole : rows whose part (unknown origin, unchanged pairs) exceeds the whole
        rows_recorded : rows in the file against those that datapackage.json records
        rows_accounted : rows in the core plus those dropped or merged against rows in the file
    """
    checks = [
        _check_world(core),
        _check_unknown(core),
        _check_destinations(core, info, "pending"),
        _check_destinations(core, info, "refugees"),
        _check_pairs(core),
        _check_flow(
            "applications_within_asylum",
            core.applications,
            core.applications_by_asylum,
            ["applied"],
        ),
        _check_flow(
            "decisions_within_asylum",
            core.decisions,
            core.decisions_by_asylum,
            [*OUTCOMES, "total"],
        ),
        _check_parts(core),
        _check_recorded(core),
        _check_accounted(core),
    ]
    return pd.concat(checks, ignore_index=True)


def _compare(check: str, expected: pd.Series, found: pd.Series) -> pd.DataFrame:
    """Return one row a scope; a side without a figure counts as zero, and so differs from any."""
    both = pd.concat({"expected": expected, "found": found}, axis=1).fillna(0).astype("int64")
    both["difference"] = both["found"] - both["expected"]
    both["is_ok"] = both["difference"] == 0
    both.insert(0, "scope", [_name_scope(scope) for scope in both.index])
    both.insert(0, "check", check)
    return both.reset_index(drop=True)[COLUMNS]


def _name_scope(scope: object) -> str:
    return " ".join(str(part) for part in scope) if isinstance(scope, tuple) else str(scope)


def _check_world(core: Core) -> pd.DataFrame:
    origins = core.by_origin.groupby("year")["pending"].sum()
    return _compare("world_pending", origins, core.by_asylum.groupby("year")["pending"].sum())


def _check_unknown(core: Core) -> pd.DataFrame:
    unknown = core.by_origin[core.by_origin["origin"] == UNKNOWN_ORIGIN]
    named = core.by_asylum.groupby("year")["pending_unknown_origin"].sum()
    return _compare("unknown_pending", unknown.groupby("year")["pending"].sum(), named)


def _check_destinations(core: Core, info: ReleaseInfo, measure: str) -> pd.DataFrame:
    """Compare each origin on file and year; years before the totals begin have nothing to meet."""
    first = int(core.by_origin["year"].min())
    pairs = core.pending[core.pending["year"] >= first]
    totals = core.by_origin[core.by_origin["origin"].isin(info.origins)]
    return _compare(
        f"destinations_{measure}",
        totals.groupby(["origin", "year"])[measure].sum(),
        pairs.groupby(["origin", "year"])[measure].sum(),
    )


def _count_above(part: pd.DataFrame, whole: pd.DataFrame, measures: list[str]) -> pd.Series:
    """Count, by year, the cells whose part exceeds the whole or has no whole at all.

    Both frames are indexed by cell, year first.
    """
    meets = whole.reindex(part.index)[measures].fillna(0)
    above = (part[measures].fillna(0) > meets).any(axis=1)
    return above.groupby(level="year").sum()


def _check_cells(check: str, above: pd.Series) -> pd.DataFrame:
    """Expect no cell above its whole in any year."""
    return _compare(check, above * 0, above)


def _check_pairs(core: Core) -> pd.DataFrame:
    key, first = ["year", "asylum"], int(core.by_asylum["year"].min())
    pairs = core.pending[core.pending["year"] >= first]
    part = pairs.groupby(key)[["pending"]].sum()
    return _check_cells(
        "pairs_within_asylum", _count_above(part, core.by_asylum.set_index(key), ["pending"])
    )


def _check_flow(
    check: str, flow: pd.DataFrame, totals: pd.DataFrame, measures: list[str]
) -> pd.DataFrame:
    """Compare the origins on file, authorities together, with the cell of all origins."""
    labels = ("year", "asylum", "stage_code", "level_code", "unit")
    key = [column for column in labels if column in totals]
    part = flow.groupby(key)[measures].sum()
    return _check_cells(check, _count_above(part, totals.set_index(key), measures))


def _check_parts(core: Core) -> pd.DataFrame:
    parts = [
        ("by_asylum", "pending_unknown_origin", "pending"),
        ("by_asylum", "pairs_unchanged", "pairs_in_both_years"),
        ("applications_by_asylum", "applied_unknown_origin", "applied"),
        ("decisions_by_asylum", "total_unknown_origin", "total"),
    ]
    counted = []
    for table, part, whole in parts:
        frame = getattr(core, table)
        above = (frame[part] > frame[whole]).fillna(False).astype("int64")
        by_year = above.groupby(frame["year"]).sum()
        by_year.index = pd.Index([f"{table} {part} {year}" for year in by_year.index])
        counted.append(by_year)
    return _check_cells("parts_within_whole", pd.concat(counted))


def _check_recorded(core: Core) -> pd.DataFrame:
    rows = core.rows.set_index(["table", "year"])
    if rows["recorded"].isna().all():  # frames that were never described by a package
        return pd.DataFrame(columns=COLUMNS)
    return _compare("rows_recorded", rows["recorded"], rows["read"])


def _check_accounted(core: Core) -> pd.DataFrame:
    """Compare rows read with rows kept plus those that the quality table says are gone."""
    rows = core.rows.groupby("table")[["read", "kept"]].sum()
    removed = count_removed(core.quality).reindex(rows.index).fillna(0).astype("int64")
    return _compare("rows_accounted", rows["read"], rows["kept"] + removed)
