"""Preloaded by each worker of the trial: writes down which notebook of which run ran on which node.

The environment variable ASYLUM_NODE_LOG names the file; a line a notebook, as JSON.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import PurePosixPath
from typing import Any

from distributed import Worker, WorkerPlugin


class NodeLog(WorkerPlugin):
    """Follows a worker's tasks from their start to their end."""

    def setup(self, worker: Worker) -> None:
        """Keep the worker, whose tasks hold what they were given."""
        self._worker = worker
        self._since: dict[str, float] = {}

    def transition(self, key: str, start: str, finish: str, **_: Any) -> None:
        """Write a line when a notebook has ended."""
        if finish == "executing":
            self._since[key] = time.time()
        elif key in self._since:
            spec: Any = self._worker.state.tasks[key].run_spec
            task = next(each for each in spec.args if hasattr(each, "notebook"))
            line = {
                "run": PurePosixPath(task.place).name,
                "notebook": task.notebook,
                "node": os.environ["SLURMD_NODENAME"],
                "job": int(os.environ["SLURM_JOB_ID"]),
                "seconds": round(time.time() - self._since.pop(key), 2),
            }
            with open(os.environ["ASYLUM_NODE_LOG"], "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


async def dask_setup(worker: Worker) -> None:
    """Take part in what the worker does."""
    await worker.plugin_add(NodeLog())
