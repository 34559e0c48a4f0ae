"""What `asylum update` says of two runs: new years, totals that moved, revised cells, verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from helpers.study import Study
from helpers.unhcr.update import describe_changes


def write_run(folder: Path, pending: dict[int, int], **tables: pd.DataFrame) -> Path:
    """Write what the update reads of a run."""
    (folder / "tables").mkdir(parents=True)
    years = list(pending)
    tables = {
        "pending_by_year": pd.DataFrame({
            "year": years, "pending": list(pending.values()), "pending_excl_largest": 3,
        }),
        "applications_by_year": pd.DataFrame({
            "year": years * 2, "stage": ["new"] * len(years) + ["appeal"] * len(years),
            "unit": "persons", "applied": [7] * len(years) + [999] * len(years),
        }),
        "decisions_by_year": pd.DataFrame({
            "year": years, "level": "first", "unit": "cases", "recognition_rate": 0.25,
            "protection_rate": 0.5,
        }),
    } | tables  # fmt: skip
    for name, table in tables.items():
        table.to_csv(folder / "tables" / f"{name}.csv", index=False)
    numbers = {
        name: {"value": value} for name, value in {"a": 1, "b": max(pending.values())}.items()
    }
    (folder / "numbers.json").write_text(json.dumps(numbers))
    manifest = {"parameters": {}, "headlines": [f"{max(pending.values())} in all."]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def describe(tmp_path):
    """Return a function that compares runs of China on 2024-end and 2025-end."""
    before, after = (
        Study.resolve(study="china", release=name) for name in ("2024-end", "2025-end")
    )

    def run(**tables: pd.DataFrame) -> str:
        old = write_run(tmp_path / "old", {2023: 900, 2024: 1000})
        new = write_run(tmp_path / "new", {2023: 900, 2024: 1040, 2025: 5550}, **tables)
        return describe_changes(before, after, old, new)

    return run


def has_row(text: str, *cells: str) -> bool:
    """Tell whether one line holds all these cells in order."""
    return any(line.split("  ") and _holds(line, cells) for line in text.splitlines())


def _holds(line: str, cells: tuple[str, ...]) -> bool:
    found = [cell.strip() for cell in line.split("  ") if cell.strip()]
    return found == list(cells)


def test_new_years_and_past_ones_are_told_apart(describe):
    text = describe()
    new, past = text.split("## Past years")
    assert has_row(new, "claims pending", "2025", "–", "5,550", "1,040")
    assert has_row(new, "new claims, persons", "2025", "–", "7", "7")
    assert has_row(
        new, "recognition rate in percent, first instance, cases", "2025", "–", "25", "25"
    )
    assert has_row(past, "claims pending", "2024", "1,000", "1,040")
    assert "999" not in text
    assert "2023" not in past
    assert "- 1000 in all." in text
    assert "- 5550 in all." in text
    assert "1 of 2 numbers of the text differ" in text
    for said in ("No break is found", "no table of revisions", "no claims ledger"):
        assert said in text


def test_cells_of_past_years_are_counted_and_the_largest_shown(describe):
    revisions = pd.DataFrame({
        "release_from": ["2024-end"] * 3 + ["2023-end"],
        "release_to": ["2025-end"] * 3 + ["2024-end"], "table": "population",
        "year": [2020, 2021, 2025, 2020], "asylum": ["AUS", "DEU", "FRA", "ITA"],
        "before": [50, None, None, 1], "after": [60, 2000, 777, 99], "measure": "pending",
        "change": ["revised", "added", "added", "revised"],
        "year_state": ["past", "past", "new", "past"], "period_to": "end",
    })  # fmt: skip
    text = describe(revisions=revisions)
    assert has_row(text, "population", "past", "1", "1", "0", "0")
    assert text.index("DEU") < text.index("AUS")
    assert has_row(text, "DEU", "2021", "pending", "–", "2,000", "2,000")
    assert "FRA" not in text
    assert "ITA" not in text


def test_a_verdict_flips_where_a_code_does_and_not_where_the_number_alone_moves(describe):
    claims = pd.DataFrame(
        [
            ("A-1", "2024-end", "5", "exact", "fits"), ("A-1", "2025-end", "7", "off", "fits"),
            ("A-2", "2024-end", "5", "off", "fits"), ("A-2", "2025-end", "6", "off", "fits"),
            ("A-3", "2024-end", None, "untestable", "fits"),
            ("A-3", "2025-end", None, "untestable", "other-year"),
        ],
        columns=["claim_id", "release", "recomputed", "figure", "wording"],
    )  # fmt: skip
    text = describe(claims_by_release=claims)
    assert "2 of 3 claims are judged differently" in text
    assert has_row(text, "A-1", "5", "exact", "fits", "7", "off", "fits")
    assert "A-3" in text
    assert "A-2" not in text


def test_breaks_of_the_new_year_are_shown_by_their_effect(describe):
    breaks = pd.DataFrame({
        "asylum": ["AUS", "USA", "GBR"], "year": [2025, 2025, 2020], "kind": "unit_change",
        "touches": "pending", "effect_on_origin": [5, -4000, 9], "is_explained": False,
    })  # fmt: skip
    text = describe(breaks=breaks)
    assert text.index("USA") < text.index("AUS")
    assert "-4,000" in text or "−4,000" in text
    assert "GBR" not in text
