"""The yearly update: fetch, run on the release before and on the new one, and say what changed.

Headlines, breaks and verdicts are those of the two runs; the figures are what `asylum releases
diff` prints. The executed notebook 06 of the later run has the whole of the revisions.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.prose.tables import build_table
from helpers.running.manifest import Failure, is_intact, read_manifest
from helpers.running.progress import Progress
from helpers.running.runs import Settings, name_run, run_study, seal
from helpers.running.staging import say_folder
from helpers.study import InputError, Study, list_releases
from helpers.unhcr.endpoints import FetchOptions
from helpers.unhcr.fetch import fetch_release
from helpers.unhcr.release_diff import compare_releases

FILE = "changes.md"
MOST_ROWS = 12
_LICENCE = (
    "Figures: UNHCR Refugee Population Statistics Database, CC BY 4.0. Rows were selected, totals "
    "and rates computed."
)


def update_study(
    options: FetchOptions, *, fetches: bool = True, workers: int = 0, is_quiet: bool = False
) -> tuple[Failure, ...]:
    """Fetch the next release, run the study on it and on the one before, and say the difference.

    The difference is printed, and written to changes.md in the later run's folder. `options` are
    those of a fetch, and its study is the one that is run; without `fetches` the two newest
    releases on file are compared. Returns the notebooks that failed; then nothing is written.

    Raises
    ------
    InputError
        As `fetch_release`; or where no earlier release holds the study's origin.
    """
    is_new = not fetches or bool(fetch_release(options, is_quiet=is_quiet))
    if not is_new and _is_reported(Study.resolve(study=options.study)):
        return ()
    before, after = _choose_pair(options.study)
    progress = Progress(is_quiet=is_quiet)
    folders = []
    try:
        for study in (before, after):
            outcome = run_study(study, Settings(workers=workers, progress=progress))
            if outcome.failures:
                return outcome.failures
            folders.append(outcome.folder)
    finally:
        progress.close()
    text = describe_changes(before, after, *folders)
    paths.write_atomic(folders[1] / FILE, text)
    manifest = read_manifest(folders[1])
    if manifest is not None:
        seal(folders[1], manifest)
    place = f"{say_folder(folders[1])}/{FILE}"
    print(place if is_quiet else f"{text}\nwhat the new release changes: {place}")
    return ()


def _choose_pair(study: str | None) -> tuple[Study, Study]:
    """Return the study on the latest release before the newest that holds its origin, and on it."""
    after = Study.resolve(study=study)
    earlier = [info for info in list_releases() if info.name != after.release]
    holding = [info.name for info in earlier if after.origin in info.origins]
    if not holding:
        raise InputError(
            f"no release before {after.release} holds origin {after.origin}: there is nothing to "
            f"compare it with; asylum run --study {after.study} shows it alone"
        )
    return Study.resolve(study=study, release=holding[-1]), after


def _is_reported(study: Study) -> bool:
    """Tell whether the newest release came with the checkout, or its changes were reported."""
    package = json.loads((paths.raw() / study.release / "datapackage.json").read_text("utf-8"))
    folder = paths.runs() / name_run(study)
    manifest = read_manifest(folder)
    is_written = manifest is not None and FILE in manifest["outputs"]
    return "fetched" not in package or (is_written and is_intact(folder, manifest or {}))


def describe_changes(before: Study, after: Study, old: Path, new: Path) -> str:
    """Say in Markdown how two runs of a study differ, in `old` on the earlier release."""
    figures = compare_releases((before.info, after.info), after.origin)
    return "\n\n".join([
        f"# What release {after.release} changes",
        f"{after.file.title}. Release {after.release} is compared with {before.release}.",
        *_describe_headlines(old, new),
        "## Figures",
        f"```\n{figures.text}\n```",
        "## Breaks",
        _describe_breaks(new, after.info.newest_year),
        "## Claims",
        _describe_claims(new, before.release, after.release),
        _LICENCE,
    ]) + "\n"  # fmt: skip


def _load_table(folder: Path, name: str, dtype: str | None = None) -> pd.DataFrame:
    """Load a table of a run; empty where it has none. The code `NA` stays a code."""
    file = folder / "tables" / f"{name}.csv"
    if not file.is_file():
        return pd.DataFrame()
    return pd.read_csv(file, keep_default_na=False, na_values=[""], dtype=dtype)


def _show(frame: pd.DataFrame, caption: str) -> str:
    """Write the first rows of a table as text."""
    more = len(frame) - MOST_ROWS
    note = f"{more} more rows are in the run's own tables." if more > 0 else ""
    return f"```\n{build_table(frame.head(MOST_ROWS), caption, note=note).text}\n```"


def _describe_headlines(old: Path, new: Path) -> list[str]:
    """Set the headlines of both runs side by side, and count the named numbers that differ."""
    lines = []
    for title, folder in (("Headlines before", old), ("Headlines now", new)):
        manifest = read_manifest(folder) or {"headlines": []}
        lines += [f"## {title}", "\n".join(f"- {said}" for said in manifest["headlines"])]
    values = [json.loads((folder / "numbers.json").read_text("utf-8")) for folder in (old, new)]
    shared = set(values[0]) & set(values[1])
    n_differ = sum(values[0][name]["value"] != values[1][name]["value"] for name in shared)
    return [*lines, f"{n_differ:,} of {len(shared):,} numbers of the text differ."]


def _describe_breaks(folder: Path, year: int) -> str:
    breaks = _load_table(folder, "breaks")
    found = breaks if breaks.empty else breaks[breaks["year"] == year]
    if found.empty:
        return f"No break is found in {year}."
    columns = ["asylum", "year", "kind", "touches", "effect_on_origin", "is_explained"]
    ordered = found.sort_values("effect_on_origin", key=abs, ascending=False, kind="stable")
    return _show(ordered[columns], "Breaks, those of the largest effect on the total first")


def _describe_claims(folder: Path, before: str, after: str) -> str:
    claims = _load_table(folder, "claims_by_release", "str").fillna("")
    if claims.empty:
        return "The study has no claims ledger."
    sides = [
        claims[claims["release"] == name][["claim_id", "recomputed", "figure", "wording"]]
        for name in (before, after)
    ]
    both = sides[0].merge(sides[1], on="claim_id", suffixes=("_before", "_now"))
    codes = [both[[f"figure_{when}", f"wording_{when}"]].to_numpy() for when in ("before", "now")]
    flipped = both[(codes[0] != codes[1]).any(axis=1)]
    said = f"{len(flipped)} of {len(both)} claims are judged differently."
    if flipped.empty:
        return said
    return f"{said}\n\n{_show(flipped, 'Verdicts that changed')}"
