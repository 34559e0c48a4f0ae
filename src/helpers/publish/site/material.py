"""What the site is made of, loaded once and handed to the functions that write its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.claims.ledger import Ledger
    from helpers.study import ReleaseInfo

# Pages lie where their files lie in the repository; what is handed out as it is lies in EXTRA,
# whose content Sphinx copies beside the pages.
EXTRA = "_extra"


@dataclass(frozen=True)
class Material:
    """The reference run and the texts around it.

    Attributes
    ----------
    notebooks : mapping
        Executed notebooks as plain JSON by path without ending, as in "notebooks/03_eras".
    scripts : mapping
        The notebooks' .py sources by the same paths.
    figures : mapping
        Contents of figures/ by file name.
    numbers : mapping
        The merged numbers: {name: {value, texts, notebook}}.
    tables : mapping
        Contents of the run's tables/ by file name.
    documents : mapping
        Markdown files by their path in the repository.
    excerpts : mapping
        Files that are read for a section or as a part of a page: README.md, DATA_NEWS.md.
    pages : mapping
        The site's own pages and its static files by their path in docs/site.
    modules : mapping
        Source texts of the package by module name.
    ledgers : mapping
        Judged claims files by name.
    releases : tuple of ReleaseInfo
    packages : mapping
        datapackage.json by release.
    citation : mapping
        CITATION.cff.
    """

    notebooks: Mapping[str, Any]
    scripts: Mapping[str, str]
    figures: Mapping[str, bytes]
    numbers: Mapping[str, Any]
    tables: Mapping[str, bytes]
    documents: Mapping[str, str]
    excerpts: Mapping[str, str]
    pages: Mapping[str, bytes]
    modules: Mapping[str, str]
    ledgers: Mapping[str, Ledger] = field(repr=False)
    releases: tuple[ReleaseInfo, ...]
    packages: Mapping[str, Any]
    citation: Mapping[str, Any]


def climb(page: str) -> str:
    """Return the way from a page up to the site's root.

    >>> climb("index"), climb("notebooks/03_eras")
    ('', '../')
    """
    return "../" * page.count("/")
