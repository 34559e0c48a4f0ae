"""Count what cleaning does to every table: what was dropped, changed, or kept though odd.

A rule that hit nothing is listed with 0, so that silence is told from absence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

COLUMNS = ("table", "rule", "action", "rows", "detail")
ACTIONS = ("dropped", "merged", "changed", "kept")


@dataclass
class Ledger:
    """The growing record of what cleaning does; `frame` turns it into the quality table.

    >>> ledger = Ledger()
    >>> ledger.record("population", "no_figure", "dropped", 2, "rows without a figure")
    >>> print(ledger.frame()[["table", "rule", "rows"]].to_string(index=False))
         table      rule  rows
    population no_figure     2
    """

    entries: list[tuple[str, str, str, int, str]] = field(default_factory=list)

    def record(self, table: str, rule: str, action: str, rows: float, detail: str) -> None:
        """Add one rule's count for one table."""
        if action not in ACTIONS:
            raise ValueError(f"unknown action {action!r}: use one of {', '.join(ACTIONS)}")
        self.entries.append((table, rule, action, int(rows), detail))

    def frame(self) -> pd.DataFrame:
        """Return table, rule, action, rows, detail; a row per table and rule, zeros included."""
        frame = pd.DataFrame(self.entries, columns=list(COLUMNS))
        return frame.astype({"rows": "int64"})


def count_removed(quality: pd.DataFrame) -> pd.Series:
    """Return how many rows each table lost by dropping and merging, indexed by table."""
    removed = quality[quality["action"].isin(["dropped", "merged"])]
    return removed.groupby("table")["rows"].sum()


def count_rows(
    tables: Mapping[str, pd.DataFrame],
    cleaned: Mapping[str, pd.DataFrame],
    recorded: pd.DataFrame | None,
) -> pd.DataFrame:
    """Return table, year, recorded, read, kept: rows a year on paper, in the file, in the core."""
    parts = []
    for name in tables:
        read = tables[name].groupby("year").size().rename("read")
        kept = cleaned[name].groupby("year").size().rename("kept")
        parts.append(pd.concat([read, kept], axis=1).rename_axis("year").reset_index())
        parts[-1].insert(0, "table", name)
    counted = pd.concat(parts, ignore_index=True)
    if recorded is None:
        recorded = pd.DataFrame({"table": [], "year": [], "recorded": []})
    recorded = recorded.astype({"table": "str", "year": "int64", "recorded": "Int64"})
    whole = recorded.merge(counted, on=["table", "year"], how="outer")
    whole[["read", "kept"]] = whole[["read", "kept"]].fillna(0).astype("int64")
    return whole[["table", "year", "recorded", "read", "kept"]]
