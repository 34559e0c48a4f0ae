"""Small multiples: a panel a destination, each on a scale of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.plots.marks import mark_break, mark_provisional, to_floats
from helpers.plots.style import (
    BODY_SIZE,
    PALETTE,
    SMALL_SIZE,
    SeriesStyle,
    darken_for_text,
    format_axes,
    format_thousands,
    new_figure,
)
from helpers.prose.text import describe_series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Luminance, dash and marker differ together; no two rely on colour alone.
LINES = {
    "pending": (SeriesStyle(PALETTE[0], "-", "o", PALETTE[0]), "claims pending"),
    "applied_persons": (
        SeriesStyle(PALETTE[4], (0, (4, 1.5)), "s", darken_for_text(PALETTE[4])),
        "lodged, persons",
    ),
    "applied_cases": (
        SeriesStyle(PALETTE[5], (0, (1.2, 1.2)), "^", darken_for_text(PALETTE[5])),
        "lodged, cases",
    ),
}
COLUMNS = 3


def draw_panels(
    frame: pd.DataFrame, names: Mapping[str, str], codes: Sequence[str], years: Iterable[int], *,
    breaks: Mapping[str, Iterable[int]], provisional: int | None = None,
) -> Figure:  # fmt: skip
    """Draw a panel a destination: claims pending, and beside them those lodged.

    Parameters
    ----------
    frame : DataFrame
        year, asylum (ISO3), pending, applied_persons, applied_cases.
    names : mapping
        ISO3 -> name, over the panel.
    codes : sequence of str
        The destinations, in reading order.
    years : iterable of int
        The years of every panel; one without a row is a gap.
    breaks : mapping
        ISO3 -> years before which a line does not compare; marked at the foot.
    provisional : int, optional
        A mid-year, whose points are drawn hollow.
    """
    rows, span = -(-len(codes) // COLUMNS), list(years)
    fig, grid = new_figure(
        height=0.45 + 1.45 * rows, nrows=rows + 1, ncols=COLUMNS, squeeze=False,
        height_ratios=[*[1.45] * rows, 0.25],
    )  # fmt: skip
    cells = list(grid[:-1].flat)
    for ax, code in zip(cells, codes, strict=False):
        own = frame[frame["asylum"] == code].set_index("year").reindex(span)
        _draw_panel(ax, own, names[code], provisional)
        for year in breaks.get(code, ()):
            if year > span[0]:
                mark_break(ax, year)
    for ax in [*cells[len(codes) :], *grid[-1]]:
        ax.axis("off")
    _show_years(cells, len(codes))
    drawn = frame[frame["asylum"].isin(codes)]
    _add_key(grid[-1][0], [name for name in LINES if drawn[name].notna().any()])
    return fig


def _draw_panel(ax: Axes, own: pd.DataFrame, name: str, provisional: int | None) -> None:
    """Draw one destination's lines from zero; a lone point shows its marker."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    at = own.index.to_numpy(dtype=float)
    for column, (style, _) in LINES.items():
        values = to_floats(own[column])
        ax.plot(at, values, **style.line(markersize=2.6, linewidth=1.3, markeredgewidth=0))
        for place in np.flatnonzero((at == provisional) & np.isfinite(values)):
            mark_provisional(ax, int(at[place]), values[place], style=style)
    format_axes(ax)
    ax.set_xlim(at.min() - 0.8, at.max() + 0.8)
    ax.margins(y=0.12)  # room for a hollow point at the top
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(format_thousands))
    ax.tick_params(labelsize=SMALL_SIZE)
    ax.set_title(name, fontsize=BODY_SIZE - 0.5, parse_math=False)


def _show_years(cells: Sequence[Axes], used: int) -> None:
    """Write the years under the lowest panel of each column only."""
    for place, ax in enumerate(cells[:used]):
        ax.tick_params(axis="x", labelbottom=place + COLUMNS >= used)


def _add_key(ax: Axes, columns: Iterable[str]) -> None:
    """Put the key of lines into an empty panel, over whose edge it may reach."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], label=LINES[name][1], **LINES[name][0].line(markersize=3.5))
        for name in columns
    ]
    key = ax.legend(
        handles=handles, loc="center left", bbox_to_anchor=(0, 0.5), ncols=len(handles),
        fontsize=BODY_SIZE - 1, handlelength=2.6, borderaxespad=0,
    )  # fmt: skip
    key.set_in_layout(False)


def describe_panels(frame: pd.DataFrame, names: Mapping[str, str], codes: Sequence[str]) -> str:
    """Describe each panel's line of claims pending for those who do not see the chart.

    Parameters
    ----------
    frame : DataFrame
        year, asylum, pending.
    """
    return " ".join(
        describe_series(
            frame[frame["asylum"] == code].dropna(subset=["pending"]), "year", "pending",
            "claims pending", label=names[code],
        )
        for code in codes
    )  # fmt: skip
