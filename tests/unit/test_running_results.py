"""Numbers are merged by name, and executed notebooks name the run's final place."""

import json

import pytest

from helpers import paths
from helpers.running import runs as results
from helpers.running import staging


def write_part(folder, name, **numbers):
    parts = folder / "numbers"
    parts.mkdir(exist_ok=True)
    record = {n: {"value": v, "texts": [str(v)], "notebook": name} for n, v in numbers.items()}
    (parts / f"{name}.json").write_text(json.dumps(record))


def test_parts_are_merged_and_removed(tmp_path):
    write_part(tmp_path, "03_eras", b=2, a=1)
    write_part(tmp_path, "04_destinations", c=3)
    merged = results.merge_numbers(tmp_path)
    assert list(json.loads((tmp_path / "numbers.json").read_text())) == ["a", "b", "c"]
    assert merged["c"] == {"value": 3, "texts": ["3"], "notebook": "04_destinations"}
    assert not (tmp_path / "numbers").exists()


def test_one_name_with_one_value_gathers_its_texts(tmp_path):
    write_part(tmp_path, "03_eras", a=1)
    write_part(tmp_path, "04_destinations", a=1)
    part = tmp_path / "numbers" / "04_destinations.json"
    part.write_text(part.read_text().replace('"1"', '"one"'))
    assert results.merge_numbers(tmp_path)["a"]["texts"] == ["1", "one"]


@pytest.mark.parametrize("other", [2, 1.0, True, "1"])
def test_one_name_with_two_values_is_refused(tmp_path, other):
    write_part(tmp_path, "03_eras", a=1)
    write_part(tmp_path, "04_destinations", a=other)
    with pytest.raises(ValueError, match=r"a is 1 in 03_eras and .* in 04_destinations"):
        results.merge_numbers(tmp_path)


def test_headlines_come_in_reading_order(tmp_path):
    (tmp_path / "numbers").mkdir()
    for name in ("04_destinations", "03_eras"):
        (tmp_path / "numbers" / f"{name}.headlines.json").write_text(json.dumps([name]))
    assert results.collect_headlines(tmp_path) == ["03_eras", "04_destinations"]
    assert results.merge_numbers(tmp_path) == {}


def test_no_parts_give_no_numbers(tmp_path):
    assert results.merge_numbers(tmp_path) == {}
    assert (tmp_path / "numbers.json").read_text() == "{}\n"


def test_executed_notebooks_name_the_final_place(tiny_root):
    root = tiny_root()
    grown = paths.runs() / ".staging" / "a.1"
    (grown / "notebooks").mkdir(parents=True)
    file = grown / "notebooks" / "01_one.ipynb"
    file.write_text(json.dumps({"absolute": str(grown), "relative": "runs/.staging/a.1/tables"}))
    results.make_paths_final(grown, root / "runs" / "a")
    assert json.loads(file.read_text()) == {"absolute": "runs/a", "relative": "runs/a/tables"}


def test_a_folder_outside_the_project_keeps_its_whole_path(tiny_root, tmp_path):
    tiny_root()
    assert staging.say_folder(tmp_path / "elsewhere") == str(tmp_path / "elsewhere")
