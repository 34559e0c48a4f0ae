"""Papermill's engine without its waits: saved once, asked without pauses, ended at once.

A run takes its place as a whole, so that a notebook saved after every cell would be work for
nobody; where it fails, what there is of it is saved all the same.
"""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

from jupyter_client.manager import AsyncKernelManager
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import write_ipynb

from helpers.running.client import PromptClient

NAME = "asylum"


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
