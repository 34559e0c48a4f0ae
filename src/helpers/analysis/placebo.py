"""Placebo origins: whether one origin's growth between two eras stands out from all others'.

A boundary that belongs to one origin's politics means nothing to the others. Where claims from
many of them grew as much over the same years, the growth says little about that boundary. Compared
are the later era's average year as a multiple of the earlier one's, and the departure from the
world: the origin's claims as odds to everyone else's, in logarithms, less their mean over the
earlier era. The size of that gap (root mean square) after the boundary over its size before is what
Abadie, Diamond and Hainmueller rank placebos by, after the mean alone is taken out as in Ferman and
Pinto (Synthetic controls with imperfect pretreatment fit, 2021).

Origins with the same main destination share its ways of counting, so they are compared as well
(`find_exposed`). A rank is no probability of chance: origins share destinations and wars.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.analysis.thresholds import FEWEST_FOR_RATIO

# Claims of unknown origin and of stateless people belong to no origin.
NO_ORIGIN = ("UNK", "XXA")
FEWEST = 1000  # claims pending in the average year of the earlier era
FEWEST_ORIGINS = 5  # to be compared on their own
COLUMNS = ["measure", "origin", "earlier", "later", "ratio", "rank", "n_origins", "is_enough"]


def compare_origins(
    by_origin: pd.DataFrame,
    origin: str,
    earlier: Iterable[int],
    later: Iterable[int],
    fewest: float = FEWEST,
    among: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Rank all origins with enough claims by their growth from one span of years to another.

    Takes every origin's stocks; ranked are those with `fewest` claims in the average year of the
    earlier era, of `among` if given, and the one in question from `FEWEST_FOR_RATIO` on. Returns
    measure (pending, share_of_world, refugees, departure_from_world), origin, earlier and later
    (mean a year; of the departure: root mean square of the gap), ratio, rank (1 is the greatest),
    n_origins, is_enough.

    >>> rows = [(y, o, n, 0) for o, a, b in (("AAA", 10, 30), ("BBB", 10, 20)) for y, n in
    ...         ((2001, a), (2002, b))]
    >>> frame = pd.DataFrame(rows, columns=["year", "origin", "pending", "refugees"])
    >>> result = compare_origins(frame, "AAA", [2001], [2002], fewest=1)
    >>> result.query("measure == 'pending'")[["origin", "ratio", "rank"]].values.tolist()
    [['AAA', 3.0, 1], ['BBB', 2.0, 2]]
    """
    first, last = list(earlier), list(later)
    spread = spread_origins(by_origin, [*first, *last])
    if not first or not last or spread["pending"].empty:
        return pd.DataFrame(columns=COLUMNS)
    sides = {
        name: (wide[first].mean(axis=1), wide[last].mean(axis=1)) for name, wide in spread.items()
    }
    sides["departure_from_world"] = _measure_departure(spread["share_of_world"], first, last)
    is_enough = sides["pending"][0] >= fewest
    if among is not None:
        is_enough &= is_enough.index.isin(list(among))
    is_own = (is_enough.index == origin) & (sides["pending"][0] >= FEWEST_FOR_RATIO)
    parts = []
    for measure, (before, after) in sides.items():
        table = pd.DataFrame({"earlier": before, "later": after, "is_enough": is_enough})
        table["ratio"] = after / before.where(before > 0)
        table = table[(is_enough | is_own) & table["ratio"].notna()]
        table["rank"] = table["ratio"].rank(ascending=False, method="min").astype("int64")
        table = table.rename_axis("origin").reset_index()
        parts.append(table.assign(measure=measure, n_origins=len(table)))
    ranked = pd.concat([part.sort_values(["rank", "origin"]) for part in parts], ignore_index=True)
    return ranked[COLUMNS]


def find_exposed(pending: pd.DataFrame, main: str | None, years: Iterable[int]) -> list[str]:
    """Find the origins whose main destination, by these years' claims together, is the same."""
    kept = pending[pending["year"].isin(list(years)) & ~pending["origin"].isin(NO_ORIGIN)]
    sums = kept.groupby(["origin", "asylum"], observed=True)["pending"].sum().reset_index()
    sums = sums[sums["pending"] > 0].astype({"pending": "float64"})
    largest = sums.loc[sums.groupby("origin", observed=True)["pending"].idxmax()]
    return sorted(largest.loc[largest["asylum"] == main, "origin"].astype(str))


def spread_origins(by_origin: pd.DataFrame, years: Iterable[int]) -> dict[str, pd.DataFrame]:
    """Return origins by years of pending, share_of_world (0-1 of all pending) and refugees.

    An origin without a row where others have one counts as 0; a year without any row is missing.
    """
    wanted = sorted(set(years))
    kept = by_origin[by_origin["year"].isin(wanted)]
    pending, refugees = (
        kept.pivot(index="origin", columns="year", values=name)
        .astype("float64")
        .fillna(0.0)
        .reindex(columns=wanted)
        for name in ("pending", "refugees")
    )
    world = pending.sum(min_count=1)
    share = pending.div(world)
    tables = {"pending": pending, "share_of_world": share, "refugees": refugees}
    is_named = ~pending.index.isin(NO_ORIGIN)
    return {name: table[is_named] for name, table in tables.items()}


def _measure_departure(
    share: pd.DataFrame, earlier: list[int], later: list[int]
) -> tuple[pd.Series, pd.Series]:
    """Return the root mean square gap to the world before and after; missing where a share is 0."""
    known = share.where((share > 0) & (share < 1))
    odds = pd.DataFrame(np.log(known / (1 - known)), share.index, share.columns)
    gap = odds.sub(odds[earlier].mean(axis=1, skipna=False), axis=0)
    before, after = (
        np.sqrt((gap[years] ** 2).mean(axis=1, skipna=False)) for years in (earlier, later)
    )
    return before, after
