"""`asylum releases` lists what is on file."""

import csv

import pytest


def test_the_list_says_when_what_and_how_much(tiny_root, ask_in):
    root = tiny_root("2022-mid", "2022-end")
    answer = ask_in(root, "releases")
    assert answer.returncode == 0, answer.stderr
    head, *lines = answer.stdout.splitlines()
    assert head.split() == ["name", "published", "newest", "year", "rows", "title"]
    for line, name, published, newest in zip(
        lines, ("2022-mid", "2022-end"), ("2023-04-27", "2023-06-14"), ("mid-year", "year-end"),
        strict=True,
    ):  # fmt: skip
        files = (root / "data/raw" / name).glob("*.csv")
        rows = sum(len(list(csv.DictReader(file.read_text().splitlines()))) for file in files)
        assert line.split()[:5] == [name, published, "2022", f"({newest})", f"{rows:,}"]


@pytest.mark.parametrize("text", ["", "{}"])
def test_a_release_without_a_description_is_refused(tiny_root, refuse_in, text):
    root = tiny_root()
    (root / "data/raw/2022-mid/datapackage.json").write_text(text)
    assert "2022-mid" in refuse_in(root, "releases")
