"""How a run is named, and what is said of it."""

import pytest

from helpers.running import runs
from helpers.study import Study


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "china-2022-mid"),
        ({"year_to": 2020}, "china-2022-mid-2000-2020"),
        ({"year_from": 2000, "year_to": 2022}, "china-2022-mid"),
        ({"origin": "HKG", "top_n": 5}, "china-2022-mid-HKG-top5"),
    ],
)
def test_a_run_is_named_after_what_is_not_the_default(tiny_root, given, name):
    tiny_root()
    assert runs.name_run(Study.resolve(**given)) == name


def test_what_a_run_says(tiny_root):
    folder = tiny_root() / "runs" / "a"
    folder.mkdir(parents=True)
    (folder / "report.html").touch()
    lines = runs.Outcome(folder, None, ("Some **5** people.",)).describe().splitlines()
    assert "  Some 5 people." in lines
    assert any("runs/a (as it was)" in line for line in lines)
    assert any("runs/a/report.html" in line for line in lines)
    assert not any("runs/a/tables" in line for line in lines)
