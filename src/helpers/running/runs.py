"""One run: a parameter set, through all notebooks, into runs/<name>, whole or not at all."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.running import results, staging
from helpers.running.assemble import Made, assemble, choose_target, preload
from helpers.running.inputs import describe_inputs, pick_parameters
from helpers.running.jobs import KERNEL, PLAIN, Done, Failure, Job
from helpers.running.manifest import COMPLETE, name_differences, now, read_manifest, stands
from helpers.running.pairing import list_notebooks
from helpers.running.pool import Pool
from helpers.running.presence import require_any_pending, require_hand_files
from helpers.running.progress import Progress
from helpers.running.warm.door import is_supported
from helpers.study import InputError, Study


@dataclass(frozen=True)
class Outcome:
    """How a run ended: where it is, whether it ran or stood already, and what failed."""

    folder: Path
    is_new: bool
    headlines: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Settings:
    """How to run, as far as it does not decide the outcome."""

    name: str | None = None
    is_forced: bool = False
    workers: int = 0
    kernel: str = KERNEL
    progress: Progress = field(default_factory=lambda: Progress(is_quiet=True))


def name_run(study: Study) -> str:
    """Name a run after its study and release, and after the parameters that are not the default.

    So that the default run has a short name, and another year never meets its folder.
    """
    usual = Study.combine(study.file, study.info)
    parts = [study.study, study.release]
    if study.origin != usual.origin:
        parts.append(study.origin)
    if (study.year_from, study.year_to) != (usual.year_from, usual.year_to):
        parts.append(f"{study.year_from}-{study.year_to}")
    if study.top_n != usual.top_n:
        parts.append(f"top{study.top_n}")
    return "-".join(parts)


def run_study(study: Study, settings: Settings | None = None) -> Outcome:
    """Run all notebooks for a study.

    Parameters
    ----------
    study : Study
        The parameters; its run_dir is not used.
    settings : Settings, optional
        Name, force, number of workers, and where progress is told.

    Returns
    -------
    Outcome
        The run's folder; one whose inputs, code and parameters have not changed is not run anew.

    Raises
    ------
    InputError
        Where the inputs or what was written by hand cannot be read, the origin has no claim pending
        in the years, or the name belongs to a run with other parameters.
    """
    settings = settings or Settings()
    name = staging.check_name(name_run(study) if settings.name is None else settings.name)
    target = paths.runs() / name
    _refuse_other_parameters(target, study, is_forced=settings.is_forced)
    described = describe_inputs(study)
    require_any_pending(study)
    require_hand_files(study)
    with staging.open_staging(name) as folder:
        manifest = read_manifest(target)
        if manifest and not settings.is_forced and stands(target, manifest, described["key"]):
            return Outcome(target, False, tuple(manifest["headlines"]))
        return _run_anew(study, settings, described, name, folder)


def _refuse_other_parameters(target: Path, study: Study, *, is_forced: bool) -> None:
    manifest = read_manifest(target)
    if manifest is None or is_forced or manifest["outcome"] != COMPLETE:
        return
    differences = name_differences(manifest, pick_parameters(study))
    if differences:
        raise InputError(
            f"{results.say_folder(target)} holds a run with other parameters: "
            f"{'; '.join(differences)}. Take another --name, or replace it with --force"
        )


def _run_anew(
    study: Study, settings: Settings, described: dict[str, Any], name: str, folder: Path
) -> Outcome:
    target = paths.runs() / name
    settings.progress.say(f"Running {name}: release {study.release}, {study.origin}")
    manifest = make_run(study, folder, target, described, settings)
    failures = tuple(Failure(**each) for each in manifest["failures"])
    final = choose_target(target, is_failed=bool(failures))
    paths.flush_tree(folder)
    place = staging.publish(folder, final.name)
    return Outcome(place, True, tuple(manifest["headlines"]), failures)


def make_run(
    study: Study, folder: Path, target: Path, described: dict[str, Any], settings: Settings
) -> dict[str, Any]:
    """Run a study's notebooks in an empty folder, and put the run together there.

    Parameters
    ----------
    study : Study
        The parameters; its run_dir is not used.
    folder : Path
        Where the run grows; nothing is moved from there.
    target : Path
        Where it will be: the place that its notebooks name, and the manifest's name.
    described : dict
        What `inputs.describe_inputs` gave; its `notebooks`, where there are some, run alone.
    settings : Settings
        Workers, kernel and progress.

    Returns
    -------
    dict
        The manifest.
    """
    started = now()
    threading.Thread(target=preload, daemon=True).start()
    chosen = described.get("notebooks")
    sources = [file for file in list_notebooks() if not chosen or file.stem in chosen]
    parameters = study.parameters() | {"run_dir": str(folder)}
    done = execute_all(parameters, folder, settings, sources)
    made = Made(study, target.name, described, started, tuple(done))
    return assemble(folder, choose_target(target, is_failed=bool(made.failures)), made)


def execute_all(
    parameters: dict[str, Any],
    folder: Path,
    settings: Settings,
    sources: Sequence[Path] | None = None,
) -> list[Done]:
    """Execute notebooks into a folder.

    Parameters
    ----------
    parameters : dict
        What is injected; the notebooks' own defaults hold for the others.
    folder : Path
        An empty folder; gets notebooks/ and whatever the notebooks write.
    settings : Settings
        Workers, kernel and progress.
    sources : sequence of Path, optional
        The notebooks' .py; all by default.

    Returns
    -------
    list of Done
        As far as they ran.
    """
    sources = sources or list_notebooks()
    kernel = _choose_kernel(settings)
    (folder / "notebooks").mkdir()
    jobs = [
        Job(str(source), str(folder / "notebooks" / f"{source.stem}.ipynb"), parameters, kernel)
        for source in sources
    ]  # fmt: skip
    scratch = folder.with_name(f"{folder.name}~")
    size = min(settings.workers or min(2, os.cpu_count() or 1), len(jobs))
    try:
        with Pool(size, scratch, kernel) as pool:
            return pool.run(jobs, settings.progress.start, settings.progress.finish)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _choose_kernel(settings: Settings) -> str:
    """Return the kernel asked for; the plain one where a warm one cannot be."""
    if settings.kernel != KERNEL or is_supported():
        return settings.kernel
    settings.progress.say("Kernels start cold: this system cannot fork them safely.")
    return PLAIN
