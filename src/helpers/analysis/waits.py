"""Years of waiting that a stock and the pace of decisions imply.

Stock over the decisions of a year is how long the claims pending would take at that pace. It is no
forecast, and no one's wait: it moves as soon as the pace does. A stock counts persons and some
decisions are in cases, so the result is a range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.flows import APPEAL_LEVELS, KEY, PERSONS_A_CASE

if TYPE_CHECKING:
    from helpers.data.releases import Core


def estimate_waits(core: Core, origin: str, persons_a_case: float = PERSONS_A_CASE) -> pd.DataFrame:
    """Estimate how many years the claims pending would take at the pace of the year's decisions.

    Parameters
    ----------
    core : Core
        Uses pending and decisions. Decisions of appeal levels are left out, so that a claim that
        is decided twice in a year counts once; claims closed without a decision on substance are
        in, since they end too.
    origin : str
        ISO3 code.
    persons_a_case : float
        The most persons that a case stands for.

    Returns
    -------
    DataFrame
        year, asylum, pending, decided_persons, decided_cases, years_low (each case as many
        persons as it may be), years_high (each case one person); missing where nothing was
        decided. Rows where claims were pending or decided.
    """
    stock = core.pending[core.pending["origin"] == origin].groupby(KEY, observed=True)["pending"]
    ours = core.decisions[core.decisions["origin"] == origin]
    ours = ours[~ours["level_code"].isin(APPEAL_LEVELS)]
    ended = ours.groupby([*KEY, "unit"], observed=True)["total"].sum().unstack("unit")
    ended = ended.reindex(columns=["persons", "cases"]).add_prefix("decided_")
    table = ended.join(stock.sum().rename("pending"), how="outer").astype("Float64")
    return add_waits(table.reset_index(), persons_a_case)


def add_waits(table: pd.DataFrame, persons_a_case: float = PERSONS_A_CASE) -> pd.DataFrame:
    """Add years_low and years_high to pending, decided_persons and decided_cases."""
    known = table[["decided_persons", "decided_cases"]].fillna(0).astype("float64")
    most = known["decided_persons"] + persons_a_case * known["decided_cases"]
    least = known["decided_persons"] + known["decided_cases"]
    pending = table["pending"].astype("float64")
    return table.assign(
        years_low=(pending / most.where(most > 0)).astype("Float64"),
        years_high=(pending / least.where(least > 0)).astype("Float64"),
    )


def blank_half_flows(waits: pd.DataFrame, breaks: pd.DataFrame) -> pd.DataFrame:
    """Blank decisions and years of waiting where the flows on file are those of six months.

    Parameters
    ----------
    waits : DataFrame
        `estimate_waits`.
    breaks : DataFrame
        `find_breaks`: where claims lodged were carried forward from a mid-year release, or are
        those of a mid-year release, decisions are too.

    Returns
    -------
    DataFrame
        The same columns; decided_persons, decided_cases, years_low and years_high are missing
        at these destinations in these years.
    """
    kinds = breaks["kind"].isin(["carried_forward", "mid_year"])
    half = breaks.loc[kinds & breaks["touches"].eq("applications"), ["asylum", "year"]]
    here = pd.MultiIndex.from_frame(waits[["asylum", "year"]])
    is_half = here.isin(pd.MultiIndex.from_frame(half))
    blanked = ["decided_persons", "decided_cases", "years_low", "years_high"]
    return waits.assign(**{name: waits[name].mask(is_half) for name in blanked})


def sum_waits(waits: pd.DataFrame, persons_a_case: float = PERSONS_A_CASE) -> pd.DataFrame:
    """Add up stock and decisions over destinations that decide, and give the years they imply.

    Parameters
    ----------
    waits : DataFrame
        `estimate_waits`.

    Returns
    -------
    DataFrame
        year, pending (at destinations with a decision in that year), decided_persons,
        decided_cases, years_low, years_high, covered (0-1: the part of all pending claims that
        stands at these destinations).
    """
    decides = waits[["decided_persons", "decided_cases"]].fillna(0).sum(axis=1) > 0
    names = ["pending", "decided_persons", "decided_cases"]
    every = waits.groupby("year")["pending"].sum().astype("float64")
    table = waits[decides].groupby("year")[names].sum(min_count=1)
    below = every.where(every > 0).reindex(table.index)
    table["covered"] = (table["pending"] / below).astype("Float64")
    return add_waits(table.reset_index(), persons_a_case)
