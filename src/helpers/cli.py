"""The `asylum` command: thin. It turns options into calls, and errors into messages.

What was asked for wrongly ends with code 2, what failed on the way with code 1; neither shows a
traceback, unless `--debug` asks for it. Heavy imports wait until a command needs them.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import Annotated, Any

import typer

from helpers.analysis import releases_command
from helpers.claims import claims_command
from helpers.lessons import new_study_command, students_command
from helpers.publish import report_command, site_command
from helpers.running import batch_command
from helpers.running.bench import command as bench_command
from helpers.running.environment import skip_grammar
from helpers.running.jobs import KERNEL, PLAIN
from helpers.study import InputError
from helpers.unhcr import fetch_command

app = typer.Typer(
    name="asylum",
    help="Asylum-seekers by era: rerun the study, guard its outputs, see its releases.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Force = Annotated[bool, typer.Option("--force", help="Run even where nothing has changed.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the run's folder alone.")]


def _check_kernel(name: str) -> str:
    """Refuse a kernel that the notebooks are not meant for."""
    if name not in {KERNEL, PLAIN}:
        raise typer.BadParameter(f"{name!r} is no kernel of the notebooks: {KERNEL} or {PLAIN}")
    return name


Kernel = Annotated[
    str,
    typer.Option(
        envvar="ASYLUM_KERNEL", callback=_check_kernel, help="python3 starts each notebook cold."
    ),
]


class Stopped(BaseException):
    """A signal asked the process to end; its number is the argument."""


@app.callback()
def set_up(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Take the options that stand before a command."""
    os.environ["ASYLUM_DEBUG"] = "1" if debug else ""


@app.command()
def run(
    study: Annotated[str | None, typer.Option(help="A file of data/hand/studies.")] = None,
    release: Annotated[str | None, typer.Option(help="A release on file; newest if none.")] = None,
    origin: Annotated[str | None, typer.Option(help="ISO3 code instead of the study's.")] = None,
    year_from: Annotated[int | None, typer.Option(help="First year.")] = None,
    year_to: Annotated[int | None, typer.Option(help="Last year; the release's if none.")] = None,
    top_n: Annotated[int | None, typer.Option(help="Destinations that rankings show.")] = None,
    name: Annotated[str | None, typer.Option(help="The run's folder in runs/.")] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two.")] = 0,
    kernel: Kernel = KERNEL,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Run the notebooks for one set of parameters, into runs/NAME."""
    from helpers.running.progress import Progress
    from helpers.running.runs import Settings, run_study
    from helpers.study import Study

    given = {"study": study, "release": release, "origin": origin, "year_from": year_from,
             "year_to": year_to, "top_n": top_n}  # fmt: skip
    scope = Study.resolve(**given)
    progress = Progress(is_quiet=quiet)
    try:
        outcome = run_study(scope, Settings(name, force, workers, kernel, progress))
    finally:
        progress.close()
    if outcome.failures:
        for failure in outcome.failures:
            _complain(failure.describe())
        _complain(f"what ran until then is in {outcome.folder}")
        is_refused = all(failure.name == InputError.__name__ for failure in outcome.failures)
        raise typer.Exit(2 if is_refused else 1)
    progress.say_end(outcome.folder, outcome.headlines, is_new=outcome.is_new)


@app.command()
def check(
    notebooks: Annotated[list[str] | None, typer.Argument(help="Names; all if none.")] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two.")] = 0,
    kernel: Kernel = KERNEL,
    quick: Annotated[bool, typer.Option("--quick", help="Read alone; rerun nothing.")] = False,
) -> None:
    """Rerun the committed notebooks and say what differs; writes nothing."""
    from helpers.running.check import check as check_reference
    from helpers.running.runs import Settings

    settings = Settings(workers=workers, kernel=kernel)
    verdict = check_reference(notebooks or [], settings, is_rerun=not quick)
    print(verdict.describe())
    if not verdict.is_good:
        _complain("the reference does not hold: see CONTRIBUTING, or asylum bless")
        raise typer.Exit(1)


@app.command()
def bless(
    yes: Annotated[bool, typer.Option("--yes", help="Write what changes.")] = False,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two.")] = 0,
    kernel: Kernel = KERNEL,
) -> None:
    """Make the committed notebooks and figures anew; shows what changes, writes with --yes."""
    from helpers.running.bless import bless as bless_reference
    from helpers.running.progress import Progress
    from helpers.running.runs import Settings

    progress = Progress()
    try:
        settings = Settings(workers=workers, kernel=kernel, progress=progress)
        blessing = bless_reference(settings, is_written=yes)
    finally:
        progress.close()
    for failure in blessing.failures:
        _complain(failure.describe())
    if blessing.failures:
        _complain("nothing was written")
        raise typer.Exit(1)
    print(blessing.describe(is_written=yes) if blessing.files else "  nothing changes")
    if blessing.files and not yes:
        print("Nothing was written: asylum bless --yes writes it.")


batch_command.register(app)
fetch_command.register(app)
releases_command.register(app)
claims_command.register(app)
students_command.register(app)
new_study_command.register(app)
report_command.register(app)
bench_command.register(app)
site_command.register(app)


def _complain(message: str) -> None:
    print(f"asylum: {message}", file=sys.stderr)


def main() -> None:
    """Run the command and end the process with its code."""
    skip_grammar()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        code: Any = app(standalone_mode=False)
    except Stopped as error:
        _complain(next(iter(getattr(error, "__notes__", ())), "stopped; nothing was changed"))
        code = 128 + error.args[0]
    except InputError as error:
        _complain(str(error))
        code = 2
    except Exception as error:
        code = _explain(error)
    sys.exit(code if isinstance(code, int) else 0)


def _stop(number: int, _: object) -> None:
    """End by an exception, so that workers and half a run are cleared away."""
    raise Stopped(number)


def _explain(error: Exception) -> int:
    """Say what went wrong in one line, and return the exit code."""
    if type(error).__name__ == "Exit" and hasattr(error, "exit_code"):
        return int(error.exit_code)
    if isinstance(error, FileNotFoundError) and error.errno is None:
        _complain(str(error))  # no file is missing, but a checkout
        return 2
    if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error
        error.show()
        return int(error.exit_code)
    if os.environ.get("ASYLUM_DEBUG"):
        traceback.print_exc()
    hint = "" if os.environ.get("ASYLUM_DEBUG") else " (asylum --debug ... shows where)"
    _complain(f"{type(error).__name__}: {error}{hint}")
    return 1


if __name__ == "__main__":
    main()
