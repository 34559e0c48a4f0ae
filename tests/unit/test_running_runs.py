"""How a run is named, what a pool does in which order, and what the terminal says."""

import io
import time

import pytest
from helpers.running.jobs import Done, Failure, Job
from helpers.running.pool import Pool

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


class FakePool(Pool):
    """A pool whose notebooks end in the order that a test gives."""

    def __init__(self, size, order, failing=()):
        self._idle, self._busy = list(range(size)), {}
        self.order, self.failing, self.log = order, failing, []

    def _give(self, job):
        self._busy[self._idle.pop(0)] = job
        self.log.append(f"+{job.source}")

    def _collect(self):
        names = {job.source: worker for worker, job in self._busy.items()}
        name = next(name for name in self.order if name in names)
        self._idle.append(names[name])
        del self._busy[names[name]]
        self.log.append(f"-{name}")
        return [Done(name, 1.0, Failure(name, 1, "E", "") if name in self.failing else None)]


def run(pool):
    return [done.notebook for done in pool.run([Job(name, "", {}) for name in "abcd"])]


def test_the_first_two_end_before_the_others_start():
    pool = FakePool(2, "badc")
    assert run(pool) == list("abcd")
    assert pool.log == ["+a", "+b", "-b", "-a", "+c", "+d", "-d", "-c"]


def test_one_worker_keeps_the_order():
    pool = FakePool(1, "abcd")
    assert run(pool) == list("abcd")
    assert pool.log == ["+a", "-a", "+b", "-b", "+c", "-c", "+d", "-d"]


def test_after_a_failure_no_further_notebook_starts():
    pool = FakePool(2, "badc", failing="b")
    assert run(pool) == ["a", "b"]
    assert pool.log == ["+a", "+b", "-b", "-a"]


def test_a_worker_that_cannot_run_says_so(tmp_path, mini_root):
    job = Job(str(mini_root / "notebooks" / "01_one.py"), str(tmp_path / "out.ipynb"), {}, "none")
    with Pool(1, tmp_path / "scratch") as pool:
        (done,) = pool.run([job])
    assert done.failure
    assert "there is no kernel 'none'" in done.failure.value


def test_a_pool_that_is_left_at_once_ends_its_workers(tmp_path, mini_root):
    start = time.monotonic()
    with Pool(2, tmp_path / "scratch") as pool:
        workers = list(pool._idle)
    assert all(worker.poll() is not None for worker in workers)
    assert time.monotonic() - start < 10


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
