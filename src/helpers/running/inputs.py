"""What decides a run's outcome: figures, judgement, notebooks, code, libraries and parameters.

Each is named with its sha256, so that a run whose inputs have not changed is recognised. What
cannot be studied or read is refused before a notebook starts.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.claims.file import load_claims
from helpers.data import hand
from helpers.data.datapackage import FILE, check_package
from helpers.data.releases import load_release
from helpers.study import InputError, Study, list_releases, load_name_entries

DISTRIBUTION = "asylum-eras"
_CODE = Path(__file__).resolve().parents[1]
_NOTEBOOK = re.compile(r"^[0-9]{2}_[a-z0-9_]+$")


def list_notebooks(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the notebooks' .py files in reading order; InputError where there is none."""
    folder = folder or paths.notebooks()
    found = tuple(sorted(file for file in folder.glob("*.py") if _NOTEBOOK.match(file.stem)))
    if not found:
        said = "a checkout has them there as NN_name.py, each with its executed .ipynb"
        raise InputError(f"no notebooks in {folder}: {said}")
    return found


def hash_file(file: Path) -> str:
    """Return a file's sha256 in hexadecimal; InputError for a pipe, a loop or a link to nothing."""
    if not file.is_file():
        raise InputError(f"{paths.say_folder(file)} is no plain file")
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def hash_values(values: Any) -> str:
    """Return the sha256 of plain values, whatever the order of their keys."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_inputs() -> dict[str, str]:
    """Hash releases, since each is read beside its predecessor, hand data, shapes and notebooks."""
    root, releases = paths.root(), [paths.raw() / info.name for info in list_releases()]
    raw = [*paths.raw().glob("*"), *(file for folder in releases for file in folder.rglob("*"))]
    found = [*sorted(raw), *sorted(paths.hand().rglob("*")), *sorted(paths.shapes().rglob("*"))]
    # Hidden are a fetch under way and another program's files.
    files = [f for f in found if not f.is_dir() and "/." not in f.relative_to(root).as_posix()]
    hashes: dict[str, str] = {}
    for package in sorted({paths.raw() / FILE, *(file for file in files if file.name == FILE)}):
        place = package.parent.relative_to(root).as_posix()
        hashes |= {f"{place}/{name}": own for name, own in check_package(package.parent).items()}
    for file in (*files, *list_notebooks()):
        if (name := file.relative_to(root).as_posix()) not in hashes:
            hashes[name] = hash_file(file)
    return hashes


def find_revision() -> str | None:
    """Return what git calls this checkout; None where git, or a repository of this code, lacks."""
    git = ["git", "-C", str(paths.root())]
    # A hook's variables, or a repository around this project, name another one.
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    ours["GIT_CEILING_DIRECTORIES"] = str(paths.root().parent)
    with suppress(OSError, subprocess.SubprocessError):
        for command in (
            ["ls-files", "--error-unmatch", "src/helpers"],  # else it is a project around a copy
            ["describe", "--always", "--dirty", "--abbrev=12"],
        ):
            done = subprocess.run(
                git + command, capture_output=True, text=True, timeout=10, env=ours, check=True
            )
        return done.stdout.strip() or None
    return None


def list_versions() -> dict[str, str]:
    """Return the versions of Python and of every library that the project depends on."""
    versions = {"python": platform.python_version()}
    required = importlib.metadata.requires(DISTRIBUTION) or []
    for requirement in (each for each in required if "extra ==" not in each):
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return dict(sorted(versions.items()))


def describe_shared() -> dict[str, Any]:
    """Describe what decides the outcome of every run alike: all but the parameters.

    Raises InputError where a release's file is not the one that its datapackage.json records.
    """
    # The package's modules, with the words and columns beside them.
    code = [file for file in _CODE.rglob("*") if file.suffix in (".py", ".yml", ".csv")]
    return {
        "inputs": _hash_inputs(),
        "code": hash_values({f.relative_to(_CODE).as_posix(): hash_file(f) for f in code}),
        "versions": list_versions(),
        "platform": f"{sys.platform} {platform.machine()}",
    }


def name_changes(described: Mapping[str, Any]) -> str:
    """Name some of what `describe_shared` describes otherwise now; empty where nothing is."""
    now = describe_shared()
    names = {part for part in ("code", "platform") if described[part] != now[part]}
    for part in ("inputs", "versions"):
        names |= {name for name, _ in {*described[part].items()} ^ {*now[part].items()}}
    return ", ".join(sorted(names)[:4])


def describe_inputs(
    study: Study, shared: Mapping[str, Any] | None = None, notebooks: Sequence[str] = ()
) -> dict[str, Any]:
    """Describe all that decides a run's outcome; its `key` is the sha256 of the rest.

    `shared` is what `describe_shared` gave; `notebooks` names those that run, if not all.
    """
    decisive = {"parameters": study.parameters(), **(shared or describe_shared())}
    if notebooks:
        decisive["notebooks"] = list(notebooks)
    return decisive | {"key": hash_values(decisive)}


def require_readable(*studies: Study) -> None:
    """Refuse figures and judgement that notebooks could not read; the loaders name the entry."""
    for release in {study.release for study in studies}:
        load_release(release)
    hand.load_breaks()
    hand.load_persons_per_case()
    hand.load_lodged_rules()
    hand.load_placebo_origins()
    hand.load_populations(studies[0].origin)
    load_name_entries()
    for claims in {study.file.claims for study in studies if study.file.claims}:
        load_claims(claims)
