"""The site: the reference run as a book of static pages, put together here and built by Sphinx.

The pages lie where their files lie in the repository; what is handed out as it is lies in `_extra`,
whose content Sphinx copies beside the pages. A page of docs/site states a number of the reference
run by the role `{number}`, shows a figure by `<!--figure: N-->`, takes a section of README.md by
`<!--readme: heading-->`, and takes a piece that is made from data by `<!--made: name-->`.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import paths
from helpers.claims.file import list_claims_files
from helpers.claims.ledger import load_ledger
from helpers.data.releases import tabulate_releases
from helpers.prose.tables import build_table, load_columns
from helpers.prose.words import say_date
from helpers.publish import chapters, ledger_page
from helpers.publish.explorer.build import build_explorer
from helpers.publish.replication import ASK, MARK, render_number, sort_records
from helpers.publish.report import frame_table
from helpers.study import InputError, ReleaseInfo, list_releases, load_yaml

# Documents of the repository that are pages, besides all of docs/.
DOCUMENTS = ("CHANGELOG.md", "CONTRIBUTING.md", "data/README.md", "data/hand/README.md")
NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme")
_MARK = "searchindex.js"  # what tells a site from any other folder
_LAST_LINES = 30
# What Sphinx and its themes leave that no page needs.
_LEFT_OVERS = (
    ".buildinfo", "objects.inv", "_static/webpack-macros.html", "_static/sbt-webpack-macros.html",
)  # fmt: skip
_ORDER = re.compile(r"<!--(?P<what>readme|figure|made): (?P<which>[^>]*?) ?-->")
_PICTURE = re.compile(r"!\[[^\]]*\]\(figures/([\w-]+)\.png\)")
_CELLS = re.compile(r"(\[`(\w+)`\]\(\.\./notebooks/\w+\.ipynb\), cells? )([\d, ]+)")
Files = dict[str, str | bytes]


class SiteError(Exception):
    """The site could not be built; the message says why."""


def check_target(target: Path) -> None:
    """Refuse to start where a library of the extra `site` is missing, or the target is no site.

    Raises
    ------
    InputError
        In either case.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f"the site needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} "
            "not installed: `make setup` installs all, or `pip install -e '.[site]'`"
        )
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file: name a folder with --out")
    if target.is_dir() and any(target.iterdir()) and not (target / _MARK).exists():
        raise InputError(f"{target} holds other files than a site: name another folder with --out")


def build_site(run: Path, target: Path) -> str:
    """Build the site into a folder, which is replaced as a whole.

    Parameters
    ----------
    run : Path
        The folder of the default run, whose tables are handed out.
    target : Path
        A folder that is not there yet, is empty, or holds an earlier site.

    Returns
    -------
    str
        One line on what was built.

    Raises
    ------
    InputError
        As `check_target`.
    SiteError
        Where the run's numbers are not the committed ones, or Sphinx warns. What was in the target
        stays.
    """
    check_target(target)
    committed, fresh = (
        json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
        for folder in (paths.figures(), run)
    )
    if committed != fresh:
        raise SiteError("the committed notebooks are not what a run gives now: see asylum check")
    paths.build().mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="site-") as name:
        scratch = Path(name)
        for file, content in assemble(run / "tables").items():
            paths.write_atomic(scratch / "source" / file, content, is_durable=False)
        with ThreadPoolExecutor(1) as side:  # the explorer is made while Sphinx runs
            explorer = side.submit(build_explorer, scratch)
            run_sphinx(scratch / "source", scratch / "html")
            shutil.move(explorer.result().parent, scratch / "html")
        count = sum(1 for _ in (scratch / "html").rglob("*.html"))
        replace_folder(scratch / "html", target)
    return f"{count} pages in {target}: open {target / 'index.html'}"


def run_sphinx(source: Path, pages: Path) -> None:
    """Run Sphinx; every warning is an error, and so is a name that leads nowhere."""
    options = ["-b", "html", "-n", "-W", "--keep-going", "-q", "--no-color"]
    folders = ["-d", str(source.parent / "doctrees"), str(source), str(pages)]
    command = [sys.executable, "-m", "sphinx", *options, *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).replace(f"{source}/", "").strip().splitlines()
        raise SiteError("\n".join(["Sphinx found faults:", *lines[-_LAST_LINES:]]))
    for name in _LEFT_OVERS:
        (pages / name).unlink(missing_ok=True)
    shutil.rmtree(pages / "_sources", ignore_errors=True)
    (pages / ".nojekyll").touch()


def replace_folder(fresh: Path, target: Path) -> None:
    """Put a finished folder in the target's place, and remove what was there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as name:
        near = Path(name)  # on the target's own disk, so that renaming is all that is left
        shutil.move(fresh, near / "fresh")
        if target.exists():
            target.rename(near / "old")
        (near / "fresh").rename(target)


def assemble(tables: Path) -> Files:
    """Write the site's source folder.

    Parameters
    ----------
    tables : Path
        The folder of the reference run's tables.

    Returns
    -------
    dict
        Contents by path in the source folder.

    Raises
    ------
    ValueError
        Where a page asks for a number, a figure or a section that is not there.
    """
    root = paths.root()
    figures = _read_folder(paths.figures())
    numbers = json.loads(figures["numbers.json"])
    records = {record["number"]: record for record in sort_records(figures)}
    files: Files = {}
    study = {}
    for file in sorted((root / "notebooks").rglob("[!.]*.ipynb")):
        page = file.relative_to(root).with_suffix("").as_posix()
        if "/." in page:
            continue
        notebook = json.loads(file.read_text(encoding="utf-8"))
        chapter = chapters.build_chapter(page, notebook, records, numbers)
        files[f"{page}.ipynb"] = json.dumps(chapter, ensure_ascii=False)
        handed_out = f"_extra/downloads/{page.removeprefix('notebooks/')}"
        files[f"{handed_out}.ipynb"] = file.read_bytes()
        files[f"{handed_out}.py"] = file.with_suffix(".py").read_bytes()
        if chapters.is_chapter(page):
            study[page] = notebook
    for file in [*sorted((root / "docs").glob("*.md")), *(root / name for name in DOCUMENTS)]:
        name = file.relative_to(root).as_posix()
        text = _link_cells(file.read_text(encoding="utf-8"))
        files[name] = _link_marks(text, name.removesuffix(".md"))
    ledgers = {name: load_ledger(name) for name in list_claims_files()}
    made = _make_pieces(records, numbers, study)
    made |= ledger_page.make_pieces(ledgers, list_releases())
    for name, content in _read_folder(root / "docs" / "site").items():
        is_page = name.endswith(".md")
        files[name] = (
            fill_page(name, content.decode(), numbers, records, made) if is_page else content
        )
    for folder, contents in (("figures", figures), ("tables", _read_folder(tables))):
        files |= {f"_extra/{folder}/{name}": content for name, content in contents.items()}
    for record in records.values():
        files[f"_extra/figures/{record['id']}.csv"] = chapters.write_data(record)
    for name, text in ledger_page.list_ledger_files(ledgers, list_releases()).items():
        files[f"_extra/{name}"] = text
    files["_extra/downloads/numbers.json"] = figures["numbers.json"]
    return files


def _read_folder(folder: Path) -> dict[str, bytes]:
    """Read a folder's files by their path in it."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }


def _make_pieces(
    records: Mapping[str, Any], numbers: Mapping[str, Any], study: Mapping[str, Any]
) -> dict[str, str]:
    """Make the pieces that pages ask for by name, as in `<!--made: numbers-->`."""
    root = paths.root()
    releases = sorted(list_releases(), key=lambda info: info.published, reverse=True)
    citation = load_yaml(root / "CITATION.cff")
    entries = [f"```bibtex\n{cite_release(info, citation)}\n```" for info in releases]
    table = build_table(tabulate_releases().iloc[::-1], "Releases, newest first")
    columns = pd.DataFrame(
        [(name, each.meaning, each.unit) for name, each in sorted(load_columns().items())],
        columns=["column", "meaning", "unit"],
    )
    news = (root / "DATA_NEWS.md").read_text(encoding="utf-8")
    return {
        "numbers": chapters.write_numbers(study, numbers),
        "figures": chapters.write_gallery(records, study),
        "releases": frame_table(table.html),
        "columns": frame_table(build_table(columns, "Columns of the study's tables").html),
        "news": news.partition("\n")[2].strip(),
        "citation": f"```bibtex\n{cite_study(citation)}\n```",
        "newest release": entries[0],
        "earlier releases": "\n\n".join(entries[1:]),
    }


def fill_page(
    name: str,
    text: str,
    numbers: Mapping[str, Any],
    records: Mapping[str, Any],
    made: Mapping[str, str],
) -> str:
    """Carry out what a page of docs/site asks for.

    Parameters
    ----------
    name : str
        The page's file.
    text : str
        Its Markdown.
    numbers : mapping
        The merged numbers; each is linked to its row.
    records : mapping
        The figures' records by number.
    made : mapping
        Pieces by name.

    Raises
    ------
    ValueError
        For a number, figure, section or piece that is not there.
    """
    page = name.removesuffix(".md")

    def fill(mark: re.Match[str]) -> str:
        printed = render_number(mark["name"], mark["spec"] or "", numbers, f"{page} asks for")
        return chapters.link_number(mark["name"], printed, page)

    def pick(pieces: Mapping[str, Any], which: str) -> Any:
        if which not in pieces:
            raise ValueError(f"{page} asks for {which}; there is: {', '.join(pieces)}")
        return pieces[which]

    def carry_out(order: re.Match[str]) -> str:
        what, which = order["what"], order["which"].strip()
        if what == "made":
            return str(pick(made, which))
        if what == "figure":
            return chapters.render_figure(pick(records, which), page, is_anchored=False)
        readme = (paths.root() / "README.md").read_text(encoding="utf-8")
        section = _link_marks(take_section(readme, which), page)
        by_id = {record["id"]: record for record in records.values()}
        return _PICTURE.sub(
            lambda match: chapters.render_figure(by_id[match[1]], page, is_anchored=False), section
        )

    return _ORDER.sub(carry_out, ASK.sub(fill, text))


def take_section(text: str, heading: str) -> str:
    """Take a section of a Markdown file, without its heading and the sections below it.

    Raises
    ------
    ValueError
        Where there is no such section.
    """
    found = re.search(rf"^#+ {re.escape(heading)}\n(?P<body>.*?)(?=^#+ |\Z)", text, re.S | re.M)
    if not found:
        raise ValueError(f"there is no section {heading!r}")
    return found["body"].strip()


def _link_marks(text: str, page: str) -> str:
    """Link the marked numbers of a text that is kept right by `asylum bless`."""
    return MARK.sub(lambda mark: chapters.link_number(mark["name"], mark["text"], page), text)


def _link_cells(text: str) -> str:
    """Link the cells that docs/replication.md names, each to its place in the chapter."""

    def link(match: re.Match[str]) -> str:
        page = f"../notebooks/{match[2]}.html"
        return match[1] + re.sub(
            r"\d+", lambda n: f'<a href="{page}#cell-{n[0]}">{n[0]}</a>', match[3]
        )

    return _CELLS.sub(link, text)


def cite_study(citation: Mapping[str, Any]) -> str:
    r"""Write the study's BibTeX entry, from CITATION.cff.

    >>> print(cite_study({"title": "T", "authors": [{"name": "A & B"}], "version": "1",
    ...     "date-released": "2026-11-24", "license": "MIT"}))
    @software{asylum_eras_2026,
      title = {{T}},
      author = {{A \& B}},
      year = {2026},
      version = {1},
      license = {MIT},
    }
    """
    year = str(citation["date-released"])[:4]
    fields = {
        "title": f"{{{_escape(citation['title'])}}}",
        "author": _name_authors(citation["authors"]),
        "year": year,
        "version": str(citation["version"]),
        "license": citation["license"],
    } | {name: citation[name] for name in ("doi",) if name in citation}
    return _write_entry("software", f"asylum_eras_{year}", fields)


def cite_release(info: ReleaseInfo, citation: Mapping[str, Any]) -> str:
    """Write a release's BibTeX entry: UNHCR's database as published on that day."""
    database = next(each for each in citation["references"] if each["type"] == "database")
    fields = {
        "title": f"{{{_escape(database['title'])}: {_escape(info.title)}}}",
        "author": _name_authors(database["authors"]),
        "publisher": database["publisher"]["name"],
        "year": str(info.published.year),
        "url": database["url"],
        "note": f"Release {info.name}, published {say_date(info.published)}; CC BY 4.0",
    }
    return _write_entry("misc", f"unhcr_{info.name.replace('-', '_')}", fields)


def _name_authors(authors: Iterable[Mapping[str, str]]) -> str:
    """Name persons by family name first, and a body by its name in braces, so it stays whole."""
    return " and ".join(
        f"{_escape(author['family-names'])}, {_escape(author.get('given-names', ''))}"
        if "family-names" in author
        else f"{{{_escape(author['name'])}}}"
        for author in authors
    )


def _write_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = "\n".join(f"  {name} = {{{value}}}," for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


def _escape(text: str) -> str:
    """Escape what LaTeX reads as a command."""
    return re.sub(r"[&%$#_]", r"\\\g<0>", text)
