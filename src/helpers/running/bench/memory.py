"""How much memory a worker needs: itself, its kernel, and the warm parent that they come from."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

_STEP = 0.05
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.M)


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
            peak = max(peak, sum(map(_read_pss, [*fixed, *list_children(parent)])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run()
    finally:
        is_over.set()
        watcher.join()
    return round(peak / 1024, 1) or None


def list_children(parent: int) -> list[int]:
    """List the living children of a process; none where there is no /proc."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(file.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(file.parent.name))
    return found


def _read_pss(pid: int) -> int:
    """Return a process's kilobytes, its share of what it shares; 0 where it is gone."""
    with suppress(OSError):
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
        return int(found[1]) if found else 0
    return 0
