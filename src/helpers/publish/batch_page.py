"""What a batch's runs found, side by side: summary.csv and index.html."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment

_TEMPLATE = Path(__file__).with_name("batch.html.j2")
# The columns of summary.csv. Those with a heading are on the page too, numbers in their format.
_COLUMNS = pd.read_csv(Path(__file__).with_name("batch_columns.csv"), keep_default_na=False)
COLUMNS = tuple(_COLUMNS["column"])
Row = dict[str, Any]


def make_row(
    name: str, parameters: Mapping[str, Any], error: str | None, folder: Path | None
) -> Row:
    """Make a row of summary.csv from a run's folder in the batch; None where none came back."""
    ended = {"run": name, "outcome": "failed" if error else "complete", "error": error}
    row: Row = dict.fromkeys(COLUMNS) | dict(parameters) | ended
    if folder is None:
        return row
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    row["seconds"] = round(sum(manifest["seconds"].values()), 1)
    for file in ("manifest.json", "report.html"):
        if (folder / file).exists():
            row[file.partition(".")[0]] = f"{folder.name}/{file}"
    numbers = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
    for what in ("testable", "reproduced", "fits"):
        row[f"claims_{what}"] = numbers.get(f"05_claims/found.{what}", {}).get("value")
    return row | _read_tables(folder)


def _read_tables(folder: Path) -> Row:
    """Read a run's key figures from its tables; those of a table that is not there are left out."""
    found: Row = {}
    if stocks := [line for line in _read_table(folder, "pending_by_year") if line["pending"]]:
        last, peak = stocks[-1], max(stocks, key=lambda line: int(line["pending"]))
        found |= {"last_year": int(last["year"]), "last_pending": int(last["pending"])}
        found |= {"peak_year": int(peak["year"]), "peak_pending": int(peak["pending"])}
        found["last_world_share"] = float(last["share_of_world"])
        for line in _read_table(folder, "destinations"):
            if (line["year"], line["rank"]) == (last["year"], "1"):
                found |= {"first_name": line["name"], "first_share": float(line["share"])}
    for line in _read_table(folder, "period_means"):
        if line["measure"] == "applied_middle" and int(line["n_years"]):
            found["last_period"] = line["span"]
            for bound, name in (("lower", "lodged_least"), ("upper", "lodged_most")):
                found[name] = round(float(line[bound])) if line[bound] else None
    if (folder / "tables" / "breaks.csv").exists():
        severities = [line["severity"] for line in _read_table(folder, "breaks")]
        found |= {"breaks": len(severities), "severe_breaks": severities.count("high")}
    return found


def _read_table(folder: Path, name: str) -> list[dict[Any, str]]:
    """Read a table's rows as text; none where the run has no such table."""
    file = folder / "tables" / f"{name}.csv"
    if not file.exists():
        return []
    return pd.read_csv(file, dtype="str", keep_default_na=False).to_dict("records")


def write_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = COLUMNS) -> str:
    """Write rows as CSV; what is missing is an empty cell."""
    table = pd.DataFrame(list(rows), columns=list(columns), dtype=object)
    return table.to_csv(index=False, lineterminator="\n")


def render_batch(
    name: str, rows: Sequence[Row], absent: Sequence[Mapping[str, Any]], total: int
) -> str:
    """Render a batch's overview of `total` runs: one HTML page without scripts that loads nothing.

    `rows` are the runs that have ended, `absent` the combinations that are not in the data.
    """
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    shown = {
        key: (heading, form)
        for key, heading, form in _COLUMNS[_COLUMNS["heading"] != ""].itertuples(index=False)
        if any(row[key] is not None for row in rows)
    }
    return template.render(
        name=name,
        rows=rows,
        columns=shown,
        failed=[row for row in rows if row["error"]],
        absent=absent,
        left=total - len(rows),
        total=total,
    )
