"""Mid-year or year-end: the calendar of releases, the last release as witness, and the user."""

from __future__ import annotations

import datetime as dt

import pytest

from helpers.study import InputError
from helpers.unhcr.client import read_retry_after
from helpers.unhcr.comparison import Witness, decide_period, read_calendar

NOVEMBER, MAY, JUNE, JULY = (
    dt.date(2025, 11, 20), dt.date(2026, 5, 31), dt.date(2026, 6, 15), dt.date(2026, 7, 1)
)  # fmt: skip
SAME = Witness("2025-mid", "mid", True, 1.0)
DOUBLED = Witness("2025-mid", "mid", False, 2.1)
REVISED = Witness("2025-mid", "mid", False, 1.02)
ENDED = Witness("2025-end", "end", False, 1.01)


@pytest.mark.parametrize(
    ("today", "period"), [(NOVEMBER, "mid"), (MAY, "mid"), (JUNE, None), (JULY, "end")]
)
def test_the_calendar_decides_outside_june(today, period):
    assert read_calendar(2025, today) == period


@pytest.mark.parametrize(
    ("today", "given", "witness", "period"),
    [
        (NOVEMBER, None, None, "mid"),
        (JULY, None, None, "end"),
        (JULY, None, DOUBLED, "end"),
        (NOVEMBER, None, SAME, "mid"),
        (JUNE, None, SAME, "mid"),
        (JUNE, None, DOUBLED, "end"),
        (JUNE, None, ENDED, "end"),
        (JUNE, "end", None, "end"),
        (JULY, "mid", None, "mid"),
    ],
)
def test_calendar_and_witness_decide_together(today, given, witness, period):
    assert decide_period(2025, today, given, witness)[0] == period


@pytest.mark.parametrize(
    ("today", "given", "witness", "said"),
    [
        (JUNE, None, None, "cannot be told"),
        (JUNE, None, REVISED, "1.02 times"),
        (JULY, None, SAME, "Say --period"),
        (NOVEMBER, "end", None, "is not over"),
        (dt.date(2024, 7, 1), None, None, "clock"),
    ],
)
def test_what_cannot_be_told_is_asked(today, given, witness, said):
    with pytest.raises(InputError, match=said):
        decide_period(2025, today, given, witness)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", None), ("12", 12.0), (" 3 ", 3.0), ("soon", None), ("²", None),
        ("Thu, 20 Nov 2025 00:00:30 GMT", 30.0), ("Thu, 20 Nov 2025 00:00:30", 30.0),
        ("Wed, 19 Nov 2025 00:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_a_wait_is_read_as_seconds_or_as_a_date(value, seconds):
    now = dt.datetime(2025, 11, 20, tzinfo=dt.UTC)
    assert read_retry_after(value, now) == seconds
