"""Papermill's engine without its waits: saved once, asked without pauses, ended at once.

A run takes its place as a whole, so that a notebook saved after every cell would be work for
nobody; where it fails, what there is of it is saved all the same.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, ClassVar

from jupyter_client.manager import AsyncKernelManager
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.iorw import write_ipynb
from papermill.log import logger

from helpers.running.client import PromptClient, Request

NAME = "asylum"
# For ipykernel, which every kernel of this interpreter is.
STOPPING = "--IPKernelApp.kernel_class=helpers.running.stopping.StoppingKernel"


class WatchedKernelManager(AsyncKernelManager):
    """A kernel manager that can be found again, so that its kernel can be ended at any time."""

    alive: ClassVar[weakref.WeakSet[WatchedKernelManager]] = weakref.WeakSet()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client_factory = PromptClient
        self.alive.add(self)


class AheadClient(PapermillNotebookClient):
    """Papermill's client; each cell is sent while the one before it runs."""

    def papermill_execute_cells(self) -> None:
        """Execute the cells, having said which they are."""
        self.kc.announce(self._list_requests())
        super().papermill_execute_cells()

    def _list_requests(self) -> Iterator[Request]:
        """List what nbclient will ask for, by its own rules."""
        for cell in self.nb.cells:
            tags = cell.metadata.get("tags", [])
            is_run = cell.cell_type == "code" and cell.source.strip()
            if is_run and self.skip_cells_with_tag not in tags:
                yield Request(cell.source, stop_on_error="raises-exception" not in tags)


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

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        start_timeout: int,
        input_path: Any,
        **kwargs: Any,
    ) -> Any:
        """Execute a notebook's cells; further options are nbclient's."""
        client = AheadClient(
            nb_man, kernel_name=kernel_name, startup_timeout=start_timeout, log=logger,
            extra_arguments=[STOPPING], **kwargs,
        )  # fmt: skip
        return client.execute()


papermill_engines.register(NAME, WholeEngine)
