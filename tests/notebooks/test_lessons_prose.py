"""The lessons on other releases and origins: every check, sentence, caption and table.

Without a kernel, which `test_lessons.py` starts: the solutions pass every check, the untouched
student edition is told so at every check, and both are read as a reader would read them.
"""

from __future__ import annotations

import re

import pytest
from plain import execute
from plain.faults import find_faults, find_typed

from helpers import paths
from helpers.lessons.lesson import HEADS
from helpers.running.inputs import list_notebooks

FILES = list_notebooks(paths.solutions())
SETTINGS: list[dict[str, str]] = [
    {"study": "china", "release": "2022-mid"},
    {"study": "china", "release": "2024-mid"},
    {"study": "hong-kong", "release": "2023-mid"},
    {"study": "venezuela"},
]
EDITIONS = {"solutions": (paths.solutions, "right"), "students": (paths.exercises, "open")}


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: "-".join(each.values()))
@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_every_check_is_right_and_every_passage_reads_well(monkeypatch, name, setting, edition):
    """What pandas itself shows is left to it: students are to see the tables as they are."""
    folder, outcome = EDITIONS[edition]
    monkeypatch.setattr(execute, "NOTEBOOKS", folder())
    with execute.share_cores():
        reading = execute.run_plain(name, **setting)
    asked = re.findall(r'^check\("([\d.]+)"', (folder() / f"{name}.py").read_text("utf-8"), re.M)
    said = [each.text for each in reading.passages if re.match(r"\d\.\d  ", each.text)]
    assert [text.split()[0] for text in said] == asked
    assert [text for text in said if not text[5:].startswith(HEADS[outcome])] == []
    own = [each for each in reading.passages if each.kind != "other"]
    assert len(own) > 10
    assert list(find_faults(execute.Reading(own, reading.numbers))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_number_is_typed_in_a_lessons_texts(file):
    assert list(find_typed(file.read_text(encoding="utf-8"))) == []
