"""The `asylum` command: thin. It turns options into calls, and errors into messages.

What was asked for wrongly ends with code 2, what failed on the way with code 1; neither shows a
traceback, unless `--debug` asks for it. Heavy imports wait until a command needs them.
"""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from typer import Option

from helpers import __version__, paths
from helpers import study as studies
from helpers.claims.claims_command import claims, find
from helpers.running.batch_command import batch
from helpers.study import FailedError, InputError, Study
from helpers.unhcr.fetch_command import fetch, update

app = typer.Typer(
    name="asylum",
    help="Asylum-seekers by era: rerun the study, guard its outputs, see its releases.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Workers = Annotated[int, Option(min=0, max=64, help="Notebooks at a time; 0: two.")]


def _read_whole(text: str) -> int:
    try:
        return studies.read_whole(text)
    except InputError as error:
        raise typer.BadParameter(str(error)) from None


def _whole(said: str) -> Any:
    """Make an option for a whole number, judged as papermill's and a batch's are."""
    return Option(parser=_read_whole, metavar="<int>", help=said)


class Stopped(BaseException):
    """A signal asked the process to end; its number is the argument."""


def _show_version(is_asked: bool) -> None:
    if is_asked:
        print(f"asylum {__version__}")
        raise typer.Exit()


@app.callback()
def set_up(
    debug: Annotated[bool, Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[
        bool, Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""
    os.environ["ASYLUM_DEBUG"] = "1" if debug else ""


@app.command()
def run(
    study: Annotated[str | None, Option(help="A file of data/hand/studies.")] = None,
    release: Annotated[str | None, Option(help="A release in data/raw; newest if none.")] = None,
    origin: Annotated[str | None, Option(help="ISO3 code instead of the study's.")] = None,
    year_from: Annotated[int | None, _whole("First year.")] = None,
    year_to: Annotated[int | None, _whole("Last year; the release's if none.")] = None,
    top_n: Annotated[int | None, _whole("Destinations that rankings show.")] = None,
    name: Annotated[str | None, Option(help="The run's folder in runs/.")] = None,
    workers: Workers = 0,
    force: Annotated[bool, Option("--force", help="Run even where nothing has changed.")] = False,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print the run's folder alone.")] = False,
) -> None:
    """Run the notebooks for one set of parameters, into runs/NAME."""
    scope = Study.resolve(
        study=study, release=release, origin=origin,
        year_from=year_from, year_to=year_to, top_n=top_n,
    )  # fmt: skip
    from helpers.running import engine, execute

    engine.start(execute.make_environment())  # it loads while this process does
    from helpers.running.runs import run_study

    say = execute.say_nothing if quiet else print
    outcome = run_study(scope, name, is_forced=force, workers=workers, say=say)
    _end_where_failed(outcome.failures, f"what ran until then is in {outcome.folder}")
    print(paths.say_folder(outcome.folder) if quiet else outcome.describe())


@app.command()
def check(
    notebooks: Annotated[list[str] | None, typer.Argument(help="Names; all if none.")] = None,
    workers: Workers = 0,
    quick: Annotated[bool, Option("--quick", help="Check committed files; rerun nothing.")] = False,
) -> None:
    """Rerun the committed notebooks and say what differs; writes nothing."""
    from helpers.running.reference import check as check_reference

    if not check_reference(notebooks or [], workers, is_rerun=not quick):
        raise FailedError("the reference does not hold: see CONTRIBUTING, or asylum bless")


@app.command()
def bless(
    yes: Annotated[bool, Option("--yes", help="Write what changes.")] = False,
    workers: Workers = 0,
) -> None:
    """Make the committed notebooks and figures anew; shows what changes, writes with --yes."""
    from helpers.running.reference import describe_change, make_reference, write_changes

    changes, failures = make_reference(workers, print)
    _end_where_failed(failures, "nothing was written")
    for path, content in changes.items():
        print(describe_change(path, content))
    if not changes:
        print("  nothing changes")
    elif yes:
        write_changes(changes)
    else:
        print("Nothing was written: asylum bless --yes writes it.")


@app.command()
def releases() -> None:
    """List the releases in data/raw, oldest first."""
    infos = studies.list_releases()
    print(f"{'name':<10} {'published':<11} {'newest year':<16} {'rows':>9}  title")
    for info in infos:
        package = json.loads((paths.raw() / info.name / "datapackage.json").read_text("utf-8"))
        rows = sum(int(resource["rows"]) for resource in package["resources"])
        newest = f"{info.newest_year} ({'mid-year' if info.period == 'mid' else 'year-end'})"
        print(f"{info.name:<10} {info.published!s:<11} {newest:<16} {rows:>9,}  {info.title}")


@app.command()
def report(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run in runs/; the newest if none.")
    ] = None,
    form: Annotated[
        str | None, Option("--format", help="html or pdf; else as --out ends, else html.")
    ] = None,
    out: Annotated[
        Path | None, Option(help="The file to write; else report.html or .pdf of the run.")
    ] = None,
) -> None:
    """Write a run's report as one file that needs nothing else: a page, or a PDF by Chromium."""
    from helpers.publish.report import write_report

    target = write_report(run, form, out)
    print(f"{paths.say_folder(target.absolute())} ({target.stat().st_size / 1e6:.1f} MB)")


@app.command()
def site(
    out: Annotated[
        Path | None, Option(help="The folder to write; _site in the checkout if none.")
    ] = None,
    origins: Annotated[
        str, Option(help="Origins by destination in the explorer, as CHN,VEN; all if none.")
    ] = "",
) -> None:
    """Build the site: chapters, ledger, figures, data and code reference, readable offline.

    The notebooks are not executed: their committed outputs are shown. The tables are those of the
    default run, which is made first where there is none.
    """
    from helpers.publish.site import build_site, check_target
    from helpers.running.runs import run_study

    target = (out or paths.root() / "_site").resolve()
    check_target(target)
    study = Study.resolve()
    codes = [studies.check_origin(code, study.info) for code in origins.split(",") if code]
    outcome = run_study(study, say=print)
    _end_where_failed(outcome.failures, "no site was built")
    print("Building the pages and the explorer; the first time this takes minutes.")
    print(build_site(outcome.folder, target, codes))


for command in (batch, fetch, update, claims, find):
    app.command()(command)


@app.command()
def students(
    check: Annotated[bool, Option("--check", help="Say what changes; write nothing.")] = False,
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
    if not check:
        write_changes(changed)
    for path in changed:
        said = "not what the solutions give" if check else "written"
        print(f"  {paths.say_folder(path)}: {said}")
    if not changed:
        print("  nothing changes")
    elif check:
        raise typer.Exit(1)


@app.command()
def new_study(
    origin: Annotated[str, typer.Argument(help="The origin's ISO3 code, as in SYR.")],
    name: Annotated[str | None, Option(help="The study's name; the origin's if none.")] = None,
    release: Annotated[str | None, Option(help="A release in data/raw; newest if none.")] = None,
) -> None:
    """Write data/hand/studies/NAME.yml for an origin, with what the data say about it.

    The file is valid at once. Its eras are two halves of the years, until somebody who knows the
    origin replaces them by an event with a source. No file is ever overwritten.
    """
    from helpers.lessons.new_study import write_study

    file = write_study(origin, name, release)
    print(f"  {paths.say_folder(file)}: written")
    print("  To fill in: title, eras with an event and its source, a second way of cutting.")
    print(f"  asylum run --study {file.stem} runs it as it is.")


def _complain(message: object) -> None:
    words = re.sub(r"\[Errno -?\d+\] ", "", str(message))
    plain = (c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in words)
    print(f"asylum: {''.join(plain)}", file=sys.stderr)


def _end_where_failed(failures: Any, left: str) -> None:
    """Name the notebooks that failed and what is left of them, and end."""
    if failures:
        is_refused = all(failure.name == InputError.__name__ for failure in failures)
        kind = InputError if is_refused else FailedError
        raise kind(*(failure.describe() for failure in failures), left)


class _Output(io.FileIO):
    """Standard output that ends no work; `error` is the first that a write met."""

    error: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write, or drop what nobody takes: a pipe may be closed, a disk full."""
        try:
            return super().write(data)
        except OSError as error:
            self.error = self.error or error
            return len(data)


def main() -> None:
    """Run the command and end the process with its code."""
    raw = _Output(sys.stdout.fileno(), "w", closefd=False) if sys.stdout else None
    if raw:
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw), sys.stdout.encoding, sys.stdout.errors, line_buffering=True
        )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        code: Any = app(standalone_mode=False)
    except Stopped as error:
        _complain(next(iter(getattr(error, "__notes__", ())), "stopped; nothing was changed"))
        code = 128 + error.args[0]
    except Exception as error:
        code = _explain(error)
    code = code if isinstance(code, int) else 0
    if raw:
        sys.stdout.flush()
        if raw.error and raw.error.errno != errno.EPIPE:
            _complain(f"what it says could not all be written: {os.strerror(raw.error.errno or 0)}")
            code = code or 1
    sys.exit(code)


def _stop(number: int, _: object) -> None:
    """End by an exception, so that workers and half a run are cleared away."""
    raise Stopped(number)


# What can be done about an error of the system, where the user can do it.
_ADVICE = {
    errno.EACCES: "change its rights, or name another folder",
    errno.EISDIR: "move the folder away",
    errno.EEXIST: "move the file away that stands where a folder should be",
    errno.ENOTDIR: "move the file away that stands where a folder should be",
    errno.ENOENT: "restore it",
    errno.EMFILE: "raise the limit (ulimit -n), or take fewer workers",
}


def _explain(error: Any) -> int:
    """Say what went wrong in one line, and return the exit code."""
    if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error
        if isinstance(error.__cause__, ValidationError):
            error.message = studies.explain(error.__cause__)
        error.show()
        return int(error.exit_code)
    if os.environ.get("ASYLUM_DEBUG"):
        traceback.print_exc()
    is_refused = isinstance(error, InputError | FileNotFoundError)
    if isinstance(error, FailedError) or (is_refused and not getattr(error, "errno", None)):
        for line in error.args:  # a missing file without a number is a missing checkout
            _complain(line)
        return 2 if is_refused else 1
    if isinstance(error, OSError) and error.errno:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        place = error.filename or (paths.runs() if is_full else paths.root())
        advice = _ADVICE.get(error.errno, "make room" if is_full else "")
        if is_full and Path(place).is_absolute():  # else it is a worker's
            advice = f"{paths.measure_free(Path(place)) / 1e6:,.0f} MB are free; make room"
        said = f"{place}: {os.strerror(error.errno).lower()}"
        _complain(f"{said}; {advice}" if advice else said)
        return 2 if error.errno in _ADVICE else 1
    _complain(f"unforeseen: {type(error).__name__}: {error} (asylum --debug ... shows where)")
    return 1


if __name__ == "__main__":
    main()
