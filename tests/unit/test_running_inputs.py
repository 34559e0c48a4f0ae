"""A run's key changes with whatever decides its outcome, and with nothing else."""

import re
import subprocess

import pytest

from helpers.running import inputs, manifest
from helpers.running.execute import Done
from helpers.study import Study


def describe(**given):
    return inputs.describe_inputs(Study.resolve(**given))


@pytest.mark.parametrize(
    ("given", "is_same"),
    [
        ({"year_from": 2000, "run_dir": "elsewhere"}, True),
        ({"year_from": 2001}, False),
        ({"top_n": 3}, False),
        ({"origin": "HKG"}, False),
    ],
)
def test_the_key_changes_with_a_parameter(mini_root, given, is_same):
    assert (describe()["key"] == describe(**given)["key"]) == is_same


@pytest.mark.parametrize(
    ("file", "is_same"),
    [
        ("notebooks/01_one.py", False),
        ("data/hand/studies/china.yml", False),
        ("data/raw/.fetching/population.csv", True),  # a fetch that goes on beside the run
    ],
)
def test_the_key_changes_with_a_file_of_the_study(mini_root, file, is_same):
    before = describe()["key"]
    (mini_root / file).parent.mkdir(exist_ok=True)
    with (mini_root / file).open("a") as handle:
        handle.write("\n# changed\n")
    assert (describe()["key"] == before) == is_same


def test_the_key_changes_with_a_version(mini_root, monkeypatch):
    described = describe()
    assert {"python", "pandas", "matplotlib", "papermill"} <= set(described["versions"])
    monkeypatch.setattr(inputs, "list_versions", lambda: {"pandas": "0"})
    assert describe()["key"] != described["key"]


@pytest.mark.parametrize("name", ["code.py", "words.yml", "columns.csv"])
def test_the_key_changes_with_the_package(mini_root, tmp_path, monkeypatch, name):
    monkeypatch.setattr(inputs, "_CODE", tmp_path / "helpers")
    before = describe()["key"]
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / name).write_text("changed")
    assert describe()["key"] != before


def test_only_a_repository_of_this_code_lends_its_revision(mini_root, monkeypatch):
    """Neither one around the project, nor one that the project was copied into, nor a hook's."""

    def keep(root, *files):
        git = ["git", "-c", "user.name=x", "-c", "user.email=x", "-C", str(root)]
        for command in (["init", "-q"], ["add", *files], ["commit", "-qm", "x"]):
            subprocess.run([*git, *command], check=True)

    (mini_root.parent / "notes").touch()
    keep(mini_root.parent, "notes")
    assert inputs.find_revision() is None
    keep(mini_root, "pyproject.toml")
    assert inputs.find_revision() is None
    (mini_root / "src" / "helpers").mkdir(parents=True)
    (mini_root / "src" / "helpers" / "cli.py").touch()
    assert inputs.find_revision() is None
    keep(mini_root, "src")
    monkeypatch.setenv("GIT_DIR", str(mini_root.parent / ".git"))
    assert re.fullmatch(r"[0-9a-f]{12}", inputs.find_revision())
    (mini_root / "pyproject.toml").write_text("")
    assert inputs.find_revision().endswith("-dirty")


def make(study, done):
    return manifest.make_manifest(study, "a", inputs.describe_inputs(study), manifest.now(), done)


def test_a_manifest_lists_the_files_and_sees_a_change(mini_root, tmp_path):
    folder = tmp_path / "run"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "a.csv").write_text("x\n1\n")
    manifest.write_manifest(folder, make(Study.resolve(), [Done("01_one", 1.5)]))
    read = manifest.read_manifest(folder)
    assert (read["outcome"], read["seconds"]) == ("complete", {"01_one": 1.5})
    assert list(read["outputs"]) == ["tables/a.csv"]
    assert manifest.read_standing(folder, read["key"]) == read
    assert manifest.read_standing(folder, "another") is None
    (folder / "tables" / "a.csv").write_text("x\n2\n")
    assert manifest.read_standing(folder, read["key"]) is None
