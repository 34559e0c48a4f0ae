"""The command `asylum batch`: the study over many years, releases and origins."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpers.study import InputError

if TYPE_CHECKING:
    from helpers.running.batch.batch import BatchSettings, Prospect
    from helpers.running.batch.cluster import Where
    from helpers.running.batch.matrix import Matrix

_SHOWN = 20
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kMGT])(i)?B", re.I)
_LEAST = 300_000_000


def register(app: typer.Typer) -> None:
    """Add the command `batch` to the application."""
    app.command()(batch)


def batch(
    years: Annotated[
        str | None, typer.Option(help="A:B, or years with commas: year_to takes each of them.")
    ] = None,
    releases: Annotated[
        str | None, typer.Option(help="Names with commas, or all; the newest if none.")
    ] = None,
    origins: Annotated[
        str | None, typer.Option(help="ISO3 codes with commas, or all; the study's if none.")
    ] = None,
    studies: Annotated[
        str | None, typer.Option(help="Names with commas, or all; china if none.")
    ] = None,
    year_from: Annotated[str | None, typer.Option(help="As --years, for the first year.")] = None,
    top_n: Annotated[list[int] | None, typer.Option(help="Destinations shown; may repeat.")] = None,
    matrix: Annotated[
        Path | None, typer.Option(help="A YAML file with these lists instead: docs/batch.md.")
    ] = None,
    notebooks: Annotated[
        str | None, typer.Option(help="Names with commas, and what they need; all if none.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The batch's folder in runs/.")] = None,
    workers: Annotated[
        int, typer.Option(min=0, max=4096, help="Notebooks at a time; 0: one a processor.")
    ] = 0,
    memory_limit: Annotated[
        str | None, typer.Option(help="The most a worker may take, as in 4GB; else its share.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler that is there, as in tcp://10.0.0.1:8786.")
    ] = None,
    slurm: Annotated[
        list[str] | None,
        typer.Option(help="On Slurm: key=value of dask-jobqueue's cluster, or default."),
    ] = None,
    dashboard: Annotated[
        bool, typer.Option("--dashboard", help="Serve Dask's own pages, on this machine alone.")
    ] = False,
    retries: Annotated[
        int, typer.Option(min=0, max=100, help="Times a notebook is rerun if its worker dies.")
    ] = 8,
    kernel: Annotated[
        str, typer.Option(envvar="ASYLUM_KERNEL", help="python3 starts each notebook cold.")
    ] = "asylum",
    force: Annotated[
        bool, typer.Option("--force", help="Run even where nothing has changed.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the folder alone.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would run; write nothing.")
    ] = False,
) -> None:
    """Run the study over years, releases and origins, into runs/NAME."""
    from helpers.running.batch.batch import BatchSettings, look_ahead
    from helpers.running.batch.cluster import Where, read_slurm
    from helpers.running.batch.progress import BatchProgress

    if kernel not in {"asylum", "python3"}:
        raise InputError(f"{kernel!r} is no kernel of the notebooks: asylum or python3")
    asked = {"study": studies, "origin": origins, "release": releases, "year_from": year_from,
             "year_to": years, "top_n": top_n or None}  # fmt: skip
    chosen = _read_matrix({n: value for n, value in asked.items() if value is not None}, matrix)
    options = read_slurm(slurm) if slurm else None
    _refuse_empty(memory_limit=memory_limit, scheduler=scheduler)
    where = Where(workers, _check_memory(memory_limit or ""), scheduler or "", options, dashboard)
    _check_where(where)
    progress = BatchProgress(is_quiet=quiet)
    settings = BatchSettings(name, _split(notebooks), force, retries, kernel, where, progress)
    prospect = look_ahead(chosen, settings)
    _announce(prospect, progress, is_whole=dry_run)
    if not prospect.plan.items:
        raise InputError("nothing to run: no combination is on file")
    if not dry_run:
        _run(chosen, settings, prospect)


def _read_matrix(asked: dict[str, Any], file: Path | None) -> Matrix:
    """Make the matrix of the options, or of the file."""
    from helpers.running.batch.matrix import load_matrix, make_matrix

    if file is None:
        return make_matrix(asked, "the batch")
    if asked:
        raise InputError("--matrix has the lists: leave out the options for them, or the file")
    return load_matrix(file)


def _split(notebooks: str | None) -> tuple[str, ...]:
    """Read the names of notebooks."""
    from helpers.running.batch.matrix import split_names

    try:
        return () if notebooks is None else tuple(split_names(notebooks))
    except ValueError as error:
        raise InputError(f"--notebooks: {error}") from None


def _refuse_empty(**given: str | None) -> None:
    """Refuse an option that is given without a value, as by a variable that is not set."""
    for name, value in given.items():
        if value is not None and not value.strip():
            raise InputError(f"--{name.replace('_', '-')} is empty: leave it out, or give a value")


def _check_where(where: Where) -> None:
    """Refuse options that belong to different places."""
    if where.scheduler and where.slurm is not None:
        raise InputError("--scheduler and --slurm exclude each other: take one")
    if where.scheduler and (where.workers or where.memory or where.has_dashboard):
        raise InputError(
            "a scheduler has its own workers, with their own memory and dashboard: leave out "
            "--workers, --memory-limit and --dashboard"
        )


def _check_memory(given: str) -> str:
    """Refuse what Dask would read as something else, or a worker could not start in."""
    if not given:
        return ""
    match = _SIZE.fullmatch(given.strip())
    if not match:
        raise InputError(f"--memory-limit is a size, as in 4GB or 3000MiB, not {given!r}")
    base = 1024 if match[3] else 1000
    if float(match[1]) * base ** " kmgt".index(match[2].lower()) < _LEAST:
        raise InputError(f"--memory-limit {given} is too little: a worker needs 300MB or more")
    return given.strip()


def _announce(prospect: Prospect, progress: Any, *, is_whole: bool) -> None:
    """Say what runs, what stands and what is not on file."""
    from helpers.running.results import say_folder

    plan, left = prospect.plan, prospect.left
    progress.say(
        f"{say_folder(prospect.folder)}: {len(left)} to run, {len(prospect.standing)} stand "
        f"already, {len(plan.absent)} not on file"
    )
    if plan.repeated:
        progress.say(f"  given more than once, run once: {plan.repeated}")
    if is_whole:
        for item in plan.items:
            state = "stands" if item.name in prospect.standing else "would run"
            progress.say(f"  {state:<10} {item.name}")
    most = len(plan.absent) if is_whole else _SHOWN
    for each in plan.absent[:most]:
        progress.say(f"  not on file  {each.describe()}")
    if len(plan.absent) > most:
        progress.say(f"  and {len(plan.absent) - most} more, in not_on_file.csv")


def _run(chosen: Matrix, settings: BatchSettings, prospect: Prospect) -> None:
    """Run the batch and say how it ended."""
    from helpers.running.batch.batch import run_batch
    from helpers.running.batch.roster import NobodyLeft
    from helpers.running.results import say_folder

    place = say_folder(prospect.folder)
    try:
        outcome = run_batch(chosen, settings, prospect)
    except NobodyLeft as error:
        print(f"asylum: no worker can run this batch: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except BaseException as error:
        error.add_note(f"stopped; the runs that ended are in {place}, and the same command goes on")
        raise
    for row in outcome.failed:
        print(f"asylum: {row['run']}: {row['error']}", file=sys.stderr)
    new = len(outcome.rows) - outcome.stood
    settings.progress.say(
        f"{new} run, {outcome.stood} as they were, {len(outcome.failed)} failed. Open next:"
    )
    settings.progress.say(f"  {place}/index.html   the runs side by side")
    settings.progress.say(f"  {place}/summary.csv  the same as data")
    if settings.progress.is_quiet:
        print(place)
    if outcome.failed:
        raise typer.Exit(1)
