"""Measures: what is summed, what is kept apart, what stays missing."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("more", [[(2019, "USA", None)], []])
def test_a_missing_count_takes_nothing_off(more):
    pending = make_pending([*more, (2019, "AUS", 10)])
    result = measures.measure_pending(pending, WORLD, YEARS, "AUS").set_index("year")
    columns = ["pending", "largest", "pending_excl_usa", "pending_excl_main"]
    assert result.loc[2019, columns].tolist() == [10, "AUS", 10, 0]


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


counts = st.lists(
    st.tuples(
        st.sampled_from([2019, 2020, 2021]), st.sampled_from(["USA", "AUS", "CAN", "DEU"]),
        st.integers(0, 10**6),
    ),
    min_size=1, unique_by=lambda row: row[:2],
)  # fmt: skip


@settings(deadline=None)
@given(counts)
def test_pending_equals_the_sum_of_its_destinations(rows):
    result = measures.measure_pending(make_pending(rows), WORLD, YEARS, "USA").set_index("year")
    for year in YEARS:
        values = {asylum: count for when, asylum, count in rows if when == year}
        if not values:
            assert pd.isna(result.loc[year, "pending"])
            continue
        assert result.loc[year, "pending"] == sum(values.values())
        assert result.loc[year, "pending_excl_usa"] == sum(values.values()) - values.get("USA", 0)
        assert result.loc[year, "pending_excl_largest"] == sum(values.values()) - max(
            values.values()
        )
