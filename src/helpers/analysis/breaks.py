"""Breaks: years in which a destination's figures change because its counting did.

`find_breaks` runs every rule of `break_rules` over every destination where the origin ever had a
claim, keeps the findings that matter, and says which ones the register explains. A finding is about
one measure (`touches`); what touches two is two findings.

The flags say which years compare. Status codes follow SDMX (CL_OBS_STATUS), joined by a space:

- b: break in the series (coverage, unknown origin, stock-flow gap, carried forward);
- d: definition differs (unit or stage of the claims);
- e: estimated, here: a figure of an earlier date is used for the missing one;
- p: provisional (the mid-year figure that ends a mid-year release), whatever its size.

A year is not comparable where one finding moves the figure by over `Thresholds.breaks_total`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis import break_rules
from helpers.analysis.measures import join_year_before, sum_whole
from helpers.analysis.stock_flow import APPEAL_LEVELS, KEY, has_pair, sum_figures, walk_stock
from helpers.analysis.thresholds import Thresholds
from helpers.analysis.unknown_origin import allocate_unknown, allocate_unknown_lodged
from helpers.data.columns import UNKNOWN_ORIGIN
from helpers.data.releases import Core
from helpers.study import ReleaseInfo

STATUS_OF = {
    "coverage_drop": "b",
    "coverage_jump": "b",
    "unknown_origin": "b",
    "stock_flow_gap": "b",
    "carried_forward": "b e",
    "stage_change": "d",
    "unit_change": "d",
    "mid_year": "p",
}
TOUCHES = ("pending", "applications", "decisions", "refugees")
SEVERITIES = ("high", "medium", "low")
COLUMNS = [
    "asylum", "year", "kind", "severity", "detail", "effect_on_origin", "is_explained",
    "effect_share", "touches", "rule", "strength", "stage", "unit", "moved", "reason", "source",
]  # fmt: skip
# A stage or unit that holds less of a destination's claims is not where its findings show.
_MAIN_SHARE = 0.1
_OF_WALK = ["start", "end", "expected_low", "expected_high", "residual", "is_testable"]


def find_breaks(
    core: Core,
    origin: str,
    *,
    info: ReleaseInfo,
    previous: Mapping[str, Core] | None = None,
    register: Iterable[Any] = (),
    years: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Find the breaks in an origin's series, by rule.

    `previous` are the mid-year releases published before (`load_earlier`), which show years that
    were never completed; `register` is `load_breaks()`; `years` those to judge, default all but the
    first.

    Returns asylum, year, kind, severity (high, medium, low), detail, effect_on_origin (claims,
    signed: what the break does to the reported figure), is_explained, effect_share (0-1 of the
    origin's total of what it touches), touches, rule, strength (strong, weak), stage, unit (of
    applications: codes joined by a space), moved (claims that change place), reason, source; by
    year, then effect.
    """
    core = narrow_core(core, origin)
    panel, mid_years = build_panel(core, origin), (previous or {}).values()
    every = pd.concat([
        break_rules.find_stock_flow_gaps(panel),
        break_rules.find_coverage_moves(panel),
        break_rules.find_silences(panel),
        break_rules.find_unknown_origins(panel),
        break_rules.find_carried_forward(panel),
        break_rules.find_mid_year(panel, info),
        *(break_rules.find_never_completed(panel, origin, info, mid) for mid in mid_years),
        break_rules.find_unit_changes(core, panel),
        break_rules.find_stage_changes(core, panel),
        break_rules.find_authorities(core),
        break_rules.find_booking_changes(core),
        break_rules.find_level_of_flow(core, panel),
        break_rules.find_level_of_decisions(core),
        break_rules.find_restated_refugees(core),
    ], ignore_index=True)  # fmt: skip
    every = every.astype({"year": "int64", "effect_on_origin": "float64", "moved": "float64"})
    # Half a year's flow is less than a year's, and no change of level.
    every = every[(every["year"] != info.half_year) | every["rule"].ne("level_of_flow")]
    every = _add_severity(every, panel, core)
    matters = panel[["share", "share_before"]].max(axis=1) >= Thresholds.breaks_total
    keep = has_pair(every, panel[matters])
    keep |= every["effect_share"] >= Thresholds.matters
    if years is not None:
        keep &= every["year"].isin(list(years))
    found = _explain(_name_series(every[keep].copy(), core), register, info.name)
    order = found.assign(_size=-found["effect_share"].fillna(0.0))
    order = order.sort_values(["year", "_size", "asylum", "kind", "touches"], ignore_index=True)
    counts = order[["effect_on_origin", "moved"]].round().astype("Int64")
    return order.assign(**counts, effect_share=order["effect_share"].astype("Float64"))[COLUMNS]


def narrow_core(core: Core, origin: str) -> Core:
    """Keep one origin's rows, and the destinations where it ever had a claim pending or lodged.

    Counts become floats, missing NaN: every rule computes in them, and turning them once is fast.
    Codes become plain objects, which small frames are grouped and joined by soonest.
    """
    ours = {
        name: getattr(core, name)[lambda frame: frame["origin"] == origin]
        for name in ("pending", "applications", "decisions")
    }
    codes = {*ours["pending"].query("pending > 0")["asylum"], *ours["applications"]["asylum"]}
    every = {
        name: getattr(core, name)[lambda frame: frame["asylum"].isin(codes)]
        for name in ("by_asylum", "applications_by_asylum", "decisions_by_asylum")
    }
    for frame in every.values() if origin == UNKNOWN_ORIGIN else ():  # nothing to share out
        frame.loc[:, frame.columns.str.endswith("_unknown_origin")] = 0
    tables: dict[str, Any] = {name: _make_plain(frame) for name, frame in (ours | every).items()}
    return replace(core, **tables)


def _make_plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn counts to floats and codes to objects; `select_dtypes` would take years along."""
    counts = {name: "float64" for name, kind in frame.dtypes.items() if kind == pd.Int64Dtype()}
    codes = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype)]
    return frame.astype(counts | dict.fromkeys(codes, "object"))


def build_panel(core: Core, origin: str) -> pd.DataFrame:
    """Build the panel of an origin's destinations (`narrow_core`).

    Returns asylum, year; of the origin: end (pending), expected_low, expected_high, residual,
    is_testable, lodged and decided (appeals apart, cases as one each), new (type N); of all
    origins: total (pending), total_residual, total_is_testable, unknown, origins, all_lodged,
    all_new, lodged_unknown, all_decided, decided_unknown, pairs and same_pairs (of origins reported
    in both years); sum_pending and sum_lodged (the origin's over all destinations); share (the
    destination's of these, 0-1, the greater); adds_pending, adds_applications and adds_decisions
    (what the allocation of unknown origins adds; missing where undetermined); the same of the year
    before with `_before`. Missing is NaN.
    """
    totals = walk_stock(core, None).set_index(KEY)[_OF_WALK].add_prefix("total_")
    totals = totals.rename(columns={"total_start": "total_before", "total_end": "total"})
    own = walk_stock(core, origin).set_index(KEY)[_OF_WALK].rename(columns={"start": "end_before"})
    panel = own.join(totals, how="outer").astype("float64")
    for name in ("is_testable", "total_is_testable"):
        panel[name] = panel[name].eq(1.0)
    claims = core.applications, core.applications_by_asylum
    new, all_new = (rows[rows["stage"] == "new"].groupby(KEY)["applied"].sum() for rows in claims)
    more = {
        "new": new,
        "all_new": all_new,
        "adds_pending": allocate_unknown(core, origin).set_index(KEY)["added"],
        "adds_applications": sum_whole(allocate_unknown_lodged(core, origin), KEY, "added"),
    }
    parts = [sum_figures(core, origin), pd.concat(more, axis=1).astype("float64")]
    table = pd.concat(parts, axis=1).assign(adds_decisions=np.nan)
    own = table[["end", "lodged"]]
    sums = own.groupby("year").transform("sum", min_count=1)
    table[["sum_pending", "sum_lodged"]], table["share"] = sums, (own / sums).max(axis=1)
    table = table.drop(columns=["end", "total"])  # the walks know more zeros
    panel = join_year_before(panel.join(table).reset_index(), table.reset_index())
    return panel.sort_values(["year", "asylum"], ignore_index=True)


def _add_severity(found: pd.DataFrame, panel: pd.DataFrame, core: Core) -> pd.DataFrame:
    """Add effect_share, of the origin's total of what a finding touches, and severity."""
    sums = panel.groupby("year")[["sum_pending", "sum_lodged"]].first()
    sums["decided"] = core.decisions.groupby("year")["total"].sum()
    sums["refugees"] = core.pending.groupby("year")["refugees"].sum()
    totals = sums.set_axis(TOUCHES, axis=1).stack()
    below = totals.reindex(pd.MultiIndex.from_frame(found[["year", "touches"]])).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (found["effect_on_origin"].abs() / below).replace([np.inf], np.nan)
    rank = np.select([share > Thresholds.breaks_total, share >= Thresholds.medium], [0, 1], 2)
    rank = np.minimum(rank + found["strength"].eq("weak").to_numpy(), 2)
    return found.assign(effect_share=share, severity=np.array(SEVERITIES)[rank])


def _name_series(found: pd.DataFrame, core: Core) -> pd.DataFrame:
    """Fill stage and unit of findings on applications: the destination's main ones then."""
    every = core.applications_by_asylum
    every = every[~every["level_code"].isin(APPEAL_LEVELS)]
    for name in ("stage", "unit"):
        sums = every.groupby([*KEY, name])["applied"].sum()
        main = sums[sums >= _MAIN_SHARE * sums.groupby(KEY).transform("sum")].reset_index()
        codes = main.groupby(KEY)[name].agg(set).to_dict()
        blank = found["touches"].eq("applications") & found[name].eq("")
        pairs = found.loc[blank, KEY].itertuples(index=False)
        both = [codes.get((a, y), set()) | codes.get((a, y - 1), set()) for a, y in pairs]
        found.loc[blank, name] = [" ".join(sorted(each)) for each in both]
    return found


def _explain(found: pd.DataFrame, register: Iterable[Any], release: str) -> pd.DataFrame:
    """Add is_explained, reason and source from the register's entries."""
    rows: list[list[Any]] = [[] for _ in range(len(found))]
    for entry in register:
        for row in np.flatnonzero(match_entry(found, entry, release)):
            rows[row].append(entry)
    sources = [dict.fromkeys(each.cite() for e in own for each in e.sources) for own in rows]
    return found.assign(
        is_explained=np.array([bool(own) for own in rows], dtype=bool),
        reason=[" ".join(dict.fromkeys(entry.reason for entry in own)) for own in rows],
        source=["; ".join(texts) for texts in sources],
    )


def match_entry(found: pd.DataFrame, entry: Any, release: str) -> pd.Series:
    """Tell which findings a register entry explains, by all that the entry names."""
    here = found["year"].isin(entry.years) & found["kind"].isin(entry.kinds)
    here &= not entry.releases or release in entry.releases
    here &= found["asylum"].eq(entry.asylum) | (entry.asylum == "*")
    for column, allowed in (("touches", entry.touches), ("rule", entry.rules)):
        here &= found[column].isin(allowed) | (not allowed)
    return here


def flag_stock_years(
    breaks: pd.DataFrame, totals: pd.DataFrame, measure: str = "pending"
) -> pd.DataFrame:
    """Flag the years of an origin's total of a stock by `find_breaks`.

    Takes year and the measure: pending (claims) or refugees (persons). Returns year, is_comparable
    (bool), status, broken_by (asylum and kind of each finding above `Thresholds.breaks_total`,
    joined by "; ").
    """
    rows = totals[["year"]].assign(total=totals[measure])
    return _flag(breaks[breaks["touches"] == measure], rows, "effect_on_origin")


def flag_applied_years(breaks: pd.DataFrame, applied_totals: pd.DataFrame) -> pd.DataFrame:
    """Flag the rows of an origin's claims lodged (year, stage, unit, applied).

    A change of unit or stage moves claims between rows, so there the claims that change place count
    (`moved`), against the greater of both years' figure; elsewhere the effect does. Returns year,
    stage, unit, is_comparable, status, broken_by (as `flag_stock_years`).
    """
    rows, series = applied_totals[["year", "stage", "unit"]], ["stage", "unit"]
    before = applied_totals.sort_values("year").groupby(series)["applied"].shift()
    total = pd.concat([applied_totals["applied"], before], axis=1).astype("Float64").max(axis=1)
    found = breaks[breaks["touches"] == "applications"]
    return _flag(found, rows.assign(total=total), "moved")


def hold_code(codes: str, code: str) -> bool:
    """Tell whether a list of codes, joined by a space, holds this one; an empty list holds all."""
    return not codes or code in codes.split()


def _flag(found: pd.DataFrame, rows: pd.DataFrame, size: str) -> pd.DataFrame:
    """Flag each row (year, total; stage and unit of claims lodged) by the findings of its year."""
    found = found.assign(size=found[size].abs().astype("float64"))
    by_year = {year: each.to_dict("records") for year, each in found.groupby("year")}
    flags = []
    for row in rows.to_dict("records"):
        here = by_year.get(row["year"], [])
        for name in {"stage", "unit"} & row.keys():
            here = [each for each in here if hold_code(each[name], row[name])]
        is_known = pd.notna(row["total"]) and row["total"] > 0
        least = Thresholds.breaks_total * float(row["total"]) if is_known else float("inf")
        above = [each for each in here if each["size"] > least]
        kinds = {each["kind"] for each in above} | {"mid_year"} & {each["kind"] for each in here}
        codes = {code for kind in kinds for code in STATUS_OF[kind].split()}
        names = dict.fromkeys(f"{each['asylum']} {each['kind']}" for each in above)
        flags.append((not above, " ".join(sorted(codes)), "; ".join(names)))
    table = pd.DataFrame(flags, columns=["is_comparable", "status", "broken_by"])
    keys = rows.drop(columns="total").reset_index(drop=True)
    return keys.join(table.astype({"is_comparable": bool}))


def keep_grave(breaks: pd.DataFrame) -> pd.DataFrame:
    """Keep breaks of pending that move the origin's total by over `Thresholds.breaks_total`."""
    is_grave = breaks["effect_share"] > Thresholds.breaks_total
    return breaks[breaks["touches"].eq("pending") & is_grave.fillna(False)]


def find_last_comparable(by_year: pd.DataFrame) -> int:
    """Return the last year whose stock compares with the one before; else the last with a figure.

    Takes year, pending and is_comparable.
    """
    known = by_year[by_year["pending"].notna()]
    fitting = known[known["is_comparable"]]
    return int((fitting if len(fitting) else known)["year"].max())
