"""What goes wrong on a page while it is used: errors, and requests that leave the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Request, WebSocket

# A page may ask for files of this machine, for itself, and for what is served on it.
OWN_SCHEMES = {"file", "data", "blob", "about"}
OWN_HOSTS = {"127.0.0.1", "localhost", "::1"}


def is_own(address: str) -> bool:
    """Tell whether an address stays on this machine."""
    parts = urlsplit(address)
    return parts.hostname in OWN_HOSTS or (parts.scheme in OWN_SCHEMES and not parts.hostname)


class Record:
    """Everything that a page's context has complained of or asked for, from now on: `faults`."""

    def __init__(self, page: Page) -> None:
        self.faults: list[str] = []
        page.context.on("console", self._hear)
        page.context.on("weberror", lambda error: self.faults.append(f"page error: {error.error}"))
        page.context.on("request", self._note)
        page.context.on("requestfailed", self._note_failed)
        page.on("websocket", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = message.location.get("url", "")
            self.faults.append(f"console error: {message.text} ({place})")

    def _note(self, request: Request | WebSocket) -> None:
        if not is_own(request.url):
            self.faults.append(f"leaves the machine: {request.url}")

    def _note_failed(self, request: Request) -> None:
        # What leaving a page cuts off is no fault of the page.
        if is_own(request.url) and request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url}: {request.failure}")
