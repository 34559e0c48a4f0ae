"""Figures: the same bytes each time, described in words, with a digest of what they draw."""

import datetime as dt
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.plots.chart_parts import describe_lines, draw_lines, mark_breaks, shade_eras
from helpers.plots.figures import FigureCard, digest_plain, read_plain
from helpers.plots.page import Page
from helpers.plots.style import new_figure

FRAME = pd.DataFrame({"year": [2000, 2001, 2002, 2003], "pending": [10.0, np.nan, 30.0, 25.0]})
SVG = "{http://www.w3.org/2000/svg}"


def open_page(run_dir: Path | None) -> Page:
    info = SimpleNamespace(name="2025-end", published=dt.date(2026, 6, 25))
    return Page("03_eras", SimpleNamespace(run_dir=run_dir, info=info))  # type: ignore[arg-type]


def draw(run_dir: Path | None, frame: pd.DataFrame = FRAME, **words: str) -> FigureCard:
    page = open_page(run_dir)
    fig, ax = new_figure(6, 3)
    draw_lines(ax, frame, {"pending": "All"}, provisional=2003)
    shade_eras(ax, [SimpleNamespace(name="One", first=None, last=2001)])
    mark_breaks(ax, {2002: "Unit changes"})
    said = {"title": "It rose to 30 & stayed", "subtitle": "Pending, 2000 to 2003",
            "alt": describe_lines(frame, {"pending": "All"}, "people"), **words}  # fmt: skip
    return page.figure(fig, id="pending", number="3.1", data=frame, **said)


def test_digest_is_of_values_not_of_storage():
    base = pd.DataFrame(
        {"a": [2, 1], "b": [0.1 + 0.2, np.nan], "c": ["x", None], "d": [True, False]}
    )
    stored = pd.DataFrame(
        {
            "a": pd.array([2, 1], dtype="Int64"), "b": pd.array([0.3, None], dtype="Float64"),
            "c": pd.array(["x", None], dtype="string"), "d": pd.array([True, False], "boolean"),
        },
        index=[7, 3],
    )  # fmt: skip
    digests = {digest_plain(*read_plain(frame)) for frame in (base, stored)}
    assert digests == {"45a37f1ec7fe015a"}


def test_a_stored_figure_holds_its_words_and_points_and_is_described(tmp_path):
    card = draw(tmp_path)
    record = json.loads((tmp_path / "figures" / "pending.json").read_text("utf-8"))
    assert record["alt"].startswith("All: from 10 people in 2000 to 25 in 2003; highest 30 in 2002")
    assert record["data"]["columns"] == ["year", "pending"]
    assert record["data"]["rows"] == [[2000, 10], [2001, None], [2002, 30], [2003, 25]]
    assert record["data_sha256"] == card.data_sha256
    assert card.data_sha256 in repr(card)
    assert record["caption"] == (
        "Figure 3.1. It rose to 30 & stayed. Pending, 2000 to 2003. Source: UNHCR Refugee "
        "Population Statistics Database, release 2025-end (25 June 2026); CC\u00a0BY\u00a04.0."
    )
    root = ET.fromstring((tmp_path / "figures" / "pending.svg").read_text("utf-8"))
    assert root.get("role") == "img"
    labels = [root.find(f".//*[@id='{name}']") for name in root.get("aria-labelledby").split()]
    assert [label.tag for label in labels] == [f"{SVG}title", f"{SVG}desc"]
    assert [label.text for label in labels] == ["It rose to 30 & stayed", card.alt]
    assert root.find(f".//{SVG}text") is None
    with Image.open(tmp_path / "figures" / "pending.png") as picture:
        assert picture.info["Description"] == card.alt
        assert "Software" not in picture.info
        assert picture.width == 1200 == 2 * card.width
        assert round(picture.info["dpi"][0]) == 200


@pytest.mark.parametrize(("words", "message"), [
    ({"title": "It rose to {peak}"}, "holds '{'"),
    ({"title": " "}, "title of figure pending holds ' '"),
    ({"alt": "From nan people"}, "holds 'nan'"),
    ({"alt": "From <NA> people"}, "holds '<NA>'"),
])  # fmt: skip
def test_unusable_words_are_refused(words, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        draw(tmp_path, **words)
    assert not (tmp_path / "figures").exists()


def test_id_is_used_once():
    page = open_page(None)
    words = {"id": "same", "title": "t", "subtitle": "s", "alt": "a", "data": FRAME}
    for _ in range(2):  # the same cell, run again
        page.figure(new_figure(4, 2)[0], number="3.1", **words)
    with pytest.raises(ValueError, match="has the id same already"):
        page.figure(new_figure(4, 2)[0], number="3.2", **words)


def test_saved_table_has_full_precision_and_empty_cells(tmp_path):
    page = open_page(tmp_path)
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [1 / 3, float("nan")]})
    page.save(frame, "x.csv")
    file = tmp_path / "tables" / "x.csv"
    assert file.read_text() == "a,b\n1,0.3333333333333333\n,\n"
    whole = file.with_suffix(".parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(whole), frame)
    before = whole.read_bytes()
    page.save(frame, "x.csv")
    assert whole.read_bytes() == before


@pytest.mark.parametrize(("frame", "message"), [
    (FRAME.set_index("year"), "reset it"),
    (FRAME.assign(pending=np.inf), "infinite"),
    (pd.concat([FRAME, FRAME], axis=1), "Duplicate column names"),
])  # fmt: skip
def test_frame_that_would_lose_something_is_refused(tmp_path, frame, message):
    with pytest.raises(ValueError, match=message):
        open_page(tmp_path).save(frame, "x.csv")
