"""A kernel that runs nothing more once a cell has failed, for a driver that sends cells ahead."""

from __future__ import annotations

from typing import Any

from ipykernel.ipkernel import IPythonKernel


class StoppingKernel(IPythonKernel):
    """ipykernel's own kernel, which drops for good what it is sent after an error.

    ipykernel (6 and 7) drops what has arrived by then; a cell that is still on its way would run
    (ipykernel, threads 609 and 618).
    """

    def _abort_queues(self, *args: Any, **kwargs: Any) -> None:
        self._aborting = True
