"""The whole explorer, its data gathered once for all workers, and read back as plain values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from helpers.publish.explorer.build import build_explorer

PROJECT = Path(__file__).resolve().parents[2]
BUILDS = PROJECT / "build" / "tested-explorer"


def get_explorer() -> Path:
    """Return the explorer's folder; whoever comes second waits for the one who gathers its data."""
    return build_explorer(BUILDS).parent


def read_data(folder: Path) -> dict[str, Any]:
    """Read what data.js assigns, as plain values."""
    text = (folder / "data.js").read_text(encoding="utf-8")
    start = text.index("Explorer.raw = ") + len("Explorer.raw = ")
    return json.loads(text[start:].strip().removesuffix(";"))
