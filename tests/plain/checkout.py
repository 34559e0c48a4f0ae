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


def list_files(root: Path) -> dict[str, tuple[int, int]]:
    """Return every file under a checkout with size and time, to see that nothing changed."""
    paths = sorted(set(root.rglob("*")) - {root / "data" / ".fetch.lock"})
    facts = {str(path.relative_to(root)): (path.is_dir(), path.lstat()) for path in paths}
    return {
        name: (0, 0) if is_folder else (fact.st_size, fact.st_mtime_ns)
        for name, (is_folder, fact) in facts.items()
    }
