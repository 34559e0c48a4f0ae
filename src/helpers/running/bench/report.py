"""The benchmark's results for people: a table for the terminal, a page for the documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

WAYS = {
    "papermill_cli": "papermill's command line, once a notebook",
    "nbconvert": "`nbconvert --execute`, once a notebook",
    "papermill_api": "papermill's function, one process for all",
    "floor": "the floor: the notebooks' own code in a warm process",
    "warm": "`asylum`, one worker",
    "floor_again": "the floor once more",
    "one_worker": "`asylum`, one worker, each notebook several times",
    "two_workers": "`asylum`, two workers, each notebook several times",
    "nbval_cold": "`pytest --nbval` on cold kernels",
    "nbval_warm": "nbval as `asylum check` runs it, on warm kernels",
    "nbval_floor": "the floor of nbval: the same code, no files written",
}
RATIOS = {
    "papermill_cli_overhead/warm_overhead": "overhead of papermill's command line over ours",
    "papermill_cli/warm": "papermill's command line over ours, all in all",
    "papermill_api/warm": "papermill's function over ours",
    "nbconvert/warm": "nbconvert over ours",
    "warm/floor": "ours over the floor",
    "warm/two_workers": "one worker over two",
    "nbval_cold_overhead/nbval_warm_overhead": "nbval's overhead, cold over warm",
}


def render_text(results: Mapping[str, Any]) -> str:
    """Return the medians and ratios as lines for a terminal."""
    ways = [f"  {WAYS[n].replace('`', ''):<58} {v:>7.2f} s" for n, v in _medians(results)]
    ratios = [f"  {name:<58} {value:>7.2f}" for name, value in results["ratios"].items()]
    memory = results["peak_mb"]
    peak = [f"  {'peak memory':<58} {memory:>7.0f} MB"] if memory else []
    return "\n".join([*ways, "", *ratios, *peak])


def render_page(results: Mapping[str, Any]) -> str:
    """Return docs/benchmarks.md; every number in it comes from the results.

    Parameters
    ----------
    results : mapping
        What `measure.bench` gave.
    """
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "<!-- Made from benchmarks/*.json by `asylum bench --write`; not edited. -->",
            "",
            *_introduce(results),
            "",
            *_make_table(("Way of running", "Seconds"), _list_medians(results)),
            "",
            *_make_table(("Comparison", "Ratio"), _list_ratios(results)),
            "",
            f"The warm parent and the first worker are up after {results['parent_start']:.1f} s,",
            "once a run and not counted above.",
            *_say_memory(results),
            "",
            "## Where the time goes",
            "",
            "One worker's seconds by phase, all notebooks together; cold is the same run on",
            "kernels that start anew.",
            "",
            *_make_table(("Phase", "Warm", "Cold"), _list_phases(results)),
            "",
            "Run it on another machine: `asylum bench`, with `--json FILE` for the results as data",
            "and `--quick` for one notebook and one round.",
            "",
        ]
    )


def _introduce(results: Mapping[str, Any]) -> list[str]:
    """Say what is compared, and on what it was measured."""
    machine, names = results["machine"], ", ".join(f"`{n}`" for n in results["notebooks"])
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return [
        *_fill(
            f"What it costs to run the notebooks {names}, beyond the work of their own code.",
            "All ways take turns in one run and the medians are compared; rounds:",
            f"{results['rounds']}. What stays warm has run once before. The *floor* is the",
            "notebooks' own code, figures and files included, in one Python process that has",
            "run it before; it takes its turn before and after ours. *Overhead* is what a way",
            "takes beyond the floor of the same round. nbconvert knows no parameters and so",
            "writes no files. nbval on cold kernels is plain `pytest`; on warm ones it runs in",
            "a process that stands by with pytest imported.",
        ),
        "",
        *_fill(
            f"Measured on {machine['date']} on {machine['system']} ({machine['processor']}),",
            f"processors: {machine['processors']}, load at the end: {machine['load']};",
            f"{versions}. Read the seconds as proportions: they differ from machine to",
            "machine, and on a busy one from run to run.",
        ),
    ]


def _fill(*parts: str) -> list[str]:
    return textwrap.wrap(" ".join(parts), 100, break_long_words=False, break_on_hyphens=False)


def _medians(results: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [(name, results["medians"][name]) for name in WAYS if name in results["medians"]]


def _list_medians(results: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    return [(WAYS[name], f"{value:.2f}") for name, value in _medians(results)]


def _list_ratios(results: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    return [(RATIOS[name], f"{value:.2f}") for name, value in results["ratios"].items()]


def _list_phases(results: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    warm, cold = results["phases"].values()
    return [(name, f"{warm[name]:.2f}", f"{cold[name]:.2f}") for name in warm]


def _say_memory(results: Mapping[str, Any]) -> list[str]:
    if not results["peak_mb"]:
        return []
    return [f"A worker, its kernel and the parent need {results['peak_mb']:.0f} MB at most."]


def _make_table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return a Markdown table; all columns but the first hold numbers."""
    rule = ["---", *("---:" for _ in heads[1:])]
    return ["| " + " | ".join(cells) + " |" for cells in (heads, rule, *rows)]
