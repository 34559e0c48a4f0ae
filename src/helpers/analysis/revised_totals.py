"""What a year's total was when it first appeared, what it became, and what it is now.

A stock at mid-year and the stock at the end of that year are two dates of one series, and the
later one is no correction of the earlier. Claims lodged in six months are part of a year's, so
the two are never set against each other as right and wrong: only the part is stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.measures import measure_decisions, measure_new_claims
from helpers.analysis.revisions import take_tables, tell_state

if TYPE_CHECKING:
    from helpers.sources.history import History
    from helpers.study import ReleaseInfo

KINDS = {
    "pending": "stock",
    "applied_persons": "flow",
    "applied_cases": "flow",
    "decided_persons": "flow",
    "decided_cases": "flow",
}
_TOLD = (
    "measure", "kind", "release", "published", "year", "period", "told", "year_end_release",
    "at_year_end", "now", "off", "off_share", "part_of_now",
)  # fmt: skip


def tell_period(year: int, info: ReleaseInfo) -> str:
    """Tell whether a release's figure of a year is of mid-year or of year-end."""
    return info.period if year == info.newest_year else "end"


def list_totals(
    history: History, infos: Sequence[ReleaseInfo], years: Iterable[int]
) -> pd.DataFrame:
    """Sum an origin's figures over destinations, a row per release, year and measure.

    Parameters
    ----------
    history : History
        One origin's tables of every release.
    infos : sequence of ReleaseInfo
        The releases to sum.
    years : iterable of int
        The years to keep of those that a release covers.

    Returns
    -------
    DataFrame
        release, year, period (end or mid), measure, total (missing where nothing is on file).
        Measures: pending; applied_persons and applied_cases (new claims, type N);
        decided_persons and decided_cases (all outcomes of first instance).
    """
    wanted = list(years)
    parts = [pd.DataFrame(columns=["release", "year", "period", "measure", "total"])]
    for info in infos:
        covered = [year for year in wanted if info.first_year <= year <= info.newest_year]
        totals = _sum_release(history, info.name, covered)
        totals["period"] = [tell_period(year, info) for year in totals["year"]]
        totals["release"] = info.name
        parts.append(totals[parts[0].columns])
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _sum_release(history: History, release: str, years: list[int]) -> pd.DataFrame:
    """Return year, measure, total of one release."""
    index = pd.Index(years, name="year", dtype="int64")
    pending = history.select(release, "pending").groupby("year")["pending"].sum(min_count=1)
    new = measure_new_claims(history.select(release, "applications"), years).set_index("year")
    columns = {
        "pending": pending,
        **{name: new[name] for name in ("applied_persons", "applied_cases")},
        **_sum_decisions(history.select(release, "decisions"), years),
    }
    wide = pd.DataFrame({name: values.reindex(index) for name, values in columns.items()})
    long = wide.reset_index().melt("year", var_name="measure", value_name="total")
    return long.astype({"measure": "str", "total": "Int64"})


def _sum_decisions(decisions: pd.DataFrame, years: list[int]) -> dict[str, pd.Series]:
    """Sum the outcomes of first instance by year, persons and cases apart."""
    first = measure_decisions(decisions, years).query("level == 'first'")
    outcomes = first[["recognised", "other", "rejected", "closed"]].sum(axis=1, min_count=1)
    sums = first.assign(total=outcomes.astype("Int64"))
    return {
        f"decided_{unit}": sums[sums["unit"] == unit].set_index("year")["total"]
        for unit in ("persons", "cases")
    }


def trust_newest(totals: pd.DataFrame, infos: Sequence[ReleaseInfo]) -> pd.DataFrame:
    """Set what each release told of its newest year beside that year's figure now.

    Parameters
    ----------
    totals : DataFrame
        As `list_totals` gives it.
    infos : sequence of ReleaseInfo
        The same releases, oldest publication first; the last one is now.

    Returns
    -------
    DataFrame
        measure, kind (stock or flow), release, published, year, period, told,
        year_end_release (the first release with the year at its end; empty where there is none),
        at_year_end, now, off (told - now) and off_share (off / now; both missing for a six-month
        flow beside a year's), part_of_now (told / now, for those flows alone). One row a measure
        and release, the last release left out, for years that `totals` holds.
    """
    rows = [
        _trust_one(totals, measure, place, infos)
        for measure in KINDS
        for place, info in enumerate(infos[:-1])
        if (totals["year"] == info.newest_year).any()
    ]
    counts = dict.fromkeys(["told", "at_year_end", "now", "off"], "Int64")
    shares = dict.fromkeys(["off_share", "part_of_now"], "Float64")
    return pd.DataFrame(rows, columns=list(_TOLD)).astype(counts | shares)


def _trust_one(
    totals: pd.DataFrame, measure: str, place: int, infos: Sequence[ReleaseInfo]
) -> dict[str, Any]:
    """Return one row of `trust_newest`."""
    info, year = infos[place], infos[place].newest_year
    own = totals[(totals["measure"] == measure) & (totals["year"] == year)]
    values = own.set_index("release")["total"]
    ended = [each for each in infos[place:] if tell_period(year, each) == "end"]
    told, now = (values.get(each.name, pd.NA) for each in (info, infos[-1]))
    is_part = KINDS[measure] == "flow" and tell_period(year, infos[-1]) != info.period
    off = pd.NA if is_part else told - now
    return {
        "measure": measure, "kind": KINDS[measure], "release": info.name,
        "published": info.published, "year": year, "period": info.period, "told": told,
        "year_end_release": ended[0].name if ended else "",
        "at_year_end": values.get(ended[0].name, pd.NA) if ended else pd.NA,
        "now": now, "off": off, "off_share": _divide(off, now),
        "part_of_now": _divide(told, now) if is_part else pd.NA,
    }  # fmt: skip


def _divide(part: Any, whole: Any) -> Any:
    """Divide; what is missing, or divided by nothing, is missing."""
    if pd.isna(part) or pd.isna(whole) or not whole:
        return pd.NA
    return part / whole


def find_repeats(history: History, infos: Sequence[ReleaseInfo]) -> pd.DataFrame:
    """Find out how much of a completed year the year-end release took over from mid-year.

    A year-end figure that is the mid-year figure to the last digit is a sign that the destination
    sent nothing new; small figures also agree by chance, so their share of the total counts.

    Parameters
    ----------
    history : History
        One origin's tables of every release.
    infos : sequence of ReleaseInfo
        Releases that hold the origin, oldest publication first.

    Returns
    -------
    DataFrame
        release_from, release_to, year, measure (pending, or applied_persons and applied_cases of
        all stages), places (destinations with a figure above zero at year-end), repeated (those
        with the same figure at mid-year), total, repeated_total, repeated_share (0-1), largest
        (the destination with most of the repeated figures; empty where there is none).
    """
    rows = []
    for before, after in pairwise(infos):
        year = before.newest_year
        if tell_state(year, before, after) != "completed":
            continue
        old, new = (_sum_places(history, info.name, year) for info in (before, after))
        for measure in new:
            found = _compare_places(old[measure], new[measure])
            rows.append((before.name, after.name, year, measure, *found))
    columns = ["release_from", "release_to", "year", "measure", "places", "repeated", "total",
               "repeated_total", "repeated_share", "largest"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"repeated_share": "Float64"})


def _sum_places(history: History, release: str, year: int) -> dict[str, pd.Series]:
    """Return each measure's figures above zero by destination."""
    tables = take_tables(history, release)
    stock, claims = (
        frame[frame["year"] == year]
        for frame in (tables["population"], tables["asylum_applications"])
    )
    sums = {"pending": stock.groupby("asylum")["pending"].sum()}
    for unit in ("persons", "cases"):
        sums[f"applied_{unit}"] = claims[claims["unit"] == unit].groupby("asylum")["applied"].sum()
    return {name: values[values > 0] for name, values in sums.items()}


def _compare_places(old: pd.Series, new: pd.Series) -> tuple[int, int, int, int, Any, str]:
    """Return the counts and totals of `find_repeats` for one measure."""
    same = new[new == old.reindex(new.index)]
    total, repeated = int(new.sum()), int(same.sum())
    largest = str(same.idxmax()) if len(same) else ""
    return len(new), len(same), total, repeated, _divide(repeated, total), largest
