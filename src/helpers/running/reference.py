"""The reference run: what is committed, and the same made afresh, in one shape to compare."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.publish.replication import render_readme, render_replication
from helpers.running import results
from helpers.running.jobs import Done
from helpers.running.pairing import list_notebooks, read_paired
from helpers.running.runs import Settings, execute_all
from helpers.study import InputError

REPLICATION = "docs/replication.md"
_KEPT = ("kernelspec", "jupytext")
_INJECTED = "injected-parameters"


@dataclass(frozen=True)
class Reference:
    """Executed notebooks by name, figure files by name, and the merged numbers."""

    notebooks: dict[str, Any]
    figures: dict[str, bytes]
    numbers: dict[str, Any]
    done: tuple[Done, ...] = field(default=())


def pick_notebooks(wanted: Sequence[str]) -> tuple[Path, ...]:
    """Return the notebooks' .py of the given names (or paths); all where none is given.

    Raises
    ------
    InputError
        For a name that is none of them.
    """
    known = {file.stem: file for file in list_notebooks()}
    names = [Path(each).stem for each in wanted] or list(known)
    for name in names:
        if name not in known:
            raise InputError(f"there is no notebook {name!r}; there is: {', '.join(known)}")
    return tuple(known[name] for name in sorted(set(names)))


def load_committed(sources: Sequence[Path]) -> Reference:
    """Load what is committed: the .ipynb beside each source, and figures/.

    Raises
    ------
    InputError
        Where an .ipynb is missing or cannot be read.
    """
    lacking = [file.stem for file in sources if not file.with_suffix(".ipynb").is_file()]
    if lacking:
        raise InputError(f"no .ipynb beside {', '.join(lacking)}: asylum bless --yes makes them")
    notebooks = {file.stem: read_paired(file.with_suffix(".ipynb")) for file in sources}
    return Reference(notebooks, *_read_results(paths.figures()))


def _read_results(folder: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Read a folder of figures with its numbers.json."""
    files = {file.name: file.read_bytes() for file in sorted(folder.glob("*")) if file.is_file()}
    files.pop(".gitkeep", None)
    return files, json.loads(files.pop(results.NUMBERS, b"{}"))


@contextmanager
def make_fresh(sources: Sequence[Path], settings: Settings) -> Iterator[Reference]:
    """Execute notebooks with their own defaults in a scratch folder, and give what came.

    Nothing is written into the project.
    """
    with tempfile.TemporaryDirectory(prefix="asylum-") as scratch:
        folder = Path(scratch) / "run"
        folder.mkdir()
        done = execute_all({"run_dir": str(folder)}, folder, settings, sources)
        results.merge_numbers(folder)
        results.make_paths_final(folder, paths.runs() / "reference")
        notebooks = {file.stem: read_paired(file) for file in (folder / "notebooks").glob("*")}
        figures, _ = _read_results(folder / "figures")
        numbers = json.loads((folder / results.NUMBERS).read_text(encoding="utf-8"))
        cleaned = {name: clean_notebook(notebook) for name, notebook in sorted(notebooks.items())}
        yield Reference(cleaned, figures, numbers, tuple(done))


def clean_notebook(notebook: Any) -> Any:
    """Bring an executed notebook into the form that is committed.

    Injected cells and run metadata go, cells count from 1 again; kernelspec, ids, tags and what
    an output says about itself (a picture's alternative text) stay.
    """
    notebook.metadata = type(notebook.metadata)(
        {name: notebook.metadata[name] for name in _KEPT if name in notebook.metadata}
    )
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.cells = [
        cell for cell in notebook.cells if _INJECTED not in cell.metadata.get("tags", [])
    ]
    count = 0
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = type(cell.metadata)({"tags": tags} if tags else {})
        if cell.cell_type == "code" and cell.source.strip():
            count += 1
            _renumber(cell, count)
    return notebook


def _renumber(cell: Any, count: int) -> None:
    cell.execution_count = count
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count


def write_notebook(notebook: Any) -> str:
    """Return an .ipynb's text: keys sorted, one space, a newline at the end."""
    return json.dumps(_split(notebook), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _split(notebook: Any) -> Any:
    """Store long texts line by line, as Jupyter does, so that diffs stay small."""
    import nbformat

    return json.loads(nbformat.writes(notebook, version=nbformat.NO_CONVERT))


def read_page(name: str) -> str:
    """Read a page of the project, as in "README.md"; empty where there is none."""
    file = paths.root() / name
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def render_list(text: str, reference: Reference) -> str:
    """Return docs/replication.md with its list made anew; a page that is not there stays so."""
    made = (reference.notebooks, reference.figures, reference.numbers)
    return render_replication(text, *made) if text else text


def render_pages(reference: Reference) -> dict[Path, bytes]:
    """Render the pages that state numbers or places of the reference run, by path.

    Raises
    ------
    ValueError
        Where README marks a number that the run has not, or a figure or number has no cell.
    """
    pages = {
        "README.md": render_readme(read_page("README.md"), reference.numbers),
        REPLICATION: render_list(read_page(REPLICATION), reference),
    }
    return {paths.root() / name: text.encode() for name, text in pages.items() if text}
