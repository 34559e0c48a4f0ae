"""Which yearly series of applications a finding belongs to, by stage and unit.

Claims lodged are kept apart by stage and unit, so a finding at a destination marks only the series
that its claims stand in: those of its level, or the main ones of its first instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.flows import APPEAL_LEVELS

if TYPE_CHECKING:
    from helpers.data.releases import Core

# A stage or unit that holds less of a destination's claims is not where its findings show.
MAIN_SHARE = 0.1


def place_findings(found: pd.DataFrame, core: Core) -> pd.DataFrame:
    """Fill stage and unit of findings on applications that do not name them.

    Parameters
    ----------
    found : DataFrame
        asylum, year, touches, stage, unit (empty where not named).
    core : Core
        Uses applications_by_asylum.

    Returns
    -------
    DataFrame
        The same, stage and unit filled with the codes that hold a tenth or more of the
        destination's claims lodged (appeals apart) in that year or the year before, joined by a
        space; empty where there are none, which means every series.
    """
    every = core.applications_by_asylum
    every = every[~every["level_code"].isin(APPEAL_LEVELS)]
    here = found["touches"].eq("applications")
    placed = found.copy()
    for name in ("stage", "unit"):
        main = _list_main(every, name)
        blank = here & found[name].eq("")
        keys = zip(found.loc[blank, "asylum"], found.loc[blank, "year"], strict=True)
        placed.loc[blank, name] = [
            " ".join(sorted(main.get((asylum, year), set()) | main.get((asylum, year - 1), set())))
            for asylum, year in keys
        ]
    return placed


def _list_main(every: pd.DataFrame, name: str) -> dict[tuple[str, int], set[str]]:
    """Return the main codes by destination and year."""
    sums = every.groupby(["asylum", "year", name])["applied"].sum().astype("float64")
    totals = sums.groupby(["asylum", "year"]).transform("sum")
    main: dict[tuple[str, int], set[str]] = {}
    for asylum, year, code in sums[sums >= MAIN_SHARE * totals].index:
        main.setdefault((asylum, year), set()).add(code)
    return main
