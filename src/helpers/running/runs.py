"""One run: a parameter set, through all notebooks, into runs/<name>, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.running import staging
from helpers.running.execute import execute_all
from helpers.running.inputs import describe_inputs, list_notebooks, pick_parameters
from helpers.running.manifest import (
    COMPLETE,
    make_manifest,
    name_differences,
    now,
    read_manifest,
    stands,
)
from helpers.running.outcomes import Failure
from helpers.running.preflight import require_any_pending, require_hand_files
from helpers.running.progress import Progress
from helpers.running.results import assemble, choose_target
from helpers.study import InputError, Study


@dataclass(frozen=True)
class Outcome:
    """How a run ended: where it is, whether it ran or was there already, and what failed."""

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
    manifest = read_manifest(target)
    if manifest and manifest["outcome"] == COMPLETE and not settings.is_forced:
        differences = name_differences(manifest, pick_parameters(study))
        if differences:
            raise InputError(
                f"{staging.say_folder(target)} holds a run with other parameters: "
                f"{'; '.join(differences)}. Take another --name, or replace it with --force"
            )
    described = describe_inputs(study)
    require_any_pending(study)
    require_hand_files(study)
    with staging.open_staging(name) as folder:
        manifest = read_manifest(target)
        if manifest and not settings.is_forced and stands(target, manifest, described["key"]):
            return Outcome(target, False, tuple(manifest["headlines"]))
        settings.progress.say(f"Running {name}: release {study.release}, {study.origin}")
        manifest = make_run(study, folder, target, described, settings)
        paths.flush_tree(folder)
        failures = tuple(Failure(**each) for each in manifest["failures"])
        final = choose_target(target, is_failed=bool(failures))
        place = staging.publish(folder, final.name)
        return Outcome(place, True, tuple(manifest["headlines"]), failures)


def make_run(
    study: Study, folder: Path, target: Path, described: dict[str, Any], settings: Settings
) -> dict[str, Any]:
    """Run a study's notebooks in a folder and put the run together there; nothing is moved.

    Parameters
    ----------
    study : Study
        The parameters; its run_dir is not used.
    folder : Path
        An empty folder.
    target : Path
        Where the run will be: its notebooks name this place, and its name is the run's.
    described : dict
        What `describe_inputs` gave; its `notebooks`, if any, are those that run.
    settings : Settings
        Number of workers, and where progress is told.

    Returns
    -------
    dict
        The manifest, all but the list of files.
    """
    started = now()
    wanted = described.get("notebooks")
    sources = [each for each in list_notebooks() if wanted is None or each.stem in wanted]
    parameters = study.parameters() | {"run_dir": str(folder)}
    done = execute_all(parameters, folder, settings.workers, settings.progress, sources)
    is_failed = any(each.failure for each in done)
    final = choose_target(target, is_failed=is_failed)
    return assemble(folder, final, make_manifest(study, target.name, described, started, done))
