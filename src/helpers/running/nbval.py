"""Run nbval on copies of the committed notebooks, as `pytest --nbval` runs on themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from helpers import paths
from helpers.running.compare import Finding
from helpers.running.environment import make_environment
from helpers.running.jobs import KERNEL
from helpers.running.warm.door import Door, share_parent

SANITISE = Path("tests") / "nbval-sanitise.cfg"
_LONGEST = 1500


def run_nbval(sources: Sequence[Path], workers: int = 0, kernel: str = KERNEL) -> list[Finding]:
    """Run nbval on the .ipynb beside each source, in a scratch folder.

    Parameters
    ----------
    sources : sequence of Path
        The notebooks' .py.
    workers : int
        How many at a time; 0 takes two where there are two processors.
    kernel : str
        The kernels' name; for the warm one, all notebooks share a parent.

    Returns
    -------
    list of Finding
        One a failing cell; empty where all pass.
    """
    size = workers or min(2, os.cpu_count() or 1)
    with tempfile.TemporaryDirectory(prefix="asylum-nbval-") as scratch:
        environment = make_environment(Path(scratch) / "settings")
        sharing = share_parent(environment, is_warm=kernel == KERNEL)
        with sharing as door, ThreadPoolExecutor(size) as pool:
            run = partial(_run_some, Path(scratch), environment, kernel, door)
            tasks = [pool.submit(run, sources[first::size]) for first in range(size)]
            return [finding for task in tasks for finding in task.result()]


def _run_some(
    scratch: Path, environment: dict[str, str], kernel: str, door: Door | None,
    sources: Sequence[Path],
) -> list[Finding]:  # fmt: skip
    """Run one pytest on some notebooks, each of which gets a kernel of its own."""
    if not sources:
        return []
    folder = scratch / sources[0].stem
    folder.mkdir()
    copies = [folder / f"{source.stem}.ipynb" for source in sources]
    for source, copy in zip(sources, copies, strict=True):
        shutil.copyfile(source.with_suffix(".ipynb"), copy)
    settings = folder / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    report = folder / "report.xml"
    command = [
        sys.executable, "-P", "-m", "pytest", "--nbval", "--nbval-kernel-name", kernel,
        "--quiet", "-p", "no:cacheprovider", "-p", "no:xdist", "-c", str(settings),
        "--rootdir", str(folder), "--junitxml", str(report), *_sanitise(), *map(str, copies),
    ]  # fmt: skip
    inherited = [door.socket.fileno()] if door else []
    done = subprocess.run(
        command, cwd=folder, env=environment | (door.hand_down() if door else {}),
        pass_fds=inherited, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode == 0:
        return []
    found = _read_report(report) if report.is_file() else []
    names = ", ".join(source.stem for source in sources)
    text = (done.stderr or done.stdout).strip()[-_LONGEST:]
    return found or [Finding(names, f"nbval ended with code {done.returncode}", came=text)]


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
