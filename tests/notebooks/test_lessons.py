"""Both editions of the lessons: what is committed, and what a class meets on any origin."""

from __future__ import annotations

import re
from numbers import Real
from typing import Any

import jupytext
import pytest
from plain import execute
from plain.faults import find_faults, find_typed

from helpers import paths
from helpers.lessons.answers import LESSONS, load_basis
from helpers.lessons.editions import make_editions
from helpers.lessons.judging import load_words
from helpers.running.inputs import list_notebooks
from helpers.study import Study

SOURCES = list_notebooks(paths.solutions())
SETTINGS = [{"study": "china", "release": "2024-mid"}, {"study": "venezuela"},
            {"study": "hong-kong", "release": "2022-mid"}]  # fmt: skip


def test_a_rerun_gives_what_is_committed():
    changed, problems = make_editions()
    assert problems == []
    assert sorted(file.relative_to(paths.root()).as_posix() for file in changed) == []


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: "-".join(each.values()))
@pytest.mark.parametrize("name", [file.stem for file in SOURCES])
def test_every_check_is_right_and_every_passage_reads_well(monkeypatch, name, setting):
    """On other releases and origins. What pandas itself shows is left to it."""
    heads = load_words()["heads"]
    editions = [(paths.solutions(), heads["right"])]
    if setting == SETTINGS[-1]:
        editions.append((paths.exercises(), heads["open"]))
    for folder, head in editions:
        monkeypatch.setattr(execute, "NOTEBOOKS", folder)
        with execute.share_cores():
            reading = execute.run_plain(name, **setting)
        source = (folder / f"{name}.py").read_text("utf-8")
        asked = re.findall(r'^check\("([\d.]+)"', source, re.M)
        said = [each.text for each in reading.passages if re.match(r"\d\.\d  ", each.text)]
        assert [text.split()[0] for text in said] == asked
        assert [text for text in said if not text[5:].startswith(head)] == []
        own = [each for each in reading.passages if each.kind != "other"]
        assert len(own) > 10
        assert list(find_faults(execute.Reading(own, reading.numbers))) == []


@pytest.mark.parametrize("number", LESSONS)
class TestEachLesson:
    def test_asks_every_exercise_once_and_in_order_and_types_no_number(self, number):
        paper = LESSONS[number](load_basis(number, Study.resolve()))
        source = SOURCES[number - 1].read_text(encoding="utf-8")
        assert list(find_typed(source)) == []
        assert re.findall(r'^check\("([\d.]+)"', source, re.M) == list(paper.exercises)
        assert re.findall(r"^# ### ([\d.]+) ", source, re.M) == list(paper.exercises)

    def test_has_its_parts(self, number):
        text = SOURCES[number - 1].read_text(encoding="utf-8")
        for part in ("**Question.**", "**For whom.**", "**Source.**", "**Time**", "**Questions**",
                     "**You will be able to**", "A worked example", "## To discuss",
                     "## Key points"):  # fmt: skip
            assert part in text, part

    def test_hides_its_answers_from_students(self, number):
        """Neither an answer's cell nor its numbers, in source, outputs or metadata."""
        file = next(paths.exercises().glob(f"{number:02d}_*.ipynb"))
        editions = (file.with_suffix(ending).read_text("utf-8") for ending in (".py", ".ipynb"))
        text = "\n".join(editions).replace('\\"', '"')
        text = re.sub(r"[A-Za-z0-9+/=\n]{300,}", "", text)  # pictures
        solution = (paths.solutions() / f"{file.stem}.py").read_text(encoding="utf-8")
        cells = jupytext.reads(solution, fmt="py:percent").cells
        for answer in [each.source for each in cells if "answer" in each.metadata.get("tags", [])]:
            telling = [line for line in answer.splitlines() if len(line) > 24]
            assert not any(line.strip("# ") in text for line in telling)
        paper = LESSONS[number](load_basis(number, Study.resolve()))
        for exercise in paper.exercises.values():
            if exercise.kind in ("number", "table", "range"):
                every = list_tellings(exercise.answer)
                alone = r"(?<![\d.,]){}(?![.,]?\d)"
                long = [told for told in every if len(told.strip("0.")) > 2]
                seen = [told for told in long if re.search(alone.format(re.escape(told)), text)]
                assert len(seen) < max(1, len(every) // 2), (exercise.id, seen)


def list_tellings(answer: Any) -> list[str]:
    """Return the ways in which an answer's numbers could be printed."""
    numbers = answer.values() if isinstance(answer, dict) else answer
    told = []
    for number in [numbers] if isinstance(numbers, Real) else numbers:
        is_whole = float(number).is_integer()
        forms = ("{:.0f}", "{:,.0f}") if is_whole else ("{:.2f}", "{:.3f}")
        told += [form.format(number) for form in forms]
    return told
