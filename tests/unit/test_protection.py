"""Refugees, shares of the world and decisions, with and without one destination."""

import pandas as pd
import pytest

from helpers.analysis import protection

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
    assert result.loc[2019].tolist() == [105, 700, pytest.approx(80 / 1000)]
    assert result.loc[2020, "refugees"] == 0
    assert result.loc[2020, "oip"] is pd.NA
    assert result.loc[2021].isna().all()


def test_the_share_without_a_destination_leaves_it_out_of_the_world_too():
    without = protection.measure_stocks(STOCKS, WORLD, YEARS, excluding="USA").set_index("year")
    assert without.loc[2019].tolist() == [5, 700, pytest.approx(20 / 400)]


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
