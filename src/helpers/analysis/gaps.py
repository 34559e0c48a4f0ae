"""Gaps: destinations that never named most origins, which is no break in their figures.

A break needs a year before in which it was otherwise. A destination that reports most of its
claims as of unknown origin from its first year on file hides the origin's claims in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from helpers.data.releases import Core

COLUMNS = ["asylum", "first_year", "last_year", "years", "unknown_share", "unknown", "lodged_there"]


def find_gaps(
    core: Core, origin: str, years: Iterable[int] | None = None, most: float = 0.5
) -> pd.DataFrame:
    """List destinations that report most pending claims as of unknown origin from the start.

    Parameters
    ----------
    core : Core
        A release's tables.
    origin : str
        ISO3 code; only destinations where it ever had claims pending or lodged are listed.
    years : iterable of int, optional
        The years to look at, the first of which is the start; default all on file.
    most : float
        Share of unknown origin from which on a year is a gap. 0.5.

    Returns
    -------
    DataFrame
        asylum, first_year, last_year (of the gap: its unbroken years from the start), years,
        unknown_share (0-1, over them), unknown (claims, the most in one of them), lodged_there
        (the origin's claims lodged there in those years, cases as one each: for scale only).
    """
    stock = core.by_asylum.dropna(subset=["pending"])
    lodged = core.applications[core.applications["origin"] == origin]
    pending = core.pending[(core.pending["origin"] == origin) & (core.pending["pending"] > 0)]
    stock = stock[stock["asylum"].isin(set(lodged["asylum"]) | set(pending["asylum"]))]
    if years is not None:
        stock = stock[stock["year"].isin(list(years))]
    stock = stock[stock["pending"] > 0].sort_values(["asylum", "year"])
    share = stock["pending_unknown_origin"].astype("float64") / stock["pending"].astype("float64")
    from_start = (share < most).groupby(stock["asylum"]).cumsum().eq(0)
    gap = stock[from_start]
    rows = []
    for asylum, here in gap.groupby("asylum"):
        years_here = here["year"]
        there = lodged[(lodged["asylum"] == asylum) & lodged["year"].isin(years_here)]
        total = float(here["pending"].sum())
        rows.append((
            asylum, years_here.min(), years_here.max(), len(here),
            float(here["pending_unknown_origin"].sum()) / total,
            int(here["pending_unknown_origin"].max()), int(there["applied"].sum()),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
