"""Checkouts of a test's own, to be damaged as it likes."""

import shutil
from collections.abc import Collection
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def copy_tiny_root(target: Path, releases: Collection[str]) -> Path:
    """Copy what makes a checkout, with only the releases named, and return its root."""
    (target / "notebooks").mkdir(parents=True)
    shutil.copy(PROJECT / "pyproject.toml", target / "pyproject.toml")
    for name in ("hand", "shapes"):
        shutil.copytree(PROJECT / "data" / name, target / "data" / name)
    raw = target / "data" / "raw"
    raw.mkdir()
    for file in (PROJECT / "data" / "raw").iterdir():
        if file.is_file():
            shutil.copy(file, raw)
        elif file.name in releases:
            shutil.copytree(file, raw / file.name)
    return target
