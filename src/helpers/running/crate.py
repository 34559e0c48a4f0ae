"""A run's folder as an RO-Crate, so that archives and their machines can read it.

`ro-crate-metadata.json` says in the vocabulary of the Process Run Crate profile what ran, from
what, with what, how it ended and what each file is. It is made from the manifest and the files
alone: nothing is fetched, nothing is random, and the same run gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from helpers import paths
from helpers.running.crate_inputs import (
    CONTRIBUTORS,
    DATABASE,
    SOFTWARE,
    add_data,
    add_entity,
    add_notebook,
    add_parameters,
    add_parties,
    add_software,
    refer,
)
from helpers.running.crate_outputs import (
    CC_BY,
    describe_output,
    find_products,
    find_title,
    read_json,
)
from helpers.running.crate_words import FOLDERS, TEXTS, TITLES, name_media_type
from helpers.running.outcomes import Failure

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

FILE = "ro-crate-metadata.json"
# The newest pair of versions that published validators know; the next pair is 1.3 and 0.6.
BASE = "1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_MANIFEST = "manifest.json"
_TERMS = {
    "creditText": "http://schema.org/creditText",
    "sha256": "https://w3id.org/ro/terms/workflow-run#sha256",
}
# How `asylum batch` calls what has another name with `asylum run`.
_LISTED = {"study": "studies", "origin": "origins", "release": "releases", "year_to": "years"}
_STATUS = "http://schema.org/{}ActionStatus"


def write_crate(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a run's ro-crate-metadata.json.

    Parameters
    ----------
    folder : Path
        The run's folder, with all its files but the manifest.
    manifest : mapping
        What the manifest will hold, with the sha256 of every file as `outputs`.
    """
    paths.write_atomic(folder / FILE, render_crate(folder, manifest))


def preload() -> None:
    """Import the library ahead of its use, which takes a third of a second."""
    import rocrate.rocrate  # noqa: F401


def render_crate(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return the crate's JSON; see `write_crate`."""
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version=BASE)
    crate.metadata.extra_terms = _TERMS
    add_parties(crate)
    add_software(crate, manifest)
    objects = add_parameters(crate, manifest["parameters"])
    objects += add_data(crate, manifest["inputs"], manifest["parameters"]["study"])
    files = _add_files(crate, folder, manifest)
    actions = _add_actions(crate, folder, manifest, objects, files)
    _describe_root(crate, manifest, actions)
    described = crate.metadata.generate()
    described["@graph"] = [_compact(entity) for entity in described["@graph"]]
    return json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _compact(entity: Mapping[str, Any]) -> dict[str, Any]:
    """Write a list of one value as the value, as RO-Crate recommends."""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in entity.items()
    }


def _describe_root(crate: ROCrate, manifest: Mapping[str, Any], actions: list[str]) -> None:
    """Say of the whole what a catalogue shows."""
    add_entity(crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    release, given = manifest["release"], manifest["parameters"]
    state = "" if manifest["outcome"] == "complete" else f" ({manifest['outcome']} run)"
    text = (
        f"Executed notebooks, tables, figures and numbers on asylum claims by people of origin "
        f"{given['origin']}, {given['year_from']} to {given['year_to']}, from UNHCR's figures of "
        f"release {release['name']} ({release['title']})."
    )
    add_entity(crate, "#key", "PropertyValue", name="Digest of all that decides the outcome",
               propertyID="sha256", value=manifest["key"])  # fmt: skip
    crate.root_dataset.properties().update(
        {
            "name": f"{manifest['title']}: run {manifest['name']}{state}",
            "description": " ".join([text, *manifest.get("headlines", [])]),
            "datePublished": _write_time(manifest["ended"]),
            "license": {"@id": CC_BY},
            "author": {"@id": CONTRIBUTORS},
            "conformsTo": {"@id": PROFILE},
            "identifier": {"@id": "#key"},
            "isBasedOn": refer([DATABASE]),
            "creditText": "Figures: UNHCR Refugee Population Statistics Database, CC BY 4.0",
            "keywords": ["asylum", "refugees", "UNHCR", given["origin"], release["name"]],
            "temporalCoverage": f"{given['year_from']}/{given['year_to']}",
            "mentions": refer(actions),
        }
    )


def _add_files(crate: ROCrate, folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Add every file of the run, and the folders that hold them; return identifiers by path."""
    files = {}
    for name, digest in sorted(manifest["outputs"].items()):
        if name != FILE:
            words = describe_output(folder, name) | {"sha256": digest}
            files[name] = crate.add_file(dest_path=name, properties=words).id
    words = {"name": TITLES[_MANIFEST], "description": TEXTS[_MANIFEST],
             "encodingFormat": name_media_type(_MANIFEST), "license": {"@id": CC_BY}}  # fmt: skip
    crate.add_file(dest_path=_MANIFEST, properties=words)
    for place, text in FOLDERS.items():
        held = [each for name, each in files.items() if name.startswith(f"{place}/")]
        if held:
            words = {"name": place, "description": text, "hasPart": refer(held)}
            crate.add_dataset(dest_path=f"{place}/", properties=words)
    return files


def _add_actions(
    crate: ROCrate,
    folder: Path,
    manifest: Mapping[str, Any],
    objects: list[str],
    files: Mapping[str, str],
) -> list[str]:
    """Add the run and each notebook's execution as actions, and return their identifiers."""
    failures = {each["notebook"]: Failure(**each) for each in manifest.get("failures", [])}
    whole = {
        "name": f"Run {manifest['name']}",
        "description": _write_command(manifest),
        "startTime": _write_time(manifest["started"]),
        "endTime": _write_time(manifest["ended"]),
        "instrument": {"@id": SOFTWARE},
        "object": refer(objects),
    }
    _add_action(crate, "#run", whole, list(files.values()), list(failures.values()))
    actions = ["#run"]
    for name, seconds in manifest["seconds"].items():
        executed = f"notebooks/{name}.ipynb"
        notebook = read_json(folder / executed)
        known = notebook.get("metadata", {}).get("papermill", {})
        instrument = add_notebook(crate, name, find_title(notebook), manifest)
        said = {
            "name": f"Execution of the notebook {name}",
            "description": f"By papermill in {seconds} seconds, on {manifest['platform']}.",
            "startTime": _write_time(known.get("start_time") or manifest["started"]),
            "endTime": _write_time(known.get("end_time") or manifest["ended"]),
            "instrument": {"@id": instrument},
            "object": refer(objects),
        }
        made = _pick_made(files, executed, find_products(notebook))
        failed = [failures[name]] if name in failures else []
        actions.append(f"#run-{quote(name)}")
        _add_action(crate, actions[-1], said, made, failed)
    return actions


def _add_action(
    crate: ROCrate,
    identifier: str,
    said: Mapping[str, Any],
    results: list[str],
    failures: Sequence[Failure],
) -> None:
    """Add an action with its outcome; one that made nothing is an ActivateAction."""
    said = {**said, "actionStatus": _STATUS.format("Failed" if failures else "Completed")}
    errors = "; ".join(_clean(each.describe()) for each in failures)
    kind = "CreateAction" if results else "ActivateAction"
    add_entity(crate, identifier, kind, **said, result=refer(results), error=errors)


def _pick_made(files: Mapping[str, str], executed: str, products: set[str]) -> list[str]:
    """Return the files that a notebook has made: its own, and those that its code names."""
    return [
        identifier
        for name, identifier in files.items()
        if name == executed or {name, str(PurePosixPath(name).with_suffix(""))} & products
    ]


def _clean(text: str) -> str:
    """Take this machine's own path to the project out of a message."""
    return text.replace(f"{paths.root()}/", "")


def _write_command(manifest: Mapping[str, Any]) -> str:
    """Write the command that makes this run anew; a part of the notebooks is run by a batch."""
    given, command = manifest["parameters"], f"asylum run --name {manifest['name']}"
    if "notebooks" in manifest:
        given = {_LISTED.get(name, name): value for name, value in given.items()}
        command = f"asylum batch --notebooks {','.join(manifest['notebooks'])}"
    options = [f"--{name.replace('_', '-')} {value}" for name, value in given.items()]
    return " ".join([command, *options])


def _write_time(text: str) -> str:
    """Write a time in UTC to the second, with its offset as the profile's checks want it.

    >>> _write_time("2026-06-25T10:00:00.123456+00:00")
    '2026-06-25T10:00:00+00:00'
    """
    return f"{text[:19]}+00:00"
