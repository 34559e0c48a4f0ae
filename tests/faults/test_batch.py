"""Batches with failing notebooks, killed workers, a killed driver, and workers elsewhere."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from functools import partial

import psutil
import pytest
from plain import processes
from plain.checkout import list_files
from plain.processes import find_processes, start

from helpers.running.manifest import read_manifest, read_standing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

# Each notebook writes down that it ran, outside what decides a run's key.
LOG = """from helpers import paths
with (paths.root() / "log").open("a") as log:
    log.write(f"{scope.origin}-{scope.year_to}-NAME\\n")"""
# The worker is the process above this one that Dask has started.
HOLD = """import os, time
import psutil
above = psutil.Process().parents()
worker = next(p.pid for p in above if "multiprocessing.spawn" in " ".join(p.cmdline()))
if scope.origin == "HKG":
    (paths.root() / "holding").write_text(str(worker))
while scope.origin == "HKG" and not (paths.root() / "go").exists():
    time.sleep(0.05)"""


def write_notebooks(root, add_notebook, **cells):
    """Write three notebooks that log themselves; `cells` adds to some of them."""
    for name in ("01_one", "02_two", "03_three"):
        log = LOG.replace("NAME", name)
        add_notebook(root, name, log, *([cells[name[3:]]] if name[3:] in cells else []))


_started = []


@pytest.fixture(autouse=True)
def _end_what_is_left():
    """End the batches of a test that failed on the way; their workers end with them."""
    yield
    while _started:
        process = _started.pop()
        if process.poll() is None:
            process.kill()
            process.communicate()


def begin(root, *arguments):
    _started.append(start(root, "batch", *arguments))
    return _started[-1]


def end(process, code):
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == code, stdout + stderr
    assert "Traceback" not in stdout + stderr
    return stdout, stderr


def run(root, *arguments, code=0):
    return end(begin(root, *arguments), code)


wait_until = partial(processes.wait_until, seconds=240)


def read_pid(root):
    """Return the worker whose notebook waits; 0 where none does yet."""
    file = root / "holding"
    return int(file.read_text() or 0) if file.exists() else 0


def read_log(root):
    file = root / "log"
    return Counter(file.read_text().splitlines() if file.exists() else [])


def read_summary(folder):
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as lines:
        return {row["run"]: row for row in csv.DictReader(lines)}


def check_listeners(process):
    """See that the driver and all that it started listen on loopback alone."""
    driver, found = psutil.Process(process.pid), []
    for each in (driver, *driver.children(recursive=True)):
        with suppress(psutil.Error):  # it has ended since it was listed
            connections = each.net_connections("inet")
            found += [c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN]
    assert len(found) >= 3
    assert set(found) == {"127.0.0.1"}


def test_a_failing_origin_leaves_the_rest_complete(mini_root, add_notebook, ask_in):
    code = "if scope.origin == 'MAC':\n    assert (paths.root() / 'good').exists(), 'not good'"
    write_notebooks(mini_root, add_notebook, two=code, three=HOLD)
    options = ("--origins", "CHN,HKG,MAC", "--years", "2012,2030", "--name", "b", "--workers", "2")
    process = begin(mini_root, *options, "--dashboard")
    wait_until(lambda: "HKG-2012-03_three" in read_log(mini_root))
    check_listeners(process)
    (mini_root / "go").touch()
    stdout, stderr = end(process, 1)
    assert "3 to run, 0 complete already, 3 not in the data" in stdout
    assert "Dask's own pages: http://127.0.0.1:" in stdout
    assert "year_to 2030 is outside release 2022-mid" in stdout
    assert "china-2022-mid-MAC-2000-2012: 02_two, cell 5: AssertionError: not good" in stderr

    folder = mini_root / "runs" / "b"
    rows = read_summary(folder)
    assert [row["outcome"] for row in rows.values()] == ["complete", "complete", "failed"]
    for name, row in rows.items():
        manifest = read_manifest(folder / name)
        assert manifest["name"] == name
        is_standing = bool(read_standing(folder / name, manifest["key"]))
        assert is_standing == (manifest["outcome"] == "complete")
        assert (row["report"] == "") == (row["outcome"] == "failed")
    page = (folder / "index.html").read_text()
    assert "02_two, cell 5: AssertionError: not good" in page
    assert "MAC-2012-03_three" not in read_log(mini_root)
    text = (folder / "china-2022-mid-2000-2012/notebooks/01_one.ipynb").read_text()
    assert 'run_dir = \\"runs/b/china-2022-mid-2000-2012\\"' in text
    assert ".staging" not in text
    assert not (mini_root / "runs" / ".staging").exists()
    assert not find_processes(mini_root)

    (mini_root / "good").touch()
    before = list_files(folder / "china-2022-mid-2000-2012")
    stdout, _ = run(mini_root, *options)
    assert "1 run, 2 as they were, 0 failed" in stdout
    assert list_files(folder / "china-2022-mid-2000-2012") == before
    assert {row["outcome"] for row in read_summary(folder).values()} == {"complete"}

    stamps = list_files(folder)
    answer = ask_in(mini_root, "batch", *options, "--dry-run")
    assert "0 to run, 3 complete already, 3 not in the data" in answer.stdout
    assert list_files(folder) == stamps


def test_a_killed_worker_costs_its_own_run(mini_root, add_notebook):
    """A run that kills its worker each time fails, and one that needs too much memory at once."""
    poison = (
        "if scope.origin == 'TIB':\n    os.kill(worker, 9)\n    time.sleep(60)\n"
        "if scope.origin == 'MAC':\n    held = bytearray(b'x' * 900_000_000)"
    )
    write_notebooks(mini_root, add_notebook, three=f"{HOLD}\n{poison}")
    process = begin(mini_root, "--origins", "CHN,HKG,MAC,TIB", "--name", "b", "--workers", "1",
                    "--retries", "1", "--memory-limit", "800MB")  # fmt: skip
    wait_until(lambda: read_pid(mini_root))
    wait_until(lambda: (mini_root / "runs" / "b" / "china-2022-mid").exists())
    os.kill(read_pid(mini_root), signal.SIGKILL)
    wait_until(lambda: read_log(mini_root)["HKG-2022-03_three"] == 2)
    (mini_root / "go").touch()
    _, stderr = end(process, 1)
    assert "TIB: each worker that ran it died, 2 in all" in stderr
    assert "MAC: 03_three, cell 5: MemoryError" in stderr
    rows = read_summary(mini_root / "runs" / "b")
    assert [row["outcome"] for row in rows.values()] == ["complete", "complete", "failed", "failed"]
    again = {name[:3] for name, count in read_log(mini_root).items() if count > 1}
    assert again == {"HKG", "TIB"}  # the runs that waited were begun once
    assert not find_processes(mini_root)


def test_an_interrupted_batch_goes_on(mini_root, add_notebook):
    write_notebooks(mini_root, add_notebook, three=HOLD)
    options = ("--origins", "CHN,HKG", "--name", "b", "--workers", "1")
    folder = mini_root / "runs" / "b"
    process = begin(mini_root, *options)
    wait_until(lambda: read_log(mini_root)["HKG-2022-03_three"])
    wait_until(lambda: (folder / "china-2022-mid").exists())
    before = list_files(folder / "china-2022-mid")
    process.kill()
    process.communicate()
    wait_until(lambda: not find_processes(mini_root))

    process = begin(mini_root, *options)
    wait_until(lambda: read_log(mini_root)["HKG-2022-03_three"] == 2)
    process.send_signal(signal.SIGINT)
    _, stderr = end(process, 130)
    assert "the runs that ended are in runs/b, and the same command goes on" in stderr
    wait_until(lambda: not find_processes(mini_root))
    assert not (mini_root / "runs" / ".staging").exists()
    assert list(read_summary(folder)) == ["china-2022-mid"]

    (mini_root / "go").touch()
    stdout, _ = run(mini_root, *options)
    assert "1 run, 1 as they were, 0 failed" in stdout
    assert list_files(folder / "china-2022-mid") == before
    log = read_log(mini_root)
    assert {log[f"CHN-2022-{name}"] for name in ("01_one", "02_two", "03_three")} == {1}


@pytest.fixture
def dask(tmp_path):
    """Return a function that starts a part of Dask by its command, ended after the test."""
    started = []

    def start_dask(part, cwd, *arguments, **environment):
        cwd.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "distributed.cli." + f"dask_{part}", *arguments,
                   "--dashboard-address", "127.0.0.1:0"]  # fmt: skip
        with (tmp_path / f"{part}-{cwd.name}.log").open("wb") as log:
            started.append(subprocess.Popen(command, cwd=cwd, env=os.environ | environment,
                                            stdout=log, stderr=log))  # fmt: skip
        return started[-1]

    yield start_dask
    # A worker that is told to end as its scheduler goes may wait for it for good: the last first.
    for process in reversed(started):
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_workers_without_a_shared_disk(mini_root, add_notebook, tmp_path, dask):
    """Two workers in checkouts of their own; a third, whose data differ, is refused."""
    made = (
        "(scope.run_dir / 'tables').mkdir()\n(scope.run_dir / 'tables' / 'x.csv').write_text('x')"
    )
    write_notebooks(mini_root, add_notebook, three=made)
    address = tmp_path / "scheduler.json"
    dask("scheduler", tmp_path / "s", "--host", "127.0.0.1", "--port", "0",
         "--scheduler-file", str(address))  # fmt: skip
    wait_until(address.exists)
    where = json.loads(address.read_text())["address"]
    options = ("--scheduler", where, "--origins", "CHN,HKG", "--name", "b")

    def add_worker(name, edit=""):
        root, cwd = tmp_path / name, tmp_path / f"cwd-{name}"
        shutil.copytree(mini_root, root, ignore=shutil.ignore_patterns("runs"))
        with (root / "data" / "hand" / "names.yml").open("a") as file:
            file.write(edit)
        return root, dask(
            "worker", cwd, "--scheduler-file", str(address), "--host", "127.0.0.1", "--no-nanny",
            "--nthreads", "1", "--local-directory", str(cwd), ASYLUM_ROOT=str(root),
        )  # fmt: skip

    edited, worker = add_worker("edited", "\n# edited\n")
    _, stderr = run(mini_root, *options, code=1)
    assert "is refused: it has another data/hand/names.yml" in stderr
    assert not read_log(edited)
    worker.terminate()
    worker.wait(30)

    roots = [add_worker(f"elsewhere{number}")[0] for number in range(2)]
    stdout, _ = run(mini_root, *options)
    assert "2 run, 0 as they were, 0 failed" in stdout
    assert not (mini_root / "log").exists()
    assert sum((read_log(root) for root in roots), Counter()).total() == 6
    for name in ("china-2022-mid", "china-2022-mid-HKG"):
        folder = mini_root / "runs" / "b" / name
        assert (folder / "tables" / "x.csv").read_text() == "x"
        manifest = read_manifest(folder)
        assert manifest["outcome"] == "complete"
        assert read_standing(folder, manifest["key"])
        for file in (folder / "notebooks").iterdir():
            assert str(tmp_path) not in file.read_text().replace(sys.prefix, "")
    assert not list(tmp_path.glob("cwd-*/**/run-*"))


def test_a_full_disk_stops_the_batch(mini_root, add_notebook):
    code = "import errno\nraise OSError(errno.ENOSPC, 'No space left on device')"
    write_notebooks(mini_root, add_notebook, one=code)
    options = ("--years", "2001:2022", "--name", "b", "--workers", "1")
    _, stderr = run(mini_root, *options, code=1)
    assert re.search(r"worker tls://\S+: no space left on device; make room", stderr)
    assert len(read_log(mini_root)) <= 2
    wait_until(lambda: not find_processes(mini_root))


JOBQUEUE = "dask-jobqueue does not take these options of --slurm: "


@pytest.mark.parametrize(("option", "value", "said"), [
    ("--scheduler", "tcp://127.0.0.1:1", "no scheduler answers at tcp://127.0.0.1:1: "),
    ("--slurm", "queu=short", JOBQUEUE),
    ("--slurm", "memory=lots", JOBQUEUE),
])  # fmt: skip
def test_what_cannot_begin_is_refused_in_a_line(mini_root, monkeypatch, option, value, said):
    (mini_root / "sbatch").touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{mini_root}:{os.environ['PATH']}")
    _, stderr = run(mini_root, option, value, code=2)
    assert stderr.startswith(f"asylum: {said}")
    assert stderr.count("\n") == 1
    assert "[Errno" not in stderr
    assert not any((mini_root / "runs").glob("*"))
