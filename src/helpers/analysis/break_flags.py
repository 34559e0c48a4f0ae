"""Flags of a yearly series: whether a year compares with its neighbours, and what is special.

Status codes follow SDMX (CL_OBS_STATUS), as Eurostat uses them; several are joined by a space:

- b: break in the series (coverage, unknown origin, stock-flow gap, carried forward);
- d: definition differs (unit or stage of the claims);
- e: estimated, here: a figure of an earlier date stands in for the one that is missing;
- p: provisional (the mid-year figure that ends a mid-year release).

A year is not comparable where one finding moves the total by more than a tenth. Findings below
that share stay in the table of breaks and leave the year unmarked; `p` is set whatever its size.
Which series a finding belongs to is its `touches`: breaks of applications mark no stock.
"""

from __future__ import annotations

import pandas as pd

from helpers.analysis.thresholds import Thresholds

STATUS_OF = {
    "coverage_drop": "b",
    "coverage_jump": "b",
    "unknown_origin": "b",
    "stock_flow_gap": "b",
    "carried_forward": "b e",
    "stage_change": "d",
    "unit_change": "d",
    "mid_year": "p",
}
LIMIT = Thresholds().breaks_total


def flag_pending_years(
    breaks: pd.DataFrame, pending_totals: pd.DataFrame, limit: float = LIMIT
) -> pd.DataFrame:
    """Flag the years of an origin's pending total.

    Parameters
    ----------
    breaks : DataFrame
        `find_breaks`: year, kind, touches, effect_on_origin.
    pending_totals : DataFrame
        year, pending (claims).
    limit : float
        Share of the total above which a finding makes a year not comparable.

    Returns
    -------
    DataFrame
        year, is_comparable (bool), status, broken_by (asylum and kind of each finding above the
        limit, joined by "; ").
    """
    found = breaks[breaks["touches"] == "pending"]
    return _flag(
        found, pending_totals[["year"]], pending_totals["pending"], "effect_on_origin", limit
    )


def flag_applied_years(
    breaks: pd.DataFrame, applied_totals: pd.DataFrame, limit: float = LIMIT
) -> pd.DataFrame:
    """Flag the rows of an origin's claims lodged, by year, stage and unit.

    A change of unit or stage moves claims between rows, so there the claims that change place
    count (`moved`), against the greater of both years' figure; elsewhere the effect does.

    Parameters
    ----------
    breaks : DataFrame
        `find_breaks`: year, kind, touches, effect_on_origin, moved, stage, unit.
    applied_totals : DataFrame
        year, stage, unit, applied (missing where nothing is on file).
    limit : float
        As in `flag_pending_years`.

    Returns
    -------
    DataFrame
        year, stage, unit, is_comparable, status, broken_by.
    """
    found = breaks[breaks["touches"] == "applications"]
    rows = applied_totals[["year", "stage", "unit", "applied"]].sort_values(
        ["stage", "unit", "year"]
    )
    before = rows.groupby(["stage", "unit"])["applied"].shift()
    size = pd.concat([rows["applied"], before], axis=1).astype("Float64").max(axis=1)
    parts = []
    for (stage, unit), group in rows.assign(_size=size).groupby(["stage", "unit"]):
        here = found[_names(found["stage"], str(stage)) & _names(found["unit"], str(unit))]
        flags = _flag(here, group[["year", "stage", "unit"]], group["_size"], "moved", limit)
        parts.append(flags)
    order = applied_totals[["year", "stage", "unit"]]
    return order.merge(pd.concat(parts), on=["year", "stage", "unit"], how="left")


def _names(codes: pd.Series, code: str) -> pd.Series:
    """Tell which lists of codes hold this one; an empty list holds all."""
    return pd.Series(
        [not text or code in text.split() for text in codes], index=codes.index, dtype=bool
    )


def _flag(
    found: pd.DataFrame, keys: pd.DataFrame, totals: pd.Series, size: str, limit: float
) -> pd.DataFrame:
    """Flag each row of `keys` by the findings of its year."""
    by_year: dict[int, list[tuple[str, str, float]]] = {}
    sizes = found[size].abs().astype("float64")
    columns = (found["year"], found["asylum"], found["kind"], sizes)
    for year, *finding in zip(*(column.tolist() for column in columns), strict=True):
        by_year.setdefault(year, []).append(tuple(finding))
    rows = []
    for year, total in zip(keys["year"].tolist(), totals.tolist(), strict=True):
        here = by_year.get(year, [])
        least = limit * float(total) if pd.notna(total) and total > 0 else float("inf")
        above = [(asylum, kind) for asylum, kind, moved in here if moved > least]
        kinds = [*(kind for _, kind in above), *(kind for _, kind, _ in here if kind == "mid_year")]
        codes = {code for kind in kinds for code in STATUS_OF[kind].split()}
        names = dict.fromkeys(f"{asylum} {kind}" for asylum, kind in above)
        rows.append((not above, " ".join(sorted(codes)), "; ".join(names)))
    flags = pd.DataFrame(rows, columns=["is_comparable", "status", "broken_by"], index=keys.index)
    return pd.concat([keys, flags.astype({"is_comparable": bool})], axis=1).reset_index(drop=True)
