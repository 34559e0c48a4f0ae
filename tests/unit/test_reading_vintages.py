"""A year over its releases: one line a year, mid-year hollow, and the same in words."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.analysis import revisions
from helpers.plots import style, vintages

RELEASES = ["2003-mid", "2003-end", "2004-mid"]


@pytest.fixture
def totals():
    rows = [
        ("2003-mid", 2003, "mid", 10), ("2003-end", 2003, "end", 12), ("2004-mid", 2003, "end", 12),
        ("2004-mid", 2004, "mid", 1500), ("2003-end", 2002, "end", None),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["release", "year", "period", "total"])
    return frame.astype({"total": "Int64"})


def test_only_mid_year_points_are_hollow(totals):
    _, ax = style.new_figure()
    vintages.draw_vintages(ax, totals, RELEASES)
    hollow = {
        (line.get_xdata()[0], line.get_ydata()[0])
        for line in ax.lines
        if line.get_markerfacecolor() == "white"
    }
    assert hollow == {(0, 10), (2, 1500)}
    lines = [line for line in ax.lines if line.get_markerfacecolor() != "white"]
    assert [list(line.get_xdata()) for line in lines] == [[0, 1, 2], [2]]
    assert [label.get_text() for label in ax.get_xticklabels()] == RELEASES
    assert ax.get_ylim()[0] == 0


def test_the_words_name_each_figure_once_and_its_reference(totals):
    said = vintages.describe_vintages(totals, RELEASES, "claims")
    assert said == (
        "2003: 10 claims at mid-year in 2003-mid, 12 at year-end from 2003-end on. "
        "2004: 1,500 claims at mid-year in 2004-mid."
    )


def test_the_order_is_that_of_publication(totals):
    said = vintages.describe_vintages(totals.iloc[::-1], RELEASES, "claims")
    assert said.startswith("2003: 10 claims at mid-year in 2003-mid, 12 at year-end")


@pytest.mark.parametrize(
    ("state", "period", "said"),
    [
        ("past", "end", "ended before"), ("completed", "end", "completed, mid-year before"),
        ("new", "end", "new"), ("provisional", "mid", "provisional, at mid-year"),
    ],
)  # fmt: skip
def test_a_year_at_mid_year_says_so(state, period, said):
    assert revisions.say_state(state, period) == said
