"""A notebook run with an older release says what that release says, and nothing that came later.

The same notebooks run twice: with `--release` where all releases are on file, and by default in a
checkout that ends with that release.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
THEN = "2023-mid"
KNOWN = ("2022-mid", "2022-end", "2023-mid")
NOTEBOOKS = ("03_eras", "06_revisions")


def make_root(folder: Path, *, is_cut: bool) -> Path:
    """Copy a checkout with the notebooks that are run; cut, its releases end with THEN."""
    (folder / "notebooks").mkdir(parents=True)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    shutil.copytree(PROJECT / "data", folder / "data")
    for name in NOTEBOOKS:
        shutil.copy(PROJECT / "notebooks" / f"{name}.py", folder / "notebooks")
    for path in (folder / "data" / "raw").iterdir():
        if is_cut and path.is_dir() and path.name not in KNOWN:
            shutil.rmtree(path)
    return folder


def run(root: Path, *arguments: str) -> Path:
    asylum = Path(sys.executable).with_name("asylum")
    done = subprocess.run(
        [asylum, "run", "--name", "then", *arguments], cwd=root, capture_output=True, text=True,
        env=os.environ | {"ASYLUM_ROOT": str(root)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return root / "runs" / "then"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run with the older release where newer ones are on file as well."""
    root = make_root(tmp_path_factory.mktemp("now") / "checkout", is_cut=False)
    return run(root, "--release", THEN)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run by default where the older release is the newest."""
    return run(make_root(tmp_path_factory.mktemp("then") / "checkout", is_cut=True))


def test_tables_figures_and_numbers_are_those_of_the_day(asked: Path, lived: Path) -> None:
    files = sorted(path.relative_to(lived) for path in lived.glob("*/*") if path.is_file())
    files = [path for path in files if path.parts[0] in {"tables", "figures"}]
    assert {"tables/revisions.csv", "tables/pending_by_year.csv"} <= {str(path) for path in files}
    assert len(files) > 10
    for file in [*files, Path("numbers.json")]:
        assert (asked / file).read_bytes() == (lived / file).read_bytes(), file


def test_the_figures_are_those_of_the_older_release(asked: Path) -> None:
    sums: defaultdict[int, int] = defaultdict(int)
    file = PROJECT / "data" / "raw" / THEN / "population.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["coo_iso"] == "CHN" and row["asylum_seekers"]:
                sums[int(row["year"])] += int(row["asylum_seekers"])
    with (asked / "tables" / "pending_by_year.csv").open(newline="", encoding="utf-8") as lines:
        rows = {int(row["year"]): row for row in csv.DictReader(lines)}
    assert sorted(rows) == list(range(2000, 2024))
    assert {year: int(row["pending"]) for year, row in rows.items()} == {
        year: sums[year] for year in rows
    }
    assert [row["period"] for row in rows.values()] == ["end"] * 23 + ["mid"]


def test_no_later_release_is_compared(asked: Path) -> None:
    with (asked / "tables" / "revisions.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert {(row["release_from"], row["release_to"]) for row in rows} == {
        ("2022-mid", "2022-end"), ("2022-end", "2023-mid"),
    }  # fmt: skip
    assert {row["year_state"] for row in rows} == {"completed", "new"}
    numbers = json.loads((asked / "numbers.json").read_text(encoding="utf-8"))
    assert numbers["06_revisions/len(infos)"]["value"] == len(KNOWN)
    assert numbers["06_revisions/infos[-1].name"]["value"] == THEN
