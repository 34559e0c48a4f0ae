"""Mid-year or year-end: the calendar of releases, the last release as witness, and the user."""

import datetime as dt

import pandas as pd
import pytest

from helpers.study import InputError, find_release
from helpers.unhcr.fetch import decide_period, read_witness

NOVEMBER, MAY, JUNE, JULY = (
    dt.date(2025, 11, 20), dt.date(2026, 5, 31), dt.date(2026, 6, 15), dt.date(2026, 7, 1)
)  # fmt: skip
NONE: tuple[None, str] = (None, "no release holds that year")
SAME, DOUBLED, REVISED = ("mid", "the same"), ("end", "2.10 times"), (None, "1.02 times")


@pytest.mark.parametrize(("period", "pending", "applied", "seen"), [
    ("mid", 50, 100, "mid"),  # nothing has changed
    ("mid", 55, 100, None),
    ("mid", 50, 102, None),
    ("mid", 50, 210, "end"),
    ("end", 50, 101, "end"),  # revised, and still of year-end
])  # fmt: skip
def test_the_release_on_file_is_a_witness(period, pending, applied, seen):
    def make(pending: int, applied: int) -> dict[str, pd.DataFrame]:
        return {
            "totals_by_asylum": pd.DataFrame({"year": [2025], "asylum_seekers": [pending]}),
            "applications_by_asylum": pd.DataFrame({"year": [2025], "applied": [applied]}),
        }

    release = find_release("2025-end").model_copy(update={"period": period})
    assert read_witness(2025, release, make(50, 100), make(pending, applied))[0] == seen
    assert read_witness(2026, release, make(50, 100), make(pending, applied)) == NONE


@pytest.mark.parametrize(("today", "given", "witness", "period"), [
    (MAY, None, NONE, "mid"),
    (JULY, None, NONE, "end"),
    (NOVEMBER, None, SAME, "mid"),
    (JUNE, None, SAME, "mid"),
    (JUNE, None, DOUBLED, "end"),
    (JUNE, "end", NONE, "end"),
    (JULY, "mid", NONE, "mid"),
])  # fmt: skip
def test_calendar_and_witness_decide_together(today, given, witness, period):
    assert decide_period(2025, today, given, witness)[0] == period


@pytest.mark.parametrize(("today", "given", "witness", "said"), [
    (JUNE, None, NONE, "cannot be told"),
    (JUNE, None, REVISED, "1.02 times"),
    (JULY, None, SAME, "Say --period"),
    (NOVEMBER, "end", NONE, "is not over"),
    (dt.date(2024, 7, 1), None, NONE, "clock"),
])  # fmt: skip
def test_what_cannot_be_told_is_asked(today, given, witness, said):
    with pytest.raises(InputError, match=said):
        decide_period(2025, today, given, witness)
