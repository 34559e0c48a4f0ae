"""Refugees, shares of the world and decisions, with and without one destination."""

from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.analysis import measures as protection

YEARS = range(2019, 2022)
STOCKS = pd.DataFrame(
    [(2019, "USA", 60, 100, None), (2019, "PER", 20, 5, 700), (2020, "PER", 10, 0, None)],
    columns=["year", "asylum", "pending", "refugees", "oip"],
).astype({"pending": "Int64", "refugees": "Int64", "oip": "Int64"})
WORLD = pd.DataFrame(
    [(2019, "USA", 600), (2019, "PER", 400), (2020, "PER", 40)],
    columns=["year", "asylum", "pending"],
).astype({"pending": "Int64"})
COLUMNS = ["year", "asylum", "level", "unit", "recognised", "other", "rejected", "closed"]
DECISIONS = pd.DataFrame(
    [
        (2019, "USA", "first", "cases", 30, 10, 60, 100),
        (2019, "PER", "first", "persons", 1, 1, 2, 4),
        (2019, "PER", "appeal", "persons", 900, 0, 0, 0),
        (2020, "USA", "first", "persons", 0, 0, 0, 7),
    ],
    columns=COLUMNS,
).astype(dict.fromkeys(COLUMNS[4:], "Int64"))


def test_stocks_are_summed_and_what_was_not_collected_is_missing():
    result = protection.measure_stocks(STOCKS, WORLD, YEARS).set_index("year")
    counts = ["refugees", "oip", "share_of_world"]
    assert result.loc[2019, counts].tolist() == [105, 700, pytest.approx(80 / 1000)]
    assert result["refugees_excl_listed"].isna().all()
    assert result.loc[2020, "refugees"] == 0
    assert result.loc[2020, "oip"] is pd.NA
    assert result.loc[2021].isna().all()


def test_the_share_without_a_destination_leaves_it_out_of_the_world_too():
    without = protection.measure_stocks(STOCKS, WORLD, YEARS, excluding="USA").set_index("year")
    counts = ["refugees", "oip", "share_of_world"]
    assert without.loc[2019, counts].tolist() == [5, 700, pytest.approx(20 / 400)]


def test_refugees_who_are_a_people_of_their_own_are_left_out_in_their_years():
    entry = SimpleNamespace(asylum="USA", first=2019, last=2019)
    later = SimpleNamespace(asylum="PER", first=2020, last=9999)
    result = protection.measure_stocks(STOCKS, WORLD, YEARS, populations=[entry, later])
    assert result["refugees"].tolist()[:1] == [105]
    assert result["refugees_excl_listed"].tolist()[:1] == [5]


def test_a_constant_set_leaves_out_who_leaves_or_joins_a_level():
    rows = [
        ("USA", "EO", "first", 2019, 60), ("USA", "EO", "first", 2020, 50),
        ("AUS", "FI", "first", 2019, 10), ("AUS", "FA", "other", 2020, 10),
        ("CAN", "FI", "first", 2020, 10),
    ]  # fmt: skip
    names = ["asylum", "level_code", "level", "year", "recognised"]
    table = pd.DataFrame(rows, columns=names).assign(unit="persons", other=0, rejected=40)
    kept = protection.keep_constant_set(table, [2019, 2020])
    assert kept[["asylum", "year"]].values.tolist() == [["USA", 2019], ["USA", 2020]]
    assert len(protection.keep_constant_set(table, [2020])) == 2


def test_decisions_of_first_instance_keep_units_apart_and_appeals_out():
    result = protection.measure_first_instance(DECISIONS, YEARS).set_index("year")
    assert result.loc[2019].filter(like="persons").tolist() == [4, 0.25, 0.5, 0.5]
    assert result.loc[2019].filter(like="cases").tolist() == [100, 0.3, 0.4, 0.5]
    # A year that only closed claims has no rate.
    assert result.loc[2020, "recognition_rate_persons"] is pd.NA
    assert result.loc[2020, "closed_share_persons"] == 1


def test_without_a_destination_its_decisions_are_gone():
    result = protection.measure_first_instance(DECISIONS, YEARS, excluding="USA")
    assert result["decided_cases"].isna().all()
    assert result.set_index("year").loc[2019, "decided_persons"] == 4


def test_without_any_decision_every_cell_is_empty():
    result = protection.measure_first_instance(DECISIONS.iloc[:0], YEARS)
    assert len(result) == len(YEARS)
    assert result.drop(columns="year").isna().all().all()
