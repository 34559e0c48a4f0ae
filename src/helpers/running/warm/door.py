"""The driver's side: start a warm parent, or find the one handed down, and ask it for kernels."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from helpers.running.warm import preload, wire

# Tells a process that it has inherited a door: its number and the socket's own, so that another
# file of that number is never taken for it.
VARIABLE = "ASYLUM_WARM_DOOR"
# Differ from kernel to kernel, or say where a driver runs; no library reads them at import.
_PASSING = {
    VARIABLE, "COLUMNS", "JPY_PARENT_PID", "JPY_SESSION_NAME", "LINES", "OLDPWD", "PWD",
    "PYTEST_CURRENT_TEST", "PYTEST_XDIST_TESTRUNUID", "PYTEST_XDIST_WORKER", "SHLVL", "_",
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

    def hand_down(self) -> dict[str, str]:
        """Return what a process that inherits this door's descriptor needs in its environment."""
        number = self.socket.fileno()
        return {VARIABLE: f"{number}:{os.fstat(number).st_ino}"}

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


def open_door(python: str, environment: Mapping[str, str], key: str = "") -> Door:
    """Start a warm parent; it imports while the caller goes on.

    Parameters
    ----------
    python : str
        The interpreter.
    environment : mapping
        Of the parent, and of the kernels that can be asked of it.
    key : str, optional
        As `make_key` gives it.
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
            pass_fds=[there.fileno()],
            start_new_session=True,
        )
    _started.append(process)
    header = {"key": key, "modules": [*preload.LIBRARIES, *preload.OWN]}
    here.send(json.dumps(header).encode())
    return Door(here, key)


def find_inherited() -> Door | None:
    """Return the door that this process was given at its start, if it was."""
    number, _, inode = os.environ.get(VARIABLE, "").partition(":")
    with suppress(OSError, ValueError):
        if os.fstat(int(number)).st_ino == int(inode):
            os.set_inheritable(int(number), False)
            return Door(socket.socket(fileno=int(number)), "")
    return None


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
