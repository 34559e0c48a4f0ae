"""The `asylum` command as a process of its own, in any checkout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

FORKER = Path(__file__).with_name("forker.py")


@dataclass(frozen=True)
class Ended:
    """How a process ended: its code (negative for a signal) and what it printed."""

    code: int
    out: str
    err: str


class Forker:
    """Starts commands in milliseconds; use it as a context."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="asylum-forker-")
        self._count = 0

    def __enter__(self) -> Forker:
        self._process = subprocess.Popen(
            [sys.executable, "-P", FORKER], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()  # no more requests: it ends
        self._folder.cleanup()

    def start(self, root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Running:
        """Start a command in a checkout."""
        self._count += 1
        out, err = (Path(self._folder.name) / f"{self._count}.{end}" for end in ("out", "err"))
        pid = self.ask({
            "arguments": arguments, "cwd": str(root), "out": str(out), "err": str(err),
            "env": {"ASYLUM_ROOT": str(root), "COLUMNS": "200", **(env or {})},
        })  # fmt: skip
        return Running(self, pid, out, err)

    def run(self, root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Ended:
        """Run a command to its end."""
        return self.start(root, *arguments, env=env).wait()

    def ask(self, request: Mapping[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@dataclass
class Running:
    """A command under way."""

    forker: Forker
    pid: int
    out: Path
    err: Path

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)

    def wait(self) -> Ended:
        code = self.forker.ask({"wait": self.pid})
        return Ended(code, self.out.read_text(), self.err.read_text())
