"""A run: its notebooks, the key that changes with what decides it, its name, its place."""

import errno
import os
import re
import subprocess
from functools import partial

import pytest

from helpers import paths
from helpers.running import inputs, manifest, staging
from helpers.running.notebooks import read_paired
from helpers.running.runs import Outcome, name_run
from helpers.study import InputError, Study


@pytest.fixture
def runs(tiny_root):
    tiny_root()
    return paths.runs()


def test_notebooks_are_listed_in_order(tmp_path):
    for name in ("02_b.py", "01_a.py", "notes.py", "03_c.ipynb"):
        (tmp_path / name).write_text("")
    assert [file.stem for file in inputs.list_notebooks(tmp_path)] == ["01_a", "02_b"]


@pytest.mark.parametrize(
    ("text", "said"), [(None, r"a\.ipynb is missing"), ("{", "cannot be read as a notebook")]
)
def test_a_pair_that_is_missing_or_no_notebook_is_refused(tmp_path, text, said):
    if text:
        (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(InputError, match=said):
        read_paired(tmp_path / "a.ipynb")


def find_key(**given):
    return inputs.describe_inputs(Study.resolve(**given))["key"]


def test_the_key_changes_with_a_parameter_and_a_version(mini_root, monkeypatch):
    assert {"python", "pandas", "matplotlib", "papermill"} <= set(inputs.list_versions())
    assert find_key(year_from=2000, run_dir="elsewhere") == find_key()
    keys = [
        find_key(**given) for given in ({}, {"year_from": 2001}, {"top_n": 3}, {"origin": "HKG"})
    ]
    monkeypatch.setattr(inputs, "list_versions", lambda: {"pandas": "0"})
    assert len({*keys, find_key()}) == 5


def test_the_key_changes_with_a_file_of_the_study_or_the_package(mini_root, tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "_CODE", tmp_path / "helpers")
    (tmp_path / "helpers").mkdir()
    (mini_root / "data" / "raw" / ".fetching").mkdir()
    known = {find_key()}
    (mini_root / "data" / "raw" / ".fetching" / "population.csv").touch()
    assert {find_key()} == known, "a fetch that goes on beside the run"
    study = (mini_root / "notebooks" / "01_one.py", mini_root / "data/hand/studies/china.yml")
    code = (tmp_path / "helpers" / name for name in ("code.py", "words.yml", "columns.csv"))
    for file in (*study, *code):
        with file.open("a") as handle:
            handle.write("\n# changed\n")
        assert find_key() not in known, file
        known.add(find_key())


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


def test_a_run_is_named_after_what_is_not_the_default(runs):
    for name, given in {
        "": {}, "-2000-2020": {"year_to": 2020}, "-HKG-top5": {"origin": "HKG", "top_n": 5},
    }.items():  # fmt: skip
        assert name_run(Study.resolve(**given)) == f"china-2022-mid{name}"
    assert name_run(Study.resolve(year_from=2000, year_to=2022)) == "china-2022-mid"


def test_what_a_run_says(tiny_root):
    folder = tiny_root() / "runs" / "a"
    folder.mkdir(parents=True)
    (folder / "report.html").touch()
    lines = Outcome(folder, None, ("Some **5** people.",)).describe().splitlines()
    assert "  Some 5 people." in lines
    assert any("runs/a (as it was)" in line for line in lines)
    assert any("runs/a/report.html" in line for line in lines)
    assert not any("runs/a/tables" in line for line in lines)


def grow(name, text):
    with staging.open_staging(name) as folder:
        (folder / "file").write_text(text)
        manifest.write_manifest(folder, {"parameters": {}, "outcome": "complete"})
        staging.publish(folder, paths.runs() / name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", ".hidden", "-x", "a b", "x" * 81, "a\n", "é", "a.failed"]
)
def test_a_name_is_refused(name):
    with pytest.raises(InputError, match="a run cannot be named"):
        staging.check_name(name)


def test_a_folder_is_flushed_with_all_that_is_in_it(tmp_path, monkeypatch):
    """What nobody can flush is passed over: a link to nowhere, a pipe, a system without it."""
    (tmp_path / "tables" / "deep").mkdir(parents=True)
    (tmp_path / "tables" / "deep" / "one.csv").write_text("a")
    every = sorted(p.stat().st_ino for p in [tmp_path, *tmp_path.rglob("*")])
    (tmp_path / "nowhere").symlink_to("gone")
    os.mkfifo(tmp_path / "pipe")
    flushed = []

    def flush(handle, number=errno.EINVAL):
        flushed.append(os.fstat(handle).st_ino)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", flush)
    paths.flush_tree(tmp_path)
    assert sorted(flushed) == every
    monkeypatch.setattr(os, "fsync", partial(flush, number=errno.ENOSPC))
    with pytest.raises(OSError, match=f"space.*{tmp_path}"):  # which disk is full
        paths.flush_tree(tmp_path)


def test_a_name_under_way_is_refused_and_others_do_not_wait(runs):
    with staging.open_staging("a"):
        with pytest.raises(InputError, match="under way"), staging.open_staging("a"):
            pass
        grow("b", "b")
        assert (runs / ".staging" / "a.lock").exists()
    assert sorted(each.name for each in runs.rglob("*")) == ["b", "file", "manifest.json"]


@pytest.mark.parametrize("is_in_place", [False, True])
def test_an_old_run_is_put_back_unless_the_new_one_is_there(runs, is_in_place):
    (runs / ".staging" / "a.old").mkdir(parents=True)
    (runs / ".staging" / "a.old" / "file").write_text("old")
    if is_in_place:
        (runs / "a").mkdir()
        (runs / "a" / "file").write_text("new")
    grow("b", "b")
    assert (runs / "a" / "file").read_text() == ("new" if is_in_place else "old")
    assert not (runs / ".staging").exists()
