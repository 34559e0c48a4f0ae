"""Rules on dates within a release: a stock that repeats last year's, a year that is half over.

What `effect_on_origin` estimates, in claims (minus: the reported figure is too low):

- carried_forward: reported minus what the flows lead one to expect or, where there are none on
  file, minus the last yearly change, taken to go on;
- mid_year: minus the half-year's change (stock), minus the half-year's claims (flow), each taken
  to repeat itself in the second half.
"""

from __future__ import annotations

import pandas as pd

from helpers.analysis.break_panel import FINDING, report
from helpers.analysis.thresholds import Thresholds


def find_carried_forward(panel: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Find stocks that repeat the year before to the last digit, the origin's own included."""
    same_total = panel["total"].eq(panel["total_before"]) & (
        panel["total"] >= limits.fewest_of_origin
    )
    same_pairs = (panel["pairs"] >= limits.fewest_pairs) & (
        panel["same_pairs"] >= limits.same_pairs * panel["pairs"]
    )
    same_ours = panel["end"].eq(panel["start"]) & (panel["end"] > 0)
    rows = panel[(same_total | same_pairs) & same_ours]
    text = (
        "{end:,.0f} of this origin, as the year before; all origins {total_before:,.0f} to"
        " {total:,.0f}, {same_pairs:.0f} of {pairs:.0f} origins unchanged"
    )
    effect = rows["residual"].where(rows["is_testable"], -_last_change(panel).reindex(rows.index))
    return report(rows, "carried_forward", "repeated", text, effect)


def _last_change(panel: pd.DataFrame) -> pd.Series:
    """Return the origin's change in the year before, by destination; 0 where it is not known."""
    change = (panel["end"] - panel["start"]).groupby([panel["asylum"], panel["year"]]).first()
    keys = pd.MultiIndex.from_arrays([panel["asylum"], panel["year"] - 1])
    return pd.Series(change.reindex(keys).to_numpy(), index=panel.index).fillna(0.0)


def find_mid_year(panel: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """Mark the newest year of a mid-year release, in stock and in flow."""
    if year is None:
        return pd.DataFrame(columns=FINDING)
    rows = panel[panel["year"] == year]
    stock = rows[rows["end"].notna()]
    flow = rows[rows["lodged"] > 0]
    text = "stock of mid-year, {start:,.0f} at the last year-end and {end:,.0f} now"
    half = (stock["start"] - stock["end"]).fillna(0.0)
    stocks = report(stock, "mid_year", "release", text, half)
    text = "claims of six months: {lodged:,.0f}"
    flows = report(flow, "mid_year", "release", text, -flow["lodged"], touches="applications")
    return pd.concat([stocks, flows])
