"""What is loaded for some origins or over all releases is part of the whole; damage is refused."""

import gzip
import hashlib
import json
import re
from functools import partial

import pandas as pd
import pytest

from helpers.data.columns import PAIRS, TABLES
from helpers.data.datapackage import build_datapackage, measure_bytes, write_datapackage
from helpers.data.releases import load_core, load_earlier, load_history, load_release
from helpers.study import InputError, find_release, list_releases

PROBED = ("2022-mid", "2025-end")  # the oldest, which missed ISO3 codes, and the largest
OF_PAIRS = [TABLES[name].core for name in PAIRS]
OF_TOTALS = [table.core for name, table in TABLES.items() if name not in PAIRS]


@pytest.fixture(scope="module")
def history():
    return load_history("CHN")


@pytest.mark.parametrize("release", PROBED)
@pytest.mark.parametrize("origins", ["CHN", {"CHN", "TIB", "ZZZ"}])
def test_some_origins_are_part_of_the_whole(cores, release, origins):
    part, whole = load_core(release, origins), cores[release]
    for name in OF_PAIRS:
        frame = getattr(whole, name)
        own = frame[frame["origin"].isin([origins] if isinstance(origins, str) else origins)]
        assert len(own) > 0
        pd.testing.assert_frame_equal(getattr(part, name), own.reset_index(drop=True))
    for name in (*OF_TOTALS, "countries"):
        pd.testing.assert_frame_equal(getattr(part, name), getattr(whole, name))


def test_a_table_that_was_changed_is_loaded_as_it_was():
    first = load_core("2022-mid", "HKG")
    first.pending["pending"] = 1
    del first.countries["name"]
    again = load_core("2022-mid", "HKG")
    assert (again.pending["pending"] != 1).any()
    assert "name" in again.countries


def test_only_releases_published_before_are_looked_back_on(cores):
    info = find_release("2023-end")
    earlier = load_earlier(info, "CHN")
    assert list(earlier) == ["2022-mid", "2022-end", "2023-mid"]
    assert list(load_earlier(info, period="mid")) == ["2022-mid", "2023-mid"]
    assert load_earlier(find_release("2022-mid")) == {}
    for release, core in earlier.items():
        assert core.release == release
        pd.testing.assert_frame_equal(core.by_asylum, cores[release].by_asylum)


def test_every_release_is_read_oldest_first(history):
    assert history.releases == list_releases()
    for name in (*OF_PAIRS, "world"):
        releases = getattr(history, name)["release"].unique()
        assert list(releases) == [info.name for info in list_releases()]


@pytest.mark.parametrize("release", PROBED)
def test_a_history_holds_the_rows_of_each_release(history, cores, release):
    for table in OF_PAIRS:
        whole = getattr(cores[release], table)
        own = whole[whole["origin"] == "CHN"].assign(release=release).reset_index(drop=True)
        held = getattr(history, table).query("release == @release").reset_index(drop=True)
        pd.testing.assert_frame_equal(held[own.columns], own)
    found = history.world.query("release == @release").set_index("year")
    for name, sums in (
        cores[release].by_origin.groupby("year")[["pending", "refugees"]].sum().items()
    ):
        assert found[name].to_dict() == sums.to_dict()


def test_an_origin_is_read_where_it_is_on_file():
    assert [info.name for info in load_history("VEN").releases] == ["2025-end"]
    with pytest.raises(InputError, match="unknown origin 'XYZ'; there is: ABW"):
        load_history("XYZ")


def test_one_changed_digit_is_refused_with_the_file_and_both_values(tiny_root):
    file = tiny_root() / "data" / "raw" / "2022-mid" / "population.csv"
    before = file.read_bytes()
    damaged = before.replace(b"1120000", b"1120001", 1)
    assert damaged != before
    file.write_bytes(damaged)
    for load in (load_release, load_core, lambda name: load_core(name, "CHN")):
        with pytest.raises(InputError, match=r"population\.csv is not the file") as refusal:
            load("2022-mid")
        for content in (before, damaged):
            assert hashlib.sha256(content).hexdigest() in str(refusal.value)
    file.write_bytes(before[:-100])
    with pytest.raises(InputError, match=rf"{len(before) - 100}, recorded is {len(before)}"):
        load_release("2022-mid")


def test_a_changed_record_makes_a_loaded_release_another(tiny_root):
    folder = tiny_root() / "data" / "raw" / "2022-mid"
    assert len(load_core("2022-mid", "CHN").pending)
    package = folder / "datapackage.json"
    package.write_text(package.read_text() + " ")
    (folder / "population.csv").write_bytes((folder / "population.csv").read_bytes() + b"\n")
    with pytest.raises(InputError, match="is not the file"):
        load_core("2022-mid", "CHN")


@pytest.fixture
def spoil(tiny_root):
    """Change the table of stocks, and record it as it is then; loads that read one origin."""

    def change(what):
        folder = tiny_root() / "data" / "raw" / "2022-mid"
        file = folder / "population.csv"
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        own = table["coo_iso"].eq("HKG") & table["refugees"].eq("0") & table["year"].ge("2000")
        row = table.index[own & table["asylum_seekers"].ne("0")][0]
        what(table, row).to_csv(file, index=False)
        write_datapackage(folder, build_datapackage(folder, find_release("2022-mid"), ["some"]))
        return row, (lambda: load_core("2022-mid", "HKG"), lambda: load_history("HKG"))

    return change


def write(table, row, **cells):
    table.loc[row, list(cells)] = list(cells.values())
    return table


@pytest.mark.parametrize(("what", "said"), [
    (partial(write, asylum_seekers=""), "column asylum_seekers is empty in 1 row: line {line}"),
    (partial(write, year="1950"), "year is outside 1951 to 2022 in 1 row: line {line}"),
    (lambda table, row: pd.concat([table, table.loc[[row]]]), "repeats a key in 2 rows"),
])  # fmt: skip
def test_a_bad_row_is_refused_where_one_origin_is_read_as_well(spoil, what, said):
    """Else a row whose other figures are zero would go as empty, and a sum be a part of itself."""
    row, loads = spoil(what)
    for load in loads:
        with pytest.raises(InputError, match=said.format(line=row + 2)):
            load()


@pytest.mark.parametrize("lost", ["row", "origin"])
def test_a_row_that_is_missing_is_told_where_one_origin_is_read_as_well(spoil, capsys, lost):
    def drop(table, row):
        return table.drop(index=row) if lost == "row" else table[table["coo_iso"] != "HKG"]

    _, loads = spoil(drop)
    for load in loads:
        load()
        said = capsys.readouterr().err
        assert re.search(r"release 2022-mid do not agree, .*: HKG in 20..: \d+, not \d+", said)
        assert said.count("\n") == 1


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"year" * 500, mtime=0)[:-9]])
def test_a_file_that_cannot_be_unpacked_is_refused_although_recorded(tiny_root, content):
    folder = tiny_root() / "data" / "raw" / "2022-mid"
    package = json.loads((folder / "datapackage.json").read_text())
    (folder / "population.csv").unlink()
    (folder / "population.csv.gz").write_bytes(content)
    for resource in package["resources"]:
        if resource["path"] == "population.csv":
            resource |= {"path": "population.csv.gz", **measure_bytes(content)}
    (folder / "datapackage.json").write_text(json.dumps(package))
    with pytest.raises(InputError, match=r"population\.csv\.gz cannot be unpacked"):
        load_core("2022-mid", "HKG")
