"""One source, two editions: the student edition of the lessons, made from the solutions.

`notebooks/exercises/solutions/` holds the source, `notebooks/exercises/` what is made of it. Cells
say by a tag what becomes of them. `answer`: a code cell gives way to space for the student's own
answer, a text cell to room for notes. `hint`: the text is folded away. Everything else stays as it
is. The lessons make no figure and no number of the study, so they are no part of the reference run;
they are held to their own source.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.lessons.lesson import HEADS
from helpers.running import guards
from helpers.running.execute import execute_all
from helpers.running.guards import Finding, read_outputs
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import clean_notebook, read_paired, write_notebook
from helpers.running.runs import Settings
from helpers.study import InputError

PLACE = "exercises"
ANSWER, HINT, CHECK = "answer", "hint", "check"
_MARK = re.compile(r"^# %%(?P<kind> \[markdown\])?(?: tags=\[(?P<tags>[^\]]*)\])?\s*$")
_NOTES = "# *Your notes:*"
_LABEL = "# **Hint.** "
_SPACE = "# Your answer takes the place of the dots. More lines before it are welcome."


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook in percent format: kind, tags, lines, and blank lines below."""

    is_text: bool
    tags: tuple[str, ...]
    lines: tuple[str, ...]
    below: int = 1

    @property
    def source(self) -> str:
        """The cell's text in the file, without the line that begins it."""
        return "\n".join(self.lines).strip("\n")

    @property
    def is_answer(self) -> bool:
        """Whether a student must not see it."""
        return ANSWER in self.tags

    def write(self) -> str:
        """Return the cell as a file has it."""
        tags = f" tags={json.dumps(self.tags)}" if self.tags else ""
        head = "# %%" + " [markdown]" * self.is_text + tags
        return f"{head}\n{self.source}\n" + "\n" * self.below

    def list_names(self, context: type[ast.expr_context]) -> list[str]:
        """Name what a cell assigns (`ast.Store`) or uses (`ast.Load`), in order."""
        nodes = ast.walk(ast.parse(self.source))
        names = (node for node in nodes if isinstance(node, ast.Name))
        return [node.id for node in names if isinstance(node.ctx, context)]


def split_cells(source: str) -> tuple[str, list[Cell]]:
    """Split a percent file into what comes before the first cell, and the cells."""
    head, _, rest = source.partition("# %%")
    cells: list[Cell] = []
    for line in ("# %%" + rest).splitlines():
        if found := _MARK.match(line):
            tags = tuple(re.findall(r'"([^"]+)"', found["tags"] or ""))
            cells.append(Cell(bool(found["kind"]), tags, ()))
        elif cells:
            cells[-1] = replace(cells[-1], lines=(*cells[-1].lines, line))
        else:
            raise InputError(f"{line!r} does not begin a cell")
    return head, [
        replace(cell, below=len(cell.lines) - len("\n".join(cell.lines).rstrip("\n").split("\n")))
        for cell in cells
    ]


def derive_edition(solution: str, name: str) -> str:
    """Make the student edition of a lesson.

    Parameters
    ----------
    solution : str
        The solution notebook's .py.
    name : str
        What messages call it.

    Returns
    -------
    str
        The student edition's .py.

    Raises
    ------
    InputError
        Where a cell that stays uses what only an answer gives, or a check has no answer before it.
    """
    head, cells = split_cells(solution)
    for place, cell in enumerate(cells):
        if cell.is_answer and not cell.is_text:
            _refuse_leaks(cells, place, name)
    made = [_make_cell(cells, place) for place in range(len(cells))]
    return head + "".join(cell.write() for cell in made).rstrip("\n") + "\n"


def list_answers(solution: str) -> list[str]:
    """Return the texts of the cells that a student must not see."""
    return [cell.source for cell in split_cells(solution)[1] if cell.is_answer]


def _make_cell(cells: Sequence[Cell], place: int) -> Cell:
    """Return what a cell becomes in the student edition."""
    cell = cells[place]
    if cell.is_answer and cell.is_text:
        return Cell(True, ("notes",), (_NOTES,))
    if cell.is_answer:
        names = _list_wanted(cells, place)
        return Cell(False, ("exercise",), (_SPACE, *(f"{name} = ..." for name in names)))
    if HINT in cell.tags:
        said = cell.source.replace(_LABEL, "# ", 1).splitlines()
        folded = ("# <details><summary>Hint</summary>", "#", *said, "#", "# </details>")
        return Cell(True, cell.tags, folded)
    return cell


def _list_wanted(cells: Sequence[Cell], place: int) -> list[str]:
    """Name what the next check asks of an answer, in the order in which it was worked out."""
    for cell in cells[place + 1 :]:
        if cell.is_answer and not cell.is_text:
            break
        if CHECK in cell.tags:
            used = cell.list_names(ast.Load)
            return [n for n in dict.fromkeys(cells[place].list_names(ast.Store)) if n in used]
    return []


def _refuse_leaks(cells: Sequence[Cell], place: int, name: str) -> None:
    """Refuse an answer that no check asks for, or that a cell which stays would need."""
    if not _list_wanted(cells, place):
        raise InputError(f"{name}, cell {place + 1}: no check asks for this answer")
    own = set(cells[place].list_names(ast.Store))
    kept = [(at, cell) for at, cell in enumerate(cells) if not cell.is_text and not cell.is_answer]
    for at, cell in kept:
        assigned = set(cell.list_names(ast.Store))
        if at < place:
            own -= assigned
        elif CHECK not in cell.tags:
            taken = own & set(cell.list_names(ast.Load)) - assigned
            if taken:
                raise InputError(
                    f"{name}, cell {at + 1}: it uses {', '.join(sorted(taken))}, which only the "
                    f"answer in cell {place + 1} gives, and would fail in the student edition"
                )


def check_editions() -> list[str]:
    """Hold both editions to the solutions' text, and to each other; runs nothing.

    Returns
    -------
    list of str
        What is wrong. Empty where the student edition is what the solutions give, both are executed
        and paired, every solution is right and no answer is in the student edition.
    """
    findings: list[Finding] = []
    sources = list_notebooks(paths.solutions())
    for source in sources:
        try:
            findings += _check_lesson(source)
        except InputError as error:
            findings.append(Finding(PLACE, str(error)))
    known = {file.stem for file in sources}
    for folder in (paths.exercises(), paths.solutions()):
        strays = sorted(file.name for file in folder.glob("*.*") if file.stem not in known)
        findings += [Finding(PLACE, f"{name} belongs to no lesson") for name in strays]
    return [finding.describe() for finding in findings]


def _check_lesson(source: Path) -> Iterator[Finding]:
    """Check one lesson in both editions."""
    student = paths.exercises() / source.name
    wanted = derive_edition(source.read_text(encoding="utf-8"), source.name)
    stood = student.read_text(encoding="utf-8") if student.is_file() else ""
    if stood != wanted:
        said = f"{source.stem}: the student edition is not what the solution gives"
        yield Finding(PLACE, f"{said} (asylum students)", stood, wanted)
        return
    for file, outcome in ((source, "right"), (student, "open")):
        paired = file.with_suffix(".ipynb")
        if not paired.is_file():
            raise InputError(
                f"{paired.name} is missing beside {file.name}: asylum students makes it"
            )
        notebook = read_paired(paired)
        for found in (*guards.check_notebook(file, notebook), *judge_checks(notebook, outcome)):
            yield replace(found, place=PLACE, what=f"{file.parent.name}/{file.stem}: {found.what}")


def judge_checks(notebook: Any, outcome: str) -> Iterator[Finding]:
    """Find the checks that do not say what they should: "right", or "open" for no answer yet."""
    for number, cell in enumerate(notebook.cells, start=1):
        if CHECK in cell.metadata.get("tags", []):
            shown = " ".join(text for kind, text in read_outputs(cell) if kind == "text/plain")
            if HEADS[outcome] not in shown:
                yield Finding(PLACE, "a check says something else", shown, HEADS[outcome], number)


def make_editions(settings: Settings) -> tuple[dict[Path, bytes], list[str]]:
    """Derive the student edition and execute both, in a scratch folder.

    Parameters
    ----------
    settings : Settings
        Workers, kernel and progress.

    Returns
    -------
    dict, list
        The files whose content changes, by path; and what failed, or which check does not say what
        it should.
    """
    sources = list_notebooks(paths.solutions())
    wanted: dict[Path, bytes] = {}
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="asylum-") as scratch:
        students = _write_students(sources, Path(scratch))
        for folder, files, outcome in (
            (paths.solutions(), sources, "right"),
            (paths.exercises(), students, "open"),
        ):
            made, failed = execute_lessons(files, settings)
            problems += failed
            wanted |= {folder / file.name: file.read_bytes() for file in files}
            for name, notebook in made.items():
                found = judge_checks(notebook, outcome)
                problems += [replace(each, place=name).describe() for each in found]
                wanted[folder / f"{name}.ipynb"] = write_notebook(notebook).encode()
    changed = {
        path: content
        for path, content in wanted.items()
        if not path.is_file() or path.read_bytes() != content
    }
    return changed, problems


def _write_students(sources: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Write the student edition's .py, beside the .ipynb that gives cells their ids."""
    for source in sources:
        text = derive_edition(source.read_text(encoding="utf-8"), source.name)
        (folder / source.name).write_text(text, encoding="utf-8")
        paired = paths.exercises() / f"{source.stem}.ipynb"
        if paired.is_file():
            shutil.copy(paired, folder)
    return tuple(folder / source.name for source in sources)


def execute_lessons(
    sources: Sequence[Path], settings: Settings, parameters: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Execute lessons, and return them by name in the form that is committed, and what failed.

    Parameters
    ----------
    sources : sequence of Path
        Their .py.
    settings : Settings
    parameters : mapping, optional
        What is injected, as in {"study": "hong-kong"}.
    """
    with tempfile.TemporaryDirectory(prefix="asylum-") as scratch:
        folder = Path(scratch) / "lessons"
        folder.mkdir()
        done = execute_all(parameters or {}, folder, settings.workers, sources=sources)
        failures = [each.failure.describe() for each in done if each.failure]
        files = sorted((folder / "notebooks").glob("*.ipynb"))
        return {file.stem: clean_notebook(read_paired(file)) for file in files}, failures
