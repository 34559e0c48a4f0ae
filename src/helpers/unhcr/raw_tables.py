"""Turn the whole tables into the seven files of a release.

The same columns, order, types and row filters as the releases on file: rows of zeros are left
out, pairs are kept for the origins that are wanted, totals cover every origin.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from helpers.data.codes import UNKNOWN_ORIGIN
from helpers.data.columns import FIRST_ASYLUM_YEAR, PAIRS, TABLES

LEAST_PAIR = 5  # smaller counts are rounded to 0 or 5, so an equal one says nothing


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
    stocks, applied, decided = (_drop_zeros(whole[name], name) for name in PAIRS)
    late = stocks[stocks["year"] >= FIRST_ASYLUM_YEAR]
    by_origin = late.groupby(["year", "coo", "coo_iso"])[["refugees", "asylum_seekers"]]
    tables = {
        "population": stocks[stocks["coo_iso"].isin(origins)],
        "asylum_applications": applied[applied["coo_iso"].isin(origins)],
        "asylum_decisions": decided[decided["coo_iso"].isin(origins)],
        "totals_by_origin": _drop_zeros(
            by_origin.sum(min_count=1).reset_index(), "totals_by_origin"
        ),
        "totals_by_asylum": _sum_by_asylum(stocks),
        "applications_by_asylum": _sum_flows(applied, "applications_by_asylum"),
        "decisions_by_asylum": _sum_flows(decided, "decisions_by_asylum"),
    }
    return {name: _put_in_order(tables[name], name) for name in TABLES}


def _list_counts(name: str) -> list[str]:
    return [each.name for each in TABLES[name].fields if each.is_measure]


def _drop_zeros(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows[(rows[_list_counts(name)].fillna(0) > 0).any(axis=1)]


def _sum_by_asylum(stocks: pd.DataFrame) -> pd.DataFrame:
    """Sum pending claims by year and asylum, with unknown origins and unchanged pairs counted.

    `pairs_in_both_years` are origins with at least five claims here in this and in the previous
    year, `pairs_unchanged` those of them whose count is equal.
    """
    pending = stocks[(stocks["asylum_seekers"] > 0).fillna(False)]
    pair = ["year", "coo", "coa"]
    before = pending.assign(year=pending["year"] + 1).set_index(pair)["asylum_seekers"]
    pending = pending[pending["year"] >= FIRST_ASYLUM_YEAR].join(before.rename("before"), on=pair)
    now, then = pending["asylum_seekers"], pending["before"].fillna(0)
    is_in_both = (now >= LEAST_PAIR) & (then >= LEAST_PAIR)
    counted = pending.assign(
        asylum_seekers_unknown_origin=now.where(pending["coo_iso"] == UNKNOWN_ORIGIN, 0),
        origins=1,
        pairs_in_both_years=is_in_both,
        pairs_unchanged=is_in_both & (now == then),
    )
    counts = [each for each in TABLES["totals_by_asylum"].columns if each not in (*pair, "coa_iso")]
    return counted.groupby(["year", "coa", "coa_iso"], as_index=False)[counts].sum()


def _sum_flows(flows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Sum a flow over origins and authorities, by year, asylum and the labels of the table.

    `origins` counts the rows that make up the cell, as the releases on file do: an origin whose
    claims lie with two authorities counts twice.
    """
    counts = _list_counts(name)
    last = flows[counts[-1]]  # applied, or dec_total: what the unknown are counted in
    unknown = last.where(flows["coo_iso"] == UNKNOWN_ORIGIN, 0)
    flows = flows.assign(unknown_origin=unknown, origins=1)
    key = [*TABLES[name].key, "coa_iso"]
    return flows.groupby(key, as_index=False)[[*counts, "unknown_origin", "origins"]].sum()


def _put_in_order(table: pd.DataFrame, name: str) -> pd.DataFrame:
    dtypes = {field.name: field.dtype for field in TABLES[name].fields}
    return table[list(dtypes)].sort_values(list(TABLES[name].key), ignore_index=True).astype(dtypes)


def write_csv(table: pd.DataFrame) -> bytes:
    """Return a table as the bytes of its file: a missing cell is empty, lines end in a newline."""
    text: str = table.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8")
