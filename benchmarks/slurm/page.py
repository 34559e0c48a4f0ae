"""The trial's results, written into README.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"(<!--results-->\n).*?(<!--/results-->)", re.S)


def render_page(page: str, seen: Mapping[str, Any]) -> str:
    """Return the page with the results of a trial."""
    return _PLACE.sub(lambda match: match[1] + render_results(seen) + match[2], page)


def render_results(seen: Mapping[str, Any]) -> str:
    """Write what a trial has seen as Markdown."""
    batch, left = seen["batch"], seen["left_behind"]
    versions = ", ".join(f"{name} {number}" for name, number in seen["versions"].items())
    jobs = ", ".join(f"job {each['job']} on {each['node']}" for each in seen["jobs"])
    addresses = sorted({each["address"] for each in seen["listeners"]})
    programs = sorted({each["program"] for each in seen["listeners"]})
    nothing = not left["processes"] and not left["files"] and not left["folder"]
    lines = [
        f"- **Versions:** {versions}.",
        f"- **Up** with {len(seen['nodes'])} nodes in {seen['seconds_up']} s.",
        f"- **dask-jobqueue alone:** {jobs}.",
        f"- **The batch:** {len(batch['runs'])} runs in {batch['seconds']} s, exit code "
        f"{batch['exit_code']}; job {batch['cancelled_job']} was cancelled under way.",
        f"- **Listeners seen** of {', '.join(programs)}: on {', '.join(addresses)} alone.",
        f"- **Left behind:** {'nothing' if nothing else left}.",
        f"- **Faults:** {'; '.join(seen['faults']) or 'none'}.",
        "",
        *_write_table(batch["runs"]),
        "",
    ]
    return "\n".join(lines)


def _write_table(runs: list[dict[str, Any]]) -> list[str]:
    """Write which node and job ran which notebook of which run."""
    names = sorted({name for run in runs for name in run["notebooks"]})
    rows = [["Run", "Outcome", *names], ["---"] * (len(names) + 2)]
    for run in runs:
        cells = [run["notebooks"].get(name) for name in names]
        told = [f"{cell['node']}, job {cell['job']}" if cell else "" for cell in cells]
        rows.append([f"`{run['run']}`", run["outcome"], *told])
    return [f"| {' | '.join(row)} |" for row in rows]
