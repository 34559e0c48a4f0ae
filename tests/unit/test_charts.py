"""The look: readable in grey, nothing outside of the picture, nothing on top of another."""

from __future__ import annotations

from itertools import combinations, pairwise
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from plain.colours import measure_lightness

from helpers.plots.charts import (
    draw_bars,
    draw_columns,
    draw_lines,
    draw_range,
    mark_break,
    shade_eras,
)
from helpers.plots.style import (
    MARGIN,
    PALETTE,
    assign_styles,
    finish_layout,
    get_notes,
    measure_relative_luminance,
    new_figure,
)

YEARS = list(range(2000, 2026))
FRAME = pd.DataFrame({"year": YEARS, "a": np.linspace(0, 100, 26), "b": np.linspace(5, 101, 26)})
LONG = "A finding that takes more words than one line holds, and a Verylongwordwithoutanybreak " * 3


def test_palette_reads_in_grey():
    lightness = [measure_lightness(colour) for colour in PALETTE]
    assert all(after - before >= 6 for before, after in pairwise(lightness))


def test_names_of_series_are_readable():
    for style in assign_styles(map(str, range(6))).values():
        assert 1.05 / (measure_relative_luminance(style.text) + 0.05) >= 4.5


def test_neighbours_differ_in_all_three():
    for one, other in pairwise(assign_styles("abcdef").values()):
        assert one.colour != other.colour
        assert one.linestyle != other.linestyle
        assert one.marker != other.marker


def finish(fig, title="Title", subtitle="Subtitle", source="Source: x"):
    finish_layout(fig, title, subtitle, source)
    return fig.canvas.get_renderer()


@pytest.mark.parametrize(("width", "height"), [(3, 2), (5, 2), (7, 3.6), (12, 8)])
def test_words_stay_inside_and_apart(width, height):
    fig, ax = new_figure(width, height)
    draw_lines(ax, FRAME, y=["a", "b"])
    renderer = finish(fig, LONG, LONG.lower(), "Source: " + LONG)
    page = fig.get_window_extent()
    boxes = [text.get_window_extent(renderer) for text in fig.texts]
    assert len(boxes) >= 6
    edge = MARGIN * fig.dpi
    for box in boxes:
        assert box.x0 >= edge - 1
        assert box.x1 <= page.x1 - edge + 1
        assert page.y0 <= box.y0 < box.y1 <= page.y1
    for one, other in pairwise(boxes):
        assert not one.overlaps(other) or one.y0 - other.y1 > -3
    plot = ax.get_tightbbox(renderer)
    assert not any(plot.overlaps(box) for box in boxes)
    assert plot.x0 >= 0
    assert plot.x1 <= page.x1


def test_end_labels_do_not_overlap():
    frame = FRAME.assign(**{name: FRAME["a"] + shift for shift, name in enumerate("cdefg")})
    fig, ax = new_figure(7, 3)
    draw_lines(ax, frame, y=list("abcdefg"), labels={name: f"Country {name}" for name in "abcdefg"})
    renderer = finish(fig)
    boxes = [label.get_window_extent(renderer) for label in get_notes(ax).ends]
    assert len(boxes) == 7
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(box.x1 <= fig.get_window_extent().x1 for box in boxes)


def test_break_labels_keep_clear_of_each_other_and_of_the_data():
    fig, ax = new_figure(7, 3)
    draw_lines(ax, FRAME, y=["a"])
    for year in (2022, 2023, 2025):
        mark_break(ax, year, "Unit changes from\ncases to persons")
    renderer = finish(fig)
    boxes = [label.get_window_extent(renderer) for _, label in get_notes(ax).breaks]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    points = ax.transData.transform(FRAME[["year", "a"]].to_numpy())
    assert not any(box.contains(x, y) for box in boxes for x, y in points)


def test_era_bands_reach_between_years_and_names_fit():
    fig, ax = new_figure(5, 2.5)
    draw_lines(ax, FRAME, y=["a"])
    eras = [
        SimpleNamespace(name="A rather long era name", first=None, last=2004),
        SimpleNamespace(name="Second", first=2005, last=2012),
        SimpleNamespace(name="Elsewhere", first=2040, last=None),
    ]
    shade_eras(ax, eras)
    renderer = finish(fig)
    spans = [(first, last) for first, last, _ in get_notes(ax).eras]
    assert spans == [(1999.4, 2004.5), (2004.5, 2012.5)]
    box = get_notes(ax).eras[0][2].get_window_extent(renderer)
    left, right = (ax.transData.transform((x, 0))[0] for x in spans[0])
    assert left <= box.x0 < box.x1 <= right


def test_missing_value_interrupts_the_line():
    frame = pd.DataFrame({"year": [2000, 2001, 2002], "a": pd.array([1, None, 3], dtype="Int64")})
    _, ax = new_figure(4, 2)
    draw_lines(ax, frame, y="a")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1.0, np.nan, 3.0])


def test_line_with_two_values_in_a_year_is_refused():
    _, ax = new_figure(4, 2)
    with pytest.raises(ValueError, match="twice"):
        draw_lines(ax, pd.concat([FRAME, FRAME]), y="a")


def test_bars_stand_in_order_with_values():
    frame = pd.DataFrame({"name": ["A", "B"], "pending": pd.array([1200, None], dtype="Int64")})
    _, ax = new_figure(4, 2)
    draw_bars(ax, frame)
    assert [text.get_text() for text in ax.texts] == ["1,200", "–"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert ax.get_xlim()[0] == 0


def test_unknown_bar_is_refused():
    _, ax = new_figure(4, 2)
    with pytest.raises(ValueError, match="no bar is called C"):
        draw_bars(ax, pd.DataFrame({"name": ["A"], "pending": [1]}), highlight=["C"])


def test_columns_stack():
    _, ax = new_figure(4, 2)
    draw_columns(ax, FRAME.tail(3).assign(c=7), y=["a", "b", "c"])
    tops = [bar.get_y() + bar.get_height() for bar in ax.patches[6:]]
    assert tops == pytest.approx((FRAME["a"] + FRAME["b"] + 7).tail(3).tolist())


def test_range_upside_down_is_refused():
    _, ax = new_figure(4, 2)
    with pytest.raises(ValueError, match="lower bound"):
        draw_range(ax, [2000], [5], [4])


def test_figures_are_no_concern_of_pyplot():
    import matplotlib.pyplot as plt

    new_figure(4, 2)
    assert plt.get_fignums() == []
    assert mpl.rcParams["axes.spines.top"] is False
