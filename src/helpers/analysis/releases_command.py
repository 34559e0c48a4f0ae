"""The command `asylum releases`: what is on file, and what one release changed in another."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

MOVED = 3  # the exit code where the past moved by more than the tolerance
TOLERANCE = 0.01  # held to `past_moves.TOLERANCE` by a test; importing that takes pandas

releases = typer.Typer(invoke_without_command=True, rich_markup_mode=None, add_completion=False)


def register(app: typer.Typer) -> None:
    """Add the command `releases` and what stands below it to the application."""
    app.add_typer(releases, name="releases")


@releases.callback()
def list_on_file(context: typer.Context) -> None:
    """List the releases on file, oldest first; `diff` compares two of them."""
    if context.invoked_subcommand is not None:
        return
    from helpers.study import list_releases

    print(f"{'name':<10} {'published':<11} {'newest year':<16} {'rows':>9}  title")
    for info in list_releases():
        newest = f"{info.newest_year} ({'mid-year' if info.period == 'mid' else 'year-end'})"
        rows = f"{_count_rows(info.name):,}"
        print(f"{info.name:<10} {info.published!s:<11} {newest:<16} {rows:>9}  {info.title}")


@releases.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="The earlier release.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The later one.")],
    origin: Annotated[str | None, typer.Option(help="ISO3 code; the study's if none.")] = None,
    study: Annotated[str | None, typer.Option(help="A file of data/hand/studies.")] = None,
    tolerance: Annotated[
        float, typer.Option(help="Share of a year's total by which the past may move.")
    ] = TOLERANCE,
) -> None:
    """Show what release B changed in the figures of release A.

    Ends with code 3 where years that had ended in A moved by more than the tolerance. A year
    that A tells at mid-year and B at year-end was completed, and counts as no move.
    """
    from helpers.analysis.release_diff import diff_releases
    from helpers.study import Study

    code = Study.resolve(study=study).origin if origin is None else origin
    found = diff_releases(before, after, code, tolerance)
    print(found.describe())
    if found.has_moved:
        print(f"asylum: {found.verdict}", file=sys.stderr)
        raise typer.Exit(MOVED)


def _count_rows(release: str) -> int:
    """Add the rows of a release's tables, as its datapackage.json counts them."""
    from helpers import paths

    package = json.loads((paths.raw() / release / "datapackage.json").read_text(encoding="utf-8"))
    return sum(int(resource["rows"]) for resource in package["resources"])
