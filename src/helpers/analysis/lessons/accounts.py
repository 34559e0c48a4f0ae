"""Lesson 2, stock and flow: this year's pending claims from last year's.

The account of a destination is taken where it is plain: every flow in persons, no appeal levels,
decisions that add up. What remains open is what the source itself leaves open.
"""

from __future__ import annotations

import pandas as pd

from helpers.analysis.lessons.basis import Basis
from helpers.analysis.lessons.exercise import Exercise, Paper, divide, make_paper

STOCKS = ("a", "d", "f")  # which of the lesson's six phrases name a stock
APPEALS = ("AR", "JR")
ENOUGH = 50  # claims below which rounding is all that an account shows
KEY = ["asylum", "year"]


def set_paper(basis: Basis) -> Paper:
    """Set lesson 2."""
    plain = list_accounts(basis)
    shown, asked = pick_accounts(plain)
    facts = {
        "example_place": "" if shown is None else shown["asylum"],
        "example_year": None if shown is None else int(shown["year"]),
        "place": "" if asked is None else asked["asylum"],
        "year": None if asked is None else int(asked["year"]),
        "year_before": None if asked is None else int(asked["year"]) - 1,
    }
    walk = keep_last_run(plain[plain["asylum"] == facts["place"]])
    facts["n_walk"] = len(walk)
    facts["walk_first"] = int(walk["year"].iloc[0]) if len(walk) else None
    facts["walk_last"] = int(walk["year"].iloc[-1]) if len(walk) else None
    return make_paper(
        facts,
        Exercise("2.1", "letters", STOCKS, {"flows_for_stocks": tuple("bce")}),
        _ask_lodged(basis, asked),
        _ask_expected(asked),
        _ask_residual(asked),
        _ask_walk(walk),
        _ask_times(walk),
    )


def list_accounts(basis: Basis) -> pd.DataFrame:
    """List the destinations and years whose account is plain.

    Returns
    -------
    DataFrame
        asylum, year, start, lodged, new, decided, rejected, closed, end, expected; a row each.
    """
    lodged, decided = basis.own("applications"), basis.own("decisions")
    flows = pd.concat([lodged, decided])
    odd = flows[flows["unit"].ne("persons") | flows["level_code"].isin(APPEALS)]
    outcomes = ["recognised", "other", "rejected", "closed"]
    unsound = decided[decided[outcomes].sum(axis=1).ne(decided["total"])]
    taken = pd.concat([odd[KEY], unsound[KEY]]).drop_duplicates()
    stock = basis.own("pending").groupby(KEY)["pending"].sum(min_count=1).rename("end")
    sums = decided.groupby(KEY)[["total", "rejected", "closed"]].sum()
    sums = sums.rename(columns={"total": "decided"})
    sums["lodged"] = lodged.groupby(KEY)["applied"].sum().reindex(sums.index)
    sums["new"] = lodged[lodged["stage"] == "new"].groupby(KEY)["applied"].sum()
    before = stock.rename("start").reset_index().assign(year=lambda frame: frame["year"] + 1)
    account = sums.join(stock).join(before.set_index(KEY)).reset_index()
    account = account.dropna(subset=["start", "end", "lodged"])
    account = account[account["year"].isin(basis.full_years)]
    index = pd.MultiIndex.from_frame(account[KEY])
    account = account[~index.isin(pd.MultiIndex.from_frame(taken))]
    account["new"] = account["new"].fillna(0)
    account["expected"] = account["start"] + account["lodged"] - account["decided"]
    return account.sort_values(KEY, ignore_index=True)


def pick_accounts(plain: pd.DataFrame) -> tuple[pd.Series | None, pd.Series | None]:
    """Pick the account that is shown, and the one that is asked for, elsewhere where it can be.

    Among accounts of some size, those that come out nearest go first; among these the larger.
    """
    size = plain[["start", "end", "lodged", "decided"]].min(axis=1)
    large = plain[size >= ENOUGH] if (size >= ENOUGH).any() else plain
    if not len(large):
        return None, None
    gap = (large["end"] - large["expected"]).abs() / large[["start", "end"]].max(axis=1)
    near = gap.astype("float64").gt(0.02)
    ranked = large.assign(_near=near, _size=large["lodged"] + large["decided"])
    ranked = ranked.sort_values(["_near", "_size"], ascending=[True, False])
    asked = ranked.iloc[0]
    others = ranked[ranked["asylum"] != asked["asylum"]]
    rest = others if len(others) else ranked.iloc[1:]
    return (rest.iloc[0] if len(rest) else asked), asked


def keep_last_run(account: pd.DataFrame) -> pd.DataFrame:
    """Keep a destination's last years without a gap between them.

    Examples
    --------
    >>> keep_last_run(pd.DataFrame({"year": [2005, 2001, 2004]}))["year"].tolist()
    [2004, 2005]
    """
    ordered = account.sort_values("year")
    run = ordered["year"].diff().ne(1).cumsum()
    return ordered[run == run.max()]


def _ask_lodged(basis: Basis, account: pd.Series | None) -> Exercise:
    """Ask for the claims lodged at a destination in a year."""
    if account is None:
        return Exercise("2.2", "number", None)
    rows = basis.own("applications")
    there = rows[rows["asylum"] == account["asylum"]]
    mistakes = {
        "only_new": account["new"],
        "year_before": there[there["year"] == account["year"] - 1]["applied"].sum(),
        "all_places": rows[rows["year"] == account["year"]]["applied"].sum(),
        "all_years": there["applied"].sum(),
        "stock_for_flow": account["end"],
    }
    return Exercise("2.2", "number", account["lodged"], mistakes)


def _ask_expected(account: pd.Series | None) -> Exercise:
    """Ask for what should be pending at the end of the year."""
    if account is None:
        return Exercise("2.3", "number", None)
    start, lodged, decided = account["start"], account["lodged"], account["decided"]
    mistakes = {
        "closed_left_in": start + lodged - (decided - account["closed"]),
        "only_rejected_leave": start + lodged - account["rejected"],
        "start_forgotten": lodged - decided,
        "decisions_forgotten": start + lodged,
        "same_year_stock": account["end"] + lodged - decided,
        "signs_swapped": start - lodged + decided,
    }
    return Exercise("2.3", "number", account["expected"], mistakes)


def _ask_residual(account: pd.Series | None) -> Exercise:
    """Ask for what the flows do not explain."""
    if account is None:
        return Exercise("2.4", "number", None)
    left = account["end"] - account["expected"]
    mistakes = {"signs_swapped": -left, "change_for_residual": account["end"] - account["start"]}
    return Exercise("2.4", "number", left, mistakes)


def _ask_walk(walk: pd.DataFrame) -> Exercise:
    """Ask for the expected stock of every year of an unbroken run."""

    def by_year(values: pd.Series) -> dict[int, float]:
        return dict(zip(walk["year"].astype(int), values.astype(float), strict=True))

    mistakes = {
        "same_year_stock": by_year(walk["end"] + walk["lodged"] - walk["decided"]),
        "stock_for_flow": by_year(walk["end"]),
        "start_forgotten": by_year(walk["lodged"] - walk["decided"]),
    }
    return Exercise("2.5", "table", by_year(walk["expected"]) or None, mistakes)


def _ask_times(walk: pd.DataFrame) -> Exercise:
    """Ask at how many year-ends one claim stands on average."""
    if not len(walk):
        return Exercise("2.6", "number", None)
    summed, lodged = walk["end"].sum(), walk["lodged"].sum()
    claims = walk["start"].iloc[0] + lodged
    mistakes = {
        "start_forgotten": divide(summed, lodged),
        "upside_down": divide(claims, summed),
        "summed_stocks": summed,
    }
    return Exercise("2.6", "number", divide(summed, claims), mistakes, places=2)
