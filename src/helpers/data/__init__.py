"""Where figures come from: the releases, their cleaning, checks and descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.study import load_study_file

if TYPE_CHECKING:
    from helpers.data.releases import Core


def load(release: str | None = None, study: str | None = None) -> Core:
    """Load a release's tidy tables, to look at in a notebook of one's own.

    Parameters
    ----------
    release : str, optional
        A folder of data/raw, such as `2025-end`; the newest by default.
    study : str, optional
        A study, such as `china`: only its origin's rows are loaded then.

    Returns
    -------
    Core
        The tables as attributes; shown, it lists them with their rows and columns.
    """
    from helpers.data.releases import load_core  # what reads codes alone does not wait for pandas

    return load_core(release, None if study is None else load_study_file(study).origin)
