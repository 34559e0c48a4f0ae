"""Compare fetched tables with the newest release on file: what must not be lost, what changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from helpers.data.cell_changes import list_cells, match_cells
from helpers.data.columns import TABLES, Table
from helpers.unhcr.client import AnswerError

LEAST_ROWS = 0.9  # of a year's rows on file; revisions remove a few, a broken answer many
FEW_ROWS = 10  # a year of fewer rows may lose more
_SHOWN = 5

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Comparison:
    """How a fetched release differs from one on file.

    Attributes
    ----------
    release : str
        The release on file.
    years_added : tuple of int
        Years that it lacks.
    origins_added : tuple of str
        Origins that it does not hold pair by pair.
    revised : DataFrame
        table, cells (changed), rows_added, rows_gone, over the years and origins of both.
    destinations_lost, destinations_gained : tuple of str
        Countries of asylum with pending claims in the newest year on file, and not in the newest
        one fetched; and the other way round.
    """

    release: str
    years_added: tuple[int, ...]
    origins_added: tuple[str, ...]
    revised: pd.DataFrame
    destinations_lost: tuple[str, ...]
    destinations_gained: tuple[str, ...]

    @property
    def is_nothing_new(self) -> bool:
        """Whether every figure is as on file."""
        changed = int(self.revised[["cells", "rows_added", "rows_gone"]].to_numpy().sum())
        return not (self.years_added or self.origins_added or changed)

    def describe(self) -> list[str]:
        """Say it in a few lines."""
        changed = self.revised[self.revised[["cells", "rows_added", "rows_gone"]].any(axis=1)]
        lines = [
            f"compared with {self.release}: years added: {_list(self.years_added)}; "
            f"origins added: {_list(self.origins_added)}",
            f"destinations lost: {_list(self.destinations_lost)}; "
            f"gained: {_list(self.destinations_gained)}",
        ]
        for row in changed.itertuples(index=False):
            lines.append(
                f"revised in {row.table}: {row.cells} cells changed, "
                f"{row.rows_added} rows added, {row.rows_gone} rows gone"
            )
        return lines if len(changed) else [*lines, "no cell of the years on file was revised"]


def compare_tables(before: Tables, after: Tables, release: str) -> Comparison:
    """Compare two releases' raw tables.

    Parameters
    ----------
    before, after : mapping of str to DataFrame
        The seven tables on file, and as fetched.
    release : str
        The name of the one on file.
    """
    years = {name: set(before[name]["year"]) for name in TABLES}
    added = set(after["totals_by_asylum"]["year"]) - years["totals_by_asylum"]
    origins = list_origins(before)
    revised = [
        {
            "table": name,
            **count_changes(before[name], _cut(after[name], years[name], origins), table),
        }
        for name, table in TABLES.items()
    ]
    held, holds = _list_newest(before), _list_newest(after)
    return Comparison(
        release,
        tuple(sorted(int(year) for year in added)),
        tuple(sorted(list_origins(after) - origins)),
        pd.DataFrame(revised),
        tuple(sorted(held - holds)),
        tuple(sorted(holds - held)),
    )


def list_origins(tables: Tables) -> set[str]:
    """Return the origins that the tables hold pair by pair."""
    pairs = ("population", "asylum_applications", "asylum_decisions")
    return {str(code) for name in pairs for code in tables[name]["coo_iso"].unique()}


def _cut(table: pd.DataFrame, years: Collection[int], origins: Collection[str]) -> pd.DataFrame:
    """Keep what both releases can hold; a table of totals covers every origin anyway."""
    table = table[table["year"].isin(years)]
    return (
        table[table["coo_iso"].isin(origins)]
        if "coa_iso" in table and "coo_iso" in table
        else table
    )


def count_changes(before: pd.DataFrame, after: pd.DataFrame, table: Table) -> dict[str, int]:
    """Count cells that changed in rows of both, and rows that only one has."""
    key = list(table.key)
    counts = [
        field.name for field in table.fields if field.type == "integer" and field.name != "year"
    ]
    old, new = (pd.MultiIndex.from_frame(frame[key]) for frame in (before, after))
    left, right = (list_cells(frame, key, counts) for frame in (before, after))
    changed = pd.MultiIndex.from_frame(match_cells(left, right, key)[key])
    shared = len(old.intersection(new))
    return {
        "cells": int((changed.isin(old) & changed.isin(new)).sum()),
        "rows_added": len(new) - shared,
        "rows_gone": len(old) - shared,
    }


def check_floors(before: Tables, after: Tables, release: str) -> None:
    """Refuse fetched tables that lost years, origins or many rows against the release on file.

    Raises
    ------
    AnswerError
        With table, year and both row counts.
    """
    gone = list_origins(before) - list_origins(after)
    if gone:
        raise AnswerError(f"no row came for {_list(sorted(gone))}, which {release} holds")
    origins = list_origins(before)
    for name in TABLES:
        kept = _cut(after[name], set(before[name]["year"]), origins)
        least = before[name]["year"].value_counts().sort_index()
        found = kept["year"].value_counts().reindex(least.index, fill_value=0)
        short = found[(found < LEAST_ROWS * least) & (found < least - FEW_ROWS)]
        lost = found[found == 0]
        wrong = sorted({int(year) for year in [*short.index, *lost.index]})
        if wrong:
            said = "; ".join(f"{year}: {found[year]} of {least[year]}" for year in wrong[:_SHOWN])
            raise AnswerError(
                f"{name} lost rows against {release} in {len(wrong)} years ({said}): "
                f"at least {LEAST_ROWS:.0%} of a year's rows must come again"
            )


def _list_newest(tables: Tables) -> set[str]:
    table = tables["totals_by_asylum"]
    return {str(code) for code in table.loc[table["year"] == table["year"].max(), "coa_iso"]}


def _list(values: Collection[object]) -> str:
    return ", ".join(str(value) for value in values) or "none"
