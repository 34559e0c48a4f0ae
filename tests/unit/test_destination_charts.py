"""Charts of destinations: what is drawn is what the frame holds, gaps and marks included."""

import numpy as np
import pandas as pd
import pytest

from helpers.plots import bumps, dots, panels
from helpers.plots.figures import make_figure
from helpers.plots.layout import get_notes
from helpers.plots.style import new_figure
from helpers.prose.places import explain_levels, label_rates, name_codes

NAMES = {"AAA": "Alpha", "BAA": "Beta", "CAA": "Gamma"}
PLACES = pd.DataFrame(
    [
        (2000, "AAA", 1), (2000, "BAA", 2), (2000, "CAA", 3),
        (2001, "BAA", 1), (2001, "CAA", 2), (2001, "AAA", 3),
        (2003, "AAA", 1), (2003, "BAA", 2),
    ],
    columns=["year", "asylum", "place"],
)  # fmt: skip


def draw_bumps(top_n=2, highlight=("AAA",)):
    _, ax = new_figure()
    bumps.draw_bumps(ax, PLACES, NAMES, top_n=top_n, highlight=highlight)
    return ax


def test_a_bump_line_is_interrupted_beyond_the_last_place_and_in_a_missing_year():
    ax = draw_bumps()
    lines = [np.asarray(line.get_ydata(), dtype=float) for line in ax.lines]
    wanted = {(1, None, None, 1), (2, 1, None, 2), (None, 2, None, None)}
    drawn = {tuple(None if np.isnan(value) else value for value in line) for line in lines}
    assert drawn == wanted
    assert [tuple(line.get_xdata()) for line in ax.lines] == [(2000, 2001, 2002, 2003)] * 3
    bottom, top = ax.get_ylim()
    assert bottom > top


def test_names_stand_at_both_ends_with_their_places():
    labels = {(label.xy[0], label.get_text()) for label in get_notes(draw_bumps()).ends}
    assert labels == {
        (2000, "Alpha  1"), (2000, "Beta  2"), (2003, "1  Alpha"), (2003, "2  Beta"),
    }  # fmt: skip


def test_only_the_highlighted_line_has_colour_and_lies_on_top():
    ax = draw_bumps(highlight=("BAA",))
    colours = [line.get_color() for line in ax.lines]
    assert colours.count(bumps.GREY) == 2
    assert ax.lines[-1].get_color() != bumps.GREY
    assert ax.lines[-1].get_zorder() > ax.lines[0].get_zorder()


def test_one_year_alone_has_names_on_one_side():
    _, ax = new_figure()
    bumps.draw_bumps(ax, PLACES[PLACES["year"] == 2000], NAMES, top_n=3)
    assert len(get_notes(ax).ends) == 3
    said = bumps.describe_bumps(PLACES[PLACES["year"] == 2000], NAMES, ["CAA"], 3)
    assert said == "Places by year, the first on top. Gamma: 3rd in 2000."


STOCKS = pd.DataFrame({
    "year": [2000, 2002, 2000, 2001, 2002], "asylum": ["AAA", "AAA", "BAA", "BAA", "BAA"],
    "pending": pd.array([5, 9, 1, 2, None], dtype="Int64"),
    "applied_persons": pd.array([None, 4, None, None, None], dtype="Int64"),
    "applied_cases": pd.array([None] * 5, dtype="Int64"),
})  # fmt: skip


def draw_panels(codes=("AAA", "BAA"), **more):
    return panels.draw_panels(
        STOCKS, NAMES, list(codes), range(2000, 2003), breaks={"BAA": [2000, 2002]}, **more
    )


def test_each_panel_draws_its_destination_with_gaps_and_its_own_breaks():
    fig = draw_panels()
    first, second = fig.axes[:2]
    assert [ax.get_title(loc="left") for ax in (first, second)] == ["Alpha", "Beta"]
    stock = np.asarray(first.lines[0].get_ydata(), dtype=float)
    assert np.array_equal(stock, [5, np.nan, 9], equal_nan=True)
    assert first.get_ylim()[0] == second.get_ylim()[0] == 0
    # One break line, before the last year; none before the first, which has no year to compare.
    marks = [line.get_xdata()[0] for line in second.lines[len(panels.LINES) :]]
    assert marks == [2001.5]
    assert len(first.lines) == len(panels.LINES)


def test_the_key_names_only_lines_that_are_drawn():
    fig = draw_panels()
    key = next(ax.get_legend() for ax in fig.axes if ax.get_legend())
    assert [text.get_text() for text in key.get_texts()] == ["claims pending", "lodged, persons"]


def test_a_provisional_point_is_hollow_where_there_is_one():
    first, second = draw_panels(provisional=2002).axes[:2]
    hollow = [line for line in first.lines if line.get_markerfacecolor() == "white"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in hollow] == [(2002, 9), (2002, 4)]
    assert not [line for line in second.lines if line.get_markerfacecolor() == "white"]


@pytest.mark.parametrize("codes", [["AAA"], ["AAA", "BAA"], ["AAA", "BAA", "CAA", "AAA"]])
def test_any_number_of_panels_becomes_a_figure_with_years_under_each_column(codes):
    fig = draw_panels(codes)
    shown = [ax for ax in fig.axes if ax.axison]
    assert len(shown) == len(codes)
    labelled = [ax.xaxis.get_tick_params()["labelbottom"] for ax in shown]
    assert labelled == [place + panels.COLUMNS >= len(codes) for place in range(len(codes))]
    alt = panels.describe_panels(STOCKS, NAMES, ["AAA"])
    assert (
        alt
        == "Alpha: from 5 claims pending in 2000 to 9 in 2002; highest 9 in 2002, lowest 5 in 2000."
    )
    card = make_figure(
        fig, id="panels", number="1", title="T", subtitle="S", alt=alt, data=STOCKS, source="S",
        with_svg=False,
    )  # fmt: skip
    assert card.png
    # The layout's solver differs in the last digit from run to run; the picture must not.
    for ax in shown:
        assert ax.get_position().bounds == pytest.approx(
            [round(bound, 6) for bound in ax.get_position().bounds], abs=1e-12
        )


RATES = pd.DataFrame({
    "asylum": ["AAA", "BAA"], "level_code": ["FI", "EO"], "unit": ["persons", "cases"],
    "recognition_rate": [0.0, 0.5], "protection_rate": [0.25, 0.5], "closed_share": [0.1, 1.0],
})  # fmt: skip


def test_rates_are_drawn_at_their_values_and_the_closed_share_apart():
    rates = RATES.assign(label=label_rates(RATES, NAMES))
    fig = dots.draw_rates(rates, "label")
    left, right = fig.axes[:2]
    values = [list(line.get_xdata()) for line in left.lines]
    assert values == [[0.0, 0.5], [0.25, 0.5]]
    assert [bar.get_width() for bar in right.patches] == [0.1, 1.0]
    assert [tick.get_text() for tick in left.get_yticklabels()] == ["Alpha, FI", "Beta, EO (cases)"]
    assert left.get_ylim()[0] > left.get_ylim()[1]
    markers = {line.get_marker() for line in left.lines}
    assert len(markers) == 2


def test_words_for_levels_and_codes():
    assert explain_levels(["FI", "AR", "FI"]) == "FI, first instance; AR, administrative review"
    assert explain_levels([]) == ""
    cells = name_codes(pd.Series(["AAA BAA CAA", "", "CAA"]), NAMES)
    assert cells.tolist() == ["Alpha, Beta and Gamma", "", "Gamma"]
