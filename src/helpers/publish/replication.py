"""README's numbers, and the lists of what is made where: for a referee, and for CODECHECK.

All is read from the executed notebooks and the merged numbers, so that it cannot fall behind them.
In README, between `<!--=name:filter-->` and `<!--/-->`, is the number of that name, as the filter
prints it; without one, as the notebook printed it first. The list of docs/replication.md is between
`<!--list-->` and `<!--/list-->`; the manifest ends codecheck.yml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment

from helpers.prose.passages import Passages
from helpers.publish.outputs import find_figure

_NAME = r"(?P<name>\w+/[^:`]+?)(?::(?P<filter>[^>`]*?))?"
MARK = re.compile(rf"<!--={_NAME}-->(?P<text>.*?)<!--/-->", re.S)
_LIST = re.compile(r"(<!--list-->\n).*?(<!--/list-->)", re.S)
_CAPTION = re.compile(r"<caption[^>]*><strong>([^<]*)")
_TABLES = Environment(trim_blocks=True, keep_trailing_newline=True).from_string(
    Path(__file__).with_name("replication.md.j2").read_text(encoding="utf-8")
)
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
    if not filter:
        return str(number["texts"][0])
    return str(Passages("").fill(f"{{{{ value | {filter} }}}}", number))


def render_readme(text: str, numbers: Mapping[str, Any]) -> str:
    """Return the text with every marked number as the reference run has it, as `render_number`.

    >>> numbers = {"03_eras/n": {"value": 0.26, "texts": ["26%"]}}
    >>> render_readme("<!--=03_eras/n:share-->?<!--/--> of people", numbers)
    '<!--=03_eras/n:share-->26.0%<!--/--> of people'
    """

    def render(mark: re.Match[str]) -> str:
        opening = mark[0].partition("-->")[0]
        number = render_number(mark["name"], mark["filter"] or "", numbers, "README marks")
        return f"{opening}-->{number}<!--/-->"

    return MARK.sub(render, text)


def list_made(
    notebooks: Mapping[str, Any], figures: Mapping[str, bytes]
) -> dict[str, list[tuple[Any, str]]]:
    """List what executed notebooks make, in reading order, each with the cell that makes it.

    `figures` are records, `saved` names of tables' files, `shown` captions of tables. ValueError
    where a figure is shown by no cell.
    """
    drawn: dict[str, str] = {}
    saved, shown = [], []
    for name, notebook in notebooks.items():
        for count, cell in enumerate(notebook["cells"], start=1):
            place = f"{name}, cell {count}"
            if cell["cell_type"] == "code":
                files = _SAVED.findall("".join(cell["source"]))
                saved += [(file, place) for file in files]
            for output in cell.get("outputs", []):
                if figure := find_figure(output):
                    drawn[figure[0]] = place
                html = "".join(output.get("data", {}).get("text/html", ""))
                shown += [(unescape(caption), place) for caption in _CAPTION.findall(html)]
    records = sort_records(figures)
    for record in records:
        if record["number"] not in drawn:
            raise ValueError(f"figures/{record['id']}.json: no cell shows a figure of that number")
    made = [(record, drawn[record["number"]]) for record in records]
    return {"figures": made, "saved": saved, "shown": shown}


def render_replication(text: str, made: Mapping[str, Any]) -> str:
    """Return docs/replication.md with its list made anew; ValueError where it has no place."""
    if not _LIST.search(text):
        raise ValueError("docs/replication.md has no <!--list--> … <!--/list-->")
    listed = _TABLES.render(made)
    return _LIST.sub(lambda match: match[1] + listed + match[2], text)


def render_codecheck(text: str, made: Mapping[str, Any], run: str) -> str:
    """Return codecheck.yml with its manifest, the last entry, made anew for a run's folder."""
    files = {
        f"figures/{each['id']}.svg": f"Figure {each['number']}: {each['title']} ({place})"
        for each, place in made["figures"]
    }
    files |= {f"tables/{file}": f"Table ({place})" for file, place in made["saved"]}
    files["numbers.json"] = "Every number that the text states, by name"
    # JSON is YAML, whatever a title holds.
    entries = [
        f"  - file: {run}/{name}\n    comment: {json.dumps(words, ensure_ascii=False)}\n"
        for name, words in files.items()
    ]
    head, mark, _ = text.partition("\nmanifest:\n")
    return head + mark + "".join(entries)


def sort_records(figures: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Read the records (words, drawn data) among the files of figures/, ordered by number."""
    records = [json.loads(data) for name, data in figures.items() if name.endswith(".json")]
    records = [record for record in records if "id" in record]
    return sorted(records, key=lambda record: [int(n) for n in record["number"].split(".")])
