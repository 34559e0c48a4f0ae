"""Where words stand on a figure: heading, source line, and labels that must not collide.

Positions depend on measured text, so all of it happens once, when a figure is finished; what
the drawing helpers only noted is placed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from helpers.plots.lines import make_measure, wrap_text
from helpers.plots.style import BODY_SIZE, MUTED, SMALL_SIZE, TITLE_SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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
    measure = make_measure(fig, size, look.get("weight", "normal"))
    return _Block(wrap_text(text, width, measure), size, **look)


def finish_layout(fig: Figure, title: str, subtitle: str, source: str, note: str = "") -> None:
    """Add heading and source line, make room for them, and place every label.

    The charts keep the height that they were drawn at; the figure grows by its words.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

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
    from matplotlib.layout_engine import ConstrainedLayoutEngine

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
        measure = make_measure(label.figure, label.get_fontsize())
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
    import numpy as np

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
    """
    groups: list[_Group] = []
    for place, centre in enumerate(wanted):
        groups.append((float(centre), [place]))
        while len(groups) > 1 and _touch(groups[-2], groups[-1], heights):
            members = groups[-2][1] + groups[-1][1]
            groups[-2:] = [(sum(wanted[i] for i in members) / len(members), members)]
    placed = []
    for centre, members in groups:
        size = sum(heights[i] for i in members)
        at = min(max(centre - size / 2, low), max(high - size, low))
        for i in members:
            placed.append(at + heights[i] / 2)
            at += heights[i]
    return placed


def _touch(below: _Group, above: _Group, heights: Sequence[float]) -> bool:
    reach = sum(heights[i] for i in below[1] + above[1]) / 2
    return above[0] - below[0] < reach
