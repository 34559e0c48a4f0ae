"""One run: a parameter set, through all notebooks, into runs/<name>, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.data import releases
from helpers.prose.tables import write_tables_package
from helpers.publish.report import PAGE, render_run
from helpers.running import inputs, staging
from helpers.running import manifest as manifests
from helpers.running.execute import Failure, Say, execute_all, say_nothing
from helpers.study import InputError, Study, StudyFile, load_study_file

NUMBERS = "numbers.json"
# What to open after a run.
_OPEN = {
    "report.html": "everything on one page, readable offline",
    "notebooks": "the executed notebooks",
    "tables": "the tables behind every number, as CSV and Parquet",
    "figures": "the figures, as SVG and PNG",
}


@dataclass(frozen=True)
class Outcome:
    """How a run ended: where it is, how long it took (None: it was there), and what failed."""

    folder: Path
    seconds: float | None
    headlines: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()

    def describe(self) -> str:
        """Say what the run found, where it is and what to open next."""
        lines = []
        for sentence in self.headlines:
            plain = sentence.replace("**", "").replace("`", "")
            lines.append("\n" + textwrap.indent(textwrap.fill(plain, 86), "  "))
        place = paths.say_folder(self.folder)
        took = "(as it was)" if self.seconds is None else f"in {self.seconds:.0f} s"
        lines.append(f"\nThe run is in {place} {took}. Open next:")
        for name, what in _OPEN.items():
            if (self.folder / name).exists():
                lines.append(f"  {f'{place}/{name}':<40} {what}")
        return "\n".join(lines)


def name_run(study: Study, file: StudyFile | None = None) -> str:
    """Name a run after its study and release, and the parameters that are not the default.

    `file` is the study file of its name, where that has been read; `study.file` may be another's.
    """
    usual = Study.combine(study.study, file or load_study_file(study.study), study.info)
    own, default = (
        (each.origin, f"{each.year_from}-{each.year_to}", f"top{each.top_n}")
        for each in (study, usual)
    )
    chosen = [one for one, other in zip(own, default, strict=True) if one != other]
    return "-".join([study.study, study.release, *chosen])


def run_study(
    study: Study,
    name: str | None = None,
    *,
    is_forced: bool = False,
    workers: int = 0,
    say: Say = say_nothing,
) -> Outcome:
    """Run all notebooks for a study; a run whose inputs have not changed is not run anew.

    Raises InputError where the inputs or what was written by hand cannot be read, the origin has
    no claim pending in the years, or the name belongs to a run with other parameters.
    """
    start = time.perf_counter()
    name = staging.check_name(name_run(study) if name is None else name)
    target = paths.runs() / name
    manifest = manifests.read_manifest(target)
    if manifest and manifest["outcome"] == manifests.COMPLETE and not is_forced:
        old, new = manifest["parameters"], study.parameters()
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        if names:
            said = "; ".join(f"{each} {old.get(each)!r} -> {new.get(each)!r}" for each in names)
            raise InputError(
                f"{paths.say_folder(target)} holds a run with other parameters: "
                f"{said}. Take another --name, or replace it with --force"
            )
    described = inputs.describe_inputs(study)
    with staging.open_staging(name) as folder:
        if not is_forced and (manifest := manifests.read_standing(target, described["key"])):
            return Outcome(target, None, tuple(manifest["headlines"]))
        inputs.require_readable(study)  # first: a table that has lost rows would look like absence
        releases.require_claims(study, releases.list_pending_years(study.release))
        say(f"Running {name}: release {study.release}, {study.origin}")
        manifest = make_run(study, folder, target, described, workers, say)
        place = staging.publish(folder, target)
        failures = tuple(Failure(**each) for each in manifest["failures"])
        return Outcome(place, time.perf_counter() - start, tuple(manifest["headlines"]), failures)


def make_run(
    study: Study,
    folder: Path,
    target: Path,
    described: dict[str, Any],
    workers: int,
    say: Say = say_nothing,
) -> dict[str, Any]:
    """Make a run in an empty folder, and return its manifest, all but the list of files.

    Its notebooks name `target` as its place. `described` is what `describe_inputs` gave; its
    `notebooks`, if any, are those that run. InputError where that no longer holds at the end.
    """
    started = manifests.now()
    wanted = described.get("notebooks")
    sources = [each for each in inputs.list_notebooks() if wanted is None or each.stem in wanted]
    parameters = study.parameters() | {"run_dir": str(folder)}
    done = execute_all(parameters, folder, workers, say, sources)
    if changed := inputs.name_changes(described):
        raise InputError(f"changed while the run went on: {changed}; run again")
    manifest = manifests.make_manifest(study, target.name, described, started, done)
    manifest["headlines"] = merge_numbers(folder)[1]
    write_tables_package(folder / "tables")
    make_paths_final(folder, staging.choose_target(target, manifest))
    if manifest["outcome"] == manifests.COMPLETE:
        paths.write_atomic(folder / PAGE, render_run(folder, manifest))
    manifests.write_crate(folder, manifest)
    manifests.write_manifest(folder, manifest)
    return manifest


def merge_numbers(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Merge the parts that notebooks have left into numbers.json, and remove them.

    Returns by name a number's value, texts and notebook; and the headlines in reading order.
    """
    merged: dict[str, Any] = {}
    headlines: list[str] = []
    for part in sorted((folder / "numbers").glob("*.json")):
        content = json.loads(part.read_text(encoding="utf-8"))
        if part.name.endswith(".headlines.json"):
            headlines += content
        else:
            merged |= content
    text = json.dumps(dict(sorted(merged.items())), indent=1, ensure_ascii=False)
    paths.write_atomic(folder / NUMBERS, text + "\n")
    shutil.rmtree(folder / "numbers", ignore_errors=True)
    return merged, headlines


def make_paths_final(folder: Path, target: Path) -> None:
    """Write the run's place into executed notebooks that grew elsewhere."""
    final = paths.say_folder(target)
    places = {str(folder), os.path.realpath(folder), paths.say_folder(folder)}
    for file in (folder / "notebooks").glob("*.ipynb"):
        text = file.read_text(encoding="utf-8")
        for place in sorted(places, key=len, reverse=True):
            text = text.replace(json.dumps(place)[1:-1], json.dumps(final)[1:-1])
        paths.write_atomic(file, text)
