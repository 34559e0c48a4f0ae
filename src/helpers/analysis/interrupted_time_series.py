"""Interrupted time series: in which year a series breaks best, and how the boundary compares.

The model is a straight line in logarithms that may jump and turn in one year T:

    log y = a + b t + c [t >= T] + d (t - T) [t >= T]

It is fitted by ordinary least squares for every T that leaves enough years on both sides, and the
candidates are compared by how much of the plain line's squared error each removes. Standard errors
allow for autocorrelation (Newey and West). With so few yearly points every estimator understates
autocorrelation, and the intervals are too narrow (Turner et al. 2021, doi
10.1186/s12874-021-01364-0); and since the best of many years is sought, no p-value of that year
means what it says. What can be read is the order of the years, and how flat it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS

from helpers.analysis.placebo import spread_origins

FEWEST_YEARS = 4  # on each side of a break
# Claims in every year: UNHCR rounds counts under 5, so logarithms of less are logs of rounding.
LEAST = 50
LEVEL = ["level_change", "level_low", "level_high"]
FIT = [*LEVEL, "growth_before", "growth_after", "growth_change_p"]
COLUMNS = ["series", "year", "first_year", "last_year", "removed", "rank", *FIT]


def list_candidates(years: Iterable[int]) -> list[int]:
    """Return the years that leave enough points before them and from them on.

    >>> list_candidates(range(2000, 2010))
    [2004, 2005, 2006]
    """
    listed = sorted(years)
    return listed[FEWEST_YEARS : len(listed) - FEWEST_YEARS + 1]


def _make_design(years: list[int], break_year: int | None = None) -> np.ndarray:
    """Return 1 and t, counted from the break or the first year, and a break's jump and turn."""
    since = np.array(years, dtype=float) - (years[0] if break_year is None else break_year)
    plain = np.column_stack([np.ones_like(since), since])
    if break_year is None:
        return plain
    after = (since >= 0).astype(float)
    return np.column_stack([plain, after, since * after])


def scan_breaks(logs: pd.DataFrame) -> pd.DataFrame:
    """Try every year as the break of many series at once.

    Parameters
    ----------
    logs : DataFrame
        Logarithms, one column a series, one row a year (every year, none missing).

    Returns
    -------
    DataFrame
        Index year (the candidates), columns as given: the share (0-1) of the plain line's squared
        error that a break in that year removes; 0 where there is no error to remove.
    """
    values = logs.sort_index().to_numpy(dtype=float)
    years = sorted(logs.index)
    plain = _sum_squares(_make_design(years), values)
    is_bent = plain > 1e-12  # of a perfect line, nothing can be removed
    base = np.where(is_bent, plain, 1.0)
    rows = {
        year: np.where(is_bent, 1 - _sum_squares(_make_design(years, year), values) / base, 0.0)
        for year in list_candidates(years)
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=logs.columns, dtype=float)
    return table.clip(0.0, 1.0).rename_axis("year")


def _sum_squares(design: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return each column's squared error that is left after a fit."""
    solved = np.linalg.lstsq(design, values, rcond=None)[0]
    return np.asarray(((values - design @ solved) ** 2).sum(axis=0))


def take_logs(
    series: pd.Series, last_year: int | None = None, least: float = 0.0
) -> pd.Series | None:
    """Return a series' logarithms, or None where it has a gap, is too small or too short.

    Parameters
    ----------
    series : Series
        Values by year; those after `last_year` are left out.
    least : float
        What every value must exceed or equal, besides being above 0. Of claims: `LEAST`.
    """
    kept = series if last_year is None else series[series.index <= last_year]
    values = kept.astype("float64").sort_index()
    is_small = (values <= 0) | (values < least)
    if len(list_candidates(values.index)) < 2 or values.isna().any() or is_small.any():
        return None
    return pd.Series(np.log(values), index=values.index)


def fit_breaks(logs: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Fit the model with every year as the break, with autocorrelation-consistent errors.

    Parameters
    ----------
    logs : mapping of str to Series
        Logarithms by year (`take_logs`), by the name of the series.

    Returns
    -------
    DataFrame
        series, year (of the break), first_year, last_year, removed (0-1: of the plain line's
        squared error), rank (1 removes most), level_change, level_low, level_high (the jump in
        that year, as a ratio less 1, with its 95 % interval), growth_before, growth_after (a
        year, as a ratio less 1), growth_change_p (of the turn; see the module's text).
    """
    parts = [pd.DataFrame(columns=COLUMNS)]
    for name, values in logs.items():
        years = sorted(values.index)
        removed = scan_breaks(values.to_frame("y"))["y"]
        # Newey and West's rule of thumb for the number of lags.
        lags = max(1, int(4 * (len(years) / 100) ** (2 / 9)))
        rows = []
        for year in removed.index:
            fit = OLS(values.to_numpy(), _make_design(years, year)).fit(
                cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
            )
            _, slope, jump, turn = fit.params
            level = np.expm1([jump, *fit.conf_int()[2]])
            rows.append((year, *level, *np.expm1([slope, slope + turn]), fit.pvalues[3]))
        table = pd.DataFrame(rows, columns=["year", *FIT])
        table = table.assign(series=name, first_year=years[0], last_year=years[-1])
        table["removed"] = removed.to_numpy()
        table["rank"] = table["removed"].rank(ascending=False, method="min").astype("int64")
        parts.append(table[COLUMNS])
    return pd.concat(parts[1:] or parts, ignore_index=True)


def summarise_breaks(fits: pd.DataFrame, boundary: int | None) -> pd.DataFrame:
    """Compare the best year of each series with the boundary.

    Parameters
    ----------
    fits : DataFrame
        `fit_breaks`.
    boundary : int or None
        First year of the later era; None where no year is.

    Returns
    -------
    DataFrame
        series, first_year, last_year, n_candidates, best_year, best_removed, and of the boundary:
        removed, rank, level_change, level_low, level_high (missing where it is no candidate).
    """
    best = fits[fits["rank"] == 1].drop_duplicates("series")
    table = best[["series", "first_year", "last_year"]].assign(
        n_candidates=best["series"].map(fits.groupby("series").size()),
        best_year=best["year"],
        best_removed=best["removed"],
    )
    there = fits[fits["year"] == boundary] if boundary is not None else fits.iloc[:0]
    columns = ["series", "removed", "rank", *LEVEL]
    table = table.merge(there[columns], on="series", how="left")
    return table.astype({"rank": "Int64"})


def find_other_breaks(
    by_origin: pd.DataFrame, origin: str, years: range, fewest: float
) -> pd.Series:
    """Find the best break of every other origin with enough claims.

    Parameters
    ----------
    by_origin : DataFrame
        year, origin, pending, refugees: every origin's totals.
    origin : str
        ISO3 code of the origin that is left out.
    years : range
        The years of the series.
    fewest : float
        Claims pending in the average year that an origin needs; each year needs `LEAST`.

    Returns
    -------
    Series
        Year by origin, the first of ties; empty where the years are too few.
    """
    wide = spread_origins(by_origin, years)["pending"]
    is_enough = (wide.mean(axis=1) >= fewest) & (wide.min(axis=1) >= LEAST)
    kept = wide[is_enough & (wide.index != origin)]
    if len(list_candidates(years)) < 2 or kept.empty:
        return pd.Series(dtype="int64", name="year")
    removed = scan_breaks(kept.T.transform(np.log))
    return removed.idxmax().astype("int64").rename("year")
