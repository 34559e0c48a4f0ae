"""`asylum students` and `asylum new-study`; what is heavy is imported when they run."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from helpers import paths


def students(
    check: Annotated[bool, typer.Option("--check", help="Read alone; write nothing.")] = False,
) -> None:
    """Make the lessons' student edition from the solutions, and execute both.

    Nothing is written where a lesson fails, or a solution is not right. With --check, ends with
    code 1 where the two editions have drifted apart.
    """
    from helpers.lessons.editions import check_editions, make_editions
    from helpers.running.reference import write_changes

    if check:
        findings = check_editions()
        print("\n".join(f"  {found}" for found in findings) or "  both editions agree")
        if findings:
            raise typer.Exit(1)
        return
    changed, problems = make_editions()
    if problems:
        for problem in (*problems, "nothing was written"):
            print(f"asylum: {problem}", file=sys.stderr)
        raise typer.Exit(1)
    write_changes(changed)
    for path in changed:
        print(f"  {path.relative_to(paths.root()).as_posix()}: written")
    if not changed:
        print("  nothing changes")


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
