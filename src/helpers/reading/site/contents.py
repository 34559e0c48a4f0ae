"""The site's table of contents: every page under a heading, none left out."""

from __future__ import annotations

from collections.abc import Iterable

# Pages by heading, in reading order; an entry that ends in a slash takes all pages below it.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The study", ("notebooks/0",)),
    ("Evidence", ("ledger", "figures", "numbers", "explorer")),
    ("Method and data", ("method", "glossary", "data/", "releases", "docs/releases")),
    ("Learn and teach", ("notebooks/exercises/", "docs/teaching")),
    ("Rerun it", ("docs/replication", "docs/runs", "docs/batch", "docs/clusters",
                  "docs/fetching", "docs/benchmarks", "docs/claims", "docs/")),
    ("About", ("cite", "docs/decisions", "CHANGELOG", "CONTRIBUTING", "api/index")),
)  # fmt: skip
REST = "More"
HOME = "index"


def group_pages(pages: Iterable[str]) -> dict[str, list[str]]:
    """Put pages under their headings; what no heading names comes under the last one.

    Parameters
    ----------
    pages : iterable of str
        Paths without ending. Those below api/ hang on api/index, and the home page on nothing.

    >>> group_pages(["index", "odd", "cite", "docs/decisions", "ledger"])
    {'Evidence': ['ledger'], 'About': ['cite', 'docs/decisions'], 'More': ['odd']}
    """
    left = sorted(page for page in pages if page != HOME and not _is_below_api(page))
    named = {name for _, names in GROUPS for name in names}
    grouped: dict[str, list[str]] = {}
    for heading, names in GROUPS:
        for name in names:
            found = [page for page in left if page == name or (
                page.startswith(name) and not name[-1:].isalpha() and page not in named)]  # fmt: skip
            grouped.setdefault(heading, []).extend(found)
            left = [page for page in left if page not in found]
    grouped[REST] = left
    return {heading: found for heading, found in grouped.items() if found}


def _is_below_api(page: str) -> bool:
    return page.startswith("api/") and page != "api/index"


def write_toctrees(pages: Iterable[str]) -> str:
    """Write the table of contents for the home page; it shows in the sidebar."""
    trees = []
    for heading, names in group_pages(pages).items():
        entries = "\n".join(names)
        trees.append(
            f"```{{toctree}}\n:hidden:\n:caption: {heading}\n:maxdepth: 2\n\n{entries}\n```"
        )
    return "\n\n".join(trees)
