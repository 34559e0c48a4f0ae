"""Claims lodged, inclusive: what the rules add, what stays out, what stays empty."""

from types import SimpleNamespace

import pandas as pd
import pytest
from frames import SOURCE, STAGE_OF, frame, make_core

from helpers.analysis import lodged
from helpers.data.hand import LodgedRule


def make_rule(name, **fields):
    given_fields = {"title": name, "status": "rows", "reason": "ten letters", "sources": [SOURCE]}
    return LodgedRule(name=name, **(given_fields | fields))


RULES = (
    make_rule("mixed", stages=("NR", "FA", "NA"), without_levels=("AR",)),
    make_rule("court", asylum="USA", stages=("A",), levels=("EO",), years=(2007,)),
    make_rule("various", stages=("V",), levels=("FI", "NA")),
)
NO_HALF = pd.DataFrame({"asylum": [], "year": [], "months": []})


def factor(asylum="*", first=2000, last=2100, value=1.5, levels=(), status="assumed"):
    return SimpleNamespace(
        asylum=asylum, first=first, last=last, factor=value, levels=levels,
        alternatives=(1.0, 1.2), status=status,
    )  # fmt: skip


def mark(*rows):
    claims = frame("year asylum stage_code level_code unit applied", *rows)
    claims["stage"] = claims["stage_code"].map(STAGE_OF).fillna("mixed")
    return lodged.mark_lodged(claims, RULES)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ((2004, "AUS", "V", "FI"), "various"),
        ((2004, "AUS", "V", "AR"), ""),
        ((2006, "AUT", "NR", "FA"), "mixed"),
        ((2007, "AUT", "NR", "AR"), ""),
        ((2007, "USA", "A", "EO"), "court"),
        ((2007, "CAN", "A", "EO"), ""),
        ((2006, "USA", "A", "EO"), ""),
        ((2007, "USA", "N", "IN"), "new"),
        ((2006, "CAN", "R", "FI"), ""),
    ],
)
def test_each_row_has_its_rule(row, rule):
    assert mark((*row, "persons", 1))["rule"].tolist() == [rule]


def test_a_row_not_of_type_n_is_listed_where_it_has_a_claim():
    rows = mark(
        (2004, "AUS", "V", "FI", "persons", 1), (2004, "AUS", "V", "FI", "persons", 0),
        (2004, "CAN", "NR", "AR", "cases", 1), (2004, "CAN", "N", "FI", "persons", 1),
    )  # fmt: skip
    listed = lodged.list_rows_not_type_n(rows)[["asylum", "rule", "rows", "applied", "is_counted"]]
    assert listed.values.tolist() == [["AUS", "various", 1, 1, True], ["CAN", "", 1, 1, False]]


def test_a_destination_with_claims_pending_and_none_lodged_has_empty_cells():
    stocks = (2007, "AUS", 9), (2007, "CAN", 1), (2007, "USA", 0)
    pending = frame("year asylum pending", *stocks)
    marked = mark((2007, "AUS", "A", "AR", "persons", 30), (2007, "CAN", "N", "FI", "persons", 1))
    places = lodged.list_places(marked, pending, [factor()]).set_index("asylum")
    assert places["pending"].to_dict() == {"AUS": 9, "CAN": 1}
    assert places.loc["AUS"].drop(["year", "pending"]).isna().all()
    assert places.loc["CAN", ["strict_persons", "applied_inclusive_persons"]].tolist() == [1, 1]
    gaps = lodged.find_gaps(marked, marked, pending, NO_HALF)
    shown = ["year", "asylum", "reason", "months"]
    assert gaps[shown].values.tolist() == [[2007, "AUS", "silent", 0]]
    assert gaps["share"].tolist() == pytest.approx([0.9])


def list_half(core, half_year=None, register=(), **mids):
    info = SimpleNamespace(name="2003-end", newest_year=2003, half_year=half_year)
    half = lodged.find_half_year_flows(core, info, mids, register)
    return half[["asylum", "year", "reason"]].values.tolist()


def test_flows_are_of_half_a_year_by_release_by_source_and_by_what_a_release_repeats():
    claims = [(year, "DDD", "N", "FI", "persons", n, 0) for year, n in ((2002, 50), (2003, 80))]
    other = (2002, "EEE", "N", "FI", "persons", 70, 0)
    core = make_core(all_lodged=[*claims, other, (2002, "FFF", "N", "FI", "persons", 49, 0)])
    entry = SimpleNamespace(asylum="EEE", years=(2003, 2004), releases=(), flow="half_year")
    whole = SimpleNamespace(asylum="EEE", years=(2002,), releases=(), flow=None)
    assert list_half(core) == []
    assert list_half(core, 2003) == [["DDD", 2003, "mid_year_release"]]
    assert list_half(core, register=(entry, whole)) == [["EEE", 2003, "source"]]
    # Repeated: every row of the destination, and enough claims for it to be no chance.
    few = (2002, "FFF", "N", "FI", "persons", 49, 0)
    mid = make_core(all_lodged=[claims[0], (*other[:5], 35, 0), few])
    assert list_half(core, mid=mid) == [["DDD", 2002, "never_completed"]]


def test_half_a_year_at_a_destination_that_matters_leaves_the_year_incomplete():
    marked = mark(
        (2006, "USA", "N", "IN", "persons", 995), (2006, "CAN", "N", "FI", "persons", 9),
        (2007, "USA", "N", "IN", "persons", 990), (2007, "CAN", "N", "FI", "persons", 10),
    )  # fmt: skip
    half = frame("asylum year months", ("USA", 2007, 6), ("CAN", 2006, 6), ("CAN", 2007, 6))
    pending = frame("year asylum pending", (2007, "USA", 0))
    gaps = lodged.find_gaps(marked, marked, pending, half)
    assert gaps[["asylum", "year"]].values.tolist() == [["CAN", 2007], ["USA", 2007]]
    assert gaps["pending"].isna().all()  # of no claim pending there is nothing to weigh
    pending = frame("year asylum pending", (2007, "USA", 3), (2007, "CAN", 1))
    gaps = lodged.find_gaps(marked, marked, pending, half)
    assert gaps["share"].tolist() == pytest.approx([0.25, 0.99])  # pending or lodged: the greater


AT_IN = factor("USA", 2017, 2019, 1.501, ("IN",), "published")
ELSE = factor(value=1.3)


def bound_persons(*rows, factors=(AT_IN, ELSE)):
    return lodged.bound_persons(frame("year asylum level_code unit applied", *rows), factors)


def test_persons_are_never_converted_and_cases_always_ranged():
    row = bound_persons((2019, "USA", "IN", "cases", 1000), (2019, "USA", "EO", "persons", 300))
    columns = ["persons", "cases", "lower", "estimate", "upper"]
    assert row[columns].values.tolist() == [[300, 1000, 1300, 1500, 1801]]
    assert bound_persons((2017, "USA", "IN", "cases", 1000))["upper"].tolist() == [1501]


@pytest.mark.parametrize(
    "row", [(2020, "USA", "IN"), (2019, "USA", "EO"), (2019, "GBR", "IN"), (2016, "USA", "IN")]
)
def test_a_factor_holds_only_for_its_years_level_and_destination(row):
    table = bound_persons((*row, "cases", 100))
    assert table["upper"].tolist() == [130]


BOUNDED = range(2001, 2005)


def bound_claims(own, every=None, gaps=(), mid=(), without=None):
    every = every or [(*each, 0) for each in own]
    core = make_core(lodged=own, all_lodged=every)
    given = frame("year asylum months", *gaps)
    earlier = make_core(lodged=mid, every=[(year, "DDD", 1, 0, 1, 1, 0) for year, *_ in mid])
    places = lodged.bound_destinations(
        core, "AAA", core.applications, given,
        rules=[], factors=[factor()], mid_years={"earlier-mid": earlier},
    )  # fmt: skip
    places = places[places["asylum"] != without]
    return lodged.bound_lodged(places, BOUNDED).set_index("year")


def claim(year, count, unit="persons", place="DDD", stage="N"):
    return (year, place, stage, "FI", unit, count)


def test_cases_are_one_person_at_least_and_the_greatest_factor_at_most():
    table = bound_claims([claim(2001, 100), claim(2001, 10, "cases"), claim(2001, 7, stage="R")])
    wanted = {"applied_inclusive_persons": 100, "applied_inclusive_cases": 10, "applied_lower": 110,
              "applied_middle": 112, "applied_upper": 115, "most_persons_per_case": 5}  # fmt: skip
    assert table.loc[2001, list(wanted)].to_dict() == wanted
    assert table.loc[2001, "is_complete"]
    assert table.loc[2002, list(wanted)].isna().all()  # nothing reported is not 0


def test_unnamed_cases_count_even_where_the_origin_has_no_row_in_cases():
    # A tenth of the named claims is the origin's; of 400 unnamed cases 40 may be, 60 persons.
    own = [claim(2001, 100), claim(2002, 30)]
    every = [(*claim(2001, 1000), 0), (*claim(2002, 300), 0), (*claim(2002, 400, "cases"), 400)]
    table = bound_claims(own, every)
    shown = ["applied_lower", "most_unknown_origin", "applied_upper"]
    assert table.loc[2002, shown].tolist() == [30, 60, 90]
    assert not table.loc[2002, "is_complete"]  # more than a tenth may be missing
    assert table.loc[2001, "is_complete"]
    own, every = [*own[:1], claim(2002, 600)], [every[0], (*claim(2002, 6000), 0), every[2]]
    assert bound_claims(own, every).loc[2002, "is_complete"]  # 60 of 600


@pytest.mark.parametrize(
    ("own", "months", "mid", "upper"),
    [
        ([claim(2002, 100)], 6, [], 200),  # half, where nothing else is known
        ([claim(2001, 300), claim(2002, 100)], 6, [], 300),  # the nearest whole year, if more
        # A quarter in another year; then 60 of 160: 100 x 8 / 3.
        ([claim(2002, 100), claim(2003, 400)], 6, [claim(2003, 100)], 400),
        ([claim(2002, 100), claim(2003, 160)], 6, [claim(2003, 60)], 267),
        ([claim(2002, 100), claim(2003, 200)], 6, [claim(2003, 50)], 400),
        ([claim(2002, 100), claim(2003, 196)], 6, [claim(2003, 49)], 200),  # too few
        ([claim(2002, 100), claim(2003, 80)], 6, [claim(2003, 80)], 200),  # that was no half
        ([claim(2001, 50), claim(2003, 80)], 0, [], 80),  # nothing reported
    ],
)
def test_what_a_gap_may_lack(own, months, mid, upper):
    table = bound_claims(own, gaps=[(2002, "DDD", months)], mid=mid)
    assert table.loc[2002, "applied_upper"] == upper
    assert (table.loc[2002, "gaps"], table.loc[2002, "is_complete"]) == ("DDD", False)


def test_a_gap_without_a_whole_year_near_has_no_limit():
    own = [claim(2002, 10, place="EEE")]
    table = bound_claims(own, gaps=[(2002, "DDD", 0)])
    assert table.loc[2002, "applied_lower"] == 10
    assert pd.isna(table.loc[2002, "applied_upper"])
    without = bound_claims(own, gaps=[(2002, "DDD", 0)], without="DDD")
    assert (without.loc[2002, "applied_upper"], without.loc[2002, "is_complete"]) == (10, True)
