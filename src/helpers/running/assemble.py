"""A run put together from what its notebooks have left: numbers, paths, report, crate, manifest.

One way for a run by itself and for one of a batch, wherever its notebooks ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.publish.reporting import PAGE, render_run
from helpers.running import results, staging
from helpers.running.crate import write_crate
from helpers.running.jobs import Done, Failure
from helpers.running.manifest import (
    COMPLETE,
    list_outputs,
    make_manifest,
    read_manifest,
    write_manifest,
)
from helpers.study import Study


@dataclass(frozen=True)
class Made:
    """What is known of a run once its notebooks have ended.

    Attributes
    ----------
    study, name : Study, str
        Its parameters and its name.
    described : dict
        What `inputs.describe_inputs` gave.
    started : str
        When it began.
    done : tuple of Done
        The notebooks that ran.
    """

    study: Study
    name: str
    described: dict[str, Any]
    started: str
    done: tuple[Done, ...]

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What failed, in the order of the notebooks."""
        return tuple(each.failure for each in self.done if each.failure)


def choose_target(target: Path, *, is_failed: bool) -> Path:
    """Keep a good run where it is when a later one fails."""
    manifest = read_manifest(target)
    if is_failed and manifest and manifest["outcome"] == COMPLETE:
        return target.with_name(target.name + staging.FAILED)
    return target


def assemble(folder: Path, final: Path, made: Made) -> dict[str, Any]:
    """Put a run's folder in order, and write its report, crate and manifest.

    Parameters
    ----------
    folder : Path
        Where the run has grown; holds notebooks/ and what the notebooks wrote.
    final : Path
        Where the run will stand: what its notebooks name as their place.
    made : Made
        What ran, from what.

    Returns
    -------
    dict
        The manifest, all but the list of its files.

    Raises
    ------
    ValueError
        Where two notebooks give one name different numbers.
    """
    headlines = results.collect_headlines(folder)
    results.merge_numbers(folder)
    results.make_paths_final(folder, final)
    described = make_manifest(made.study, made.name, made.described, made.started, made.done)
    manifest = described | {"headlines": headlines}
    if not made.failures:
        paths.write_atomic(folder / PAGE, render_run(folder, manifest))
    seal(folder, manifest)
    return manifest


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Describe a run's files in its crate, and list them all, the crate too, in its manifest.

    To be called again whenever a file is added to a run.
    """
    write_crate(folder, manifest | {"outputs": list_outputs(folder)})
    write_manifest(folder, manifest)


def preload() -> None:
    """Import what report and crate need, while the notebooks run and their driver waits."""
    import rocrate.rocrate  # noqa: F401

    from helpers.publish.report import preload

    preload()
