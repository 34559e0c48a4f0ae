"""Notebooks executed by papermill, several at a time, each with a process of its own.

A failing cell is no exception here but a `Failure`, because the partial notebook is a result too:
it holds everything up to the error, and papermill marks the cell.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
from papermill.exceptions import PapermillExecutionError

from helpers import paths
from helpers.running import engine
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import INJECTED, read_paired, read_source

# 02 makes the core tables that the later notebooks take, and 01 vouches for what they are made
# of: these two run first. What comes after them reads the core tables and not each other.
_FIRST = 2
_START_SECONDS = 300
_ERROR_MARK = "papermill-error-cell-tag"

# What a user has set reaches no figure and no output.
_DROPPED = {
    *("COLUMNS", "FORCE_COLOR", "JUPYTER_CONFIG_PATH", "JUPYTER_PATH", "LINES", "MPLBACKEND"),
    *("PYTHONHOME", "PYTHONINSPECT", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS"),
}
_FIXED = {
    "JUPYTER_PLATFORM_DIRS": "1",
    "JUPYTER_PREFER_ENV_PATH": "1",
    "MATPLOTLIBRC": os.devnull,  # matplotlib's own settings hold, not the user's
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUTF8": "1",
}
Say = Callable[[str], object]  # takes a line of progress


@dataclass(frozen=True)
class Failure:
    """Where a notebook failed; `cell` counts the source's cells from 1 (0: not in a cell)."""

    notebook: str
    cell: int
    name: str
    value: str

    def describe(self) -> str:
        """Say it in one line."""
        place = f"cell {self.cell}" if self.cell else "the kernel"
        first = (self.value.strip().splitlines() or [""])[0]
        return f"{self.notebook}, {place}: {self.name}{': ' + first if first else ''}"


@dataclass(frozen=True)
class Done:
    """A notebook that has run."""

    notebook: str
    seconds: float
    failure: Failure | None = None


def say_nothing(_: str) -> None:
    """Drop a line of progress."""


def make_environment() -> dict[str, str]:
    """Return the environment that notebooks get: the same whatever the user has set."""
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    return kept | _FIXED | {"ASYLUM_ROOT": str(paths.root())}


def run_notebook(source: Path, output: Path, parameters: Mapping[str, Any]) -> Done:
    """Run a notebook's .py in its own folder and write the executed .ipynb.

    Where a cell fails or its process dies, what comes back has a `Failure`, and the partial
    notebook is written.
    """
    start = time.perf_counter()
    failure = None
    try:
        papermill.execute_notebook(
            read_source(source),
            str(output),
            parameters=dict(parameters),
            engine_name=engine.NAME,
            progress_bar=False,
            request_save_on_cell_execute=False,
            start_timeout=_START_SECONDS,
            folder=str(source.parent),
            environment=make_environment(),
            partial=str(output),
        )
    except PapermillExecutionError as error:
        tags = [cell.metadata.get("tags", []) for cell in read_paired(output).cells]
        kept = [each for each in tags if _ERROR_MARK not in each]  # papermill's index knows no mark
        cell = sum(INJECTED not in each for each in kept[: error.cell_index + 1])
        failure = Failure(source.stem, cell, str(error.ename), str(error.evalue))
    except Exception as error:  # a dead process, a full disk: reported, never a traceback
        failure = Failure(source.stem, 0, type(error).__name__, str(error))
    return Done(source.stem, round(time.perf_counter() - start, 2), failure)


def execute_all(
    parameters: Mapping[str, Any],
    folder: Path,
    workers: int = 0,
    say: Say = say_nothing,
    sources: Sequence[Path] | None = None,
) -> list[Done]:
    """Execute notebooks (`sources`, by default the study's) into `folder`, in order.

    As many run at a time as there are workers (0: two where there are two processors), the first
    two before all others. After a failure no further notebook starts; those under way end.
    """
    sources = sources or list_notebooks()
    engine.start(make_environment())
    (folder / "notebooks").mkdir()
    done: dict[Path, Done] = {}

    def run(source: Path) -> None:
        if any(each.failure for each in done.values()):
            return
        output = folder / "notebooks" / f"{source.stem}.ipynb"
        done[source] = one = run_notebook(source, output, parameters)
        say(f"  {one.notebook:<24} {one.seconds:>6.1f} s  {'failed' if one.failure else 'done'}")

    size = workers or min(2, os.cpu_count() or 1)
    with ThreadPoolExecutor(size) as pool:
        for part in (sources[:_FIRST], sources[_FIRST:]):
            tasks = [pool.submit(run, source) for source in part]
            try:
                for task in tasks:
                    task.result()
            except BaseException:  # this process is told to stop: end those under way
                pool.shutdown(wait=False, cancel_futures=True)
                while not all(task.done() for task in tasks):
                    engine.stop()
                    time.sleep(0.02)
                raise
    return [done[source] for source in sources if source in done]
