"""Judge an answer: right, a mistake that is known by what it comes to, or not yet.

The right answer goes first: where a mistake comes to the same value on the figures in hand, it is
no mistake. An answer may come in any reasonable shape; one of another kind than the one asked for
is told so, and never raises. What is said stands in words.yml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.prose.words import join_names
from helpers.study import load_yaml

Kind = Literal["number", "code", "list", "set", "table", "range", "letters", "sentence"]
Outcome = Literal["right", "nearly", "mistake", "misfit", "wrong", "open", "nothing"]
STEPS = 0.001  # of an end of a range, which is worked out in steps that may be rounded
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_TOGETHER = re.compile(r"\s*\w{3,4}\s*([,;]\s*\w{3,4}\s*)+")  # several codes or years in one text
_SEVERAL = pd.Series | list | tuple


@dataclass(frozen=True)
class Exercise:
    """One question's answer.

    `id` is lesson and place, as in "2.3". `kind` is number, code (a text such as "AUS"), list (in
    order) or set (in any), table (a number for each of some labels), range (least and most),
    letters (of sentences to choose) or sentence (of the student's own). `answer` is absent where
    the figures hold nothing to ask about, of a sentence what it must hold. `mistakes` say by name
    what they come to, in any of the kinds: one that comes to the right answer on these figures is
    none here, nor is one that cannot be made. A number must be right to `places` decimals.
    """

    id: str
    kind: Kind
    answer: Any
    mistakes: dict[str, Any] = field(default_factory=dict)
    places: int = 0


@dataclass(frozen=True)
class Wanted:
    """What a written sentence must hold and must not, each under the name of its advice.

    `figures` are numbers that must be printed, `words` alternatives of which one must be there, and
    `unwanted` numbers that must not be printed.
    """

    figures: Mapping[str, float]
    words: Mapping[str, Iterable[str]]
    unwanted: Mapping[str, float]


@dataclass(frozen=True)
class Verdict:
    """How an answer was judged: the mistake's name, or what is to be said in its place."""

    outcome: Outcome
    mistake: str = ""
    said: str = ""


class Misfit(Exception):
    """The answer is of another kind than the one asked for; `name` is the advice in words.yml."""

    def __init__(self, name: str, **values: Any) -> None:
        super().__init__(name)
        self.name, self.values = name, values


@cache
def load_words() -> dict[str, Any]:
    """Load the words of hints, of what follows a right answer, of mistakes and of misfits."""
    words: dict[str, Any] = load_yaml(Path(__file__).with_name("words.yml"))
    return words


def judge(exercise: Exercise, given: Any) -> Verdict:
    """Judge whatever was handed in; `...` is no answer yet."""
    try:
        return _judge(exercise, given)
    except (ArithmeticError, RecursionError, TypeError, ValueError):  # a list in itself, 10**5_000
        return Verdict("misfit", said=load_words()["misfits"]["strange"])


def _judge(exercise: Exercise, given: Any) -> Verdict:
    if given is Ellipsis:
        return Verdict("open")
    if is_absent(exercise.answer):
        return Verdict("nothing", said=load_words()["nothing"])
    kind, misfit = exercise.kind, ""
    given = given.tolist() if isinstance(given, np.ndarray) else given
    try:
        if isinstance(exercise.answer, Wanted):
            mistake = _find_amiss(exercise.answer, given)
            return Verdict("mistake", mistake) if mistake else Verdict("right")
        answer = _READERS[kind](given)
        if _equals(kind, answer, exercise.answer, exercise.places):
            return Verdict("right")
    except Misfit as error:
        misfit = _advise(exercise, error.name, **error.values)
        try:  # one number where several are wanted can be a mistake that is known
            kind, answer = "number", _read_number(given)
        except Misfit:
            return Verdict("misfit", said=misfit)
    for name, value in exercise.mistakes.items():
        own = "number" if _is_plain_number(value) else exercise.kind
        if own == kind and _equals(kind, answer, value, exercise.places):
            return Verdict("mistake", name)
    return Verdict("misfit", said=misfit) if misfit else _look_closer(exercise, answer)


def _advise(exercise: Exercise, name: str, **values: Any) -> str:
    """Say what would fit; `asked` is the code, word or list that the question asks for."""
    words = load_words()
    choices = _mark(_list_choices(exercise))
    asked = words["asked"].get(_name_asked(exercise), "").format(choices=choices)
    return " ".join(words["misfits"][name].format(asked=asked, **values).split())


def _name_asked(exercise: Exercise) -> str:
    """Name what of a code, word or list is asked for; another kind is its own name."""
    if exercise.kind in ("list", "set"):
        return "codes" if isinstance(exercise.answer[0], str) else "years"
    if exercise.kind != "code":
        return exercise.kind
    code = "unhcr_code" if "iso_code" in exercise.mistakes else "iso_code"
    return "word" if exercise.answer.islower() else code


def _list_choices(exercise: Exercise) -> list[str]:
    return sorted({exercise.answer, *exercise.mistakes.values()} if exercise.kind == "code" else ())


def _mark(items: Iterable[Any]) -> str:
    """Join items for a sentence, each as code; long ones and many are cut."""
    marked = [f"`{str(each)[:40]}`" for each in items]
    return join_names([*marked[:30], "others"] if len(marked) > 30 else marked) or "none"


def _look_closer(exercise: Exercise, answer: Any) -> Verdict:
    """Say what is amiss with codes, years, words, labels, a list's length or decimals, if it is."""
    kind, wanted, places = exercise.kind, exercise.answer, exercise.places
    if kind in ("code", "list", "set"):
        asked = _name_asked(exercise)
        texts = [answer] if kind == "code" else [str(each) for each in answer]
        forms = {"years": "[0-9]{4}", "word": "|".join(_list_choices(exercise))}
        form = forms.get(asked, "[A-Za-z]{3}")
        if unfit := [each for each in texts if not re.fullmatch(form, each)]:
            return Verdict("misfit", said=_advise(exercise, "unfit", given=_mark(unfit)))
        if asked != "word" and any(each != each.upper() for each in texts):
            return Verdict("wrong", said=_advise(exercise, "capitals"))
        if kind == "list" and len(texts) != len(wanted):
            counts = {"given": len(texts), "wanted": len(wanted)}
            return Verdict("wrong", said=_advise(exercise, "list_length", **counts))
    if kind == "table" and answer.keys() != wanted.keys():
        labels = {
            "wanted": _mark(wanted),
            "missing": _mark(each for each in wanted if each not in answer),
            "unknown": _mark(each for each in answer if each not in wanted),
        }
        return Verdict("wrong", said=_advise(exercise, "labels", **labels))
    if kind in ("number", "range"):
        pairs = zip(np.atleast_1d(answer), np.atleast_1d(wanted), strict=True)
        if places and all(_is_right_so_far(one, float(end), places) for one, end in pairs):
            return Verdict("nearly", said=_advise(exercise, "decimals", wanted=places))
    return Verdict("wrong")


def _is_right_so_far(given: float, value: float, places: int) -> bool:
    """Tell whether a number is right, or would be with more decimals; 0 for a share is not."""
    shorter = {round(value, fewer) for fewer in range(int(abs(value) < 1), places)} - {0}
    return given in shorter or is_near(given, value, places)


def is_absent(value: Any) -> bool:
    """Tell whether an answer or a mistake has no value on these figures."""
    if isinstance(value, tuple | dict):
        return not value or any(map(is_absent, value))
    return value is None or bool(pd.isna(value))


def _equals(kind: str, given: Any, value: Any, places: int) -> bool:
    """Compare two answers of one kind, the first as it was read."""
    if is_absent(value):
        return False
    if kind not in ("number", "range", "table"):
        return bool(given == _READERS[kind](value))
    share = STEPS if kind == "range" else 0.0
    if kind != "table":
        given, value = (dict(enumerate(np.atleast_1d(each))) for each in (given, value))
    return given.keys() == value.keys() and all(
        is_near(given[label], value[label], places, share) for label in value
    )


def is_near(one: float, other: float, places: int, share: float = 0.0) -> bool:
    """Tell whether two numbers agree to some decimal places, or within a share of the second.

    >>> is_near(2.13, 2.1349, 2), is_near(2.12, 2.1349, 2)
    (True, False)
    """
    is_rounded = round(one, places) == round(other, places)
    return is_rounded or abs(one - other) <= max(0.5 * 10**-places, share * abs(other)) + 1e-9


def _find_amiss(wanted: Wanted, text: Any) -> str:
    """Look for what a sentence must hold and must not; name the first that is amiss."""
    if not isinstance(text, str):
        raise Misfit("text")
    if len(text.split()) < 6:
        return "sentence_short"
    printed = [float(each.replace(",", "")) for each in _NUMBER.findall(text)]
    kept = {round(number) for number in wanted.figures.values()}
    for name, number in wanted.unwanted.items():
        if round(number) in printed and round(number) not in kept:
            return f"sentence_{name}"
    for name, number in wanted.figures.items():
        # A figure is printed exactly, or rounded to three digits at least.
        near = 0.005 * number if number > 9999 else 0
        if not any(abs(each - number) <= near or round(each) == round(number) for each in printed):
            return f"sentence_{name}"
    for name, words in wanted.words.items():
        if not any(word in text.lower() for word in words):
            return f"sentence_{name}"
    return ""


def _is_plain_number(value: Any) -> bool:
    is_truth = isinstance(value, bool | np.bool_)
    return not is_truth and isinstance(value, int | float | np.integer | np.floating)


def _is_whole(value: Any) -> bool:
    return _is_plain_number(value) and value % 1 == 0


def _has_comma(given: Any) -> bool:
    """Tell whether numbers were typed with separators: `1,234` is the tuple (1, 234)."""
    return isinstance(given, tuple) and len(given) > 1 and all(map(_is_whole, given))


def _read_number(given: Any) -> float:
    """Return a number; a Series or list of one holds one too."""
    if isinstance(given, _SEVERAL):
        if len(given) == 1:
            return _read_number(next(iter(given)))
        raise Misfit("number_comma" if _has_comma(given) else "number_several", count=len(given))
    if _is_plain_number(given) and given == given:
        return float(given)
    known = {
        "number_table": isinstance(given, pd.DataFrame),
        "number_text": isinstance(given, str),
        "number_function": callable(given),
        "number_truth": isinstance(given, bool | np.bool_),
        "number_missing": given is None or given is pd.NA or _is_plain_number(given),
        "number_other": True,
    }
    name = next(name for name, is_so in known.items() if is_so)
    raise Misfit(name, kind=type(given).__name__)


def _read_code(given: Any) -> str:
    """Return a code or word; spaces around it do not count."""
    if isinstance(given, _SEVERAL | set) and len(given) == 1:
        given = next(iter(given))
    if not isinstance(given, str):
        raise Misfit("asked")
    return given.strip()


def _take_items(given: Any) -> list[Any]:
    """Return the items of a list, a Series, an index, a range or a set."""
    if isinstance(given, pd.DataFrame):
        raise Misfit("list_table")
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise Misfit("asked")
    items = [_plain_label(each) for each in given]
    if any(isinstance(each, str) and _TOGETHER.fullmatch(each) for each in items):
        raise Misfit("list_quoted")
    return items


def _plain_label(value: Any) -> Any:
    """Return a year as a plain whole number, whether it came as a text, a float or numpy's."""
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    if value is pd.NA:  # it compares with nothing
        return None
    if isinstance(value, str):
        value = value.strip()
        return int(value) if re.fullmatch("[0-9]{4}", value) else value
    return int(value) if _is_whole(value) else value


def _read_list(given: Any) -> tuple[Any, ...]:
    if isinstance(given, set | frozenset):
        raise Misfit("list_set")
    return tuple(_take_items(given))


def _read_set(given: Any) -> frozenset[Any]:
    """Return items in any order; one that is there twice counts once."""
    items = _take_items(given)
    try:
        return frozenset(items)
    except TypeError:
        raise Misfit("list_nested") from None


def _read_letters(given: Any) -> frozenset[str]:
    """Return letters: of a text such as "a, c", or of a list."""
    items = [given] if isinstance(given, str) or not isinstance(given, Iterable) else given
    letters = re.findall(r"[a-z]+", " ".join(map(str, items)).lower())
    if len(letters) == 1:
        letters = list(letters[0])
    if not letters or any(len(each) != 1 for each in letters):
        raise Misfit("letters")
    return frozenset(letters)


def _read_range(given: Any) -> tuple[float, float]:
    if isinstance(given, str | set) or not isinstance(given, Iterable):
        raise Misfit("range")
    items = list(given.values()) if isinstance(given, Mapping) else list(given)
    if len(items) != 2:
        raise Misfit("range_comma" if _has_comma(given) else "range_length", count=len(items))
    low, high = (_read_number(each) for each in items)
    if low > high:
        raise Misfit("range_reversed")
    return low, high


def _read_table(given: Any) -> dict[Any, float]:
    """Return numbers by label: of a dict, a Series, or a DataFrame of labels and one number."""
    if isinstance(given, pd.DataFrame):
        columns = len(given.columns)
        if columns not in (1, 2):
            raise Misfit("table_columns", count=columns)
        labelled = given.set_index(given.columns[0]) if columns == 2 else given
        given = labelled.iloc[:, 0]
    if not isinstance(given, Mapping | pd.Series):
        raise Misfit("table")
    return {_plain_label(label): _read_number(value) for label, value in given.items()}


_READERS: dict[str, Callable[[Any], Any]] = {
    "number": _read_number,
    "code": _read_code,
    "list": _read_list,
    "set": _read_set,
    "table": _read_table,
    "range": _read_range,
    "letters": _read_letters,
}
