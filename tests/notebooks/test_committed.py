"""The committed notebooks as they are, run cell by cell as JupyterLab's run-all does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.running.environment import make_environment
from helpers.running.jobs import KERNEL, PLAIN
from helpers.running.warm.door import VARIABLE

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("committed")
    for name in ("data", "notebooks", "figures"):
        shutil.copytree(PROJECT / name, folder / name)
    for name in ("pyproject.toml", "tests/nbval-sanitise.cfg"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    return folder


def list_tree(root: Path) -> dict[str, int]:
    """Return every file with the time of its last change."""
    files = [file for file in root.rglob("*") if file.is_file()]
    return {str(file): file.stat().st_mtime_ns for file in files}


def test_every_source_has_its_notebook():
    sources = {file.stem for file in (PROJECT / "notebooks").glob("*.py")}
    assert sources == {file.stem for file in NOTEBOOKS}
    assert len(sources) >= 4


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_plain_nbval_passes_and_writes_nothing(root, file, tmp_path, warm_parent):
    """One on a kernel that starts cold; the others, which papermill runs cold, on warm ones."""
    before = list_tree(root)
    kernel = PLAIN if file == NOTEBOOKS[0] else KERNEL
    command = [
        sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider",
        "--nbval-kernel-name", kernel, "--nbval-sanitize-with", "tests/nbval-sanitise.cfg",
        f"notebooks/{file.name}",
    ]  # fmt: skip
    door = {VARIABLE: os.environ.get(VARIABLE, "")}
    environment = make_environment(tmp_path) | door | {"ASYLUM_ROOT": str(root)}
    done = subprocess.run(command, cwd=root, env=environment, pass_fds=warm_parent,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert list_tree(root) == before
