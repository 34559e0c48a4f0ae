"""How a run is named, and what is said of it."""

import pytest

from helpers.running import execute, runs
from helpers.running.execute import Done
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


def test_what_a_run_says(tiny_root, capsys):
    folder = tiny_root() / "runs" / "a"
    folder.mkdir(parents=True)
    (folder / "report.html").touch()
    for is_quiet in (False, True):
        progress = execute.Progress(is_quiet=is_quiet)
        progress.finish(Done("01_one", 1.25))
        progress.say_end(folder, ["Some **5** people."], is_new=False)
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["01_one", "1.2", "s", "done"]
    assert "  Some 5 people." in lines
    assert any("runs/a (as it was)" in line for line in lines)
    assert any("runs/a/report.html" in line for line in lines)
    assert not any("runs/a/tables" in line for line in lines)
    assert last == "runs/a"
