"""What a year's total was when it first appeared, what it became, and what it is now.

A stock at mid-year and the stock at the end of that year are two dates of one series, and the
later one is no correction of the earlier. Claims lodged in six months are part of a year's, so
the two are never set against each other as right and wrong: only the part is stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.measures import measure_decisions, measure_new_claims
from helpers.analysis.revisions import tell_period

if TYPE_CHECKING:
    from helpers.data.releases import History
    from helpers.study import ReleaseInfo

KINDS = {
    "pending": "stock",
    "applied_persons": "flow",
    "applied_cases": "flow",
    "decided_persons": "flow",
    "decided_cases": "flow",
}
LABELS = {
    "pending": "Claims pending",
    "applied_persons": "New claims, persons",
    "applied_cases": "New claims, cases",
    "decided_persons": "Decisions of first instance, persons",
    "decided_cases": "Decisions of first instance, cases",
}
_TOLD = (
    "measure", "kind", "release", "published", "year", "period", "told", "year_end_release",
    "at_year_end", "now", "off", "off_share", "part_of_now",
)  # fmt: skip


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
        if not covered:
            continue
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


def describe_then(totals: pd.DataFrame, infos: Sequence[ReleaseInfo], year_to: int) -> pd.DataFrame:
    """Say what each release showed of the pending claims when it was the newest.

    Parameters
    ----------
    totals : DataFrame
        As `list_totals` gives it.
    infos : sequence of ReleaseInfo
        The same releases, oldest publication first.
    year_to : int
        The study's last year; a release that goes further is cut there.

    Returns
    -------
    DataFrame
        release, published, year (the last one known), period, told, before (the year before in
        the same release), change (told - before), change_now (the same in the last release; both
        missing where a year is), peak_year (the year with most claims in that release). A release
        that has none of the years has no row.
    """
    pending = totals[totals["measure"] == "pending"]
    wide = pending.pivot(index="year", columns="release", values="total")
    rows = []
    for info in (each for each in infos if each.name in wide):
        year = min(info.newest_year, year_to)
        own, now = wide[info.name], wide[infos[-1].name]
        told, before = own.get(year, pd.NA), own.get(year - 1, pd.NA)
        known = own.dropna()
        rows.append((
            info.name, info.published, year, tell_period(year, info), told, before, told - before,
            now.get(year, pd.NA) - now.get(year - 1, pd.NA),
            known.astype("float64").idxmax() if len(known) else pd.NA,
        ))  # fmt: skip
    columns = ["release", "published", "year", "period", "told", "before", "change", "change_now",
               "peak_year"]  # fmt: skip
    whole = dict.fromkeys([*columns[4:]], "Int64")
    return pd.DataFrame(rows, columns=columns).astype(whole)
