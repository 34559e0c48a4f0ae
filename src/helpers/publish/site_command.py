"""The command `asylum site`: the book of the reference run as a static site."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command `site` to the application."""
    app.command()(site)


def site(
    out: Annotated[
        Path | None, typer.Option(help="The folder to write; _site in the checkout if none.")
    ] = None,
) -> None:
    """Build the site: chapters, ledger, figures, data and code reference, readable offline.

    The notebooks are not executed: their committed outputs are shown. The tables are those of the
    default run, which is made first where it is not on file.
    """
    from helpers import paths
    from helpers.publish.site_build import SiteError, build_site

    target = (out or paths.root() / "_site").resolve()
    try:
        summary = build_site(target)
    except SiteError as error:
        print(f"asylum: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    print(summary)
