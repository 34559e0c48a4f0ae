"""Both editions of the lessons, run as a class would run them.

As they are, and with another origin and release injected, each in a fresh kernel: the solutions
pass every check, and the untouched student edition is told so at every check, without an error.
`test_lessons_prose.py` has more origins and releases, without kernels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from numbers import Real
from pathlib import Path
from typing import Any

import pytest

from helpers import paths
from helpers.lessons.cards import HEADS
from helpers.lessons.editions import CHECK, list_answers
from helpers.lessons.exercises import LESSONS, set_paper
from helpers.lessons.loading import load_basis
from helpers.lessons.students import check_editions, judge_checks
from helpers.running.execute import run_notebook
from helpers.running.guards import list_outputs
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import clean_notebook, read_paired
from helpers.study import Study

SETTINGS = {
    "newest": {},
    "another origin, older": {"study": "hong-kong", "release": "2022-mid"},
}
EDITIONS = {"solutions": (paths.solutions, "right"), "students": (paths.exercises, "open")}
NAMES = [file.stem for file in list_notebooks(paths.solutions())]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, dict[str, Any]], Any]:
    """Return a function that executes a lesson and returns it as it would be committed."""

    def execute(source: Path, parameters: dict[str, Any]) -> Any:
        output = tmp_path_factory.mktemp("lesson") / f"{source.stem}.ipynb"
        done = run_notebook(source, output, parameters)
        assert done.failure is None, done.failure.describe()
        return clean_notebook(read_paired(output))

    return execute


def test_there_are_six_in_both_editions():
    assert len(NAMES) == len(LESSONS) == 6
    assert [file.stem for file in list_notebooks(paths.exercises())] == NAMES


def test_what_is_committed_agrees():
    assert check_editions() == []


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", NAMES)
def test_every_check_says_what_it_should(run, name, setting, edition):
    folder, outcome = EDITIONS[edition]
    source = folder() / f"{name}.py"
    notebook = run(source, SETTINGS[setting])
    checks = [cell for cell in notebook.cells if CHECK in cell.metadata.get("tags", [])]
    assert len(checks) >= 5
    assert list(judge_checks(source, notebook, HEADS[outcome])) == []
    errors = [each for each in list_outputs(notebook) if each[1] in ("error", "stream stderr")]
    assert errors == []
    if not SETTINGS[setting]:
        committed = read_paired(source.with_suffix(".ipynb"))
        assert list(list_outputs(committed)) == list(list_outputs(notebook))


@pytest.mark.parametrize("number", LESSONS)
def test_every_exercise_is_asked_once_and_in_order(number):
    paper = set_paper(number, load_basis(number, Study.resolve()))
    source = next(paths.solutions().glob(f"{number:02d}_*.py")).read_text(encoding="utf-8")
    assert re.findall(r'^check\("([\d.]+)"', source, re.M) == list(paper.exercises)
    assert re.findall(r"^# ### ([\d.]+) ", source, re.M) == list(paper.exercises)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_its_parts_and_fits_into_a_lesson(name):
    text = (paths.solutions() / f"{name}.py").read_text(encoding="utf-8")
    for part in ("**Question.**", "**For whom.**", "**Source.**", "**Time**", "**Questions**",
                 "**You will be able to**", "A worked example", "## To discuss",
                 "## Key points"):  # fmt: skip
        assert part in text, part
    words = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
    minutes = sum(
        words[word] for word in re.findall(r"\*\((?:reading|doing), (\w+) minutes\)", text)
    )
    promised = {"twenty-five": 25, "thirty": 30}[
        re.search(r"minutes of teaching, ([\w-]+) of exercises", text)[1]
    ]  # fmt: skip
    assert abs(minutes - promised) <= 4


def list_tellings(answer: Any) -> list[str]:
    """Return the ways in which an answer's numbers could be printed."""
    numbers = answer.values() if isinstance(answer, dict) else answer
    numbers = [numbers] if isinstance(numbers, Real) else numbers
    told = []
    for number in numbers:
        whole = float(number).is_integer()
        told.append(f"{number:.0f}" if whole else f"{number:.2f}")
        told.append(f"{number:,.0f}" if whole else f"{number:.3f}")
    return told


def list_texts(value: Any) -> Iterator[str]:
    """Yield every text in a notebook; its lines are kept in a list and go together."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(each, str) for each in value):
        yield "".join(value)
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from list_texts(each)


@pytest.mark.parametrize("number", LESSONS)
def test_no_answer_can_be_read_in_the_student_edition(number):
    """Neither an answer's cell nor its numbers, in source, outputs or metadata."""
    file = next(paths.exercises().glob(f"{number:02d}_*.ipynb"))
    texts = list_texts(json.loads(file.read_text(encoding="utf-8")))
    text = "\n".join([file.with_suffix(".py").read_text(encoding="utf-8"), *texts])
    text = re.sub(r"[A-Za-z0-9+/=\n]{300,}", "", text)  # pictures
    solution = (paths.solutions() / f"{file.stem}.py").read_text(encoding="utf-8")
    for answer in list_answers(solution):
        telling = [line for line in answer.splitlines() if len(line) > 24]
        assert not any(line.strip("# ") in text for line in (*telling, answer))
    paper = set_paper(number, load_basis(number, Study.resolve()))
    for exercise in paper.exercises.values():
        if exercise.kind not in ("number", "table", "range"):
            continue
        seen = [told for told in list_tellings(exercise.answer)
                if len(told.strip("0.")) > 2
                and re.search(rf"(?<![\d.,]){re.escape(told)}(?![\d.,])", text)]  # fmt: skip
        every = list_tellings(exercise.answer)
        assert len(seen) < max(1, len(every) // 2), (exercise.id, seen)
