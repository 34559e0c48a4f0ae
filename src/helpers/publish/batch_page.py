"""index.html of a batch: its runs side by side on one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

_TEMPLATE = Path(__file__).with_name("batch.html.j2")
_SHARE = ".1%"
_LEAST_SHARE = 0.001
# Columns: their headings, and how their numbers are written.
_COLUMNS = {
    "outcome": ("Outcome", ""),
    "last_year": ("Last year", "d"),
    "last_pending": ("Claims pending", ",d"),
    "last_world_share": ("Share of the world's", _SHARE),
    "peak_year": ("Peak year", "d"),
    "peak_pending": ("Pending at the peak", ",d"),
    "first_name": ("First destination", ""),
    "first_share": ("Share there", _SHARE),
    "last_era_prose": ("Last era", ""),
    "lodged_persons": ("New claims in it, persons", ",d"),
    "lodged_cases": ("New claims in it, cases", ",d"),
    "claims_testable": ("Published claims testable", "d"),
    "claims_reproduced": ("Figures that reproduce", "d"),
    "claims_fits": ("Wordings that fit", "d"),
    "breaks": ("Breaks", "d"),
    "severe_breaks": ("Breaks of high severity", "d"),
    "seconds": ("Seconds", ",.1f"),
}
_WORDS = {"outcome", "first_name", "last_era_prose"}
Row = Mapping[str, Any]


def render_batch(name: str, rows: Sequence[Row], absent: Sequence[Row], total: int) -> str:
    """Render a batch's overview.

    Parameters
    ----------
    name : str
        The batch's name.
    rows : sequence of mapping
        The runs that have ended, as in summary.csv.
    absent : sequence of mapping
        The combinations that are not on file, each with its reason.
    total : int
        How many runs the batch has.

    Returns
    -------
    str
        One HTML page without scripts and without addresses that a browser would load.
    """
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    shown = [key for key in _COLUMNS if any(row.get(key) is not None for row in rows)]
    return template.render(
        name=name,
        rows=[{**row, "cells": [_show(row, key) for key in shown]} for row in rows],
        headings=[(_COLUMNS[key][0], key in _WORDS) for key in shown],
        failed=[row for row in rows if row["error"]],
        absent=[{**each, "said": _say_parameters(each)} for each in absent],
        left=total - len(rows),
        total=total,
    )


def _show(row: Row, key: str) -> dict[str, Any]:
    """Write one cell; what is missing stays empty."""
    value = row.get(key)
    form = _COLUMNS[key][1]
    text = "" if value is None else format(value, form)
    if form == _SHARE and value is not None and 0 < value < _LEAST_SHARE:
        text = f"under {_LEAST_SHARE:.1%}"
    return {"text": text, "is_words": key in _WORDS}


def _say_parameters(given: Row) -> str:
    names: Iterable[str] = (name for name in given if name != "reason")
    return ", ".join(f"{name} {given[name]}" for name in names)
