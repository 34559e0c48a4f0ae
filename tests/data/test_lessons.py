"""The lessons' answers on every release and for every study: right is right, mistakes are known."""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from functools import cache
from typing import Any

import cells
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain.execute import split_cells

from helpers import paths
from helpers.lessons.answers import LESSONS
from helpers.lessons.basis import load_basis
from helpers.lessons.judging import Exercise, Wanted, is_absent, judge
from helpers.lessons.lesson import load_words
from helpers.study import Study, list_releases, list_studies, load_study_file

STUDIES = {name: load_study_file(name).origin for name in list_studies()}
# Every study on the newest release; the oldest and a mid-year one for the origins in them.
CASES = [
    (info.name, study)
    for info in list_releases()
    for study, origin in STUDIES.items()
    if origin in info.origins and info.name in ("2022-mid", "2024-mid", list_releases()[-1].name)
]
NAMED = {
    "summed_stocks", "cases_added", "factor_applied", "ratio_as_increase", "only_new",
    "mid_as_year", "unknown_as_zero", "wrong_codes", "na_lost", "closed_in_rate",
}  # fmt: skip


@cache
def list_exercises(release: str, study: str) -> tuple[Exercise, ...]:
    scope = Study.resolve(release=release, study=study)
    papers = [LESSONS[number](load_basis(number, scope)) for number in LESSONS]
    return tuple(exercise for paper in papers for exercise in paper.exercises.values())


@pytest.mark.parametrize(("release", "study"), CASES)
def test_right_answers_are_right_and_mistakes_are_known_or_right(release, study):
    exercises = list_exercises(release, study)
    assert [each.id for each in exercises if each.answer is None] in ([], ["4.2"])
    for exercise in exercises:
        if isinstance(exercise.answer, Wanted) or exercise.answer is None:
            continue
        assert judge(exercise, exercise.answer).outcome == "right", exercise.id
        for name, value in exercise.mistakes.items():
            if not is_absent(value):
                assert judge(exercise, value).outcome in ("mistake", "right"), (exercise.id, name)


def test_every_usual_mistake_is_told_apart_somewhere():
    """Each of the ten comes up, as itself, on the figures of some release and study."""
    found = {
        name
        for release, study in CASES
        for exercise in list_exercises(release, study)
        for name, value in exercise.mistakes.items()
        if not is_absent(value) and judge(exercise, value).mistake == name
    }
    assert found >= NAMED


@pytest.mark.parametrize(
    ("exercise", "mistake"),
    [
        ("1.2", "wrong_codes"), ("1.2", "summed_stocks"), ("1.2", "all_origins"),
        ("1.3", "na_lost"), ("1.4", "unknown_as_zero"), ("1.5", "rounded_as_exact"),
        ("1.6", "wrong_codes"), ("2.3", "start_forgotten"), ("2.6", "summed_stocks"),
        ("3.2", "summed_stocks"), ("3.3", "increase_as_ratio"), ("3.4", "ratio_as_increase"),
        ("3.5", "cases_added"), ("4.1", "cases_added"), ("4.3", "factor_applied"),
        ("4.3", "unknown_as_zero"), ("4.4", "only_new"), ("4.5", "closed_in_rate"),
        ("5.2", "unknown_as_zero"), ("5.4", "unknown_as_zero"), ("5.4", "all_unknown"),
        ("6.2", "summed_stocks"), ("6.5", "factor_applied"),
    ],
)  # fmt: skip
def test_a_mistake_is_known_on_the_newest_release(exercise, mistake):
    own = next(each for each in list_exercises("", "china") if each.id == exercise)
    verdict = judge(own, own.mistakes[mistake])
    assert (verdict.outcome, verdict.mistake) == ("mistake", mistake)


def test_a_half_year_taken_for_a_year_is_known_where_a_release_ends_in_one():
    own = next(each for each in list_exercises("2024-mid", "china") if each.id == "3.5")
    assert judge(own, own.mistakes["mid_as_year"]).mistake == "mid_as_year"
    newest = next(each for each in list_exercises("", "china") if each.id == "3.5")
    assert judge(newest, newest.mistakes["mid_as_year"]).outcome == "right"


def test_words_are_there_for_all_that_can_be_said():
    words = load_words()
    exercises = list(list_exercises("", "china"))
    assert set(words["hints"]) == set(words["after"]) == {each.id for each in exercises}
    assert all(len(hints) >= 3 for hints in words["hints"].values())
    named = {name for each in exercises for name in each.mistakes}
    wanted = next(each.answer for each in exercises if isinstance(each.answer, Wanted))
    parts = (*wanted.figures, *wanted.words, *wanted.unwanted, "short")
    named |= {f"sentence_{part}" for part in parts} | {f"figure_{code}" for code in
                                                       ("exact", "rounds", "off")}  # fmt: skip
    assert set(words["mistakes"]) == named


WITHOUT_CODE = {"2.1", "4.6", "5.6", "6.1", "6.4"}  # to be read and chosen, not worked out


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


@pytest.mark.parametrize("number", LESSONS)
@pytest.mark.parametrize(("release", "study"), CASES)
def test_whoever_follows_the_plainest_hint_is_right(release, study, number):
    """With the names that a student has by then, and right answers to the questions before."""
    (file,) = paths.exercises().glob(f"{number:02d}_*.py")
    given, solved = (split_cells(each.read_text("utf-8")) for each in
                     (file, paths.solutions() / file.name))  # fmt: skip
    exercises = {each.id: each for each in list_exercises(release, study)}
    space: dict[str, Any] = {"__name__": "lesson"}
    hidden: set[str] = set()  # what the solution's cells define and a student's do not
    for (head, text), (_, solution) in zip(given, solved, strict=True):
        if head.startswith("[markdown]") or "new_figure" in text:
            continue
        exec(solution, space)
        if '"parameters"' in head:
            space |= {"release": release, "study": study}
        hidden |= list_names(solution, ast.Store)
        hidden -= list_names(text, ast.Store)
        if not (found := re.match(r'check\("([\d.]+)"', text)):
            continue
        exercise, hints = exercises[found[1]], load_words()["hints"][found[1]]
        seen = {name: value for name, value in space.items() if name not in hidden}
        for hint in hints:
            code = list_code(hint)
            used = {name for each in code for name in list_names(each, ast.Load)}
            made = {name for each in code for name in list_names(each, ast.Store)}
            assert used <= made | set(seen) | set(dir(builtins)), hint
        if exercise.id not in WITHOUT_CODE and exercise.answer is not None:
            assert judge(exercise, follow(hints[-1], seen)).outcome == "right", exercise.id


def test_no_hint_states_a_figure():
    words = load_words()
    said = [*words["after"].values(), *words["mistakes"].values(), words["nothing"],
            *(hint for hints in words["hints"].values() for hint in hints)]  # fmt: skip
    assert [text for text in said if re.search(r"\d", re.sub(r"`[^`]*`", "", text))] == []


ANYTHING: list[Any] = [
    None, True, "", "about ten", "1,234", [], (), {}, set(), [[7]], [1, 2, 3], (5, 1), {"a": "b"},
    float("nan"), float("inf"), pd.NA, np.array([]), np.arange(4), pd.Series([1.0, 2.0]),
    pd.Series(dtype="float64"), pd.DataFrame({"a": [1], "b": [2], "c": [3]}), pd.DataFrame(),
    {"persons": None}, sum, print, object(), b"bytes", 1 + 2j, {1: 2}, [None], (None, None),
    pd.Timestamp("2020-01-01"), {"a", "b"}, [{"a": 1}], range(0), "a" * 10_000, iter([7]),
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(ANYTHING)))
def test_whatever_is_handed_in_is_answered_in_words(place):
    for exercise in list_exercises("", "china"):
        verdict = judge(exercise, ANYTHING[place])
        assert verdict.outcome in ("wrong", "misfit", "mistake"), exercise.id
        assert verdict.said or verdict.mistake or verdict.outcome == "wrong"


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_nothing_makes_a_check_fail(answer):
    for exercise in list_exercises("2022-mid", "hong-kong"):
        assert judge(exercise, answer).outcome in ("right", "wrong", "misfit", "mistake")


@given(st.integers(0, 3), st.floats(1, 1e6), st.floats(-0.49, 0.49))
@settings(max_examples=60, deadline=None)
def test_a_right_number_is_right_however_it_was_rounded(places, number, part):
    own = Exercise("0.0", "number", number, places=places)
    assert judge(own, number).outcome == "right"
    assert judge(own, round(number, places)).outcome == "right"
    assert judge(own, number + part * 10**-places).outcome == "right"
    assert judge(own, number + 1.6 * 10**-places).outcome != "right"


def read_rows(name: str) -> list[dict[str, str]]:
    return cells.read_cells("2025-end", name)


def test_answers_and_mistakes_come_to_what_a_plain_count_gives():
    """Worked out from the files, row by row, as somebody would who makes the mistake."""
    own = {each.id: each for each in list_exercises("2025-end", "china")}
    rows = [row for row in read_rows("population") if row["coo_iso"] == "CHN"]
    there = [row for row in rows if row["coa_iso"] == "AUS"]
    now = [int(row["asylum_seekers"]) for row in there if row["year"] == "2025"]
    wrong = [row for row in rows if row["coa"] == "AUS" and row["year"] == "2025"]
    assert own["1.2"].answer == sum(now)
    assert own["1.2"].mistakes["summed_stocks"] == sum(int(r["asylum_seekers"]) for r in there)
    assert own["1.2"].mistakes["wrong_codes"] == sum(int(r["asylum_seekers"]) for r in wrong)
    ends = Counter()
    for row in rows:
        ends[int(row["year"])] += int(row["asylum_seekers"])
    earlier = sum(ends[year] for year in range(2003, 2013)) / 10
    later = sum(ends[year] for year in range(2013, 2026)) / 13
    assert own["3.3"].answer == pytest.approx(later / earlier)
    assert own["3.4"].mistakes["ratio_as_increase"] == pytest.approx(100 * later / earlier)
    as_published = (
        sum(ends[year] for year in range(2012, 2026)) / 14
        / (sum(ends[year] for year in range(2002, 2012)) / 10)
    )  # fmt: skip
    span = sorted((later / earlier, as_published))
    assert own["3.6"].answer == pytest.approx(tuple(span))
    assert own["3.6"].mistakes["middle_of_range"] == pytest.approx(sum(span) / 2)
    units = Counter()
    for row in read_rows("asylum_applications"):
        if row["coo_iso"] == "CHN" and row["app_type"] == "N" and 2012 <= int(row["year"]) <= 2021:
            units[row["app_pc"]] += int(row["applied"])
    assert own["6.5"].answer == (units["P"] + units["C"], units["P"] + 1.5 * units["C"])
    assert own["6.5"].mistakes["cases_added"] == units["P"] + units["C"]
    assert own["6.5"].mistakes["summed_stocks"][0] == sum(ends[y] for y in range(2012, 2022))
    rate = Counter()
    for row in read_rows("asylum_decisions"):
        key = (row["coo_iso"], row["coa_iso"], row["year"], row["dec_level"], row["dec_pc"])
        if key == ("CHN", "FRA", "2025", "FI", "P"):
            rate.update({name: int(row[f"dec_{name}"])
                         for name in ("recognized", "other", "rejected", "closed")})  # fmt: skip
    given = rate["recognized"] + rate["other"]
    assert own["4.5"].answer == pytest.approx(given / (given + rate["rejected"]))
    assert own["4.5"].mistakes["closed_in_rate"] == pytest.approx(given / rate.total())
