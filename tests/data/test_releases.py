"""The releases on file: bytes, schemas, row counts, control totals, and what stays as it is."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest
from frictionless import Package

from helpers.data.columns import TABLES
from helpers.data.controls import check_controls, list_total_gaps, summarise_controls
from helpers.data.datapackage import ATTRIBUTION, TERMS, build_countries_package, build_datapackage
from helpers.data.releases import load_countries, load_release
from helpers.study import find_release, list_releases

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
RELEASES = sorted(folder.name for folder in RAW.iterdir() if folder.is_dir())
EMBEDDED = [f"{year}-{period}" for year in range(2022, 2026) for period in ("end", "mid")]


def read_cells(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_the_eight_releases_are_on_file():
    assert set(EMBEDDED) <= set(RELEASES)
    assert [info.name for info in list_releases()][:8] == [
        f"{year}-{period}" for year in range(2022, 2026) for period in ("mid", "end")
    ]


@pytest.mark.parametrize("release", RELEASES)
def test_bytes_rows_and_facts_are_those_recorded(release, packages):
    package, folder = packages[release], RAW / release
    assert {resource["path"] for resource in package["resources"]} == {
        file.name for file in folder.glob("*.csv")
    }
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        rows = read_cells(folder / resource["path"])
        assert resource["rows"] == len(rows) == sum(resource["rows_by_year"].values())
        assert resource["rows_by_year"] == dict(
            sorted(Counter(row["year"] for row in rows).items())
        )
    assert package["attribution"] == ATTRIBUTION
    assert package["terms"] == TERMS
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert package["changes"]


@pytest.mark.parametrize("release", EMBEDDED)
def test_facts_of_the_release_follow_from_its_files(release, packages):
    facts = packages[release]["release"]
    year, period = release.split("-")
    assert (facts["newest_year"], facts["period"], facts["first_year"]) == (int(year), period, 2000)
    names = ("population", "asylum_applications", "asylum_decisions")
    origins = {
        row["coo_iso"] for name in names for row in read_cells(RAW / release / f"{name}.csv")
    }
    assert facts["origins"] == sorted(origins)


@pytest.mark.parametrize("release", EMBEDDED)
def test_a_rebuilt_package_equals_the_one_on_file(release, packages):
    package = packages[release]
    facts = package["release"]
    rebuilt = build_datapackage(
        RAW / release,
        name=facts["name"],
        title=facts["title"],
        published=facts["published"],
        newest_year=facts["newest_year"],
        period=facts["period"],
        changes=package["changes"],
    )
    assert rebuilt == package


@pytest.mark.parametrize("folder", [RAW, *(RAW / name for name in RELEASES)], ids=lambda f: f.name)
def test_the_packages_are_valid_frictionless_packages(folder):
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["path", "rowNumber", "fieldName", "message"])[:5]


@pytest.mark.parametrize("release", RELEASES)
def test_raw_tables_load_with_the_declared_types(release):
    tables = load_release(release)
    assert list(tables) == list(TABLES)
    for name, table in TABLES.items():
        frame = tables[name]
        assert tuple(frame.columns) == table.columns
        assert frame["year"].dtype == "int64"
        counts = [field.name for field in table.fields if field.type == "integer"][1:]
        assert set(frame[counts].dtypes.astype(str)) == {"Int64"}
        assert not frame.duplicated(list(table.key)).any()


@pytest.mark.parametrize("release", RELEASES)
def test_control_totals_hold_to_the_last_digit(release, cores):
    info = find_release(release)
    checked = check_controls(cores[release], info)
    failed = checked[~checked["is_ok"]]
    assert failed.empty, failed.to_string()
    compared = summarise_controls(checked).set_index("check")["comparisons"]
    years = info.newest_year - info.first_year + 1
    assert compared["world_pending"] == years
    assert compared["destinations_pending"] > 3 * years  # several origins, nearly every year
    assert compared["rows_recorded"] == sum(
        len(read_years(RAW / release / f"{name}.csv")) for name in TABLES
    )


def read_years(file: Path) -> set[str]:
    return {row["year"] for row in read_cells(file)}


@pytest.mark.parametrize("release", RELEASES)
def test_controls_hold_by_sums_of_the_raw_cells(release):
    """The same totals once more, with nothing but the csv module."""
    by_origin, by_asylum, pairs = Counter(), Counter(), Counter()
    totals = {}
    for row in read_cells(RAW / release / "totals_by_origin.csv"):
        by_origin[row["year"]] += int(row["asylum_seekers"])
        totals[row["year"], row["coo_iso"]] = int(row["asylum_seekers"])
    for row in read_cells(RAW / release / "totals_by_asylum.csv"):
        by_asylum[row["year"]] += int(row["asylum_seekers"])
    for row in read_cells(RAW / release / "population.csv"):
        if int(row["year"]) >= 2000:
            pairs[row["year"], row["coo_iso"]] += int(row["asylum_seekers"])
    assert by_origin == by_asylum
    assert len(pairs) > 80
    assert all(totals[key] == pending for key, pending in pairs.items())


@pytest.mark.parametrize("release", RELEASES)
def test_core_holds_every_raw_figure(release, cores):
    core = cores[release]
    for name, table, column, measure in (
        ("population", core.pending, "refugees", "refugees"),
        ("population", core.pending, "asylum_seekers", "pending"),
        ("asylum_applications", core.applications, "applied", "applied"),
        ("asylum_decisions", core.decisions, "dec_recognized", "recognised"),
        ("applications_by_asylum", core.applications_by_asylum, "applied", "applied"),
        ("decisions_by_asylum", core.decisions_by_asylum, "dec_total", "total"),
    ):
        rows = read_cells(RAW / release / f"{name}.csv")
        assert len(table) == len(rows)
        assert int(table[measure].sum()) == sum(int(row[column]) for row in rows)


@pytest.mark.parametrize("release", RELEASES)
def test_the_code_na_stays_a_code(release, cores):
    cells = read_cells(RAW / release / "applications_by_asylum.csv")
    stages = sum(row["app_type"] == "NA" for row in cells)
    levels = sum(row["dec_level"] == "NA" for row in cells)
    core = cores[release].applications_by_asylum
    assert stages > 30
    assert levels > 20
    assert (core["stage_code"] == "NA").sum() == stages
    assert (core["level_code"] == "NA").sum() == levels
    assert set(core.loc[core["stage_code"] == "NA", "stage"]) == {"mixed"}
    assert core[["stage_code", "level_code", "unit", "stage"]].notna().all(axis=None)


def test_a_known_row_of_the_code_na(cores):
    """Germany reports under the level NA; the row is read from the file and found in the core."""
    cells = next(
        row
        for row in read_cells(RAW / "2025-end" / "asylum_applications.csv")
        if (row["coo_iso"], row["coa_iso"], row["dec_level"], row["year"])
        == ("CHN", "DEU", "NA", "2010")
    )
    core = cores["2025-end"].applications
    found = core[
        (core["origin"] == "CHN")
        & (core["asylum"] == "DEU")
        & (core["level_code"] == "NA")
        & (core["year"] == 2010)
    ]
    assert found["applied"].tolist() == [int(cells["applied"])]


def test_the_level_zero_is_kept_as_a_code(cores):
    """One row of one release bears the level 0; it is a code there, not a count."""
    holders = {
        name for name in RELEASES if (cores[name].applications_by_asylum["level_code"] == "0").any()
    }
    assert holders == {"2023-mid"}


@pytest.mark.parametrize("release", RELEASES)
def test_zeros_from_before_the_series_are_missing_and_later_ones_are_kept(release, cores):
    pending = cores[release].pending
    early = pending["year"] < 2000
    assert early.sum() > 200
    assert pending.loc[early, "pending"].isna().all()
    later = pending.loc[~early, "pending"]
    assert later.notna().all()
    assert (later == 0).any()
    quality = cores[release].quality.set_index(["table", "rule"])["rows"]
    assert quality["population", "pending_zero_before_2000"] == early.sum()


def test_others_in_need_of_protection_are_missing_where_blank(cores):
    assert cores["2022-mid"].pending["oip"].isna().all()
    newest = cores["2025-end"].pending
    cells = read_cells(RAW / "2025-end" / "population.csv")
    assert newest["oip"].notna().sum() == sum(row["oip"] != "" for row in cells) > 0
    assert newest.loc[newest["oip"].notna(), "year"].min() >= 2018


@pytest.mark.parametrize("release", EMBEDDED)
def test_gaps_of_decision_totals_are_those_on_record(release, cores):
    """The reported totals differ from their outcomes in the same fifty rows of every release."""
    gaps = list_total_gaps(cores[release])
    cells = read_cells(RAW / release / "decisions_by_asylum.csv")
    outcomes = ("dec_recognized", "dec_other", "dec_rejected", "dec_closed")
    wrong = [
        row for row in cells if sum(int(row[key]) for key in outcomes) != int(row["dec_total"])
    ]
    assert len(gaps) == len(wrong) == 50
    assert gaps["year"].max() == 2020
    assert gaps.loc[0, ["year", "asylum", "outcomes", "total"]].tolist() == [2012, "CHE", 0, 7619]


def test_every_code_in_the_tables_is_a_country_on_the_list():
    listed = dict(load_countries()[["unhcr_code", "iso_code"]].itertuples(index=False))
    for release in RELEASES:
        for name, table in TABLES.items():
            sides = [side for side in ("coo", "coa") if side in table.columns]
            for row in read_cells(RAW / release / f"{name}.csv"):
                assert all(listed[row[side]] == row[f"{side}_iso"] for side in sides)


def test_the_package_of_countries_equals_a_rebuilt_one():
    assert build_countries_package(RAW) == json.loads((RAW / "datapackage.json").read_text())


@pytest.mark.parametrize("release", EMBEDDED)
def test_small_numbers_are_rounded_as_the_dictionary_says(release):
    seen = {"decisions": set(), "others": set()}
    for name, table in TABLES.items():
        counts = [field.name for field in table.fields if field.unit not in ("", "origins")]
        group = "decisions" if "decisions" in name else "others"
        for row in read_cells(RAW / release / f"{name}.csv"):
            seen[group].update(int(row[column]) for column in counts if row[column])
    assert not seen["decisions"] & {1, 2, 3, 4, 6, 7, 8, 9}
    assert not seen["others"] & {1, 2, 3, 4}
    assert seen["others"] >= {5, 6, 7, 8, 9}
