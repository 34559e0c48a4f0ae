"""README's numbers, and the referee's list of where every figure and table is made.

All is read from the executed notebooks and the merged numbers, so that it cannot fall behind them.
In README, between `<!--=name:filter-->` and `<!--/-->`, is the number of that name, as the filter
prints it; without one, as the notebook printed it first. The list of docs/replication.md is between
`<!--list-->` and `<!--/list-->`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

from helpers.prose.passages import print_value
from helpers.publish.outputs import find_figure

_NAME = r"(?P<name>\w+/[^:`]+?)(?::(?P<filter>[^>`]*?))?"
MARK = re.compile(rf"<!--={_NAME}-->(?P<text>.*?)<!--/-->", re.S)
_LIST = re.compile(r"(<!--list-->\n).*?(<!--/list-->)", re.S)
_CAPTION = re.compile(r"<caption[^>]*><strong>([^<]*)")
_SAVED = re.compile(r'page\.save\(.*?"([\w-]+\.csv)"', re.S)


def render_number(name: str, filter: str, numbers: Mapping[str, Any], asker: str) -> str:
    """Return a number of the reference run as a filter prints it, or as it was printed first.

    Raises
    ------
    ValueError
        For a name that no notebook's prose uses; `asker` says who asks.
    """
    if name not in numbers:
        raise ValueError(f"{asker} the number {name}, which no notebook's prose states")
    number = numbers[name]
    return print_value(number["value"], filter) if filter else number["texts"][0]


def render_readme(text: str, numbers: Mapping[str, Any]) -> str:
    """Return the text with every marked number as the reference run has it.

    >>> numbers = {"03_eras/n": {"value": 1234, "texts": ["1,234"]}}
    >>> render_readme("<!--=03_eras/n:about-->?<!--/--> people", numbers)
    '<!--=03_eras/n:about-->1,230<!--/--> people'

    Raises
    ------
    ValueError
        For a name that no notebook's prose uses.
    """

    def render(mark: re.Match[str]) -> str:
        opening = mark[0].partition("-->")[0]
        number = render_number(mark["name"], mark["filter"] or "", numbers, "README marks")
        return f"{opening}-->{number}<!--/-->"

    return MARK.sub(render, text)


def render_replication(
    text: str, notebooks: Mapping[str, Any], figures: Mapping[str, bytes]
) -> str:
    """Return the page with its list made anew.

    Parameters
    ----------
    text : str
        docs/replication.md.
    notebooks : mapping
        Executed notebooks by name.
    figures : mapping
        Contents of figures/ by file name.

    Raises
    ------
    ValueError
        Where the page has no place for the list, or a figure is shown by no cell.
    """
    if not _LIST.search(text):
        raise ValueError("docs/replication.md has no <!--list--> … <!--/list-->")
    drawn: dict[str, str] = {}
    saved, shown = [], []
    for name, notebook in notebooks.items():
        for count, cell in enumerate(notebook["cells"], start=1):
            place = f"[`{name}`](../notebooks/{name}.ipynb), cell {count}"
            if cell["cell_type"] == "code":
                files = _SAVED.findall("".join(cell["source"]))
                saved += [(f"`runs/<name>/tables/{file}`", place) for file in files]
            for output in cell.get("outputs", []):
                if figure := find_figure(output):
                    drawn[figure[0]] = place
                html = "".join(output.get("data", {}).get("text/html", ""))
                shown += [(unescape(caption), place) for caption in _CAPTION.findall(html)]
    made = []
    for record in sort_records(figures):
        if record["number"] not in drawn:
            raise ValueError(f"figures/{record['id']}.json: no cell shows a figure of that number")
        heading = f"{record['number']} {record['title']}"
        pictures = f"`figures/{record['id']}.svg`, `.png`, `.json`"
        made.append((heading, drawn[record["number"]], pictures))
    parts = [
        _write_table("Figures", ("Figure", "Made in", "Files"), made),
        _write_table("Tables on file", ("File", "Made in"), saved),
        _write_table("Tables shown", ("Caption", "Made and shown in"), shown),
    ]
    return _LIST.sub(lambda match: match[1] + "\n".join(parts) + match[2], text)


def _write_table(heading: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        for cells in (columns, ("---",) * len(columns), *rows)
    ]
    return "\n".join([f"### {heading}", "", *lines, ""])


def sort_records(figures: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Read the figures' records (words and drawn data), in the order of their numbers.

    Parameters
    ----------
    figures : mapping
        Contents of figures/ by file name.
    """
    records = [json.loads(data) for name, data in figures.items() if name.endswith(".json")]
    records = [record for record in records if "id" in record]
    return sorted(records, key=lambda record: [int(n) for n in record["number"].split(".")])
