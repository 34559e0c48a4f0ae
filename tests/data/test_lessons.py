"""The lessons' answers on every release and for every study: right is right, mistakes are known."""

from __future__ import annotations

import ast
import builtins
import re
from functools import cache, partial
from typing import Any

import cells
import jupytext
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain.execute import is_parameters

from helpers import paths
from helpers.lessons import lesson
from helpers.lessons.answers import LESSONS, Basis, load_basis
from helpers.lessons.judging import Exercise, Wanted, is_absent, judge, load_words
from helpers.study import Study, list_releases, list_studies, load_study_file

NEWEST = list_releases()[-1].name
# Every study on the newest release; the oldest and a mid-year one for the origins in them.
CASES = [(info.name, study) for info in list_releases() for study in list_studies()
         if load_study_file(study).origin in info.origins
         and info.name in ("2022-mid", "2024-mid", NEWEST)]  # fmt: skip
# By exercise, mistakes that must be known as themselves on the newest release.
KNOWN = {
    "1.2": "wrong_codes summed_stocks all_origins", "1.3": "na_lost", "1.4": "unknown_as_zero",
    "1.5": "rounded_as_exact", "1.6": "wrong_codes", "2.3": "start_forgotten",
    "2.6": "summed_stocks", "3.2": "summed_stocks all_stocks_summed", "3.3": "increase_as_ratio",
    "3.4": "ratio_as_increase", "3.5": "cases_added", "4.1": "cases_added",
    "4.3": "factor_applied unknown_as_zero", "4.4": "only_new", "4.5": "closed_in_rate",
    "5.2": "unknown_as_zero", "5.4": "unknown_as_zero all_unknown summed_stocks",
    "6.2": "summed_stocks", "6.5": "factor_applied",
}  # fmt: skip
WITHOUT_CODE = {"2.1", "4.6", "5.6", "6.1", "6.4"}  # to be read and chosen, not worked out


@cache
def load(number: int, release: str, study: str) -> Basis:
    return load_basis(number, Study.resolve(release=release, study=study))


@cache
def list_exercises(release: str = NEWEST, study: str = "china") -> dict[str, Exercise]:
    papers = [LESSONS[number](load(number, release, study)) for number in LESSONS]
    return {id: exercise for paper in papers for id, exercise in paper.exercises.items()}


@pytest.mark.parametrize(("release", "study"), CASES)
def test_right_answers_are_right_and_mistakes_are_known_or_right(release, study):
    exercises = list_exercises(release, study)
    assert [id for id, each in exercises.items() if is_absent(each.answer)] in ([], ["4.2"])
    for id, exercise in exercises.items():
        if isinstance(exercise.answer, Wanted) or is_absent(exercise.answer):
            continue
        assert judge(exercise, exercise.answer).outcome == "right", id
        for name, value in exercise.mistakes.items():
            if not is_absent(value):
                assert judge(exercise, value).outcome in ("mistake", "right"), (id, name)


def test_the_usual_mistakes_are_known_as_themselves():
    for id, names in KNOWN.items():
        own = list_exercises()[id]
        for name in names.split():
            assert judge(own, own.mistakes[name]).mistake == name, id


def test_a_half_year_taken_for_a_year_is_known_where_a_release_ends_in_one():
    own = list_exercises("2024-mid", "china")["3.5"]
    assert judge(own, own.mistakes["mid_as_year"]).mistake == "mid_as_year"
    newest = list_exercises()["3.5"]
    assert judge(newest, newest.mistakes["mid_as_year"]).outcome == "right"


def test_words_are_there_for_all_that_can_be_said_and_state_no_figure():
    words, exercises = load_words(), list_exercises()
    assert set(words["hints"]) == set(words["after"]) == set(exercises)
    assert all(len(hints) >= 3 for hints in words["hints"].values())
    assert {type(hint) for hints in words["hints"].values() for hint in hints} == {str}
    named = {name for each in exercises.values() for name in each.mistakes}
    wanted = exercises["6.6"].answer
    parts = (*wanted.figures, *wanted.words, *wanted.unwanted, "short")
    named |= {f"sentence_{part}" for part in parts}
    named |= {f"figure_{code}" for code in ("exact", "rounds", "off")}
    assert set(words["mistakes"]) == named
    said = [*words["after"].values(), *words["mistakes"].values(), words["nothing"],
            *(hint for hints in words["hints"].values() for hint in hints)]  # fmt: skip
    assert [text for text in said if re.search(r"\d", re.sub(r"`[^`]*`", "", text))] == []


def list_code(hint: str) -> list[ast.stmt]:
    """Return the passages of a hint that are whole Python, and more than names."""
    passages = []
    for text in re.findall("`([^`]*[ (][^`]*)`", hint):
        try:
            (passage,) = ast.parse(text).body
        except (SyntaxError, ValueError):
            continue
        parts = list(ast.walk(getattr(passage, "value", passage)))
        if any(isinstance(part, ast.Call | ast.BinOp | ast.Subscript | ast.IfExp | ast.JoinedStr)
               for part in parts):  # fmt: skip
            passages.append(passage)
    return passages


def list_names(code: str | ast.AST, context: type[ast.expr_context]) -> set[str]:
    tree = ast.parse(code) if isinstance(code, str) else code
    return {node.id for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, context)}  # fmt: skip


def follow(hint: str, seen: dict[str, Any]) -> Any:
    """Do what a hint says, one passage after the other, and return what the last one gives."""
    *steps, last = list_code(hint)
    for step in steps:
        exec(compile(ast.Module([step], []), "hint", "exec"), seen)
    return eval(compile(ast.Expression(last.value), "hint", "eval"), seen)


@pytest.fixture
def quick(monkeypatch):
    """Keep what lessons read, and draw nothing."""
    read = cache(pd.read_csv)
    monkeypatch.setattr(pd, "read_csv", lambda file, **options: read(file, **options).copy())
    monkeypatch.setattr(lesson, "load_basis", lambda n, scope: load(n, scope.release, scope.study))
    for name in ("show_lines", "show_bars"):
        monkeypatch.setattr(lesson.Lesson, name, lambda *_, **__: None)


@pytest.mark.parametrize(("release", "study"), CASES)
def test_whoever_follows_the_plainest_hint_is_right(release, study, quick):
    """With the names that a student has by then, and right answers to the questions before."""
    exercises, words = list_exercises(release, study), load_words()["hints"]
    for file in sorted(paths.exercises().glob("0*.py")):
        given, solved = (
            jupytext.read(each).cells for each in (file, paths.solutions() / file.name)
        )
        space: dict[str, Any] = {"__name__": "lesson"}
        hidden: set[str] = set()  # what the solution's cells define and a student's do not
        for cell, solved_cell in zip(given, solved, strict=True):
            if cell.cell_type == "markdown":
                continue
            text, solution = cell.source, solved_cell.source
            exec(solution, space)
            if is_parameters(cell):
                space |= {"release": release, "study": study}
            hidden |= list_names(solution, ast.Store)
            hidden -= list_names(text, ast.Store)
            if not (found := re.match(r'check\("([\d.]+)"', text)):
                continue
            exercise, hints = exercises[found[1]], words[found[1]]
            seen = {name: value for name, value in space.items() if name not in hidden}
            for hint in hints:
                code = list_code(hint)
                used = {name for each in code for name in list_names(each, ast.Load)}
                made = {name for each in code for name in list_names(each, ast.Store)}
                assert used <= made | set(seen) | set(dir(builtins)), hint
            if exercise.id not in WITHOUT_CODE and not is_absent(exercise.answer):
                assert judge(exercise, follow(hints[-1], seen)).outcome == "right", exercise.id


ANYTHING: list[Any] = [
    None, True, "", "about ten", "1,234", [], (), {}, set(), [[7]], [1, 2, 3], (5, 1), {"a": "b"},
    float("nan"), float("inf"), pd.NA, np.array([]), np.arange(4), np.array(7), 10**400,
    pd.Series([1.0, 2.0]), pd.Series(dtype="float64"), pd.DataFrame(),
    pd.DataFrame({"a": [1], "b": [2], "c": [3]}), {"persons": None}, sum, print, object(),
    b"bytes", 1 + 2j, {1: 2}, [None], (None, None), pd.Timestamp("2020-01-01"), {"a", "b"},
    [{"a": 1}], range(0), "a" * 10_000, iter([7]),
]  # fmt: skip


def test_whatever_is_handed_in_is_answered_in_words():
    for answer in ANYTHING:
        for id, exercise in list_exercises().items():
            verdict = judge(exercise, answer)
            assert verdict.outcome in ("wrong", "misfit", "mistake"), (id, answer)
            assert verdict.said or verdict.mistake or verdict.outcome == "wrong"


@given(st.integers(0, 3), st.floats(1, 1e6), st.floats(-0.49, 0.49))
@settings(max_examples=60, deadline=None)
def test_a_right_number_is_right_however_it_was_rounded(places, number, part):
    own = Exercise("0.0", "number", number, places=places)
    for right in (number, round(number, places), number + part * 10**-places):
        assert judge(own, right).outcome == "right"
    assert judge(own, number + 1.6 * 10**-places).outcome != "right"


def test_answers_and_mistakes_come_to_what_a_plain_count_gives():
    """Worked out from the files, as somebody would who makes the mistake."""
    release = "2025-end"
    own = list_exercises(release, "china")
    count = partial(cells.sum_cells, release, "population", "asylum_seekers", coo_iso="CHN")
    assert own["1.2"].answer == count(coa_iso="AUS", year=2025)
    assert own["1.2"].mistakes["summed_stocks"] == count(coa_iso="AUS")
    assert own["1.2"].mistakes["wrong_codes"] == count(coa="AUS", year=2025)

    def average(first: int, last: int) -> float:
        return count(year=tuple(range(first, last + 1))) / (last + 1 - first)

    by_study = average(2013, 2025) / average(2003, 2012)
    as_published = average(2012, 2025) / average(2002, 2011)
    assert own["3.3"].answer == pytest.approx(by_study)
    assert own["3.4"].mistakes["ratio_as_increase"] == pytest.approx(100 * by_study)
    span = sorted((by_study, as_published))
    assert own["3.6"].answer == pytest.approx(tuple(span))
    assert own["3.6"].mistakes["middle_of_range"] == pytest.approx(sum(span) / 2)
    decade = tuple(range(2012, 2022))
    new = partial(cells.sum_cells, release, "asylum_applications", "applied",
                  coo_iso="CHN", app_type="N", year=decade)  # fmt: skip
    persons, cases = new(app_pc="P"), new(app_pc="C")
    assert own["6.5"].answer == (persons + cases, persons + 1.5 * cases)
    assert own["6.5"].mistakes["cases_added"] == persons + cases
    assert own["6.5"].mistakes["summed_stocks"][0] == count(year=decade)
    recognised, other, rejected, closed = (
        cells.sum_cells(release, "asylum_decisions", f"dec_{name}", coo_iso="CHN", coa_iso="FRA",
                        year=2025, dec_level="FI", dec_pc="P")
        for name in ("recognized", "other", "rejected", "closed")
    )  # fmt: skip
    protected = recognised + other
    assert own["4.5"].answer == pytest.approx(protected / (protected + rejected))
    assert own["4.5"].mistakes["closed_in_rate"] == pytest.approx(
        protected / (protected + rejected + closed)
    )
