"""What a run says while it goes, and at its end."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console

from helpers import paths
from helpers.running.manifest import Done

_OPEN = {
    "report.html": "everything on one page, readable offline",
    "notebooks": "the executed notebooks",
    "tables": "the tables behind every number, as CSV and Parquet",
    "figures": "the figures, as SVG and PNG",
}


class Progress:
    """One line a notebook; on a terminal also a line that says what is under way.

    `is_quiet` says nothing but where the run is; the stream is stdout by default.
    """

    def __init__(self, *, is_quiet: bool = False, stream: TextIO | None = None) -> None:
        self.is_quiet = is_quiet
        self._console = Console(file=stream or sys.stdout, markup=False, highlight=False)
        self._status = self._console.status("")
        self._running: list[str] = []
        self._start = time.perf_counter()

    def say(self, line: str = "") -> None:
        """Print a line, above the one that says what is under way."""
        if not self.is_quiet:
            self._console.print(line, soft_wrap=True)

    def start(self, name: str) -> None:
        """Note that a notebook has started."""
        self._running.append(name)
        self._show()

    def finish(self, done: Done) -> None:
        """Print a notebook's line."""
        self._running.remove(done.notebook)
        mark = "failed" if done.failure else "done"
        self.say(f"  {done.notebook:<24} {done.seconds:>6.1f} s  {mark}")
        self._show()

    def close(self) -> None:
        """Take the line away that says what is under way."""
        self._status.stop()

    def _show(self) -> None:
        if not self.is_quiet and self._console.is_terminal:
            self._status.start()
            names = ", ".join(self._running)
            self._status.update(f"running {names}" if names else "writing")

    def say_end(self, folder: Path, headlines: Sequence[str], *, is_new: bool) -> None:
        """Print the headlines, the run's place and what to open next."""
        self.close()
        place = paths.say_folder(folder)
        if self.is_quiet:
            self._console.print(place, soft_wrap=True)
            return
        for sentence in headlines:
            plain = sentence.replace("**", "").replace("`", "")
            self.say("\n" + textwrap.fill(plain, 88, initial_indent="  ", subsequent_indent="  "))
        took = f" in {time.perf_counter() - self._start:.0f} s" if is_new else " (as it was)"
        self.say(f"\nThe run is in {place}{took}. Open next:")
        for name, what in _OPEN.items():
            if (folder / name).exists():
                self.say(f"  {f'{place}/{name}':<40} {what}")
