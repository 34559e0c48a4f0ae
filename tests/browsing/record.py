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
    """Everything that a page's context has complained of or asked for, from now on."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.failed: list[str] = []
        context = page.context
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._add_error(f"page error: {error.error}"))
        context.on("request", self._note)
        context.on("requestfailed", self._note_failed)
        page.on("websocket", self._note)

    @property
    def faults(self) -> list[str]:
        """Return all of it, one line each."""
        outside = [f"leaves the machine: {address}" for address in self.outside]
        return [*self.errors, *outside, *(f"failed: {each}" for each in self.failed)]

    def clear(self) -> None:
        """Forget what was seen, to go on with another page."""
        for seen in (self.errors, self.outside, self.failed):
            seen.clear()

    def _add_error(self, said: str) -> None:
        self.errors.append(said)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._add_error(f"console error: {message.text} ({message.location.get('url', '')})")

    def _note(self, request: Request | WebSocket) -> None:
        if not is_own(request.url):
            self.outside.append(request.url)

    def _note_failed(self, request: Request) -> None:
        # What leaving a page cuts off is no fault of the page.
        if is_own(request.url) and request.failure != "net::ERR_ABORTED":
            self.failed.append(f"{request.url}: {request.failure}")
