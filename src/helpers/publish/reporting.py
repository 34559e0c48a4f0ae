"""A run's report: rendered from what the run left, as a page or as a PDF."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from helpers.publish.chromium import OFFLINE, QUIET

PAGE = "report.html"
SECONDS = 180


class PrintError(RuntimeError):
    """Chromium did not print the page."""


def render_run(folder: Path, manifest: dict[str, Any]) -> str:
    """Render report.html from a run's executed notebooks and stored figures."""
    from helpers.publish.report import Picture, render_report

    pictures = {}
    for file in sorted((folder / "figures").glob("*.svg")):
        words = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        picture = Picture(words["title"], file.read_text(encoding="utf-8"))
        pictures[words["number"], words["data_sha256"]] = picture
    notebooks = sorted((folder / "notebooks").glob("*.ipynb"))
    return render_report(
        [file.read_text(encoding="utf-8") for file in notebooks], manifest, pictures
    )


def print_pdf(page: str, chromium: Path, seconds: float = SECONDS) -> bytes:
    """Print a page to PDF with headless Chromium, offline, in a folder that is gone afterwards.

    Parameters
    ----------
    page : str
        HTML that needs nothing else.
    chromium : Path
        The program.
    seconds : float
        After which Chromium is ended.

    Raises
    ------
    PrintError
        Where Chromium takes too long, or ends without a whole PDF.
    """
    with tempfile.TemporaryDirectory(prefix="asylum-report-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / PAGE, folder / "report.pdf"
        source.write_text(page, encoding="utf-8")
        said = _run_chromium(chromium, folder, source, target, seconds)
        pdf = target.read_bytes() if target.is_file() else b""
    if not (pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")):
        raise PrintError(f"{chromium} printed no PDF: {_pick_reason(said)}")
    return pdf


def _run_chromium(chromium: Path, folder: Path, source: Path, target: Path, seconds: float) -> str:
    """Run Chromium and return what it said; its whole family ends with it."""
    command = [
        str(chromium), "--headless", *OFFLINE, *QUIET,
        f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer",
        "--generate-pdf-document-outline", f"--print-to-pdf={target}", source.as_uri(),
    ]  # fmt: skip
    # Whatever it keeps besides its profile, it keeps in the folder too.
    places = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    environment = os.environ | dict.fromkeys(places, str(folder))
    with (folder / "said").open("w+b") as said:
        try:
            process = subprocess.Popen(
                command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=said,
                stderr=said, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise PrintError(f"{chromium} cannot be started: {error.strerror}") from None
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise PrintError(f"{chromium} printed nothing within {seconds:.0f} seconds") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said.seek(0)
        return said.read().decode("utf-8", "replace")


def _pick_reason(said: str) -> str:
    """Return the last line that is about the page and not about the desktop's services."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and "dbus" not in line]
    return lines[-1] if lines else "it said nothing"
