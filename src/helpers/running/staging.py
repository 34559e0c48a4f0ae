"""Where a run grows, and how it takes its place: whole, in one step.

A run grows in runs/.staging/<name>.<pid> under a lock on its name, and changes places with the
run of that name in one system call. So whenever a process is killed, runs/ holds the old run or
the new one; what it left in .staging is swept by the next run.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from helpers import paths
from helpers.study import InputError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
FAILED = ".failed"
_OLD = ".old"


def check_name(name: str) -> str:
    """Return a run's name where it can be a folder's.

    Raises
    ------
    InputError
        For anything else, paths included.
    """
    if not _NAME.fullmatch(name) or name.endswith((FAILED, ".")):
        raise InputError(
            f"a run cannot be named {name!r}: take up to 80 letters, digits, dots, dashes and "
            f"underscores, a letter or digit first, not ending in {FAILED}"
        )
    return name


def _staging() -> Path:
    """Return the folder that runs grow in."""
    return paths.runs() / ".staging"


@contextmanager
def open_staging(name: str) -> Iterator[Path]:
    """Give an empty folder for a run to grow in, and remove what is left of it afterwards.

    Raises
    ------
    InputError
        Where runs/ cannot be written, or a run of that name is under way.
    """
    try:
        _staging().mkdir(parents=True, exist_ok=True)
        lock = _lock(name)
    except OSError as error:
        reason = f"{error.strerror}: {error.filename}"
        raise InputError(f"cannot write runs to {paths.runs()}: {reason}") from None
    if lock is None:
        raise InputError(f"a run named {name} is under way: wait for it, or take another --name")
    try:
        sweep(name)
        folder = _staging() / f"{name}.{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        _unlock(name, lock)


def sweep(own: str = "") -> None:
    """Remove what dead runs have left, and put back an old run that was being replaced."""
    for name in sorted({_name_of(entry) for entry in _staging().iterdir()} - {own}):
        lock = _lock(name)
        if lock is not None:
            _sweep_one(name)
            _unlock(name, lock)
    if own:
        _sweep_one(own)


def _name_of(entry: Path) -> str:
    """Return the run's name of a staging folder or a lock."""
    return entry.name.rpartition(".")[0]


def _sweep_one(name: str) -> None:
    """Clean up after a run whose lock is held."""
    old = _staging() / f"{name}{_OLD}"
    if old.exists() and not (paths.runs() / name).exists():
        old.rename(paths.runs() / name)
    for entry in _staging().iterdir():
        if entry.is_dir() and _name_of(entry) == name:
            shutil.rmtree(entry, ignore_errors=True)


def _lock(name: str) -> IO[str] | None:
    """Take the lock of a name; None where a living process holds it."""
    file = _staging() / f"{name}.lock"
    while True:
        handle = file.open("a")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return None
        # Its last holder may have removed the file that was just locked.
        with suppress(FileNotFoundError):
            if file.stat().st_ino == os.fstat(handle.fileno()).st_ino:
                return handle
        handle.close()


def _unlock(name: str, handle: IO[str]) -> None:
    """Remove the lock and its file, and the staging folder after its last run."""
    (_staging() / f"{name}.lock").unlink(missing_ok=True)
    handle.close()
    with suppress(OSError):
        _staging().rmdir()


def publish(folder: Path, name: str) -> Path:
    """Move a grown run to runs/<name>; a run that stood there is gone afterwards."""
    target = paths.runs() / name
    if not target.exists():
        folder.rename(target)
        return target
    if not exchange(folder, target):
        old = _staging() / f"{name}{_OLD}"
        target.rename(old)
        folder.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    return target


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one system call, where the system has one; False where it has not."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return not library.renamex_np(os.fsencode(one), os.fsencode(other), 2)
        here, exchange = -100, 2
        paths_ = (here, os.fsencode(one), here, os.fsencode(other))
        return not library.renameat2(*paths_, exchange)
    return False
