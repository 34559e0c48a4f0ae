"""Where a run grows, and how it takes its place: whole or not at all.

A run grows in runs/.staging/<name>.<pid> under a lock on its name. A run of that name is moved
aside, the new one in, and the old one removed, unless somebody has changed it; what a killed
process has left in .staging is put back or swept by the next run.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from helpers import paths
from helpers.running.manifest import COMPLETE, list_outputs, read_manifest
from helpers.study import InputError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
FAILED = ".failed"
_OLD = ".old"
_INSIDE = "~"  # stands for the slash of a run inside a batch; no name has one


def check_name(name: str, kind: str = "run") -> str:
    """Return a run's or batch's name where it can be a folder's; InputError for anything else."""
    if not _NAME.fullmatch(name) or name.endswith((FAILED, ".")):
        raise InputError(
            f"a {kind} cannot be named {name!r}: take up to 80 letters, digits, dots, dashes and "
            f"underscores, a letter or digit first, not ending in {FAILED}"
        )
    return name


def _staging() -> Path:
    return paths.runs() / ".staging"


@contextmanager
def open_staging(name: str) -> Iterator[Path]:
    """Give an empty folder for a run to grow in, and remove what is left of it afterwards.

    Raises InputError where runs/ cannot be written, or a run of that name is under way.
    """
    with ExitStack() as stack:
        if _staging().is_symlink():  # what it leads to was not made here
            raise InputError(f"{_staging()} is a link: move it away")
        try:
            _staging().mkdir(parents=True, exist_ok=True)
            stack.enter_context(_hold_lock(name))
        except Timeout:
            said = f"a run named {name} is under way: wait for it, or take another --name"
            raise InputError(said) from None
        except OSError as error:
            reason = f"{error.strerror}: {error.filename}"
            raise InputError(f"cannot write runs to {paths.runs()}: {reason}") from None
        for other in sorted({_name_of(entry) for entry in _staging().iterdir()} - {name}):
            with suppress(Timeout), _hold_lock(other):
                _sweep(other)
        _sweep(name)
        folder = _staging() / f"{name}.{os.getpid()}"
        folder.mkdir()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


@contextmanager
def _hold_lock(name: str) -> Iterator[None]:
    """Hold the lock of a name, or raise Timeout where a living process does; its file goes."""
    file = _staging() / f"{name}.lock"
    try:
        with FileLock(file, timeout=0.1):
            try:
                yield
            finally:
                file.unlink(missing_ok=True)
    finally:
        with suppress(OSError):  # one of them holds something
            _staging().rmdir()
            paths.runs().rmdir()


def _name_of(entry: Path) -> str:
    """Return the name of a staging folder or a lock; of a batch, where it is a run inside one."""
    return entry.name.rpartition(".")[0].partition(_INSIDE)[0]


def _sweep(name: str) -> None:
    """Clean up after a dead run whose lock is held: put back an old run, remove the rest."""
    for entry in [each for each in _staging().iterdir() if each.is_dir()]:
        if _name_of(entry) == name:
            place = paths.runs() / entry.name.removesuffix(_OLD).replace(_INSIDE, "/")
            if entry.suffix == _OLD and not place.exists():
                entry.rename(place)
            else:
                shutil.rmtree(entry, ignore_errors=True)


def choose_target(target: Path, manifest: Mapping[str, Any]) -> Path:
    """Return the place of a run with this manifest: a failed one leaves a good one where it is."""
    old = read_manifest(target)
    is_kept = manifest["outcome"] != COMPLETE and old and old["outcome"] == COMPLETE
    return target.with_name(target.name + FAILED) if is_kept else target


def publish(folder: Path, target: Path) -> Path:
    """Move a grown run to its place and return that; a run that stood there is gone afterwards.

    One that is not as it was left, or is a link, is kept as <name>.changed1 and so on. Of a run
    inside a batch, runs/<batch>/<run>, the lock held is the batch's.
    """
    paths.flush_tree(folder)
    target = choose_target(target, read_manifest(folder) or {})
    name = target.relative_to(paths.runs()).as_posix()
    old = _staging() / f"{name.replace('/', _INSIDE)}{_OLD}"
    if target.is_symlink() or (target.exists() and not _is_untouched(target)):
        places = (target.with_name(f"{target.name}.changed{number}") for number in count(1))
        kept = next(place for place in places if not os.path.lexists(place))
        target.rename(kept)
        said = f"{paths.say_folder(target)} had been changed since it ran: it is kept in"
        print(f"asylum: {said} {paths.say_folder(kept)}", file=sys.stderr)
    elif target.exists():
        target.rename(old)
    folder.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def _is_untouched(folder: Path) -> bool:
    """Tell whether a run holds what its manifest lists and nothing else."""
    try:
        manifest = read_manifest(folder) or {}
        return bool(list_outputs(folder) == manifest.get("outputs"))
    except (InputError, OSError):
        return False
