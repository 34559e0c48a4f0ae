"""The `asylum` command as a process of its own, in any checkout.

A start of Python with pandas takes seconds; a fork of a process that has imported it, milliseconds.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import mkdtemp

from plain.processes import Answer

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["pytest", "helpers.cli", "helpers.unhcr.update"])


@dataclass
class Running:
    """A command under way; what it prints is in the files `out` and `err` of a folder."""

    process: BaseProcess
    folder: Path

    def kill(self, number: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(self.process.pid or 0, number)

    def wait(self) -> Answer:
        """Wait for its end; the code of one that a signal ended is negative."""
        self.process.join()
        printed = ((self.folder / name).read_text() for name in ("out", "err"))
        return Answer(self.process.name, self.process.exitcode or 0, *printed)


class Forker:
    """Starts commands; what they print goes into files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Running:
        """Start a command in a checkout."""
        own = Path(mkdtemp(dir=self.folder))
        for name in ("out", "err"):  # they are there although it is killed at once
            (own / name).touch()
        given = {"ASYLUM_ROOT": str(root), "COLUMNS": "200", **(env or {})}
        process = CONTEXT.Process(target=be_command, args=(root, own, arguments, given))
        process.start()
        return Running(process, own)

    def run(self, root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        """Run a command to its end."""
        return self.start(root, *arguments, env=env).wait()


def be_command(root: Path, own: Path, arguments: tuple[str, ...], env: dict[str, str]) -> None:
    """Become the command, in the forked process."""
    from helpers.cli import main

    # Its own forkserver has a folder of its own, which goes with it; this one's must stay.
    multiprocessing.current_process()._config.pop("tempdir", None)
    os.chdir(root)
    os.environ |= env
    for number, file in enumerate((Path(os.devnull), own / "out", own / "err")):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), number)
    sys.argv = ["asylum", *arguments]
    main()
