"""The scratch folder of a fetch: pages kept as they come, and the way into data/raw.

It stands at data/.fetch, on the same disk as data/raw so that a release moves in as one rename.
A fetch that ends, well or refused, removes it; one that is cut off leaves its pages, and the next
one goes on from them if they belong to the same question and to the same release.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.paths import write_atomic
from helpers.study import InputError

_ASKED = "asked.json"


def find_scratch() -> Path:
    """Return the scratch folder's path; it need not be there."""
    return paths.raw().parent / ".fetch"


@contextmanager
def hold_lock() -> Iterator[None]:
    """Let one fetch at a time work on a checkout.

    The lock lies on the folder data/raw itself, so it leaves no file and ends with the process.

    Raises
    ------
    InputError
        Where another fetch holds it.
    """
    handle = os.open(paths.raw(), os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError("another asylum fetch is under way in this checkout") from None
        yield
    finally:
        os.close(handle)


class PageStore:
    """The pages of one fetch, each a gzipped JSON file.

    Parameters
    ----------
    folder : Path
        The scratch folder: `pages` for the answers, `release` for the release that they become.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = folder / "pages"
        self.release = folder / "release"

    def open(self, asked: Mapping[str, Any], *, resume: bool) -> str:
        """Make the folder ready for a question and say what became of pages found there.

        Pages are used only with `resume`, and only where address, parameters, row counts and
        fingerprint are those of `asked`; others are removed.
        """
        kept = self.count()
        asked = json.loads(json.dumps(asked))
        said = ""
        shutil.rmtree(self.release, ignore_errors=True)  # half a one, if the last was cut off there
        if resume and kept and self._read_asked() == asked:
            return f"resuming: {kept} pages are kept from the fetch that was cut off"
        if resume:
            said = "nothing to resume: no pages are kept"
            if kept:
                said = f"starting over: the {kept} pages kept are of another question or release"
        elif kept:
            said = f"starting over: {kept} kept pages were dropped (--resume goes on from them)"
        self.clear()
        self.pages.mkdir(parents=True)
        write_atomic(self.folder / _ASKED, json.dumps(asked, indent=1) + "\n")
        return said

    def _read_asked(self) -> Any:
        try:
            return json.loads((self.folder / _ASKED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def count(self) -> int:
        """Return the number of whole pages that are kept."""
        return sum(1 for _ in self.pages.glob("*.json.gz"))

    def load(self, name: str, number: int) -> dict[str, Any] | None:
        """Load a kept answer; None where there is none that can be read."""
        try:
            answer = json.loads(gzip.decompress(self._locate(name, number).read_bytes()))
        except (OSError, EOFError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None

    def save(self, name: str, number: int, answer: Mapping[str, Any]) -> None:
        """Keep an answer that passed its checks."""
        content = gzip.compress(json.dumps(answer).encode("utf-8"), compresslevel=1, mtime=0)
        write_atomic(self._locate(name, number), content)

    def _locate(self, name: str, number: int) -> Path:
        return self.pages / f"{name}-{number:05d}.json.gz"

    def clear(self) -> None:
        """Remove the scratch folder and all in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def move_in_place(folder: Path, name: str) -> Path:
    """Give a finished folder its name under data/raw, in one rename, and return its path.

    Everything is flushed to disk first, so that what carries the name is whole even after a
    power cut.

    Raises
    ------
    InputError
        Where a release of that name is on file by now; it is never overwritten.
    """
    target = paths.raw() / name
    paths.flush_tree(folder)
    if target.exists():
        raise InputError(f"release {name} is on file already: it is never overwritten")
    os.rename(folder, target)
    paths.flush(target.parent)
    return target
