"""Every release on file, loaded once for all data tests."""

import json
from pathlib import Path

import pytest

from helpers.data.releases import load_core

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
RELEASES = sorted(folder.name for folder in RAW.iterdir() if folder.is_dir())


@pytest.fixture(scope="session")
def cores():
    return {name: load_core(name) for name in RELEASES}


@pytest.fixture(scope="session")
def packages():
    return {name: json.loads((RAW / name / "datapackage.json").read_text()) for name in RELEASES}
