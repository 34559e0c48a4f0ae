"""One browser for all tests that open a page: Chromium without a network, every request recorded.

`browser` is Chromium, started once a test module. `page_at(width, theme)` opens an empty page in a
context of its own; when the test ends, the page must have had no error and asked for nothing
beyond this machine. Where there is no Chromium these tests are skipped, and in CI they fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, NoReturn
from urllib.parse import urlsplit

import pytest

from helpers.publish.report import MISSING, QUIET, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebSocket

Theme, Forced = Literal["light", "dark"], Literal["none", "active"]
HEIGHT = 900
# Loopback passes by a proxy; whatever else a page asks for is sent to a port where nobody listens.
OFFLINE = (
    "--proxy-server=http://127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
    "--disable-quic",
)


def refuse_or_skip(reason: str) -> NoReturn:
    """Skip with the reason; in CI, where a browser has to be, fail."""
    if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        pytest.fail(f"{reason}; in CI the browser tests have to run", pytrace=False)
    pytest.skip(reason)


# A page may ask for files of this machine, for itself, and for what is served on it.
OWN_SCHEMES = {"file", "data", "blob", "about"}
OWN_HOSTS = {"127.0.0.1", "localhost", "::1"}


def is_own(address: str) -> bool:
    """Tell whether an address stays on this machine."""
    parts = urlsplit(address)
    return parts.hostname in OWN_HOSTS or (parts.scheme in OWN_SCHEMES and not parts.hostname)


def open_page(browser: Browser, width: int, theme: Theme) -> tuple[Page, list[str]]:
    """Open an empty page in a new context; a list takes all that goes wrong on it from now on."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=theme, reduced_motion="reduce",
        service_workers="block",
    )  # fmt: skip
    page, faults = context.new_page(), []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console error: {message.text} ({message.location.get('url', '')})")

    def note(request: Request | WebSocket) -> None:
        if not is_own(request.url):
            faults.append(f"leaves the machine: {request.url}")

    def note_failed(request: Request) -> None:
        # What leaving a page cuts off is no fault of the page.
        if is_own(request.url) and request.failure != "net::ERR_ABORTED":
            faults.append(f"failed: {request.url}: {request.failure}")

    context.on("console", hear)
    context.on("weberror", lambda error: faults.append(f"page error: {error.error}"))
    context.on("request", note)
    context.on("requestfailed", note_failed)
    page.on("websocket", note)
    return page, faults


# The colours have changed, and none is on its way to another.
TURNED = """theme => matchMedia(`(prefers-color-scheme: ${theme})`).matches
  && [undefined, theme].includes(document.documentElement.dataset.theme)
  && !document.getAnimations().length"""


def turn_page(page: Page, width: int, theme: Theme, forced: Forced = "none") -> None:
    """Give an open page another width, theme or forced colours, as a reader's device would."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme=theme, forced_colors=forced)
    page.wait_for_function(TURNED, arg=theme)


# Not for the session: while Playwright runs, no other test could start an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium, headless and offline."""
    executable = find_chromium()
    if executable is None:
        refuse_or_skip(MISSING)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        refuse_or_skip("no playwright: it comes with the extra `proofs`")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=[*OFFLINE, *QUIET])
        yield started
        started.close()


@pytest.fixture
def page_at(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return `page_at(width=1400, theme="light")`, which opens an empty page."""
    opened: list[tuple[Page, list[str]]] = []

    def open_one(width: int = 1400, theme: Theme = "light") -> Page:
        opened.append(open_page(browser, width, theme))
        return opened[-1][0]

    yield open_one
    faults = [fault for _, own in opened for fault in own]
    for page, _ in opened:
        page.context.close()
    assert not faults, "\n".join(faults)
