"""Which years compare: where to end a series, which run of it has no break, whom to leave out."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.analysis.thresholds import Thresholds

LIMIT = Thresholds().breaks_total


def find_last_comparable(by_year: pd.DataFrame) -> int:
    """Return the last year whose stock compares with the one before; else the last on file.

    Parameters
    ----------
    by_year : DataFrame
        year, pending, is_comparable.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"year": [2000, 2001, 2002], "pending": [5, 6, 7],
    ...                       "is_comparable": [True, True, False]})
    >>> find_last_comparable(frame)
    2001
    """
    known = by_year[by_year["pending"].notna()]
    fitting = known[known["is_comparable"]]
    return int((fitting if len(fitting) else known)["year"].max())


def list_endings(span: Iterable[int], last: int) -> list[range]:
    """Return a span of years whole and, where it goes on after `last`, cut there as well.

    Examples
    --------
    >>> list_endings(range(2013, 2026), 2023)
    [range(2013, 2024), range(2013, 2026)]
    >>> list_endings(range(2013, 2020), 2023), list_endings(range(2013, 2026), 2012)
    ([range(2013, 2020)], [range(2013, 2026)])
    """
    years = list(span)
    if not years:
        return []
    ends = {years[-1], min(last, years[-1])}
    return [range(years[0], end + 1) for end in sorted(ends) if end >= years[0]]


def list_broken_destinations(
    breaks: pd.DataFrame, years: Iterable[int], limit: float = LIMIT
) -> list[str]:
    """List destinations where a break moved the origin's pending total by more than a limit.

    Parameters
    ----------
    breaks : DataFrame
        `find_breaks`: asylum, year, touches, effect_share.
    years : iterable of int
        The years that count.
    limit : float
        Share of the origin's total; default what makes a year not comparable.
    """
    moved = breaks["touches"].eq("pending") & (breaks["effect_share"] > limit).fillna(False)
    here = breaks[moved & breaks["year"].isin(list(years))]
    return sorted(here["asylum"].unique())


def find_longest_run(years: Iterable[int], broken: Iterable[int]) -> range:
    """Return the longest run of years of which each compares with the one before; ties: the last.

    A year with a break may begin a run, since what follows compares with it.

    Examples
    --------
    >>> find_longest_run(range(2000, 2010), [2003, 2008])
    range(2003, 2008)
    """
    listed, cut = sorted(years), set(broken)
    best = range(0)
    start = None
    for year in listed:
        if start is None or year in cut or year - 1 not in listed:
            start = year
        if year + 1 - start >= len(best):
            best = range(start, year + 1)
    return best
