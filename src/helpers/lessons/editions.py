"""One source, two editions: the student edition of the lessons, made from the solutions.

`notebooks/exercises/solutions/` holds the source, `notebooks/exercises/` what is made of it. Cells
say by a tag what becomes of them. `answer`: a code cell gives way to space for the student's own
answer, a text cell to room for notes. `hint`: the text is folded away. Everything else stays as it
is. The lessons make no figure and no number of the study, so they are no part of the reference run;
they are held to their own source.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jupytext
from nbformat.v4 import new_code_cell, new_markdown_cell

from helpers import paths
from helpers.lessons.judging import load_words
from helpers.running.execute import execute_all
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import clean_notebook, read_paired, write_notebook
from helpers.running.reference import find_changes
from helpers.running.staging import open_staging
from helpers.study import InputError

ANSWER, HINT, CHECK = "answer", "hint", "check"
_FOLDED = "<details><summary>Hint</summary>\n\n{}\n\n</details>"
_SPACE = "# Your answer takes the place of the dots. More lines before it are welcome.\n"


def derive_edition(solution: str, name: str) -> str:
    """Make the student edition of a lesson: a .py from the solution's.

    Refuses (InputError) an answer that no check asks for; the message calls the lesson `name`.
    """
    notebook = jupytext.reads(solution, fmt="py:percent")
    cells = notebook.cells
    notebook.cells = [_make_cell(cells, place, name) for place in range(len(cells))]
    made = jupytext.writes(notebook, fmt="py:percent")
    return solution[: solution.index("# %%")] + made[made.index("# %%") :]


def _make_cell(cells: Sequence[Any], place: int, name: str) -> Any:
    """Return what a cell becomes in the student edition."""
    cell = cells[place]
    if _is_tagged(cell, HINT):
        said = _FOLDED.format(cell.source.replace("**Hint.** ", "", 1))
        return new_markdown_cell(said, metadata=cell.metadata)
    if not _is_tagged(cell, ANSWER):
        return cell
    if cell.cell_type == "markdown":
        return new_markdown_cell("*Your notes:*", metadata={"tags": ["notes"]})
    wanted = _list_wanted(cells, place)
    if not wanted:
        raise InputError(f"{name}, cell {place + 1}: no check asks for this answer")
    space = _SPACE + "\n".join(f"{each} = ..." for each in wanted)
    return new_code_cell(space, metadata={"tags": ["exercise"]})


def _is_tagged(cell: Any, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def _list_names(cell: Any, context: type[ast.expr_context]) -> list[str]:
    """Name what a cell of code assigns (`ast.Store`) or uses (`ast.Load`), in order."""
    names = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name))
    return [node.id for node in names if isinstance(node.ctx, context)]


def _list_wanted(cells: Sequence[Any], place: int) -> list[str]:
    """Name what the next check asks of an answer, in the order in which it was worked out."""
    for cell in [each for each in cells[place + 1 :] if each.cell_type == "code"]:
        if _is_tagged(cell, ANSWER):
            break
        if _is_tagged(cell, CHECK):
            used = _list_names(cell, ast.Load)
            return [n for n in dict.fromkeys(_list_names(cells[place], ast.Store)) if n in used]
    return []


def _judge_checks(notebook: Any, outcome: str, name: str) -> Iterator[str]:
    """Find the checks that do not say what they should: "right", or "open" for no answer yet."""
    head = load_words()["heads"][outcome]
    for number, cell in enumerate(notebook.cells, start=1):
        if _is_tagged(cell, CHECK):
            shown = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            if not any(head in text for text in shown):
                yield f"{name}, cell {number}: a check says something else: {' '.join(shown)}"


def make_editions() -> tuple[dict[Path, bytes | None], list[str]]:
    """Derive the student edition and execute both, in a scratch folder.

    Returns the files that are not what the solutions give, by path and with what they should hold;
    and what failed, or which check does not say what it should.
    """
    sources = list_notebooks(paths.solutions())
    wanted: dict[Path, bytes] = {}
    problems: list[str] = []
    with open_staging("asylum-students") as scratch:
        students = [scratch / source.name for source in sources]
        for source, student in zip(sources, students, strict=True):
            student.write_text(derive_edition(source.read_text("utf-8"), source.name), "utf-8")
            paired = paths.exercises() / f"{source.stem}.ipynb"
            if paired.is_file():  # it gives the cells their ids
                shutil.copy(paired, scratch)
        for place, files, outcome in (
            (paths.solutions(), sources, "right"),
            (paths.exercises(), students, "open"),
        ):
            folder = scratch / outcome
            folder.mkdir()
            done = execute_all({}, folder, sources=files)
            problems += [each.failure.describe() for each in done if each.failure]
            wanted |= {place / file.name: file.read_bytes() for file in files}
            for file in sorted((folder / "notebooks").glob("*.ipynb")):
                notebook = clean_notebook(read_paired(file))
                problems += _judge_checks(notebook, outcome, file.stem)
                wanted[place / file.name] = write_notebook(notebook).encode()
    return find_changes(wanted), problems
