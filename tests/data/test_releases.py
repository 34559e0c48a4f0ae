"""The releases: bytes, schemas, row counts, control totals, what stays as it is, the dictionary."""

import csv
import errno
import gc
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from cells import RAW, read_cells
from frictionless import Package

from helpers import data, paths
from helpers.data.columns import CODES, COUNTRIES, PAIRS, TABLES
from helpers.data.control_totals import check_controls
from helpers.data.datapackage import build_datapackage, read_package
from helpers.data.releases import load_countries
from helpers.study import ATTRIBUTION, TERMS, InputError, Study, find_release, list_releases

RELEASES = [info.name for info in list_releases()]
EMBEDDED = [f"{year}-{period}" for year in range(2022, 2026) for period in ("mid", "end")]
DICTIONARY = (RAW.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("release", RELEASES)
def test_rows_and_terms_are_those_recorded(release):
    package = read_package(RAW / release)
    for resource in package["resources"]:
        years = Counter(row["year"] for row in read_cells(release, resource["path"].split(".")[0]))
        assert resource["rows"] == sum(years.values())
        assert resource["rows_by_year"] == dict(sorted(years.items()))
    assert (package["attribution"], package["terms"]) == (ATTRIBUTION, TERMS)
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert package["changes"]


@pytest.mark.parametrize("release", EMBEDDED)
def test_a_rebuilt_package_equals_the_one_on_file(release):
    info, package = find_release(release), read_package(RAW / release)
    assert release == f"{info.newest_year}-{info.period}"
    held = {row["coo_iso"] for name in PAIRS for row in read_cells(release, name)}
    assert list(info.origins) == sorted(held - {""})
    assert len(held - {""}) == (219 if release == "2025-end" else 4)
    assert info.first_year == 2000
    assert build_datapackage(RAW / release, info, package["changes"]) == package


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # frictionless's
@pytest.mark.parametrize("folder", [RAW, *(RAW / name for name in RELEASES)], ids=lambda f: f.name)
def test_the_packages_are_valid_frictionless_packages(folder):
    report = Package(str(folder / "datapackage.json")).validate(limit_rows=6_000)
    gc.collect()  # so that its open files are complained of here
    assert report.valid, report.flatten(["path", "rowNumber", "fieldName", "message"])[:5]


@pytest.mark.parametrize("release", RELEASES)
def test_core_tables_have_their_keys_labels_and_counts(release, cores):
    for table in TABLES.values():
        core = getattr(cores[release], table.core)
        labels = [c for c in core if core[c].dtype == "str" and c not in ("stage", "level")]
        assert not core.duplicated(["year", *labels]).any()
        assert core.select_dtypes("str").notna().all(axis=None)
        assert set(core.get("unit", ["persons"])) <= {"persons", "cases"}
        assert set(core.get("stage", [])) <= {"new", "repeat", "appeal", "mixed"}
        assert set(core.get("level", [])) <= {"first", "appeal", "other"}
        assert not (core.select_dtypes("Int64") < 0).any(axis=None)


@pytest.mark.parametrize("release", RELEASES)
def test_control_totals_hold_to_the_last_digit(release, cores):
    info = find_release(release)
    checked = check_controls(cores[release], info)
    failed = checked[~checked["is_ok"]]
    assert failed.empty, failed.to_string()
    compared = checked["check"].value_counts()
    years = info.newest_year - info.first_year + 1
    assert compared["world_pending"] == years
    assert compared["destinations_pending"] > 0.7 * years * len(info.origins)
    assert compared["rows_recorded"] == sum(
        len({row["year"] for row in read_cells(release, name)}) for name in TABLES
    )


@pytest.mark.parametrize("release", RELEASES)
def test_core_holds_every_raw_figure(release, cores):
    core = cores[release]
    for name, table, column, measure in (
        ("population", core.pending, "refugees", "refugees"),
        ("population", core.pending.query("year >= 2000"), "asylum_seekers", "pending"),
        ("asylum_applications", core.applications, "applied", "applied"),
        ("asylum_decisions", core.decisions, "dec_recognized", "recognised"),
        ("applications_by_asylum", core.applications_by_asylum, "applied", "applied"),
        ("decisions_by_asylum", core.decisions_by_asylum, "dec_total", "total"),
    ):
        rows = read_cells(release, name)
        if measure == "pending":
            rows = [row for row in rows if int(row["year"]) >= 2000]
        assert len(table) == len(rows)
        assert int(table[measure].sum()) == sum(int(row[column]) for row in rows)


def test_every_code_in_the_tables_is_a_country_on_the_list():
    frame = load_countries()
    with (RAW / "countries.csv").open(encoding="utf-8", newline="") as lines:
        assert frame.fillna("").to_dict("records") == list(csv.DictReader(lines))
    listed = dict(frame[["unhcr_code", "iso_code"]].itertuples(index=False))
    assert len(set(listed.values())) == len(listed) == 221
    for release in RELEASES:
        for name, table in TABLES.items():
            sides = [side for side in ("coo", "coa") if side in table.columns]
            for row in read_cells(release, name):
                assert all(listed[row[side]] == row[f"{side}_iso"] for side in sides)


def test_a_release_is_loaded_in_one_call_and_lists_its_tables():
    core = data.load("2022-mid")
    assert "pending: " in repr(core)
    assert "release 2022-mid" in repr(core)
    with pytest.raises(AttributeError, match=r"did you mean pending\?"):
        _ = core.pendings
    assert set(data.load("2022-mid", study="hong-kong").pending["origin"]) == {"HKG"}
    assert data.load().release == RELEASES[-1]
    assert Path(RAW, core.release).is_dir()


def test_a_folder_that_may_not_be_read_is_refused(monkeypatch):
    """Else a study, or the newest release, would not be there."""
    monkeypatch.setattr(os, "access", lambda folder, mode: folder != paths.hand() / "studies")
    with pytest.raises(InputError, match="studies may not be read"):
        Study.resolve()
    shut, stat = RAW / RELEASES[-1], Path.stat

    def refuse(file, **options):
        if file.parent == shut:
            raise PermissionError(errno.EACCES, "Permission denied")
        return stat(file, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(InputError, match=rf"{shut.name}/\S+ cannot be read: permission denied"):
        find_release(None)


def test_the_dictionary_lists_the_releases_of_the_packages():
    for name in EMBEDDED:
        package = read_package(RAW / name)
        facts, rows = package["release"], sum(each["rows"] for each in package["resources"])
        date = "mid-year" if facts["period"] == "mid" else "year-end"
        line = (
            f"| {name} | {facts['title']} | {facts['published']} | {date} {facts['newest_year']} "
            f"| {len(facts['origins'])} | {rows:,} |"
        )
        assert line in DICTIONARY, line


def test_the_dictionary_explains_every_column_and_code():
    for table in (*TABLES.values(), COUNTRIES):
        section = DICTIONARY.split(f"### {table.name}.csv")[1].split("\n##")[0]
        for field in table.fields:
            unit = field.unit or "–"
            blank = "missing" if field.is_nullable else "never"
            assert f"| `{field.name}` | {field.description} | {unit} | {blank} |" in section
    for known in CODES.values():
        for code, meaning in known.items():
            assert re.search(rf"\| `{code}` \| {re.escape(meaning)} \|", DICTIONARY), code
    for code in ("UNK", "XXA", "TIB"):  # no ISO 3166 codes
        assert f"`{code}`" in DICTIONARY
    assert ATTRIBUTION in DICTIONARY
    assert TERMS in DICTIONARY
