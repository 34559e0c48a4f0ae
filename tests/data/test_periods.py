"""The study's answer and its ranges on the newest release, by sums that share no code with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from cells import count_lodged, read_cells

from helpers.analysis import interrupted_time_series as interrupted
from helpers.analysis import robustness
from helpers.analysis import specification_curve as specification
from helpers.analysis.study_tables import StudyTables
from helpers.analysis.unknown_origin import allocate_unknown, bound_pending
from helpers.study import Study

NEWEST = "2025-end"


@pytest.fixture(scope="module")
def tables(cores):
    return StudyTables(Study.resolve(origin="CHN", release=NEWEST), cores[NEWEST])


def test_new_claims_did_not_grow_until_the_newest_years_and_the_stock_did(tables):
    story = tables.story.set_index(["measure", "first_year"])
    lodged = story.loc["applied_middle"]
    claims = count_lodged(NEWEST, "CHN")
    for first, last in ((2003, 2012), (2013, 2022), (2023, 2025)):
        years = range(first, last + 1)
        least = sum(claims[year, unit] for year in years for unit in "PC")
        assert lodged.loc[first, "lower"] == pytest.approx(least / len(years))
    assert lodged["years_complete"].tolist() == [10, 10, 1]
    assert lodged["direction"].tolist() == ["", "open", "up"]
    assert lodged.loc[2013, "ratio_lower"] < 1 < lodged.loc[2013, "ratio_upper"]
    assert lodged.loc[2023, "ratio_lower"] > 1.5
    assert story.loc[("pending", 2013), "ratio_lower"] > 3


def test_claims_without_origin_and_missing_months_are_in_the_range(tables):
    table = tables.lodged_by_year.set_index("year")
    assert table.index[~table["is_complete"]].tolist() == [2024, 2025]
    usa: Counter = Counter()
    unnamed = 0
    for row in read_cells(NEWEST, "asylum_applications"):
        if row["coa_iso"] == "USA" and row["coo_iso"] == "CHN" and row["app_type"] == "N":
            usa[int(row["year"])] += int(row["applied"])
        if (row["coa_iso"], row["year"], row["coo_iso"]) == ("USA", "2025", "UNK"):
            unnamed += int(row["applied"]) if row["app_type"] == "N" and row["app_pc"] == "C" else 0
    assert unnamed == 282_594
    # The least share that any rule gives is the origin's of the courts' claims in 2025.
    assert table.loc[2025, "most_unnamed"] > 0.04 * 1.5 * unnamed
    six = sum(
        int(row["applied"])
        for row in read_cells("2023-mid", "asylum_applications")
        if (row["coa_iso"], row["coo_iso"], row["app_type"], row["year"])
        == ("USA", "CHN", "N", "2023")
    )
    missing = usa[2024] * (usa[2023] / six - 1)  # 2023 had the least part at mid-year
    assert table.loc[2024, "most_missing"] == pytest.approx(missing, rel=0.1)
    width = (table["applied_upper"] - table["applied_lower"]) / table["applied_lower"]
    assert set(width.nlargest(2).index) == {2024, 2025}


def test_the_half_year_that_ends_an_earlier_release_enters_no_mean(tables, cores):
    rows = robustness.compare_releases(tables).set_index(["measure", "release"])
    found = rows.loc[(specification.LODGED, "2022-mid")]
    own = StudyTables(Study.resolve(origin="CHN", release="2022-mid"), cores["2022-mid"])
    flows = own.lodged_by_year.set_index("year")["applied_middle"]
    assert found["later_mean"] == pytest.approx(flows.loc[2013:2021].mean(), rel=1e-4)
    assert flows[2022] < 0.9 * flows.loc[2013:2021].mean()


def test_the_range_of_2025_is_that_of_all_rules(cores):
    row = bound_pending(cores[NEWEST], "CHN", [2025]).iloc[0]
    rules = row.filter(like="by_")
    assert (row["least"], row["upper"]) == (rules.min(), rules.max()) == (115_143, 185_726)
    usa: Counter = Counter()
    for cell in read_cells(NEWEST, "population"):
        if cell["coa_iso"] == "USA" and cell["asylum_seekers"]:
            name = cell["coo_iso"] if cell["coo_iso"] in ("CHN", "UNK") else "others"
            usa[int(cell["year"]), name] += int(cell["asylum_seekers"])
    unknown = usa[2025, "UNK"]
    assert unknown == 1_437_190

    def share(year):
        return usa[year, "CHN"] / (usa[year, "CHN"] + usa[year, "others"])

    added = allocate_unknown(cores[NEWEST], "CHN", [2025]).set_index("asylum").loc["USA"]
    assert added["added"] == round(unknown * share(2024))
    assert added["added_share_named"] == round(unknown * share(2025))
    flow: Counter = Counter()
    for table, sign in (("asylum_applications", 1), ("asylum_decisions", -1)):
        for cell in read_cells(NEWEST, table):
            is_here = (cell["coa_iso"], cell["coo_iso"], cell["year"]) == ("USA", "CHN", "2025")
            if is_here and cell["dec_level"] not in ("AR", "JR"):
                flow[table] += sign * int(cell["applied" if sign > 0 else "dec_total"])
    rolled = usa[2024, "CHN"] + sum(flow.values()) - usa[2025, "CHN"]
    assert added["added_roll_forward"] == rolled


def test_without_the_collapsed_years_the_ratio_is_lower(tables):
    assert tables.collapsed_years == [2010, 2011, 2012]
    row = tables.comparison.loc["pending"]
    assert row["ratio_sound"] < row["ratio"]


def test_the_break_of_all_destinations_is_rare_and_that_of_the_share_is_noise(tables):
    by_year = tables.pending_by_year.set_index("year")
    series = {name: by_year[name] for name in ("pending", "share_of_world")}
    fits = interrupted.fit_breaks({k: interrupted.take_logs(v, 2023) for k, v in series.items()})
    best = interrupted.summarise_breaks(fits, 2013).set_index("series")
    assert best["best_year"].tolist() == [2013, 2013]
    assert best.loc["pending", "chance"] < 0.05
    assert best.loc["share_of_world", "chance"] > 0.5
    assert best.loc["share_of_world", "best_removed"] < best.loc["share_of_world", "critical"]


def test_of_the_releases_only_the_one_that_repeats_its_main_destination_is_left_out(cores):
    copies = [name for name, core in cores.items() if specification.repeats_main(core, "USA")]
    assert copies == ["2025-mid"]


def test_decisions_of_six_months_give_no_pace(tables):
    paces = robustness.estimate_paces(tables).set_index(["asylum", "year"])["years_low"]
    assert paces[[("USA", 2024), ("USA", 2023)]].isna().tolist() == [True, False]


def test_a_missing_cell_leaves_every_sum_that_holds_it_missing(tables):
    core = tables.release
    pending = core.pending.copy()
    is_blank = pending["asylum"].eq("USA") & pending["year"].eq(2015)
    pending.loc[is_blank, "pending"] = pd.NA
    blank = StudyTables(tables.scope, replace(core, pending=pending))
    by_year = blank.pending_by_year.set_index("year")
    sums = ["pending", "pending_excl_usa", "pending_excl_main", "lower", "upper", "share_of_world"]
    assert by_year.loc[2015, sums].isna().all()
    whole = tables.pending_by_year.set_index("year")
    assert by_year.loc[2016, sums].tolist() == whole.loc[2016, sums].tolist()
    assert 2015 not in set(blank.concentration["year"])
    assert blank.destinations.query("year == 2015")["share"].isna().all()
    counted = blank.count_period(range(2013, 2023)).set_index("count")["value"]
    assert counted.isna().tolist() == [True, False, False]
    eras = blank.eras.query("measure == 'pending_summed' and boundary == @blank.boundaries[0].name")
    assert (eras["n_years"] < eras["last_year"] - eras["first_year"] + 1).sum() == 1


@pytest.mark.parametrize("table", ["pending", "applications", "decisions"])
def test_a_table_without_a_year_leaves_the_year_out_of_its_sums_and_says_so(tables, table):
    lacking = {
        name: getattr(tables.release, name)[lambda frame: frame["year"] != 2015]
        for name in (table, f"{'by_asylum' if table == 'pending' else table + '_by_asylum'}")
    }
    without = StudyTables(tables.scope, replace(tables.release, **lacking))
    series = without.series.query("year == 2015").set_index("measure")["value"]
    name = {"pending": "pending", "applications": "applied_middle", "decisions": "decided_persons"}
    assert pd.isna(series.get(name[table]))
    if table == "applications":
        flows = without.lodged_by_year.set_index("year")
        assert not flows.loc[2015, "is_complete"]
        assert pd.isna(flows.loc[2015, "applied_lower"])
    eras = without.eras.query("measure == @name[@table]")
    whole = tables.eras.query("measure == @name[@table]")
    assert eras["n_years"].sum() < whole["n_years"].sum()
