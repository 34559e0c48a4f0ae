"""One release's figures as claims are checked on them: by measure, year and destination.

Stocks and flows keep their own names; persons and cases are never added. A figure that is not on
file is None, and so is a destination that has no row, since an absent pair is no measured zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.breaks import flag_applied_years, flag_pending_years
from helpers.analysis.lodged import STRICT, bound_persons, mark_lodged, measure_lodged
from helpers.analysis.measures import UNITS, measure_applications
from helpers.analysis.unknown_origin import bound_pending
from helpers.claims.recipes import LARGEST, MAIN, REGIONS, Choice

if TYPE_CHECKING:
    from helpers.data.releases import Core, History

LEAST_BASE = 100  # a revision in percent of fewer people says little
Cells = dict[str, dict[int, dict[str, int]]]
# Measure -> year -> the whole origin's figure.
Totals = dict[str, dict[int, int]]


@dataclass(frozen=True)
class Figures:
    """What one release holds of one origin, as far as a text could see it.

    Attributes
    ----------
    release, period : str
        The release, and whether its newest year is of mid-year or year-end.
    newest, last : int
        The release's newest year, and the last one that the text could see.
    cells : dict
        measure -> year -> asylum (ISO3) -> count.
    others : dict
        (origin, year) -> claims pending of another origin.
    regions : dict
        ISO3 -> region (United Nations M49).
    main : str or None
        The main destination over all years.
    totals : dict
        lodged, lodged_least, lodged_most, pending_most -> year -> figure (`measure_totals`).
    broken : dict
        (measure, year) -> what broke in a year that does not compare with the one before.
    usual : dict
        measure -> how much a revision usually changes a year's figure, as a share of it
        (`measure_usual_revision`); empty unless the text is older than every release.
    printed : dict
        (measure, year) -> a text's own figure, which then stands for the whole origin's.
    """

    release: str
    period: str
    newest: int
    last: int
    cells: Cells
    others: Mapping[tuple[str, int], int]
    regions: Mapping[str, str]
    main: str | None
    totals: Totals = field(default_factory=dict)
    broken: Mapping[tuple[str, int], str] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)
    printed: Mapping[tuple[str, int], float] = field(default_factory=dict)

    def by_destination(self, measure: str, year: int) -> dict[str, int]:
        """Return the destinations that have a figure in a year; none beyond what is seen."""
        return self.cells.get(measure, {}).get(year, {}) if year <= self.last else {}

    def total(self, measure: str, year: int, without: str | None = None) -> float | None:
        """Return the origin's total, without the largest or the main destination where asked."""
        if without is None and (measure, year) in self.printed:
            return self.printed[measure, year]
        if measure in self.totals:
            return self.totals[measure].get(year) if year <= self.last and not without else None
        counts = self.by_destination(measure, year)
        if not counts:
            return None
        left_out = {LARGEST: max(counts.values()), MAIN: counts.get(self.main or "", 0)}
        return sum(counts.values()) - (left_out[without] if without else 0)

    def take(
        self, choice: Choice, years: Iterable[int], places: Iterable[str] = ()
    ) -> list[float] | None:
        """Return a figure a year, of all destinations or of some together; None where one lacks."""
        found: list[float] = []
        for year in years:
            value = self.total(choice.measure, year, choice.without)
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
        pair = [self.total(choice.measure + end, year, choice.without) for end in ends]
        return (pair[0], pair[1]) if pair[0] is not None and pair[1] is not None else None

    def years(self, measure: str) -> list[int]:
        """Return the years that have a figure."""
        held = self.totals.get(measure) or self.cells.get(measure, {})
        return sorted(year for year in held if year <= self.last)

    def is_half(self, year: int) -> bool:
        """Tell whether a year is the mid-year one of the release."""
        return self.period == "mid" and year == self.newest

    def see(self, sees: int) -> Figures:
        """Return the same, cut at the last year that a text could see."""
        last = min(sees, self.newest)
        return replace(self, last=last, main=_find_main(self.cells["pending"], last))


def build_figures(history: History, release: str) -> Figures:
    """Collect one release's figures; `Figures.see` then cuts them at what a text could see.

    Parameters
    ----------
    history : History
        pending, applications, decisions, every_origin, countries.
    release : str
        One of its releases.
    """
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
        main=_find_main(cells["pending"], info.newest_year),
    )


def _find_main(pending: Mapping[int, Mapping[str, int]], last: int) -> str | None:
    """Find the main destination: the most pending claims over all years, ties to the first code."""
    sums: dict[str, int] = defaultdict(int)
    for year, counts in pending.items():
        for code, value in counts.items():
            sums[code] += value if year <= last else 0
    return min(sums, key=lambda code: (-sums[code], code)) if any(sums.values()) else None


def _collect(frame: pd.DataFrame, column: str) -> dict[int, dict[str, int]]:
    """Sum a column by year and destination; a year with nothing on file does not appear."""
    sums = frame.dropna(subset=[column]).groupby(["year", "asylum"], sort=False)[column].sum()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for year, asylum, value in sums.reset_index().to_numpy().tolist():
        found[year][asylum] = value
    return dict(found)


def list_broken(core: Core, origin: str, findings: pd.DataFrame) -> dict[tuple[str, int], str]:
    """List the years in which an origin's series do not compare with the year before.

    Parameters
    ----------
    core : Core
        The release's figures: pending and applications.
    origin : str
        ISO3 code.
    findings : DataFrame
        `find_breaks` of that origin and release.

    Returns
    -------
    dict
        (measure, year) -> destinations and kinds of what broke, joined by "; ". Measures are
        pending, applied_persons and applied_cases.
    """
    own = core.pending[core.pending["origin"] == origin]
    totals = own.groupby("year")["pending"].sum(min_count=1).reset_index()
    claims = core.applications[core.applications["origin"] == origin]
    flows = measure_applications(claims, sorted(claims["year"].unique()))
    flags = flag_applied_years(findings, flows)
    new = flags[flags["stage"] == "new"]
    flagged = pd.concat(
        [
            flag_pending_years(findings, totals).assign(measure="pending"),
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

    Parameters
    ----------
    core : Core
        The release's figures.
    origin : str
        ISO3 code.
    years : iterable of int
        The years for which stocks with a share of unknown origins are wanted.
    factors : iterable of FactorEntry
        Persons a case, from `helpers.data.hand.load_persons_per_case`.
    rules : iterable of LodgedRule
        Rows that count as claims lodged beside type N, from `load_lodged_rules`.

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

    Parameters
    ----------
    history : History
        every_origin: release, year, origin, refugees, pending.

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
