"""The account of a stock as a figure: what is reported, what the flows lead one to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.plots.charts import draw_lines
from helpers.plots.marks import label_end, to_floats
from helpers.plots.style import PALETTE, darken_for_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_account(ax: Axes, frame: pd.DataFrame, provisional: int | None = None) -> None:
    """Draw the reported stock as a line, each year's expected range as a bar, and the gap.

    The bars are not joined, since each year starts anew from the stock reported a year before.

    Parameters
    ----------
    frame : DataFrame
        year, end (reported), expected_low and expected_high (missing where not testable).
    provisional : int, optional
        A year whose point is drawn hollow.
    """
    draw_lines(ax, frame, y="end", labels={"end": "Reported"}, provisional=provisional)
    at, end = to_floats(frame["year"]), to_floats(frame["end"])
    low, high = to_floats(frame["expected_low"]), to_floats(frame["expected_high"])
    near = np.clip(end, low, high)
    known = np.isfinite(near)
    ax.vlines(at[known], near[known], end[known], color=PALETTE[2], linewidth=1.4, zorder=2)
    # A range of no width shows as a dash.
    ax.vlines(at[known], low[known], high[known], color=PALETTE[4], linewidth=6, zorder=2)
    ax.plot(
        at[known], (low + high)[known] / 2, linestyle="", marker="_", markersize=8,
        markeredgewidth=2.2, color=PALETTE[4], zorder=2,
    )  # fmt: skip
    if known.any():
        place = np.flatnonzero(known)[-1]
        label_end(ax, at[place], high[place], "Expected", colour=darken_for_text(PALETTE[4]))
        ax.set_ylim(bottom=min(0.0, float(np.nanmin(low)) * 1.1))
