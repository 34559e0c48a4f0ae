"""The warm parent: imports and loads once, forks kernels on request, ends with its last user.

It has one thread, runs no code of a notebook, and opens neither a network socket nor a figure. It
is started by `door.open_door` as a process of its own: `python -m helpers.running.warm.parent FD`.
"""

from __future__ import annotations

import os
import sys
import time

if __name__ == "__main__" and sys.path[0] == os.getcwd():
    del sys.path[0]  # as ipykernel_launcher does: the working folder hides no library

import gc
import json
import selectors
import signal
import socket
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from helpers.running.warm import child, preload, wire

_HEADER = 65536
_PATIENCE = 20.0


class Kernel:
    """One line and the kernel that was forked for it."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.reader = wire.Reader(line)
        self.pid = 0
        self.watch = -1

    @property
    def is_alive(self) -> bool:
        """Tell whether there is a process that has not been waited for."""
        return self.watch >= 0

    def signal(self, number: int) -> None:
        """Send a signal to the kernel and all that it has started in its session's group.

        One that was forked a moment ago has no group of its own yet.
        """
        if self.is_alive:
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                with suppress(ProcessLookupError):
                    os.kill(self.pid, number)

    def answer(self, message: dict[str, Any]) -> None:
        """Tell the driver, unless it has gone."""
        with suppress(OSError):
            wire.send(self.line, message)


class Parent:
    """Serve the door and all lines until nobody holds any of them."""

    def __init__(self, door: socket.socket, key: str, guard: preload.Guard) -> None:
        self.door = door
        self.key = key
        self.guard = guard
        self.kernels: set[Kernel] = set()
        self.is_open = True
        self.selector = selectors.DefaultSelector()
        self.selector.register(door, selectors.EVENT_READ, self._admit)

    def serve(self) -> None:
        """Wait for what comes, until the door and every line are closed."""
        while self.is_open or self.kernels:
            for key, _ in self.selector.select():
                if key.fileobj in self.selector.get_map():
                    key.data()

    def _admit(self) -> None:
        """Take a new line from the door, of a process of the same user only."""
        message, fds, _, _ = socket.recv_fds(self.door, 16, 1)
        if not message and not fds:
            self.is_open = False
            self.selector.unregister(self.door)
            return
        for fd in fds:
            line = socket.socket(fileno=fd)
            if wire.find_peer(line) != os.geteuid():
                line.close()
                continue
            kernel = Kernel(line)
            self.kernels.add(kernel)
            self.selector.register(line, selectors.EVENT_READ, partial(self._listen, kernel))

    def _listen(self, kernel: Kernel) -> None:
        for message in kernel.reader.read():
            if "signal" in message:
                kernel.signal(int(message["signal"]))
            elif "kernel" in message:
                self._start(kernel, message["kernel"])
        if kernel.reader.is_closed:
            kernel.signal(signal.SIGKILL)
            self.selector.unregister(kernel.line)
            kernel.line.close()
            if not kernel.is_alive:
                self.kernels.discard(kernel)

    def _start(self, kernel: Kernel, request: dict[str, Any]) -> None:
        """Fork a kernel, unless what is imported here is not what a fresh one would import."""
        streams, kernel.reader.fds = kernel.reader.fds, []
        refusal = self._find_refusal(request, streams)
        if refusal:
            kernel.answer({"refused": refusal})
        else:
            self._fork(kernel, request, streams)
        for fd in streams:
            os.close(fd)

    def _fork(self, kernel: Kernel, request: dict[str, Any], streams: list[int]) -> None:
        parent = os.getpid()
        try:
            kernel.pid = os.fork()
        except OSError as error:  # no memory, or too many processes
            kernel.answer({"refused": f"it cannot fork: {error.strerror}"})
            return
        if kernel.pid == 0:
            child.run_kernel(request, streams, parent)
        kernel.watch = os.pidfd_open(kernel.pid)
        self.selector.register(kernel.watch, selectors.EVENT_READ, partial(self._bury, kernel))
        kernel.answer({"pid": kernel.pid})

    def _find_refusal(self, request: dict[str, Any], streams: list[int]) -> str:
        """Say why a kernel for this request has to come from another parent."""
        if request["key"] != self.key:
            return "another environment"
        if len(streams) != wire.MOST_FDS:
            return "streams are missing"
        return self.guard.find_change()

    def _bury(self, kernel: Kernel) -> None:
        """Wait for a kernel that has ended, and tell its driver how."""
        _, status = os.waitpid(kernel.pid, 0)
        self.selector.unregister(kernel.watch)
        os.close(kernel.watch)
        kernel.watch = -1
        kernel.answer({"ended": os.waitstatus_to_exitcode(status)})
        if kernel.reader.is_closed:
            self.kernels.discard(kernel)


def receive_header(door: socket.socket) -> dict[str, Any]:
    """Read what the first driver says: key, and the modules to import."""
    door.settimeout(_PATIENCE)
    header: dict[str, Any] = json.loads(door.recv(_HEADER))
    door.settimeout(None)
    return header


def main(arguments: Iterable[str]) -> None:
    """Import and load, then serve."""
    started = time.time_ns()
    door = socket.socket(fileno=int(next(iter(arguments))))
    os.set_inheritable(door.fileno(), False)
    header = receive_header(door)
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # read by ipykernel at import
    preload.import_all(header["modules"])
    guard = preload.Guard(started)
    gc.collect()
    gc.freeze()  # what is imported and loaded stays shared between the kernels
    gc.disable()
    Parent(door, str(header["key"]), guard).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)  # nothing is left to tidy, and a heap of libraries takes long to take down
