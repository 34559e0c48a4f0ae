"""Claims lodged in persons: a range, never one number.

UNHCR's rows are in persons or in cases, and one case is one or more persons. Turning cases into
persons is an estimate. UNHCR applies its factors when it sums by country of asylum and not by
origin, since the size of a case differs much by origin; for an origin of mostly single applicants
the factor overstates. So cases enter once as they are (x1), once times 1.2, and once times the
factor published for that destination, level and year, and the range is from the least to the most.

Factors are data: `load_persons_per_case()` of helpers.data.hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = [
    "year", "persons", "cases", "lower", "estimate", "upper", "cases_with_factor",
    "is_estimate",
]  # fmt: skip
_FACTOR_KEY = ["asylum", "level_code", "year"]


def bound_persons(
    applications: pd.DataFrame, factors: Iterable[Any], by: Iterable[str] = ("year",)
) -> pd.DataFrame:
    """Bound claims lodged in persons, from rows in persons and rows in cases.

    Parameters
    ----------
    applications : DataFrame
        year, asylum, level_code, unit (persons, cases), applied, and the columns of `by`.
    factors : iterable of entries
        asylum, levels, first, last, factor, alternatives; see `load_persons_per_case`. The entry
        of a destination that names the level and covers the year is used. One with levels empty
        covers all levels; where none fits, the entry with asylum `*`, if any, does.
    by : iterable of str
        What to sum by; year, or year and asylum, or year and stage.

    Returns
    -------
    DataFrame
        the columns of `by`, persons, cases (as reported; missing where no row is on file),
        lower (cases x1), estimate (cases x the middle of the factors), upper (cases x the
        greatest factor), cases_with_factor (cases that a published factor covers), is_estimate
        (cases were converted). lower, estimate and upper are persons.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(2019, "USA", "IN", "cases", 100), (2019, "USA", "EO", "persons", 50)]
    >>> names = ["year", "asylum", "level_code", "unit", "applied"]
    >>> bound_persons(pd.DataFrame(rows, columns=names), [])[["lower", "upper"]].values.tolist()
    [[150, 150]]
    """
    weighed = weigh_persons(applications, factors)
    sums = weighed.groupby(list(by))[COLUMNS[1:-1]].sum(min_count=1).round().astype("Int64")
    sums["cases_with_factor"] = sums["cases_with_factor"].fillna(0).where(sums["cases"].notna())
    sums["is_estimate"] = sums["cases"].fillna(0).gt(0)
    return sums.reset_index()


def weigh_persons(applications: pd.DataFrame, factors: Iterable[Any]) -> pd.DataFrame:
    """Weigh each row, as `bound_persons` does before it sums.

    Returns
    -------
    DataFrame
        The rows with a count, with persons, cases, lower, estimate, upper and cases_with_factor:
        floats, missing where the row is in the other unit or no published factor covers it.
    """
    rows = applications[applications["applied"].notna()]
    applied = rows["applied"].to_numpy(dtype="float64")
    in_cases = rows["unit"].eq("cases").to_numpy(dtype=bool)
    found = np.ones((len(rows), 4))
    found[in_cases] = _find_factors(rows[in_cases], factors)
    lower, estimate, upper, is_published = found.T
    return rows.assign(
        persons=np.where(in_cases, np.nan, applied),
        cases=np.where(in_cases, applied, np.nan),
        lower=applied * lower,
        estimate=applied * estimate,
        upper=applied * upper,
        cases_with_factor=np.where(in_cases & (is_published > 0), applied, np.nan),
    )


def _find_factors(rows: pd.DataFrame, factors: Iterable[Any]) -> np.ndarray:
    """Return the factors of each row in cases, as `_choose_factors` does."""
    fitting: dict[str, list[Any]] = {}
    for entry in factors:
        fitting.setdefault(entry.asylum, []).append(entry)
    keys = list(zip(*(rows[name].tolist() for name in _FACTOR_KEY), strict=True))
    chosen = {
        key: _choose_factors([*fitting.get(key[0], ()), *fitting.get("*", ())], *key[1:])
        for key in dict.fromkeys(keys)
    }
    return np.array([chosen[key] for key in keys], dtype="float64").reshape(-1, 4)


def _choose_factors(entries: list[Any], level: str, year: int) -> tuple[float, float, float, bool]:
    """Return the least, middle and greatest factor, and whether one was published."""
    fitting = [
        entry
        for entry in entries
        if (not entry.levels or level in entry.levels) and entry.first <= year <= entry.last
    ]
    if not fitting:
        return 1.0, 1.0, 1.0, False
    # An entry of the destination goes before the general one, a level's before all levels'.
    entry = min(fitting, key=lambda item: (item.asylum == "*", not item.levels))
    values = sorted([*entry.alternatives, entry.factor])
    return values[0], values[(len(values) - 1) // 2], values[-1], entry.status == "published"
