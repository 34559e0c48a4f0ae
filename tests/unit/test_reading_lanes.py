"""Ratios as marks: what is drawn, and what has no mark."""

import pandas as pd

from helpers.plots import lanes, style


def make_frame():
    rows = [
        ("Pending", False, 2.0, False), ("Pending", False, 4.0, True), ("Pending", True, 3.0, True),
        ("Lodged", False, 0.0, True), ("Lodged", True, None, True), ("Refugees", False, 0.5, False),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["label", "is_without", "ratio", "is_own"])


def draw():
    _, ax = style.new_figure()
    lanes.draw_reach(ax, make_frame(), "label", "is_without")
    return ax


def test_each_lane_has_a_line_strokes_and_one_own_mark():
    ax = draw()
    lines = [line for line in ax.lines if len(line.get_ydata()) and line.get_marker() == "|"]
    assert [list(line.get_xdata()) for line in lines] == [[2.0, 4.0], [3.0], [0.5]]
    own = [line for line in ax.lines if line.get_marker() in ("o", "s")]
    assert [list(line.get_xdata()) for line in own] == [[4.0], [3.0], []]
    assert own[0].get_markerfacecolor() != own[1].get_markerfacecolor()


def test_the_own_value_is_written_and_a_lane_without_one_has_a_dash():
    assert [text.get_text() for text in draw().texts] == ["4.0", "3.0", "–"]


def test_the_axis_is_logarithmic_and_names_run_from_the_top():
    ax = draw()
    assert ax.get_xscale() == "log"
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Pending", "Lodged", "Refugees"]
    bottom, top = ax.get_ylim()
    assert bottom > top
