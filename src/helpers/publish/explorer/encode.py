"""Figures written small: a series is a string, and what two releases share is written once.

A series reads `first:a,b,,d`: `first` is the number of years from 2000 to the first value, and
nothing between two commas is a year without a figure. A string of an older release that the newest
one repeats, in the years that both cover, is written as "=".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

FIRST_YEAR = 2000
SAME = "="


def encode_series(values: pd.Series) -> str:
    """Write a series of counts or codes as a string.

    Parameters
    ----------
    values : Series
        Whole numbers or codes, indexed by year; missing is missing.

    Examples
    --------
    >>> encode_series(pd.Series([5, None, 0], index=[2003, 2004, 2005], dtype="Int64"))
    '3:5,,0'
    """
    known = values.dropna()
    if known.empty:
        return ""
    first, last = int(known.index.min()), int(known.index.max())
    cells = known.reindex(range(first, last + 1))
    texts = ["" if pd.isna(cell) else _write(cell) for cell in cells]
    return f"{first - FIRST_YEAR}:{','.join(texts)}"


def _write(cell: Any) -> str:
    return cell if isinstance(cell, str) else str(int(cell))


def cut_series(text: str, newest: int) -> str:
    """Return a series as it reads when it ends with an earlier year.

    Examples
    --------
    >>> cut_series("3:5,,0", 2004)
    '3:5'
    """
    if not text:
        return ""
    first, cells = text.split(":")
    kept = cells.split(",")[: max(newest + 1 - FIRST_YEAR - int(first), 0)]
    while kept and not kept[-1]:
        kept.pop()
    return f"{first}:{','.join(kept)}" if kept else ""


def share_series(newer: Any, older: Any, newest: int) -> Any:
    """Write `older` against `newer`: the same structure, with "=" for each series that is the same.

    Parameters
    ----------
    newer, older
        Nested mappings whose strings under equal keys are series.
    newest : int
        The older release's last year.

    Examples
    --------
    >>> share_series({"a": "0:1,2", "b": "0:3"}, {"a": "0:1", "b": "0:4"}, 2000)
    {'a': '=', 'b': '0:4'}
    """
    if isinstance(older, Mapping):
        beside = newer if isinstance(newer, Mapping) else {}
        return {key: share_series(beside.get(key), each, newest) for key, each in older.items()}
    is_same = isinstance(older, str) and isinstance(newer, str) and older != ""
    return SAME if is_same and cut_series(newer, newest) == older else older
