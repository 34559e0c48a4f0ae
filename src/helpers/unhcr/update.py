"""The yearly update: fetch, run the study on the new release, and say what it changes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.analysis.revisions import list_corrections, list_flipped
from helpers.data.datapackage import read_package
from helpers.prose.words import join_names
from helpers.running.execute import say_nothing
from helpers.running.runs import run_study
from helpers.study import FailedError, Study, list_releases
from helpers.unhcr import FetchOptions
from helpers.unhcr.fetch import fetch_release


def update_study(
    options: FetchOptions, study: str | None, *, workers: int = 0, is_quiet: bool = False
) -> None:
    """Fetch the next release, run the study on it, and print what it changes.

    Where nothing is new, a fetched release whose run failed or is not there is run. Raises
    FailedError where a notebook fails, and InputError as `fetch_release` does.
    """
    is_new = bool(fetch_release(options, is_quiet=is_quiet))
    scope = Study.resolve(study=study)
    if not is_new and "fetched" not in read_package(paths.raw() / scope.release):
        return
    say = say_nothing if is_quiet else print
    outcome = run_study(scope, workers=workers, say=say)
    if outcome.failures:
        said = "the release stays; asylum update goes on from there"
        raise FailedError(*(failure.describe() for failure in outcome.failures), said)
    say(outcome.describe())
    print(describe_changes(scope, outcome.folder))


def describe_changes(scope: Study, folder: Path) -> str:
    """Say what the release of a run changed: new years, figures moved, verdicts flipped.

    `folder` is the run's, of whose tables two are read; the code `NA` stays a code.
    """
    holding = [info.name for info in list_releases() if scope.origin in info.origins]
    earlier = holding[: holding.index(scope.release)]
    lines = [f"What release {scope.release} changes: {scope.file.title}"]
    if earlier:
        changed, claims = (
            pd.read_csv(folder / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""])
            for name in ("revisions", "claims_by_release")
        )
        changed = changed[changed["release_to"] == scope.release]
        moved = list_corrections(changed.astype({"before": "Int64", "after": "Int64"}))
        lines.append(f"  compared with: {earlier[-1]}")
        for state in ("new", "completed"):
            years = sorted(map(str, changed.loc[changed["year_state"] == state, "year"].unique()))
            lines.append(f"  {state} years: {join_names(years) or 'none'}")
        lines.append(f"  figures of past years that moved: {len(moved):,}")
        if len(claims):
            flipped = list_flipped(claims, earlier[-1], scope.release)["claim_id"].unique()
            said = f" ({join_names(flipped)})" if len(flipped) else ""
            share = f"{len(flipped)} of {claims['claim_id'].nunique()}"
            lines.append(f"  verdicts on claims that flipped: {share}{said}")
    else:
        lines.append(f"  no earlier release holds {scope.origin}: there is nothing to compare")
    return "\n".join(
        [*lines, f"  in full: {paths.say_folder(folder)}/notebooks/06_revisions.ipynb"]
    )
