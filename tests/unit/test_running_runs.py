"""How a run is named and put together, in which order notebooks go, and what is said."""

import re
import time
from pathlib import Path

import pytest

from helpers.running import execute, runs
from helpers.running.execute import Done, Failure
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


@pytest.mark.parametrize(
    ("workers", "failing", "ended", "lines"),
    [
        (1, "", "abcd", r"\+a-a\+b-b\+c-c\+d-d"),
        (2, "", "abcd", r"\+a\+b-b-a\+c\+d-[cd]-[cd]"),  # the first two end before others start
        (2, "b", "ab", r"\+a\+b-b-a"),  # after a failure no further notebook starts
    ],
)
def test_the_order_of_notebooks(tmp_path, monkeypatch, workers, failing, ended, lines):
    """Notebook b takes no time and the others do."""
    log = []

    def run_notebook(source, output, parameters):
        log.append(f"+{source.stem}")
        time.sleep(0.0 if source.stem == "b" else 0.2)
        log.append(f"-{source.stem}")
        failure = Failure(source.stem, 1, "E", "") if source.stem in failing else None
        return Done(source.stem, 1.0, failure)

    monkeypatch.setattr(execute, "run_notebook", run_notebook)
    sources = [Path(f"{name}.py") for name in "abcd"]
    done = execute.execute_all({}, tmp_path, workers, sources=sources)
    assert "".join(each.notebook for each in done) == ended
    assert re.fullmatch(lines, "".join(log))


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
