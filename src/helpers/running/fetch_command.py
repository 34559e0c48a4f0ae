"""The command `asylum fetch`: options in, one release or one refusal out."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command `fetch` to the application."""
    app.command()(fetch)


def fetch(
    release: Annotated[
        str, typer.Option(help="The new folder in data/raw; <newest year>-<mid or end> if none.")
    ] = "",
    period: Annotated[
        str | None, typer.Option(help="mid or end, where the calendar cannot tell.")
    ] = None,
    origins: Annotated[
        list[str] | None,
        typer.Option(help="More origins to keep pair by pair: ISO3, comma-separated."),
    ] = None,
    study: Annotated[str | None, typer.Option(help="A file of data/hand/studies.")] = None,
    api_url: Annotated[
        str | None, typer.Option(envvar="ASYLUM_API_URL", help="Another address of the API.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Requests a second at most.")] = 4.0,
    parallel: Annotated[int, typer.Option(help="Requests at once at most.")] = 2,
    page_size: Annotated[int, typer.Option(help="Rows a page.")] = 10_000,
    timeout: Annotated[float, typer.Option(help="Seconds for one answer.")] = 120.0,
    retries: Annotated[int, typer.Option(help="Further tries of a failed request.")] = 5,
    retry_wait: Annotated[float, typer.Option(help="Seconds before the first of them.")] = 2.0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the pages of a fetch that was cut off.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the new release's folder alone.")
    ] = False,
) -> None:
    """Fetch UNHCR's newest figures from its API into data/raw/RELEASE."""
    from helpers.running.fetch_options import FetchOptions
    from helpers.running.fetch_watch import make_watcher
    from helpers.running.fetching import fetch_release
    from helpers.sources.api.client import Settings
    from helpers.sources.api.endpoints import API_URL

    codes = [code.strip() for given in origins or () for code in given.split(",")]
    options = FetchOptions(
        release=release,
        period=period,
        origins=tuple(code for code in codes if code),
        study=study,
        settings=Settings(api_url or API_URL, rate, parallel, timeout, retries, retry_wait),
        page_size=page_size,
        resume=resume,
    )
    with make_watcher(is_quiet=quiet) as watcher:
        fetched = fetch_release(options, watcher)
    if quiet:
        print(f"data/raw/{fetched.release}" if fetched.release else "")
        return
    for line in fetched.lines:
        print(line)
    if fetched.release:
        print(f"next: asylum run --release {fetched.release}")
