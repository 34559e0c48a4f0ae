"""The floor: notebooks' own code in one Python process that has run it before.

A process of its own: it reads jobs as lines of JSON on stdin and answers each with the seconds
that it took. Outputs are rendered as a kernel would, and thrown away.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from helpers.running.pairing import read_source

_TAG = "parameters"


def run_source(source: Path, parameters: dict[str, Any]) -> None:
    """Execute the cells of a notebook's .py in order, in an empty namespace.

    Parameters
    ----------
    source : Path
    parameters : dict
        Set after the cell that is tagged `parameters`, as papermill injects them.
    """
    from IPython.core.formatters import DisplayFormatter

    render = DisplayFormatter().format
    names: dict[str, Any] = {"__name__": "__main__", "display": render}
    for number, cell in enumerate(read_source(source).cells):
        if cell.cell_type == "code":
            _run_cell(cell.source, f"<{source.stem}, cell {number}>", names, render)
            if _TAG in cell.metadata.get("tags", []):
                names |= parameters


def _run_cell(code: str, name: str, names: dict[str, Any], render: Any) -> None:
    """Execute one cell, and render its last expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), name, "eval"), names)
        if value is not None:
            render(value)


def main() -> None:
    """Serve jobs until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
    for line in sys.stdin:
        job = json.loads(line)
        source = Path(job["source"])
        os.chdir(source.parent)
        gc.collect()
        gc.freeze()  # as in a warm kernel, no job has to look through what came before it
        start = time.perf_counter()
        run_source(source, job["parameters"])
        answers.write(f"{time.perf_counter() - start}\n")
        answers.flush()


if __name__ == "__main__":
    main()
