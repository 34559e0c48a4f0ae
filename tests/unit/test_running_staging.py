"""A run takes its place whole, and what dead runs leave is swept."""

import errno
import os
from functools import partial

import pytest

from helpers import paths
from helpers.running import staging
from helpers.running.manifest import write_manifest
from helpers.study import InputError


@pytest.fixture
def runs(tiny_root):
    tiny_root()
    return paths.runs()


def grow(name, text):
    with staging.open_staging(name) as folder:
        (folder / "file").write_text(text)
        write_manifest(folder, {"parameters": {}, "outcome": "complete"})
        staging.publish(folder, paths.runs() / name)


def list_all(folder):
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*"))


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


def test_a_name_under_way_is_refused(runs):
    with (
        staging.open_staging("a"),
        pytest.raises(InputError, match="under way"),
        staging.open_staging("a"),
    ):
        pass


def test_other_names_do_not_wait(runs):
    with staging.open_staging("a"):
        grow("b", "b")
        assert (runs / ".staging" / "a.lock").exists()
    assert list_all(runs) == ["b", "b/file", "b/manifest.json"]


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
