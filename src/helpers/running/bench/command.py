"""`asylum bench`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

RESULTS = Path("benchmarks") / "results.json"
PAGE = Path("docs") / "benchmarks.md"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def bench(
        to: Annotated[
            Path | None, typer.Option("--json", help="Write the results to this file.")
        ] = None,
        quick: Annotated[bool, typer.Option("--quick", help="One notebook, one round.")] = False,
        rounds: Annotated[
            int, typer.Option(min=0, max=99, help="Turns of each way; 0: three, quick one.")
        ] = 0,
        write: Annotated[
            bool, typer.Option("--write", help="Write the results to benchmarks/, and their page.")
        ] = False,
    ) -> None:
        """Compare ways of running the notebooks: papermill, nbconvert, nbval and ours."""
        from helpers import paths

        results = _measure_ways(quick, rounds)
        text = json.dumps(results, indent=1) + "\n"
        if to is not None:
            paths.write_atomic(to, text)
        if write:
            paths.write_atomic(paths.root() / RESULTS, text)
            paths.write_atomic(paths.root() / PAGE, render())


def render() -> str:
    """Render the page from the results on file."""
    from helpers import paths
    from helpers.running.bench.report import render_page

    results = json.loads((paths.root() / RESULTS).read_text(encoding="utf-8"))
    return render_page(results)


def _measure_ways(quick: bool, rounds: int) -> dict[str, Any]:
    from helpers.running.bench import measure
    from helpers.running.bench.report import render_text

    names = measure.NAMES[1:] if quick else measure.NAMES
    turns = rounds or (1 if quick else measure.ROUNDS)
    results = measure.bench(names, turns, lambda line: typer.echo(line, err=True))
    typer.echo(render_text(results))
    return results
