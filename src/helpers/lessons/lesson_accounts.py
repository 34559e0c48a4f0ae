"""Lesson 2, stock and flow: this year's pending claims from last year's.

The account of a destination is taken where it is plain: every flow in persons, appeals put aside,
decisions that add up. What remains open is what the source itself leaves open.
"""

from __future__ import annotations

import pandas as pd

from helpers.analysis.measures import join_year_before
from helpers.analysis.stock_flow import APPEAL_LEVELS, KEY
from helpers.lessons.basis import Basis
from helpers.lessons.exercise import Exercise, Paper, divide, make_paper

STOCKS = ("a", "d", "f")  # which of the lesson's six phrases name a stock
YEARS = 3  # a run of fewer shows little
ENOUGH = 200  # year-ends added up, below which rounding is all that an account shows
NEAR = 0.05  # of the greater stock: as near as an account comes out, by and large


def set_paper(basis: Basis) -> Paper:
    """Set lesson 2."""
    runs = rank_runs(list_accounts(basis))
    walk = runs[0] if runs else list_accounts(basis)
    shown = runs[1] if len(runs) > 1 else walk
    asked = walk.iloc[-1] if len(walk) else None
    example = shown.iloc[int(_measure_gaps(shown).argmin())] if len(shown) else None
    facts = {
        "example_place": "" if example is None else str(example["asylum"]),
        "example_year": None if example is None else int(example["year"]),
        "example_first": int(shown["year"].iloc[0]) if len(shown) else None,
        "example_last": int(shown["year"].iloc[-1]) if len(shown) else None,
        "place": "" if asked is None else str(asked["asylum"]),
        "year": None if asked is None else int(asked["year"]),
        "year_before": None if asked is None else int(asked["year"]) - 1,
        "n_walk": len(walk),
        "walk_first": int(walk["year"].iloc[0]) if len(walk) else None,
        "walk_last": int(walk["year"].iloc[-1]) if len(walk) else None,
    }
    return make_paper(
        facts,
        Exercise("2.1", "letters", STOCKS, {"flows_for_stocks": tuple("bce")}),
        _ask_lodged(basis, asked),
        _ask_expected(asked),
        _ask_residual(asked),
        _ask_walk(walk),
        _ask_times(walk),
        lacking="" if len(walk) else "no destination tells its stocks and flows in persons",
    )


def list_accounts(basis: Basis) -> pd.DataFrame:
    """List the destinations and years whose account is plain once appeals are put aside.

    Returns
    -------
    DataFrame
        asylum, year, start, lodged, new, decided, rejected, closed, end, expected; a row each.
    """
    lodged, decided = (put_appeals_aside(basis.own(name)) for name in ("applications", "decisions"))
    outcomes = ["recognised", "other", "rejected", "closed"]
    unsound = decided[decided[outcomes].sum(axis=1).ne(decided["total"])]
    taken = [frame[frame["unit"].ne("persons")][KEY] for frame in (lodged, decided)]
    stock = basis.own("pending").groupby(KEY)["pending"].sum(min_count=1).rename("end")
    sums = decided.groupby(KEY)[["total", "rejected", "closed"]].sum()
    sums = sums.rename(columns={"total": "decided"})
    sums["lodged"] = lodged.groupby(KEY)["applied"].sum().reindex(sums.index)
    sums["new"] = lodged[lodged["stage"] == "new"].groupby(KEY)["applied"].sum()
    account = join_year_before(sums.join(stock).reset_index(), stock.reset_index())
    account = account.rename(columns={"end_before": "start"})
    account = account.dropna(subset=["start", "end", "lodged"])
    account = account[account["year"].isin(basis.full_years)]
    odd = pd.MultiIndex.from_frame(pd.concat([*taken, unsound[KEY]]).drop_duplicates())
    account = account[~pd.MultiIndex.from_frame(account[KEY]).isin(odd)]
    account["new"] = account["new"].fillna(0)
    account["expected"] = account["start"] + account["lodged"] - account["decided"]
    return account.sort_values(KEY, ignore_index=True)


def put_appeals_aside(flows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the levels of review: whoever appeals was counted when the claim was lodged."""
    return flows[~flows["level_code"].isin(APPEAL_LEVELS)]


def rank_runs(accounts: pd.DataFrame) -> list[pd.DataFrame]:
    """Return each destination's last unbroken run of accounts, the most telling first.

    Runs of some years and some size go first, among them those whose accounts come out, and among
    these the ones where claims wait longest.
    """
    ranked = []
    for place, own in accounts.groupby("asylum"):
        run = keep_last_run(own)
        is_long = len(run) >= YEARS and run["end"].sum() >= ENOUGH
        is_near = float(_measure_gaps(run).median()) <= NEAR
        waiting = divide(run["end"].sum(), run["start"].iloc[0] + run["lodged"].sum()) or 0.0
        ranked.append(((is_long, is_near, waiting, str(place)), run))
    return [run for _, run in sorted(ranked, key=lambda each: each[0], reverse=True)]


def _measure_gaps(account: pd.DataFrame) -> pd.Series:
    """Return how far each account is from coming out, as a share of its greater stock."""
    gap = (account["end"] - account["expected"]).abs() / account[["start", "end"]].max(axis=1)
    return gap.astype("float64").fillna(1.0)


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
    every = basis.own("applications")
    rows = put_appeals_aside(every)
    there = rows[rows["asylum"] == account["asylum"]]
    mistakes = {
        "only_new": account["new"],
        "year_before": there[there["year"] == account["year"] - 1]["applied"].sum(),
        "appeals_added": every[
            (every["asylum"] == account["asylum"]) & (every["year"] == account["year"])
        ]["applied"].sum(),
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
