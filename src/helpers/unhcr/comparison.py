"""Compare fetched tables with the newest release on file: what must not be lost, what changed.

And what the newest year is: nothing in the API's answers tells mid-year from year-end. UNHCR
publishes a year's end in the middle of June after it, and its middle between October and the
following spring. The calendar decides where it can, the last release on file is its witness, and
the user where the two differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import pandas as pd

from helpers.data.columns import PAIRS, TABLES
from helpers.study import InputError, ReleaseInfo
from helpers.unhcr.client import AnswerError

PeriodName = Literal["mid", "end"]
Tables = Mapping[str, pd.DataFrame]
LEAST_GROWTH = 1.3  # 2022 to 2025: a whole year had 1.6 to 3 times its first half's applications
LEAST_ROWS = 0.9  # of a year's rows on file; revisions remove a few, a broken answer many
FEW_ROWS = 10  # a year of fewer rows may lose more


def list_origins(tables: Tables) -> set[str]:
    """Return the origins that the tables hold pair by pair."""
    return {str(code) for name in PAIRS for code in tables[name]["coo_iso"].unique()}


def compare_tables(before: Tables, after: Tables) -> list[str]:
    """Say what differs between the seven tables on file and those fetched, if anything does."""
    origins = list_origins(before)
    stocks = [tables["totals_by_asylum"] for tables in (before, after)]
    old, new = (set(table["coa_iso"][table["year"] == table["year"].max()]) for table in stocks)
    differ = {
        "years added": set(stocks[1]["year"]) - set(stocks[0]["year"]),
        "origins added": list_origins(after) - origins,
        "destinations lost in the newest year": old - new,
        "destinations gained": new - old,
    }
    said = [f"{what}: {_list(values)}" for what, values in differ.items() if values]
    for name, table in TABLES.items():
        kept = _cut(before[name], after[name], origins)
        both = before[name].merge(kept, on=list(table.columns), how="outer", indicator="side")
        rows = both[both["side"] != "both"]
        changed = int(rows.duplicated(list(table.key)).sum())
        count = rows["side"].value_counts() - changed
        if len(rows):
            said.append(
                f"revised in {name}: {changed} rows changed, {count['right_only']} added, "
                f"{count['left_only']} gone"
            )
    return said


def check_floors(before: Tables, after: Tables, release: str) -> None:
    """Refuse fetched tables that lost years, origins or many rows against the release on file."""
    origins = list_origins(before)
    if gone := origins - list_origins(after):
        raise AnswerError(f"no row came for {_list(gone)}, which {release} holds")
    for name in TABLES:
        held = before[name]["year"].value_counts().sort_index()
        kept = _cut(before[name], after[name], origins)
        found = kept["year"].value_counts().reindex(held.index, fill_value=0)
        is_short = (found < LEAST_ROWS * held) & (found < held - FEW_ROWS) | (found == 0)
        if is_short.any():
            short = [f"{year}: {found[year]} of {held[year]}" for year in found.index[is_short]]
            raise AnswerError(
                f"{name} lost rows against {release} in {len(short)} years "
                f"({'; '.join(short[:5])}): at least {LEAST_ROWS:.0%} of a year's rows must come "
                "again"
            )


def _cut(before: pd.DataFrame, after: pd.DataFrame, origins: Collection[str]) -> pd.DataFrame:
    """Keep what both releases can hold; a table of totals covers every origin anyway."""
    table = after[after["year"].isin(before["year"].unique())]
    return table[table["coo_iso"].isin(origins)] if {"coo", "coa"} <= set(table) else table


def _list(values: Iterable[object]) -> str:
    return ", ".join(map(str, sorted(values)))  # type: ignore[type-var]


def read_witness(
    year: int, release: ReleaseInfo, before: Tables, after: Tables
) -> tuple[PeriodName | None, str]:
    """Return what the newest release on file suggests of a year's period, and what it says.

    What is of year-end on file stays so, revised or not. After a mid-year release, the same world
    totals are of mid-year still, and a whole year's applications are far more than half a year's.
    """
    sums = []
    for tables in (before, after):
        stocks, flows = tables["totals_by_asylum"], tables["applications_by_asylum"]
        if year not in set(stocks["year"]):
            return None, "no release on file holds that year"
        pending = stocks.loc[stocks["year"] == year, "asylum_seekers"].sum()
        sums.append((int(pending), int(flows.loc[flows["year"] == year, "applied"].sum())))
    (_, then), (_, now) = sums
    is_same, growth = sums[0] == sums[1], now / then if then else float("inf")
    many = "those" if is_same else f"{growth:.2f} times those"
    said = f"the year's applications are {many} of release {release.name}"
    if release.period == "mid" and is_same:
        return "mid", said
    return ("end" if release.period == "end" or growth >= LEAST_GROWTH else None), said


def read_calendar(newest_year: int, today: dt.date) -> PeriodName | None:
    """Return what the calendar of releases says on a day; None in June, when both are possible.

    >>> read_calendar(2025, dt.date(2025, 11, 20)), read_calendar(2025, dt.date(2026, 7, 1))
    ('mid', 'end')
    """
    if today < dt.date(newest_year + 1, 6, 1):
        return "mid"
    return "end" if today >= dt.date(newest_year + 1, 7, 1) else None


def decide_period(
    newest_year: int, today: dt.date, given: str | None, witness: tuple[PeriodName | None, str]
) -> tuple[PeriodName, str]:
    """Decide the period of the last year with figures, and say why.

    What the user has given decides, save that a year that is not over has no end. Else calendar
    and witness (`read_witness`) do, and where they differ the user is asked for it (`InputError`).
    """
    if newest_year > today.year:
        raise InputError(
            f"there are figures of {newest_year}, and this machine's clock says {today}: "
            "set it right"
        )
    if given == "end" and newest_year == today.year:
        raise InputError(f"--period end: {newest_year} is not over on {today}, use --period mid")
    if given:
        return ("mid" if given == "mid" else "end"), "as --period says"
    calendar, (seen, said) = read_calendar(newest_year, today), witness
    if calendar and seen in (None, calendar):
        return calendar, f"by the calendar of releases, on {today}"
    if calendar is None and seen:
        return seen, said
    raise InputError(
        f"whether {newest_year} is of mid-year or of year-end cannot be told on {today}: "
        f"the calendar says {calendar or 'either'}, and {said}. Say --period mid or --period end"
    )
