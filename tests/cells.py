"""The cells of a release's files as they are, read with the csv module alone."""

import csv
import gzip
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
from pandas.testing import assert_series_equal

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
COUNTS = ("asylum_seekers", "refugees", "oip", "applied", "dec_", "origins")
NAMES = {"P": "persons", "C": "cases"}
LEVELS = {"FI": "first", "IN": "first", "EO": "first", "AR": "appeal", "JR": "appeal"}


@cache
def read_cells(release: str, table: str) -> list[dict[str, str]]:
    """Return a table's rows as text, from its plain or its compressed file."""
    file = RAW / release / f"{table}.csv"
    packed = file.with_name(f"{file.name}.gz")
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes()
    return list(csv.DictReader(content.decode("utf-8").splitlines()))


@cache
def read_rows(release: str, table: str) -> pd.DataFrame:
    """Return a table's rows, years and counts as numbers: 0 where a cell is empty."""
    rows = pd.DataFrame(read_cells(release, table))
    labels = {"dec_level", "dec_pc"}
    counts = [name for name in rows if name.startswith(COUNTS) and name not in labels]
    numbers = {name: pd.to_numeric(rows[name]).fillna(0).astype(int) for name in counts}
    return rows.assign(year=rows["year"].astype(int), **numbers)


def read_own(release: str, table: str, origin: str, first: int = 2000) -> pd.DataFrame:
    """Return an origin's rows (`read_rows`) from a year on."""
    rows = read_rows(release, table)
    return rows[rows["coo_iso"].eq(origin) & rows["year"].ge(first)]


def sum_cells(release: str, table: str, column: str, **labels: object) -> int:
    """Add up a column of a file, of the rows with these labels."""
    rows = read_rows(release, table)
    fits = pd.Series(data=True, index=rows.index)
    for name, value in labels.items():
        fits &= rows[name].isin(value) if isinstance(value, tuple) else rows[name].eq(value)
    return int(rows.loc[fits, column].sum())


def name_rules(rows: pd.DataFrame) -> pd.Series:
    """Name the rule by which each row counts as lodged, by what its codes mean; or an empty one."""
    kind, level, year = rows["app_type"], rows["dec_level"], rows["year"]
    rule = pd.Series("", index=rows.index)
    is_open = kind.isin(["NR", "FA", "NA"]) & ~level.isin(["AR", "JR", "RA"])
    is_told = kind.eq("V") & level.isin(["FI", "NA", "FA"])
    is_court = rows["coa_iso"].eq("USA") & kind.eq("A") & level.eq("EO")
    is_court &= year.isin([2007, 2010, 2011, 2012])
    rule = rule.mask(is_told, "stages-not-told-apart").mask(is_court, "us-court-as-appeal")
    return rule.mask(is_open, "new-with-others").mask(kind.eq("N"), "new")


@cache
def pick(release: str, measure: str, year: int, origin: str = "CHN") -> dict[str, int]:
    """Return one year's figures by destination; of new claims those of type N alone, by unit."""
    unit = {"applied_persons": "P", "applied_cases": "C"}.get(measure, "")
    value = "applied" if unit else {"pending": "asylum_seekers"}.get(measure, measure)
    found: Counter[str] = Counter()
    for row in read_cells(release, "asylum_applications" if unit else "population"):
        is_own = row["coo_iso"] == origin and row["year"] == str(year) and row[value]
        if is_own and (row.get("app_type", "N"), row.get("app_pc", "")) == ("N", unit):
            found[row["coa_iso"]] += int(row[value])
    return dict(found)


def assert_same(found: pd.Series, plain: pd.Series) -> None:
    """Compare the figures of two series, whatever their order, names and types."""
    assert_series_equal(found.sort_index(), plain.sort_index(), check_names=False,
                        check_dtype=False, check_index_type=False)  # fmt: skip
