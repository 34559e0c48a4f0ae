"""A batch of many small runs, watched: whether its memory grows, and what each run costs."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.running.batch.matrix import make_matrix
from helpers.running.batch.plan import make_plan
from helpers.running.bench.measure import describe_machine
from helpers.running.inputs import pick_parameters
from helpers.running.processes import list_descendants, read_pss, read_rss
from helpers.study import InputError, list_releases

NOTEBOOKS = ("01_fetch", "02_clean")
PARTS = 5
_SPAN = 2
_STEP = 2.0
_NAME = "bench-of-batches"
_TICKS = os.sysconf("SC_CLK_TCK")


def bench_batch(count: int, workers: int, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Run a batch of small runs and watch its processes.

    Parameters
    ----------
    count : int
        How many runs.
    workers : int
        How many workers.
    say : callable
        Told how it goes.

    Returns
    -------
    dict
        machine, runs, notebooks, workers, seconds, and parts: for each fifth of the runs its
        seconds a run, the driver's processor seconds a run, what a run took beyond its
        notebooks, and the most memory of the driver and of all its workers.

    Raises
    ------
    InputError
        Where there are not so many combinations on file.
    """
    folder = paths.runs() / _NAME
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="asylum-bench-") as scratch:
        matrix = Path(scratch) / "matrix.yml"
        matrix.write_text(json.dumps({"runs": list_runs(count)}), encoding="utf-8")
        started = time.monotonic()
        samples = _watch(_start(matrix, workers, Path(scratch) / "log"), folder, count, say)
        seconds = time.monotonic() - started
    took = _read_seconds(folder)
    shutil.rmtree(folder)
    return {
        "machine": describe_machine(), "runs": count, "notebooks": list(NOTEBOOKS),
        "workers": workers, "seconds": round(seconds, 1),
        "parts": divide(samples, took, workers, count),
    }  # fmt: skip


def list_runs(count: int) -> list[dict[str, Any]]:
    """Return the parameters of so many runs, of two years each.

    Early years have few rows and late ones many, so the runs are dealt out: each fifth of the
    batch has years, origins and releases of all kinds.

    Raises
    ------
    InputError
        Where there are fewer.
    """
    runs = [
        {"origin": origin, "release": info.name, "year_from": year, "year_to": year + _SPAN - 1,
         "top_n": top_n}
        for top_n in (10, 5, 3, 20)
        for year in range(2000, 2025)
        for info in list_releases()
        for origin in info.origins
    ]  # fmt: skip
    found = make_plan(make_matrix({"runs": runs})).items
    if len(found) < count:
        raise InputError(f"there are {len(found)} small runs on file, not {count}")
    chosen = [pick_parameters(item.study) for item in found[:count]]
    return [run for hand in range(PARTS) for run in chosen[hand::PARTS]]


def _start(matrix: Path, workers: int, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "helpers.cli", "batch", "--matrix", str(matrix), "--name",
               _NAME, "--workers", str(workers), "--notebooks", ",".join(NOTEBOOKS)]  # fmt: skip
    with log.open("wb") as stream:
        return subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)


def _watch(
    process: subprocess.Popen[bytes], folder: Path, count: int, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Take samples until the batch ends: time, runs there, processor seconds, megabytes."""
    samples: list[dict[str, Any]] = []
    while process.poll() is None:
        below = list_descendants(process.pid)
        samples.append({
            "time": time.monotonic(), "runs": _list_done(folder), "cpu": _read_cpu(process.pid),
            "driver_mb": read_rss(process.pid) / 1024,
            "workers_mb": sum(map(read_pss, below)) / 1024,
        })  # fmt: skip
        say(f"{len(samples[-1]['runs'])} of {count} runs")
        time.sleep(_STEP)
    if process.returncode != 0:
        raise RuntimeError(f"the batch ended with code {process.returncode}")
    return [*samples, samples[-1] | {"time": time.monotonic(), "runs": _list_done(folder)}]


def _list_done(folder: Path) -> set[str]:
    with suppress(OSError):
        return {entry.name for entry in os.scandir(folder) if entry.is_dir()}
    return set()


def _read_cpu(pid: int) -> float:
    with suppress(OSError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def _read_seconds(folder: Path) -> dict[str, float]:
    """Return the seconds of each run's notebooks."""
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as lines:
        return {row["run"]: float(row["seconds"]) for row in csv.DictReader(lines)}


def divide(
    samples: Sequence[dict[str, Any]], took: dict[str, float], workers: int, count: int
) -> list[dict[str, float]]:
    """Divide a batch by its runs into parts, and say what a run cost in each.

    The first part begins with the first run that is there, so that the start of the workers
    counts for none.
    """
    parts = []
    first = next(number for number, sample in enumerate(samples) if sample["runs"])
    for part in range(1, PARTS + 1):
        least = count * part / PARTS
        last = next(n for n, sample in enumerate(samples) if len(sample["runs"]) >= least)
        begin, end = samples[first], samples[last]
        new = end["runs"] - begin["runs"]
        spent = end["time"] - begin["time"]
        between = samples[first : last + 1]
        parts.append({
            "runs": len(new),
            "seconds_a_run": round(spent / len(new), 3),
            "driver_seconds_a_run": round((end["cpu"] - begin["cpu"]) / len(new), 3),
            "beyond_notebooks": round((spent * workers - sum(took[n] for n in new)) / len(new), 3),
            "driver_mb": round(max(sample["driver_mb"] for sample in between), 1),
            "workers_mb": round(max(sample["workers_mb"] for sample in between), 1),
        })  # fmt: skip
        first = last
    return parts
