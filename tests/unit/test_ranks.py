"""Places over the years: a permutation a year, and entries and exits that add up."""

from itertools import pairwise

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis import destinations as ranks
from helpers.analysis.destinations import list_lodged

CODES = [f"{letter}AA" for letter in "ABCDEFGH"]
ROWS = st.dictionaries(
    st.tuples(st.integers(2000, 2006), st.sampled_from(CODES)), st.integers(1, 9), min_size=1
)


def make_rows(found):
    rows = [(year, code, value) for (year, code), value in found.items()]
    frame = pd.DataFrame(rows, columns=["year", "asylum", "pending"])
    return frame.astype({"pending": "Int64"})


@settings(max_examples=50)
@given(ROWS)
def test_places_are_a_permutation_in_the_order_of_the_counts(found):
    places = ranks.place_destinations(make_rows(found))
    assert len(places) == len(found)
    for year, part in places.groupby("year"):
        assert part["place"].tolist() == list(range(1, len(part) + 1))
        assert part["value"].is_monotonic_decreasing
        ours = {code: value for (y, code), value in found.items() if y == year}
        assert dict(zip(part["asylum"], part["value"], strict=True)) == ours
        counts = pd.Series(list(ours.values())).value_counts()
        assert part["is_tied"].tolist() == [counts[value] > 1 for value in part["value"]]


@settings(max_examples=50)
@given(ROWS, st.integers(1, 9))
def test_members_are_those_before_less_exits_plus_entries(found, top_n):
    places = ranks.place_destinations(make_rows(found))
    moves = ranks.list_moves(places, top_n)
    years = sorted({year for year, _ in found})
    assert list(zip(moves["before"], moves["year"], strict=True)) == list(pairwise(years))
    members = {
        year: set(part.loc[part["place"] <= top_n, "asylum"])
        for year, part in places.groupby("year")
    }
    for move in moves.to_dict("records"):
        entered, left = set(move["entered"].split()), set(move["left"].split())
        assert members[move["year"]] == members[move["before"]] - left | entered
        assert not entered & members[move["before"]]
        assert left <= members[move["before"]]
        assert (move["n_entered"], move["n_left"]) == (len(entered), len(left))
        assert move["n_members"] == len(members[move["year"]])


@settings(max_examples=50)
@given(ROWS, st.integers(1, 9))
def test_memberships_add_up_to_the_places_on_file(found, top_n):
    places = ranks.place_destinations(make_rows(found))
    often = ranks.count_memberships(places, top_n)
    assert often["years"].sum() == (places["place"] <= top_n).sum()
    assert often["years"].is_monotonic_decreasing
    assert often["best"].between(1, top_n).all()


def test_a_tie_over_the_last_place_is_told():
    rows = {(2000, "AAA"): 9, (2001, "AAA"): 9, (2001, "CAA"): 5, (2001, "BAA"): 5}
    move = ranks.list_moves(ranks.place_destinations(make_rows(rows)), 2).to_dict("records")[0]
    assert (move["entered"], move["left"], move["is_tied_at_last"]) == ("BAA", "", True)
    alone = ranks.list_moves(ranks.place_destinations(make_rows(rows)), 3).to_dict("records")[0]
    assert (alone["entered"], alone["is_tied_at_last"]) == ("BAA CAA", False)


def test_a_missing_count_has_no_place_and_a_missing_year_is_no_step():
    rows = pd.DataFrame({
        "year": [2000, 2000, 2003], "asylum": ["AAA", "BAA", "BAA"],
        "pending": pd.array([3, None, 4], dtype="Int64"),
    })  # fmt: skip
    places = ranks.place_destinations(rows)
    assert places["asylum"].tolist() == ["AAA", "BAA"]
    move = ranks.list_moves(places, 5).to_dict("records")
    assert [(m["before"], m["year"], m["entered"], m["left"]) for m in move] == [
        (2000, 2003, "BAA", "AAA")
    ]


def test_lodged_lists_persons_and_cases_as_two_rankings():
    missing = pd.NA
    rows = pd.DataFrame(
        [
            (2020, "AAA", 8, missing, 1, missing, 70, 1),
            (2020, "BAA", 8, 3, 1, 2, missing, missing),
            (2020, "CAA", 2, 5, 3, 1, 20, 2),
            (2021, "DAA", 99, 99, 1, 1, 99, 1),
        ],
        columns=["year", "asylum", "applied_persons", "applied_cases", "rank_persons",
                 "rank_cases", "pending", "rank"],
    )  # fmt: skip
    rows = rows.astype(dict.fromkeys(["applied_cases", "rank_cases", "pending", "rank"], "Int64"))
    listed = list_lodged(rows, 2020, 2)
    found = list(zip(listed["unit"], listed["asylum"], listed["applied"], strict=True))
    assert found == [
        ("persons", "AAA", 8), ("persons", "BAA", 8), ("cases", "CAA", 5), ("cases", "BAA", 3),
    ]  # fmt: skip
    assert list_lodged(rows, 2019, 2).empty
