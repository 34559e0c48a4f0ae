"""The site's table of contents: every page under a heading, none left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Pages by heading, in reading order; an entry that ends in * takes all pages that start like it
# and are named nowhere.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The study", ("notebooks/0*",)),
    ("Evidence", ("ledger", "figures", "numbers", "explorer")),
    ("Method and data", ("method", "glossary", "data/README", "data/hand/README", "releases",
                         "docs/releases")),
    ("Learn and teach", ("notebooks/exercises/0*", "docs/teaching")),
    ("Solutions of the lessons", ("notebooks/exercises/solutions/*",)),
    ("Rerun it", ("docs/replication", "docs/runs", "docs/batch", "docs/clusters",
                  "docs/fetching", "docs/claims", "docs/benchmarks", "docs/publishing", "docs/*")),
    ("About", ("cite", "docs/decisions", "CHANGELOG", "CONTRIBUTING", "api/index")),
)  # fmt: skip
REST = "More"
LESSONS = "notebooks/exercises/"
# Where the home page sends its readers.
WAYS = (
    ("notebooks/03_eras", "the comparison, with everything that it rests on"),
    ("ledger", "published figures, recomputed and judged"),
    ("method", "what each measure is, with its formula"),
    ("numbers", "from a number in the text to the code that computes it"),
    ("docs/replication", "rerun all of it with one command"),
    ("docs/fetching", "the next release of the data"),
    ("cite", "entries for the study and for each release"),
)
HOME = "index"


def group_pages(pages: Iterable[str]) -> dict[str, list[str]]:
    """Put pages under their headings; what no heading names comes under the last one.

    Parameters
    ----------
    pages : iterable of str
        Paths without ending. Those below api/ hang on api/index, and the home page on nothing.

    >>> group_pages(["index", "odd", "cite", "docs/decisions", "docs/new", "ledger"])
    {'Evidence': ['ledger'], 'Rerun it': ['docs/new'], 'About': ['cite', 'docs/decisions'],
     'More': ['odd']}
    """
    left = sorted(page for page in pages if page != HOME and not _is_below_api(page))
    named = {name for _, names in GROUPS for name in names}
    grouped: dict[str, list[str]] = {}
    for heading, names in GROUPS:
        for name in names:
            found = [page for page in left if page == name or (
                name.endswith("*") and page.startswith(name[:-1]) and page not in named
            )]  # fmt: skip
            grouped.setdefault(heading, []).extend(found)
            left = [page for page in left if page not in found]
    grouped[REST] = left
    return {heading: found for heading, found in grouped.items() if found}


def _is_below_api(page: str) -> bool:
    return page.startswith("api/") and page != "api/index"


def write_ways(pages: Iterable[str], parts: Mapping[str, str]) -> str:
    """Write the home page's list of where to go, as far as there are such pages.

    Parameters
    ----------
    pages : iterable of str
        Paths without ending.
    parts : mapping
        What each part of the site is good for, by its page.
    """
    there = set(pages)
    ways = [(page, said) for page, said in WAYS if page in there]
    lessons = sorted(page for page in there if page.startswith(LESSONS) and "solutions" not in page)
    if lessons:
        ways.append((lessons[0], "lessons with exercises, for courses and for one alone"))
    ways += list(parts.items())
    return "\n".join(f"- [](/{page}): {said}" for page, said in ways)


def write_toctrees(pages: Iterable[str]) -> str:
    """Write the table of contents for the home page; it shows in the sidebar."""
    trees = []
    for heading, names in group_pages(pages).items():
        options = f":hidden:\n:caption: {heading}\n:maxdepth: 2"
        entries = "\n".join(names)
        trees.append(f"```{{toctree}}\n{options}\n\n{entries}\n```")
    return "\n\n".join(trees)
