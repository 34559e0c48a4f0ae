"""Refugees, shares of the world and decisions, with and without one destination."""

import pandas as pd
import pytest

from helpers.analysis import protection as beside

YEARS = range(2019, 2022)


def make_stocks():
    rows = [
        (2019, "USA", 60, 100, None),
        (2019, "PER", 20, 5, 700),
        (2020, "PER", 10, 0, None),
    ]
    frame = pd.DataFrame(rows, columns=["year", "asylum", "pending", "refugees", "oip"])
    return frame.astype({"pending": "Int64", "refugees": "Int64", "oip": "Int64"})


WORLD = pd.DataFrame(
    {"year": [2019, 2019, 2020], "asylum": ["USA", "PER", "PER"],
     "pending": pd.array([600, 400, 40], "Int64")}
)  # fmt: skip


def test_stocks_are_summed_and_what_was_not_collected_is_missing():
    result = beside.measure_stocks(make_stocks(), WORLD, YEARS).set_index("year")
    assert result.loc[2019, ["refugees", "oip"]].tolist() == [105, 700]
    assert result.loc[2020, "refugees"] == 0
    assert result.loc[2020, "oip"] is pd.NA
    assert result.loc[2021].isna().all()


def test_the_share_without_a_destination_leaves_it_out_of_the_world_too():
    every = beside.measure_stocks(make_stocks(), WORLD, YEARS).set_index("year")
    without = beside.measure_stocks(make_stocks(), WORLD, YEARS, excluding="USA").set_index("year")
    assert every.loc[2019, "share_of_world"] == pytest.approx(80 / 1000)
    assert without.loc[2019, "share_of_world"] == pytest.approx(20 / 400)
    assert without.loc[2019, "refugees"] == 5


def make_decisions():
    columns = ["year", "asylum", "level", "unit", "recognised", "other", "rejected", "closed"]
    rows = [
        (2019, "USA", "first", "cases", 30, 10, 60, 100),
        (2019, "PER", "first", "persons", 1, 1, 2, 4),
        (2019, "PER", "appeal", "persons", 900, 0, 0, 0),
        (2020, "USA", "first", "persons", 0, 0, 0, 7),
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({name: "Int64" for name in columns[4:]})


def test_decisions_of_first_instance_keep_units_apart_and_appeals_out():
    result = beside.measure_first_instance(make_decisions(), YEARS).set_index("year")
    assert result.loc[2019, ["decided_persons", "decided_cases"]].tolist() == [4, 100]
    assert result.loc[2019, "recognition_rate_persons"] == pytest.approx(0.25)
    assert result.loc[2019, "protection_rate_cases"] == pytest.approx(0.4)
    assert result.loc[2019, "closed_share_cases"] == pytest.approx(0.5)


def test_a_year_that_only_closed_claims_has_no_rate():
    row = beside.measure_first_instance(make_decisions(), YEARS).set_index("year").loc[2020]
    assert row["recognition_rate_persons"] is pd.NA
    assert row["closed_share_persons"] == 1


def test_without_a_destination_its_decisions_are_gone():
    result = beside.measure_first_instance(make_decisions(), YEARS, excluding="USA")
    assert result["decided_cases"].isna().all()
    assert result.set_index("year").loc[2019, "decided_persons"] == 4


def test_without_any_decision_every_cell_is_empty():
    result = beside.measure_first_instance(make_decisions().iloc[:0], YEARS)
    assert len(result) == len(YEARS)
    assert result.drop(columns="year").isna().all().all()
