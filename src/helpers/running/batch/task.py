"""What travels between driver and worker: a notebook to run, and the files that it left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.running.jobs import Done

# What 02 leaves for the notebooks after it; nothing else passes from one notebook to another.
EXCHANGED = "core"


@dataclass(frozen=True)
class Task:
    """One notebook of one run, for any worker.

    Attributes
    ----------
    notebook : str
        Its name; the worker has its source.
    parameters : dict
        What is injected, all but run_dir.
    kernel : str
        The kernel's name.
    files : dict
        What an earlier notebook of the run has left for this one.
    place : str
        The driver's folder for the run, which the executed notebook names as its own.
    shared : str
        The digest of what the driver stands on.
    """

    notebook: str
    parameters: dict[str, Any]
    kernel: str
    files: dict[str, bytes] = field(repr=False)
    place: str
    shared: str


@dataclass(frozen=True)
class Answer:
    """How a notebook went; where the worker may not run it, what it stands on instead.

    Attributes
    ----------
    done : Done or None
        None where it did not run.
    files : dict
        All that it left, by path from the run's folder.
    differing : dict
        What `inputs.describe_shared` gives there, or an `error` that says why it gives nothing.
    """

    done: Done | None
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    differing: dict[str, Any] = field(default_factory=dict, repr=False)


def pack(folder: Path, but: Iterable[str] = ()) -> dict[str, bytes]:
    """Read a folder's files, by their paths in it."""
    left_out = set(but)
    found = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*"))}
    return {n: f.read_bytes() for n, f in found.items() if n not in left_out and f.is_file()}


def unpack(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a folder.

    Raises
    ------
    ValueError
        For a path that leads out of it.
    """
    for name, content in files.items():
        file = folder / name
        if not file.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"a file named {name!r} would lie outside its run")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
