"""Figures on the site: picture, caption, alternative text, and the files behind them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from helpers.publish.site.material import EXTRA, climb

FOLDER = "figures"
_CARD = re.compile(r"^Figure (\S+)\. .* \[data sha256 [0-9a-f]+\]$", re.S)


def read_records(figures: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Read the figures' records (words and drawn data) by number, in the order of the numbers."""
    records = [
        json.loads(content)
        for name, content in figures.items()
        if name.endswith(".json") and "data" in json.loads(content)
    ]
    records.sort(key=lambda record: [int(part) for part in record["number"].split(".")])
    return {record["number"]: record for record in records}


def find_number(output: Mapping[str, Any]) -> str:
    """Return the number of the figure that an output shows, or "" for any other output."""
    data = output.get("data", {})
    card = _CARD.match("".join(data.get("text/plain", ""))) if "image/png" in data else None
    return card[1] if card else ""


def write_data(record: Mapping[str, Any]) -> str:
    r"""Write the drawn data as CSV; missing is an empty cell.

    >>> write_data({"data": {"columns": ["year", "pending"], "rows": [[2000, None]]}})
    'year,pending\n2000,\n'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(record["data"]["columns"])
    writer.writerows(record["data"]["rows"])
    return buffer.getvalue()


def name_anchor(number: str) -> str:
    """Name a figure's place on its page.

    >>> name_anchor("3.10")
    'figure-3-10'
    """
    return f"figure-{number.replace('.', '-')}"


def render_figure(record: Mapping[str, Any], page: str, *, is_anchored: bool = True) -> str:
    """Render a figure as HTML without blank lines.

    Parameters
    ----------
    record : mapping
        The figure's JSON as in figures/.
    page : str
        The page that it stands on; links are relative to it.
    is_anchored : bool
        False leaves out the anchor, where the figure stands a second time.
    """
    base = f"{climb(page)}{FOLDER}/{record['id']}"
    number, rest = record["number"], record["caption"].split(". ", 1)[1]
    anchor = f' id="{name_anchor(number)}"' if is_anchored else ""
    files = "".join(
        f'<li><a href="{base}.{ending}"{hint}>{label}<span class="visually-hidden"> of figure '
        f"{number}</span></a></li>"
        for ending, label, hint in (
            ("svg", "SVG", ""), ("png", "PNG", ""), ("csv", "CSV of the drawn data", " download"),
        )
    )  # fmt: skip
    return (
        f'<figure class="study-figure"{anchor}>'
        f'<a class="picture" href="{base}.svg"><img src="{base}.svg" '
        f'alt="{escape(record["alt"])}"></a>'
        f"<figcaption><strong>Figure {number}.</strong> {escape(rest, quote=False)}</figcaption>"
        f'<ul class="files">{files}</ul>'
        f"<details><summary>Figure {number} in words</summary>"
        f"<p>{escape(record['alt'], quote=False)}</p></details></figure>"
    )


def render_picture(output: Mapping[str, Any]) -> str:
    """Render a figure that is in no file of figures/, as the notebook holds it."""
    words = output.get("metadata", {}).get("image/png", {})
    source = re.sub(r"\s", "", "".join(output["data"]["image/png"]))
    plain = "".join(output["data"]["text/plain"]).rpartition(" [data sha256")[0]
    return (
        f'<figure class="study-figure"><span class="picture"><img alt="{escape(words["alt"])}" '
        f'src="data:image/png;base64,{source}"></span>'
        f"<figcaption>{escape(plain, quote=False)}</figcaption></figure>"
    )


def list_files(figures: Mapping[str, bytes]) -> dict[str, str | bytes]:
    """Collect what is handed out beside the pages: SVG, PNG, and a CSV of each figure's data."""
    files: dict[str, str | bytes] = {
        f"{EXTRA}/{FOLDER}/{name}": content for name, content in figures.items()
    }
    for record in read_records(figures).values():
        files[f"{EXTRA}/{FOLDER}/{record['id']}.csv"] = write_data(record)
    return files


def write_gallery(figures: Mapping[str, bytes], homes: Mapping[str, str]) -> str:
    """Write all figures as Markdown, each below a heading.

    Parameters
    ----------
    figures : mapping
    homes : mapping
        By figure number the page that tells about it.
    """
    lines: list[str] = []
    for number, record in read_records(figures).items():
        link = f"{homes[number]}.html#{name_anchor(number)}"
        lines += [
            f"## Figure {number}: {record['title']}", "",
            f'<p><a href="{link}">Where the text tells about figure {number}</a></p>', "",
            render_figure(record, "figures", is_anchored=False), "",
        ]  # fmt: skip
    return "\n".join(lines)
