"""The kernel provisioner: what jupyter_client asks for a kernel of the name `asylum`."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import IO, Any, ClassVar

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from helpers.running.warm import door as doors
from helpers.running.warm import wire

_LAUNCHER = ["-m", "ipykernel_launcher"]
_STEP = 0.002
_PATIENCE = 1.0
_TRIES = 2


class ForkedProcess:
    """A forked kernel with the manners of `subprocess.Popen`, as far as a provisioner uses them."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, reader: wire.Reader) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._reader = reader

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel lives."""
        if self.returncode is None:
            for message in self._reader.read():
                self.returncode = int(message["ended"])
            if self.returncode is None and self._reader.is_closed:
                self.returncode = -signal.SIGKILL  # the parent has gone, and the kernel with it
            if self.returncode is not None:
                self._reader.line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and what it has started."""
        if self.poll() is None:
            try:
                wire.send(self._reader.line, {"signal": int(number)})
            except OSError:
                raise ProcessLookupError from None

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class WarmProvisioner(LocalProvisioner):
    """Fork kernels from a warm parent; where that cannot be, start them as usual and say so once.

    One parent serves all kernels of a process, and those of its children that were given its
    door. It ends when the last of them has ended.
    """

    process: Any
    _door: ClassVar[doors.Door | None] = None
    _said: ClassVar[set[str]] = set()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel, warm if possible."""
        process = None
        if not doors.is_supported():
            self._say_once("this system cannot fork a process safely")
        elif cmd[1:3] != _LAUNCHER:
            self._say_once(f"the command {' '.join(cmd[:3])} is not ipykernel's")
        else:
            process = self._fork(cmd, kwargs)
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd") or os.getcwd()
        return self.connection_info

    def _fork(self, cmd: list[str], kwargs: Mapping[str, Any]) -> ForkedProcess | None:
        """Ask the parent at hand; where it is stale or gone, a new one."""
        environment = dict(kwargs.get("env") or os.environ)
        environment.pop(doors.VARIABLE, None)
        key = doors.make_key(cmd[0], environment)
        request = {"key": key, "argv": cmd, "env": environment, "umask": _read_umask(),
                   "cwd": os.path.abspath(kwargs.get("cwd") or os.getcwd())}  # fmt: skip
        reason = ""
        for _ in range(_TRIES):
            door = self._find_door(cmd[0], environment, key)
            try:
                with _open_streams(kwargs) as streams:
                    return ForkedProcess(*door.ask(request, streams))
            except doors.Refused as error:
                reason = str(error)
                self._give_up(door)
        self._say_once(f"the warm parent refused: {reason}")
        return None

    def _find_door(self, python: str, environment: Mapping[str, str], key: str) -> doors.Door:
        """Return the door in use, one that was handed down, or a new one."""
        known = WarmProvisioner._door
        if known is not None and known.key != key:
            self._give_up(known)
            known = None
        if known is None:
            known = doors.find_inherited(key) or doors.open_door(python, environment, key)
            WarmProvisioner._door = known
        return known

    @classmethod
    def leave(cls) -> None:
        """Give up the door and see the parent end."""
        if cls._door is not None:
            cls._give_up(cls._door)
        doors.wait_for_parents()

    @staticmethod
    def _give_up(door: doors.Door) -> None:
        door.close()
        os.environ.pop(doors.VARIABLE, None)  # one that refused is not asked again
        if WarmProvisioner._door is door:
            WarmProvisioner._door = None

    def _say_once(self, reason: str) -> None:
        if reason not in self._said:
            self._said.add(reason)
            log = self.log or logging.getLogger(__name__)
            log.warning("kernels start cold, as python3 does: %s", reason)

    async def wait(self) -> int | None:
        """Wait for the kernel's end, in shorter steps than a tenth of a second."""
        if not isinstance(self.process, ForkedProcess):
            return await super().wait()
        while self.process.poll() is None:
            await asyncio.sleep(_STEP)
        code, self.process = self.process.returncode, None
        return code

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and see it gone: the caller pauses a tenth of a second where it is not."""
        await super().kill(restart=restart)
        if isinstance(self.process, ForkedProcess):
            end = time.monotonic() + _PATIENCE
            while self.process.poll() is None and time.monotonic() < end:
                await asyncio.sleep(_STEP)

    async def send_signal(self, signum: int) -> None:
        """Send a signal through the parent, which knows whether the kernel is still there."""
        if isinstance(self.process, ForkedProcess):
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)


atexit.register(WarmProvisioner.leave)


def _read_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _open_streams(kwargs: Mapping[str, Any]) -> Iterator[list[int]]:
    """Give descriptors for stdin, stdout and stderr, as Popen would read these arguments."""
    with ExitStack() as stack:
        nowhere = stack.enter_context(open(os.devnull, "r+b"))

        def find(given: int | IO[Any] | None, own: int) -> int:
            if given is None:
                return own
            if given == subprocess.STDOUT:
                return find(kwargs.get("stdout"), 1)
            if given in {subprocess.DEVNULL, subprocess.PIPE}:
                return nowhere.fileno()
            return given if isinstance(given, int) else given.fileno()

        yield [find(kwargs.get("stdin"), nowhere.fileno()), find(kwargs.get("stdout"), 1),
               find(kwargs.get("stderr"), 2)]  # fmt: skip
