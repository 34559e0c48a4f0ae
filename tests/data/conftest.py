"""Every release on file, loaded once for all data tests."""

import pytest

from helpers import paths
from helpers.data.datapackage import read_package
from helpers.data.releases import load_core
from helpers.study import list_releases

RELEASES = [info.name for info in list_releases()]


@pytest.fixture(scope="session")
def cores():
    return {name: load_core(name) for name in RELEASES}


@pytest.fixture(scope="session")
def packages():
    return {name: read_package(paths.raw() / name) for name in RELEASES}
