"""Shift and share: whether a destination's whole backlog grew, or one origin's part of it.

An origin's pending claims at a destination are a product:

    claims = whole backlog x part of it whose origin is named x the origin's share of that part

Growth between two dates is split among the three factors so that the parts add up to it exactly
and no order of the factors is preferred: each factor's logarithmic change is weighted by the
logarithmic mean of the claims (Ang, LMDI decomposition approach, Energy Policy 86, 2015). The
first part is what the origin's claims would have grown by if they had only followed the backlog.

The split is arithmetic, and says nothing about why a backlog grew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from helpers.analysis.measures import stack
from helpers.data.releases import Core

EVERY = "all"
FACTORS = ("backlog", "named", "share")
EFFECTS = [f"{factor}_effect" for factor in FACTORS]
RATIOS = [f"{factor}_ratio" for factor in FACTORS]
COLUMNS = ["span", "asylum", "before", "after", "growth", *EFFECTS, "entry_effect", *RATIOS]


def list_backlogs(core: Core, origin: str, years: Iterable[int]) -> pd.DataFrame:
    """List an origin's pending claims and the whole backlog, by destination and year.

    Returns year, asylum, ours (the origin's; 0 where none is reported), whole (all origins), named
    (those whose origin is named): floats. A row a destination that ever had a claim of the origin,
    and one a year with asylum `all`: every destination in the world.
    """
    wanted = list(years)
    mine = core.pending[(core.pending["origin"] == origin) & core.pending["year"].isin(wanted)]
    ours = mine.groupby(["year", "asylum"], observed=True)["pending"].sum().astype("float64")
    stock = core.by_asylum[core.by_asylum["year"].isin(wanted)].dropna(subset=["pending"])
    whole = stock["pending"].astype("float64")
    unknown = stock["pending_unknown_origin"].fillna(0).astype("float64")
    table = stock[["year", "asylum"]].assign(whole=whole, named=(whole - unknown).clip(lower=0.0))
    table = table.join(ours.rename("ours"), on=["year", "asylum"]).fillna({"ours": 0.0})
    columns = ["year", "asylum", "ours", "whole", "named"]
    world = table.groupby("year", as_index=False)[columns[2:]].sum().assign(asylum=EVERY)
    held = ours[ours > 0].index.get_level_values("asylum")
    table = table[table["asylum"].isin(held)]
    return pd.concat([table[columns], world[columns]], ignore_index=True)


def split_growth(
    backlogs: pd.DataFrame, spans: Mapping[str, tuple[Iterable[int], Iterable[int]]]
) -> pd.DataFrame:
    """Split the growth of an origin's claims (`list_backlogs`) between two averages over years.

    Returns span (the pair's name), asylum, before, after, growth (claims), backlog_effect,
    named_effect, share_effect and entry_effect (where a side has no claim or names no origin; the
    four add up to growth), backlog_ratio, named_ratio, share_ratio (their product is after /
    before).
    """
    parts = []
    for name, pair in spans.items():
        first, last = (_average(backlogs, list(years)) for years in pair)
        first, last = first.align(last, fill_value=0.0)
        is_held = (first["ours"] > 0) | (last["ours"] > 0)
        parts.append(_split(first[is_held], last[is_held]).assign(span=name))
    return stack(parts, COLUMNS)


def _average(backlogs: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Average over years; a year that a destination does not report adds nothing."""
    kept = backlogs[backlogs["year"].isin(years)]
    return kept.groupby("asylum")[["ours", "whole", "named"]].sum() / max(len(years), 1)


def _split(first: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Split the growth of each destination between two averages."""
    columns = ["ours", "named"]
    is_split = (first[columns] > 0).all(axis=1) & (last[columns] > 0).all(axis=1)
    before, after = (
        side.assign(
            backlog=side["whole"],
            named=side["named"] / side["whole"],
            share=side["ours"] / side["named"],
        )[list(FACTORS)]
        for side in (first.where(is_split), last.where(is_split))
    )
    ratios = after / before
    weight = take_log_mean(first["ours"], last["ours"])
    effects = ratios.transform(np.log).mul(weight, axis=0).where(is_split, 0.0)
    growth = last["ours"] - first["ours"]
    table = pd.DataFrame({"before": first["ours"], "after": last["ours"], "growth": growth})
    table[EFFECTS], table[RATIOS] = effects, ratios
    table["entry_effect"] = growth.where(~is_split, 0.0)
    return table.rename_axis("asylum").reset_index()


def take_log_mean(one: pd.Series, other: pd.Series) -> pd.Series:
    """Return the logarithmic mean of two positive numbers; of a number and itself, the number.

    >>> take_log_mean(pd.Series([1.0, 5.0]), pd.Series([2.718281828, 5.0])).round(4).tolist()
    [1.7183, 5.0]
    """
    known = (one > 0) & (other > 0)
    low, high = one.where(known), other.where(known)
    change = pd.Series(np.log(high / low), index=one.index)
    # Near equality the quotient loses its digits; the first terms of its series do not.
    near = (low + high) / 2 * (1 - change**2 / 12)
    safe = change.where(change.abs() > 1e-4)
    return pd.Series(((high - low) / safe).fillna(near).where(known), index=one.index)
