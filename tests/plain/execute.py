"""Run a notebook's .py without a kernel and keep every passage that it shows.

No kernel, no papermill, no pictures: the cells are executed in one namespace, and what they show
is kept as text. `share_cores` keeps the tables of a release for all notebooks of a session.
"""

import ast
import contextlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jupytext
import pytest

from helpers.analysis import interrupted_time_series, study_tables
from helpers.analysis.interrupted_time_series import simulate_best
from helpers.plots import figures, page
from helpers.plots.figures import FigureCard
from helpers.prose.passages import Said
from helpers.prose.tables import TableCard

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@dataclass(frozen=True)
class Passage:
    """Something that a reader reads: what it is, which cell shows it, and its words."""

    kind: str
    cell: int
    text: str


@dataclass
class Reading:
    """A notebook as read: its passages, the texts of its named numbers, and stray output."""

    passages: list[Passage] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    stray: str = ""


def is_parameters(cell: Any) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def run_plain(name: str, **parameters: Any) -> Reading:
    """Run notebooks/<name>.py with parameters, as papermill would inject them."""
    reading = Reading()
    space: dict[str, Any] = {"__name__": name}
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        cells = jupytext.read(NOTEBOOKS / f"{name}.py").cells
        for place, cell in enumerate(cells, start=1):
            if cell.cell_type == "markdown":
                reading.passages.append(Passage("markdown", place, cell.source))
                continue
            _run_cell(cell.source, space, reading, place, f"{name}, cell {place}")
            if is_parameters(cell):
                space |= parameters
    reading.stray = out.getvalue()
    page = space.get("page")
    if page is not None:
        numbers = page.passages.numbers.values()
        reading.numbers = {text for number in numbers for text in number["texts"]}
    return reading


def _run_cell(text: str, space: dict[str, Any], reading: Reading, place: int, name: str) -> None:
    """Execute a cell; its last expression is shown, as a kernel would."""
    space["display"] = lambda *shown: [_keep(each, reading, place) for each in shown]
    tree = ast.parse(text)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), space)
    if last is not None:
        _keep(eval(compile(ast.Expression(last.value), name, "eval"), space), reading, place)


def _keep(shown: Any, reading: Reading, place: int) -> None:
    """Keep the words of what a cell shows."""
    if shown is None:
        return
    if isinstance(shown, Said):
        parts = [("sentence", str(shown))]
    elif isinstance(shown, FigureCard):
        parts = [("caption", shown.caption), ("alt text", shown.alt)]
    elif isinstance(shown, TableCard):
        words = [shown.caption, *shown.headings]
        cells = [cell for row in shown.rows for cell in row]
        parts = [("table", text) for text in (*words, *cells) if text]
    else:
        parts = [("other", repr(shown))]
    reading.passages.extend(Passage(kind, place, text) for kind, text in parts)


@contextlib.contextmanager
def share_cores() -> Iterator[None]:
    """Keep each study's tables for all notebooks, and draw no picture."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "draw_png", lambda *_: b"")
        patch.setattr(figures, "draw_svg", lambda *_: "")
        patch.setattr(page, "finish_layout", lambda *_: None)
        patch.setattr(interrupted_time_series, "simulate_best", _simulate_few)
        patch.setattr(study_tables, "load_tables", lru_cache(maxsize=1)(study_tables.load_tables))
        yield


def _simulate_few(years: Iterable[int], rho: float) -> Any:
    return simulate_best(years, rho, 50)
