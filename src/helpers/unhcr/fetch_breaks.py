"""Read a fetched release as the notebooks will, before it is filed: core, controls, breaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from helpers.analysis.breaks import find_breaks
from helpers.data.controls import check_controls
from helpers.data.hand import load_breaks
from helpers.data.releases import Core, clean_release, read_recorded_rows
from helpers.data.releases import load_core as load_origin_core
from helpers.study import ReleaseInfo, list_releases
from helpers.unhcr.client import AnswerError

_SHOWN = 5


def check_release(
    tables: Mapping[str, pd.DataFrame], countries: pd.DataFrame, folder: Path, info: ReleaseInfo
) -> Core:
    """Return a fetched release's core tables, after holding them to control totals.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The seven raw tables, read back from the folder.
    countries : DataFrame
        As `load_countries` returns it.
    folder : Path
        Where the release lies; its datapackage.json states the row counts.
    info : ReleaseInfo
        The release's facts.

    Raises
    ------
    AnswerError
        Where control totals differ, with the first ones.
    """
    core = clean_release(tables, countries, read_recorded_rows(folder))
    controls = check_controls(core, info)
    wrong = controls[~controls["is_ok"]]
    if len(wrong):
        said = "; ".join(
            f"{row.check} {row.scope}: {row.found} instead of {row.expected}"
            for row in wrong.head(_SHOWN).itertuples(index=False)
        )
        raise AnswerError(f"{len(wrong)} of {len(controls)} control totals differ: {said}")
    return core


def describe_breaks(
    core: Core, origin: str, info: ReleaseInfo, years: Collection[int]
) -> list[str]:
    """Say which breaks a release brings into an origin's series in the years given.

    Parameters
    ----------
    core : Core
        The release's tables.
    origin : str
        ISO3 code.
    info : ReleaseInfo
        The release's facts.
    years : collection of int
        The years that are new.

    Returns
    -------
    list of str
        A sentence with the count, then the gravest breaks, a line each.
    """
    previous = {
        earlier.name: load_origin_core(earlier, origin)
        for earlier in list_releases()
        if earlier.period == "mid"
    }
    found = find_breaks(
        core, origin, info=info, previous=previous, register=load_breaks(), years=sorted(years)
    )
    span = ", ".join(map(str, sorted(years)))
    if found.empty:
        return [f"no break found in {origin}'s series in {span}"]
    grave = found.sort_values("effect_share", ascending=False, kind="stable").head(_SHOWN)
    unexplained = int((~found["is_explained"]).sum())
    return [
        f"{len(found)} breaks found in {origin}'s series in {span}, {unexplained} of them not in "
        "data/hand/breaks.yml; those of the largest effect:",
        *(
            f"  {row.asylum} {row.year} {row.kind} of {row.touches} ({row.severity}): {row.detail}"
            for row in grave.itertuples(index=False)
        ),
    ]
