"""Rules on codes: unit, stage, authority, and refusals booked as closed.

What `effect_on_origin` estimates, in claims:

- unit_change: claims that the new unit adds or takes away if a case is `persons_a_case` persons;
  for the stock, the stock-flow residual as far as such a change can explain it;
- stage_change: claims that enter or leave the strict count of new claims (stage), the change in
  claims lodged (authority), the refusals that move (decisions).

`moved` are the claims whose code changed. Flips are judged on all origins together, level by
level, so that a few claims of one origin cannot look like one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.break_panel import FINDING, report
from helpers.analysis.thresholds import Thresholds

if TYPE_CHECKING:
    from helpers.data.releases import Core

LEVEL = ["asylum", "level_code"]


def find_unit_changes(
    core: Core, origin: str, panel: pd.DataFrame, limits: Thresholds
) -> pd.DataFrame:
    """Find levels of the procedure whose claims lodged change from cases to persons, or back."""
    flips = _find_flips(core.applications_by_asylum, "unit", limits.code_fewest)
    flips = flips[flips["asylum"].isin(panel["asylum"].unique())]
    if flips.empty:
        return pd.DataFrame(columns=FINDING)
    flips = _add_ours(flips, core, origin).merge(
        panel, on=["asylum", "year"], suffixes=("_level", "")
    )
    factor = limits.persons_a_case
    to_persons = flips["code"].eq("persons")
    effect = np.where(to_persons, flips["ours"] * (1 - 1 / factor), -flips["ours"] * (factor - 1))
    text = "{level_code}: claims lodged in {code_before} the year before, in {code} now"
    lodged = report(
        flips, "unit_change", "unit", text, pd.Series(effect, flips.index), touches="applications"
    )
    lodged["moved"] = flips[["ours", "ours_before"]].max(axis=1)
    lodged["unit"] = "cases persons"
    stock = _estimate_stock_effect(flips, to_persons, factor)
    explained = flips[stock.abs() > 0]
    text = (
        "claims lodged at {level_code} change from {code_before} to {code}; the stock is"
        " {residual:+,.0f} off what flows explain"
    )
    pending = report(explained, "unit_change", "unit", text, stock[stock.abs() > 0])
    return pd.concat([lodged, pending])


def _estimate_stock_effect(flips: pd.DataFrame, to_persons: pd.Series, factor: float) -> pd.Series:
    """Return the part of the stock-flow residual that a change of unit can explain.

    It must have the right sign, and cannot exceed what the factor does to the level's part of
    the stock; claims of unknown origin are not in the origin's figure and change nothing in it.
    """
    share = (flips["ours_before"] / flips["lodged_before"]).clip(upper=1).fillna(0.0)
    named = 1 - (flips["unknown_level"] / flips["applied"]).fillna(0.0)
    change = np.where(to_persons, factor - 1, -(1 - 1 / factor))
    most = flips["start"] * share * named * change
    residual = flips["residual"].where(flips["is_testable"])
    fits = np.sign(residual).eq(np.sign(most))
    size = np.minimum(residual.abs(), most.abs())
    return (np.sign(most) * size).where(fits, 0.0).fillna(0.0)


def find_stage_changes(
    core: Core, origin: str, panel: pd.DataFrame, limits: Thresholds
) -> pd.DataFrame:
    """Find claims that enter or leave the strict count of new claims by a change of code."""
    flips = _find_flips(core.applications_by_asylum, "stage", limits.code_fewest)
    flips = flips[flips["asylum"].isin(panel["asylum"].unique())]
    flips = flips[flips["code"].eq("new") | flips["code_before"].eq("new")]
    rows = _add_ours(flips, core, origin)
    sign = np.where(rows["code"].eq("new"), 1.0, -1.0)
    text = "{level_code}: stage {code_before} the year before, {code} now"
    found = report(rows, "stage_change", "stage", text, rows["ours"] * sign, touches="applications")
    found["moved"] = rows["ours"]
    found["stage"] = rows["code"].str.cat(rows["code_before"], sep=" ")
    missing = _find_no_new(core, origin, panel, limits)
    told = pd.MultiIndex.from_frame(found[["asylum", "year"]])
    is_new = ~pd.MultiIndex.from_frame(missing[["asylum", "year"]]).isin(told)
    return pd.concat([found, missing[is_new], _find_authorities(core, origin, limits)])


def _find_no_new(core: Core, origin: str, panel: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Find destinations without one new claim on file, while they report otherwise."""
    new = core.applications_by_asylum.query("stage == 'new'")
    sums = new.groupby(["asylum", "year"])["applied"].sum().astype("float64")
    ours = core.applications[
        (core.applications["origin"] == origin) & core.applications["stage"].eq("new")
    ]
    mine = ours.groupby(["asylum", "year"])["applied"].sum().astype("float64")
    before = pd.MultiIndex.from_arrays([panel["asylum"], panel["year"] - 1])
    here = pd.MultiIndex.from_arrays([panel["asylum"], panel["year"]])
    rows = panel.assign(
        new=sums.reindex(here).fillna(0.0).to_numpy(),
        new_before=sums.reindex(before).fillna(0.0).to_numpy(),
        lost=mine.reindex(before).fillna(0.0).to_numpy(),
    )
    rows = rows[rows["new"].eq(0) & (rows["new_before"] >= limits.fewest) & rows["total"].gt(0)]
    # Where nothing at all is on file it is silence, which is another kind.
    speaks = pd.MultiIndex.from_frame(core.applications_by_asylum[["asylum", "year"]])
    rows = rows[pd.MultiIndex.from_frame(rows[["asylum", "year"]]).isin(speaks)]
    text = "no new claim on file, {new_before:,.0f} the year before"
    return report(
        rows, "stage_change", "no_new_claims", text, -rows["lost"], touches="applications"
    )


def _find_authorities(core: Core, origin: str, limits: Thresholds) -> pd.DataFrame:
    """Find destinations whose claims are registered by another authority than the year before."""
    ours = core.applications[core.applications["origin"] == origin]
    flips = _find_flips(
        ours.assign(level_code=""),
        "authority",
        limits.fewest_of_origin,
        by=["asylum", "level_code"],
    )
    text = "registered by {code_before} the year before, by {code} now"
    effect = flips["applied"] - flips["applied_before"]
    return report(flips, "stage_change", "authority", text, effect, touches="applications")


def find_swaps(core: Core, origin: str, limits: Thresholds) -> pd.DataFrame:
    """Find levels whose refusals turn into otherwise closed decisions, or back."""
    every = core.decisions_by_asylum.groupby([*LEVEL, "year"])[["rejected", "closed"]].sum()
    frame = every.astype("float64").reset_index().sort_values([*LEVEL, "year"])
    frame["both"] = frame["rejected"] + frame["closed"]
    frame["share"] = 100 * frame["rejected"] / frame["both"].where(frame["both"] > 0)
    last = frame.groupby(LEVEL)[["year", "both", "share"]].shift()
    frame = frame.assign(share_before=last["share"], both_before=last["both"])
    frame = frame[last["year"].eq(frame["year"] - 1)]
    enough = frame[["both", "both_before"]].min(axis=1) >= limits.fewest
    moved = (frame["share"] - frame["share_before"]).abs() >= 100 * limits.swap
    rows = frame[enough & moved]
    ours = core.decisions[core.decisions["origin"] == origin].groupby([*LEVEL, "year"])
    mine = ours[["rejected", "closed"]].sum().sum(axis=1).astype("float64")
    keys = pd.MultiIndex.from_frame(rows[[*LEVEL, "year"]])
    size = pd.Series(mine.reindex(keys).to_numpy(), rows.index).fillna(0.0)
    effect = size * (rows["share"] - rows["share_before"]) / 100
    text = (
        "{level_code}: refused are {share_before:.0f} % of refused and closed the year before,"
        " {share:.0f} % now"
    )
    return report(rows, "stage_change", "refused_or_closed", text, effect, touches="decisions")


def _find_flips(
    frame: pd.DataFrame, code: str, fewest: float, by: list[str] | None = None
) -> pd.DataFrame:
    """Find years in which a level's main code is another than the year before.

    Returns
    -------
    DataFrame
        asylum, level_code, year, code, code_before, applied, applied_before, unknown_level.
    """
    by = by or LEVEL
    has_unknown = "applied_unknown_origin" in frame
    columns = ["applied", "applied_unknown_origin"] if has_unknown else ["applied"]
    sums = frame.groupby([*by, "year", code])[columns].sum().astype("float64").reset_index()
    totals = sums.groupby([*by, "year"])[columns].sum()
    main = sums.sort_values("applied").groupby([*by, "year"])[code].last().rename("code")
    table = totals.join(main).reset_index().sort_values([*by, "year"])
    last = table.groupby(by)[["year", "code", "applied"]].shift()
    table = table.assign(code_before=last["code"], applied_before=last["applied"])
    table["unknown_level"] = table["applied_unknown_origin"] if has_unknown else 0.0
    follows = last["year"].eq(table["year"] - 1) & table["code"].ne(table["code_before"])
    enough = table[["applied", "applied_before"]].min(axis=1) >= fewest
    return table[follows & enough].drop(columns="applied_unknown_origin", errors="ignore")


def _add_ours(flips: pd.DataFrame, core: Core, origin: str) -> pd.DataFrame:
    """Add the origin's claims lodged at that level, this year and the year before."""
    ours = core.applications[core.applications["origin"] == origin]
    mine = ours.groupby([*LEVEL, "year"])["applied"].sum().astype("float64")
    here = pd.MultiIndex.from_frame(flips[[*LEVEL, "year"]])
    before = pd.MultiIndex.from_arrays([flips["asylum"], flips["level_code"], flips["year"] - 1])
    return flips.assign(
        ours=mine.reindex(here).fillna(0.0).to_numpy(),
        ours_before=mine.reindex(before).fillna(0.0).to_numpy(),
    )
