"""The explorer's figures are the releases' own, held to sums made with the csv module alone."""

import hashlib
import json
from collections import defaultdict

import pandas as pd
import pytest
from cells import LEVELS, NAMES, assert_same, read_cells
from hypothesis import given, settings
from hypothesis import strategies as st
from plain.explorer import get_explorer, read_data

from helpers import paths
from helpers.publish.explorer.build import VENDOR
from helpers.publish.explorer.collect import BITS, open_origin
from helpers.study import list_releases

PAIRS = [(info.name, origin) for info in list_releases() for origin in info.origins]


def sum_raw(release: str, origin: str) -> dict[str, pd.Series]:
    """Sum an origin's rows by measure, destination and year."""
    sums: dict[str, dict[tuple[str, int], int]] = defaultdict(lambda: defaultdict(int))
    for row in read_cells(release, "population"):
        if row["coo_iso"] == origin and int(row["year"]) >= 2000:
            sums["pending"][row["coa_iso"], int(row["year"])] += int(row["asylum_seekers"])
    for row in read_cells(release, "asylum_applications"):
        if row["coo_iso"] == origin and row["app_type"] == "N":
            unit = NAMES[row["app_pc"]]
            sums[f"lodged-{unit}"][row["coa_iso"], int(row["year"])] += int(row["applied"])
    for row in read_cells(release, "asylum_decisions"):
        if row["coo_iso"] == origin:
            name = f"recognised-{LEVELS.get(row['dec_level'], 'other')}-{NAMES[row['dec_pc']]}"
            sums[name][row["coa_iso"], int(row["year"])] += int(row["dec_recognized"])
    return {name: pd.Series(cells).rename_axis(["place", "year"]) for name, cells in sums.items()}


@settings(max_examples=6, deadline=None)
@given(st.sampled_from(PAIRS))
def test_every_figure_is_the_sum_of_the_releases_rows(pair):
    tables, sums = open_origin(*pair), sum_raw(*pair)
    assert set(tables.measures) - {"lodged-range"} == set(sums)
    for name, cells in sums.items():
        mine, totals = tables.measures[name], cells.groupby("year").sum()
        assert_same(pd.concat(mine["places"]), cells)
        assert_same(mine["total"].dropna(), totals)
        top, most = dict(mine["largest"].dropna()), cells.groupby("year").max()
        assert {year: cells[code, year] for year, code in top.items()} == dict(most[most > 0])
        main = dict.fromkeys(totals.index, tables.main_destination)
        for part, left_out in {"without": main, "rest": top}.items():
            rest = cells[[place != left_out.get(year) for place, year in cells.index]]
            left = rest.groupby("year").sum()
            if name == "pending":  # a year with the one destination alone leaves 0
                left = left.reindex(totals.index, fill_value=0)
            assert_same(mine[part].dropna(), left)


@pytest.fixture(scope="module")
def whole():
    return read_data(get_explorer())


def read(cells: list[int | None]) -> dict[int, int]:
    return {year: cell for year, cell in enumerate(cells, 2000) if cell is not None}


def test_totals_and_the_worlds_figures_are_the_releases_own(whole):
    newest = whole["releases"][-1]
    world: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    totals: dict[str, dict[int, int]] = defaultdict(dict)
    for row in read_cells("2025-end", "totals_by_origin"):
        year = int(row["year"])
        world["pending"][year] += int(row["asylum_seekers"])
        world["refugees"][year] += int(row["refugees"])
        totals[row["coo_iso"]][year] = int(row["asylum_seekers"])
    for row in read_cells("2025-end", "applications_by_asylum"):
        if row["app_type"] == "N":
            world[f"lodged-{NAMES[row['app_pc']]}"][int(row["year"])] += int(row["applied"])
    assert {name: read(cells) for name, cells in newest["world"].items()} == world
    assert {code: read(cells) for code, cells in newest["totals"].items()} == totals


def test_the_reference_runs_table_is_the_explorers(whole):
    reference = json.loads((paths.figures() / "eras-pending.json").read_text(encoding="utf-8"))
    table = pd.DataFrame(reference["data"]["rows"], columns=reference["data"]["columns"])
    table = table.set_index("year")
    mine = whole["origins"]["2025-end/CHN"]["measures"]["pending"]
    names = {"pending": "total", "pending_excl_main": "without", "upper": "upper"}
    for column, name in names.items():
        assert read(mine["series"][name]) == table[column].dropna().to_dict(), column
    status: dict[int, set[str]] = defaultdict(set)
    for year, _, kind, _, _, touched in mine["breaks"]:
        if touched & BITS["total"]:
            status[year] |= set(whole["kinds"][kind][2].split())
    assert {year: " ".join(sorted(codes)) for year, codes in status.items()} == {
        year: codes for year, codes in table["status"].items() if codes
    }
    assert sorted(status) == table.index[~table["is_comparable"].astype(bool)].tolist()


def test_vendored_files_are_the_recorded_ones_and_their_licences_are_kept():
    entries = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))["files"]
    assert {entry["file"] for entry in entries} == {file.name for file in VENDOR.glob("*.js")}
    for entry in entries:
        assert "AS IS" in (VENDOR / entry["licence_file"]).read_text(encoding="utf-8")
        content = (VENDOR / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
