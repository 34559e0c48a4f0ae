"""Batches with failing notebooks, killed workers, a killed driver, and workers elsewhere."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

MARK = "ASYLUM_TEST_MARK"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

# Each notebook writes down that it ran, outside what decides a run's key.
LOG = """from helpers import paths
with (paths.root() / "log").open("a") as log:
    log.write(f"{scope.origin}-{scope.year_to}-NAME\\n")"""
# The kernel's parent is the warm parent, and that one's the worker.
HOLD = """import os, time
import psutil
worker = psutil.Process(os.getppid()).ppid()
if scope.origin == "HKG":
    (paths.root() / "holding").write_text(str(worker))
while scope.origin == "HKG" and not (paths.root() / "go").exists():
    time.sleep(0.05)"""


def write_notebooks(root, add_notebook, **cells):
    """Write three notebooks that log themselves; `cells` adds to some of them."""
    for name in ("01_one", "02_two", "03_three"):
        log = LOG.replace("NAME", name)
        add_notebook(root, name, log, *([cells[name[3:]]] if name[3:] in cells else []))


_started: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def _end_what_is_left():
    """End the batches of a test that failed on the way; their workers end with them."""
    yield
    while _started:
        process = _started.pop()
        if process.poll() is None:
            process.kill()
            process.communicate()


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"ASYLUM_ROOT": str(root), "COLUMNS": "200", MARK: str(root)}
    command = [sys.executable, "-m", "helpers.cli", "batch", *arguments]
    _started.append(subprocess.Popen(command, cwd=root, env=environment, text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE))  # fmt: skip
    return _started[-1]


def end(process, code):
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == code, stdout + stderr
    assert "Traceback" not in stdout + stderr
    return stdout, stderr


def run(root, *arguments, code=0):
    return end(start(root, *arguments), code)


def find_processes(root):
    """Return the living processes that batches in this checkout have started."""
    found = []
    for process in psutil.process_iter():
        try:
            is_kernel = process.cwd() == str(root / "notebooks")
            if is_kernel or process.environ().get(MARK) == str(root):
                found.append(process)
        except psutil.Error:
            continue
    return [each for each in found if each.status() != psutil.STATUS_ZOMBIE]


def read_pid(root):
    """Return the worker whose notebook waits; 0 where none does yet."""
    file = root / "holding"
    return int(file.read_text() or 0) if file.exists() else 0


def wait_until(condition, seconds=240):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.05)


def read_log(root):
    file = root / "log"
    return Counter(file.read_text().splitlines() if file.exists() else [])


def read_summary(folder):
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as lines:
        return {row["run"]: row for row in csv.DictReader(lines)}


def list_stamps(folder):
    """Return what tells a file that was written anew."""
    return {f: (f.stat().st_ino, f.stat().st_mtime_ns) for f in folder.rglob("*") if f.is_file()}


def check_listeners(process):
    """See that the driver and all that it started listen on loopback alone."""
    driver = psutil.Process(process.pid)
    found = [
        connection.laddr.ip
        for each in (driver, *driver.children(recursive=True))
        for connection in each.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(found) >= 3
    assert set(found) == {"127.0.0.1"}


def test_a_failing_origin_leaves_the_rest_complete(mini_root, add_notebook):
    code = "if scope.origin == 'MAC':\n    assert (paths.root() / 'good').exists(), 'not good'"
    write_notebooks(mini_root, add_notebook, two=code, three=HOLD)
    options = ("--origins", "CHN,HKG,MAC", "--years", "2012,2030", "--name", "b", "--workers", "2")
    process = start(mini_root, *options, "--dashboard")
    wait_until(lambda: "HKG-2012-03_three" in read_log(mini_root))
    check_listeners(process)
    (mini_root / "go").touch()
    stdout, stderr = end(process, 1)
    assert "3 to run, 0 stand already, 3 not on file" in stdout
    assert "Dask's own pages: http://127.0.0.1:" in stdout
    assert "year_to 2030 is outside release 2022-mid" in stdout
    assert "china-2022-mid-MAC-2000-2012: 02_two, cell 5: AssertionError: not good" in stderr

    folder = mini_root / "runs" / "b"
    rows = read_summary(folder)
    assert [row["outcome"] for row in rows.values()] == ["complete", "complete", "failed"]
    for name, row in rows.items():
        manifest = json.loads((folder / row["manifest"]).read_text())
        assert manifest["name"] == name
        assert all((folder / name / file).is_file() for file in manifest["outputs"])
        assert (row["report"] == "") == (row["outcome"] == "failed")
    page = (folder / "index.html").read_text()
    assert "02_two, cell 5: AssertionError: not good" in page
    assert "3 combinations" in page
    assert "MAC-2012-03_three" not in read_log(mini_root)
    text = (folder / "china-2022-mid-2000-2012/notebooks/01_one.ipynb").read_text()
    assert 'run_dir = \\"runs/b/china-2022-mid-2000-2012\\"' in text
    assert ".staging" not in text
    assert not (mini_root / "runs" / ".staging").exists()
    assert not find_processes(mini_root)

    (mini_root / "good").touch()
    before = list_stamps(folder / "china-2022-mid-2000-2012")
    stdout, _ = run(mini_root, *options)
    assert "1 run, 2 as they were, 0 failed" in stdout
    assert list_stamps(folder / "china-2022-mid-2000-2012") == before
    assert {row["outcome"] for row in read_summary(folder).values()} == {"complete"}

    stamps = list_stamps(folder)
    stdout, _ = run(mini_root, *options, "--dry-run")
    assert "0 to run, 3 stand already, 3 not on file" in stdout
    assert list_stamps(folder) == stamps


def test_a_killed_worker_costs_its_own_notebook(mini_root, add_notebook):
    """Another that a notebook kills each time ends in a failed run; so does too much memory."""
    poison = (
        "if scope.origin == 'TIB':\n    os.kill(worker, 9)\n    time.sleep(60)\n"
        "if scope.origin == 'MAC':\n    held = bytearray(b'x' * 900_000_000)\n    time.sleep(60)"
    )
    write_notebooks(mini_root, add_notebook, three=f"{HOLD}\n{poison}")
    process = start(mini_root, "--origins", "CHN,HKG,MAC,TIB", "--name", "b", "--workers", "2",
                    "--retries", "1", "--memory-limit", "700MB")  # fmt: skip
    wait_until(lambda: read_pid(mini_root))
    os.kill(read_pid(mini_root), signal.SIGKILL)
    wait_until(lambda: read_log(mini_root)["HKG-2022-03_three"] == 2)
    (mini_root / "go").touch()
    _, stderr = end(process, 1)
    assert "TIB: 03_three, the kernel: WorkerLost: killed or lost 2 times, the last time" in stderr
    assert "MAC: 03_three, the kernel: MemoryLimit: it needs over 700 MB" in stderr
    rows = read_summary(mini_root / "runs" / "b")
    assert [row["outcome"] for row in rows.values()] == ["complete", "complete", "failed", "failed"]
    log = read_log(mini_root)
    twice = {"HKG-2022-03_three", "TIB-2022-03_three"}
    assert {name for name, count in log.items() if count > 1} <= twice | {"MAC-2022-03_three"}
    assert not find_processes(mini_root)


def test_an_interrupted_batch_goes_on(mini_root, add_notebook):
    write_notebooks(mini_root, add_notebook, three=HOLD)
    options = ("--origins", "CHN,HKG", "--name", "b", "--workers", "1")
    folder = mini_root / "runs" / "b"
    process = start(mini_root, *options)
    wait_until(lambda: read_log(mini_root)["HKG-2022-03_three"])
    wait_until(lambda: (folder / "china-2022-mid").exists())
    before = list_stamps(folder / "china-2022-mid")
    process.kill()
    process.communicate()
    wait_until(lambda: not find_processes(mini_root), 60)

    process = start(mini_root, *options)
    wait_until(lambda: read_log(mini_root)["HKG-2022-03_three"] == 2)
    process.send_signal(signal.SIGINT)
    _, stderr = end(process, 130)
    assert "the runs that ended are in runs/b, and the same command goes on" in stderr
    wait_until(lambda: not find_processes(mini_root), 60)
    assert not (mini_root / "runs" / ".staging").exists()
    assert list(read_summary(folder)) == ["china-2022-mid"]

    (mini_root / "go").touch()
    stdout, _ = run(mini_root, *options)
    assert "1 run, 1 as they were, 0 failed" in stdout
    assert list_stamps(folder / "china-2022-mid") == before
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
    write_notebooks(
        mini_root, add_notebook,
        two="if scope.run_dir:\n    (scope.run_dir / 'core').mkdir()\n"
            "    (scope.run_dir / 'core' / 'x.parquet').write_bytes(bytes(range(256)))",
        three="kept = (scope.run_dir / 'core' / 'x.parquet').read_bytes()\n"
              "(scope.run_dir / 'tables').mkdir()\n"
              "(scope.run_dir / 'tables' / 'x.csv').write_text(str(sum(kept)))",
    )  # fmt: skip
    address = tmp_path / "scheduler.json"
    dask("scheduler", tmp_path / "s", "--host", "127.0.0.1", "--port", "0",
         "--scheduler-file", str(address))  # fmt: skip
    wait_until(address.exists)
    roots = [tmp_path / f"elsewhere{number}" for number in range(3)]
    for root in roots:
        shutil.copytree(mini_root, root)
    hand = roots[2] / "data" / "hand" / "names.yml"
    hand.write_text(hand.read_text() + "\n# edited\n")
    for root in roots:
        cwd = tmp_path / f"cwd-{root.name}"
        dask("worker", cwd, "--scheduler-file", str(address), "--host", "127.0.0.1",
             "--no-nanny", "--nthreads", "1", "--local-directory", str(cwd),
             ASYLUM_ROOT=str(root))  # fmt: skip
    where = json.loads(address.read_text())["address"]
    stdout, _ = run(mini_root, "--scheduler", where, "--origins", "CHN,HKG", "--name", "b")
    assert "is refused: it has other data or notebooks (data/hand/names.yml)" in stdout
    assert not (mini_root / "log").exists()
    assert sum((read_log(root) for root in roots[:2]), Counter()).total() == 6
    assert not read_log(roots[2])
    for name in ("china-2022-mid", "china-2022-mid-HKG"):
        folder = mini_root / "runs" / "b" / name
        assert (folder / "core" / "x.parquet").read_bytes() == bytes(range(256))
        assert (folder / "tables" / "x.csv").read_text() == "32640"
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["outcome"] == "complete"
        assert all((folder / file).is_file() for file in manifest["outputs"])
        for file in (folder / "notebooks").iterdir():
            assert str(tmp_path) not in file.read_text().replace(sys.prefix, "")
    assert not list(tmp_path.glob("cwd-*/**/run-*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--years", "20x2"], "'20x2' is no year"),
        (["--origins", "CHN,XYZ"], "unknown origin 'XYZ'"),
        (["--years", "1950:1960"], "nothing to run"),
        (["--matrix", "none.yml"], "none.yml is missing"),
    ],
)
def test_bad_input(refuse, arguments, said):
    assert said in refuse("batch", *arguments)


@pytest.mark.parametrize("option", ["queu=short", "memory=lots", "silence_logs=1"])
def test_options_that_dask_jobqueue_does_not_take(mini_root, add_notebook, option):
    add_notebook(mini_root, "01_one", "1")
    _, stderr = run(mini_root, "--slurm", option, code=2)
    assert stderr.startswith("asylum: dask-jobqueue does not take these options of --slurm: ")
    assert stderr.count("\n") == 1
    assert not (mini_root / "runs" / ".staging").exists()
