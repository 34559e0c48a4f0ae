"""`asylum releases` lists what is on file; `diff` compares two, and says when the past moved."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.datapackage import build_datapackage, write_datapackage
from helpers.study import InputError
from helpers.unhcr.release_diff import ReleaseDiff, choose_pair, compare_releases


@pytest.fixture
def root(tiny_root):
    return tiny_root("2022-mid", "2022-end")


@pytest.fixture
def asylum(root, ask_in):
    return lambda *arguments: ask_in(root, "releases", *arguments)


@pytest.fixture
def make_release(root) -> Callable[..., str]:
    """Return a function that files a made-up release: 2022-end with one figure changed."""

    def make(name: str, asylum: str, year: int, factor: float) -> str:
        folder = root / "data" / "raw" / name
        shutil.copytree(root / "data" / "raw" / "2022-end", folder)
        file = folder / "population.csv"
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        is_cell = table["coo_iso"].eq("CHN") & table["coa_iso"].eq(asylum)
        is_cell &= table["year"].eq(str(year))
        assert is_cell.sum() == 1
        old = table.loc[is_cell, "asylum_seekers"].astype(int)
        table.loc[is_cell, "asylum_seekers"] = (old * factor).round().astype(int).astype(str)
        table.to_csv(file, index=False, lineterminator="\n")
        package = build_datapackage(
            folder, name=name, title="Made up", published=dt.date(2023, 7, 1), newest_year=2022,
            period="end", changes=["Made up for a test."],
        )  # fmt: skip
        write_datapackage(folder, package)
        return name

    return make


def count_rows(folder: Path) -> int:
    files = [file.open(newline="", encoding="utf-8") for file in folder.glob("*.csv")]
    rows = sum(len(list(csv.DictReader(file))) for file in files)
    for file in files:
        file.close()
    return rows


def test_the_list_says_when_what_and_how_much(asylum, root):
    answer = asylum()
    assert answer.returncode == 0, answer.stderr
    head, *lines = answer.stdout.splitlines()
    assert head.split() == ["name", "published", "newest", "year", "rows", "title"]
    for line, name, published, newest in zip(
        lines, ("2022-mid", "2022-end"), ("2023-04-27", "2023-06-14"), ("mid-year", "year-end"),
        strict=True,
    ):  # fmt: skip
        rows = f"{count_rows(root / 'data/raw' / name):,}"
        assert line.split()[:5] == [name, published, "2022", f"({newest})", rows]


def sum_pending(root: Path, release: str, year: int, origin: str = "CHN") -> int:
    file = root / "data/raw" / release / "population.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["coo_iso"] == origin]
    return sum(int(row["asylum_seekers"]) for row in rows if row["year"] == str(year))


def compare(before: str, after: str, origin: str, tolerance: float) -> ReleaseDiff:
    return compare_releases(choose_pair(before, after, origin), origin, tolerance)


def test_a_completed_year_is_shown_with_both_totals_and_is_no_move(asylum, root):
    answer = asylum("diff", "2022-mid", "2022-end")
    assert answer.returncode == 0, answer.stderr
    both = [f"{sum_pending(root, name, 2022):,}" for name in ("2022-mid", "2022-end")]
    line = next(line for line in answer.stdout.splitlines() if "pending" in line)
    assert line.split()[-2:] == both
    assert "completed, mid-year before" in line
    assert "2022 at mid-year" in answer.stdout
    assert answer.stdout.splitlines()[-1].startswith("past years did not move (tolerance 1%")
    assert answer.stderr == ""


def test_the_past_of_a_made_up_release_moved(asylum, root, make_release):
    name = make_release("2022-made-up", "USA", 2015, 2)
    answer = asylum("diff", "2022-end", name)
    assert answer.returncode == 3
    before, after = (sum_pending(root, each, 2015) for each in ("2022-end", name))
    share = f"{100 * (after - before) / before:.3g}%"
    line = next(line for line in answer.stdout.splitlines() if "pending" in line)
    assert line.split()[-5:] == [
        f"{before:,}", f"{after:,}", "1", f"{after - before:,}", share,
    ]  # fmt: skip
    assert f"past years moved by up to {share} (population, pending, 2015)" in answer.stderr
    assert "more than the tolerance 1% of a year's total" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not compare("2022-end", name, "CHN", 1.0).has_moved
    assert not compare("2022-end", name, "HKG", 0.01).has_moved


def test_tolerance_0_sees_the_smallest_move(asylum, make_release):
    name = make_release("2022-made-up", "USA", 2015, 1.00003)
    assert not compare("2022-end", name, "CHN", 0.01).has_moved
    answer = asylum("diff", "2022-end", name, "--tolerance", "0")
    assert answer.returncode == 3
    assert "more than the tolerance 0%" in answer.stderr


@pytest.mark.parametrize(
    ("before", "after", "given", "said"),
    [
        ("2022-mid", "2030-end", {}, ["2030-end", "2022-mid, 2022-end"]),
        ("2022-mic", "2022-end", {}, ["did you mean 2022-mi"]),
        ("2022-mid", "2022-mid", {}, ["compared with itself", "two releases"]),
        ("2022-end", "2022-mid", {}, ["published after", "diff 2022-mid 2022-end"]),
        ("", "2022-mid", {}, ["unknown release ''", "2022-mid, 2022-end"]),
        ("2022-mid", "2022-end", {"origin": "VEN"}, ["VEN", "CHN, HKG, MAC, TIB"]),
        ("2022-mid", "2022-end", {"origin": ""}, ["origin ''", "CHN, HKG, MAC, TIB"]),
        ("2022-mid", "2022-end", {"tolerance": -0.1}, ["-0.1", "0 or more"]),
        ("2022-mid", "2022-end", {"tolerance": float("nan")}, ["nan", "0 or more"]),
    ],
)
@pytest.mark.usefixtures("root")
def test_a_bad_comparison_is_refused(before, after, given, said):
    with pytest.raises(InputError) as refusal:
        compare(before, after, **{"origin": "CHN", "tolerance": 0.01} | given)
    for words in said:
        assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2022-mid", "2030-end"], "unknown release '2030-end'"),
        (["2022-mid"], "Missing argument 'B'"),
        (["2022-mid", "2022-end", "--study", "nowhere"], "unknown study 'nowhere'"),
    ],
    ids=lambda value: " ".join(value),
)
def test_a_refusal_ends_with_code_2_and_no_traceback(asylum, arguments, said):
    answer = asylum("diff", *arguments)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""


def test_a_damaged_release_is_refused(root):
    with (root / "data/raw/2022-end/population.csv").open("a") as file:
        file.write("2022,CHN\n")
    said = "population.csv is not the file that datapackage.json records"
    with pytest.raises(InputError, match=said):
        compare("2022-mid", "2022-end", "CHN", 0.01)


def test_what_there_is_not_below_releases(asylum):
    answer = asylum("dif")
    assert answer.returncode == 2
    assert "No such command 'dif'" in answer.stderr


def test_an_origin_that_one_release_lacks_is_told(root):
    package = root / "data/raw/2022-end/datapackage.json"
    facts = json.loads(package.read_text())
    facts["release"]["origins"] = ["CHN"]
    package.write_text(json.dumps(facts))
    with pytest.raises(InputError, match="2022-end does not hold origin 'HKG'"):
        compare("2022-mid", "2022-end", "HKG", 0.01)
