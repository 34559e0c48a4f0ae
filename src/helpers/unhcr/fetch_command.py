"""The commands `asylum fetch` and `asylum update`: options in, one release or one refusal out."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from helpers.unhcr.endpoints import FetchOptions

Release = Annotated[
    str, typer.Option(help="The new folder in data/raw; <newest year>-<mid or end> if none.")
]
Period = Annotated[str | None, typer.Option(help="mid or end, where the calendar cannot tell.")]
Origins = Annotated[
    list[str] | None,
    typer.Option(help="More origins to keep pair by pair: ISO3, comma-separated."),
]
StudyName = Annotated[str | None, typer.Option(help="A file of data/hand/studies.")]
ApiUrl = Annotated[str, typer.Option(envvar="ASYLUM_API_URL", help="Another address of the API.")]
Rate = Annotated[float, typer.Option(help="Requests a second at most.")]
PageSize = Annotated[int, typer.Option(help="Rows a page.")]
Timeout = Annotated[float, typer.Option(help="Seconds for one answer.")]
Retries = Annotated[int, typer.Option(help="Further tries of a failed request.")]
RetryWait = Annotated[float, typer.Option(help="Seconds before the first of them.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(fetch)
    app.command()(update)


def fetch(
    release: Release = FetchOptions.release,
    period: Period = FetchOptions.period,
    origins: Origins = None,
    study: StudyName = FetchOptions.study,
    api_url: ApiUrl = FetchOptions.api_url,
    rate: Rate = FetchOptions.rate,
    page_size: PageSize = FetchOptions.page_size,
    timeout: Timeout = FetchOptions.timeout,
    retries: Retries = FetchOptions.retries,
    retry_wait: RetryWait = FetchOptions.retry_wait,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the new release's folder alone.")
    ] = False,
) -> None:
    """Fetch UNHCR's newest figures from its API into data/raw/RELEASE."""
    from helpers.unhcr.fetch import fetch_release

    options = FetchOptions(
        release, period, _split(origins), study, api_url, rate, page_size, timeout, retries,
        retry_wait,
    )  # fmt: skip
    name = fetch_release(options, is_quiet=quiet)
    if quiet:
        print(f"data/raw/{name}" if name else "")
    elif name:
        print(f"next: asylum run --release {name}")


def update(
    release: Release = FetchOptions.release,
    period: Period = FetchOptions.period,
    origins: Origins = None,
    study: StudyName = FetchOptions.study,
    api_url: ApiUrl = FetchOptions.api_url,
    rate: Rate = FetchOptions.rate,
    page_size: PageSize = FetchOptions.page_size,
    timeout: Timeout = FetchOptions.timeout,
    retries: Retries = FetchOptions.retries,
    retry_wait: RetryWait = FetchOptions.retry_wait,
    no_fetch: Annotated[
        bool, typer.Option("--no-fetch", help="Compare the two newest releases on file.")
    ] = False,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two.")] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the path of changes.md alone.")
    ] = False,
) -> None:
    """Fetch the next release, rerun the study, and say what the new year changes."""
    from helpers.unhcr.update import update_study

    options = FetchOptions(
        release, period, _split(origins), study, api_url, rate, page_size, timeout, retries,
        retry_wait,
    )  # fmt: skip
    failures = update_study(options, fetches=not no_fetch, workers=workers, is_quiet=quiet)
    for failure in failures:
        print(f"asylum: {failure.describe()}", file=sys.stderr)
    if failures:
        print(
            "asylum: the releases stay on file, and asylum update goes on from there",
            file=sys.stderr,
        )
        raise typer.Exit(1)


def _split(origins: list[str] | None) -> tuple[str, ...]:
    codes = [code.strip() for given in origins or () for code in given.split(",")]
    return tuple(code for code in codes if code)
