"""The cells of a release's files as they are, read with the csv module alone."""

from __future__ import annotations

import csv
import gzip
from functools import cache
from pathlib import Path

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"


@cache
def read_cells(release: str, table: str) -> list[dict[str, str]]:
    """Return a table's rows as text, from its plain or its compressed file."""
    file = RAW / release / f"{table}.csv"
    packed = file.with_name(f"{file.name}.gz")
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes()
    return list(csv.DictReader(content.decode("utf-8").splitlines()))
