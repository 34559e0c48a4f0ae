"""Lines of text: how wide one is drawn, and where a longer one is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def make_measure(fig: Figure, size: float, weight: str = "normal") -> Callable[[str], float]:
    """Return a function that measures a line of text in inches."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(size=size, weight=weight)
    renderer = fig.canvas.get_renderer()  # type: ignore[attr-defined]

    def measure(text: str) -> float:
        return float(renderer.get_text_width_height_descent(text, font, False)[0] / fig.dpi)

    return measure


def wrap_text(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break text into lines that fit a width; a word that does not fit alone is split.

    >>> wrap_text("one two three", 7, len)
    ['one two', 'three']
    >>> wrap_text("abcdefghij", 4, len)
    ['abcd', 'efgh', 'ij']
    """
    lines, words = [], text.split()
    while words:
        fitting = _count_fitting(words, width, measure)
        if not fitting and len(words[0]) > 1:
            word = words[0]
            most = max(n for n in range(1, len(word)) if n == 1 or measure(word[:n]) <= width)
            lines.append(word[:most])
            words[0] = word[most:]
            continue
        fitting = max(fitting, 1)
        lines.append(" ".join(words[:fitting]))
        words = words[fitting:]
    return lines


def _count_fitting(words: Sequence[str], width: float, measure: Callable[[str], float]) -> int:
    """Count the first words that fit a line: from a guess, since measuring takes long."""
    whole = measure(" ".join(words))
    if whole <= width:
        return len(words)
    room = len(" ".join(words)) * width / whole
    ends = list(accumulate(len(word) + 1 for word in words[:-1]))
    count = sum(end <= room for end in ends)
    while count and measure(" ".join(words[:count])) > width:
        count -= 1
    while count < len(ends) and measure(" ".join(words[: count + 1])) <= width:
        count += 1
    return count
