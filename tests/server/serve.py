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

    `is_probe` says whether it strikes those for one row, which count; None means these and others.
    `status`, `headers` and `body` are answered instead, after `delay` seconds; or the connection is
    reset, the body cut in the middle, parameters are ignored without a word (`drops`), or the right
    answer is changed in place.
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
        self.faults, self.seen, self.delay = [], [], 0.0

    def enter(self, seen: Seen) -> Fault:
        """Note a request and return the fault that strikes it, or one that does nothing."""
        with self.lock:
            self.seen.append(seen)
            striking = (one for one in self.faults if one.strikes(seen.path, seen.params))
            return next(striking, Fault())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        params = parse_qsl(address.query, keep_blank_values=True)
        path = address.path.removeprefix(PREFIX).rstrip("/")
        agent = self.headers.get("User-Agent", "")
        fault = self.server.enter(Seen(time.monotonic(), path, dict(params), agent))
        time.sleep(self.server.delay + fault.delay)
        if fault.does_reset:
            linger = struct.pack("ii", 1, 0)  # closing now sends a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            return
        if fault.body is not None or fault.status != 200:
            self._send(fault.status, fault.body if fault.body is not None else HTML, fault.headers)
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
