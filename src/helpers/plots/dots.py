"""Rates as dots on a line, with a bar beside each for what the rates leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.plots.marks import to_floats
from helpers.plots.style import BODY_SIZE, FAINT, INK, PALETTE, new_figure
from helpers.prose.text import say_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RATES = {
    "recognition_rate": ("o", PALETTE[0], "recognised"),
    "protection_rate": ("D", PALETTE[5], "recognised or protected otherwise"),
}


def draw_rates(rates: pd.DataFrame, label: str) -> Figure:
    """Draw recognition and total protection rates, and the closed share beside them.

    Parameters
    ----------
    rates : DataFrame
        `label` (names), recognition_rate, protection_rate, closed_share (0-1); the first row is
        on top. The share of closed claims has a panel of its own, since it has another base.
    """
    from matplotlib.ticker import PercentFormatter

    tall = 0.6 + 0.27 * len(rates)
    fig, ((left, right), below) = new_figure(
        height=tall + 0.3, nrows=2, ncols=2, sharey="row", width_ratios=[3, 1],
        height_ratios=[tall, 0.25],
    )  # fmt: skip
    places = np.arange(len(rates))
    _draw_dots(left, rates, places)
    right.barh(places, np.nan_to_num(to_floats(rates["closed_share"])), height=0.6, color="#8c8c8c")
    right.set_title("Closed")
    left.set_title("Of decisions on the substance")
    left.set_yticks(places, list(rates[label].astype(str)), color=INK, parse_math=False)
    left.set_ylim(len(rates) - 0.4, -0.6)
    for ax in (left, right):
        ax.set_xlim(-0.03, 1.03)
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.set_xticks([0, 0.5, 1] if ax is right else [0, 0.25, 0.5, 0.75, 1])
        ax.grid(False, axis="y")
        ax.grid(True, axis="x")
        ax.tick_params(axis="y", length=0)
    for ax in below:
        ax.axis("off")
    key = below[0].legend(
        handles=left.get_legend_handles_labels()[0], loc="center left", bbox_to_anchor=(0, 0.5),
        ncols=2, fontsize=BODY_SIZE - 1, borderaxespad=0,
    )  # fmt: skip
    key.set_in_layout(False)
    return fig


def _draw_dots(ax: Axes, rates: pd.DataFrame, places: np.ndarray) -> None:
    """Draw both rates of each row, the wider one hollow so that equal ones show as one in two."""
    low, high = (to_floats(rates[name]) for name in RATES)
    ax.hlines(places, low, high, color=FAINT, linewidth=3, zorder=1)
    for name, (marker, colour, said) in RATES.items():
        is_wide = name == "protection_rate"
        ax.plot(
            to_floats(rates[name]), places, linestyle="", marker=marker, label=said,
            markersize=9 if is_wide else 5.5, markerfacecolor="none" if is_wide else colour,
            markeredgecolor=colour, markeredgewidth=1.5 if is_wide else 0, zorder=3,
            clip_on=False,
        )  # fmt: skip


def describe_rates(rates: pd.DataFrame, label: str) -> str:
    """Describe the rates for those who do not see the chart, row by row.

    Examples
    --------
    >>> row = {"name": "A", "recognition_rate": 0.5, "protection_rate": 0.6, "closed_share": 0.1}
    >>> describe_rates(pd.DataFrame([row]), "name")
    'Recognised, protected and closed: A 50.0%, 60.0% and 10.0%.'
    """
    columns = [label, "recognition_rate", "protection_rate", "closed_share"]
    said = [
        f"{name} {say_value(float(one), '%')}, {say_value(float(two), '%')} and "
        f"{say_value(float(closed), '%')}"
        for name, one, two, closed in rates[columns].itertuples(index=False)
    ]
    return f"Recognised, protected and closed: {'; '.join(said)}."
