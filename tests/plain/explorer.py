"""The whole explorer: its data gathered once for all workers, and again only when they changed."""

from __future__ import annotations

import fcntl
import hashlib
import json
from pathlib import Path
from typing import Any

from helpers.paths import write_atomic
from helpers.reading.explorer.build import write_data, write_page
from helpers.reading.explorer.gather import gather_data

PROJECT = Path(__file__).resolve().parents[2]
BUILDS = PROJECT / "build" / "tested-explorer"


def digest_inputs() -> str:
    """Digest what the data are made of: the code, the figures' descriptions and the hand data."""
    digest = hashlib.sha256()
    files = [*(PROJECT / "src").rglob("*.py"), *(PROJECT / "data" / "hand").rglob("*.yml")]
    files += (PROJECT / "data" / "raw").rglob("datapackage.json")
    for file in sorted(files):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def get_explorer() -> Path:
    """Return the explorer's folder; whoever comes second waits for the one who gathers its data."""
    BUILDS.mkdir(parents=True, exist_ok=True)
    kept = BUILDS / f"{digest_inputs()}.js"
    with (BUILDS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_file():
            for old in BUILDS.glob("*.js"):
                old.unlink()
            write_atomic(kept, write_data(gather_data()))
        return write_page(BUILDS, kept.read_text(encoding="utf-8")).parent


def read_data(folder: Path) -> dict[str, Any]:
    """Read what data.js assigns, as plain values."""
    text = (folder / "data.js").read_text(encoding="utf-8")
    start = text.index("Explorer.raw = ") + len("Explorer.raw = ")
    return json.loads(text[start:].strip().removesuffix(";"))
