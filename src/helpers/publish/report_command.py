"""The command `asylum report`: a run's report as one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from helpers import paths
from helpers.running.manifest import COMPLETE, FILE, find_changed, read_manifest
from helpers.running.results import say_folder
from helpers.study import InputError, say_unknown

FORMATS = ("html", "pdf")
SOURCES = ("notebooks", "figures")


def register(app: typer.Typer) -> None:
    """Add the command `report` to the application."""
    app.command()(report)


def report(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run in runs/; the newest if none.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="html or pdf; else as --out ends, else html.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; else report.html or .pdf of the run.")
    ] = None,
) -> None:
    """Write a run's report as one file that needs nothing else: a page, or a PDF by Chromium."""
    from helpers.publish.chromium import require_chromium
    from helpers.publish.reporting import PAGE, print_pdf, render_run

    form = choose_format(form, out)
    folder, manifest = find_run(run)
    target = out or folder / f"report.{form}"
    if target.is_dir():
        raise InputError(f"{target} is a folder: --out names a file, such as report.{form}")
    if target != folder / PAGE or find_changed(folder, manifest, [PAGE]):
        chromium = require_chromium() if form == "pdf" else None
        page = render_run(folder, manifest)
        _write(target, print_pdf(page, chromium) if chromium else page.encode("utf-8"))
    print(f"{say_folder(target.absolute())} ({target.stat().st_size / 1e6:.1f} MB)")


def choose_format(form: str | None, out: Path | None) -> str:
    """Return the format asked for, by name or by the ending of the file.

    Raises
    ------
    InputError
        For another format, or where the two disagree.
    """
    if form is not None and form not in FORMATS:
        raise InputError(say_unknown("format", form, FORMATS))
    if out is None:
        return form or FORMATS[0]
    ending = out.suffix.lower().removeprefix(".")
    if ending not in ((form,) if form else FORMATS):
        wanted = f".{form}" if form else " or ".join(f".{each}" for each in FORMATS)
        raise InputError(f"--out {out} must end in {wanted}")
    return ending


def find_run(name: str | None) -> tuple[Path, dict[str, Any]]:
    """Find a run by its name or folder; without one, the complete run that ended last.

    Returns
    -------
    tuple
        The run's folder and its manifest.

    Raises
    ------
    InputError
        Where there is no such run, it did not complete, or what it left was changed since.
    """
    known = {folder.name: manifest for folder, manifest in _list_runs()}
    if not known:
        raise InputError(f"no run is on file in {paths.runs()}: `asylum run` makes one")
    if name is None:
        whole = [each for each in known if known[each]["outcome"] == COMPLETE]
        if not whole:
            raise InputError(f"no run in {paths.runs()} is complete: `asylum run` makes one")
        name = max(whole, key=lambda each: (known[each]["ended"], each))
    folder = Path(name) if "/" in name else paths.runs() / name
    if folder.resolve().parent != paths.runs().resolve() or folder.name not in known:
        raise InputError(say_unknown("run", name, tuple(known)))
    manifest = known[folder.name]
    if manifest["outcome"] != COMPLETE:
        raise InputError(f"the run {folder.name} failed, and a report needs a whole one")
    if changed := find_changed(folder, manifest, SOURCES):
        raise InputError(
            f"{say_folder(folder.absolute())}: {', '.join(changed)} is not as the run left it: "
            f"run it again, with --force where nothing else has changed"
        )
    return folder, manifest


def _list_runs() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the folders of runs/ that are runs, by name."""
    for file in sorted(paths.runs().glob(f"[!.]*/{FILE}")):
        with suppress(InputError):
            if manifest := read_manifest(file.parent):
                yield file.parent, manifest


def _write(target: Path, content: bytes) -> None:
    try:
        paths.write_atomic(target, content)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror}") from None
