"""A damaged release is refused, and the message names the file and both values."""

from __future__ import annotations

import hashlib
import re

import pytest

from helpers.data.columns import TABLES
from helpers.data.datapackage import build_datapackage, write_datapackage
from helpers.data.releases import load_countries, load_release
from helpers.study import InputError, find_release


def test_one_changed_digit_is_refused_with_the_file_and_both_values(tiny_root):
    folder = tiny_root() / "data" / "raw" / "2022-mid"
    file = folder / "population.csv"
    before = file.read_bytes()
    damaged = before.replace(b"1120000", b"1120001", 1)
    assert damaged != before
    file.write_bytes(damaged)
    with pytest.raises(InputError) as refusal:
        load_release("2022-mid")
    message = str(refusal.value)
    assert "population.csv" in message
    assert hashlib.sha256(before).hexdigest() in message
    assert hashlib.sha256(damaged).hexdigest() in message


@pytest.mark.parametrize("name", [*(f"{name}.csv" for name in TABLES), "datapackage.json"])
def test_a_missing_file_is_refused_by_name(tiny_root, name):
    (tiny_root() / "data" / "raw" / "2022-mid" / name).unlink()
    with pytest.raises(InputError, match=re.escape(name)):
        load_release("2022-mid")


def test_a_cut_off_file_is_refused_with_both_sizes(tiny_root):
    file = tiny_root() / "data" / "raw" / "2022-mid" / "totals_by_origin.csv"
    content = file.read_bytes()
    file.write_bytes(content[:-100])
    with pytest.raises(InputError, match=rf"{len(content) - 100}, recorded is {len(content)}"):
        load_release("2022-mid")


def test_a_csv_that_is_not_listed_is_refused(tiny_root):
    (tiny_root() / "data" / "raw" / "2022-mid" / "extra.csv").write_text("year\n2000\n")
    with pytest.raises(InputError, match=r"extra\.csv"):
        load_release("2022-mid")


def test_damaged_countries_are_refused(tiny_root):
    file = tiny_root() / "data" / "raw" / "countries.csv"
    file.write_bytes(file.read_bytes().replace(b"CHN", b"CHX"))
    with pytest.raises(InputError, match=r"countries\.csv"):
        load_countries()


def test_a_release_that_is_not_on_file_is_refused_with_those_that_are(tiny_root):
    tiny_root()
    with pytest.raises(InputError, match="2022-mid"):
        load_release("2031-end")


def test_a_bad_figure_is_refused_even_where_the_record_was_changed_along(tiny_root):
    """A negative count with a fitting sha256 still meets the schema, which names the line."""
    folder = tiny_root() / "data" / "raw" / "2022-mid"
    file = folder / "population.csv"
    file.write_bytes(file.read_bytes().replace(b",1120000,", b",-1120000,", 1))
    info = find_release("2022-mid")
    package = build_datapackage(
        folder,
        name=info.name,
        title=info.title,
        published=info.published,
        newest_year=info.newest_year,
        period=info.period,
        changes=["one figure was made negative"],
    )
    write_datapackage(folder, package)
    with pytest.raises(
        InputError, match=r"population of release 2022-mid: column refugees.*line 2"
    ):
        load_release("2022-mid")
