"""Long tests of a fetched release.

`asylum fetch` killed at a hundred random moments leaves no release or a whole one; an origin that
was not on file before runs through all notebooks.
"""

import random
import shutil
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from plain.checkout import PROJECT
from server.root import serve_next_year

pytestmark = pytest.mark.soak

KILLS = 100
FAST = ("--page-size", "100", "--rate", "500", "--retry-wait", "0.01")
FILES = {
    "applications_by_asylum.csv", "asylum_applications.csv", "asylum_decisions.csv",
    "datapackage.json", "decisions_by_asylum.csv", "population.csv", "totals_by_asylum.csv",
    "totals_by_origin.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serve_next_year(tmp_path_factory.mktemp("soak"), {"AUL", "AUS"}, 2023) as served:
        yield served


def list_new(root: Path) -> list[str]:
    folders = (root / "data" / "raw").iterdir()
    return sorted(each.name for each in folders if each.is_dir() and each.name != "2024-end")


def read_release(root: Path) -> dict[str, bytes]:
    folder = root / "data" / "raw" / "2025-end"
    assert {file.name for file in folder.iterdir()} == FILES
    return {file.name: file.read_bytes() for file in folder.glob("*.csv")}


def test_killed_at_random_moments_it_leaves_no_release_or_a_whole_one(served, forker, tmp_path):
    order = ("fetch", "--api-url", served.server.url, *FAST)
    reference = served.start_anew(tmp_path / "reference")
    served.server.delay = 0.01
    started = time.monotonic()
    ended = forker.run(reference, *order)
    assert ended.returncode == 0, ended.stderr
    longest = time.monotonic() - started
    expected = read_release(reference)
    chance, seen = random.Random(), Counter[str]()
    for number in range(KILLS):
        root = Path(shutil.copytree(served.template, tmp_path / f"{number}"))
        started, after = time.monotonic(), chance.uniform(0, longest)
        running = forker.start(root, *order)
        time.sleep(after)
        running.kill()
        code = running.wait().returncode
        longest = max(longest, time.monotonic() - started) if code == 0 else longest
        seen["a release" if list_new(root) else "none"] += 1
        if not list_new(root):
            ended = forker.run(root, *order)
            assert ended.returncode == 0, (number, after, ended.stderr)
        assert list_new(root) == ["2025-end"], (number, after)
        assert read_release(root) == expected, (number, after)
        shutil.rmtree(root)
    print(f"\nkilled {KILLS} times within {longest:.1f} s: {dict(seen)}")
    assert len(seen) > 1, "every kill struck the same moment"


def test_a_fetched_release_holds_every_origin_and_runs_through_all_notebooks(forker, tmp_path):
    """Also where it names a country and a level that are not known."""
    places = {"USA", "AUL", "CAN", "GFR", "GBR", "FRA", "ITA", "KOR"}
    with serve_next_year(tmp_path, places, 2000) as served:
        root = served.start_anew(tmp_path / "checkout")
        for notebook in (PROJECT / "notebooks").glob("*.py"):
            shutil.copy(notebook, root / "notebooks")
        figures = {name: table.copy() for name, table in served.figures.items()}
        for table, column, value in (
            ("population", "coa", "QQQ"), ("population", "coa_iso", "QQQ"),
            ("asylum_decisions", "dec_level", "XY"),
        ):  # fmt: skip
            own = figures[table].query("coo_iso == 'IND' and year == 2025")
            figures[table].loc[own.index[0], column] = value
        served.server.answers.set_figures(figures)
        ended = forker.run(root, "fetch", "--api-url", served.server.url, "--rate", "500")
        assert ended.returncode == 0, ended.stderr
        ended = forker.run(root, "run", "--origin", "IND", "--release", "2025-end")
        assert ended.returncode == 0, ended.stderr
        folder = root / "runs" / "china-2025-end-IND"
        pending = pd.read_csv(folder / "tables" / "pending_by_year.csv").set_index("year")[
            "pending"
        ]
        stocks = figures["population"].query("coo_iso == 'IND' and asylum_seekers > 0")
        expected = stocks.groupby("year")["asylum_seekers"].sum()
        assert (pending.loc[expected.index] == expected).all()
        assert "India" in (folder / "report.html").read_text(encoding="utf-8")
        assert "QQQ" in (folder / "tables" / "destinations.csv").read_text(encoding="utf-8")
