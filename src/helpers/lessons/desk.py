"""The desk of a lesson: its figures, its page, and `check`, which looks at answers.

lesson = open_lesson(2, scope)
check, page = lesson.check, lesson.page
pending, decisions = lesson.tables("pending", "decisions")
check("2.3", expected)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from helpers import paths
from helpers.data.datapackage import find_file
from helpers.data.hand import Name, load_names
from helpers.data.releases import load_countries
from helpers.lessons.cards import Card, make_card
from helpers.lessons.exercises import LESSONS, TABLES, set_paper
from helpers.lessons.judge import judge
from helpers.lessons.loading import load_basis
from helpers.lessons.periods import cut
from helpers.plots.page import Page
from helpers.prose.words import describe_scope
from helpers.study import Boundary, InputError, Study


class Lesson:
    """A lesson on a study's figures.

    Attributes
    ----------
    number : int
        1 to 6.
    page : Page
        For sentences, figures and tables; the lesson's facts are defined on it.
    facts : dict
        What the questions name: places, years, limits.
    names : dict
        Places by ISO3 code.
    lacking : str
        What the figures lack for this lesson; empty where it can be held.
    """

    def __init__(self, number: int, scope: Study) -> None:
        self.number, self.scope = number, scope
        self._basis = load_basis(number, scope)
        self._paper = set_paper(number, self._basis)
        self.lacking = self._paper.lacking
        self._tries: dict[str, list[str]] = {}
        countries = load_countries().rename(columns={"iso_code": "iso3"})
        self.names: dict[str, Name] = load_names(countries)
        self.facts: dict[str, Any] = dict(self._paper.facts)
        self.page = Page(f"lesson_{number}", scope)
        self.page.define(**describe_scope(scope, self.names) | self._name_facts())

    def _name_facts(self) -> dict[str, Any]:
        """Return the facts, and for each place its names as well."""
        named: dict[str, Any] = {}
        for fact, value in self.facts.items():
            named[fact] = "" if value is None else value
            if fact == "place" or fact.endswith("_place"):
                known = self.names.get(value)
                named[f"{fact}_name"] = known.prose if known else "a destination"
        stocks = {f"{fact}_stock": self._say_stock(value) for fact, value in self.facts.items()
                  if fact.endswith("year") and isinstance(value, int)}  # fmt: skip
        return named | stocks

    def _say_stock(self, year: int) -> str:
        """Say when a year's stock was counted."""
        is_known = year in self._basis.years and self.scope.period_of(year) == "mid"
        return "in the middle of" if is_known else "at the end of"

    def file(self, name: str) -> Path:
        """Return the path of one of the release's files, or of the list of "countries"."""
        folder = paths.raw() if name == "countries" else paths.raw() / self.scope.release
        return find_file(folder, name)

    def list_eras(self, boundary: Boundary) -> tuple[range, range]:
        """Return the years of the earlier and of the later era that a boundary compares."""
        return cut(boundary, self._basis.years)

    def tables(self, *names: str) -> Any:
        """Return the origin's rows of tables of the lesson; copies, which may be changed.

        Tables of all origins are returned whole.

        Raises
        ------
        InputError
            For a table that the lesson has not.
        """
        for name in names:
            if name not in TABLES[self.number]:
                known = ", ".join(TABLES[self.number])
                raise InputError(f"lesson {self.number} has no table {name!r}; it has: {known}")
        found = [self._take(name) for name in names]
        return found[0] if len(found) == 1 else found

    def _take(self, name: str) -> pd.DataFrame:
        whole = self._basis.tables[name]
        return (self._basis.own(name) if "origin" in whole else whole).copy()

    def check(self, exercise: str, answer: Any = ...) -> Card:
        """Look at an answer, and say whether it is right, what it looks like, or give a hint.

        Parameters
        ----------
        exercise : str
            As in "2.3".
        answer : Any
            What was worked out; `...` for no answer yet.
        """
        known = self._paper.exercises
        asked = known.get(str(exercise))
        if asked is None:
            return make_card(str(exercise), None, 0, tuple(known))
        verdict = judge(asked, answer)
        tries = self._tries.setdefault(asked.id, [])
        if verdict.outcome in ("wrong", "mistake") and repr(answer) not in tries:
            tries.append(repr(answer))
        return make_card(asked.id, verdict, len(tries))


def open_lesson(number: int, scope: Study) -> Lesson:
    """Open a lesson on a study's figures.

    Parameters
    ----------
    number : int
        1 to 6.
    scope : Study
        Whose origin, release and eras the lesson is about.

    Raises
    ------
    InputError
        For a number that is no lesson's, an origin of which no claim was ever pending, or one
        whose figures do not hold what the lesson is about.
    """
    if number not in LESSONS:
        raise InputError(f"there is no lesson {number}; there are: {', '.join(map(str, LESSONS))}")
    lesson = Lesson(number, scope)
    if lesson.lacking:
        raise InputError(
            f"lesson {number} cannot be held on claims from {scope.origin} in release "
            f"{scope.release}: {lesson.lacking}. Take another origin, or another study"
        )
    return lesson
