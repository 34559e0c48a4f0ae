"""The reference run: made anew, compared with what is committed, and written where asked for."""

from __future__ import annotations

import difflib
import io
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbdime
import nbformat
from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff

from helpers import paths
from helpers.publish.replication import render_readme, render_replication
from helpers.running.execute import execute_all
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import clean_notebook, read_paired, write_notebook
from helpers.running.outcomes import Failure
from helpers.running.results import NUMBERS, make_paths_final, merge_numbers
from helpers.running.runs import Settings

README = "README.md"
REPLICATION = "docs/replication.md"


@dataclass(frozen=True)
class Reference:
    """What the reference run makes, by path: notebooks, figures, numbers and the pages of both.

    A file that is in figures/ and that no notebook makes has no content.
    """

    files: Mapping[Path, bytes | None]
    failures: tuple[Failure, ...] = ()

    @property
    def changes(self) -> dict[Path, bytes | None]:
        """The files that differ from what is there."""
        return {path: new for path, new in self.files.items() if _read(path) != new}

    def write(self) -> None:
        """Write what differs, each file whole or not at all."""
        for path, content in self.changes.items():
            if content is None:
                path.unlink()
            else:
                paths.write_atomic(path, content)


def make_reference(settings: Settings) -> Reference:
    """Execute all notebooks with their defaults in a scratch folder; nothing is written here."""
    with tempfile.TemporaryDirectory(prefix="asylum-") as scratch:
        folder = Path(scratch) / "run"
        folder.mkdir()
        done = execute_all({"run_dir": str(folder)}, folder, settings.workers, settings.progress)
        failures = tuple(each.failure for each in done if each.failure)
        if failures:
            return Reference({}, failures)
        numbers = merge_numbers(folder)
        make_paths_final(folder, paths.runs() / "reference")
        notebooks = {
            source: clean_notebook(read_paired(folder / "notebooks" / f"{source.stem}.ipynb"))
            for source in list_notebooks()
        }
        figures = {file.name: file.read_bytes() for file in (folder / "figures").glob("*.*")}
    files: dict[Path, bytes | None] = {
        file: None for file in paths.figures().glob("*.*") if not file.name.startswith(".")
    }
    files |= {paths.figures() / name: content for name, content in figures.items()}
    texts = {source.with_suffix(".ipynb"): write_notebook(each)
             for source, each in notebooks.items()}  # fmt: skip
    listed = json.dumps(numbers, indent=1, sort_keys=True, ensure_ascii=False)
    texts[paths.figures() / NUMBERS] = listed + "\n"
    readme, replication = (paths.root() / name for name in (README, REPLICATION))
    if readme.is_file():
        texts[readme] = render_readme(readme.read_text(encoding="utf-8"), numbers)
    if replication.is_file():
        by_name = {source.stem: each for source, each in notebooks.items()}
        text = replication.read_text(encoding="utf-8")
        texts[replication] = render_replication(text, by_name, figures)
    return Reference(files | {path: text.encode() for path, text in texts.items()})


def describe_change(path: Path, new: bytes | None) -> str:
    """Show how a file would change: a notebook by nbdime, a text line by line."""
    place, old = path.relative_to(paths.root()).as_posix(), _read(path)
    if old is None or new is None:
        return f"{place} is new" if old is None else f"{place} goes"
    if path.suffix == ".ipynb":
        one, other = (nbformat.reads(each.decode(), as_version=4) for each in (old, new))
        shown = io.StringIO()
        config = PrettyPrintConfig(out=shown, use_color=False)
        differences = nbdime.diff_notebooks(one, other)
        pretty_print_notebook_diff(place, place, one, differences, config)
        return shown.getvalue().rstrip()
    if path.suffix in (".json", ".md"):
        before, after = old.decode().splitlines(), new.decode().splitlines()
        return "\n".join(difflib.unified_diff(before, after, place, place, n=1, lineterm=""))
    return f"{place}: the picture changes"


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
