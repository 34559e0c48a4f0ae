"""Build the site whole or not at all: put the sources together, run Sphinx, move the result."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from helpers import paths
from helpers.running.runs import Outcome, run_study
from helpers.running.staging import exchange
from helpers.study import InputError, Study

NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme")
_MARK = "searchindex.js"  # what tells a site from any other folder
_LAST_LINES = 30
# What Sphinx and its themes leave that no page needs.
_LEFT_OVERS = (
    ".buildinfo", "objects.inv", "_static/webpack-macros.html", "_static/sbt-webpack-macros.html",
)  # fmt: skip


class SiteError(Exception):
    """The site could not be built; the message says why."""


def build_site(target: Path) -> str:
    """Build the site into a folder, which is replaced as a whole.

    Parameters
    ----------
    target : Path
        A folder that is not there yet, is empty, or holds an earlier site.

    Returns
    -------
    str
        One line on what was built.

    Raises
    ------
    InputError
        Where a library is missing, or the target is no folder for a site.
    SiteError
        Where the run fails or is not the committed one, or Sphinx warns. What stood in the target
        stays.
    """
    check_libraries()
    check_target(target)
    run = make_run()
    paths.build().mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="site-") as scratch:
        pages = Path(scratch) / "html"
        count = build_pages(run.folder / "tables", Path(scratch) / "source", pages)
        move_in(pages, target)
    return f"{count} pages in {target}: open {target / 'index.html'}"


def check_libraries() -> None:
    """Refuse to start where a library of the extra `site` is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f"the site needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} "
            "not installed: `make setup` installs all, or `pip install -e '.[site]'`"
        )


def check_target(target: Path) -> None:
    """Refuse to replace a folder that is no site."""
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file: name a folder with --out")
    if target.is_dir() and any(target.iterdir()) and not (target / _MARK).exists():
        raise InputError(f"{target} holds other files than a site: name another folder with --out")


def make_run() -> Outcome:
    """Make the default run where it is not on file, and hold it to the committed one."""
    outcome = run_study(Study.resolve())
    if outcome.failures:
        raise SiteError("\n".join(failure.describe() for failure in outcome.failures))
    committed, fresh = ((folder / "numbers.json").read_text(encoding="utf-8")
                        for folder in (paths.figures(), outcome.folder))  # fmt: skip
    if json.loads(committed) != json.loads(fresh):
        raise SiteError("the committed notebooks are not what a run gives now: see asylum check")
    return outcome


def build_pages(tables: Path, source: Path, pages: Path) -> int:
    """Write the source folder, run Sphinx over it and let each part write its folder.

    Returns
    -------
    int
        The number of pages.
    """
    from helpers.publish.site.assemble import assemble
    from helpers.publish.site.parts import PARTS
    from helpers.publish.site_material import load_material

    beside = pages.with_name("parts")
    with ThreadPoolExecutor(1) as side:  # the parts are made while Sphinx runs in its process
        making = [side.submit(part.build, beside) for part in PARTS]
        write_files(source, assemble(load_material(tables)))
        run_sphinx(source, pages)
        for part, made in zip(PARTS, making, strict=True):
            made.result()
            shutil.move(beside / part.name, pages / part.name)
    return sum(1 for _ in pages.rglob("*.html"))


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files into a scratch folder."""
    for name, content in files.items():
        paths.write_atomic(folder / name, content, is_durable=False)


def run_sphinx(source: Path, pages: Path) -> None:
    """Run Sphinx; every warning is an error, and so is a name that leads nowhere."""
    options = ["-b", "html", "-n", "-W", "--keep-going", "-q", "--no-color"]
    folders = ["-d", str(source.parent / "doctrees"), str(source), str(pages)]
    command = [sys.executable, "-m", "sphinx", *options, *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).replace(f"{source}/", "").strip().splitlines()
        raise SiteError("\n".join(["Sphinx found faults:", *said[-_LAST_LINES:]]))
    for name in _LEFT_OVERS:
        (pages / name).unlink(missing_ok=True)
    shutil.rmtree(pages / "_sources", ignore_errors=True)
    (pages / ".nojekyll").touch()


def move_in(pages: Path, target: Path) -> None:
    """Put the finished site in the target's place; what stood there is gone afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        fresh = beside / "fresh"
        shutil.move(pages, fresh)
        if not target.exists():
            fresh.rename(target)
        elif not exchange(fresh, target):
            target.rename(beside / "old")
            fresh.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
