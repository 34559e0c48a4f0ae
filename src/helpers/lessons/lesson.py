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
from helpers.lessons.answers import LESSONS, list_cuts, load_basis
from helpers.lessons.judging import judge, load_words
from helpers.plots import chart_parts, style
from helpers.plots.figures import FigureCard
from helpers.plots.page import Page
from helpers.prose.tables import TableCard, show
from helpers.prose.words import capitalise, join_names
from helpers.study import InputError, Study

_COLOURS = {"right": "#2e7d32", "nothing": "#595959", "open": "#595959"}  # else "not yet"
_CODE = re.compile(r"`([^`]+)`")
_ASSIGNED = re.compile(
    r"^[ \t]*([\w, ]+?)\s*(?::[^=\n]*)?[-+*/]*=(?!=)|\bfor +([\w, ]+?) +in\b", re.M
)


@dataclass(frozen=True)
class Card:
    """What a check says. The word carries the verdict, the colour only repeats it."""

    exercise: str
    outcome: str
    body: str

    def __repr__(self) -> str:
        return f"{self.exercise}  {load_words()['heads'][self.outcome]} {self.body}".rstrip()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        head, colour = load_words()["heads"][self.outcome], _COLOURS.get(self.outcome, "#b45309")
        body = _CODE.sub(r"<code>\1</code>", escape(self.body, quote=False))
        html = (
            f'<div style="border-left:4px solid {colour};padding:.3em .8em;margin:.3em 0">'
            f"<strong>{escape(self.exercise)}&ensp;{escape(head)}</strong> {body}</div>"
        )
        return {"text/html": html, "text/plain": repr(self)}


class FailedCells:
    """The names whose last cell ended in an error, so that they hold an older value, if any."""

    def __init__(self, shell: Any) -> None:
        self._stale: set[str] = set()
        self._running = ""
        if shell is not None:
            shell.events.register("pre_run_cell", self._start)
            shell.events.register("post_run_cell", self._end)

    def _start(self, info: Any) -> None:
        self._running = info.raw_cell

    def _end(self, result: Any) -> None:
        # The names that the cell, which need not be whole Python, gives a value.
        given = _ASSIGNED.findall(result.info.raw_cell)
        names = set(re.findall(r"\w+", " ".join(map("".join, given))))
        self._stale = self._stale - names if result.success else self._stale | names
        error = result.error_in_exec
        if isinstance(error, NameError) or re.search("ellipsis|' is undefined", str(error)):
            print(" ".join(load_words()["lost"].split()))

    def find_stale(self) -> str:
        """Name one that the cell under way uses; empty for none."""
        used = (name for name in sorted(self._stale) if re.search(rf"\b{name}\b", self._running))
        return next(used, "")


_watch = cache(FailedCells)  # a shell is watched once, however often a lesson is opened in it


class Lesson:
    """A lesson, 1 to 6, on a study's figures.

    `page` takes sentences and figures; `facts` are what the questions name: places, years, limits;
    `names` gives places by ISO3 code, and `places` the name in a sentence of each fact that is one.
    """

    def __init__(self, number: int, scope: Study) -> None:
        self._failed = _watch(get_ipython())  # first: it speaks where the lesson cannot be held
        self.scope = scope
        self._basis = load_basis(number, scope)
        paper = LESSONS[number](self._basis)
        self._exercises, self.facts = paper.exercises, paper.facts
        self._tries: dict[str, list[str]] = {}
        self.page = Page(f"lesson_{number}", scope)
        self.names = self.page.names
        self.places = {
            fact: self.names[code].prose
            for fact, code in self.facts.items()
            if fact.endswith("place")
        }

    def file(self, name: str) -> Path:
        """Return the path of one of the release's files, or of the list of "countries"."""
        folder = paths.raw() if name == "countries" else paths.raw() / self.scope.release
        return find_file(folder, name)

    def list_periods(self) -> list[dict[str, Any]]:
        """Return each way of cutting the years, the study's own first: title, earlier, later."""
        cuts = list_cuts(self.scope)
        return [{"boundary": title, "earlier": a, "later": b} for title, (a, b) in cuts]

    def show_periods(self) -> TableCard | None:
        """Show `list_periods` as a table."""
        said = pd.DataFrame(self.list_periods()).map(
            lambda cell: f"{cell[0]} to {cell[-1]}" if isinstance(cell, range) else cell
        )
        return show(said, "The boundaries that this study names, its own first")

    def tables(self, *names: str) -> Any:
        """Return the origin's rows of tables of the lesson; copies, which may be changed.

        Tables of all origins are returned whole. InputError for a table that the lesson has not.
        """
        known = self._basis.tables
        if unknown := [name for name in names if name not in known]:
            lesson = self._basis.lesson
            raise InputError(
                f"lesson {lesson} has no table {unknown[0]!r}; it has: {', '.join(known)}"
            )
        own = self._basis.own
        found = [own(n) if "origin" in known[n] else known[n].copy() for n in names]
        return found[0] if len(found) == 1 else found

    def show_lines(
        self, frame: pd.DataFrame, *columns: str, is_shaded: bool = False, **words: str
    ) -> FigureCard:
        """Draw columns over the years, with the study's eras behind them where `is_shaded`.

        `words` are the figure's id, number, title, subtitle and note.
        """
        labels = {name: name for name in columns} if len(columns) > 1 else {columns[0]: ""}
        fig, ax = style.new_figure(height=3.2)
        chart_parts.draw_lines(ax, frame, labels)
        if is_shaded:
            self.page.shade_eras(ax)
        said = {name: capitalise(name) for name in columns}
        alt = chart_parts.describe_lines(frame, said, "claims")
        return self.page.figure(fig, alt=alt, data=frame, **words)

    def show_bars(self, frame: pd.DataFrame, column: str, **words: str) -> FigureCard:
        """Draw a bar for each country of asylum (`coa_iso`); `words` as in `show_lines`."""
        named = frame.assign(label=[self.names[code].short for code in frame["coa_iso"]])
        fig, ax = style.new_figure(height=0.6 + 0.3 * len(frame))
        chart_parts.draw_bars(ax, named, "label", column)
        alt = chart_parts.describe_bars(named, "label", column, column)
        return self.page.figure(fig, alt=alt, data=frame, **words)

    def check(self, exercise: str, answer: Any = ...) -> Card:
        """Look at an answer to an exercise, as in "2.3"; `...` is no answer yet.

        The card says whether it is right, or which mistake it looks like, and gives a hint.
        """
        words = load_words()
        asked = self._exercises.get(str(exercise))
        if asked is None:
            said = words["no_exercise"].format(exercise, join_names(self._exercises))
            return Card(str(exercise), "unknown", said)
        if stale := self._failed.find_stale():
            return Card(asked.id, "open", " ".join(words["stale"].format(stale).split()))
        verdict = judge(asked, answer)
        tries = self._tries.setdefault(asked.id, [])
        if verdict.outcome in ("wrong", "mistake") and repr(answer) not in tries:
            tries.append(repr(answer))
        said = verdict.said
        if verdict.outcome == "right":
            said = words["after"][asked.id]
        elif verdict.outcome not in ("misfit", "nearly", "nothing"):
            hints = words["hints"][asked.id]  # plainer with each try; the last one stays
            amiss = words["mistakes"][verdict.mistake] if verdict.mistake else said
            said = f"{amiss} Hint: {hints[min(max(len(tries) - 1, 0), len(hints) - 1)]}"
        return Card(asked.id, verdict.outcome, " ".join(said.split()))


def open_lesson(number: int, scope: Study) -> Lesson:
    """Open a lesson, 1 to 6, on a study's figures.

    InputError for another number, and for figures that do not hold what the lesson is about.
    """
    if number not in LESSONS:
        raise InputError(f"there is no lesson {number}; there are: {', '.join(map(str, LESSONS))}")
    return Lesson(number, scope)
