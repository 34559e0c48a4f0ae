"""The yearly update: fetch, rerun, and a page that says what the new release changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.analysis import new_year
from helpers.analysis.revisions import FIGURES, compare_releases, list_figures
from helpers.data.clean import QualityLog as Ledger
from helpers.data.clean import clean_countries
from helpers.data.hand import load_names
from helpers.data.releases import load_core as load_origin_core
from helpers.data.releases import load_countries
from helpers.prose.sentences import Moved, compare_notebooks, compare_sentences
from helpers.prose.text import say_date
from helpers.publish.changes import write_sections
from helpers.publish.changes_page import render_html, render_markdown
from helpers.publish.changes_parts import Changes
from helpers.running.assemble import seal
from helpers.running.jobs import Failure
from helpers.running.manifest import is_intact, read_manifest
from helpers.running.runs import Settings, name_run, run_study
from helpers.study import InputError, ReleaseInfo, Study, list_releases
from helpers.unhcr.fetch_options import FetchOptions
from helpers.unhcr.fetching import fetch_release
from helpers.unhcr.whole import Watcher

PAGE = "changes.html"
TEXT = "changes.md"


@dataclass(frozen=True)
class Updated:
    """How an update ended.

    Attributes
    ----------
    folder : Path or None
        The run on the new release; None where there was nothing to do.
    lines : tuple of str
        What to tell.
    failures : tuple of Failure
        Notebooks that failed; then there is no page.
    """

    folder: Path | None
    lines: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


def update_study(
    options: FetchOptions,
    settings: Settings,
    watch: Callable[[], AbstractContextManager[Watcher]],
    *,
    fetches: bool = True,
) -> Updated:
    """Fetch the next release, run the study on it and on the one before, and tell the difference.

    Parameters
    ----------
    options : FetchOptions
        As for a fetch; its study is the one that is run.
    settings : Settings
        How to run; the runs have their default names.
    watch : callable
        Opens what shows the fetch's progress.
    fetches : bool
        False compares the two newest releases on file.

    Raises
    ------
    InputError
        As `fetch_release`; or where no earlier release holds the study's origin.
    """
    lines: tuple[str, ...] = ()
    if fetches:
        with watch() as watcher:
            fetched = fetch_release(options, watcher)
        lines = fetched.lines
        for line in lines:
            settings.progress.say(line)
        if not fetched.release and _is_told(options.study):
            return Updated(None, lines)
    before, after = choose_pair(options.study)
    folders = []
    for scope in (before, after):
        outcome = run_study(scope, replace(settings, name=None))
        if outcome.failures:
            return Updated(outcome.folder, lines, outcome.failures)
        folders.append(outcome.folder)
    changes = find_changes(before, after, folders[0], folders[1])
    write_page(changes, folders[1])
    return Updated(folders[1], lines)


def choose_pair(study: str | None) -> tuple[Study, Study]:
    """Return the study on the newest release and on the latest before it that holds its origin.

    Raises
    ------
    InputError
        Where there is no such earlier release.
    """
    after = Study.resolve(study=study)
    earlier = [info for info in list_releases() if info.name != after.release]
    holding = [info for info in earlier if after.origin in info.origins]
    if not holding:
        raise InputError(
            f"no release before {after.release} holds origin {after.origin}: there is nothing to "
            f"compare it with; asylum run --study {after.study} shows it alone"
        )
    return Study.resolve(study=study, release=holding[-1].name), after


def _is_told(study: str | None) -> bool:
    """Tell whether the newest release came with the checkout, or has its page already."""
    scope = Study.resolve(study=study)
    package = json.loads((paths.raw() / scope.release / "datapackage.json").read_text("utf-8"))
    if "fetched" not in package:
        return True
    folder = paths.runs() / name_run(scope)
    manifest = read_manifest(folder)
    return manifest is not None and PAGE in manifest["outputs"] and is_intact(folder, manifest)


def find_changes(before: Study, after: Study, old: Path, new: Path) -> Changes:
    """Compare two runs of a study, one on each release.

    Parameters
    ----------
    before, after : Study
        The study on the earlier and on the later release.
    old, new : Path
        The folders of their runs.
    """
    years = new_year.list_new_years(before.info, after.info)
    told, tells = _load_series(old), _load_series(new)
    names = load_names(clean_countries(load_countries(), Ledger()))
    claims = _load_table(new, "claims_by_release")
    flips = None if claims is None else new_year.find_flips(claims, before.release, after.release)
    breaks = _load_table(new, "breaks")
    same = _list_same(before.info, after.info)
    return Changes(
        before=before.info, after=after.info, title=after.file.title,
        origin_name=names[after.origin].prose, years=years,
        figures=new_year.list_new_figures(told, tells, years),
        moved=new_year.find_moved_totals(told, tells, years),
        revisions=_compare_cells(before, after),
        breaks=pd.DataFrame(columns=["year"]) if breaks is None else breaks,
        flips=flips,
        n_claims=0 if claims is None else int(claims["claim_id"].nunique()),
        sentences=_compare_notebooks(old, new, same),
        headlines=compare_sentences(_load_headlines(old), _load_headlines(new), "", same),
        names={code: name.short for code, name in names.items()},
    )  # fmt: skip


def write_page(changes: Changes, folder: Path) -> None:
    """Write the page into a run's folder and list it in the run's crate and manifest."""
    sections = write_sections(changes)
    paths.write_atomic(folder / TEXT, render_markdown(changes, sections))
    paths.write_atomic(folder / PAGE, render_html(changes, sections))
    manifest = read_manifest(folder)
    if manifest is not None:
        seal(folder, manifest)


def _load_series(folder: Path) -> pd.DataFrame:
    frames = [_load_table(folder, f"{name}_by_year") for name in
              ("pending", "applications", "decisions")]  # fmt: skip
    missing = [frame is None for frame in frames]
    if any(missing):
        raise InputError(f"the run in {folder.name} lacks a yearly table: run it with --force")
    pending, applications, decisions = (frame for frame in frames if frame is not None)
    return new_year.stack_series(pending, applications, decisions)


def _load_table(folder: Path, name: str) -> pd.DataFrame | None:
    """Load a table that a run has left; None where it has none. The code `NA` stays a code."""
    file = folder / "tables" / f"{name}.csv"
    if not file.is_file():
        return None
    return pd.read_csv(file, keep_default_na=False, na_values=[""])


def _compare_cells(before: Study, after: Study) -> pd.DataFrame:
    """List the origin's cells in which the two releases differ."""
    cells = []
    for scope in (before, after):
        core = load_origin_core(scope.info, scope.origin)
        tables = {raw: getattr(core, name) for raw, (name, _) in FIGURES.items()}
        cells.append(list_figures(tables, after.years))
    return compare_releases(cells[0], cells[1], (before.info, after.info))


def _compare_notebooks(old: Path, new: Path, same: dict[str, str]) -> list[Moved]:
    moved: list[Moved] = []
    for file in sorted((new / "notebooks").glob("*.ipynb")):
        former = old / "notebooks" / file.name
        if former.is_file():
            before, after = (each.read_text(encoding="utf-8") for each in (former, file))
            moved += compare_notebooks(before, after, file.stem, same)
    return moved


def _load_headlines(folder: Path) -> list[str]:
    manifest = read_manifest(folder)
    return list(manifest["headlines"]) if manifest else []


def _list_same(before: ReleaseInfo, after: ReleaseInfo) -> dict[str, str]:
    """Return what one release says of itself and the other says instead: no news."""
    pairs = {
        before.name: after.name,
        before.title: after.title,
        say_date(before.published): say_date(after.published),
    }
    return dict(sorted(pairs.items(), key=lambda pair: -len(pair[0])))
