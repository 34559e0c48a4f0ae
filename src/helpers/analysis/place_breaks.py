"""Breaks as one destination's own series has them.

`breaks.find_breaks` measures a finding by its effect on the origin's total. A chart of a single
destination asks something else: does this country's figure compare with its own year before?
"""

from __future__ import annotations

import pandas as pd

from helpers.analysis.thresholds import Thresholds

LIMIT = Thresholds().breaks_total


def find_own_breaks(
    findings: pd.DataFrame, destinations: pd.DataFrame, limit: float = LIMIT
) -> pd.DataFrame:
    """Find the years in which a destination's pending figure does not compare with the last.

    Parameters
    ----------
    findings : DataFrame
        asylum, year, kind, touches, effect_on_origin (`breaks.find_breaks`).
    destinations : DataFrame
        year, asylum, pending (`destinations.rank_destinations`).
    limit : float
        Share of the destination's own stock, the greater of the two years', that an effect
        must exceed.

    Returns
    -------
    DataFrame
        asylum, year, kind (those above the limit, joined by a space), own_share (the largest
        effect over that stock). Sorted by asylum and year. A finding whose destination has no
        stock in either year is left out, since it breaks nothing here.
    """
    found = findings[findings["touches"].eq("pending") & findings["effect_on_origin"].notna()]
    stock = destinations.dropna(subset=["pending"])[["asylum", "year", "pending"]]
    before = stock.assign(year=stock["year"] + 1).rename(columns={"pending": "before"})
    key = ["asylum", "year"]
    table = found[[*key, "kind", "effect_on_origin"]].merge(stock, how="left", on=key)
    table = table.merge(before, how="left", on=key)
    size = table[["pending", "before"]].astype("Float64").max(axis=1)
    table["own_share"] = table["effect_on_origin"].abs().astype("Float64") / size
    table = table[(table["own_share"] > limit).fillna(False)]
    grouped = table.sort_values("kind").groupby(key)
    kinds = grouped["kind"].agg(lambda kind: " ".join(dict.fromkeys(kind)))
    return pd.DataFrame({"kind": kinds, "own_share": grouped["own_share"].max()}).reset_index()
