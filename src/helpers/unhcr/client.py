"""Ask UNHCR's API politely and survive what a network does.

One request after the other, so many a second, a limit in time and in size for each, and retries
with growing, jittered waits that honour Retry-After. What fails for good is one of two things: the
API could not be reached, or its answer cannot be used.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import stamina
from stamina.instrumentation import set_on_retry_hooks

from helpers import __version__
from helpers.study import InputError
from helpers.unhcr import FetchOptions

USER_AGENT = f"asylum-eras/{__version__} (research notebooks on UNHCR's asylum statistics)"
LONGEST_WAIT = 300.0  # seconds; a server that asks for more is reported instead of waited for
JITTER = 0.25  # share of a wait that is added by chance
MOST_BYTES = 12_000_000  # of one answer; a page of 10,000 rows takes 5 MB
MOST_DIGITS = 15  # of a number
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


class ApiUnreachableError(InputError):
    """The API gave no answer, after all retries."""


class AnswerError(InputError):
    """The API answered, and the answer is not what was asked for."""


@dataclass
class _TransientError(Exception):
    """A failure worth another try: what it is in the end, and the wait that the server asks for."""

    said: str
    kind: type[InputError] = ApiUnreachableError
    wait: float | None = None


def quote(value: object, most: int = 40) -> str:
    r"""Return what a server sent as one short line without control characters.

    >>> quote("a\x1b[2Jb\nc")
    'a [2Jb c'
    """
    text = str(value)
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:most])
    return " ".join(shown.split()) + "…" * (len(text) > most)


def parse_address(text: str) -> httpx.URL:
    """Return the API's address; a refusal does not quote it, since it may hold a password."""
    try:
        address = httpx.URL(text)
    except (httpx.InvalidURL, ValueError, TypeError):
        address = httpx.URL("")
    is_port = address.port is None or 0 < address.port < 65536
    if address.scheme not in ("http", "https") or not address.host or not is_port:
        raise InputError(f"--api-url is no API address: it looks like {FetchOptions.api_url}")
    return address


def hide_secrets(address: httpx.URL) -> str:
    """Return an address without user, password, query and fragment.

    >>> hide_secrets(httpx.URL("https://me:secret@example.org/v1/?key=secret"))
    'https://example.org/v1/'
    """
    return str(address.copy_with(username="", password="", query=None, fragment=None))


class Client:
    """Asks one question after the other; `say` is called with a sentence for each retry."""

    def __init__(self, options: FetchOptions, say: Callable[[str], None]) -> None:
        self.options = options
        self.url = parse_address(options.api_url)
        self._next = 0.0
        self._tries = options.retries + 1
        set_on_retry_hooks([
            lambda retry: say(f"{retry.caused_by.said}: try {retry.retry_num + 1} of {self._tries}")
        ])  # fmt: skip
        self._call = stamina.RetryingCaller(
            attempts=self._tries,
            timeout=None,
            wait_initial=options.retry_wait,
            wait_max=60.0,
            wait_jitter=JITTER * options.retry_wait,
        ).on(_plan_retry)
        kinds = {"Accept": "application/json", "Accept-Encoding": "identity"}
        self._http = httpx.Client(
            headers={"User-Agent": USER_AGENT, **kinds}, timeout=options.timeout
        )
        self.close = self._http.close

    def get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer's JSON object, with a list `items` of at most `limit` rows in it.

        ApiUnreachableError where every try failed before an answer came; AnswerError where the
        address is unknown, the answer too large, or every answer no JSON object with items.
        """
        url = self.url.copy_with(path=f"{self.url.path.rstrip('/')}/{path}")
        try:
            return self._call(self._ask, url.copy_merge_params(dict(params)), int(params["limit"]))
        except AnswerError as error:
            raise AnswerError(f"{hide_secrets(url)}: {error}") from None
        except _TransientError as failure:
            more = f" ({self._tries} tries)"
            if failure.wait is not None and failure.wait > LONGEST_WAIT:
                more = f", and asks to wait {failure.wait:.0f} s"
            raise failure.kind(f"{hide_secrets(url)}: {failure.said}{more}") from None

    def _ask(self, url: httpx.URL, limit: int) -> dict[str, Any]:
        time.sleep(max(0.0, self._next - time.monotonic()))
        started = time.monotonic()
        self._next = started + 1.0 / self.options.rate
        late = f"no whole answer in {self.options.timeout:g} s"
        try:
            with self._http.stream("GET", url) as response:
                _check_status(response)
                body = bytearray()
                for chunk in response.iter_raw():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise AnswerError(f"the answer is larger than {MOST_BYTES:,} bytes")
                    if time.monotonic() - started > self.options.timeout:
                        raise _TransientError(late)
        except httpx.TimeoutException:
            raise _TransientError(late) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _TransientError(quote(error, 200) or type(error).__name__) from None
        return _read_answer(body, limit)


def _plan_retry(error: Exception) -> bool | float:
    """Say whether to try again, and after how many seconds where the server said."""
    if not isinstance(error, _TransientError):
        return False
    if error.wait is None:
        return True
    return error.wait <= LONGEST_WAIT and error.wait * random.uniform(1, 1 + JITTER)


def _check_status(response: httpx.Response) -> None:
    """Raise where a response is none that holds an answer as it was asked for."""
    status = response.status_code
    if status in _RETRIED:
        asked = read_retry_after(response.headers.get("Retry-After", ""), dt.datetime.now(dt.UTC))
        raise _TransientError(f"the API answered {status}", wait=asked)
    if response.has_redirect_location:
        target = hide_secrets(response.url.join(response.headers["Location"]))
        raise AnswerError(
            f"answered {status} and points to {target}, which is not followed: if that is the "
            "API's new address, give it with --api-url"
        )
    if status != 200:
        raise AnswerError(f"answered {status}: is this the API's address, is the path still there?")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise AnswerError("the answer is compressed, which was not asked for")


def _read_answer(body: bytearray, limit: int) -> dict[str, Any]:
    """Return an answer's JSON object, or raise what it was instead.

    Rows are flat objects, so more brackets than rows are refused before they take twenty times
    their size in memory.
    """
    if b"<html" in body[:500].lower():
        raise _TransientError("the answer is a web page", AnswerError)
    if body.count(b"{") + body.count(b"[") > limit + 200:
        raise AnswerError(f"the answer holds more than the {limit:,} rows asked for")
    try:
        answer = json.loads(body, parse_int=_read_integer)
    except AnswerError:
        raise
    except (ValueError, RecursionError):
        raise _TransientError("the answer is broken JSON", AnswerError) from None
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        shown = quote(body[:400].decode("utf-8", "replace"), 120)
        raise _TransientError(f"the answer holds no items: {shown}", AnswerError)
    if len(answer["items"]) > limit:
        raise AnswerError(
            f"{len(answer['items']):,} rows came where at most {limit:,} were asked for"
        )
    return answer


def _read_integer(text: str) -> int:
    if len(text) > MOST_DIGITS + 1:
        raise AnswerError(f"the answer holds a number of {len(text)} digits, {quote(text, 20)}")
    return int(text)


def read_retry_after(value: str, now: dt.datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or a date.

    >>> read_retry_after("7", dt.datetime.now(dt.UTC))
    7.0
    """
    if value.strip().isascii() and value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:  # an obsolete form without a zone means Greenwich
            moment = moment.replace(tzinfo=dt.UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, OverflowError):
        return None
