"""What all runs of a batch stand on alike, and how one machine's differs from another's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.running.inputs import describe_shared, hash_values, list_code, list_inputs

_NAMED = 3

Stamp = tuple[int, int, int, int]


class Shared:
    """The description of inputs, code and libraries, made anew only where a file has changed.

    So that a worker can look before every notebook, and sees an edit during a batch.
    """

    def __init__(self) -> None:
        self._stamps: dict[Path, Stamp] = {}
        self._described: dict[str, Any] = {}

    def describe(self) -> dict[str, Any]:
        """Return what `inputs.describe_shared` gives.

        Raises
        ------
        InputError
            As `inputs.hash_inputs`.
        """
        stamps = {file: _stamp(file) for file in (*list_inputs(), *list_code())}
        if stamps != self._stamps:
            self._described = describe_shared()
            self._stamps = stamps
        return self._described


def _stamp(file: Path) -> Stamp:
    found = os.stat(file)
    return found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size


def hash_shared(described: Mapping[str, Any]) -> str:
    """Return the digest by which driver and worker know that they stand on the same."""
    return hash_values(dict(described))


def explain_difference(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """Say in what a worker differs from the driver, the first few names given.

    >>> ours = {"inputs": {"a": "1", "b": "2"}, "code": "x", "versions": {}, "platform": "p"}
    >>> explain_difference(ours, ours | {"code": "y", "inputs": {"a": "1"}})
    'other data or notebooks (b); other code of the project'
    """
    said = []
    for part, words in (("inputs", "other data or notebooks"), ("versions", "other libraries")):
        names = _find_differences(ours[part], theirs.get(part, {}))
        if names:
            said.append(f"{words} ({names})")
    if ours["code"] != theirs.get("code"):
        said.append("other code of the project")
    if ours["platform"] != theirs.get("platform"):
        said.append(f"another system ({theirs.get('platform')}, not {ours['platform']})")
    return "; ".join(said)


def _find_differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    names = sorted(n for n in {*ours, *theirs} if ours.get(n) != theirs.get(n))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
