"""Run nbval on copies of the committed notebooks, as `pytest --nbval` runs on themselves.

The processes that do it stand by: they import pytest and nbval while something else is done.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from helpers import paths
from helpers.running.compare import Finding
from helpers.running.environment import make_environment
from helpers.running.jobs import KERNEL
from helpers.running.warm.door import share_parent

SANITISE = Path("tests") / "nbval-sanitise.cfg"
_LONGEST = 1500


class Nbval:
    """Some processes that can run nbval, ended together with the `with` block.

    Parameters
    ----------
    workers : int
        How many; 0 takes two where there are two processors.
    kernel : str
        The kernels' name; for the warm one, all notebooks share a parent.
    """

    def __init__(self, workers: int = 0, kernel: str = KERNEL) -> None:
        self.kernel = kernel
        self._size = workers or min(2, os.cpu_count() or 1)
        self._ending = ExitStack()
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Nbval:
        scratch = tempfile.TemporaryDirectory(prefix="asylum-nbval-")
        self._scratch = Path(self._ending.enter_context(scratch))
        environment = make_environment(self._scratch / "settings")
        sharing = share_parent(environment, is_warm=self.kernel == KERNEL)
        door = self._ending.enter_context(sharing)
        for _ in range(self._size):
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "helpers.running.standby"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
                env=environment | (door.hand_down() if door else {}),
                pass_fds=[door.socket.fileno()] if door else [],
            )  # fmt: skip
            self.processes.append(self._ending.enter_context(process))
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def run(self, sources: Sequence[Path]) -> list[Finding]:
        """Run nbval on the .ipynb beside each source, in a scratch folder.

        Returns
        -------
        list of Finding
            One a failing cell; empty where all pass.
        """
        size = len(self.processes)
        with ThreadPoolExecutor(size) as pool:
            parts = [sources[first::size] for first in range(size)]
            tasks = [
                pool.submit(self._run_some, *pair)
                for pair in zip(self.processes, parts, strict=True)
            ]
            return [finding for task in tasks for finding in task.result()]

    def _run_some(self, process: subprocess.Popen[bytes], sources: Sequence[Path]) -> list[Finding]:
        """Run one pytest on some notebooks, each of which gets a kernel of its own."""
        if not sources:
            return []
        with tempfile.TemporaryDirectory(dir=self._scratch) as scratch:
            folder = Path(scratch)
            for source in sources:
                shutil.copyfile(source.with_suffix(".ipynb"), folder / f"{source.stem}.ipynb")
            output, report = folder / "output.txt", folder / "report.xml"
            call = {"folder": scratch, "output": str(output), "arguments": [
                *_list_arguments(folder, report, self.kernel),
                *(f"{source.stem}.ipynb" for source in sources),
            ]}  # fmt: skip
            code = _ask(process, call)
            if code == 0:
                return []
            found = _read_report(report) if report.is_file() else []
            text = output.read_text(errors="replace").strip() if output.is_file() else ""
            names = ", ".join(source.stem for source in sources)
            return found or [Finding(names, f"nbval ended with code {code}", came=text[-_LONGEST:])]


def _ask(process: subprocess.Popen[bytes], call: Mapping[str, object]) -> int:
    """Have a process run pytest; a process that has died answers with its own code."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(call).encode() + b"\n")
        answer = process.stdout.readline()
    except BrokenPipeError:
        answer = b""
    return int(answer) if answer else process.wait()


def _list_arguments(folder: Path, report: Path, kernel: str) -> list[str]:
    """List pytest's arguments; it is to read none of the project's own settings."""
    settings = folder / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    return [
        "--disable-plugin-autoload", "-p", "nbval.plugin", "--nbval",
        "--nbval-kernel-name", kernel, "--quiet",
        "-p", "no:cacheprovider", "-c", str(settings), "--rootdir", str(folder),
        "--junitxml", str(report), *_sanitise(),
    ]  # fmt: skip


def _sanitise() -> list[str]:
    file = paths.root() / SANITISE
    return ["--nbval-sanitize-with", str(file)] if file.is_file() else []


def _read_report(report: Path) -> list[Finding]:
    """Read pytest's own report; nbval counts code cells from 0."""
    findings = []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        for kind in ("failure", "error"):
            for element in case.iter(kind):
                text = (element.text or element.get("message") or "").strip()
                what = f"nbval: {case.get('name')} failed"
                name = Path(case.get("classname") or case.get("name") or "").stem
                findings.append(Finding(name, what, came=text[:_LONGEST]))
    return findings
