"""`asylum check`: tell whether a rerun gives what is committed, letters and pictures.

The guards read, nbval and a fresh run execute, and the comparison is pure; nothing is written
into the project.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from helpers import paths
from helpers.publish.readme import check_readme
from helpers.running import compare, guards
from helpers.running.compare import Finding
from helpers.running.nbval import Nbval
from helpers.running.reference import (
    REPLICATION,
    Reference,
    load_committed,
    make_fresh,
    pick_notebooks,
    read_page,
    render_list,
)
from helpers.running.runs import Settings

LOCK = "requirements.lock"
_DRAWING = ("matplotlib", "numpy", "pandas", "seaborn", "pillow", "fonttools", "contourpy")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.M)


@dataclass(frozen=True)
class Verdict:
    """What a check found, and what it could not look at, said openly."""

    names: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def is_good(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings

    def describe(self) -> str:
        """One line a notebook and one for the figures; what was found below its line."""
        lines = []
        for name in (*self.names, "figures and README"):
            found = [each for each in self.findings if self._place(each) == name]
            lines.append(f"  {name:<24} {_say_count(len(found))}")
            lines += [_indent(each.describe()) for each in found]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    def _place(self, finding: Finding) -> str:
        return finding.place if finding.place in self.names else "figures and README"


def _say_count(count: int) -> str:
    return "as committed" if not count else f"{count} difference{'s' if count > 1 else ''}"


def _indent(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines())


def check(
    wanted: Sequence[str], settings: Settings, *, with_nbval: bool = True, is_rerun: bool = True
) -> Verdict:
    """Check the committed reference, or some of its notebooks.

    Parameters
    ----------
    wanted : sequence of str
        Names of notebooks; all where empty.
    settings : Settings
    with_nbval : bool
        Run nbval as well.
    is_rerun : bool
        False reads what is committed and executes nothing: it takes a second.

    Raises
    ------
    InputError
        For an unknown notebook, or an .ipynb that is missing or unreadable.
    """
    sources = pick_notebooks(wanted)
    committed = load_committed(sources)
    names = tuple(file.stem for file in sources)
    findings = judge_committed(sources, committed, is_whole=not wanted)
    if not is_rerun:
        return Verdict(names, tuple(findings), ("nothing was rerun",))
    with ExitStack() as stack:
        standing_by = Nbval(settings.workers, settings.kernel)  # imports during the rerun
        nbval = stack.enter_context(standing_by) if with_nbval else None
        with make_fresh(sources, settings) as fresh:
            findings += compare_runs(committed, fresh, is_whole=not wanted)
        findings += nbval.run(sources) if nbval else []
    notes = [_say_unlocked(find_unlocked())] if find_unlocked() else []
    return Verdict(names, tuple(findings), tuple(notes))


def judge_committed(
    sources: Sequence[Path], committed: Reference, *, is_whole: bool = True
) -> list[Finding]:
    """Apply the guards to what is committed; executes nothing."""
    findings = list(compare.check_figures(committed.figures))
    for source in sources:
        paired = committed.notebooks[source.stem]
        findings += guards.check_notebook(source, paired)
        findings += guards.check_prose(source.stem, paired, committed.numbers)
        findings += compare.compare_pictures(source.stem, paired, committed.figures)
    if is_whole:
        wrong = check_readme(read_page("README.md"), committed.numbers)
        findings += [Finding("README.md", *each) for each in wrong]
        findings += _check_list(committed)
    return findings


def _check_list(committed: Reference) -> Iterator[Finding]:
    """Hold the list of figures, tables and numbers to the committed notebooks."""
    stood = read_page(REPLICATION)
    try:
        came = render_list(stood, committed)
    except ValueError as error:
        yield Finding(REPLICATION, str(error))
        return
    if stood != came:
        yield Finding(REPLICATION, "its list has fallen behind the notebooks", stood, came)


def compare_runs(committed: Reference, fresh: Reference, *, is_whole: bool = True) -> list[Finding]:
    """Compare what is committed with a fresh run.

    Parameters
    ----------
    committed, fresh : Reference
    is_whole : bool
        False where only some notebooks were run: then a figure or number that none of them
        makes may be another's. So it is where a notebook failed, which is said and nothing else.
    """
    failures = {done.notebook: done.failure for done in fresh.done if done.failure}
    findings = [Finding(name, failure.describe()) for name, failure in failures.items()]
    ran = sorted(set(fresh.notebooks) - set(failures))
    for name in ran:
        findings += compare.compare_notebooks(
            name, committed.notebooks[name], fresh.notebooks[name]
        )
    if not is_whole or failures:
        makers = {n: e["notebook"] for n, e in (fresh.numbers | committed.numbers).items()}
        made = {name for name, maker in makers.items() if maker in ran}
        committed, fresh = (_keep_made(each, fresh, made) for each in (committed, fresh))
    with_bytes = not find_unlocked()
    findings += compare.compare_figures(committed.figures, fresh.figures, with_bytes=with_bytes)
    return findings + compare.compare_numbers(committed.numbers, fresh.numbers)


def _keep_made(reference: Reference, fresh: Reference, made: set[str]) -> Reference:
    """Leave out of a reference what the notebooks that ran to their end do not make.

    A number that several notebooks state is the first one's.
    """
    numbers = {name: each for name, each in reference.numbers.items() if name in made}
    figures = {name: data for name, data in reference.figures.items() if name in fresh.figures}
    return Reference(reference.notebooks, figures, numbers)


def read_lock() -> dict[str, set[str]]:
    """Read the locked versions by library; one may have several, for several Pythons."""
    file = paths.root() / LOCK
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    locked: dict[str, set[str]] = {}
    for name, version in _PINNED.findall(text):
        locked.setdefault(name.lower(), set()).add(version)
    return locked


def find_unlocked(locked: Mapping[str, set[str]] | None = None) -> list[str]:
    """Name the drawing libraries whose version here is not the locked one."""
    locked = read_lock() if locked is None else locked
    found = []
    for name in _DRAWING:
        here = importlib.metadata.version(name)
        versions = locked.get(name, set())
        if here not in versions:
            wanted = " or ".join(sorted(versions)) or "none"
            found.append(f"{name} {here} here, {wanted} locked")
    return found


def _say_unlocked(unlocked: Sequence[str]) -> str:
    return f"pictures were compared by their data, not byte for byte: {'; '.join(unlocked)}"
