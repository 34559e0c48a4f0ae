"""JupyterLab opens and saves notebooks and lessons through jupytext: what nobody changed stays."""

import os
import shutil

import pytest
from jupytext import TextFileContentsManager

from helpers import paths

NOTEBOOKS = paths.notebooks()
NAMES = sorted(file.relative_to(NOTEBOOKS).as_posix() for file in NOTEBOOKS.rglob("*.ipynb")
               if not any(part.startswith(".") for part in file.parts))  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".ipynb", ".py"])
def test_opening_and_saving_changes_nothing(tmp_path, name, suffix):
    file = tmp_path / name
    pair = file, file.with_suffix(".py")
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(NOTEBOOKS / "jupytext.toml", tmp_path)
    for each in pair:
        shutil.copy(NOTEBOOKS / each.relative_to(tmp_path), each)
    before = [each.read_bytes() for each in pair]
    # git restores files in any order, so the .ipynb may well be the newer of the two.
    newer = pair[1].stat().st_mtime + 100
    os.utime(file, (newer, newer))
    manager = TextFileContentsManager(root_dir=str(tmp_path))
    address = file.with_suffix(suffix).relative_to(tmp_path).as_posix()
    opened = manager.get(address, type="notebook")
    manager.save({"type": "notebook", "format": "json", "content": opened["content"]}, address)
    assert [each.read_bytes() for each in pair] == before
