"""The study's tables against plain sums of the raw cells, for origins and releases of all kinds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml
from cells import NAMES, count_lodged, read_own, read_rows
from pandas.testing import assert_series_equal

from helpers.analysis.study_tables import load_tables
from helpers.study import Study

STUDY = Path(__file__).resolve().parents[2] / "data" / "hand" / "studies" / "china.yml"
NEWEST = "2025-end"
CASES = [
    ("CHN", "2024-mid"), ("SYR", NEWEST), ("ERI", NEWEST), ("VEN", NEWEST), ("HKG", "2024-mid"),
]  # fmt: skip
STAGES = {"N": "new", "R": "repeat", "RA": "repeat", "A": "appeal", "J": "appeal"}
LEVELS = {"FI": "first", "IN": "first", "EO": "first", "AR": "appeal", "JR": "appeal"}
OUTCOMES = {"dec_recognized": "recognised", "dec_other": "other", "dec_rejected": "rejected",
            "dec_closed": "closed"}  # fmt: skip
each_case = pytest.mark.parametrize(("origin", "release"), CASES)


@cache
def tables_of(origin: str, release: str):
    return load_tables(Study.resolve(origin=origin, release=release))


def sum_applied(origin: str, release: str) -> pd.Series:
    """Sum claims lodged by year, stage and unit; a group of rows that are all 0 is 0."""
    rows = read_own(release, "asylum_applications", origin)
    stage = rows["app_type"].map(STAGES).fillna("mixed").rename("stage")
    return rows.groupby(["year", stage, rows["app_pc"].map(NAMES).rename("unit")])["applied"].sum()


def assert_same(found: pd.Series, plain: pd.Series) -> None:
    """Compare what both hold; what is missing here was not reported there."""
    assert_series_equal(found.dropna().sort_index(), plain.sort_index(), check_names=False,
                        check_dtype=False, check_index_type=False)  # fmt: skip


@each_case
def test_claims_pending_are_the_sum_over_destinations(origin, release):
    table = tables_of(origin, release).pending_by_year.set_index("year")
    places = read_own(release, "population", origin).pivot_table(
        index="year", columns="coa_iso", values="asylum_seekers", aggfunc="sum"
    )
    places["USA"] = places.get("USA", 0)
    every, most = places.sum(axis="columns"), places.max(axis="columns")
    world = read_rows(release, "totals_by_origin").groupby("year")["asylum_seekers"].sum()
    newest, period = release.split("-")
    assert table.index.tolist() == list(range(2000, int(newest) + 1))
    assert table["period"].tolist() == ["end"] * (len(table) - 1) + [period]
    assert_same(table["pending"], every)
    table, world = table.loc[every.index], world[every.index]
    assert_same(table["pending_excl_usa"], every - places["USA"].fillna(0))
    assert_same(table["pending_excl_largest"], every - most)
    assert_same(table["world_pending"], world)
    assert_same(table["share_of_world"], every / world)
    assert_same(table["lower"], every)
    assert (table["upper"].isna() | (table["upper"] >= every)).all()
    for year, place in table["largest"].dropna().items():
        assert places.loc[year, place] == most[year] > 0


@each_case
def test_claims_lodged_are_summed_by_stage_and_unit(origin, release):
    table = tables_of(origin, release).applications_by_year
    assert_same(table.set_index(["year", "stage", "unit"])["applied"], sum_applied(origin, release))


@each_case
def test_decisions_and_their_rates_are_by_level_and_unit(origin, release):
    rows = read_own(release, "asylum_decisions", origin)
    level = rows["dec_level"].map(LEVELS).fillna("other")
    sums = rows.groupby(["year", level, rows["dec_pc"].map(NAMES)])[list(OUTCOMES)].sum()
    sums = sums.rename(columns=OUTCOMES)
    table = tables_of(origin, release).decisions_by_year.set_index(["year", "level", "unit"])
    assert set(table.index) == set(sums.index)
    for name in sums:
        assert_same(table[name], sums[name])
    substance = sums.drop(columns="closed").sum(axis="columns")
    granted = sums["recognised"] + sums["other"]
    assert_same(table["recognition_rate"], (sums["recognised"] / substance).dropna())
    assert_same(table["protection_rate"], (granted / substance).dropna())


@pytest.mark.parametrize("release", [NEWEST, "2024-mid"])
def test_eras_are_means_totals_and_ratios_of_plain_sums(release):
    tables, newest = tables_of("CHN", release), int(release[:4])
    stock = read_own(release, "population", "CHN").groupby("year")["asylum_seekers"].sum()
    flow = sum_applied("CHN", release).xs(("new", "persons"), level=("stage", "unit"))
    # 2024 is six months of the United States in either release; 2025 lacks what is not named.
    partial = {year for year in (2024, 2025) if year <= newest}
    assert tables.partial["applied_persons"] == partial
    rows = tables.eras.set_index(["boundary", "era", "measure"]).sort_index()
    boundaries = yaml.safe_load(STUDY.read_text(encoding="utf-8"))["boundaries"]
    assert set(rows.index.get_level_values("boundary")) == {each["name"] for each in boundaries}
    for boundary, era in ((one, era) for one in boundaries for era in one["eras"]):
        of = rows.loc[boundary["name"], era["name"]]
        years = stock.loc[era.get("first", 2000) : min(era.get("last", newest), newest)]
        first, last = years.iloc[0], years.iloc[-1]
        row = of.loc["pending"]
        assert row[["first_year", "last_year"]].tolist() == [years.index[0], years.index[-1]]
        assert row[["first", "last"]].tolist() == [first, last]
        figures = row[["mean_per_year", "ratio", "percent_increase"]].tolist()
        assert figures == pytest.approx([years.mean(), last / first, 100 * (last - first) / first])
        assert pd.isna(row["total"])
        assert of.loc["pending_summed", "total"] == years.sum()
        known = flow[flow.index.isin(years.index)]
        whole = known[~known.index.isin(partial)]
        row = of.loc["applied_persons"]
        if known.empty:  # nothing lodged in persons is not 0
            assert row[["total", "mean_per_year"]].isna().all()
            continue
        assert row["total"] == known.sum()
        assert row[["n_years", "n_complete"]].tolist() == [len(known), len(whole)]
        assert row["mean_per_year"] == pytest.approx(whole.mean())


DECADES = [(2010, 2019), (2020, 2022), (2023, 2025)]


@pytest.mark.parametrize(
    ("origin", "release", "spans"),
    [
        ("CHN", NEWEST, [(2003, 2012), (2013, 2022), (2023, 2025)]),
        ("CHN", "2024-mid", [(2003, 2012), (2013, 2021), (2022, 2024)]),
        ("SYR", NEWEST, DECADES),
        ("ERI", NEWEST, DECADES),
    ],
)
def test_the_answer_is_means_of_plain_sums(origin, release, spans):
    stock = read_own(release, "population", origin).groupby("year")["asylum_seekers"].sum()
    lodged = pd.Series(count_lodged(release, origin)).groupby(level=0).sum()
    tables = tables_of(origin, release)
    means = tables.period_means.set_index(["measure", "first_year", "last_year"])
    assert means.loc["pending"].index.tolist() == spans
    for first, last in spans:
        row = means.loc[("pending", first, last)]
        assert row["mean_per_year"] == pytest.approx(stock.loc[first:last].mean())
        # At least: each case one person, in all years.
        row = means.loc[("applied_middle", first, last)]
        assert row["lower"] == pytest.approx(lodged.loc[first:last].sum() / (last - first + 1))
        whole = set(range(first, last + 1)) - tables.partial["applied_middle"]
        assert row["years_complete"] == len(whole)
        assert pd.isna(row["upper"]) or row["upper"] >= row["lower"]
    base, later = (means.loc[("pending", *span)] for span in spans[:2])
    assert later["ratio"] == pytest.approx(later["mean_per_year"] / base["mean_per_year"])
    assert later["ratio_lower"] <= later["ratio"] <= later["ratio_upper"]


@pytest.mark.parametrize("origin", ["SYR", "ERI"])
def test_an_origin_without_a_study_has_no_eras(origin):
    assert tables_of(origin, NEWEST).eras.empty
