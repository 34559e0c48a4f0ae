"""Papermill's engine without its waits: saved once, asked without pauses, ended at once.

A run takes its place as a whole, so that a notebook saved after every cell would be work for
nobody; where it fails, what there is of it is saved all the same.
"""

from __future__ import annotations

import time
import weakref
from queue import Empty
from typing import Any, ClassVar

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import write_ipynb

NAME = "asylum"
NOT_STARTED = "Kernel died before replying"
_STEP = 1.0
_HEARING = 0.05
_RECONNECT_MS = 5


class PromptClient(AsyncKernelClient):
    """A client that is ready as soon as its kernel is.

    jupyter_client (8.10) flushes the output channel until a fifth of a second brings nothing. Here
    the end of our own question shows that the channel is heard and that nothing is left in it.
    """

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Connect, and where the kernel is not there yet, try again at once."""
        self.context.reconnect_ivl = _RECONNECT_MS
        super().start_channels(*args, **kwargs)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
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
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _is_answered(self) -> bool:
        """Wait for an answer on the shell channel."""
        try:
            message = await self.get_shell_msg(timeout=_STEP)
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
                message = await self.get_iopub_msg(timeout=_HEARING)
            except Empty:
                return False
            is_end = message["content"].get("execution_state") == "idle"
            if is_end and message["parent_header"].get("msg_id") in asked:
                return True


class WatchedKernelManager(AsyncKernelManager):
    """A kernel manager that can be found again, so that its kernel can be ended at any time."""

    alive: ClassVar[weakref.WeakSet[WatchedKernelManager]] = weakref.WeakSet()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client_factory = PromptClient
        self.alive.add(self)


class WholeEngine(NBClientEngine):
    """Papermill's own engine; a notebook that cannot be run to its end is saved as far as it ran.

    Papermill itself saves where a cell has failed, but not where the kernel has died.
    """

    @classmethod
    def execute_notebook(cls, nb: Any, *args: Any, partial: str = "", **kwargs: Any) -> Any:
        """Execute a notebook; `partial` is where it goes if that fails."""
        try:
            return super().execute_notebook(nb, *args, **kwargs)
        except BaseException:
            write_ipynb(nb, partial)
            raise


papermill_engines.register(NAME, WholeEngine)
