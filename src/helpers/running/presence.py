"""Whether there is anything to study and whether it can be read, told before a kernel starts.

Read without pandas, since the process that starts the notebooks does not load it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence

from helpers import paths
from helpers.claims.file import load_claims
from helpers.data.codes import load_codes
from helpers.data.hand import (
    load_breaks,
    load_lodged_rules,
    load_name_entries,
    load_persons_per_case,
    load_placebo_origins,
)
from helpers.study import InputError, Study

_TABLE = "totals_by_origin.csv"


def require_any_pending(study: Study) -> None:
    """Refuse a study of whose origin no claim was pending in any of its years.

    Raises
    ------
    InputError
        With the years that have some, or the word that none has.
    """
    reason = explain_absence(study, list_pending_years(study.release))
    if reason:
        raise InputError(reason)


def require_hand_files(study: Study) -> None:
    """Refuse judgement made by hand that the notebooks could not read.

    Raises
    ------
    InputError
        With the file and the entry that does not fit, as the loaders say it.
    """
    load_breaks()
    load_persons_per_case()
    load_lodged_rules()
    load_placebo_origins()
    load_name_entries(load_codes())
    if study.file.claims is not None:
        load_claims(study.file.claims)


def explain_absence(study: Study, pending: Mapping[str, Sequence[int]]) -> str:
    """Say that no claim was pending, and when some were; empty where there is one.

    Parameters
    ----------
    study : Study
        The origin and the years.
    pending : mapping
        What `list_pending_years` gave for the study's release.
    """
    years = pending.get(study.origin, ())
    if any(year in study.years for year in years):
        return ""
    span = f"{study.year_from} to {study.year_to}"
    there = f"there are some in {years[0]} to {years[-1]}" if years else "no year has any"
    return (
        f"no claim from {study.origin} was pending in {span}, says release {study.release}: {there}"
    )


def list_pending_years(release: str) -> dict[str, list[int]]:
    """Return the years in which each origin has claims pending, ascending."""
    found: dict[str, list[int]] = defaultdict(list)
    with (paths.raw() / release / _TABLE).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["asylum_seekers"] not in ("", "0"):
                found[row["coo_iso"]].append(int(row["year"]))
    return {origin: sorted(years) for origin, years in found.items()}
