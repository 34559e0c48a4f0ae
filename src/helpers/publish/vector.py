"""Stored SVG pictures, made small enough to stand in a page as addresses of their own.

A figure's SVG says every coordinate to a millionth of a point and gives each element a line and a
name. The page needs neither: to a hundredth of a point no screen and no printer shows a
difference. What is drawn stays the same.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_PROLOGUE = re.compile(r"^.*?(?=<svg\b)", re.S)
_IDLE = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|<(title|desc)\b[^>]*>.*?</\1>", re.S)
_BETWEEN = re.compile(r">\s+<")
_NAME = re.compile(r' id="([^"]*)"')
_USED = re.compile(r'(?:href="#|url\(#)([^")]*)')
_PLACE = re.compile(r'(?<=\s)(d|x|y)="([^"]*)"')
_NUMBER = re.compile(r"-?\d+\.\d+")
_SPACE = re.compile(r"\s+")
_UNUSED_LABEL = re.compile(r' aria-labelledby="[^"]*"')
# All that may stand in an address between double quotes; % and # may not, nor what is not ASCII.
_SAFE = " !'()*+,-./:;=?@[]^_`{|}~$"


def shrink_svg(text: str) -> str:
    r"""Take from an SVG what is not drawn, and round its coordinates to a hundredth.

    Title and description go too: an `<img>` carries its words itself.

    >>> shrink_svg('<svg><!-- a -->\n <g id="b">\n  <path d="M 1.23456 7 \nz "/></g></svg>')
    '<svg><g><path d="M 1.23 7 z"/></g></svg>'
    """
    kept = _IDLE.sub("", _PROLOGUE.sub("", text))
    used = set(_USED.findall(kept))
    kept = _NAME.sub(lambda match: match[0] if match[1] in used else "", kept)
    kept = _UNUSED_LABEL.sub("", kept)
    return _BETWEEN.sub("><", _PLACE.sub(_round_place, kept)).strip()


def make_svg_address(text: str) -> str:
    """Return a `data:` address of an SVG, to stand between double quotes.

    >>> make_svg_address('<svg fill="#fff"/>')
    "data:image/svg+xml,%3Csvg fill='%23fff'/%3E"
    """
    shrunk = shrink_svg(text)
    # A single quote costs one character, a double one three.
    quoted = shrunk if "'" in shrunk else shrunk.replace('"', "'")
    return f"data:image/svg+xml,{quote(quoted, safe=_SAFE)}"


def _round_place(match: re.Match[str]) -> str:
    rounded = _NUMBER.sub(_round, match[2])
    return f'{match[1]}="{_SPACE.sub(" ", rounded).strip()}"'


def _round(match: re.Match[str]) -> str:
    return f"{round(float(match[0]), 2) + 0.0:g}"  # + 0.0 makes minus nought nought
