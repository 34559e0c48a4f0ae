"""What the six lessons ask, and what the right answers and the usual mistakes come to.

A function for each lesson takes a `Basis` and returns a `Paper`: the facts that the questions name,
and the exercises. All answers are computed from the release in hand, so the lessons hold for every
release and every study.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from helpers.analysis.eras import clip_pair
from helpers.analysis.lodged import STRICT, mark_lodged
from helpers.analysis.measures import OUTCOMES, UNITS, join_year_before, select_origin
from helpers.analysis.stock_flow import APPEAL_LEVELS, KEY, has_pair
from helpers.claims.file import load_claims
from helpers.data.columns import FIRST_ASYLUM_YEAR
from helpers.data.hand import load_lodged_rules, load_persons_per_case, load_placebo_origins
from helpers.data.releases import load_core, load_raw_table
from helpers.lessons.judging import Exercise, Kind, Wanted, load_words
from helpers.study import InputError, Study

FILES = ("population", "asylum_applications")  # of lesson 1; the others have tidy tables
NEVER = "no claim was ever pending"


@dataclass(frozen=True)
class Basis:
    """A lesson's figures: the study, and the release's tables by name."""

    lesson: int
    scope: Study
    tables: Mapping[str, pd.DataFrame]

    @property
    def full_years(self) -> range:
        """The years whose flows cover twelve months: not the last one of a mid-year release."""
        first, last = self.scope.year_from, self.scope.year_to
        return range(first, last + (last != self.scope.info.half_year))

    @property
    def factor(self) -> float:
        """The most persons a case, where no destination's own factor is known."""
        return max(each.factor for each in load_persons_per_case() if each.asylum == "*")

    def own(self, table: str, years: range | None = None) -> pd.DataFrame:
        """Return the origin's rows of a tidy table, of all years or some."""
        return select_origin(self.tables[table], self.scope.origin, years or self.scope.years)

    def sum_pending(self) -> pd.Series:
        """Return the origin's pending claims by year; a year without a row is left out."""
        sums = self.own("pending").groupby("year")["pending"].sum(min_count=1)
        if not sums.gt(0).any():
            raise self.refuse(NEVER)
        return sums.dropna().astype("float64")

    def sum_new(self, unit: str) -> pd.Series:
        """Return new claims (type N) by year in one unit, as the destinations report them."""
        rows = self.own("applications").query("stage == 'new' and unit == @unit")
        return rows.groupby("year")["applied"].sum().astype("float64")

    def refuse(self, lacking: str) -> InputError:
        """Say that these figures cannot hold the lesson, and what they lack."""
        return InputError(
            f"lesson {self.lesson} cannot be taught on claims from {self.scope.origin} in release "
            f"{self.scope.release}: {lacking}. Take another origin, or another study"
        )


def load_basis(lesson: int, scope: Study) -> Basis:
    """Load a lesson's figures: for the first the files as they are."""
    if lesson == 1:
        return Basis(lesson, scope, {name: load_raw_table(scope.release, name) for name in FILES})
    core = load_core(scope.release, {scope.origin, *load_placebo_origins()})
    return Basis(lesson, scope, core.list_tables())


class Paper:
    """A lesson's facts by name, which its questions print, and its exercises by id."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        self.exercises: dict[str, Exercise] = {}

    def ask(
        self, id: str, kind: Kind, answer: Any, places: int = 0, **mistakes: Any
    ) -> dict[str, Any]:
        """Add an exercise (`judging.Exercise`), and return its mistakes, where there are more."""
        self.exercises[id] = Exercise(id, kind, answer, mistakes, places)
        return mistakes


def _divide(above: Any, below: Any) -> float:
    """Divide; NaN where the divisor is 0 or missing."""
    return float(above) / float(below) if below > 0 else float("nan")


# Lesson 1, reading a table: codes, missing, rounding.

COUNT = "asylum_seekers"
SHOWN = 5  # the smallest figure above zero, and how many destinations the list asks for


def ask_reading(basis: Basis) -> Paper:
    """Set lesson 1, on the release's own files."""
    population, applications = basis.tables["population"], basis.tables["asylum_applications"]
    own = population[population["coo_iso"] == basis.scope.origin]
    own = own[own["year"] <= basis.scope.year_to]
    held = own[own[COUNT] > 0]
    if held.empty:
        raise basis.refuse(NEVER)
    year = int(held["year"].max())
    now = held[held["year"] == year]
    # A destination whose ISO code is UNHCR's code of another; else one whose two differ.
    differ = now[now["coa"] != now["coa_iso"]]
    taken = differ[differ["coa_iso"].isin(set(population["coa"]))]
    chosen = next(rows for rows in (taken, differ, now) if len(rows))
    place = str(chosen.sort_values(COUNT)["coa_iso"].iloc[-1])
    there, this_year = own[own["coa_iso"] == place], own[own["year"] == year]
    at_place = this_year[this_year["coa_iso"] == place]
    all_there = population[(population["coa_iso"] == place) & (population["year"] == year)]
    not_read = applications[applications["app_type"] == "NA"]
    by_year = own.groupby("year")[COUNT].sum()
    collected = own[own["year"] >= FIRST_ASYLUM_YEAR]
    fives = own[own[COUNT] == SHOWN]
    fives_year = int(fives["year"].max()) if len(fives) else year
    rows = int((fives["year"] == fives_year).sum())
    ordered = now.sort_values(COUNT, ascending=False)
    tied = ordered[COUNT].duplicated().to_numpy().nonzero()[0]  # the list ends before a tie
    top = ordered.head(min(SHOWN, int(tied[0]) - 1) if len(tied) else SHOWN)
    summed = own.groupby("coa_iso")[COUNT].sum().sort_values(ascending=False)
    paper = Paper(
        place=place,
        year=year,
        rounded_year=fives_year,
        n_top=len(top),
        first_collected=FIRST_ASYLUM_YEAR,
    )
    paper.ask("1.1", "code", str(own["coo"].iloc[-1]), iso_code=own["coo_iso"].iloc[-1])
    mistakes = paper.ask("1.2", "number", at_place[COUNT].sum())
    mistakes["wrong_codes"] = this_year[this_year["coa"] == place][COUNT].sum()
    mistakes["summed_stocks"] = there[COUNT].sum()
    mistakes["all_origins"] = all_there[COUNT].sum()
    mistakes["other_column"] = at_place["refugees"].sum()
    mistakes = paper.ask("1.3", "number", len(not_read))
    mistakes["na_lost"] = 0
    mistakes["claims_for_rows"] = not_read["applied"].sum()
    mistakes["all_rows"] = len(applications)
    mistakes = paper.ask("1.4", "number", by_year[by_year.index >= FIRST_ASYLUM_YEAR].mean())
    mistakes["unknown_as_zero"] = by_year.mean()
    mistakes["mean_of_rows"] = collected[COUNT].mean()
    mistakes["summed_stocks"] = collected[COUNT].sum()
    mistakes = paper.ask("1.5", "range", (rows, SHOWN * rows) if rows else None)
    mistakes["rounded_as_exact"] = (SHOWN * rows, SHOWN * rows)
    mistakes["rounded_to_nearest"] = (3 * rows, 7 * rows)
    mistakes["one_row"] = (1, SHOWN)
    mistakes["rows_for_people"] = rows
    mistakes = paper.ask("1.6", "list", tuple(top["coa_iso"]))
    mistakes["wrong_codes"] = tuple(top["coa"])
    mistakes["wrong_order"] = tuple(now.sort_values(COUNT)["coa_iso"].head(len(top)))
    mistakes["reversed"] = tuple(top["coa_iso"])[::-1]
    mistakes["summed_stocks"] = tuple(summed.index[: len(top)])
    return paper


# Lesson 2, stock and flow: this year's pending claims from last year's.

YEARS = 3  # a run of fewer shows little
ENOUGH = 200  # year-ends added up, below which rounding is all that an account shows
NEAR = 0.05  # of the greater stock: as near as an account comes out, by and large


def ask_stock_and_flow(basis: Basis) -> Paper:
    """Set lesson 2, at a destination whose account is plain, and comes out if any does."""
    runs = _rank_runs(_list_accounts(basis))
    if not runs:
        raise basis.refuse("no destination reports its stocks and flows in persons")
    walk, shown = runs[0], runs[1] if len(runs) > 1 else runs[0]
    asked, example = walk.iloc[-1], shown.iloc[int(_measure_gaps(shown).argmin())]
    place, year = str(asked["asylum"]), int(asked["year"])
    start, end, lodged, decided = asked[["start", "end", "lodged", "decided"]]
    every = basis.own("applications")
    rows = every[~every["level_code"].isin(APPEAL_LEVELS)]
    there = rows[rows["asylum"] == place]
    with_appeals = every[(every["asylum"] == place) & (every["year"] == year)]
    claims, summed = walk["start"].iloc[0] + walk["lodged"].sum(), walk["end"].sum()
    paper = Paper(
        example_place=str(example["asylum"]),
        example_year=int(example["year"]),
        example_first=int(shown["year"].iloc[0]),
        example_last=int(shown["year"].iloc[-1]),
        place=place,
        year=year,
        walk_first=int(walk["year"].iloc[0]),
        walk_last=year,
    )
    paper.ask("2.1", "letters", tuple("adf"), flows_for_stocks=tuple("bce"))
    mistakes = paper.ask("2.2", "number", lodged)
    mistakes["only_new"] = asked["new"]
    mistakes["year_before"] = there[there["year"] == year - 1]["applied"].sum()
    mistakes["appeals_added"] = with_appeals["applied"].sum()
    mistakes["all_places"] = rows[rows["year"] == year]["applied"].sum()
    mistakes["all_years"] = there["applied"].sum()
    mistakes["stock_for_flow"] = end
    mistakes = paper.ask("2.3", "number", asked["expected"])
    mistakes["closed_left_in"] = start + lodged - (decided - asked["closed"])
    mistakes["only_rejected_leave"] = start + lodged - asked["rejected"]
    mistakes["start_forgotten"] = lodged - decided
    mistakes["decisions_forgotten"] = start + lodged
    mistakes["same_year_stock"] = end + lodged - decided
    mistakes["signs_swapped"] = start - lodged + decided
    left = end - asked["expected"]
    paper.ask("2.4", "number", left, signs_swapped=-left, change_for_residual=end - start)
    by_year = walk.set_index("year")
    flows = by_year["lodged"] - by_year["decided"]
    mistakes = paper.ask("2.5", "table", by_year["expected"].to_dict())
    mistakes["same_year_stock"] = (by_year["end"] + flows).to_dict()
    mistakes["stock_for_flow"] = by_year["end"].to_dict()
    mistakes["start_forgotten"] = flows.to_dict()
    mistakes = paper.ask("2.6", "number", _divide(summed, claims), 2)
    mistakes["start_forgotten"] = _divide(summed, walk["lodged"].sum())
    mistakes["upside_down"] = _divide(claims, summed)
    mistakes["summed_stocks"] = summed
    return paper


def _list_accounts(basis: Basis) -> pd.DataFrame:
    """List the destinations and years where all flows are in persons and decisions add up."""
    lodged, decided = basis.own("applications"), basis.own("decisions")
    # Appeals are put aside: those claims were counted when they were lodged.
    lodged = lodged[~lodged["level_code"].isin(APPEAL_LEVELS)]
    decided = decided[~decided["level_code"].isin(APPEAL_LEVELS)]
    is_odd = decided["unit"].ne("persons")
    is_odd |= decided[list(OUTCOMES)].sum(axis=1).ne(decided["total"])
    odd = pd.concat([lodged[lodged["unit"] != "persons"][KEY], decided[is_odd][KEY]])
    stock = basis.own("pending").groupby(KEY)["pending"].sum(min_count=1).reset_index()
    stock = join_year_before(stock, stock)
    stock = stock.rename(columns={"pending": "end", "pending_before": "start"})
    sums = decided.groupby(KEY)[["total", "rejected", "closed"]].sum()
    sums = sums.rename(columns={"total": "decided"})
    sums["lodged"] = lodged.groupby(KEY)["applied"].sum()
    sums["new"] = lodged[lodged["stage"] == "new"].groupby(KEY)["applied"].sum()
    account = sums.reset_index().merge(stock, on=KEY)
    account = account.dropna(subset=["start", "end", "lodged"]).fillna({"new": 0})
    account = account[account["year"].isin(basis.full_years) & ~has_pair(account, odd)]
    account["expected"] = account["start"] + account["lodged"] - account["decided"]
    return account.sort_values(KEY, ignore_index=True)


def _rank_runs(accounts: pd.DataFrame) -> list[pd.DataFrame]:
    """Return each destination's last unbroken run of accounts, the most telling first."""
    ranked = []
    for place, own in accounts.groupby("asylum"):
        run = own["year"].diff().ne(1).cumsum()
        last = own[run == run.max()]
        is_long = len(last) >= YEARS and last["end"].sum() >= ENOUGH
        is_near = float(_measure_gaps(last).median()) <= NEAR
        claims = last["start"].iloc[0] + last["lodged"].sum()
        waiting = last["end"].sum() / claims if claims else 0.0
        ranked.append(((is_long, is_near, waiting, str(place)), last))
    return [run for _, run in sorted(ranked, key=lambda each: each[0], reverse=True)]


def _measure_gaps(account: pd.DataFrame) -> pd.Series:
    """Return how far each account is from coming out, as a share of its greater stock."""
    gap = (account["end"] - account["expected"]).abs() / account[["start", "end"]].max(axis=1)
    return gap.astype("float64").fillna(1.0)


# Lesson 3, comparing periods: boundaries, means a year, a ratio against a percent increase.


def ask_periods(basis: Basis) -> Paper:
    """Set lesson 3, on the study's eras."""
    boundaries = basis.scope.file.boundaries
    if not boundaries:
        raise basis.refuse("no study cuts its years into eras")
    own, cuts = boundaries[0], [pair for _, pair in list_cuts(basis.scope)]
    earlier, later = cuts[0]
    other_earlier, other_later = cuts[min(1, len(cuts) - 1)]
    pending = basis.sum_pending()
    one, two = _pick(pending, earlier), _pick(pending, later)
    ratios = [_divide(_pick(pending, b).mean(), _pick(pending, a).mean()) for a, b in cuts]
    ratio, known = ratios[0], pd.Series(ratios, dtype="float64")
    low, high = known.min(), known.max()
    persons, cases = basis.sum_new("persons"), basis.sum_new("cases")
    full = range(later.start, min(later.stop, basis.full_years.stop))
    paper = Paper(
        earlier_era=own.pair[0].prose,
        later_era=own.pair[1].prose,
        earlier_first=min(earlier, default=None),
        earlier_last=max(earlier, default=None),
        later_first=min(later, default=None),
        later_last=max(later, default=None),
    )
    mistakes = paper.ask("3.1", "set", tuple(later))
    mistakes["other_boundary"] = tuple(other_later)
    mistakes["handover_in_both"] = (*earlier[-1:], *later)
    mistakes["last_year_left_out"] = tuple(later[:-1])
    mistakes["other_era"] = tuple(earlier)
    mistakes = paper.ask("3.2", "number", one.mean())
    mistakes["summed_stocks"] = one.sum()
    mistakes["all_stocks_summed"] = pending.sum()
    mistakes["ends_alone"] = (one.iloc[:1].sum() + one.iloc[-1:].sum()) / 2
    mistakes["other_boundary"] = _pick(pending, other_earlier).mean()
    mistakes["other_era"] = two.mean()
    mistakes["all_years"] = pending.mean()
    mistakes = paper.ask("3.3", "number", ratio, 2)
    mistakes["sums_compared"] = _divide(two.sum(), one.sum())
    mistakes["ends_compared"] = _divide(two.iloc[-1:].sum(), one.iloc[:1].sum())
    mistakes["upside_down"] = _divide(one.mean(), two.mean())
    mistakes["increase_as_ratio"] = ratio - 1
    mistakes["percent_for_ratio"] = 100 * ratio
    mistakes["increase_for_ratio"] = 100 * (ratio - 1)
    mistakes = paper.ask("3.4", "number", 100 * (ratio - 1))
    mistakes["ratio_as_increase"] = 100 * ratio
    mistakes["share_for_percent"] = ratio - 1
    mistakes["ratio_for_percent"] = ratio
    mistakes = paper.ask("3.5", "number", _pick(persons, full).mean())
    mistakes["mid_as_year"] = _pick(persons, later).mean()
    mistakes["cases_added"] = _pick(persons.add(cases, fill_value=0), full).mean()
    mistakes["flows_summed"] = _pick(persons, full).sum()
    mistakes["stock_for_flow"] = _pick(pending, full).mean()
    mistakes = paper.ask("3.6", "range", (low, high), 2)
    mistakes["one_boundary"] = (ratio, ratio)
    mistakes["increase_as_ratio"] = (low - 1, high - 1)
    mistakes["increase_for_ratio"] = (100 * (low - 1), 100 * (high - 1))
    mistakes["middle_of_range"] = (low + high) / 2
    return paper


def list_cuts(scope: Study) -> list[tuple[str, tuple[range, range]]]:
    """List the ways in which a study parts its two eras, its own first: title, years of either."""
    every = scope.file.boundaries
    alike = [each for each in every if each.compare == every[0].compare]
    return [(each.title, clip_pair(each, scope.years)) for each in alike]


def _pick(series: pd.Series, years: range) -> pd.Series:
    return series[series.index.isin(list(years))]


# Lesson 4, persons and cases, codes and levels: what may be added, and what a rate leaves out.

SUBSTANCE = 100  # decisions on the substance that a rate should rest on


def ask_units(basis: Basis) -> Paper:
    """Set lesson 4."""
    marked = mark_lodged(basis.own("applications", basis.full_years), load_lodged_rules())
    hidden, rated = _find_hidden(marked), _find_rated(basis)
    if hidden is None:
        raise basis.refuse("no new claim stands under another code than N")
    if rated is None:
        raise basis.refuse("no decision on the substance is in the data")
    # The newest full year with both units; else the newest.
    claims = basis.own("applications", basis.full_years).query("stage == 'new' and applied > 0")
    units = claims.groupby("year")["unit"].nunique()
    now = claims[claims["year"] == units[units == units.max()].index.max()]
    sums = now.groupby("unit")["applied"].sum().astype("float64").to_dict()
    persons, cases = (sums.get(unit, 0.0) for unit in UNITS)
    in_persons, in_cases = (tuple(now.loc[now["unit"] == u, "asylum"].unique()) for u in UNITS)
    paper = Paper(
        year=int(now["year"].max()) if len(now) else basis.full_years[-1],
        factor=basis.factor,
        **{f"hidden_{name}": hidden[name] for name in ("unit", "stage", "level")},
        hidden_place=hidden["asylum"],
        hidden_year=int(hidden["year"]),
        rate_place=rated["asylum"],
        rate_level=rated["level_code"],
        rate_year=int(rated["year"]),
    )
    rows = now["unit"].value_counts().astype("float64")
    paper.ask("4.1", "table", sums, cases_added=persons + cases, rows_for_claims=rows.to_dict())
    paper.ask("4.2", "set", in_cases, other_unit=in_persons, all_places=in_persons + in_cases)
    mistakes = _ask_persons(paper, "4.3", persons, cases)
    mistakes["persons_left_out"] = (cases, basis.factor * cases)
    mistakes["cases_added"] = (persons + cases, persons + cases)
    mistakes["one_end"] = persons + basis.factor * cases
    there = marked[(marked["asylum"] == hidden["asylum"]) & (marked["year"] == hidden["year"])]
    is_new, is_stage = (there["stage_code"] == code for code in ("N", hidden["stage"]))
    is_named = is_stage & (there["level_code"] == hidden["level"])
    applied = there["applied"].where(there["unit"] == hidden["unit"], 0)
    new, named = applied[is_new].sum(), applied[is_named].sum()
    mistakes = paper.ask("4.4", "number", new + named)
    mistakes["only_new"] = new
    mistakes["new_left_out"] = named
    mistakes["levels_added"] = new + applied[is_stage].sum()
    mistakes["cases_added"] = there[is_new | is_named]["applied"].sum()
    mistakes["all_stages"] = applied.sum()
    protected, substance = rated["recognised"] + rated["other"], rated["substance"]
    at_all_levels = rated["all_recognised"] + rated["all_other"]
    mistakes = paper.ask("4.5", "number", _divide(protected, substance), 3)
    mistakes["closed_in_rate"] = _divide(protected, substance + rated["closed"])
    mistakes["recognised_alone"] = _divide(rated["recognised"], substance)
    mistakes["levels_added"] = _divide(at_all_levels, at_all_levels + rated["all_rejected"])
    mistakes["against_rejected"] = _divide(protected, rated["rejected"])
    mistakes["upside_down"] = _divide(rated["rejected"], substance)
    mistakes["percent_for_share"] = 100 * _divide(protected, substance)
    paper.ask("4.6", "letters", tuple("ace"), sums_that_count_twice=tuple("bdf"))
    return paper


def _find_hidden(marked: pd.DataFrame) -> pd.Series | None:
    """Find the destination and year whose new claims stand most under a code other than N."""
    added = marked[~marked["rule"].isin(["", STRICT]) & marked["applied"].gt(0)]
    key = ["rule", *KEY, "unit", "stage_code", "level_code"]
    sums = added.groupby(key)["applied"].sum().reset_index()
    sums = sums.drop(columns="rule").rename(columns=lambda name: name.removesuffix("_code"))
    sums["court"] = sums["level"] == "EO"  # of the United States, where it is the largest place
    return sums.sort_values(["court", "applied", "year"]).iloc[-1] if len(sums) else None


def _ask_persons(paper: Paper, id: str, persons: float, cases: float) -> dict[str, Any]:
    """Ask for the least and most persons that claims stand for."""
    added, factor = persons + cases, paper.facts["factor"]
    most = persons + factor * cases
    mistakes = paper.ask(id, "range", (added, most) if added else None)
    mistakes["factor_applied"] = (most, most)
    mistakes["unknown_as_zero"] = (persons, most)
    mistakes["factor_on_persons"] = (added, factor * added)
    return mistakes


def _find_rated(basis: Basis) -> pd.Series | None:
    """Pick a destination, level and year with decisions enough: the newest, and there the most."""
    rows = basis.own("decisions", basis.full_years).query("unit == 'persons'")
    outcomes = list(OUTCOMES)
    sums = rows.groupby(["asylum", "level_code", "year"])[outcomes].sum().reset_index()
    sums = sums.join(sums.groupby(KEY)[outcomes].sum().add_prefix("all_"), on=KEY)
    sums["substance"] = sums[["recognised", "other", "rejected"]].sum(axis=1)
    sums = sums[sums["substance"] > 0]
    levels = sums.groupby(KEY)["level_code"].transform("nunique")
    sums["telling"] = (sums["closed"] > 0) & (sums["recognised"] + sums["other"] > 0) & (levels > 1)
    sums["enough"] = sums["substance"] >= SUBSTANCE
    ordered = sums.sort_values(["enough", "telling", "year", "substance"])
    return ordered.iloc[-1] if len(ordered) else None


# Lesson 5, breaks in a series: a destination that stops naming origins, and what that may hide.

WEIGHT = 0.05  # share of the origin's claims from which a destination matters here
REPEATED = 0.9  # share of unchanged figures from which a year looks copied
UNKNOWN = "pending_unknown_origin"
COUNTS = ["pending", UNKNOWN, "pairs_in_both_years", "pairs_unchanged"]
PAIRS = 10  # origins that must be there in both years before repeats say something


def ask_breaks(basis: Basis) -> Paper:
    """Set lesson 5, at the destination where the rise of unknown origins weighs most."""
    pending = basis.sum_pending()
    panel = _build_panel(basis, pending)
    found, carried = _find_unnamed(panel), _find_carried(panel)
    if found is None or not found["named_before"]:
        raise basis.refuse("no destination of weight stopped naming origins")
    year, hidden, named = int(found["year"]), found[UNKNOWN], found["pending"] - found[UNKNOWN]
    now = panel[panel["year"] == year]
    heavy = now[now["weight_before"] >= WEIGHT]
    low, share = float(pending.get(year, 0)), _divide(found["mine_before"], found["named_before"])
    paper = Paper(
        weight=WEIGHT,
        year=year,
        carried_place=carried["asylum"],
        carried_year=int(carried["year"]),
    )
    mistakes = paper.ask("5.1", "code", found["asylum"])
    mistakes["weight_forgotten"] = _name_greatest(now, "rise")
    mistakes["largest_place"] = _name_greatest(now, "mine_before")
    mistakes["level_for_rise"] = _name_greatest(heavy, "unknown_share")
    mistakes["steepest_fall"] = _name_greatest(now, "fall")
    mistakes = paper.ask("5.2", "number", found["unknown_share"], 3)
    mistakes["unknown_as_zero"] = 0.0
    mistakes["against_named"] = _divide(hidden, named)
    mistakes["year_before"] = found["unknown_share_before"]
    mistakes["percent_for_share"] = 100 * found["unknown_share"]
    mistakes["count_for_share"] = hidden
    mistakes = paper.ask("5.3", "number", share, 4)
    mistakes["unknown_in_base"] = _divide(found["mine_before"], found["pending_before"])
    mistakes["year_of_break"] = _divide(found["mine"], named)
    mistakes["percent_for_share"] = 100 * share
    mistakes["share_of_origin"] = found["weight_before"]
    mistakes = paper.ask("5.4", "range", (low, low + share * hidden))
    mistakes["unknown_as_zero"] = (low, low)
    mistakes["all_unknown"] = (low, low + hidden)
    mistakes["one_place"] = (found["mine"], found["mine"] + share * hidden)
    mistakes["summed_stocks"] = (pending.sum(), pending.sum() + share * hidden)
    mistakes["one_end"] = low + share * hidden
    mistakes["unknown_alone"] = (0.0, share * hidden)
    both, unchanged = carried[["pairs_in_both_years", "pairs_unchanged"]]
    mistakes = paper.ask("5.5", "number", unchanged / both, 3)
    mistakes["count_for_share"] = unchanged
    mistakes["percent_for_share"] = 100 * unchanged / both
    mistakes["upside_down"] = _divide(both, unchanged)
    mistakes["changed_for_unchanged"] = 1 - unchanged / both
    paper.ask("5.6", "letters", ("c",), fall_told=("a",), guess_told=("b",), zero_told=("d",))
    return paper


def _build_panel(basis: Basis, pending: pd.Series) -> pd.DataFrame:
    """Join each destination's year with the year before: all origins' claims, and the origin's."""
    rows = basis.tables["by_asylum"]
    rows = rows[rows["year"].isin(basis.scope.years) & rows["pending"].gt(0)]
    mine = basis.own("pending").groupby(KEY)["pending"].sum().rename("mine")
    panel = rows[[*KEY, *COUNTS]].join(mine, on=KEY).fillna({UNKNOWN: 0, "mine": 0})
    panel = panel.astype(dict.fromkeys([*COUNTS, "mine"], "float64"))
    panel["unknown_share"] = panel[UNKNOWN] / panel["pending"]
    panel = join_year_before(panel, panel[[*KEY, "pending", UNKNOWN, "mine", "unknown_share"]])
    panel = panel.dropna(subset="pending_before")
    panel["named_before"] = panel["pending_before"] - panel[f"{UNKNOWN}_before"]
    panel["weight_before"] = panel["mine_before"] / panel["year"].sub(1).map(pending)
    panel["rise"] = panel["unknown_share"] - panel["unknown_share_before"]
    panel["fall"] = panel["mine_before"] - panel["mine"]
    return panel


def _find_unnamed(panel: pd.DataFrame) -> pd.Series | None:
    """Find the destination and year where the rise of unknown origins weighs most."""
    heavy = panel[(panel["weight_before"] >= WEIGHT) & (panel["rise"] > 0)]
    heavy = heavy[heavy["unknown_share_before"] < 0.5]
    if not len(heavy):
        return None
    effect = heavy["rise"] * heavy["mine_before"]
    year = heavy.assign(effect=effect).sort_values("effect")["year"].iloc[-1]
    # The question names the year alone: within it, the destination is the one that rose most.
    return heavy[heavy["year"] == year].sort_values("rise").iloc[-1]


def _name_greatest(rows: pd.DataFrame, column: str) -> str:
    return str(rows.sort_values([column, "asylum"])["asylum"].iloc[-1])


def _find_carried(panel: pd.DataFrame) -> pd.Series:
    """Find the destination and year with the greatest share of figures that did not change."""
    known = panel[panel["pairs_in_both_years"] >= PAIRS]
    share = known["pairs_unchanged"] / known["pairs_in_both_years"]
    matters = (share >= REPEATED) & (known["mine"] > 0)
    ranked = known.assign(share=share, matters=matters)
    return ranked.sort_values(["matters", "share", "mine", "asylum"]).iloc[-1]


# Lesson 6, fact-checking: a published sum through the ledger, and the fair sentence.

SPAN = 10  # years that a sentence made for the exercise looks back


class Sentence(NamedTuple):
    """A printed sum of pending claims over years; one without a source is made up."""

    claimed: int
    unit: float
    first_year: int
    last_year: int
    source: str = ""


def ask_facts(basis: Basis) -> Paper:
    """Set lesson 6, on the study's own claim, or a sentence made from the data that says so."""
    pending = basis.sum_pending()
    said = _find_claim(basis.scope)
    if said is None:  # one is made up: the sum of ten year-ends, rounded to two digits
        last = basis.full_years[-1]
        first = max(last - SPAN + 1, basis.scope.year_from)
        whole = float(_pick(pending, range(first, last + 1)).sum())
        unit = 10 ** max(len(str(int(whole))) - 2, 0)
        said = Sentence(round(whole / unit) * unit, unit, first, last)
    years, half = range(said.first_year, said.last_year + 1), said.unit / 2
    summed, persons, cases = (
        float(_pick(series, years).sum())
        for series in (pending, basis.sum_new("persons"), basis.sum_new("cases"))
    )
    gap = abs(summed - said.claimed)
    code = "exact" if not gap else "rounds" if gap <= half else "off"
    sums = {"pending_summed": summed, "applied_persons": persons, "applied_cases": cases}
    low, high = persons + cases, persons + basis.factor * cases
    facts = said._asdict() | {"is_published": bool(said.source), "half_unit": half}
    paper = Paper(**facts, factor=basis.factor)
    paper.ask("6.1", "code", "applied", stock_read="pending", status_read="refugees")
    mistakes = paper.ask("6.2", "table", sums)
    mistakes["cases_added"] = sums | {"applied_persons": low}
    mistakes["summed_stocks"] = sums | {"applied_persons": summed}
    others = {f"figure_{each}": each for each in ("exact", "rounds", "off") if each != code}
    paper.ask("6.3", "code", code, 0, **others)
    mistakes = paper.ask("6.4", "code", "other-measure")
    mistakes["wording_fits"] = "fits"
    mistakes["arithmetic_blamed"] = "other-arithmetic"
    mistakes["year_blamed"] = "other-year"
    mistakes = _ask_persons(paper, "6.5", persons, cases)
    mistakes["summed_stocks"] = (summed, summed)
    mistakes["cases_added"] = low
    ends = {"low": low, "high": high, "first_year": years[0], "last_year": years[-1]}
    wanted = Wanted(ends, load_words()["sentence"], {"summed": summed})
    paper.ask("6.6", "sentence", wanted if high else None)
    return paper


def _find_claim(scope: Study) -> Sentence | None:
    """Find the study's first published claim about a total of pending claims over years on file."""
    if not scope.file.claims or scope.origin != scope.file.origin:
        return None
    file = load_claims(scope.file.claims)
    for claim in file.claims:
        for recipe, said in ((test.recipe, test.claimed) for test in claim.tests):
            is_sum = recipe.kind == "total" and recipe.is_sum and not recipe.places
            is_stated = recipe.measure == "pending" and said.precision in ("around", "exact")
            if is_sum and is_stated and 2000 <= recipe.last < scope.info.newest_year:
                source = file.find_source(claim).cite()
                return Sentence(int(said.value), said.unit, recipe.first, recipe.last, source)
    return None


_ASKED = (ask_reading, ask_stock_and_flow, ask_periods, ask_units, ask_breaks, ask_facts)
LESSONS: dict[int, Callable[[Basis], Paper]] = dict(enumerate(_ASKED, start=1))
