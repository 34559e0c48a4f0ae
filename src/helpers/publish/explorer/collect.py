"""One origin's figures in one release, as the notebooks compute them, and what does not compare.

A measure is a mapping of names to values: `total`, `without` (the origin's main destination, chosen
once), `rest` (without each year's largest destination) and `largest` (which that is), `places` (by
destination); and where claims of unknown origin leave a range, `lower`, `upper`, `undetermined`
(the destinations where no rule tells how far it goes) and `places_upper`. Persons and cases, and
the levels of decisions, are measures of their own, since none of them can be added.

A break counts for a total where `break_flags` says so: over a tenth of it. The total without one
destination is held to the same rule, with the breaks of the other destinations. A destination's own
series breaks where an effect exceeds a tenth of its own figure, as in the charts of single
destinations (`find_breaks_by_destination`). Decisions have no rule of their own there; the same
limits hold for them, against all decisions of the same destinations.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.analysis import measures
from helpers.analysis.break_panel import narrow_core
from helpers.analysis.breaks import (
    find_breaks_by_destination,
    flag_applied_years,
    flag_stock_years,
)
from helpers.analysis.destinations import rank_destinations
from helpers.analysis.thresholds import THRESHOLDS
from helpers.analysis.unknown_origin import allocate_unknown, bound_applied, bound_pending
from helpers.data.releases import Core
from helpers.prose.words import choose_break_words

Measure = dict[str, Any]
Keys = set[tuple[int, str, str]]
KEY = ["year", "asylum", "kind"]
# Which series a break touches, as bits: the scripts of the page know them by the same numbers.
BITS = {"total": 1, "place": 2, "without": 4, "rest": 8}
COLUMNS = [*KEY, "effect", "reason", "touched"]
TOUCHES = {"pending": "pending", "lodged": "applications", "recognised": "decisions"}


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
    found = {"pending": _collect_pending(core, origin, years, stock, main)}
    claims = measures.select_origin(core.applications, origin, years)
    found |= _collect_lodged(core, origin, years, claims, main)
    decisions = measures.select_origin(core.decisions, origin, years)
    found |= _collect_recognised(decisions, years, main)
    return main, {name: each for name, each in found.items() if each["total"].notna().any()}


def _collect_pending(
    core: Core, origin: str, years: range, stock: pd.DataFrame, main: str | None
) -> Measure:
    """Collect claims pending; the upper bound of a destination where its rule adds claims."""
    table = measures.measure_pending(stock, core.by_origin, years, main).set_index("year")
    allocated = allocate_unknown(core, origin, years)
    bounds = bound_pending(core, origin, years, allocated=allocated).set_index("year")
    values = stock[["year", "asylum"]].assign(value=stock["pending"])
    added = allocated.loc[allocated["added"] > 0, ["year", "asylum", "added"]]
    raised = added.merge(values, on=["year", "asylum"])
    return {
        "total": table["pending"],
        "without": table["pending_excl_main"],
        "rest": table["pending_excl_largest"],
        "largest": table["largest"],
        "places": spread_places(values),
        **_take_range(bounds),
        "places_upper": spread_places(raised.assign(value=raised["value"] + raised["added"])),
    }


def _take_range(bounds: pd.DataFrame) -> Measure:
    lost = bounds["undetermined"]
    return {
        "lower": bounds["lower"],
        "upper": bounds["upper"],
        "undetermined": lost.where(lost != ""),
    }


def _collect_lodged(
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
        own = bounds[bounds["unit"] == unit].set_index("year").reindex(years)
        found[f"lodged-{unit}"] = {
            **_split(rows[["year", "asylum"]].assign(value=rows["applied"]), years),
            "total": every[f"applied_{unit}"],
            "without": without[f"applied_{unit}"],
            **_take_range(own),
        }
    return found


def _collect_recognised(
    decisions: pd.DataFrame, years: range, main: str | None
) -> dict[str, Measure]:
    """Collect claims recognised, each level and unit apart."""
    keys = ["level", "unit", "year"]
    every = measures.measure_decisions(decisions, years).set_index(keys)
    others = decisions[decisions["asylum"] != main]
    without = measures.measure_decisions(others, years).set_index(keys)
    found = {}
    for level in measures.LEVELS:
        for unit in measures.UNITS:
            rows = decisions[(decisions["level"] == level) & (decisions["unit"] == unit)]
            at = pd.MultiIndex.from_product([[level], [unit], years], names=keys)
            found[f"recognised-{level}-{unit}"] = {
                **_split(rows[["year", "asylum"]].assign(value=rows["recognised"]), years),
                "total": every["recognised"].reindex(at).droplevel([0, 1]),
                "without": without["recognised"].reindex(at).droplevel([0, 1]),
            }
    return found


def _split(values: pd.DataFrame, years: range) -> Measure:
    """Split a flow by destination, and take each year's largest out of it."""
    sums = values.groupby(["asylum", "year"])["value"].sum(min_count=1).dropna()
    order = sums.reset_index().sort_values(["value", "asylum"], ascending=[False, True])
    largest = order[order["value"] > 0].drop_duplicates("year").set_index("year")["asylum"]
    others = order[order["asylum"] != order["year"].map(largest)]
    return {
        "places": spread_places(values),
        "largest": largest.reindex(years),
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


def flag_origin(
    core: Core,
    origin: str,
    findings: pd.DataFrame,
    main: str | None,
    collected: dict[str, Measure],
) -> dict[str, pd.DataFrame]:
    """List the breaks that touch each measure of an origin.

    Parameters
    ----------
    core : Core
        A release's tables.
    origin : str
        ISO3 code.
    findings : DataFrame
        `breaks.find_breaks`.
    main : str or None
        The main destination.
    collected : dict
        The origin's measures (`collect_origin`); each has a table in the result.

    Returns
    -------
    dict of str to DataFrame
        year, asylum, kind, effect (claims, signed), reason (why; empty where nobody knows),
        touched (the sum of `BITS`: the total, the destination's own series, the total without the
        main destination or without each year's largest).
    """
    flagged = {}
    for name, measure in collected.items():
        kind, *rest = name.split("-")
        here = findings[findings["touches"] == TOUCHES[kind]]
        here = here.assign(effect=here["moved" if kind == "lodged" else "effect_on_origin"])
        if kind == "lodged":
            here = here[_holds(here["stage"], "new") & _holds(here["unit"], rest[0])]
        rows, largest = _take_rows(core, origin, name, measure["total"].index), measure["largest"]
        at_largest, in_largest = (f["asylum"].eq(f["year"].map(largest)) for f in (here, rows))
        marks = {
            "total": _find_grave(name, here, rows),
            "without": _find_grave(
                name, here[here["asylum"] != main], rows[rows["asylum"] != main]
            ),
            "rest": _find_grave(name, here[~at_largest], rows[~in_largest]),
            "place": _find_own(core, origin, name, here, rows),
        }
        flagged[name] = _mark(here, marks)
    return flagged


def _take_rows(core: Core, origin: str, name: str, years: pd.Index) -> pd.DataFrame:
    """Return year, asylum and value: what a measure's breaks are held against."""
    kind, *rest = name.split("-")
    table, column = {
        "pending": (core.pending, "pending"),
        "lodged": (core.applications, "applied"),
        "recognised": (core.decisions, "total"),
    }[kind]
    rows = measures.select_origin(table, origin, years)
    if kind == "lodged":
        rows = rows[(rows["stage"] == "new") & (rows["unit"] == rest[0])]
    return rows[["year", "asylum"]].assign(value=rows[column])


def _find_grave(name: str, found: pd.DataFrame, rows: pd.DataFrame) -> Keys:
    """Find the breaks that move a total by more than a tenth, by the rules of `break_flags`."""
    years = sorted({*found["year"], *(found["year"] - 1)})
    if not years:
        return set()
    totals = rows.groupby("year")["value"].sum(min_count=1).reindex(years).astype("Int64")
    kind, *rest = name.split("-")
    if kind == "recognised":
        below = found["year"].map(totals).astype("Float64")
        large = found["effect"].abs().astype("Float64") > THRESHOLDS.breaks_total * below
        return _list_keys(found[large.fillna(False)])
    table = pd.DataFrame({"year": totals.index, "value": totals.to_numpy()})
    if kind == "pending":
        flags = flag_stock_years(found, table.rename(columns={"value": "pending"}))
    else:
        table = table.rename(columns={"value": "applied"}).assign(stage="new", unit=rest[0])
        flags = flag_applied_years(found, table)
    keys = set()  # `broken_by` names destination and kind of each finding of a year
    for year, texts in zip(flags["year"].astype(int), flags["broken_by"].astype(str), strict=True):
        for text in filter(None, texts.split("; ")):
            asylum, broken_kind = text.split(" ")
            keys.add((year, asylum, broken_kind))
    return keys


def _find_own(core: Core, origin: str, name: str, found: pd.DataFrame, rows: pd.DataFrame) -> Keys:
    """Find the breaks of destinations' own series: over a tenth of the greater year's figure."""
    if name == "pending" and len(rows):
        years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
        stock = measures.select_origin(core.pending, origin, years)
        claims = measures.select_origin(core.applications, origin, years)
        own = find_breaks_by_destination(found, rank_destinations(stock, claims, core.countries))
        own = own.assign(kind=own["kind"].astype(str).str.split(" ")).explode("kind")
        return _list_keys(own)
    sums = rows.groupby(["year", "asylum"])["value"].sum().reset_index()
    before = sums.assign(year=sums["year"] + 1).rename(columns={"value": "before"})
    table = found[[*KEY, "effect"]].merge(sums, how="left").merge(before, how="left")
    most = table[["value", "before"]].astype("Float64").max(axis=1)
    above = table["effect"].abs().astype("Float64") > THRESHOLDS.breaks_total * most
    return _list_keys(table[above.fillna(False)])


def _holds(codes: pd.Series, code: str) -> pd.Series:
    """Tell which lists of codes hold this one; an empty list holds all."""
    return codes.map(lambda text: not text or code in str(text).split()).astype(bool)


def _list_keys(frame: pd.DataFrame) -> Keys:
    columns = (frame["year"].astype(int), frame["asylum"].astype(str), frame["kind"].astype(str))
    return set(zip(*columns, strict=True))


def _mark(found: pd.DataFrame, marks: dict[str, Keys]) -> pd.DataFrame:
    """Keep the findings that touch a series; of one key, the one with the largest effect."""
    keys = list(zip(found["year"], found["asylum"], found["kind"], strict=True))
    touched = [sum(BITS[part] for part, some in marks.items() if key in some) for key in keys]
    table = found.assign(touched=pd.Series(touched, index=found.index, dtype="int64"))
    table = table[(table["touched"] > 0) & (table["kind"] != "mid_year")]
    size = table["effect"].abs().astype("Float64").fillna(0)
    table = table.assign(_size=size).sort_values(["year", "_size"], ascending=[True, False])
    return table.drop_duplicates(KEY)[COLUMNS].reset_index(drop=True)


def choose_words(findings: pd.DataFrame, flagged: pd.DataFrame) -> dict[int, str]:
    """Choose what the chart of claims pending writes at its breaks, as the notebook does.

    Parameters
    ----------
    findings : DataFrame
        `breaks.find_breaks`.
    flagged : DataFrame
        The table of `pending` of `flag_origin`.

    Returns
    -------
    dict of int to str
        Year -> words; only where there are words.
    """
    is_large = (findings["effect_share"] > THRESHOLDS.breaks_total).fillna(False)
    touched = findings["touches"].eq("pending") & is_large
    in_total = flagged["touched"] % 2 == BITS["total"]
    words = choose_break_words(findings[touched], sorted(set(flagged.loc[in_total, "year"])))
    return {int(year): word for year, word in words.items() if word}
