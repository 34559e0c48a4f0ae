"""Revisions: every changed cell once, named for what it means, and enough to rebuild a release."""

import datetime as dt
import math

import pandas as pd
import pytest
from frames import make_core

from helpers.analysis import revisions
from helpers.data.releases import Core, History
from helpers.study import ReleaseInfo

YEARS = range(2000, 2005)


def make_info(name: str, order: int = 0) -> ReleaseInfo:
    year, period = int(name[:4]), name[5:8]
    return ReleaseInfo(
        name=name, title=name, published=dt.date(year, 6, 1) + dt.timedelta(order), first_year=2000,
        newest_year=year, period=period, origins=("AAA",),
    )  # fmt: skip


def make_history(releases: dict[ReleaseInfo, Core]) -> History:
    tables = {}
    for name, _ in revisions.FIGURES.values():
        parts = [getattr(core, name).assign(release=info.name) for info, core in releases.items()]
        tables[name] = pd.concat(parts, ignore_index=True)
    return History(tuple(releases), **tables, world=pd.DataFrame())


def list_cells(releases, years=YEARS):
    return revisions.list_releases_figures(make_history(releases), tuple(releases), years)


def list_all(releases, years=YEARS):
    return revisions.list_revisions(list_cells(releases, years), tuple(releases))


MID, END, NEXT = make_info("2003-mid"), make_info("2003-end", 1), make_info("2004-mid")


@pytest.mark.parametrize(
    ("year", "before", "after", "state"),
    [
        (2002, MID, END, "past"),
        (2003, MID, END, "completed"),
        (2003, MID, make_info("2003-mid-again", 1), "provisional"),
        (2003, END, NEXT, "past"),
        (2003, MID, NEXT, "completed"),
        (2004, END, NEXT, "new"),
    ],
)
def test_a_change_means_what_the_year_was(year, before, after, state):
    assert revisions.name_state(year, before, after) == state


def test_every_change_has_its_name_and_its_two_figures():
    found = list_all({
        MID: make_core(
            stock=[(2001, "BBB", 1), (2002, "BBB", 5, 7, None), (2002, "CCC", 0), (2003, "BBB", 10)]
        ),
        END: make_core(
            stock=[(2001, "BBB", 2), (2002, "BBB", 6, 7, 3), (2003, "BBB", 12)],
            lodged=[(2002, "BBB", "NA", "FI", "cases", 2)],
        ),
        NEXT: make_core(stock=[(2002, "BBB", 6, 7, 3), (2003, "BBB", 11), (2004, "BBB", 20)]),
    }, range(2002, 2005))  # fmt: skip
    shown = ["release_to", "year", "asylum", "measure", "before", "after", "change", "year_state"]
    assert found[shown].fillna(-1).values.tolist() == [
        ["2003-end", 2002, "BBB", "oip", -1, 3, "added", "past"],
        ["2003-end", 2002, "BBB", "pending", 5, 6, "revised", "past"],
        ["2003-end", 2002, "CCC", "pending", 0, -1, "withdrawn", "past"],
        ["2003-end", 2002, "CCC", "refugees", 0, -1, "withdrawn", "past"],
        ["2003-end", 2003, "BBB", "pending", 10, 12, "completed", "completed"],
        ["2003-end", 2002, "BBB", "applied", -1, 2, "added", "past"],
        ["2004-mid", 2003, "BBB", "pending", 12, 11, "revised", "past"],
        ["2004-mid", 2004, "BBB", "pending", -1, 20, "added", "new"],
        ["2004-mid", 2004, "BBB", "refugees", -1, 0, "added", "new"],
        ["2004-mid", 2002, "BBB", "applied", 2, -1, "withdrawn", "past"],
    ]  # fmt: skip
    corrected = revisions.list_corrections(found)[["before", "after"]].fillna(0)
    assert corrected.values.tolist() == [[0, 3], [0, 2], [2, 0], [5, 6], [12, 11]]
    claim = found[found["table"] == "asylum_applications"].iloc[0]
    assert claim[list(revisions.LABELS)].tolist() == ["G", "NA", "FI", "cases"]
    counted = revisions.count_revisions(found).query("table == 'population'")
    assert counted[["year_state", *revisions.CHANGES]].values.tolist() == [
        ["ended before", 1, 1, 0, 2], ["completed, mid-year before", 0, 0, 1, 0],
        ["ended before", 0, 1, 0, 0], ["new, at mid-year", 2, 0, 0, 0],
    ]  # fmt: skip
    assert revisions.choose_releases((MID, END, NEXT), END) == (MID, END)
    alone = list_all({MID: make_core(stock=[(2003, "BBB", 10)])})
    assert list(alone.columns) == list(found.columns)
    assert revisions.count_revisions(alone).empty


def test_what_the_newest_year_was_and_what_it_is_now():
    stocks = {
        MID: make_core(
            stock=[(2002, "BBB", 8), (2003, "BBB", 10), (2003, "CCC", 5)],
            lodged=[(2003, "BBB", "N", "FI", "persons", 4), (2003, "BBB", "R", "FI", "persons", 9)],
        ),
        END: make_core(
            stock=[(2003, "BBB", 12)], lodged=[(2003, "BBB", "N", "FI", "persons", 16)]
        ),
        NEXT: make_core(
            stock=[(2003, "BBB", 20), (2004, "BBB", 1)],
            lodged=[(2003, "BBB", "N", "FI", "persons", 16)],
        ),
    }  # fmt: skip
    totals = revisions.list_totals(make_history(stocks), tuple(stocks), YEARS)
    assert totals.groupby("release")["year"].min().eq(2000).all()
    newer = revisions.list_newer(list_cells(stocks), (MID, END)).query("measure == 'pending'")
    assert newer[["year", "before", "after"]].values.tolist() == [[2003, 15, 12]]
    told = revisions.compare_newest(totals, tuple(stocks)).set_index(["measure", "release"])
    stock = told.loc[("pending", "2003-mid")]
    assert stock[["year", "period", "then", "at_year_end", "now", "off"]].tolist() == [
        2003, "mid", 15, 12, 20, -5,
    ]  # fmt: skip
    assert stock["off_share"] == pytest.approx(-0.25)
    assert told.loc[("pending", "2003-end"), "off"] == -8
    flow = told.loc[("applied_persons", "2003-mid")]
    assert (flow["then"], flow["now"], flow["part_of_now"]) == (4, 16, 0.25)
    assert pd.isna(flow["off"])
    assert pd.isna(flow["off_share"])
    assert told.loc[("applied_persons", "2003-end"), "off"] == 0
    assert ("applied_cases", "2003-mid") not in told.index
    assert "2004-mid" not in told.index.get_level_values("release")
    widest = revisions.find_widest(told.reset_index())  # of those at mid-year
    assert (widest["release"], widest["off"]) == ("2003-mid", -5)
    gap = revisions.find_gap(list_cells(stocks), widest)
    assert gap[["asylum", "before", "then", "now", "gap"]].tolist() == ["BBB", 8, 10, 20, 10]


@pytest.mark.parametrize(("now", "share"), [(1, 4), (0, None)])
def test_of_none_now_no_share_is_off(now, share):
    releases = {
        MID: make_core(stock=[(2003, "BBB", 5)]),
        END: make_core(stock=[(2003, "BBB", now)]),
    }
    totals = revisions.list_totals(make_history(releases), tuple(releases), YEARS)
    row = revisions.compare_newest(totals, tuple(releases)).iloc[0]
    assert (row["off"], None if pd.isna(row["off_share"]) else row["off_share"]) == (5 - now, share)


@pytest.mark.parametrize(
    ("before", "after", "furthest"),
    [
        # A completed year is no move; a past figure where nothing was moved infinitely far.
        ({"stock": [(2003, "BBB", 60)]}, {"stock": [(2003, "BBB", 90)]}, 0),
        ({}, {"stock": [(2001, "BBB", 1)]}, math.inf),
        # What moved between places counts although the total is the same.
        (
            {"stock": [(2002, "BBB", 60), (2002, "CCC", 40)]},
            {"stock": [(2002, "BBB", 50), (2002, "CCC", 50)]},
            0.2,
        ),
        (
            {"decided": [(2002, "BBB", "FI", "persons", 30, 70)]},
            {"decided": [(2002, "BBB", "FI", "persons", 70, 30)]},
            0.4,
        ),
        # A decision is measured by the year's largest level; a code nobody knows counts.
        (
            {"decided": [(2002, "BBB", "FI", "persons", 30, 70)]},
            {"decided": [
                (2002, "BBB", "FI", "persons", 30, 70), (2002, "BBB", "Q", "cases", 0, 5),
            ]},
            0.05,
        ),
    ],
)  # fmt: skip
def test_the_furthest_move_is_of_past_years(before, after, furthest):
    releases = {MID: make_core(**before), END: make_core(**after)}
    found = revisions.find_furthest(list_cells(releases), list_all(releases))
    assert found == pytest.approx(furthest)


def test_a_claim_flips_where_a_code_changes_comes_or_goes():
    then = [("a", "exact", "fair"), ("b", "exact", None), ("c", "exact", "fair")]
    now = [("a", "exact", "fair"), ("b", "exact", "fair"), ("c", "off", "fair")]
    releases = {"then": then, "now": now, "other": [("a", "off", "off")]}
    columns = ["claim_id", "figure", "wording"]
    verdicts = pd.concat(
        pd.DataFrame(each, columns=columns).assign(release=name) for name, each in releases.items()
    )
    assert set(revisions.list_flipped(verdicts, "then", "now")["claim_id"]) == {"b", "c"}


def test_a_year_is_unfinished_where_over_a_quarter_of_a_hundred_claims_is_that_of_mid_year():
    def find(same, other):
        both = [(2003, "BBB", same), (2003, "DDD", 1)]
        stocks = {MID: [*both, (2003, "CCC", 9)], END: [*both, other]}
        releases = {info: make_core(stock=stock) for info, stock in stocks.items()}
        found = revisions.find_repeats(make_history(releases), tuple(releases), YEARS)
        return revisions.find_most_repeated(found, "pending")

    row = find(25, (2003, "CCC", 74))
    assert row[["places", "repeated", "total", "largest"]].tolist() == [3, 2, 100, "BBB"]
    assert find(24, (2003, "CCC", 75)) is find(25, (2003, "CCC", 73)) is None
