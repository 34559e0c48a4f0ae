"""Reading a release lightly gives the core's own tables, and refuses what the core refuses."""

import shutil

import pandas as pd
import pytest

from helpers import paths
from helpers.data.releases import (
    LIGHT_TABLES,
    load_core,
    load_earlier,
    load_mid_years,
)
from helpers.data.releases import (
    load_core as load_light,
)
from helpers.study import InputError, find_release


@pytest.mark.parametrize("name", list(LIGHT_TABLES))
def test_tables_are_those_of_the_core(name):
    pd.testing.assert_frame_equal(
        getattr(load_light("2022-mid"), name), getattr(load_core("2022-mid"), name)
    )


def test_releases_that_are_cleaned_together_do_not_touch_each_other():
    for release, light in load_earlier(find_release("2023-end")).items():
        core = load_core(release)
        assert light.release == release
        for name in LIGHT_TABLES:
            pd.testing.assert_frame_equal(getattr(light, name), getattr(core, name))


def test_only_releases_published_before_are_looked_back_on():
    info = find_release("2023-end")
    assert list(load_earlier(info)) == ["2022-mid", "2022-end", "2023-mid"]
    assert list(load_mid_years(info)) == ["2022-mid", "2023-mid"]
    assert load_earlier(find_release("2022-mid")) == {}


def test_a_file_that_is_not_the_one_recorded_is_refused(tmp_path, monkeypatch):
    raw = tmp_path / "data" / "raw"
    shutil.copytree(paths.raw() / "2022-mid", raw / "2022-mid")
    (tmp_path / "notebooks").mkdir()
    for file in (*paths.raw().glob("*.*"), paths.root() / "pyproject.toml"):
        shutil.copy(file, tmp_path if file.suffix == ".toml" else raw)
    monkeypatch.setenv("ASYLUM_ROOT", str(tmp_path))
    assert len(load_light("2022-mid").pending)
    target = raw / "2022-mid" / "datapackage.json"
    target.write_text(target.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with (raw / "2022-mid" / "population.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(InputError, match="is not the file"):
        load_light("2022-mid")
