"""An exercise: what kind of answer it wants, the right one, and what the usual mistakes come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

Kind = Literal["number", "code", "list", "set", "table", "range", "letters", "sentence"]


@dataclass(frozen=True)
class Exercise:
    """One question's answer.

    Attributes
    ----------
    id : str
        Lesson and place, as in "2.3".
    kind : str
        number; code (a text such as "AUS"); list (in order) or set (in any); table (a number for
        each of some labels); range (least and most); letters (of sentences to choose); sentence
        (a text of the student's own).
    answer : Any
        Number, text, tuple, or mapping from label to number. None where these figures hold
        nothing to ask about. Of a sentence: what it must hold (`Wanted`).
    mistakes : mapping of str to Any
        A mistake's name -> what it comes to, in any of the kinds. One that comes to the right
        answer on these figures is no mistake here and is left out, as is one that cannot be made.
    places : int
        Decimal places to which a number must be right.
    """

    id: str
    kind: Kind
    answer: Any
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    places: int = 0


@dataclass(frozen=True)
class Wanted:
    """What a written sentence must hold and must not, each under the name of its advice.

    `figures` are numbers that must be printed, `words` alternatives of which one must stand, and
    `unwanted` numbers that must not be printed.
    """

    figures: Mapping[str, float]
    words: Mapping[str, tuple[str, ...]]
    unwanted: Mapping[str, float]


@dataclass(frozen=True)
class Paper:
    """A lesson's facts by name, which its questions print, and its exercises by id.

    `lacking` says what the figures would need for the lesson to be held; empty where it can be.
    """

    facts: Mapping[str, Any]
    exercises: Mapping[str, Exercise]
    lacking: str = ""


def make_paper(facts: Mapping[str, Any], *exercises: Exercise, lacking: str = "") -> Paper:
    """Put facts and exercises together."""
    return Paper(facts, {each.id: each for each in exercises}, lacking)


def to_number(value: Any) -> float | None:
    """Return a plain number; None for what is missing.

    Examples
    --------
    >>> to_number(pd.NA), to_number(7)
    (None, 7.0)
    """
    return None if value is None or pd.isna(value) else float(value)


def divide(value: Any, by: Any) -> float | None:
    """Divide plain numbers; None where a side is missing or the divisor is 0.

    Examples
    --------
    >>> divide(1, 4), divide(1, 0), divide(None, 2)
    (0.25, None, None)
    """
    above, below = to_number(value), to_number(by)
    return None if above is None or not below else above / below
