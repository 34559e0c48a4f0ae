"""Measures: what is summed, what is kept apart, what stays missing."""

from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.analysis import measures
from helpers.study import InputError

YEARS = range(2019, 2022)


def make_pending(rows):
    frame = pd.DataFrame(rows, columns=["year", "asylum", "pending"])
    return frame.astype({"pending": "Int64"})


def make_claims(rows):
    frame = pd.DataFrame(rows, columns=["year", "asylum", "stage", "unit", "applied"])
    return frame.astype({"applied": "Int64"})


WORLD = pd.DataFrame(
    {"year": [2019, 2019, 2020], "origin": ["CHN", "VEN", "CHN"], "pending": [30, 70, 40]}
)
STOCKS = pd.DataFrame(
    [(2019, "USA", 60, 100, None), (2019, "PER", 20, 5, 700), (2020, "PER", 10, 0, None)],
    columns=["year", "asylum", "pending", "refugees", "oip"],
).astype({"pending": "Int64", "refugees": "Int64", "oip": "Int64"})
WORLD_BY_ASYLUM = pd.DataFrame(
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


def test_pending_is_summed_over_destinations_with_and_without_the_largest():
    pending = make_pending(
        [(2019, "USA", 20), (2019, "AUS", 10), (2020, "AUS", 25), (2020, "USA", 15)]
    )
    result = measures.measure_pending(pending, WORLD, YEARS, "USA").set_index("year")
    columns = ["pending", "pending_excl_usa", "largest", "pending_excl_largest"]
    assert result.loc[2019, columns].tolist() == [30, 10, "USA", 10]
    columns = ["largest", "pending_excl_largest", "pending_excl_main"]
    assert result.loc[2020, columns].tolist() == ["AUS", 15, 25]
    assert result.loc[2019, "share_of_world"] == pytest.approx(0.3)


def test_a_year_without_rows_is_missing_and_not_zero():
    result = measures.measure_pending(make_pending([(2019, "USA", 20)]), WORLD, YEARS, "USA")
    last = result.set_index("year").loc[2021]
    columns = ["pending", "pending_excl_usa", "largest", "world_pending", "share_of_world"]
    assert last[columns].isna().all()


def test_a_missing_cell_leaves_the_years_sum_missing_and_no_other():
    rows = [(2019, "USA", None), (2019, "AUS", 10), (2020, "AUS", 7)]
    table = measures.measure_pending(make_pending(rows), WORLD, YEARS, "AUS").set_index("year")
    sums = ["pending", "pending_excl_usa", "pending_excl_largest", "pending_excl_main"]
    assert table.loc[2019, [*sums, "share_of_world"]].isna().all()
    assert table.loc[2020, sums].tolist() == [7, 7, 0, 0]
    claims = make_claims(
        [(2019, "USA", "new", "persons", None), (2019, "AUS", "new", "persons", 2)]
    )
    assert measures.measure_new_claims(claims, YEARS)["applied_persons"].isna().all()
    stocks = STOCKS.assign(refugees=pd.array([100, None, 0], dtype="Int64"))
    table = measures.measure_stocks(stocks, WORLD_BY_ASYLUM, YEARS).set_index("year")
    assert table["refugees"].isna().tolist() == [True, False, True]


def test_persons_and_cases_are_never_added():
    rows = [("new", "persons", 7), ("new", "cases", 5), ("appeal", "persons", 3)]
    claims = make_claims([(2019, "USA", *row) for row in rows])
    table = measures.measure_applications(claims, YEARS)
    known = table.dropna()[["stage", "unit", "applied"]]
    assert sorted(known.itertuples(index=False, name=None)) == sorted(rows)
    assert len(table) == len(YEARS) * len(measures.STAGES) * len(measures.UNITS)


def test_new_claims_leave_out_the_destination_named():
    rows = [("USA", "new", 7), ("AUS", "new", 2), ("AUS", "repeat", 9)]
    claims = make_claims([(2019, asylum, stage, "persons", n) for asylum, stage, n in rows])
    every = measures.measure_new_claims(claims, YEARS).set_index("year")
    without = measures.measure_new_claims(claims, YEARS, excluding="USA").set_index("year")
    assert every.loc[2019, "applied_persons"] == 9
    assert without.loc[2019, "applied_persons"] == 2
    assert without["applied_cases"].isna().all()


def test_an_origin_without_any_pending_claim_is_refused_in_words():
    kept = make_pending([(2019, "USA", 5)])
    assert measures.require_pending(kept, "CHN", YEARS) is kept
    with pytest.raises(InputError, match="no claim from TIB was pending in 2019 to 2021"):
        measures.require_pending(make_pending([(2019, "USA", 0)]), "TIB", YEARS)


def test_rates_leave_out_closed_claims():
    rows = [(2020, "first", "persons", 30, 10, 60, 100), (2020, "appeal", "persons", 0, 0, 0, 4)]
    columns = ["year", "level", "unit", "recognised", "other", "rejected", "closed"]
    result = measures.measure_decisions(
        pd.DataFrame(rows, columns=columns).astype({c: "Int64" for c in columns[3:]}), YEARS
    )
    first, appeal = result.to_dict("records")
    assert (first["level"], appeal["level"]) == ("first", "appeal")
    assert first["recognition_rate"] == pytest.approx(0.3)
    assert first["protection_rate"] == pytest.approx(0.4)
    assert first["closed_share"] == pytest.approx(0.5)
    assert pd.isna(appeal["recognition_rate"])
    assert appeal["closed_share"] == 1.0


def test_stocks_are_summed_and_what_was_not_collected_is_missing():
    result = measures.measure_stocks(STOCKS, WORLD_BY_ASYLUM, YEARS).set_index("year")
    counts = ["refugees", "oip", "share_of_world"]
    assert result.loc[2019, counts].tolist() == [105, 700, pytest.approx(80 / 1000)]
    assert result["refugees_excl_listed"].isna().all()
    assert result.loc[2020, "refugees"] == 0
    assert result.loc[2020, "oip"] is pd.NA
    assert result.loc[2021].isna().all()


def test_the_share_without_a_destination_leaves_it_out_of_the_world_too():
    without = measures.measure_stocks(STOCKS, WORLD_BY_ASYLUM, YEARS, excluding="USA").set_index(
        "year"
    )
    counts = ["refugees", "oip", "share_of_world"]
    assert without.loc[2019, counts].tolist() == [5, 700, pytest.approx(20 / 400)]


def test_refugees_who_are_a_people_of_their_own_are_left_out_in_their_years():
    entry = SimpleNamespace(asylum="USA", first=2019, last=2019)
    later = SimpleNamespace(asylum="PER", first=2020, last=9999)
    result = measures.measure_stocks(STOCKS, WORLD_BY_ASYLUM, YEARS, populations=[entry, later])
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
    kept = measures.keep_constant_set(table, [2019, 2020])
    assert kept[["asylum", "year"]].values.tolist() == [["USA", 2019], ["USA", 2020]]
    assert len(measures.keep_constant_set(table, [2020])) == 2


def test_decisions_of_first_instance_keep_units_apart_and_appeals_out():
    result = measures.measure_first_instance(DECISIONS, YEARS).set_index("year")
    assert result.loc[2019].filter(like="persons").tolist() == [4, 0.25, 0.5, 0.5]
    assert result.loc[2019].filter(like="cases").tolist() == [100, 0.3, 0.4, 0.5]
    # A year that only closed claims has no rate.
    assert result.loc[2020, "recognition_rate_persons"] is pd.NA
    assert result.loc[2020, "closed_share_persons"] == 1


def test_without_a_destination_its_decisions_are_gone():
    result = measures.measure_first_instance(DECISIONS, YEARS, excluding="USA")
    assert result["decided_cases"].isna().all()
    assert result.set_index("year").loc[2019, "decided_persons"] == 4


def test_without_any_decision_every_cell_is_empty():
    result = measures.measure_first_instance(DECISIONS.iloc[:0], YEARS)
    assert len(result) == len(YEARS)
    assert result.drop(columns="year").isna().all().all()
