"""The rules of inclusive claims against the releases on file, by sums that share no code."""

import pandas as pd
import pytest
from cells import name_rules, read_rows

from helpers.analysis import lodged
from helpers.analysis.measures import select_origin
from helpers.data.hand import load_breaks, load_lodged_rules, load_persons_per_case
from helpers.data.releases import load_earlier
from helpers.study import find_release

NEWEST = "2025-end"
YEARS = range(2000, 2026)


@pytest.fixture(scope="module")
def applications():
    return read_rows(NEWEST, "asylum_applications").query("applied > 0")


def mark(cores, origin: str):
    claims = select_origin(cores[NEWEST].applications, origin, YEARS)
    return lodged.mark_lodged(claims, load_lodged_rules())


@pytest.mark.parametrize("origin", ["CHN", "AFG", "TUR", "MMR"])
def test_inclusive_claims_equal_a_plain_sum(cores, applications, origin):
    rows = applications[applications["coo_iso"] == origin]
    rows = rows.assign(rule=name_rules(rows)).query("rule != ''")
    marked = mark(cores, origin)
    counted = lodged.keep_counted(marked)
    result = lodged.bound_persons(counted, load_persons_per_case()).set_index("year")
    for unit, code in (("persons", "P"), ("cases", "C")):
        plain = rows[rows["app_pc"] == code].groupby("year")["applied"].sum()
        assert result[unit].dropna().to_dict() == plain.to_dict()
    by_rule = marked[marked["rule"] != ""].groupby("rule")["applied"].sum()
    assert by_rule.to_dict() == rows.groupby("rule")["applied"].sum().to_dict()


def test_the_us_court_is_coded_as_appeals_in_the_named_years_and_in_no_other(applications):
    court = applications.query("coa_iso == 'USA' and dec_level == 'EO'")
    codes = court.groupby("year")["app_type"].agg(set)
    (rule,) = [rule for rule in load_lodged_rules() if rule.name == "us-court-as-appeal"]
    assert set(codes.index[codes == {"A"}]) == set(rule.years)
    assert (codes[~codes.index.isin(rule.years)] == {"N"}).all()


def test_codes_that_hold_new_claims_never_repeat_what_type_n_holds(applications):
    rows = applications.assign(rule=name_rules(applications))
    rows = rows[rows["rule"].isin(["new", "new-with-others"])]
    assert (rows.groupby(["coa_iso", "year"])["rule"].nunique() == 2).any()
    assert (rows.groupby(["coa_iso", "year", "procedure_type"])["rule"].nunique() == 1).all()


def test_every_rule_adds_rows_of_the_first_study(cores):
    assert set(mark(cores, "CHN")["rule"]) >= {rule.name for rule in load_lodged_rules()}


def list_places(release: str, year: int) -> pd.Series:
    """Return a year's rows of claims lodged by all origins, as one text a destination."""
    rows = read_rows(release, "applications_by_asylum").query("year == @year")
    labels = ["app_type", "dec_level", "app_pc", "applied", "origins"]
    return rows.sort_values(labels).groupby("coa_iso")[labels].agg(tuple).sum(axis="columns")


@pytest.fixture(scope="module")
def half(cores):
    info = find_release(NEWEST)
    mid_years = load_earlier(info, period="mid")
    return lodged.find_half_year_flows(cores[NEWEST], info, mid_years, load_breaks())


def test_half_years_are_those_that_a_mid_year_release_held_already_and_those_a_source_names(half):
    repeated = set()
    for year in (2022, 2023, 2024, 2025):
        now, then = list_places(NEWEST, year), list_places(f"{year}-mid", year)
        rows = read_rows(NEWEST, "applications_by_asylum").query("year == @year")
        is_enough = rows.groupby("coa_iso")["applied"].sum() >= 50
        is_same = now.eq(then.reindex(now.index)) & is_enough
        repeated |= {(code, year) for code in now.index[is_same]}
    found = set(zip(half["asylum"], half["year"], strict=True))
    assert found == repeated | {("AUS", 2024)}
    assert {("USA", 2024), ("COL", 2023), ("COL", 2024)} <= repeated


def test_2024_lacks_half_a_year_of_the_usa_and_all_of_australia(cores, half, applications):
    marked, core = mark(cores, "CHN"), cores[NEWEST]
    pending = select_origin(core.pending, "CHN", YEARS)
    places = lodged.list_places(marked, pending, load_persons_per_case())
    row = places[(places["asylum"] == "AUS") & (places["year"] == 2024)].iloc[0]
    assert row["pending"] > 0
    assert row.filter(like="applied").isna().all()
    everyone = lodged.mark_lodged(core.applications_by_asylum, load_lodged_rules())
    gaps = lodged.find_gaps(marked, everyone, pending, half)
    here = gaps[gaps["year"] == 2024].set_index("asylum")
    assert here["months"].to_dict() == {"AUS": 0, "USA": 6}
    at_usa = applications.query(
        "coo_iso == 'CHN' and coa_iso == 'USA' and year == 2024 and app_type == 'N'"
    )
    assert here.loc["USA", "applied"] == at_usa["applied"].sum() == 39_536
