"""Documents and the site's own pages: numbers filled in, README's sections taken over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from helpers.prose.words import ProseFormatter
from helpers.publish.site.chapters import link_number
from helpers.publish.site.pictures import render_figure

_NUMBER = re.compile(r"\{number\}`(?P<name>\w+)(?::(?P<spec>[^`]*))?`")
_MARK = re.compile(r"<!--=(?P<name>\w+)(?::[^>]*?)?-->(?P<text>.*?)<!--/-->", re.S)
_PICTURE = re.compile(r"!\[[^\]]*\]\(figures/([\w-]+)\.png\)")
_CELL = re.compile(r"\[`(\w+)`\]\(\.\./notebooks/\w+\.ipynb\), cells? ([\d, ]+)")


def fill_numbers(text: str, numbers: Mapping[str, Any], page: str) -> str:
    """Put the reference run's numbers into a page of the site, each linked to its row.

    Parameters
    ----------
    text : str
        Markdown with {number}`name:format`; without a format a number is printed as the notebook
        printed it first.
    numbers : mapping
        The merged numbers: {name: {value, texts, notebook}}.
    page : str
        The page's path without ending.

    Raises
    ------
    ValueError
        For a name that no notebook's prose uses.
    """

    def fill(mark: re.Match[str]) -> str:
        name, spec = mark["name"], mark["spec"]
        if name not in numbers:
            raise ValueError(f"{page} asks for the number {name}, which no notebook states")
        number = numbers[name]
        formatter = ProseFormatter()
        printed = formatter.format_field(number["value"], spec) if spec else number["texts"][0]
        return link_number(name, str(printed), page)

    return _NUMBER.sub(fill, text)


def take_section(text: str, heading: str) -> str:
    """Take a section of a Markdown file, without its heading and the sections below it.

    Raises
    ------
    ValueError
        Where there is no such section.
    """
    found = re.search(rf"^#+ {re.escape(heading)}\n(?P<body>.*?)(?=^#+ |\Z)", text, re.S | re.M)
    if not found:
        raise ValueError(f"there is no section {heading!r}")
    return found["body"].strip()


def set_pictures(text: str, page: str, records: Mapping[str, Any]) -> str:
    """Put figures with their captions in the place of the pictures of a Markdown text."""
    by_id = {record["id"]: record for record in records.values()}
    return _PICTURE.sub(lambda match: render_figure(by_id[match[1]], page, is_anchored=False), text)


def link_marks(text: str, page: str) -> str:
    """Link the marked numbers of a text that is kept right by `asylum bless`."""
    return _MARK.sub(lambda mark: link_number(mark["name"], mark["text"], page), text)


def link_cells(text: str) -> str:
    """Link the cells that docs/replication.md names, each to its place in the chapter."""

    def link(match: re.Match[str]) -> str:
        name, counts = match[1], match[2].split(", ")
        links = ", ".join(
            f'<a href="../notebooks/{name}.html#cell-{count}">{count}</a>' for count in counts
        )
        return f"[`{name}`](../notebooks/{name}.ipynb), cell{'s' * (len(counts) > 1)} {links}"

    return _CELL.sub(link, text)
