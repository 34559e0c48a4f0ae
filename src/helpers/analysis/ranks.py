"""Places in a ranking over the years: who stands where, who entered the first ten, who left.

A rank may be shared (`destinations.rank_destinations`); a place may not, so that each year's places
are the numbers from one on, each once. Equal counts are put in the order of their ISO3 codes, and
`is_tied` says where that decides who is among the first.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd


def place_destinations(destinations: pd.DataFrame, by: str = "pending") -> pd.DataFrame:
    """Give every destination its place in every year.

    Parameters
    ----------
    destinations : DataFrame
        year, asylum (ISO3, once a year), and the column `by`; a row without a value has no place.
    by : str
        What is ranked: pending, applied_persons or applied_cases.

    Returns
    -------
    DataFrame
        year, asylum, value, place (1 is the most; a permutation of 1 to n in each year), is_tied
        (another destination has the same value in that year). Sorted by year and place.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": 2020, "asylum": ["CAN", "AUS", "USA"], "pending": [5, 5, 9]})
    >>> place_destinations(rows)["asylum"].tolist()
    ['USA', 'AUS', 'CAN']
    """
    known = destinations.dropna(subset=[by])[["year", "asylum", by]]
    placed = known.rename(columns={by: "value"}).sort_values(
        ["year", "value", "asylum"], ascending=[True, False, True]
    )
    placed["place"] = placed.groupby("year").cumcount().to_numpy() + 1
    placed["is_tied"] = placed.duplicated(["year", "value"], keep=False)
    return placed.astype({"place": "int64", "is_tied": bool}).reset_index(drop=True)


def list_members(places: pd.DataFrame, top_n: int) -> dict[int, list[str]]:
    """Return the destinations among the first `top_n`, by year and in the order of their places.

    Parameters
    ----------
    places : DataFrame
        year, asylum, place (`place_destinations`).
    """
    members: dict[int, list[str]] = {}
    first = places[places["place"] <= top_n].sort_values(["year", "place"])
    for year, code in zip(first["year"].astype(int), first["asylum"].astype(str), strict=True):
        members.setdefault(year, []).append(code)
    return members


def list_moves(places: pd.DataFrame, top_n: int) -> pd.DataFrame:
    """List who entered and who left the first `top_n` from one year on file to the next.

    Parameters
    ----------
    places : DataFrame
        year, asylum, value, place, is_tied (`place_destinations`).
    top_n : int
        How many places count.

    Returns
    -------
    DataFrame
        year, before (the year on file that it is compared with), entered, left (ISO3 codes joined
        by a space, in the order of their places), n_entered, n_left, n_members, is_tied_at_last
        (the last place that counts and the next hold equal counts, so that the order of codes
        decided). The first year has no row.
    """
    members, rows = list_members(places, top_n), []
    values = places.set_index(["year", "place"])["value"].to_dict()
    for before, year in pairwise(sorted(members)):
        entered = [code for code in members[year] if code not in members[before]]
        left = [code for code in members[before] if code not in members[year]]
        last, following = values.get((year, top_n)), values.get((year, top_n + 1))
        is_tied = last is not None and last == following
        rows.append((year, before, " ".join(entered), " ".join(left), len(entered), len(left),
                     len(members[year]), is_tied))  # fmt: skip
    return pd.DataFrame(rows, columns=[
        "year", "before", "entered", "left", "n_entered", "n_left", "n_members", "is_tied_at_last",
    ])  # fmt: skip


def count_memberships(places: pd.DataFrame, top_n: int) -> pd.DataFrame:
    """Count in how many years each destination is among the first.

    Parameters
    ----------
    places : DataFrame
        year, asylum, place (`place_destinations`).
    top_n : int
        How many places count.

    Returns
    -------
    DataFrame
        asylum, years (how many), best (place), mean_place (over these years); those with the most
        years first, then those with the better mean place.
    """
    first = places[places["place"] <= top_n]
    table = first.groupby("asylum")["place"].agg(years="size", best="min", mean_place="mean")
    return table.reset_index().sort_values(
        ["years", "mean_place", "asylum"], ascending=[False, True, True], ignore_index=True
    )
