"""Figures of the comparisons: strips, curves, growth and accounts draw what they are given."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.plots import style
from helpers.plots.account_chart import draw_account
from helpers.plots.curves import draw_choices, draw_curve
from helpers.plots.growth import draw_growth, index_to
from helpers.plots.layout import finish_layout
from helpers.plots.strips import draw_strips, pick_ends, stack_points
from helpers.prose.standing import describe_curve, describe_strips, say_standing


def make_strips(count=12):
    rows = [("One", f"O{n:02}", 1.0 + n) for n in range(count)] + [("Two", "O00", 0.5)]
    return pd.DataFrame(rows, columns=["row", "origin", "ratio"])


def finish(fig):
    finish_layout(fig, "A title", "A subtitle", "Source: nobody")
    fig.canvas.draw()


def test_strips_draw_every_point_and_name_the_chosen_one():
    fig, ax = style.new_figure()
    draw_strips(ax, make_strips(), "row", "ratio", "origin", chosen="O03", label="Own")
    finish(fig)
    drawn = np.concatenate([points.get_offsets()[:, 0] for points in ax.collections])
    assert sorted(drawn) == sorted(make_strips()["ratio"])
    assert "Own 4.00" in [text.get_text() for text in ax.texts]


def test_a_strip_without_the_chosen_one_is_drawn():
    fig, ax = style.new_figure()
    draw_strips(ax, make_strips(), "row", "ratio", "origin", chosen="ZZZ", label="Own")
    finish(fig)
    assert not [text for text in ax.texts if text.get_text().startswith("Own")]


@settings(deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60).map(sorted))
def test_stacked_points_stay_within_their_row(positions):
    level = stack_points(np.array(positions), 0.5)
    assert level.min() == 0
    assert level.max() <= 0.5 + 1e-9


@settings(deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60).map(sorted), st.integers(1, 5))
def test_named_ends_stand_apart(positions, most):
    picked = pick_ends(np.array(positions), most)
    values = [positions[place] for place in picked]
    assert picked[0] == len(positions) - 1
    assert len(picked) <= most
    assert all(a - b >= 0.45 for a, b in pairwise(values))


def make_curve():
    return pd.DataFrame(
        {
            "measure": ["a", "b", "a", "b"], "release": ["y", "y", "x", "x"], "unit": "u",
            "ratio": [0.5, 1.0, 2.0, 4.0], "band_low": [0.4, None, None, 1.0],
            "band_middle": [0.6, None, None, 2.0], "band_high": [0.9, None, None, 3.0],
        }
    )  # fmt: skip


def test_the_curve_draws_answers_in_order_and_bands_where_there_are_any():
    fig, ax = style.new_figure()
    draw_curve(ax, make_curve())
    finish(fig)
    answers = next(line for line in ax.lines if line.get_marker() == "o")
    assert list(answers.get_ydata()) == [0.5, 1.0, 2.0, 4.0]
    bands = ax.collections[0].get_segments()
    assert [tuple(s[:, 1]) for s in bands] == [(0.4, 0.9), (1.0, 3.0)]


def test_choices_with_one_option_are_left_out_and_orders_are_kept():
    fig, ax = style.new_figure()
    draw_choices(ax, make_curve(), ["measure", "release", "unit"], orders={"release": ["y", "x"]})
    finish(fig)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b", "y", "x"]
    marks = [list(line.get_xdata()) for line in ax.lines]
    assert marks == [[0, 2], [1, 3], [0, 1], [2, 3]]


def test_growth_is_one_in_the_base_year():
    frame = pd.DataFrame({"year": [2000, 2001, 2002], "a": [2, 4, 0], "b": [10, 5, 20]})
    indexed = index_to(frame, 2001)
    assert indexed["b"].tolist() == [2, 1, 4]
    assert indexed["a"].tolist()[:2] == [0.5, 1]
    assert np.isnan(indexed["a"].iloc[2])
    fig, ax = style.new_figure()
    draw_growth(ax, indexed, {"a": "A", "b": "B"}, 2001, None)
    finish(fig)
    assert ax.get_yscale() == "log"


def test_the_account_shows_the_gap_from_the_range_to_the_report():
    frame = pd.DataFrame({
        "year": [2001, 2002, 2003], "end": [150, 90, 120],
        "expected_low": [100, 80, None], "expected_high": [120, 100, None],
    })  # fmt: skip
    fig, ax = style.new_figure()
    draw_account(ax, frame)
    finish(fig)
    gaps, ranges = ([tuple(s[:, 1]) for s in c.get_segments()] for c in ax.collections[:2])
    assert gaps == [(120, 150), (90, 90)]
    assert ranges == [(100, 120), (80, 100)]


def test_an_account_that_nothing_tests_is_a_line_alone():
    frame = pd.DataFrame(
        {"year": [2001], "end": [5], "expected_low": [None], "expected_high": [None]}
    )
    fig, ax = style.new_figure()
    draw_account(ax, frame)
    finish(fig)
    assert [text.get_text() for text in ax.texts] == ["Reported"]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "among the greatest tenth"),
        (0.1, "in the upper quarter"),
        (0.25, "in the middle half"),
        (0.75, "in the middle half"),
        (0.76, "in the lower quarter"),
    ],
)
def test_standing_is_chosen_by_rule(share, words):
    assert say_standing(share) == words


def test_descriptions_tell_what_the_figures_show():
    said = describe_strips(make_strips(), "row", "ratio", "origin", "O00")
    assert said == "One: 11 other origins, median 7.00; O00 1.00. Two: 0 other origins; O00 0.50."
    assert describe_curve(make_curve()).startswith("4 answers in order, from 0.50 to 4.00 times")
