"""`asylum students` and `asylum new-study`; what is heavy is imported when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from helpers import paths
from helpers.study import FailedError


def students(
    check: Annotated[
        bool, typer.Option("--check", help="Say what changes; write nothing.")
    ] = False,
) -> None:
    """Make the lessons' student edition from the solutions, and execute both.

    Nothing is written where a lesson fails, or a solution is not right. With --check, ends with
    code 1 where the two editions have drifted apart.
    """
    from helpers.lessons.editions import make_editions
    from helpers.running.reference import write_changes

    changed, problems = make_editions()
    if problems:
        raise FailedError(*problems, "nothing was written")
    for path in changed:
        place = path.relative_to(paths.root()).as_posix()
        print(f"  {place}: {'not what the solutions give' if check else 'written'}")
    if not changed:
        print("  nothing changes")
    elif check:
        raise typer.Exit(1)
    else:
        write_changes(changed)


def new_study(
    origin: Annotated[str, typer.Argument(help="The origin's ISO3 code, as in SYR.")],
    name: Annotated[
        str | None, typer.Option(help="The study's name; the origin's if none.")
    ] = None,
    release: Annotated[str | None, typer.Option(help="A release on file; newest if none.")] = None,
) -> None:
    """Write data/hand/studies/NAME.yml for an origin, with what is on file about it.

    The file is valid at once. Its eras are two halves of the years, until somebody who knows the
    origin replaces them by an event with a source. No file is ever overwritten.
    """
    from helpers.lessons.new_study import write_study

    file = write_study(origin, name, release)
    print(f"  {file.relative_to(paths.root()).as_posix()}: written")
    print("  To fill in: title, eras with an event and its source, a second way of cutting.")
    print(f"  asylum run --study {file.stem} runs it as it is.")
