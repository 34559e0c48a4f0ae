"""Read what the site is made of: the reference run, its tables, and the texts around it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.claims.file import list_claims_files
from helpers.claims.ledger import load_ledger
from helpers.publish.site.material import Material
from helpers.study import list_releases, load_yaml

# Documents of the repository that are pages, besides all of docs/.
DOCUMENTS = ("CHANGELOG.md", "CONTRIBUTING.md", "data/README.md", "data/hand/README.md")
# Read for their sections alone.
EXCERPTS = ("README.md", "DATA_NEWS.md")


def load_material(tables: Path) -> Material:
    """Load the site's material from the checkout.

    Parameters
    ----------
    tables : Path
        The folder of the reference run's tables.
    """
    root = paths.root()
    releases = list_releases()
    return Material(
        notebooks=dict(_read_notebooks(root)),
        scripts=dict(_read_scripts(root)),
        figures=_read_folder(paths.figures()),
        numbers=json.loads((paths.figures() / "numbers.json").read_text(encoding="utf-8")),
        tables=_read_folder(tables),
        documents=dict(_read_documents(root)),
        excerpts={name: (root / name).read_text(encoding="utf-8") for name in EXCERPTS},
        pages=_read_folder(root / "docs" / "site"),
        modules=dict(_read_modules(root / "src")),
        ledgers={name: load_ledger(name) for name in list_claims_files()},
        releases=releases,
        packages={info.name: _read_package(info.name) for info in releases},
        citation=load_yaml(root / "CITATION.cff"),
    )


def _list_notebooks(root: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted((root / "notebooks").rglob("*.ipynb")):
        if not any(part.startswith(".") for part in file.relative_to(root).parts):
            yield file.relative_to(root).with_suffix("").as_posix(), file


def _read_notebooks(root: Path) -> Iterator[tuple[str, Any]]:
    for page, file in _list_notebooks(root):
        yield page, json.loads(file.read_text(encoding="utf-8"))


def _read_scripts(root: Path) -> Iterator[tuple[str, str]]:
    for page, file in _list_notebooks(root):
        yield page, file.with_suffix(".py").read_text(encoding="utf-8")


def _read_folder(folder: Path) -> dict[str, bytes]:
    """Read a folder's files by their path in it."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }


def _read_documents(root: Path) -> Iterator[tuple[str, str]]:
    own = [file.relative_to(root).as_posix() for file in sorted((root / "docs").glob("*.md"))]
    for name in (*own, *DOCUMENTS):
        yield name, (root / name).read_text(encoding="utf-8")


def _read_modules(source: Path) -> Iterator[tuple[str, str]]:
    for file in sorted((source / "helpers").rglob("*.py")):
        parts = file.relative_to(source).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, file.read_text(encoding="utf-8")


def _read_package(release: str) -> Any:
    return json.loads((paths.raw() / release / "datapackage.json").read_text(encoding="utf-8"))
