"""Compare the committed reference with a fresh one: pure, and what it finds says what to see.

nbval compares texts and skips pictures. Here pictures count too: by the digest of the data they
draw on every machine, and byte for byte where the libraries are the locked ones.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from helpers.plots.figures import digest_plain

_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_DIGEST = re.compile(r"\[data sha256 ([0-9a-f]+)\]")
_PICTURE = "image/png"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, what, what stood there and what came."""

    place: str
    what: str
    stood: str = ""
    came: str = ""
    cell: int = 0

    def describe(self) -> str:
        """Say it, with what stood there and what came below."""
        cell = f", cell {self.cell}" if self.cell else ""
        lines = [f"{self.place}{cell}: {self.what}"]
        if self.stood or self.came:
            stood, came = _cut_alike(self.stood, self.came)
            lines += [f"    stood: {stood}", f"    came:  {came}"]
        return "\n".join(lines)


def _cut_alike(one: str, other: str, width: int = 160) -> tuple[str, str]:
    """Cut two texts to the neighbourhood of their first difference.

    >>> _cut_alike("pending 10", "pending 11")
    ('pending 10', 'pending 11')
    """
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    same = min(len(one), len(other)) if same is None else same
    start = max(0, same - width // 2)
    first, second = (_show(text, start, width) for text in (one, other))
    return first, second


def _show(text: str, start: int, width: int) -> str:
    if not text:
        return "(nothing)"
    piece = text[start : start + width].replace("\n", "⏎")
    return f"{'…' if start else ''}{piece}{'…' if len(text) > start + width else ''}"


def read_outputs(cell: Any) -> list[tuple[str, str]]:
    """Return what a cell shows as (kind, text), pictures left out, streams joined."""
    shown: list[tuple[str, str]] = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            kind = f"stream {output['name']}"
            if shown and shown[-1][0] == kind:
                shown[-1] = (kind, shown[-1][1] + output["text"])
            else:
                shown.append((kind, output["text"]))
        elif output["output_type"] == "error":
            shown.append(("error", f"{output['ename']}: {output['evalue']}"))
        else:
            data = sorted(output["data"].items())
            shown += [(mime, _as_text(text)) for mime, text in data if not mime.startswith("image")]
    return [(kind, _ADDRESS.sub("0x…", text)) for kind, text in shown]


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def compare_notebooks(name: str, committed: Any, fresh: Any) -> list[Finding]:
    """Compare what the cells of two executed notebooks show, place by place."""
    pairs = enumerate(zip_longest(committed.cells, fresh.cells), start=1)
    return [
        each for number, (one, other) in pairs for each in compare_cells(name, number, one, other)
    ]


def compare_cells(name: str, number: int, one: Any, other: Any) -> list[Finding]:
    """Compare what two cells show; None stands for a cell that is not there."""
    findings: list[Finding] = []
    before, after = (read_outputs(cell) if cell else [] for cell in (one, other))
    for (kind, stood), (came_kind, came) in zip_longest(before, after, fillvalue=("", "")):
        if (kind, stood) != (came_kind, came):
            what = f"{kind or came_kind} differs"
            found = Finding(name, what, stood, came, number)
            # A sentence is shown as Markdown and as plain text: its change is said once.
            if not findings or replace(found, what=findings[-1].what) != findings[-1]:
                findings.append(found)
    return findings


def compare_figures(
    committed: Mapping[str, bytes], fresh: Mapping[str, bytes], *, with_bytes: bool
) -> list[Finding]:
    """Compare figure files: each on both sides, records equal, SVG equal byte for byte."""
    findings = []
    for name in sorted(set(committed) | set(fresh)):
        place = f"figures/{name}"
        if name not in fresh:
            findings.append(Finding(place, "no notebook makes this file"))
        elif name not in committed:
            findings.append(Finding(place, "a notebook makes this file, and it is not here"))
        elif name.endswith(".json"):
            findings += _compare_records(place, committed[name], fresh[name])
        elif name.endswith(".svg") and with_bytes and committed[name] != fresh[name]:
            stood, came = (data.decode(errors="replace") for data in (committed[name], fresh[name]))
            findings.append(Finding(place, "the picture differs", stood, came))
    return findings


def check_figures(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Hold every figure's JSON to its own data, and see that it has all three files."""
    for stem in sorted({name.rpartition(".")[0] for name in files}):
        lacking = [end for end in ("svg", "png", "json") if f"{stem}.{end}" not in files]
        for ending in lacking:
            yield Finding(f"figures/{stem}.{ending}", "missing beside its others")
        if "json" in lacking:
            continue
        place = f"figures/{stem}.json"
        try:
            record = json.loads(files[f"{stem}.json"])
            found = digest_plain(record["data"]["columns"], record["data"]["rows"])
            if found != record["data_sha256"]:
                yield Finding(place, "digest is not of its data", record["data_sha256"], found)
        except (ValueError, KeyError, TypeError) as error:
            yield Finding(place, f"cannot be read: {error!r}")


def _compare_records(place: str, committed: bytes, fresh: bytes) -> Iterator[Finding]:
    try:
        one, other = json.loads(committed), json.loads(fresh)
    except ValueError:
        return  # said by check_figures
    for name in sorted(set(one) | set(other)):
        if one.get(name) != other.get(name):
            stood, came = (json.dumps(each.get(name), ensure_ascii=False) for each in (one, other))
            yield Finding(place, f"{name} differs", stood, came)


def compare_pictures(name: str, notebook: Any, figures: Mapping[str, bytes]) -> list[Finding]:
    """Hold the pictures that a notebook shows to the files in figures/, by digest and bytes."""
    known: dict[str, list[bytes | None]] = {}
    for file, content in figures.items():
        if file.endswith(".json"):
            digest = json.loads(content).get("data_sha256")
            known.setdefault(digest, []).append(figures.get(file[:-5] + ".png"))
    findings = []
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            digest = _DIGEST.search(str(data.get("text/plain", "")))
            if _PICTURE not in data or digest is None:
                continue
            shown = base64.b64decode(data[_PICTURE])
            if digest[1] not in known:
                findings.append(Finding(name, f"no figure has digest {digest[1]}", cell=number))
            elif shown not in known[digest[1]]:
                findings.append(Finding(name, "shows another picture than figures/", cell=number))
    return findings


def compare_numbers(committed: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[Finding]:
    """Compare the named numbers: value and texts."""
    findings = []
    for name in sorted(set(committed) | set(fresh)):
        one, other = committed.get(name), fresh.get(name)
        if one != other:
            stood, came = (_say_number(each) for each in (one, other))
            findings.append(Finding("figures/numbers.json", f"{name} differs", stood, came))
    return findings


def _say_number(number: Any) -> str:
    if number is None:
        return ""
    return f"{number['value']!r} as {', '.join(number['texts'])} ({number['notebook']})"
