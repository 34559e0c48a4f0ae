"""Interrupted time series: in which year a series breaks best, and whether that is more than noise.

The model is a straight line in logarithms that may jump and turn in one year T:

    log y = a + b t + c [t >= T] + d (t - T) [t >= T]

The candidates are compared by how much of the plain line's squared error each removes. The best of
many removes much of any series that wanders, so it is held against a null: series drawn with the
same straight line and autocorrelation (AR(1)), searched in the same way; the critical value is what
the best break removes of `LEVEL` of them (the sup-F test of Andrews 1993, by simulation), with the
coefficient as estimated and corrected for its bias. No jump's height is given: with so few points
no interval for it holds what it says (Turner et al. 2021, doi 10.1186/s12874-021-01364-0).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from helpers.analysis.measures import stack

FEWEST_YEARS = 4  # on each side of a break
# Claims in every year: UNHCR rounds counts under 5, so logarithms of less are logs of rounding.
LEAST = 50
DRAWS, LEVEL, SEED = 2000, 0.95, 20260625
TEST = ["critical", "critical_corrected", "chance", "chance_corrected"]
COLUMNS = ["series", "year", "first_year", "last_year", "removed", "rank", *TEST]


def list_candidates(years: Iterable[int]) -> list[int]:
    """Return the years that leave enough points before them and from them on."""
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
    """Try every year as the break of many series at once: logarithms, a column a series.

    Returns for each candidate the share (0-1) of the plain line's squared error that a break in
    that year removes; 0 where there is no error to remove.
    """
    values = logs.sort_index().to_numpy(dtype=float)
    years = sorted(logs.index)
    plain = (_take_rest(_make_design(years), values) ** 2).sum(axis=0)
    is_bent = plain > 1e-12  # of a perfect line, nothing can be removed
    base = np.where(is_bent, plain, 1.0)
    rows = {}
    for year in list_candidates(years):
        left = (_take_rest(_make_design(years, year), values) ** 2).sum(axis=0)
        rows[year] = np.where(is_bent, 1 - left / base, 0.0)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=logs.columns, dtype=float)
    return table.clip(0.0, 1.0).rename_axis("year")


def _take_rest(design: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return what least squares leave of each column."""
    return np.asarray(values - design @ np.linalg.lstsq(design, values, rcond=None)[0])


def take_logs(series: pd.Series, least: float = 0.0) -> pd.Series | None:
    """Return a series' logarithms, or None where it has a gap, is too small or too short.

    Each value must be above 0 and no less than `least` (of claims: `LEAST`).
    """
    values = series.astype("float64").sort_index()
    is_small = (values <= 0) | (values < least)
    if len(list_candidates(values.index)) < 2 or values.isna().any() or is_small.any():
        return None
    return pd.Series(np.log(values), index=values.index)


def estimate_autocorrelation(logs: pd.Series) -> tuple[float, float]:
    """Estimate the first autocorrelation of a series around its straight line.

    Returns it as least squares gives it, and corrected: it is too low by about (2 + 4 rho) / n
    where a line is fitted. Both within 0 and 0.99, so that the null returns to its line.
    """
    values = logs.sort_index().to_numpy(dtype=float)
    rest = _take_rest(_make_design(sorted(logs.index)), values)
    below = float((rest[:-1] ** 2).sum())
    rho = float(rest[1:] @ rest[:-1]) / below if below > 1e-12 else 0.0
    n = len(rest)
    plain, corrected = (float(np.clip(r, 0.0, 0.99)) for r in (rho, (n * rho + 2) / (n - 4)))
    return plain, corrected


def simulate_best(years: Iterable[int], rho: float, draws: int = DRAWS) -> np.ndarray:
    """Return what the best break removes of each of many series without one, in ascending order.

    Each is an AR(1) around a straight line; which line and what size make no difference.
    """
    listed = sorted(years)
    random = np.random.default_rng(SEED)
    steps = random.normal(size=(len(listed), draws))
    values = np.empty_like(steps)
    values[0] = steps[0] / np.sqrt(1 - rho**2)
    for place in range(1, len(listed)):
        values[place] = rho * values[place - 1] + steps[place]
    return np.sort(scan_breaks(pd.DataFrame(values, index=listed)).max().to_numpy())


def fit_breaks(logs: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Try every year as the break of each series (`take_logs`), against series without one.

    Returns series, year (of the break), first_year, last_year, removed (0-1), rank (1 removes
    most), critical (0-1: what the best break removes of `LEVEL` of the series without one), chance
    (0-1: the part of these whose best removes as much or more), and both with the corrected
    autocorrelation.
    """
    parts = []
    for name, values in logs.items():
        table = scan_breaks(values.to_frame("removed")).reset_index()
        rhos = estimate_autocorrelation(values)
        for ending, rho in zip(("", "_corrected"), rhos, strict=True):
            best = simulate_best(values.index, rho)
            below = np.searchsorted(best, table["removed"].to_numpy())
            table[f"critical{ending}"] = float(np.quantile(best, LEVEL))
            table[f"chance{ending}"] = 1 - below / len(best)
        table["rank"] = table["removed"].rank(ascending=False, method="min").astype("int64")
        first, last = min(values.index), max(values.index)
        parts.append(table.assign(series=name, first_year=first, last_year=last))
    return stack(parts, COLUMNS)


def summarise_breaks(fits: pd.DataFrame, boundary: int | None) -> pd.DataFrame:
    """Compare the best year of each series (`fit_breaks`) with the first year of the later era.

    Returns series, last_year, n_candidates, best_year, best_removed, critical, critical_corrected,
    chance, chance_corrected, boundary_rank (missing where the boundary is no candidate).
    """
    names = {"year": "best_year", "removed": "best_removed"}
    best = fits[fits["rank"] == 1].drop_duplicates("series").rename(columns=names)
    best["n_candidates"] = best["series"].map(fits.groupby("series").size())
    table = best[["series", "last_year", "n_candidates", *names.values(), *TEST]]
    there = fits[fits["year"] == boundary].set_index("series")["rank"]
    return table.assign(boundary_rank=table["series"].map(there).astype("Int64"))
