"""What the process imports that cells' processes are forked from; importing this module does it.

All of it as one thread, since a process with more cannot be forked safely, and nothing that opens
a figure. What is missing is left out: the notebook that needs it meets the error in its place.
"""

from __future__ import annotations

import atexit
import importlib
import os
import pkgutil
import shutil
import signal
from contextlib import suppress
from multiprocessing import forkserver

import helpers

# The picture backend is the one that ipykernel sets, read by matplotlib at import; it is not
# imported itself, since it looks for the shell that shows its pictures.
_BEFORE = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
} | dict.fromkeys(("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
_LIBRARIES = (
    *("helpers.running.cells", "matplotlib.backends.backend_agg", "PIL.PngImagePlugin"),
    *("matplotlib.backends.backend_svg", "pandas.io.formats.csvs", "pyarrow.dataset"),
    *("pyarrow.parquet", "seaborn"),
)
_ROOMS = ("data", "prose", "analysis", "claims", "plots")


def _remove_socket(owner: int, driver: int) -> None:
    """Remove the forkserver's folder where a driver that was killed has left it."""
    address = forkserver._forkserver._forkserver_address  # type: ignore[attr-defined]
    is_left = os.getpid() == owner and os.getppid() != driver  # one that lives takes it along
    if is_left and address and os.path.isabs(address):
        shutil.rmtree(os.path.dirname(address), ignore_errors=True)


if "ASYLUM_DRIVER" in os.environ:  # started by `engine.start`, and no other's import
    for _number in (signal.SIGTERM, signal.SIGHUP):  # it ends with its driver, and then clears up
        signal.signal(_number, signal.SIG_IGN)
    atexit.register(_remove_socket, os.getpid(), int(os.environ.pop("ASYLUM_DRIVER")))
for _name, _value in _BEFORE.items():
    os.environ.setdefault(_name, _value)
_OWN = [
    f"helpers.{room}.{module.name}"
    for room in _ROOMS
    for module in pkgutil.iter_modules([os.path.join(helpers.__path__[0], room)])
]
for _name in (*_LIBRARIES, *_OWN):
    with suppress(Exception):
        importlib.import_module(_name)
