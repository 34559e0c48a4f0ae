"""The committed notebooks and figures: checked, made anew, and written where asked for.

`asylum check` is pytest on what is committed and writes nothing into the project; `asylum bless`
makes the reference run anew and shows what changes.
"""

from __future__ import annotations

import difflib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import nbdime
import nbformat
from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff

from helpers import paths
from helpers.publish import replication
from helpers.running.execute import Failure, Say, execute_all, make_environment, say_nothing
from helpers.running.inputs import list_notebooks
from helpers.running.notebooks import clean_notebook, read_paired, write_notebook
from helpers.running.runs import NUMBERS, make_paths_final, merge_numbers, name_run
from helpers.running.staging import open_staging
from helpers.study import InputError, Study, say_unknown

README = "README.md"
REPLICATION = "docs/replication.md"
CODECHECK = "codecheck.yml"
Files = dict[Path, bytes | None]


def make_reference(workers: int = 0, say: Say = say_nothing) -> tuple[Files, tuple[Failure, ...]]:
    """Execute all notebooks with their defaults in a scratch folder; nothing is written here.

    Returns what would change, as `find_changes` does, and the notebooks that failed. A figure that
    no notebook makes has no content.
    """
    with open_staging("asylum-bless") as folder:
        done = execute_all({"run_dir": str(folder)}, folder, workers, say)
        failures = tuple(each.failure for each in done if each.failure)
        if failures:
            return {}, failures
        numbers, _ = merge_numbers(folder)
        make_paths_final(folder, paths.runs() / "reference")
        executed = sorted((folder / "notebooks").glob("*.ipynb"))
        notebooks = {file.stem: clean_notebook(read_paired(file)) for file in executed}
        figures = {file.name: file.read_bytes() for file in (folder / "figures").glob("*.*")}
    files: Files = dict.fromkeys(paths.figures().glob("[!.]*.*"))
    files |= {paths.figures() / name: content for name, content in figures.items()}
    for name, each in notebooks.items():
        files[paths.notebooks() / f"{name}.ipynb"] = write_notebook(each).encode()
    listed = json.dumps(numbers, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    files[paths.figures() / NUMBERS] = listed.encode()
    made = replication.list_made(notebooks, figures)
    run = f"runs/{name_run(Study.resolve())}"
    renderers: dict[str, Callable[[str], str]] = {
        README: lambda text: replication.render_readme(text, numbers),
        REPLICATION: lambda text: replication.render_replication(text, made),
        CODECHECK: lambda text: replication.render_codecheck(text, made, run),
    }
    for name, render in renderers.items():
        if (page := paths.root() / name).is_file():
            files[page] = render(page.read_text(encoding="utf-8")).encode()
    return find_changes(files), ()


def find_changes(files: Mapping[Path, bytes | None]) -> Files:
    """Return the files that differ from what is there; those without content are to go."""
    return {path: new for path, new in files.items() if _read(path) != new}


def write_changes(changes: Mapping[Path, bytes | None]) -> None:
    """Write files, each whole or not at all, and remove those without content."""
    for path, content in changes.items():
        if content is None:
            path.unlink()
        else:
            paths.write_atomic(path, content)


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
    if path.suffix in (".png", ".svg"):
        return f"{place}: the picture changes"
    before, after = old.decode().splitlines(), new.decode().splitlines()
    return "\n".join(difflib.unified_diff(before, after, place, place, n=1, lineterm=""))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def check(wanted: Sequence[str], workers: int = 0, *, is_rerun: bool = True) -> bool:
    """Run the guards, nbval on kernels that start cold, and the notebooks' rerun.

    `wanted` names the notebooks for nbval; where empty all, the lessons and the rerun too. Without
    `is_rerun` nothing is executed. Returns whether all is as committed; pytest prints what is not.
    """
    root, known = paths.root(), {file.stem: file for file in list_notebooks()}
    names = sorted({Path(each).stem for each in wanted})
    for name in names:
        if name not in known:
            raise InputError(say_unknown("notebook", name, tuple(known)))
    lessons = [folder for folder in (paths.exercises(), paths.solutions()) if folder.is_dir()]
    sources = [known[name] for name in names] or [
        *known.values(), *(file for folder in lessons for file in list_notebooks(folder))
    ]  # fmt: skip
    command = [sys.executable, "-P", "-m", "pytest", "-q", "--tb=short"]
    command += ["-p", "no:cacheprovider", "tests/notebooks/test_guards.py"]
    if is_rerun:
        size = workers or min(2, os.cpu_count() or 1)
        command += ["-n", str(size), "--dist", "loadscope"]
        command += ["--nbval", "--nbval-sanitize-with", "tests/nbval-sanitise.cfg"]
        command += [str(source.with_suffix(".ipynb").relative_to(root)) for source in sources]
        command += [] if wanted else ["tests/notebooks/test_rerun.py"]
    with tempfile.TemporaryDirectory(prefix="asylum-check-") as scratch:
        folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        own = {name: str(Path(scratch) / name.lower()) for name in folders}
        done = subprocess.run(command, cwd=root, env=make_environment() | own, check=False)
    return done.returncode == 0
