"""How much memory a worker needs: itself, its kernel, and the warm parent that they come from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from helpers.running.processes import list_children, read_pss

_STEP = 0.05


def measure_peak(run: Callable[[], None], workers: Iterable[int], parent: int) -> float | None:
    """Return the most memory in use at a time while a function runs.

    Parameters
    ----------
    run : callable
    workers : iterable of int
        Process ids.
    parent : int
        The warm parent's process id; its children are the kernels.

    Returns
    -------
    float or None
        Megabytes, a page that several processes share counted once; None where the system does
        not say.
    """
    peak, is_over, fixed = 0, threading.Event(), [*workers, parent]

    def watch() -> None:
        nonlocal peak
        while not is_over.wait(_STEP):
            peak = max(peak, sum(map(read_pss, [*fixed, *list_children(parent)])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run()
    finally:
        is_over.set()
        watcher.join()
    return round(peak / 1024, 1) or None
