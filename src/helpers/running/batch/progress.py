"""What a batch says while it goes: one bar on a terminal, else a plain line every few seconds."""

from __future__ import annotations

import sys
import time
from typing import Any, TextIO

_EVERY = 5.0


class BatchProgress:
    """Runs done, failed and left, and the time that is left at the pace so far.

    Parameters
    ----------
    is_quiet : bool
        Say nothing but what failed and, at the end, where the batch is.
    stream : TextIO, optional
        Where to; stdout by default.
    """

    def __init__(self, *, is_quiet: bool = False, stream: TextIO | None = None) -> None:
        self.is_quiet = is_quiet
        self.stream = stream or sys.stdout
        self.done = self.failed = self.total = 0
        self._steps = self._each = 0
        self._bar: Any = None
        self._job: Any = None
        self._started = self._said = 0.0

    def say(self, line: str = "") -> None:
        """Print a line, above the bar where there is one."""
        if self.is_quiet:
            return
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, file=self.stream, flush=True)

    def start(self, total: int, each: int = 1) -> None:
        """Begin, with so many runs to do, of so many notebooks each."""
        self.total, self._each = total, each
        self._started = self._said = time.monotonic()
        if not self.is_quiet and self.stream.isatty():
            self._start_bar()

    def _start_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("Runs"), BarColumn(bar_width=None), TextColumn("{task.fields[said]}"),
            TimeElapsedColumn(), console=Console(file=self.stream),
        )  # fmt: skip
        self._job = self._bar.add_task("", total=self.total * self._each, said=self.describe())
        self._bar.start()

    def step(self, count: int = 1) -> None:
        """Count notebooks that have ended, or will not be run."""
        self._steps += count
        self.tick()

    def finish(self, *, is_failed: bool) -> None:
        """Count a run that has ended."""
        self.done += not is_failed
        self.failed += is_failed
        self.tick()

    def tick(self) -> None:
        """Show how far the batch has come, where it is time to."""
        now = time.monotonic()
        if self._bar is not None:
            self._bar.update(self._job, completed=self._steps, said=self.describe())
        elif now - self._said >= _EVERY:
            self._said = now
            self.say(f"  {self.describe()}")

    def describe(self) -> str:
        """Say in words how far the batch has come.

        >>> progress = BatchProgress()
        >>> progress.total, progress.done = 3, 1
        >>> progress.describe().partition(",")[0]
        '1 done'
        """
        left = self.total - self.done - self.failed
        said = f"{self.done} done, {self.failed} failed, {left} left"
        if not self._steps or not left:
            return said
        spent = time.monotonic() - self._started
        to_go = spent / self._steps * (self.total * self._each - self._steps)
        return f"{said}, about {say_time(to_go)} to go"

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def say_time(seconds: float) -> str:
    """Write a length of time for people.

    >>> [say_time(each) for each in (20, 200, 20_000)]
    ['20 s', '3 min', '5 h 33 min']
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
