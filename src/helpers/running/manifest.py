"""A run's manifest: what it stands on, how it went, and what it left, each with its sha256."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.running.inputs import find_revision, hash_file
from helpers.running.outcomes import Done
from helpers.study import InputError, Study

FILE = "manifest.json"
COMPLETE = "complete"


def now() -> str:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_manifest(
    study: Study, name: str, described: dict[str, Any], started: str, done: Sequence[Done]
) -> dict[str, Any]:
    """Put a run's manifest together, all but the list of its files.

    Parameters
    ----------
    study : Study
        The run's parameters.
    name : str
        The run's name.
    described : dict
        What `inputs.describe_inputs` gave.
    started : str
        When the run began.
    done : sequence of Done
        The notebooks that ran.
    """
    failures = [each.failure for each in done if each.failure]
    return {
        "name": name,
        "title": _title(study),
        "outcome": "failed" if failures else COMPLETE,
        "error": failures[0].__dict__ if failures else None,
        "failures": [failure.__dict__ for failure in failures],
        "started": started,
        "ended": now(),
        "seconds": {each.notebook: each.seconds for each in done},
        **described,
        "release": study.info.model_dump(mode="json", exclude={"origins"}),
        "code": {"revision": find_revision(), "sha256": described["code"]},
    }


def _title(study: Study) -> str:
    """Return the study's title; another origin than the study's own is said."""
    other = f", for origin {study.origin}" if study.origin != study.file.origin else ""
    return study.file.title + other


def list_outputs(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file of a run but its manifest, by path in its folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != FILE)
    return {file.relative_to(folder).as_posix(): hash_file(file) for file in files}


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """List the run's files in its manifest and write it."""
    whole = manifest | {"outputs": list_outputs(folder)}
    text = json.dumps(whole, indent=1, ensure_ascii=False)
    paths.write_atomic(folder / FILE, text + "\n")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read a run's manifest; None where there is no such run.

    Raises
    ------
    InputError
        Where the folder is there and is no run.
    """
    if not folder.exists():
        return None
    try:
        manifest = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if not isinstance(manifest["parameters"], dict):
            raise TypeError("parameters must be a mapping")
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{folder} is there and is no run of this project: move it away or take another --name"
        ) from None
    return dict(manifest)


def is_intact(folder: Path, manifest: dict[str, Any]) -> bool:
    """Tell whether all that a run has left still stands as it was left."""
    listed: dict[str, str] = manifest.get("outputs", {})
    return bool(listed) and all(
        (folder / name).is_file() and hash_file(folder / name) == expected
        for name, expected in listed.items()
    )


def stands(folder: Path, manifest: dict[str, Any], key: str) -> bool:
    """Tell whether a run is complete, of these inputs, and as it was left."""
    is_same = manifest["outcome"] == COMPLETE and manifest.get("key") == key
    return is_same and is_intact(folder, manifest)


def find_changed(folder: Path, manifest: dict[str, Any], parts: Sequence[str]) -> list[str]:
    """Name what a run has left in some of its folders and what does not stand as it was left."""
    listed: dict[str, str] = manifest.get("outputs", {})
    return [
        name
        for name, expected in listed.items()
        if name.split("/")[0] in parts
        and not ((folder / name).is_file() and hash_file(folder / name) == expected)
    ]


def name_differences(manifest: dict[str, Any], parameters: dict[str, Any]) -> list[str]:
    """Say which parameters differ, old value first."""
    old = manifest["parameters"]
    names = sorted(set(old) | set(parameters))
    return [f"{n} {old.get(n)!r} -> {parameters.get(n)!r}" for n in names
            if old.get(n) != parameters.get(n)]  # fmt: skip
