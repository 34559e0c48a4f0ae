"""Notebooks as files: the .py is the source, the executed .ipynb beside it is made from it.

Nothing is ever synchronised, because a sync would let an .ipynb that was merely touched overwrite
an edited .py. What must hold for a committed notebook is in tests/notebooks/test_guards.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jupytext
import nbformat
from jupytext.combine import map_outputs_to_inputs
from jupytext.config import load_jupytext_config

from helpers import paths
from helpers.study import InputError

INJECTED = "injected-parameters"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def read_source(file: Path) -> nbformat.NotebookNode:
    """Read a .py in percent format as a notebook with kernelspec python3.

    Cells keep the ids that they have in the .ipynb beside it; new ones are named after the
    notebook and their position, so that the same source gives the same notebook. Raises InputError
    where the file is no notebook.
    """
    try:
        notebook = jupytext.reads(file.read_text(encoding="utf-8"), fmt="py:percent")
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{file.name} cannot be read as a notebook: {error}") from None
    formats = notebook.metadata.get("jupytext", {}).get("formats")
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC})
    if formats:
        notebook.metadata["jupytext"] = {"formats": formats}
        # JupyterLab would write them when it saves, and saving is to change nothing.
        if config := load_jupytext_config(str(paths.notebooks())):
            config.set_default_format_options(notebook.metadata["jupytext"])
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    paired = file.with_suffix(".ipynb")
    old = read_paired(paired).cells if paired.is_file() else []
    matches = map_outputs_to_inputs(notebook.cells, old)
    kept = {old[match].get("id") for match in matches if match is not None}
    for number, (cell, match) in enumerate(zip(notebook.cells, matches, strict=True), start=1):
        made = f"{file.stem}-{number:03d}"[-60:]
        while made in kept:
            made += "b"
        cell["id"] = made if match is None else old[match].get("id", made)
    return notebook


def read_paired(file: Path) -> nbformat.NotebookNode:
    """Read an .ipynb; InputError where it is missing, or no notebook."""
    if not file.is_file():
        raise InputError(f"{file.name} is missing beside its .py: asylum bless --yes makes it")
    try:
        return nbformat.read(file, as_version=4)
    except Exception as error:  # nbformat raises its own, json's and validation's
        raise InputError(f"{file.name} cannot be read as a notebook: {error}") from None


def clean_notebook(notebook: Any) -> Any:
    """Bring an executed notebook into the form that is committed.

    Injected cells and a run's metadata go, cells count from 1 again; kernelspec, ids, tags and
    what an output says about itself (a picture's alternative text) stay.
    """
    for name in {*notebook.metadata} - {"kernelspec", "jupytext"}:
        del notebook.metadata[name]
    notebook.metadata["language_info"] = nbformat.from_dict({"name": "python"})
    notebook.cells = [
        cell for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])
    ]
    for cell in notebook.cells:
        kept = {
            name: cell.metadata[name] for name in ("jupyter", "tags") if cell.metadata.get(name)
        }
        cell.metadata = nbformat.from_dict(kept)
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for number, cell in enumerate(code, start=1):
        for counted in (cell, *cell.outputs):
            if "execution_count" in counted:
                counted.execution_count = number
    return notebook


def write_notebook(notebook: Any) -> str:
    """Return an .ipynb's text: keys sorted, long texts line by line, as Jupyter writes it."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"
