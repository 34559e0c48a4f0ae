"""The process that runs a notebook's cells: ipykernel's own kernel, without its sockets.

What the kernel would publish goes as JSON through a pipe instead, in ipykernel's own messages. So
outputs, tracebacks and pictures are those of a kernel.
"""

from __future__ import annotations

import asyncio
import codecs
import io
import json
import logging
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from traitlets.config import Config, SingletonConfigurable

_PATH = [folder for folder in sys.path if folder]  # before a driver's own is taken over
_FLUSH = 0.2  # seconds, as in ipykernel
_LOG = logging.getLogger(__name__)


class PipeSession(Session):
    """A session that sends messages through a pipe."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(key=b"")
        self._connection, self._sending = connection, threading.Lock()

    def send(  # type: ignore[override]
        self, _: Any, message: Any, content: Mapping[str, Any] | None = None, *__: Any, **___: Any
    ) -> None:
        """Send a message, given whole or as type and content; a forked child's are dropped."""
        if not isinstance(message, str):
            message, content = message["msg_type"], message["content"]
        head = {"msg_type": message}
        whole = {**head, "header": head, "parent_header": {}, "content": content}
        text = json.dumps(whole, default=json_default).encode()
        if os.getpid() == self.pid:
            with self._sending, suppress(BrokenPipeError):  # the driver has ended: see `_watch`
                self._connection.send_bytes(text)


class Stream(io.TextIOWrapper):
    """`sys.stdout` or `sys.stderr`: one pipe takes what Python, C and child processes write."""

    name: str = ""

    def __init__(self, name: str, number: int, session: PipeSession) -> None:
        self.name, self._session, self._sending = name, session, threading.Lock()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._text, self._since = "", 0.0
        self.source, sink = os.pipe()
        os.set_blocking(self.source, False)
        os.dup2(sink, number)
        os.close(sink)
        pipe = open(number, "wb", closefd=False)  # noqa: SIM115
        super().__init__(pipe, encoding="utf-8", newline="\n", line_buffering=True)

    def flush(self) -> None:
        """Send all that has been written; a forked child's goes by the pipe."""
        super().flush()
        if os.getpid() == self._session.pid:
            self.send()

    def send(self, older: float = 0.0) -> None:
        """Read the pipe, and send what was read where its start is so many seconds old."""
        with self._sending:
            with suppress(BlockingIOError):
                while data := os.read(self.source, 65536):
                    self._since = self._since if self._text else time.monotonic()
                    self._text += self._decode(data)
            if self._text and time.monotonic() - self._since >= older:
                text, self._text = self._text, ""
                self._session.send(None, "stream", {"name": self.name, "text": text})


class Shell(ZMQInteractiveShell):
    """ipykernel's shell; it keeps out of the user's folder and has no profile."""

    def enable_gui(self, gui: Any = None) -> None:
        """Have no windows; `%matplotlib inline` asks for none."""

    def init_ipython_dir(self, _: Any) -> None:
        """Keep out of the user's folder."""

    init_profile_dir = init_ipython_dir


class CellKernel(IPythonKernel):
    """ipykernel's kernel with no more than it needs to run a cell; it keeps no history."""

    def __init__(self, session: PipeSession) -> None:
        config = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
        SingletonConfigurable.__init__(self, session=session, config=config, log=_LOG)
        self.shell_channel_thread = SimpleNamespace(parent_thread=None)
        shell: Any = Shell.instance(
            parent=self, kernel=self, compiler_class=self.compiler_class, user_ns={}
        )
        shell.displayhook.session = shell.display_pub.session = session
        self.shell = shell


def serve(connection: Connection, folder: str, environment: Mapping[str, str]) -> None:
    """Run cells as they come, until there are no more or the driver has gone.

    The connection brings each cell's code, and None at the end; it takes the messages, a `reply`
    after each cell.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):  # which the process it is forked from ignores
        signal.signal(number, signal.SIG_DFL)
    os.setsid()  # a Ctrl-C reaches the driver alone, and all that cells start ends with them
    os.environ.clear()
    os.environ.update({"MPLBACKEND": "module://matplotlib_inline.backend_inline", **environment})
    os.chdir(folder)
    place = next((n for n, each in enumerate(_PATH) if each.endswith("site-packages")), 0)
    sys.path[:] = [*_PATH[:place], "", *_PATH[place:]]
    sys.argv = ["ipykernel_launcher.py"]
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    session = PipeSession(connection)
    kernel = CellKernel(session)
    session.send(None, "ready", {"language_info": kernel.language_info})
    streams = sys.stdout, sys.stderr = Stream("stdout", 1, session), Stream("stderr", 2, session)
    threading.Thread(target=_watch, args=(streams,), daemon=True).start()
    asyncio.run(_run_cells(kernel, streams, session, connection))


async def _run_cells(
    kernel: CellKernel, streams: tuple[Stream, ...], session: PipeSession, connection: Connection
) -> None:
    loop = asyncio.get_running_loop()
    shell: Any = kernel.shell
    receive = partial(loop.run_in_executor, None, connection.recv)
    with suppress(EOFError):
        while not shell.exit_now and (code := await receive()) is not None:
            session.send(None, "execute_input", {"execution_count": shell.execution_count})
            reply = await kernel.do_execute(code, silent=False)
            for stream in streams:
                stream.flush()
            session.send(None, "reply", reply)


def _watch(streams: tuple[Stream, ...]) -> None:
    """Read what is written, send what lies too long, and end with the driver."""
    driver = parent_process()
    assert driver is not None
    while driver.sentinel not in wait([driver.sentinel, *(s.source for s in streams)], _FLUSH / 4):
        for stream in streams:
            stream.send(older=_FLUSH)
        time.sleep(_FLUSH / 20)  # a cell that prints much is not held up for each line
    os.killpg(0, signal.SIGKILL)
