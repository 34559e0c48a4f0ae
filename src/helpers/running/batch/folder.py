"""The folder of a batch: what it was asked to be, which of its runs stand, and its summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.running.batch.matrix import PARAMETERS
from helpers.running.batch.plan import Absent, Item
from helpers.running.batch.rows import COLUMNS, Row, make_row, write_csv
from helpers.running.inputs import describe_inputs
from helpers.running.manifest import read_manifest, stands
from helpers.running.results import say_folder
from helpers.running.staging import check_name
from helpers.study import InputError

FILE = "batch.json"
SUMMARY = "summary.csv"
ABSENT = "not_on_file.csv"
PAGE = "index.html"
_ABSENT_COLUMNS = (*PARAMETERS, "reason")


def check_folder(name: str, subset: Sequence[str], *, is_forced: bool) -> Path:
    """Return a batch's folder where it is free, or holds a batch of the same notebooks.

    Raises
    ------
    InputError
        Where the name cannot be a folder's, or something else is there.
    """
    folder = paths.runs() / check_name(name)
    if not folder.exists():
        return folder
    try:
        known = json.loads((folder / FILE).read_text(encoding="utf-8"))["notebooks"]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{say_folder(folder)} is there and is no batch: move it away or take another --name"
        ) from None
    if known != list(subset) and not is_forced:
        raise InputError(
            f"{say_folder(folder)} holds a batch of {_say_notebooks(known)}, not of "
            f"{_say_notebooks(subset)}: take another --name, or replace its runs with --force"
        )
    return folder


def _say_notebooks(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "all notebooks"


def mark_folder(folder: Path, matrix: Mapping[str, Any], subset: Sequence[str]) -> None:
    """Make the folder, and write down what the batch is."""
    content = {"batch": folder.name, "matrix": matrix, "notebooks": list(subset)}
    paths.write_atomic(folder / FILE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def find_standing(
    folder: Path, items: Sequence[Item], shared: Mapping[str, Any], subset: Sequence[str]
) -> dict[str, Row]:
    """Return the rows of the runs that stand: complete, of these inputs, as they were left.

    Raises
    ------
    InputError
        Where a run's place is taken by something else.
    """
    rows = {}
    for item in items:
        manifest = read_manifest(folder / item.name)
        if manifest is None:
            continue
        key = describe_inputs(item.study, shared, subset)["key"]
        if stands(folder / item.name, manifest, key):
            rows[item.name] = make_row(folder / item.name, item.name, manifest)
    return rows


def write_summary(
    folder: Path, items: Sequence[Item], rows: Mapping[str, Row], absent: Sequence[Absent]
) -> None:
    """Write summary.csv, not_on_file.csv and index.html, for the runs that have ended."""
    from helpers.publish.batch_page import render_batch

    ended = [rows[item.name] for item in items if item.name in rows]
    missing = [{**each.given, "reason": each.reason} for each in absent]
    paths.write_atomic(folder / SUMMARY, write_csv(ended, COLUMNS))
    paths.write_atomic(folder / ABSENT, write_csv(missing, _ABSENT_COLUMNS))
    page = render_batch(folder.name, ended, missing, len(items))
    paths.write_atomic(folder / PAGE, page)
