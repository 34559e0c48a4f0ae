"""`asylum bless`: make the reference anew, show what changes, and write it if told to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.running import compare
from helpers.running.compare import Finding
from helpers.running.jobs import Failure
from helpers.running.pairing import describe_inputs, list_notebooks, read_paired
from helpers.running.reference import Reference, make_fresh, render_pages, write_notebook
from helpers.running.results import NUMBERS
from helpers.running.runs import Settings


@dataclass(frozen=True)
class Blessing:
    """What would change or has changed: findings for people, files by path with their content."""

    changes: tuple[Finding, ...]
    files: Mapping[Path, bytes | None]
    failures: tuple[Failure, ...] = ()

    def describe(self, *, is_written: bool) -> str:
        """One paragraph a change, and the list of files."""
        lines = ["  " + line for each in self.changes for line in each.describe().splitlines()]
        for path, content in self.files.items():
            done = "removed" if content is None else "written"
            place = path.relative_to(paths.root()).as_posix()
            lines.append(f"  {place}: {'' if is_written else 'to be '}{done}")
        return "\n".join(lines)


def bless(settings: Settings, *, is_written: bool) -> Blessing:
    """Execute all notebooks with their defaults and compare with what is committed.

    Parameters
    ----------
    settings : Settings
        Workers, kernel and progress.
    is_written : bool
        Write notebooks, figures, numbers and README's numbers; nothing where a notebook fails.
    """
    sources = list_notebooks()
    committed = _load_what_there_is(sources)
    with make_fresh(sources, settings) as fresh:
        failures = tuple(each.failure for each in fresh.done if each.failure)
        if failures:
            return Blessing((), {}, failures)
        blessing = Blessing(
            tuple(_find_changes(committed, fresh)), _find_files(sources, committed, fresh)
        )
    if is_written:
        _write(blessing.files)
    return blessing


def _load_what_there_is(sources: Sequence[Path]) -> Reference:
    """Load the committed reference, as far as there is one."""
    paired = {file.stem: file.with_suffix(".ipynb") for file in sources}
    notebooks = {name: read_paired(file) for name, file in paired.items() if file.is_file()}
    files = {file.name: file.read_bytes() for file in sorted(paths.figures().glob("*.*"))
             if not file.name.startswith(".")}  # fmt: skip
    numbers = json.loads(files.pop(NUMBERS, b"{}"))
    return Reference(notebooks, files, numbers)


def _find_changes(committed: Reference, fresh: Reference) -> list[Finding]:
    """List what changes: inputs and outputs cell by cell, figures, and every number."""
    changes: list[Finding] = []
    for name, notebook in fresh.notebooks.items():
        old = committed.notebooks.get(name)
        if old is None:
            changes.append(Finding(name, "is new"))
            continue
        changes += _compare_by_id(name, old, notebook)
    changes += compare.compare_figures(committed.figures, fresh.figures, with_bytes=True)
    return changes + compare.compare_numbers(committed.numbers, fresh.numbers)


def _compare_by_id(name: str, old: Any, new: Any) -> Iterator[Finding]:
    """Compare cells that are the same one by their id, so that one put between moves none."""
    before = {cell.id: cell for cell in old.cells}
    for number, cell in enumerate(new.cells, start=1):
        stood, came = before.pop(cell.id, None), describe_inputs(cell)
        if stood is None:
            yield Finding(name, "a new cell", "", came, number)
        elif describe_inputs(stood) != came:
            yield Finding(name, "input differs", describe_inputs(stood), came, number)
        if stood is not None:
            yield from compare.compare_cells(name, number, stood, cell)
    for cell in before.values():
        yield Finding(name, "a cell goes", describe_inputs(cell))


def _find_files(
    sources: Sequence[Path], committed: Reference, fresh: Reference
) -> dict[Path, bytes | None]:
    """List the files whose content changes; None stands for one that goes."""
    folder = paths.figures()
    wanted: dict[Path, bytes | None] = {folder / name: None for name in committed.figures}
    wanted |= {folder / name: content for name, content in fresh.figures.items()}
    for source in sources:
        text = write_notebook(fresh.notebooks[source.stem])
        wanted[source.with_suffix(".ipynb")] = text.encode()
    numbers = json.dumps(fresh.numbers, indent=1, sort_keys=True, ensure_ascii=False)
    wanted[folder / NUMBERS] = (numbers + "\n").encode()
    wanted |= render_pages(fresh)
    return {path: content for path, content in wanted.items() if _differs(path, content)}


def _differs(path: Path, content: bytes | None) -> bool:
    old = path.read_bytes() if path.is_file() else None
    return old != content


def _write(files: Mapping[Path, bytes | None]) -> None:
    for path, content in files.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            paths.write_atomic(path, content)
