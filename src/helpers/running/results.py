"""What a run's notebooks have left, put together: numbers, final paths, report, crate, manifest."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.publish.report import PAGE, render_run
from helpers.running.crate import write_crate
from helpers.running.manifest import COMPLETE, list_outputs, read_manifest, write_manifest
from helpers.running.staging import FAILED, say_folder

NUMBERS = "numbers.json"
_PARTS = "numbers"
_HEADLINES = ".headlines.json"


def choose_target(target: Path, *, is_failed: bool) -> Path:
    """Keep a good run where it is when a later one fails."""
    manifest = read_manifest(target)
    if is_failed and manifest and manifest["outcome"] == COMPLETE:
        return target.with_name(target.name + FAILED)
    return target


def collect_headlines(folder: Path) -> list[str]:
    """Return the sentences that notebooks have chosen as headlines, in reading order."""
    return [
        sentence
        for part in sorted((folder / _PARTS).glob(f"*{_HEADLINES}"))
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
    for part in sorted((folder / _PARTS).glob("*.json")):
        if not part.name.endswith(_HEADLINES):
            for name, number in json.loads(part.read_text(encoding="utf-8")).items():
                _add_number(merged, name, number)
    text = json.dumps(dict(sorted(merged.items())), indent=1, ensure_ascii=False)
    paths.write_atomic(folder / NUMBERS, text + "\n", is_durable=False)
    shutil.rmtree(folder / _PARTS, ignore_errors=True)
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


def make_paths_final(folder: Path, target: Path) -> None:
    """Write the run's place into executed notebooks that grew elsewhere."""
    final = say_folder(target)
    places = {str(folder), os.path.realpath(folder), say_folder(folder)}
    for file in (folder / "notebooks").glob("*.ipynb"):
        text = old = file.read_text(encoding="utf-8")
        for place in sorted(places, key=len, reverse=True):
            text = text.replace(json.dumps(place)[1:-1], json.dumps(final)[1:-1])
        if text != old:
            paths.write_atomic(file, text, is_durable=False)


def assemble(folder: Path, final: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Put a run's folder in order, and write its report, crate and manifest.

    Parameters
    ----------
    folder : Path
        Where the run has grown; holds notebooks/ and what the notebooks wrote.
    final : Path
        Where the run will stand: what its notebooks name as their place.
    manifest : dict
        What `make_manifest` gave.

    Returns
    -------
    dict
        The manifest with the headlines, all but the list of its files.

    Raises
    ------
    ValueError
        Where two notebooks give one name different numbers.
    """
    manifest = manifest | {"headlines": collect_headlines(folder)}
    merge_numbers(folder)
    make_paths_final(folder, final)
    if manifest["outcome"] == COMPLETE:
        paths.write_atomic(folder / PAGE, render_run(folder, manifest), is_durable=False)
    seal(folder, manifest)
    return manifest


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Describe a run's files in its crate, and list them all, the crate too, in its manifest.

    To be called again whenever a file is added to a run.
    """
    write_crate(folder, manifest | {"outputs": list_outputs(folder)})
    write_manifest(folder, manifest)
