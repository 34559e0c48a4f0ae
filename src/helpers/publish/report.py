"""A run's report: its executed notebooks on one page that needs nothing else, or that page as PDF.

Pictures are embedded, code is folded, nothing is fetched: the page reads the same offline, in
ten years, and on paper. nbconvert turns Markdown, code and terminal colours into HTML; the page
around them is this package's own template, because nbconvert's templates load scripts from a
network. A picture is the run's SVG, sharp at any size and a third of the notebook's PNG.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from helpers import paths
from helpers.study import ATTRIBUTION, LICENCE, TERMS, InputError, say_unknown

PAGE = "report.html"
FORMATS = ("html", "pdf")
SECONDS = 180  # after which Chromium is ended
VARIABLE = "ASYLUM_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where macOS keeps programs that are on no PATH.
_BUNDLES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Loopback passes by a proxy; whatever else a page asks for is sent to a port where nobody listens.
OFFLINE = ("--proxy-server=http://127.0.0.1:9", "--host-resolver-rules=MAP * ~NOTFOUND , "
           "EXCLUDE localhost , EXCLUDE 127.0.0.1", "--disable-quic")  # fmt: skip
# Without its sandbox it starts for root and in containers too; what it opens is this project's own.
QUIET = (
    "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu", "--disable-extensions",
    "--disable-default-apps", "--disable-breakpad", "--no-sandbox",
)  # fmt: skip
MISSING = f"no Chromium: none of {', '.join(NAMES)} is installed, and {VARIABLE} names none"

_TEMPLATE = Path(__file__).with_name("report.html.j2")
_HEADING = re.compile(r'<h([1-6]) id="([^"]*)">(.*?)(?:<a class="anchor-link".*?</a>)?</h\1>', re.S)
CARD = re.compile(r"^Figure (\S+)\. (.*) \[data sha256 ([0-9a-f]+)\]$", re.S)
_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.S)
_TABLE = re.compile(r"<table>.*?</table>", re.S)
_HEADINGS = re.compile(r"<th(?: [^>]*)?>(.*?)</th>", re.S)
_TAG = re.compile(r"<[^>]+>")
_HIDDEN_TAGS = {"injected-parameters", "papermill-error-cell-tag"}
_FEW_ROWS = 16


class PrintError(RuntimeError):
    """Chromium did not print the page."""


class Entry(NamedTuple):
    """A heading or a figure for the lists of contents."""

    level: int
    anchor: str
    text: str


class Picture(NamedTuple):
    """A figure as the run has stored it: its finding, and its SVG."""

    title: str
    svg: str


# By number and digest of the data, so that no picture is shown where another was drawn.
Pictures = Mapping[tuple[str, str], Picture]


@dataclass
class Chapter:
    """One notebook as HTML, with its headings and its figures for the lists of contents."""

    name: str
    html: str = ""
    entries: list[Entry] = field(default_factory=list)
    figures: list[Entry] = field(default_factory=list)


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
    PrintError
        Where Chromium prints no PDF.
    """
    form = _choose_format(form, out)
    folder, manifest = find_run(name)
    target = out or folder / f"report.{form}"
    if target.is_dir():
        raise InputError(f"{target} is a folder: --out names a file, such as report.{form}")
    if target != folder / PAGE or _find_changed(folder, manifest, [PAGE]):
        chromium = require_chromium() if form == "pdf" else None
        page = render_run(folder, manifest)
        content = print_pdf(page, chromium) if chromium else page.encode("utf-8")
        try:
            paths.write_atomic(target, content)
        except OSError as error:
            raise InputError(f"cannot write {target}: {error.strerror}") from None
    return target


def _choose_format(form: str | None, out: Path | None) -> str:
    """Return the format asked for, by name or by the ending of the file."""
    if form is not None and form not in FORMATS:
        raise InputError(say_unknown("format", form, FORMATS))
    if out is None:
        return form or FORMATS[0]
    ending = out.suffix.lower().removeprefix(".")
    if ending not in ((form,) if form else FORMATS):
        wanted = f".{form}" if form else " or ".join(f".{each}" for each in FORMATS)
        raise InputError(f"--out {out} must end in {wanted}")
    return ending


def find_run(name: str | None) -> tuple[Path, dict[str, Any]]:
    """Find a run by its name or folder; without one, the complete run that ended last.

    Returns
    -------
    tuple
        The run's folder and its manifest.

    Raises
    ------
    InputError
        Where there is no such run, it did not complete, or what it left was changed since.
    """
    known = {}
    for file in sorted(paths.runs().glob("[!.]*/manifest.json")):
        with suppress(OSError, ValueError):
            known[file.parent.name] = json.loads(file.read_text(encoding="utf-8"))
    if not known:
        raise InputError(f"no run is on file in {paths.runs()}: `asylum run` makes one")
    if name is None:
        whole = [each for each in known if known[each]["outcome"] == "complete"]
        if not whole:
            raise InputError(f"no run in {paths.runs()} is complete: `asylum run` makes one")
        name = max(whole, key=lambda each: (known[each]["ended"], each))
    folder = Path(name) if "/" in name else paths.runs() / name
    if folder.resolve().parent != paths.runs().resolve() or folder.name not in known:
        raise InputError(say_unknown("run", name, tuple(known)))
    manifest = known[folder.name]
    if manifest["outcome"] != "complete":
        raise InputError(f"the run {folder.name} failed, and a report needs a whole one")
    if changed := _find_changed(folder, manifest, ["notebooks", "figures"]):
        raise InputError(
            f"runs/{folder.name}: {', '.join(changed)} is not as the run left it: "
            f"run it again, with --force where nothing else has changed"
        )
    return folder, manifest


def _find_changed(folder: Path, manifest: Mapping[str, Any], parts: Sequence[str]) -> list[str]:
    """Name what of these files and folders is not as the run left it."""
    changed = []
    for name, recorded in manifest.get("outputs", {}).items():
        file = folder / name
        if name.split("/")[0] in parts and not (
            file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == recorded
        ):
            changed.append(name)
    return changed


def render_run(folder: Path, manifest: dict[str, Any]) -> str:
    """Render report.html from a run's executed notebooks and stored figures."""
    pictures = {}
    for file in sorted((folder / "figures").glob("*.svg")):
        words = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        picture = Picture(words["title"], file.read_text(encoding="utf-8"))
        pictures[words["number"], words["data_sha256"]] = picture
    notebooks = sorted((folder / "notebooks").glob("*.ipynb"))
    return render_report(
        [file.read_text(encoding="utf-8") for file in notebooks], manifest, pictures
    )


def render_report(
    notebooks: Sequence[str], manifest: dict[str, Any], pictures: Pictures | None = None
) -> str:
    """Render a run's report.

    Parameters
    ----------
    notebooks : sequence of str
        The executed notebooks' JSON, in reading order.
    manifest : dict
        The run's manifest: parameters, release, key and headlines are shown on top.
    pictures : mapping, optional
        The run's figures; one that is not among them is shown as the notebook's own picture.

    Returns
    -------
    str
        One HTML page without scripts and without addresses that a browser would load.
    """
    from jinja2 import Environment

    chapters = [_render_chapter(json.loads(text), pictures or {}) for text in notebooks]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    headlines = [
        re.sub(r"^\s*<p>(.*)</p>\s*$", r"\1", _render_markdown(text), flags=re.S)
        for text in manifest["headlines"]
    ]
    figures = [entry for chapter in chapters for entry in chapter.figures]
    return template.render(
        chapters=chapters, manifest=manifest, headlines=headlines, figures=figures,
        source=ATTRIBUTION, terms=TERMS, licence=LICENCE["path"],
    )  # fmt: skip


def _render_chapter(notebook: dict[str, Any], pictures: Pictures) -> Chapter:
    """Render one notebook's cells."""
    stem = str(notebook.get("metadata", {}).get("papermill", {}).get("output_path") or "notebook")
    chapter = Chapter(Path(stem).stem)
    parts = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if _HIDDEN_TAGS & set(cell.get("metadata", {}).get("tags", [])):
            continue
        if cell["cell_type"] == "markdown":
            html = _lower_headings(_render_prose(source), chapter)
            parts.append(f'<div class="prose">{html}</div>')
        elif cell["cell_type"] == "code" and source.strip():
            parts.append(_fold_code(source))
            parts += [_render_output(output, chapter, pictures) for output in cell["outputs"]]
    chapter.html = "\n".join(filter(None, parts))
    return chapter


def preload() -> None:
    """Import nbconvert, which takes a second or two, ahead of its use."""
    _render_markdown("")
    _fold_code("1")


def _render_markdown(text: str) -> str:
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return str(markdown2html_mistune(text))


def _render_prose(text: str) -> str:
    """Render Markdown; its tables, which have no caption, are named by their columns."""
    return _TABLE.sub(lambda table: frame_table(table[0]), _render_markdown(text))


def _lower_headings(html: str, chapter: Chapter) -> str:
    """Lower headings below the page's title, give them anchors of their own, note them down."""

    def lower(match: re.Match[str]) -> str:
        level, text = int(match[1]), match[3].strip()
        anchor = f"{chapter.name}-{len(chapter.entries) + 1}"
        chapter.entries.append(Entry(level, anchor, _TAG.sub("", text)))
        below = min(level + 1, 6)
        return f'<h{below} id="{anchor}">{text}</h{below}>'

    return _HEADING.sub(lower, html)


def _fold_code(source: str) -> str:
    from nbconvert.filters.highlight import Highlight2HTML

    lines = len(source.splitlines())
    summary = f"code, {lines} line{'s' if lines > 1 else ''}"
    code = Highlight2HTML()(source, language="python").replace("<pre>", '<pre tabindex="0">', 1)
    return f'<details class="code"><summary>{summary}</summary>{code}</details>'


def _render_output(output: dict[str, Any], chapter: Chapter, pictures: Pictures) -> str:
    """Render an output in its richest form that needs no script."""
    kind = output["output_type"]
    if kind == "stream":
        return _frame_text(_render_terminal("".join(output["text"])), output["name"])
    if kind == "error":
        return _frame_text(_render_terminal("\n".join(output["traceback"])), "stderr")
    data = {mime: "".join(content) for mime, content in output["data"].items()}
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            words = output.get("metadata", {}).get(mime, {})
            return _render_picture(data, mime, words, chapter, pictures)
    if "text/html" in data:
        html = data["text/html"]
        return frame_table(html) if "<table" in html else f'<div class="html">{html}</div>'
    if "text/markdown" in data:
        return f'<div class="prose said">{_render_prose(data["text/markdown"])}</div>'
    plain = data.get("text/plain")
    return _frame_text(escape(plain)) if plain else ""


def _frame_text(html: str, kind: str = "") -> str:
    """Show text as it was printed; the keyboard reaches what is too wide."""
    return f'<pre class="{f"text {kind}".strip()}" tabindex="0">{html}</pre>'


def _render_terminal(text: str) -> str:
    from nbconvert.filters.ansi import ansi2html

    return str(ansi2html(text.rstrip("\n")))


def _render_picture(
    data: Mapping[str, str], mime: str, words: Mapping[str, Any], chapter: Chapter,
    pictures: Pictures,
) -> str:  # fmt: skip
    """Embed a picture with its alternative text; number, caption and digest come below it."""
    address = f"data:{mime};base64,{''.join(data[mime].split())}"
    card = CARD.match(data.get("text/plain", ""))
    alt = escape(words.get("alt") or (card[2] if card else ""))
    width = f' width="{int(words["width"])}"' if words.get("width") else ""
    if not card:
        return f'<figure><img src="{address}" alt="{alt}"{width}></figure>'
    number, caption, digest = card.groups()
    stored = pictures.get((number, digest))
    anchor = f"{chapter.name}-figure-{len(chapter.figures) + 1}"
    title = stored.title if stored else caption.partition(". ")[0]
    chapter.figures.append(Entry(0, anchor, f"{number} {escape(title)}"))
    if stored:
        address = make_svg_address(stored.svg)
    return (
        f'<figure id="{anchor}"><img src="{address}" alt="{alt}"{width}>'
        f"<figcaption><strong>Figure {number}.</strong> {escape(caption)} "
        f'<span class="digest">data sha256 {digest}</span></figcaption></figure>'
    )


def frame_table(html: str) -> str:
    """Put a table into a region that scrolls and that the keyboard reaches, named by its caption.

    One without a caption is named by its columns; a short one stays on one page of paper.
    """
    caption = _CAPTION.search(html)
    name = caption[1] if caption else f"table: {', '.join(_HEADINGS.findall(html))}"
    plain = _TAG.sub("", name.partition("<br>")[0]).strip().replace('"', "&quot;")
    kind = "scroll" if html.count("<tr") > _FEW_ROWS else "scroll short"
    return f'<div class="{kind}" role="region" tabindex="0" aria-label="{plain}">{html}</div>'


def make_svg_address(text: str) -> str:
    """Return a `data:` address of an SVG, to be put between double quotes.

    What is not drawn is left out, title and description too, since an `<img>` carries its words
    itself; coordinates are rounded to a hundredth of a point, which no screen and no printer shows.

    >>> make_svg_address('<svg fill="#fff"><!-- a --><g id="b"><path d="M 1.23456 7"/></g></svg>')
    "data:image/svg+xml,%3Csvg fill='%23fff'%3E%3Cg%3E%3Cpath d='M 1.23 7'/%3E%3C/g%3E%3C/svg%3E"
    """
    kept = re.sub(r"^.*?(?=<svg\b)", "", text, flags=re.S)
    idle = r"<!--.*?-->|<metadata>.*?</metadata>|<(title|desc)\b[^>]*>.*?</\1>"
    kept = re.sub(idle, "", kept, flags=re.S)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]*)', kept))
    kept = re.sub(r' id="([^"]*)"', lambda name: name[0] if name[1] in used else "", kept)
    kept = re.sub(r' aria-labelledby="[^"]*"', "", kept)
    kept = re.sub(r'(?<=\s)(d|x|y)="([^"]*)"', _round_coordinates, kept)
    kept = re.sub(r">\s+<", "><", kept).strip()
    # A single quote costs one character, a double one three.
    quoted = kept if "'" in kept else kept.replace('"', "'")
    return f"data:image/svg+xml,{quote(quoted, safe=' !()*+,-./:;=?@[]^_`{|}~$' + chr(39))}"


def _round_coordinates(match: re.Match[str]) -> str:
    # + 0.0 makes minus nought nought.
    rounded = re.sub(r"-?\d+\.\d+", lambda n: f"{round(float(n[0]), 2) + 0.0:g}", match[2])
    return f'{match[1]}="{" ".join(rounded.split())}"'


def find_chromium() -> Path | None:
    """Find Chromium or Chrome: the one that ASYLUM_CHROMIUM names, else by the usual names.

    Raises
    ------
    InputError
        Where the variable names what is no program.
    """
    named = os.environ.get(VARIABLE)
    found = next(filter(None, map(shutil.which, [named] if named else [*NAMES, *_BUNDLES])), None)
    if named and found is None:
        raise InputError(f"{VARIABLE} names {named}, which is no program that can be run")
    return Path(found) if found else None


def require_chromium() -> Path:
    """Find Chromium, or raise an InputError that says what is missing."""
    found = find_chromium()
    if found is None:
        raise InputError(f"{MISSING}. A report as HTML needs none, and any browser prints it")
    return found


def print_pdf(page: str, chromium: Path, seconds: float = SECONDS) -> bytes:
    """Print a page to PDF with headless Chromium, offline, in a folder that is gone afterwards.

    Parameters
    ----------
    page : str
        HTML that needs nothing else.
    chromium : Path
        The program.
    seconds : float
        After which Chromium is ended.

    Raises
    ------
    PrintError
        Where Chromium takes too long, or ends without a whole PDF.
    """
    with tempfile.TemporaryDirectory(prefix="asylum-report-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / PAGE, folder / "report.pdf"
        source.write_text(page, encoding="utf-8")
        output = _run_chromium(chromium, folder, source, target, seconds)
        pdf = target.read_bytes() if target.is_file() else b""
    if not (pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")):
        # The last line that is about the page and not about the desktop's services.
        lines = [line.strip() for line in output.splitlines() if "dbus" not in line]
        reason = next(filter(None, reversed(lines)), "it said nothing")
        raise PrintError(f"{chromium} printed no PDF: {reason}")
    return pdf


def _run_chromium(chromium: Path, folder: Path, source: Path, target: Path, seconds: float) -> str:
    """Run Chromium and return what it printed; its whole family ends with it."""
    command = [
        str(chromium), "--headless", *OFFLINE, *QUIET,
        f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer",
        "--generate-pdf-document-outline", f"--print-to-pdf={target}", source.as_uri(),
    ]  # fmt: skip
    # Whatever it keeps besides its profile, it keeps in the folder too.
    places = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    environment = os.environ | dict.fromkeys(places, str(folder))
    with (folder / "output").open("w+b") as output:
        try:
            process = subprocess.Popen(
                command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise PrintError(f"{chromium} cannot be started: {error.strerror}") from None
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise PrintError(f"{chromium} printed nothing within {seconds:.0f} seconds") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        return output.read().decode("utf-8", "replace")
