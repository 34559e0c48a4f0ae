"""The commands `asylum fetch` and `asylum update`: options in, one release or one refusal out."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from helpers.unhcr.fetch_options import FetchOptions

Release = Annotated[
    str, typer.Option(help="The new folder in data/raw; <newest year>-<mid or end> if none.")
]
Period = Annotated[str | None, typer.Option(help="mid or end, where the calendar cannot tell.")]
Origins = Annotated[
    list[str] | None,
    typer.Option(help="More origins to keep pair by pair: ISO3, comma-separated."),
]
StudyName = Annotated[str | None, typer.Option(help="A file of data/hand/studies.")]
ApiUrl = Annotated[
    str | None, typer.Option(envvar="ASYLUM_API_URL", help="Another address of the API.")
]
Rate = Annotated[float, typer.Option(help="Requests a second at most.")]
Parallel = Annotated[int, typer.Option(help="Requests at once at most.")]
PageSize = Annotated[int, typer.Option(help="Rows a page.")]
Timeout = Annotated[float, typer.Option(help="Seconds for one answer.")]
Retries = Annotated[int, typer.Option(help="Further tries of a failed request.")]
RetryWait = Annotated[float, typer.Option(help="Seconds before the first of them.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on from the pages of a fetch that was cut off.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(fetch)
    app.command()(update)


def fetch(
    release: Release = "",
    period: Period = None,
    origins: Origins = None,
    study: StudyName = None,
    api_url: ApiUrl = None,
    rate: Rate = 4.0,
    parallel: Parallel = 2,
    page_size: PageSize = 10_000,
    timeout: Timeout = 120.0,
    retries: Retries = 5,
    retry_wait: RetryWait = 2.0,
    resume: Resume = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the new release's folder alone.")
    ] = False,
) -> None:
    """Fetch UNHCR's newest figures from its API into data/raw/RELEASE."""
    options = _collect(**_drop(locals(), "quiet"))
    from helpers.unhcr.fetch_watch import make_watcher
    from helpers.unhcr.fetching import fetch_release

    with make_watcher(is_quiet=quiet) as watcher:
        fetched = fetch_release(options, watcher)
    if quiet:
        print(f"data/raw/{fetched.release}" if fetched.release else "")
        return
    for line in fetched.lines:
        print(line)
    if fetched.release:
        print(f"next: asylum run --release {fetched.release}")


def update(
    release: Release = "",
    period: Period = None,
    origins: Origins = None,
    study: StudyName = None,
    api_url: ApiUrl = None,
    rate: Rate = 4.0,
    parallel: Parallel = 2,
    page_size: PageSize = 10_000,
    timeout: Timeout = 120.0,
    retries: Retries = 5,
    retry_wait: RetryWait = 2.0,
    resume: Resume = False,
    no_fetch: Annotated[
        bool, typer.Option("--no-fetch", help="Compare the two newest releases on file.")
    ] = False,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the page's path alone.")] = (
        False
    ),
) -> None:
    """Fetch the next release, rerun the study, and write what the new year changes."""
    options = _collect(**_drop(locals(), "no_fetch", "workers", "quiet"))
    from helpers.running.progress import Progress
    from helpers.running.runs import Settings
    from helpers.running.staging import say_folder
    from helpers.unhcr.fetch_watch import make_watcher
    from helpers.unhcr.updating import PAGE, update_study

    progress = Progress(is_quiet=quiet)
    try:
        settings = Settings(workers=workers, progress=progress)
        watch = partial(make_watcher, is_quiet=quiet)
        updated = update_study(options, settings, watch, fetches=not no_fetch)
    finally:
        progress.close()
    if updated.failures:
        for failure in updated.failures:
            print(f"asylum: {failure.describe()}", file=sys.stderr)
        said = (
            "no page was written; the releases stay on file, and asylum update goes on from there"
        )
        print(f"asylum: {said}", file=sys.stderr)
        raise typer.Exit(1)
    if updated.folder:
        page = f"{say_folder(updated.folder)}/{PAGE}"
        print(page if quiet else f"what the new release changes: {page}")


def _drop(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


def _collect(
    release: str, period: str | None, origins: list[str] | None, study: str | None,
    api_url: str | None, rate: float, parallel: int, page_size: int, timeout: float,
    retries: int, retry_wait: float, resume: bool,
) -> FetchOptions:  # fmt: skip
    """Turn a command's options into those of a fetch."""
    from helpers.unhcr.client import Settings
    from helpers.unhcr.endpoints import API_URL
    from helpers.unhcr.fetch_options import FetchOptions

    codes = [code.strip() for given in origins or () for code in given.split(",")]
    return FetchOptions(
        release=release,
        period=period,
        origins=tuple(code for code in codes if code),
        study=study,
        settings=Settings(api_url or API_URL, rate, parallel, timeout, retries, retry_wait),
        page_size=page_size,
        resume=resume,
    )
