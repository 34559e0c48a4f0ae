"""The rules of inclusive claims against the releases on file, by sums that share no code."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

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


def mark(cores, origin: str):
    claims = select_origin(cores[NEWEST].applications, origin, YEARS)
    return lodged.mark_lodged(claims, load_lodged_rules())


def name_rule(row: dict[str, str]) -> str:
    """Name the rule of a row, as the meaning of its codes puts it."""
    kind, level, year = row["app_type"], row["dec_level"], int(row["year"])
    if kind == "N":
        return "new"
    if kind in ("NR", "FA", "NA"):
        return "" if level in ("AR", "JR", "RA") else "new-with-others"
    if (row["coa_iso"], kind, level) == ("USA", "A", "EO"):
        return "us-court-as-appeal" if year in (2007, 2010, 2011, 2012) else ""
    return "stages-not-told-apart" if kind == "V" and level in ("FI", "NA", "FA") else ""


@pytest.mark.parametrize("origin", ["CHN", "AFG", "TUR", "MMR"])
def test_inclusive_claims_equal_a_plain_sum(cores, applications, origin):
    sums: Counter = Counter()
    by_rule: Counter = Counter()
    for row in applications:
        rule = name_rule(row) if row["coo_iso"] == origin else ""
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


@pytest.mark.parametrize(
    ("asylum", "year", "level", "applied"),
    [
        ("DEU", 2000, "NA", 78_533), ("DEU", 2005, "NA", 28_899), ("AUT", 2002, "FA", 39_343),
        ("THA", 2003, "FA", 4_005), ("KOR", 2005, "FA", 393), ("NLD", 2000, "FI", 43_871),
    ],
)  # fmt: skip
def test_claims_whose_stage_is_not_told_count_by_their_level(cores, asylum, year, level, applied):
    marked = lodged.mark_lodged(cores[NEWEST].applications_by_asylum, load_lodged_rules())
    here = marked[marked["asylum"].eq(asylum) & marked["year"].eq(year) & marked["rule"].ne("")]
    assert here["applied"].sum() == applied
    assert set(here["level_code"]) == {level}


def test_review_and_repeat_claims_count_under_no_code_but_n(cores):
    marked = lodged.mark_lodged(cores[NEWEST].applications_by_asylum, load_lodged_rules())
    added = marked[~marked["rule"].isin(["", "new"])]
    assert not added["level_code"].isin(["AR", "JR", "RA"]).any()


def test_codes_that_hold_new_claims_never_repeat_what_type_n_holds(applications):
    reported = defaultdict(lambda: defaultdict(set))
    for row in applications:
        rule = name_rule(row)
        if rule in ("new", "new-with-others"):
            reported[row["coa_iso"], row["year"]][rule].add(row["procedure_type"])
    both = [found for found in reported.values() if len(found) == 2]
    assert both
    assert not any(found["new"] & found["new-with-others"] for found in both)


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
    everyone = lodged.mark_lodged(core.applications_by_asylum, load_lodged_rules())
    gaps = lodged.find_gaps(marked, everyone, pending, half)
    here = gaps[gaps["year"] == 2024].set_index("asylum")
    assert here["months"].to_dict() == {"AUS": 0, "USA": 6}
    own = [row for row in applications if row["coo_iso"] == "CHN" and row["year"] == "2024"]
    at_usa = [
        int(row["applied"]) for row in own if row["coa_iso"] == "USA" and row["app_type"] == "N"
    ]
    assert here.loc["USA", "applied"] == sum(at_usa) == 39_536
