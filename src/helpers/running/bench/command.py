"""`asylum bench`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

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
        quick: Annotated[
            bool, typer.Option("--quick", help="One notebook, one round: does it work?")
        ] = False,
        write: Annotated[
            bool, typer.Option("--write", help="Write benchmarks/results.json and its page.")
        ] = False,
    ) -> None:
        """Compare ways of running the notebooks: papermill, nbconvert, nbval and ours."""
        from helpers import paths
        from helpers.running.bench.measure import bench as measure
        from helpers.running.bench.report import render_page, render_text

        results = measure(is_quick=quick, say=lambda line: typer.echo(line, err=True))
        text = json.dumps(results, indent=1) + "\n"
        typer.echo(render_text(results))
        if to is not None:
            paths.write_atomic(to, text)
        if write:
            paths.write_atomic(paths.root() / RESULTS, text)
            paths.write_atomic(paths.root() / PAGE, render_page(results))
