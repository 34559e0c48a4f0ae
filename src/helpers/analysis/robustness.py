"""What a referee asks of a comparison of two eras, each design run on a study's own tables.

The designs have modules of their own; here they are given the study's eras, its comparable years
and its choices. An origin without eras, or years that do not hold both, gives empty tables.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.analysis import (
    breaks,
    interrupted_time_series,
    placebo,
    shift_share,
    specification_curve,
    stock_flow,
)
from helpers.analysis.eras import WITHOUT
from helpers.analysis.measures import stack
from helpers.analysis.study_tables import StudyTables
from helpers.analysis.thresholds import FEWEST_FOR_RATIO
from helpers.data.releases import Core, load_earlier
from helpers.study import list_releases

EVERY_ORIGIN, EXPOSED = "all origins", "same main destination"
ALL, SOUND = "All destinations", "Destinations without breaks"
SHARE = "Share of the world's"
WHOLE_RUN, ERA_TO_ERA = "longest run without a break", "from era to era"


def compare_origins(tables: StudyTables) -> pd.DataFrame:
    """Compare the eras of every origin, and of those with the same main destination.

    Returns the columns of `placebo.compare_origins`, with last_year (the later era is ended at the
    last comparable year, and at the study's last) and group (all origins, same main destination).
    """
    earlier, later = tables.spans
    last = breaks.find_last_comparable(tables.pending_by_year)
    exposed = placebo.find_exposed(tables.release.pending, tables.main_destination, earlier)
    given = tables.core.by_origin, tables.scope.origin, earlier
    groups = {EVERY_ORIGIN: None, EXPOSED: {*exposed, tables.scope.origin}}
    parts = [
        placebo.compare_origins(*given, range(later.start, end + 1), among=among).assign(
            last_year=end, group=group
        )
        for end in sorted({last, later.stop - 1} & {*later})
        for group, among in groups.items()
    ]
    return stack(parts, [*placebo.COLUMNS, "last_year", "group"])


def place_origin(placebos: pd.DataFrame, origin: str, group: str = EVERY_ORIGIN) -> pd.DataFrame:
    """Place the origin in a group of `compare_origins`, up to the last comparable year.

    Returns measure, ratio, median_of_others (missing where there is none), rank, n_origins,
    share_above (0-1: the part of the others whose ratio is greater); empty where the origin is not
    ranked.
    """
    ranked = placebos[placebos["group"].eq(group)].set_index("measure")
    ranked = ranked[ranked["last_year"].eq(ranked["last_year"].min())]
    is_own = ranked["origin"].eq(origin)
    own, others = ranked[is_own], ranked.loc[~is_own, "ratio"].astype("float64")
    is_above = others > own["ratio"].reindex(others.index)
    place = own[["ratio", "rank", "n_origins"]].assign(
        median_of_others=others.groupby("measure").median().reindex(own.index),
        share_above=is_above.groupby("measure").mean().reindex(own.index),
    )
    return place.reset_index()


def search_breaks(tables: StudyTables) -> pd.DataFrame:
    """Try every year as the break of the origin's pending claims, up to the last comparable year.

    The series are all destinations, those whose count did not change, and the share of the world's
    claims; the columns those of `interrupted_time_series.fit_breaks`.
    """
    take_logs, least = interrupted_time_series.take_logs, interrupted_time_series.LEAST
    by_year = tables.pending_by_year
    ends = by_year[by_year["period"].eq("end")].set_index("year")
    ends = ends.loc[: breaks.find_last_comparable(by_year)]
    is_sound = ~tables.pending["asylum"].isin(tables.grave_breaks["asylum"])
    sound = tables.pending[is_sound].groupby("year")["pending"].sum()
    logs = {
        ALL: take_logs(ends["pending"], least),
        SOUND: take_logs(sound.reindex(ends.index, fill_value=0), least),
        SHARE: take_logs(ends["share_of_world"].where(ends["pending"] >= least)),
    }
    return interrupted_time_series.fit_breaks({n: v for n, v in logs.items() if v is not None})


def find_best_breaks(tables: StudyTables, fits: pd.DataFrame) -> pd.DataFrame:
    """Set each series' best break (`search_breaks`) beside what the study's boundary removes."""
    return interrupted_time_series.summarise_breaks(fits, next(iter(tables.spans[1]), None))


def run_specifications(
    tables: StudyTables, core: Core | None = None, half: int = 0
) -> pd.DataFrame:
    """Answer each question under every combination of choices.

    `core` is another release than the study's, `half` a year of which it has six months. Returns
    the columns of `specification_curve.compare_spans`.
    """
    scope, boundaries = tables.scope, tables.boundaries
    endings = {specification_curve.ALL: "", specification_curve.WITHOUT: WITHOUT}
    partial = {
        name: {*tables.partial[f"applied_middle{ending}"], half} for name, ending in endings.items()
    }
    given = scope.origin, scope.years, tables.main_destination, partial
    hand = tables.factors, tables.lodged_rules
    variants = specification_curve.list_variants(core or tables.core, *given, *hand)
    asked = [b for b in boundaries if set(b.compare) == set(boundaries[0].compare)]
    return specification_curve.compare_spans(variants, asked, scope.years)


def compare_releases(tables: StudyTables) -> pd.DataFrame:
    """Answer each question under the study's own choices, on every release up to its own.

    A release whose main destination only repeats an earlier figure is left out, and so are the
    claims lodged in the half year that ends a mid-year release. Returns release, and the columns of
    `specification_curve.compare_spans`.
    """
    scope = tables.scope
    cores = load_earlier(scope.info, {scope.origin}) | {scope.release: tables.core}
    halves = {info.name: info.newest_year for info in list_releases() if info.period == "mid"}
    parts = [
        run_specifications(tables, core, halves.get(name, 0)).assign(release=name)
        for name, core in cores.items()
        if core.pending["origin"].eq(scope.origin).any()
        and not specification_curve.repeats_main(core, tables.main_destination)
    ]
    compared = specification_curve.COMPARED
    every = stack(parts, [compared[0], "release", *compared[1:]])
    own = every["destinations"].eq(specification_curve.ALL)
    own &= every["boundary"].isin([boundary.name for boundary in tables.boundaries[:1]])
    own &= every["start"].eq(specification_curve.STARTS[0])
    own &= every["unit"].isin(["", next(iter(specification_curve.UNITS))])
    return every[own].reset_index(drop=True)


def list_breaks_at_main(tables: StudyTables) -> list[int]:
    """List the years in which a break, however small, parts the stock at the main destination."""
    found = tables.breaks
    here = (found["asylum"] == tables.main_destination) & (found["touches"] == "pending")
    return sorted(set(found.loc[here, "year"]))


def split_growth(tables: StudyTables, backlogs: pd.DataFrame) -> pd.DataFrame:
    """Split the growth of claims from era to era, and over the longest run without a break.

    The run is the main destination's (`find_run`). Takes `shift_share.list_backlogs` and returns
    the columns of `shift_share.split_growth`.
    """
    run = find_run(backlogs, tables.main_destination, list_breaks_at_main(tables))
    earlier, later = tables.spans
    spans = {ERA_TO_ERA: (earlier, later), WHOLE_RUN: (run[:1], run[-1:])}
    return shift_share.split_growth(
        backlogs, {name: pair for name, pair in spans.items() if all(map(len, pair))}
    )


def find_run(backlogs: pd.DataFrame, main: str | None, broken: Sequence[int]) -> range:
    """Find the main destination's longest run without a break and with enough claims for a ratio.

    Takes `shift_share.list_backlogs`; empty where no year has enough. A year with a break may begin
    a run, since what follows compares with it; of runs that are as long, the last one is taken.

    >>> backlogs = pd.DataFrame({"asylum": "DDD", "year": range(2000, 2010), "ours": 100})
    >>> find_run(backlogs, "DDD", [2003, 2008]), find_run(backlogs.drop(4), "DDD", [])
    (range(2003, 2008), range(2005, 2010))
    """
    is_enough = (backlogs["asylum"] == main) & (backlogs["ours"] >= FEWEST_FOR_RATIO)
    years = backlogs.loc[is_enough, "year"].sort_values()
    is_first = years.diff().ne(1) | years.isin(broken)
    runs = [range(run.min(), run.max() + 1) for _, run in years.groupby(is_first.cumsum())]
    return max(reversed(runs), key=len, default=range(0))


def estimate_paces(tables: StudyTables) -> pd.DataFrame:
    """Estimate the years that the claims pending would take at the pace of the year's decisions.

    Those of `stock_flow.estimate_years_to_decide`, without the decisions of six months.
    """
    paces = stock_flow.estimate_years_to_decide(tables.core, tables.scope.origin)
    return paces[~stock_flow.has_pair(paces, tables.half_years)]
