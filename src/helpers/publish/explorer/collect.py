"""One origin's figures in one release, as the notebooks compute them, and what does not compare.

A measure is a mapping of names to values by year: `total`, `without` (the origin's main
destination, chosen once), `rest` (without each year's largest destination), `largest` (which that
is), `lower` and `upper` where there is a range, `undetermined` (the destinations that leave it
open), `world_without` and `world_rest` (all origins' claims pending without those destinations),
and by destination `places`, `places_lower`, `places_upper`. Persons and cases, and the levels of
decisions, are measures of their own, since none of them can be added. `lodged-range` is the
notebooks' range of claims lodged, in persons (`analysis.lodged`), its middle the total.

A break counts where it moves a series by more than a tenth (`Thresholds.breaks_total`): a stock or
decisions against the year's figure, claims lodged and a single destination's series against the
greater of both years. In the range a change of unit or stage breaks nothing, since it holds both.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from helpers.analysis import lodged, measures
from helpers.analysis.breaks import hold_code
from helpers.analysis.study_tables import StudyTables
from helpers.analysis.thresholds import Thresholds
from helpers.analysis.unknown_origin import allocate_unknown, bound_applied, bound_pending
from helpers.data.releases import Core, load_core, load_earlier
from helpers.study import Study

Measure = dict[str, Any]
# Which series a break touches, as bits: the scripts of the page know them by the same numbers.
BITS = {"total": 1, "place": 2, "without": 4, "rest": 8}
COLUMNS = ["year", "asylum", "kind", "effect", "reason", "touched"]
TOUCHES = {"pending": "pending", "lodged": "applications", "recognised": "decisions"}
_KEY = ["year", "asylum"]


class OriginTables(StudyTables):
    """An origin's tables in a release that is read whole; it need not have claims pending."""

    @cached_property
    def pending(self) -> pd.DataFrame:
        """The origin's pending claims by year and asylum."""
        return measures.select_origin(self.core.pending, self.scope.origin, self.scope.years)

    @cached_property
    def mid_years(self) -> dict[str, Core]:
        """The mid-year releases before this one, which a process reads once for all origins."""
        return load_earlier(self.scope.info, period="mid")

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Every measure that has a figure, by name.

        pending, lodged-range, lodged-persons, lodged-cases, recognised-<level>-<unit>, each with
        `rows` (year, asylum, value), against which its breaks are held.
        """
        years, main, claims = self.scope.years, self.main_destination, self.applications
        pending = _sum_up(self.pending, "pending", years, main)
        is_known = pending["total"].notna()
        for name in ("without", "rest"):  # a year with the one destination alone leaves 0
            pending[name] = pending[name].fillna(0).where(is_known)
        pending |= self._bound_stock() | self._sum_world(pending["largest"])
        found = {"pending": pending, "lodged-range": self._collect_range()}
        bounds = bound_applied(self.core, self.scope.origin)
        new, strict = bounds[bounds["stage"] == "new"], claims[claims["stage"] == "new"]
        for unit in measures.UNITS:
            own = _take_range(new[new["unit"] == unit].set_index("year").reindex(years))
            rows = strict[strict["unit"] == unit]
            found[f"lodged-{unit}"] = _sum_up(rows, "applied", years, main) | own
        for keys, part in self.decisions.groupby(["level", "unit"]):
            measure = _sum_up(part, "recognised", years, main)
            measure["rows"] = part[_KEY].assign(value=part["total"])
            found["-".join(["recognised", *map(str, keys)])] = measure
        return {name: each for name, each in found.items() if each["total"].notna().any()}

    def _bound_stock(self) -> Measure:
        """Bound claims pending, and at a destination where its rule adds claims."""
        core, origin, years = self.core, self.scope.origin, self.scope.years
        bounds = bound_pending(core, origin, years).set_index("year")
        added = allocate_unknown(core, origin)[[*_KEY, "added"]]
        raised = added[added["added"] > 0].merge(self.pending[[*_KEY, "pending"]], on=_KEY)
        raised["upper"] = raised["pending"] + raised["added"]
        return _take_range(bounds) | {"places_upper": spread(raised, "upper")}

    def _sum_world(self, largest: pd.Series) -> Measure:
        """Sum all origins' claims pending without the destination that a second line leaves out."""
        rows, years = self.release.by_asylum, self.scope.years
        there = rows.set_index(["asylum", "year"])["pending"]
        world = rows.groupby("year")["pending"].sum(min_count=1).reindex(years)
        main = pd.Series(self.main_destination, index=years)
        without, rest = (
            world - there.reindex(pd.MultiIndex.from_arrays([codes, years])).fillna(0).to_numpy()
            for codes in (main, largest)
        )
        return {"world_without": without, "world_rest": rest}

    def _collect_range(self) -> Measure:
        """Collect claims lodged in persons, from the least to the most that they can be."""
        table, years = self.lodged_bounds, self.scope.years
        every = lodged.bound_lodged(table, years).set_index("year")
        reported = table[table[["persons", "cases"]].notna().any(axis=1)]
        measure = _sum_up(reported, "estimate", years, self.main_destination)
        lost = every["gaps"].where(every["applied_upper"].isna() & every["gaps"].ne(""))
        return measure | {
            "total": every["applied_middle"],
            "lower": every["applied_lower"],
            "upper": every["applied_upper"],
            "undetermined": lost,
            "places_lower": spread(reported, "lower"),
            "places_upper": spread(reported, "upper"),
        }


def open_origin(release: str, origin: str) -> OriginTables:
    """Open an origin in a release; InputError where the release does not hold it."""
    return OriginTables(Study.resolve(release=release, origin=origin), load_core(release))


def _sum_up(rows: pd.DataFrame, column: str, years: range, main: str | None) -> Measure:
    """Sum a reported measure over destinations, with and without the largest."""
    values = rows[_KEY].assign(value=rows[column].astype("float64"))
    wide = values.groupby(_KEY)["value"].sum(min_count=1).unstack().reindex(years)
    top = wide.max(axis=1)
    largest = wide[top > 0].idxmax(axis=1).reindex(years)
    is_largest = pd.DataFrame({code: largest.eq(str(code)) for code in wide}, index=wide.index)
    return {
        "total": wide.sum(axis=1, min_count=1),
        "without": wide.drop(columns=main or [], errors="ignore").sum(axis=1, min_count=1),
        "rest": wide.mask(is_largest).sum(axis=1, min_count=1),
        "largest": largest,
        "places": spread(values, "value"),
        "rows": values,
    }


def _take_range(bounds: pd.DataFrame) -> Measure:
    lost = bounds["undetermined"]
    return {"upper": bounds["upper"], "undetermined": lost.where(lost != "")}


def spread(rows: pd.DataFrame, column: str, place: str = "asylum") -> dict[str, pd.Series]:
    """Sum a column by place, over `year`; without the years that have no figure."""
    sums = rows.groupby([place, "year"])[column].sum(min_count=1).dropna()
    return {str(code): part.droplevel(0) for code, part in sums.groupby(level=0)}


def flag_breaks(name: str, tables: OriginTables) -> pd.DataFrame:
    """Return the breaks that touch a measure; of one key, the one with the largest effect.

    year, asylum, kind, effect (claims, signed), reason (why; empty where nobody knows), touched
    (the sum of `BITS`).
    """
    measure, findings, main = tables.measures[name], tables.breaks, tables.main_destination
    kind, *rest = name.split("-")
    found = findings[findings["touches"].eq(TOUCHES[kind]) & findings["kind"].ne("mid_year")]
    if rest == ["range"]:
        found = found[~found["kind"].isin(["unit_change", "stage_change"])]
    elif kind == "lodged":
        series = zip(found["stage"], found["unit"], strict=True)
        found = found.loc[[hold_code(s, "new") and hold_code(u, rest[0]) for s, u in series]]
    is_moved = kind == "lodged" and rest != ["range"]
    effect = found["moved" if is_moved else "effect_on_origin"]
    found = found.assign(effect=effect, size=effect.abs().astype("float64").fillna(0))
    rows, largest = measure["rows"], measure["largest"]
    years, touched = measure["total"].index, pd.Series(0, index=found.index)
    dropped = {"total": pd.Series("", years), "without": pd.Series(main, years), "rest": largest}
    for part, codes in dropped.items():
        here, values = (each[each["asylum"] != each["year"].map(codes)] for each in (found, rows))
        sums = values.groupby("year")["value"].sum()
        if kind == "lodged":
            sums = _take_greater(sums)
        above = _exceeds(here, here["year"].map(sums))
        touched += BITS[part] * above.reindex(found.index, fill_value=False)
    base = _take_greater(rows.groupby(_KEY)["value"].sum())
    base = base.reindex(pd.MultiIndex.from_frame(found[_KEY])).set_axis(found.index)
    touched += BITS["place"] * _exceeds(found, base)
    table = found.assign(touched=touched)[touched > 0]
    table = table.sort_values(["year", "size"], ascending=[True, False])
    return table.drop_duplicates(["year", "asylum", "kind"])[COLUMNS].reset_index(drop=True)


def _take_greater(sums: pd.Series) -> pd.Series:
    """Take the greater of each year's figure and that of the year before."""
    before = sums.rename(index=lambda year: year + 1, level="year")
    return pd.concat([sums, before], axis=1).max(axis=1)


def _exceeds(found: pd.DataFrame, base: pd.Series) -> pd.Series:
    """Tell which findings move a figure above 0 by more than a tenth."""
    base = base.astype("float64")
    return (found["size"] > Thresholds.breaks_total * base) & (base > 0)
