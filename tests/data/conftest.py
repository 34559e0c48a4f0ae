"""Every release on file, loaded once for all data tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from helpers.data.releases import Core, load_core

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
RELEASES = sorted(folder.name for folder in RAW.iterdir() if folder.is_dir())


@pytest.fixture(scope="session")
def cores() -> dict[str, Core]:
    return {name: load_core(name) for name in RELEASES}


@pytest.fixture(scope="session")
def packages() -> dict[str, dict[str, Any]]:
    return {name: json.loads((RAW / name / "datapackage.json").read_text()) for name in RELEASES}
