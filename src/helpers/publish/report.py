"""A run's report: its executed notebooks on one page that needs nothing else, or that page as PDF.

Pictures are embedded, code is folded, nothing is fetched: the page reads the same offline, in
ten years, and on paper. nbconvert renders each notebook through the template in report/; its own
templates load scripts from a network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jinja2 import Environment
from nbconvert.exporters import TemplateExporter
from nbconvert.filters import Highlight2HTML, markdown2html_mistune
from traitlets.config import Config

from helpers import paths
from helpers.publish.outputs import dress_notebook, frame_tables
from helpers.study import ATTRIBUTION, LICENCE, TERMS, FailedError, InputError, say_unknown

PAGE = "report.html"
FORMATS = ("html", "pdf")
APPENDICES = ("01_fetch", "02_clean", "07_robustness")
SECONDS = 180  # after which Chromium is ended
VARIABLE = "ASYLUM_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without its sandbox it starts for root and in containers too; what it opens is this project's own.
QUIET = ("--no-first-run", "--disable-background-networking", "--disable-gpu", "--no-sandbox")
MISSING = f"no Chromium: none of {', '.join(NAMES)} is installed, and {VARIABLE} names none"

_PAGE = Path(__file__).parent / "report" / "page.html.j2"
_HEADING = re.compile(
    r'<h([1-6])(?: id="[^"]*")?>(.*?)(?:<a class="anchor-link".*?</a>)?</h\1>', re.S
)
_BARE_TABLE = re.compile(r"<table>\s*<thead>.*?</table>", re.S)  # Markdown's
_MANIFEST = {"outcome", "ended", "headlines", "outputs", "parameters", "release", "title"}
_HIDDEN_TAGS = {"injected-parameters", "papermill-error-cell-tag"}


def write_report(name: str | None, form: str | None, out: Path | None) -> Path:
    """Write a run's report as one file.

    Parameters
    ----------
    name : str or None
        The run's name or folder; None is the complete run that ended last.
    form : str or None
        html or pdf; None is what `out` ends in, else html.
    out : Path or None
        The file; None is report.html or report.pdf in the run's folder.

    Returns
    -------
    Path
        The file. A page that is as its run left it is not written again.

    Raises
    ------
    InputError
        Where the run, the format or the file cannot be used, or there is no Chromium.
    FailedError
        Where Chromium prints no PDF.
    """
    form = form or (out.suffix.removeprefix(".").lower() if out else "") or FORMATS[0]
    if form not in FORMATS:
        raise InputError(say_unknown("format", form, FORMATS))
    if out and out.suffix.lower() != f".{form}":
        raise InputError(f"--out {out} must end in .{form}")
    folder, manifest = find_run(name)
    target = out or folder / f"report.{form}"
    if target.is_dir():
        raise InputError(f"{target} is a folder: --out names a file, such as report.{form}")
    if target != folder / PAGE or _find_changed(folder, manifest, PAGE):
        page = render_run(folder, manifest)
        content = print_pdf(page) if form == "pdf" else page
        try:
            paths.write_atomic(target, content)
        except OSError as error:
            raise InputError(f"cannot write {target}: {error.strerror}") from None
    return target


def find_run(name: str | None) -> tuple[Path, dict[str, Any]]:
    """Find a run's folder and manifest by its name; without one, the complete run that ended last.

    InputError where there is no such run, it did not complete, or its notebooks were changed since.
    """
    known = {}
    for file in sorted(paths.runs().glob("[!.]*/manifest.json")):
        with suppress(OSError, ValueError, RecursionError):
            manifest = json.loads(file.read_text(encoding="utf-8"))
            if isinstance(manifest, dict) and {*manifest} >= _MANIFEST:  # else it is no run
                known[file.parent.name] = manifest
    whole = [each for each in known if known[each]["outcome"] == "complete"]
    if not (whole if name is None else known):
        raise InputError(f"no complete run is in {paths.runs()}: `asylum run` makes one")
    if name is None:
        name = max(whole, key=lambda each: (known[each]["ended"], each))
    folder = Path(name) if "/" in name else paths.runs() / name
    if folder.resolve().parent != paths.runs().resolve() or folder.name not in known:
        raise InputError(say_unknown("run", name, tuple(known)))
    manifest = known[folder.name]
    if manifest["outcome"] != "complete":
        raise InputError(f"the run {folder.name} failed, and a report needs a whole one")
    if changed := _find_changed(folder, manifest, "notebooks/"):
        raise InputError(
            f"runs/{folder.name}: {', '.join(changed)} is not as the run left it: "
            f"run it again, with --force where nothing else has changed"
        )
    return folder, manifest


def _find_changed(folder: Path, manifest: Mapping[str, Any], part: str) -> list[str]:
    """Name what of this file or folder is not as the run left it."""
    left = {name: text for name, text in manifest["outputs"].items() if name.startswith(part)}
    files = {name: folder / name for name in left}
    found = {n: hashlib.sha256(f.read_bytes()).hexdigest() for n, f in files.items() if f.is_file()}
    return [name for name in left if found.get(name) != left[name]]


def render_run(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Render a run's report: one HTML page without scripts, which loads nothing.

    Parameters
    ----------
    folder : Path
        The run's folder. Of its executed notebooks, those that are no part of the argument
        (`APPENDICES`) come last and folded.
    manifest : mapping
        The run's manifest: the headlines lead the page, parameters and keys end it.
    """
    exporter = TemplateExporter(  # HTMLExporter would parse each chapter's pictures once more
        template_name="report",
        template_file="index.html.j2",
        extra_template_basedirs=[str(_PAGE.parents[1])],
        filters={"highlight_code": Highlight2HTML()},
        config=Config(TagRemovePreprocessor={"remove_cell_tags": _HIDDEN_TAGS, "enabled": True}),
    )
    chapters = []
    for file in sorted((folder / "notebooks").glob("*.ipynb")):
        notebook = dress_notebook(json.loads(file.read_text(encoding="utf-8")))
        chapters.append(_make_chapter(file.stem, exporter.from_notebook_node(notebook)[0]))
    style = _PAGE.with_name("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    said = [markdown2html_mistune(text).strip() for text in manifest["headlines"]]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_PAGE.read_text(encoding="utf-8")).render(
        chapters=[each for each in chapters if each["name"] not in APPENDICES],
        appendices=[each for each in chapters if each["name"] in APPENDICES],
        manifest=manifest, style=style, style_hash=f"sha256-{digest}",
        headlines=[re.sub(r"^<p>(.*)</p>$", r"\1", text, flags=re.S) for text in said],
        source=ATTRIBUTION, terms=TERMS, licence=LICENCE["path"],
    )  # fmt: skip


def _make_chapter(name: str, html: str) -> dict[str, Any]:
    """Lower a chapter's headings below the page's title, and list them with their anchors."""
    found: list[tuple[int, str, str]] = []

    def lower(match: re.Match[str]) -> str:
        level, text = int(match[1]), match[2].strip()
        found.append((level, f"{name}-{len(found) + 1}", re.sub(r"<[^>]+>", "", text)))
        below = min(level + 1, 6)
        return f'<h{below} id="{found[-1][1]}">{text}</h{below}>'

    html = _BARE_TABLE.sub(lambda table: frame_tables(table[0]), _HEADING.sub(lower, html))
    _, anchor, title = found[0] if found else (1, name, name)
    sections = [(anchor, text) for level, anchor, text in found if level == 2]
    return {"name": name, "anchor": anchor, "title": title, "sections": sections, "html": html}


def find_chromium() -> str | None:
    """Find Chromium or Chrome: what ASYLUM_CHROMIUM names (InputError if no program), or usual."""
    named = os.environ.get(VARIABLE)
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    if named and found is None:
        raise InputError(f"{VARIABLE} names {named}, which is no program that can be run")
    return found


def print_pdf(page: str) -> bytes:
    """Print a page to PDF with headless Chromium, in a folder that is gone afterwards.

    InputError where there is no Chromium; FailedError where it fails or needs over `SECONDS`.
    """
    chromium = find_chromium()
    if chromium is None:
        raise InputError(f"{MISSING}. A report as HTML needs none, and any browser prints it")
    with tempfile.TemporaryDirectory(prefix="asylum-report-", ignore_cleanup_errors=True) as name:
        source, target = Path(name, PAGE), Path(name, "report.pdf")
        source.write_text(page, encoding="utf-8")
        options = ["--no-pdf-header-footer", "--generate-pdf-document-outline"]
        places = [f"--user-data-dir={name}/profile", f"--print-to-pdf={target}", source.as_uri()]
        try:
            subprocess.run(
                [chromium, "--headless", *QUIET, *options, *places],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS,
            )  # fmt: skip
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise FailedError(f"{chromium} printed no PDF: {error}") from None
