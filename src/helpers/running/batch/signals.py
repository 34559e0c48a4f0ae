"""Let a signal stop a batch in an orderly way, wherever the event loop happens to be.

A handler that raises does so in whatever code is running: in a callback or while an object is
cleared away, the exception is lost and the batch goes on. Here a signal cancels the task, and the
handler that stood before is called when the loop has ended.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")


def run_stoppable(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a coroutine to its end, or until a signal that somebody handles asks to stop.

    Raises
    ------
    BaseException
        Whatever the handler of that signal raises; `asyncio.CancelledError` where it returns.
    """
    handlers = _find_handlers()
    seen: list[int] = []
    try:
        return asyncio.run(_cancel_on(work, tuple(handlers), seen))
    except asyncio.CancelledError:
        for number in seen:
            handlers[number](number, None)
        raise
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _find_handlers() -> dict[int, Any]:
    """Return the stopping signals that a function handles; none outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    numbers = [int(getattr(signal, name)) for name in _STOPPING if hasattr(signal, name)]
    found = {number: signal.getsignal(number) for number in numbers}
    return {number: handler for number, handler in found.items() if callable(handler)}


async def _cancel_on(
    work: Coroutine[Any, Any, Answer], numbers: tuple[int, ...], seen: list[int]
) -> Answer:
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()

    def stop(number: int) -> None:
        seen.append(number)
        task.cancel()

    for number in numbers:
        loop.add_signal_handler(number, stop, number)
    return await task
