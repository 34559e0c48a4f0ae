"""The figures of notebook 05: claimed over recomputed, and a published graph redrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.plots import charts, style
from helpers.plots.style import BODY_SIZE, INK, MUTED, PALETTE
from helpers.prose.words import join_names, say_about, say_words
from helpers.study import find_release

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from helpers.plots.figures import FigureCard
    from helpers.plots.page import Page

NEAR = 0.01
# Marker, whether it is filled, colour, words. Red is for what is off alone.
_MARKS = {
    "exact": ("o", True, PALETTE[0], "exact"),
    "rounds": ("o", False, PALETTE[0], "within the precision stated"),
    "revised": ("s", False, PALETTE[4], "within the usual revisions"),
    "derived": ("D", False, PALETTE[4], "follows only from the text's own figures"),
    "off": ("X", True, PALETTE[2], "off"),
}


def show_ratios(page: Page, ratios: pd.DataFrame) -> FigureCard | None:
    """Show claimed numbers over recomputed ones; nothing where no claim has a number.

    Parameters
    ----------
    ratios : DataFrame
        claim_id, claimed, recomputed, ratio, figure, release (`claim_cards.list_ratios`).
    """
    if ratios.empty:
        return None
    apart = int(((ratios["ratio"] - 1).abs() > NEAR).sum())
    releases = sorted(map(find_release, set(ratios["release"])), key=lambda info: info.published)
    return page.figure(
        draw_ratios(ratios),
        id="claims-ratios",
        number="5.1",
        title=f"{len(ratios)} claimed numbers: {apart} over {NEAR:.0%} from the recomputed one"
        if apart
        else f"All {len(ratios)} claimed numbers are within {NEAR:.0%} of the recomputed one",
        subtitle="Claimed number over the number recomputed on the release of the text's time",
        alt=describe_ratios(ratios),
        data=ratios.drop(columns="release"),
        note="Agreement says nothing about the wording, which is judged apart.",
        source=page.cite(*releases),
    )


def draw_ratios(frame: pd.DataFrame) -> Figure:
    """Draw claimed over recomputed, one row a claim; the line at one is full agreement.

    Parameters
    ----------
    frame : DataFrame
        claim_id, ratio, figure (exact, rounds, revised, derived, off); drawn from top to bottom.
    """
    fig, ax = style.new_figure(height=1.3 + 0.24 * len(frame))
    places = range(len(frame))
    ax.axvline(1, color=MUTED, linewidth=1)
    for place, row in zip(places, frame.to_dict("records"), strict=True):
        ax.hlines(place, min(1, row["ratio"]), max(1, row["ratio"]), color="#a6a6a6", linewidth=1.4)
    for code, (marker, is_full, colour, label) in _MARKS.items():
        own = [place for place in places if frame["figure"].iloc[place] == code]
        if own:
            ax.plot(
                frame["ratio"].iloc[own], own, linestyle="", marker=marker, markersize=7,
                color=colour, markeredgecolor=colour, markeredgewidth=1.5, label=label, zorder=4,
                markerfacecolor=colour if is_full else "white",
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
    return fig


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


def show_graph(page: Page, points: pd.DataFrame) -> FigureCard | None:
    """Show a published graph of claims pending, and the same years' claims lodged beside it.

    Parameters
    ----------
    points : DataFrame
        year, pending, printed, lower, upper, release (`claim_cards.build_graph`); empty where the
        texts print no graph of the study's years.
    """
    if points.empty:
        return None
    release = find_release(points["release"].iloc[0])
    half_year = release.newest_year if release.period == "mid" else None
    return page.figure(
        draw_graph(points, half_year),
        id="claims-graph",
        number="5.2",
        title="Claims pending, as the published graph shows them, and claims lodged in the same "
        "years",
        subtitle=f"Asylum claims from {page.origin}, {points['year'].min()} to "
        f"{points['year'].max()}",
        alt=describe_graph(points),
        data=points.drop(columns=["is_half", "release"]),
        note="Hollow: a mid-year stock, and a flow of six months. Band: from the strict count, "
        "each case one person, to the inclusive one, each case the largest factor.",
        source=page.cite(release),
    )


def draw_graph(points: pd.DataFrame, half_year: int | None) -> Figure:
    """Draw a published graph of claims pending, and the same years' claims lodged beside it.

    Parameters
    ----------
    points : DataFrame
        year, pending, printed (missing where the text prints none), lower, upper.
    half_year : int or None
        The year whose figures are of mid-year.
    """
    fig, axes = style.new_figure(width=7.6, height=3.4, ncols=2, sharey=True)
    charts.draw_lines(axes[0], points, y="pending", labels={"pending": ""}, provisional=half_year)
    _mark_printed(axes[0], points)
    charts.draw_lines(
        axes[1], points, y=["lower", "upper"], labels={"lower": "", "upper": ""},
        provisional=half_year,
    )  # fmt: skip
    charts.draw_range(axes[1], points["year"], points["lower"], points["upper"])
    axes[0].set_title("Claims pending (a stock)")
    axes[1].set_title("New claims lodged, persons (a flow)")
    return fig


def describe_graph(points: pd.DataFrame) -> str:
    """Describe both panels for those who do not see them."""
    labels = {
        "pending": "Claims pending", "lower": "New claims lodged, persons, at least",
        "upper": "At most",
    }  # fmt: skip
    told = (
        charts.describe_series(points, "year", column, "claims", label=label)
        for column, label in labels.items()
    )
    return f"Two panels on one scale. {' '.join(told)}"


def _mark_printed(ax: Axes, points: pd.DataFrame) -> None:
    """Mark the figures that a text prints on the line of those in the data."""
    known = points.dropna(subset=["printed"])
    if known.empty:
        return
    ax.plot(
        known["year"].astype(float), known["printed"].astype(float), linestyle="", marker="x",
        markersize=8, markeredgewidth=2, color=INK, label="printed in the text", zorder=6,
    )  # fmt: skip
    ax.legend(loc="upper left", fontsize=BODY_SIZE - 0.5, handletextpad=0.4)
