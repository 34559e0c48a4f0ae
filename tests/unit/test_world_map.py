"""The world map: decoding, projection, bins and drawing."""

import csv
import re
import shutil
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain.colours import measure_lightness

from helpers import paths
from helpers.analysis import destinations as bins
from helpers.data import shapes
from helpers.plots import world_map
from helpers.plots.style import new_figure
from helpers.plots.world_map import project, split_ring
from helpers.study import InputError

EDGE = (2.7067, 1.3174)  # half of the map, in radii of the globe


@pytest.fixture(scope="module")
def world():
    return shapes.load_shapes()


def list_rings(world):
    every = [*world.by_code.values(), *world.without_code]
    return [ring for polygons in every for polygon in polygons for ring in polygon]


def test_every_shape_on_file_is_closed_and_on_the_globe(world):
    rings = list_rings(world)
    assert len(rings) > len(world.by_code)
    for ring in rings:
        assert np.array_equal(ring[0], ring[-1])
        assert (np.abs(ring) <= [180.000001, 90]).all()


def test_shapes_carry_the_codes_of_the_figures_and_lie_where_they_should(world):
    with (paths.raw() / "countries.csv").open(encoding="utf-8") as file:
        known = {row["iso_code"]: row for row in csv.DictReader(file)}
    assert {"HKG", "SGP", "MLT"}.isdisjoint(world.by_code)
    assert len(set(known) & set(world.by_code)) > 160
    # Where a country lies tells whether a code was given to the wrong shape.
    spans = {
        "Africa": (-26, 58, -36, 38),
        "Europe": (-180, 180, 27, 85),
        "Oceania": (-180, 180, -56, 25),
    }
    for code, polygons in world.by_code.items():
        region = known.get(code, {}).get("unsd_region")
        if region in spans and code != "FRA":
            west, east, south, north = spans[region]
            lowest, highest = polygons[0][0].min(axis=0), polygons[0][0].max(axis=0)
            assert west <= lowest[0], code
            assert highest[0] <= east, code
            assert south <= lowest[1], code
            assert highest[1] <= north, code


def test_a_changed_file_is_refused_by_name(tmp_path, monkeypatch):
    folder = tmp_path / "shapes"
    shutil.copytree(paths.shapes(), folder)
    monkeypatch.setattr(paths, "shapes", lambda: folder)
    assert shapes.load_shapes().by_code
    file = folder / "countries-110m.geojson"
    file.write_text(file.read_text(encoding="utf-8").replace("AFG", "AGF"), encoding="utf-8")
    with pytest.raises(InputError, match=r"countries-110m\.geojson is not the file"):
        shapes.load_shapes()
    file.unlink()
    with pytest.raises(InputError, match=r"countries-110m\.geojson is missing"):
        shapes.load_shapes()


@given(st.floats(-88, 88), st.floats(-170, 170))
def test_the_projection_keeps_areas(latitude, longitude):
    step = 0.01
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * step
    x, y = project(longitude + corners[:, 0], latitude + corners[:, 1])
    flat = abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2
    band = np.sin(np.radians(latitude + step)) - np.sin(np.radians(latitude - step))
    assert flat == pytest.approx(band * np.radians(2 * step), rel=1e-3)


@given(st.floats(100, 179), st.floats(1, 80), st.floats(-60, 50), st.floats(1, 20))
def test_a_ring_over_the_antimeridian_loses_no_area_and_keeps_to_the_map(west, wide, south, tall):
    east = west + wide
    assume(abs(east - 180) > 1e-6)
    box = np.array([[west, south], [east, south], [east, south + tall], [west, south + tall]])
    ring = np.vstack([box, box[:1]])
    ring[:, 0] = np.where(ring[:, 0] > 180, ring[:, 0] - 360, ring[:, 0])
    parts = list(split_ring(ring))
    assert len(parts) == (2 if east > 180 else 1)
    areas = 0.0
    for part in parts:
        assert np.array_equal(part[0], part[-1])
        assert (np.abs(part[:, 0]) <= 180).all()
        x, y = part.T
        areas += abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2
    assert areas == pytest.approx(wide * tall, rel=1e-6)


@settings(deadline=None)
@given(st.lists(st.integers(1, 10**8), min_size=1), st.integers(1, 6))
def test_every_count_lies_in_its_bin(counts, most):
    binned = bins.bin_by_tens(pd.DataFrame({"pending": counts}), most=most)
    assert len(binned) == len(counts)
    for count, place, label in binned[["pending", "bin", "bin_label"]].itertuples(index=False):
        bounds = [int(text.replace(",", "")) for text in re.findall(r"[\d,]+", label)]
        assert 0 <= place < most
        assert bounds[0] == 10**place
        assert bounds[0] <= count
        assert count <= (bounds[1] if len(bounds) > 1 else count)
    assert binned.groupby("bin")["bin_label"].nunique().eq(1).all()


def test_bins_add_up_and_name_what_has_no_shape():
    rows = pd.DataFrame({"asylum": ["AAA", "HKG", "BAA", "SGP"], "pending": [700, 20, 500, 30]})
    table = bins.summarise_bins(bins.bin_by_tens(rows), {"AAA", "BAA"})
    assert table["bin_label"].tolist() == ["100 to 999", "10 to 99"]
    assert table["destinations"].tolist() == [2, 2]
    assert table["without_shape"].tolist() == ["", "HKG SGP"]
    assert table["share"].sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="above zero"):
        bins.bin_by_tens(pd.DataFrame({"pending": [0]}))


@pytest.mark.parametrize("count", range(1, len(world_map.STEPS) + 1))
def test_steps_darken_so_that_grey_tells_them_apart(count):
    light = [measure_lightness(colour) for colour in world_map.choose_steps(count)]
    assert all(one - other > 8 for one, other in pairwise(light))
    assert measure_lightness(world_map.EMPTY) - light[0] > 8


def test_each_shape_is_drawn_in_its_bins_colour_and_the_origin_hatched(world):
    from matplotlib.colors import to_hex

    rows = pd.DataFrame({"asylum": ["AUS", "CAN", "SGP"], "pending": [5, 5000, 70]})
    _, ax = new_figure()
    world_map.draw_map(ax, world, bins.bin_by_tens(rows), "CHN")
    colours = [to_hex(patch.get_facecolor()) for patch in ax.patches]
    assert len(ax.patches) == len(world.by_code) - len(world_map.LEFT_OUT) + len(world.without_code)
    steps = world_map.choose_steps(4)
    assert colours.count(steps[0]) == colours.count(steps[3]) == 1
    assert set(colours) == {steps[0], steps[3], world_map.EMPTY}
    assert [bool(patch.get_hatch()) for patch in ax.patches].count(True) == 1
    key = [text.get_text() for text in ax.get_legend().get_texts()]
    assert key == ["1 to 9", "10 to 99", "1,000 to 9,999", "none reported", "the origin"]
    _, ax = new_figure()
    world_map.draw_map(ax, world, bins.bin_by_tens(rows), "SGP")
    assert not any(patch.get_hatch() for patch in ax.patches)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == key[:-1]
    _, ax = new_figure()
    world_map.draw_map(ax, world, bins.bin_by_tens(rows), "CHN", ["JPN", "AUS"])
    faces = [to_hex(patch.get_facecolor()) for patch in ax.patches]
    assert faces.count(world_map.UNNAMED) == 1  # Australia is in a bin
    assert [patch.get_hatch() for patch in ax.patches].count(world_map.DOTS) == 1
    assert "origins not named" in [text.get_text() for text in ax.get_legend().get_texts()]
