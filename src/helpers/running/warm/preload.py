"""What the warm parent imports and loads, and how it knows that its code is still that on disk."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from types import MappingProxyType

import helpers

# Libraries of the notebooks, those included that they import late, and the kernel's own. Of
# statsmodels only what it imports, which takes longest: it sets filters for warnings itself.
LIBRARIES = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "encodings.idna",
    "encodings.unicode_escape",
    "encodings.utf_8_sig",
    "faulthandler",
    "formulaic",
    "helpers.running.stopping",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "numpy",
    "pandas",
    "pandas.io.formats.csvs",
    "pandera.backends.pandas.register",
    "pandera.pandas",
    "psutil",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "pydantic",
    "seaborn",
    "sqlite3",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
    "yaml",
)
# The project's own: all that notebooks may import. A change in one of these files ends the parent.
_OWN_FLOORS = (
    "helpers.data",
    "helpers.analysis",
    "helpers.claims",
    "helpers.prose",
    "helpers.plots",
    "helpers.publish",
)
_NOT_IN_NOTEBOOKS = ("helpers.unhcr", "helpers.publish.report")


def list_own() -> tuple[str, ...]:
    """List the project's modules that notebooks may import."""
    found = ["helpers.study", *_OWN_FLOORS]
    for floor in _OWN_FLOORS:
        folders = [os.path.join(each, floor.rpartition(".")[2]) for each in helpers.__path__]
        found += [f"{floor}.{each.name}" for each in pkgutil.iter_modules(folders)]
    return tuple(name for name in found if name not in _NOT_IN_NOTEBOOKS)


# Set before the imports. One thread: a process with more cannot be forked safely. The picture
# backend is the one that ipykernel sets, read by matplotlib at import; it is not imported itself,
# as its figures would be lost after a fork.
_BEFORE = MappingProxyType({
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
})  # fmt: skip
# Clocks that stamp files lag behind the one that is read here by a tick at most.
_TICK = 20_000_000


def import_all(
    modules: Iterable[str], environment: MutableMapping[str, str] = os.environ
) -> list[str]:
    """Import modules as one thread, those that are missing left out.

    Returns
    -------
    list of str
        What could not be imported.
    """
    for name, value in _BEFORE.items():
        environment.setdefault(name, value)
    lacking = []
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception:  # whoever needs it meets the error in a notebook, with its place
            lacking.append(module)
    return lacking


class Guard:
    """Remember the files of all imported modules, and see when one is no longer the same.

    A file counts as changed when it was written, replaced or moved after the parent started, by
    the system's own record of the change (ctime), which no program can set back.

    Parameters
    ----------
    started : int
        When the parent started, before its imports, in nanoseconds.
    """

    def __init__(self, started: int) -> None:
        self._latest = started - _TICK
        files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        self._files = {str(file): _stamp(str(file)) for file in files if file}

    def find_change(self) -> str:
        """Name a file that has changed since it was imported; empty where none has."""
        for file, known in self._files.items():
            stamp = _stamp(file)
            if stamp != known or stamp is None or stamp[0] >= self._latest:
                return f"{file} has changed"
        return ""


def _stamp(file: str) -> tuple[int, int, int] | None:
    with suppress(OSError):
        status = os.stat(file)
        return status.st_ctime_ns, status.st_ino, status.st_size
    return None
