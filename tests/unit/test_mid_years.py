"""Mid-year releases are known by their names, those of a later day included."""

from types import SimpleNamespace

import pandas as pd
import pytest
from helpers.analysis.break_releases import list_mid_years


@pytest.mark.parametrize(
    ("name", "is_mid"),
    [("2024-mid", True), ("2024-mid-2025-01-15", True), ("2024-end", False), ("midway-1", False)],
)
def test_a_mid_year_release_is_known_by_its_name(name, is_mid):
    core = SimpleNamespace(by_asylum=pd.DataFrame({"year": [2023, 2024]}), release=name)
    info = SimpleNamespace(newest_year=2025, period="end")
    assert [year for year, _ in list_mid_years({name: core}, info)] == ([2024] if is_mid else [])
