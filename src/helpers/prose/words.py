"""Values and lists as words: the formats of prose and tables, and texts that hold for any study.

Everything here is rounded before it is shown, so that a library's patch release, or another
platform's last digit, changes nothing that is printed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.study import load_yaml

MISSING = "–"
WORDS = load_yaml(Path(__file__).with_name("prose_words.yml"))
MEASURE_NAMES: dict[str, str] = WORDS["measures"]
BREAK_WORDS: dict[str, str] = WORDS["breaks"]
COUNTS: list[str] = WORDS["counts"]  # from "no" on


def to_plain(value: Any) -> Any:
    """Turn a numpy or pandas scalar into plain Python; missing or infinite becomes None.

    >>> [to_plain(v) for v in (None, np.float64("nan"), pd.NA, float("inf"), np.int64(0), "")]
    [None, None, None, None, 0, '']
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, pd.Timestamp | dt.datetime):
        value = value.date()
    if not isinstance(value, bool | int | float | str | dt.date):
        raise TypeError(f"a number, word, truth value or date is wanted, not {value!r}")
    return value


def say_words(number: int) -> str:
    """Write a count up to twelve as a word, a larger one in digits.

    >>> [say_words(n) for n in (0, 7, 13, 1200)]
    ['no', 'seven', '13', '1,200']
    """
    return COUNTS[number] if 0 <= number < len(COUNTS) else f"{number:,}"


def say_about(number: float) -> str:
    """Round to three significant digits, with thousands separators.

    >>> [say_about(n) for n in (137143, 1234567, 12.345, 0.05678, 0)]
    ['137,000', '1,230,000', '12.3', '0.0568', '0']
    """
    if number == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(number)))
    return f"{round(number, digits):,.{max(digits, 0)}f}"


def say_share(value: float) -> str:
    """Write a share or rate in percent; one that would round to nothing is called under a tenth.

    >>> [say_share(v) for v in (0.0213, 0.0004, 0.0)]
    ['2.1%', 'under 0.1%', '0.0%']
    """
    return "under 0.1%" if 0 < value < 0.0005 else f"{value:.1%}"


def say_date(day: dt.date) -> str:
    """Write a date as in prose.

    >>> say_date(dt.date(2026, 6, 25))
    '25 June 2026'
    """
    return f"{day.day} {day:%B} {day.year}"


def say_value(value: float, unit: str = "") -> str:
    """Write a value of a chart: whole numbers with separators, others to three digits.

    >>> say_value(137143.0), say_value(0.6543, "%"), say_value(1.2345)
    ('137,143', '65.4%', '1.23')
    """
    if unit == "%":
        return f"{value:.1%}"
    whole = float(value).is_integer() or abs(value) >= 1000
    return f"{value:,.0f}" if whole else say_about(value)


def slugify(text: str) -> str:
    """Turn words into an identifier for HTML.

    >>> slugify("Pending, by year (3.1)")
    'pending-by-year-3-1'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def capitalise(text: str) -> str:
    """Set the first letter in capitals, and leave the others as they are.

    >>> capitalise("the United States")
    'The United States'
    """
    return text[:1].upper() + text[1:]


def join_names(names: Iterable[str], conjunction: str = "and") -> str:
    """Join names as a sentence lists them.

    >>> join_names(["Canada"]), join_names(["Canada", "Brazil", "Spain"])
    ('Canada', 'Canada, Brazil and Spain')
    """
    listed = list(names)
    if len(listed) <= 1:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {conjunction} {listed[-1]}"


def join_years(years: Iterable[int]) -> str:
    """Join years as a sentence lists them, three and more in a row as a span.

    >>> join_years([2006, 2008, 2009, 2010, 2014])
    '2006, 2008 to 2010 and 2014'
    """
    listed = pd.Series(sorted(years), dtype="int64")
    runs = [list(run) for _, run in listed.groupby(listed.diff().ne(1).cumsum())]
    shown = [[f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run) for run in runs]
    return join_names(text for run in shown for text in run)


def choose_break_words(findings: pd.DataFrame, years: Iterable[int]) -> dict[int, str]:
    """Choose what a chart writes at each break: words at the gravest, nothing at the others.

    `findings` has year, kind and effect_share of the breaks that move the total; `years` are those
    that do not compare with the one before. A break has no words where its effect is under a
    quarter of the total, or where no more is known than that the flows do not explain the stock.
    """
    named = findings[(findings["kind"] != "stock_flow_gap") & (findings["effect_share"] > 0.25)]
    gravest = named.sort_values("effect_share").drop_duplicates("year", keep="last")
    words = gravest.set_index("year")["kind"].map(BREAK_WORDS)
    return {year: words.get(year, "") for year in years}
