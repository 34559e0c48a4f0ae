"""Words for prose that hold for any origin, year and release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import pandas as pd

from helpers.study import Study


class _Name(Protocol):
    """A place's names, as `helpers.data.hand` gives them."""

    @property
    def short(self) -> str: ...

    @property
    def prose(self) -> str: ...


def describe_scope(scope: Study, names: Mapping[str, _Name]) -> dict[str, Any]:
    """Return the words and numbers that every notebook's prose needs.

    Returns
    -------
    dict
        origin (ISO3), origin_name (inside a sentence), origin_short (a label), release,
        release_title, published, year_from, year_to, newest_year, top_n, study_title, and
        newest_stock ("at mid-year" or "at the end of the year", of year_to).
    """
    name = names[scope.origin]
    half = scope.period_of(scope.year_to) == "mid"
    return {
        "origin": scope.origin,
        "origin_name": name.prose,
        "origin_short": name.short,
        "release": scope.release,
        "release_title": scope.info.title,
        "published": scope.info.published,
        "year_from": scope.year_from,
        "year_to": scope.year_to,
        "newest_year": scope.info.newest_year,
        "top_n": scope.top_n,
        "study_title": scope.file.title,
        "newest_stock": "in the middle of" if half else "at the end of",
    }


BREAK_WORDS = {
    "coverage_drop": "counts collapse",
    "coverage_jump": "counts jump",
    "unknown_origin": "origin not named",
    "carried_forward": "carried forward",
    "mid_year": "half a year",
    "stage_change": "stage changed",
    "unit_change": "unit changed",
    "stock_flow_gap": "flows do not explain it",
}


def choose_break_words(findings: pd.DataFrame, years: Iterable[int]) -> dict[int, str]:
    """Choose what a chart writes at each break: words at the gravest, nothing at the others.

    Parameters
    ----------
    findings : DataFrame
        year, kind, effect_share; those that move the total.
    years : iterable of int
        The years that do not compare with the one before.

    Returns
    -------
    dict of int to str
        Year -> words; empty where the effect is under a quarter of the total, or where no more
        is known than that the flows do not explain the stock.
    """
    words = dict.fromkeys(years, "")
    named = findings[(findings["kind"] != "stock_flow_gap") & (findings["effect_share"] > 0.25)]
    named = named.sort_values("effect_share")
    for year, kind in zip(named["year"].astype(int), named["kind"].astype(str), strict=True):
        if year in words:
            words[year] = BREAK_WORDS[kind]
    return words


def join_codes(codes: str, names: Mapping[str, _Name]) -> str:
    """Turn codes joined by a space into names as a sentence lists them; empty stays empty."""
    return join_names(names[code].prose for code in str(codes).split())


def join_names(names: Iterable[str], conjunction: str = "and") -> str:
    """Join names as a sentence lists them.

    Examples
    --------
    >>> join_names(["Canada"]), join_names(["Canada", "Brazil", "Spain"])
    ('Canada', 'Canada, Brazil and Spain')
    """
    listed = list(names)
    if len(listed) <= 1:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {conjunction} {listed[-1]}"


def join_years(years: Iterable[int]) -> str:
    """Join years as a sentence lists them, three and more in a row as a span.

    Examples
    --------
    >>> join_years([2006, 2008, 2009, 2010, 2014])
    '2006, 2008 to 2010 and 2014'
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    shown = [[f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run) for run in runs]
    return join_names(text for run in shown for text in run)


def describe_ranks(frame: pd.DataFrame, label: str, left: str, right: str) -> str:
    """Describe two columns of ranks for those who do not see the chart.

    Parameters
    ----------
    frame : DataFrame
        Columns `label` (names), `left` and `right` (ranks; missing where there is none).

    Returns
    -------
    str
        One sentence, in the frame's order.

    Examples
    --------
    >>> ranks = pd.DataFrame({"name": ["A", "B"], "early": [1, None], "late": [2, 1]})
    >>> describe_ranks(ranks, "name", "early", "late")
    'Ranks, early and late: A 1 and 2, B none and 1.'
    """
    said = [
        f"{row[label]} {_say_rank(row[left])} and {_say_rank(row[right])}"
        for row in frame.to_dict("records")
    ]
    return f"Ranks, {left} and {right}: {', '.join(said)}."


def _say_rank(rank: float) -> str:
    """Write a rank, or that there is none."""
    return "none" if pd.isna(rank) else f"{rank:.0f}"


def describe_reach(reach: pd.DataFrame, main: str) -> str:
    """Describe how far ratios move, for those who do not see the chart.

    Parameters
    ----------
    reach : DataFrame
        label, is_without_main, least, own (missing where the own choice is not among them), most.
    main : str
        The main destination's name inside a sentence.

    Returns
    -------
    str
        One sentence a row.

    Examples
    --------
    >>> rows = {"label": ["Pending"], "is_without_main": [False]}
    >>> rows |= {"least": [2.0], "own": [3.0], "most": [4.5]}
    >>> describe_reach(pd.DataFrame(rows), "Peru")
    'Pending: 3.00 times, from 2.00 to 4.50 over the years of transition.'
    """
    said = []
    for row in reach.to_dict("records"):
        name = row["label"] + (f", without {main}" if row["is_without_main"] else "")
        own = "no ratio of its own" if pd.isna(row["own"]) else f"{row['own']:.2f} times"
        span = f"from {row['least']:.2f} to {row['most']:.2f} over the years of transition"
        said.append(f"{name}: {own}, {span}.")
    return " ".join(said)


def say_change(first: float, last: float) -> str:
    """Say in which direction a value moved.

    Examples
    --------
    >>> say_change(3, 5), say_change(5, 3), say_change(5, 5)
    ('rose', 'fell', 'stayed the same')
    """
    if first == last:
        return "stayed the same"
    return "rose" if last > first else "fell"


def capitalise(text: str) -> str:
    """Set the first letter in capitals, and leave the others as they are.

    Examples
    --------
    >>> capitalise("the United States")
    'The United States'
    """
    return text[:1].upper() + text[1:]
