"""Placebo origins: ranks by growth, which no change of scale moves."""

import numpy as np
import pytest
from frames import frame

from helpers.analysis.placebo import compare_origins, find_exposed
from helpers.analysis.robustness import EVERY_ORIGIN, place_origin

YEARS = range(2001, 2005)


def make_totals(table):
    """Build totals from {origin: pending in 2001, 2002, 2003, 2004}; refugees are ten times it."""
    return frame(
        "year origin pending refugees",
        *((year, origin, count, 10 * count) for origin, counts in table.items()
          for year, count in zip(YEARS, counts, strict=True)),
    )  # fmt: skip


def compare(table, origin="AAA", fewest=1, **options):
    ranked = compare_origins(make_totals(table), origin, YEARS[:2], YEARS[2:], fewest, **options)
    return ranked.assign(last_year=2004, group=EVERY_ORIGIN)


def rank_of(result, measure):
    part = result[result["measure"] == measure]
    return dict(zip(part["origin"], part["rank"], strict=True))


def test_small_origins_are_left_out_by_the_earlier_era_alone():
    table = {"AAA": (100, 100, 9, 9), "BBB": (1000, 1000, 1, 1), "CCC": (999, 999, 5000, 5000)}
    result = compare_origins(make_totals(table), "AAA", YEARS[:2], YEARS[2:])
    enough = result.groupby("origin")["is_enough"].first()
    assert enough.to_dict() == {"AAA": False, "BBB": True}  # the own one is kept


def test_the_own_origin_is_not_ranked_by_a_handful_of_claims():
    result = compare({"AAA": (99, 99, 900, 900), "BBB": (900, 900, 1, 1)}, fewest=500)
    assert set(result["origin"]) == {"BBB"}
    assert place_origin(result, "AAA").empty


def test_claims_of_no_origin_count_for_the_world_and_are_not_ranked():
    with_unknown = compare({"AAA": (10, 10, 10, 10), "UNK": (10, 10, 30, 30)})
    assert set(with_unknown["origin"]) == {"AAA"}
    share = with_unknown.query("measure == 'share_of_world'").iloc[0]
    assert (share["earlier"], share["later"]) == (0.5, 0.25)


def test_departure_is_relative_to_how_much_an_origin_swings_at_all_times():
    steady, wild, rest = (100, 110, 300, 320), (100, 900, 300, 320), (9000, 9000, 9000, 9000)
    result = compare({"AAA": steady, "BBB": wild, "CCC": rest})
    ranks = rank_of(result, "departure_from_world")
    assert ranks["AAA"] < ranks["BBB"]
    world = np.add(np.add(steady, wild), rest)
    odds = np.log(np.divide(steady, world - steady))
    gap = (odds - odds[:2].mean()) ** 2
    own = result.query("origin == 'AAA' and measure == 'departure_from_world'").iloc[0]
    assert own["earlier"] == pytest.approx(gap[:2].mean() ** 0.5)
    assert own["later"] == pytest.approx(gap[2:].mean() ** 0.5)


def test_an_origin_that_is_the_world_for_a_year_has_no_departure_from_it():
    result = compare({"AAA": (5, 6, 9, 9), "BBB": (5, 5, 0, 9)})
    assert "departure_from_world" not in set(result["measure"])


@pytest.mark.parametrize(("before", "is_told"), [(1, True), (0, False)])
def test_there_is_no_growth_from_none(before, is_told):
    totals = make_totals({"AAA": (2000, 2000, 9, 9)})
    totals["refugees"] = totals["refugees"].mask(totals["year"] < 2003, before)
    result = compare_origins(totals, "AAA", YEARS[:2], YEARS[2:])
    assert ("refugees" in set(result["measure"])) is is_told


def test_an_era_without_years_gives_no_rank():
    assert compare_origins(make_totals({"AAA": (1, 2, 3, 4)}), "AAA", [2001], []).empty


def test_the_middle_is_that_of_the_others():
    table = {"AAA": (10, 10, 50, 50), "BBB": (10, 10, 40, 40), "CCC": (10, 10, 40, 40)}
    columns = ["ratio", "median_of_others", "rank", "n_origins", "share_above"]
    for origin, wanted in {"AAA": [5, 4, 1, 3, 0], "CCC": [4, 4.5, 2, 3, 0.5]}.items():
        place = place_origin(compare(table), origin).set_index("measure").loc["pending"]
        assert place[columns].tolist() == wanted


def test_origins_with_the_same_main_destination_are_ranked_among_themselves():
    rows = [(2001, "AAA", "DDD", 9), (2001, "AAA", "EEE", 1), (2001, "BBB", "DDD", 5)]
    rows += [(2001, "CCC", "EEE", 7), (2001, "UNK", "DDD", 99), (2009, "CCC", "DDD", 99)]
    rows += [(2001, "FFF", "DDD", 0), (2001, "GGG", "DDD", 1)]
    exposed = find_exposed(frame("year origin asylum pending", *rows), "DDD", [2001])
    assert exposed == ["AAA", "BBB", "GGG"]
    table = {"AAA": (10, 10, 50, 50), "BBB": (10, 10, 60, 60), "CCC": (10, 10, 900, 900)}
    result = compare(table, among=exposed)
    assert rank_of(result, "pending") == {"BBB": 1, "AAA": 2}
    share = result.query("measure == 'share_of_world' and origin == 'AAA'").iloc[0]
    assert share["later"] == pytest.approx(50 / 1010)  # of the whole world's
