"""What a new release changes for one origin: its new years, the past's cells, the verdicts.

Two runs of the same study are set side by side, one on each release. Nothing is computed again:
figures, ranges and breaks are those of the runs' own tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.revisions import name_state

if TYPE_CHECKING:
    from helpers.study import ReleaseInfo

FIGURES = (
    "year", "measure", "unit", "kind", "value", "lower", "upper", "told_before", "year_before",
    "is_comparable", "broken_by",
)  # fmt: skip
_STOCKS = ("pending", "pending_excl_largest")
_OF_THE_WHOLE = ("lower", "upper", "is_comparable", "broken_by")
_RATES = ("recognition_rate", "protection_rate")
_VERDICT = ("recomputed", "figure", "wording")


def list_new_years(before: ReleaseInfo, after: ReleaseInfo) -> list[int]:
    """Return the years that a release tells for the first time, or no longer as of mid-year.

    Parameters
    ----------
    before, after : ReleaseInfo
        The two releases' facts.
    """
    years = range(before.first_year, after.newest_year + 1)
    return [year for year in years if name_state(year, before, after) != "past"]


def stack_series(
    pending: pd.DataFrame, applications: pd.DataFrame, decisions: pd.DataFrame
) -> pd.DataFrame:
    """Put a run's yearly tables into one, a row a year and measure.

    Parameters
    ----------
    pending, applications, decisions : DataFrame
        A run's pending_by_year, applications_by_year and decisions_by_year.

    Returns
    -------
    DataFrame
        year, measure (pending, pending_excl_largest, new_claims, recognition_rate,
        protection_rate), unit (persons, cases), kind (stock, flow, rate), value, lower, upper
        (claims; rates 0-1; missing where there is none), is_comparable, broken_by.
    """
    parts = [_take_stock(pending, name) for name in _STOCKS]
    new = applications[applications["stage"] == "new"].rename(columns={"applied": "value"})
    parts.append(new.assign(measure="new_claims", kind="flow"))
    first = decisions[decisions["level"] == "first"]
    parts += [
        first.assign(measure=name, kind="rate").rename(columns={name: "value"}) for name in _RATES
    ]
    columns = [name for name in FIGURES if name not in ("told_before", "year_before")]
    stacked = pd.concat([part.reindex(columns=columns) for part in parts], ignore_index=True)
    numbers = dict.fromkeys(("value", "lower", "upper"), "Float64")
    return stacked.dropna(subset=["value"]).astype(numbers).reset_index(drop=True)


def _take_stock(pending: pd.DataFrame, name: str) -> pd.DataFrame:
    """Take one stock; range and breaks are the whole's, not those of what is left of it."""
    taken = pending.rename(columns={name: "value"}).assign(
        measure=name, unit="persons", kind="stock"
    )
    return taken if name == "pending" else taken.drop(columns=list(_OF_THE_WHOLE), errors="ignore")


def list_new_figures(before: pd.DataFrame, after: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """List the figures of the new years, beside what was told before and the year before.

    Parameters
    ----------
    before, after : DataFrame
        The two runs' series, as `stack_series` gives them.
    years : list of int
        The new years.

    Returns
    -------
    DataFrame
        FIGURES: the columns of `stack_series`, told_before (the earlier release's figure of the
        same year, as of mid-year perhaps; missing where it had none) and year_before (the later
        release's figure of the year before).
    """
    key = ["year", "measure", "unit"]
    told = before[[*key, "value"]].rename(columns={"value": "told_before"})
    last = after[[*key, "value"]].rename(columns={"value": "year_before"})
    last = last.assign(year=last["year"] + 1)
    new = after[after["year"].isin(years)]
    joined = new.merge(told, on=key, how="left").merge(last, on=key, how="left")
    return joined[list(FIGURES)].sort_values("year", kind="stable", ignore_index=True)


def find_moved_totals(before: pd.DataFrame, after: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Find the yearly figures of past years that a release tells otherwise.

    Parameters
    ----------
    before, after : DataFrame
        The two runs' series, as `stack_series` gives them.
    years : list of int
        The new years, which are left out.

    Returns
    -------
    DataFrame
        year, measure, unit, kind, before, after; missing where a release has no such figure.
    """
    key = ["year", "measure", "unit", "kind"]
    joined = before[[*key, "value"]].merge(
        after[[*key, "value"]], on=key, how="outer", suffixes=("_old", "_new")
    )
    joined = joined.rename(columns={"value_old": "before", "value_new": "after"})
    differs = (joined["before"] != joined["after"]).fillna(True)
    gone = joined["before"].isna() & joined["after"].isna()
    return joined[differs & ~gone & ~joined["year"].isin(years)].reset_index(drop=True)


def find_flips(claims: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """Find the claims that two releases judge otherwise.

    Parameters
    ----------
    claims : DataFrame
        A run's claims_by_release: claim_id, release, recomputed, figure, wording.
    before, after : str
        The two releases' names.

    Returns
    -------
    DataFrame
        claim_id, recomputed_before, recomputed_after, figure_before, figure_after,
        wording_before, wording_after; one row a claim whose figure or wording code differs.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["A-1", "A-1"], "release": ["old", "new"],
    ...     "recomputed": ["5", "7"], "figure": ["exact", "off"], "wording": ["fits", "fits"]})
    >>> find_flips(claims, "old", "new")[["claim_id", "figure_before", "figure_after"]]
      claim_id figure_before figure_after
    0      A-1         exact          off
    """
    sides = [
        claims[claims["release"] == name].set_index("claim_id")[list(_VERDICT)].fillna("")
        for name in (before, after)
    ]
    both = sides[0].add_suffix("_before").join(sides[1].add_suffix("_after"), how="inner")
    flipped = (both["figure_before"] != both["figure_after"]) | (
        both["wording_before"] != both["wording_after"]
    )
    columns = [f"{name}_{side}" for name in _VERDICT for side in ("before", "after")]
    return both.loc[flipped, columns].reset_index()


def list_largest_changes(revisions: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the past cells that changed by most, the largest first.

    Parameters
    ----------
    revisions : DataFrame
        As `revisions.list_revisions` gives them.
    count : int
        How many to return at most.
    """
    past = revisions[revisions["year_state"] == "past"]
    by = (past["after"].fillna(0) - past["before"].fillna(0)).astype("int64")
    order = by.abs().sort_values(ascending=False, kind="stable").index[:count]
    return past.assign(change_by=by).loc[order].reset_index(drop=True)
