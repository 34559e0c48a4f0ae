"""One release's figures as claims are checked on them: by measure, year and destination.

Stocks and flows keep their own names; persons and cases are never added. A figure that is not on
file is None, and so is a destination that has no row, since an absent pair is no measured zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.measures import UNITS

if TYPE_CHECKING:
    from helpers.data.releases import History

MEASURES = ("pending", "applied_persons", "applied_cases", "refugees", "oip")
OUTCOMES = ("recognised", "other", "rejected", "closed", "total")
LARGEST, MAIN = "largest", "main"
WITHOUT = (None, LARGEST, MAIN)

Cells = dict[str, dict[int, dict[str, int]]]


@dataclass(frozen=True)
class Bounds:
    """Bounds by year: claims pending with a likely share of unknown origin, claims in persons."""

    pending: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)
    applied: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)


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
    bounds: Bounds = field(default_factory=Bounds)
    broken: Mapping[tuple[str, int], str] = field(default_factory=dict)
    printed: Mapping[tuple[str, int], float] = field(default_factory=dict)

    def places(self, measure: str, year: int) -> dict[str, int]:
        """Return the destinations that have a figure in a year; none beyond what is seen."""
        return self.cells.get(measure, {}).get(year, {}) if year <= self.last else {}

    def total(self, measure: str, year: int, without: str | None = None) -> float | None:
        """Return the origin's total, without the largest or the main destination where asked."""
        if without is None and (measure, year) in self.printed:
            return self.printed[measure, year]
        places = self.places(measure, year)
        if not places:
            return None
        left_out = max(places.values()) if without == LARGEST else 0
        if without == MAIN:
            left_out = places.get(self.main or "", 0)
        return sum(places.values()) - left_out

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

    def swap(self, printed: Mapping[tuple[str, int], float]) -> Figures:
        """Return the same with a text's own figures in place of the release's."""
        return replace(self, printed=printed)


def build_figures(
    history: History, release: str, *, wider: bool = False, bounds: Bounds | None = None
) -> Figures:
    """Collect one release's figures; `Figures.see` then cuts them at what a text could see.

    Parameters
    ----------
    history : History
        pending, applications, decisions, every_origin, countries.
    release : str
        One of its releases.
    wider : bool
        Also collect measures that only the search for coincidences looks at.
    bounds : Bounds, optional
        For restatements.

    Returns
    -------
    Figures
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
    places = zip(
        history.countries["iso3"].tolist(), history.countries["unsd_region"].tolist(), strict=True
    )
    return Figures(
        release, info.period, info.newest_year, info.newest_year, cells,
        dict(zip(keys, every["pending"].tolist(), strict=True)),
        {code: region for code, region in places if isinstance(region, str)},
        _find_main(cells["pending"], info.newest_year), bounds or Bounds(),
    )  # fmt: skip


def _find_main(pending: Mapping[int, Mapping[str, int]], last: int) -> str | None:
    """Find the main destination: the most pending claims over all years, ties to the first code."""
    sums: dict[str, int] = defaultdict(int)
    for year, places in pending.items():
        for code, value in places.items():
            sums[code] += value if year <= last else 0
    return min(sums, key=lambda code: (-sums[code], code)) if any(sums.values()) else None


def _collect(frame: pd.DataFrame, column: str) -> dict[int, dict[str, int]]:
    """Sum a column by year and destination; a year with nothing on file does not appear."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    known = frame[frame[column].notna()]
    for year, asylum, value in zip(
        known["year"].tolist(), known["asylum"].tolist(), known[column].tolist(), strict=True
    ):
        found[year][asylum] += int(value)
    return {year: dict(places) for year, places in found.items()}


def _collect_wider(flows: pd.DataFrame, decisions: pd.DataFrame, unit: str) -> Cells:
    """Collect what is near to a claim without being one: mixed stages, appeals, decisions."""
    mixed = flows["stage"].isin(["new", "mixed"])
    cells = {
        f"applied_{unit}_with_mixed": _collect(flows[mixed], "applied"),
        # Court rows of the United States stand under appeals in some years and under new in others.
        f"applied_{unit}_with_court": _collect(
            flows[mixed | flows["level_code"].eq("EO")], "applied"
        ),
        f"applied_{unit}_all_stages": _collect(flows, "applied"),
    }
    first = decisions[(decisions["unit"] == unit) & (decisions["level"] == "first")]
    return cells | {f"{name}_{unit}": _collect(first, name) for name in OUTCOMES}
