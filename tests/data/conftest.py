"""Every release on file, loaded once for all data tests."""

import pytest

from helpers.data.releases import load_core
from helpers.study import list_releases


@pytest.fixture(scope="session")
def cores():
    return {info.name: load_core(info) for info in list_releases()}
