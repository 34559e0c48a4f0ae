"""Whether there is anything to study, told from the files before a kernel starts.

Read without pandas, since the process that starts the notebooks does not load it.
"""

from __future__ import annotations

import csv

from helpers import paths
from helpers.study import InputError, Study

_TABLE = "totals_by_origin.csv"


def require_any_pending(study: Study) -> None:
    """Refuse a study of whose origin no claim was pending in any of its years.

    Raises
    ------
    InputError
        With the years that have some, or the word that none has.
    """
    years = _list_years(study)
    if not any(year in study.years for year in years):
        span = f"{study.year_from} to {study.year_to}"
        there = f"there are some in {years[0]} to {years[-1]}" if years else "no year has any"
        raise InputError(
            f"no claim from {study.origin} was pending in {span}, says release {study.release}: "
            f"{there}"
        )


def _list_years(study: Study) -> list[int]:
    """Return the years in which the origin has claims pending, ascending."""
    with (paths.raw() / study.release / _TABLE).open(encoding="utf-8", newline="") as lines:
        return sorted(
            int(row["year"])
            for row in csv.DictReader(lines)
            if row["coo_iso"] == study.origin and row["asylum_seekers"] not in ("", "0")
        )
