"""`asylum check`: pytest on what is committed; it writes nothing into the project."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from helpers import paths
from helpers.running.execute import make_environment
from helpers.running.inputs import list_notebooks
from helpers.study import InputError

_SANITISE = "tests/nbval-sanitise.cfg"
_GUARDS = "tests/notebooks/test_guards.py"
_RERUN = "tests/notebooks/test_rerun.py"


def check(wanted: Sequence[str], workers: int = 0, *, is_rerun: bool = True) -> bool:
    """Run the guards, nbval on kernels that start cold, and the notebooks' rerun.

    Parameters
    ----------
    wanted : sequence of str
        Names of notebooks for nbval; where empty all, the lessons too, and the rerun as well.
    workers : int
        How many at a time; 0 takes two where there are two processors.
    is_rerun : bool
        False reads what is committed and executes nothing.

    Returns
    -------
    bool
        True where all is as committed. What is not, pytest has printed.

    Raises
    ------
    InputError
        For an unknown notebook, or where there are no tests to run.
    """
    root, sources = paths.root(), _pick(wanted)
    if not (root / _GUARDS).is_file():
        raise InputError(f"there is no {_GUARDS} in {root}: asylum check needs a whole checkout")
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", _GUARDS]
    if is_rerun:
        size = workers or min(2, os.cpu_count() or 1)
        command += ["-n", str(size), "--dist", "loadscope"]
        command += ["--nbval", "--nbval-sanitize-with", _SANITISE]
        command += [str(source.with_suffix(".ipynb").relative_to(root)) for source in sources]
        command += [] if wanted else [_RERUN]
    with tempfile.TemporaryDirectory(prefix="asylum-check-") as scratch:
        folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        own = {name: str(Path(scratch) / name.lower()) for name in folders}
        done = subprocess.run(command, cwd=root, env=make_environment() | own, check=False)
    return done.returncode == 0


def _pick(wanted: Sequence[str]) -> list[Path]:
    """Return the .py of the notebooks of these names (or paths); all with the lessons if none."""
    known = {file.stem: file for file in list_notebooks()}
    names = [Path(each).stem for each in wanted]
    for name in names:
        if name not in known:
            raise InputError(f"there is no notebook {name!r}; there is: {', '.join(known)}")
    if names:
        return [known[name] for name in sorted(set(names))]
    lessons = [folder for folder in (paths.exercises(), paths.solutions()) if folder.is_dir()]
    return [*known.values(), *(file for folder in lessons for file in list_notebooks(folder))]
