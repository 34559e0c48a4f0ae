"""Values as words: the formats of prose and tables, and descriptions built from data.

Everything here is rounded before it is shown, so that a library's patch release, or another
platform's last digit, changes nothing that is printed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import string
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

MISSING = "–"
_SMALL = (
    "no", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def is_missing(value: Any) -> bool:
    """Tell whether a scalar is missing (None, NaN, NA, NaT) or not finite.

    >>> [is_missing(v) for v in (None, float("nan"), float("inf"), 0, "")]
    [True, True, True, False, False]
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    return isinstance(value, float | np.floating) and not math.isfinite(value)


def to_plain(value: Any) -> Any:
    """Turn a numpy or pandas scalar into plain Python; missing becomes None.

    Raises
    ------
    TypeError
        For anything that is not a number, a word, a truth value or a date.
    """
    if is_missing(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Timestamp | dt.datetime):
        value = value.date()
    if not isinstance(value, bool | int | float | str | dt.date):
        raise TypeError(f"a number, word, truth value or date is wanted, not {value!r}")
    return value


def say_ordinal(number: int) -> str:
    """Write a rank.

    >>> [say_ordinal(n) for n in (1, 2, 3, 11, 22, 113)]
    ['1st', '2nd', '3rd', '11th', '22nd', '113th']
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number:,}{ending or 'th'}"


def say_words(number: int) -> str:
    """Write a count up to twelve as a word, a larger one in digits.

    >>> [say_words(n) for n in (0, 7, 13, 1200)]
    ['no', 'seven', '13', '1,200']
    """
    return _SMALL[number] if 0 <= number < len(_SMALL) else f"{number:,}"


def say_about(number: float) -> str:
    """Round to three significant digits, with thousands separators.

    >>> [say_about(n) for n in (137143, 1234567, 12.345, 0.05678, 0)]
    ['137,000', '1,230,000', '12.3', '0.0568', '0']
    """
    if number == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(number)))
    rounded = round(number, digits)
    return f"{rounded:,.{max(digits, 0)}f}"


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


class ProseFormatter(string.Formatter):
    """`str.format` over plain names, with the converters that prose needs.

    Besides Python's own format specs: ordinal, words, Words (capital first), about (three
    significant digits), million (one decimal and the word), share (percent).

    >>> ProseFormatter().vformat("{n:words} in {m:,}", (), {"n": 3, "m": 5000})
    'three in 5,000'
    """

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Look a plain name up; positions, attributes and items are refused."""
        if not field_name.isidentifier():
            raise ValueError(f"{{{field_name}}}: a placeholder is the name of a defined value")
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """Render one value; a float or a truth value without a format is refused."""
        if isinstance(value, bool):
            raise ValueError("a truth value is no prose: choose the words in Python")
        if format_spec in _CONVERTERS:
            if isinstance(value, str):
                raise ValueError(f"{value!r} is a word: it takes no format {format_spec!r}")
            return _CONVERTERS[format_spec](value)
        if isinstance(value, float) and not format_spec:
            raise ValueError(f"{value!r} needs a format, as in {{name:,.1f}} or {{name:.1%}}")
        if isinstance(value, dt.date) and not format_spec:
            return say_date(value)
        return format(value, format_spec)


_CONVERTERS = {
    "ordinal": say_ordinal,
    "words": say_words,
    "Words": lambda n: say_words(n).capitalize(),
    "about": say_about,
    "share": say_share,
    "million": lambda n: f"{n / 1e6:,.1f} million",
}


def say_value(value: float, unit: str = "") -> str:
    """Write a value of a chart: whole numbers with separators, others to three digits.

    >>> say_value(137143.0), say_value(0.6543, "%"), say_value(1.2345)
    ('137,143', '65.4%', '1.23')
    """
    if unit == "%":
        return f"{value:.1%}"
    whole = float(value).is_integer() or abs(value) >= 1000
    return f"{value:,.0f}" if whole else say_about(value)


def _say_unit(unit: str, value: float) -> str:
    """Return the unit behind a blank; that of one thing without its plural's ending."""
    if not unit or unit == "%":
        return ""
    return f" {unit.removesuffix('s')}" if say_value(value, unit) == "1" else f" {unit}"


def describe_series(frame: pd.DataFrame, x: str, y: str, unit: str = "", *, label: str = "") -> str:
    """Describe a line for those who do not see it: ends, peak, trough and gaps.

    Parameters
    ----------
    frame : DataFrame
        Columns `x` (years) and `y`; missing values are counted, not drawn.
    unit : str
        What is counted ("people"), or "%" for a share between 0 and 1.
    label : str
        The line's name, where a chart has several.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> f = pd.DataFrame({"year": [2000, 2001, 2002], "pending": [10, 40, 20]})
    >>> describe_series(f, "year", "pending", "people")
    'From 10 people in 2000 to 20 in 2002; highest 40 in 2001, lowest 10 in 2000.'
    >>> describe_series(f.assign(pending=f["pending"] // 10), "year", "pending", "claims")
    'From 1 claim in 2000 to 2 in 2002; highest 4 in 2001, lowest 1 in 2000.'
    """
    known = frame[[x, y]].dropna().sort_values(x)
    points = [(f"{year:.0f}", float(value)) for year, value in known.itertuples(index=False)]
    if not points:
        return f"{label or 'The series'}: no value."
    said = [f"{say_value(value, unit)} in {year}" for year, value in points]
    first = said[0].replace(" in ", f"{_say_unit(unit, points[0][1])} in ", 1)
    if len(points) == 1:
        return f"{label or 'One point'}: {first}."
    values = [value for _, value in points]
    top, low = said[values.index(max(values))], said[values.index(min(values))]
    gaps = len(frame) - len(points)
    missing = f" {say_words(gaps).capitalize()} without a value." if gaps else ""
    start = f"{label}: from" if label else "From"
    return f"{start} {first} to {said[-1]}; highest {top}, lowest {low}.{missing}"


def describe_bars(
    frame: pd.DataFrame, label: str, value: str, unit: str = "", *, most: int = 5
) -> str:
    """Describe bars: how many, the longest ones by name, and the shortest.

    Parameters
    ----------
    frame : DataFrame
        Columns `label` (names) and `value`, one row a bar.
    most : int
        How many of the longest bars are named.

    Examples
    --------
    >>> f = pd.DataFrame({"name": ["B", "A", "C"], "n": [5, 9, 1]})
    >>> describe_bars(f, "name", "n", "people", most=2)
    'Three bars. Longest: A 9 people, B 5. Shortest: C 1.'
    """
    known = frame[[label, value]].dropna().sort_values(value, ascending=False, kind="stable")
    if known.empty:
        return "No bar has a value."
    said = [f"{name} {say_value(number, unit)}" for name, number in known.itertuples(index=False)]
    said[0] += _say_unit(unit, float(known[value].iloc[0]))
    count = f"{say_words(len(said)).capitalize()} bar{'s' if len(said) > 1 else ''}."
    tail = f" Shortest: {said[-1]}." if len(said) > most else ""
    return f"{count} Longest: {', '.join(said[:most])}.{tail}"


def slugify(text: str) -> str:
    """Turn words into an identifier for HTML.

    >>> slugify("Pending, by year (3.1)")
    'pending-by-year-3-1'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
