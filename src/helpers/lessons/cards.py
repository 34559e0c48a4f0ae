"""The card that `check` shows: a verdict in a word, what it looks like, and a hint that grows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from helpers.lessons.judge import Verdict
from helpers.prose.words import join_names
from helpers.study import load_yaml

WORDS = Path(__file__).with_name("words.yml")
HEADS = {
    "right": "Right.",
    "mistake": "Not yet.",
    "wrong": "Not yet.",
    "misfit": "Another kind of answer is wanted.",
    "open": "No answer yet.",
    "nothing": "Nothing to answer here.",
}
_COLOURS = {"right": "#2e7d32", "nothing": "#595959", "open": "#595959"}
_NOT_YET = "#b45309"
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Card:
    """What a check says. The word carries the verdict, the colour only repeats it."""

    exercise: str
    outcome: str
    head: str
    body: str

    @property
    def is_right(self) -> bool:
        """Tell whether the answer was right."""
        return self.outcome == "right"

    def __repr__(self) -> str:
        return f"{self.exercise}  {self.head} {self.body}".rstrip()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        colour = _COLOURS.get(self.outcome, _NOT_YET)
        body = _CODE.sub(r"<code>\1</code>", escape(self.body, quote=False))
        html = (
            f'<div style="border-left:4px solid {colour};padding:.3em .8em;margin:.3em 0">'
            f"<strong>{escape(self.exercise)}&ensp;{escape(self.head)}</strong> {body}</div>"
        )
        return {"text/html": html, "text/plain": repr(self)}


@cache
def load_words() -> dict[str, Any]:
    """Load the words of hints, of what follows a right answer, and of mistakes."""
    words: dict[str, Any] = load_yaml(WORDS)
    return words


def make_card(
    exercise: str, verdict: Verdict | None, tries: int, known: tuple[str, ...] = ()
) -> Card:
    """Put a verdict into words.

    Parameters
    ----------
    exercise : str
        As in "2.3".
    verdict : Verdict or None
        None where the lesson has no such exercise; `known` then says which there are.
    tries : int
        Different answers so far, which decide how plain the hint is.
    known : tuple of str
        The lesson's exercises.
    """
    if verdict is None:
        said = f"This lesson has no exercise {exercise!r}; it has {join_names(known)}."
        return Card(exercise, "misfit", "Which exercise is meant?", said)
    return Card(exercise, verdict.outcome, HEADS[verdict.outcome], _say(exercise, verdict, tries))


def _say(exercise: str, verdict: Verdict, tries: int) -> str:
    """Say what belongs to an outcome."""
    words = load_words()
    if verdict.outcome == "right":
        return _flatten(words["after"].get(exercise, ""))
    if verdict.outcome == "nothing":
        return _flatten(words["nothing"])
    if verdict.outcome == "misfit":
        return verdict.said
    hint = "Hint: " + pick_hint(exercise, tries)
    if verdict.outcome == "mistake":
        return f"{_flatten(words['mistakes'][verdict.mistake])} {hint}"
    return hint


def pick_hint(exercise: str, tries: int) -> str:
    """Return the hint for a number of tries; the plainest one stays."""
    hints = load_words()["hints"][exercise]
    return _flatten(hints[min(max(tries - 1, 0), len(hints) - 1)])


def _flatten(text: str) -> str:
    return " ".join(text.split())
