"""The study's figures: what is drawn is what the frame holds, gaps and marks included."""

from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.plots import destination_figures, era_figures, style
from helpers.plots.page import Page
from helpers.study import Study


class DrawnPage(Page):
    """A page that hands back what is drawn and the words beside it."""

    def figure(self, fig, **words):
        style.finish_layout(fig, words["title"], words["subtitle"], "Source: x", words["note"])
        return SimpleNamespace(fig=fig, ax=fig.axes[0], **words)


@pytest.fixture
def page():
    return DrawnPage("03_eras", Study.resolve(study="china"))


def read_marked(ax, marker):
    """Return the points of each line with a marker."""
    found = [line.get_data() for line in ax.lines if line.get_marker() == marker]
    return [list(zip(*map(list, points), strict=True)) for points in found]


def test_the_map_is_told_by_steps_and_names_what_it_cannot_show(page):
    rows = pd.DataFrame({"year": 2025, "asylum": ["AUS", "HKG"], "pending": [700, 20]})
    drawn = destination_figures.show_map(page, rows, pd.DataFrame({"asylum": ["JPN"]}))
    assert (
        drawn.title == "Claims from China were pending in two destinations; one more named "
        "hardly any origin"
    )
    assert drawn.alt == (
        "World map. One destination with 100 to 999 claims, 97.2% of all claims: Australia. "
        "One destination with 10 to 99 claims, 2.8% of all claims. Origins not named: Japan."
    )
    assert drawn.note.endswith("Too small to be drawn: Hong Kong.")
    assert drawn.data["shown_as"].tolist() == ["100 to 999", "10 to 99", "origins not named"]


def test_each_ratio_has_a_stroke_and_the_own_one_a_mark_and_its_value(page):
    rows = [
        ("pending", False, 2.0, False), ("pending", False, 4.0, True), ("pending", True, 3.0, True),
        ("applied_middle", False, 0.0, True), ("applied_middle", True, None, True),
        ("refugees", False, 0.5, False),
    ]  # fmt: skip
    ratios = pd.DataFrame(rows, columns=["measure", "is_without_main", "ratio", "is_own"])
    reach = pd.DataFrame({"measure": ["pending"], "is_without_main": [False], "least": [2.0],
                          "own": [4.0], "most": [4.5]})  # fmt: skip
    drawn = era_figures.show_ratios(page, ratios.assign(transition=2013), reach, "AUS")
    strokes = [[x for x, _ in points] for points in read_marked(drawn.ax, "|")]
    assert strokes == [[2.0, 4.0], [3.0], [0.5]]
    filled, hollow = read_marked(drawn.ax, "o"), read_marked(drawn.ax, "s")
    assert [[x for x, _ in points] for points in filled + hollow] == [[4.0], [], [3.0]]
    assert [text.get_text() for text in drawn.ax.texts] == ["4.0", "3.0", "–"]
    assert drawn.alt == (
        "Pending at year-end: 4.00 times, from 2.00 to 4.50 over the years of transition."
    )
