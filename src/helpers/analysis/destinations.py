"""Destinations: who has how many of an origin's claims, how concentrated, and how ranks change.

Shares are of the origin's pending claims in that year. A destination that is absent from UNHCR's
rows is not a measured zero: it has no row here either.
"""

from __future__ import annotations

import pandas as pd

COLUMNS = [
    "year", "asylum", "name", "region", "pending", "share", "rank", "applied_persons",
    "applied_cases", "rank_persons", "rank_cases",
]  # fmt: skip


def rank_destinations(
    pending: pd.DataFrame, applications: pd.DataFrame, countries: pd.DataFrame
) -> pd.DataFrame:
    """Rank an origin's destinations by pending claims in every year.

    Parameters
    ----------
    pending : DataFrame
        One origin's rows: year, asylum, pending.
    applications : DataFrame
        One origin's rows: year, asylum, stage, unit, applied.
    countries : DataFrame
        iso3, name, unhcr_region.

    Returns
    -------
    DataFrame
        year, asylum (ISO3), name, region (UNHCR's), pending, share (0-1 of that year's pending),
        rank (1 is the most; equal counts share the better rank), applied_persons, applied_cases
        (new claims, strict), rank_persons, rank_cases (by claims lodged in that unit). A row for
        each destination with claims pending or lodged; pending is 0 where it is reported as none,
        and missing, share with it, where nothing is reported; rank is missing in both, the other
        ranks where none was lodged in the unit.
    """
    stock = pending[pending["pending"] > 0].set_index(["year", "asylum"])[["pending"]]
    rows = stock.join(_spread_new_claims(applications), how="outer").reset_index()
    yearly = rows.groupby("year")["pending"]
    rows["share"] = (rows["pending"] / yearly.transform("sum")).astype("Float64")
    rows["rank"] = yearly.rank(method="min", ascending=False).astype("Int64")
    # Reported as none: a figure, though it takes no rank.
    reported = rows[["year", "asylum"]].merge(pending, how="left")["pending"]
    rows["pending"] = rows["pending"].fillna(reported)
    rows.loc[rows["pending"].eq(0).fillna(False), "share"] = 0.0
    for unit in ("persons", "cases"):
        lodged = rows.groupby("year")[f"applied_{unit}"]
        rows[f"rank_{unit}"] = lodged.rank(method="min", ascending=False).astype("Int64")
    places = countries.drop_duplicates("iso3").set_index("iso3")
    rows["name"] = rows["asylum"].map(places["name"])
    rows["region"] = rows["asylum"].map(places["unhcr_region"])
    order = rows.assign(_rank=rows["rank"].fillna(len(rows)))
    return order.sort_values(["year", "_rank", "asylum"])[COLUMNS].reset_index(drop=True)


def _spread_new_claims(applications: pd.DataFrame) -> pd.DataFrame:
    """Spread new claims into one column a unit, keyed on year and asylum."""
    new = applications[(applications["stage"] == "new") & (applications["applied"] > 0)]
    sums = new.groupby(["year", "asylum", "unit"])["applied"].sum(min_count=1).unstack("unit")
    sums = sums.reindex(columns=["persons", "cases"]).astype("Int64")
    return sums.rename(columns=lambda unit: f"applied_{unit}").rename_axis(columns=None)


def list_lodged(destinations: pd.DataFrame, year: int, top_n: int) -> pd.DataFrame:
    """List one year's first destinations by new claims lodged, persons and cases apart.

    Parameters
    ----------
    destinations : DataFrame
        `rank_destinations`.
    year : int
        Which year.
    top_n : int
        How many of each unit; those that share the last rank are all listed.

    Returns
    -------
    DataFrame
        unit, lodged_rank, asylum, applied, pending, rank (by pending; missing where none is).
        Persons first; the two units' ranks are two rankings.
    """
    parts = []
    for unit in ("persons", "cases"):
        columns = {f"rank_{unit}": "lodged_rank", f"applied_{unit}": "applied"}
        part = destinations[destinations["year"] == year].rename(columns=columns)
        part = part[(part["lodged_rank"] <= top_n).fillna(False)].assign(unit=unit)
        parts.append(part.sort_values(["lodged_rank", "asylum"]))
    kept = ["unit", "lodged_rank", "asylum", "applied", "pending", "rank"]
    return pd.concat(parts, ignore_index=True)[kept]


def measure_concentration(pending: pd.DataFrame) -> pd.DataFrame:
    """Measure how concentrated an origin's pending claims are on few destinations.

    Parameters
    ----------
    pending : DataFrame
        One origin's rows: year, asylum, pending.

    Returns
    -------
    DataFrame
        year, hhi (Herfindahl-Hirschman index, the sum of squared shares, 0-1),
        effective_destinations (1 / hhi: as many equal destinations would be as concentrated),
        top1_share, top5_share (0-1).

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"year": 2020, "asylum": ["AUS", "USA"], "pending": [50, 50]})
    >>> measure_concentration(rows)["effective_destinations"].tolist()
    [2.0]
    """
    positive = pending[pending["pending"] > 0]
    rows = [
        {"year": year} | _concentrate(part["pending"] / part["pending"].sum())
        for year, part in positive.groupby("year")
    ]
    columns = ["year", "hhi", "effective_destinations", "top1_share", "top5_share"]
    return pd.DataFrame(rows, columns=columns)


def _concentrate(shares: pd.Series) -> dict[str, float]:
    """Compute one year's concentration from its shares, which sum to one."""
    ordered = shares.astype(float).sort_values(ascending=False)
    hhi = float((ordered**2).sum())
    return {
        "hhi": hhi,
        "effective_destinations": 1.0 / hhi,
        "top1_share": float(ordered.iloc[0]),
        "top5_share": float(ordered.iloc[:5].sum()),
    }


def sum_regions(destinations: pd.DataFrame) -> pd.DataFrame:
    """Sum pending claims by UNHCR region.

    Parameters
    ----------
    destinations : DataFrame
        year, region, pending (`rank_destinations`).

    Returns
    -------
    DataFrame
        year, region, pending, share (0-1 of that year's pending).
    """
    named = destinations.dropna(subset=["pending"]).fillna({"region": "No region"})
    sums = named.groupby(["year", "region"])["pending"].sum(min_count=1).reset_index()
    sums["share"] = (sums["pending"] / sums.groupby("year")["pending"].transform("sum")).astype(
        "Float64"
    )
    return sums


def average_ranks(destinations: pd.DataFrame, spans: dict[str, range], top_n: int) -> pd.DataFrame:
    """Rank destinations by their mean year-end stock within each span of years.

    Parameters
    ----------
    destinations : DataFrame
        year, asylum, name, pending (`rank_destinations`).
    spans : dict of str to range
        Names of eras and their years.
    top_n : int
        How many destinations of each span to keep.

    Returns
    -------
    DataFrame
        era, asylum, name, mean_pending (claims pending at the end of an average year; a year
        without a row counts as none on file, so as 0 in the mean), share (0-1), rank. Every
        destination that is among the first `top_n` in any span has a row in each span where it
        had claims.
    """
    columns = ["era", "asylum", "name", "mean_pending", "share", "rank"]
    if not spans:
        return pd.DataFrame(columns=columns)
    parts = []
    for era, years in spans.items():
        part = destinations[destinations["year"].isin(list(years))]
        mean = part.groupby(["asylum", "name"])["pending"].sum() / max(len(years), 1)
        ranked = mean[mean > 0].rename("mean_pending").reset_index().assign(era=era)
        ranked["share"] = ranked["mean_pending"] / ranked["mean_pending"].sum()
        ranked["rank"] = ranked["mean_pending"].rank(method="min", ascending=False).astype("Int64")
        parts.append(ranked)
    every = pd.concat(parts, ignore_index=True)
    top = every.loc[every["rank"] <= top_n, "asylum"].unique()
    kept = every[every["asylum"].isin(top)]
    return kept[columns].reset_index(drop=True)
