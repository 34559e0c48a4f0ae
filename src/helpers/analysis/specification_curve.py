"""The specification curve: one comparison of two eras under every defensible set of choices.

The answer is a ratio: the later era's average year over the earlier one's. It depends on six
choices that the data do not settle: the measure, its unit, with or without the largest destination,
the boundary of the eras, the release, and the first year that enters the earlier era. All
combinations are computed, and each choice is judged by how far it alone moves the answer.
Method: Simonsohn, Simmons and Nelson, Specification curve analysis, Nature Human Behaviour 4, 2020.

A series is one measure in one unit, with or without the origin's largest destination. Persons and
cases are never added: a unit is a series of its own, and the range in persons enters as two
series, its least and its greatest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.eras import clip_era
from helpers.analysis.lodged import weigh_persons
from helpers.analysis.measures import find_main_destination
from helpers.analysis.placebo import FEWEST, NO_ORIGIN

if TYPE_CHECKING:
    from typing import Any

    from helpers.data.releases import Core
    from helpers.data.releases import Core as LightCore
    from helpers.study import Boundary

    Tables = Core | LightCore

SERIES_KEY = ["origin", "measure", "unit", "destinations"]
CHOICES = ("measure", "unit", "destinations", "boundary", "release", "start")
STARTS = ("with its first year", "two years later", "four years later")
# Unit of new claims -> column of `weigh_persons`.
UNITS = {
    "persons": "persons",
    "cases": "cases",
    "persons, at least": "lower",
    "persons, at most": "upper",
}
ALL, WITHOUT = "all", "without the largest"
FEWEST_YEARS = 3  # of the earlier era that a later start must leave
FEWEST_IN_ERA = 2  # years that an average needs
FEWEST_ORIGINS = 5  # that a placebo band needs
VALUES = ["start_year", "earlier_mean", "later_mean", "ratio"]
BAND = ["band_low", "band_middle", "band_high", "band_origins"]


def list_variants(
    tables: Tables,
    years: range,
    half_year: int | None,
    factors: Iterable[Any],
) -> pd.DataFrame:
    """List every yearly series of every origin that one release allows.

    Parameters
    ----------
    tables : Core or LightCore
        Uses pending, applications, by_origin and by_asylum.
    years : range
        The study's years; the release may end earlier.
    half_year : int or None
        The year that a mid-year release ends with: its flows are left out.
    factors : iterable of entries
        Persons a case (`load_persons_per_case`).

    Returns
    -------
    DataFrame
        Index origin, measure (pending, share of the world, new claims), unit (persons, cases;
        persons at least, persons at most), destinations (all, without the largest); a column a
        year, floats, missing where nothing is reported. The largest destination is each origin's
        own over these years. Series of totals are there for every origin.
    """
    last = int(tables.by_asylum["year"].max())
    wanted = [year for year in years if year <= last]
    totals = _spread(tables.by_origin, "origin", wanted)
    totals = totals[~totals.index.isin(NO_ORIGIN)]
    stock = _spread(tables.by_asylum, "asylum", wanted)
    world = stock.sum()
    pending = tables.pending[~tables.pending["origin"].isin(NO_ORIGIN)]
    held = sorted(pending["origin"].unique())
    pending = pending[pending["year"].isin(wanted)].astype({"pending": "float64"})
    largest = {name: find_main_destination(part) for name, part in pending.groupby("origin")}
    mains = pd.Series(largest, dtype="str").dropna()
    rest = pending[pending["asylum"].ne(pending["origin"].map(mains))]
    rest = rest.groupby(["origin", "year"])["pending"].sum().unstack("year")
    rest = rest.reindex(index=mains.index, columns=wanted).fillna(0.0)
    world_without = world - stock.loc[mains].set_axis(mains.index)
    spread = {
        ("pending", "persons", ALL): totals,
        ("share of the world", "persons", ALL): totals / world,
        ("pending", "persons", WITHOUT): rest,
        ("share of the world", "persons", WITHOUT): rest / world_without,
    }
    new = tables.applications
    new = new[new["stage"].eq("new") & new["origin"].isin(held)]
    new = weigh_persons(new[new["year"].isin(wanted) & (new["year"] != half_year)], factors)
    is_main = new["asylum"].eq(new["origin"].map(mains))
    for destinations, kept in ((ALL, new), (WITHOUT, new[~is_main])):
        sums = kept.groupby(["origin", "year"])[list(UNITS.values())].sum(min_count=1).round()
        for unit, column in UNITS.items():
            wide = sums[column].unstack("year").reindex(columns=wanted).astype("float64")
            spread["new claims", unit, destinations] = wide
    keys = [(origin, *key) for key, table in spread.items() for origin in table.index]
    index = pd.MultiIndex.from_tuples(keys, names=SERIES_KEY)
    return pd.DataFrame(np.vstack(list(spread.values())), index=index, columns=wanted)


def _spread(frame: pd.DataFrame, index: str, years: list[int]) -> pd.DataFrame:
    """Return claims pending, a column a year; what is not reported counts as 0."""
    counts = frame.astype({"pending": "float64"})
    return (
        counts.pivot(index=index, columns="year", values="pending")
        .reindex(columns=years)
        .fillna(0.0)
    )


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
        later_mean, ratio. Only where at least half of either era's years have a value and both
        means are above 0.
    """
    columns = [*SERIES_KEY, "boundary", "start", *VALUES]
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
            part = pd.DataFrame({"earlier_mean": first, "later_mean": last})
            part["ratio"] = last / first.where(first > 0)
            part = part[part["ratio"] > 0].reset_index()
            parts.append(part.assign(boundary=boundary.name, start=start, start_year=year))
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def list_starts(span: Sequence[int]) -> list[int]:
    """Return the years that the earlier era may begin with, as long as three of it are left.

    >>> list_starts(range(2003, 2013)), list_starts(range(2010, 2013)), list_starts([2012])
    ([2003, 2005, 2007], [2010], [2012])
    """
    starts = [span[0] + step for step in (0, 2, 4)]
    last = max(span[-1] - FEWEST_YEARS + 1, span[0])
    return [year for year in starts if year <= last]


def _average(variants: pd.DataFrame, years: list[int]) -> pd.Series:
    """Average over years; missing where fewer than half of them have a value."""
    values = variants[years]
    return values.mean(axis=1).where(values.count(axis=1) * 2 >= len(years))


def run_specifications(
    releases: Mapping[str, pd.DataFrame],
    origin: str,
    boundaries: Sequence[Boundary],
    years: range,
    fewest: float = FEWEST,
) -> pd.DataFrame:
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
    columns = [*CHOICES, *VALUES, *BAND]
    found = [
        compare_spans(variants, boundaries, years).assign(release=name)
        for name, variants in releases.items()
    ]
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    if table.empty:
        return pd.DataFrame(columns=columns)
    own = table[table["origin"] == origin].merge(
        _make_band(table, origin, fewest), on=list(CHOICES), how="left"
    )
    own["band_origins"] = own["band_origins"].fillna(0).astype("int64")
    return own.sort_values(["ratio", *CHOICES], ignore_index=True)[columns]


def _make_band(table: pd.DataFrame, origin: str, fewest: float) -> pd.DataFrame:
    """Return the spread of the other origins' ratios under each combination."""
    key = ["origin", "destinations", "boundary", "release", "start"]
    stock = table[table["measure"] == "pending"].set_index(key)["earlier_mean"].rename("stock")
    is_share = table["measure"] == "share of the world"
    size = table["earlier_mean"].mask(is_share, table.join(stock, on=key)["stock"])
    others = table[(table["origin"] != origin) & (size >= fewest)]
    grouped = others.groupby(list(CHOICES))["ratio"]
    band = grouped.quantile(np.array([0.1, 0.5, 0.9])).unstack().set_axis(BAND[:3], axis=1)
    count = grouped.size()
    return band.where(count >= FEWEST_ORIGINS).assign(band_origins=count).reset_index()


def rank_choices(specifications: pd.DataFrame) -> pd.DataFrame:
    """Say how far each choice alone moves the answers of `run_specifications`.

    Returns
    -------
    DataFrame
        choice, options (how many there are), comparisons (sets of specifications that differ in
        that choice alone), typical_factor (the greatest ratio over the least within a set:
        geometric mean over the sets), greatest_factor. Sorted, the choice that moves most first.

    Examples
    --------
    >>> base = dict.fromkeys(CHOICES, "x")
    >>> rows = [base | {"unit": "persons", "ratio": 2.0}, base | {"unit": "cases", "ratio": 6.0}]
    >>> rank_choices(pd.DataFrame(rows))[["choice", "typical_factor"]].round(3).values.tolist()
    [['unit', 3.0]]
    """
    rows = []
    logs = specifications["ratio"].astype("float64").transform(np.log)
    for choice in CHOICES:
        others = [specifications[name] for name in CHOICES if name != choice]
        sets = logs.groupby(others).agg(["min", "max", "size"]).query("size > 1")
        spread = sets["max"] - sets["min"]
        factors = np.exp(spread.mean()), np.exp(spread.max())
        rows.append((choice, specifications[choice].nunique(), len(sets), *factors))
    columns = ["choice", "options", "comparisons", "typical_factor", "greatest_factor"]
    table = pd.DataFrame(rows, columns=columns)
    table = table[table["comparisons"] > 0]
    return table.sort_values("typical_factor", ascending=False, ignore_index=True)
