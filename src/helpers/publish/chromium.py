"""Chromium, found by name: what prints a report, and what the browser tests open pages with."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from helpers.study import InputError

VARIABLE = "ASYLUM_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where macOS keeps programs that are on no PATH.
_BUNDLES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Loopback passes by a proxy; whatever else a page asks for is sent to a port where nobody listens.
OFFLINE = ("--proxy-server=http://127.0.0.1:9", "--host-resolver-rules=MAP * ~NOTFOUND , "
           "EXCLUDE localhost , EXCLUDE 127.0.0.1", "--disable-quic")  # fmt: skip
# Without its sandbox it starts for root and in containers too; what it opens is this project's own.
QUIET = (
    "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu", "--disable-extensions",
    "--disable-default-apps", "--disable-breakpad", "--no-sandbox",
)  # fmt: skip
MISSING = f"no Chromium: none of {', '.join(NAMES)} is installed, and {VARIABLE} names none"


def find_chromium() -> Path | None:
    """Find Chromium or Chrome: the one that ASYLUM_CHROMIUM names, else by the usual names.

    Returns
    -------
    Path or None
        None where there is none.

    Raises
    ------
    InputError
        Where the variable names what is no program.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise InputError(f"{VARIABLE} names {named}, which is no program that can be run")
        return Path(found)
    for name in (*NAMES, *_BUNDLES):
        if found := shutil.which(name):
            return Path(found)
    return None


def require_chromium() -> Path:
    """Find Chromium or say what is missing.

    Raises
    ------
    InputError
        Where there is none.
    """
    found = find_chromium()
    if found is None:
        raise InputError(f"{MISSING}. A report as HTML needs none, and any browser prints it")
    return found
