"""Numbers in rendered sentences: found again by the templates of the cell that said them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from helpers.prose.words import ProseFormatter

_LETTERS = re.compile(r"[^\W\d_]")


def find_templates(source: str) -> list[str]:
    """Find the strings of a cell that hold placeholders, the longest first.

    >>> find_templates('page.say("At the end of {year}, " "{n:,} waited.")')
    ['At the end of {year}, {n:,} waited.']
    """
    found = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value
    ]
    return sorted(dict.fromkeys(found), key=len, reverse=True)


def find_names(source: str) -> list[str]:
    """Name the numbers that a cell's templates hold.

    >>> find_names('page.say("At the end of {year}, {n:,} waited.")')
    ['year', 'n']
    """
    names: list[str] = []
    for template in find_templates(source):
        with suppress(ValueError):  # braces that are no placeholder
            names += [name for _, name, _, _ in ProseFormatter().parse(template) if name]
    return list(dict.fromkeys(names))


def link_numbers(
    text: str, source: str, numbers: Mapping[str, Any], write: Callable[[str, str], str]
) -> str:
    """Turn each number of a rendered passage into what `write(name, printed)` returns.

    A passage is matched piece by piece against the cell's templates, so that "5" is taken for the
    number that the sentence states there and for no other. What stands in code is left alone.

    Parameters
    ----------
    text : str
        The passage as Markdown.
    source : str
        The code of its cell.
    numbers : mapping
        The merged numbers: {name: {value, texts, notebook}}.
    write : callable
        Called with a number's name and what is printed.
    """
    spans: list[tuple[int, int, str]] = []
    for template in find_templates(source):
        spans += [span for span in _match(template, text, numbers) if not _overlaps(span, spans)]
    for start, end, name in sorted(spans, reverse=True):
        if text[:start].count("`") % 2 == 0:
            text = text[:start] + write(name, text[start:end]) + text[end:]
    return text


def _overlaps(span: tuple[int, int, str], others: list[tuple[int, int, str]]) -> bool:
    return any(span[0] < other[1] and other[0] < span[1] for other in others)


def _match(template: str, text: str, numbers: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Yield where a template's numbers stand in a text."""
    try:
        parts = list(ProseFormatter().parse(template))
    except ValueError:  # braces that are no placeholder
        return
    if not _LETTERS.search("".join(part[0] for part in parts)):
        return
    names, pattern = [], ""
    for literal, name, _, _ in parts:
        pattern += re.escape(literal)
        if name is not None:
            if name not in numbers:
                return
            choices = sorted(map(str, numbers[name]["texts"]), key=len, reverse=True)
            pattern += f"({'|'.join(map(re.escape, choices))})"
            names.append(name)
    for match in re.finditer(pattern, text):
        for place, name in enumerate(names, start=1):
            yield match.start(place), match.end(place), name
