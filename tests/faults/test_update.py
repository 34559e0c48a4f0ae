"""`asylum update` as a process: fetch, rerun, what changed; and what happens when one fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from server.command import Ended, Forker
from server.root import NextYear, list_files, serve_next_year
from server.serve import Fault

FAST = ("--page-size", "400", "--rate", "500", "--retry-wait", "0.01", "--retries", "1",
        "--workers", "1")  # fmt: skip
TABLES = """
import pandas as pd

from helpers.analysis import measures
from helpers.plots.page import Page
from helpers.data.releases import load_core

page = Page("01_all", scope)
core = load_core(scope.release)
own = measures.select_origin(core.pending, scope.origin, scope.years)
by_year = measures.measure_pending(own, core.by_origin, scope.years, "AUT")
by_year = by_year.assign(
    lower=by_year["pending"], upper=by_year["pending"], is_comparable=True, broken_by=None
)
page.save(by_year, "pending_by_year.csv")
claims = measures.select_origin(core.applications, scope.origin, scope.years)
page.save(measures.measure_applications(claims, scope.years), "applications_by_year.csv")
decided = measures.select_origin(core.decisions, scope.origin, scope.years)
page.save(measures.measure_decisions(decided, scope.years), "decisions_by_year.csv")
"""
LEDGER = """
page.save(pd.DataFrame({
    "claim_id": "A-1", "release": ["2024-end", "2025-end"], "recomputed": [5, 7],
    "figure": ["exact", "off"], "wording": "fits",
}), "claims_by_release.csv")
"""
SAYS = """
from helpers.prose.passages import say

last = by_year.iloc[-1]
say("{{ last.pending | count }} claims were pending in {{ last.year }}.", is_headline=True)
"""


@pytest.fixture(scope="module")
def next_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NextYear]:
    with serve_next_year(tmp_path_factory.mktemp("update"), {"AUL", "AUS"}, 2022) as served:
        yield served


@pytest.fixture
def root(tmp_path: Path, next_year: NextYear, add_notebook: Callable[..., Path]) -> Path:
    root = next_year.start_anew(tmp_path / "checkout")
    add_notebook(root, "01_all", TABLES, LEDGER, SAYS)
    return root


@pytest.fixture
def update(forker: Forker, root: Path, next_year: NextYear) -> Callable[..., Ended]:
    def run(*more: str) -> Ended:
        return forker.run(root, "update", "--api-url", next_year.server.url, *FAST, *more)

    return run


@pytest.mark.slow
def test_the_new_year_is_fetched_run_and_told_once(
    root: Path, update: Callable[..., Ended], next_year: NextYear
) -> None:
    ended = update()
    assert ended.code == 0, ended.err
    assert ended.out.rstrip().endswith("runs/china-2025-end/changes.md")
    folder = root / "runs" / "china-2025-end"
    assert (root / "runs" / "china-2024-end" / "manifest.json").is_file()
    listed = json.loads((folder / "manifest.json").read_text())["outputs"]
    assert "changes.md" in listed
    stocks = next_year.figures["population"].query("coo_iso == 'CHN'")
    pending = stocks.groupby("year")["asylum_seekers"].sum()
    text = (folder / "changes.md").read_text()
    for said in (f"{pending[2025]:,}", "A-1", "1 of 1 claims", "No break is found",
                 f"- {pending[2024]:,} claims were pending in 2024.",
                 f"- {pending[2025]:,} claims were pending in 2025.", "numbers of the text differ",
                 "past years did not move"):  # fmt: skip
        assert said in text
        assert said in ended.out
    before = list_files(root)
    ended = update()
    assert ended.code == 0, ended.err
    assert "nothing new" in ended.out
    assert list_files(root) == before


@pytest.mark.slow
def test_a_failing_notebook_is_named_and_a_later_update_goes_on(
    root: Path, update: Callable[..., Ended], add_notebook: Callable[..., Path]
) -> None:
    fails = 'if scope.release == "2025-end":\n    raise RuntimeError("not yet")'
    add_notebook(root, "01_all", TABLES, SAYS, fails)
    ended = update()
    assert ended.code == 1
    assert "01_all" in ended.err
    assert "RuntimeError: not yet" in ended.err
    assert "asylum update goes on" in ended.err
    assert "Traceback" not in ended.err
    assert (root / "data" / "raw" / "2025-end" / "datapackage.json").is_file()
    assert not list((root / "runs").rglob("changes.md"))
    add_notebook(root, "01_all", TABLES, SAYS)
    ended = update("--quiet")
    assert (ended.code, ended.out) == (0, "runs/china-2025-end/changes.md\n"), ended.err
    text = (root / "runs" / "china-2025-end" / "changes.md").read_text()
    assert "no claims ledger" in text


@pytest.mark.parametrize(
    ("fault", "more", "said"),
    [
        (Fault("population", is_probe=None, status=404), (), "answered 404"),
        (Fault("population", 1, does_reset=True), (), "not to be reached"),
        (None, ("--period", "quarter"), "mid or end"),
        (None, ("--no-fetch",), "no release before 2024-end"),
    ],
)
def test_where_the_fetch_fails_nothing_is_run(
    root: Path, update: Callable[..., Ended], next_year: NextYear, fault: Fault | None,
    more: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    next_year.server.faults = [fault] if fault else []
    before = list_files(root)
    ended = update(*more)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert list_files(root) == before
