"""Run one notebook with papermill, and say what failed in it.

A failing cell is no exception here but a `Failure`, because the partial notebook is a result
too: it holds everything up to the error, and papermill marks the cell.
"""

from __future__ import annotations

import time
from pathlib import Path

from helpers.running.jobs import Done, Failure, Job
from helpers.running.pairing import read_source

_STARTS = 3
_INJECTED = "injected-parameters"
_ERROR_MARK = "papermill-error-cell-tag"


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

    from helpers.running import client, engine

    for left in reversed(range(_STARTS)):
        try:
            papermill.execute_notebook(
                read_source(Path(job.source)),
                job.output,
                parameters=job.parameters,
                kernel_name=job.kernel,
                progress_bar=False,
                cwd=str(Path(job.source).parent),
                engine_name=engine.NAME,
                partial=job.output,
                kernel_manager_class=engine.WatchedKernelManager,
                shutdown_kernel="immediate",
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
            )
            return
        except RuntimeError as error:
            unstarted = (client.NOT_STARTED, client.NOT_ANSWERED)
            if not any(said in str(error) for said in unstarted) or not left:
                raise


def _count_source_cells(output: Path, index: int) -> int:
    """Turn papermill's cell index into the source's count, which knows no injected cell."""
    import nbformat

    cells = nbformat.read(output, as_version=4).cells
    kept = [cell for cell in cells if _ERROR_MARK not in cell.metadata.get("tags", [])]
    before = kept[: index + 1]
    return sum(_INJECTED not in cell.metadata.get("tags", []) for cell in before)
