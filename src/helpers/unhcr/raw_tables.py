"""Turn the whole tables into the seven files of a release.

The same columns, order, types and row filters as the releases on file: rows of zeros are left
out, pairs are kept for the origins that are wanted, totals cover every origin.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from helpers.data.codes import UNKNOWN_ORIGIN
from helpers.data.columns import FIRST_ASYLUM_YEAR, TABLES

LEAST_PAIR = 5  # smaller counts are rounded to 0 or 5, so an equal one says nothing
_DECIDED = ["dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total"]


def build_tables(
    whole: Mapping[str, pd.DataFrame], origins: Collection[str]
) -> dict[str, pd.DataFrame]:
    """Build a release's tables from the API's whole ones.

    Parameters
    ----------
    whole : mapping of str to DataFrame
        population, asylum_applications and asylum_decisions: year, coo, coo_iso, coa, coa_iso,
        labels, counts (Int64).
    origins : collection of str
        ISO3 codes of the origins that are kept pair by pair.

    Returns
    -------
    dict of str to DataFrame
        The seven tables by name, in the columns and the order of `helpers.data.columns`.
    """
    stocks = drop_zeros(whole["population"], ["refugees", "asylum_seekers", "oip"])
    applied = drop_zeros(whole["asylum_applications"], ["applied"])
    decided = drop_zeros(whole["asylum_decisions"], _DECIDED)
    tables = {
        "population": stocks[stocks["coo_iso"].isin(origins)],
        "asylum_applications": applied[applied["coo_iso"].isin(origins)],
        "asylum_decisions": decided[decided["coo_iso"].isin(origins)],
        "totals_by_origin": sum_by_origin(stocks),
        "totals_by_asylum": sum_by_asylum(stocks),
        "applications_by_asylum": sum_flows(applied, "applications_by_asylum", ["applied"]),
        "decisions_by_asylum": sum_flows(decided, "decisions_by_asylum", _DECIDED),
    }
    return {name: put_in_order(tables[name], name) for name in TABLES}


def drop_zeros(rows: pd.DataFrame, counts: list[str]) -> pd.DataFrame:
    """Return the rows that have a count above zero."""
    return rows[(rows[counts].fillna(0) > 0).any(axis=1)]


def sum_by_origin(stocks: pd.DataFrame) -> pd.DataFrame:
    """Sum refugees and asylum_seekers by year and origin, from the first asylum year on.

    >>> pairs = pd.DataFrame({"year": 2020, "coo": "AAA", "coo_iso": "AAA", "coa": ["B", "C"],
    ...                       "refugees": [1, 2], "asylum_seekers": [5, 0]})
    >>> sum_by_origin(pairs)[["refugees", "asylum_seekers"]].to_numpy().tolist()
    [[3, 5]]
    """
    counts = ["refugees", "asylum_seekers"]
    late = stocks[stocks["year"] >= FIRST_ASYLUM_YEAR]
    summed = late.groupby(["year", "coo", "coo_iso"], as_index=False)[counts].sum(min_count=1)
    return drop_zeros(summed, counts)


def sum_by_asylum(stocks: pd.DataFrame) -> pd.DataFrame:
    """Sum pending claims by year and asylum, with unknown origins and unchanged pairs counted.

    Returns
    -------
    DataFrame
        year, coa, coa_iso, asylum_seekers, asylum_seekers_unknown_origin, origins (how many make
        up the cell, unknown counted as one), pairs_in_both_years (origins with at least five here
        in this and in the previous year), pairs_unchanged (how many of these are equal).
    """
    pending = mark_pairs(stocks[(stocks["asylum_seekers"] > 0).fillna(False)])
    pending = pending[pending["year"] >= FIRST_ASYLUM_YEAR]
    unknown = pending["asylum_seekers"].where(pending["coo_iso"] == UNKNOWN_ORIGIN, 0)
    grouped = pending.assign(unknown=unknown).groupby(["year", "coa", "coa_iso"], as_index=False)
    return grouped.agg(
        asylum_seekers=("asylum_seekers", "sum"),
        asylum_seekers_unknown_origin=("unknown", "sum"),
        origins=("coo", "size"),
        pairs_in_both_years=("is_in_both", "sum"),
        pairs_unchanged=("is_unchanged", "sum"),
    )


def mark_pairs(pending: pd.DataFrame) -> pd.DataFrame:
    """Add is_in_both and is_unchanged: how a pair's figure stands to that of the year before."""
    before = pending[["year", "coo", "coa", "asylum_seekers"]].rename(
        columns={"asylum_seekers": "before"}
    )
    before = before.assign(year=before["year"] + 1)
    marked = pending.merge(before, on=["year", "coo", "coa"], how="left")
    now, then = marked["asylum_seekers"], marked["before"]
    is_in_both = ((now >= LEAST_PAIR) & (then >= LEAST_PAIR)).fillna(False).astype(bool)
    return marked.assign(
        is_in_both=is_in_both, is_unchanged=is_in_both & (now == then).fillna(False).astype(bool)
    )


def sum_flows(flows: pd.DataFrame, name: str, counts: list[str]) -> pd.DataFrame:
    """Sum a flow over origins and authorities, by year, asylum and the labels of the table.

    `origins` counts the rows that make up the cell, as the releases on file do: an origin whose
    claims lie with two authorities counts twice.
    """
    labels = [column for column in TABLES[name].key if column not in ("year", "coa")]
    key = ["year", "coa", "coa_iso", *labels]
    last = counts[-1]  # applied, or dec_total: what the unknown are counted in
    flows = flows.assign(
        unknown_origin=flows[last].where(flows["coo_iso"] == UNKNOWN_ORIGIN, 0), origins=1
    )
    return flows.groupby(key, as_index=False)[[*counts, "unknown_origin", "origins"]].sum()


def put_in_order(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table's declared columns, sorted by its key, with the types of a loaded release."""
    declared = TABLES[name]
    dtypes = {field.name: field.dtype for field in declared.fields}
    ordered = table[list(declared.columns)].sort_values(list(declared.key), ignore_index=True)
    return ordered.astype(dtypes)


def write_csv(table: pd.DataFrame) -> bytes:
    """Return a table as the bytes of its file: a missing cell is empty, lines end in a newline."""
    text: str = table.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8")
