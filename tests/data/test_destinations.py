"""What a destination's figures mean, by sums over the newest release's files."""

from functools import partial

import pytest
from cells import assert_same, read_own, read_rows
from cells import sum_cells as sum_release

from helpers import paths
from helpers.analysis import destinations
from helpers.analysis.measures import measure_stocks, select_origin
from helpers.data.hand import PopulationEntry, load_populations
from helpers.study import load_yaml

NEWEST = "2025-end"
YEARS = range(2000, 2026)
ENTRIES = load_yaml(paths.hand() / "populations.yml")["populations"]
sum_cells = partial(sum_release, NEWEST)


@pytest.fixture(scope="module")
def core(cores):
    return cores[NEWEST]


def test_refugees_from_china_are_counted_with_and_without_the_tibetans_in_india(core):
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


def test_rows_within_one_country_are_kept_and_counted(core):
    kept = core.pending[core.pending["origin"] == core.pending["asylum"]]
    assert len(read_rows(NEWEST, "population").query("coo_iso == coa_iso")) == len(kept) == 108
    assert kept.query("origin == 'SYR' and year == 2006")["pending"].tolist() == [5]


def test_japan_names_no_origin_and_is_not_without_claims(core):
    pending = select_origin(core.pending, "CHN", YEARS)
    claims = select_origin(core.applications, "CHN", YEARS)
    ranked = destinations.rank_destinations(pending, claims, core.countries)
    unnamed = destinations.list_unnamed(core.by_asylum, ranked)
    row = unnamed[unnamed["year"].eq(2025) & unnamed["asylum"].eq("JPN")].iloc[0]
    there = {"coa_iso": "JPN", "year": 2025}
    unknown = sum_cells("totals_by_asylum", "asylum_seekers_unknown_origin", **there)
    assert (row["unknown"], row["all_pending"]) == (unknown, unknown) == (22_647, 22_647)
    lodged = sum_cells("asylum_applications", "applied", coo_iso="CHN", app_type="N", **there)
    assert row["applied_persons"] == lodged > 0
