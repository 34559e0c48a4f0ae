"""`asylum update` as a process: fetch, run, what changed; and what happens when one fails."""

import pytest
from plain.checkout import list_files
from server.serve import Fault

FAST = ("--page-size", "400", "--rate", "500", "--retry-wait", "0.01", "--retries", "1",
        "--workers", "1")  # fmt: skip
TABLES = """
from helpers.analysis import revisions
from helpers.data.releases import load_history
from helpers.plots.page import Page

page = Page("01_all", scope)
history = load_history(scope.origin)
cells = revisions.list_releases_figures(history, history.releases, scope.years)
page.save(revisions.list_revisions(cells, history.releases), "revisions.csv")
"""
LEDGER = """
import pandas as pd

page.save(pd.DataFrame({
    "claim_id": ["A-1", "A-1", "A-2", "A-2", "A-3", "A-3"], "release": ["2024-end", "2025-end"] * 3,
    "recomputed": [5, 7, 5, 6, None, None],
    "figure": ["exact", "off", "off", "off", "untestable", "untestable"],
    "wording": ["fits", "fits", "fits", "fits", "fits", "other-year"],
})[:rows], "claims_by_release.csv")
"""
WHOLE = TABLES, "rows = 6\n" + LEDGER


@pytest.fixture
def root(tmp_path, next_year, add_notebook):
    root = next_year.start_anew(tmp_path / "checkout")
    add_notebook(root, "01_all", *WHOLE)
    return root


@pytest.fixture
def update(forker, root, next_year):
    url = next_year.server.url
    return lambda *more: forker.run(root, "update", "--api-url", url, *FAST, *more)


@pytest.mark.slow
def test_the_new_year_is_fetched_run_and_told_once(root, update, next_year):
    figures = {name: table.copy() for name, table in next_year.figures.items()}
    stocks = figures["population"]
    row = stocks.query("coo_iso == 'CHN' and year == 2023")["asylum_seekers"].idxmax()
    stocks.loc[row, "asylum_seekers"] += 5
    next_year.server.answers.set_figures(figures)
    ended = update()
    assert ended.returncode == 0, ended.stderr
    told = ended.stdout[ended.stdout.index("What release") :].splitlines()
    assert told == [
        "What release 2025-end changes: Asylum-seekers from China, by leadership era",
        "  compared with: 2024-end",
        "  new years: 2025",
        "  completed years: none",
        "  figures of past years that moved: 1",
        "  verdicts on claims that flipped: 2 of 3 (A-1 and A-3)",
        "  in full: runs/china-2025-end/notebooks/06_revisions.ipynb",
    ]
    before = list_files(root)
    ended = update("--quiet")
    assert (ended.returncode, ended.stdout.splitlines()) == (0, told), ended.stderr
    assert list_files(root) == before


@pytest.mark.slow
def test_a_failing_notebook_is_named_and_a_later_update_goes_on(root, update, add_notebook):
    add_notebook(root, "01_all", *WHOLE, 'raise RuntimeError("not yet")')
    ended = update()
    assert ended.returncode == 1
    for said in ("01_all", "RuntimeError: not yet", "asylum update goes on"):
        assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (root / "data" / "raw" / "2025-end" / "datapackage.json").is_file()
    add_notebook(root, "01_all", TABLES, "rows = 0\n" + LEDGER)
    ended = update("--quiet")
    assert ended.returncode == 0, ended.stderr
    assert "new years: 2025" in ended.stdout
    assert "verdicts" not in ended.stdout


def test_where_the_fetch_fails_nothing_is_run(root, update, next_year):
    next_year.server.faults = [Fault("population", 1, does_reset=True)]
    before = list_files(root)
    ended = update()
    assert ended.returncode == 2
    assert "cannot be reached" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list_files(root) == before
