"""The commands `asylum fetch` and `asylum update`: options in, one release or one refusal out."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from typer import Option

from helpers.unhcr import FetchOptions


def take_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the fields of FetchOptions as its options, before its own."""
    shared = inspect.signature(FetchOptions).parameters
    _, *own = inspect.signature(command).parameters.values()

    @wraps(command)
    def run(**given: Any) -> None:
        command(FetchOptions(**{name: given.pop(name) for name in shared}), **given)

    run.__signature__ = inspect.Signature([*shared.values(), *own])  # type: ignore[attr-defined]
    return run


@take_options
def fetch(
    options: FetchOptions,
    *,
    quiet: Annotated[
        bool, Option("--quiet", "-q", help="Print the new release's folder alone.")
    ] = False,
) -> None:
    """Fetch UNHCR's newest figures from its API into data/raw/RELEASE."""
    from helpers.unhcr.fetch import fetch_release

    name = fetch_release(options, is_quiet=quiet)
    if name:
        print(f"data/raw/{name}" if quiet else f"next: asylum run --release {name}")


@take_options
def update(
    options: FetchOptions,
    *,
    study: Annotated[str | None, Option(help="A file of data/hand/studies.")] = None,
    workers: Annotated[int, Option(min=0, max=64, help="Notebooks at a time; 0: two.")] = 0,
    quiet: Annotated[
        bool, Option("--quiet", "-q", help="Print what the new release changes alone.")
    ] = False,
) -> None:
    """Fetch the next release, run the study on it, and say what it changes."""
    from helpers.unhcr.update import update_study

    update_study(options, study, workers=workers, is_quiet=quiet)
