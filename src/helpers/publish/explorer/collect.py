"""One origin's figures in one release, measure by measure, as the notebooks compute them.

A measure is a mapping of names to values: `total`, `without` (the origin's main destination, chosen
once), `rest` (without each year's largest destination) and `largest` (which that is), `places` (by
destination); and where claims of unknown origin leave a range, `lower`, `upper`, `undetermined`
(the destinations where no rule tells how far it goes) and `places_upper`. Persons and cases, and
the levels of decisions, are measures of their own, since none of them can be added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis import measures
from helpers.analysis.break_panel import narrow_core
from helpers.analysis.unknown_origin import allocate_unknown, bound_applied, bound_pending

if TYPE_CHECKING:
    from helpers.data.releases import Core

Measure = dict[str, Any]


def list_years(newest: int) -> range:
    """Return the years that the explorer shows: from the first of asylum-seekers on."""
    return range(2000, newest + 1)


def collect_origin(core: Core, origin: str, newest: int) -> tuple[str | None, dict[str, Measure]]:
    """Collect every measure of an origin that has a figure on file.

    Parameters
    ----------
    core : Core
        A release's tables.
    origin : str
        ISO3 code, one of the release's origins.
    newest : int
        The release's last year.

    Returns
    -------
    tuple
        The main destination's code or None, and the measures by name: pending, lodged-persons,
        lodged-cases, and recognised-<level>-<unit>.
    """
    core, years = narrow_core(core, origin), list_years(newest)
    stock = measures.select_origin(core.pending, origin, years)
    main = measures.find_main_destination(stock)
    found = {"pending": collect_pending(core, origin, years, stock, main)}
    claims = measures.select_origin(core.applications, origin, years)
    found |= collect_lodged(core, origin, years, claims, main)
    found |= collect_recognised(measures.select_origin(core.decisions, origin, years), years, main)
    return main, {name: each for name, each in found.items() if each["total"].notna().any()}


def collect_pending(
    core: Core, origin: str, years: range, stock: pd.DataFrame, main: str | None
) -> Measure:
    """Collect the stock of claims pending, with its range, from `measures.measure_pending`."""
    table = measures.measure_pending(stock, core.by_origin, years, main).set_index("year")
    allocated = allocate_unknown(core, origin, years)
    bounds = bound_pending(core, origin, years, allocated=allocated).set_index("year")
    values = stock[["year", "asylum"]].assign(value=stock["pending"])
    lost = bounds["undetermined"]
    return {
        "total": table["pending"],
        "without": table["pending_excl_main"],
        "rest": table["pending_excl_largest"],
        "largest": table["largest"],
        "places": spread_places(values),
        "lower": bounds["lower"],
        "upper": bounds["upper"],
        "undetermined": lost.where(lost != ""),
        "places_upper": _bound_places(allocated, values),
    }


def _bound_places(allocated: pd.DataFrame, values: pd.DataFrame) -> dict[str, pd.Series]:
    """Return each destination's upper bound, in the years in which its rule adds claims."""
    added = allocated.loc[allocated["added"] > 0, ["year", "asylum", "added"]]
    table = added.merge(values, on=["year", "asylum"])
    return spread_places(table.assign(value=table["value"] + table["added"]))


def collect_lodged(
    core: Core, origin: str, years: range, claims: pd.DataFrame, main: str | None
) -> dict[str, Measure]:
    """Collect new claims lodged (type N), persons and cases apart, with their ranges."""
    every = measures.measure_new_claims(claims, years).set_index("year")
    without = measures.measure_new_claims(claims, years, excluding=main).set_index("year")
    bounds = bound_applied(core, origin, years)
    bounds = bounds[bounds["stage"] == "new"]
    found = {}
    for unit in measures.UNITS:
        rows = claims[(claims["stage"] == "new") & (claims["unit"] == unit)]
        values = rows[["year", "asylum"]].assign(value=rows["applied"])
        range_ = bounds[bounds["unit"] == unit].set_index("year").reindex(years)
        lost = range_["undetermined"]
        found[f"lodged-{unit}"] = _split(values, years) | {
            "total": every[f"applied_{unit}"],
            "without": without[f"applied_{unit}"],
            "lower": range_["lower"],
            "upper": range_["upper"],
            "undetermined": lost.where(lost != ""),
        }
    return found


def collect_recognised(
    decisions: pd.DataFrame, years: range, main: str | None
) -> dict[str, Measure]:
    """Collect claims recognised, each level and unit apart, from `measures.measure_decisions`."""
    every = measures.measure_decisions(decisions, years)
    without = measures.measure_decisions(decisions[decisions["asylum"] != main], years)
    found = {}
    for level in measures.LEVELS:
        for unit in measures.UNITS:
            rows = decisions[(decisions["level"] == level) & (decisions["unit"] == unit)]
            values = rows[["year", "asylum"]].assign(value=rows["recognised"])
            found[f"recognised-{level}-{unit}"] = _split(values, years) | {
                "total": _take(every, level, unit, years),
                "without": _take(without, level, unit, years),
            }
    return found


def _take(table: pd.DataFrame, level: str, unit: str, years: range) -> pd.Series:
    """Take one level's and unit's claims recognised; a year that is not on file is missing."""
    own = table[(table["level"] == level) & (table["unit"] == unit)]
    return own.set_index("year")["recognised"].reindex(years)


def _split(values: pd.DataFrame, years: range) -> Measure:
    """Split a flow by destination, and take each year's largest out of it."""
    sums = values.groupby(["asylum", "year"])["value"].sum(min_count=1).dropna()
    order = sums.reset_index().sort_values(["value", "asylum"], ascending=[False, True])
    first = order[order["value"] > 0].drop_duplicates("year")
    others = order.merge(first[["year", "asylum"]], how="left", indicator=True)
    others = others[others["_merge"] == "left_only"]
    return {
        "places": spread_places(values),
        "largest": first.set_index("year")["asylum"].reindex(years),
        "rest": others.groupby("year")["value"].sum(min_count=1).reindex(years),
    }


def spread_places(values: pd.DataFrame) -> dict[str, pd.Series]:
    """Sum values by destination and year.

    Parameters
    ----------
    values : DataFrame
        year, asylum, value; a destination may have several rows a year.

    Returns
    -------
    dict of str to Series
        By ISO3 code, indexed by year; without the years that have no figure.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2001, 2001], "asylum": ["PER", "PER"], "value": [2, 3]})
    >>> spread_places(rows)["PER"].to_dict()
    {2001: 5}
    """
    sums = values.groupby(["asylum", "year"])["value"].sum(min_count=1).dropna()
    return {str(code): part.droplevel(0) for code, part in sums.groupby(level=0)}
