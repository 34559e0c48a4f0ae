"""The specification curve: one comparison of two eras under every defensible set of choices.

The answer is a ratio: the later era's average year over the earlier one's. Six choices that the
data do not settle stand behind it: the measure, its unit, with or without the largest destination,
the boundary of the eras, the release, and the first year that enters the earlier era. All
combinations are computed, and each choice is judged by how far it alone moves the answer.
Method: Simonsohn, Simmons and Nelson, Specification curve analysis, Nature Human Behaviour 4, 2020.

The series come from `variants`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.eras import clip_era
from helpers.analysis.placebo import FEWEST
from helpers.analysis.variants import SERIES_KEY

if TYPE_CHECKING:
    from helpers.study import Boundary

CHOICES = ("measure", "unit", "destinations", "boundary", "release", "start")
STARTS = ("with its first year", "two years later", "four years later")
FEWEST_YEARS = 3  # of the earlier era that a later start must leave
FEWEST_IN_ERA = 2  # years that an average needs
FEWEST_ORIGINS = 5  # that a placebo band needs
VALUES = ["start_year", "earlier_mean", "later_mean", "ratio"]
BAND = ["band_low", "band_middle", "band_high", "band_origins"]


def compare_spans(
    variants: pd.DataFrame, boundaries: Sequence[Boundary], years: range
) -> pd.DataFrame:
    """Compare two eras in every series, under every boundary and with every start.

    Parameters
    ----------
    variants : DataFrame
        `list_variants`.
    boundaries : sequence of Boundary
        Each names the two eras that it compares.
    years : range
        The study's years.

    Returns
    -------
    DataFrame
        origin, measure, unit, destinations, boundary, start, start_year, earlier_mean,
        later_mean, ratio. Only where at least half of either era's years are on file and the
        earlier mean is above 0.
    """
    parts = []
    for boundary in boundaries:
        eras = {era.name: clip_era(era, years) for era in boundary.eras}
        spans = [
            [year for year in eras[name] if year in variants.columns] for name in boundary.compare
        ]
        if min(len(span) for span in spans) < FEWEST_IN_ERA:
            continue
        last = _average(variants, spans[1])
        for start, year in zip(STARTS, list_starts(spans[0]), strict=False):
            first = _average(variants, [each for each in spans[0] if each >= year])
            ratio = last / np.where(first > 0, first, np.nan)
            kept = ratio > 0
            parts.append(pd.DataFrame({
                "row": np.flatnonzero(kept), "boundary": boundary.name, "start": start,
                "start_year": year, "earlier_mean": first[kept], "later_mean": last[kept],
                "ratio": ratio[kept],
            }))  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=[*SERIES_KEY, "boundary", "start", *VALUES])
    table = pd.concat(parts, ignore_index=True)
    keys = variants.index[table.pop("row")].to_frame(index=False)
    return pd.concat([keys, table], axis=1)


def list_starts(span: Sequence[int]) -> list[int]:
    """Return the years that the earlier era may begin with, as long as three of it are left.

    Examples
    --------
    >>> list_starts(range(2003, 2013)), list_starts(range(2010, 2013)), list_starts([2012])
    ([2003, 2005, 2007], [2010], [2012])
    """
    starts = [span[0] + step for step in (0, 2, 4)]
    last = max(span[-1] - FEWEST_YEARS + 1, span[0])
    return [year for year in starts if year <= last]


def _average(variants: pd.DataFrame, years: list[int]) -> np.ndarray:
    """Average over years; missing where fewer than half of them are on file."""
    values = variants[years]
    enough = values.count(axis=1).to_numpy() * 2 >= len(years)
    return np.where(enough, values.mean(axis=1).to_numpy(), np.nan)


def run_specifications(
    releases: Mapping[str, pd.DataFrame], origin: str, boundaries: Sequence[Boundary],
    years: range, fewest: float = FEWEST,
) -> pd.DataFrame:  # fmt: skip
    """Compare two eras under every combination of the choices, beside placebo origins.

    Parameters
    ----------
    releases : mapping of str to DataFrame
        Release name -> its series (`list_variants`).
    origin : str
        ISO3 code of the origin in question.
    boundaries : sequence of Boundary
        The study's.
    years : range
        The study's years.
    fewest : float
        Persons or cases that a placebo origin needs in the average year of the earlier era;
        shares are judged by the claims pending that they are shares of.

    Returns
    -------
    DataFrame
        measure, unit, destinations, boundary, release, start (of the earlier era), start_year,
        earlier_mean, later_mean, ratio, band_low, band_middle, band_high (the 10th, 50th and
        90th percentile of the other origins' ratios under the same choices), band_origins (how
        many; the band is missing where they are fewer than five). Sorted by ratio.
    """
    found = [
        compare_spans(variants, boundaries, years).assign(release=name)
        for name, variants in releases.items()
    ]
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    if table.empty:
        return pd.DataFrame(columns=[*CHOICES, *VALUES, *BAND])
    own = table[table["origin"] == origin].drop(columns="origin")
    band = _make_band(table, origin, fewest)
    own = own.merge(band, on=list(CHOICES), how="left")
    own["band_origins"] = own["band_origins"].fillna(0).astype("int64")
    columns = [*CHOICES, *VALUES, *BAND]
    return own.sort_values(["ratio", *CHOICES]).reset_index(drop=True)[columns]


def _make_band(table: pd.DataFrame, origin: str, fewest: float) -> pd.DataFrame:
    """Return the spread of the other origins' ratios under each combination."""
    key = ["origin", "destinations", "boundary", "release", "start"]
    stock = table[table["measure"] == "pending"].set_index(key)["earlier_mean"]
    size = table["earlier_mean"].where(
        table["measure"] != "share of the world",
        stock.reindex(pd.MultiIndex.from_frame(table[key])).to_numpy(),
    )
    others = table[(table["origin"] != origin) & (size >= fewest)]
    grouped = others.groupby(list(CHOICES))["ratio"]
    band = grouped.quantile(np.array([0.1, 0.5, 0.9])).unstack()
    band.columns = pd.Index(BAND[:3])
    band["band_origins"] = grouped.size()
    enough = band["band_origins"] >= FEWEST_ORIGINS
    band[BAND[:3]] = band[BAND[:3]].where(enough, axis=0)
    return band.reset_index()


def rank_choices(specifications: pd.DataFrame) -> pd.DataFrame:
    """Say how far each choice alone moves the answer, all others held fast.

    Parameters
    ----------
    specifications : DataFrame
        `run_specifications`.

    Returns
    -------
    DataFrame
        choice, options (how many there are), comparisons (sets of specifications that differ in
        that choice alone), typical_factor (the greatest ratio over the least within a set:
        geometric mean over the sets), greatest_factor. Sorted, the choice that moves most first.

    Examples
    --------
    >>> import pandas as pd
    >>> base = dict.fromkeys(CHOICES, "x")
    >>> rows = [base | {"unit": "persons", "ratio": 2.0}, base | {"unit": "cases", "ratio": 6.0}]
    >>> rank_choices(pd.DataFrame(rows))[["choice", "typical_factor"]].round(3).values.tolist()
    [['unit', 3.0]]
    """
    rows = []
    logs = specifications.assign(size=np.log(specifications["ratio"].astype("float64")))
    for choice in CHOICES:
        others = [name for name in CHOICES if name != choice]
        grouped = logs.groupby(others)["size"].agg(["min", "max", "size"])
        sets = grouped[grouped["size"] > 1]
        if len(sets):
            spread = sets["max"] - sets["min"]
            rows.append(
                (choice, specifications[choice].nunique(), len(sets), np.exp(spread.mean()),
                 np.exp(spread.max()))
            )  # fmt: skip
    columns = ["choice", "options", "comparisons", "typical_factor", "greatest_factor"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("typical_factor", ascending=False, ignore_index=True)
