"""A printed number is found in the series that give it, or told as a coincidence."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import cells
import pandas as pd
import pytest

from helpers.claims.find import build_series, read_printed, read_years, search, write_search
from helpers.data.releases import load_history
from helpers.study import InputError

NEWEST = "2025-end"
with (Path(__file__).parent / "find_cases.csv").open(encoding="utf-8") as lines:
    CASES = list(csv.DictReader(lines))


@cache
def load_series(origin: str) -> pd.DataFrame:
    return build_series(load_history(origin))


def find(number: str, years: str | None = None, release: str = "", origin: str = "CHN"):
    series = load_series(origin)
    own = series[series["release"] == release] if release else series
    return search(read_printed(number), own, read_years(years))


def compute(case: dict) -> float:
    """Compute what a case's first hit comes to from the raw rows."""
    years = range(int(case["first_year"]), int(case["last_year"]) + 1)
    cells_of = [cells.pick(NEWEST, case["measure"], year, case["origin"]) for year in years]
    totals = [sum(each.values()) for each in cells_of]
    if case["place"] == "EXCL_LARGEST":
        values = [sum(each.values()) - max(each.values()) for each in cells_of]
    else:
        values = [each[case["place"]] for each in cells_of] if case["place"] else totals
    first, last = values[0], values[-1]
    rows = cells.read_cells(NEWEST, "totals_by_origin")
    world = sum(int(r["asylum_seekers"] or 0) for r in rows if r["year"] == case["first_year"])
    return {
        "single": first, "sum": sum(values), "mean": sum(values) / len(values),
        "ratio": last / first, "percent_of": 100 * last / first,
        "increase": 100 * last / first - 100,
        "share_of_total": first / totals[0], "share_of_world": first / world,
    }[case["kind"]]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['number']} {case['years']}")
def test_the_shared_cases(case):
    hits = find(case["number"], case["years"] or None, NEWEST, case["origin"]).hits
    if not case["kind"]:
        assert hits.empty
        return
    hit = {name: str(value) for name, value in hits.iloc[0].items()}
    names = ["measure", "place", "kind", "first_year", "last_year", "match", "verdict"]
    assert {name: hit[name] for name in names} == {name: case[name] for name in names}
    assert float(hit["value"]) == pytest.approx(float(case["value"]), abs=1e-6)
    times = 100 if case["kind"].startswith("share") and not case["number"].startswith("0.") else 1
    assert abs(float(case["value"])) == pytest.approx(abs(times * compute(case)), abs=1e-5)


def test_a_figure_that_was_revised_is_found_in_the_release_that_had_it():
    hit = find("176,239").hits.iloc[0]
    assert (hit["match"], hit["releases"], hit["verdict"]) == ("exact", ("2024-mid",), "likely")
    assert find("176,239", release=NEWEST).hits.empty


def test_a_sum_over_a_missing_year_is_no_candidate_and_nothing_is_divided_by_few():
    rows = [(2001, 1000), (2003, 2300), (2005, 99), (2006, 990)]
    series = pd.DataFrame(rows, columns=["year", "value"]).assign(
        release=NEWEST, measure="pending", place=""
    )
    assert search(read_printed("3,300"), series).hits.empty
    assert search(read_printed("1,089"), series).hits["kind"].tolist() == ["sum"]
    assert search(read_printed("2.3 times"), series).hits["kind"].tolist() == ["ratio"]
    assert search(read_printed("10.0 times"), series).hits.empty


@pytest.mark.parametrize(("number", "years", "told"), [
    ("613,000", "2012-2021", "1. claims pending, 2012 to 2020, year-end counts added over "
     "years, not people: 613,532, cut off"),
    ("613,000", "2012-2021", "all destinations together; the years differ by 1"),
    ("88,722", None, "Where     the United States alone"),
    ("176,239", None, "2024 is of mid-year in 2024-mid"),
    ("26 %", None, "give its years or more digits"),
    ("1,158,739", None, "candidates tried, none of them give it"),
])  # fmt: skip
def test_a_reader_is_told_what_a_hit_is(number, years, told):
    found = find(number, years)
    said = write_search(found, "CHN", {"USA": "the United States"})
    assert told in said
    assert f"{found.tried:,} candidates tried" in said
    assert said.count("Not  ") == said.count("Chance  ") == said.count("Releases  ")


@pytest.mark.parametrize(("texts", "value", "unit", "form"), [
    ("1.2 million; 1,200,000; 1 200 000; 1200000 people", 1_200_000, 100_000, "count"),
    ("26 %", 26, 1, "percent"),
    ("2.60 per cent", 2.6, 0.01, "percent"),
    ("5.0 times", 5, 0.1, "times"),
    ("tenfold", 10, 1, "times"),
    ("0.40", 0.4, 0.01, "decimal"),
    ("one million", 1_000_000, 1_000_000, "count"),
    ("1.20 million; 1.20m; 1.20 M people", 1_200_000, 10_000, "count"),
    ("2.3k; 2.3 thousand", 2_300, 100, "count"),
    ("1bn", 1_000_000_000, 1_000_000_000, "count"),
    ("12 months", 12, 1, "count"),
])  # fmt: skip
def test_a_number_is_as_exact_as_its_last_digit_printed(texts, value, unit, form):
    for printed in map(read_printed, texts.split("; ")):
        assert (printed.value, printed.form) == (value, form)
        assert printed.unit == pytest.approx(unit)


@pytest.mark.parametrize("text", ["", "many", "0", "0 %", "0,4", "12 13", "1.2.3", "-5", "−5%"])
def test_what_is_no_single_number_is_refused(text):
    with pytest.raises(InputError, match="is not one number above 0"):
        read_printed(text)


@pytest.mark.parametrize(
    "years", ["2022-2012", "1999", "soon", "12", "2012-", "2040", "since 2099"]
)
def test_years_that_cannot_be_are_refused(years):
    with pytest.raises(InputError, match=r"years .* must be|figures of 2040"):
        find("5", years)
