"""What the six lessons ask, and what the right answers and the usual mistakes come to.

A function a lesson: it takes a `Basis` and returns a `Paper`, the facts that the questions name and
the exercises with answers computed from the release in hand. Nothing is stored, so the lessons hold
for every release and every study.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from helpers.analysis.lodged import STRICT, mark_lodged
from helpers.analysis.measures import OUTCOMES, UNITS, join_year_before
from helpers.analysis.stock_flow import APPEAL_LEVELS, has_pair
from helpers.claims.claimed import find_unit
from helpers.data.columns import FIRST_ASYLUM_YEAR
from helpers.lessons.basis import Basis
from helpers.lessons.judging import Exercise, Wanted

KEY = ["asylum", "year"]
# By exercise: kind, answer and, where it is not 0, how many decimal places count; and by mistake,
# what it comes to.
Answers = Mapping[str, tuple[Any, ...]]
Mistakes = Mapping[str, Mapping[str, Any]]


class Paper(NamedTuple):
    """A lesson's facts by name, which its questions print, and its exercises by id.

    `lacking` says what the figures would need for the lesson to be held; empty where it can be.
    """

    facts: Mapping[str, Any]
    exercises: Mapping[str, Exercise]
    lacking: str = ""


def _make_paper(
    facts: Mapping[str, Any], answers: Answers, mistakes: Mistakes, *more: Exercise
) -> Paper:
    asked = [
        Exercise(number, kind, answer, dict(mistakes.get(number, {})), *places)
        for number, (kind, answer, *places) in answers.items()
    ]
    return Paper(facts, {each.id: each for each in sorted([*asked, *more], key=lambda e: e.id)})


def _to_number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _divide(value: Any, by: Any, times: float = 1) -> float | None:
    """Divide plain numbers; None where a side is missing or the divisor is 0."""
    above, below = _to_number(value), _to_number(by)
    return None if above is None or not below else times * (above / below)


# Lesson 1, reading a table: codes, missing, rounding.

COUNT = "asylum_seekers"
SHOWN = 5  # the smallest figure above zero, and how many destinations the list asks for


def ask_reading(basis: Basis) -> Paper:
    """Set lesson 1, on the release's own files."""
    population, applications = basis.tables["population"], basis.tables["asylum_applications"]
    is_own = (population["coo_iso"] == basis.origin) & (population["year"] <= basis.years[-1])
    own = population[is_own]
    held = own[own[COUNT] > 0]
    year = int(held["year"].max()) if len(held) else basis.years[-1]
    now = held[held["year"] == year]
    place = _pick_place(now, population)
    there, this_year = own[own["coa_iso"] == place], own[own["year"] == year]
    at_place = this_year[this_year["coa_iso"] == place]
    all_there = population[(population["coa_iso"] == place) & (population["year"] == year)]
    not_read = applications[applications["app_type"] == "NA"]
    by_year = own.groupby("year")[COUNT].sum()
    collected = own[own["year"] >= FIRST_ASYLUM_YEAR]
    fives = own[own[COUNT] == SHOWN]
    fives_year = int(fives["year"].max()) if len(fives) else year
    rows = int((fives["year"] == fives_year).sum())
    top = _rank(now)
    summed = own.groupby("coa_iso")[COUNT].sum().sort_values(ascending=False)
    facts = {
        "place": place,
        "year": year,
        "rounded_year": fives_year,
        "n_top": len(top),
        "first_collected": FIRST_ASYLUM_YEAR,
    }
    answers: Answers = {
        "1.1": ("code", str(own["coo"].iloc[-1])),
        "1.2": ("number", at_place[COUNT].sum()),
        "1.3": ("number", len(not_read)),
        "1.4": ("number", _to_number(by_year[by_year.index >= FIRST_ASYLUM_YEAR].mean())),
        "1.5": ("range", (rows, SHOWN * rows) if rows else None),
        "1.6": ("list", tuple(top["coa_iso"]) or None),
    }
    mistakes: Mistakes = {
        "1.1": {"iso_code": own["coo_iso"].iloc[-1]},
        "1.2": {
            "wrong_codes": this_year[this_year["coa"] == place][COUNT].sum(),
            "summed_stocks": there[COUNT].sum(),
            "all_origins": all_there[COUNT].sum(),
            "other_column": at_place["refugees"].sum(),
        },
        "1.3": {
            "na_lost": 0,
            "claims_for_rows": not_read["applied"].sum(),
            "all_rows": len(applications),
        },
        "1.4": {
            "unknown_as_zero": by_year.mean(),
            "mean_of_rows": collected[COUNT].mean(),
            "summed_stocks": collected[COUNT].sum(),
        },
        "1.5": {
            "rounded_as_exact": (SHOWN * rows, SHOWN * rows),
            "rounded_to_nearest": (3 * rows, 7 * rows),
            "one_row": (1, SHOWN),
            "rows_for_people": rows,
        },
        "1.6": {
            "wrong_codes": tuple(top["coa"]),
            "wrong_order": tuple(now.sort_values(COUNT)["coa_iso"].head(len(top))),
            "reversed": tuple(top["coa_iso"])[::-1],
            "summed_stocks": tuple(summed.index[: len(top)]),
        },
    }
    return _make_paper(facts, answers, mistakes)


def _pick_place(now: pd.DataFrame, population: pd.DataFrame) -> str:
    """Pick a destination whose ISO code is UNHCR's code of another; else one whose two differ."""
    differ = now[now["coa"] != now["coa_iso"]]
    taken = differ[differ["coa_iso"].isin(set(population["coa"]))]
    chosen = next((rows for rows in (taken, differ, now) if len(rows)), now)
    return str(chosen.sort_values(COUNT)["coa_iso"].iloc[-1]) if len(chosen) else ""


def _rank(now: pd.DataFrame) -> pd.DataFrame:
    """Return the largest destinations, at most five, cut where two have the same figure."""
    ordered = now.sort_values(COUNT, ascending=False)
    tied = ordered[COUNT].duplicated().to_numpy().nonzero()[0]
    return ordered.head(min(SHOWN, int(tied[0]) - 1) if len(tied) else SHOWN)


# Lesson 2, stock and flow: this year's pending claims from last year's.

STOCKS = ("a", "d", "f")  # which of the lesson's six phrases name a stock
YEARS = 3  # a run of fewer shows little
ENOUGH = 200  # year-ends added up, below which rounding is all that an account shows
NEAR = 0.05  # of the greater stock: as near as an account comes out, by and large


def ask_stock_and_flow(basis: Basis) -> Paper:
    """Set lesson 2, at a destination whose account is plain, and comes out if any does."""
    runs = _rank_runs(_list_accounts(basis))
    if not runs:
        return Paper({}, {}, "no destination tells its stocks and flows in persons")
    walk, shown = runs[0], runs[1] if len(runs) > 1 else runs[0]
    asked, example = walk.iloc[-1], shown.iloc[int(_measure_gaps(shown).argmin())]
    place, year = str(asked["asylum"]), int(asked["year"])
    start, end, lodged, decided = asked[["start", "end", "lodged", "decided"]]
    every = basis.own("applications")
    rows = _put_appeals_aside(every)
    there = rows[rows["asylum"] == place]
    with_appeals = every[(every["asylum"] == place) & (every["year"] == year)]
    claims, summed = walk["start"].iloc[0] + walk["lodged"].sum(), walk["end"].sum()
    facts = {
        "example_place": str(example["asylum"]),
        "example_year": int(example["year"]),
        "example_first": int(shown["year"].iloc[0]),
        "example_last": int(shown["year"].iloc[-1]),
        "place": place,
        "year": year,
        "year_before": year - 1,
        "n_walk": len(walk),
        "walk_first": int(walk["year"].iloc[0]),
        "walk_last": int(walk["year"].iloc[-1]),
    }

    def by_year(values: pd.Series) -> dict[int, float]:
        return dict(zip(walk["year"].astype(int), values.astype(float), strict=True))

    answers: Answers = {
        "2.1": ("letters", STOCKS),
        "2.2": ("number", lodged),
        "2.3": ("number", asked["expected"]),
        "2.4": ("number", end - asked["expected"]),
        "2.5": ("table", by_year(walk["expected"])),
        "2.6": ("number", _divide(summed, claims), 2),
    }
    mistakes: Mistakes = {
        "2.1": {"flows_for_stocks": tuple("bce")},
        "2.2": {
            "only_new": asked["new"],
            "year_before": there[there["year"] == year - 1]["applied"].sum(),
            "appeals_added": with_appeals["applied"].sum(),
            "all_places": rows[rows["year"] == year]["applied"].sum(),
            "all_years": there["applied"].sum(),
            "stock_for_flow": end,
        },
        "2.3": {
            "closed_left_in": start + lodged - (decided - asked["closed"]),
            "only_rejected_leave": start + lodged - asked["rejected"],
            "start_forgotten": lodged - decided,
            "decisions_forgotten": start + lodged,
            "same_year_stock": end + lodged - decided,
            "signs_swapped": start - lodged + decided,
        },
        "2.4": {"signs_swapped": asked["expected"] - end, "change_for_residual": end - start},
        "2.5": {
            "same_year_stock": by_year(walk["end"] + walk["lodged"] - walk["decided"]),
            "stock_for_flow": by_year(walk["end"]),
            "start_forgotten": by_year(walk["lodged"] - walk["decided"]),
        },
        "2.6": {
            "start_forgotten": _divide(summed, walk["lodged"].sum()),
            "upside_down": _divide(claims, summed),
            "summed_stocks": summed,
        },
    }
    return _make_paper(facts, answers, mistakes)


def _put_appeals_aside(flows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the levels of review: whoever appeals was counted when the claim was lodged."""
    return flows[~flows["level_code"].isin(APPEAL_LEVELS)]


def _list_accounts(basis: Basis) -> pd.DataFrame:
    """List the destinations and years whose account is plain once appeals are put aside.

    Plain is where every flow is in persons and decisions add up: asylum, year, start, lodged, new,
    decided, rejected, closed, end, expected.
    """
    lodged, decided = (
        _put_appeals_aside(basis.own(name)) for name in ("applications", "decisions")
    )
    unsound = decided[list(OUTCOMES)].sum(axis=1).ne(decided["total"])
    odd = pd.concat(
        [
            lodged[lodged["unit"] != "persons"][KEY],
            decided[decided["unit"].ne("persons") | unsound][KEY],
        ]
    )
    stock = basis.own("pending").groupby(KEY)["pending"].sum(min_count=1).reset_index()
    stock = join_year_before(stock, stock)
    stock = stock.rename(columns={"pending": "end", "pending_before": "start"})
    sums = decided.groupby(KEY)[["total", "rejected", "closed"]].sum()
    sums = sums.rename(columns={"total": "decided"})
    sums["lodged"] = lodged.groupby(KEY)["applied"].sum()
    sums["new"] = lodged[lodged["stage"] == "new"].groupby(KEY)["applied"].sum()
    account = sums.reset_index().merge(stock, on=KEY)
    account = account.dropna(subset=["start", "end", "lodged"]).fillna({"new": 0})
    account = account[account["year"].isin(basis.full_years)]
    account = account[~has_pair(account, odd)]
    account["expected"] = account["start"] + account["lodged"] - account["decided"]
    return account.sort_values(KEY, ignore_index=True)


def _rank_runs(accounts: pd.DataFrame) -> list[pd.DataFrame]:
    """Return each destination's last unbroken run of accounts, the most telling first.

    Runs of some years and some size go first, among them those whose accounts come out, and among
    these the ones where claims wait longest.
    """
    ranked = []
    for place, own in accounts.groupby("asylum"):
        run = own["year"].diff().ne(1).cumsum()
        last = own[run == run.max()]
        is_long = len(last) >= YEARS and last["end"].sum() >= ENOUGH
        is_near = float(_measure_gaps(last).median()) <= NEAR
        waiting = _divide(last["end"].sum(), last["start"].iloc[0] + last["lodged"].sum()) or 0.0
        ranked.append(((is_long, is_near, waiting, str(place)), last))
    return [run for _, run in sorted(ranked, key=lambda each: each[0], reverse=True)]


def _measure_gaps(account: pd.DataFrame) -> pd.Series:
    """Return how far each account is from coming out, as a share of its greater stock."""
    gap = (account["end"] - account["expected"]).abs() / account[["start", "end"]].max(axis=1)
    return gap.astype("float64").fillna(1.0)


# Lesson 3, comparing periods: boundaries, means a year, a ratio against a percent increase.


def ask_periods(basis: Basis) -> Paper:
    """Set lesson 3, on the study's eras."""
    if not basis.boundaries:
        return Paper({}, {}, "no study cuts its years into eras")
    own = basis.boundaries[0]
    boundaries = [own, *(b for b in basis.boundaries[1:] if b.compare == own.compare)]
    cuts = [basis.cut(boundary) for boundary in boundaries]
    earlier, later = cuts[0]
    other_earlier, other_later = cuts[1] if len(cuts) > 1 else (earlier, later)
    pending = basis.sum_pending()
    one, two = _pick(pending, earlier), _pick(pending, later)
    ratio = _divide(two.mean(), one.mean())
    ratios = [_divide(_pick(pending, b).mean(), _pick(pending, a).mean()) for a, b in cuts]
    known = [each for each in ratios if each is not None]
    span = (min(known), max(known)) if known else None
    persons, cases = basis.sum_new("persons"), basis.sum_new("cases")
    full = range(later.start, min(later.stop, basis.full_years.stop)) if later else later
    eras = {era.name: era.prose for era in own.eras}
    facts = {
        "earlier_era": eras[own.compare[0]],
        "later_era": eras[own.compare[1]],
        "earlier_first": earlier[0] if earlier else None,
        "earlier_last": earlier[-1] if earlier else None,
        "later_first": later[0] if later else None,
        "later_last": later[-1] if later else None,
        "other_first": other_later[0] if other_later else None,
        "n_boundaries": len(boundaries),
        "n_earlier": len(earlier),
        "n_later": len(later),
    }
    answers: Answers = {
        "3.1": ("set", tuple(later) or None),
        "3.2": ("number", _to_number(one.mean())),
        "3.3": ("number", ratio, 2),
        "3.4": ("number", _to_increase(ratio, 100)),
        "3.5": ("number", _to_number(_pick(persons, full).mean())),
        "3.6": ("range", span, 2),
    }
    mistakes: Mistakes = {
        "3.1": {
            "other_boundary": tuple(other_later),
            "handover_in_both": (*tuple(earlier)[-1:], *later),
            "last_year_left_out": tuple(later)[:-1],
            "other_era": tuple(earlier),
        },
        "3.2": {
            "summed_stocks": one.sum(),
            "ends_alone": (one.iloc[0] + one.iloc[-1]) / 2 if len(one) else None,
            "other_boundary": _pick(pending, other_earlier).mean(),
            "other_era": two.mean(),
            "all_years": pending.mean(),
        },
        "3.3": {
            "sums_compared": _divide(two.sum(), one.sum()),
            "ends_compared": _divide(two.iloc[-1], one.iloc[0]) if ratio else None,
            "upside_down": _divide(one.mean(), two.mean()),
            "increase_as_ratio": _to_increase(ratio),
            "percent_for_ratio": _divide(ratio, 1, 100),
            "increase_for_ratio": _to_increase(ratio, 100),
        },
        "3.4": {
            "ratio_as_increase": _divide(ratio, 1, 100),
            "share_for_percent": _to_increase(ratio),
            "ratio_for_percent": ratio,
        },
        "3.5": {
            "mid_as_year": _pick(persons, later).mean(),
            "cases_added": _pick(persons.add(cases, fill_value=0), full).mean(),
            "flows_summed": _pick(persons, full).sum(),
            "stock_for_flow": _pick(pending, full).mean(),
        },
        "3.6": {
            "one_boundary": (known[0], known[0]),
            "increase_as_ratio": tuple(each - 1 for each in span),
            "increase_for_ratio": tuple(100 * (each - 1) for each in span),
            "middle_of_range": sum(span) / 2,
        }
        if span
        else {},
    }
    return _make_paper(facts, answers, mistakes)


def _pick(series: pd.Series, years: range) -> pd.Series:
    return series[series.index.isin(list(years))]


def _to_increase(ratio: float | None, times: float = 1) -> float | None:
    return None if ratio is None else times * (ratio - 1)


# Lesson 4, persons and cases, codes and levels: what may be added, and what a rate leaves out.

ALLOWED = ("a", "c", "e")  # which of the lesson's six sums may be taken
SUBSTANCE = 100  # decisions on the substance that a rate should rest on


def ask_units(basis: Basis) -> Paper:
    """Set lesson 4."""
    marked = mark_lodged(basis.own("applications", basis.full_years), basis.rules)
    hidden, rated = _find_hidden(marked), _find_rated(basis)
    if hidden is None:
        return Paper({}, {}, "no new claim stands under another code than N")
    if rated is None:
        return Paper({}, {}, "no decision on the substance is on file")
    now = _pick_year(basis)
    sums = now.groupby("unit")["applied"].sum().astype(float).to_dict()
    persons, cases = (sums.get(unit, 0.0) for unit in UNITS)
    in_persons, in_cases = (tuple(now.loc[now["unit"] == u, "asylum"].unique()) for u in UNITS)
    facts = {
        "year": int(now["year"].max()) if len(now) else basis.full_years[-1],
        "factor": basis.factor,
        "hidden_place": str(hidden["asylum"]),
        "hidden_year": int(hidden["year"]),
        "hidden_unit": str(hidden["unit"]),
        "hidden_stage": str(hidden["stage_code"]),
        "hidden_level": str(hidden["level_code"]),
        "rate_place": str(rated["asylum"]),
        "rate_level": str(rated["level_code"]),
        "rate_year": int(rated["year"]),
    }
    answers: Answers = {
        "4.1": ("table", sums or None),
        "4.2": ("set", in_cases or None),
        "4.6": ("letters", ALLOWED),
    }
    mistakes: Mistakes = {
        "4.1": {
            "cases_added": sum(sums.values()),
            "rows_for_claims": now["unit"].value_counts().astype(float).to_dict(),
        },
        "4.2": {"other_unit": in_persons, "all_places": in_persons + in_cases},
        "4.6": {"sums_that_count_twice": tuple("bdf")},
    }
    asked = _ask_persons("4.3", persons, cases, basis.factor)
    asked.mistakes.update(
        persons_left_out=(cases, basis.factor * cases),
        cases_added=(persons + cases, persons + cases),
        one_end=persons + basis.factor * cases,
    )
    return _make_paper(
        facts, answers, mistakes, asked, _ask_hidden(marked, hidden), _ask_rate(rated)
    )


def _pick_year(basis: Basis) -> pd.DataFrame:
    """Return the new claims of the newest full year with both units; else of the newest."""
    new = basis.own("applications", basis.full_years).query("stage == 'new' and applied > 0")
    units = new.groupby("year")["unit"].nunique()
    return new[new["year"] == units[units == units.max()].index.max()]


def _find_hidden(marked: pd.DataFrame) -> pd.Series | None:
    """Find the destination and year whose new claims stand most under a code other than N.

    The immigration courts of the United States go first, since there it is the largest place.
    """
    added = marked[~marked["rule"].isin(["", STRICT]) & marked["applied"].gt(0)]
    key = ["rule", *KEY, "unit", "stage_code", "level_code"]
    sums = added.groupby(key)["applied"].sum().reset_index()
    sums["court"] = sums["level_code"] == "EO"
    return sums.sort_values(["court", "applied", "year"]).iloc[-1] if len(sums) else None


def _ask_persons(number: str, persons: float, cases: float, factor: float) -> Exercise:
    """Ask for the least and most persons that claims stand for."""
    added, most = persons + cases, persons + factor * cases
    mistakes = {
        "factor_applied": (most, most),
        "unknown_as_zero": (persons, most),
        "factor_on_persons": (added, factor * added),
    }
    return Exercise(number, "range", (added, most) if added else None, mistakes)


def _ask_hidden(marked: pd.DataFrame, hidden: pd.Series) -> Exercise:
    """Ask for the claims lodged where new ones stand under another code as well."""
    there = marked[(marked["asylum"] == hidden["asylum"]) & (marked["year"] == hidden["year"])]
    is_new = there["stage_code"] == "N"
    is_stage = there["stage_code"] == hidden["stage_code"]
    is_named = is_stage & (there["level_code"] == hidden["level_code"])
    applied = there["applied"].where(there["unit"] == hidden["unit"], 0)
    new, named = applied[is_new].sum(), applied[is_named].sum()
    mistakes = {
        "only_new": new,
        "new_left_out": named,
        "levels_added": new + applied[is_stage].sum(),
        "cases_added": there[is_new | is_named]["applied"].sum(),
        "all_stages": applied.sum(),
    }
    return Exercise("4.4", "number", new + named, mistakes)


def _find_rated(basis: Basis) -> pd.Series | None:
    """Pick a destination, level and year with decisions enough: the newest, and there the most.

    The row has the level's outcomes, their `substance`, and the same of all levels as `all_<name>`.
    """
    rows = basis.own("decisions", basis.full_years).query("unit == 'persons'")
    outcomes = list(OUTCOMES)
    sums = rows.groupby(["asylum", "level_code", "year"])[outcomes].sum().reset_index()
    every = sums.groupby(KEY)[outcomes].sum().add_prefix("all_")
    sums = sums.join(every, on=KEY)
    sums["substance"] = sums[["recognised", "other", "rejected"]].sum(axis=1)
    sums = sums[sums["substance"] > 0]
    levels = sums.groupby(KEY)["level_code"].transform("nunique")
    sums["telling"] = (sums["closed"] > 0) & (sums["recognised"] + sums["other"] > 0) & (levels > 1)
    sums["enough"] = sums["substance"] >= SUBSTANCE
    ordered = sums.sort_values(["enough", "telling", "year", "substance"])
    return ordered.iloc[-1] if len(ordered) else None


def _ask_rate(rated: pd.Series) -> Exercise:
    """Ask for a total protection rate, of one level, without what was closed."""
    protected, substance = rated["recognised"] + rated["other"], rated["substance"]
    at_all_levels = rated["all_recognised"] + rated["all_other"]
    mistakes = {
        "closed_in_rate": _divide(protected, substance + rated["closed"]),
        "recognised_alone": _divide(rated["recognised"], substance),
        "levels_added": _divide(at_all_levels, at_all_levels + rated["all_rejected"]),
        "against_rejected": _divide(protected, rated["rejected"]),
        "upside_down": _divide(rated["rejected"], substance),
        "percent_for_share": _divide(protected, substance, 100),
    }
    return Exercise("4.5", "number", _divide(protected, substance), mistakes, places=3)


# Lesson 5, breaks in a series: a destination that stops naming origins, and what that may hide.

FAIR = ("c",)  # which of the lesson's four sentences may be printed
WEIGHT = 0.05  # share of the origin's claims from which a destination matters here
REPEATED = 0.9  # share of unchanged figures from which a year looks copied
PAIRS = 10  # origins that must be there in both years before repeats say something


def ask_breaks(basis: Basis) -> Paper:
    """Set lesson 5, at the destination where the rise of unknown origins weighs most."""
    panel = _build_panel(basis)
    found, carried = _find_unnamed(panel), _find_carried(panel)
    share = None if found is None else _divide(found["mine_before"], found["named_before"])
    if found is None or share is None:
        return Paper({}, {}, "no destination of weight stopped naming origins")
    year, hidden = int(found["year"]), found["unknown"]
    now = panel[panel["year"] == year]
    heavy = now[now["weight_before"] >= WEIGHT]
    low = float(basis.sum_pending().get(year, 0))
    facts = {
        "weight": WEIGHT,
        "year": year,
        "year_before": year - 1,
        "carried_place": "" if carried is None else str(carried["asylum"]),
        "carried_year": None if carried is None else int(carried["year"]),
        "carried_before": None if carried is None else int(carried["year"]) - 1,
    }
    answers: Answers = {
        "5.1": ("code", str(found["asylum"])),
        "5.2": ("number", _to_number(found["unknown_share"]), 3),
        "5.3": ("number", share, 4),
        "5.4": ("range", (low, low + share * hidden)),
        "5.6": ("letters", FAIR),
    }
    mistakes: Mistakes = {
        "5.1": {
            "weight_forgotten": _name_greatest(now, "rise"),
            "largest_place": _name_greatest(now, "mine_before"),
            "level_for_rise": _name_greatest(heavy, "unknown_share"),
            "steepest_fall": _name_greatest(now, "fall"),
        },
        "5.2": {
            "unknown_as_zero": 0.0,
            "against_named": _divide(hidden, found["total"] - hidden),
            "year_before": found["unknown_share_before"],
            "percent_for_share": 100 * found["unknown_share"],
            "count_for_share": hidden,
        },
        "5.3": {
            "unknown_in_base": _divide(found["mine_before"], found["total_before"]),
            "year_of_break": _divide(found["mine"], found["total"] - hidden),
            "percent_for_share": 100 * share,
            "share_of_origin": found["weight_before"],
        },
        "5.4": {
            "unknown_as_zero": (low, low),
            "all_unknown": (low, low + hidden),
            "one_place": (found["mine"], found["mine"] + share * hidden),
            "one_end": low + share * hidden,
            "unknown_alone": (0.0, share * hidden),
        },
        "5.6": {"fall_told": ("a",), "guess_told": ("b",), "zero_told": ("d",)},
    }
    return _make_paper(facts, answers, mistakes, _ask_carried(carried))


def _build_panel(basis: Basis) -> pd.DataFrame:
    """Join each destination's year with the year before, as `<name>_before`.

    asylum, year, total and unknown (pending claims of all origins, and of unknown origin), mine
    (the origin's, 0 where it has no row), unknown_share, named_before, weight_before (share of the
    origin's claims), rise (of the unknown share), fall (of mine), both_years and unchanged (origins
    in both years, and those whose figure is the same).
    """
    rows = basis.tables["by_asylum"]
    rows = rows[rows["year"].isin(basis.years) & rows["pending"].gt(0)]
    mine = basis.own("pending").groupby(KEY)["pending"].sum().rename("mine")
    names = {
        "pending": "total",
        "pending_unknown_origin": "unknown",
        "pairs_in_both_years": "both_years",
        "pairs_unchanged": "unchanged",
    }
    panel = rows.rename(columns=names)[[*KEY, *names.values()]].join(mine, on=KEY)
    panel = panel.fillna({"unknown": 0, "mine": 0})
    panel = panel.astype(dict.fromkeys([*names.values(), "mine"], "float64"))
    panel["unknown_share"] = panel["unknown"] / panel["total"]
    panel = join_year_before(panel, panel[[*KEY, "total", "unknown", "mine", "unknown_share"]])
    panel = panel.dropna(subset="total_before")
    panel["named_before"] = panel["total_before"] - panel["unknown_before"]
    sums = basis.sum_pending().astype("float64")
    panel["weight_before"] = panel["mine_before"] / panel["year"].sub(1).map(sums)
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
    """Name the destination with the greatest value."""
    return str(rows.sort_values([column, "asylum"])["asylum"].iloc[-1])


def _find_carried(panel: pd.DataFrame) -> pd.Series | None:
    """Find the destination and year with the greatest share of figures that did not change.

    One where the origin has claims goes first, if its figures repeat at all.
    """
    known = panel[panel["both_years"] >= PAIRS]
    if not len(known):
        return None
    share = known["unchanged"] / known["both_years"]
    matters = (share >= REPEATED) & (known["mine"] > 0)
    ranked = known.assign(share=share, matters=matters)
    return ranked.sort_values(["matters", "share", "mine", "asylum"]).iloc[-1]


def _ask_carried(carried: pd.Series | None) -> Exercise:
    """Ask what share of a destination's figures are those of the year before."""
    if carried is None:
        return Exercise("5.5", "number", None)
    both, unchanged = carried["both_years"], carried["unchanged"]
    mistakes = {
        "count_for_share": unchanged,
        "percent_for_share": _divide(unchanged, both, 100),
        "upside_down": _divide(both, unchanged),
        "changed_for_unchanged": _divide(both - unchanged, both),
    }
    return Exercise("5.5", "number", _divide(unchanged, both), mistakes, places=3)


# Lesson 6, fact-checking: a published sum through the ledger, and the fair sentence.

SPAN = 10  # years that a sentence made for the exercise looks back
SERIES = ("pending_summed", "applied_persons", "applied_cases")
MEASURE = ("lodged", "new claim", "new asylum claim", "applied", "application")


def ask_facts(basis: Basis) -> Paper:
    """Set lesson 6, on the study's own claim, or a sentence made from the data that says so."""
    pending = basis.sum_pending()
    said = _take_claim(basis, pending)
    years, half = range(said["first_year"], said["last_year"] + 1), said["unit"] / 2
    summed, persons, cases = (
        float(_pick(series, years).sum())
        for series in (pending, basis.sum_new("persons"), basis.sum_new("cases"))
    )
    gap = abs(summed - said["claimed"])
    code = "exact" if not gap else "rounds" if gap <= half else "off"
    sums = dict(zip(SERIES, (summed, persons, cases), strict=True))
    low, high = persons + cases, persons + basis.factor * cases
    wanted = Wanted(
        {"low": low, "high": high, "first_year": years[0], "last_year": years[-1]},
        {
            "measure": MEASURE,
            "source": ("unhcr", "un refugee agency"),
            "span": ("between", "from", "to"),
        },
        {"summed": summed},
    )
    more = {"half_unit": half, "factor": basis.factor, "release_year": basis.years[-1]}
    answers: Answers = {
        "6.1": ("code", "applied"),
        "6.2": ("table", sums),
        "6.3": ("code", code),
        "6.4": ("code", "other-measure"),
        "6.6": ("sentence", wanted if high else None),
    }
    mistakes: Mistakes = {
        "6.1": {"stock_read": "pending", "status_read": "refugees"},
        "6.2": {
            "cases_added": sums | {"applied_persons": low},
            "summed_stocks": sums | {"applied_persons": summed},
        },
        "6.3": {f"figure_{each}": each for each in ("exact", "rounds", "off") if each != code},
        "6.4": {
            "wording_fits": "fits",
            "arithmetic_blamed": "other-arithmetic",
            "year_blamed": "other-year",
        },
    }
    asked = _ask_persons("6.5", persons, cases, basis.factor)
    asked.mistakes.update(summed_stocks=(summed, summed), cases_added=low)
    return _make_paper(said | more, answers, mistakes, asked)


def _take_claim(basis: Basis, pending: pd.Series) -> dict[str, Any]:
    """Return the claim's facts: claimed, unit, first_year, last_year, source, is_published."""
    if basis.claim is not None:
        test = basis.claim["test"]
        value, source = float(test.claimed.value), basis.claim["source"]
        first, last, unit = test.recipe.first, test.recipe.last, find_unit(value)
    else:
        last = basis.full_years[-1]
        first, source = max(last - SPAN + 1, basis.years[0]), ""
        summed = float(_pick(pending, range(first, last + 1)).sum())
        unit = float(10 ** max(len(str(int(summed))) - 2, 0))
        value = round(summed / unit) * unit
    return {
        "claimed": int(value),
        "unit": unit,
        "source": source,
        "first_year": first,
        "last_year": last,
        "is_published": basis.claim is not None,
    }


LESSONS: dict[int, Callable[[Basis], Paper]] = {
    1: ask_reading,
    2: ask_stock_and_flow,
    3: ask_periods,
    4: ask_units,
    5: ask_breaks,
    6: ask_facts,
}
