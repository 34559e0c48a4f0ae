"""Where the time of a notebook goes: the same run as a worker's, with a clock at each step.

A process of its own: jobs as a list in JSON on stdin, the seconds by phase on stdout.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from helpers.running import execute
from helpers.running.jobs import Job

# What is timed, in order: the method that does it, and where it lives.
_STEPS = {
    "read the source": "read_source",
    "start the kernel": "start_new_kernel",
    "wait until it answers": "start_new_kernel_client",
    "run the cells": "papermill_execute_cells",
    "stop the kernel": "_cleanup_kernel",
}
REST = "everything else"


def _clock(seconds: dict[str, float], phase: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function so that its time is added to a phase."""

    def timed(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return call(*args, **kwargs)
        finally:
            seconds[phase] += time.perf_counter() - start

    return timed


def install_clocks(seconds: dict[str, float]) -> None:
    """Put a clock at each step of papermill's client and of ours."""
    from papermill.clientwrap import PapermillNotebookClient

    for phase, name in _STEPS.items():
        seconds[phase] = 0.0
        owner: Any = execute if hasattr(execute, name) else PapermillNotebookClient
        setattr(owner, name, _clock(seconds, phase, getattr(owner, name)))


def main() -> None:
    """Run every job; the first, which warms this process up, is not counted."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    jobs = [Job(**values) for values in json.load(sys.stdin)]
    seconds: dict[str, float] = {}
    install_clocks(seconds)
    execute.run_notebook(jobs[0])
    seconds.update(dict.fromkeys(seconds, 0.0))
    start = time.perf_counter()
    for job in jobs[1:]:
        done = execute.run_notebook(job)
        if done.failure:
            raise RuntimeError(done.failure.describe())
    total = time.perf_counter() - start
    seconds[REST] = total - sum(seconds.values())
    json.dump(seconds, answers)
    answers.flush()


if __name__ == "__main__":
    main()
