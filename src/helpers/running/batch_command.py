"""The command `asylum batch`: the study over many years, releases and origins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from helpers import paths
from helpers.study import BATCH_OPTIONS, FailedError, InputError, load_yaml

_MANY = 200
Text = str | None


def batch(
    years: Annotated[Text, Option(help="Last years: A:B, or several with commas.")] = None,
    releases: Annotated[Text, Option(help="With commas, or all; newest if none.")] = None,
    origins: Annotated[Text, Option(help="ISO3 codes, or all; the study's if none.")] = None,
    studies: Annotated[Text, Option(help="With commas, or all; china if none.")] = None,
    year_from: Annotated[Text, Option(help="First years, as --years.")] = None,
    top_n: Annotated[list[str] | None, Option(help="Destinations shown; may repeat.")] = None,
    matrix: Annotated[Path | None, Option(help="A YAML file: docs/batch.md.")] = None,
    notebooks: Annotated[str, Option(help="With commas.")] = "all",
    name: Annotated[Text, Option(help="The batch's folder in runs/.")] = None,
    workers: Annotated[
        int, Option(min=0, max=1000, help="Runs at a time; 0: one a processor.")
    ] = 0,
    memory_limit: Annotated[Text, Option(help="Of a worker: 4GB; a share if none.")] = None,
    scheduler: Annotated[Text, Option(help="Dask's, as in tcp://10.0.0.1:8786.")] = None,
    slurm: Annotated[list[str] | None, Option(help="key=value, or default.")] = None,
    dashboard: Annotated[bool, Option("--dashboard", help="Serve Dask's pages.")] = False,
    retries: Annotated[int, Option(min=0, max=1000, help="Worker deaths a run survives.")] = 20,
    force: Annotated[bool, Option("--force", help="Run what is complete too.")] = False,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print the folder alone.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Say what would run.")] = False,
    yes: Annotated[
        bool, Option("--yes", help=f"Run over {_MANY} runs, or on little disk.")
    ] = False,
) -> None:
    """Run the study over years, releases and origins, into runs/NAME."""
    from helpers.running import batch as batches
    from helpers.running.cluster import Where, read_slurm

    lists = (studies, origins, releases, year_from, years, top_n or None)
    asked = {n: value for n, value in zip(BATCH_OPTIONS, lists, strict=True) if value is not None}
    options = read_slurm(slurm) if slurm else None
    where = Where(workers, memory_limit, scheduler, options, dashboard, retries)
    if matrix and asked:
        raise InputError("--matrix has the lists: leave out the options for them, or the file")
    given = load_yaml(matrix) if matrix else asked
    plan = batches.make_plan(given, name=name, notebooks=notebooks, is_forced=force)
    if not quiet:
        batches.announce(plan, where, is_whole=dry_run)
    if not plan.runs:
        raise InputError("nothing to run: no combination is in the data")
    if dry_run:
        return
    if len(plan.left) > _MANY and not yes:
        raise InputError(f"{len(plan.left):,} runs are over {_MANY}: add --yes to run them")
    if batches.estimate_bytes(plan) > paths.measure_free(plan.folder) and not yes:
        raise InputError("that is more disk than is free: make room, or add --yes to run them")
    say = (lambda line: None) if quiet else print
    rows = batches.run_batch(plan, where, say)
    failed = [row for row in rows if row["error"]]
    place = paths.say_folder(plan.folder)
    say(f"{len(plan.left)} run, {len(plan.complete)} as they were, {len(failed)} failed.")
    say(f"Open next: {place}/index.html, the runs side by side; {place}/summary.csv, as data")
    if quiet:
        print(place)
    if failed:
        raise FailedError(*(f"{row['run']}: {row['error']}" for row in failed))
