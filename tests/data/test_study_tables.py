"""The study's tables against plain sums of the raw cells, for origins and releases of all kinds."""

from functools import cache

import pytest
from cells import LEVELS, NAMES, assert_same, read_own, read_rows

from helpers.analysis.study_tables import load_tables
from helpers.study import InputError, Study

NEWEST = "2025-end"
CASES = [("CHN", NEWEST), ("CHN", "2024-mid"), ("HKG", "2024-mid")]
CASES += [(origin, NEWEST) for origin in ("SYR", "ERI", "VEN", "MAC", "UNK")]
STAGES = {"N": "new", "R": "repeat", "RA": "repeat", "A": "appeal", "J": "appeal"}
OUTCOMES = {"dec_recognized": "recognised", "dec_other": "other", "dec_rejected": "rejected",
            "dec_closed": "closed"}  # fmt: skip
each_case = pytest.mark.parametrize(("origin", "release"), CASES)


@cache
def tables_of(origin: str, release: str):
    return load_tables(Study.resolve(origin=origin, release=release))


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
    assert_same(table["pending"].dropna(), every)
    table, world = table.loc[every.index], world[every.index]
    assert_same(table["pending_excl_usa"], every - places["USA"].fillna(0))
    assert_same(table["pending_excl_largest"], every - most)
    assert_same(table["world_pending"], world)
    assert_same(table["share_of_world"], every / world)
    main = table["main"].iloc[0]
    elsewhere = read_rows(release, "totals_by_asylum").query("coa_iso != @main")
    rest = elsewhere.groupby("year")["asylum_seekers"].sum()[every.index]
    assert_same(table["share_of_world_excl_main"], (every - places[main].fillna(0)) / rest)
    series = tables_of(origin, release).series.query("measure == 'share_of_world'")
    assert_same(series.set_index("year")["value"].dropna(), every / world)
    assert_same(table["lower"], every)
    assert (table["upper"].isna() | (table["upper"] >= every)).all()
    assert origin != "UNK" or table["upper"].equals(table["lower"])  # nothing to share out
    for year, place in table["largest"].dropna().items():
        assert places.loc[year, place] == most[year] > 0


@each_case
def test_claims_lodged_are_summed_by_stage_and_unit(origin, release):
    """A group of rows that are all 0 is 0."""
    rows = read_own(release, "asylum_applications", origin)
    stage = rows["app_type"].map(STAGES).fillna("mixed")
    sums = rows.groupby(["year", stage, rows["app_pc"].map(NAMES)])["applied"].sum()
    table = tables_of(origin, release).applications_by_year
    assert_same(table.set_index(["year", "stage", "unit"])["applied"].dropna(), sums)


@each_case
def test_decisions_and_their_rates_are_by_level_and_unit(origin, release):
    rows = read_own(release, "asylum_decisions", origin)
    level = rows["dec_level"].map(LEVELS).fillna("other")
    sums = rows.groupby(["year", level, rows["dec_pc"].map(NAMES)])[list(OUTCOMES)].sum()
    sums = sums.rename(columns=OUTCOMES)
    table = tables_of(origin, release).decisions_by_year.set_index(["year", "level", "unit"])
    assert set(table.index) == set(sums.index)
    for name in sums:
        assert_same(table[name].dropna(), sums[name])
    substance = sums.drop(columns="closed").sum(axis="columns")
    granted = sums["recognised"] + sums["other"]
    assert_same(table["recognition_rate"].dropna(), (sums["recognised"] / substance).dropna())
    assert_same(table["protection_rate"].dropna(), (granted / substance).dropna())


def test_an_origin_without_any_pending_claim_is_refused_in_words():
    scope = Study.resolve(origin="TIB", release=NEWEST, year_to=2001)
    with pytest.raises(InputError, match="no claim from TIB was pending in 2000 to 2001: ask"):
        load_tables(scope).pending  # noqa: B018
