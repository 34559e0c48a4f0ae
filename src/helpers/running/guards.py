"""What must hold for a committed notebook and its figures without running them.

What a reader meets as a result comes from a named number; helpers.prose.passages has the rule.
"""

from __future__ import annotations

import ast
import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.plots.figures import digest_plain
from helpers.prose.passages import NAMES, find_typed_numbers
from helpers.running.notebooks import compare_inputs, read_source

_SPEAKING = {"say", "headline"}
_DIGEST = re.compile(r"\[data sha256 ([0-9a-f]+)\]")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, what, what is there and what should be."""

    place: str
    what: str
    stood: str = ""
    came: str = ""
    cell: int = 0

    def describe(self) -> str:
        """Say it, with both texts below where there are any."""
        cell = f", cell {self.cell}" if self.cell else ""
        texts = [f"    is:     {self.stood}", f"    should: {self.came}"]
        return "\n".join([f"{self.place}{cell}: {self.what}", *texts * bool(self.came)])


def list_outputs(notebook: Any) -> Iterator[tuple[int, str, str]]:
    """Yield what a notebook's cells show: cell counted from 1, kind, text; pictures left out."""
    for number, cell in enumerate(notebook.cells, start=1):
        for kind, text in read_outputs(cell):
            yield number, kind, text


def read_outputs(cell: Any) -> list[tuple[str, str]]:
    """Return what a cell shows as (kind, text), pictures left out."""
    shown = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            shown.append((f"stream {output['name']}", output["text"]))
        elif output["output_type"] == "error":
            shown.append(("error", f"{output['ename']}: {output['evalue']}"))
        else:
            data = sorted(output["data"].items())
            shown += [(kind, str(text)) for kind, text in data if not kind.startswith("image")]
    return shown


def check_notebook(source: Path, paired: Any) -> list[Finding]:
    """Check a committed notebook against its .py and in itself."""
    name = source.stem
    findings = [
        Finding(name, "the .py and the .ipynb differ", other, one or "no such cell", cell)
        for cell, one, other in compare_inputs(read_source(source), paired)
    ]
    for check in (_check_metadata, _check_counts, _check_streams, _check_typed):
        findings += check(name, paired)
    return findings


def _check_metadata(name: str, notebook: Any) -> Iterator[Finding]:
    kernel = notebook.metadata.get("kernelspec", {}).get("name", "")
    if kernel != "python3":
        yield Finding(name, "its kernel is not python3", str(kernel), "python3")
    cells = [cell.metadata for cell in notebook.cells]
    if any("papermill" in metadata for metadata in [notebook.metadata, *cells]):
        yield Finding(name, "holds a run's metadata (papermill)")


def _check_counts(name: str, notebook: Any) -> Iterator[Finding]:
    """See that every code cell was executed, in order from 1."""
    expected = 0
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        expected += 1
        count = cell.get("execution_count")
        if count is None:
            yield Finding(name, "was not executed", cell=number)
        elif count != expected:
            yield Finding(name, "not executed in order", f"[{count}]", f"[{expected}]", number)


def _check_streams(name: str, notebook: Any) -> Iterator[Finding]:
    for number, kind, text in list_outputs(notebook):
        if kind == "error":
            yield Finding(name, f"ended in an error: {text}", cell=number)
        elif kind == "stream stderr":
            yield Finding(name, f"wrote to stderr: {text}", cell=number)


def _check_typed(name: str, notebook: Any) -> Iterator[Finding]:
    for number, cell in enumerate(notebook.cells, start=1):
        is_prose = cell.cell_type == "markdown"
        typed = find_typed_numbers(cell.source) if is_prose else find_typed_in_code(cell.source)
        for text in typed:
            yield Finding(name, f"a number is typed by hand: {text}", cell=number)


def find_typed_in_code(source: str) -> list[str]:
    """Return numbers that code hands to the prose as typed: in a sentence or as a named value."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    typed: list[str] = []
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method in _SPEAKING and call.args:
            typed += _find_in_sentence(call.args[0])
        elif method == "define":
            typed += [f"{key.arg}={ast.unparse(key.value)}" for key in call.keywords
                      if key.arg and _is_number(key.value)]  # fmt: skip
    return typed


def _find_in_sentence(node: ast.expr) -> list[str]:
    """Refuse digits in a template, and a template that is filled before it is checked."""
    if isinstance(node, ast.JoinedStr):
        return [ast.unparse(node)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return find_typed_numbers(re.sub(r"\{[^{}]*\}", "", node.value))
    return []


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_number(node.operand)
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def check_prose(name: str, notebook: Any, numbers: Mapping[str, Any]) -> list[Finding]:
    """See that every digit in rendered prose is the text of a named number of this notebook."""
    texts = {
        text
        for number in numbers.values()
        for text in number["texts"]
        if any(character.isdigit() for character in text)
    }
    known = sorted(map(re.escape, texts), key=len, reverse=True)
    whole = rf"(?<![\w.,])(?:{'|'.join(known)})(?![\w]|[.,]\d)"
    pattern = re.compile(whole if known else r"(?!)")
    return [
        Finding(name, f"prose states a number that the run has not: {word}", cell=number)
        for number, kind, text in list_outputs(notebook)
        if kind == "text/markdown"
        for word in find_typed_numbers(pattern.sub(" ", NAMES.sub(" ", text)))
    ]


def check_figures(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Hold each figure's JSON to its own data, and see that it has all three files.

    Parameters
    ----------
    files : mapping
        Contents by name, as in "map.svg".
    """
    for stem in sorted({name.rpartition(".")[0] for name in files}):
        lacking = [end for end in ("svg", "png", "json") if f"{stem}.{end}" not in files]
        for ending in lacking:
            yield Finding(f"figures/{stem}.{ending}", "missing beside its others")
        if "json" in lacking:
            continue
        record = json.loads(files[f"{stem}.json"])
        found = digest_plain(record["data"]["columns"], record["data"]["rows"])
        if found != record["data_sha256"]:
            what = "the digest is not that of the data"
            yield Finding(f"figures/{stem}.json", what, record["data_sha256"], found)


def check_pictures(name: str, notebook: Any, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Hold the pictures that a notebook shows to the files in figures/, by digest and bytes."""
    known: dict[str, list[bytes | None]] = {}
    for file, content in files.items():
        if file.endswith(".json"):
            digest = json.loads(content)["data_sha256"]
            known.setdefault(digest, []).append(files.get(f"{file[:-5]}.png"))
    for number, cell in enumerate(notebook.cells, start=1):
        for data in [output.get("data", {}) for output in cell.get("outputs", [])]:
            digest = _DIGEST.search(str(data.get("text/plain", "")))
            if "image/png" not in data or digest is None:
                continue
            if digest[1] not in known:
                yield Finding(name, f"no figure has digest {digest[1]}", cell=number)
            elif base64.b64decode(data["image/png"]) not in known[digest[1]]:
                yield Finding(name, "shows another picture than figures/", cell=number)
