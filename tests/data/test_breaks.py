"""Breaks found on the releases on file: what must be found, what must match, false alarms."""

from functools import cache

import pandas as pd
import pytest
from cells import assert_same, read_own, sum_cells

from helpers.analysis.breaks import find_breaks, flag_stock_years, match_entry
from helpers.data.hand import load_breaks
from helpers.data.releases import load_core, load_earlier
from helpers.study import find_release

NEWEST = "2025-end"
# Origins that no threshold was chosen on; the tables of 2025-end hold them.
UNTUNED = ("VEN", "NIC", "RUS", "AFG", "BLR", "MMR", "CUB", "IRN", "ERI", "SYR", "UKR", "HKG")
# Destinations without a documented break; thresholds were looked at on DEU, SWE and CAN only.
CALM = ("CHE", "NOR", "DNK", "NLD", "AUT", "SWE", "DEU", "CAN", "FIN", "ESP")
REGISTER = load_breaks()
RESTS_ON = {"pending": ("population", "asylum_seekers"), "refugees": ("population", "refugees"),
            "applications": ("asylum_applications", "applied"),
            "decisions": ("asylum_decisions", "dec_total")}  # fmt: skip
core_of = cache(load_core)


@cache
def found_on(release, origin="CHN"):
    """Find breaks with every mid-year release published before."""
    info = find_release(release)
    previous = load_earlier(info, period="mid")
    return find_breaks(core_of(release), origin, info=info, previous=previous, register=REGISTER)


def totals(release, origin="CHN"):
    pending = core_of(release).pending
    ours = pending[(pending["origin"] == origin) & (pending["year"] >= 2000)]
    return ours.groupby("year", as_index=False)["pending"].sum()


def kinds(release, asylum, year, touches="pending", least=0.1):
    here = "asylum == @asylum and year == @year and touches == @touches and effect_share > @least"
    return set(found_on(release).query(here)["kind"])


LARGE = {  # pending at the United States, each moving the origin's total by over a tenth
    **{year: {"stock_flow_gap"} for year in (2005, 2006, 2008, 2009, 2011, 2012)},
    2010: {"coverage_drop", "stock_flow_gap"},
    2013: {"coverage_jump", "stock_flow_gap"},
    2014: {"coverage_jump", "stock_flow_gap"},
    2021: {"unit_change", "stock_flow_gap"},
    2024: {"carried_forward"},
    2025: {"unknown_origin", "stock_flow_gap"},
}


def test_every_large_break_of_the_largest_destination_is_found_with_its_kind():
    found = {year: kinds(NEWEST, "USA", year) for year in range(2001, 2026)}
    assert {year: names for year, names in found.items() if names} == LARGE
    large = found_on(NEWEST).query(
        "asylum == 'USA' and touches == 'pending' and effect_share > 0.1"
    )
    assert large["is_explained"].all()


def test_the_stock_that_was_carried_forward_shows_on_the_mid_year_release():
    found = found_on("2025-mid").query("asylum == 'USA' and year == 2025")
    repeated = found[found["rule"] == "repeated"].iloc[0]
    assert repeated["kind"] == "carried_forward"
    assert repeated["effect_share"] > 0.1
    assert "191 of 191 origins unchanged" in repeated["detail"]
    assert "coverage_drop" in kinds("2025-mid", "USA", 2025, "applications")
    flags = flag_stock_years(found_on("2025-mid"), totals("2025-mid")).set_index("year")
    assert flags.loc[2025, ["is_comparable", "status"]].tolist() == [False, "b e p"]


def test_the_courts_claims_of_2004_are_counted_otherwise():
    row = found_on(NEWEST).query("rule == 'level_of_flow'")
    assert row[["asylum", "year", "kind", "is_explained"]].values.tolist() == [
        ["USA", 2004, "coverage_drop", True]
    ]
    court = {"coa_iso": "USA", "dec_level": "EO"}
    for year, every, ours in ((2003, 65_677, 9_444), (2004, 17_064, 2_767)):
        there = court | {"year": year}
        assert sum_cells(NEWEST, "applications_by_asylum", "applied", **there) == every
        there["coo_iso"] = "CHN"
        assert sum_cells(NEWEST, "asylum_applications", "applied", **there) == ours
    assert row["effect_on_origin"].tolist() == [2_767 - 9_444]
    every = pd.concat([found_on(NEWEST, origin) for origin in UNTUNED])
    alarms = every[every["rule"].eq("level_of_flow") & every["asylum"].isin(CALM)]
    # There lodged claims doubled and the stock did not follow: 2 of 250 years of calm destinations.
    assert set(zip(alarms["asylum"], alarms["year"], strict=True)) <= {("ESP", 2015), ("DNK", 2022)}


def test_restatements_of_refugees_are_found_and_flag_their_year():
    own = found_on(NEWEST).query("touches == 'refugees'")
    assert own.groupby("asylum")["year"].agg(list).to_dict() == {"IND": [2005, 2008, 2020, 2024]}
    assert own["is_explained"].all()
    rows = read_own(NEWEST, "population", "CHN").query("coa_iso == 'IND'")
    held = rows.set_index("year")["refugees"]
    stocks = [92_343, 110_098, 108_008, 73_407, 73_407, 63_169]
    assert held[[2000, 2015, 2019, 2020, 2021, 2025]].tolist() == stocks
    assert own.set_index("year").loc[2020, "effect_on_origin"] == held[2020] - held[2019]
    stock = core_of(NEWEST).pending.query("origin == 'CHN' and year >= 2000")
    sums = stock.groupby("year", as_index=False)["refugees"].sum()
    flags = flag_stock_years(found_on(NEWEST), sums, "refugees").set_index("year")
    assert flags.index[~flags["is_comparable"]].tolist() == [2005, 2008, 2020]


@pytest.mark.parametrize("number", range(len(REGISTER)))
def test_every_register_entry_matches_a_finding_of_each_of_its_kinds_and_years(number):
    entry = REGISTER[number]
    found = found_on(entry.shown_by.release, entry.shown_by.origin)
    matched = found[match_entry(found, entry, entry.shown_by.release)]
    assert set(matched["kind"]) == set(entry.kinds)
    if entry.asylum != "*" and "stock_flow_gap" not in entry.kinds:
        assert set(matched["year"]) == set(entry.years)


@pytest.mark.parametrize("origin", UNTUNED)
def test_untuned_origins_find_what_is_documented(origin):
    found = found_on(NEWEST, origin)
    usa = found[(found["asylum"] == "USA") & (found["year"] == 2025)]
    ours = totals(NEWEST, origin).set_index("year")["pending"]
    pending = core_of(NEWEST).pending
    there = pending.query("origin == @origin and asylum == 'USA' and year == 2024")["pending"].sum()
    if there > 0.2 * ours[2024]:
        assert "unknown_origin" in set(usa["kind"])
        assert "carried_forward" in set(found.query("asylum == 'USA' and year == 2024")["kind"])
    for touches, (table, value) in RESTS_ON.items():
        rows, own = found[found["touches"] == touches], read_own(NEWEST, table, origin)
        if touches == "applications":
            own = own[~own["dec_level"].isin(["AR", "JR"])]
        below = rows["year"].map(own.groupby("year")[value].sum())
        assert_same((rows["effect_share"] * below).round(), rows["effect_on_origin"].abs())
    assert found["detail"].str.contains("nan").sum() == 0


def test_false_alarms_are_few_where_no_break_is_documented():
    every = core_of(NEWEST).by_asylum
    calm = every[every["asylum"].isin(CALM) & every["year"].ge(2001)]
    origins = ("CHN", *UNTUNED)
    judged = len(calm) * len(origins)
    found = pd.concat([found_on(NEWEST, origin).assign(origin=origin) for origin in origins])
    found = found[found["asylum"].isin(CALM) & found["touches"].eq("pending")]
    most = {"coverage_drop": 0.01, "coverage_jump": 0.01, "carried_forward": 0.01,
            "stock_flow_gap": 0.10}  # fmt: skip
    assert judged > 2000
    for kind, share in most.items():
        alarms = found[found["kind"] == kind].drop_duplicates(["origin", "asylum", "year"])
        assert len(alarms) / judged < share
    grave = found["severity"].eq("high") & found["kind"].isin(list(most))
    assert grave.sum() / (judged * len(most)) < 0.01
