"""Lesson 5, breaks in a series: a destination that stops naming origins, and what that may hide."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.analysis.measures import join_year_before
from helpers.analysis.stock_flow import KEY
from helpers.lessons.basis import Basis
from helpers.lessons.exercise import Exercise, Paper, divide, make_paper, to_number

FAIR = ("c",)  # which of the lesson's four sentences may be printed
WEIGHT = 0.05  # share of the origin's claims from which a destination matters here
REPEATED = 0.9  # share of unchanged figures from which a year looks copied
PAIRS = 10  # origins that must stand in both years before repeats say something


def set_paper(basis: Basis) -> Paper:
    """Set lesson 5."""
    panel = build_panel(basis)
    found = find_unnamed(panel)
    carried = _find_carried(panel)
    year = None if found is None else int(found["year"])
    facts = {
        "weight": WEIGHT, "year": year,
        "year_before": None if year is None else year - 1,
        "carried_place": "" if carried is None else str(carried["asylum"]),
        "carried_year": None if carried is None else int(carried["year"]),
        "carried_before": None if carried is None else int(carried["year"]) - 1,
    }  # fmt: skip
    share = None if found is None else divide(found["mine_before"], found["named_before"])
    return make_paper(
        facts,
        _ask_where(panel, found),
        _ask_unnamed(found),
        _ask_share(found, share),
        _ask_range(basis, found, share),
        _ask_carried(carried),
        Exercise("5.6", "letters", FAIR, {"fall_told": ("a",), "guess_told": ("b",),
                                          "zero_told": ("d",)}),
        lacking="" if share is not None else "no destination of weight stopped naming origins",
    )  # fmt: skip


def build_panel(basis: Basis) -> pd.DataFrame:
    """Join each destination's year with the year before.

    Returns
    -------
    DataFrame
        asylum, year, total and unknown (pending claims of all origins, and of unknown origin),
        mine (the origin's, 0 where it has no row), unknown_share, pairs_in_both_years,
        pairs_unchanged, and total_before, unknown_before, mine_before, named_before,
        unknown_share_before, weight_before (share of the origin's claims), rise.
    """
    rows = basis.tables["by_asylum"]
    rows = rows[rows["year"].isin(basis.years) & rows["pending"].gt(0)]
    panel = rows.rename(columns={"pending": "total", "pending_unknown_origin": "unknown"})
    panel = panel[[*KEY, "total", "unknown", "pairs_in_both_years", "pairs_unchanged"]].copy()
    panel["unknown"] = panel["unknown"].fillna(0)
    mine = basis.own("pending").groupby(KEY)["pending"].sum()
    panel["mine"] = mine.reindex(pd.MultiIndex.from_frame(panel[KEY])).fillna(0).to_numpy()
    counts = ["total", "unknown", "mine", "pairs_in_both_years", "pairs_unchanged"]
    panel[counts] = panel[counts].astype("float64")
    panel["unknown_share"] = panel["unknown"] / panel["total"]
    panel = join_year_before(panel, panel[[*KEY, "total", "unknown", "mine", "unknown_share"]])
    panel = panel.dropna(subset=["total_before"]).reset_index(drop=True)
    panel["named_before"] = panel["total_before"] - panel["unknown_before"]
    sums = basis.sum_pending().astype("float64")
    panel["weight_before"] = panel["mine_before"] / panel["year"].map(lambda y: sums.get(y - 1))
    panel["rise"] = panel["unknown_share"] - panel["unknown_share_before"]
    return panel


def find_unnamed(panel: pd.DataFrame) -> pd.Series | None:
    """Find the destination and year where the rise of unknown origins weighs most."""
    heavy = panel[(panel["weight_before"] >= WEIGHT) & (panel["rise"] > 0)]
    heavy = heavy[heavy["unknown_share_before"] < 0.5]
    if not len(heavy):
        return None
    effect = heavy["rise"] * heavy["mine_before"]
    year = heavy.assign(effect=effect).sort_values("effect")["year"].iloc[-1]
    # The question names the year alone: within it, the destination is the one that rose most.
    return heavy[heavy["year"] == year].sort_values("rise").iloc[-1]


def _ask_where(panel: pd.DataFrame, found: pd.Series | None) -> Exercise:
    """Ask which destination of weight stopped naming origins."""
    if found is None:
        return Exercise("5.1", "code", None)
    now = panel[panel["year"] == found["year"]]
    heavy = now[now["weight_before"] >= WEIGHT]
    mistakes = {
        "weight_forgotten": _name(now, "rise"),
        "largest_place": _name(now, "mine_before"),
        "level_for_rise": _name(heavy, "unknown_share"),
        "steepest_fall": _name(now.assign(fall=now["mine_before"] - now["mine"]), "fall"),
    }
    return Exercise("5.1", "code", str(found["asylum"]), mistakes)


def _name(rows: pd.DataFrame, column: str) -> str:
    """Name the destination with the greatest value."""
    return str(rows.sort_values([column, "asylum"])["asylum"].iloc[-1])


def _ask_unnamed(found: pd.Series | None) -> Exercise:
    """Ask for the share of claims without an origin."""
    if found is None:
        return Exercise("5.2", "number", None)
    mistakes = {
        "unknown_as_zero": 0.0,
        "against_named": divide(found["unknown"], found["total"] - found["unknown"]),
        "year_before": found["unknown_share_before"],
        "percent_for_share": 100 * found["unknown_share"],
        "count_for_share": found["unknown"],
    }
    return Exercise("5.2", "number", to_number(found["unknown_share"]), mistakes, places=3)


def _ask_share(found: pd.Series | None, share: float | None) -> Exercise:
    """Ask for the origin's share of the named claims in the year before."""
    if found is None or share is None:
        return Exercise("5.3", "number", None)
    mistakes = {
        "unknown_in_base": divide(found["mine_before"], found["total_before"]),
        "year_of_break": divide(found["mine"], found["total"] - found["unknown"]),
        "percent_for_share": 100 * share,
        "share_of_origin": found["weight_before"],
    }
    return Exercise("5.3", "number", share, mistakes, places=4)


def _ask_range(basis: Basis, found: pd.Series | None, share: float | None) -> Exercise:
    """Ask for the range of the origin's total in the year of the break."""
    if found is None or share is None:
        return Exercise("5.4", "range", None)
    low = float(basis.sum_pending().get(int(found["year"]), 0))
    hidden = found["unknown"]
    mistakes: dict[str, Any] = {
        "unknown_as_zero": (low, low),
        "all_unknown": (low, low + hidden),
        "one_place": (found["mine"], found["mine"] + share * hidden),
        "one_end": low + share * hidden,
        "unknown_alone": (0.0, share * hidden),
    }
    return Exercise("5.4", "range", (low, low + share * hidden), mistakes)


def _find_carried(panel: pd.DataFrame) -> pd.Series | None:
    """Find the destination and year with the greatest share of figures that did not change.

    One where the origin has claims goes first, if its figures repeat at all.
    """
    known = panel[panel["pairs_in_both_years"] >= PAIRS]
    if not len(known):
        return None
    share = known["pairs_unchanged"] / known["pairs_in_both_years"]
    matters = (share >= REPEATED) & (known["mine"] > 0)
    ranked = known.assign(share=share, matters=matters)
    return ranked.sort_values(["matters", "share", "mine", "asylum"]).iloc[-1]


def _ask_carried(carried: pd.Series | None) -> Exercise:
    """Ask what share of a destination's figures are those of the year before."""
    if carried is None:
        return Exercise("5.5", "number", None)
    share = divide(carried["pairs_unchanged"], carried["pairs_in_both_years"])
    mistakes = {
        "count_for_share": carried["pairs_unchanged"],
        "percent_for_share": None if share is None else 100 * share,
        "upside_down": divide(carried["pairs_in_both_years"], carried["pairs_unchanged"]),
        "changed_for_unchanged": None if share is None else 1 - share,
    }
    return Exercise("5.5", "number", share, mistakes, places=3)
