"""The rules of inclusive claims against the releases on file, by sums that share no code."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd
import pytest
from cells import read_cells

from helpers.analysis import lodged
from helpers.analysis.measures import select_origin
from helpers.data.hand import load_breaks, load_lodged_rules, load_persons_per_case
from helpers.data.releases import load_mid_years
from helpers.study import find_release

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
NEWEST = "2025-end"
YEARS = range(2000, 2026)


def read_rows(table: str) -> list[dict[str, str]]:
    return [row for row in read_cells(NEWEST, table) if row["applied"] != "0"]


@pytest.fixture(scope="module")
def applications() -> list[dict[str, str]]:
    return read_rows("asylum_applications")


@pytest.fixture(scope="module")
def uses_new() -> set[tuple[str, str]]:
    """Return the destinations and years that name new claims, of any origin."""
    rows = read_rows("applications_by_asylum")
    return {(row["coa_iso"], row["year"]) for row in rows if row["app_type"] == "N"}


def mark(cores, origin: str):
    core = cores[NEWEST]
    claims = select_origin(core.applications, origin, YEARS)
    return lodged.mark_lodged(claims, core.applications_by_asylum, load_lodged_rules())


def name_rule(row: dict[str, str], uses_new: set[tuple[str, str]]) -> str:
    """Name the rule of a row, as the documentation of the exceptions puts it."""
    kind, level, year = row["app_type"], row["dec_level"], int(row["year"])
    if kind == "N":
        return "new"
    if kind in ("NR", "FA", "NA") and level not in ("AR", "JR"):
        return "" if (row["coa_iso"], row["year"]) in uses_new else "mixed-code-alone"
    if (row["coa_iso"], kind, level) == ("USA", "A", "EO"):
        return "us-court-as-appeal" if year in (2007, 2010, 2011, 2012) else ""
    return "various-at-first-instance" if (kind, level) == ("V", "FI") and year <= 2005 else ""


@pytest.mark.parametrize("origin", ["CHN", "AFG", "TUR", "MMR"])
def test_inclusive_claims_equal_a_plain_sum(cores, applications, uses_new, origin):
    sums: Counter = Counter()
    by_rule: Counter = Counter()
    for row in applications:
        rule = name_rule(row, uses_new) if row["coo_iso"] == origin else ""
        if rule:
            sums[int(row["year"]), row["app_pc"]] += int(row["applied"])
            by_rule[rule] += int(row["applied"])
    marked = mark(cores, origin)
    result = lodged.measure_lodged(marked, load_persons_per_case(), YEARS).set_index("year")
    for unit, code in (("persons", "P"), ("cases", "C")):
        found = result[f"applied_inclusive_{unit}"].dropna()
        assert found.to_dict() == {year: n for (year, u), n in sums.items() if u == code}
    assert marked[marked["rule"] != ""].groupby("rule")["applied"].sum().to_dict() == by_rule


def test_the_us_court_is_coded_as_appeals_in_the_named_years_and_in_no_other(applications):
    codes = defaultdict(set)
    for row in applications:
        if row["coa_iso"] == "USA" and row["dec_level"] == "EO":
            codes[int(row["year"])].add(row["app_type"])
    (rule,) = [rule for rule in load_lodged_rules() if rule.name == "us-court-as-appeal"]
    assert {year for year, found in codes.items() if found == {"A"}} == set(rule.years)
    assert all(found == {"N"} for year, found in codes.items() if year not in rule.years)


def test_stages_that_are_not_told_apart_end_with_the_rules_years(applications):
    years = {int(row["year"]) for row in applications if row["app_type"] == "V"}
    (rule,) = [rule for rule in load_lodged_rules() if "V" in rule.stages]
    assert years == set(rule.years)


def test_every_rule_adds_rows_of_the_first_study(cores):
    assert set(mark(cores, "CHN")["rule"]) >= {rule.name for rule in load_lodged_rules()}


def read_totals(release: str, year: int) -> dict[str, list[tuple[str, ...]]]:
    """Return a year's rows of claims lodged by all origins, by destination."""
    rows = defaultdict(list)
    for row in read_cells(release, "applications_by_asylum"):
        if int(row["year"]) == year:
            labels = (row["app_type"], row["dec_level"], row["app_pc"])
            rows[row["coa_iso"]].append((*labels, row["applied"], row["origins"]))
    return {code: sorted(found) for code, found in rows.items()}


@pytest.fixture(scope="module")
def half(cores):
    info = find_release(NEWEST)
    return lodged.find_half_year_flows(cores[NEWEST], info, load_mid_years(info), load_breaks())


def test_half_years_are_those_that_a_mid_year_release_held_already_and_those_a_source_names(half):
    repeated = {
        (code, year)
        for year in (2022, 2023, 2024, 2025)
        for code, rows in read_totals(NEWEST, year).items()
        if rows == read_totals(f"{year}-mid", year).get(code)
        and sum(int(row[3]) for row in rows) >= 50
    }
    found = set(zip(half["asylum"], half["year"], strict=True))
    assert found == repeated | {("AUS", 2024)}
    assert {("USA", 2024), ("COL", 2023), ("COL", 2024)} <= repeated


def test_2024_lacks_half_a_year_of_the_united_states_and_all_of_australia(
    cores, half, applications
):
    marked, core = mark(cores, "CHN"), cores[NEWEST]
    pending = select_origin(core.pending, "CHN", YEARS)
    places = lodged.list_places(marked, pending, load_persons_per_case())
    row = places[(places["asylum"] == "AUS") & (places["year"] == 2024)].iloc[0]
    assert row["pending"] > 0
    assert row.filter(like="applied").isna().all()
    everyone = lodged.mark_lodged(
        core.applications_by_asylum, core.applications_by_asylum, load_lodged_rules()
    )
    gaps = lodged.find_gaps(marked, everyone, pending, half)
    here = gaps[gaps["year"] == 2024].set_index("asylum")
    assert here["months"].to_dict() == {"AUS": 0, "USA": 6}
    own = [row for row in applications if row["coo_iso"] == "CHN" and row["year"] == "2024"]
    at_usa = [
        int(row["applied"]) for row in own if row["coa_iso"] == "USA" and row["app_type"] == "N"
    ]
    assert here.loc["USA", "applied"] == sum(at_usa) == 39_536
    flags = lodged.flag_complete(pd.DataFrame({"year": [2012, 2023, 2024]}), gaps)
    assert flags["is_complete"].tolist() == [True, True, False]
