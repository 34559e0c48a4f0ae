"""The ways of running notebooks that are compared; each call runs a list of notebooks once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from helpers import paths
from helpers.running.environment import make_environment
from helpers.running.jobs import PLAIN, Job
from helpers.running.nbval import SANITISE, Nbval
from helpers.running.pool import Pool

_API = """
import json, sys, papermill
for job in json.load(sys.stdin):
    papermill.execute_notebook(job["paired"], job["output"], parameters=job["parameters"],
                               kernel_name=job["kernel"], progress_bar=False, cwd=job["folder"])
"""


class Ground:
    """A scratch folder with the notebooks, a kept core, and an environment that all share."""

    def __init__(self, scratch: Path, release: str, names: Sequence[str]) -> None:
        self.scratch = scratch
        self.folder = scratch / "notebooks"
        self.folder.mkdir(parents=True)
        self.run_dir = scratch / "run"
        self.names = list(names)
        for file in paths.notebooks().glob("*.*"):
            shutil.copy(file, self.folder)
        self.parameters = {"run_dir": str(self.run_dir)}
        self.environment = make_environment(scratch / "settings")

    def find_source(self, name: str) -> Path:
        """Return a notebook's .py."""
        return self.folder / f"{name}.py"

    def find_output(self, name: str) -> str:
        """Return where an executed notebook goes."""
        return str(self.scratch / f"{name}.out.ipynb")

    def copy(self, times: int) -> list[Path]:
        """Return that many copies of each notebook's .py, under names of their own."""
        copies = []
        for name in self.names:
            for number in range(times):
                copies.append(self.folder / f"{name}_{number}.py")
                shutil.copy(self.find_source(name), copies[-1])
        return copies

    def call(self, command: Sequence[str], given: str = "") -> None:
        """Run a command to its end; what it prints is kept for an error's message alone."""
        done = subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=self.environment, input=given,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[:4])}: {done.stderr[-2000:]}")


def run_papermill(ground: Ground) -> None:
    """Papermill's command line, once a notebook."""
    for name in ground.names:
        given = [part for pair in ground.parameters.items() for part in ("-p", *pair)]
        ground.call(["-m", "papermill", f"{name}.ipynb", ground.find_output(name), "-k", PLAIN,
                     "--no-progress-bar", *given])  # fmt: skip


def run_nbconvert(ground: Ground) -> None:
    """Run `nbconvert --execute`, once a notebook; it knows no parameters."""
    for name in ground.names:
        ground.call(["-m", "nbconvert", "--to", "notebook", "--execute", f"{name}.ipynb",
                     "--output", ground.find_output(name),
                     f"--ExecutePreprocessor.kernel_name={PLAIN}"])  # fmt: skip


def run_api(ground: Ground) -> None:
    """Papermill's function, in one process for all notebooks."""
    jobs = [
        {"paired": f"{name}.ipynb", "output": ground.find_output(name), "kernel": PLAIN,
         "parameters": ground.parameters, "folder": str(ground.folder)}
        for name in ground.names
    ]  # fmt: skip
    ground.call(["-c", _API], json.dumps(jobs))


def run_cold_nbval(ground: Ground) -> None:
    """Run `pytest --nbval` on kernels that start cold, one notebook after the other."""
    ground.call(["-m", "pytest", "--nbval", "--nbval-kernel-name", PLAIN, "--quiet",
                 "-p", "no:cacheprovider", "--nbval-sanitize-with", str(paths.root() / SANITISE),
                 *(f"{name}.ipynb" for name in ground.names)])  # fmt: skip


def run_warm_nbval(ground: Ground, nbval: Nbval) -> None:
    """Run nbval on warm kernels, one notebook after the other, in a process that stands by."""
    found = nbval.run([ground.find_source(name) for name in ground.names])
    if found:
        raise RuntimeError(found[0].describe())


class Ours:
    """Our own pool, kept open from round to round, as a run keeps it from notebook to notebook."""

    def __init__(self, ground: Ground, workers: int) -> None:
        self.ground = ground
        self.pool = Pool(workers, ground.scratch / f"pool-{workers}")

    def __enter__(self) -> Ours:
        self.pool.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.__exit__()

    def run(self, sources: Sequence[Path]) -> None:
        """Run notebooks."""
        jobs = [
            Job(str(each), self.ground.find_output(each.stem), self.ground.parameters)
            for each in sources
        ]
        done = self.pool.run(jobs, first=0)
        failures = [each.failure.describe() for each in done if each.failure]
        if failures:
            raise RuntimeError(failures[0])


class Floor:
    """The process that runs the notebooks' own code."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.process = subprocess.Popen(
            [sys.executable, "-m", "helpers.running.bench.floor"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=ground.environment | {"MPLBACKEND": "agg"},
        )  # fmt: skip

    def __enter__(self) -> Floor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        with _get(self.process.stdin), _get(self.process.stdout):
            pass
        self.process.wait()

    def run(self, parameters: dict[str, Any]) -> float:
        """Run the notebooks and return the seconds of their code."""
        seconds = 0.0
        for name in self.ground.names:
            job = {"source": str(self.ground.find_source(name)), "parameters": parameters}
            stdin = _get(self.process.stdin)
            stdin.write(json.dumps(job) + os.linesep)
            stdin.flush()
            seconds += float(_get(self.process.stdout).readline())
        return seconds


def _get(stream: IO[str] | None) -> IO[str]:
    """Return a pipe that is there because it was asked for."""
    assert stream is not None
    return stream
