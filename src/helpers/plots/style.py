"""One look for every figure: fonts, colours that read in grey, axes without clutter, and layout.

A series is told apart by colour, line style and marker together, and the colours' luminance
rises from entry to entry, so that a grey print and a colour-blind reader lose nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

INK, MUTED, GREY, FAINT, BAND = "#1a1a1a", "#595959", "#a6a6a6", "#d9d9d9", "#f2f2f2"
PALETTE = ("#14213d", "#6a1b6e", "#a8321a", "#00796b", "#2f86c9", "#e07b1a")
# The same, the last two darkened until words in them are readable (WCAG: a contrast of 4.5).
TEXT_COLOURS = ("#14213d", "#6a1b6e", "#a8321a", "#00796b", "#2b7ab8", "#ad5e13")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
TITLE_SIZE, BODY_SIZE, SMALL_SIZE = 13.5, 10.5, 9.0
WIDTH = 6.6  # inches: on a telephone, at 390 pixels, the words are still read
MARGIN = 0.12  # inches around everything
_DPI = 200
_GAP = 0.06  # inches between two blocks of text
# The house's own settings, on top of seaborn's whitegrid.
_SETTINGS = {
    "font.family": ["sans-serif"], "font.sans-serif": ["DejaVu Sans"],
    "font.size": BODY_SIZE, "axes.labelsize": BODY_SIZE,
    "xtick.labelsize": BODY_SIZE - 0.5, "ytick.labelsize": BODY_SIZE - 0.5,
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": MUTED, "ytick.color": MUTED,
    "axes.edgecolor": GREY, "axes.linewidth": 0.8, "grid.color": FAINT,
    "grid.linewidth": 0.7, "axes.grid.axis": "y", "axes.axisbelow": True,
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "xtick.bottom": True, "xtick.major.size": 3.5, "ytick.left": False,
    "axes.unicode_minus": True, "text.parse_math": False, "text.hinting": "none",
    "figure.dpi": 100, "figure.facecolor": "white", "axes.facecolor": "white",
    "axes.titlesize": BODY_SIZE, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "legend.frameon": False, "legend.fontsize": BODY_SIZE - 1, "lines.solid_capstyle": "round",
}  # fmt: skip
END = "end"  # the label of an artist that names a line at its end


class SeriesStyle(NamedTuple):
    """How one series is drawn; `text` is its colour darkened until words are readable."""

    colour: str
    linestyle: Any
    marker: str
    text: str


def assign_styles(names: Iterable[str]) -> dict[str, SeriesStyle]:
    """Give each series its style, in order; assign once and use it in every figure.

    Colours, dashes and markers repeat at different lengths, so that no two of the first 80
    series look alike.

    >>> styles = assign_styles(["USA", "DEU"])
    >>> styles["USA"].marker, styles["DEU"].marker
    ('o', 's')
    """
    styles = {}
    for place, name in enumerate(dict.fromkeys(names)):
        colour, lap = place % len(PALETTE), place // len(PALETTE)
        dash, marker = _DASHES[(place + lap) % len(_DASHES)], _MARKERS[place % len(_MARKERS)]
        styles[name] = SeriesStyle(PALETTE[colour], dash, marker, TEXT_COLOURS[colour])
    return styles


def new_figure(width: float = WIDTH, height: float = 3.6, **subplots: Any) -> tuple[Figure, Any]:
    """Open a figure in the house look, outside pyplot, so that no cell shows it twice.

    The height is that of the charts, in inches; words are added to it later. Further keywords
    (nrows=2, sharey=True) go to `Figure.subplots`. Returned are the figure, and one Axes or an
    array.
    """
    import seaborn as sns  # at the first figure, since it takes a second

    mpl.rcParams.update(sns.axes_style("whitegrid") | _SETTINGS)
    fig = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(fig)
    return fig, fig.subplots(**subplots)


def format_axes(ax: Axes, unit: str = "") -> None:
    """Set tick formats: whole years below, thousands (or percent) at the left, from zero."""
    years = ticker.MaxNLocator(integer=True, min_n_ticks=1, nbins=9, steps=[1, 2, 5, 10])
    ax.xaxis.set_major_locator(years)
    ax.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:.0f}"))
    ax.yaxis.set_major_formatter(
        ticker.PercentFormatter(1, decimals=0)
        if unit == "%"
        else ticker.StrMethodFormatter("{x:,.10g}")
    )
    ax.yaxis.set_major_locator(ticker.MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))


def format_log_axis(axis: Axis, form: str = "×{x:,.6g}", *, is_wide: bool = False) -> None:
    """Mark a logarithmic axis at 1, 2 and 5 of each power of ten; a wide one at 1 alone."""
    axis.set_major_locator(ticker.LogLocator(subs=(1,) if is_wide else (1, 2, 5)))
    axis.set_minor_locator(ticker.NullLocator())
    axis.set_major_formatter(ticker.StrMethodFormatter(form))


def finish_layout(fig: Figure, title: str, subtitle: str, source: str, note: str = "") -> None:
    """Add heading and source line, make room for them, and move names of lines apart.

    The charts keep the height that they were drawn at; the figure grows by its words.
    """
    fig.set_dpi(_DPI)
    width, height = fig.get_size_inches()
    blocks = [
        _write_block(fig, title, TITLE_SIZE, fontweight="bold", color=INK),
        _write_block(fig, subtitle, BODY_SIZE, color=MUTED),
        *(_write_block(fig, text, SMALL_SIZE, color=MUTED) for text in (note, source) if text),
    ]
    tall = [block.get_window_extent().height / _DPI + _GAP for block in blocks]
    above, below = MARGIN + sum(tall[:2]) + 0.05, MARGIN + sum(tall[2:])
    total = height + above + below
    tops = [total - MARGIN, total - MARGIN - tall[0], below, below - tall[2]]
    for block, top in zip(blocks, tops, strict=False):
        block.set_position((MARGIN / width, top / total))
    fig.set_size_inches(width, total)
    rect = (MARGIN / width, below / total, 1 - 2 * MARGIN / width, height / total)
    engine = ConstrainedLayoutEngine(rect=rect, w_pad=0.02, h_pad=0.04, wspace=0.05, hspace=0.06)
    engine.execute(fig)
    fig.set_layout_engine("none")  # drawing must not move the axes again
    for ax in fig.axes:
        # The solver differs in the last digit from run to run.
        left, bottom, wide, high = ax.get_position(original=True).bounds
        ax.set_position((round(left, 6), round(bottom, 6), round(wide, 6), round(high, 6)))
        _spread_ends(ax)


def _write_block(fig: Figure, text: str, size: float, **look: Any) -> Text:
    """Write a text in as many lines as it takes; it is put in its place later."""
    block = fig.text(0, 0, text, fontsize=size, va="top", linespacing=1.25, **look)
    widest = (fig.get_figwidth() - 2 * MARGIN) * _DPI

    def is_too_wide(line: str) -> bool:
        block.set_text(line)
        return bool(block.get_window_extent().width > widest)

    # To measure takes time by the letter: start from a guess, and stop at the first line too wide.
    letters = int(widest * 72 / _DPI / size / (0.52 if "fontweight" in look else 0.45))
    while any(map(is_too_wide, sorted(textwrap.wrap(text, letters), key=len, reverse=True))):
        letters -= 1
    block.set_text(textwrap.fill(text, letters))
    return block


def _spread_ends(ax: Axes) -> None:
    """Move the names at the lines' ends apart, as little as possible, within the axes."""
    labels: list[Any] = [text for text in ax.texts if text.get_label() == END]
    labels.sort(key=lambda label: label.xy[1])
    wanted = [float(ax.transData.transform(label.xy)[1]) * 72 / _DPI for label in labels]
    box = ax.get_window_extent()
    placed = spread(wanted, 1.2 * BODY_SIZE, box.y0 * 72 / _DPI, box.y1 * 72 / _DPI)
    for label, at, to in zip(labels, wanted, placed, strict=True):
        label.xyann = (label.xyann[0], to - at)


def spread(wanted: list[float], height: float, low: float, high: float) -> list[float]:
    """Move ascending centres apart, step by step, until boxes of one height hardly overlap.

    >>> [round(at) for at in spread([10, 11, 50], 4, 0, 100)]
    [8, 12, 50]
    """
    placed = np.array(wanted, dtype=float)
    for _ in range(300):
        short = np.clip(height - np.diff(placed), 0, None) / 2
        placed[:-1] -= short
        placed[1:] += short
        placed = np.clip(placed, low + height / 2, high - height / 2)
        if not short.any():
            break
    return [float(at) for at in placed]
