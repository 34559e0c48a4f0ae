"""The study's tables against sums of the raw cells that share no code with them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml
from cells import read_cells

from helpers.analysis.study_tables import load_tables
from helpers.study import Study

STUDY = Path(__file__).resolve().parents[2] / "data" / "hand" / "studies" / "china.yml"
NEWEST = "2025-end"
CASES = [
    ("CHN", NEWEST), ("SYR", NEWEST), ("ERI", NEWEST), ("VEN", NEWEST), ("CHN", "2024-mid"),
    ("HKG", "2024-mid"),
]  # fmt: skip
UNITS = {"P": "persons", "C": "cases"}
STAGES = {"N": "new", "R": "repeat", "RA": "repeat", "A": "appeal", "J": "appeal"}
LEVELS = {"FI": "first", "IN": "first", "EO": "first", "AR": "appeal", "JR": "appeal"}
OUTCOMES = ("recognised", "other", "rejected", "closed")
RAW_OUTCOMES = ("dec_recognized", "dec_other", "dec_rejected", "dec_closed")
CONTRACT = {
    "pending_by_year": "year period pending pending_excl_usa largest pending_excl_largest"
    " world_pending share_of_world lower upper is_comparable status",
    "applications_by_year": "year stage unit applied lower upper is_comparable",
    "decisions_by_year": "year level unit recognised other rejected closed recognition_rate"
    " protection_rate",
    "eras": "boundary era measure first_year last_year total mean_per_year first last ratio"
    " percent_increase",
}


@cache
def tables_of(origin: str, release: str):
    return load_tables(Study.resolve(origin=origin, release=release))


def read_own(release: str, table: str, origin: str) -> list[dict[str, str]]:
    """Return an origin's rows from 2000 on."""
    rows = read_cells(release, table)
    return [row for row in rows if row["coo_iso"] == origin and int(row["year"]) >= 2000]


@cache
def sum_pending(origin: str, release: str) -> Counter:
    """Sum claims pending by year and destination."""
    sums: Counter = Counter()
    for row in read_own(release, "population", origin):
        sums[int(row["year"]), row["coa_iso"]] += int(row["asylum_seekers"])
    return sums


@cache
def sum_applied(origin: str, release: str) -> Counter:
    """Sum claims lodged by year, stage and unit; a group of rows that are all 0 is 0."""
    sums: Counter = Counter()
    for row in read_own(release, "asylum_applications", origin):
        stage = STAGES.get(row["app_type"], "mixed")
        sums[int(row["year"]), stage, UNITS[row["app_pc"]]] += int(row["applied"])
    return sums


def add_years(origin: str, release: str) -> Counter:
    totals: Counter = Counter()
    for (year, _), count in sum_pending(origin, release).items():
        totals[year] += count
    return totals


def plain(values: pd.Series) -> dict:
    """Return a series' figures without those that are missing."""
    return values.dropna().to_dict()


@pytest.mark.parametrize(("origin", "release"), CASES)
def test_claims_pending_are_the_sum_over_destinations(origin, release):
    table = tables_of(origin, release).pending_by_year.set_index("year")
    every, sums = add_years(origin, release), sum_pending(origin, release)
    newest, period = release.split("-")
    world: Counter = Counter()
    for row in read_cells(release, "totals_by_origin"):
        world[int(row["year"])] += int(row["asylum_seekers"])
    assert table.index.tolist() == list(range(2000, int(newest) + 1))
    assert set(table["period"][:-1]) == {"end"}
    assert table["period"].iloc[-1] == period
    assert plain(table["pending"]) == every
    for year, total in every.items():
        row = table.loc[year]
        here = {place: count for (when, place), count in sums.items() if when == year}
        assert row["pending_excl_usa"] == total - here.get("USA", 0)
        assert row["pending_excl_largest"] == total - max(here.values())
        assert pd.isna(row["largest"]) or here[row["largest"]] == max(here.values()) > 0
        assert row["world_pending"] == world[year]
        assert row["share_of_world"] == pytest.approx(total / world[year])
        assert row["lower"] == total
        assert pd.isna(row["upper"]) or row["upper"] >= total


@pytest.mark.parametrize(("origin", "release"), CASES)
def test_claims_lodged_are_summed_by_stage_and_unit(origin, release):
    table = tables_of(origin, release).applications_by_year
    found = plain(table.set_index(["year", "stage", "unit"])["applied"])
    assert found == sum_applied(origin, release)
    by_type = Counter()
    for row in read_own(release, "asylum_applications", origin):
        by_type[row["app_type"], row["app_pc"]] += int(row["applied"])
    new = table[table["stage"] == "new"].groupby("unit")["applied"].sum()
    assert new.to_dict() == {name: by_type["N", code] for code, name in UNITS.items()}


@pytest.mark.parametrize(("origin", "release"), CASES)
def test_decisions_and_their_rates_are_by_level_and_unit(origin, release):
    sums: dict[tuple, Counter] = {}
    for row in read_own(release, "asylum_decisions", origin):
        level = LEVELS.get(row["dec_level"], "other")
        here = sums.setdefault((int(row["year"]), level, UNITS[row["dec_pc"]]), Counter())
        for name, raw in zip(OUTCOMES, RAW_OUTCOMES, strict=True):
            here[name] += int(row[raw])
    table = tables_of(origin, release).decisions_by_year.set_index(["year", "level", "unit"])
    assert set(table.index) == set(sums)
    for key, counts in sums.items():
        row = table.loc[key]
        assert row[list(OUTCOMES)].tolist() == [counts[name] for name in OUTCOMES]
        substance = counts["recognised"] + counts["other"] + counts["rejected"]
        if not substance:
            assert row[["recognition_rate", "protection_rate"]].isna().all()
            continue
        protected = counts["recognised"] + counts["other"]
        assert row["recognition_rate"] == pytest.approx(counts["recognised"] / substance)
        assert row["protection_rate"] == pytest.approx(protected / substance)


@pytest.mark.parametrize("release", [NEWEST, "2024-mid"])
def test_eras_are_means_totals_and_ratios_of_plain_sums(release):
    tables, newest = tables_of("CHN", release), int(release[:4])
    stock, lodged = add_years("CHN", release), sum_applied("CHN", release)
    flow = {
        year: n for (year, stage, unit), n in lodged.items() if (stage, unit) == ("new", "persons")
    }
    # 2024 is six months of the United States in either release; 2025 lacks what is not named.
    partial = {year for year in (2024, 2025) if year <= newest}
    assert tables.partial["applied_persons"] == partial
    rows = tables.eras.set_index(["boundary", "era", "measure"]).sort_index()
    boundaries = yaml.safe_load(STUDY.read_text(encoding="utf-8"))["boundaries"]
    assert set(rows.index.get_level_values("boundary")) == {each["name"] for each in boundaries}
    for boundary in boundaries:
        for era in boundary["eras"]:
            span = range(era.get("first", 2000), min(era.get("last", newest), newest) + 1)
            of = rows.loc[boundary["name"], era["name"]]
            first, last = stock[span[0]], stock[span[-1]]
            row = of.loc["pending"]
            assert row[["first_year", "last_year"]].tolist() == [span[0], span[-1]]
            assert row["mean_per_year"] == pytest.approx(sum(map(stock.get, span)) / len(span))
            assert row[["first", "last"]].tolist() == [first, last]
            assert row["ratio"] == pytest.approx(last / first)
            assert row["percent_increase"] == pytest.approx(100 * (last - first) / first)
            assert pd.isna(row["total"])
            assert of.loc["pending_summed", "total"] == sum(map(stock.get, span))
            known = [year for year in span if year in flow]
            whole = [flow[year] for year in known if year not in partial]
            row = of.loc["applied_persons"]
            if not known:  # nothing lodged in persons is not 0
                assert row[["total", "mean_per_year"]].isna().all()
                continue
            assert row["total"] == sum(flow[year] for year in known)
            assert row[["n_years", "n_complete"]].tolist() == [len(known), len(whole)]
            assert row["mean_per_year"] == pytest.approx(sum(whole) / len(whole))


@pytest.mark.parametrize(
    ("origin", "release", "spans"),
    [
        ("CHN", NEWEST, [(2003, 2012), (2013, 2022), (2023, 2025)]),
        ("CHN", "2024-mid", [(2003, 2012), (2013, 2021), (2022, 2024)]),
        *(
            (origin, NEWEST, [(2010, 2019), (2020, 2022), (2023, 2025)])
            for origin in ("SYR", "ERI")
        ),
    ],
)
def test_the_answer_is_means_of_plain_sums(origin, release, spans):
    stock, lodged = add_years(origin, release), Counter()
    for row in read_own(release, "asylum_applications", origin):
        kind, level, year = row["app_type"], row["dec_level"], int(row["year"])
        counts = kind == "N" or (kind in ("NR", "FA", "NA") and level not in ("AR", "JR", "RA"))
        counts |= kind == "V" and level in ("FI", "NA", "FA")
        is_court = (row["coa_iso"], kind, level) == ("USA", "A", "EO")
        if counts or (is_court and year in (2007, 2010, 2011, 2012)):
            lodged[year] += int(row["applied"])
    tables = tables_of(origin, release)
    story = tables.story.set_index(["measure", "first_year"])
    assert story.loc["pending"].index.tolist() == [first for first, _ in spans]
    for first, last in spans:
        years = range(first, last + 1)
        row = story.loc[("pending", first)]
        assert row["last_year"] == last
        assert row["mean_per_year"] == pytest.approx(sum(map(stock.get, years)) / len(years))
        # At least: each case one person, in all years.
        row = story.loc[("applied_middle", first)]
        assert row["lower"] == pytest.approx(sum(lodged[year] for year in years) / len(years))
        assert row["years_complete"] == len(set(years) - tables.partial["applied_middle"])
        assert pd.isna(row["upper"]) or row["upper"] >= row["lower"]
    base, later = (story.loc[("pending", first)] for first in (spans[0][0], spans[1][0]))
    assert later["ratio"] == pytest.approx(later["mean_per_year"] / base["mean_per_year"])
    assert later["ratio_lower"] <= later["ratio"] <= later["ratio_upper"]


@pytest.mark.parametrize(("origin", "release"), CASES)
def test_the_columns_of_the_contract_are_there(origin, release):
    tables = tables_of(origin, release)
    for name, columns in CONTRACT.items():
        assert set(getattr(tables, name)) >= set(columns.split()), name
    assert tables.eras.empty == (origin in ("SYR", "ERI"))  # no study, no eras
