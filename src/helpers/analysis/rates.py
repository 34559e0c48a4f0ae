"""Recognition and total protection rates by destination, with a minimum number of decisions.

UNHCR's definitions (Refugee Data Finder, methodology): recognition rate = recognised / (recognised
+ other protection + rejected); total protection rate = (recognised + other protection) / the same.
Claims closed without a decision on the substance are in neither and stand beside them.

Persons and cases are never added, nor are levels: one claim can be decided at more than one. The
level is taken by its code, since a first instance may have two authorities in a row (in the United
States the immigration service `IN` and the immigration court `EO`).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

KEY = ["asylum", "level", "level_code", "unit"]
OUTCOMES = ["recognised", "other", "rejected", "closed"]


def rate_destinations(decisions: pd.DataFrame, years: Iterable[int], least: int) -> pd.DataFrame:
    """Add decisions up over some years and rate them, by destination, level and unit.

    Decisions are a flow, so the years add up; a rate over several years rests on more of them.

    Parameters
    ----------
    decisions : DataFrame
        One origin's rows: year, asylum, level, level_code, unit, recognised, other, rejected,
        closed.
    years : iterable of int
        The years that are added up.
    least : int
        How many decisions on the substance a rate needs.

    Returns
    -------
    DataFrame
        asylum, level, level_code, unit, first_year, last_year (with decisions), recognised, other,
        rejected, closed, substance (the first three), recognition_rate, protection_rate (0-1),
        closed_share (closed / all that ended, 0-1), is_enough (substance reaches `least`; else
        the two rates are missing). Most decisions on the substance first.
    """
    kept = decisions[decisions["year"].isin(list(years))]
    kept = kept[kept[OUTCOMES].fillna(0).sum(axis=1) > 0]
    grouped = kept.groupby(KEY)
    table = grouped[OUTCOMES].sum(min_count=1).astype("Int64")
    table.insert(0, "first_year", grouped["year"].min())
    table.insert(1, "last_year", grouped["year"].max())
    counts = table[OUTCOMES].fillna(0)
    table["substance"] = counts["recognised"] + counts["other"] + counts["rejected"]
    table["is_enough"] = table["substance"] >= least
    below = table["substance"].where(table["is_enough"] & (table["substance"] > 0))
    table["recognition_rate"] = (counts["recognised"] / below).astype("Float64")
    table["protection_rate"] = ((counts["recognised"] + counts["other"]) / below).astype("Float64")
    ended = table["substance"] + counts["closed"]
    table["closed_share"] = (counts["closed"] / ended).astype("Float64")
    return table.reset_index().sort_values(
        ["substance", *KEY], ascending=[False, *[True] * len(KEY)], ignore_index=True
    )


def flag_rates(rates: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Flag the rates whose years hold a break in that destination's decisions.

    A break lies between its year and the one before, so one in the first year added up is no
    break within them.

    Parameters
    ----------
    rates : DataFrame
        asylum, first_year, last_year and others (`rate_destinations`).
    findings : DataFrame
        asylum, year, touches (`breaks.find_breaks`).

    Returns
    -------
    DataFrame
        The rates, with has_break.
    """
    found = findings.loc[findings["touches"] == "decisions", ["asylum", "year"]]
    pairs = rates.reset_index()[["index", "asylum", "first_year", "last_year"]]
    pairs = pairs.merge(found, on="asylum")
    within = (pairs["year"] > pairs["first_year"]) & (pairs["year"] <= pairs["last_year"])
    return rates.assign(has_break=rates.index.isin(pairs.loc[within, "index"]))


def find_reversed(rates: pd.DataFrame) -> list[str]:
    """Find destinations where an appeal code has a higher recognition rate than any other level.

    Either many appeals succeed there, or the code stands for a fresh hearing or for another group
    of claims; the rates alone do not say which.

    Parameters
    ----------
    rates : DataFrame
        asylum, level, recognition_rate (`rate_destinations`).

    Returns
    -------
    list of str
        ISO3 codes, in the order of the rows.
    """
    known = rates.dropna(subset=["recognition_rate"])
    is_appeal = known["level"] == "appeal"
    best = known[~is_appeal].groupby("asylum")["recognition_rate"].max()
    review = known[is_appeal].groupby("asylum")["recognition_rate"].max()
    above = set((review - best.reindex(review.index)).loc[lambda gap: gap > 0].index)
    return [code for code in known["asylum"].astype(str).unique() if code in above]
