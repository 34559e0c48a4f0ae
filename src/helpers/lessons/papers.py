"""Which lessons there are, what each needs to be loaded, and how its paper is set."""

from __future__ import annotations

from collections.abc import Callable

from helpers.lessons import (
    lesson_accounts as accounts,
)
from helpers.lessons import (
    lesson_breaks as breaks,
)
from helpers.lessons import (
    lesson_claims as claims,
)
from helpers.lessons import (
    lesson_tables as tables,
)
from helpers.lessons import (
    periods,
    units,
)
from helpers.lessons.basis import Basis
from helpers.lessons.exercise import Paper

LESSONS: dict[int, Callable[[Basis], Paper]] = {
    1: tables.set_paper,
    2: accounts.set_paper,
    3: periods.set_paper,
    4: units.set_paper,
    5: breaks.set_paper,
    6: claims.set_paper,
}
# Lesson -> tables of the release; those of lesson 1 are the files as they are.
TABLES: dict[int, tuple[str, ...]] = {
    1: ("population", "asylum_applications"),
    2: ("pending", "applications", "decisions"),
    3: ("pending", "applications"),
    4: ("applications", "applications_by_asylum", "decisions"),
    5: ("pending", "by_asylum"),
    6: ("pending", "applications"),
}


def set_paper(lesson: int, basis: Basis) -> Paper:
    """Compute a lesson's facts and answers.

    Parameters
    ----------
    lesson : int
        1 to 6.
    basis : Basis
        With the tables that `TABLES` names for the lesson.
    """
    return LESSONS[lesson](basis)
