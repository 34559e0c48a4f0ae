"""What a run's notebooks have left, put in order: numbers in one file, paths made final."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from helpers import paths

NUMBERS = "numbers.json"
PARTS = "numbers"
HEADLINES = ".headlines.json"


def collect_headlines(folder: Path) -> list[str]:
    """Return the sentences that notebooks have chosen as headlines, in reading order."""
    return [
        sentence
        for part in sorted((folder / PARTS).glob(f"*{HEADLINES}"))
        for sentence in json.loads(part.read_text(encoding="utf-8"))
    ]


def merge_numbers(folder: Path) -> dict[str, Any]:
    """Merge the notebooks' parts into numbers.json and remove them.

    Returns
    -------
    dict
        By name: value, texts as printed, notebook.

    Raises
    ------
    ValueError
        Where two notebooks give one name different values.
    """
    merged: dict[str, Any] = {}
    for part in sorted((folder / PARTS).glob("*.json")):
        if not part.name.endswith(HEADLINES):
            for name, number in json.loads(part.read_text(encoding="utf-8")).items():
                _add_number(merged, name, number)
    text = json.dumps(dict(sorted(merged.items())), indent=1, ensure_ascii=False)
    paths.write_atomic(folder / NUMBERS, text + "\n")
    shutil.rmtree(folder / PARTS, ignore_errors=True)
    return merged


def _add_number(merged: dict[str, Any], name: str, number: dict[str, Any]) -> None:
    """Add one number; the same one from a second notebook only adds its texts."""
    known = merged.setdefault(name, dict(number))
    values = (known["value"], number["value"])
    if type(values[0]) is not type(values[1]) or values[0] != values[1]:
        raise ValueError(
            f"{name} is {values[0]!r} in {known['notebook']} and {values[1]!r} in "
            f"{number['notebook']}: two numbers need two names"
        )
    known["texts"] = list(dict.fromkeys([*known["texts"], *number["texts"]]))


def say_folder(folder: Path) -> str:
    """Write a folder as people name it: from the project's root, where it lies inside."""
    root = paths.root()
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def make_paths_final(folder: Path, target: Path) -> None:
    """Write the run's place into executed notebooks that grew elsewhere."""
    final = say_folder(target)
    places = {str(folder): final, os.path.realpath(folder): final, say_folder(folder): final}
    for file in (folder / "notebooks").glob("*.ipynb"):
        text = old = file.read_text(encoding="utf-8")
        for place in sorted(places, key=len, reverse=True):
            text = text.replace(json.dumps(place)[1:-1], json.dumps(final)[1:-1])
        if text != old:
            paths.write_atomic(file, text)
