"""The seven files of a release, built from the API's whole tables and held to those on file.

The same columns, order and types as the releases on file, and as there, rows of zeros are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd
from pandas.util import hash_pandas_object

from helpers.analysis.measures import join_year_before
from helpers.data.columns import FIRST_ASYLUM_YEAR, PAIRS, TABLES, UNKNOWN_ORIGIN
from helpers.unhcr.client import AnswerError

Tables = Mapping[str, pd.DataFrame]
LEAST_PAIR = 5  # smaller counts are rounded to 0 or 5, so an equal one says nothing
LEAST_ROWS = 0.9  # of a year's rows on file; revisions remove a few, a broken answer many
FEW_ROWS = 10  # a year of fewer rows may lose more
SHOWN = 5  # codes or years that a line lists


def build_tables(whole: Tables) -> dict[str, pd.DataFrame]:
    """Build a release's seven tables, as `helpers.data.columns` has them, from the API's three.

    `whole` are population, asylum_applications and asylum_decisions: year, coo, coo_iso, coa,
    coa_iso, labels, counts (Int64).
    """
    pairs = {name: _drop_zeros(whole[name], name) for name in PAIRS}
    stocks, applied, decided = pairs.values()
    by_origin = stocks[stocks["year"] >= FIRST_ASYLUM_YEAR].groupby(["year", "coo", "coo_iso"])
    own = by_origin[TABLES["totals_by_origin"].measures].sum(min_count=1).reset_index()
    tables = {
        **pairs,
        "totals_by_origin": _drop_zeros(own, "totals_by_origin"),
        "totals_by_asylum": _sum_by_asylum(stocks),
        "applications_by_asylum": _sum_flows(applied, "applications_by_asylum"),
        "decisions_by_asylum": _sum_flows(decided, "decisions_by_asylum"),
    }
    return {name: _put_in_order(tables[name], name) for name in TABLES}


def _drop_zeros(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows[(rows[TABLES[name].measures].fillna(0) > 0).any(axis=1)]


def _sum_by_asylum(stocks: pd.DataFrame) -> pd.DataFrame:
    """Sum pending claims by year and asylum, with unknown origins and unchanged pairs counted.

    `pairs_in_both_years` are origins with at least five claims here in this and in the previous
    year, `pairs_unchanged` those of them whose count is equal.
    """
    pending = stocks[(stocks["asylum_seekers"] > 0).fillna(False)]
    pair = ["year", "coo", "coa"]
    pending = join_year_before(pending, pending[[*pair, "asylum_seekers"]], ("coo", "coa"))
    pending = pending[pending["year"] >= FIRST_ASYLUM_YEAR]
    now, then = pending["asylum_seekers"], pending["asylum_seekers_before"].fillna(0)
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
    counts = TABLES[name].measures
    last = flows[counts[-1]]  # applied, or dec_total: what the unknown are counted in
    unknown = last.where(flows["coo_iso"] == UNKNOWN_ORIGIN, 0)
    flows = flows.assign(unknown_origin=unknown, origins=1)
    key = [*TABLES[name].key, "coa_iso"]
    return flows.groupby(key, as_index=False)[[*counts, "unknown_origin", "origins"]].sum()


def _put_in_order(table: pd.DataFrame, name: str) -> pd.DataFrame:
    dtypes = {field.name: field.dtype for field in TABLES[name].fields}
    return table[list(dtypes)].sort_values(list(TABLES[name].key), ignore_index=True).astype(dtypes)


def list_origins(tables: Tables) -> set[str]:
    """Return the origins that the tables hold pair by pair."""
    return {str(code) for name in PAIRS for code in tables[name]["coo_iso"].unique()}


def compare_tables(before: Tables, after: Tables) -> list[str]:
    """Say how many rows of the tables on file and of those fetched differ, if any do."""
    origins, said = list_origins(before), []
    for name in TABLES:
        tables = before[name], _cut(after[name], origins)
        old, now = (hash_pandas_object(table, index=False) for table in tables)
        gone, new = int((~old.isin(now)).sum()), int((~now.isin(old)).sum())
        if gone or new:
            said.append(f"  rows of {name}: {new:,} new or changed, {gone:,} gone or changed")
    return said


def check_floors(before: Tables, after: Tables, release: str) -> None:
    """Refuse fetched tables that lost years, origins or many rows against the release on file."""
    origins = list_origins(before)
    if gone := sorted(origins - list_origins(after)):
        shown = ", ".join(gone[:SHOWN]) + ", …" * (len(gone) > SHOWN)
        raise AnswerError(f"no row came for {shown}, which {release} holds")
    for name in TABLES:
        held = before[name]["year"].value_counts().sort_index()
        kept = _cut(after[name], origins)
        found = kept["year"].value_counts().reindex(held.index, fill_value=0)
        is_short = (found < LEAST_ROWS * held) & (found < held - FEW_ROWS) | (found == 0)
        if is_short.any():
            short = [f"{year}: {found[year]} of {held[year]}" for year in found.index[is_short]]
            raise AnswerError(
                f"{name} lost rows against {release} in {len(short)} years "
                f"({'; '.join(short[:SHOWN])}): at least {LEAST_ROWS:.0%} of a year's rows must "
                "come again"
            )


def _cut(table: pd.DataFrame, origins: Collection[str]) -> pd.DataFrame:
    """Keep the origins on file pair by pair; a table of totals covers every origin anyway."""
    return table[table["coo_iso"].isin(origins)] if {"coo", "coa"} <= set(table) else table
