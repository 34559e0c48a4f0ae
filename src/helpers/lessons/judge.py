"""Judge an answer: right, a mistake that is known by what it comes to, or not yet.

The right answer goes first: where a mistake comes to the same value on the figures in hand, it is
no mistake. An answer of another kind than the one that is asked for is told so, and never raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from helpers.lessons import values
from helpers.lessons.exercise import Exercise, Wanted
from helpers.lessons.values import Misfit

STEPS = 0.001  # of an end of a range, which is worked out in steps that may be rounded
Outcome = Literal["right", "mistake", "misfit", "wrong", "open", "nothing"]


@dataclass(frozen=True)
class Verdict:
    """How an answer was judged: the mistake's name, or what was expected in its place."""

    outcome: Outcome
    mistake: str = ""
    said: str = ""


def judge(exercise: Exercise, given: Any) -> Verdict:
    """Judge an answer.

    Parameters
    ----------
    exercise : Exercise
    given : Any
        Whatever was handed in; `...` stands for no answer yet.

    Returns
    -------
    Verdict
    """
    if given is Ellipsis:
        return Verdict("open")
    if exercise.answer is None:
        return Verdict("nothing")
    if isinstance(exercise.answer, Wanted):
        return _judge_sentence(exercise.answer, given)
    try:
        answer = _READERS[exercise.kind](given)
    except Misfit as misfit:
        return _judge_misfit(exercise, given, str(misfit))
    if _equals(exercise.kind, answer, exercise.answer, exercise.places):
        return Verdict("right")
    found = find_mistake(exercise, exercise.kind, answer)
    return Verdict("mistake", found) if found else Verdict("wrong")


def find_mistake(exercise: Exercise, kind: str, answer: Any) -> str:
    """Return the name of the mistake that an answer of a kind looks like; empty for none."""
    for name, value in exercise.mistakes.items():
        if _kind_of(value, exercise.kind) != kind or value is None:
            continue
        if _equals(kind, answer, value, exercise.places):
            return name
    return ""


def list_mistakes(exercise: Exercise) -> dict[str, Any]:
    """Return the mistakes that can be told from the right answer, and from those before them."""
    kept: dict[str, Any] = {}
    for name, value in exercise.mistakes.items():
        if values.is_absent(value):
            continue
        kind = _kind_of(value, exercise.kind)
        is_right = kind == exercise.kind and _equals(
            kind, _READERS[kind](value), exercise.answer, exercise.places
        )
        if not is_right and find_mistake(exercise, kind, _READERS[kind](value)) == name:
            kept[name] = value
    return kept


def _judge_misfit(exercise: Exercise, given: Any, said: str) -> Verdict:
    """Judge an answer of another kind: some mistakes show by that alone."""
    try:
        number = values.read_number(given)
    except Misfit:
        return Verdict("misfit", said=said)
    found = find_mistake(exercise, "number", number)
    return Verdict("mistake", found) if found else Verdict("misfit", said=said)


def _kind_of(value: Any, kind: str) -> str:
    """Return the kind of a mistake's value; it may be a number where the answer is none."""
    is_number = values.is_plain_number(value) and kind in ("table", "range")
    return "number" if is_number else kind


def _equals(kind: str, given: Any, value: Any, places: int) -> bool:
    """Compare two answers of one kind."""
    if values.is_absent(value):
        return False
    if kind == "number":
        return values.is_near(given, float(value), places)
    if kind == "range":
        ends = zip(given, value, strict=True)
        return all(values.is_near(one, float(end), places, STEPS) for one, end in ends)
    if kind == "table":
        wanted = values.read_table(value)
        return given.keys() == wanted.keys() and all(
            values.is_near(given[label], wanted[label], places) for label in wanted
        )
    return bool(given == _READERS[kind](value))


def _judge_sentence(wanted: Wanted, given: Any) -> Verdict:
    """Look for what a sentence must hold and must not; the first that is amiss is told."""
    try:
        text = values.read_text(given)
    except Misfit as misfit:
        return Verdict("misfit", said=str(misfit))
    if len(text.split()) < 6:
        return Verdict("mistake", "sentence_short")
    printed = values.find_numbers(text)
    for name, number in wanted.unwanted.items():
        if round(number) in printed and round(number) not in map(round, wanted.figures.values()):
            return Verdict("mistake", f"sentence_{name}")
    for name, number in wanted.figures.items():
        if not any(values.is_told(number, each) for each in printed):
            return Verdict("mistake", f"sentence_{name}")
    for name, words in wanted.words.items():
        if not any(word in text.lower() for word in words):
            return Verdict("mistake", f"sentence_{name}")
    return Verdict("right")


_READERS: dict[str, Callable[[Any], Any]] = {
    "number": values.read_number,
    "code": values.read_code,
    "list": values.read_list,
    "set": values.read_set,
    "table": values.read_table,
    "range": values.read_range,
    "letters": values.read_letters,
}
