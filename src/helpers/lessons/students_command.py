"""`asylum students`: make the student edition of the lessons, or check it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(students)


def students(
    check: Annotated[bool, typer.Option("--check", help="Read alone; write nothing.")] = False,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two.")] = 0,
) -> None:
    """Make the lessons' student edition from the solutions, and execute both.

    Nothing is written where a lesson fails, or a solution is not right. With --check, ends with
    code 1 where the two editions have drifted apart.
    """
    from helpers.lessons.students import check_editions, make_editions, write_editions
    from helpers.running.runs import Settings

    if check:
        findings = check_editions()
        print("\n".join(f"  {found.describe()}" for found in findings) or "  both editions agree")
        if findings:
            raise typer.Exit(1)
        return
    editions = make_editions(Settings(workers=workers))
    for problem in editions.problems:
        print(f"asylum: {problem}", file=sys.stderr)
    if editions.problems:
        print("asylum: nothing was written", file=sys.stderr)
        raise typer.Exit(1)
    write_editions(editions)
    print(editions.describe(is_written=True))
