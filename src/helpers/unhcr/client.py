"""Ask UNHCR's API politely and survive what a network does.

Few requests at once, a set number a second, a limit in time for each, and retries with growing,
jittered waits that honour Retry-After. What fails for good is told as one of two things: the API
could not be reached, or its answer cannot be used.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any

import httpx
import stamina
from stamina.instrumentation import RetryDetails, get_on_retry_hooks, set_on_retry_hooks

from helpers import __version__
from helpers.study import InputError
from helpers.unhcr.endpoints import API_URL

USER_AGENT = f"asylum-eras/{__version__} (research notebooks on UNHCR's asylum statistics)"
LONGEST_WAIT = 300.0  # seconds; a server that asks for more is told of instead of waited for
JITTER = 0.25  # share of a wait that is added by chance
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_SHOWN = 120  # characters of a wrong answer that are quoted


class ApiUnreachableError(InputError):
    """The API gave no answer, after all retries."""


class AnswerError(InputError):
    """The API answered, and the answer is not what was asked for."""


class _TransientError(Exception):
    """A failure that is worth another try, with the wait in seconds that the server asked for."""

    def __init__(self, said: str, wait: float | None = None, *, has_answer: bool = False) -> None:
        super().__init__(said)
        self.wait = wait
        self.has_answer = has_answer


@dataclass(frozen=True)
class Settings:
    """How to ask: address, requests a second, how many at once, and patience.

    Attributes
    ----------
    url : str
        The API's address, ending in a slash.
    rate : float
        Requests a second at most.
    parallel : int
        Requests under way at once at most.
    timeout : float
        Seconds for one whole answer.
    retries : int
        Further tries after a failed one.
    retry_wait : float
        Seconds before the first further try; doubled for each that follows.
    """

    url: str = API_URL
    rate: float = 4.0
    parallel: int = 2
    timeout: float = 120.0
    retries: int = 5
    retry_wait: float = 2.0

    def __post_init__(self) -> None:
        address = httpx.URL(self.url)
        if address.scheme not in ("http", "https") or not address.host:
            raise InputError(f"API address {self.url!r} is none: it looks like {API_URL}")
        for name in ("rate", "parallel", "timeout", "retry_wait"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} must be above 0, not {getattr(self, name)}")
        if self.retries < 0:
            raise InputError(f"retries must be 0 or more, not {self.retries}")

    def locate(self, path: str) -> str:
        """Return an endpoint's address."""
        return f"{self.url.rstrip('/')}/{path}"


class Client:
    """An asynchronous client; use it as `async with Client(settings, report) as client`.

    Parameters
    ----------
    settings : Settings
        Address, pace and patience.
    report : callable
        Called with a sentence for each retry.
    """

    def __init__(self, settings: Settings, report: Callable[[str], None]) -> None:
        self.settings = settings
        self._report = report
        self._places = asyncio.Semaphore(settings.parallel)
        self._pace = Pacer(settings.rate)
        self._http = httpx.AsyncClient(
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            timeout=settings.timeout,
            follow_redirects=True,
            max_redirects=3,
        )

    async def __aenter__(self) -> Client:
        self._hooks = get_on_retry_hooks()
        set_on_retry_hooks([self._tell_retry])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        set_on_retry_hooks(self._hooks)
        await self._http.aclose()

    async def get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer's JSON object, with `items` in it.

        Raises
        ------
        ApiUnreachableError
            Where every try failed before an answer came.
        AnswerError
            Where the address is unknown, or every answer was no JSON object with items.
        """
        settings = self.settings
        try:
            async for attempt in stamina.retry_context(
                on=self._plan_retry,
                attempts=settings.retries + 1,
                timeout=None,
                wait_initial=settings.retry_wait,
                wait_max=60.0,
                wait_jitter=JITTER * settings.retry_wait,
            ):
                with attempt:
                    return await self._ask(settings.locate(path), params)
        except _TransientError as failure:
            raise self._tell_failure(path, failure) from None
        raise AssertionError("the retry loop ends by returning or raising")

    async def _ask(self, url: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Ask once, in turn."""
        try:
            async with self._places:
                await self._pace.wait()
                async with asyncio.timeout(self.settings.timeout):
                    response = await self._http.get(url, params=dict(params))
        except (TimeoutError, httpx.TimeoutException):
            raise _TransientError(f"no whole answer in {self.settings.timeout:g} s") from None
        except httpx.HTTPError as error:
            raise _TransientError(str(error) or type(error).__name__) from None
        try:
            return read_answer(response)
        except _TransientError as failure:
            self._pace.hold(min(failure.wait or 0.0, LONGEST_WAIT))
            raise

    @staticmethod
    def _plan_retry(error: Exception) -> bool | float:
        """Say whether to try again, and after how many seconds where the server said."""
        if not isinstance(error, _TransientError):
            return False
        if error.wait is None:
            return True
        if error.wait > LONGEST_WAIT:
            return False
        return error.wait * (1 + random.uniform(0, JITTER))

    def _tell_retry(self, details: RetryDetails) -> None:
        self._report(f"{details.caused_by}: trying again in {details.wait_for:.1f} s")

    def _tell_failure(self, path: str, failure: _TransientError) -> InputError:
        url = self.settings.locate(path)
        if failure.has_answer:
            return AnswerError(f"{url}: {failure} ({self.settings.retries + 1} tries)")
        if failure.wait is not None and failure.wait > LONGEST_WAIT:
            return ApiUnreachableError(f"{url}: {failure}, and asks to wait {failure.wait:.0f} s")
        return ApiUnreachableError(f"{url}: {failure} ({self.settings.retries + 1} tries)")


class Pacer:
    """Let requests start one after the other, at least 1/rate seconds apart."""

    def __init__(self, rate: float) -> None:
        self._gap = 1.0 / rate
        self._next = 0.0

    async def wait(self) -> None:
        """Sleep until this caller's turn."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._gap
        await asyncio.sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nobody start for so long: a server that asks one request to wait means all."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)


def read_answer(response: httpx.Response) -> dict[str, Any]:
    """Return a response's JSON object, or raise what it was instead."""
    if response.status_code in _RETRIED:
        asked = read_retry_after(response.headers.get("Retry-After"), dt.datetime.now(dt.UTC))
        raise _TransientError(f"the API answered {response.status_code}", asked)
    if response.status_code != 200:
        where = f"{response.url.copy_with(query=None)} answered {response.status_code}"
        raise AnswerError(f"{where}: is this the API's address, is the endpoint still there?")
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        said = "a web page" if b"<html" in response.content[:500].lower() else "broken JSON"
        raise _TransientError(f"the answer is {said}", has_answer=True) from None
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        said = f"the answer holds no items: {response.text[:_SHOWN].strip()}"
        raise _TransientError(said, has_answer=True)
    return answer


def read_retry_after(value: str | None, now: dt.datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or a date.

    >>> read_retry_after("7", dt.datetime.now(dt.UTC))
    7.0
    """
    if value is None or value.strip().isdigit():
        return None if value is None else float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:  # an obsolete form without a zone means Greenwich
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - now).total_seconds())
