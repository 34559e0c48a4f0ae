"""The study's answer and its ranges on the newest release, by sums that share no code with it."""

from dataclasses import replace

import pandas as pd
import pytest
from cells import read_own, read_rows, sum_cells

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
    means = tables.period_means.set_index(["measure", "first_year"])
    lodged = means.loc["applied_middle"]
    assert lodged["years_complete"].tolist() == [10, 10, 1]
    assert lodged["direction"].tolist() == ["", "open", "up"]
    assert lodged.loc[2013, "ratio_lower"] < 1 < lodged.loc[2013, "ratio_upper"]
    assert lodged.loc[2023, "ratio_lower"] > 1.5
    assert means.loc[("pending", 2013), "ratio_lower"] > 3


def test_each_ratio_stands_beside_those_without_main_destination_or_collapsed_years(tables):
    table = tables.pending_by_year.set_index("year")
    pair = tables.comparison.loc["pending"]
    sound = table[~table.index.isin(tables.collapsed_years)]
    for ratio, values in {
        "ratio": table["pending"],
        "ratio_excl_main": table["pending_excl_main"],
        "ratio_excl_collapsed": sound["pending"],
    }.items():
        earlier, later = (values[values.index.isin(span)].mean() for span in tables.spans)
        assert pair[ratio] == pytest.approx(later / earlier)
    assert not tables.comparison["measure"].str.endswith("_excl_main").any()
    there = tables.pending.query("asylum == 'USA'").set_index("year")["refugees"]
    assert (table["refugees"] - table["refugees_excl_main"]).tolist() == there.tolist()


def test_claims_without_origin_and_missing_months_are_in_the_range(tables):
    table = tables.lodged_by_year.set_index("year")
    assert table.index[~table["is_complete"]].tolist() == [2024, 2025]
    there = {"coa_iso": "USA", "app_type": "N"}
    unnamed = sum_cells(NEWEST, "asylum_applications", "applied", coo_iso="UNK", year=2025,
                        app_pc="C", **there)  # fmt: skip
    assert unnamed == 282_594
    # The least share that any rule gives is the origin's of the courts' claims in 2025.
    assert table.loc[2025, "most_unknown_origin"] > 0.04 * 1.5 * unnamed
    six, whole, half = (
        sum_cells(release, "asylum_applications", "applied", coo_iso="CHN", year=year, **there)
        for release, year in (("2023-mid", 2023), (NEWEST, 2023), (NEWEST, 2024))
    )
    missing = half * (whole / six - 1)  # 2023 had the least part at mid-year
    assert table.loc[2024, "most_unreported"] == pytest.approx(missing, rel=0.1)
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
    rows = read_rows(NEWEST, "population").query("coa_iso == 'USA'")
    usa = rows.groupby(["year", "coo_iso"])["asylum_seekers"].sum()
    unknown = usa[2025, "UNK"]
    assert unknown == 1_437_190
    share = usa.xs("CHN", level=1) / (usa.groupby("year").sum() - usa.xs("UNK", level=1))
    allocated = allocate_unknown(cores[NEWEST], "CHN").query("year == 2025")
    added = allocated.set_index("asylum").loc["USA"]
    assert added["added"] == round(unknown * share[2024])
    assert added["added_share_named"] == round(unknown * share[2025])
    flow = {
        name: read_own(NEWEST, name, "CHN", 2025).query(
            "coa_iso == 'USA' and dec_level not in ['AR', 'JR']"
        )
        for name in ("asylum_applications", "asylum_decisions")
    }
    rolled = usa[2024, "CHN"] - usa[2025, "CHN"] + flow["asylum_applications"]["applied"].sum()
    assert added["added_roll_forward"] == rolled - flow["asylum_decisions"]["dec_total"].sum()


def test_of_the_releases_only_the_one_that_repeats_its_main_destination_is_left_out(cores):
    copies = [name for name, core in cores.items() if specification.repeats_main(core, "USA")]
    assert copies == ["2025-mid"]


def test_decisions_of_six_months_give_no_pace(tables):
    paces = robustness.estimate_paces(tables).query("asylum == 'USA'").set_index("year")
    assert paces["years_low"].reindex([2024, 2023]).isna().tolist() == [True, False]


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
    counted = blank.count_three_ways(range(2013, 2023)).set_index("count")["value"]
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
