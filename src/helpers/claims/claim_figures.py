"""One release's figures as claims are checked on them: by measure, year and destination.

Stocks and flows keep their own names; persons and cases are never added. A figure that is not on
file is None, and so is a destination that has no row, since an absent pair is no measured zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.breaks import flag_applied_years, flag_stock_years
from helpers.analysis.lodged import STRICT, bound_persons, mark_lodged, measure_lodged
from helpers.analysis.measures import UNITS, measure_applications
from helpers.analysis.unknown_origin import bound_pending

if TYPE_CHECKING:
    from helpers.data.releases import Core, History

REGIONS = ("Africa", "Americas", "Asia", "Europe", "Oceania")
LEAST_BASE = 100  # a revision in percent of fewer people says little
Value = float | int | bool | None
Cells = dict[str, dict[int, dict[str, int]]]
# Measure -> year -> the whole origin's figure.
Totals = dict[str, dict[int, int]]


@dataclass(frozen=True)
class Choice:
    """How a recipe is computed: on which measure, without the largest destination, as what."""

    measure: str
    without_largest: bool = False
    kind: str = ""


@dataclass(frozen=True)
class Figures:
    """What one release holds of one origin, as far as a text could see it."""

    release: str
    period: str  # whether the newest year is of mid-year (mid) or year-end (end)
    newest: int  # the release's newest year
    last: int  # the last year that the text could see
    cells: Cells  # measure -> year -> asylum (ISO3) -> count
    others: Mapping[tuple[str, int], int]  # (origin, year) -> claims pending of another origin
    regions: Mapping[str, str]  # ISO3 -> region (United Nations M49)
    totals: Totals = field(default_factory=dict)  # estimates of the origin (`measure_totals`)
    # (measure, year) -> what broke in a year that does not compare with the one before.
    broken: Mapping[tuple[str, int], str] = field(default_factory=dict)
    # Measure -> by what share a revision usually changes a figure, for a text older than all.
    usual: Mapping[str, float] = field(default_factory=dict)
    # (measure, year) -> a text's own figure, which then is used for the whole origin's.
    printed: Mapping[tuple[str, int], float] = field(default_factory=dict)

    def by_destination(self, measure: str, year: int) -> dict[str, int]:
        """Return the destinations that have a figure in a year; none beyond what is seen."""
        return self.cells.get(measure, {}).get(year, {}) if year <= self.last else {}

    def total(self, measure: str, year: int, *, without_largest: bool = False) -> float | None:
        """Return the origin's total, without the year's largest destination where asked."""
        if not without_largest and (measure, year) in self.printed:
            return self.printed[measure, year]
        if measure in self.totals:
            seen = year <= self.last and not without_largest
            return self.totals[measure].get(year) if seen else None
        counts = self.by_destination(measure, year).values()
        return sum(counts) - (max(counts) if without_largest else 0) if counts else None

    def take(
        self, choice: Choice, years: Iterable[int], places: Iterable[str] = ()
    ) -> list[float] | None:
        """Return a figure a year, of all destinations or of some together; None where one lacks."""
        found: list[float] = []
        for year in years:
            value = self.total(choice.measure, year, without_largest=choice.without_largest)
            if places and value is not None:
                counts = self.by_destination(choice.measure, year)
                own = [n for each in places for n in self._pick(counts, each)]
                value = None if None in own else sum(n or 0 for n in own)
            if value is None:
                return None
            found.append(value)
        return found

    def _pick(self, counts: Mapping[str, int], place: str) -> list[int | None]:
        """Return the counts of a region's countries, or of one country, None where it has none."""
        if place not in REGIONS:
            return [counts.get(place)]
        return [n for code, n in counts.items() if self.regions.get(code) == place]

    def bound(self, choice: Choice, year: int) -> tuple[float, float] | None:
        """Return the least and the most that a figure can be; both are one without a range."""
        ends = ("_least", "_most") if choice.measure == "lodged" else ("", "")
        pair = [self.total(choice.measure + end, year) for end in ends]
        return (pair[0], pair[1]) if pair[0] is not None and pair[1] is not None else None

    def years(self, measure: str) -> list[int]:
        """Return the years that have a figure."""
        held = self.totals.get(measure) or self.cells.get(measure, {})
        return sorted(year for year in held if year <= self.last)

    def is_half(self, year: int) -> bool:
        """Tell whether a year is the mid-year one of the release."""
        return self.period == "mid" and year == self.newest


def build_figures(history: History, release: str) -> Figures:
    """Collect one release's figures of a history; all that it holds is seen."""
    info = history.find(release)
    stocks = history.select(release, "pending")
    flows = history.select(release, "applications")
    cells = {name: _collect(stocks, name) for name in ("pending", "refugees", "oip")}
    for unit in UNITS:
        own = flows[flows["unit"] == unit]
        cells[f"applied_{unit}"] = _collect(own[own["stage"] == "new"], "applied")
    every = history.select(release, "every_origin").dropna(subset=["pending"])
    keys = zip(every["origin"].tolist(), every["year"].tolist(), strict=True)
    countries = history.countries.dropna(subset=["unsd_region"])
    regions = zip(countries["iso3"].tolist(), countries["unsd_region"].tolist(), strict=True)
    return Figures(
        release=release,
        period=info.period,
        newest=info.newest_year,
        last=info.newest_year,
        cells=cells,
        others=dict(zip(keys, every["pending"].tolist(), strict=True)),
        regions=dict(regions),
    )


def _collect(frame: pd.DataFrame, column: str) -> dict[int, dict[str, int]]:
    """Sum a column by year and destination; a year with nothing on file does not appear."""
    sums = frame.dropna(subset=[column]).groupby(["year", "asylum"], sort=False)[column].sum()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for year, asylum, value in sums.reset_index().to_numpy().tolist():
        found[year][asylum] = value
    return dict(found)


def list_broken(core: Core, origin: str, findings: pd.DataFrame) -> dict[tuple[str, int], str]:
    """List the years in which an origin's series do not compare with the year before.

    Returns
    -------
    dict
        (measure, year) -> destinations and kinds of what broke (`find_breaks`), joined by "; ".
        Measures are pending, applied_persons and applied_cases.
    """
    own = core.pending[core.pending["origin"] == origin]
    totals = own.groupby("year")["pending"].sum(min_count=1).reset_index()
    claims = core.applications[core.applications["origin"] == origin]
    flows = measure_applications(claims, sorted(claims["year"].unique()))
    flags = flag_applied_years(findings, flows)
    new = flags[flags["stage"] == "new"]
    flagged = pd.concat(
        [
            flag_stock_years(findings, totals).assign(measure="pending"),
            new.assign(measure="applied_" + new["unit"]),
        ]
    )
    broken = flagged[~flagged["is_comparable"].astype(bool)]
    return {
        (row["measure"], int(row["year"])): row["broken_by"] for row in broken.to_dict("records")
    }


def measure_totals(
    core: Core, origin: str, years: Iterable[int], factors: Iterable[Any], rules: Iterable[Any]
) -> Totals:
    """Compute the figures of the whole origin that are estimates with a range.

    `years` are those of which the stock with a share of unknown origins is wanted; `factors` are
    persons a case, and `rules` say which rows count as claims lodged beside type N (data/hand).

    Returns
    -------
    dict
        pending_most: claims pending, with a likely share of those of unknown origin, where an upper
        bound can be given. lodged_least: claims lodged in persons, from type N alone, each case as
        one person. lodged, lodged_most: the inclusive count, each case times the middle and times
        the greatest factor.
    """
    totals: Totals = {"pending_most": {}, "lodged_least": {}, "lodged": {}, "lodged_most": {}}
    stocks = sorted(set(years) & set(core.pending["year"]))
    if stocks:
        totals["pending_most"] = _by_year(bound_pending(core, origin, stocks), "upper")
    own = core.applications[core.applications["origin"] == origin]
    if not own.empty:
        marked = mark_lodged(own, rules)
        strict = bound_persons(marked[marked["rule"] == STRICT], factors)
        lodged = measure_lodged(marked, factors, sorted(own["year"].unique()))
        totals["lodged_least"] = _by_year(strict, "lower")
        totals["lodged"] = _by_year(lodged, "applied_middle")
        totals["lodged_most"] = _by_year(lodged, "applied_upper")
    return totals


def _by_year(frame: pd.DataFrame, column: str) -> dict[int, int]:
    known = frame.dropna(subset=[column])
    return dict(zip(known["year"].astype(int), known[column].astype(int), strict=True))


def measure_usual_revision(history: History) -> dict[str, float]:
    """Measure by how much UNHCR usually changes a year's figure when it changes it.

    Each origin's figure of each year's end, as its first release on file has it, is set against
    the newest release's. Middles of years are left out, since another day is no revision.

    Returns
    -------
    dict
        pending, refugees -> the median of the changes that are not zero, as a share of the first
        figure (of `LEAST_BASE` people at least); a measure that was never changed does not appear.
    """
    halves = {each.name: each.newest_year for each in history.releases if each.period == "mid"}
    frame = history.every_origin
    ended = frame[frame["year"] != frame["release"].map(halves)]
    found = {}
    for measure in ("pending", "refugees"):
        wide = ended.pivot(index=["origin", "year"], columns="release", values=measure)
        wide = wide[[each.name for each in history.releases]].astype(float)
        first, last = wide.bfill(axis=1).iloc[:, 0], wide.ffill(axis=1).iloc[:, -1]
        change = ((last - first).abs() / first)[first >= LEAST_BASE]
        if (change > 0).any():
            found[measure] = float(change[change > 0].median())
    return found
