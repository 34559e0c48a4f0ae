"""Growth on a logarithmic axis, where factors that multiply show as distances that add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.plots.charts import draw_lines
from helpers.plots.strips import format_multiple

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def index_to(frame: pd.DataFrame, base: int, x: str = "year") -> pd.DataFrame:
    """Divide each column by its value in one year; 0 and missing become missing.

    Parameters
    ----------
    frame : DataFrame
        Column `x` and columns of numbers.
    base : int
        The year that becomes 1.

    Examples
    --------
    >>> import pandas as pd
    >>> index_to(pd.DataFrame({"year": [2000, 2001], "n": [4.0, 6.0]}), 2000)["n"].tolist()
    [1.0, 1.5]
    """
    values = frame.set_index(x).astype("float64")
    values = values.where(values > 0)
    return (values / values.loc[base]).reset_index()


def draw_growth(
    ax: Axes, frame: pd.DataFrame, labels: Mapping[str, str], base: int, provisional: int | None
) -> None:
    """Draw indexed columns as lines on a logarithmic axis in multiples of the base year.

    Parameters
    ----------
    frame : DataFrame
        year and one column a line (`index_to`).
    labels : mapping
        Column -> name at the line's end; only these are drawn.
    base : int
        The year at which every line is 1; it is marked.
    provisional : int, optional
        A year whose points are drawn hollow.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    draw_lines(ax, frame, y=list(labels), labels=labels, provisional=provisional, from_zero=False)
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(format_multiple))
    ax.axhline(1, color="#8c8c8c", linewidth=1, zorder=1)
    ax.axvline(base, color="#8c8c8c", linewidth=1, linestyle=":", zorder=1)
