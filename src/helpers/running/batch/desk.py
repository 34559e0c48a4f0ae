"""A worker's desk: its own process for notebooks and its own warm parent, kept from task to task.

Both end with the worker however it ends, since they live on its open pipes. While a notebook runs,
its processes are held to the worker's memory, and it ends early where nobody waits for it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.running import results
from helpers.running.batch.shared import Shared, hash_shared
from helpers.running.batch.task import Answer, Task, pack, unpack
from helpers.running.jobs import Done, Failure, Job
from helpers.running.pairing import list_notebooks
from helpers.running.pool import Pool
from helpers.running.processes import list_descendants, read_pss, read_rss
from helpers.study import InputError

TOO_LARGE = "MemoryLimit"
LEFT = "Abandoned"
_STEP = 1.0

_shared = Shared()
_desk: Desk | None = None


class Desk:
    """One process that runs notebooks, started with the first and anew where it has died."""

    def __init__(self, scratch: Path, kernel: str) -> None:
        self.kernel = kernel
        self._scratch = Path(tempfile.mkdtemp(prefix="desk-", dir=scratch))
        self._pool = Pool(1, self._scratch, kernel)
        self._pool.__enter__()

    @property
    def is_alive(self) -> bool:
        """Tell whether the process is there."""
        return all(worker.poll() is None for worker in self._pool.workers) and bool(
            self._pool.workers
        )

    def run(self, job: Job, find_reason: Callable[[], str]) -> Done:
        """Run a notebook; end its process as soon as there is a reason to.

        Parameters
        ----------
        job : Job
            The notebook.
        find_reason : callable
            Returns a reason to end, or nothing; is asked every second.
        """
        ended, reasons = threading.Event(), list[str]()

        def watch() -> None:
            while not ended.wait(_STEP):
                reason = find_reason()
                if reason:
                    reasons.append(reason)
                    self._pool.stop()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            (done,) = self._pool.run([job])
        finally:
            ended.set()
            watcher.join()
        if reasons and done.failure:
            return Done(done.notebook, done.seconds, Failure(done.notebook, 0, *_split(reasons[0])))
        return done

    def close(self) -> None:
        """End the processes and remove their folder."""
        self._pool.__exit__()
        shutil.rmtree(self._scratch, ignore_errors=True)


def perform(task: Task) -> Answer:
    """Run a notebook on this worker, unless it stands on something else than the driver.

    Everything happens in a folder of the worker's own; what the notebook left is returned.
    """
    differing = _find_difference(task.shared)
    if differing:
        return Answer(None, differing=differing)
    from distributed import get_worker

    worker = get_worker()
    key = str(worker.get_current_task())
    limit = getattr(worker.memory_manager, "memory_limit", None)

    def find_reason() -> str:
        known = worker.state.tasks.get(key)
        if known is None or known.state == "cancelled":
            return f"{LEFT}: nobody waits for it any more"
        if limit and _is_over(limit):
            return f"{TOO_LARGE}: it needs over {limit / 1e6:,.0f} MB, this worker's limit"
        return ""

    scratch = Path(worker.local_directory)
    with tempfile.TemporaryDirectory(prefix="run-", dir=scratch) as name:
        return _perform_in(Path(name), task, _take_desk(scratch, task.kernel), find_reason)


def _find_difference(shared: str) -> dict[str, Any]:
    try:
        described = _shared.describe()
    except (InputError, OSError) as error:
        return {"error": str(error)}
    return {} if hash_shared(described) == shared else described


def _take_desk(scratch: Path, kernel: str) -> Desk:
    """Return the desk that stands, or a new one where it has died or is for another kernel."""
    global _desk
    if _desk is not None and (_desk.kernel != kernel or not _desk.is_alive):
        _desk.close()
        _desk = None
    if _desk is None:
        _desk = Desk(scratch, kernel)
    return _desk


def _perform_in(folder: Path, task: Task, desk: Desk, find_reason: Callable[[], str]) -> Answer:
    unpack(task.files, folder)
    (folder / "notebooks").mkdir(exist_ok=True)
    source = next(file for file in list_notebooks() if file.stem == task.notebook)
    output = folder / "notebooks" / f"{task.notebook}.ipynb"
    parameters = task.parameters | {"run_dir": str(folder)}
    done = desk.run(Job(str(source), str(output), parameters, task.kernel), find_reason)
    results.make_paths_final(folder, Path(task.place))
    return Answer(done, pack(folder, but=task.files))


def _is_over(limit: int) -> bool:
    """Tell whether this worker and all that it has started hold more bytes than they may.

    What they share is counted once; that takes the system long to tell, and is only asked where
    the quick count is over.
    """
    pids = [os.getpid(), *list_descendants(os.getpid())]
    return all(1024 * sum(map(read, pids)) > limit for read in (read_rss, read_pss))


def _split(reason: str) -> tuple[str, str]:
    name, _, said = reason.partition(": ")
    return name, said
