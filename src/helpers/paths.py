"""Every folder's place, and the one way to write a file.

No other module builds a path to a folder of the project, and none changes the working folder.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

_MARKERS = ("pyproject.toml", "notebooks", "data")
_NOT_FLUSHED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}  # what file systems without it say


def root() -> Path:
    """Return the project's root folder.

    ASYLUM_ROOT decides where it is set; else the nearest parent of this file, then of the working
    folder, that holds the project. FileNotFoundError where none does.
    """
    override = os.environ.get("ASYLUM_ROOT")
    starts = [Path(override)] if override else [Path(__file__), Path.cwd()]
    for start in starts:
        for folder in (start.resolve(), *start.resolve().parents):
            if all((folder / name).exists() for name in _MARKERS):
                return folder
    raise FileNotFoundError(
        "no checkout of the project found: run inside it, or set ASYLUM_ROOT to its folder"
    )


def _below(*parts: str) -> Callable[[], Path]:
    """Make a function that returns a folder below the project's root, wherever that is then."""
    return lambda: root().joinpath(*parts)


raw = _below("data", "raw")  #: The folder of the releases.
hand = _below("data", "hand")  #: The folder of judgement made by hand: studies, breaks, claims.
shapes = _below("data", "shapes")  #: The folder of the country outlines that maps draw.
notebooks = _below("notebooks")  #: The folder of the notebooks.
exercises = _below("notebooks", "exercises")  #: The folder of the lessons' student edition.
solutions = _below("notebooks", "exercises", "solutions")  #: That from which it is made.
figures = _below("figures")  #: The folder of the reference run's figures.
runs = _below("runs")  #: The folder that runs are written to (not under version control).
build = _below("build")  #: The folder of what can be made again (not under version control).


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write a file whole or not at all: under another name, then renamed.

    Its folder is made where it is missing. Text is written as UTF-8 with its line ends as they
    are. What has to outlive a power cut, a run or a release, is flushed with its folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        aside.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        aside.replace(path)
    except OSError as error:  # a full disk names no file, another error the one aside
        error.filename, error.filename2 = str(path), None
        raise
    finally:
        aside.unlink(missing_ok=True)


def say_folder(folder: Path) -> str:
    """Write a folder as people name it: from the project's root, where it lies inside."""
    return folder.relative_to(root()).as_posix() if folder.is_relative_to(root()) else str(folder)


def measure_free(path: Path) -> int:
    """Return the bytes free on the disk that a file or folder is on, or would be."""
    return shutil.disk_usage(next(each for each in (path, *path.parents) if each.exists())).free


def flush_tree(folder: Path) -> None:
    """See a folder on the disk with all that is in it, where the system lets one ask for it."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _NOT_FLUSHED:
                error.filename = str(path)
                raise
        finally:
            os.close(handle)
