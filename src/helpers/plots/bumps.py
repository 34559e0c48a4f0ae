"""A bump chart: places in a ranking, year by year, with names at both ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.plots.marks import label_end
from helpers.plots.style import INK, MUTED, assign_styles, format_axes
from helpers.prose.text import say_ordinal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREY = "#a6a6a6"


def draw_bumps(
    ax: Axes, places: pd.DataFrame, names: Mapping[str, str], *, top_n: int,
    highlight: Sequence[str] = (),
) -> None:  # fmt: skip
    """Draw the first places of every year; a line is interrupted where its place is beyond them.

    Parameters
    ----------
    places : DataFrame
        year, asylum (ISO3), place (1 to n, each once a year).
    names : mapping
        ISO3 -> name, written at a line's end with its place, in the first and in the last year.
    top_n : int
        How many places are drawn.
    highlight : sequence of str
        Codes in colour, each with its own marker; the others are grey.
    """
    first = places[places["place"] <= top_n]
    years = np.arange(first["year"].min(), first["year"].max() + 1)
    styles = assign_styles(highlight)
    wide = first.pivot(index="year", columns="asylum", values="place").reindex(years)
    codes = [str(code) for code in wide]
    for code in sorted(codes, key=lambda code: code in styles):
        values, style = wide[code].to_numpy(dtype=float), styles.get(code)
        colour, text = (style.colour, style.text) if style else (GREY, MUTED)
        ax.plot(
            years, values, color=colour, marker=style.marker if style else "o", linestyle="-",
            markersize=6 if style else 4, linewidth=2.2 if style else 1.1, markeredgecolor="white",
            markeredgewidth=0.7, zorder=3 if style else 2,
        )  # fmt: skip
        weight = "bold" if style else "normal"
        if np.isfinite(values[-1]):
            end = f"{values[-1]:.0f}  {names[code]}"
            label_end(ax, years[-1], values[-1], end, colour=text, weight=weight)
        if np.isfinite(values[0]) and len(years) > 1:
            start = f"{names[code]}  {values[0]:.0f}"
            label_end(ax, years[0], values[0], start, colour=text, weight=weight, side="left")
    _set_axes(ax, years, int(first["place"].max()))


def _set_axes(ax: Axes, years: np.ndarray, lowest: int) -> None:
    """Put the first place on top, and nothing on the sides but names."""
    format_axes(ax)
    ax.set_xlim(years[0] - 0.4, years[-1] + 0.4)
    ax.set_ylim(lowest + 0.7, 0.4)
    ax.yaxis.set_visible(False)
    ax.grid(False)
    ax.tick_params(axis="x", colors=INK)


def describe_bumps(
    places: pd.DataFrame, names: Mapping[str, str], codes: Sequence[str], top_n: int
) -> str:
    """Describe the lines of some destinations for those who do not see the chart.

    Parameters
    ----------
    places : DataFrame
        year, asylum, place.
    names : mapping
        ISO3 -> name.
    codes : sequence of str
        Which are told, in this order.
    top_n : int
        How many places are drawn.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2000, 2001], "asylum": "AUS", "place": [1, 3]})
    >>> describe_bumps(rows, {"AUS": "Australia"}, ["AUS"], 2)
    'Places by year, the first on top. Australia: 1st in 2000, beyond the last place drawn in 2001.'
    """
    first, last = int(places["year"].min()), int(places["year"].max())
    table = places[places["place"] <= top_n].set_index(["asylum", "year"])["place"].to_dict()
    said = []
    for code in codes:
        ends = [
            f"{say_ordinal(int(table[code, year]))} in {year}"
            if (code, year) in table
            else f"beyond the last place drawn in {year}"
            for year in dict.fromkeys((first, last))
        ]
        said.append(f"{names[code]}: {', '.join(ends)}")
    return f"Places by year, the first on top. {'; '.join(said)}."
