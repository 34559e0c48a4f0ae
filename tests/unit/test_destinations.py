"""Destinations: ranks, shares and concentration."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis import destinations

COUNTRIES = pd.DataFrame({
    "iso3": ["AUS", "CAN", "USA"], "name": ["Australia", "Canada", "United States"],
    "unhcr_region": ["Asia and the Pacific", "The Americas", "The Americas"],
})  # fmt: skip
NO_CLAIMS = pd.DataFrame({"year": [], "asylum": [], "stage": [], "unit": [], "applied": []})


def make_pending(rows):
    return pd.DataFrame(rows, columns=["year", "asylum", "pending"]).astype({"pending": "Int64"})


def make_claims(rows):
    columns = ["year", "asylum", "stage", "unit", "applied"]
    return pd.DataFrame(rows, columns=columns).astype({"applied": "Int64"})


def test_ranks_go_by_pending_and_ties_share_the_better_rank():
    pending = make_pending([(2020, "CAN", 10), (2020, "USA", 50), (2020, "AUS", 10)])
    result = destinations.rank_destinations(pending, make_claims([]), COUNTRIES)
    assert result["asylum"].tolist() == ["USA", "AUS", "CAN"]
    assert result["rank"].tolist() == [1, 2, 2]
    assert result["share"].sum() == pytest.approx(1)
    assert result.loc[0, ["name", "region"]].tolist() == ["United States", "The Americas"]


def test_a_destination_with_claims_lodged_only_has_a_row_without_rank():
    pending = make_pending([(2020, "USA", 50), (2020, "AUS", 0)])
    claims = make_claims(
        [
            (2020, "CAN", "new", "persons", 8),
            (2020, "CAN", "new", "cases", 3),
            (2020, "CAN", "repeat", "persons", 90),
        ]
    )
    result = destinations.rank_destinations(pending, claims, COUNTRIES).set_index("asylum")
    assert result.loc["CAN", ["applied_persons", "applied_cases"]].tolist() == [8, 3]
    assert pd.isna(result.loc["CAN", "rank"])
    assert pd.isna(result.loc["CAN", "pending"])
    assert "AUS" not in result.index


def test_regions_add_up_to_the_year():
    result = destinations.rank_destinations(
        make_pending([(2020, "CAN", 10), (2020, "USA", 50), (2020, "AUS", 40)]),
        make_claims([]),
        COUNTRIES,
    )
    regions = destinations.sum_regions(result).set_index("region")
    assert regions.loc["The Americas", "pending"] == 60
    assert regions["share"].sum() == pytest.approx(1)


def test_mean_ranks_count_an_absent_year_as_nothing_on_file():
    pending = make_pending([(2019, "USA", 50), (2020, "USA", 50), (2020, "AUS", 80)])
    ranked = destinations.rank_destinations(pending, make_claims([]), COUNTRIES)
    result = destinations.average_ranks(ranked, {"all": range(2019, 2021)}, 1).to_dict("records")
    assert [(row["asylum"], row["mean_pending"], row["rank"]) for row in result] == [("USA", 50, 1)]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30))
def test_concentration_lies_between_equal_and_single(counts):
    rows = [(2020, f"{number:03d}", count) for number, count in enumerate(counts)]
    row = destinations.measure_concentration(make_pending(rows)).to_dict("records")[0]
    assert 1 / len(counts) - 1e-9 <= row["hhi"] <= 1 + 1e-9
    assert row["effective_destinations"] == pytest.approx(1 / row["hhi"])
    assert row["top1_share"] == pytest.approx(max(counts) / sum(counts))
    assert row["top1_share"] <= row["top5_share"] <= 1 + 1e-9


PENDING = st.dictionaries(
    st.tuples(st.integers(2000, 2003), st.sampled_from(["AUS", "CAN", "USA"])),
    st.integers(0, 10**6),
)


@settings(max_examples=50)
@given(PENDING)
def test_shares_of_destinations_and_of_regions_sum_to_one_in_every_year(found):
    pending = make_pending([(*key, count) for key, count in found.items()])
    ranked = destinations.rank_destinations(pending, make_claims([]), COUNTRIES)
    years = {year for (year, _), count in found.items() if count}
    for frame in (ranked, destinations.sum_regions(ranked)):
        sums = frame.groupby("year")["share"].sum()
        assert set(sums.index) == years
        assert sums.astype(float).tolist() == pytest.approx([1.0] * len(years))


def test_claims_lodged_are_ranked_in_each_unit_by_itself():
    claims = make_claims([
        (2020, "CAN", "new", "persons", 8), (2020, "USA", "new", "persons", 3),
        (2020, "USA", "new", "cases", 90), (2020, "AUS", "new", "cases", 90),
        (2020, "AUS", "repeat", "persons", 99),
    ])  # fmt: skip
    ranked = destinations.rank_destinations(make_pending([]), claims, COUNTRIES)
    found = ranked.set_index("asylum")[["rank_persons", "rank_cases"]].astype("Float64")
    assert found.loc["CAN", "rank_persons"] == 1
    assert found.loc["USA"].tolist() == [2, 1]
    assert found.loc["AUS", "rank_cases"] == 1
    assert pd.isna(found.loc["AUS", "rank_persons"])
    assert pd.isna(found.loc["CAN", "rank_cases"])


def test_without_an_era_there_are_no_mean_ranks():
    pending = make_pending([(2020, "USA", 50)])
    ranked = destinations.rank_destinations(pending, make_claims([]), COUNTRIES)
    result = destinations.average_ranks(ranked, {}, 5)
    assert result.empty
    assert {"era", "asylum", "rank"} <= set(result.columns)


def test_a_reported_zero_is_a_figure_and_no_report_is_none():
    pending = pd.DataFrame({
        "year": 2000, "asylum": ["A", "B"], "pending": pd.array([10, 0], "Int64"),
    })  # fmt: skip
    lodged = pd.DataFrame({
        "year": 2000, "asylum": ["B", "C"], "stage": "new", "unit": "persons",
        "applied": pd.array([5, 6], "Int64"),
    })  # fmt: skip
    countries = pd.DataFrame({"iso3": list("ABC"), "name": list("ABC"), "unhcr_region": "X"})
    found = destinations.rank_destinations(pending, lodged, countries).set_index("asylum")
    assert found["pending"].dtype == "Int64"
    assert found["pending"].dropna().to_dict() == {"A": 10, "B": 0}
    assert found["share"].dropna().to_dict() == {"A": 1.0, "B": 0.0}
    assert found["rank"].isna().to_dict() == {"A": False, "B": True, "C": True}
