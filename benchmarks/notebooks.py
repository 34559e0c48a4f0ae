"""What it costs to run notebooks 03 and 04, by several ways of running them, in one page.

    .venv/bin/python benchmarks/notebooks.py            three rounds; writes docs/benchmarks.md
    .venv/bin/python benchmarks/notebooks.py --quick    one round of notebook 04; writes nothing

The ways take turns, so that a machine that grows slower moves all alike. On a busy machine the
figures mean little.
"""

from __future__ import annotations

import ast
import gc
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from IPython.core.formatters import DisplayFormatter

from helpers import paths
from helpers.running import engine
from helpers.running.execute import execute_all, make_environment
from helpers.running.inputs import list_versions
from helpers.running.notebooks import read_source

NAMES = ("03_eras", "04_destinations")
BEFORE = ("01_fetch", "02_clean")
PAGE = paths.root() / "docs" / "benchmarks.md"
PLOOMBER = "ploomber_engine"
# ploomber-engine 0.0.33 leaves the bytes of pictures as they are, which nbformat refuses to write.
MEND = """
import base64
from ploomber_engine.ipython import CustomDisplayPublisher as publisher
publish = publisher.publish
publisher.publish = lambda self, data, metadata=None, **_: publish(self, {
    kind: base64.b64encode(value).decode() if isinstance(value, bytes) else value
    for kind, value in data.items()})
"""
FUNCTIONS = {
    "papermill": "import papermill; papermill.execute_notebook(name, out, parameters=given, "
    "kernel_name='python3', progress_bar=False)",
    PLOOMBER: "import ploomber_engine; ploomber_engine.execute_notebook(name, out, "
    "parameters=given, progress_bar=False)",
}
WAYS = {
    "papermill": "papermill's command line, once a notebook",
    "function": "papermill's function, one process for all",
    "nbconvert": "`jupyter nbconvert --execute`, once a notebook",
    "ploomber": "ploomber-engine, one process for all",
    "ours": "`asylum`, one worker",
    "floor": "the floor: the notebooks' own code in a warm process",
    "one": "`asylum`, one worker, each notebook twice",
    "two": "`asylum`, two workers, each notebook twice",
}
RATIOS = {
    "papermill's command line over ours": ("papermill", "ours"),
    "papermill's function over ours": ("function", "ours"),
    "nbconvert over ours": ("nbconvert", "ours"),
    "ploomber-engine over ours": ("ploomber", "ours"),
    "ours over the floor": ("ours", "floor"),
    "one worker over two": ("one", "two"),
}
TEXT = """# Benchmarks

<!-- Written by benchmarks/notebooks.py; not edited. -->

What it costs to run the notebooks {names}. The ways take turns, {rounds} rounds in one run, and
the medians are compared. Ours forks each notebook's process from one that has the libraries loaded;
that one starts once a run, in {start:.1f} s, while the inputs are checked, and is not counted. The
*floor* is the notebooks' own code, figures and files included, in one Python process that has run
it before: libraries, fonts and templates are warm there. What the code keeps of releases and hand
data is forgotten before each notebook, because every notebook has to read them: up to November 2026
the floor kept them, found them read, and so came out too low. nbconvert knows no parameters and so
writes no files.

Measured on {date} on {system}, {processors} processors, load at the end {load:.1f};
{versions}. Read the seconds as proportions: they differ from machine to
machine.

| Way of running | Seconds |
| --- | ---: |
{ways}

| Comparison | Ratio |
| --- | ---: |
{ratios}
{missing}
Measure it on another machine: `.venv/bin/python benchmarks/notebooks.py`.
"""


class Ground:
    """A scratch folder with the notebooks and the tables that they read."""

    def __init__(self, scratch: Path, names: tuple[str, ...]) -> None:
        self.names, self.folder, self.run_dir = names, scratch / "notebooks", scratch / "run"
        self.given = {"run_dir": str(self.run_dir)}
        self.environment = make_environment()
        self._turns = 0
        shutil.copytree(paths.notebooks(), self.folder)
        self.run_dir.mkdir()
        self.run_ours([self.folder / f"{name}.py" for name in BEFORE], 1)
        self.sources = [self.folder / f"{name}.py" for name in names]
        self.copies = [source.with_name(f"{source.stem}_{turn}.py") for source in self.sources
                       for turn in range(2)]  # fmt: skip
        for copy in self.copies:
            shutil.copy(copy.with_name(f"{copy.stem[:-2]}.py"), copy)

    def call(self, *command: str) -> None:
        """Run a Python command to its end."""
        done = subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[:3])}: {done.stderr[-2000:]}")

    def run_papermill(self) -> None:
        for name in self.names:
            self.call("-m", "papermill", f"{name}.ipynb", f"../{name}.out.ipynb", "-k", "python3",
                      "--no-progress-bar", "-p", "run_dir", str(self.run_dir))  # fmt: skip

    def run_nbconvert(self) -> None:
        for name in self.names:
            self.call("-m", "nbconvert", "--to", "notebook", "--execute", f"{name}.ipynb",
                      "--output", f"../{name}.out.ipynb")  # fmt: skip

    def run_function(self, library: str) -> None:
        names = [f"{name}.ipynb" for name in self.names]
        call = f"    out = '../' + name; {FUNCTIONS[library]}"
        mend = MEND if library == PLOOMBER else ""
        self.call("-c", f"{mend}given = {self.given!r}\nfor name in {names!r}:\n{call}")

    def run_ours(self, sources: list[Path], workers: int) -> None:
        self._turns += 1
        folder = self.folder.with_name(f"ours-{self._turns}")
        folder.mkdir()
        for done in execute_all(self.given, folder, workers, sources=sources):
            if done.failure:
                raise RuntimeError(done.failure.describe())


@contextmanager
def start_floor(ground: Ground) -> Iterator[Callable[[], float]]:
    """Give a function that runs the notebooks' own code once, and returns its seconds."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--floor", *ground.names], cwd=ground.folder, text=True,
        env=ground.environment | {"MPLBACKEND": "agg"}, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None

    def run() -> float:
        process.stdin.write(f"{json.dumps(ground.given)}\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    with process:
        yield run


def serve_floor(names: list[str]) -> None:
    """Run notebooks' code once for each line on stdin; outputs are rendered and thrown away."""
    answers, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115
    for line in sys.stdin:
        gc.collect()
        gc.freeze()  # as in a fresh process, nothing looks through what came before it
        began = time.perf_counter()
        for name in names:
            forget_data()
            run_plain(Path(f"{name}.py"), json.loads(line))
        print(time.perf_counter() - began, file=answers, flush=True)


def forget_data() -> None:
    """Empty the caches of the project's own modules, as they are when a notebook starts."""
    for name, module in list(sys.modules.items()):
        if name.startswith("helpers."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def run_plain(source: Path, given: dict[str, Any]) -> None:
    """Execute a notebook's cells in one namespace, parameters set after the cell so tagged."""
    render = DisplayFormatter().format
    space: dict[str, Any] = {"__name__": "__main__", "display": render}
    for cell in read_source(source.resolve()).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, source.name, "exec"), space)
        if isinstance(last, ast.Expr):
            render(eval(compile(ast.Expression(last.value), source.name, "eval"), space))
        if "parameters" in cell.metadata.get("tags", []):
            space |= given


def measure(names: tuple[str, ...], rounds: int) -> dict[str, Any]:
    """Measure all ways, and return medians in seconds by way, with what the page says of them."""
    began = time.perf_counter()
    engine.start(make_environment())
    with tempfile.TemporaryDirectory(prefix="asylum-bench-") as scratch:
        trivial = Path(scratch) / "00_nothing.py"
        trivial.write_text("# %%\n1\n", encoding="utf-8")
        execute_all({}, Path(scratch), 1, sources=[trivial])
        start = time.perf_counter() - began
        ground = Ground(Path(scratch) / "ground", names)
        with start_floor(ground) as run_floor:
            runs: dict[str, Callable[[], Any]] = {
                "papermill": ground.run_papermill,
                "function": lambda: ground.run_function("papermill"),
                "nbconvert": ground.run_nbconvert,
                "ploomber": lambda: ground.run_function(PLOOMBER),
                "ours": lambda: ground.run_ours(ground.sources, 1),
                "floor": run_floor,
                "one": lambda: ground.run_ours(ground.copies, 1),
                "two": lambda: ground.run_ours(ground.copies, 2),
            }
            if importlib.util.find_spec(PLOOMBER) is None:
                del runs["ploomber"]
            run_floor()
            seconds: dict[str, list[float]] = {way: [] for way in runs}
            for turn in range(rounds):
                for way, run in runs.items():
                    began = time.perf_counter()
                    own = run()
                    seconds[way].append(own or time.perf_counter() - began)
                    print(f"round {turn + 1}: {way} {seconds[way][-1]:.2f} s", file=sys.stderr)
    medians = {way: statistics.median(each) for way, each in seconds.items()}
    return {"names": names, "rounds": rounds, "start": start, "medians": medians}


def render(found: dict[str, Any]) -> str:
    """Render the page; every number in it comes from the measurement."""
    medians, versions = found["medians"], list_versions()
    ways = [f"| {WAYS[way]} | {seconds:.2f} |" for way, seconds in medians.items()]
    ratios = [
        f"| {said} | {medians[one] / medians[other]:.2f} |"
        for said, (one, other) in RATIOS.items()
        if one in medians
    ]
    missing = "\nploomber-engine was not installed: `pip install ploomber-engine`.\n"
    libraries = ("python", "papermill", "nbclient", "ipykernel")
    return TEXT.format(
        names=" and ".join(f"`{name}`" for name in found["names"]),
        rounds=found["rounds"], start=found["start"], date=datetime.now(UTC).date().isoformat(),
        system=f"{platform.system()} ({platform.machine()})", processors=os.cpu_count(),
        load=os.getloadavg()[0], versions=", ".join(f"{n} {versions[n]}" for n in libraries),
        ways="\n".join(ways), ratios="\n".join(ratios),
        missing="" if "ploomber" in medians else missing,
    )  # fmt: skip


def main() -> None:
    """Measure, and write the page."""
    if "--floor" in sys.argv:
        serve_floor(sys.argv[2:])
        return
    os.environ |= {"PLOOMBER_STATS_ENABLED": "false"}
    is_quick = "--quick" in sys.argv
    page = render(measure(NAMES[1:] if is_quick else NAMES, 1 if is_quick else 3))
    print(page)
    if not is_quick:
        paths.write_atomic(PAGE, page)


if __name__ == "__main__":
    main()
