"""The release history: a table of the releases on file, and what each brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.prose.tables import build_table
from helpers.publish.site.chapters import frame_table

if TYPE_CHECKING:
    from helpers.study import ReleaseInfo


def tabulate_releases(releases: Iterable[ReleaseInfo], packages: Mapping[str, Any]) -> pd.DataFrame:
    """List the releases on file, newest first.

    Returns
    -------
    DataFrame
        name, published, newest_year (with "mid-year" or "year-end"), rows, origins (how many
        are on file pair by pair), title.
    """
    rows = [
        (
            info.name, info.published,
            f"{info.newest_year} ({'mid-year' if info.period == 'mid' else 'year-end'})",
            sum(int(resource["rows"]) for resource in packages[info.name]["resources"]),
            len(info.origins), info.title,
        )
        for info in sorted(releases, key=lambda info: info.published, reverse=True)
    ]  # fmt: skip
    columns = ["release", "published", "newest_year", "rows", "origins", "title"]
    return pd.DataFrame(rows, columns=columns)


def write_releases(releases: Iterable[ReleaseInfo], packages: Mapping[str, Any]) -> str:
    """Write the table of the releases on file as HTML."""
    frame = tabulate_releases(releases, packages)
    return frame_table(build_table(frame, "Releases on file, newest first").html)
