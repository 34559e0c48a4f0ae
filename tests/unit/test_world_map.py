"""The world map: its outlines on file, its bins and what is drawn."""

import shutil
from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from plain.colours import measure_lightness

from helpers import paths
from helpers.analysis import destinations as bins
from helpers.data.releases import load_countries
from helpers.plots import world_map
from helpers.plots.style import new_figure
from helpers.study import InputError


@pytest.fixture(scope="module")
def outlines():
    return world_map.load_outlines()


def test_outlines_carry_the_codes_of_the_figures_and_lie_where_they_should(outlines):
    regions = load_countries().set_index("iso_code")["unsd_region"].dropna()
    assert {"HKG", "SGP", "MLT"}.isdisjoint(outlines)
    assert len(set(regions.index) & set(outlines)) > 160
    # Where a country lies tells whether a code was given to the wrong outline.
    spans = {"Africa": (-0.5, 1.0, -0.8, 0.8), "Europe": (-2.71, 2.71, 0.5, 1.3),
             "Oceania": (-2.71, 2.71, -1.03, 0.4)}  # fmt: skip
    for code in set(outlines) & set(regions.index) - {"FRA"}:
        west, east, south, north = spans.get(regions[code], (-2.71, 2.71, -1.05, 1.31))
        (left, low), (right, high) = outlines[code][0].get_extents().get_points()
        assert west <= left < right <= east, code
        assert south <= low < high <= north, code


def test_a_changed_file_is_refused_by_name(tmp_path, monkeypatch):
    folder = tmp_path / "shapes"
    shutil.copytree(paths.shapes(), folder)
    monkeypatch.setattr(paths, "shapes", lambda: folder)
    assert "AFG" in world_map.load_outlines()
    file = folder / "outlines.json"
    file.write_text(file.read_text(encoding="utf-8").replace("AFG", "AGF"), encoding="utf-8")
    with pytest.raises(InputError, match=r"outlines\.json is not the file"):
        world_map.load_outlines()
    file.unlink()
    with pytest.raises(InputError, match=r"outlines\.json is missing"):
        world_map.load_outlines()


def test_bins_add_up_and_name_what_has_no_outline():
    rows = pd.DataFrame({"asylum": ["AAA", "HKG", "BAA", "SGP"], "pending": [700, 20, 500, 30]})
    table = bins.summarise_bins(bins.bin_by_tens(rows), {"AAA", "BAA"})
    assert table["bin_label"].tolist() == ["100 to 999", "10 to 99"]
    assert table["destinations"].tolist() == [2, 2]
    assert table["without_shape"].tolist() == ["", "HKG SGP"]
    assert table["share"].sum() == pytest.approx(1)
    edges = bins.bin_by_tens(pd.DataFrame({"pending": [1, 9, 10, 99_999, 10**5, 10**6, 10**8]}))
    assert edges["bin"].tolist() == [0, 0, 1, 4, 5, 5, 5]


@pytest.mark.parametrize("count", range(1, len(world_map.STEPS) + 1))
def test_steps_darken_so_that_grey_tells_them_apart(count):
    light = [measure_lightness(colour) for colour in world_map.choose_steps(count)]
    assert all(one - other > 8 for one, other in pairwise(light))
    assert measure_lightness(world_map.EMPTY) - light[0] > 8


KEY = ["1 to 9", "10 to 99", "1,000 to 9,999", "none reported", "the origin"]


@pytest.mark.parametrize(("origin", "unnamed", "hatches", "key"), [
    ("CHN", (), [world_map.STRIPES], KEY),
    ("SGP", (), [], KEY[:-1]),  # too small to be drawn
    ("CHN", ("JPN", "AUS"), [world_map.STRIPES, world_map.DOTS],  # Australia is in a bin
     [*KEY[:3], "origins not named", *KEY[3:]]),
])  # fmt: skip
def test_each_outline_is_drawn_in_its_bins_colour(outlines, origin, unnamed, hatches, key):
    rows = pd.DataFrame({"asylum": ["AUS", "CAN", "SGP"], "pending": [5, 5000, 70]})
    _, ax = new_figure()
    world_map.draw_map(ax, outlines, bins.bin_by_tens(rows), origin, unnamed)
    faces = [to_hex(patch.get_facecolor()) for patch in ax.patches]
    steps = world_map.choose_steps(4)
    assert len(faces) == sum(map(len, outlines.values()))
    assert faces.count(steps[0]) == faces.count(steps[3]) == 1
    assert faces.count(world_map.UNNAMED) == len(hatches[1:])
    assert sorted(p.get_hatch() for p in ax.patches if p.get_hatch()) == sorted(hatches)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == key
