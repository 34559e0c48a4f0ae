"""The command `asylum claims`: the ledger in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from helpers.study import InputError, load_study_file, say_unknown


def register(app: typer.Typer) -> None:
    """Add the command `claims` to the application."""
    app.command()(claims)


def claims(
    id: Annotated[
        str | None, typer.Option(help="One claim, such as SD-05, with its whole derivation.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text, csv, json or markdown.")] = "text",
    release: Annotated[
        str | None, typer.Option(help="Judge on this release; else that of each text's time.")
    ] = None,
    study: Annotated[str, typer.Option(help="The study whose claims file is read.")] = "china",
    file: Annotated[
        str | None, typer.Option(help="A file of data/hand/claims instead of the study's.")
    ] = None,
) -> None:
    """Print the claims ledger: each published figure, recomputed, with its two codes."""
    from helpers.claims.ledger import FORMATS, load_ledger, write_ledger

    if form not in FORMATS:
        raise InputError(say_unknown("format", form, FORMATS))
    name = file or load_study_file(study).claims
    if name is None:
        raise InputError(
            f"study {study} has no claims file: name one under `claims` in "
            f"data/hand/studies/{study}.yml, or give --file"
        )
    print(write_ledger(load_ledger(name, release), form, id))
