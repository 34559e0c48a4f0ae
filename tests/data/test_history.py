"""The light reading of all releases gives the same rows as the core of each."""

import pandas as pd
import pytest

from helpers.data.releases import PAIRS, TOTALS, load_core, load_history
from helpers.data.releases import load_core as load_origin_core
from helpers.study import InputError, list_releases

PROBED = ("2022-mid", "2025-end")  # the oldest, which misses ISO3 codes, and the largest


@pytest.fixture(scope="module")
def cores():
    return {name: load_core(name) for name in PROBED}


@pytest.fixture(scope="module")
def history():
    return load_history("CHN")


def test_every_release_is_read_oldest_first(history):
    assert history.releases == list_releases()
    for name in (*PAIRS, "by_origin"):
        frame = getattr(history, name)
        assert list(frame["release"].unique()) == [info.name for info in list_releases()]


@pytest.mark.parametrize("release", PROBED)
@pytest.mark.parametrize("table", PAIRS)
def test_rows_are_those_of_the_core(history, cores, release, table):
    whole = getattr(cores[release], table)
    own = whole[whole["origin"] == "CHN"].reset_index(drop=True)
    assert len(own) > 0
    pd.testing.assert_frame_equal(history.select(release, table), own)


@pytest.mark.parametrize("release", PROBED)
def test_totals_are_the_origins_and_the_worlds(history, cores, release):
    every = cores[release].by_origin
    found = history.select(release, "by_origin").set_index("year")
    own = every[every["origin"] == "CHN"].set_index("year")
    assert found["pending"].dropna().to_dict() == own["pending"].dropna().to_dict()
    for year, world in found["world_pending"].items():
        assert world == sum(every.loc[every["year"] == year, "pending"].dropna())


@pytest.mark.parametrize("release", PROBED)
def test_one_origins_core_is_part_of_the_core(cores, release):
    info = next(info for info in list_releases() if info.name == release)
    light = load_origin_core(info, "CHN")
    for table in (*TOTALS, "by_origin"):
        pd.testing.assert_frame_equal(getattr(light, table), getattr(cores[release], table))
    assert set(light.pending["origin"]) == {"CHN"}


def test_an_origin_in_one_release_alone():
    assert [info.name for info in load_history("VEN").releases] == ["2025-end"]


def test_an_origin_in_no_release_is_refused():
    with pytest.raises(InputError, match="'XYZ' is in no release"):
        load_history("XYZ")


def test_a_changed_file_is_refused(tiny_root):
    file = tiny_root() / "data" / "raw" / "2022-mid" / "population.csv"
    file.write_bytes(file.read_bytes().replace(b",118476,", b",118477,") + b"\n")
    with pytest.raises(InputError, match=r"population\.csv is not the file"):
        load_history("CHN")
