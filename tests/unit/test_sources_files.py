"""Reading and describing files: types, schemas, packages, and a run's kept core."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, replace

import pandas as pd
import pytest

from helpers.data import save_core
from helpers.data.columns import TABLES
from helpers.data.datapackage import build_datapackage, describe_resource, write_datapackage
from helpers.data.releases import (
    Core,
    check_rows_by_year,
    compute_digest,
    load_core,
    load_kept_core,
    parse_table,
    read_folder,
)
from helpers.data.schemas import check_core, check_table
from helpers.study import InputError, ReleaseInfo, find_release

INFO = ReleaseInfo(
    name="2012-end",
    title="one year",
    published=dt.date(2013, 6, 1),
    first_year=2000,
    newest_year=2012,
    period="end",
    origins=("CHN",),
)
POPULATION = b"year,coo,coo_iso,coa,coa_iso,refugees,asylum_seekers,oip\n"
APPLICATIONS = b"year,coa,coa_iso,app_type,dec_level,app_pc,applied,unknown_origin,origins\n"


def parse(name: str, content: bytes, tmp_path) -> pd.DataFrame:
    return parse_table(content, TABLES[name], tmp_path)


def test_blank_is_missing_zero_is_zero_and_na_is_a_code(tmp_path):
    frame = parse("population", POPULATION + b"2012,CHI,CHN,GFR,DEU,0,7,\n", tmp_path)
    assert frame.loc[0, "refugees"] == 0
    assert frame.loc[0, "oip"] is pd.NA
    frame = parse(
        "applications_by_asylum", APPLICATIONS + b"2012,GFR,DEU,NA,NA,P,9,0,1\n", tmp_path
    )
    assert frame.loc[0, ["app_type", "dec_level"]].tolist() == ["NA", "NA"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (POPULATION + b"2012,CHI,CHN,GFR,DEU,many,7,\n", "cannot be read"),
        (POPULATION + b"2012,CHI,CHN,GFR,DEU,1.5,7,\n", "cannot be read"),
        (POPULATION + b",CHI,CHN,GFR,DEU,1,7,\n", "cannot be read"),
        (POPULATION.replace(b"oip", b"others"), "must have year, coo"),
        (b"", "cannot be read"),
    ],
)
def test_files_that_are_no_such_table_are_refused_by_name(tmp_path, content, said):
    with pytest.raises(InputError, match=said) as refusal:
        parse("population", content, tmp_path)
    assert "population.csv" in str(refusal.value)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (b"2012,CHI,CHN,GFR,DEU,-1,7,\n", "refugees"),
        (b"2012,CHI,CHN,GFR,DEU,,7,\n", "refugees"),
        (b"1950,CHI,CHN,GFR,DEU,1,7,\n", "year"),
        (b"2013,CHI,CHN,GFR,DEU,1,7,\n", "year"),
        (b"2012,china,CHN,GFR,DEU,1,7,\n", "coo"),
        (b"2012,CHI,China,GFR,DEU,1,7,\n", "coo_iso"),
        (b"2012,,CHN,GFR,DEU,1,7,\n", "coo"),
    ],
)
def test_rows_that_break_the_schema_are_refused_with_column_and_line(tmp_path, row, column):
    good = b"2011,CHI,CHN,GFR,DEU,1,7,\n"
    frame = parse("population", POPULATION + good + row, tmp_path)
    with pytest.raises(
        InputError, match=rf"population of release 2012-end: column {column} .*line 3"
    ):
        check_table(frame, TABLES["population"], INFO)


def test_a_key_that_stands_twice_is_refused(tmp_path):
    row = b"2012,CHI,CHN,GFR,DEU,1,7,\n"
    frame = parse("population", POPULATION + row + row, tmp_path)
    with pytest.raises(InputError, match=r"line 2.*line 3"):
        check_table(frame, TABLES["population"], INFO)


def test_an_unknown_code_is_refused_and_the_known_ones_are_listed(tmp_path):
    frame = parse("applications_by_asylum", APPLICATIONS + b"2012,GFR,DEU,Q,FI,P,9,0,1\n", tmp_path)
    with pytest.raises(InputError, match=r"app_type.*'N'.*line 2"):
        check_table(frame, TABLES["applications_by_asylum"], INFO)


def test_rows_a_year_are_held_to_the_record(tmp_path):
    frame = parse("population", POPULATION + b"2012,CHI,CHN,GFR,DEU,1,7,\n", tmp_path)
    resource = describe_resource(TABLES["population"], POPULATION + b"2012,CHI,CHN,GFR,DEU,1,7,\n")
    assert resource["rows_by_year"] == {"2012": 1}
    check_rows_by_year(frame, resource, tmp_path)
    resource["rows_by_year"] = {"2011": 1}
    with pytest.raises(InputError, match="2011: 0 rows, recorded 1; 2012: 1 rows, recorded 0"):
        check_rows_by_year(frame, resource, tmp_path)


def test_a_header_that_is_another_one_cannot_be_described():
    with pytest.raises(InputError, match="must have year, coo"):
        describe_resource(TABLES["population"], b"year,coo\n")


def make_package(folder, **extra):
    facts = find_release("2022-mid")
    return build_datapackage(
        folder,
        name=facts.name,
        title=facts.title,
        published=facts.published,
        newest_year=facts.newest_year,
        period=facts.period,
        changes=["none"],
        extra=extra,
    )


def test_extra_members_are_kept_and_a_package_reads_back(tiny_root):
    folder = tiny_root() / "data" / "raw" / "2022-mid"
    before = {file.name: file.read_bytes() for file in folder.glob("*.csv")}
    package = make_package(folder, fetched_at="2026-11-24T00:00:00Z", url="https://example.org/")
    file = write_datapackage(folder, package)
    assert json.loads(file.read_text()) == package
    assert package["fetched_at"] == "2026-11-24T00:00:00Z"
    assert list(package)[-1] == "resources"
    assert list(read_folder(folder, find_release("2022-mid"))) == list(TABLES)
    assert {file.name: file.read_bytes() for file in folder.glob("*.csv")} == before


def test_a_folder_that_lacks_a_table_cannot_be_described(tiny_root):
    folder = tiny_root() / "data" / "raw" / "2022-mid"
    (folder / "totals_by_origin.csv").unlink()
    with pytest.raises(InputError, match=r"totals_by_origin\.csv"):
        make_package(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"resources": 3}', '{"resources": [1]}'])
def test_a_package_that_is_none_is_refused(tiny_root, text):
    folder = tiny_root() / "data" / "raw" / "2022-mid"
    info = find_release("2022-mid")
    (folder / "datapackage.json").write_text(text)
    with pytest.raises(InputError, match=r"datapackage\.json"):
        read_folder(folder, info)


# --- a run's kept core --------------------------------------------------------------------------


def read_tables(core: Core) -> dict[str, pd.DataFrame]:
    return {
        field.name: getattr(core, field.name) for field in fields(core) if field.name != "release"
    }


def test_a_kept_core_equals_the_one_made_from_the_files(tiny_root, tmp_path):
    tiny_root()
    made = load_core("2022-mid")
    save_core(made, tmp_path)
    kept = load_kept_core(tmp_path, "2022-mid")
    assert kept is not None
    assert kept.release == made.release == "2022-mid"
    for name, frame in read_tables(made).items():
        pd.testing.assert_frame_equal(getattr(kept, name), frame)
        assert getattr(kept, name).attrs == frame.attrs == {}
    assert load_core("2022-mid", tmp_path).pending.equals(made.pending)


def test_a_kept_core_is_what_load_core_takes(tiny_root, tmp_path):
    tiny_root()
    made = load_core("2022-mid")
    save_core(replace(made, pending=made.pending.head(3)), tmp_path)
    assert len(load_core("2022-mid", tmp_path).pending) == 3
    assert len(load_core("2022-mid").pending) == len(made.pending) > 3


@pytest.mark.parametrize("damage", ["other release", "new description", "half a file", "one lacks"])
def test_a_stale_or_damaged_core_is_never_used(tiny_root, tmp_path, damage):
    root = tiny_root("2022-mid", "2022-end")
    made = load_core("2022-mid")
    save_core(replace(made, pending=made.pending.head(3)), tmp_path)
    file, wanted = tmp_path / "core" / "pending.parquet", "2022-mid"
    if damage == "other release":
        wanted = "2022-end"
    elif damage == "new description":
        package = root / "data" / "raw" / "2022-mid" / "datapackage.json"
        package.write_text(package.read_text() + "\n")
    elif damage == "half a file":
        file.write_bytes(file.read_bytes()[:200])
    else:
        file.unlink()
    assert load_kept_core(tmp_path, wanted) is None
    assert len(load_core(wanted, tmp_path).pending) > 3


def test_the_digest_covers_figures_and_countries(tiny_root):
    raw = tiny_root() / "data" / "raw"
    seen = {compute_digest("2022-mid")}
    for file in (raw / "2022-mid" / "datapackage.json", raw / "datapackage.json"):
        file.write_text(file.read_text() + " ")
        seen.add(compute_digest("2022-mid"))
    assert len(seen) == 3


def test_a_core_without_a_release_cannot_be_kept(tmp_path):
    frames = {field.name: pd.DataFrame() for field in fields(Core) if field.name != "release"}
    with pytest.raises(ValueError, match="release"):
        save_core(Core(**frames), tmp_path)
    assert not (tmp_path / "core").exists()


def test_a_core_table_that_breaks_its_schema_is_refused(tiny_root):
    tiny_root()
    core = load_core("2022-mid")
    info = find_release("2022-mid")
    assert check_core(core, info) is core
    twice = pd.concat([core.by_origin, core.by_origin.head(1)], ignore_index=True)
    with pytest.raises(InputError, match="core table by_origin of release 2022-mid"):
        check_core(replace(core, by_origin=twice), info)
    gone = core.pending.drop(columns="oip")
    with pytest.raises(InputError, match=r"core table pending .*oip"):
        check_core(replace(core, pending=gone), info)
