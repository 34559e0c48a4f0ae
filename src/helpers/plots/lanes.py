"""Ratios as marks on a logarithmic axis: how far each one moves with a choice."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.plots.marks import to_floats
from helpers.plots.style import BODY_SIZE, INK, MUTED, PALETTE
from helpers.prose.text import MISSING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LANE = 0.19


def draw_reach(
    ax: Axes, frame: pd.DataFrame, label: str, group: str, value: str = "ratio", *,
    own: str = "is_own", form: str = "{:.1f}",
) -> None:  # fmt: skip
    """Draw a lane for each label and group: a line over all values, a mark at the own one.

    Parameters
    ----------
    frame : DataFrame
        One row a choice: `label` (names, drawn from the top in their order), `group` (truth
        value: false is the filled lane, true the hollow one below it), `value` (ratios; those
        that are missing or not above 0 have no mark) and `own` (truth value: the choice that
        the study makes, which is marked large and written beside the lane).
    """
    names = list(dict.fromkeys(frame[label].astype(str)))
    for place, name in enumerate(names):
        for is_hollow in (False, True):
            rows = frame[(frame[label] == name) & (frame[group] == is_hollow)]
            if len(rows):
                at = place + (_LANE if is_hollow else -_LANE)
                _draw_lane(ax, at, to_floats(rows[value]), list(rows[own]), is_hollow, form)
    ax.axvline(1, color="#a6a6a6", linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    wrapped = [textwrap.fill(name, 30) for name in names]
    ax.set_yticks(range(len(names)), wrapped, color=INK, parse_math=False, linespacing=1.0)
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.grid(False)
    _format_ratios(ax)


def _draw_lane(
    ax: Axes, at: float, values: np.ndarray, is_own: Sequence[bool], is_hollow: bool, form: str
) -> None:
    """Draw one lane: its line, a stroke for every value, the own one's mark and figure."""
    colour = PALETTE[2] if is_hollow else PALETTE[0]
    known = values[np.isfinite(values) & (values > 0)]
    if not len(known):
        return
    ax.plot([known.min(), known.max()], [at, at], color=colour, linewidth=1.4, zorder=2)
    ax.plot(known, np.full(len(known), at), linestyle="", marker="|", markersize=7, color=colour)
    chosen = [v for v, own in zip(values, is_own, strict=True) if own and np.isfinite(v) and v > 0]
    ax.plot(
        chosen, [at] * len(chosen), linestyle="", marker="s" if is_hollow else "o", markersize=7,
        markerfacecolor="white" if is_hollow else colour, markeredgecolor=colour,
        markeredgewidth=1.6, zorder=4,
    )  # fmt: skip
    ax.annotate(
        form.format(chosen[0]) if chosen else MISSING, (known.max(), at), xytext=(9, 0),
        textcoords="offset points", va="center", fontsize=BODY_SIZE - 0.5, color=INK,
    )  # fmt: skip


def _format_ratios(ax: Axes) -> None:
    """Set a logarithmic axis with plain numbers, and room for the figures at its right."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    ax.set_xscale("log")
    left, right = ax.get_xlim()
    ax.set_xlim(min(left, 0.9), right * (right / min(left, 0.9)) ** 0.08)
    subs = (1, 2, 5) if right / left < 300 else (1,)
    ax.xaxis.set_major_locator(LogLocator(subs=subs))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}"))
    ax.tick_params(axis="x", colors=MUTED)
    ax.grid(visible=True, axis="x")
