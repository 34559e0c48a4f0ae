"""One source, two editions: the student edition of a lesson, made from the solution's text.

Cells say by a tag what becomes of them. `answer`: a code cell gives way to space for the student's
own answer, a text cell to room for notes. `hint`: the text is folded away. Everything else stays
as it is. Only text is handled here, and nothing is run.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from helpers.study import InputError

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
        """The cell's text as it stands in the file, without the line that begins it."""
        return "\n".join(self.lines).strip("\n")

    def write(self) -> str:
        """Return the cell as it stands in a file."""
        tags = f" tags={json.dumps(self.tags)}" if self.tags else ""
        head = "# %%" + " [markdown]" * self.is_text + tags
        return f"{head}\n{self.source}\n" + "\n" * self.below


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
    given = [(place, cell) for place, cell in enumerate(cells, start=1) if is_answer(cell)]
    _refuse_leaks(cells, given, name)
    made = [_make_cell(cells, place) for place in range(len(cells))]
    return head + "".join(cell.write() for cell in made).rstrip("\n") + "\n"


def split_cells(source: str) -> tuple[str, list[Cell]]:
    """Split a percent file into what stands before the first cell, and the cells."""
    head, _, rest = source.partition("# %%")
    cells: list[Cell] = []
    for line in ("# %%" + rest).splitlines():
        found = _MARK.match(line)
        if found:
            tags = tuple(re.findall(r'"([^"]+)"', found["tags"] or ""))
            cells.append(Cell(bool(found["kind"]), tags, ()))
        elif cells:
            cells[-1] = replace(cells[-1], lines=(*cells[-1].lines, line))
        else:
            raise InputError(f"{line!r} does not begin a cell")
    return head, [replace(cell, below=_count_blanks(cell.lines)) for cell in cells]


def _count_blanks(lines: Sequence[str]) -> int:
    """Count the blank lines at a cell's end: two stand below a function."""
    return len(lines) - max((at for at, line in enumerate(lines, start=1) if line), default=0)


def is_answer(cell: Cell) -> bool:
    """Tell whether a cell holds an answer."""
    return ANSWER in cell.tags


def list_answers(solution: str) -> list[str]:
    """Return the texts of the cells that a student must not see."""
    return [cell.source for cell in split_cells(solution)[1] if is_answer(cell)]


def _make_cell(cells: Sequence[Cell], place: int) -> Cell:
    """Return what a cell becomes in the student edition."""
    cell = cells[place]
    if is_answer(cell) and cell.is_text:
        return Cell(True, ("notes",), (_NOTES,))
    if is_answer(cell):
        names = _list_wanted(cell, cells[place + 1 :])
        return Cell(False, ("exercise",), (_SPACE, *(f"{name} = ..." for name in names)))
    if HINT in cell.tags:
        said = cell.source.replace(_LABEL, "# ", 1).splitlines()
        folded = ("# <details><summary>Hint</summary>", "#", *said, "#",
                  "# </details>")  # fmt: skip
        return Cell(True, cell.tags, folded)
    return cell


def _list_wanted(answer: Cell, later: Sequence[Cell]) -> list[str]:
    """Name what the next check asks of an answer, in the order in which it was worked out."""
    assigned = _list_assigned(answer.source)
    for cell in later:
        if is_answer(cell) and not cell.is_text:
            break
        if CHECK in cell.tags:
            used = _list_used(cell.source)
            return [name for name in dict.fromkeys(assigned) if name in used]
    return []


def _refuse_leaks(cells: Sequence[Cell], given: Sequence[tuple[int, Cell]], name: str) -> None:
    """Refuse a cell that stays and uses what only an answer gives."""
    kept = [(place, cell) for place, cell in enumerate(cells, start=1)
            if not cell.is_text and not is_answer(cell)]  # fmt: skip
    for place, answer in given:
        if answer.is_text:
            continue
        if not _list_wanted(answer, cells[place:]):
            raise InputError(f"{name}, cell {place}: no check asks for this answer")
        before = {each for at, cell in kept if at < place for each in _list_assigned(cell.source)}
        own = set(_list_assigned(answer.source)) - before
        for at, cell in kept:
            taken = own & _list_used(cell.source) - set(_list_assigned(cell.source))
            if at > place and CHECK not in cell.tags and taken:
                raise InputError(
                    f"{name}, cell {at}: it uses {', '.join(sorted(taken))}, which only the answer "
                    f"in cell {place} gives, and would fail in the student edition"
                )


def _list_assigned(source: str) -> list[str]:
    """Name what a cell assigns, in order."""
    return [node.id for node in _walk(source)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]  # fmt: skip


def _list_used(source: str) -> set[str]:
    """Name what a cell uses."""
    return {node.id for node in _walk(source)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}  # fmt: skip


def _walk(source: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(source))
