"""Destinations: who has how many of an origin's claims, in what order, and how they decide.

Shares are of the origin's pending claims in that year. A destination that is absent from UNHCR's
rows is not a measured zero: it has no row here either. A rank may be shared (`rank_destinations`);
a place may not (`order_destinations`): equal counts are put in the order of their codes.

Rates follow UNHCR's definitions (`measures.measure_decisions`). Persons and cases are never added,
nor are levels, which are taken by their codes: a first instance may have two authorities in a row
(in the United States the immigration service `IN` and the immigration court `EO`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.measures import OUTCOMES, SUBSTANCE, UNITS, sum_whole
from helpers.analysis.thresholds import Thresholds

# Figure -> the rank by it.
RANKS = {"pending": "rank", "applied_persons": "rank_persons", "applied_cases": "rank_cases"}
# From this share of unknown origin on, a rank is called a lower bound.
VEILED = 0.05
# Decisions are added up over this many years, and a rate needs this many on the substance.
RATED_YEARS, LEAST_DECISIONS = 5, 100
# Recognised on appeal for the rate to be set beside that of first instance: counts are rounded.
FEWEST_RECOGNISED = 30
MOST_BINS = 6  # shades of a map that can be told apart
RATED = ["asylum", "level", "level_code", "unit"]


def rank_destinations(
    pending: pd.DataFrame, applications: pd.DataFrame, countries: pd.DataFrame
) -> pd.DataFrame:
    """Rank an origin's destinations by pending claims in every year.

    Takes one origin's rows, and the countries: iso3, name, unhcr_region. Returns year, asylum
    (ISO3), name, region, pending, share (0-1 of that year's pending), rank (1 is the most; ties
    share the better), applied_persons, applied_cases (new claims, strict), rank_persons,
    rank_cases: a row where claims are pending or lodged. Reported as none, pending and share are 0;
    not reported, missing. None has no rank.
    """
    key = ["year", "asylum"]
    new = applications[(applications["stage"] == "new") & (applications["applied"] > 0)]
    lodged = new.groupby([*key, "unit"])["applied"].sum(min_count=1).unstack("unit")
    lodged = lodged.reindex(columns=UNITS).astype("Int64").add_prefix("applied_")
    pending = pending.astype({"pending": "Int64"})
    stock = pending.set_index(key)[["pending"]]
    rows = stock.join(lodged.rename_axis(columns=None), how="outer").sort_index()
    rows = rows[(rows > 0).fillna(False).any(axis=1)].reset_index()
    whole = rows["year"].map(sum_whole(pending, "year", "pending"))
    rows["share"] = (rows["pending"] / whole.clip(lower=1)).astype("Float64")  # of none, 0
    for figure, rank in RANKS.items():
        above = rows[figure].where(rows[figure] > 0).groupby(rows["year"])
        rows[rank] = above.rank(method="min", ascending=False).astype("Int64")
    names = {"unhcr_region": "region"}
    known = countries.drop_duplicates("iso3").set_index("iso3").rename(columns=names)
    rows = rows.join(known[["name", "region"]], on="asylum")
    columns = ["year", "asylum", "name", "region", "pending", "share", *RANKS.values()]
    columns[-2:-2] = ["applied_persons", "applied_cases"]
    return rows.sort_values(["year", "rank", "asylum"], ignore_index=True)[columns]


def add_unknown(destinations: pd.DataFrame, by_asylum: pd.DataFrame) -> pd.DataFrame:
    """Add to `rank_destinations` what a destination has of all origins (`Core.by_asylum`).

    Adds all_pending, unknown (claims of all origins) and unknown_share (0-1).
    """
    return destinations.merge(_measure_unknown(by_asylum), how="left", on=["year", "asylum"])


def _measure_unknown(by_asylum: pd.DataFrame) -> pd.DataFrame:
    names = {"pending": "all_pending", "pending_unknown_origin": "unknown"}
    table = by_asylum[["year", "asylum", *names]].rename(columns=names)
    return table.assign(unknown_share=table["unknown"] / table["all_pending"])


def list_unnamed(by_asylum: pd.DataFrame, destinations: pd.DataFrame) -> pd.DataFrame:
    """List the destinations that have no claim of an origin because they name hardly any origin.

    Takes all origins (`Core.by_asylum`) and `rank_destinations`. Returns year, asylum, all_pending,
    unknown (claims of all origins), unknown_share (`Thresholds.gap` or more), applied_persons,
    applied_cases (new claims of this origin, lodged all the same); most unknown first.
    """
    key = ["year", "asylum"]
    lodged = destinations[[*key, "pending", "applied_persons", "applied_cases"]]
    table = _measure_unknown(by_asylum).merge(lodged, how="left", on=key)
    has_claims = table["pending"].gt(0).fillna(False)
    is_unnamed = table["unknown_share"].ge(Thresholds.gap).fillna(False) & ~has_claims
    table, order = table[is_unnamed].drop(columns="pending"), ["year", "unknown", "asylum"]
    return table.sort_values(order, ascending=[True, False, True], ignore_index=True)


def list_lodged(destinations: pd.DataFrame, year: int, top_n: int) -> pd.DataFrame:
    """List one year's first destinations by new claims lodged, persons and cases apart.

    Returns unit, lodged_rank, asylum, applied, pending, rank (by pending; missing where none is).
    The first `top_n` of each unit and those that share its last rank, persons first.
    """
    parts = []
    for unit in UNITS:
        columns = {f"rank_{unit}": "lodged_rank", f"applied_{unit}": "applied"}
        part = destinations[destinations["year"] == year].rename(columns=columns)
        part = part[(part["lodged_rank"] <= top_n).fillna(False)].assign(unit=unit)
        parts.append(part.sort_values(["lodged_rank", "asylum"]))
    kept = ["unit", "lodged_rank", "asylum", "applied", "pending", "rank"]
    return pd.concat(parts, ignore_index=True)[kept]


def measure_concentration(destinations: pd.DataFrame) -> pd.DataFrame:
    """Measure how concentrated an origin's claims (year, asylum, share) are on few destinations.

    Returns year, hhi (Herfindahl-Hirschman index, the sum of squared shares, 0-1),
    effective_destinations (1 / hhi: as many equal destinations would be as concentrated),
    top1_share, top5_share (0-1). No row for a year whose total is not known.

    >>> rows = pd.DataFrame({"year": 2020, "asylum": ["AUS", "USA"], "share": [0.5, 0.5]})
    >>> measure_concentration(rows)["effective_destinations"].tolist()
    [2.0]
    """
    known = destinations[destinations["share"] > 0].astype({"share": float})
    shares = known.sort_values("share", ascending=False).groupby("year")["share"]
    table = shares.agg(hhi=lambda own: (own**2).sum())
    table["effective_destinations"] = 1 / table["hhi"]
    table["top1_share"], table["top5_share"] = shares.max(), shares.agg(lambda own: own[:5].sum())
    return table.reset_index()


def sum_regions(destinations: pd.DataFrame) -> pd.DataFrame:
    """Sum the pending claims of `rank_destinations` by UNHCR region.

    Returns year, region, pending, share (0-1 of that year's pending); no row for a year whose
    total is not known.
    """
    known = destinations.dropna(subset=["share"]).fillna({"region": "No region"})
    sums = known.groupby(["year", "region"], as_index=False)["pending"].sum(min_count=1)
    whole = sums.groupby("year")["pending"].transform("sum")
    return sums.assign(share=(sums["pending"] / whole).astype("Float64"))


def compare_ranks(
    destinations: pd.DataFrame, earlier: range, later: range, top_n: int
) -> pd.DataFrame:
    """Rank destinations (`rank_destinations`) by their mean year-end stock in each of two eras.

    A year without a row counts as 0. Keeps the first `top_n` of each. Returns asylum, then
    earlier_* and later_*: rank, share (0-1), missing where a destination had none. The later era's
    first destination first; empty where an era has no claims.
    """
    parts: dict[str, pd.Series[Any]] = {}
    for era, years in (("earlier", earlier), ("later", later)):
        own = destinations[destinations["year"].isin(list(years))]
        mean = own.groupby("asylum")["pending"].sum().astype(float) / max(len(years), 1)
        mean = mean[mean > 0]
        parts[f"{era}_rank"] = mean.rank(method="min", ascending=False).astype("Int64")
        parts[f"{era}_share"] = mean / mean.sum()
    table = pd.DataFrame(parts).rename_axis("asylum").reset_index()
    ranks = ["later_rank", "earlier_rank"]
    if table[ranks].isna().all().any():
        return table.iloc[:0]
    kept = table[(table[ranks] <= top_n).fillna(False).any(axis=1)]
    return kept.sort_values([*ranks, "asylum"], ignore_index=True)


def spread_shares(destinations: pd.DataFrame, most: int) -> pd.DataFrame:
    """Spread the shares (0-1) of the `most` destinations with the greatest mean over the years.

    Takes `rank_destinations`; returns year (none skipped) and a column a code; missing where there
    is no figure.
    """
    wide = destinations.pivot(index="year", columns="asylum", values="share").astype("Float64")
    wide = wide[wide.notna().any(axis=1)]
    order = wide.sum().sort_values(ascending=False, kind="stable").index[:most]
    every = pd.RangeIndex(wide.index.min(), wide.index.max() + 1, name="year")
    return wide[order].reindex(every).rename_axis(columns=None).reset_index()


def order_destinations(destinations: pd.DataFrame) -> pd.DataFrame:
    """Give every destination its place in every year by claims pending.

    Returns year, asylum, pending, place (1 is the most; 1 to n in each year); a row without a
    figure has no place.

    >>> rows = pd.DataFrame({"year": 2020, "asylum": ["CAN", "AUS", "USA"], "pending": [5, 5, 9]})
    >>> order_destinations(rows)["asylum"].tolist()
    ['USA', 'AUS', 'CAN']
    """
    known = destinations.dropna(subset=["pending"])[["year", "asylum", "pending"]]
    order = ["year", "pending", "asylum"]
    ordered = known.sort_values(order, ascending=[True, False, True], ignore_index=True)
    return ordered.assign(place=ordered.groupby("year").cumcount() + 1)


def list_entries_and_exits(ordered: pd.DataFrame, top_n: int) -> pd.DataFrame:
    """List who entered and who left the first `top_n` of `order_destinations`, year by year.

    Returns year, before (the year compared with), entered, left (codes in order of place),
    n_entered, n_left, n_members, is_tied_at_last (the last place and the next hold equal counts).
    """
    members = ordered[ordered["place"] <= top_n].groupby("year")["asylum"].agg(list).to_dict()
    counts = ordered.set_index(["year", "place"])["pending"].to_dict()
    rows = []
    for before, year in pairwise(members):
        entered = [code for code in members[year] if code not in members[before]]
        left = [code for code in members[before] if code not in members[year]]
        following = counts.get((year, top_n + 1))
        is_tied = following is not None and following == counts[year, top_n]
        sizes = len(entered), len(left), len(members[year])
        rows.append((year, before, " ".join(entered), " ".join(left), *sizes, is_tied))
    columns = ["year", "before", "entered", "left", "n_entered", "n_left", "n_members"]
    return pd.DataFrame(rows, columns=[*columns, "is_tied_at_last"])


def count_memberships(ordered: pd.DataFrame, top_n: int) -> pd.DataFrame:
    """Count in how many years each destination is among the first `top_n` of `order_destinations`.

    Returns asylum, years (how many), best (place), mean_place; those with most years first.
    """
    first = ordered[ordered["place"] <= top_n]
    table = first.groupby("asylum")["place"].agg(years="size", best="min", mean_place="mean")
    return table.reset_index().sort_values(
        ["years", "mean_place", "asylum"], ascending=[False, True, True], ignore_index=True
    )


def rate_destinations(decisions: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Add decisions up over some years and rate them, by destination, level and unit.

    Returns asylum, level, level_code, unit, first_year, last_year (with decisions), recognised,
    other, rejected, closed, substance (the first three), recognition_rate, protection_rate (0-1;
    missing under `LEAST_DECISIONS`), closed_share (0-1 of all that ended), is_enough, is_constant
    (decisions on the substance in each of the years); most decisions on the substance first.
    """
    outcomes, span = list(OUTCOMES), list(years)
    kept = decisions[decisions["year"].isin(span)]
    ended_there, decided_there = (
        kept[kept[list(names)].fillna(0).sum(axis=1) > 0].groupby(RATED)
        for names in (OUTCOMES, SUBSTANCE)
    )
    table = ended_there["year"].agg(first_year="min", last_year="max")
    table[outcomes] = ended_there[outcomes].sum(min_count=1).astype("Int64")
    counts = table[outcomes].fillna(0)
    protected = counts["recognised"] + counts["other"]
    table["substance"] = protected + counts["rejected"]
    table["is_enough"] = table["substance"] >= LEAST_DECISIONS
    base = table["substance"].where(table["is_enough"])
    table["recognition_rate"] = (counts["recognised"] / base).astype("Float64")
    table["protection_rate"] = (protected / base).astype("Float64")
    ended = table["substance"] + counts["closed"]
    table["closed_share"] = (counts["closed"] / ended).astype("Float64")
    n_years = decided_there["year"].nunique()
    table["is_constant"] = n_years.reindex(table.index).eq(len(span))
    return table.reset_index().sort_values(
        ["substance", *RATED], ascending=[False, *[True] * len(RATED)], ignore_index=True
    )


def flag_rates(rates: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Add has_break to `rate_destinations`: the years hold a break in the place's decisions.

    A break (`breaks.find_breaks`) lies between its year and the one before, so one in the first
    year added up is no break within them.
    """
    found = findings.loc[findings["touches"] == "decisions", ["asylum", "year"]]
    pairs = rates.reset_index()[["index", "asylum", "first_year", "last_year"]]
    pairs = pairs.merge(found, on="asylum")
    within = (pairs["year"] > pairs["first_year"]) & (pairs["year"] <= pairs["last_year"])
    return rates.assign(has_break=rates.index.isin(pairs.loc[within, "index"]))


def find_reversed(rates: pd.DataFrame) -> list[str]:
    """Find destinations where an appeal code has a higher recognition rate than any other level.

    Either many appeals succeed there, or the code means a fresh hearing or another group of
    claims; the rates alone do not say which. Appeals with fewer than `FEWEST_RECOGNISED`
    recognised are left out. Takes `rate_destinations`; returns ISO3 codes, in their order.
    """
    known = rates.dropna(subset=["recognition_rate"])
    is_appeal = known["level"] == "appeal"
    is_enough = known["recognised"].fillna(0) >= FEWEST_RECOGNISED
    best = known[~is_appeal].groupby("asylum")["recognition_rate"].max()
    review = known[is_appeal & is_enough].groupby("asylum")["recognition_rate"].max()
    is_above = (review > best.reindex(review.index)).fillna(False)
    return [code for code in known["asylum"].unique() if is_above.get(code, False)]


def bin_by_tens(counts: pd.DataFrame) -> pd.DataFrame:
    """Put counts above zero into bins of one, two, three … digits, for any origin and year.

    Adds `bin` (0 for one digit; the highest of `MOST_BINS` takes all that is larger) and
    `bin_label`.

    >>> bin_by_tens(pd.DataFrame({"pending": [5, 40, 10**6]}))["bin_label"].tolist()
    ['1 to 9', '10 to 99', '100,000 and more']
    """
    values = counts["pending"].astype("int64")
    edges = [10**each for each in range(MOST_BINS + 1)]
    labels = [f"{low:,} to {high - 1:,}" for low, high in pairwise(edges)]
    if (values >= edges[-1]).any():
        labels[-1] = f"{edges[-2]:,} and more"
    bins = pd.cut(values, [*edges[:-1], np.inf], right=False, labels=labels)
    return counts.assign(bin=bins.cat.codes.astype("int64"), bin_label=bins.astype("str"))


def summarise_bins(binned: pd.DataFrame, drawn: Collection[str]) -> pd.DataFrame:
    """Count destinations and claims in each bin (`bin_by_tens`), and those a map cannot show.

    Returns bin, bin_label, destinations, pending (claims), share (0-1 of all rows), without_shape
    (codes that are not `drawn`, joined by a space); the highest bin first.
    """
    grouped = binned.groupby(["bin", "bin_label"])
    table = grouped.agg(destinations=("asylum", "size"), pending=("pending", "sum"))
    table = table.astype("int64")
    table["share"] = table["pending"] / table["pending"].sum()
    table["without_shape"] = grouped["asylum"].agg(
        lambda codes: " ".join(sorted(set(codes) - set(drawn)))
    )
    return table.sort_index(ascending=False).reset_index()
