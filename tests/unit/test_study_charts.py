"""Charts of the study: what is drawn is what the frame holds, gaps and marks included."""

import numpy as np
import pandas as pd
import pytest

from helpers.plots import revision_charts, study_charts
from helpers.plots.style import finish_layout, new_figure
from helpers.prose.words import label_rates

NAMES = {"AAA": "Alpha", "BAA": "Beta"}


RATES = pd.DataFrame({
    "asylum": ["AAA", "BAA"], "level_code": ["FI", "EO"], "unit": ["persons", "cases"],
    "recognition_rate": [0.0, 0.5], "protection_rate": [0.25, 0.5], "closed_share": [0.1, 1.0],
    "is_constant": [True, False],
})  # fmt: skip


def test_rates_are_drawn_at_their_values_and_those_not_of_every_year_hollow():
    fig = study_charts.draw_rates(RATES.assign(label=label_rates(RATES, NAMES)), "label")
    left, right = fig.axes[:2]
    protected, constant, others = left.lines
    assert list(protected.get_xdata()) == [0.25, 0.5]
    assert (list(constant.get_xdata()), list(others.get_xdata())) == ([0.0], [0.5])
    assert constant.get_markerfacecolor() != others.get_markerfacecolor() == "white"
    assert [bar.get_width() for bar in right.patches] == [0.1, 1.0]
    assert [tick.get_text() for tick in left.get_yticklabels()] == ["Alpha, FI", "Beta, EO (cases)"]
    assert left.get_ylim()[0] > left.get_ylim()[1]


def make_strips(count=12):
    rows = [("One", f"O{n:02}", 1.0 + n) for n in range(count)] + [("Two", "O00", 0.5)]
    return pd.DataFrame(rows, columns=["row", "origin", "ratio"])


def finish(fig):
    finish_layout(fig, "A title", "A subtitle", "Source: nobody")
    fig.canvas.draw()


def test_a_strip_plot_draws_every_point_and_name_the_chosen_one():
    fig, ax = new_figure()
    study_charts.draw_strip_plot(
        ax, make_strips(), "row", "ratio", "origin", chosen="O03", label="Own"
    )
    finish(fig)
    drawn = np.concatenate([points.get_offsets()[:, 0] for points in ax.collections])
    assert sorted(drawn) == sorted(make_strips()["ratio"])
    assert "Own 4.00" in [text.get_text() for text in ax.texts]


def make_curve():
    return pd.DataFrame(
        {
            "measure": ["a", "a", "a", "b"], "destinations": ["all", "without", "all", "all"],
            "ratio": [0.5, 1.0, 2.0, 4.0],
        }
    )  # fmt: skip


def test_the_curve_draws_one_questions_answers_in_order_and_hollow_without_the_largest():
    fig, ax = new_figure()
    study_charts.draw_specification_curve(ax, make_curve()[:3], "a", "without")
    finish(fig)
    filled, hollow = (line for line in ax.lines if line.get_marker() == "o")
    assert list(zip(*filled.get_data(), strict=True)) == [(0, 0.5), (2, 2.0)]
    assert list(zip(*hollow.get_data(), strict=True)) == [(1, 1.0)]
    assert hollow.get_markerfacecolor() == "white"


def test_growth_is_one_in_the_base_year():
    frame = pd.DataFrame({"year": [2000, 2001, 2002], "a": [2, 4, 0], "b": [10, 5, 20]})
    indexed = study_charts.index_to(frame, 2001)
    assert indexed["b"].tolist() == [2, 1, 4]
    assert indexed["a"].tolist()[:2] == [0.5, 1]
    assert np.isnan(indexed["a"].iloc[2])
    fig, ax = new_figure()
    study_charts.draw_growth(ax, indexed, {"a": "A", "b": "B"}, 2001, None)
    finish(fig)
    assert ax.get_yscale() == "log"


def test_the_account_shows_the_gap_from_the_range_to_the_report():
    frame = pd.DataFrame({
        "year": [2001, 2002, 2003], "end": [150, 90, 120],
        "expected_low": [100, 80, None], "expected_high": [120, 100, None],
    })  # fmt: skip
    fig, ax = new_figure()
    study_charts.draw_account(ax, frame)
    finish(fig)
    gaps, ranges = ([tuple(s[:, 1]) for s in c.get_segments()] for c in ax.collections[:2])
    assert gaps == [(120, 150), (90, 90)]
    assert ranges == [(100, 120), (80, 100)]


def test_descriptions_tell_what_the_figures_show():
    said = study_charts.describe_strip_plot(make_strips(), "row", "ratio", "origin", "O00")
    assert said == "One: 11 other origins, median 7.00; O00 1.00. Two: 0 other origins; O00 0.50."
    assert study_charts.describe_specification_curve(make_curve()) == (
        "a: 3 answers, 0.50 to 2.00 times. b: 1 answers, 4.00 to 4.00 times."
    )


def make_ratios():
    rows = [
        ("Pending", False, 2.0, False), ("Pending", False, 4.0, True), ("Pending", True, 3.0, True),
        ("Lodged", False, 0.0, True), ("Lodged", True, None, True), ("Refugees", False, 0.5, False),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["label", "is_without", "ratio", "is_own"])


def draw_ratios():
    _, ax = new_figure()
    study_charts.draw_ratio_ranges(ax, make_ratios(), "label", "is_without")
    return ax


def test_each_range_has_a_line_strokes_and_one_own_mark():
    ax = draw_ratios()
    lines = [line for line in ax.lines if len(line.get_ydata()) and line.get_marker() == "|"]
    assert [list(line.get_xdata()) for line in lines] == [[2.0, 4.0], [3.0], [0.5]]
    own = [line for line in ax.lines if line.get_marker() in ("o", "s")]
    assert [list(line.get_xdata()) for line in own] == [[4.0], [3.0], []]
    assert own[0].get_markerfacecolor() != own[1].get_markerfacecolor()


def test_the_own_value_is_written_and_a_range_without_one_has_a_dash():
    assert [text.get_text() for text in draw_ratios().texts] == ["4.0", "3.0", "–"]


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
    _, ax = new_figure()
    revision_charts.draw_revised_totals(ax, totals, RELEASES)
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
    said = revision_charts.describe_revised_totals(totals, RELEASES, "claims")
    assert said == (
        "2003: 10 claims at mid-year in 2003-mid, 12 at year-end from 2003-end on. "
        "2004: 1,500 claims at mid-year in 2004-mid."
    )
