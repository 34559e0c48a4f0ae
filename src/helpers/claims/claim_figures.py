"""One release's figures as claims are checked on them: by measure, year and destination.

Stocks and flows keep their own names; persons and cases are never added. A figure that is not on
file is None, and so is a destination that has no row, since an absent pair is no measured zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.breaks import flag_applied_years, flag_stock_years
from helpers.analysis.measures import OUTCOMES, UNITS, measure_applications

if TYPE_CHECKING:
    from helpers.data.releases import Core, History

MEASURES = ("pending", "applied_persons", "applied_cases", "refugees", "oip")
LARGEST, MAIN = "largest", "main"
WITHOUT = (None, LARGEST, MAIN)

Value = float | int | bool | None
Cells = dict[str, dict[int, dict[str, int]]]
# "pending" or "applied" -> year -> lower and upper bound.
Bounds = Mapping[str, Mapping[int, tuple[int | None, int | None]]]


@dataclass(frozen=True)
class Choice:
    """How a recipe is computed: on which measure, without which destination, told as what."""

    measure: str
    without: str | None = None
    told_as: str = ""


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
    bounds : dict
        "pending" and "applied" -> year -> lower and upper bound (`measure_bounds`).
    broken : dict
        (measure, year) -> what broke in a year that does not compare with the one before.
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
    bounds: Bounds = field(default_factory=lambda: {"pending": {}, "applied": {}})
    broken: Mapping[tuple[str, int], str] = field(default_factory=dict)
    printed: Mapping[tuple[str, int], float] = field(default_factory=dict)

    def by_destination(self, measure: str, year: int) -> dict[str, int]:
        """Return the destinations that have a figure in a year; none beyond what is seen."""
        return self.cells.get(measure, {}).get(year, {}) if year <= self.last else {}

    def total(self, measure: str, year: int, without: str | None = None) -> float | None:
        """Return the origin's total, without the largest or the main destination where asked."""
        if without is None and (measure, year) in self.printed:
            return self.printed[measure, year]
        counts = self.by_destination(measure, year)
        if not counts:
            return None
        left_out = {LARGEST: max(counts.values()), MAIN: counts.get(self.main or "", 0)}
        return sum(counts.values()) - (left_out[without] if without else 0)

    def take(
        self, choice: Choice, years: Iterable[int], asylum: str | None = None
    ) -> list[float] | None:
        """Return a figure a year, of all destinations or one; None where one is not on file."""
        found: list[float] = []
        for year in years:
            if asylum is None:
                value = self.total(choice.measure, year, choice.without)
            else:
                value = self.by_destination(choice.measure, year).get(asylum)
            if value is None:
                return None
            found.append(value)
        return found

    def rank(self, measure: str, year: int, value: float) -> int:
        """Return the rank of a figure among a year's destinations, the largest first."""
        return 1 + sum(other > value for other in self.by_destination(measure, year).values())

    def years(self, measure: str) -> list[int]:
        """Return the years that have a figure."""
        return sorted(year for year in self.cells.get(measure, {}) if year <= self.last)

    def is_half(self, year: int) -> bool:
        """Tell whether a year is the mid-year one of the release."""
        return self.period == "mid" and year == self.newest

    def see(self, sees: int) -> Figures:
        """Return the same, cut at the last year that a text could see."""
        last = min(sees, self.newest)
        return replace(self, last=last, main=_find_main(self.cells["pending"], last))


def build_figures(history: History, release: str, *, wider: bool = False) -> Figures:
    """Collect one release's figures; `Figures.see` then cuts them at what a text could see.

    Parameters
    ----------
    history : History
        pending, applications, decisions, every_origin, countries.
    release : str
        One of its releases.
    wider : bool
        Also collect measures that only the search for coincidences looks at.
    """
    info = history.find(release)
    stocks = history.select(release, "pending")
    flows = history.select(release, "applications")
    cells = {name: _collect(stocks, name) for name in ("pending", "refugees", "oip")}
    for unit in UNITS:
        own = flows[flows["unit"] == unit]
        cells[f"applied_{unit}"] = _collect(own[own["stage"] == "new"], "applied")
        if wider:
            cells |= _collect_wider(own, history.select(release, "decisions"), unit)
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


def _collect_wider(flows: pd.DataFrame, decisions: pd.DataFrame, unit: str) -> Cells:
    """Collect what is near to a claim without being one: mixed stages, appeals, decisions."""
    mixed = flows["stage"].isin(["new", "mixed"])
    # Court rows of the United States stand under appeals in some years and under new in others.
    court = mixed | flows["level_code"].eq("EO")
    first = decisions[(decisions["unit"] == unit) & (decisions["level"] == "first")]
    return {
        f"applied_{unit}_with_mixed": _collect(flows[mixed], "applied"),
        f"applied_{unit}_with_court": _collect(flows[court], "applied"),
        f"applied_{unit}_all_stages": _collect(flows, "applied"),
        **{f"{name}_{unit}": _collect(first, name) for name in (*OUTCOMES, "total")},
    }


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
            flag_stock_years(findings, totals).assign(measure="pending"),
            new.assign(measure="applied_" + new["unit"]),
        ]
    )
    broken = flagged[~flagged["is_comparable"].astype(bool)]
    return {
        (row["measure"], int(row["year"])): row["broken_by"] for row in broken.to_dict("records")
    }
