"""Control totals: figures that must agree because they are sums of the same reports.

Every check compares two independent routes to one number, by year, and every comparison is kept,
so that a reader sees how much was checked and not only that nothing failed. UNHCR's small
numbers are rounded in the source tables before anything is added, and both routes add the same
rounded figures: sums agree to the last digit, and no tolerance is granted.
"""

from __future__ import annotations

import pandas as pd

from helpers.data.clean import OUTCOMES
from helpers.data.columns import UNKNOWN_ORIGIN
from helpers.data.releases import Core, compare, compare_destinations
from helpers.study import ReleaseInfo

# What all origins together have for the rows of single ones.
WHOLES = {
    "pending": "by_asylum",
    "applications": "applications_by_asylum",
    "decisions": "decisions_by_asylum",
}


def check_controls(core: Core, info: ReleaseInfo) -> pd.DataFrame:
    """Hold a release's core tables against one another.

    Returns
    -------
    DataFrame
        check, scope, expected, found, difference, is_ok; one row a comparison. Scope is a year,
        an origin and year, or a table and year. The checks are

        world_pending : all origins against all countries of asylum, persons
        unknown_pending : unknown origin on both sides, persons
        destinations_pending, destinations_refugees : an origin's pairs against its total
        years_of_pending, years_of_applications, years_of_decisions : years with rows of origins
        against years with rows of all origins
        pairs_within_asylum : cells where the origins on file exceed all origins, or differ from
        them where the release holds every origin
        applications_within_asylum, decisions_within_asylum : the same for flows
        parts_within_whole : rows whose part (unknown origin, unchanged pairs) exceeds the whole
        rows_recorded : rows in the file against those that datapackage.json records
        rows_accounted : rows in the core plus those dropped or merged against rows in the file
    """
    first = core.by_origin["year"].min()  # earlier years have no total to meet
    pairs = core.pending[core.pending["year"] >= first]
    there = core.by_asylum.groupby("year")[["pending", "pending_unknown_origin"]].sum()
    is_unknown = core.by_origin["origin"] == UNKNOWN_ORIGIN
    world, unknown = (
        totals.groupby("year")["pending"].sum()
        for totals in (core.by_origin, core.by_origin[is_unknown])
    )
    is_whole = set(info.origins) >= set(core.by_origin["origin"])
    by_year = core.rows.set_index(["table", "year"])
    rows = by_year.groupby("table")[["read", "kept"]].sum()
    gone = core.quality[core.quality["action"].isin(["dropped", "merged"])]
    removed = gone.groupby("table")["rows"].sum().reindex(rows.index, fill_value=0)
    checks = [
        compare("world_pending", world, there["pending"]),
        compare("unknown_pending", unknown, there["pending_unknown_origin"]),
        *(
            compare_destinations(core.pending, core.by_origin, info.origins, name)
            for name in ("pending", "refugees")
        ),
        *(
            compare(f"years_of_{own}", _find_years(core, whole), _find_years(core, own))
            for own, whole in WHOLES.items()
        ),
        _check_within("pairs", pairs, core.by_asylum, ["pending"], is_whole),
        *(
            _check_within(name, getattr(core, name), getattr(core, WHOLES[name]), counts, is_whole)
            for name, counts in (("applications", ["applied"]), ("decisions", [*OUTCOMES, "total"]))
        ),
        _check_parts(core),
        compare("rows_recorded", by_year["recorded"], by_year["read"]),
        compare("rows_accounted", rows["read"], rows["kept"] + removed),
    ]
    return pd.concat(checks, ignore_index=True)


def _find_years(core: Core, table: str) -> pd.Series:
    """Mark the years in which a table has rows, those without any total left out."""
    years = getattr(core, table)["year"]
    return years[years >= core.by_origin["year"].min()].groupby(years).size().clip(upper=1)


def _check_within(
    what: str, part: pd.DataFrame, whole: pd.DataFrame, measures: list[str], is_whole: bool
) -> pd.DataFrame:
    """Count, by year, the cells in which origins exceed those of all, or differ if they are all."""
    labels = ("year", "asylum", "stage_code", "level_code", "unit")
    key = [column for column in labels if column in whole]
    cells = part.groupby(key)[measures].sum()
    meets = whole[whole["year"].isin(part["year"])].set_index(key)[measures]
    index = cells.index.union(meets.index) if is_whole else cells.index
    cells, meets = (each.reindex(index).fillna(0) for each in (cells, meets))
    wrong = (cells != meets if is_whole else cells > meets).any(axis=1).groupby(level="year").sum()
    return compare(f"{what}_within_asylum", wrong * 0, wrong)


def _check_parts(core: Core) -> pd.DataFrame:
    parts = [
        ("by_asylum", "pending_unknown_origin", "pending"),
        ("by_asylum", "pairs_unchanged", "pairs_in_both_years"),
        ("applications_by_asylum", "applied_unknown_origin", "applied"),
        ("decisions_by_asylum", "total_unknown_origin", "total"),
    ]
    counted = {}
    for table, part, whole in parts:
        frame = getattr(core, table)
        counted[f"{table} {part}"] = (frame[part] > frame[whole]).groupby(frame["year"]).sum()
    above = pd.concat(counted)
    return compare("parts_within_whole", above * 0, above)
