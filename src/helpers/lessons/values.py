"""Read what was handed in: any reasonable shape of a number, a code, a list, a table or a range."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Misfit(Exception):
    """The answer is of another kind than the one asked for; the message says what would fit."""


def is_absent(value: Any) -> bool:
    """Tell whether a mistake has no value on these figures."""
    if value is None:
        return True
    if isinstance(value, tuple | dict):
        return not value
    return bool(pd.isna(value))


def is_plain_number(value: Any) -> bool:
    """Tell whether a value is one number.

    >>> is_plain_number(3), is_plain_number(True), is_plain_number("3")
    (True, False, False)
    """
    if isinstance(value, bool | np.bool_):
        return False
    return isinstance(value, int | float | np.integer | np.floating)


def is_near(one: float, other: float, places: int, share: float = 0.0) -> bool:
    """Tell whether two numbers agree to some decimal places, however the last one was rounded.

    `share` of the second number is allowed besides, for what is worked out in several steps.

    >>> is_near(2.13, 2.1349, 2), is_near(2.12, 2.1349, 2)
    (True, False)
    """
    is_rounded = round(one, places) == round(other, places)
    return is_rounded or abs(one - other) <= max(0.5 * 10**-places, share * abs(other)) + 1e-9


def is_told(number: float, printed: float) -> bool:
    """Tell whether a printed number tells a figure: exactly, or rounded to three digits at least.

    >>> is_told(267926, 268000), is_told(267926, 300000)
    (True, False)
    """
    return abs(printed - number) <= 0.005 * abs(number) if number > 9999 else (
        round(printed) == round(number)
    )  # fmt: skip


def find_numbers(text: str) -> list[float]:
    """Return the numbers that a text prints.

    >>> find_numbers("From 2012 to 2021, 1,250 claims.")
    [2012.0, 2021.0, 1250.0]
    """
    return [float(each.replace(",", "")) for each in _NUMBER.findall(text)]


def read_number(given: Any) -> float:
    """Return a number; a Series or list of one holds one too."""
    if isinstance(given, pd.DataFrame):
        raise Misfit("A single number is wanted, and this is a whole table: choose one column and "
                     "add it up with `.sum()`, or count the rows with `len(...)`.")  # fmt: skip
    if isinstance(given, pd.Series | np.ndarray | list | tuple):
        if len(given) != 1:
            raise Misfit(f"A single number is wanted, and this holds {len(given)}: add them up "
                         "with `.sum()`, or pick the one that is asked for.")  # fmt: skip
        return read_number(next(iter(given)))
    if isinstance(given, str):
        raise Misfit("A number is wanted, and this is a text: leave the quotation marks out.")
    if callable(given):
        raise Misfit("A number is wanted, and this is a function that was not called: put `()` "
                     "behind it.")  # fmt: skip
    if isinstance(given, bool | np.bool_):
        raise Misfit("A number is wanted, and this is `True` or `False`: a comparison gives that. "
                     "Use it to choose rows, then add them up.")  # fmt: skip
    if given is None or given is pd.NA or (is_plain_number(given) and given != given):
        raise Misfit("A number is wanted, and this is a missing value: it comes from a cell that "
                     "is empty, or from a choice of rows that found none.")  # fmt: skip
    if not is_plain_number(given):
        raise Misfit(f"A number is wanted, and this is of the kind `{type(given).__name__}`.")
    try:
        return float(given)
    except OverflowError:
        raise Misfit("A number is wanted, and this one is larger than any count.") from None


def read_text(given: Any) -> str:
    """Return a text."""
    if not isinstance(given, str):
        raise Misfit("A text is wanted: words between quotation marks.")
    return given


def read_code(given: Any) -> str:
    """Return a code or word; spaces around it do not count."""
    if isinstance(given, pd.Series | np.ndarray | list | tuple | set) and len(given) == 1:
        given = next(iter(given))
    if not isinstance(given, str):
        raise Misfit('A code or word is wanted, between quotation marks, as in `"ABC"`.')
    return given.strip()


def _take_items(given: Any, wanted: str) -> list[Any]:
    """Return the items of a list, a Series, an index, a range or a set."""
    if isinstance(given, pd.DataFrame):
        raise Misfit(f"{wanted} is wanted, and this is a whole table: choose the column, as in "
                     '`table["name"]`.')  # fmt: skip
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise Misfit(f'{wanted} is wanted, in square brackets, as in `["ABC", "DEF"]`.')
    return [
        each.strip() if isinstance(each, str) else int(each) if is_whole(each) else each
        for each in given
    ]


def is_whole(value: Any) -> bool:
    """Tell whether a value is a whole number, whatever its type."""
    if not is_plain_number(value):
        return False
    return isinstance(value, int | np.integer) or bool(float(value).is_integer())


def read_list(given: Any) -> tuple[Any, ...]:
    """Return items in their order."""
    if isinstance(given, set | frozenset):
        raise Misfit("A list in a certain order is wanted, and a set has none: use `[...]`.")
    return tuple(_take_items(given, "A list"))


def read_set(given: Any) -> frozenset[Any]:
    """Return items in any order; one that stands twice counts once."""
    items = _take_items(given, "A list")
    try:
        return frozenset(items)
    except TypeError:
        raise Misfit("A list of single values is wanted, not a list of lists.") from None


def read_letters(given: Any) -> frozenset[str]:
    """Return letters: of a text such as "a, c", or of a list."""
    items = list(re.findall(r"[A-Za-z]+", given)) if isinstance(given, str) else given
    letters = [str(each).strip().lower() for each in _take_items(items, "A list of letters")]
    if len(letters) == 1 and len(letters[0]) > 1:
        letters = list(letters[0])
    if any(len(each) != 1 for each in letters):
        raise Misfit('Letters are wanted, as in `["a", "b"]`.')
    return frozenset(letters)


def read_range(given: Any) -> tuple[float, float]:
    """Return least and most."""
    asked = "A range is wanted: the least and the most, as in `(10, 20)`."
    if isinstance(given, str) or not isinstance(given, Iterable) or isinstance(given, set):
        raise Misfit(asked)
    items = list(given.values()) if isinstance(given, Mapping) else list(given)
    if len(items) != 2:
        raise Misfit(f"{asked} This holds {len(items)} of them.")
    low, high = (read_number(each) for each in items)
    if low > high:
        raise Misfit(f"{asked} Here the first number is the greater one: swap them.")
    return low, high


def read_table(given: Any) -> dict[Any, float]:
    """Return numbers by label: of a dict, a Series, or a DataFrame of labels and one number."""
    asked = 'Numbers by label are wanted: a Series, or a dict such as `{"a": 1, "b": 2}`.'
    if isinstance(given, pd.DataFrame):
        given = _take_column(given, asked)
    if not isinstance(given, Mapping | pd.Series):
        raise Misfit(asked)
    pairs = {_read_label(label): value for label, value in given.items()}
    return {label: read_number(value) for label, value in pairs.items()}


def _take_column(frame: pd.DataFrame, asked: str) -> pd.Series:
    """Return a frame's one column of numbers, labelled by its other column or its index."""
    if len(frame.columns) == 1:
        return frame.iloc[:, 0]
    if len(frame.columns) == 2:
        return frame.set_index(frame.columns[0]).iloc[:, 0]
    raise Misfit(f"{asked} This table has {len(frame.columns)} columns: keep the label and one "
                 "number.")  # fmt: skip


def _read_label(label: Any) -> Any:
    """Return a label as a plain text or whole number."""
    if isinstance(label, tuple) and len(label) == 1:
        label = label[0]
    return int(label) if is_whole(label) else label
