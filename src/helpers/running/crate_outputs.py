"""What a run has left, described file by file, as its crate lists it.

Words come from the files themselves wherever they hold some: a figure's caption and description
from its JSON, a notebook's title from its first heading, a table's columns from its first line.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from helpers.running.crate_words import TABLES, TEXTS, TITLES, name_media_type

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
MIT = "https://spdx.org/licenses/MIT"

_SAVES = re.compile(r"\bpage\.(?:save|figure)\b")
_HEADING = re.compile(r"^#+\s+(.*\S)", re.M)


def describe_output(folder: Path, name: str) -> dict[str, Any]:
    """Describe one file of a run: name, description, licence and what it is.

    Parameters
    ----------
    folder : Path
        The run's folder.
    name : str
        The file's path in it.
    """
    file = folder / name
    common = {"encodingFormat": name_media_type(name), "contentSize": str(file.stat().st_size)}
    return common | {"license": {"@id": CC_BY}} | _find_words(file, name)


def _find_words(file: Path, name: str) -> dict[str, Any]:
    if name in TITLES:
        return {"name": TITLES[name], "description": TEXTS[name]}
    place = name.partition("/")[0] if "/" in name else ""
    if place == "figures":
        return _describe_figure(file)
    if place == "tables" and file.suffix == ".csv":
        return {"name": f"Table {file.stem}", "description": _describe_table(file)}
    if place == "notebooks" and file.suffix == ".ipynb":
        title = find_title(read_json(file)) or file.stem
        text = f"The notebook {file.stem}, executed with this run's parameters."
        licences = [{"@id": CC_BY}, {"@id": MIT}]
        return {"name": title, "description": text, "license": licences}
    return {"name": file.name, "description": f"The file {name} of the run."}


def read_json(file: Path) -> Any:
    """Read a JSON file; an empty mapping where it is none, as a failed run may leave half of it."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _describe_figure(file: Path) -> dict[str, Any]:
    """Take a figure's words from its JSON: the caption, and for its pictures the description."""
    words = read_json(file.with_suffix(".json"))
    if not isinstance(words, dict) or not {"number", "title", "caption", "alt"} <= set(words):
        return {"name": file.name, "description": f"The file {file.name} of a figure."}
    name = f"Figure {words['number']}: {words['title']}"
    if file.suffix == ".json":
        text = f"Caption, description in words and drawn data of figure {words['number']}."
        return {"name": f"{name} (data)", "description": text}
    kind = file.suffix.removeprefix(".").upper()
    pictured = {"@type": ["File", "ImageObject"], "caption": words["caption"]}
    return pictured | {"name": f"{name} ({kind})", "description": words["alt"]}


def _describe_table(file: Path) -> str:
    """Say what a table of the contract holds, and name its columns."""
    with file.open(encoding="utf-8") as handle:
        columns = handle.readline().strip().replace(",", ", ")
    said = TABLES.get(file.stem, f"The table {file.stem}.")
    return f"{said} Columns: {columns}." if columns else said


def find_title(notebook: Mapping[str, Any]) -> str:
    """Return a notebook's first heading; empty where it has none."""
    for cell in notebook.get("cells", []):
        heading = _HEADING.search("".join(cell["source"]))
        if cell["cell_type"] == "markdown" and heading:
            return heading[1]
    return ""


def find_products(notebook: Mapping[str, Any]) -> set[str]:
    """Name the tables and figures that a notebook makes: `tables/….csv`, `figures/<id>`.

    Found in its code, where `page.save` and `page.figure` name them.
    """
    found = set()
    for method, call in _find_calls(notebook):
        texts = [_read_text(each) for each in call.args]
        named = {str(key.arg): _read_text(key.value) for key in call.keywords}
        if method == "save" and texts:
            found.add(f"tables/{texts[-1]}")
        elif method == "figure" and "id" in named:
            found.add(f"figures/{named['id']}")
    return found


def _read_text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _find_calls(notebook: Mapping[str, Any]) -> Iterator[tuple[str, ast.Call]]:
    """Find the calls of methods in cells that save with `page`, with the method's name."""
    for cell in notebook.get("cells", []):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or not _SAVES.search(source):
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError:  # the cell that failed, or one with a magic
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
