"""A run's manifest: what decided its outcome, how it went, and what it left, with sha256."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.running.inputs import find_revision, hash_file
from helpers.study import InputError, Study

FILE = "manifest.json"
COMPLETE = "complete"


@dataclass(frozen=True)
class Failure:
    """Where a notebook failed; `cell` counts the source's cells from 1 (0: not in a cell)."""

    notebook: str
    cell: int
    name: str
    value: str

    def describe(self) -> str:
        """Say it in one line."""
        place = f"cell {self.cell}" if self.cell else "the kernel"
        first = (self.value.strip().splitlines() or [""])[0]
        return f"{self.notebook}, {place}: {self.name}{': ' + first if first else ''}"


@dataclass(frozen=True)
class Done:
    """A notebook that has run."""

    notebook: str
    seconds: float
    failure: Failure | None = None


def now() -> str:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_manifest(
    study: Study, name: str, described: dict[str, Any], started: str, done: Sequence[Done]
) -> dict[str, Any]:
    """Put a run's manifest together from what `describe_inputs` gave, all but its files."""
    failures = [asdict(each.failure) for each in done if each.failure]
    return {
        "name": name,
        "title": study.file.title,
        "outcome": "failed" if failures else COMPLETE,
        "error": failures[0] if failures else None,
        "failures": failures,
        "started": started,
        "ended": now(),
        "seconds": {each.notebook: each.seconds for each in done},
        **described,
        "release": study.info.model_dump(mode="json", exclude={"origins"}),
        "code": {"revision": find_revision(), "sha256": described["code"]},
    }


def list_outputs(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file of a run but its manifest, by path in its folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != FILE)
    return {file.relative_to(folder).as_posix(): hash_file(file) for file in files}


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """List the run's files in its manifest and write it."""
    whole = manifest | {"outputs": list_outputs(folder)}
    paths.write_atomic(folder / FILE, json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read a run's manifest; None where there is no folder, InputError where it is no run."""
    if not folder.exists():
        return None
    try:
        manifest = json.loads((folder / FILE).read_text(encoding="utf-8"))
        dict(manifest["parameters"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{folder} is there and is no run of this project: move it away or take another --name"
        ) from None
    return dict(manifest)


def is_intact(folder: Path, manifest: dict[str, Any]) -> bool:
    """Tell whether all that a run has left is as it was left."""
    outputs = manifest.get("outputs", {})
    return bool(outputs) and outputs.items() <= list_outputs(folder).items()


def stands(folder: Path, manifest: dict[str, Any], key: str) -> bool:
    """Tell whether a run is complete, of these inputs, and as it was left."""
    is_same = manifest["outcome"] == COMPLETE and manifest.get("key") == key
    return is_same and is_intact(folder, manifest)
