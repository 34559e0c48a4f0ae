"""A run's manifest, and the same as an RO-Crate that archives and their machines can read.

The manifest says what decided a run's outcome, how it went, and what it left, with sha256;
`ro-crate-metadata.json` says it in the vocabulary of the Process Run Crate profile. The same run
gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from helpers import __version__, paths
from helpers.data.hand import choose_title
from helpers.running.execute import Done, Failure
from helpers.running.inputs import DISTRIBUTION, find_revision, hash_file, hash_values
from helpers.study import BATCH_OPTIONS, InputError, Study

FILE = "manifest.json"
COMPLETE = "complete"
CRATE = "ro-crate-metadata.json"
# The newest pair of versions that published validators know.
BASE = "1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
MIT = "https://spdx.org/licenses/MIT"
DATABASE = "https://www.unhcr.org/refugee-statistics/"
UNHCR = "https://www.unhcr.org/"
_TERMS = {
    "creditText": "http://schema.org/creditText",
    "sha256": "https://w3id.org/ro/terms/workflow-run#sha256",
}
_MEDIA = mimetypes.MimeTypes()  # Python's own table alone: the machine's would change the bytes
_MEDIA.add_type("application/x-ipynb+json", ".ipynb")
_MEDIA.add_type("text/markdown", ".md")
_MEDIA.add_type("application/vnd.apache.parquet", ".parquet")


def now() -> str:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_manifest(
    study: Study, name: str, described: dict[str, Any], started: str, done: Sequence[Done]
) -> dict[str, Any]:
    """Put a run's manifest together from what `describe_inputs` gave, all but its files."""
    failures = [asdict(each.failure) for each in done if each.failure]
    return {
        "name": name,
        "title": choose_title(study),
        "outcome": "failed" if failures else COMPLETE,
        "error": failures[0] if failures else None,
        "failures": failures,
        "started": started,
        "ended": now(),
        "seconds": {each.notebook: each.seconds for each in done},
        **described,
        "release": study.info.model_dump(mode="json", exclude={"origins"}),
        "code": {"revision": find_revision(), "sha256": described["code"]},
    }


def list_outputs(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file of a run but its manifest, by path in its folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != FILE)
    return {file.relative_to(folder).as_posix(): hash_file(file) for file in files}


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """List the run's files in its manifest and write it."""
    whole = manifest | {"outputs": list_outputs(folder)}
    paths.write_atomic(folder / FILE, json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read a run's manifest; None where there is no folder, InputError where it is no run."""
    if not folder.exists():
        return None
    try:
        manifest = json.loads((folder / FILE).read_text(encoding="utf-8"))
        dict(manifest["parameters"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InputError(
            f"{folder} is there and is no run of this project: move it away or take another --name"
        ) from None
    return dict(manifest)


def read_standing(folder: Path, key: str) -> dict[str, Any] | None:
    """Read the manifest of a run that is complete, of these inputs and as it was left, if it is."""
    manifest = read_manifest(folder) or {}
    outputs = manifest.get("outputs", {})
    is_same = manifest.get("outcome") == COMPLETE and manifest.get("key") == key
    stands = is_same and outputs and outputs.items() <= list_outputs(folder).items()
    return manifest if stands else None


def write_crate(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a run's ro-crate-metadata.json; the manifest, which lists it too, comes after it."""
    crate = ROCrate(version=BASE)
    crate.metadata.extra_terms = _TERMS
    _add_parties(crate, manifest)
    started, ended = (f"{manifest[name][:19]}+00:00" for name in ("started", "ended"))
    files = {n: digest for n, digest in sorted(list_outputs(folder).items()) if n != CRATE}
    _add_file(crate, folder, FILE)
    failures = [Failure(**each).describe() for each in manifest.get("failures", [])]
    _add(
        crate, "#run", "CreateAction", name=f"Run {manifest['name']}",
        description=_write_command(manifest), startTime=started, endTime=ended,
        instrument=_refer(f"#{DISTRIBUTION}"), object=_refer(*_add_inputs(crate, manifest)),
        result=_refer(*(_add_file(crate, folder, *each) for each in files.items())),
        actionStatus=f"http://schema.org/{'Failed' if failures else 'Completed'}ActionStatus",
        error="; ".join(failures).replace(f"{paths.root()}/", ""),
    )  # fmt: skip
    given, state = manifest["parameters"], " (failed run)" if failures else ""
    text = (
        f"Executed notebooks, tables, figures and numbers on asylum claims from {given['origin']}, "
        f"{given['year_from']} to {given['year_to']}, by UNHCR's release {given['release']}."
    )
    crate.root_dataset.properties().update(
        name=f"{manifest['title']}: run {manifest['name']}{state}", datePublished=ended,
        description=" ".join([text, *manifest.get("headlines", [])]), license=_refer(CC_BY),
        author=_refer("#contributors"), conformsTo=_refer(PROFILE), isBasedOn=_refer(DATABASE),
        identifier=f"sha256:{manifest['key']}", mentions=_refer("#run"),
        creditText="Figures: UNHCR Refugee Population Statistics Database, CC BY 4.0",
    )  # fmt: skip
    text = json.dumps(crate.metadata.generate(), indent=1, sort_keys=True, ensure_ascii=False)
    paths.write_atomic(folder / CRATE, text + "\n")


def _add(crate: ROCrate, identifier: str, kind: str, /, **given: Any) -> str:
    """Add a contextual entity, empty values left out, and return its identifier."""
    kept = {name: value for name, value in given.items() if value not in (None, "", [])}
    return str(crate.add(ContextEntity(crate, identifier, {"@type": kind} | kept)).id)


def _refer(*identifiers: str) -> Any:
    references = [{"@id": each} for each in identifiers]
    return references if len(references) > 1 else references[0]


def _add_parties(crate: ROCrate, manifest: Mapping[str, Any]) -> None:
    """Add who made figures and code, licences, the database, and the software with its versions."""
    known = importlib.metadata.metadata(DISTRIBUTION)
    label = ".".join(re.findall(r"[A-Za-z0-9]+", manifest["code"]["revision"] or ""))
    _add(crate, "#contributors", "Organization", name=known["Author"])
    _add(crate, UNHCR, "Organization", name="UNHCR, the UN Refugee Agency", url=UNHCR)
    for address, name in ((CC_BY, "Creative Commons Attribution 4.0"), (MIT, "MIT License")):
        _add(crate, address, "CreativeWork", name=name, url=address)
    _add(crate, DATABASE, "CreativeWork", name="UNHCR Refugee Population Statistics Database",
         publisher=_refer(UNHCR), license=_refer(CC_BY), url=DATABASE)  # fmt: skip
    _add(crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    _add(
        crate, f"#{DISTRIBUTION}", "SoftwareApplication", name=DISTRIBUTION,
        description=known["Summary"], softwareVersion=f"{__version__}+{label}".rstrip("+"),
        sha256=manifest["code"]["sha256"], license=_refer(MIT), author=_refer("#contributors"),
        softwareRequirements=[f"{name} {number}" for name, number in manifest["versions"].items()],
    )  # fmt: skip


def _add_inputs(crate: ROCrate, manifest: Mapping[str, Any]) -> list[str]:
    """Add parameters, and notebooks and data by folder; return their identifiers."""
    found = [
        _add(crate, f"#parameter-{name}", "PropertyValue", name=name, value=value)
        for name, value in sorted(manifest["parameters"].items())
    ]
    folders: dict[str, dict[str, str]] = {}
    for name, digest in sorted(manifest["inputs"].items()):
        folders.setdefault(str(PurePosixPath(name).parent), {})[name] = digest
    for folder, digests in sorted(folders.items()):
        package = _read_json(paths.root() / folder / "datapackage.json")
        own = [{"path": each} for each in ((CC_BY, MIT) if folder == "notebooks" else (CC_BY,))]
        licences = package.get("licenses", own)
        for each in licences:
            if each["path"] not in crate:
                _add(crate, each["path"], "CreativeWork", name=each["title"], url=each["path"])
        found.append(_add(
            crate, f"#{quote(folder)}", "CreativeWork", name=package.get("title", folder),
            alternateName=f"{folder}/", description=package.get("description"),
            version=package.get("version"), sha256=hash_values(digests),
            license=_refer(*(each["path"] for each in licences)),
            isBasedOn=_refer(DATABASE) if folder.startswith("data/raw/") else None,
        ))  # fmt: skip
    return found


def _add_file(crate: ROCrate, folder: Path, name: str, digest: str = "") -> str:
    """Add one of the run's files, with words of its own where it holds some."""
    file, title, text = folder / name, name, f"The file {name} of the run."
    if name.startswith("figures/"):
        said = _read_json(file.with_suffix(".json"))
        title = f"{said.get('title', name)} ({file.suffix[1:].upper()})"
        text = said.get("alt", text) if file.suffix != ".json" else "A figure's words and data."
    elif name.startswith("tables/") and file.suffix in (".csv", ".parquet"):
        text = f"The table {file.stem}. Its columns are described in tables/datapackage.json."
    elif file.suffix == ".ipynb":
        text = f"The notebook {file.stem}, executed with this run's parameters."
    media = _MEDIA.guess_type(name)[0] or "application/octet-stream"
    given = {"name": title, "description": text, "encodingFormat": media, "license": _refer(CC_BY)}
    if digest:  # of every file but the manifest, which is written last
        given |= {"sha256": digest, "contentSize": str(file.stat().st_size)}
    return str(crate.add_file(dest_path=name, properties=given).id)


def _read_json(file: Path) -> dict[str, Any]:
    """Read a JSON file, written whole or not at all; nothing where there is none."""
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _write_command(manifest: Mapping[str, Any]) -> str:
    """Write the command that makes this run anew; a batch runs a part of the notebooks."""
    given, command = manifest["parameters"], f"asylum run --name {manifest['name']}"
    if "notebooks" in manifest:
        given = {BATCH_OPTIONS[name]: value for name, value in given.items()}
        command = f"asylum batch --notebooks {','.join(manifest['notebooks'])}"
    return " ".join([command, *(f"--{k.replace('_', '-')} {v}" for k, v in given.items())])
