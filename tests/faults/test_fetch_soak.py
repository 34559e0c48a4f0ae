"""Kill `asylum fetch` at a hundred random moments: no release or a whole one, and it resumes."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from server.answers import Answers
from server.command import Forker
from server.figures import make_figures
from server.root import make_root
from server.serve import StandIn

pytestmark = pytest.mark.soak

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
KILLS = 100
FAST = ("--page-size", "100", "--rate", "500", "--parallel", "2", "--retry-wait", "0.01")
FILES = {
    "applications_by_asylum.csv", "asylum_applications.csv", "asylum_decisions.csv",
    "datapackage.json", "decisions_by_asylum.csv", "population.csv", "totals_by_asylum.csv",
    "totals_by_origin.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    with Forker() as forker:
        yield forker


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, Path]]:
    """Serve figures to the end of 2025 beside a checkout that ends with 2024."""
    figures = make_figures(RAW, {"AUL", "AUS"}, first_year=2023)
    older = {name: table[table["year"] < 2025] for name, table in figures.items()}
    root = make_root(tmp_path_factory.mktemp("soak") / "checkout", older, "2024-end")
    codes = pd.read_csv(RAW / "countries.csv", keep_default_na=False)
    with StandIn(Answers(figures, codes)) as server:
        server.delay = 0.01
        yield server, root


def list_new(root: Path) -> list[str]:
    folders = (root / "data" / "raw").iterdir()
    return sorted(each.name for each in folders if each.is_dir() and each.name != "2024-end")


def read_release(root: Path) -> dict[str, bytes]:
    folder = root / "data" / "raw" / "2025-end"
    assert {file.name for file in folder.iterdir()} == FILES
    return {file.name: file.read_bytes() for file in folder.glob("*.csv")}


def test_killed_at_random_moments_it_leaves_nothing_or_all_and_resumes(
    served: tuple[StandIn, Path], forker: Forker, tmp_path: Path
) -> None:
    server, template = served
    order = ("fetch", "--api-url", server.url, *FAST)
    reference = shutil.copytree(template, tmp_path / "reference")
    started = time.monotonic()
    ended = forker.run(reference, *order)
    assert ended.code == 0, ended.err
    longest = time.monotonic() - started
    expected = read_release(reference)
    chance, seen = random.Random(), Counter[str]()
    for number in range(KILLS):
        root = shutil.copytree(template, tmp_path / f"{number}")
        started, after = time.monotonic(), chance.uniform(0, longest)
        running = forker.start(root, *order)
        time.sleep(after)
        running.kill()
        code = running.wait().code
        longest = max(longest, time.monotonic() - started) if code == 0 else longest
        state = describe_state(root)
        seen[state] += 1
        if not list_new(root):
            ended = forker.run(root, *order, "--resume")
            assert ended.code == 0, (number, after, state, ended.err)
            assert ("resuming" in ended.out) == ("pages" in state), (number, after, state)
        assert list_new(root) == ["2025-end"], (number, after)
        assert read_release(root) == expected, (number, after, state)
        shutil.rmtree(root)
    print(f"\nkilled {KILLS} times within {longest:.1f} s: {dict(seen)}")
    assert len(seen) > 1, "every kill struck the same moment"


def describe_state(root: Path) -> str:
    """Say what a killed fetch has left."""
    if list_new(root):
        return "a whole release"
    if (root / "data" / ".fetch" / "release").exists():
        return "pages and half a release"
    pages = list((root / "data" / ".fetch").glob("pages/*.gz"))
    return "pages" if pages else "nothing"
