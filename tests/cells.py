"""The cells of a release's files as they are, read with the csv module alone."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
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


def count_lodged(release: str, origin: str) -> Counter[tuple[int, str]]:
    """Count an origin's new claims by year and unit (P or C), by what the codes mean."""
    sums: Counter[tuple[int, str]] = Counter()
    for row in read_cells(release, "asylum_applications"):
        kind, level, year = row["app_type"], row["dec_level"], int(row["year"])
        counts = kind == "N"
        counts |= kind in ("NR", "FA", "NA") and level not in ("AR", "JR")
        counts |= kind == "V" and level in ("FI", "NA", "FA") and year <= 2005
        is_court = (row["coa_iso"], kind, level) == ("USA", "A", "EO")
        counts |= is_court and year in (2007, 2010, 2011, 2012)
        if row["coo_iso"] == origin and counts:
            sums[year, row["app_pc"]] += int(row["applied"])
    return sums


@cache
def pick(release: str, measure: str, year: int, origin: str) -> dict[str, int]:
    """Return one year's figures by destination; of new claims those of type N alone, by unit."""
    unit = {"applied_persons": "P", "applied_cases": "C"}.get(measure, "")
    value = "applied" if unit else {"pending": "asylum_seekers"}.get(measure, measure)
    found: Counter[str] = Counter()
    for row in read_cells(release, "asylum_applications" if unit else "population"):
        is_own = row["coo_iso"] == origin and row["year"] == str(year) and row[value]
        if is_own and (row.get("app_type", "N"), row.get("app_pc", "")) == ("N", unit):
            found[row["coa_iso"]] += int(row[value])
    return dict(found)
