"""The site: the reference run as a book of static pages, put together here and built by Sphinx.

The pages lie where their files lie in the repository; what is handed out as it is lies in `_extra`,
whose content Sphinx copies beside the pages. MyST-NB renders the executed notebooks. The pages of
docs/site are Jinja2 templates: `{{ number("name") }}` states a number of the reference run,
`{{ figure("id") }}` shows a figure. The page of a claim is _templates/claim.md.j2.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.filters import do_mark_safe as mark_safe

from helpers import paths
from helpers.claims.file import list_claims_files
from helpers.claims.ledger import load_ledger, summarise
from helpers.claims.verdict import CODES
from helpers.data.datapackage import read_package
from helpers.prose.tables import load_columns
from helpers.prose.words import say_date
from helpers.publish import ledger_page
from helpers.publish.explorer.build import build_explorer
from helpers.publish.outputs import FIGURE, Picture, dress_notebook, find_figure, name_anchor
from helpers.publish.replication import render_number, sort_records
from helpers.study import FailedError, InputError, list_releases, load_yaml

# What else of the repository becomes a page, or is read by one, besides all of docs/.
DOCUMENTS = (
    *("CHANGELOG.md", "CONTRIBUTING.md", "data/README.md", "data/hand/README.md"),
    "CITATION.cff",
)
NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme")
LISTED = ".asylum-site"  # the list of a site's files, which alone are ever replaced
_LAST_LINES = 30
# What Sphinx and its themes leave that no page needs.
_LEFT_OVERS = (".buildinfo", "objects.inv", "_static/*macros.html", "_static/**/*.map",
               "_static/scripts/fontawesome*", "_static/webpack*")  # fmt: skip
Files = dict[str, str | bytes]


def check_target(target: Path) -> None:
    """Refuse to start where a library of the extra `site` is missing, or the target is no site.

    Raises
    ------
    InputError
        In either case; a folder that holds a single file which no build put there is no site.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f"the site needs {', '.join(missing)}: `make setup` installs what it needs"
        )
    there = next(each for each in (target, *target.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise InputError(f"{there} is no folder to write to: name another one with --out")
    listed = target / LISTED
    known = set(listed.read_text(encoding="utf-8").splitlines()) if listed.is_file() else set()
    others = sorted(set(list_files(target)) - known - {LISTED})
    if others:
        raise InputError(
            f"{target} holds {others[0]}, which no build of the site put there: "
            "name another folder with --out"
        )


def list_files(folder: Path) -> list[str]:
    """List a folder's files, links included, by their path in it."""
    return [
        entry.relative_to(folder).as_posix()
        for entry in folder.rglob("*")
        if entry.is_symlink() or not entry.is_dir()
    ]


def build_site(run: Path, target: Path, origins: Collection[str] = ()) -> str:
    """Build the site into a folder, which is replaced as a whole, and say what was built.

    Parameters
    ----------
    run : Path
        The folder of the default run, whose tables are handed out.
    target : Path
        A folder that is not there yet, is empty, or holds an earlier site.
    origins : collection of str
        Those that the explorer has by destination; empty is all.

    Raises
    ------
    InputError
        As `check_target`.
    FailedError
        Where the run's numbers are not the committed ones, or Sphinx warns. What was in the target
        stays.
    """
    check_target(target)
    committed, fresh = (
        json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
        for folder in (paths.figures(), run)
    )
    if committed != fresh:
        raise FailedError("the committed notebooks are not what a run gives now: see asylum check")
    paths.build().mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="site-") as name:
        scratch = Path(name)
        pages = scratch / "html"
        for file, content in assemble(run / "tables").items():
            paths.write_atomic(scratch / "source" / file, content)
        with ThreadPoolExecutor(1) as side:  # the explorer is made while Sphinx runs
            explorer = side.submit(build_explorer, scratch, origins)
            run_sphinx(scratch / "source", pages)
            # Its page replaces a stand-in, which put it into contents, search and sitemap.
            shutil.copytree(explorer.result().parent, pages / "explorer", dirs_exist_ok=True)
        files = list_files(pages)
        paths.write_atomic(pages / LISTED, "\n".join(sorted(files)))
        replace_folder(pages, target)
    count = sum(file.endswith(".html") for file in files)
    return f"{count} pages in {target}: open {target / 'index.html'}"


def run_sphinx(source: Path, pages: Path) -> None:
    """Run Sphinx; every warning is an error, and so is a name that leads nowhere."""
    options = ["-b", "html", "-n", "-W", "--keep-going", "-q", "--no-color"]
    folders = ["-d", str(source.parent / "doctrees"), str(source), str(pages)]
    command = [sys.executable, "-m", "sphinx", *options, *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).replace(f"{source}/", "").strip().splitlines()
        raise FailedError("\n".join(["Sphinx found faults:", *lines[-_LAST_LINES:]]))
    for pattern in _LEFT_OVERS:
        for file in pages.glob(pattern):
            file.unlink()
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
    """Return the files of the site's source folder; `tables` is the reference run's folder.

    ValueError where a page asks for what is not there.
    """
    root, figures = paths.root(), _read_folder(paths.figures())
    given, own_pages = _read_folder(tables), _read_folder(root / "docs" / "site")
    records = sort_records(figures)
    for record in records:
        opening = figures[f"{record['id']}.svg"][:2000].decode()
        size = re.findall(r' (?:width|height)="([\d.]+)pt"', opening)
        record["size"] = [round(float(points)) for points in size]
    files: Files = {}
    for name, content in _read_folder(paths.notebooks()).items():
        if name.endswith((".ipynb", ".py")):
            files[f"_extra/downloads/{name}"] = content
        if name.endswith(".ipynb"):
            page = f"notebooks/{name.removesuffix('.ipynb')}"
            files[f"{page}.ipynb"] = json.dumps(build_chapter(page, json.loads(content), records))
    for file in [*sorted((root / "docs").glob("*.md")), *(root / name for name in DOCUMENTS)]:
        files[file.relative_to(root).as_posix()] = file.read_bytes()
    values = gather_values(records, given, figures)
    environment = make_environment(values)
    for name, content in own_pages.items():
        is_page = name.endswith(".md")
        files[name] = fill_page(name, content.decode(), environment) if is_page else content
    template = own_pages["_templates/claim.md.j2"].decode()
    for claim in values["claims"]:
        name = f"ledger/{claim['claim_id']}.md"
        files[name] = fill_page(name, template, environment, claim=claim)
    handed_out: Files = {f"figures/{name}": content for name, content in figures.items()}
    release = values["release"]
    handed_out |= {f"tables/{release}/{name}": content for name, content in given.items()}
    handed_out |= {f"data/{name}": content for name, content in _read_folder(paths.raw()).items()}
    handed_out |= ledger_page.list_ledger_files(values["ledgers"], values["claims"], values["site"])
    handed_out["downloads/numbers.json"] = figures["numbers.json"]
    for record in records:
        data = pd.DataFrame(record["data"]["rows"], columns=record["data"]["columns"], dtype=object)
        handed_out[f"figures/{record['id']}.csv"] = data.to_csv(index=False, lineterminator="\n")
    columns = importlib.resources.files("helpers.prose") / "columns.csv"
    handed_out["downloads/columns.csv"] = columns.read_bytes()
    return files | {f"_extra/{name}": content for name, content in handed_out.items()}


def gather_values(
    records: list[dict[str, Any]], tables: Mapping[str, bytes], figures: Mapping[str, bytes]
) -> dict[str, Any]:
    """Gather what the pages of docs/site may name."""
    root = paths.root()
    site = os.environ.get("SITE_URL", "").rstrip("/")
    ledgers = {name: load_ledger(name) for name in list_claims_files()}
    releases = sorted(list_releases(), key=lambda info: info.published, reverse=True)
    citation = {"doi": ""} | load_yaml(root / "CITATION.cff")
    news = (root / "DATA_NEWS.md").read_text(encoding="utf-8").partition("\n")[2].strip()
    numbers = json.loads(figures["numbers.json"])
    release = numbers["03_eras/page.scope.release"]["value"]
    return {
        "site": site,
        "numbers": numbers,
        "release": release,
        "records": records,
        "tables": list(tables),
        "columns": load_columns(),
        "ledgers": ledgers,
        "held": pd.DataFrame([summarise(ledger) for ledger in ledgers.values()]).sum().to_dict(),
        "claims": ledger_page.gather_claims(ledgers, releases, site),
        "verdicts": ledger_page.VERDICTS,
        "codes": CODES,
        "stock": _read_chart(tables["pending_by_year.csv"], "lower", "upper", "is_comparable"),
        "flow": _read_chart(
            tables["lodged_by_year.csv"], "applied_lower", "applied_upper", "is_complete"
        ),
        "lessons": list_lessons(root / "notebooks" / "exercises"),
        "releases": releases,
        "packages": {info.name: read_package(paths.raw() / info.name) for info in releases},
        "news": mark_safe(news),
        "readme": mark_safe((root / "README.md").read_text(encoding="utf-8")),
        "citation": citation,
        "database": next(each for each in citation["references"] if each["type"] == "database"),
    }


def list_lessons(folder: Path) -> list[dict[str, str]]:
    """List the lessons of a folder: name, and from its opening the title, question and time."""
    listed = []
    for file in sorted(folder.glob("0*.py")):
        text = re.sub(r"(?m)^# ?", "", file.read_text(encoding="utf-8"))
        opening = re.search(
            r"^# (?P<title>[^\n]+).*?^\*\*Question\.\*\* (?P<question>.+?)\n\n"
            r".*?^\| \*\*Time\*\* \| (?P<time>[^|]+) \|", text, re.S | re.M,
        )  # fmt: skip
        if opening is None:
            raise ValueError(f"{file.name}: no title, question and time at its beginning")
        listed.append({"name": file.stem} | opening.groupdict())
    return listed


def _read_chart(table: bytes, low: str, high: str, is_sound: str) -> dict[str, Any]:
    """Plan a chart of a range by year; `is_sound` is false where a year does not compare."""
    frame = pd.read_csv(io.BytesIO(table))
    rows = frame[["year", low, high]].set_axis(["year", "value", "high"], axis=1)
    rows["high"] = rows["high"].astype(object).where(rows["high"].notna(), None)
    rows = rows.assign(is_used=True, is_broken=~frame[is_sound].astype(bool))
    return ledger_page.plan_chart(rows)


def _read_folder(folder: Path) -> dict[str, bytes]:
    """Read a folder's files by their path in it."""
    names = (name for name in sorted(list_files(folder)) if "/." not in f"/{name}")
    return {name: (folder / name).read_bytes() for name in names if "__pycache__" not in name}


def build_chapter(
    page: str, notebook: Mapping[str, Any], records: list[dict[str, Any]]
) -> dict[str, Any]:
    """Build a page, such as "notebooks/03_eras", of an executed notebook's JSON.

    Figures and tables are finished, and the study's own code is folded but for the parameters. A
    figure's record that the notebook shows is told where (`home`).
    """
    up, name = "../" * page.count("/"), page.removeprefix("notebooks/")
    known = {(record["number"], record["data_sha256"]): record for record in records}
    for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
        if (key := find_figure(output)) in known:
            known[key]["home"] = f"{page}.html#{name_anchor(key[0])}"
    pictures = {key: _show_file(record, up) for key, record in known.items()}
    chapter = dress_notebook(notebook, pictures)
    for cell in chapter["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and page.count("/") == 1 and "parameters" not in tags:
            cell["metadata"] = cell["metadata"] | {"tags": [*tags, "hide-input"]}
        elif "answer" in tags:  # folded in JupyterLab; whoever opens a solution wants to see it
            cell["metadata"] = cell["metadata"] | {"tags": ["answer"]}
    files = (
        f'<ul class="files"><li><a href="{up}downloads/{name}.ipynb" download>Notebook, executed'
        f'</a></li><li><a href="{up}downloads/{name}.py" download>Its source in Python</a></li>'
        "</ul>"
    )
    chapter["cells"].insert(1, {"cell_type": "markdown", "metadata": {}, "source": files})
    for place, cell in enumerate(chapter["cells"]):
        cell["id"] = f"cell-{place}"
    return chapter


def _show_file(record: Mapping[str, Any], up: str = "") -> Picture:
    """Say where a figure's files are, and how large its picture is.

    Its size keeps the place of a picture that is loaded when the reader comes near.
    """
    stem, (width, height) = f"{up}figures/{record['id']}", record["size"]
    return Picture(f"{stem}.svg", {"width": width, "height": height, "loading": "lazy"}, stem)


def make_environment(values: Mapping[str, Any]) -> Environment:
    """Make what fills the pages of docs/site with these values; what is put in is escaped."""
    by_id = {record["id"]: record for record in values["records"]}

    def number(name: str, filter: str = "") -> str:
        return render_number(name, filter, values["numbers"], "it asks for")

    def figure(id: str) -> str:
        if id not in by_id:
            raise ValueError(f"it asks for figure {id}; there is: {', '.join(by_id)}")
        record = by_id[id]
        words = record["caption"].split(". ", 1)[1]
        return mark_safe(FIGURE.render({**record, "caption": words, "picture": _show_file(record)}))

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=FileSystemLoader(paths.root() / "docs" / "site"),
    )  # fmt: skip
    environment.globals |= {**values, "number": number, "figure": figure}
    environment.filters["date"] = say_date
    environment.filters["bibtex"] = _make_escape(r"[&%$#_]")
    environment.filters["markdown"] = _make_escape(r"[\\`*_{}\[\]<>&#$|]")
    return environment


def _make_escape(marks: str) -> Callable[[str], str]:
    """Make a filter that puts a backslash before these marks."""
    return lambda text: mark_safe(re.sub(marks, r"\\\g<0>", text))


def fill_page(name: str, text: str, environment: Environment, **values: Any) -> str:
    """Fill a page of docs/site, whose `text` is a Jinja2 template; errors name the page."""
    try:
        return environment.from_string(text).render(values)
    except (TemplateError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from None
