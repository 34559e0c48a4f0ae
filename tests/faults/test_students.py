"""`asylum students` and `asylum new-study`: drift is found, and nothing is half written.

Most faults are looked at in this process, since a command's start costs more than the check.
"""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from plain.checkout import PROJECT

from helpers.lessons.editions import check_editions
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


def list_studies_there(root: Path) -> dict[str, bytes]:
    folder = root / "data" / "hand" / "studies"
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


class TestCheck:
    def test_what_jupyterlab_leaves_is_passed_over(self, lessons):
        (lessons / ".ipynb_checkpoints").mkdir()
        assert check_editions() == []

    @pytest.mark.parametrize(
        ("place", "old", "new", "said"),
        [
            ("solutions/{}.py", "Read the last row aloud", "Read the first row", "students"),
            ("{}.py", "Read the last row aloud", "Read the first row", "students"),
            ("{}.py", "unhcr_code = ...", "unhcr_code = own", "students"),
            ("{}.ipynb", "unhcr_code = ...", "unhcr_code = 5", "the .py and the .ipynb differ"),
            ("{}.ipynb", "No answer yet.", "Right.", "a check says something else"),
            ("solutions/{}.ipynb", "Right.", "Not yet.", "a check says something else"),
            ("solutions/{}.ipynb", '"execution_count": 3', '"execution_count": 9', "in order"),
        ],
    )
    def test_drift_is_found(self, lessons, place, old, new, said):
        edit(lessons / place.format(NAME), old, new)
        assert any(said in found for found in check_editions())

    def test_a_file_that_is_missing_and_one_too_many_are_found_by_the_command(
        self, lessons, ask_in
    ):
        (lessons / f"{NAME}.ipynb").unlink()
        (lessons / "02_other.py").write_text("# %%\n")
        (lessons / ".ipynb_checkpoints").mkdir()
        (lessons / ".ipynb_checkpoints" / "03_x-checkpoint.ipynb").write_text("{")
        done = ask_in(lessons.parents[1], "students", "--check")
        assert (done.returncode, done.stderr) == (1, "")
        assert f"{NAME}.ipynb is missing" in done.stdout
        assert "02_other.py belongs to no lesson" in done.stdout


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {
                "na_rows = len(": "na_rows = 1 + len(",
                'check("1.3", na_rows)': 'check("1.3", na_rows)\n\n# %%\nna_rows + 1',
            },
            ("a check says something else", "TypeError"),  # one fault in either edition
        ),
        ({'check("1.3", na_rows)': 'check("1.3", 5)'}, ("no check asks for this answer",)),
    ],
)
def test_a_lesson_that_fails_in_one_of_its_editions_writes_nothing(lessons, call_in, changes, said):
    for old, new in changes.items():
        edit(lessons / "solutions" / f"{NAME}.py", old, new)
    before = {file: file.read_bytes() for file in lessons.rglob("*.*") if file.is_file()}
    done = call_in(lessons.parents[1], "students")
    assert done.returncode in (1, 2)
    assert all(each in done.stderr for each in said)
    assert all(file.read_bytes() == content for file, content in before.items())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("HKK",), "did you mean HKG?"),
        (("mac",), "did you mean MAC?"),
        (("CHI",), "UNHCR's own code; ISO3 is CHN"),
        (("DEU",), "unknown origin 'DEU' in release 2022-mid"),
        (("HKG",), "study 'hong-kong' is"),
        (("CHN",), "study 'china' is"),
        (("MAC", "china"), "study 'china' is there already"),
        (("MAC", "../away"), "a study cannot be named"),
        (("MAC", ""), "a study cannot be named ''"),
        (("MAC", None, "1999-end"), "unknown release"),
    ],
)
def test_a_study_that_cannot_be_is_refused(mini_root, arguments, said):
    before = list_studies_there(mini_root)
    with pytest.raises(InputError, match=re.escape(said)):
        write_study(*arguments)
    assert list_studies_there(mini_root) == before


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
