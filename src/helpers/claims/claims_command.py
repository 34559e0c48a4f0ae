"""The commands `asylum claims` and `asylum find`; what is heavy is imported when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from helpers.study import InputError, load_study_file, say_unknown


def claims(
    id: Annotated[str | None, typer.Option(help="One claim, such as SD-05, in full.")] = None,
    form: Annotated[str, typer.Option("--format", help="text, csv or json.")] = "text",
    release: Annotated[str | None, typer.Option(help="Else the one of each text's time.")] = None,
    study: Annotated[str, typer.Option(help="The study whose claims file is read.")] = "china",
    file: Annotated[str | None, typer.Option(help="A claims file other than the study's.")] = None,
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


def find(
    number: Annotated[list[str], typer.Argument(help="As printed: 613,000, 1.2 million, 26%.")],
    origin: Annotated[str, typer.Option(help="The origin's ISO3 code.")] = "CHN",
    years: Annotated[str | None, typer.Option(help="Its year, or years as in 2012-2022.")] = None,
) -> None:
    """Say where a printed number comes from: which series, years and sums give it, on what release.

    Single years, sums, means, ratios, changes in percent and shares are tried, each exactly,
    rounded or cut off, and with years given also those a year off. Every hit says how many
    candidates would meet the number by chance.
    """
    from helpers.claims.find import build_series, read_printed, read_years, search, write_search
    from helpers.data.hand import load_names
    from helpers.data.releases import load_history

    printed, span = read_printed(" ".join(number)), read_years(years)
    names = {code: name.prose for code, name in load_names().items()}
    print(write_search(search(printed, build_series(load_history(origin)), span), origin, names))
