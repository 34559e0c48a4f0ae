"""A batch from its plan to its summary: what stands is left, the rest is run, all is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpers.running import staging
from helpers.running.batch import folder as folders
from helpers.running.batch.cluster import Where
from helpers.running.batch.driver import Driver, Order
from helpers.running.batch.matrix import Matrix
from helpers.running.batch.plan import Item, Plan, make_plan, name_batch
from helpers.running.batch.progress import BatchProgress
from helpers.running.batch.rows import Row
from helpers.running.batch.signals import run_stoppable
from helpers.running.inputs import describe_shared
from helpers.running.jobs import KERNEL
from helpers.running.pairing import list_notebooks
from helpers.running.pool import FIRST
from helpers.running.presence import require_hand_files
from helpers.study import InputError, say_unknown

RETRIES = 8


@dataclass(frozen=True)
class BatchSettings:
    """How to run a batch, as far as it does not decide the outcome, and which notebooks.

    Attributes
    ----------
    name : str
        The folder in runs/; None: made of the matrix.
    notebooks : tuple of str
        Those to run; empty: all.
    is_forced, retries, kernel, where, progress
        Run what stands; how often a notebook is run again after its worker died; the kernel; the
        workers; where it is told how things go.
    """

    name: str | None = None
    notebooks: tuple[str, ...] = ()
    is_forced: bool = False
    retries: int = RETRIES
    kernel: str = KERNEL
    where: Where = field(default_factory=Where)
    progress: BatchProgress = field(default_factory=lambda: BatchProgress(is_quiet=True))


@dataclass(frozen=True)
class BatchOutcome:
    """How a batch ended: where it is, its rows in order, and how many of them stood already."""

    folder: Path
    rows: tuple[Row, ...]
    stood: int

    @property
    def failed(self) -> tuple[Row, ...]:
        """The rows of the runs that failed."""
        return tuple(row for row in self.rows if row["error"])


@dataclass(frozen=True)
class Prospect:
    """What a batch would do: its folder, plan, notebooks, and the rows of the runs that stand."""

    folder: Path
    plan: Plan
    subset: tuple[str, ...]
    shared: dict[str, object]
    standing: dict[str, Row]

    @property
    def left(self) -> list[Item]:
        """The runs that would be run."""
        return [item for item in self.plan.items if item.name not in self.standing]


def look_ahead(matrix: Matrix, settings: BatchSettings) -> Prospect:
    """Find out what a batch would do; nothing is written.

    Raises
    ------
    InputError
        For names that are nowhere on file, damaged inputs or hand files, or a folder that is taken.
    """
    subset = choose_notebooks(settings.notebooks)
    plan = make_plan(matrix)
    for study in {item.study.study: item.study for item in plan.items}.values():
        require_hand_files(study)
    name = name_batch(matrix, subset) if settings.name is None else settings.name
    folder = folders.check_folder(name, subset, is_forced=settings.is_forced)
    shared = describe_shared()
    standing = {}
    if not settings.is_forced:
        standing = folders.find_standing(folder, plan.items, shared, subset)
    return Prospect(folder, plan, subset, shared, standing)


def choose_notebooks(given: Sequence[str]) -> tuple[str, ...]:
    """Return the notebooks asked for and those that must come before; empty for all.

    Raises
    ------
    InputError
        For one that is not there.
    """
    every = tuple(file.stem for file in list_notebooks())
    for name in given:
        if name not in every:
            raise InputError(say_unknown("notebook", name, every))
    last = max((every.index(name) for name in given), default=-1)
    chosen = {*given, *every[: max(0, min(last, FIRST))]}
    found = tuple(name for name in every if name in chosen)
    return () if len(found) in (0, len(every)) else found


def run_batch(matrix: Matrix, settings: BatchSettings, prospect: Prospect) -> BatchOutcome:
    """Run what a batch has left, and write its summary.

    Raises
    ------
    InputError
        Where a batch of that name is under way, or no scheduler answers.
    NobodyLeft
        Where every worker was refused.
    """
    folder, items = prospect.folder, prospect.plan.items
    rows = dict(prospect.standing)
    with staging.open_staging(folder.name) as growing:
        folders.mark_folder(folder, matrix.model_dump(mode="json", exclude_unset=True),
                            prospect.subset)  # fmt: skip
        try:
            if prospect.left:
                _run(settings, prospect, growing, rows)
        finally:
            folders.write_summary(folder, items, rows, prospect.plan.absent)
    return BatchOutcome(folder, tuple(rows[item.name] for item in items), len(prospect.standing))


def _run(settings: BatchSettings, prospect: Prospect, growing: Path, rows: dict[str, Row]) -> None:
    every = tuple(file.stem for file in list_notebooks())
    order = Order(
        batch=prospect.folder.name,
        items=prospect.left,
        shared=prospect.shared,
        notebooks=prospect.subset or every,
        subset=prospect.subset,
        kernel=settings.kernel,
        retries=settings.retries,
        where=settings.where,
    )

    def keep(row: Row) -> None:
        rows[row["run"]] = row

    settings.progress.start(len(prospect.left), len(order.notebooks))
    try:
        run_stoppable(Driver(order, growing, settings.progress, keep).run())
    finally:
        settings.progress.close()
