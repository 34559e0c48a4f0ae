"""`asylum students`: both editions of the lessons from one source, and the check that they agree.

`notebooks/exercises/solutions/` holds the source, `notebooks/exercises/` what is made of it. The
lessons make no figure and no number of the study, so they are no part of the reference run; they
are held to their own source, and rerun by `asylum check`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.lessons.cards import HEADS
from helpers.lessons.editions import CHECK, derive_edition
from helpers.running import guards
from helpers.running.execute import execute_all
from helpers.running.guards import Finding, read_outputs
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import (
    clean_notebook,
    read_paired,
    write_notebook,
)
from helpers.running.outcomes import Failure
from helpers.running.runs import Settings
from helpers.study import InputError

PLACE = "exercises"
RIGHT, OPEN = HEADS["right"], HEADS["open"]


@dataclass(frozen=True)
class Editions:
    """What `asylum students` would write, by path, and what failed on the way."""

    files: Mapping[Path, bytes]
    failures: tuple[Failure, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def problems(self) -> list[str]:
        """What failed, and which check does not say what it should."""
        failed = [failure.describe() for failure in self.failures]
        return failed + [finding.describe() for finding in self.findings]

    def describe(self, *, is_written: bool) -> str:
        """One line a file that changes."""
        done = "written" if is_written else "to be written"
        names = [path.relative_to(paths.root()).as_posix() for path in self.files]
        return "\n".join(f"  {name}: {done}" for name in names) or "  nothing changes"


def check_editions() -> list[Finding]:
    """Hold both editions to the solutions' text, and to each other; runs nothing.

    Returns
    -------
    list of Finding
        Empty where the student edition is what the solutions give, both are executed and paired,
        every solution is right and no answer stands in the student edition.
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
    return findings


def _check_lesson(source: Path) -> Iterator[Finding]:
    """Check one lesson in both editions."""
    student = paths.exercises() / source.name
    wanted = derive_edition(source.read_text(encoding="utf-8"), source.name)
    stood = student.read_text(encoding="utf-8") if student.is_file() else ""
    if stood != wanted:
        said = (
            f"{source.stem}: the student edition is not what the solution gives (asylum students)"
        )
        yield Finding(PLACE, said, stood, wanted)
        return
    for file, verdict in ((source, RIGHT), (student, OPEN)):
        paired = file.with_suffix(".ipynb")
        if not paired.is_file():
            raise InputError(
                f"{paired.name} is missing beside {file.name}: asylum students makes it"
            )
        yield from _check_executed(file, read_paired(paired), verdict)


def _check_executed(file: Path, notebook: Any, verdict: str) -> Iterator[Finding]:
    """Apply the guards, and see that each check says what it should in this edition."""
    for found in [*guards.check_notebook(file, notebook), *judge_checks(file, notebook, verdict)]:
        place = f"{file.parent.name}/{file.stem}"
        yield Finding(PLACE, f"{place}: {found.what}", found.stood, found.came, found.cell)


def judge_checks(file: Path, notebook: Any, verdict: str) -> Iterator[Finding]:
    """Find the checks that do not say what they should: right, or no answer yet."""
    for number, cell in enumerate(notebook.cells, start=1):
        if CHECK not in cell.metadata.get("tags", []):
            continue
        shown = " ".join(text for kind, text in read_outputs(cell) if kind == "text/plain")
        if verdict not in shown:
            yield Finding(file.stem, "a check says something else", shown, verdict, number)


def make_editions(settings: Settings) -> Editions:
    """Derive the student edition and execute both, in a scratch folder.

    Parameters
    ----------
    settings : Settings
        Workers, kernel and progress.

    Returns
    -------
    Editions
        With the files whose content changes.
    """
    sources = list_notebooks(paths.solutions())
    wanted: dict[Path, bytes] = {}
    failures: list[Failure] = []
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="asylum-") as scratch:
        students = _write_students(sources, Path(scratch) / "students")
        for folder, files, verdict in (
            (paths.solutions(), sources, RIGHT),
            (paths.exercises(), students, OPEN),
        ):
            made, failed = execute_lessons(files, settings)
            failures += failed
            for file in files:
                wanted[folder / file.name] = file.read_bytes()
                if file.stem in made:
                    findings += judge_checks(file, made[file.stem], verdict)
                    text = write_notebook(made[file.stem])
                    wanted[folder / f"{file.stem}.ipynb"] = text.encode()
    changed = {path: content for path, content in wanted.items() if _differs(path, content)}
    return Editions(changed, tuple(failures), tuple(findings))


def _write_students(sources: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Write the student edition's .py, beside the .ipynb that gives cells their ids."""
    folder.mkdir(parents=True)
    for source in sources:
        text = derive_edition(source.read_text(encoding="utf-8"), source.name)
        (folder / source.name).write_text(text, encoding="utf-8")
        paired = paths.exercises() / f"{source.stem}.ipynb"
        if paired.is_file():
            shutil.copy(paired, folder)
    return tuple(folder / source.name for source in sources)


def execute_lessons(
    sources: Sequence[Path], settings: Settings, parameters: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[Failure]]:
    """Execute lessons, and return them by name in the form that is committed.

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
        done = execute_all(parameters or {}, folder, settings.workers, settings.progress, sources)
        failures = [each.failure for each in done if each.failure]
        files = sorted((folder / "notebooks").glob("*.ipynb"))
        return {file.stem: clean_notebook(read_paired(file)) for file in files}, failures


def write_editions(editions: Editions) -> None:
    """Write what changes, each file whole or not at all."""
    for path, content in editions.files.items():
        paths.write_atomic(path, content)


def _differs(path: Path, content: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != content
