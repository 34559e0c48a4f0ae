"""What a driver and the warm parent say to each other, and how.

The *door* keeps messages apart (SOCK_SEQPACKET); through it a driver hands in one end of a new
socket pair, which is then the *line* of one kernel. On a line both sides write JSON, a line of
text each:

    driver   {"kernel": {…}}, with the kernel's stdin, stdout and stderr;   {"signal": number}
    parent   {"pid": number} or {"refused": why};   {"ended": code}, as subprocess gives it

A closed line ends its kernel.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator, Sequence
from typing import Any

MOST_FDS = 3
_CHUNK = 65536


def send(line: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """Send one message, whole, with file descriptors at its head."""
    data = json.dumps(message).encode() + b"\n"
    if fds:
        sent = socket.send_fds(line, [data], list(fds))
        data = data[sent:]
    line.sendall(data)


class Reader:
    """Put the messages of a line together from the pieces in which they come.

    Attributes
    ----------
    fds : list of int
        Descriptors received and not yet taken.
    is_closed : bool
        True once the other side has gone.
    """

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.fds: list[int] = []
        self.is_closed = False
        self._rest = b""

    def read(self) -> Iterator[dict[str, Any]]:
        """Receive once, and yield the messages that are complete by now."""
        try:
            data, fds, _, _ = socket.recv_fds(self.line, _CHUNK, MOST_FDS)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data, fds = b"", []
        self.fds += fds
        self.is_closed = not data
        *whole, self._rest = (self._rest + data).split(b"\n")
        for each in whole:
            yield json.loads(each)


def find_peer(line: socket.socket) -> int:
    """Return the user id of the process that made the other end, as the system knows it."""
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(user)
