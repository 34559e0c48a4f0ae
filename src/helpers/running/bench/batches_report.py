"""The figures of a batch of many runs, as a section of the benchmark's page."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

_HEADS = (
    "Runs", "Seconds a run", "Driver's processor seconds a run",
    "Seconds of a worker beyond the notebooks", "Driver, MB", "Workers, MB",
)  # fmt: skip
_FORMS = {
    "runs": "d", "seconds_a_run": ".2f", "driver_seconds_a_run": ".2f", "beyond_notebooks": ".2f",
    "driver_mb": ".0f", "workers_mb": ".0f",
}  # fmt: skip


def render_batch_section(results: Mapping[str, Any]) -> list[str]:
    """Return the section's lines; every number in them comes from the results."""
    machine, names = results["machine"], " and ".join(f"`{n}`" for n in results["notebooks"])
    said = (
        f"A batch of {results['runs']:,} runs of two years each, with the notebooks {names} alone "
        "so that so many can be measured, on this machine's own Dask cluster; workers: "
        f"{results['workers']}. All in all it took {results['seconds']:,.0f} seconds. The rows "
        "are its fifths in order of time: what a run costs should not grow from the first to the "
        "last, and neither should memory. Memory is the most in each part; that of the workers "
        "is of all processes under the driver, kernels included. Measured on "
        f"{machine['date']} on {machine['system']} ({machine['processor']}), processors: "
        f"{machine['processors']}, load at the end: {machine['load']}."
    )
    rule = ["---:"] * len(_HEADS)
    rows = [[format(part[n], form) for n, form in _FORMS.items()] for part in results["parts"]]
    return [
        "## Many runs in one batch",
        "",
        *textwrap.wrap(said, 100, break_long_words=False, break_on_hyphens=False),
        "",
        *("| " + " | ".join(cells) + " |" for cells in (_HEADS, rule, *rows)),
        "",
        f"Measure it anew: `asylum bench --runs {results['runs']} --write`.",
        "",
    ]
