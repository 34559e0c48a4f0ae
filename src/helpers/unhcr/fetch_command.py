"""The commands `asylum fetch` and `asylum update`: options in, one release or one refusal out."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import wraps
from typing import Annotated, get_type_hints

import typer

from helpers.unhcr.endpoints import FetchOptions


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(take_options(fetch))
    app.command()(take_options(update))


def take_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the fields of FetchOptions as its options, before its own."""
    shared = [each for each in fields(FetchOptions) if each.name != "today"]
    hints = get_type_hints(FetchOptions, include_extras=True)

    @wraps(command)
    def run(**given: object) -> None:
        command(FetchOptions(**{each.name: given.pop(each.name) for each in shared}), **given)  # type: ignore[arg-type]

    options = [
        inspect.Parameter(
            each.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=[] if each.default is MISSING else each.default,
            annotation=hints[each.name],
        )
        for each in shared
    ]
    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    run.__signature__ = inspect.Signature([*options, *own])  # type: ignore[attr-defined]
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

    failures = update_study(options, fetches=not no_fetch, workers=workers, is_quiet=quiet)
    for failure in failures:
        print(f"asylum: {failure.describe()}", file=sys.stderr)
    if failures:
        print(
            "asylum: the releases stay on file, and asylum update goes on from there",
            file=sys.stderr,
        )
        raise typer.Exit(1)
