"""The rules that find breaks in counting. None knows an origin or a destination.

Each takes the panel or the tables of `breaks` (`build_panel`, `narrow_core`), and returns findings:
asylum, year, kind, touches (the measure: pending, applications, decisions or refugees), rule,
strength, effect_on_origin (claims or persons, what the break does to the reported figure; minus:
it is too low), moved (claims that change place), stage and unit (of applications; empty: to be
filled), detail. The names in the docstrings are those of `Thresholds`, which holds the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.analysis.measures import join_year_before
from helpers.analysis.stock_flow import APPEAL_LEVELS, KEY, has_pair, sum_figures
from helpers.analysis.thresholds import PERSONS_A_CASE, Thresholds
from helpers.data.columns import FIRST_ASYLUM_YEAR
from helpers.data.releases import Core
from helpers.study import ReleaseInfo

_LEVEL = ["asylum", "level_code"]
_LEVEL_YEAR = [*_LEVEL, "year"]
# What a finding touches -> the panel's figures: the origin's, all origins', of unknown origin.
_FIGURES = {
    "pending": ("end", "total", "unknown"),
    "applications": ("lodged", "all_lodged", "lodged_unknown"),
    "decisions": ("decided", "all_decided", "decided_unknown"),
}


def _report(
    rows: pd.DataFrame, kind: str | np.ndarray, rule: str, detail: str, effect: pd.Series,
    touches: str = "pending", strength: str = "strong",
) -> pd.DataFrame:  # fmt: skip
    """Turn rows that a rule picked into findings; `detail` is a template over their columns."""
    found = {
        "asylum": rows["asylum"],
        "year": rows["year"],
        "kind": kind,
        "touches": touches,
        "rule": rule,
        "strength": strength,
        "effect_on_origin": effect,
        "moved": effect.abs(),
        "stage": "",
        "unit": "",
        "detail": [detail.format_map(row) for row in rows.to_dict("records")],
    }
    return pd.DataFrame(found, dtype="object")  # as the codes of `narrow_core`


def _change(rows: pd.DataFrame) -> pd.Series:
    """Return the origin's change in claims pending."""
    return (rows["end"] - rows["end_before"]).fillna(0.0)


def find_stock_flow_gaps(panel: pd.DataFrame) -> pd.DataFrame:
    """Find stocks that last year's stock and this year's flows do not explain.

    The residual, which is the effect, reaches `gap_of_stock` of the greater stock or `breaks_total`
    of the origin's total, and `fewest_of_origin` claims. Gaps of one sign in a row are numbered.
    """
    size = panel["residual"].abs()
    of_stock = size / panel[["end_before", "end"]].max(axis=1)
    of_origin = size / panel["sum_pending"]
    is_gap = (of_stock >= Thresholds.gap_of_stock) | (of_origin > Thresholds.breaks_total)
    # Where a destination names hardly any origin, the origin's zero is a gap, not a break.
    unnamed = panel["unknown"] >= Thresholds.gap * panel["total"]
    unnamed &= panel["unknown_before"] >= Thresholds.gap * panel["total_before"]
    is_gap &= panel["is_testable"] & (size >= Thresholds.fewest_of_origin) & ~unnamed
    rows = panel[is_gap].sort_values(["asylum", "year"])
    sign = np.sign(rows["residual"])
    follows = rows["asylum"].eq(rows["asylum"].shift()) & sign.eq(sign.shift())
    follows &= rows["year"].eq(rows["year"].shift() + 1)
    rows["run"] = follows.groupby((~follows).cumsum()).cumcount() + 1
    rows["leads_to"] = [
        " to ".join(dict.fromkeys(f"{end:,.0f}" for end in ends))
        for ends in zip(rows["expected_low"], rows["expected_high"], strict=True)
    ]
    rows["again"] = [f"; gap in {run} years running" if run > 1 else "" for run in rows["run"]]
    text = (
        "expected {leads_to} from {end_before:,.0f} a year before and the flows, "
        "reported {end:,.0f}{again}"
    )
    return _report(rows, "stock_flow_gap", "stock_flow", text, rows["residual"])


def find_coverage_moves(panel: pd.DataFrame) -> pd.DataFrame:
    """Find stocks of a destination that collapse or jump beyond what flows or history allow.

    All origins' total moves by `fall` or `rise`, from `fewest` on, and the flows leave
    `unexplained` of it open or, without flows, it exceeds `history`; or the origin's own moves by
    `origin_fall` or `origin_rise` (weaker evidence). The effect is the origin's change there.
    """
    is_move, unexplained = _moves(panel, "total"), _leave_open(panel, "total", "total_")
    logs = pd.Series(np.log(panel["total"] / panel["total_before"])).abs()
    usual = logs.groupby(panel["asylum"]).transform("median")
    tested = is_move & (unexplained >= Thresholds.unexplained)
    untested = is_move & unexplained.isna() & (logs > usual * Thresholds.history)
    limits = Thresholds.origin_fall, Thresholds.origin_rise, Thresholds.fewest_of_origin
    alone = _moves(panel, "end", *limits) & ~tested & ~untested
    alone &= _leave_open(panel, "end") >= Thresholds.unexplained
    # The origin alone: never where names went missing or came back, which is another kind.
    unnamed = panel["unknown"] / panel["total"] - panel["unknown_before"] / panel["total_before"]
    alone &= ~(unnamed.abs() >= Thresholds.unknown_jump)
    text = (
        "pending of all origins {total_before:,.0f} to {total:,.0f}, of this origin"
        " {end_before:,.0f} to {end:,.0f}"
    )
    found = []
    for rule, picked, figure, strength in (
        ("level_and_flows", tested, "total", "strong"),
        ("level_and_history", untested, "total", "weak"),
        ("origin_level_and_flows", alone, "end", "weak"),
    ):
        here = panel[picked]
        kind = _name_move(here[figure], here[f"{figure}_before"])
        found.append(_report(here, kind, rule, text, _change(here), strength=strength))
    return pd.concat(found)


def _moves(
    rows: pd.DataFrame, figure: str, fall: float = Thresholds.fall, rise: float = Thresholds.rise,
    fewest: float = Thresholds.fewest,
) -> pd.Series:  # fmt: skip
    """Tell where a figure falls to `fall` or rises to `rise` of the year before."""
    now, before = rows[figure], rows[f"{figure}_before"]
    ratio = now / before
    return ((ratio <= fall) | (ratio >= rise)) & (np.maximum(now, before) >= fewest)


def _name_move(now: pd.Series, before: pd.Series) -> np.ndarray:
    """Name a move of coverage by its direction."""
    return np.where(now < before, "coverage_drop", "coverage_jump")


def _leave_open(panel: pd.DataFrame, figure: str, of: str = "") -> pd.Series:
    """Return the share of a move that the flows leave unexplained; missing where untestable."""
    move = panel[figure] - panel[f"{figure}_before"]
    along = (panel[f"{of}residual"] * np.sign(move)).clip(lower=0)
    return (along / move.abs()).where(panel[f"{of}is_testable"])


def find_silences(panel: pd.DataFrame) -> pd.DataFrame:
    """Find destinations whose stock, claims lodged or decisions stop or start being reported.

    They report something else, and `fewest` claims in the other year. The effect is the origin's
    change there.
    """
    is_later = panel["year"] > panel.groupby("asylum")["year"].transform("min")
    words = {
        "pending": "no stock reported",
        "applications": "no claims lodged reported, appeals apart",
        "decisions": "no decisions reported, appeals apart",
    }
    found = []
    for touches, (ours, every, _) in _FIGURES.items():
        before = f"{every}_before"
        reports = panel["all_lodged" if touches == "pending" else "total"].notna()
        change = panel[ours].fillna(0.0) - panel[f"{ours}_before"].fillna(0.0)
        stops = panel[every].isna() & (panel[before] >= Thresholds.fewest) & reports
        starts = panel[before].isna() & (panel[every] >= Thresholds.fewest) & reports & is_later
        ended = f"{words[touches]}, {{{before}:,.0f}} the year before"
        began = f"{words[touches]} the year before, {{{every}:,.0f}} now"
        for is_one, kind, rule, text, strength in (
            (stops, "coverage_drop", "silence", ended, "strong"),
            (starts, "coverage_jump", "silence_ends", began, "weak"),
        ):
            rows = panel[is_one]
            found.append(_report(rows, kind, rule, text, change[is_one], touches, strength))
    return pd.concat(found)


def find_unknown_origins(panel: pd.DataFrame) -> pd.DataFrame:
    """Find years in which a destination stops, or resumes, naming origins.

    The share of unknown origin changes by `unknown_jump`, from `fewest` claims on; or the origins
    named fall to `origins_fall`, from `fewest_origins` on, while the total holds (weaker). The
    effect is minus what allocation adds, or what it no longer has to; else the origin's change
    there.
    """
    found = []
    for touches, (ours, every, unknown) in _FIGURES.items():
        rows = panel.assign(
            share=100 * (panel[unknown] / panel[every]),
            share_before=100 * (panel[f"{unknown}_before"] / panel[f"{every}_before"]),
        )
        jump = rows["share"] - rows["share_before"]
        is_large = rows[[every, f"{every}_before"]].max(axis=1) >= Thresholds.fewest
        rows = rows[(jump.abs() >= 100 * Thresholds.unknown_jump) & is_large]
        change = rows[ours].fillna(0.0) - rows[f"{ours}_before"].fillna(0.0)
        adds, before = rows[f"adds_{touches}"], rows[f"adds_{touches}_before"]
        effect = (-adds).where(rows["share"] > rows["share_before"], before).fillna(change)
        text = "{share_before:.0f}% of unknown origin the year before, {share:.0f}% now"
        found.append(_report(rows, "unknown_origin", "unknown_share", text, effect, touches))
    few = panel["origins"] <= Thresholds.origins_fall * panel["origins_before"]
    few &= panel["origins_before"] >= Thresholds.fewest_origins
    few &= panel["total"] >= Thresholds.fall * panel["total_before"]
    few &= panel["total"] >= Thresholds.fewest
    rows = panel[few & ~has_pair(panel, found[0])]
    text = "{origins_before:.0f} origins named the year before, {origins:.0f} now"
    fewer = _report(rows, "unknown_origin", "origins_named", text, _change(rows), strength="weak")
    return pd.concat([*found, fewer])


def find_carried_forward(panel: pd.DataFrame) -> pd.DataFrame:
    """Find stocks that repeat the year before to the last digit, the origin's own included.

    The destination's total does, or `same_pairs` of its origins (of `fewest_pairs` or more). The
    effect is reported minus expected or, without flows, minus the last yearly change.
    """
    is_same = panel["total"].eq(panel["total_before"])
    is_same &= panel["total"] >= Thresholds.fewest_of_origin
    is_same |= (panel["pairs"] >= Thresholds.fewest_pairs) & (
        panel["same_pairs"] >= Thresholds.same_pairs * panel["pairs"]
    )
    is_same &= panel["end"].eq(panel["end_before"]) & (panel["end"] > 0)
    changes = panel[KEY].assign(change=panel["end"] - panel["end_before"])
    rows = join_year_before(panel[is_same], changes)
    text = (
        "{end:,.0f} of this origin, as the year before; all origins {total_before:,.0f} to"
        " {total:,.0f}, {same_pairs:.0f} of {pairs:.0f} origins unchanged"
    )
    effect = rows["residual"].where(rows["is_testable"], -rows["change_before"].fillna(0.0))
    return _report(rows, "carried_forward", "repeated", text, effect)


def find_mid_year(panel: pd.DataFrame, info: ReleaseInfo) -> pd.DataFrame:
    """Mark the newest year of a mid-year release, in stock and in flows.

    The effect is minus the half-year's change (stock) or claims (flows), each taken to come again.
    """
    rows = panel[panel["year"] == info.half_year]
    stock = rows[rows["end"].notna()]
    text = "stock of mid-year, {end_before:,.0f} at the last year-end and {end:,.0f} now"
    found = [_report(stock, "mid_year", "release", text, -_change(stock))]
    for touches, words in (("applications", "claims"), ("decisions", "decisions")):
        ours = _FIGURES[touches][0]
        flow = rows[rows[ours] > 0]
        text = f"{words} of six months: {{{ours}:,.0f}}"
        found.append(_report(flow, "mid_year", "release", text, -flow[ours], touches))
    return pd.concat(found)


def find_never_completed(
    panel: pd.DataFrame, origin: str, info: ReleaseInfo, mid: Core
) -> pd.DataFrame:
    """Find figures that an earlier mid-year release (`mid`) already held: carried forward.

    The year-end release repeats the origin's figure to the last digit and all origins' within
    `same_total`, from `fewest` on; where the earlier one lacks the origin, within `same_count`. The
    effect is minus the half-year's change (stock) or claims (flows), taken to come again.
    """
    texts = {
        "pending": "{end:,.0f} of this origin; {total:,.0f} of all origins",
        "applications": "{lodged:,.0f} claims lodged by this origin, {all_lodged:,.0f} by all, in"
        " six months",
        "decisions": "{decided:,.0f} decisions on this origin, {all_decided:,.0f} on all, in six"
        " months",
    }
    year = int(mid.by_asylum["year"].max())
    names = [name for figures in _FIGURES.values() for name in figures[:2]]
    held = sum_figures(mid, origin, names).add_prefix("mid_")
    rows = panel[panel["year"].eq(year) & (year != info.half_year)].join(held, on=KEY)
    has_origin = bool(rows[["mid_end", "mid_lodged"]].notna().any(axis=None))
    found = []
    for touches, (ours, every, _) in _FIGURES.items():
        most = Thresholds.same_total * rows[every] if has_origin else Thresholds.same_count
        is_same = (rows[every] - rows[f"mid_{every}"]).abs() <= most
        is_same &= (rows[every] >= Thresholds.fewest) & (rows[ours] > 0)
        here = rows[is_same & (rows[ours].eq(rows[f"mid_{ours}"]) | (not has_origin))]
        effect = -(_change(here) if touches == "pending" else here[ours])
        text = texts[touches] + ", as in the mid-year release"
        found.append(_report(here, "carried_forward", "never_completed", text, effect, touches))
    return pd.concat(found)


def _find_code_changes(
    every: pd.DataFrame, ours: pd.DataFrame, code: str, fewest: float = Thresholds.code_fewest,
    by: Sequence[str] = _LEVEL, value: str = "applied",
) -> pd.DataFrame:  # fmt: skip
    """Find years in which a series' main code is another than the year before.

    Adds `ours` and `ours_before`: the same series' figures in a table of the origin's.
    """
    key = [*by, "year"]
    columns = [name for name in (value, f"{value}_unknown_origin") if name in every]
    sums = every.groupby([*key, code])[columns].sum().reset_index()
    table = sums.groupby(key)[columns].sum()
    table["code"] = sums.sort_values(value).groupby(key)[code].last()
    table["ours"] = ours.groupby(key)[value].sum()
    table = table.fillna({"ours": 0.0}).reset_index()
    table = join_year_before(table, table, by)
    is_change = table["code_before"].notna() & table["code"].ne(table["code_before"])
    return table[is_change & (table[[value, f"{value}_before"]].min(axis=1) >= fewest)]


def find_unit_changes(core: Core, panel: pd.DataFrame) -> pd.DataFrame:
    """Find levels of the procedure whose claims lodged change from cases to persons, or back.

    The main unit of a level is another, with `code_fewest` claims in both years. The effect is what
    the new unit adds at `PERSONS_A_CASE`; on the stock, as much of the residual as that can
    explain.
    """
    rows = _find_code_changes(core.applications_by_asylum, core.applications, "unit")
    rows = rows.merge(panel, on=KEY)
    change = np.where(rows["code"].eq("persons"), 1 - 1 / PERSONS_A_CASE, 1 - PERSONS_A_CASE)
    effect = rows["ours"] * change
    text = "{level_code}: claims lodged in {code_before} the year before, in {code} now"
    lodged = _report(rows, "unit_change", "unit", text, effect, "applications")
    lodged["moved"] = rows[["ours", "ours_before"]].max(axis=1)
    lodged["unit"] = "cases persons"
    effect = _estimate_stock_effect(rows)
    text = (
        "claims lodged at {level_code} change from {code_before} to {code}; the stock is"
        " {residual:+,.0f} off what flows explain"
    )
    explained = effect.ne(0)
    pending = _report(rows[explained], "unit_change", "unit", text, effect[explained])
    return pd.concat([lodged, pending])


def _estimate_stock_effect(rows: pd.DataFrame) -> pd.Series:
    """Return the part of the stock-flow residual that a change of unit can explain."""
    share = (rows["ours_before"] / rows["lodged_before"]).clip(upper=1).fillna(0.0)
    named = 1 - (rows["applied_unknown_origin"] / rows["applied"]).fillna(0.0)
    change = np.where(rows["code"].eq("persons"), PERSONS_A_CASE - 1, 1 / PERSONS_A_CASE - 1)
    most = rows["end_before"] * share * named * change
    residual = rows["residual"].where(rows["is_testable"])
    size = np.minimum(residual.abs(), most.abs())
    return (np.sign(most) * size).where(np.sign(residual).eq(np.sign(most)), 0.0).fillna(0.0)


def find_stage_changes(core: Core, panel: pd.DataFrame) -> pd.DataFrame:
    """Find claims that enter or leave the strict count of new claims by a change of code.

    A level's main stage becomes or ceases to be `new`, with `code_fewest` claims in both years; or
    a destination had `fewest` new claims and now has none, while it reports others. The effect is
    the claims that enter or leave.
    """
    rows = _find_code_changes(core.applications_by_asylum, core.applications, "stage")
    rows = rows[rows["code"].eq("new") | rows["code_before"].eq("new")]
    effect = rows["ours"].where(rows["code"].eq("new"), -rows["ours"])
    text = "{level_code}: stage {code_before} the year before, {code} now"
    found = _report(rows, "stage_change", "stage", text, effect, "applications")
    found["stage"] = rows["code"].str.cat(rows["code_before"], sep=" ")
    is_none = panel["all_new"].fillna(0.0).eq(0) & (panel["all_new_before"] >= Thresholds.fewest)
    # Where nothing at all is reported it is silence, which is another kind.
    is_none &= has_pair(panel, core.applications_by_asylum) & ~has_pair(panel, found)
    is_none &= panel["total"].notna()
    lost = panel[is_none]
    effect = -lost["new_before"].fillna(0.0)
    text = "no new claim on file, {all_new_before:,.0f} the year before"
    gone = _report(lost, "stage_change", "no_new_claims", text, effect, "applications")
    return pd.concat([found, gone])


def find_authorities(core: Core) -> pd.DataFrame:
    """Find destinations whose claims are registered by another authority than the year before.

    Both years have `fewest_of_origin` claims; the effect is the change in claims lodged.
    """
    own = core.applications
    rows = _find_code_changes(own, own, "authority", Thresholds.fewest_of_origin, ["asylum"])
    text = "registered by {code_before} the year before, by {code} now"
    effect = rows["ours"] - rows["ours_before"]
    return _report(rows, "stage_change", "authority", text, effect, "applications")


def find_booking_changes(core: Core) -> pd.DataFrame:
    """Find levels whose refusals turn into otherwise closed decisions, or back.

    The refusals' share of the two changes by `swap`, with `fewest` in both years. The effect is the
    origin's refusals that move.
    """
    table = core.decisions_by_asylum.groupby(_LEVEL_YEAR)[["rejected", "closed"]].sum()
    table["both"] = table["rejected"] + table["closed"]
    table["share"] = 100 * table["rejected"] / table["both"]
    ours = core.decisions.groupby(_LEVEL_YEAR)[["rejected", "closed"]].sum().sum(axis=1)
    table = table[["both", "share"]].reset_index()
    rows = join_year_before(table, table, _LEVEL).join(ours.rename("ours"), on=_LEVEL_YEAR)
    change = rows["share"] - rows["share_before"]
    is_found = rows[["both", "both_before"]].min(axis=1, skipna=False) >= Thresholds.fewest
    is_found &= change.abs() >= 100 * Thresholds.swap
    text = (
        "{level_code}: refused are {share_before:.0f} % of refused and closed the year before,"
        " {share:.0f} % now"
    )
    effect = (rows["ours"].fillna(0.0) * change / 100)[is_found]
    return _report(rows[is_found], "stage_change", "refused_or_closed", text, effect, "decisions")


def find_level_of_flow(core: Core, panel: pd.DataFrame) -> pd.DataFrame:
    """Find levels whose claims lodged fall or rise by a change of what is counted.

    All origins' claims at a level move by `fall` or `rise`, from `fewest` on; the decisions there
    do not, and the stock's residual makes up for `unexplained` of the move. The effect is the
    origin's change at the level.
    """
    every = core.applications_by_asylum
    every = every[~every["level_code"].isin(APPEAL_LEVELS)]
    figures = {
        "lodged_there": every.groupby(_LEVEL_YEAR)["applied"].sum(),
        "decided_there": core.decisions_by_asylum.groupby(_LEVEL_YEAR)["total"].sum(),
        "ours": core.applications.groupby(_LEVEL_YEAR)["applied"].sum(),
    }
    table = pd.concat(figures, axis=1).fillna({"ours": 0.0}).reset_index()
    rows = join_year_before(table, table, _LEVEL)
    rows = rows.join(panel.set_index(KEY)[["total_residual", "total_is_testable"]], on=KEY)
    change = rows["lodged_there"] - rows["lodged_there_before"]
    made_up = -rows["total_residual"] * np.sign(change) / change.abs().where(change != 0)
    is_move = _moves(rows, "lodged_there") & ~_moves(rows, "decided_there")
    is_move &= rows[["decided_there", "decided_there_before"]].min(axis=1, skipna=False) > 0
    is_move &= rows["total_is_testable"].eq(True) & (made_up >= Thresholds.unexplained)
    text = (
        "{level_code}: claims lodged by all origins {lodged_there_before:,.0f} to"
        " {lodged_there:,.0f}, decisions {decided_there_before:,.0f} to {decided_there:,.0f}"
    )
    here = rows[is_move]
    effect = here["ours"] - here["ours_before"].fillna(0.0)
    kind = _name_move(here["lodged_there"], here["lodged_there_before"])
    return _report(here, kind, "level_of_flow", text, effect, "applications")


def find_level_of_decisions(core: Core) -> pd.DataFrame:
    """Find destinations that leave or join the decisions of first instance.

    Most decisions, appeals apart, are booked at first instance in one year and elsewhere in the
    other, with `fewest` in both. The effect is the origin's decisions that leave or join.
    """
    every, ours = core.decisions_by_asylum, core.decisions
    every, first = every[~every["level_code"].isin(APPEAL_LEVELS)], ours[ours["level"] == "first"]
    rows = _find_code_changes(every, first, "level", Thresholds.fewest, ["asylum"], "total")
    effect = rows["ours"] - rows["ours_before"]
    text = "decisions at level group {code_before} the year before, at {code} now"
    return _report(rows, "stage_change", "level", text, effect, "decisions")


def find_restated_refugees(core: Core) -> pd.DataFrame:
    """Find stocks of refugees that take a step between years in which they stand still.

    The figure moves by `step` of the greater one, from `fewest_of_origin` persons on, and is the
    same within `same_total` in the two years before, the two after, or both (stronger evidence):
    carried forward, then renewed. The effect is the step.
    """
    stock = core.pending[core.pending["refugees"] > 0][[*KEY, "refugees"]]
    shifted = [
        stock.assign(year=stock["year"] + lag).set_index(KEY)["refugees"].rename(name)
        for lag, name in ((1, "before"), (2, "earlier"), (-1, "after"))
    ]
    rows = stock.join(pd.concat(shifted, axis=1), on=KEY)
    now, before = rows["refugees"], rows["before"]
    greater = np.maximum(now, before)
    is_step = (now - before).abs() >= Thresholds.step * greater
    is_step &= greater >= Thresholds.fewest_of_origin
    stood, stands = (
        (one - other).abs() <= Thresholds.same_total * one
        for one, other in ((before, rows["earlier"]), (now, rows["after"]))
    )
    text = "refugees {earlier:,.0f}, {before:,.0f}, {refugees:,.0f}, {after:,.0f} in four years"
    found = []
    for strength, still in (("strong", stood & stands), ("weak", stood ^ stands)):
        here = rows[is_step & still & rows["year"].gt(FIRST_ASYLUM_YEAR)]
        kind = _name_move(here["refugees"], here["before"])
        effect = here["refugees"] - here["before"]
        found.append(_report(here, kind, "restated", text, effect, "refugees", strength))
    table = pd.concat(found)
    return table.assign(detail=table["detail"].str.replace("nan", "none"))
