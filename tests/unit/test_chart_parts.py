"""The look: readable in grey, nothing outside of the picture, nothing on top of another."""

from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from plain.colours import measure_lightness, measure_relative_luminance

from helpers.plots.chart_parts import draw_bars, draw_lines, draw_range, mark_breaks, shade_eras
from helpers.plots.style import MARGIN, PALETTE, assign_styles, finish_layout, new_figure

YEARS = list(range(2000, 2026))
FRAME = pd.DataFrame({"year": YEARS, "a": np.linspace(0, 100, 26), "b": np.linspace(5, 101, 26)})
LONG = "A finding that takes more words than one line holds, and a Verylongwordwithoutanybreak " * 3


def test_series_are_told_apart_in_grey_and_their_names_are_readable():
    lightness = [measure_lightness(colour) for colour in PALETTE]
    assert all(after - before >= 6 for before, after in pairwise(lightness))
    styles = list(assign_styles("abcdef").values())
    assert all(1.05 / (measure_relative_luminance(style.text) + 0.05) >= 4.5 for style in styles)
    for one, other in pairwise(styles):
        assert all(mine != its for mine, its in zip(one, other, strict=True))


def finish(fig, title="Title", subtitle="Subtitle", source="Source: x"):
    finish_layout(fig, title, subtitle, source)
    return fig.canvas.get_renderer()


def measure_boxes(ax, *texts):
    renderer = ax.figure.canvas.get_renderer()
    found = [text for text in ax.texts if any(part in text.get_text() for part in texts)]
    return [text.get_window_extent(renderer) for text in found]


def overlap(boxes):
    return any(one.overlaps(other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize(("width", "height"), [(3, 2), (5, 2), (7, 3.6), (12, 8)])
def test_words_stay_inside_and_apart(width, height):
    fig, ax = new_figure(width, height)
    draw_lines(ax, FRAME, {"a": "a", "b": "b"})
    renderer = finish(fig, LONG, LONG.lower(), "Source: " + LONG)
    page = fig.get_window_extent()
    boxes = [text.get_window_extent(renderer) for text in fig.texts]
    assert len(boxes) == 3
    edge = MARGIN * fig.dpi
    for box in boxes:
        assert box.x0 >= edge - 1
        assert box.x1 <= page.x1 - edge + 1
        assert page.y0 <= box.y0 < box.y1 <= page.y1
    assert not overlap(boxes)
    plot = ax.get_tightbbox(renderer)
    assert not any(plot.overlaps(box) for box in boxes)
    assert plot.x0 >= 0
    assert plot.x1 <= page.x1


def test_names_at_the_ends_of_lines_do_not_overlap():
    frame = FRAME.assign(**{name: FRAME["a"] + shift for shift, name in enumerate("cdefg")})
    fig, ax = new_figure(7, 3)
    draw_lines(ax, frame, {name: f"Country {name}" for name in "abcdefg"})
    finish(fig)
    boxes = measure_boxes(ax, "Country")
    assert len(boxes) == 7
    assert not overlap(boxes)
    assert all(box.x1 <= fig.get_window_extent().x1 for box in boxes)


@pytest.mark.parametrize("name", ["a", "The longest name of a line"])
def test_words_at_breaks_keep_clear_of_each_other_and_of_the_data(name):
    fig, ax = new_figure(7, 3)
    draw_lines(ax, FRAME, {"a": name})
    mark_breaks(ax, {2010: "counts collapse", 2013: "counts jump", 2022: "unit changed",
                     2023: "origin not named", 2024: "", 2025: "carried forward"})  # fmt: skip
    finish(fig)
    boxes = measure_boxes(ax, "count", "unit", "origin", "carried")
    assert len(boxes) == 5
    assert not overlap(boxes)
    points = ax.transData.transform(FRAME[["year", "a"]].to_numpy())
    assert not any(box.contains(x, y) for box in boxes for x, y in points)


def test_era_bands_reach_between_years_and_names_fit():
    fig, ax = new_figure(5, 2.5)
    draw_lines(ax, FRAME, {"a": "a"})
    eras = [
        SimpleNamespace(name="A rather long era name", first=None, last=2004),
        SimpleNamespace(name="Second", first=2005, last=2012),
        SimpleNamespace(name="Elsewhere", first=2040, last=None),
    ]
    shade_eras(ax, eras)
    finish(fig)
    (band,) = ax.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == (1999.4, 2004.5)
    box, second = measure_boxes(ax, "long", "Second")
    left, right = (ax.transData.transform((x, 0))[0] for x in (1999.4, 2004.5))
    assert left <= box.x0 < box.x1 <= right < second.x0
    assert measure_boxes(ax, "Elsewhere") == []


def test_a_missing_value_or_a_break_interrupts_the_line():
    frame = pd.DataFrame({"year": [2000, 2001, 2002], "a": pd.array([1, None, 3], dtype="Int64")})
    _, ax = new_figure(4, 2)
    draw_lines(ax, frame, {"a": "a"})
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1.0, np.nan, 3.0])
    _, ax = new_figure(4, 2)
    draw_lines(ax, FRAME.head(3), {"a": "a"}, breaks=[2001])
    assert np.isnan(ax.lines[0].get_ydata()).tolist() == [False, True, False, False]


def test_a_mid_year_point_is_hollow():
    _, ax = new_figure(4, 2)
    draw_lines(ax, FRAME, {"a": "a"}, provisional=2025)
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
    assert [(line.get_xdata(), line.get_ydata()) for line in hollow] == [([2025], [100])]


def test_bars_are_in_order_with_values_and_ranges():
    frame = pd.DataFrame({"name": [*"ABCD"], "pending": [1200, None, 5, None],
                          "low": [1200, None, 4, None], "high": [1200, None, 9, 3000]})  # fmt: skip
    _, ax = new_figure(4, 2)
    draw_bars(ax, frame.convert_dtypes(), "name", "pending", bounds=("low", "high"))
    assert [text.get_text() for text in ax.texts] == ["1,200", "–", "4 to 9", "at most 3,000"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert ax.get_xlim()[0] == 0
    assert ax.get_xlim()[1] >= 3000  # what is written stands in the chart


def test_what_cannot_be_drawn_is_refused():
    _, ax = new_figure(4, 2)
    with pytest.raises(ValueError, match="lower bound"):
        draw_range(ax, [2000], [5], [4])
    with pytest.raises(ValueError, match="twice"):
        draw_lines(ax, pd.concat([FRAME, FRAME]), {"a": "a"})
