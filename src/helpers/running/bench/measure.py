"""Take all ways of running in turn, several times, and say what each costs."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helpers.running.bench import contestants as ways
from helpers.running.bench.memory import measure_peak
from helpers.running.inputs import list_versions
from helpers.running.jobs import KERNEL, PLAIN
from helpers.running.nbval import Nbval
from helpers.running.warm.door import Door, share_parent
from helpers.study import list_releases

NAMES = ("03_eras", "04_destinations")
ROUNDS = 3
COPIES = 2
_TRIVIAL = "# %% [markdown]\n# # Nothing\n\n# %%\nprint(1)\n"


def bench(
    names: Sequence[str] = NAMES, rounds: int = ROUNDS, say: Callable[[str], None] = print
) -> dict[str, Any]:
    """Compare the ways of running, interleaved, so that a machine's moods meet all alike.

    Parameters
    ----------
    names : sequence of str
        The notebooks.
    rounds : int
        How often each way takes its turn.
    say : callable
        Told what is under way.

    Returns
    -------
    dict
        machine, notebooks, rounds, seconds and medians by way, parent_start, phases, peak_mb and
        ratios; see `compute_ratios`.
    """
    with tempfile.TemporaryDirectory(prefix="asylum-bench-") as scratch, ExitStack() as stack:
        ground = ways.Ground(Path(scratch), list_releases()[-1].name, names)
        start = time.perf_counter()
        door = stack.enter_context(_hold_parent(ground))
        one = stack.enter_context(ways.Ours(ground, 1))
        _run_trivial(ground, one)
        parent_start = time.perf_counter() - start
        two = stack.enter_context(ways.Ours(ground, 2))
        floor = stack.enter_context(ways.Floor(ground))
        nbval = stack.enter_context(Nbval(1))
        runs = make_runs(ground, one, two, floor, nbval)
        warm_up(ground, one, two, floor)
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for number in range(rounds):
            for name, run in runs.items():
                say(f"round {number + 1} of {rounds}: {name}")
                start = time.perf_counter()
                took = run()
                seconds[name].append(round(took or time.perf_counter() - start, 3))
        say("phases and memory")
        return {
            "machine": describe_machine(), "notebooks": list(names), "rounds": rounds,
            "seconds": seconds,
            "medians": compute_medians(seconds), "parent_start": round(parent_start, 3),
            "phases": {kernel: measure_phases(ground, door, kernel) for kernel in (KERNEL, PLAIN)},
            "peak_mb": _measure_peak(ground, one, door), "ratios": compute_ratios(seconds),
        }  # fmt: skip


def _measure_peak(ground: ways.Ground, ours: ways.Ours, door: Door | None) -> float | None:
    sources = [ground.find_source(name) for name in ground.names]
    workers = [worker.pid for worker in ours.pool.workers]
    return measure_peak(lambda: ours.run(sources), workers, door.pid) if door else None


@contextmanager
def _hold_parent(ground: ways.Ground) -> Iterator[Door | None]:
    """Keep one warm parent for the whole of the benchmark."""
    with share_parent(ground.environment) as door:
        handed = door.hand_down() if door else {}
        os.environ.update(handed)
        try:
            yield door
        finally:
            for name in handed:
                del os.environ[name]


def make_runs(
    ground: ways.Ground, one: ways.Ours, two: ways.Ours, floor: ways.Floor, nbval: Nbval
) -> dict[str, Callable[[], float | None]]:
    """Name each way of running; a call runs the notebooks, and may say its seconds itself."""
    sources = [ground.find_source(name) for name in ground.names]
    copies = ground.copy(COPIES)
    return {
        "papermill_cli": lambda: ways.run_papermill(ground),
        "nbconvert": lambda: ways.run_nbconvert(ground),
        "papermill_api": lambda: ways.run_api(ground),
        "floor": lambda: floor.run(ground.parameters),
        "warm": lambda: one.run(sources),
        "floor_again": lambda: floor.run(ground.parameters),
        "one_worker": lambda: one.run(copies),
        "two_workers": lambda: two.run(copies),
        "nbval_cold": lambda: ways.run_cold_nbval(ground),
        "nbval_warm": lambda: ways.run_warm_nbval(ground, nbval),
        "nbval_floor": lambda: floor.run({}),
    }  # fmt: skip


def warm_up(ground: ways.Ground, one: ways.Ours, two: ways.Ours, floor: ways.Floor) -> None:
    """Run once, uncounted, what is warm in every round: the floor and the workers."""
    sources = [ground.find_source(name) for name in ground.names]
    floor.run(ground.parameters)
    floor.run({})
    one.run(sources)
    two.run(ground.copy(COPIES))


def _run_trivial(ground: ways.Ground, ours: ways.Ours) -> None:
    """Have the pool run a notebook without work: it is up when that is done."""
    file = ground.folder / "00_nothing.py"
    file.write_text(_TRIVIAL, encoding="utf-8")
    ours.run([file])


def compute_medians(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Return each way's median."""
    return {name: round(statistics.median(took), 3) for name, took in seconds.items()}


def compute_ratios(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Compare medians; overhead is what a way takes beyond the floor, see `compute_overhead`.

    >>> taken = {name: [1.0] for name in ("floor", "floor_again", "nbval_floor", "nbconvert")}
    >>> taken |= {"papermill_cli": [9.0], "warm": [2.0], "one_worker": [4.0], "two_workers": [2.0]}
    >>> taken |= {"nbval_cold": [7.0], "nbval_warm": [3.0], "papermill_api": [5.0]}
    >>> compute_ratios(taken)["papermill_cli_overhead/warm_overhead"]
    8.0
    """
    at = compute_medians(seconds)
    floor = [seconds["floor"], seconds["floor_again"]]
    over = {n: compute_overhead(seconds[n], floor) for n in ("papermill_cli", "warm")}
    nbval_floor = [seconds["nbval_floor"]]
    over |= {n: compute_overhead(seconds[n], nbval_floor) for n in ("nbval_cold", "nbval_warm")}
    ratios = {
        "papermill_cli_overhead/warm_overhead": over["papermill_cli"] / over["warm"],
        "papermill_cli/warm": at["papermill_cli"] / at["warm"],
        "papermill_api/warm": at["papermill_api"] / at["warm"],
        "nbconvert/warm": at["nbconvert"] / at["warm"],
        "warm/floor": at["warm"] / statistics.median([*floor[0], *floor[1]]),
        "warm/two_workers": at["one_worker"] / at["two_workers"],
        "nbval_cold_overhead/nbval_warm_overhead": over["nbval_cold"] / over["nbval_warm"],
    }
    return {name: round(value, 2) for name, value in ratios.items()}


def compute_overhead(taken: Sequence[float], floors: Sequence[Sequence[float]]) -> float:
    """Return the median over the rounds of what a way takes beyond the same round's floor.

    A machine that grows slower from round to round so moves way and floor alike. Less than a
    hundredth of the floor cannot be measured, and so is never returned.

    Parameters
    ----------
    taken : sequence of float
        Seconds of the way by round.
    floors : sequence
        Seconds of the floor by round, as often as it took its turn; their mean counts.

    >>> compute_overhead([3.0, 7.0, 4.0], [[1.0, 4.0, 2.0], [1.0, 6.0, 2.0]])
    2.0
    """
    at = [statistics.mean(each) for each in zip(*floors, strict=True)]
    beyond = [way - floor for way, floor in zip(taken, at, strict=True)]
    return max(statistics.median(beyond), statistics.median(at) / 100)


def measure_phases(ground: ways.Ground, door: Door | None, kernel: str) -> dict[str, float]:
    """Return seconds by phase, for all notebooks together."""
    jobs = [
        {"source": str(ground.find_source(name)), "output": ground.find_output(name),
         "parameters": ground.parameters, "kernel": kernel}
        for name in (ground.names[0], *ground.names)
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "helpers.running.bench.phases"], input=json.dumps(jobs),
        env=ground.environment | (door.hand_down() if door else {}), text=True, check=True,
        pass_fds=[door.socket.fileno()] if door else [], capture_output=True,
    )  # fmt: skip
    return {name: round(value, 3) for name, value in json.loads(done.stdout).items()}


def describe_machine() -> dict[str, Any]:
    """Say what the figures were measured on."""
    versions = list_versions()
    return {
        "date": datetime.now(UTC).date().isoformat(), "system": platform.system(),
        "processor": platform.machine(), "processors": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "versions": {n: versions[n] for n in ("python", "papermill", "nbclient", "ipykernel")},
    }  # fmt: skip
