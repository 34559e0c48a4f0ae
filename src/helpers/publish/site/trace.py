"""Follow a number back: the cell that defines it, the functions that compute it, its tables.

Read from the notebooks' code, not from a run: names are followed from a definition through the
assignments above it to the calls of this package that they rest on.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

_PACKAGE = "helpers"
# What every cell uses says nothing of where a number comes from; nor does what only words it.
_EVERYWHERE = {"scope", "page", "core", "names", "pd", "math"}
_WORDING = tuple(
    f"helpers.{name}."
    for name in ("plots.charts", "plots.style", "prose.standing", "prose.text", "prose.words")
)


@dataclass
class Made:
    """What one name, or one named number, was made of: names, and functions of this package."""

    cell: int
    names: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)


@dataclass
class Trace:
    """One notebook's code as far as it says what comes from what.

    Attributes
    ----------
    numbers : dict
        By number, the cell that defines it and what that cell's expression uses.
    unpacked : list
        For numbers that a cell defines many at a time (`**`): a pattern of their names, and the
        same.
    values : dict
        The same by variable; a variable that is assigned more than once gathers all.
    saved : dict
        By table on file, the variables that were written to it.
    """

    numbers: dict[str, Made] = field(default_factory=dict)
    unpacked: list[tuple[str, Made]] = field(default_factory=list)
    values: dict[str, Made] = field(default_factory=dict)
    saved: dict[str, set[str]] = field(default_factory=dict)

    def find_definition(self, number: str, stands_in: Iterable[int] = ()) -> Made | None:
        """Find what defines a number: by its name, else by a pattern, the nearest cell above.

        Parameters
        ----------
        number : str
        stands_in : iterable of int
            The cells that state it; the definition is in or above the first of them.
        """
        if number in self.numbers:
            return self.numbers[number]
        last = min(stands_in, default=None)
        fits = [
            (len(pattern), made.cell, made)
            for pattern, made in self.unpacked
            if re.fullmatch(pattern, number) and (last is None or made.cell <= last)
        ]
        return max(fits, key=lambda fit: fit[:2])[2] if fits else None

    def list_functions(self, made: Made | None) -> list[str]:
        """Name the functions that a definition rests on, from the nearest ones that there are."""
        for step in self._walk(made):
            if step.calls:
                return sorted(step.calls)
        return []

    def list_tables(self, made: Made | None) -> list[str]:
        """Name the tables on file that hold a variable which a definition reads."""
        for step in self._walk(made):
            found = [name for name, variables in self.saved.items() if variables & step.names]
            if found:
                return sorted(found)
        return []

    def _walk(self, made: Made | None) -> Iterator[Made]:
        """Yield what a definition was made of, step by step away from it."""
        seen: set[str] = set()
        while made is not None and (made.names or made.calls):
            yield made
            fresh = made.names - seen
            seen |= fresh
            above = [self.values[name] for name in sorted(fresh) if name in self.values]
            if not above:
                return
            made = Made(
                above[0].cell,
                set().union(*(each.names for each in above)) - seen,
                set().union(*(each.calls for each in above)),
            )


def read_trace(notebook: Mapping[str, Any]) -> Trace:
    """Read what a notebook's code says of its numbers, variables and tables.

    Parameters
    ----------
    notebook : mapping
        The notebook's JSON.
    """
    trace = Trace()
    known: dict[str, str] = {}
    for count, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        known |= _find_imports(tree)
        for node in ast.walk(tree):
            _note_assignment(node, count, known, trace)
            _note_call(node, count, known, trace)
    return trace


def find_saved(source: str) -> Iterator[str]:
    """Yield the tables that a cell writes to file.

    >>> list(find_saved('page.save(frame, "eras.csv")'))
    ['eras.csv']
    """
    for node in ast.walk(ast.parse(source)):
        if _is_call(node, "save") and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            yield str(node.args[1].value)


def _find_imports(tree: ast.Module) -> dict[str, str]:
    """Return what a cell imports from this package: local name -> full name."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == _PACKAGE
        for alias in node.names
    }


def _note_assignment(node: ast.AST, count: int, known: Mapping[str, str], trace: Trace) -> None:
    if isinstance(node, ast.Assign):
        targets: list[ast.expr] = node.targets
    elif isinstance(node, ast.AugAssign | ast.For):
        targets = [node.target]
    else:
        return
    value = node.iter if isinstance(node, ast.For) else node.value
    for name in {each.id for target in targets for each in ast.walk(target)
                 if isinstance(each, ast.Name)}:  # fmt: skip
        made = trace.values.setdefault(name, Made(count))
        _add_uses(made, value, known)


def _note_call(node: ast.AST, count: int, known: Mapping[str, str], trace: Trace) -> None:
    if _is_call(node, "define"):
        for key in node.keywords:
            if key.arg is None:
                made = Made(count)
                _add_uses(made, key.value, known)
                trace.unpacked += [(pattern, made) for pattern in _find_patterns(key.value)]
            else:
                _add_uses(trace.numbers.setdefault(key.arg, Made(count)), key.value, known)
    elif _is_call(node, "save") and len(node.args) > 1:
        for name in find_saved(ast.unparse(node)):
            frame = Made(count)
            _add_uses(frame, node.args[0], known)
            trace.saved.setdefault(name, set()).update(frame.names)


def _find_patterns(value: ast.expr) -> list[str]:
    """Say which names an unpacked mapping can hold: those that its keys spell out, else any."""
    if isinstance(value, ast.DictComp):
        keys: list[ast.expr | None] = [value.key]
    else:
        keys = list(value.keys) if isinstance(value, ast.Dict) else []
    spelt = [
        "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
            for part in key.values
        )
        for key in keys
        if isinstance(key, ast.JoinedStr)
    ]
    return spelt or [r"\w+"]


def _add_uses(made: Made, value: ast.AST, known: Mapping[str, str]) -> None:
    """Add the names and calls of an expression."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            full = _name_function(node.func, known)
            if full and not full.startswith(_WORDING):
                made.calls.add(full)
        elif isinstance(node, ast.Name) and node.id not in {*known, *_EVERYWHERE}:
            made.names.add(node.id)


def _name_function(function: ast.expr, known: Mapping[str, str]) -> str:
    """Name a function of this package, called by its own name or as one of its module."""
    if isinstance(function, ast.Name):
        return known.get(function.id, "")
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        module = known.get(function.value.id, "")
        return f"{module}.{function.attr}" if module else ""
    return ""


def _is_call(node: ast.AST, method: str) -> TypeGuard[ast.Call]:
    """Tell whether a node is a call of a method of `page`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "page"
    )
