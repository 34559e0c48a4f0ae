"""Batches killed at random moments, batches whose workers die every few seconds, and long ones.

SOAK_BATCH=whole takes the real notebooks, 14 years and all releases; else three small ones.
SOAK_KILLS, SOAK_LONGEST (seconds between two kills of the driver), SOAK_EVERY (seconds between
two kills of a worker) and SOAK_SEED vary that; SOAK_RUNS is the length of the batch whose memory
is watched.
"""

import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest
from plain.checkout import PROJECT
from plain.processes import find_processes, start, wait_until

from helpers.running.manifest import COMPLETE, read_manifest, read_standing

IS_WHOLE = os.environ.get("SOAK_BATCH") == "whole"
KILLS = int(os.environ.get("SOAK_KILLS", "10"))
LONGEST = float(os.environ.get("SOAK_LONGEST", "240" if IS_WHOLE else "12"))
EVERY = float(os.environ.get("SOAK_EVERY", "15" if IS_WHOLE else "4"))
RUNS = int(os.environ.get("SOAK_RUNS", "1000"))
OPTIONS = ("--years", "2012:2025" if IS_WHOLE else "2001:2022", "--releases", "all")
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux", reason="reads other processes"),
]


@pytest.fixture
def root(mini_root, add_notebook):
    """Return a checkout of three small notebooks, or of the real ones with all releases."""
    for name in ("01_one", "02_two", "03_three"):
        add_notebook(mini_root, name, "import time\ntime.sleep(1)")
    if IS_WHOLE:
        for name in ("data", "notebooks"):
            shutil.rmtree(mini_root / name)
            shutil.copytree(PROJECT / name, mini_root / name)
    return mini_root


@pytest.fixture
def moments():
    seed = int(os.environ.get("SOAK_SEED", time.time_ns()))
    print(f"SOAK_SEED={seed}")
    return random.Random(seed)


def begin(root, log, options=OPTIONS):
    options = ("batch", *options, "--name", "b", "--workers", "2", "--yes")
    return start(root, *options, stdout=log, stderr=log)


def find_workers(process):
    """Return the driver's workers, those that are only starting included."""
    workers = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children():
            with suppress(psutil.NoSuchProcess):  # it has ended since it was listed
                if "multiprocessing.spawn" in " ".join(child.cmdline()):
                    workers.append(child)
    return workers


def read_stamps(folder):
    """Return the stamp of each run's manifest; every run is complete and nothing in it torn."""
    found = {}
    for run in sorted(folder.iterdir()) if folder.exists() else []:
        if run.is_dir():
            manifest = read_manifest(run)
            assert manifest["outcome"] == COMPLETE
            assert read_standing(run, manifest["key"])
            status = (run / "manifest.json").stat()
            found[run.name] = status.st_ino, status.st_mtime_ns
    return found


def check_end(root, stood):
    """See that all runs are there, those that stood untouched, and nothing else."""
    folder = root / "runs" / "b"
    standing = read_stamps(folder)
    assert standing.items() >= stood.items()
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["run"] for row in rows if row["outcome"] != COMPLETE] == []
    assert sorted(row["run"] for row in rows) == sorted(standing)
    assert [path.name for path in (root / "runs").iterdir()] == ["b"]
    wait_until(lambda: not find_processes(root), 120)
    print(f"{len(rows)} runs, {len(stood)} of them before the last start")


def test_a_batch_killed_at_random_moments(root, moments, tmp_path):
    stood, killed = {}, 0
    with (tmp_path / "log").open("wb") as log:
        for count in range(KILLS):
            process = begin(root, log)
            try:
                process.wait(moments.uniform(0, LONGEST))
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
            wait_until(lambda: not find_processes(root), 120)
            standing = read_stamps(root / "runs" / "b")
            assert standing.items() >= stood.items(), count
            stood = standing
            print(f"kill {count + 1}: {len(stood)} runs stand")
        assert killed == KILLS, "the batch ended before the last kill: take a smaller SOAK_LONGEST"
        assert begin(root, log).wait() == 0, (tmp_path / "log").read_text()
    check_end(root, stood)


def test_workers_killed_every_few_seconds(root, moments, tmp_path):
    killed = 0
    with (tmp_path / "log").open("wb") as log:
        process = begin(root, log)
        while True:
            try:
                process.wait(EVERY)
                break
            except subprocess.TimeoutExpired:
                workers = find_workers(process)
                with suppress(psutil.NoSuchProcess):
                    if workers:
                        moments.choice(workers).kill()
                        killed += 1
    assert process.returncode == 0, (tmp_path / "log").read_text()
    assert killed > 0
    print(f"workers killed: {killed}")
    check_end(root, {})


def test_memory_stays_flat_over_many_runs(root, tmp_path):
    """Watch driver and workers; the notebooks' own processes come and go with each run."""
    tops = [word for top in range(1, -(-RUNS // 20) + 1) for word in ("--top-n", str(top))]
    options = ("--notebooks", "01_one", "--years", "2003:2022", *tops)
    seen = []
    with (tmp_path / "log").open("wb") as log:
        process = begin(root, log, options)
        while process.poll() is None:
            with suppress(psutil.Error):
                watched = (psutil.Process(process.pid), *find_workers(process))
                held = [each.memory_full_info().uss / 1e6 for each in watched]
                seen.append((held[0], max(held[1:], default=0)))
            time.sleep(2)
    assert process.returncode == 0, (tmp_path / "log").read_text()
    for name, values in zip(("driver", "worker"), zip(*seen, strict=True), strict=True):
        fifth = len(values) // 5
        early, late = (sorted(part)[fifth // 2] for part in (values[fifth : 2 * fifth],
                                                             values[-fifth:]))  # fmt: skip
        print(f"{name}: {early:.0f} MB in the second fifth of the batch, {late:.0f} in the last")
        assert late < 1.1 * early + 20
    check_end(root, {})
