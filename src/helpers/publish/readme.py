"""README's numbers: rendered from the reference run, so that none is typed by hand.

Between `<!--=name:format-->` and `<!--/-->` stands the number of that name in figures/numbers.json,
as the format renders it; without a format, as the notebook printed it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helpers.prose.words import ProseFormatter

_MARK = re.compile(r"<!--=(?P<name>\w+)(?::(?P<spec>[^>]*?))?-->(?P<text>.*?)<!--/-->", re.S)


def render_readme(text: str, numbers: Mapping[str, Any]) -> str:
    """Return the text with every marked number as the reference run has it.

    >>> numbers = {"pending": {"value": 1234, "texts": ["1,234"]}}
    >>> render_readme("<!--=pending:,-->?<!--/--> people", numbers)
    '<!--=pending:,-->1,234<!--/--> people'

    Raises
    ------
    ValueError
        For a name that no notebook's prose uses.
    """
    return _MARK.sub(lambda mark: _render_mark(mark, numbers), text)


def _render_mark(mark: re.Match[str], numbers: Mapping[str, Any]) -> str:
    opening = mark[0][: mark[0].index("-->") + 3]
    return f"{opening}{_render_number(mark['name'], mark['spec'] or '', numbers)}<!--/-->"


def _render_number(name: str, spec: str, numbers: Mapping[str, Any]) -> str:
    if name not in numbers:
        raise ValueError(f"README marks {name}, and no notebook's prose has a number of that name")
    number = numbers[name]
    if not spec:
        return str(number["texts"][0])
    return str(ProseFormatter().format_field(number["value"], spec))


def check_readme(text: str, numbers: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with each marked number: what, what stands there, what should."""
    for mark in _MARK.finditer(text):
        try:
            expected = _render_number(mark["name"], mark["spec"] or "", numbers)
        except (ValueError, TypeError) as error:
            yield str(error), mark["text"], ""
            continue
        if mark["text"] != expected:
            yield f"{mark['name']} is not the reference run's", mark["text"], expected
