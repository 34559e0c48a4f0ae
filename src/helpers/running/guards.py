"""What must hold for a committed notebook without running it.

What a reader meets as a result comes from a named number; helpers.prose.passages has the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.prose.passages import find_typed_numbers
from helpers.running.notebooks import compare_inputs, read_source


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
    kernel = paired.metadata.get("kernelspec", {}).get("name", "")
    if kernel != "python3":
        findings.append(Finding(name, "its kernel is not python3", str(kernel), "python3"))
    if any("papermill" in each.metadata for each in (paired, *paired.cells)):
        findings.append(Finding(name, "holds a run's metadata (papermill)"))
    return [*findings, *_check_cells(name, paired)]


def _check_cells(name: str, notebook: Any) -> Iterator[Finding]:
    """See that code was executed in order from 1, quietly, and that no result is typed."""
    expected = 0
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and cell.source.strip():
            expected += 1
            count = cell.get("execution_count")
            if count is None:
                yield Finding(name, "was not executed", cell=number)
            elif count != expected:
                yield Finding(name, "not executed in order", f"[{count}]", f"[{expected}]", number)
        for kind, text in read_outputs(cell):
            if kind == "error":
                yield Finding(name, f"ended in an error: {text}", cell=number)
            elif kind == "stream stderr":
                yield Finding(name, f"wrote to stderr: {text}", cell=number)
        for text in find_typed_numbers(cell.source) if cell.cell_type == "markdown" else ():
            yield Finding(name, f"a number is typed by hand: {text}", cell=number)
