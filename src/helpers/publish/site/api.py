"""API pages: a stub a module, which Sphinx fills from the docstrings, and their list."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FLOORS = {
    "": "Ground",
    "data": "Data: releases on file to tidy tables",
    "analysis": "Analysis: what is computed",
    "claims": "Claims: published figures, judged",
    "prose": "Prose: sentences, numbers, tables",
    "plots": "Plots: figures",
    "publish": "Publish: report, site, explorer",
    "running": "Running: how notebooks run",
    "unhcr": "UNHCR: the next release",
    "lessons": "Lessons: the student edition",
}


def list_modules(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the first line of each public module's docstring, by module.

    >>> list_modules({"helpers.a": '\"\"\"Do A.\"\"\"', "helpers._b": ""})
    {'helpers.a': 'Do A.'}
    """
    return {
        name: (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        for name, text in sorted(sources.items())
        if not any(part.startswith("_") for part in name.split("."))
    }


def write_stub(module: str) -> str:
    """Write a module's page.

    It stands in no table of contents but in that of api/index: two hundred more lines in the
    sidebar of every page would serve nobody.
    """
    options = (
        "   :members:\n   :ignore-module-all:\n   :show-inheritance:\n   :member-order: bysource\n"
    )
    directive = f"```{{eval-rst}}\n.. automodule:: {module}\n{options}```"
    return f"---\norphan: true\n---\n\n# {module}\n\n{directive}\n"


def write_stubs(sources: Mapping[str, str]) -> dict[str, str]:
    """Write all modules' pages, by path."""
    return {f"api/{name}.md": write_stub(name) for name in list_modules(sources)}


def write_modules(sources: Mapping[str, str]) -> str:
    """Write the list of the modules, floor by floor, as Markdown."""
    modules = list_modules(sources)
    parts = []
    for floor, title in FLOORS.items():
        own = {name: line for name, line in modules.items() if _find_floor(name) == floor}
        rows = [f"- [`{name}`]({name}.md): {line}" for name, line in own.items()]
        parts += [f"## {title}", "\n".join(rows)]
    return "\n\n".join(parts)


def _find_floor(module: str) -> str:
    name = [*module.split("."), "", ""][1]
    return name if name in FLOORS else ""


def find_known_names(module: str) -> dict[str, str]:
    """Return the classes and functions of this package that a module knows, by their short names.

    What it imports for type checking alone counts too, since its docstrings name it; what passes
    through another module is followed to its home.

    >>> find_known_names("helpers.claims.claim_cards")["Ledger"]
    'helpers.claims.evaluation.Ledger'
    """
    return {name: find_home(full) for name, full in _read_names(module).items()}


def find_home(full: str) -> str:
    """Follow a name from import to import to the module that defines it.

    >>> find_home("helpers.study.list_releases")
    'helpers.study.list_releases'
    """
    seen = set()
    while full not in seen:
        seen.add(full)
        module, _, name = full.rpartition(".")
        full = _read_names(module).get(name, full)
    return full


@cache
def _read_names(module: str) -> dict[str, str]:
    """Read what a module defines and what it imports from this package."""
    spec = find_spec(module) if module.startswith("helpers") else None
    if spec is None or spec.origin is None:
        return {}
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers")
        for alias in node.names
    }
    own = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return imported | {name: f"{module}.{name}" for name in own}
