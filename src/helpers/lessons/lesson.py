"""A lesson as its reader meets it: figures, a page, and `check`, which looks at answers.

lesson = open_lesson(2, scope)
check, page = lesson.check, lesson.page
pending, decisions = lesson.tables("pending", "decisions")
check("2.3", expected)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.core.getipython import get_ipython

from helpers import paths
from helpers.data.datapackage import find_file
from helpers.lessons.answers import LESSONS, Paper
from helpers.lessons.basis import TABLES, Basis, load_basis
from helpers.lessons.judging import Verdict, judge
from helpers.plots.page import Page
from helpers.prose.words import join_names
from helpers.study import Boundary, InputError, Study, load_yaml

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
_ASSIGNED = re.compile(r"^(\w+)\s*=(?!=)", re.M)
_STALE = (
    "The cell that should give `{}` ended in an error, so this would be an older answer. The last "
    "line of the error says what is wrong: mend the cell and run it, then run this one. If a name "
    "is not defined, run all cells from the top."
)
_NAME = "An ISO code is wanted, and `{}` is a country's name."


@dataclass(frozen=True)
class Card:
    """What a check says. The word carries the verdict, the colour only repeats it."""

    exercise: str
    outcome: str
    head: str
    body: str

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


def _say(exercise: str, verdict: Verdict, tries: int) -> str:
    """Say what belongs to an outcome; the hint gets plainer with each try, and the last stays."""
    words = load_words()
    if verdict.outcome == "misfit":
        return verdict.said
    if verdict.outcome == "right":
        said = words["after"].get(exercise, "")
    elif verdict.outcome == "nothing":
        said = words["nothing"]
    else:
        hints = words["hints"][exercise]
        mistake = words["mistakes"][verdict.mistake] if verdict.mistake else ""
        said = f"{mistake} Hint: {hints[min(max(tries - 1, 0), len(hints) - 1)]}"
    return " ".join(said.split())


class FailedCells:
    """The names whose last cell ended in an error, so that they hold an older value, if any."""

    def __init__(self) -> None:
        self._stale: set[str] = set()
        self._running = ""
        if (shell := get_ipython()) is not None:
            shell.events.register("pre_run_cell", self._start)
            shell.events.register("post_run_cell", self._end)

    def _start(self, info: Any) -> None:
        self._running = info.raw_cell

    def _end(self, result: Any) -> None:
        names = set(_ASSIGNED.findall(result.info.raw_cell))
        self._stale = self._stale - names if result.success else self._stale | names

    def find_stale(self) -> str:
        """Name one that the cell under way uses; empty for none."""
        used = (name for name in sorted(self._stale) if re.search(rf"\b{name}\b", self._running))
        return next(used, "")


class Lesson:
    """A lesson on a study's figures.

    `page` takes sentences and figures; `facts` are what the questions name: places, years, limits;
    `names` gives places by ISO3 code, and `places` the name in a sentence of each fact that is one.
    """

    def __init__(self, number: int, scope: Study, basis: Basis, paper: Paper) -> None:
        self.number, self.scope = number, scope
        self._basis, self._exercises = basis, paper.exercises
        self._tries: dict[str, list[str]] = {}
        self._failed = FailedCells()
        self.facts: dict[str, Any] = dict(paper.facts)
        self.page = Page(f"lesson_{number}", scope)
        self.names = self.page.names
        self.places = {
            fact: self.names[code].prose
            for fact, code in self.facts.items()
            if fact.endswith("place") and code
        }

    def file(self, name: str) -> Path:
        """Return the path of one of the release's files, or of the list of "countries"."""
        folder = paths.raw() if name == "countries" else paths.raw() / self.scope.release
        return find_file(folder, name)

    def list_eras(self, boundary: Boundary) -> tuple[range, range]:
        """Return the years of the earlier and of the later era that a boundary compares."""
        return self._basis.cut(boundary)

    def tables(self, *names: str) -> Any:
        """Return the origin's rows of tables of the lesson; copies, which may be changed.

        Tables of all origins are returned whole.

        Raises
        ------
        InputError
            For a table that the lesson has not.
        """
        known = TABLES[self.number]
        if unknown := [name for name in names if name not in known]:
            raise InputError(
                f"lesson {self.number} has no table {unknown[0]!r}; it has: {', '.join(known)}"
            )
        found = [self._take(name) for name in names]
        return found[0] if len(found) == 1 else found

    def _take(self, name: str) -> pd.DataFrame:
        whole = self._basis.tables[name]
        return self._basis.own(name) if "origin" in whole else whole.copy()

    def check(self, exercise: str, answer: Any = ...) -> Card:
        """Look at an answer, and say whether it is right, what it looks like, or give a hint.

        Parameters
        ----------
        exercise : str
            As in "2.3".
        answer : Any
            What was worked out; `...` for no answer yet.
        """
        asked = self._exercises.get(str(exercise))
        if asked is None:
            known = join_names(tuple(self._exercises))
            said = f"This lesson has no exercise {str(exercise)!r}; it has {known}."
            return Card(str(exercise), "misfit", "Which exercise is meant?", said)
        if stale := self._failed.find_stale():
            return Card(asked.id, "open", HEADS["open"], _STALE.format(stale))
        verdict = judge(asked, answer)
        is_coded = asked.kind in ("code", "list", "set") and verdict.outcome in ("wrong", "misfit")
        if is_coded and (name := self._find_name(answer)):
            verdict = Verdict("misfit", said=_NAME.format(name))
        tries = self._tries.setdefault(asked.id, [])
        if verdict.outcome in ("wrong", "mistake") and repr(answer) not in tries:
            tries.append(repr(answer))
        said = _say(asked.id, verdict, len(tries))
        return Card(asked.id, verdict.outcome, HEADS[verdict.outcome], said)

    def _find_name(self, answer: Any) -> str:
        """Return the first text in an answer that is a country's name; empty for none."""
        known = {each for name in self.names.values() for each in (name.short, name.prose)}
        given = [answer] if isinstance(answer, str) else answer
        texts = (
            (each for each in given if isinstance(each, str))
            if pd.api.types.is_list_like(given)
            else ()
        )
        return next((text for text in texts if text in known), "")


def open_lesson(number: int, scope: Study) -> Lesson:
    """Open a lesson, 1 to 6, on a study's figures.

    Raises
    ------
    InputError
        For a number that is no lesson's, an origin of which no claim was ever pending, or one
        whose figures do not hold what the lesson is about.
    """
    if number not in LESSONS:
        raise InputError(f"there is no lesson {number}; there are: {', '.join(map(str, LESSONS))}")
    basis = load_basis(number, scope)
    paper = LESSONS[number](basis)
    if paper.lacking:
        raise InputError(
            f"lesson {number} cannot be held on claims from {scope.origin} in release "
            f"{scope.release}: {paper.lacking}. Take another origin, or another study"
        )
    return Lesson(number, scope, basis, paper)
