"""The tables of one study: an origin's claims by year, its eras, and the answer.

`load_tables` reads a release once; each table is computed when it is first asked for. The columns
are those of the files of the same names in a run's tables/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from helpers.analysis import (
    breaks,
    destinations,
    eras,
    lodged,
    measures,
    sensitivity,
    stock_flow,
    unknown_origin,
)
from helpers.analysis.eras import WITHOUT
from helpers.analysis.thresholds import FEWEST_FOR_RATIO, Thresholds
from helpers.data import hand
from helpers.data.releases import Core, load_core, load_earlier
from helpers.study import Boundary, InputError, Study

REPORTED = ["applied_inclusive_persons", "applied_inclusive_cases", "applied_middle"]
PERIOD_MEASURES = ["applied_middle", *REPORTED[:2], "pending"]
TRIED = ["pending", "share_of_world", "applied_middle", "refugees"]


def load_tables(scope: Study, *, every_origin: bool = False) -> StudyTables:
    """Load a study's release: its origin's rows, or those of every origin that the release holds.

    InputError as `load_core`, or where the origin has no pending claim in the study's years.
    """
    return StudyTables(scope, load_core(scope.release, None if every_origin else scope.origin))


@dataclass(frozen=True)
class StudyTables:
    """An origin's tables over a study's years; `release` holds every origin or the study's own."""

    scope: Study
    release: Core
    # A break that moves this share of the total makes a year incomparable; of so many claims a
    # share or ratio is printed.
    limit: ClassVar[float] = Thresholds.breaks_total
    fewest: ClassVar[int] = FEWEST_FOR_RATIO

    @cached_property
    def core(self) -> Core:
        """The release narrowed to the origin's own rows."""
        return breaks.narrow_core(self.release, self.scope.origin)

    @cached_property
    def pending(self) -> pd.DataFrame:
        """The origin's pending claims by year and asylum."""
        origin, years = self.scope.origin, self.scope.years
        rows = measures.select_origin(self.core.pending, origin, years)
        if not (rows["pending"] > 0).any():
            span = f"{years[0]} to {years[-1]}"
            raise InputError(f"no claim from {origin} was pending in {span}: ask for other years")
        return rows

    @cached_property
    def applications(self) -> pd.DataFrame:
        """The origin's applications, row by row."""
        return measures.select_origin(self.core.applications, self.scope.origin, self.scope.years)

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """The origin's decisions, row by row."""
        return measures.select_origin(self.core.decisions, self.scope.origin, self.scope.years)

    @cached_property
    def main_destination(self) -> str | None:
        """The destination with most claims pending over all years (ISO3)."""
        return measures.find_main_destination(self.pending)

    @cached_property
    def factors(self) -> tuple[Any, ...]:
        """Persons a case: the entries of data/hand/persons_per_case.yml."""
        return tuple(hand.load_persons_per_case())

    @cached_property
    def lodged_rules(self) -> tuple[Any, ...]:
        """What counts as lodged: the entries of data/hand/lodged.yml."""
        return tuple(hand.load_lodged_rules())

    @cached_property
    def peoples_apart(self) -> tuple[Any, ...]:
        """The origin's entries of data/hand/populations.yml: a people of their own."""
        return tuple(hand.load_populations(self.scope.origin))

    @cached_property
    def mid_years(self) -> Any:
        """The mid-year releases before this one, by name."""
        return load_earlier(self.scope.info, {self.scope.origin}, "mid")

    @cached_property
    def breaks(self) -> pd.DataFrame:
        """Breaks found by rule (`breaks.find_breaks`)."""
        scope, known = self.scope, {"previous": self.mid_years, "register": hand.load_breaks()}
        given = self.core, scope.origin
        return breaks.find_breaks(*given, info=scope.info, years=scope.years, **known)

    @cached_property
    def grave_breaks(self) -> pd.DataFrame:
        """The breaks that move the origin's pending total by more than `limit`."""
        keys = ["year", "asylum", "kind"]
        return breaks.keep_grave(self.breaks).sort_values(keys, ignore_index=True)

    @cached_property
    def pending_by_year(self) -> pd.DataFrame:
        """Claims pending a year, with range, status, share of the world, refugees and others."""
        scope, core = self.scope, self.core
        table = measures.measure_pending(
            self.pending, core.by_origin, scope.years, self.main_destination
        )
        bounds = unknown_origin.bound_pending(core, scope.origin, scope.years)
        flags = breaks.flag_stock_years(self.breaks, table)
        table = table.merge(bounds, on="year").merge(flags, on="year")
        half = scope.info.half_year
        table.insert(1, "period", ["mid" if year == half else "end" for year in table["year"]])
        table = table.join(self._stocks.drop(columns=table.columns, errors="ignore"), on="year")
        refugees = breaks.flag_stock_years(self.breaks, table, "refugees").set_index("year")
        return table.join(refugees[["is_comparable", "status"]].add_prefix("refugees_"), on="year")

    def _pair(
        self, measure: Callable[..., pd.DataFrame], *frames: pd.DataFrame, **more: Any
    ) -> pd.DataFrame:
        """Measure by year with and without the main destination, whose names end in `WITHOUT`."""
        others = [measures.leave_out(frame, self.main_destination) for frame in frames]
        every, rest = (
            measure(*rows, self.scope.years, **more).set_index("year") for rows in (frames, others)
        )
        return every.join(rest.add_suffix(WITHOUT))

    @cached_property
    def _stocks(self) -> pd.DataFrame:
        given = self.pending, self.release.by_asylum
        table = self._pair(measures.measure_stocks, *given, populations=self.peoples_apart)
        # Who is reported by the main destination alone is nobody elsewhere: 0, and not missing.
        elsewhere = measures.leave_out(self.pending, self.main_destination)["year"]
        is_alone = ~table.index.isin(elsewhere)
        for name in table.columns[~table.columns.str.endswith(WITHOUT)]:
            table[name + WITHOUT] = table[name + WITHOUT].mask(is_alone, table[name] * 0)
        return table

    @cached_property
    def applications_by_rule(self) -> pd.DataFrame:
        """The origin's applications with the rule by which each counts as lodged."""
        return lodged.mark_lodged(self.applications, self.lodged_rules)

    @cached_property
    def lodged_gaps(self) -> pd.DataFrame:
        """Flows that are not of a whole year: year, asylum, months (`lodged.find_gaps`)."""
        every = lodged.mark_lodged(self.core.applications_by_asylum, self.lodged_rules)
        return lodged.find_gaps(self.applications_by_rule, every, self.pending, self.half_years)

    @cached_property
    def half_years(self) -> pd.DataFrame:
        """Destinations and years whose flows are of six months (`lodged.find_half_year_flows`)."""
        given = self.core, self.scope.info, self.mid_years, hand.load_breaks()
        return lodged.find_half_year_flows(*given)

    @cached_property
    def lodged_bounds(self) -> pd.DataFrame:
        """Claims lodged by year and asylum, with bounds (`lodged.bound_destinations`)."""
        return lodged.bound_destinations(
            self.core, self.scope.origin, self.applications, self.lodged_gaps,
            rules=self.lodged_rules, factors=self.factors, mid_years=self.mid_years,
        )  # fmt: skip

    @cached_property
    def _lodged(self) -> pd.DataFrame:
        return self._pair(lodged.bound_lodged, self.lodged_bounds)

    @cached_property
    def lodged_by_year(self) -> pd.DataFrame:
        """Claims lodged a year: strict and inclusive, with bounds and what they consist of."""
        is_twin = self._lodged.columns.str.endswith(WITHOUT)
        without = self._lodged[[name + WITHOUT for name in REPORTED]]
        return self._lodged.loc[:, ~is_twin].join([self._strict, without]).reset_index()

    @cached_property
    def _strict(self) -> pd.DataFrame:
        return self._pair(measures.measure_new_claims, self.applications)

    @cached_property
    def applications_by_year(self) -> pd.DataFrame:
        """Applications by year, stage and unit, with bounds, breaks and the inclusive count."""
        key = ["year", "stage", "unit"]
        table = measures.measure_applications(self.applications, self.scope.years)
        bounds = unknown_origin.bound_applied(self.core, self.scope.origin)
        flags = breaks.flag_applied_years(self.breaks, table)
        table = table.merge(bounds[[*key, "lower", "upper"]], how="left", on=key)
        table = table.merge(flags, on=key)
        names = {lodged.MEASURES[unit]: unit for unit in measures.UNITS}
        every = self.lodged_by_year.rename(columns=names)
        inclusive = every.melt("year", list(measures.UNITS), "unit", "applied_inclusive")
        return table.merge(inclusive.assign(stage=lodged.STRICT), how="left", on=key)

    @cached_property
    def decisions_by_year(self) -> pd.DataFrame:
        """Decisions by year, level and unit, with rates, and rates without the main destination.

        recognition_rate_same_places is that of the destinations that decide at one level in each of
        the last ten years.
        """
        rates = ["recognition_rate", "protection_rate", "closed_share"]
        newest = self.scope.years[-10:]
        every, rest, constant = (
            measures.measure_decisions(rows, years).set_index(["year", "level", "unit"])
            for rows, years in (
                (self.decisions, self.scope.years),
                (measures.leave_out(self.decisions, self.main_destination), self.scope.years),
                (measures.keep_constant_set(self.decisions, newest), newest),
            )
        )
        table = every.join(rest[rates].add_suffix(WITHOUT))
        return table.join(constant[rates[:1]].add_suffix("_same_places")).reset_index()

    @cached_property
    def partial(self) -> dict[str, set[int]]:
        """The years in which a flow is not of a whole year, by measure."""
        return eras.find_partial_years(self._lodged, self.lodged_gaps, self.main_destination)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Every measure by year, with bounds (`eras.list_series`)."""
        stock = ["pending", "pending_excl_main", "lower", "outer"]
        stocks = self.pending_by_year.set_index("year")[stock], self._stocks
        first_instance = self._pair(measures.measure_first_instance, self.decisions)
        every = pd.concat([*stocks, self._lodged, self._strict, first_instance], axis=1)
        # Added up or not, the stocks are the same values; only the kind says which.
        every["pending_summed"] = every["pending"]
        every["pending_summed_excl_main"] = every["pending_excl_main"]
        bounded = ["pending", "applied_middle", "applied_middle_excl_main"]
        sides = {
            "lower": ["lower", "applied_lower", "applied_lower_excl_main"],
            "upper": ["outer", "applied_upper", "applied_upper_excl_main"],
        }
        bounds = {side: every[names].set_axis(bounded, axis=1) for side, names in sides.items()}
        return eras.list_series(every[list(eras.KINDS)], eras.KINDS, self.partial, bounds)

    @cached_property
    def boundaries(self) -> tuple[Boundary, ...]:
        """The study's ways to cut the years into eras; none for an origin without a study."""
        return self.scope.file.boundaries

    @cached_property
    def eras(self) -> pd.DataFrame:
        """Every measure by boundary and era (`eras.summarise_eras`)."""
        parts = [eras.summarise_eras(self.series, b, self.scope.years) for b in self.boundaries]
        return measures.stack(parts, eras.COLUMNS)

    @cached_property
    def period_means(self) -> pd.DataFrame:
        """The answer: means a year in two eras and in the newest years (`compare_periods`)."""
        pair = self.spans if self.boundaries else eras.cut_decades(self.scope.years)
        return eras.compare_periods(self.series, eras.list_periods(*pair), PERIOD_MEASURES)

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """The two eras of the study's own boundary side by side, one row a measure.

        The columns are those of `eras.compare_two`, ratio_excl_collapsed (without the years in
        which a destination's count had collapsed) and ratio_excl_main (without the main
        destination); is_thin is thin with or without it. Empty without eras.
        """
        kept = self.series[~self.series["year"].isin(self.collapsed_years)]
        pair, sound = (
            eras.compare_two(each, *self.spans).set_index("measure", drop=False).rename_axis(None)
            for each in (self.series, kept)
        )
        pair["ratio_excl_collapsed"] = sound["ratio"]
        is_twin = pair["measure"].str.endswith(WITHOUT)
        twins = pair[is_twin].rename(index=lambda name: name.removesuffix(WITHOUT))
        own = pair[~is_twin]
        is_thin = own["is_thin"] | twins["is_thin"].reindex(own.index, fill_value=False)
        return own.assign(ratio_excl_main=twins["ratio"], is_thin=is_thin)

    @cached_property
    def collapsed_years(self) -> list[int]:
        """The years in which a destination's count of pending claims had collapsed."""
        return sensitivity.find_collapsed_years(self.grave_breaks)

    @cached_property
    def ratios_by_handover(self) -> pd.DataFrame:
        """The two eras with the later one beginning in each year around the handover."""
        if not self.scope.boundary:
            return pd.DataFrame(columns=sensitivity.COLUMNS)
        own = self.scope.boundary, self.scope.years
        return sensitivity.try_transitions(self.series, *own, TRIED)

    @cached_property
    def crossed(self) -> list[int]:
        """The years between the compared eras whose total does not compare with the one before."""
        earlier, later = self.spans
        between = range(earlier[0] + 1, later[-1] + 1) if earlier and later else range(0)
        flags = self.pending_by_year
        return flags.loc[flags["year"].isin(between) & ~flags["is_comparable"], "year"].tolist()

    @cached_property
    def newest_era(self) -> range:
        """The years of the last era that the study covers; all years where there are no eras."""
        own = self.scope.boundary.eras if self.scope.boundary else ()
        spans = [eras.clip_era(era, self.scope.years) for era in own]
        return next((span for span in reversed(spans) if len(span)), self.scope.years)

    def count_three_ways(self, span: range) -> pd.DataFrame:
        """Count one period in several ways.

        Returns count (what is counted), value, lower, upper: year-end stocks added up; claims
        lodged, in persons, at least and at most; claims pending at the end. Missing where a year
        is.
        """
        stock = self.pending_by_year.set_index("year")["pending"].reindex(span)
        flows = self.lodged_by_year.set_index("year")[["applied_lower", "applied_upper"]]
        least, most = flows.reindex(span).sum(min_count=len(span))
        summed, last = stock.sum(min_count=len(span)), stock.iloc[-1]
        rows = [
            ("Year-end stocks, added up", summed, summed, summed),
            ("Claims lodged, in persons", least, least, most),
            ("Pending at the end", last, last, last),
        ]
        table = pd.DataFrame(rows, columns=["count", "value", "lower", "upper"])
        return table.astype(dict.fromkeys(["value", "lower", "upper"], "Int64"))

    @cached_property
    def stock_and_flow(self) -> pd.DataFrame:
        """Each destination's stock and flows, year by year (`stock_flow.walk_stock`)."""
        return stock_flow.walk_stock(self.core, self.scope.origin, self.scope.years)

    @cached_property
    def spans(self) -> tuple[range, range]:
        """The years of the two eras that the study compares; empty without eras."""
        own = self.scope.boundary
        return eras.clip_pair(own, self.scope.years) if own else (range(0), range(0))

    @cached_property
    def destinations(self) -> pd.DataFrame:
        """Destinations by year: pending, share, rank, claims lodged, and what names no origin."""
        given = self.pending, self.applications, self.release.countries
        ranked = destinations.rank_destinations(*given)
        return destinations.add_unknown(ranked, self.release.by_asylum)

    @cached_property
    def newest_ranking(self) -> pd.DataFrame:
        """The destinations with claims pending in the last year that has any, the most first."""
        known = self.destinations.dropna(subset=["rank"])
        return known[known["year"] == known["year"].max()].reset_index(drop=True)

    @cached_property
    def unnamed(self) -> pd.DataFrame:
        """Destinations that name hardly any origin, and none of this one (`list_unnamed`)."""
        every = self.release.by_asylum
        every = every[every["year"].isin(self.scope.years)]
        return destinations.list_unnamed(every, self.destinations)

    @cached_property
    def concentration(self) -> pd.DataFrame:
        """How concentrated the claims are (`destinations.measure_concentration`)."""
        return destinations.measure_concentration(self.destinations)

    @cached_property
    def era_ranks(self) -> pd.DataFrame:
        """The first destinations of the two compared eras (`destinations.compare_ranks`)."""
        return destinations.compare_ranks(self.destinations, *self.spans, self.scope.top_n)

    @cached_property
    def destination_rates(self) -> pd.DataFrame:
        """Decisions of the last years by destination, level and unit, with rates and breaks."""
        last = int(self.newest_ranking["year"].iloc[0])
        years = [y for y in self.scope.years if last - destinations.RATED_YEARS < y <= last]
        rates = destinations.rate_destinations(self.decisions, years)
        return destinations.flag_rates(rates, self.breaks)
