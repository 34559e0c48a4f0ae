"""What a destination's figures mean, by sums over the newest release's files."""

import pytest
from cells import assert_same, read_own, read_rows, sum_cells

from helpers import paths
from helpers.analysis.measures import measure_stocks, select_origin
from helpers.analysis.study_tables import load_tables
from helpers.data.hand import PopulationEntry, load_populations
from helpers.study import Study, load_yaml

NEWEST = "2025-end"
YEARS = range(2000, 2026)
ENTRIES = load_yaml(paths.hand() / "populations.yml")["populations"]


def test_refugees_from_china_are_counted_with_and_without_the_tibetans_in_india(cores):
    core = cores[NEWEST]
    own = select_origin(core.pending, "CHN", YEARS)
    populations = load_populations("CHN")
    table = measure_stocks(own, core.by_asylum, YEARS, populations=populations).set_index("year")
    rows = read_own(NEWEST, "population", "CHN")
    every = rows.groupby("year")["refugees"].sum()
    india = rows[rows["coa_iso"] == "IND"].groupby("year")["refugees"].sum()
    assert_same(table["refugees"], every)
    assert_same(table["refugees_excl_peoples"], every - india)
    assert table.loc[2021, ["refugees", "refugees_excl_peoples"]].tolist() == [170_222, 96_815]


@pytest.mark.parametrize("number", range(len(ENTRIES)))
def test_each_people_of_its_own_is_in_the_rows(number):
    entry = PopulationEntry.model_validate(ENTRIES[number])
    rows = read_own(NEWEST, "population", entry.origin, 0)
    held = rows[rows["coa_iso"].eq(entry.asylum) & rows["refugees"].gt(1000)]
    assert held["year"].max() == min(entry.last, 2025)


def test_rows_within_one_country_are_kept_and_counted(cores):
    kept = cores[NEWEST].pending.query("origin == asylum")
    assert len(kept) == len(read_rows(NEWEST, "population").query("coo_iso == coa_iso")) == 108
    assert kept.query("origin == 'SYR' and year == 2006")["pending"].tolist() == [5]


def test_japan_names_no_origin_and_is_not_without_claims():
    unnamed = load_tables(Study.resolve(release=NEWEST)).unnamed
    row = unnamed.query("asylum == 'JPN' and year == 2025").iloc[0]
    there = {"coa_iso": "JPN", "year": 2025}
    unknown = sum_cells(NEWEST, "totals_by_asylum", "asylum_seekers_unknown_origin", **there)
    assert row["unknown"] == row["all_pending"] == unknown == 22_647
    own = there | {"coo_iso": "CHN", "app_type": "N"}
    assert row["applied_persons"] == sum_cells(NEWEST, "asylum_applications", "applied", **own) > 0
