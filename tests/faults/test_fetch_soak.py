"""`asylum fetch`, killed at a hundred random moments, leaves no release or a whole one."""

import random
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest
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
