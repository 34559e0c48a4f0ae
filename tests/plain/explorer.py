"""The explorer with a few origins, gathered once for all workers, and read back as plain values."""

import json
from pathlib import Path
from typing import Any

from helpers.publish.explorer.build import build_explorer

BUILDS = Path(__file__).resolve().parents[2] / "build" / "tested-explorer"
# All that is shown goes one way for every origin; a few are enough to test it.
ONLY = ("CHN", "HKG", "MAC", "SYR", "TUR", "VEN")


def get_explorer() -> Path:
    """Return the explorer's folder; whoever comes second waits for the one who gathers its data."""
    return build_explorer(BUILDS, ONLY).parent


def read_data(folder: Path) -> dict[str, Any]:
    """Read what the data scripts assign: the raw data, and its origins by release/ISO3."""
    files = (folder / "origins").glob("*/*.js")
    origins = {f"{file.parent.name}/{file.stem}": _read(file) for file in files}
    return _read(folder / "data.js") | {"origins": origins}


def _read(file: Path) -> Any:
    text = file.read_text(encoding="utf-8")
    return json.loads(text.split(" = ", maxsplit=1)[1].strip().removesuffix(";"))
