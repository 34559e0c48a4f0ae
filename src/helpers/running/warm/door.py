"""The driver's side: start a warm parent, or find the one handed down, and ask it for kernels."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

from helpers.running.warm import preload, wire

# Tells a process that it has inherited a door: its number, the socket's own, so that another file
# of that number is never taken for it, and its key.
VARIABLE = "ASYLUM_WARM_DOOR"
# Differ from run to run, and nothing that a parent imports reads them before it is asked to.
_PASSING = {
    VARIABLE, "ASYLUM_DEBUG", "ASYLUM_KERNEL", "ASYLUM_ROOT", "COLUMNS", "IPYTHONDIR",
    "JPY_PARENT_PID", "JPY_SESSION_NAME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR", "LINES", "OLDPWD", "PWD", "PYTEST_CURRENT_TEST", "PYTEST_VERSION",
    "PYTEST_XDIST_TESTRUNUID", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "SHLVL", "_",
}  # fmt: skip
_PATIENCE = 2.0
_started: list[subprocess.Popen[bytes]] = []


class Refused(Exception):
    """The parent cannot give this kernel; the message says why."""


def is_supported() -> bool:
    """Tell whether this system can fork a process with libraries and watch it safely: Linux."""
    return sys.platform == "linux" and hasattr(os, "fork") and hasattr(os, "pidfd_open")


def make_key(python: str, environment: Mapping[str, str]) -> str:
    """Digest all that a kernel inherits and a request cannot set: what libraries met at import.

    Parameters
    ----------
    python : str
        The interpreter that a cold kernel would start.
    environment : mapping
        The kernel's.
    """
    import resource  # missing where nothing is forked

    limits = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    facts = {
        "python": python,
        "environment": {n: v for n, v in environment.items() if n not in _PASSING},
        "user": [os.getuid(), os.geteuid(), os.getgid(), *sorted(os.getgroups())],
        "limits": [resource.getrlimit(limit) for limit in sorted(set(limits))],
        "processors": sorted(os.sched_getaffinity(0)),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass
class Door:
    """A way in to a warm parent; closing it, or the end of this process, gives it up."""

    socket: socket.socket
    key: str
    pid: int = 0  # of a parent that this process has started

    def hand_down(self) -> dict[str, str]:
        """Return what a process that inherits this door's descriptor needs in its environment."""
        number = self.socket.fileno()
        return {VARIABLE: f"{number}:{os.fstat(number).st_ino}:{self.key}"}

    def ask(self, request: Mapping[str, Any], streams: Sequence[int]) -> tuple[int, wire.Reader]:
        """Have a kernel forked.

        Returns
        -------
        tuple
            Its process id, and the line that says when it has ended; a closed line ends it.

        Raises
        ------
        Refused
            Where the parent has gone, or its imports are not what this kernel would meet.
        """
        line, other = socket.socketpair()
        reader = wire.Reader(line)
        try:
            with other:
                socket.send_fds(self.socket, [b"+"], [other.fileno()])
            wire.send(line, {"kernel": dict(request)}, streams)
            while not reader.is_closed:
                for message in reader.read():
                    if "pid" in message:
                        line.setblocking(False)
                        return int(message["pid"]), reader
                    raise Refused(message["refused"])
        except OSError as error:
            line.close()
            raise Refused(f"it has gone: {error.strerror}") from None
        except Refused:
            line.close()
            raise
        line.close()
        raise Refused("it has gone")

    def close(self) -> None:
        """Give the door up: the parent ends when its last kernel has, or at once."""
        self.socket.close()


def open_door(
    python: str, environment: Mapping[str, str], key: str = "", log: IO[bytes] | None = None
) -> Door:
    """Start a warm parent; it imports while the caller goes on.

    Parameters
    ----------
    python : str
        The interpreter.
    environment : mapping
        Of the parent, and of the kernels that can be asked of it.
    key : str, optional
        As `make_key` gives it.
    log : file, optional
        Where the parent's own complaints go; stderr by default.
    """
    key = key or make_key(python, environment)
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        kept = {name: value for name, value in environment.items() if name != VARIABLE}
        process = subprocess.Popen(
            [python, "-m", "helpers.running.warm.parent", str(there.fileno())],
            cwd="/",
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=[there.fileno()],
            start_new_session=True,
        )
    _started.append(process)
    header = {"key": key, "modules": [*preload.LIBRARIES, *preload.list_own()]}
    here.send(json.dumps(header).encode())
    return Door(here, key, process.pid)


def find_inherited(key: str) -> Door | None:
    """Return the door that this process was given at its start, if it was and the key fits it."""
    number, inode, fitting = (*os.environ.get(VARIABLE, "").split(":"), "", "", "")[:3]
    with suppress(OSError, ValueError):
        if fitting == key and os.fstat(int(number)).st_ino == int(inode):
            return Door(socket.socket(fileno=os.dup(int(number))), key)
    return None


@contextmanager
def share_parent(
    environment: Mapping[str, str], log: IO[bytes] | None = None, *, is_warm: bool = True
) -> Iterator[Door | None]:
    """Keep a warm parent for processes to come; None where kernels are not to be warm, or cannot.

    Parameters
    ----------
    environment : mapping
        Of those processes. Each needs the door's descriptor, and what `hand_down` returns.
    """
    if not is_warm or not is_supported():
        yield None
        return
    key = make_key(sys.executable, environment)
    door = find_inherited(key) or open_door(sys.executable, environment, key, log)
    try:
        yield door
    finally:
        door.close()
        wait_for_parents()


def wait_for_parents(seconds: float = _PATIENCE) -> None:
    """Wait for the parents that this process has started, once their doors are closed.

    One that still serves another process is left to it.
    """
    end = time.monotonic() + seconds
    while _started:
        process = _started.pop()
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.returncode = 0  # nobody will ask
