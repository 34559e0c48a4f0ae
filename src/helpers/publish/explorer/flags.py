"""Which figures of the explorer do not compare with the year before, and why.

A break counts for a total where `breaks` says so: over a tenth of it. The total without one
destination is held to the same rule, with the breaks of the other destinations. A destination's own
series breaks where an effect exceeds a tenth of its own figure, as in the charts of single
destinations (`find_breaks_by_destination`). Decisions have no rule of their own there; the same
limits hold for them, against all decisions of the same destinations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis import measures
from helpers.analysis.breaks import (
    find_breaks_by_destination,
    flag_applied_years,
    flag_pending_years,
)
from helpers.analysis.destinations import rank_destinations
from helpers.analysis.thresholds import THRESHOLDS
from helpers.prose.words import choose_break_words
from helpers.publish.explorer.collect import Measure

if TYPE_CHECKING:
    from helpers.data.releases import Core

Keys = set[tuple[int, str, str]]
KEY = ["year", "asylum", "kind"]
# Which series a break touches, as bits: the scripts of the page know them by the same numbers.
BITS = {"total": 1, "place": 2, "without": 4, "rest": 8}
COLUMNS = [*KEY, "effect", "reason", "touched"]
TOUCHES = {"pending": "pending", "lodged": "applications", "recognised": "decisions"}


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
        The origin's measures (`collect.collect_origin`); each has a table in the result.

    Returns
    -------
    dict of str to DataFrame
        year, asylum, kind, effect (claims, signed), reason (why; empty where nobody knows),
        touched (the sum of `BITS`: the total, the destination's own series, the total without the
        main destination or without each year's largest).
    """
    found = {}
    for name, measure in collected.items():
        kind = name.split("-")[0]
        here = findings[findings["touches"] == TOUCHES[kind]]
        rows = _take_rows(core, origin, name, measure["total"].index)
        size = "moved" if kind == "lodged" else "effect_on_origin"
        here = here.assign(effect=here[size])
        if kind == "lodged":
            unit = name.split("-")[1]
            here = here[_holds(here["stage"], "new") & _holds(here["unit"], unit)]
        marks = {
            part: _find_grave(name, some, kept)
            for part, some, kept in _split(here, rows, main, measure["largest"])
        }
        marks["place"] = _find_own(core, origin, name, here, rows)
        found[name] = _mark(here, marks)
    return found


def _take_rows(core: Core, origin: str, name: str, years: pd.Index) -> pd.DataFrame:
    """Return year, asylum and value: what a measure's breaks are held against."""
    kind, *rest = name.split("-")
    if kind == "pending":
        rows = measures.select_origin(core.pending, origin, years)
        return rows[["year", "asylum"]].assign(value=rows["pending"])
    if kind == "recognised":
        rows = measures.select_origin(core.decisions, origin, years)
        return rows[["year", "asylum"]].assign(value=rows["total"])
    rows = measures.select_origin(core.applications, origin, years)
    rows = rows[(rows["stage"] == "new") & (rows["unit"] == rest[0])]
    return rows[["year", "asylum"]].assign(value=rows["applied"])


def _split(
    found: pd.DataFrame, rows: pd.DataFrame, main: str | None, largest: pd.Series
) -> list[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Return findings and rows of all destinations, without the main one, without the largest."""

    def leave(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["asylum"] != frame["year"].map(largest).fillna("")]

    return [
        ("total", found, rows),
        ("without", found[found["asylum"] != main], rows[rows["asylum"] != main]),
        ("rest", leave(found), leave(rows)),
    ]


def _find_grave(name: str, found: pd.DataFrame, rows: pd.DataFrame) -> Keys:
    """Find the breaks that move a total by more than a tenth, by the rules of `breaks`."""
    years = sorted({*found["year"], *(found["year"] - 1)})
    totals = rows.groupby("year")["value"].sum(min_count=1).reindex(years).astype("Int64")
    table = pd.DataFrame({"year": totals.index, "pending": totals.to_numpy()})
    if name == "pending":
        return _read_broken(flag_pending_years(found, table)) if len(table) else set()
    if name.startswith("lodged"):
        table = table.rename(columns={"pending": "applied"})
        table = table.assign(stage="new", unit=name.split("-")[1])
        return _read_broken(flag_applied_years(found, table)) if len(table) else set()
    below = found["year"].map(totals).astype("Float64")
    large = found["effect"].abs().astype("Float64") > THRESHOLDS.breaks_total * below
    return _list_keys(found[large.fillna(False)])


def _find_own(core: Core, origin: str, name: str, found: pd.DataFrame, rows: pd.DataFrame) -> Keys:
    """Find the breaks of destinations' own series."""
    if name != "pending":
        return _exceed(found, rows)
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1) if len(rows) else range(0)
    stock = measures.select_origin(core.pending, origin, years)
    claims = measures.select_origin(core.applications, origin, years)
    own = find_breaks_by_destination(found, rank_destinations(stock, claims, core.countries))
    own = own.assign(kind=own["kind"].astype(str).str.split(" ")).explode("kind")
    return _list_keys(own)


def _exceed(found: pd.DataFrame, rows: pd.DataFrame) -> Keys:
    """Find effects over a tenth of the destination's figure, the greater of the two years'."""
    sums = rows.groupby(["year", "asylum"])["value"].sum().reset_index()
    before = sums.assign(year=sums["year"] + 1).rename(columns={"value": "before"})
    table = found[[*KEY, "effect"]].merge(sums, how="left").merge(before, how="left")
    most = table[["value", "before"]].astype("Float64").max(axis=1)
    above = table["effect"].abs().astype("Float64") > THRESHOLDS.breaks_total * most
    return _list_keys(table[above.fillna(False)])


def _holds(codes: pd.Series, code: str) -> pd.Series:
    """Tell which lists of codes hold this one; an empty list holds all."""
    return codes.map(lambda text: not text or code in str(text).split()).astype(bool)


def _read_broken(flags: pd.DataFrame) -> Keys:
    """Read `broken_by` of `breaks`: destination and kind of each finding of a year."""
    keys = set()
    for year, texts in zip(flags["year"].astype(int), flags["broken_by"].astype(str), strict=True):
        for text in filter(None, texts.split("; ")):
            asylum, kind = text.split(" ")
            keys.add((year, asylum, kind))
    return keys


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
    large = (findings["effect_share"] > THRESHOLDS.breaks_total).fillna(False)
    touched = findings["touches"].eq("pending") & large
    in_total = flagged["touched"] % 2 == BITS["total"]
    words = choose_break_words(findings[touched], sorted(set(flagged.loc[in_total, "year"])))
    return {int(year): word for year, word in words.items() if word}
