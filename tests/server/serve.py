"""A stand-in for UNHCR's API on 127.0.0.1, whose failures can be switched on."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from server.answers import Answers

PREFIX = "/population/v1/"
HTML = b"<!doctype html><html><body><h1>Not here</h1></body></html>"
Change = Callable[[dict[str, Any]], Any]


@dataclass
class Fault:
    """One failure: which requests it strikes, how often, and what happens then.

    Attributes
    ----------
    path, page : str, int or None
        The requests that it strikes.
    is_probe : bool or None
        Whether it strikes those for one row, which count; None means these and the others.
    times : int
        How often it strikes.
    status, headers, body : int, dict, bytes or None
        What is answered instead.
    delay : float
        Seconds to wait before anything is answered.
    does_reset, cuts : bool
        Whether the connection is reset, or the body cut in the middle.
    drops : tuple of str
        Parameters that are ignored without a word, as unknown or misspelt ones are.
    change : callable or None
        Changes the right answer in place.
    """

    path: str = ""
    page: int | None = None
    is_probe: bool | None = False
    times: int = 10**9
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    delay: float = 0.0
    does_reset: bool = False
    cuts: bool = False
    drops: tuple[str, ...] = ()
    change: Change | None = None

    def strikes(self, path: str, params: dict[str, str]) -> bool:
        is_probe = params.get("limit") == "1"
        if self.path not in path or self.is_probe not in (None, is_probe):
            return False
        if self.page is not None and params.get("page") != str(self.page):
            return False
        self.times -= 1
        return self.times >= 0


@dataclass(frozen=True)
class Seen:
    """A request that came in."""

    moment: float
    path: str
    params: dict[str, str]
    agent: str


class StandIn(ThreadingHTTPServer):
    """The server; use it as a context, its address is `url`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answers: Answers) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.delay = 0.0  # seconds that every answer takes
        self.most_at_once = 0
        self.busy_seconds = 0.0  # in which at least one answer was under way
        self._since = 0.0
        self._under_way = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{PREFIX}"

    def __enter__(self) -> StandIn:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def reset(self) -> None:
        """Forget faults and requests."""
        self.faults, self.seen, self.delay, self.most_at_once = [], [], 0.0, 0

    def enter(self, seen: Seen) -> Fault | None:
        """Note a request and return the fault that strikes it."""
        with self.lock:
            self.seen.append(seen)
            self._since = self._since if self._under_way else time.monotonic()
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
            return next((one for one in self.faults if one.strikes(seen.path, seen.params)), None)

    def leave(self) -> None:
        with self.lock:
            self._under_way -= 1
            if not self._under_way:
                self.busy_seconds += time.monotonic() - self._since

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients are killed in the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        params = parse_qsl(address.query, keep_blank_values=True)
        path = address.path.removeprefix(PREFIX).rstrip("/")
        agent = self.headers.get("User-Agent", "")
        fault = self.server.enter(Seen(time.monotonic(), path, dict(params), agent))
        try:
            self._reply(path, params, fault)
        finally:
            self.server.leave()

    def _reply(self, path: str, params: list[tuple[str, str]], fault: Fault | None) -> None:
        time.sleep(self.server.delay)
        if fault is None:
            fault = Fault()
        time.sleep(fault.delay)
        if fault.does_reset:
            linger = struct.pack("ii", 1, 0)  # closing now sends a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            return
        if fault.body is not None or fault.status != 200:
            self._send(fault.status, fault.body or HTML, fault.headers)
            return
        kept = [each for each in params if each[0] not in fault.drops]
        answer = self.server.answers.answer(path, kept)
        if answer is None:
            self._send(404, HTML, {})
            return
        if fault.change:
            answer["items"] = [dict(item) for item in answer["items"]]
            fault.change(answer)
        body = json.dumps(answer).encode("utf-8")
        self._send(200, body[: len(body) // 2] if fault.cuts else body, fault.headers)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if body == HTML else "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""
