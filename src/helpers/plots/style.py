"""One look for every figure: fonts, colours that read in grey, and axes without clutter.

A series is told apart by colour, line style and marker together, and the colours' luminance
rises from entry to entry, so that a grey print and a colour-blind reader lose nothing.
seaborn, which gives the base style, is imported at the first figure and not before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, FAINT, BAND = "#1a1a1a", "#595959", "#d9d9d9", "#f2f2f2"
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


CONTEXT = SeriesStyle("#8c8c8c", (0, (2, 1)), "", MUTED)


def measure_luminance(colour: str) -> float:
    """Return a colour's CIE lightness L*, 0 for black to 100 for white.

    >>> round(measure_luminance("#ffffff")), round(measure_luminance("#000000"))
    (100, 0)
    """
    light = measure_relative_luminance(colour)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


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


def use_house_style() -> None:
    """Set matplotlib's settings to the house look for whatever is drawn next."""
    import matplotlib as mpl

    for name, value in build_rc().items():
        mpl.rcParams[name] = value  # type: ignore[index]


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
    use_house_style()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

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
    from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

    if years:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
    is_share = unit == "%"
    ax.yaxis.set_major_formatter(
        PercentFormatter(1, decimals=0) if is_share else FuncFormatter(format_thousands)
    )
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
