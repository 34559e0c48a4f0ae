"""The figures that the stand-in serves: those of release 2025-end, origin by origin."""

from pathlib import Path

import pandas as pd

from helpers.data.columns import PAIRS
from helpers.data.datapackage import find_file

RELEASE = "2025-end"
OTHER_COUNTS = ["returned_refugees", "idps", "returned_idps", "stateless", "ooc", "hst"]
Tables = dict[str, pd.DataFrame]


def make_figures(raw: Path, asylums: set[str] | None = None, first_year: int = 1951) -> Tables:
    """Return population, asylum_applications, asylum_decisions of some destinations and years."""
    figures = {}
    for name in PAIRS:
        file = find_file(raw / RELEASE, name)
        table = pd.read_csv(file, keep_default_na=False, na_values=[""])
        table = table[table["year"] >= first_year]
        table = table[table["coa"].isin(asylums)] if asylums else table
        counts = {each: "Int64" for each in table if table[each].dtype == "float64"}
        figures[name] = table.astype(counts).reset_index(drop=True)
    figures["population"] = figures["population"].assign(**dict.fromkeys(OTHER_COUNTS, 0))
    return figures
