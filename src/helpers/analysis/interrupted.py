"""Interrupted time series: in which year a series breaks best, and where the boundary stands.

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

from helpers.analysis.placebo import spread_origins

FEWEST_YEARS = 4
# Claims in every year: UNHCR rounds counts under 5, so logarithms of less are logs of rounding.
LEAST = 50
COLUMNS = [
    "series", "year", "first_year", "last_year", "removed", "rank", "level_change",
    "level_low", "level_high", "growth_before", "growth_after", "growth_change_p",
]  # fmt: skip


def list_candidates(years: Iterable[int], fewest: int = FEWEST_YEARS) -> list[int]:
    """Return the years that leave `fewest` points before them and from them on.

    Examples
    --------
    >>> list_candidates(range(2000, 2010))
    [2004, 2005, 2006]
    """
    listed = sorted(years)
    return listed[fewest : len(listed) - fewest + 1]


def make_design(years: Iterable[int], break_year: int | None) -> np.ndarray:
    """Return the model's columns: 1, t, and after a break also its jump and its turn.

    t counts from the break, or from the first year where there is none.
    """
    at = np.array(sorted(years), dtype=float)
    since = at - (at[0] if break_year is None else break_year)
    plain = np.column_stack([np.ones_like(at), since])
    if break_year is None:
        return plain
    after = (since >= 0).astype(float)
    return np.column_stack([plain, after, since * after])


def scan_breaks(logs: pd.DataFrame, fewest: int = FEWEST_YEARS) -> pd.DataFrame:
    """Try every year as the break of many series at once.

    Parameters
    ----------
    logs : DataFrame
        Logarithms, one column a series, one row a year (every year, none missing).
    fewest : int
        Years needed on each side of a break.

    Returns
    -------
    DataFrame
        Index year (the candidates), columns as given: the share (0-1) of the plain line's squared
        error that a break in that year removes.
    """
    values = logs.sort_index().to_numpy(dtype=float)
    years = sorted(logs.index)
    plain = _sum_squares(make_design(years, None), values)
    is_bent = plain > 1e-12  # of a perfect line, nothing can be removed
    removed = {
        year: np.where(
            is_bent,
            1 - _sum_squares(make_design(years, year), values) / np.where(is_bent, plain, 1),
            0.0,
        )
        for year in list_candidates(years, fewest)
    }
    table = pd.DataFrame.from_dict(removed, orient="index", columns=logs.columns, dtype=float)
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
        Values by year.
    last_year : int, optional
        Where to end.
    least : float
        What every value must exceed or equal, besides being above 0. Of claims: `LEAST`.
    """
    kept = series if last_year is None else series[series.index <= last_year]
    values = kept.astype("float64").sort_index()
    is_small = (values <= 0) | (values < least)
    if len(values) < 2 * FEWEST_YEARS + 1 or values.isna().any() or is_small.any():
        return None
    return pd.Series(np.log(values), index=values.index)


def fit_breaks(name: str, logs: pd.Series, fewest: int = FEWEST_YEARS) -> pd.DataFrame:
    """Fit the model with every year as the break, with autocorrelation-consistent errors.

    Parameters
    ----------
    name : str
        What the series is called in the result.
    logs : Series
        Logarithms by year (`take_logs`).
    fewest : int
        Years needed on each side of a break.

    Returns
    -------
    DataFrame
        series, year (of the break), first_year, last_year, removed (0-1: of the plain line's
        squared error), rank (1 removes most), level_change, level_low, level_high (the jump in
        that year, as a ratio less 1, with its 95 % interval), growth_before, growth_after (a
        year, as a ratio less 1), growth_change_p (of the turn; see the module's text).
    """
    from statsmodels.regression.linear_model import OLS  # slow to import, so only here

    years = sorted(logs.index)
    removed = scan_breaks(logs.to_frame("y"), fewest)["y"]
    # Newey and West's rule of thumb for the number of lags.
    lags = max(1, int(4 * (len(years) / 100) ** (2 / 9)))
    rows = []
    for year in removed.index:
        fit = OLS(logs.to_numpy(), make_design(years, year)).fit(
            cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
        )
        low, high = fit.conf_int()[2]
        jump = np.expm1([fit.params[2], low, high])
        growth = np.expm1([fit.params[1], fit.params[1] + fit.params[3]])
        rows.append((name, year, years[0], years[-1], *jump, *growth, fit.pvalues[3]))
    columns = [c for c in COLUMNS if c not in ("removed", "rank")]
    table = pd.DataFrame(rows, columns=columns)
    table["removed"] = removed.to_numpy()
    table["rank"] = table["removed"].rank(ascending=False, method="min").astype("int64")
    return table[COLUMNS]


def fit_all(logs: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Fit every series with every year as the break; an empty frame where there is none."""
    fits = [fit_breaks(name, values) for name, values in logs.items()]
    return pd.concat(fits, ignore_index=True) if fits else pd.DataFrame(columns=COLUMNS)


def summarise_breaks(fits: pd.DataFrame, boundary: int | None) -> pd.DataFrame:
    """Set the best year of each series beside the boundary.

    Parameters
    ----------
    fits : DataFrame
        `fit_breaks`, any number of series.
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
    columns = ["series", "removed", "rank", "level_change", "level_low", "level_high"]
    table = table.merge(there[columns], on="series", how="left")
    return table.astype({"rank": "Int64"})


def find_other_breaks(
    by_origin: pd.DataFrame, origin: str, years: Iterable[int], fewest: float
) -> pd.Series:
    """Find the best break of every other origin with enough claims.

    Parameters
    ----------
    by_origin : DataFrame
        year, origin, pending, refugees: every origin's totals.
    origin : str
        ISO3 code of the origin that is left out.
    years : iterable of int
        The years of the series.
    fewest : float
        Claims pending in the average year that an origin needs; each year needs `LEAST`.

    Returns
    -------
    Series
        Year by origin; empty where the years are too few.
    """
    wide = spread_origins(by_origin, years)["pending"]
    enough = (wide.mean(axis=1) >= fewest) & (wide.min(axis=1) >= LEAST) & (wide.index != origin)
    if len(wide.columns) < 2 * FEWEST_YEARS + 1 or not enough.any():
        return pd.Series(dtype="int64", name="year")
    return find_best_years(scan_breaks(wide[enough].T.transform(np.log)))


def find_best_years(removed: pd.DataFrame) -> pd.Series:
    """Return, for each series, the year whose break removes most; ties go to the first.

    Parameters
    ----------
    removed : DataFrame
        `scan_breaks`.
    """
    return removed.idxmax().astype("int64").rename("year")
