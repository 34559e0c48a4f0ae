"""The process that runs a notebook's cells: ipykernel's own shell, without its sockets.

What the shell would publish goes as JSON through a pipe instead, in ipykernel's own messages. So
outputs, tracebacks and pictures are those of a kernel.
"""

from __future__ import annotations

import asyncio
import builtins
import codecs
import getpass
import io
import json
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
from typing import Any, ClassVar

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import UsageError
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from traitlets.config import Config

_PATH = [folder for folder in sys.path if folder]  # before a driver's own is taken over
_FLUSH = 0.2  # seconds, as in ipykernel
_MARK = b"\0"


class PipeSession(Session):
    """A session that sends messages through a pipe."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(key=b"")
        self._connection = connection
        self._sending = threading.Lock()

    def send(  # type: ignore[override]
        self, _: Any, message: Any, content: Mapping[str, Any] | None = None, *__: Any, **___: Any
    ) -> None:
        """Send a message, given whole or as type and content; a forked child's are dropped."""
        if isinstance(message, str):
            message = {"msg_type": message, "content": content}
        head = {"msg_type": message["msg_type"]}
        whole = {**head, "header": head, "parent_header": {}, "content": message["content"]}
        text = json.dumps(whole, default=json_default).encode()
        if os.getpid() == self.pid:
            with self._sending:
                self._connection.send_bytes(text)


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr`, with what is written to its descriptor by any other way."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, name: str, number: int, session: PipeSession) -> None:
        self.name, self._number, self._session = name, number, session
        self._parts: list[str] = []
        self._since = 0.0
        self._writing = threading.RLock()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._is_read = threading.Event()
        self.source, sink = os.pipe()
        os.dup2(sink, number)
        os.close(sink)

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._number

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Take text; a forked child's goes by the descriptor."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._session.pid:
            return os.write(self._number, text.encode())
        with self._writing:
            self._since = self._since if self._parts else time.monotonic()
            self._parts.append(text)
        return len(text)

    def flush(self, older: float = 0.0) -> None:
        """Send what has been written, if it has been kept for so many seconds."""
        if os.getpid() != self._session.pid:
            return
        with self._writing:
            if self._parts and time.monotonic() - self._since >= older:
                content = {"name": self.name, "text": "".join(self._parts)}
                self._session.send(None, "stream", content)
                self._parts.clear()

    def read_descriptor(self) -> None:
        """Take what has come by the descriptor."""
        data = os.read(self.source, 65536)
        if _MARK in data:
            data = data.replace(_MARK, b"")
            self._is_read.set()
        if data:
            self.write(self._decode(data))

    def finish(self) -> None:
        """Send all that a cell has written, by whatever way."""
        self._is_read.clear()
        with suppress(OSError):
            os.write(self._number, _MARK)
            self._is_read.wait(1.0)
        self.flush()


class Shell(ZMQInteractiveShell):
    """ipykernel's shell; it keeps no history and no files."""

    input_refused: ClassVar[Any] = SimpleNamespace(_allow_stdin=False)

    @classmethod
    def make(cls, session: PipeSession) -> Shell:
        """Return the shell of this process, which publishes through a session."""
        config = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
        shell = cls.instance(
            config=config,
            kernel=SimpleNamespace(eventloop=None),
            compiler_class=XCachingCompiler,
        )
        publishers: tuple[Any, ...] = (shell.displayhook, shell.display_pub)
        for publisher in publishers:
            publisher.session = session
        builtins.input = partial(IPythonKernel.raw_input, cls.input_refused)
        getpass.getpass = partial(IPythonKernel.getpass, cls.input_refused)
        return shell

    def enable_gui(self, gui: Any = None) -> None:
        """Have no windows; `%matplotlib inline` asks for none."""
        if gui not in (None, "inline"):
            raise UsageError(f"no window of kind {gui!r} can be opened here")

    def init_ipython_dir(self, ipython_dir: str) -> None:
        """Keep out of the user's folder."""

    def init_profile_dir(self, profile_dir: Any) -> None:
        """Have no profile."""

    async def run(self, code: str) -> dict[str, Any]:
        """Run a cell as ipykernel does, in a running event loop, and return the reply."""
        transformed, failed = code, None
        try:
            transformed = self.transform_cell(code)
        except Exception:
            failed = sys.exc_info()
        given: dict[str, Any] = {"transformed_cell": transformed, "preprocessing_exc_tuple": failed}
        if self.should_run_async(code, **given):
            try:
                result = await self.run_cell_async(code, store_history=True, **given)
            finally:
                self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        else:
            result = self.run_cell(code, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if result.success and not getattr(self, "_last_traceback_during_displayhook", False):
            return {"status": "ok"}
        return {
            "status": "error",
            "ename": type(error).__name__,
            "evalue": str(error),
            "traceback": self._last_traceback or [],
        }


def serve(connection: Connection, folder: str, environment: Mapping[str, str]) -> None:
    """Run cells as they come, until there are no more or the driver has gone.

    Parameters
    ----------
    connection : Connection
        Brings each cell's code, None at the end; takes the messages, a `reply` after each cell.
    folder : str
        The working folder.
    environment : mapping
        The variables of the environment.
    """
    if hasattr(os, "setsid"):
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
    session, terminal = PipeSession(connection), os.dup(2)
    shell = Shell.make(session)
    session.send(None, "ready", {"language_info": IPythonKernel.language_info})
    streams = [Stream("stdout", 1, session), Stream("stderr", 2, session)]
    sys.stdout, sys.stderr = streams
    threading.Thread(target=_watch, args=(streams,), daemon=True).start()
    try:
        asyncio.run(_run_cells(shell, session, streams, connection))
    finally:
        os.dup2(terminal, 2)  # for whatever goes wrong outside a cell
        sys.stderr = sys.__stderr__


async def _run_cells(
    shell: Shell, session: PipeSession, streams: list[Stream], connection: Connection
) -> None:
    loop = asyncio.get_running_loop()
    while not shell.exit_now:
        try:
            code = await loop.run_in_executor(None, connection.recv)
        except EOFError:
            return
        if code is None:
            return
        session.send(None, "execute_input", {"execution_count": shell.execution_count})
        reply = await shell.run(code)
        for stream in streams:
            stream.finish()
        session.send(None, "reply", reply)


def _watch(streams: list[Stream]) -> None:
    """Read what is written past Python, send what lies too long, and end with the driver."""
    driver = parent_process()
    assert driver is not None
    gone = driver.sentinel
    while True:
        ready = wait([gone, *(stream.source for stream in streams)], _FLUSH / 4)
        if gone in ready:
            if hasattr(os, "killpg"):
                os.killpg(0, signal.SIGKILL)
            os._exit(1)
        for stream in streams:
            if stream.source in ready:
                stream.read_descriptor()
            stream.flush(older=_FLUSH)
