"""Tell whether the newest year is of mid-year or of year-end: nothing in the API's answers does.

UNHCR publishes a year's end in the middle of June after it, and its middle between October and
the following spring. The calendar decides where it can, the last release on file is its witness,
and the user where the two differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from helpers.study import InputError

PeriodName = Literal["mid", "end"]
LEAST_GROWTH = 1.3  # 2022 to 2025: a whole year had 1.6 to 3 times its first half's applications
TITLES: dict[PeriodName, str] = {"mid": "Mid-Year Trends", "end": "Global Trends"}


@dataclass(frozen=True)
class Period:
    """The newest year's period and why."""

    name: PeriodName
    reason: str


@dataclass(frozen=True)
class Witness:
    """What the newest release on file says of the newest year, where it holds that year.

    Attributes
    ----------
    release : str
        Its name.
    period : "mid" or "end"
        The period of its newest year.
    is_same : bool
        Whether the year's totals of pending claims and of applications are unchanged.
    growth : float
        The year's applications now, as a multiple of those on file.
    """

    release: str
    period: PeriodName
    is_same: bool
    growth: float


def read_calendar(newest_year: int, today: dt.date) -> PeriodName | None:
    """Return what the calendar of releases says on a day; None in June, when both are possible.

    >>> read_calendar(2025, dt.date(2025, 11, 20)), read_calendar(2025, dt.date(2026, 7, 1))
    ('mid', 'end')
    """
    if today < dt.date(newest_year + 1, 6, 1):
        return "mid"
    return "end" if today >= dt.date(newest_year + 1, 7, 1) else None


def decide_period(
    newest_year: int, today: dt.date, given: str | None, witness: Witness | None
) -> Period:
    """Decide a year's period.

    Parameters
    ----------
    newest_year : int
        The last year with figures.
    today : date
        The day of the fetch.
    given : str or None
        What the user says; it decides, save that a year that is not over has no end.
    witness : Witness or None
        The newest release on file, where it holds that year.

    Raises
    ------
    InputError
        Where the year has not begun or is not over, or calendar and witness differ and nothing
        was given.
    """
    if newest_year > today.year:
        raise InputError(
            f"there are figures of {newest_year}, and this machine's clock says {today}: "
            "set it right"
        )
    if given == "end" and newest_year == today.year:
        raise InputError(f"--period end: {newest_year} is not over on {today}, use --period mid")
    if given == "mid":
        return Period("mid", "as --period says")
    if given == "end":
        return Period("end", "as --period says")
    calendar = read_calendar(newest_year, today)
    seen = read_witness(witness)
    if calendar and seen in (None, calendar):
        return Period(calendar, f"by the calendar of releases, on {today}")
    if calendar is None and seen and witness:
        said = "are those" if witness.is_same else f"are {witness.growth:.2f} times those"
        return Period(seen, f"{newest_year}'s applications {said} of release {witness.release}")
    raise InputError(
        f"whether {newest_year} is of mid-year or of year-end cannot be told on {today}: "
        f"the calendar says {calendar or 'either'}, {_quote_witness(witness)}. "
        "Say --period mid or --period end"
    )


def read_witness(witness: Witness | None) -> PeriodName | None:
    """Return what the release on file suggests; None where it suggests nothing.

    What is of year-end on file stays so, revised or not. After a mid-year release, the same
    totals are of mid-year still, and a whole year's applications are far more than half a year's.
    """
    if witness is None:
        return None
    if witness.period == "end":
        return "end"
    if witness.is_same:
        return "mid"
    return "end" if witness.growth >= LEAST_GROWTH else None


def _quote_witness(witness: Witness | None) -> str:
    if witness is None:
        return "and no release on file holds that year"
    if witness.is_same:
        return f"and the year's totals are those of release {witness.release}"
    return f"and its applications are {witness.growth:.2f} times those of release {witness.release}"


def compare_year(
    year: int, release: str, period: PeriodName, before: Mapping[str, pd.DataFrame],
    after: Mapping[str, pd.DataFrame],
) -> Witness | None:  # fmt: skip
    """Compare a year's world totals with those of a release; None where it lacks the year."""
    if year not in set(before["totals_by_asylum"]["year"]):
        return None
    then, now = _sum_year(before, year), _sum_year(after, year)
    return Witness(release, period, then == now, now[1] / then[1] if then[1] else float("inf"))


def _sum_year(tables: Mapping[str, pd.DataFrame], year: int) -> tuple[int, int]:
    """Return a year's pending claims and applications lodged, all together, as a fingerprint."""
    stocks, flows = tables["totals_by_asylum"], tables["applications_by_asylum"]
    pending = stocks.loc[stocks["year"] == year, "asylum_seekers"].sum()
    return int(pending), int(flows.loc[flows["year"] == year, "applied"].sum())
