"""`asylum releases`, `claims` and `find` say what is on file."""

import csv

from helpers import paths


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


def test_claims_are_read_where_one_release_alone_is_on_file(ask_in, tiny_root):
    done = ask_in(tiny_root(), "claims", "--id", "SD-05", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "untestable" in done.stdout


def test_a_number_s_sources_are_told(ask_in):
    done = ask_in(paths.root(), "find", "613", "000", "--years", "2012-2021")
    assert (done.returncode, done.stderr) == (0, "")
    assert "year-end counts added over years, not people: 613,532, cut off" in done.stdout
