"""The commands `asylum fetch` and `asylum update`: options in, one release or one refusal out.

Without the postponed annotations of the other modules, since the options are read from them; and
light, since every command imports it.
"""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, Literal

import typer

API_URL = "https://api.unhcr.org/population/v1/"


@dataclass(frozen=True)
class FetchOptions:
    """What both commands take: options, their defaults and their help."""

    period: Annotated[
        Literal["mid", "end"] | None,
        typer.Option(help="What the newest year is, where the calendar cannot tell."),
    ] = None
    api_url: Annotated[
        str, typer.Option(envvar="ASYLUM_API_URL", help="Another address of the API.")
    ] = API_URL
    rate: Annotated[float, typer.Option(help="Requests a second at most.")] = 4.0
    page_size: Annotated[int, typer.Option(min=1, max=20_000, help="Rows a page.")] = 10_000
    timeout: Annotated[float, typer.Option(help="Seconds for one answer.")] = 120.0
    retries: Annotated[int, typer.Option(min=0, help="Further tries of a failed request.")] = 5
    retry_wait: Annotated[
        float, typer.Option(help="Seconds before the first of them; it doubles with each.")
    ] = 2.0


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(take_options(fetch))
    app.command()(take_options(update))


def take_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the fields of FetchOptions as its options, before its own."""
    shared = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for each in inspect.signature(FetchOptions).parameters.values()
    ]
    _, *own = inspect.signature(command).parameters.values()

    @wraps(command)
    def run(**given: Any) -> None:
        command(FetchOptions(**{each.name: given.pop(each.name) for each in shared}), **given)

    run.__signature__ = inspect.Signature([*shared, *own])  # type: ignore[attr-defined]
    return run


def fetch(
    options: FetchOptions,
    *,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the new release's folder alone.")
    ] = False,
) -> None:
    """Fetch UNHCR's newest figures from its API into data/raw/RELEASE."""
    from helpers.unhcr.fetch import fetch_release

    name = fetch_release(options, is_quiet=quiet)
    if quiet:
        print(f"data/raw/{name}" if name else "")
    elif name:
        print(f"next: asylum run --release {name}")


def update(
    options: FetchOptions,
    *,
    study: Annotated[str | None, typer.Option(help="A file of data/hand/studies.")] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two.")] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print what the new release changes alone.")
    ] = False,
) -> None:
    """Fetch the next release, run the study on it, and say what it changes."""
    from helpers.unhcr.update import update_study

    failures = update_study(options, study, workers=workers, is_quiet=quiet)
    for failure in failures:
        print(f"asylum: {failure.describe()}", file=sys.stderr)
    if failures:
        said = "asylum: the release stays on file, and asylum update goes on from there"
        print(said, file=sys.stderr)
        raise typer.Exit(1)
