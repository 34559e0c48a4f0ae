"""Run one notebook with papermill, and say what failed in it.

A failing cell is no exception here but a `Failure`, because the partial notebook is a result
too: it holds everything up to the error, and papermill marks the cell.
"""

from __future__ import annotations

import time
import weakref
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.manager import AsyncKernelManager

from helpers.running.jobs import Done, Failure, Job
from helpers.running.pairing import read_source

NOT_STARTED = "Kernel died before replying"
_STARTS = 3
_INJECTED = "injected-parameters"
_ERROR_MARK = "papermill-error-cell-tag"


class WatchedKernelManager(AsyncKernelManager):
    """A kernel manager that can be found again, so that its kernel can be ended at any time."""

    alive: ClassVar[weakref.WeakSet[WatchedKernelManager]] = weakref.WeakSet()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alive.add(self)


def run_notebook(job: Job) -> Done:
    """Run a notebook in the folder of its source and write the executed one.

    Parameters
    ----------
    job : Job
        What to run. No parameters: nothing is injected and the notebook's own defaults hold.

    Returns
    -------
    Done
        With a `Failure` where a cell failed or the kernel died; the partial notebook is written.
    """
    from papermill.exceptions import PapermillExecutionError

    source = Path(job.source)
    start = time.perf_counter()
    failure = None
    try:
        _execute(job)
    except PapermillExecutionError as error:
        cell = _count_source_cells(Path(job.output), error.cell_index)
        failure = Failure(source.stem, cell, str(error.ename), str(error.evalue))
    except Exception as error:  # a dead kernel, a full disk: reported, never a traceback
        failure = Failure(source.stem, 0, type(error).__name__, str(error))
    return Done(source.stem, round(time.perf_counter() - start, 2), failure)


def _execute(job: Job) -> None:
    """Execute with papermill; a kernel that did not come up is started again.

    Ports are chosen before they are bound, so two kernels that start at one moment may choose
    the same (jupyter_client, thread 487). No cell has run then, so another try is safe.
    """
    import papermill

    for left in reversed(range(_STARTS)):
        try:
            papermill.execute_notebook(
                read_source(Path(job.source)),
                job.output,
                parameters=job.parameters,
                kernel_name=job.kernel,
                progress_bar=False,
                cwd=str(Path(job.source).parent),
                kernel_manager_class=WatchedKernelManager,
                shutdown_kernel="immediate",
            )
            return
        except RuntimeError as error:
            if NOT_STARTED not in str(error) or not left:
                raise


def _count_source_cells(output: Path, index: int) -> int:
    """Turn papermill's cell index into the source's count, which knows no injected cell."""
    import nbformat

    cells = nbformat.read(output, as_version=4).cells
    kept = [cell for cell in cells if _ERROR_MARK not in cell.metadata.get("tags", [])]
    before = kept[: index + 1]
    return sum(_INJECTED not in cell.metadata.get("tags", []) for cell in before)
