"""Where every figure, table and number is made: README's numbers, the referee's list, and traces.

All is read from the executed notebooks and the merged numbers, so that it cannot fall behind them.
In README, between `<!--=name:format-->` and `<!--/-->`, is the number of that name, as the format
(of a passage's number: the filter) renders it; without one, as the notebook printed it first. The
list of docs/replication.md is between `<!--list-->` and `<!--/list-->`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any, NamedTuple

from helpers.prose.passages import print_value
from helpers.prose.words import ProseFormatter
from helpers.publish.report import CARD

_NAME = r"(?P<name>\w+(?:/[^:`]+?)?)(?::(?P<spec>[^>`]*?))?"
MARK = re.compile(rf"<!--={_NAME}-->(?P<text>.*?)<!--/-->", re.S)
ASK = re.compile(rf"\{{number\}}`{_NAME}`")
_LIST = re.compile(r"(<!--list-->\n).*?(<!--/list-->)", re.S)
_CAPTION = re.compile(r"<caption[^>]*><strong>([^<]*)")
_NUMBERS = "figures/numbers.json"
# What every cell uses says nothing of where a number comes from; nor does what only words it.
_EVERYWHERE = {"scope", "page", "core", "names", "pd", "math"}
_WORDING = ("helpers.plots.", "helpers.prose.")
Cells = list[tuple[str, int]]


def render_number(name: str, spec: str, numbers: Mapping[str, Any], asker: str) -> str:
    """Return a number of the reference run as a format renders it, or as it was printed first.

    Raises
    ------
    ValueError
        For a name that no notebook's prose uses; `asker` says who asks.
    """
    if name not in numbers:
        raise ValueError(f"{asker} the number {name}, which no notebook's prose states")
    number = numbers[name]
    if spec and "/" in name:  # a passage's, printed by its filters
        return print_value(number["value"], spec)
    return ProseFormatter().format_field(number["value"], spec) if spec else number["texts"][0]


def render_readme(text: str, numbers: Mapping[str, Any]) -> str:
    """Return the text with every marked number as the reference run has it.

    >>> numbers = {"pending": {"value": 1234, "texts": ["1,234"]}}
    >>> render_readme("<!--=pending:,-->?<!--/--> people", numbers)
    '<!--=pending:,-->1,234<!--/--> people'

    Raises
    ------
    ValueError
        For a name that no notebook's prose uses.
    """

    def render(mark: re.Match[str]) -> str:
        opening = mark[0].partition("-->")[0]
        number = render_number(mark["name"], mark["spec"] or "", numbers, "README marks")
        return f"{opening}-->{number}<!--/-->"

    return MARK.sub(render, text)


def check_readme(text: str, numbers: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with each marked number: what, what is there, what should be."""
    for mark in MARK.finditer(text):
        try:
            expected = render_number(mark["name"], mark["spec"] or "", numbers, "README marks")
        except (ValueError, TypeError) as error:
            yield str(error), mark["text"], ""
            continue
        if mark["text"] != expected:
            yield f"{mark['name']} is not the reference run's", mark["text"], expected


def render_replication(
    text: str,
    notebooks: Mapping[str, Any],
    figures: Mapping[str, bytes],
    numbers: Mapping[str, Any],
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
    numbers : mapping
        The merged numbers: {name: {value, texts, notebook}}.

    Raises
    ------
    ValueError
        Where the page has no place for the list, or a figure or number is made by no cell.
    """
    if not _LIST.search(text):
        raise ValueError("docs/replication.md has no <!--list--> … <!--/list-->")
    saved = [
        (f"`runs/<name>/tables/{name}`", _write_cells([cell]))
        for cell, call in find_calls(notebooks, "save")
        if (name := read_file(call))
    ]
    shown = [
        (unescape(caption), _write_cells([cell]))
        for cell, content in _list_code(notebooks)
        for output in content.get("outputs", [])
        for caption in _CAPTION.findall("".join(output.get("data", {}).get("text/html", "")))
    ]
    parts = [
        _write_table("Figures", ("Figure", "Made in", "Files"), _list_figures(notebooks, figures)),
        _write_table("Tables on file", ("File", "Made in"), saved),
        _write_table("Tables shown", ("Caption", "Made and shown in"), shown),
        _write_table(
            f"Numbers in the text (all in `{_NUMBERS}`)",
            ("Name", "As printed", "Defined in", "Stands in"),
            _list_numbers(notebooks, numbers),
        ),
    ]
    return _LIST.sub(lambda match: match[1] + "\n".join(parts) + match[2], text)


def _write_table(heading: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        for cells in (columns, ("---",) * len(columns), *rows)
    ]
    return "\n".join([f"### {heading}", "", *lines, ""])


def _list_figures(
    notebooks: Mapping[str, Any], figures: Mapping[str, bytes]
) -> Iterator[tuple[str, str, str]]:
    made = {
        card[1]: _write_cells([cell])
        for cell, content in _list_code(notebooks)
        for output in content.get("outputs", [])
        if (card := CARD.match("".join(output.get("data", {}).get("text/plain", ""))))
    }
    for record in sort_records(figures):
        stem, number = record["id"], record["number"]
        if number not in made:
            raise ValueError(f"figures/{stem}.json: no cell shows Figure {number}")
        files = f"`figures/{stem}.svg`, `.png`, `.json`"
        yield f"{number} {record['title']}", made[number], files


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


def _list_numbers(
    notebooks: Mapping[str, Any], numbers: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    defined: dict[str, str] = {}
    for cell, call in find_calls(notebooks, "define"):
        for key in call.keywords:
            defined.setdefault(str(key.arg), _write_cells([cell]))
    origins: dict[str, Origin] = {}
    for notebook, content in notebooks.items():
        own = [name for name in numbers if name.startswith(f"{notebook}/")]
        origins |= trace_numbers(content, dict.fromkeys(own, ()))
    for name, cells in find_stating_cells(notebooks, numbers).items():
        if not cells:
            raise ValueError(f"{_NUMBERS}: no cell states {name}")
        printed = "; ".join(str(text) for text in numbers[name]["texts"])
        made = defined.get(name, "by the study's parameters")
        if name in origins and (count := origins[name].cell):
            made = _write_cells([(numbers[name]["notebook"], count)])
        yield f"`{name}`", printed, made, _write_cells(cells)


def find_stating_cells(
    notebooks: Mapping[str, Any], numbers: Mapping[str, Any]
) -> dict[str, Cells]:
    """Find the cells that state each number, as notebook and place counted from 1.

    They are those whose code holds its placeholder. Where the code puts the placeholder together,
    they are the cells of its notebook whose sentences print it, else whose outputs do.
    """
    cells = list(_list_code(notebooks))
    stating: dict[str, Cells] = {}
    for place, cell in cells:
        spans = [span for output in cell.get("outputs", []) for span in read_spans(output)]
        for name in {name for _, _, name in spans}:
            stating.setdefault(name, []).append(place)
    for name, number in sorted(numbers.items()):
        if name in stating:
            continue
        placeholder = re.compile(rf"\{{{re.escape(name)}[:}}]")
        found = [place for place, cell in cells if placeholder.search("".join(cell["source"]))]
        if not found:
            texts = "|".join(re.escape(str(text)) for text in number["texts"])
            printed = re.compile(rf"(?<![\w.,])(?:{texts})(?![\w]|[.,]\d)")
            own = [(place, cell) for place, cell in cells if place[0] == number["notebook"]]
            found = [place for place, cell in own if printed.search(_read_prose(cell))] or [
                place for place, cell in own if printed.search(str(cell.get("outputs", "")))
            ]
        stating[name] = found
    return {name: stating[name] for name in sorted(numbers)}


def read_spans(output: Mapping[str, Any]) -> list[tuple[int, int, str]]:
    """Read where a passage's numbers are, as its output says: start, end and name of each."""
    said = output.get("metadata", {}).get("text/markdown", {})
    return [(start, end, name) for start, end, name in said.get("numbers", [])]


def _read_prose(cell: Mapping[str, Any]) -> str:
    """Return the sentences that a cell shows."""
    outputs = (output.get("data", {}) for output in cell.get("outputs", []))
    return " ".join("".join(data.get("text/markdown", "")) for data in outputs)


def _list_code(notebooks: Mapping[str, Any]) -> Iterator[tuple[tuple[str, int], Any]]:
    """Yield the code cells, each with its notebook and place."""
    for name, notebook in notebooks.items():
        for count, cell in enumerate(notebook["cells"], start=1):
            if cell["cell_type"] == "code":
                yield (name, count), cell


def _write_cells(cells: Cells) -> str:
    """Name cells, notebook by notebook, each notebook linked."""
    counts: dict[str, list[int]] = {}
    for name, count in cells:
        counts.setdefault(name, []).append(count)
    return "; ".join(
        f"[`{name}`](../notebooks/{name}.ipynb), cell{'s' * (len(own) > 1)} "
        f"{', '.join(map(str, own))}"
        for name, own in counts.items()
    )


def find_calls(
    notebooks: Mapping[str, Any], method: str
) -> Iterator[tuple[tuple[str, int], ast.Call]]:
    """Find the calls of a method of `page`, each with its notebook and place."""
    for place, cell in _list_code(notebooks):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"page.{method}":
                yield place, node


class Origin(NamedTuple):
    """Where a number comes from.

    Attributes
    ----------
    cell : int or None
        The cell that defines it, counted from 1; None for the study's parameters.
    functions : list of str
        This package's functions that it rests on: the nearest ones that there are.
    tables : list of str
        The nearest tables on file that hold a variable which its definition reads.
    """

    cell: int | None
    functions: list[str]
    tables: list[str]


class _Uses(NamedTuple):
    """The variables and the functions of this package that code in a cell uses."""

    cell: int
    names: set[str]
    calls: set[str]


def trace_numbers(
    notebook: Mapping[str, Any], stated: Mapping[str, Iterable[int]]
) -> dict[str, Origin]:
    """Follow numbers back through a notebook's code: from definitions to functions and tables.

    Names are followed from a definition through the assignments to the calls that they rest on.

    Parameters
    ----------
    notebook : mapping
        The notebook's JSON.
    stated : mapping
        By number, the cells that state it. One that is defined among many at a time (`**`) is
        defined in the first of them or above it.

    Returns
    -------
    dict of str to Origin
        By number.
    """
    known: dict[str, str] = {}
    values: dict[str, _Uses] = {}  # all assignments of a variable together
    defined: list[tuple[str, _Uses]] = []  # patterns of numbers' names, and what defines them
    for (_, cell), content in _list_code({"": notebook}):
        for node in ast.walk(ast.parse("".join(content["source"]))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers"):
                known |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
            elif isinstance(node, ast.Assign | ast.AugAssign | ast.For):
                _note_assignment(node, cell, known, values)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "page.define":
                for key in node.keywords:
                    uses = _read_uses(key.value, cell, known)
                    patterns = [key.arg] if key.arg else _find_patterns(key.value)
                    defined += [(pattern, uses) for pattern in patterns]
    saved = {
        name: _read_uses(call.args[0], cell, known).names
        for (_, cell), call in find_calls({"": notebook}, "save")
        if (name := read_file(call))
    }
    origins = {}
    for number, cells in stated.items():
        last = min(cells, default=10**6)
        exact = [uses for pattern, uses in defined if pattern == number]
        if "/" in number:
            exact = _read_expression(number, known, values)
        fits = [
            (len(pattern), uses.cell, uses)
            for pattern, uses in defined
            if uses.cell <= last and "/" not in number and re.fullmatch(pattern, number)
        ]
        origins[number] = Origin(None, [], [])
        if exact or fits:
            made = exact[0] if exact else max(fits, key=lambda fit: fit[:2])[2]
            steps = list(_walk(made, values))
            calls = (sorted(step.calls) for step in steps)
            tables = (sorted(n for n, held in saved.items() if held & s.names) for s in steps)
            nearest = (next(filter(None, found), []) for found in (calls, tables))
            origins[number] = Origin(made.cell, *nearest)
    return origins


def _read_expression(
    number: str, known: Mapping[str, str], values: Mapping[str, _Uses]
) -> list[_Uses]:
    """Read what a passage's number rests on; made in the last cell that sets a variable of it."""
    expression = number.partition("/")[2].rpartition("#")[2].partition(" = ")[0]
    try:
        uses = _read_uses(ast.parse(expression, mode="eval"), 0, known)
    except SyntaxError:
        return []
    cells = [values[name].cell for name in uses.names if name in values]
    return [uses._replace(cell=max(cells))] if cells else []


def read_file(call: ast.Call) -> str:
    """Return the name of the table that a call of `page.save` writes; "" where it is computed."""
    name = call.args[-1]
    return str(name.value) if isinstance(name, ast.Constant) else ""


def _walk(uses: _Uses, values: Mapping[str, _Uses]) -> Iterator[_Uses]:
    """Yield what a definition uses, step by step away from it."""
    seen: set[str] = set()
    while uses.names or uses.calls:
        yield uses
        above = [values[name] for name in sorted(uses.names - seen) if name in values]
        seen |= uses.names
        names = {name for each in above for name in each.names} - seen
        uses = _Uses(uses.cell, names, {call for each in above for call in each.calls})


def _note_assignment(
    node: ast.Assign | ast.AugAssign | ast.For,
    cell: int,
    known: Mapping[str, str],
    values: dict[str, _Uses],
) -> None:
    uses = _read_uses(node.iter if isinstance(node, ast.For) else node.value, cell, known)
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                made = values.setdefault(each.id, _Uses(cell, set(), set()))
                made.names.update(uses.names)
                made.calls.update(uses.calls)


def _find_patterns(value: ast.expr) -> list[str]:
    """Say which names an unpacked mapping can hold: those that its keys spell out, else any."""
    keys = [value.key] if isinstance(value, ast.DictComp) else getattr(value, "keys", [])
    spelt = [
        "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
            for part in key.values
        )
        for key in keys
        if isinstance(key, ast.JoinedStr)
    ]
    return spelt or [r"\w+"]


def _read_uses(value: ast.AST, cell: int, known: Mapping[str, str]) -> _Uses:
    """Read the variables of an expression, and its calls of this package's functions."""
    names, calls = set(), set()
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            head, dot, rest = ast.unparse(node.func).partition(".")
            full = known.get(head, "") + dot + rest
            is_name = not rest or rest.isidentifier()
            if is_name and full.startswith("helpers.") and not full.startswith(_WORDING):
                calls.add(full)
        elif isinstance(node, ast.Name) and node.id not in {*known, *_EVERYWHERE}:
            names.add(node.id)
    return _Uses(cell, names, calls)
