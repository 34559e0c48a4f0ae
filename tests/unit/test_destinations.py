"""Destinations: ranks, shares and concentration, places over the years, and rates."""

import pandas as pd
import pytest
from frames import frame
from hypothesis import given
from hypothesis import strategies as st

from helpers.analysis import destinations

COUNTRIES = pd.DataFrame({
    "iso3": ["AUS", "CAN", "USA"], "name": ["Australia", "Canada", "United States"],
    "unhcr_region": ["Asia and the Pacific", "The Americas", "The Americas"],
})  # fmt: skip


def rank(pending, claims=()):
    given = frame("year asylum pending", *pending), frame("year asylum stage unit applied", *claims)
    return destinations.rank_destinations(*given, COUNTRIES)


def test_ranks_go_by_pending_and_ties_share_the_better_rank():
    result = rank([(2020, "CAN", 10), (2020, "USA", 60), (2020, "AUS", 10)])
    assert result["asylum"].tolist() == ["USA", "AUS", "CAN"]
    assert result["rank"].tolist() == [1, 2, 2]
    assert result["share"].tolist() == [0.75, 0.125, 0.125]
    assert result.loc[0, ["name", "region"]].tolist() == ["United States", "The Americas"]
    regions = destinations.sum_regions(result).set_index("region")
    assert regions.loc["The Americas", ["pending", "share"]].tolist() == [70, 0.875]


def test_claims_lodged_are_ranked_in_each_unit_by_itself_and_a_reported_zero_is_a_figure():
    result = rank(
        [(2020, "USA", 50), (2020, "AUS", 0)],
        [(2020, "CAN", "new", "persons", 8), (2020, "USA", "new", "persons", 1),
         (2020, "USA", "new", "cases", 1), (2020, "AUS", "new", "cases", 1),
         (2020, "CAN", "repeat", "persons", 99), (2020, "AUS", "new", "persons", 0)],
    ).set_index("asylum")  # fmt: skip
    columns = ["pending", "share", "rank", "applied_persons", "applied_cases", "rank_persons",
               "rank_cases"]  # fmt: skip
    found = result[columns].astype(object).where(result[columns].notna(), None)
    assert found.T.to_dict("list") == {
        "USA": [50, 1.0, 1, 1, 1, 2, 1],
        "AUS": [0, 0.0, None, None, 1, None, 1],
        "CAN": [None, None, None, 8, None, 1, None],
    }
    assert "AUS" not in rank([(2020, "USA", 50), (2020, "AUS", 0)])["asylum"].tolist()


def test_eras_are_ranked_by_their_means_and_an_absent_year_counts_as_no_claims():
    ranked = rank([
        (2018, "CAN", 9), (2019, "USA", 50), (2020, "USA", 50), (2020, "AUS", 80), (2020, "CAN", 1),
    ], [(2018, "AUS", "new", "persons", 5)])  # fmt: skip
    eras = range(2018, 2019), range(2019, 2021)
    first, second = destinations.compare_ranks(ranked, *eras, 1).to_dict("records")
    assert (first["asylum"], first["later_rank"]) == ("USA", 1)
    assert first["later_share"] == pytest.approx(50 / 90.5)
    assert pd.isna(first["earlier_rank"])
    assert (second["asylum"], second["earlier_rank"], second["later_rank"]) == ("CAN", 1, 3)
    both = destinations.compare_ranks(ranked, *eras, 2).set_index("asylum")
    assert pd.isna(both.loc["AUS", "earlier_rank"])  # lodged there, none pending
    for earlier, later in ((range(0), eras[1]), (range(2016, 2018), eras[1]), (range(0), range(0))):
        assert destinations.compare_ranks(ranked, earlier, later, 5).empty


def test_shares_are_spread_with_a_gap_where_there_is_no_figure():
    ranked = rank([(2018, "CAN", 1), (2018, "USA", 3), (2020, "USA", 2), (2020, "AUS", 6)])
    shares = destinations.spread_shares(ranked, 2).set_index("year")
    assert shares.index.tolist() == [2018, 2019, 2020]
    assert shares["USA"].dropna().to_dict() == {2018: 0.75, 2020: 0.25}
    assert shares["AUS"].dropna().to_dict() == {2020: 0.75}
    assert shares.columns.tolist() == ["USA", "AUS"]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30))
def test_concentration_is_the_sum_of_squared_shares(counts):
    shares = sorted((count / sum(counts) for count in counts), reverse=True)
    rows = pd.DataFrame({"year": 2020, "share": pd.array(shares[::-1], dtype="Float64")})
    row = destinations.measure_concentration(rows).iloc[0]
    assert row["hhi"] == pytest.approx(sum(share**2 for share in shares))
    assert row["effective_destinations"] == pytest.approx(1 / row["hhi"])
    assert row["top1_share"] == pytest.approx(shares[0])
    assert row["top5_share"] == pytest.approx(sum(shares[:5]))
    assert destinations.measure_concentration(rows.assign(share=0.0)).empty


def order(found):
    rows = ((*key, count) for key, count in found.items())
    return destinations.order_destinations(frame("year asylum pending", *rows))


def test_a_tie_over_the_last_place_is_told():
    ordered = order({(2000, "AAA"): 9, (2001, "AAA"): 9, (2001, "CAA"): 5, (2001, "BAA"): 5})
    found = [destinations.list_entries_and_exits(ordered, n).iloc[0] for n in (2, 3)]
    assert [move["is_tied_at_last"] for move in found] == [True, False]
    assert [move["entered"] for move in found] == ["BAA", "BAA CAA"]
    assert found[0][["left", "n_entered", "n_left", "n_members"]].tolist() == ["", 1, 0, 2]
    often = destinations.count_memberships(ordered, 2)
    assert often[["asylum", "years", "best", "mean_place"]].values.tolist() == [
        ["AAA", 2, 1, 1], ["BAA", 1, 2, 2],
    ]  # fmt: skip
    # A missing count has no place.
    lacking = order({(2000, "AAA"): 3, (2000, "BAA"): None, (2003, "BAA"): 4})
    assert lacking["asylum"].tolist() == ["AAA", "BAA"]


def rate(rows, years=range(2018, 2023)):
    columns = "year asylum level level_code unit recognised other rejected closed"
    return destinations.rate_destinations(frame(columns, *rows), years)


def decide(asylum, recognised, rejected, level="first FI", year=2020):
    return (year, asylum, *level.split(), "persons", recognised, 0, rejected, 0)


def test_codes_units_and_destinations_stay_apart():
    found = rate([
        (2020, "AAA", "first", "IN", "persons", 50, 0, 50, 100),
        (2021, "AAA", "first", "IN", "persons", 25, 25, 50, 0),
        (2022, "AAA", "first", "IN", "persons", 0, 0, 0, 0),
        (2021, "AAA", "first", "EO", "persons", 90, 0, 10, 0),
        (2021, "AAA", "first", "IN", "cases", 0, 0, 100, 0),
        (2021, "CAA", "first", "FI", "persons", 0, 0, 1, 0),
        (2021, "BAA", "appeal", "AR", "persons", 10, 0, 89, 1),
        (2010, "BAA", "appeal", "AR", "persons", 10, 0, 89, 1),
    ]).set_index(["asylum", "level_code", "unit"])  # fmt: skip
    own = found.loc[("AAA", "IN", "persons")]
    shown = ["recognition_rate", "protection_rate", "closed_share", "first_year", "last_year",
             "substance"]  # fmt: skip
    assert own[shown].tolist() == pytest.approx([0.375, 0.5, 1 / 3, 2020, 2021, 200])
    rates = found["recognition_rate"].dropna().to_dict()
    assert rates == {("AAA", "IN", "persons"): 0.375, ("AAA", "EO", "persons"): 0.9,
                     ("AAA", "IN", "cases"): 0}  # fmt: skip
    few = found.loc[("BAA", "AR", "persons")]
    assert not few["is_enough"]
    assert few["closed_share"] == pytest.approx(0.01)
    assert len(found) == 5


def test_a_break_counts_only_between_two_years_that_are_added_up():
    places = ("AAA", "BAA", "CAA")
    rates = rate(decide(place, 80, 80, year=year) for year in (2020, 2021) for place in places)
    found = [("AAA", 2020, "decisions"), ("BAA", 2021, "decisions"), ("CAA", 2021, "pending")]
    flagged = destinations.flag_rates(rates, frame("asylum year touches", *found))
    has_break = flagged.set_index("asylum")["has_break"]
    assert has_break.to_dict() == {"AAA": False, "BAA": True, "CAA": False}


@pytest.mark.parametrize(
    ("levels", "is_reversed"),
    [
        ({"first FI": (10, 90), "appeal AR": (60, 40)}, True),
        ({"first FI": (10, 90), "first EO": (70, 30), "appeal AR": (60, 40)}, False),
        ({"appeal AR": (60, 40)}, False),
        ({"first FI": (1, 9), "appeal AR": (60, 40)}, False),  # too few to have a rate
        ({"first FI": (40, 60), "appeal AR": (40, 60)}, False),  # no higher
        ({"first FI": (10, 330), "appeal AR": (29, 214)}, False),  # a few recognised
        ({"first FI": (10, 330), "appeal AR": (30, 214)}, True),
    ],
)
def test_an_appeal_above_every_other_level_is_found(levels, is_reversed):
    rows = [decide("AAA", *counts, level) for level, counts in levels.items()]
    assert destinations.find_reversed(rate(rows)) == ["AAA"] * is_reversed


def test_destinations_that_name_hardly_any_origin_are_not_among_those_without_claims():
    rows = [
        (2020, "JPN", 1000, 1000), (2020, "USA", 900, 800), (2020, "AUS", 900, 400),
        (2020, "KOR", 700, 350),
    ]  # fmt: skip
    by_asylum = frame("year asylum pending pending_unknown_origin", *rows)
    stock = [(2020, "USA", 1), (2020, "JPN", 0)]
    ranked = rank(stock, [(2020, "JPN", "new", "persons", 7)])
    added = destinations.add_unknown(ranked, by_asylum).set_index("asylum")
    assert added["share"].to_dict() == {"USA": 1, "JPN": 0}
    assert added["unknown_share"].dropna().to_dict() == {"USA": 800 / 900, "JPN": 1}
    unnamed = destinations.list_unnamed(by_asylum, ranked).set_index("asylum")
    assert unnamed.index.tolist() == ["JPN", "KOR"]
    assert unnamed.loc["JPN", ["unknown", "applied_persons"]].tolist() == [1000, 7]
    assert unnamed.loc["KOR", "applied_persons"] is pd.NA
