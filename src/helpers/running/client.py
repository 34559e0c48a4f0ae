"""Kernel clients that are ready as soon as their kernel is, for papermill and for nbval."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.client import KernelClient
from jupyter_client.manager import KernelManager
from jupyter_client.utils import run_sync

NOT_STARTED = "Kernel died before replying"
NOT_ANSWERED = "Kernel didn't respond"
_AHEAD = 2  # the one that is asked for, and the next
_STEP = 1.0
_HEARING = 0.05
_RECONNECT_MS = 5


class Prompt(KernelClient):
    """A client that is ready as soon as its kernel is.

    jupyter_client (8.10) flushes the output channel until a fifth of a second brings nothing. Here
    the end of our own question shows that the channel is heard and that nothing is left in it.
    """

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Connect, and where the kernel is not there yet, try again at once."""
        self.context.reconnect_ivl = _RECONNECT_MS
        super().start_channels(*args, **kwargs)

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers and its outputs are heard.

        Raises
        ------
        RuntimeError
            Where it dies first, or does not answer in time.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        asked: set[str] = set()
        while True:
            asked.add(self.kernel_info())
            if await self._is_answered() and await self._is_heard(asked):
                return
            if not await self._async_is_alive():
                raise RuntimeError(f"{NOT_STARTED} to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"{NOT_ANSWERED} in {timeout} seconds")

    async def _is_answered(self) -> bool:
        """Wait for an answer on the shell channel."""
        try:
            message = await self._async_get_shell_msg(timeout=_STEP)
        except Empty:
            return False
        if message["msg_type"] != "kernel_info_reply":
            return False
        self._handle_kernel_info_reply(message)
        return True

    async def _is_heard(self, asked: set[str]) -> bool:
        """Read outputs to the end of one of our questions."""
        while True:
            try:
                message = await self._async_get_iopub_msg(timeout=_HEARING)
            except Empty:
                return False
            is_end = message["content"].get("execution_state") == "idle"
            if is_end and message["parent_header"].get("msg_id") in asked:
                return True


@dataclass(frozen=True)
class Request:
    """Code to execute, with the options that nbclient gives."""

    code: str
    store_history: bool = True
    stop_on_error: bool = True


class PromptClient(Prompt, AsyncKernelClient):
    """The one for papermill, which waits in coroutines.

    Of the requests that are announced, the next is sent while one runs, so that the kernel need
    not wait until the answer has been read. It has to be a kernel that stops at an error.
    """

    wait_for_ready = Prompt._async_wait_for_ready

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._announced: deque[Request] = deque()
        self._sent: deque[tuple[Request, str]] = deque()

    def announce(self, requests: Iterable[Request]) -> None:
        """Say what will be asked, in order."""
        self._announced = deque(requests)

    def execute(self, code: str, **options: Any) -> str:  # type: ignore[override]
        """Send what was announced next, and return the id of what is asked for.

        Raises
        ------
        RuntimeError
            Where it is not what was announced.
        """
        request = Request(code, **options)
        while len(self._sent) < _AHEAD and self._announced:
            following = self._announced.popleft()
            self._sent.append((following, super().execute(**asdict(following))))
        if not self._sent:
            return str(super().execute(**asdict(request)))
        sent, message_id = self._sent.popleft()
        if sent != request:
            raise RuntimeError(f"asked to run {request}, announced was {sent}")
        return message_id


class BlockingPromptClient(Prompt, BlockingKernelClient):
    """The one for nbval, which knows none."""

    wait_for_ready = run_sync(Prompt._async_wait_for_ready)


class PromptManager(KernelManager):
    """jupyter_client's own manager, with a client that does not tarry."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client_factory = BlockingPromptClient
