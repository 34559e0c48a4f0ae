"""How a run is named, what a pool does in which order, and what the terminal says."""

import io
import time
from pathlib import Path

import pytest

from helpers.running import execute
from helpers.running.manifest import Done, Failure
from helpers.running.progress import Progress
from helpers.running.runs import name_run
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
    assert name_run(Study.resolve(**given)) == name


class Log:
    """Note starts and ends in order."""

    def __init__(self):
        self.lines = []

    def start(self, name):
        self.lines.append(f"+{name}")

    def finish(self, done):
        self.lines.append(f"-{done.notebook}")


def run(tmp_path, monkeypatch, workers, failing=""):
    """Execute notebooks a, b, c and d, where b takes no time and the others do."""

    def run_notebook(source, output, parameters):
        time.sleep(0.0 if source.stem == "b" else 0.1)
        failure = Failure(source.stem, 1, "E", "") if source.stem in failing else None
        return Done(source.stem, 1.0, failure)

    monkeypatch.setattr(execute, "run_notebook", run_notebook)
    log, sources = Log(), [Path(f"{name}.py") for name in "abcd"]
    done = execute.execute_all({}, tmp_path, workers, log, sources)
    return "".join(each.notebook for each in done), log.lines


def test_the_first_two_end_before_the_others_start(tmp_path, monkeypatch):
    names, lines = run(tmp_path, monkeypatch, 2)
    assert names == "abcd"
    assert set(lines[:4]) == {"+a", "+b", "-a", "-b"}


def test_one_worker_keeps_the_order(tmp_path, monkeypatch):
    names, lines = run(tmp_path, monkeypatch, 1)
    assert names == "abcd"
    assert lines == ["+a", "-a", "+b", "-b", "+c", "-c", "+d", "-d"]


def test_after_a_failure_no_further_notebook_starts(tmp_path, monkeypatch):
    names, lines = run(tmp_path, monkeypatch, 2, failing="b")
    assert names == "ab"
    assert set(lines) == {"+a", "+b", "-a", "-b"}


def test_a_line_a_notebook_and_the_end(tiny_root):
    root = tiny_root()
    folder = root / "runs" / "a"
    folder.mkdir(parents=True)
    (folder / "report.html").touch()
    stream = io.StringIO()
    progress = Progress(stream=stream)
    progress.start("01_one")
    progress.finish(Done("01_one", 1.25))
    progress.say_end(folder, ["Some **5** people."], is_new=False)
    lines = stream.getvalue().splitlines()
    assert lines[0].split() == ["01_one", "1.2", "s", "done"]
    assert "  Some 5 people." in lines
    assert any("runs/a (as it was)" in line for line in lines)
    assert any("runs/a/report.html" in line for line in lines)
    assert not any("runs/a/tables" in line for line in lines)


def test_quiet_says_the_place_alone(tiny_root):
    root = tiny_root()
    stream = io.StringIO()
    progress = Progress(is_quiet=True, stream=stream)
    progress.finish(Done("01_one", 1.25))
    progress.say_end(root / "runs" / "a", ["Some **5** people."], is_new=True)
    assert stream.getvalue() == "runs/a\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_line_says_what_is_under_way():
    stream = Terminal()
    progress = Progress(stream=stream)
    progress.start("01_one")
    progress.start("02_two")
    progress.finish(Done("01_one", 1.25))
    time.sleep(0.3)
    progress.close()
    assert "running" in stream.getvalue()
    assert "01_one" in stream.getvalue()
