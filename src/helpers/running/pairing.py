"""Hold a notebook's .ipynb to its .py: the .py is the source, and nothing is ever written.

The two are compared cell by cell, one way, because a sync would let an .ipynb that was merely
touched overwrite an edited .py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.study import InputError

_NUMBERED = re.compile(r"^[0-9]{2}_[a-z0-9_]+$")


@dataclass(frozen=True)
class Difference:
    """A cell whose inputs differ; `cell` counts all cells from 1, a missing cell is empty."""

    cell: int
    source: str
    paired: str


def list_notebooks(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the notebooks' .py files in reading order.

    Raises
    ------
    InputError
        Where there is none.
    """
    folder = folder or paths.notebooks()
    found = tuple(sorted(file for file in folder.glob("*.py") if _NUMBERED.match(file.stem)))
    if not found:
        raise InputError(
            f"no notebooks in {folder}: a checkout has them there as NN_name.py, "
            "each with its executed .ipynb"
        )
    return found


def read_source(file: Path) -> Any:
    """Read a .py in percent format as a notebook with kernelspec python3.

    Cells keep the ids that they have in the .ipynb beside it; new ones get ids made from the
    notebook's name and the cell's position, so that the same source gives the same notebook.

    Raises
    ------
    InputError
        Where the file is no notebook.
    """
    import jupytext

    try:
        notebook = jupytext.reads(file.read_text(encoding="utf-8"), fmt="py:percent")
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{file.name} cannot be read as a notebook: {error}") from None
    formats = notebook.metadata.get("jupytext", {}).get("formats")
    notebook.metadata.clear()
    if formats:
        notebook.metadata["jupytext"] = {"formats": formats}
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    _name_cells(notebook, file)
    return notebook


def _name_cells(notebook: Any, file: Path) -> None:
    """Give every cell its id."""
    paired = file.with_suffix(".ipynb")
    old = read_paired(paired).cells if paired.is_file() else []
    kept = _match_cells(old, notebook.cells)
    used = set(kept.values())
    for number, cell in enumerate(notebook.cells):
        made = f"{file.stem}-{number + 1:03d}"[-60:]
        while number not in kept and made in used:
            made += "b"
        cell["id"] = kept.get(number, made)
        used.add(cell["id"])


def _match_cells(old: list[Any], new: list[Any]) -> dict[int, str]:
    """Return the ids to keep, by new position: equal cells, and those edited in their place."""
    before, after = ([describe_inputs(cell) for cell in cells] for cells in (old, new))
    kept: dict[int, str] = {}
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind in {"equal", "replace"}:
            pairs = zip(range(a, b), range(c, d), strict=False)
            kept |= {j: old[i].id for i, j in pairs if old[i].get("id")}
    return kept


def read_paired(file: Path) -> Any:
    """Read an .ipynb.

    Raises
    ------
    InputError
        Where it is no notebook of format 4.
    """
    import nbformat

    try:
        return nbformat.read(file, as_version=4)
    except Exception as error:  # nbformat raises its own, json's and validation's
        raise InputError(f"{file.name} cannot be read as a notebook: {error}") from None


def compare_inputs(source: Any, paired: Any) -> list[Difference]:
    """Compare the inputs of two notebooks: kind, text and tags of every cell, in order."""
    return [
        Difference(number, describe_inputs(one), describe_inputs(other))
        for number, (one, other) in enumerate(zip_longest(source.cells, paired.cells), start=1)
        if describe_inputs(one) != describe_inputs(other)
    ]


def describe_inputs(cell: Any) -> str:
    """Return a cell's kind, tags and text in one string; empty where there is no cell."""
    if cell is None:
        return ""
    tags = " ".join(cell.metadata.get("tags", []))
    head = f"[{cell.cell_type}{': ' + tags if tags else ''}]"
    return f"{head}\n{cell.source.strip()}"


def check_pairing(file: Path) -> list[Difference]:
    """Compare a notebook's .py with the .ipynb beside it.

    Raises
    ------
    InputError
        Where the .ipynb is missing or cannot be read.
    """
    paired = file.with_suffix(".ipynb")
    if not paired.is_file():
        raise InputError(
            f"{paired.name} is missing beside {file.name}: asylum bless --yes makes it"
        )
    return compare_inputs(read_source(file), read_paired(paired))
