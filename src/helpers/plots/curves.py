"""The specification curve as a figure: the answers in order, and under them the choices made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.plots.marks import to_floats
from helpers.plots.strips import format_multiple
from helpers.plots.style import BAND, INK, MUTED, PALETTE, SMALL_SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_curve(
    ax: Axes, frame: pd.DataFrame, value: str = "ratio",
    band: tuple[str, str] = ("band_low", "band_high"), middle: str = "band_middle",
) -> None:  # fmt: skip
    """Draw the answers from the least to the greatest, with the placebos' band behind each.

    Parameters
    ----------
    frame : DataFrame
        Column `value` (ratios, sorted), the band's two columns and its middle (missing where
        there is none).
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    at, values = np.arange(len(frame)), to_floats(frame[value])
    low, high = (to_floats(frame[name]) for name in band)
    known = np.isfinite(low)
    ax.vlines(
        at[known], low[known], high[known], color=PALETTE[4], alpha=0.22, linewidth=_width(frame),
        zorder=1,
    )  # fmt: skip
    ax.plot(at, to_floats(frame[middle]), linestyle="", marker="_", color=PALETTE[4], markersize=3)
    ax.plot(at, values, linestyle="", marker="o", markersize=2.6, color=PALETTE[0], zorder=3)
    ax.set_yscale("log")
    ax.axhline(1, color="#8c8c8c", linewidth=1, zorder=0)
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(format_multiple))
    ax.set_xlim(-1, len(frame))
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)


def draw_choices(
    ax: Axes, frame: pd.DataFrame, choices: Sequence[str], names: Mapping[str, str] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
) -> None:  # fmt: skip
    """Mark under each answer which option of each choice it stands on.

    Parameters
    ----------
    frame : DataFrame
        One column a choice, rows in the order of the curve.
    choices : sequence of str
        The columns; one with a single option is left out.
    names : mapping
        Column -> heading of its options.
    orders : mapping
        Column -> its options in order; without one they are in alphabetical order.
    """
    ticks, texts, place = [], [], 0.0
    for group, choice in enumerate(c for c in choices if frame[c].nunique() > 1):
        top = place
        _head(ax, place, (names or {}).get(choice, choice))
        used = set(frame[choice].astype(str))
        for option in [o for o in (orders or {}).get(choice, sorted(used)) if o in used]:
            place += 1
            here = np.flatnonzero(frame[choice].astype(str) == option)
            ax.plot(
                here, np.full(len(here), place), linestyle="", marker="|", color=PALETTE[0],
                markersize=6.5, markeredgewidth=_width(frame) * 0.8,
            )  # fmt: skip
            ticks.append(place)
            texts.append(option)
        if group % 2 == 0:
            ax.axhspan(top - 0.6, place + 0.6, color=BAND, linewidth=0, zorder=0)
        place += 1.2
    ax.set_yticks(ticks, texts, color=INK, fontsize=SMALL_SIZE, parse_math=False)
    ax.set_ylim(place - 0.5, -0.7)
    ax.set_xlim(-1, len(frame))
    ax.grid(False)
    ax.xaxis.set_visible(False)
    ax.spines[:].set_visible(False)


def _width(frame: pd.DataFrame) -> float:
    """Return a line width in points at which neighbours touch and do not cover each other."""
    return float(np.clip(330 / max(len(frame), 1), 0.45, 5))


def _head(ax: Axes, place: float, text: str) -> None:
    """Write a choice's name over its options, in the first column's place."""
    ax.annotate(
        text, (0, place), xycoords=("axes fraction", "data"), xytext=(-6, 0),
        textcoords="offset points", ha="right", va="center", color=MUTED, fontsize=SMALL_SIZE,
        fontweight="bold", annotation_clip=False, parse_math=False,
    )  # fmt: skip
