"""`asylum new-study`: a study file for another origin, to start from."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new-study")(new_study)


def new_study(
    origin: Annotated[str, typer.Argument(help="The origin's ISO3 code, as in SYR.")],
    name: Annotated[
        str | None, typer.Option(help="The study's name; the origin's if none.")
    ] = None,
    release: Annotated[str, typer.Option(help="A release on file; newest if none.")] = "",
) -> None:
    """Write data/hand/studies/NAME.yml for an origin, with what is on file about it.

    The file is valid at once. Its eras are two halves of the years, until somebody who knows the
    origin replaces them by an event with a source. No file is ever overwritten.
    """
    from helpers import paths
    from helpers.lessons.new_study import write_study

    file = write_study(origin, name, release)
    print(f"  {file.relative_to(paths.root()).as_posix()}: written")
    print("  To fill in: title, eras with an event and its source, a second way of cutting.")
    print(f"  asylum run --study {file.stem} runs it as it is.")
