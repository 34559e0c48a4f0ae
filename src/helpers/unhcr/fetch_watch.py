"""Show a fetch: a bar with rows and pages on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, TextIO


class QuietWatcher:
    """Says nothing; also what the others are made from."""

    def __enter__(self) -> QuietWatcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def say(self, text: str) -> None:
        """Show a sentence."""

    def start(self, name: str, pages: int, rows: int) -> None:
        """Begin a table."""

    def advance(self, name: str, rows: int) -> None:
        """Count a page."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class PlainWatcher(QuietWatcher):
    """A line for each table as it begins and as it is whole.

    Parameters
    ----------
    stream : TextIO
        Where the lines go.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._left: dict[str, int] = {}
        self._got: dict[str, int] = {}

    def say(self, text: str) -> None:
        """Print a sentence."""
        print(text, file=self._stream, flush=True)

    def start(self, name: str, pages: int, rows: int) -> None:
        """Print what is to come."""
        self._left[name], self._got[name] = pages, 0
        self.say(f"{name}: {rows:,} rows in {pages} pages to fetch")

    def advance(self, name: str, rows: int) -> None:
        """Count a page; print a line after the last."""
        self._left[name] -= 1
        self._got[name] += rows
        if self._left[name] == 0:
            self.say(f"{name}: {self._got[name]:,} rows fetched")


class BarWatcher(QuietWatcher):
    """A bar for each table, with pages, rows and the time left.

    Parameters
    ----------
    stream : TextIO
        A terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bars = Progress(
            TextColumn("{task.description:<20}"),
            BarColumn(),
            TextColumn("{task.completed:>8,.0f} of {task.total:>8,.0f} rows"),
            TextColumn("{task.fields[done]:>3} of {task.fields[pages]:>3} pages"),
            TimeRemainingColumn(),
            console=Console(file=stream),
        )
        self._tasks: dict[str, Any] = {}
        self._done: dict[str, int] = {}
        self._bars.start()

    def say(self, text: str) -> None:
        """Print a sentence above the bars."""
        self._bars.console.print(text, markup=False, highlight=False)

    def start(self, name: str, pages: int, rows: int) -> None:
        """Add a bar."""
        self._done[name] = 0
        self._tasks[name] = self._bars.add_task(name, total=rows, done=0, pages=pages)

    def advance(self, name: str, rows: int) -> None:
        """Move a bar by a page."""
        self._done[name] += 1
        self._bars.update(self._tasks[name], advance=rows, done=self._done[name])

    def close(self) -> None:
        """Stop drawing."""
        self._bars.stop()


def make_watcher(*, is_quiet: bool, stream: TextIO | None = None) -> QuietWatcher:
    """Return the watcher that fits where the output goes."""
    stream = stream or sys.stdout
    if is_quiet:
        return QuietWatcher()
    return BarWatcher(stream) if stream.isatty() else PlainWatcher(stream)
