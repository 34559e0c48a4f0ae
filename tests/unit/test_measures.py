"""Measures: what is summed, what is kept apart, what stays missing."""

from types import SimpleNamespace

import pandas as pd
import pytest
from frames import frame

from helpers.analysis import measures

YEARS = range(2019, 2022)


COLUMNS = "year asylum level unit recognised other rejected closed"
WORLD = frame("year origin pending", (2019, "CHN", 30), (2019, "VEN", 70), (2020, "CHN", 40))
STOCKS = frame(
    "year asylum pending refugees oip",
    (2019, "USA", 60, 100, None), (2019, "PER", 20, 5, 700), (2020, "PER", 10, 0, None),
    (2019, "MEX", 0, 0, 30),
)  # fmt: skip
WORLD_BY_ASYLUM = frame(
    "year asylum pending", (2019, "USA", 600), (2019, "PER", 400), (2020, "PER", 40)
)
DECISIONS = frame(
    COLUMNS,
    (2019, "USA", "first", "cases", 30, 10, 60, 100), (2019, "PER", "first", "persons", 1, 1, 2, 4),
    (2019, "PER", "appeal", "persons", 900, 0, 0, 0), (2020, "USA", "first", "persons", 0, 0, 0, 7),
)  # fmt: skip


def measure_stocks(stocks=STOCKS, world=WORLD_BY_ASYLUM, **options):
    return measures.measure_stocks(stocks, world, YEARS, **options).set_index("year")


def test_a_missing_cell_leaves_the_years_sum_missing_and_no_other():
    rows = (2019, "USA", None), (2019, "AUS", 10), (2020, "AUS", 1)
    pending = frame("year asylum pending", *rows)
    table = measures.measure_pending(pending, WORLD, YEARS, "AUS").set_index("year")
    sums = ["pending", "pending_excl_usa", "pending_excl_largest", "pending_excl_main"]
    assert table.loc[2019, [*sums, "share_of_world"]].isna().all()
    assert table.loc[2020, sums].tolist() == [1, 1, 0, 0]
    assert table.loc[2020, ["largest", "share_of_world"]].tolist() == ["AUS", 1 / 40]
    assert table.loc[2021, [*sums, "largest", "world_pending"]].isna().all()  # no rows, not 0
    lodged = (2019, "USA", "new", "persons", None), (2019, "AUS", "new", "persons", 2)
    claims = frame("year asylum stage unit applied", *lodged)
    assert measures.measure_new_claims(claims, YEARS)["applied_persons"].isna().all()
    stocks = STOCKS.assign(refugees=pd.array([100, None, 0, 0], dtype="Int64"))
    assert measure_stocks(stocks)["refugees"].isna().tolist() == [True, False, True]


def test_stocks_are_summed_and_what_was_not_collected_is_missing():
    result = measure_stocks()
    counts = ["refugees", "oip", "share_of_world"]
    assert result.loc[2019, counts].tolist() == [105, 730, pytest.approx(80 / 1000)]
    assert result["refugees_excl_peoples"].isna().all()
    assert result.loc[2020, "refugees"] == 0
    assert result.loc[2020, "oip"] is pd.NA
    assert result.loc[2021].isna().all()
    # Of no claim at all there is no share.
    nothing = frame("year asylum pending", (2019, "USA", 0))
    assert measure_stocks(world=nothing)["share_of_world"].isna().all()
    assert measures.find_main_destination(nothing) is None
    assert measures.find_main_destination(nothing.assign(pending=1)) == "USA"


def test_refugees_who_are_a_people_of_their_own_are_left_out_in_their_years():
    entry = SimpleNamespace(asylum="USA", first=2019, last=2019)
    later = SimpleNamespace(asylum="PER", first=2020, last=9999)
    row = measure_stocks(populations=[entry, later]).loc[2019]
    assert row[["refugees", "refugees_excl_peoples"]].tolist() == [105, 5]


def test_a_constant_set_leaves_out_who_leaves_or_joins_a_level():
    rows = [
        ("USA", "EO", "first", 2019, 60), ("USA", "EO", "first", 2020, 1),
        ("AUS", "FI", "first", 2019, 10), ("AUS", "FA", "other", 2020, 10),
        ("CAN", "FI", "first", 2020, 10),
    ]  # fmt: skip
    table = frame("asylum level_code level year recognised", *rows)
    table = table.assign(unit="persons", other=0, rejected=0)
    kept = measures.keep_constant_set(table, [2019, 2020])
    assert kept[["asylum", "year"]].values.tolist() == [["USA", 2019], ["USA", 2020]]
    assert len(measures.keep_constant_set(table, [2020])) == 2
    assert measures.keep_constant_set(
        DECISIONS.assign(level_code="FI"), [2020]
    ).empty  # closed alone is not decided


def test_decisions_of_first_instance_keep_units_apart_and_appeals_out():
    result = measures.measure_first_instance(DECISIONS, YEARS).set_index("year")
    assert result.loc[2019].filter(like="persons").tolist() == [4, 0.25, 0.5, 0.5]
    assert result.loc[2019].filter(like="cases").tolist() == [100, 0.3, 0.4, 0.5]
    # A year that only closed claims has no rate.
    assert result.loc[2020, "recognition_rate_persons"] is pd.NA
    assert result.loc[2020, "closed_share_persons"] == 1
    is_blank = DECISIONS["year"].eq(2019) & DECISIONS["unit"].eq("persons")
    blank = DECISIONS.assign(rejected=DECISIONS["rejected"].mask(is_blank))
    result = measures.measure_first_instance(blank, YEARS).set_index("year")
    assert result.loc[2019].filter(like="persons")[:3].isna().all(), "a part is no whole"
    assert result.loc[2019, "decided_cases"] == 100
    nothing = measures.measure_first_instance(DECISIONS.iloc[:0], YEARS)
    assert len(nothing) == len(YEARS)
    assert nothing.drop(columns="year").isna().all().all()
