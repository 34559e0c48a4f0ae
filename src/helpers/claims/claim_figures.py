"""One release's figures as claims are checked on them: by measure, year and destination.

Stocks and flows keep their own names; persons and cases are never added. A figure that is not
reported is None, and so is a destination that has no row, since an absent pair is no measured zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from helpers.analysis.breaks import find_breaks, flag_applied_years, flag_stock_years
from helpers.analysis.lodged import STRICT, bound_persons, keep_counted, mark_lodged
from helpers.analysis.measures import collect_cells, measure_applications
from helpers.analysis.unknown_origin import bound_pending
from helpers.claims.precision import TERMS
from helpers.data.hand import load_breaks, load_lodged_rules, load_persons_per_case
from helpers.data.releases import Core, load_earlier
from helpers.study import ReleaseInfo

REGIONS = ("Africa", "Americas", "Asia", "Europe", "Oceania")
LEAST_BASE = TERMS["find"]["least_base"]


@dataclass(frozen=True)
class Figures:
    """What one release holds of one origin, as far as a text could see it."""

    info: ReleaseInfo
    last: int  # the last year that the text could see
    cells: Mapping[tuple[str, int], Mapping[str, int]]  # (measure, year) -> asylum -> count
    others: Mapping[tuple[str, int], int]  # (origin, year) -> claims pending of another origin
    regions: Mapping[str, str]  # ISO3 -> region (United Nations M49)
    # (measure, year) -> the whole origin's, where it is an estimate (`build_figures`) or printed.
    totals: Mapping[tuple[str, int], float] = field(default_factory=dict)
    # When asked, since it takes a while: the same of pending_most.
    bound_stocks: Callable[[], Mapping[tuple[str, int], float]] = dict
    # When asked: (measure, year) -> what broke in a year that does not compare with the one before.
    list_broken: Callable[[], Mapping[tuple[str, int], str]] = dict
    # Measure -> by what share a revision usually changes a figure, for a text older than all.
    usual: Mapping[str, float] = field(default_factory=dict)

    def by_destination(
        self, measure: str, year: int, places: Collection[str] = ()
    ) -> Mapping[str, int]:
        """Return a year's figures by destination, of all or some; none beyond what is seen.

        `places` are ISO3 codes or regions.
        """
        counts = self.cells.get((measure, year), {}) if year <= self.last else {}
        if not places:
            return counts
        return {c: n for c, n in counts.items() if {c, self.regions.get(c)} & {*places}}

    def total(
        self, measure: str, year: int, places: Collection[str] = (), without_largest: bool = False
    ) -> float:
        """Return a year's figure of all destinations, without the largest, or of some together.

        LookupError where it is missing, or that of one of `places` that is no region.
        """
        totals, is_seen = self._list_totals(measure), year <= self.last
        if is_seen and not places and not without_largest and (measure, year) in totals:
            return totals[measure, year]
        known = self.by_destination(measure, year).keys()
        if not known or {*places} - {*REGIONS} - known:
            raise LookupError(f"no {measure} of {year}")
        counts = self.by_destination(measure, year, places).values()
        return sum(counts) - max(counts, default=0) * without_largest

    def bound(self, measure: str, year: int) -> tuple[float, float]:
        """Return the least and the most that a figure can be; both are one without a range."""
        ends = ("_least", "_most") if measure == "lodged" else ("", "")
        return self.total(measure + ends[0], year), self.total(measure + ends[1], year)

    def years(self, measure: str) -> list[int]:
        """Return the years that have a figure."""
        held = [*self._list_totals(measure), *self.cells]
        return sorted(year for name, year in held if name == measure and year <= self.last)

    def _list_totals(self, measure: str) -> Mapping[tuple[str, int], float]:
        return self.bound_stocks() if measure == "pending_most" else self.totals


def build_figures(core: Core, info: ReleaseInfo, origin: str) -> Figures:
    """Collect one release's figures of an origin; all that it holds is seen.

    Estimates with a range: pending_most is the stock with a likely share of unknown origins;
    lodged_least is type N alone, each case one person; lodged and lodged_most are the inclusive
    count, each case times the middle and times the greatest factor.
    """
    pending, own = (frame[frame["origin"] == origin] for frame in (core.pending, core.applications))
    cells: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for year, asylum, measure, value in collect_cells(pending, own).itertuples(index=False):
        cells[measure, year][asylum] = int(value)
    marked, factors = mark_lodged(own, load_lodged_rules()), load_persons_per_case()
    strict = bound_persons(marked[marked["rule"] == STRICT], factors)
    inclusive = bound_persons(keep_counted(marked), factors)
    estimates = {
        "lodged_least": _map(strict, "year", "lower"),
        "lodged": _map(inclusive, "year", "estimate"),
        "lodged_most": _map(inclusive, "year", "upper"),
    }
    return Figures(
        info=info,
        last=info.newest_year,
        cells=cells,
        others=_map(core.by_origin, ["origin", "year"], "pending"),
        regions=_map(core.countries, "iso3", "unsd_region"),
        totals={(name, y): n for name, known in estimates.items() for y, n in known.items()},
        bound_stocks=cache(lambda: _bound_stocks(core, origin)),
        list_broken=cache(lambda: _list_broken(core, info, origin)),
    )


def _map(frame: pd.DataFrame, keys: str | list[str], column: str) -> dict[Any, Any]:
    return frame.dropna(subset=[column]).set_index(keys)[column].to_dict()


def _bound_stocks(core: Core, origin: str) -> dict[tuple[str, int], float]:
    years = sorted({*core.pending["year"]})
    most = _map(bound_pending(core, origin, years), "year", "upper")
    return {("pending_most", year): value for year, value in most.items()}


def _list_broken(core: Core, info: ReleaseInfo, origin: str) -> dict[tuple[str, int], str]:
    """List what broke in an origin's series by measure and year, where it moves the total."""
    mid_years, register = load_earlier(info, period="mid"), load_breaks()
    findings = find_breaks(core, origin, info=info, previous=mid_years, register=register)
    pending, own = (frame[frame["origin"] == origin] for frame in (core.pending, core.applications))
    stocks = pending.groupby("year")["pending"].sum(min_count=1).reset_index()
    flags = flag_applied_years(findings, measure_applications(own, sorted(set(own["year"]))))
    flags = flags.assign(measure="applied_" + flags["unit"])[flags["stage"] == "new"]
    flags = pd.concat([flag_stock_years(findings, stocks).assign(measure="pending"), flags])
    return _map(flags[~flags["is_comparable"].astype(bool)], ["measure", "year"], "broken_by")


def measure_usual_revision(releases: Iterable[tuple[ReleaseInfo, Core]]) -> dict[str, float]:
    """Measure by how much UNHCR usually changes a year's figure when it changes it.

    Returned is, by measure (pending, refugees), the median change that is not zero from the first
    release's figure of a year's end (of `LEAST_BASE` people at least) to the newest's, as a share.
    """
    ended = pd.concat(
        core.by_origin[core.by_origin["year"].ne(info.newest_year) | (info.period == "end")]
        for info, core in releases
    )
    stocks = ended.set_index(["origin", "year"])[["pending", "refugees"]].astype("float64")
    known = stocks.groupby(level=["origin", "year"])
    first, last = known.first(), known.last()  # of the figures that are not missing
    change = ((last - first).abs() / first)[first >= LEAST_BASE]
    return change[change > 0].median().dropna().to_dict()
