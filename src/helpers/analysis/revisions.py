"""Revisions: what each release changed in the figures of the one before, cell by cell.

What a change means depends on the year's state in the two releases:

- `new`: the earlier release does not reach the year.
- `completed`: it has the year at mid-year, the later one at year-end: nothing was corrected.
- `provisional`: both have the year at mid-year.
- `past`: the year had ended in the earlier release, so a change is a correction.

Claims lodged in six months are part of a year's, and never compared with them as right and wrong.

Throughout, `infos` are releases, the oldest publication first; the last of them is now. `cells` are
an origin's figures in each by name (`list_releases_figures`), `totals` those of `list_totals`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from helpers.analysis import measures
from helpers.analysis.measures import OUTCOMES, UNITS, collect_cells, sort_listed, stack, sum_whole
from helpers.data.columns import LEVEL_OF, STAGE_OF
from helpers.data.releases import History
from helpers.study import ReleaseInfo

LABELS = ("authority", "stage_code", "level_code", "unit")
KEY = ("table", "year", "asylum", *LABELS)
SERIES = ["table", "measure", "group", "unit", "year"]
# Raw table -> the history's table and its figures.
FIGURES = {
    "population": ("pending", measures.STOCKS),
    "asylum_applications": ("applications", ("applied",)),
    "asylum_decisions": ("decisions", (*OUTCOMES, "total")),
}
CHANGES = ("added", "revised", "completed", "withdrawn")
STATES = ("past", "completed", "provisional", "new")
REFERENCES = {"mid": "mid-year", "end": "year-end"}
TOLERANCE = 0.01  # of a year's base; what moves a year by more is no small correction
MUCH = 0.25  # of a year's claims; a year that repeats more is completed in name only
FEWEST = 100  # claims of a year; fewer agree by chance
MEASURE_LABELS = {
    "pending": "Claims pending",
    "applied_persons": "New claims, persons",
    "applied_cases": "New claims, cases",
    "decided_persons": "Decisions of first instance, persons",
    "decided_cases": "Decisions of first instance, cases",
}
PAIR = ("release_from", "release_to")
COLUMNS = [*PAIR, "table", "year", "asylum", "before", "after", "measure", "change"]
COLUMNS += ["year_state", "period_from", "period_to", *LABELS]


def choose_releases(infos: Sequence[ReleaseInfo], last: ReleaseInfo) -> tuple[ReleaseInfo, ...]:
    """Keep the releases up to one, oldest first: what could be known when that one came out."""
    names = [info.name for info in infos]
    return tuple(infos[: names.index(last.name) + 1])


def name_period(year: int, info: ReleaseInfo) -> str:
    """Say whether a release has a year at mid-year ("mid"), at its end ("end") or not ("")."""
    if year > info.newest_year:
        return ""
    return "mid" if year == info.half_year else "end"


def name_state(year: int, before: ReleaseInfo, after: ReleaseInfo) -> str:
    """Name what a change of a year's figure means: new, completed, provisional or past."""
    period = name_period(year, before)
    if period != "mid":
        return "past" if period else "new"
    return "provisional" if name_period(year, after) == "mid" else "completed"


def say_state(state: str, period_to: str) -> str:
    """Say what a year was to two releases, and mark it where the later one has it at mid-year.

    >>> say_state("new", "mid"), say_state("past", "end")
    ('new, at mid-year', 'ended before')
    """
    said = {"completed": "completed, mid-year before", "past": "ended before"}.get(state, state)
    return said + (", at mid-year" if period_to == "mid" else "")


def list_releases_figures(
    history: History, infos: Sequence[ReleaseInfo], years: Iterable[int]
) -> dict[str, pd.DataFrame]:
    """List every cell of each release, by its name.

    Returns table (its raw name), year, asylum, authority, stage_code, level_code, unit (empty where
    the table has none), measure, value. A figure that is missing has no row; a zero has one.
    """
    wanted, parts = list(years), []
    for name, (table, figures) in FIGURES.items():
        frame = getattr(history, table)
        lacking = {label: "" for label in LABELS if label not in frame}
        frame = frame[frame["year"].isin(wanted)].assign(table=name, **lacking)
        parts.append(frame.melt(["release", *KEY], list(figures), "measure"))
    types = dict.fromkeys(["table", "measure", *LABELS], "str") | {"value": "Int64"}
    every = pd.concat(parts).astype(types).dropna(subset=["value"]).set_index("release")
    return {info.name: every[every.index == info.name].reset_index(drop=True) for info in infos}


def list_revisions(cells: Mapping[str, pd.DataFrame], infos: Sequence[ReleaseInfo]) -> pd.DataFrame:
    """List the changed cells between each two consecutive releases.

    Returns release_from, release_to, table, year, asylum, before, after (missing where there is no
    such cell), measure, change (added, revised, withdrawn, or completed), year_state, period_from,
    period_to (mid or end; empty where the release does not reach the year), and the cell's labels.
    """
    parts = []
    for before, after in pairwise(infos):
        old = cells[before.name].rename(columns={"value": "before"})
        now = cells[after.name].rename(columns={"value": "after"})
        found = old.merge(now, on=[*KEY, "measure"], how="outer", validate="one_to_one")
        found = found[(found["before"] != found["after"]).fillna(True)]
        found = found.assign(
            release_from=before.name,
            release_to=after.name,
            year_state=[name_state(year, before, after) for year in found["year"]],
            period_from=[name_period(year, before) for year in found["year"]],
            period_to=[name_period(year, after) for year in found["year"]],
        ).astype(dict.fromkeys(["year_state", "period_from", "period_to"], "str"))
        found["change"] = np.select(
            [found["after"].isna(), found["before"].isna(), found["year_state"] == "completed"],
            ["withdrawn", "added", "completed"],
            "revised",
        )
        parts.append(sort_listed(found, "table", "table", FIGURES))
    return stack(parts, COLUMNS)


def count_wrong(cells: Mapping[str, pd.DataFrame], revisions: pd.DataFrame) -> int:
    """Count the cells in which a release with its revisions applied is not the next release."""
    key, wrong = [*KEY, "measure"], 0
    changes = revisions.rename(columns={"after": "value"})
    for first, then in pairwise(cells):
        own = changes[(changes["release_from"] == first) & (changes["release_to"] == then)]
        rebuilt = pd.concat([cells[first], own])[[*key, "value"]].drop_duplicates(key, keep="last")
        both = pd.concat([rebuilt.dropna(subset=["value"]), cells[then]])
        wrong += len(both.drop_duplicates(keep=False))
    return wrong


def list_corrections(revisions: pd.DataFrame) -> pd.DataFrame:
    """List the corrections: changed figures of years that had ended, the largest first.

    A zero that came or went is no change of substance and is left out.
    """
    past = revisions[revisions["year_state"] == "past"]
    size = (past["after"].fillna(0) - past["before"].fillna(0)).abs()
    order = size[size > 0].sort_values(ascending=False, kind="stable")
    return past.loc[order.index]


def count_revisions(revisions: pd.DataFrame) -> pd.DataFrame:
    """Count changed cells by pair of releases, table and the year's state (in words, `say_state`).

    Returns release_from, release_to, table, year_state, added, revised, completed, withdrawn.
    """
    states = zip(revisions["year_state"], revisions["period_to"], strict=True)
    revisions = revisions.assign(year_state=[say_state(*pair) for pair in states])
    rows = ["release_from", "release_to", "table", "year_state"]
    counts = revisions.groupby([*rows, "change"], sort=False).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(CHANGES), fill_value=0)
    return counts.reset_index().rename_axis(columns=None)


def _name_groups(figures: pd.DataFrame) -> pd.DataFrame:
    """Add `group`: each cell's stage (claims lodged) or level (decisions); empty for stocks."""
    stages = figures["stage_code"].map(STAGE_OF).fillna("mixed")
    levels = figures["level_code"].map(LEVEL_OF).fillna("other")
    groups = stages.where(figures["stage_code"] != "", levels)
    return figures.assign(group=groups.where(figures["table"] != "population", "").astype("str"))


def _sum_series(figures: pd.DataFrame) -> pd.Series:
    """Sum a release's cells over destinations, series by series."""
    return _name_groups(figures).groupby(SERIES)["value"].sum()


def list_newer(cells: Mapping[str, pd.DataFrame], infos: Sequence[ReleaseInfo]) -> pd.DataFrame:
    """List the totals of the years that the last of some releases adds or completes.

    Returns year, year_state (in words, `say_state`), table, measure, group (stage or level), unit,
    before, after; decisions by their total alone.
    """
    columns = ["year", "year_state", *SERIES[:-1], "before", "after"]
    if len(infos) < 2:
        return pd.DataFrame(columns=columns)
    before, after = infos[-2:]
    sums = {"before": _sum_series(cells[before.name]), "after": _sum_series(cells[after.name])}
    totals = pd.DataFrame(sums).astype("Int64").reset_index()
    is_outcome = totals["table"].eq("asylum_decisions") & totals["measure"].ne("total")
    states = totals["year"].map(lambda year: name_state(year, before, after))
    newer = totals[states.ne("past") & ~is_outcome]
    newer = sort_listed(newer, ["year", "table"], "table", FIGURES)
    said = [say_state(name_state(y, before, after), name_period(y, after)) for y in newer["year"]]
    return newer.assign(year_state=said)[columns]


def find_furthest(cells: Mapping[str, pd.DataFrame], revisions: pd.DataFrame) -> float:
    """Find the largest share that a series of a past year moved by from a release to the next.

    A series' changes are added up without their sign and divided by the earlier release's total of
    that stock and year or, for claims and decisions, by its largest series: infinite where it has
    none, and 0 where nothing moved.
    """
    past = _name_groups(list_corrections(revisions))
    past["moved"] = (past["after"].fillna(0) - past["before"].fillna(0)).abs().astype("float64")
    moves = past.groupby([*PAIR, *SERIES])["moved"].sum().reset_index()
    # The base is the largest series of the measure; of each outcome of decisions, that of all.
    moves["measure"] = moves["measure"].mask(moves["table"] == "asylum_decisions", "total")
    key = ["release_from", "table", "measure", "year"]
    sums = {name: _sum_series(own) for name, own in cells.items()}
    bases = pd.concat(sums, names=["release_from"]).groupby(key).max().astype("float64")
    base = moves.join(bases.rename("base"), on=key)["base"].fillna(0)
    return float((moves["moved"] / base).max()) if len(moves) else 0.0


def count_compared(cells: Mapping[str, pd.DataFrame], infos: Sequence[ReleaseInfo]) -> int:
    """Count the cells of years that had ended, each once for every release that came after."""
    return sum(int((cells[info.name]["year"] != info.half_year).sum()) for info in infos[:-1])


def list_totals(
    history: History, infos: Sequence[ReleaseInfo], years: Iterable[int]
) -> pd.DataFrame:
    """Sum an origin's figures over destinations, a row per measure, release and year covered.

    Returns release, year, period (end or mid), measure (pending; applied_*: new claims, type N;
    decided_*: all outcomes of first instance), total (missing where nothing is reported).
    """
    covered = [
        (info.name, year, name_period(year, info))
        for info in infos
        for year in years
        if info.first_year <= year <= info.newest_year
    ]
    key = ["release", "year"]
    new = history.applications[history.applications["stage"] == "new"]
    first = history.decisions[history.decisions["level"] == "first"]
    sums = {"pending": sum_whole(history.pending, key, "pending")}
    for unit in UNITS:
        sums[f"applied_{unit}"] = sum_whole(new[new["unit"] == unit], key, "applied")
        ended = sum_whole(first[first["unit"] == unit], key, list(OUTCOMES))
        sums[f"decided_{unit}"] = ended.sum(axis=1, min_count=1)
    columns = [*key, "period"]
    table = pd.DataFrame(covered, columns=columns).join(pd.concat(sums, axis=1), on=key)
    table = table.melt(columns, var_name="measure", value_name="total")
    return table.astype({"measure": "str", "total": "Int64"})


def compare_newest(totals: pd.DataFrame, infos: Sequence[ReleaseInfo]) -> pd.DataFrame:
    """Compare each release's figure of its newest year with that year's figure now.

    Returns measure, kind (stock or flow), release, year, period, then (the release's figure),
    at_year_end (in the first release that has it), now, off (then - now), off_share (off / now;
    both missing where a six-month flow meets a year's), part_of_now (then / now, of those alone).
    """
    key, newest = ["measure", "year"], {info.name: info.newest_year for info in infos[:-1]}
    then = totals[totals["year"] == totals["release"].map(newest)]
    ended = totals[totals["period"] == "end"].drop_duplicates(key).set_index(key)["total"]
    now = totals[totals["release"] == infos[-1].name].set_index(key)[["total", "period"]]
    table = then.rename(columns={"total": "then"}).join(ended.rename("at_year_end"), on=key)
    table = table.join(now.set_axis(["now", "period_now"], axis=1), on=key)
    table = sort_listed(table, "measure", "measure", MEASURE_LABELS)
    table["kind"] = np.where(table["measure"] == "pending", "stock", "flow")
    is_part = table["kind"].eq("flow") & table["period"].ne(table.pop("period_now"))
    base = table["now"].replace(0, pd.NA)
    table["off"] = (table["then"] - table["now"]).mask(is_part)
    table["off_share"] = (table["off"] / base).astype("Float64")
    table["part_of_now"] = (table["then"] / base).astype("Float64").where(is_part)
    return table.dropna(subset=["then", "now"], how="all")


def find_widest(newest: pd.DataFrame) -> pd.Series | None:
    """Find the mid-year stock (`compare_newest`) that is furthest from that year's figure now."""
    half = newest[(newest["kind"] == "stock") & (newest["period"] == "mid")]
    half = half[(half["off"] != 0).fillna(False) & half["off_share"].notna()]
    return half.iloc[int(half["off_share"].abs().argmax())] if len(half) else None


def find_gap(cells: Mapping[str, pd.DataFrame], widest: pd.Series) -> pd.Series:
    """Find the destination that accounts for most of a difference (`find_widest`).

    Returns asylum, then, now, before (in the release of then, a year earlier), gap (now - then).
    """
    sides, (then, year) = {}, widest[["release", "year"]]
    asked = {"then": (then, year), "now": (list(cells)[-1], year), "before": (then, year - 1)}
    for side, (name, wanted) in asked.items():
        rows = cells[name][lambda frame: frame["measure"].eq("pending")]
        sides[side] = rows[rows["year"] == wanted].groupby("asylum")["value"].sum()
    places = pd.DataFrame(sides).astype("Int64")
    places["gap"] = places["now"].fillna(0) - places["then"].fillna(0)
    return places.reset_index().iloc[int(places["gap"].abs().argmax())]


def summarise_as_known(totals: pd.DataFrame, infos: Sequence[ReleaseInfo]) -> pd.DataFrame:
    """Say what each release showed of the pending claims when it was the newest.

    Returns release, year (the last one known), period, then (its figure), difference (from the year
    before), difference_now (the same in the last release), peak_year.
    """
    pending = totals[totals["measure"] == "pending"].rename(columns={"total": "then"})
    pending["difference"] = pending.groupby("release")["then"].diff()
    table = pending.drop_duplicates("release", keep="last", ignore_index=True)
    now = pending[pending["release"] == infos[-1].name].set_index("year")["difference"]
    known = pending.dropna(subset=["then"]).sort_values("then", ascending=False, kind="stable")
    peaks = known.drop_duplicates("release").set_index("release")["year"].astype("Int64")
    return table.assign(
        difference_now=table["year"].map(now), peak_year=table["release"].map(peaks)
    )


def find_repeats(
    history: History, infos: Sequence[ReleaseInfo], years: Iterable[int]
) -> pd.DataFrame:
    """Find out how much of a completed year the year-end release repeats from mid-year.

    Returns release_from, release_to, year, measure (pending, applied_persons, applied_cases),
    places (with a figure at year-end), repeated (with the same at mid-year), total, repeated_total,
    largest (of the repeated), repeated_share (0-1). Only years with `FEWEST` claims or more.
    """
    wanted, rows = list(years), []
    cells = collect_cells(history.pending, history.applications)
    cells = cells[cells["measure"].isin(MEASURE_LABELS) & cells["value"].gt(0)]
    cells = cells.set_index(["measure", "asylum"])
    for before, after in pairwise(infos):
        year = before.newest_year
        if year not in wanted or name_state(year, before, after) != "completed":
            continue
        here = cells[cells["year"] == year]
        mid, end = (here.loc[here["release"] == i.name, "value"] for i in (before, after))
        for measure, own in end.groupby("measure", sort=False):
            same = own[own == mid.reindex(own.index)].droplevel("measure")
            largest = str(same.idxmax()) if len(same) else ""
            counts = (len(own), len(same), int(own.sum()), int(same.sum()))
            rows.append((before.name, after.name, year, measure, *counts, largest))
    columns = [*PAIR, "year", "measure", "places", "repeated", "total", "repeated_total", "largest"]
    found = pd.DataFrame(rows, columns=columns)
    found = found[found["total"] >= FEWEST].reset_index(drop=True)
    return found.assign(repeated_share=found["repeated_total"] / found["total"])


def find_most_repeated(repeats: pd.DataFrame, measure: str) -> pd.Series | None:
    """Find the year of a measure that repeats most (`find_repeats`), if it is over `MUCH`."""
    much = repeats[(repeats["measure"] == measure) & (repeats["repeated_share"] > MUCH)]
    return much.iloc[int(much["repeated_share"].argmax())] if len(much) else None


def list_flipped(verdicts: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """List both releases' rows of the claims whose figure or wording they judge differently.

    Takes claim_id, release, figure, wording: a row a claim and release.
    """
    both = verdicts[verdicts["release"].isin([before, after])]
    codes = both.groupby("claim_id")[["figure", "wording"]].nunique(dropna=False)
    flipped = codes.index[(codes > 1).any(axis=1)]
    return both[both["claim_id"].isin(flipped)].reset_index(drop=True)
