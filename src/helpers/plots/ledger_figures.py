"""The figures of notebook 05: claimed over recomputed, and a published graph redrawn."""

from __future__ import annotations

import pandas as pd

from helpers.plots import chart_parts, style
from helpers.plots.figures import FigureCard
from helpers.plots.page import Page
from helpers.plots.style import GREY, INK, MUTED, PALETTE
from helpers.prose.words import capitalise, join_names, say_about, say_words
from helpers.study import find_release

NEAR = 0.01
# Marker, whether it is hollow, colour, words. Red is for what is off alone.
_MARKS = {
    "exact": ("o", False, PALETTE[0], "exact"),
    "rounds": ("o", True, PALETTE[0], "within the precision stated"),
    "revised": ("s", True, PALETTE[4], "within the usual revisions"),
    "derived": ("D", True, PALETTE[4], "follows only from the text's own figures"),
    "off": ("X", False, PALETTE[2], "off"),
}


def show_ratios(page: Page, ratios: pd.DataFrame) -> FigureCard | None:
    """Show claimed numbers over recomputed ones; nothing where no claim has a number.

    `ratios` has claim_id, claimed, recomputed, ratio, figure, release (`claim_cards.list_ratios`).
    """
    if ratios.empty:
        return None
    fig, ax = style.new_figure(height=1.3 + 0.24 * len(ratios))
    ax.axvline(1, color=MUTED, linewidth=1)
    for place, (ratio, code) in enumerate(zip(ratios["ratio"], ratios["figure"], strict=True)):
        ax.hlines(place, min(1, ratio), max(1, ratio), color=GREY, linewidth=1.4)
        marker, is_hollow, colour, label = _MARKS[code]
        chart_parts.draw_dots(ax, ratio, place, colour, is_hollow, marker=marker, label=label)
        if abs(ratio - 1) > NEAR:
            chart_parts.write_beside(
                ax, ratio, place, f"{ratio:.2f}", at="right" if ratio > 1 else "left"
            )
    chart_parts.label_rows(ax, ratios["claim_id"])
    ax.margins(x=0.14)
    key = dict(zip(*ax.get_legend_handles_labels()[::-1], strict=True))
    used = [key[label] for *_, label in _MARKS.values() if label in key]
    chart_parts.draw_key(ax, ncols=2, handles=used)
    far = ratios[(ratios["ratio"] - 1).abs() > NEAR].sort_values("ratio")
    apart, near = len(far), say_words(len(ratios) - len(far))
    pairs = [f"{name} {say_about(ratio)}" for name, ratio in far[["claim_id", "ratio"]].to_numpy()]
    releases = sorted(map(find_release, set(ratios["release"])), key=lambda info: info.published)
    return page.figure(
        fig,
        id="claims-ratios",
        number="5.1",
        title=f"{len(ratios)} claimed number{'s' * (len(ratios) > 1)}: {apart or 'none'} "
        f"differ{'s' * (apart < 2)} from the recomputed one by over {NEAR:.0%}",
        subtitle="Claimed number over the one recomputed on the release that the text is judged on",
        alt=f"{capitalise(say_words(len(ratios)))} claimed numbers over recomputed ones; {near} "
        "within one percent." + f" Further off: {join_names(pairs)}." * bool(pairs),
        data=ratios.drop(columns="release"),
        note="Agreement says nothing about the wording, which is judged apart.",
        source=page.cite(*releases),
    )


def show_graph(page: Page, points: pd.DataFrame) -> FigureCard | None:
    """Show a published graph of claims pending, and the same years' claims lodged beside it.

    `points` has year, pending, printed, lower, upper, release (`claim_cards.build_graph`), and no
    row where the texts print no graph of the study's years.
    """
    if points.empty:
        return None
    release = find_release(points["release"].iloc[0])
    fig, (left, right) = style.new_figure(height=3.4, ncols=2, sharey=True)
    chart_parts.draw_lines(left, points, {"pending": ""}, provisional=release.half_year)
    printed = points.dropna(subset=["printed"])
    if len(printed):
        values = chart_parts.to_floats(printed["printed"])
        chart_parts.draw_dots(
            left, printed["year"], values, INK, label="printed in the text", marker="x",
            markersize=8, markeredgewidth=2, zorder=6,
        )  # fmt: skip
        left.legend(loc="upper left")
    chart_parts.draw_lines(right, points, {"lower": "", "upper": ""}, provisional=release.half_year)
    chart_parts.draw_range(right, points["year"], points["lower"], points["upper"])
    left.set_title("Claims pending")
    right.set_title("New claims lodged, persons")
    labels = {
        "pending": "Claims pending", "lower": "New claims lodged, persons, at least",
        "upper": "At most",
    }  # fmt: skip
    return page.figure(
        fig,
        id="claims-graph",
        number="5.2",
        title="Claims pending, as the published graph shows them, and claims lodged in the same "
        "years",
        subtitle=f"Asylum claims from {page.origin}, {points['year'].min()} to "
        f"{points['year'].max()}",
        alt=f"Two panels on one scale. {chart_parts.describe_lines(points, labels, 'claims')}",
        data=points.drop(columns=["is_half", "release"]),
        note="Hollow: a mid-year stock, and a flow of six months. Band: from the strict count, "
        "a case as one person, to the inclusive one, a case at the largest factor.",
        source=page.cite(release),
    )
