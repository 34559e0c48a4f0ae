"""The papermill engine `asylum`: cells run in a process that has the libraries loaded already.

    papermill --engine asylum notebook.ipynb executed.ipynb -p year_to 2021

Each notebook has a process of its own, forked by the standard library's forkserver; where
libraries do not survive a fork, it is started anew. nbclient puts the outputs together, as it does
with a kernel.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from types import ModuleType
from typing import Any
from unittest import mock

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.iorw import write_ipynb
from papermill.log import logger

from helpers.study import InputError

NAME = "asylum"
# As text, so that this process need not import what the cells' process does.
_SERVE = "from helpers.running.cells import serve; serve(connection, folder, environment)"
# forkserver's socket lies below the temporary folder, and a socket's address has 107 bytes.
_IS_FORKED = sys.platform == "linux" and len(os.fsencode(tempfile.gettempdir())) <= 75
_HANDLES = 48  # files that a run has open at a time, with room to spare
_MOST_HANDLES = 65_536  # where the system sets no limit, or a vast one
_PATIENCE = 5.0  # seconds that a process may take to end
_LONGEST_WAIT = 1.0  # seconds
_context: Any = multiprocessing.get_context("forkserver" if _IS_FORKED else "spawn")
_lock = threading.RLock()  # multiprocessing's own records know no threads
_alive: set[Any] = set()
_started: list[bool] = []  # once: other threads read the environment


def take_handles(needed: int = _HANDLES) -> None:
    """Let this process, and those that it starts, open as many files as the system allows.

    Raises InputError where that is fewer than needed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_HANDLES if hard == resource.RLIM_INFINITY else min(hard, _MOST_HANDLES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(ValueError, OSError):  # the system has a limit besides
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    if soft != resource.RLIM_INFINITY and soft < needed:
        said = "raise the hard limit (ulimit -Hn), or take fewer workers"
        raise InputError(f"{needed} files have to be open at a time, and {soft} may be: {said}")


def start(environment: Mapping[str, str]) -> None:
    """Start what others are forked from, with these variables; it loads in the background."""
    take_handles()
    with _lock:
        if _IS_FORKED and not _started:
            _context.set_forkserver_preload(["helpers.running.preload"])
            own = {**environment, "ASYLUM_DRIVER": str(os.getpid())}
            with mock.patch.dict(os.environ, own, clear=True):
                forkserver.ensure_running()
            _started.append(True)


def stop() -> None:
    """End every process that runs cells, with all that it has started."""
    for process in list(_alive):
        _kill(process)


@contextmanager
def _open_process(folder: str, environment: Mapping[str, str]) -> Iterator[tuple[Any, Any]]:
    """Start a process that runs one notebook's cells, and give it with the way to it."""
    connection, theirs = _context.Pipe()
    given = {"connection": theirs, "folder": folder, "environment": dict(environment)}
    process = _context.Process(target=exec, args=(_SERVE, given))
    start(environment)
    no_main = {"__main__": ModuleType("__main__")}  # multiprocessing would import this program's
    with _lock, mock.patch.dict(sys.modules, no_main):
        process.start()
    _alive.add(process)
    theirs.close()
    try:
        yield process, connection
        with suppress(OSError):
            connection.send(None)
        _join(process)
    finally:
        _kill(process)
        _join(process)
        connection.close()
        _alive.discard(process)


def _join(process: Any) -> int | None:
    """Wait a while for the end, and return the exit code; None where it still lives."""
    with _lock:
        process.join(_PATIENCE)
        return None if process.exitcode is None else int(process.exitcode)


def _kill(process: Any) -> None:
    """End a process and what it has started, where there is something left."""
    for end in (lambda: os.killpg(process.pid, signal.SIGKILL), process.kill):
        with suppress(OSError):  # it has ended, or has no group yet
            end()


class CellClient(PapermillNotebookClient):
    """Papermill's client of a process that is no kernel."""

    process: Any
    connection: Any

    def execute(self, **_: Any) -> Any:
        """Run the notebook's cells in order, up to the first that fails."""
        self.reset_execution_trackers()
        try:
            ready = self._receive(time.monotonic() + self.startup_timeout)
        except TimeoutError:
            said = f"no process for the cells in {self.startup_timeout} seconds"
            raise DeadKernelError(said) from None
        self.nb.metadata["language_info"] = ready["content"]["language_info"]
        self.papermill_execute_cells()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_: Any) -> Any:
        """Run one cell, and raise as nbclient does where it fails or takes too long."""
        tags = cell.metadata.get("tags", [])
        is_code = cell.cell_type == "code" and cell.source.strip()
        if not is_code or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        timeout = self._get_timeout(cell)
        end = math.inf if timeout is None else time.monotonic() + timeout
        with suppress(OSError):
            self.connection.send(cell.source)
        try:
            while (message := self._receive(end))["msg_type"] != "reply":
                self.process_message(message, cell, cell_index)
        except TimeoutError:
            said = "Cell execution timed out"
            raise CellTimeoutError.error_from_timeout_and_cell(said, timeout, cell) from None
        reply = message["content"]
        is_allowed = self.allow_errors or "raises-exception" in tags
        if reply["status"] == "error" and not is_allowed:
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    def _receive(self, end: float) -> dict[str, Any]:
        """Wait for one message until a time, and say how the process ended where it has.

        A signal that comes just before a wait begins is heard when that ends: no wait is long.
        """
        try:
            while not self.connection.poll(min(_LONGEST_WAIT, max(0.0, end - time.monotonic()))):
                if time.monotonic() >= end:
                    raise TimeoutError
            return dict(json.loads(self.connection.recv_bytes()))
        except (EOFError, ConnectionError):
            code = _join(self.process)
            how = f"by {signal.Signals(-code).name}" if code and code < 0 else f"with code {code}"
            raise DeadKernelError(f"the process of the cells ended {how}") from None


class AsylumEngine(Engine):
    """What papermill calls."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        folder: str | None = None,
        environment: Mapping[str, str] | None = None,
        partial: str | None = None,
        input_path: str | None = None,
        **options: Any,
    ) -> None:
        """Execute a notebook on this Python, whatever kernel it names.

        Time limits are seconds: until the process is ready, and for each cell. `folder` and
        `environment` are the cells' working folder and variables, by default this process's;
        `partial` is where the notebook is saved if the process ends or is stopped, since papermill
        saves it only where a cell fails; further options are those of nbclient's NotebookClient.
        """
        options |= {"startup_timeout": start_timeout, "timeout": execution_timeout, "log": logger}
        client = CellClient(nb_man, record_timing=False, **options)
        place = folder or os.getcwd(), os.environ if environment is None else environment
        try:
            with _open_process(*place) as (client.process, client.connection):
                client.execute()
        except BaseException:
            if partial:
                write_ipynb(nb_man.nb, partial)
            raise


# The entry point names this module, which papermill may load half-way through its own import.
execute_notebook = AsylumEngine.execute_notebook
nb_kernel_name = AsylumEngine.nb_kernel_name
nb_language = AsylumEngine.nb_language
