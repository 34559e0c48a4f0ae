"""The range of claims lodged in a year, in persons: what is there at least, and at most.

At least are the claims in the data that name the origin, each case one person. At most adds all
that is known to be uncertain, one on top of the other:

- persons a case: each case times the greatest factor (`lodged.weigh_persons`);
- unnamed claims: those of unknown origin times the greatest share that a rule gives the origin
  (`unknown_origin.allocate_unknown_lodged`), in cases too;
- gaps (`lodged.find_gaps`): where a destination's flow is of six months, the year holds at most
  what they lead to if they are the least part that six months ever were of a year there, by the
  mid-year releases of years that were completed (half of it, where there is none), or what the
  nearest whole year holds, if that is more; where a destination reports nothing, what it reported
  in the nearest whole year before or after.

The nearest whole year is sought within three years on either side. A gap without one has no limit,
and the year's upper bound is then missing, never left as if the gap were none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.lodged import MEASURES, weigh_persons
from helpers.analysis.stock_flow import KEY
from helpers.analysis.thresholds import THRESHOLDS
from helpers.analysis.unknown_origin import FEWEST_NAMED, REACH, allocate_unknown_lodged

if TYPE_CHECKING:
    from helpers.data.releases import Core

_ROW = ["year", "asylum", "stage_code", "level_code", "unit"]


def bound_destinations(
    core: Core,
    origin: str,
    marked: pd.DataFrame,
    marked_all: pd.DataFrame,
    gaps: pd.DataFrame,
    factors: Iterable[Any],
    mid_years: Iterable[pd.DataFrame] = (),
) -> pd.DataFrame:
    """Bound claims lodged at each destination in each year.

    Parameters
    ----------
    core : Core
    origin : str, ISO3
    marked, marked_all : DataFrame
        Claims of the origin, and of all origins by destination (`lodged.mark_lodged`).
    gaps : DataFrame
        year, asylum, months (6 or 0): flows that are not whole (`lodged.find_gaps`).
    factors : iterable of entries
        Persons a case (`load_persons_per_case`).
    mid_years : iterable of DataFrame
        The origin's claims of mid-year releases published before, each with its newest year alone
        (`lodged.mark_lodged`).

    Returns
    -------
    DataFrame
        year, asylum, persons and cases (as reported; missing where there is none), lower, estimate
        (each case times the middle factor), most_by_factor, most_unnamed, most_missing (persons
        that each source of doubt adds; the last is missing where it has no limit), upper (lower
        and all three; missing where one is), is_gap.
    """
    entries = list(factors)
    own = weigh_persons(marked[marked["rule"] != ""], entries).groupby(KEY)
    table = own[["persons", "cases", "lower", "estimate", "upper"]].sum(min_count=1)
    unnamed = _bound_unnamed(core, origin, marked_all, entries)
    months = gaps.set_index(KEY)["months"]
    table = table.join([unnamed, months], how="outer")
    known = table[["lower", "estimate", "upper", "most_unnamed"]].fillna(0.0)
    reported = known["upper"] + known["most_unnamed"]
    whole = reported.where(table["months"].isna())
    missing = pd.Series(0.0, index=table.index)
    least = _find_least_parts(whole, mid_years, entries)
    for asylum, year, n_months in gaps[[*KEY, "months"]].to_numpy().tolist():
        there = float(reported.loc[(asylum, year)])
        again = [there / least.get(asylum, 0.5) - there] if n_months else []
        near = _find_whole_years(whole, asylum, year)
        most = max([*again, *(each - there for each in near)], default=float("nan"))
        missing.loc[(asylum, year)] = most
    table["most_missing"] = missing
    table["most_by_factor"] = known["upper"] - known["lower"]
    table["upper"] = reported + missing
    known_columns = ["lower", "estimate", "most_unnamed"]
    table[known_columns] = known[known_columns]
    table["is_gap"] = table["months"].notna()
    order = ["persons", "cases", "lower", "estimate", "upper"]
    order += ["most_by_factor", "most_unnamed", "most_missing", "is_gap"]
    return table[order].reset_index().sort_values(["year", "asylum"], ignore_index=True)


def _bound_unnamed(
    core: Core, origin: str, marked_all: pd.DataFrame, factors: list[Any]
) -> pd.Series:
    """Return the greatest number of unnamed claims, in persons, by destination and year."""
    allocated = allocate_unknown_lodged(core, origin)
    counted = marked_all.loc[marked_all["rule"] != "", _ROW]
    rows = allocated.merge(counted, on=_ROW).rename(columns={"unknown": "applied"})
    weighed = weigh_persons(rows, factors)
    most = weighed["upper"] * weighed["greatest_share"].astype("float64")
    return most.groupby([weighed[name] for name in KEY]).sum(min_count=1).rename("most_unnamed")


def _find_least_parts(
    whole: pd.Series, mid_years: Iterable[pd.DataFrame], factors: list[Any]
) -> dict[str, float]:
    """Return the least part that six months were of a whole year, by destination."""
    parts = []
    for marked in mid_years:
        six = weigh_persons(marked[marked["rule"] != ""], factors).groupby(KEY)["upper"].sum()
        part = six[six >= FEWEST_NAMED] / whole.reindex(six.index)
        parts.append(part[part < 1])
    least = pd.concat(parts).groupby("asylum").min() if parts else pd.Series(dtype=float)
    return {str(asylum): float(part) for asylum, part in least.items()}


def _find_whole_years(whole: pd.Series, asylum: str, year: int) -> list[float]:
    """Return the claims of the nearest whole year before and after, each within reach."""
    found = []
    for step in (-1, 1):
        near = (whole.get((asylum, year + step * far)) for far in range(1, REACH + 1))
        found += [value for value in near if value is not None and pd.notna(value)][:1]
    return found


def bound_lodged(
    places: pd.DataFrame, years: Iterable[int], excluding: str | None = None
) -> pd.DataFrame:
    """Bound claims lodged in each year over all destinations.

    Parameters
    ----------
    places : DataFrame
        `bound_destinations`.
    years : iterable of int
    excluding : str, optional
        A destination to leave out, ISO3.

    Returns
    -------
    DataFrame
        year, applied_inclusive_persons, applied_inclusive_cases (as reported, never added),
        applied_lower, applied_middle, applied_upper (persons; upper missing where a gap has no
        limit), most_by_factor, most_unnamed, most_missing (what each source of doubt adds to
        lower), is_complete (no notable destination's flow is missing in part or whole, and the
        unnamed add at most `Thresholds.breaks_total` of the middle), gaps (codes, joined by a
        space).
    """
    kept = places[places["asylum"] != (excluding or "")]
    grouped = kept.groupby("year")
    counts = grouped[["persons", "cases", "lower", "estimate"]].sum(min_count=1)
    most = ["upper", "most_by_factor", "most_unnamed", "most_missing"]
    is_open = kept["upper"].isna().groupby(kept["year"]).any()
    limits = grouped[most].sum().mask(is_open.to_numpy()[:, None] & [True, False, False, True])
    index = pd.Index(list(years), name="year")
    codes = kept[kept["is_gap"]].groupby("year")["asylum"].agg(" ".join)
    table = counts.join(limits).reindex(index)
    has_rows = table[["persons", "cases"]].notna().any(axis=1)
    table[["lower", "estimate"]] = table[["lower", "estimate"]].where(has_rows)
    is_named = table["most_unnamed"] <= THRESHOLDS.breaks_total * table["estimate"]
    table = table.rename(columns=MEASURES)[[*MEASURES.values(), *most[1:]]]
    table = table.round().astype("Int64")
    gaps = codes.reindex(index).astype("object").fillna("").astype("str")
    return table.assign(is_complete=is_named & gaps.eq(""), gaps=gaps).reset_index()
