"""Charts of the ledger: claimed over recomputed, and a published graph redrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.plots.style import BODY_SIZE, INK, MUTED, PALETTE
from helpers.prose.words import join_names, say_about, say_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEAR = 0.01
_MARKS = {"exact": ("o", True), "rounds": ("o", False), "derived": ("D", False), "off": ("X", True)}
_WORDS = {
    "exact": "exact",
    "rounds": "within the precision stated",
    "derived": "follows only from the text's own figures",
    "off": "off",
}


def draw_ratios(ax: Axes, frame: pd.DataFrame) -> None:
    """Draw claimed over recomputed, one row a claim; the line at one is full agreement.

    Parameters
    ----------
    frame : DataFrame
        claim_id, ratio, figure (exact, rounds, derived, off); drawn from top to bottom.
    """
    places = range(len(frame))
    ax.axvline(1, color=MUTED, linewidth=1)
    for place, row in zip(places, frame.to_dict("records"), strict=True):
        ax.hlines(place, min(1, row["ratio"]), max(1, row["ratio"]), color="#a6a6a6", linewidth=1.4)
    for code, (marker, is_full) in _MARKS.items():
        own = [(p, r) for p, (r, c) in enumerate(zip(frame["ratio"], frame["figure"], strict=True))
               if c == code]  # fmt: skip
        if own:
            colour = PALETTE[list(_MARKS).index(code)]
            ax.plot(
                [ratio for _, ratio in own], [place for place, _ in own], linestyle="",
                marker=marker, markersize=7, color=colour, markeredgecolor=colour,
                markerfacecolor=colour if is_full else "white", markeredgewidth=1.5,
                label=_WORDS[code], zorder=4,
            )  # fmt: skip
    for place, ratio in zip(places, frame["ratio"], strict=True):
        if abs(ratio - 1) > NEAR:
            right = ratio > 1
            ax.annotate(
                f"{ratio:.2f}", (ratio, place), xytext=(9 if right else -9, 0),
                textcoords="offset points", va="center", ha="left" if right else "right",
                color=INK, fontsize=BODY_SIZE - 0.5,
            )  # fmt: skip
    ax.set_yticks(list(places), list(frame["claim_id"]), color=INK)
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.margins(x=0.14)
    ax.grid(axis="x")
    ax.grid(axis="y", visible=False)
    ax.legend(
        loc="upper left", bbox_to_anchor=(0, -0.05), fontsize=BODY_SIZE - 0.5, ncols=2,
        borderaxespad=0, handletextpad=0.4,
    )  # fmt: skip


def describe_ratios(frame: pd.DataFrame) -> str:
    """Describe the chart for those who do not see it.

    Examples
    --------
    >>> rows = [("A-01", 1.0, "exact"), ("A-02", 0.781, "off")]
    >>> describe_ratios(pd.DataFrame(rows, columns=["claim_id", "ratio", "figure"]))
    'Two claimed numbers over recomputed ones; one within one percent. Further off: A-02 0.781.'
    """
    far = frame[(frame["ratio"] - 1).abs() > NEAR].sort_values("ratio")
    near = len(frame) - len(far)
    said = f"{say_words(len(frame)).capitalize()} claimed numbers over recomputed ones; "
    said += f"{say_words(near)} within one percent."
    if far.empty:
        return said
    pairs = zip(far["claim_id"], far["ratio"], strict=True)
    return f"{said} Further off: {join_names(f'{name} {say_about(r)}' for name, r in pairs)}."


def mark_printed(ax: Axes, frame: pd.DataFrame, label: str) -> None:
    """Mark the figures that a text prints on the line of those on file.

    Parameters
    ----------
    frame : DataFrame
        year, printed (missing where the text prints none).
    label : str
        What the marks are called in the legend.
    """
    known = frame.dropna(subset=["printed"])
    if known.empty:
        return
    ax.plot(
        known["year"].astype(float), known["printed"].astype(float), linestyle="", marker="x",
        markersize=8, markeredgewidth=2, color=INK, label=label, zorder=6,
    )  # fmt: skip
    ax.legend(loc="upper left", fontsize=BODY_SIZE - 0.5, handletextpad=0.4)
