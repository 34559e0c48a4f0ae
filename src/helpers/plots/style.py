"""One look for every figure: fonts, colours that read in grey, axes without clutter, and layout.

A series is told apart by colour, line style and marker together, and the colours' luminance
rises from entry to entry, so that a grey print and a colour-blind reader lose nothing.
Positions of words depend on measured text, so all of them are set once, when a figure is finished.
seaborn, which gives the base style, is imported at the first figure and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator, PercentFormatter

INK, MUTED, GREY, FAINT, BAND = "#1a1a1a", "#595959", "#a6a6a6", "#d9d9d9", "#f2f2f2"
PALETTE = ("#14213d", "#6a1b6e", "#a8321a", "#00796b", "#2f86c9", "#e07b1a")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
TITLE_SIZE, BODY_SIZE, SMALL_SIZE = 12.5, 10.0, 8.5


@dataclass(frozen=True)
class SeriesStyle:
    """How one series is drawn; `text` is its colour darkened until words are readable."""

    colour: str
    linestyle: Any
    marker: str
    text: str

    def line(self, **over: Any) -> dict[str, Any]:
        """Return keyword arguments for `Axes.plot`."""
        base = {"color": self.colour, "linestyle": self.linestyle, "marker": self.marker}
        return {**base, "markersize": 4.5, "linewidth": 1.9, "markeredgewidth": 0.8, **over}


def measure_relative_luminance(colour: str) -> float:
    """Return a colour's relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def darken_for_text(colour: str, least: float = 4.5) -> str:
    """Darken a colour until its contrast with white reaches `least` (WCAG: 4.5 for text)."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    while 1.05 / (measure_relative_luminance(colour) + 0.05) < least:
        parts = [int(part * 0.96) for part in parts]
        colour = "#" + "".join(f"{part:02x}" for part in parts)
    return colour


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
        colour = PALETTE[place % len(PALETTE)]
        dash = _DASHES[(place + place // len(PALETTE)) % len(_DASHES)]
        marker = _MARKERS[place % len(_MARKERS)]
        styles[name] = SeriesStyle(colour, dash, marker, darken_for_text(colour))
    return styles


def build_rc() -> dict[str, Any]:
    """Return the settings: seaborn's whitegrid, and the house's own on top."""
    import seaborn as sns

    return {
        **sns.axes_style("whitegrid"),
        "font.family": ["sans-serif"], "font.sans-serif": ["DejaVu Sans"],
        "font.size": BODY_SIZE, "axes.labelsize": BODY_SIZE,
        "xtick.labelsize": BODY_SIZE - 0.5, "ytick.labelsize": BODY_SIZE - 0.5,
        "text.color": INK, "axes.labelcolor": INK, "xtick.color": MUTED, "ytick.color": MUTED,
        "axes.edgecolor": "#a6a6a6", "axes.linewidth": 0.8, "grid.color": FAINT,
        "grid.linewidth": 0.7, "axes.grid.axis": "y", "axes.axisbelow": True,
        "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
        "xtick.bottom": True, "xtick.major.size": 3.5, "ytick.left": False,
        "axes.unicode_minus": True, "text.parse_math": False, "text.hinting": "none",
        "figure.dpi": 100, "figure.facecolor": "white", "axes.facecolor": "white",
        "axes.titlesize": BODY_SIZE, "axes.titleweight": "bold", "axes.titlelocation": "left",
        "legend.frameon": False, "lines.solid_capstyle": "round",
    }  # fmt: skip


def new_figure(
    width: float = 7.0, height: float = 3.6, *, nrows: int = 1, ncols: int = 1, **subplots: Any
) -> tuple[Figure, Any]:
    """Open a figure in the house look, outside pyplot, so that no cell shows it twice.

    Parameters
    ----------
    width, height : float
        Inches of the charts; title and source line are added to the height later.
    nrows, ncols : int
        Panels; further keywords (sharey=True) go to `Figure.subplots`.

    Returns
    -------
    tuple
        The figure, and one Axes or an array of them.
    """
    mpl.rcParams.update(build_rc())  # type: ignore[arg-type]
    fig = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(fig)
    return fig, fig.subplots(nrows, ncols, **subplots)


def format_thousands(value: float, _place: Any = None) -> str:
    """Write an axis value.

    >>> [format_thousands(v) for v in (0, 950, 50000, 1500000, 0.5)]
    ['0', '950', '50,000', '1.5m', '0.5']
    """
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.1f}".removesuffix(".0") + "m"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def format_axes(ax: Axes, *, years: bool = True, unit: str = "") -> None:
    """Set tick formats: whole years below, thousands (or percent) at the left, from zero."""
    if years:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
    is_share = unit == "%"
    ax.yaxis.set_major_formatter(
        PercentFormatter(1, decimals=0) if is_share else FuncFormatter(format_thousands)
    )
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))


def format_multiple(value: float, _place: int | None = None) -> str:
    """Write a multiple as an axis shows it.

    >>> [format_multiple(v) for v in (0.5, 1, 20)]
    ['×0.5', '×1', '×20']
    """
    return f"×{value:,.0f}" if value >= 1 else f"×{value:.3g}"


def format_log_axis(axis: Axis, form: Any = format_multiple, *, is_wide: bool = False) -> None:
    """Mark a logarithmic axis at 1, 2 and 5 of each power of ten; a wide one at 1 alone."""
    axis.set_major_locator(LogLocator(subs=(1,) if is_wide else (1, 2, 5)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(form))


MARGIN = 0.12  # inches around everything
_LEADING = 1.3  # line height over font size
_GAP = 0.03  # inches between two blocks
_DPI = 200
_Group = tuple[float, list[int]]  # centre and members of labels that touch


@dataclass
class Notes:
    """The labels of one Axes that are placed when the figure is finished."""

    ends: list[Any] = field(default_factory=list)
    breaks: list[tuple[float, Any]] = field(default_factory=list)
    eras: list[tuple[float, float, Any]] = field(default_factory=list)


_NOTES: WeakKeyDictionary[Any, Notes] = WeakKeyDictionary()


def get_notes(ax: Axes) -> Notes:
    """Return the labels noted for an Axes."""
    return _NOTES.setdefault(ax, Notes())


def _make_measure(fig: Figure, size: float, weight: str = "normal") -> Callable[[str], float]:
    """Return a function that measures a line of text in inches."""
    font = FontProperties(size=size, weight=weight)
    renderer = fig.canvas.get_renderer()  # type: ignore[attr-defined]
    return lambda text: renderer.get_text_width_height_descent(text, font, False)[0] / fig.dpi


def wrap_text(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break text into lines that fit a width; a word that does not fit alone is split.

    matplotlib's own wrapping leaves such words whole, and fills lines by another measure.

    >>> wrap_text("one two three", 7, len)
    ['one two', 'three']
    >>> wrap_text("abcdefghij", 4, len)
    ['abcd', 'efgh', 'ij']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and measure(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        while len(word) > 1 and measure(word) > width:
            most = max([1, *(n for n in range(2, len(word)) if measure(word[:n]) <= width)])
            lines.append(word[:most])
            word = word[most:]
        lines.append(word)
    return lines


@dataclass(frozen=True)
class _Block:
    """One run of lines in one size: heading, subtitle or source."""

    lines: Sequence[str]
    size: float
    weight: str = "normal"
    colour: str = MUTED

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * _LEADING / 72 + _GAP


def _make_block(fig: Figure, text: str, size: float, **look: str) -> _Block:
    width = fig.get_size_inches()[0] - 2 * MARGIN
    measure = _make_measure(fig, size, look.get("weight", "normal"))
    return _Block(wrap_text(text, width, measure), size, **look)


def finish_layout(fig: Figure, title: str, subtitle: str, source: str, note: str = "") -> None:
    """Add heading and source line, make room for them, and place every label.

    The charts keep the height that they were drawn at; the figure grows by its words.
    """
    FigureCanvasAgg(fig)
    fig.set_dpi(_DPI)
    head = [
        _make_block(fig, title, TITLE_SIZE, weight="bold", colour="#1a1a1a"),
        _make_block(fig, subtitle, BODY_SIZE),
    ]
    foot = [_make_block(fig, text, SMALL_SIZE) for text in (note, source) if text]
    width, height = fig.get_size_inches()
    above = MARGIN + sum(block.height for block in head) + 0.12
    below = MARGIN + sum(block.height for block in foot) + 0.06
    total = height + above + below
    fig.set_size_inches(width, total)
    _write_blocks(fig, head, total - MARGIN, total)
    _write_blocks(fig, foot, below - 0.06, total)
    rect = (MARGIN / width, below / total, 1 - 2 * MARGIN / width, height / total)
    _run_layout(fig, rect)
    if any([_wrap_eras(ax) for ax in fig.axes]):
        _run_layout(fig, rect)
    for ax in fig.axes:
        _place_breaks(ax)
        _place_ends(ax)


def _write_blocks(fig: Figure, blocks: Sequence[_Block], top: float, total: float) -> None:
    x = MARGIN / fig.get_size_inches()[0]
    for block in blocks:
        for place, line in enumerate(block.lines):
            y = top - (place + 0.8) * block.size * _LEADING / 72
            fig.text(
                x, y / total, line, fontsize=block.size, fontweight=block.weight,
                color=block.colour, ha="left", va="baseline", parse_math=False,
            )  # fmt: skip
        top -= block.height


def _run_layout(fig: Figure, rect: tuple[float, float, float, float]) -> None:
    """Fit the axes into a rectangle once; drawing must not move them again."""
    engine = ConstrainedLayoutEngine(rect=rect, w_pad=0.02, h_pad=0.02, wspace=0.05, hspace=0.06)
    fig.set_layout_engine(engine)
    engine.execute(fig)
    fig.set_layout_engine("none")


def _to_pixels(ax: Axes, x: float, y: float) -> tuple[float, float]:
    return tuple(ax.transData.transform((x, y)).tolist())


def _wrap_eras(ax: Axes) -> bool:
    """Break era names that are wider than their band; tell whether any was."""
    is_changed = False
    for first, last, label in get_notes(ax).eras:
        band = (_to_pixels(ax, last, 0)[0] - _to_pixels(ax, first, 0)[0]) / ax.figure.dpi
        measure = _make_measure(label.figure, label.get_fontsize())
        lines = "\n".join(wrap_text(label.get_text(), band - 0.04, measure))
        is_changed = is_changed or lines != label.get_text()
        label.set_text(lines)
    return is_changed


def _place_breaks(ax: Axes) -> None:
    """Hang break labels from the top, each below those it would cover, and clear of the data."""
    scale = ax.figure.dpi / 72
    box = ax.get_window_extent()
    taken: list[Any] = []
    bottom, top = ax.get_ylim()
    need = top
    for year, label in sorted(get_notes(ax).breaks, key=lambda pair: pair[0]):
        is_left = _to_pixels(ax, year, 0)[0] + label.get_window_extent().width > box.x1
        label.set_ha("right" if is_left else "left")
        label.xyann = (-3 if is_left else 3, -2)
        for other in taken:
            if label.get_window_extent().overlaps(other):
                label.xyann = (label.xyann[0], (other.y0 - box.y1) / scale - 2)
        own = label.get_window_extent().padded(1)
        taken.append(own)
        share = (own.y0 - 6 * scale - box.y0) / box.height
        need = max(need, bottom + (_find_top(ax, own) - bottom) / max(share, 0.3))
    ax.set_ylim(bottom, need)


def _find_top(ax: Axes, box: Any) -> float:
    """Return the highest point drawn within a box's width, in data units."""
    inverse = ax.transData.inverted()
    left, right = inverse.transform((box.x0, 0))[0], inverse.transform((box.x1, 0))[0]
    highest = ax.get_ylim()[0]
    for line in ax.lines:
        x, y = (np.asarray(values, dtype=float) for values in line.get_data())
        if line.get_transform() != ax.transData or len(x) < 1:
            continue
        inside = y[(x > left - 1) & (x < right + 1)]
        if np.isfinite(inside).any():
            highest = max(highest, float(np.nanmax(inside)))
    return highest


def _place_ends(ax: Axes) -> None:
    """Move the labels at the lines' ends apart, as little as possible, within the axes."""
    ends = get_notes(ax).ends
    for side in ("left", "right"):
        found = [label for label in ends if label.get_ha() == side]
        _spread_labels(ax, sorted(found, key=lambda label: _to_pixels(ax, *label.xy)[1]))


def _spread_labels(ax: Axes, labels: Sequence[Any]) -> None:
    """Spread labels of one side, given from the lowest up."""
    box = ax.get_window_extent()
    heights = [label.get_window_extent().height * 1.08 for label in labels]
    wanted = [_to_pixels(ax, *label.xy)[1] for label in labels]
    placed = spread(wanted, heights, box.y0, box.y1)
    for label, at, to in zip(labels, wanted, placed, strict=True):
        label.xyann = (label.xyann[0], (to - at) * 72 / ax.figure.dpi)


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Move ascending centres apart until boxes of these heights do not overlap.

    >>> spread([10, 11, 50], [4, 4, 4], 0, 100)
    [8.5, 12.5, 50.0]
    >>> spread([0, 1, 6], [4, 4, 4], 0, 100)  # the lowest has to move up, and the others with it
    [2.0, 6.0, 10.0]
    """

    def make_group(members: list[int]) -> _Group:
        size = sum(heights[i] for i in members)
        centre = sum(wanted[i] for i in members) / len(members)
        least = low + size / 2
        return min(max(float(centre), least), max(high - size / 2, least)), members

    groups: list[_Group] = []
    for place in range(len(wanted)):
        groups.append(make_group([place]))
        while len(groups) > 1 and _touch(groups[-2], groups[-1], heights):
            groups[-2:] = [make_group(groups[-2][1] + groups[-1][1])]
    placed = []
    for centre, members in groups:
        at = centre - sum(heights[i] for i in members) / 2
        for i in members:
            placed.append(at + heights[i] / 2)
            at += heights[i]
    return placed


def _touch(below: _Group, above: _Group, heights: Sequence[float]) -> bool:
    reach = sum(heights[i] for i in below[1] + above[1]) / 2
    return above[0] - below[0] < reach
