"""What `asylum update` says of two runs: headlines, figures, breaks of the new year, verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from helpers.study import Study
from helpers.unhcr.update import describe_changes


def write_run(folder: Path, pending: int, **tables: pd.DataFrame) -> Path:
    """Write what the update reads of a run."""
    (folder / "tables").mkdir(parents=True)
    for name, table in tables.items():
        table.to_csv(folder / "tables" / f"{name}.csv", index=False)
    numbers = {"years": {"value": 1}, "pending": {"value": pending}}
    (folder / "numbers.json").write_text(json.dumps(numbers))
    manifest = {"parameters": {}, "headlines": [f"{pending} in all."]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def describe(tmp_path):
    """Return a function that compares runs of China on 2024-end and 2025-end."""
    before, after = (Study.resolve(release=name) for name in ("2024-end", "2025-end"))

    def run(**tables: pd.DataFrame) -> str:
        old = write_run(tmp_path / "old", 1000)
        new = write_run(tmp_path / "new", 5550, **tables)
        return describe_changes(before, after, old, new)

    return run


def test_headlines_and_figures_of_both_releases_are_shown(describe):
    text = describe()
    for said in (
        "- 1000 in all.", "- 5550 in all.", "1 of 2 numbers of the text differ",
        "No break is found in 2025", "no claims ledger",
        "origin CHN", "from 2024-end (", "to   2025-end (", "of a year's total",
    ):  # fmt: skip
        assert said in text


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
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line[:2] == "A-"}
    assert rows["A-1"] == ["5", "exact", "fits", "7", "off", "fits"]
    assert set(rows) == {"A-1", "A-3"}


def test_breaks_of_the_new_year_are_shown_by_their_effect(describe):
    breaks = pd.DataFrame({
        "asylum": ["QAA", "QBB", "QCC"], "year": [2025, 2025, 2020], "kind": "unit_change",
        "touches": "pending", "effect_on_origin": [5, -4000, 9], "is_explained": False,
    })  # fmt: skip
    text = describe(breaks=breaks)
    assert text.index("QBB") < text.index("QAA")
    assert "4,000" in text
    assert "QCC" not in text
