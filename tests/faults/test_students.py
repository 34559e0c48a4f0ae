"""`asylum students` and `asylum new-study`: drift is found, and nothing is half written.

Most faults are looked at in this process, since a command's start costs more than the check.
"""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from plain.checkout import PROJECT, list_files
from plain.processes import call

from helpers.lessons.new_study import write_study
from helpers.study import InputError, Study, StudyFile

NAME = "01_reading_a_table"


@pytest.fixture
def lessons(mini_root):
    """Return the exercises' folder of a small checkout with one lesson in both editions."""
    for part in ("exercises", "exercises/solutions"):
        folder = mini_root / "notebooks" / part
        folder.mkdir()
        for ending in ("py", "ipynb"):
            shutil.copy(PROJECT / "notebooks" / part / f"{NAME}.{ending}", folder)
    return mini_root / "notebooks" / "exercises"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_drift_between_the_editions_is_told_and_nothing_is_written(lessons):
    root = lessons.parents[1]
    (lessons / ".ipynb_checkpoints").mkdir()  # JupyterLab leaves it
    assert call(root, "students").returncode == 0
    done = call(root, "students", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "  nothing changes\n", "")
    edit(lessons / f"{NAME}.py", "Read the last row aloud", "Read the first row")
    edit(lessons / "solutions" / f"{NAME}.ipynb", '"execution_count": 3', '"execution_count": 9')
    (lessons / f"{NAME}.ipynb").unlink()
    spoiled = list_files(lessons)
    done = call(root, "students", "--check")
    assert (done.returncode, done.stderr) == (1, "")
    told = [line.split(":")[0].strip() for line in done.stdout.splitlines()]
    places = (f"{NAME}.ipynb", f"{NAME}.py", f"solutions/{NAME}.ipynb")
    assert sorted(told) == [f"notebooks/exercises/{place}" for place in places]
    assert list_files(lessons) == spoiled


@pytest.mark.parametrize(("changes", "said"), [
    ({"na_rows = len(": "na_rows = 1 + len(",
      'check("1.3", na_rows)': 'check("1.3", na_rows)\n\n# %%\nna_rows + 1'},
     ("a check says something else", "TypeError")),  # one fault in either edition
    ({'check("1.3", na_rows)': 'check("1.3", 5)'}, ("no check asks for this answer",)),
])  # fmt: skip
def test_a_lesson_that_fails_in_one_of_its_editions_writes_nothing(lessons, changes, said):
    for old, new in changes.items():
        edit(lessons / "solutions" / f"{NAME}.py", old, new)
    before = list_files(lessons)
    done = call(lessons.parents[1], "students")
    assert done.returncode in (1, 2)
    assert all(each in done.stderr for each in said)
    assert list_files(lessons) == before


@pytest.mark.parametrize(("arguments", "said"), [
    (("DEU",), "unknown origin 'DEU' in release 2022-mid"),
    (("HKG",), "study 'hong-kong' is"),
    (("CHN",), "study 'china' is"),
    (("MAC", "china"), "study 'china' is there already"),
    (("MAC", "../away"), "a study cannot be named"),
    (("MAC", ""), "a study cannot be named ''"),
    (("MAC", None, "1999-end"), "unknown release"),
])  # fmt: skip
def test_a_study_that_cannot_be_is_refused(mini_root, arguments, said):
    before = list_files(mini_root)
    with pytest.raises(InputError, match=re.escape(said)):
        write_study(*arguments)
    assert list_files(mini_root) == before


def test_a_name_that_yaml_reads_as_something_else_is_a_name(mini_root):
    for name in ("2024", "null", "no"):
        assert write_study("MAC", name).name == f"{name}.yml"
        assert Study.resolve(study=name).origin == "MAC"


def test_a_new_study_is_valid_at_once_and_never_overwritten(mini_root, ask_in):
    done = ask_in(mini_root, "new-study", "MAC")
    assert (done.returncode, done.stderr) == (0, "")
    file = mini_root / "data" / "hand" / "studies" / "macao.yml"
    text = file.read_text(encoding="utf-8")
    study = StudyFile.model_validate(yaml.safe_load(text))
    assert study.origin == "MAC"
    assert set(study.comparators) <= {"CHN", "HKG", "TIB"}
    assert "# Largest destinations then:" in text
    assert Study.resolve(study="macao").origin == "MAC"
    for name in (None, "macao"):
        with pytest.raises(InputError, match="study 'macao' is"):
            write_study("MAC", name)
    assert file.read_text(encoding="utf-8") == text
    assert [each.name for each in file.parent.iterdir() if each.name.startswith(".")] == []
