"""The environment that kernels get: the same on every machine, whatever its user has set.

Nothing of the user's reaches a figure or an output: no start-up files, no kernels of other
environments, no matplotlibrc, no terminal width.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from helpers import paths

_DROPPED = (
    "ASYLUM_WARM_DOOR",
    "COLUMNS",
    "FORCE_COLOR",
    "JUPYTER_PATH",
    "JUPYTER_CONFIG_PATH",
    "LINES",
    "MPLBACKEND",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
)
_FIXED = {
    "JUPYTER_PLATFORM_DIRS": "1",
    "JUPYTER_PREFER_ENV_PATH": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUTF8": "1",
}


def make_environment(scratch: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a worker and its kernels.

    Parameters
    ----------
    scratch : Path
        A folder for connection files, histories and settings, thrown away with the run.
    given : mapping, optional
        The environment to start from; that of this process by default.
    """
    kept = os.environ if given is None else given
    environment = {name: value for name, value in kept.items() if name not in _DROPPED} | _FIXED
    folders = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
    }
    for variable, name in folders.items():
        folder = scratch / name
        folder.mkdir(parents=True, exist_ok=True)
        environment[variable] = str(folder)
    environment["ASYLUM_ROOT"] = str(paths.root())
    default_style = _find_matplotlibrc()
    if default_style:
        environment["MATPLOTLIBRC"] = str(default_style)
    return environment


def _find_matplotlibrc() -> Path | None:
    """Find matplotlib's own settings without importing it: they overrule the user's."""
    spec = importlib.util.find_spec("matplotlib")
    for place in (spec.submodule_search_locations or []) if spec else []:
        file = Path(place) / "mpl-data" / "matplotlibrc"
        if file.is_file():
            return file
    return None


def skip_grammar() -> None:
    """Spare this process a grammar that jsonschema builds at import, in one to two seconds.

    It would check addresses in JSON schemas, which nbformat's do not hold; jsonschema copes
    without it, as where it is not installed.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def check_kernel(name: str) -> None:
    """Refuse a kernel that would run another Python than this one.

    Raises
    ------
    RuntimeError
        Where the kernel is not installed here or starts another interpreter.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        command = KernelSpecManager().get_kernel_spec(name).argv[0]
    except NoSuchKernel:
        raise RuntimeError(f"there is no kernel {name!r} in {sys.prefix}: run make setup") from None
    # jupyter_client puts sys.executable where a kernel says no more than "python".
    if command in {"python", "python3", f"python3.{sys.version_info[1]}"}:
        return
    if Path(command).absolute() != Path(sys.executable).absolute():
        raise RuntimeError(
            f"kernel {name!r} starts {command}, not {sys.executable}: run make setup"
        )
