"""The site: the reference run as a book of static pages, put together here and built by Sphinx.

The pages lie where their files lie in the repository; what is handed out as it is lies in `_extra`,
whose content Sphinx copies beside the pages. MyST-NB renders the executed notebooks. The pages of
docs/site are Jinja2 templates: `{{ number("name") }}` states a number of the reference run,
`{{ figure("id") }}` shows a figure, `{{ readme("heading") }}` takes a section of README.md.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined, TemplateError

from helpers import paths
from helpers.claims.file import list_claims_files
from helpers.claims.ledger import load_ledger, summarise
from helpers.prose.tables import load_columns
from helpers.prose.words import say_date
from helpers.publish import ledger_page
from helpers.publish.explorer.build import build_explorer
from helpers.publish.outputs import (
    Picture,
    dress_notebook,
    find_figure,
    name_anchor,
    render_figure,
)
from helpers.publish.replication import render_number, sort_records
from helpers.study import InputError, list_releases, load_yaml

# Documents of the repository that are pages, besides all of docs/.
DOCUMENTS = ("CHANGELOG.md", "CONTRIBUTING.md", "data/README.md", "data/hand/README.md")
NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme")
_MARK = "searchindex.js"  # what tells a site from any other folder
_LAST_LINES = 30
# What Sphinx and its themes leave that no page needs.
_LEFT_OVERS = (".buildinfo", "objects.inv", "_static/*macros.html", "_static/**/*.map",
               "_static/scripts/fontawesome*", "_static/webpack*")  # fmt: skip
_PICTURE = re.compile(r"!\[[^\]]*\]\(figures/([\w-]+)\.png\)")
_SIZE = ' width="{}" height="{}" loading="lazy"'
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
    there = next(each for each in (target, *target.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise InputError(f"{there} is no folder to write to: name another one with --out")
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
    for pattern in _LEFT_OVERS:
        for file in pages.glob(pattern):
            file.unlink()
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
        Where a page asks for what is not there.
    """
    root, figures, given = paths.root(), _read_folder(paths.figures()), _read_folder(tables)
    records = sort_records(figures)
    for record in records:
        opening = figures[f"{record['id']}.svg"][:2000].decode()
        size = re.findall(r' (?:width|height)="([\d.]+)pt"', opening)
        record["size"] = [round(float(points)) for points in size]
    files: Files = {}
    for file in sorted((root / "notebooks").rglob("*.ipynb")):
        page = file.relative_to(root).with_suffix("").as_posix()
        if "/." not in page:
            handed_out = f"_extra/downloads/{page.removeprefix('notebooks/')}"
            files[f"{handed_out}.ipynb"] = file.read_bytes()
            files[f"{handed_out}.py"] = file.with_suffix(".py").read_bytes()
            notebook = json.loads(file.read_text(encoding="utf-8"))
            chapter, drawn = build_chapter(page, notebook, records)
            files[f"{page}.ipynb"] = json.dumps(chapter, ensure_ascii=False)
            files |= {f"_extra/{name}": picture for name, picture in drawn.items()}
    for file in [*sorted((root / "docs").glob("*.md")), *(root / name for name in DOCUMENTS)]:
        files[file.relative_to(root).as_posix()] = file.read_bytes()
    ledgers = {name: load_ledger(name) for name in list_claims_files()}
    releases = sorted(list_releases(), key=lambda info: info.published, reverse=True)
    counts = pd.DataFrame([summarise(ledger) for ledger in ledgers.values()]).sum()
    citation = load_yaml(root / "CITATION.cff")
    address = os.environ.get("SITE_URL", "").rstrip("/")
    downloads = [
        {"@type": "DataDownload", "encodingFormat": "text/csv",
         "contentUrl": f"{address}/tables/{name}".lstrip("/")}
        for name in given
    ]  # fmt: skip
    news = (root / "DATA_NEWS.md").read_text(encoding="utf-8").partition("\n")[2].strip()
    values = {
        "numbers": json.loads(figures["numbers.json"]),
        "records": records,
        "tables": list(given),
        "downloads": downloads,
        "columns": load_columns(),
        "made": ledger_page.make_pieces(ledgers, releases),
        "held": counts.to_dict(),
        "releases": releases,
        "news": news,
        "citation": citation,
        "database": next(each for each in citation["references"] if each["type"] == "database"),
    }
    for name, content in _read_folder(root / "docs" / "site").items():
        is_page = name.endswith(".md")
        files[name] = fill_page(name, content.decode(), values) if is_page else content
    for folder, contents in (("figures", figures), ("tables", given)):
        files |= {f"_extra/{folder}/{name}": content for name, content in contents.items()}
    for record in records:
        data = pd.DataFrame(record["data"]["rows"], columns=record["data"]["columns"], dtype=object)
        text = data.to_csv(index=False, lineterminator="\n")
        files[f"_extra/figures/{record['id']}.csv"] = text
    for name, text in ledger_page.list_ledger_files(ledgers, releases).items():
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


def build_chapter(
    page: str, notebook: Mapping[str, Any], records: list[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Build a page of an executed notebook.

    Parameters
    ----------
    page : str
        As in "notebooks/03_eras".
    notebook : mapping
        The notebook's JSON, which stays as it is.
    records : list of dict
        The figures' records; one that the notebook shows is told where (`home`).

    Returns
    -------
    tuple
        The notebook's JSON, figures and tables finished; in the study's own notebooks the code is
        folded but for the parameters. And the pictures that the notebook alone holds, by file.
    """
    up, name = "../" * page.count("/"), page.removeprefix("notebooks/")
    known = {(record["number"], record["data_sha256"]): record for record in records}
    pictures = {key: _show_file(record, up) for key, record in known.items()}
    drawn = {}
    for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
        key = find_figure(output)
        if key in known:
            known[key]["home"] = f"{page}.html#{name_anchor(key[0])}"
        elif key:
            file = f"pictures/{key[1]}.png"
            drawn[file] = base64.b64decode("".join(output["data"]["image/png"]))
            size = struct.unpack(">II", drawn[file][16:24])  # where a PNG has its width and height
            pictures[key] = Picture(f"{up}{file}", _SIZE.format(*size))
    chapter = dress_notebook(notebook, pictures)
    for cell in chapter["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and page.count("/") == 1 and "parameters" not in tags:
            cell["metadata"] = cell["metadata"] | {"tags": [*tags, "hide-input"]}
    files = (
        f'<ul class="files"><li><a href="{up}downloads/{name}.ipynb" download>Notebook, executed'
        f'</a></li><li><a href="{up}downloads/{name}.py" download>Its source in Python</a></li>'
        "</ul>"
    )
    chapter["cells"].insert(1, {"cell_type": "markdown", "metadata": {}, "source": files})
    for place, cell in enumerate(chapter["cells"]):
        cell["id"] = f"cell-{place}"
    return chapter, drawn


def _show_file(record: Mapping[str, Any], up: str = "") -> Picture:
    """Say where a figure's picture is and how large, and link its files.

    Its size keeps the place of a picture that is loaded when the reader comes near.
    """
    base = f"{up}figures/{record['id']}"
    links = "".join(
        f'<li><a href="{base}.{ending}"{hint}>{label}<span class="visually-hidden"> of figure '
        f"{record['number']}</span></a></li>"
        for ending, label, hint in (
            ("svg", "SVG", ""), ("png", "PNG", ""), ("csv", "CSV of the drawn data", " download"),
        )
    )  # fmt: skip
    size = _SIZE.format(*record["size"])
    return Picture(f"{base}.svg", size, f'<ul class="files">{links}</ul>')


def fill_page(name: str, text: str, values: Mapping[str, Any]) -> str:
    """Fill a page of docs/site.

    Parameters
    ----------
    name : str
        The page's file.
    text : str
        Its Markdown, a Jinja2 template.
    values : mapping
        What it may name: numbers, records, tables, made, held, releases, news, citation, database.

    Raises
    ------
    ValueError
        For a number, figure, section or piece that is not there.
    """
    page = name.removesuffix(".md")
    by_id = {record["id"]: record for record in values["records"]}

    def number(name: str, filter: str = "") -> str:
        return render_number(name, filter, values["numbers"], f"{page} asks for")

    def figure(id: str) -> str:
        if id not in by_id:
            raise ValueError(f"{page} asks for figure {id}; there is: {', '.join(by_id)}")
        record = by_id[id]
        words = record["caption"].split(". ", 1)[1]
        return render_figure(
            record["number"], words, record["alt"], _show_file(record), has_anchor=False
        )

    def readme(heading: str) -> str:
        section = take_section((paths.root() / "README.md").read_text(encoding="utf-8"), heading)
        return _PICTURE.sub(lambda match: figure(match[1]), section)

    def count_rows(release: str) -> int:
        file = paths.raw() / release / "datapackage.json"
        package = json.loads(file.read_text(encoding="utf-8"))
        return sum(resource["rows"] for resource in package["resources"])

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["date"] = say_date
    environment.filters["bibtex"] = lambda text: re.sub(r"[&%$#_]", r"\\\g<0>", text)
    try:
        return environment.from_string(text).render(
            values, number=number, figure=figure, readme=readme, count_rows=count_rows
        )
    except TemplateError as error:
        raise ValueError(f"{page}: {error}") from None


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
