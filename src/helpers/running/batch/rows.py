"""A run as one row: its parameters, how it ended, its key numbers, its breaks and its time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.publish.report import PAGE
from helpers.running.batch.matrix import PARAMETERS
from helpers.running.jobs import Failure
from helpers.running.manifest import FILE
from helpers.running.results import NUMBERS

# What notebooks define under these names, in the order of the columns.
KEY_NUMBERS = (
    "last_year", "last_pending", "last_world_share", "peak_year", "peak_pending", "first_name",
    "first_share", "last_era_prose", "lodged_persons", "lodged_cases", "claims_testable",
    "claims_reproduced", "claims_fits",
)  # fmt: skip
COLUMNS = (
    "run", *PARAMETERS, "outcome", *KEY_NUMBERS, "breaks", "severe_breaks", "seconds", "error",
    "manifest", "report",
)  # fmt: skip

Row = Mapping[str, Any]


def make_row(folder: Path, place: str, manifest: Mapping[str, Any]) -> Row:
    """Make a run's row.

    Parameters
    ----------
    folder : Path
        Where the run is now.
    place : str
        Its folder's name in the batch.
    manifest : dict
        The run's manifest.
    """
    numbers = _read_numbers(folder / NUMBERS)
    error = manifest["error"]
    return {
        "run": manifest["name"],
        **{name: manifest["parameters"][name] for name in PARAMETERS},
        "outcome": manifest["outcome"],
        **{name: numbers.get(name) for name in KEY_NUMBERS},
        **_count_breaks(folder / "tables" / "breaks.csv"),
        "seconds": round(sum(manifest["seconds"].values()), 1),
        "error": Failure(**error).describe() if error else None,
        "manifest": f"{place}/{FILE}",
        "report": f"{place}/{PAGE}" if (folder / PAGE).exists() else None,
    }


def make_bare_row(name: str, parameters: Mapping[str, Any], error: str) -> Row:
    """Make the row of a run that could not be put together."""
    known = {"run": name, "outcome": "failed", "error": error}
    return dict.fromkeys(COLUMNS) | {n: parameters[n] for n in PARAMETERS} | known


def _read_numbers(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    found = json.loads(file.read_text(encoding="utf-8"))
    return {name: number["value"] for name, number in found.items()}


def _count_breaks(file: Path) -> dict[str, int | None]:
    if not file.is_file():
        return {"breaks": None, "severe_breaks": None}
    with file.open(encoding="utf-8", newline="") as lines:
        severities = [line["severity"] for line in csv.DictReader(lines)]
    return {"breaks": len(severities), "severe_breaks": severities.count("high")}


def write_csv(rows: Sequence[Row], columns: Sequence[str] = COLUMNS) -> str:
    """Write rows as CSV; what is missing is an empty cell."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
