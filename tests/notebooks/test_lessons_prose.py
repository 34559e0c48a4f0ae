"""Every sentence, caption and table of the lessons, read as a reader would."""

from __future__ import annotations

import pytest
from plain import execute
from plain.faults import find_faults, find_typed

from helpers import paths
from helpers.running.pairing import list_notebooks

FILES = list_notebooks(paths.solutions())
SETTINGS: list[dict[str, str]] = [
    {"study": "china"},
    {"study": "venezuela"},
    {"study": "hong-kong", "release": "2023-mid"},
    {"study": "china", "release": "2024-mid"},
]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: "-".join(each.values()))
@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_every_passage_reads_well(monkeypatch, name, setting):
    """What pandas itself shows is left to it: students are to see the tables as they are."""
    monkeypatch.setattr(execute, "NOTEBOOKS", paths.solutions())
    with execute.share_cores():
        reading = execute.run_plain(name, **setting)
    own = [each for each in reading.passages if each.kind != "other"]
    assert len(own) > 10
    assert list(find_faults(execute.Reading(own, reading.numbers))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_number_is_typed_in_a_lessons_texts(file):
    assert list(find_typed(file.read_text(encoding="utf-8"))) == []
