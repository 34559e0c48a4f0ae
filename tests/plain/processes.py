"""The command `asylum` as a process, and the processes that it starts."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

MARK = "ASYLUM_TEST_MARK"
Answer = subprocess.CompletedProcess[str]


def make_command(root: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    """Return what subprocess needs to give the command in a checkout."""
    known = {"ASYLUM_ROOT": str(root), "COLUMNS": "200", MARK: str(root)}
    command = [sys.executable, "-m", "helpers.cli", *arguments]
    return {"args": command, "cwd": root, "env": os.environ | known | environment}


def call(root: Path, *arguments: str, env: dict[str, str] | None = None, **options: Any) -> Answer:
    """Give the command in a checkout and return how it ended."""
    given = make_command(root, *arguments, **env or {})
    return subprocess.run(**given, text=True, capture_output=True, timeout=600, **options)


def start(root: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start the command in a checkout; its output is kept unless options send it elsewhere."""
    kept = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(**make_command(root, *arguments) | kept | options)


def find_processes(root: Path) -> list[psutil.Process]:
    """Return the living processes that commands in this checkout have started."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            is_marked = process.environ().get(MARK) == str(root)
            is_cells = process.cwd() == str(root / "notebooks")
            if (is_marked or is_cells) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def is_alive(pid: int) -> bool:
    """Tell whether a process goes on: one that has ended may wait to be reaped."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def wait_until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until a condition holds, and return what it gives; fail where it does not in time."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found
