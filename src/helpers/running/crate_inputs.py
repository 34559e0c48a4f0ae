"""What a run stands on, as its crate names it: parameters, data, judgement, notebooks, software.

None of it lies in the run's folder, so these are contextual entities, each with the path in the
project and the sha256 that the manifest has of it.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from helpers import __version__, paths
from helpers.running.crate_outputs import CC_BY, MIT, read_json
from helpers.running.crate_words import name_media_type
from helpers.running.inputs import DISTRIBUTION

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

UNHCR = "https://www.unhcr.org/"
DATABASE = "https://www.unhcr.org/refugee-statistics/"
PYTHON = "https://www.python.org/"
SOFTWARE = f"#{DISTRIBUTION}"
CONTRIBUTORS = "#contributors"
_PACKAGE = "datapackage.json"
_HAND = "data/hand"
_BY_HAND: dict[str, Any] = {
    "title": "Judgement made by hand: studies, claims, breaks, factors and names",
    "licenses": [{"path": CC_BY}],
}
_SITES = ("homepage", "home", "documentation", "docs", "source", "repository")


def add_entity(crate: ROCrate, identifier: str, kind: str | list[str], /, **given: Any) -> Any:
    """Add a contextual entity, the values that are None or empty left out."""
    from rocrate.model.contextentity import ContextEntity

    kept = {name: value for name, value in given.items() if value not in (None, "", [])}
    return crate.add(ContextEntity(crate, identifier, {"@type": kind} | kept))


def refer(identifiers: list[str]) -> list[dict[str, str]]:
    """Return references to entities."""
    return [{"@id": each} for each in identifiers]


def add_parties(crate: ROCrate) -> None:
    """Add who made the figures and the code, the licences, and the database."""
    author = importlib.metadata.metadata(DISTRIBUTION)["Author"]
    add_entity(crate, CONTRIBUTORS, "Organization", name=author, url=_find_site(DISTRIBUTION))
    add_entity(crate, UNHCR, "Organization", name="UNHCR, the UN Refugee Agency", url=UNHCR)
    add_entity(
        crate, CC_BY, "CreativeWork", name="Creative Commons Attribution 4.0 International",
        alternateName="CC-BY-4.0", url=CC_BY,
    )  # fmt: skip
    add_entity(crate, MIT, "CreativeWork", name="MIT License", alternateName="MIT", url=MIT)
    add_entity(
        crate, DATABASE, "CreativeWork", name="UNHCR Refugee Population Statistics Database",
        publisher={"@id": UNHCR}, license={"@id": CC_BY}, url=DATABASE,
    )  # fmt: skip


def add_parameters(crate: ROCrate, parameters: Mapping[str, Any]) -> list[str]:
    """Add the run's parameters, and return their identifiers."""
    named = {f"#parameter-{name}": (name, value) for name, value in sorted(parameters.items())}
    for identifier, (name, value) in named.items():
        add_entity(crate, identifier, "PropertyValue", name=name, value=value)
    return list(named)


def add_data(crate: ROCrate, inputs: Mapping[str, str], study: str) -> list[str]:
    """Add data packages and judgement by hand, and return the identifiers of what was read.

    Parameters
    ----------
    inputs : mapping
        The manifest's: sha256 by path from the project's root.
    study : str
        The study, whose file is an input of its own.
    """
    folders = sorted(name.removesuffix(f"/{_PACKAGE}") for name in inputs if _is_package(name))
    groups: dict[str, list[str]] = {folder: [] for folder in [*folders, _HAND]}
    for name in sorted(inputs):
        holding = [folder for folder in groups if name.startswith(f"{folder}/")]
        if holding:
            groups[max(holding, key=len)].append(name)
    for folder, names in groups.items():
        parts = [_add_file(crate, name, inputs[name]) for name in names]
        _add_package(crate, folder, parts)
    own = _name_input(f"{_HAND}/studies/{study}.yml")
    return [*map(_name_input, groups), *([own] if own in crate else [])]


def _is_package(name: str) -> bool:
    return PurePosixPath(name).name == _PACKAGE


def _name_input(path: str) -> str:
    """Return the identifier of an input, which is no file of the crate."""
    return f"#{quote(path)}"


def _add_file(crate: ROCrate, name: str, digest: str) -> str:
    entity = add_entity(
        crate, _name_input(name), "CreativeWork", name=PurePosixPath(name).name,
        alternateName=name, encodingFormat=name_media_type(name), sha256=digest,
    )  # fmt: skip
    return str(entity.id)


def _add_package(crate: ROCrate, folder: str, parts: list[str]) -> None:
    """Add a folder of inputs, with what its data package says of it, where it has one."""
    package = read_json(paths.root() / folder / _PACKAGE) or _BY_HAND
    terms = package.get("terms")
    sources = [each for each in package.get("sources", []) if each.get("path") != terms]
    add_entity(
        crate, _name_input(folder), "CreativeWork", name=package.get("title"),
        alternateName=f"{folder}/", description=package.get("description"),
        version=package.get("version"), creditText=package.get("attribution"),
        datePublished=package.get("release", {}).get("published"),
        license=_add_works(crate, package.get("licenses", [])),
        isBasedOn=_add_works(crate, sources), usageInfo={"@id": terms} if terms else None,
        hasPart=refer(parts),
    )  # fmt: skip
    if terms and terms not in crate:
        add_entity(crate, terms, "CreativeWork", name="UNHCR, Terms of Use for Datasets", url=terms)


def _add_works(crate: ROCrate, listed: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Add licences or sources that a package names by their address, and refer to them."""
    found = [each for each in listed if each.get("path")]
    for each in found:
        if each["path"] not in crate:
            title = each.get("title") or each.get("name")
            add_entity(crate, each["path"], "CreativeWork", name=title, url=each["path"])
    return refer([each["path"] for each in found])


def add_software(crate: ROCrate, manifest: Mapping[str, Any]) -> None:
    """Add this project's code, Python, and the libraries in the versions that ran."""
    versions = dict(manifest["versions"])
    python = versions.pop("python", None)
    add_entity(
        crate, PYTHON, ["ComputerLanguage", "SoftwareApplication"], name="Python",
        softwareVersion=python, url=PYTHON,
    )  # fmt: skip
    libraries = {f"#library-{quote(name)}": name for name in sorted(versions)}
    for identifier, name in libraries.items():
        add_entity(
            crate, identifier, "SoftwareApplication", name=name, softwareVersion=versions[name],
            url=_find_site(name),
        )  # fmt: skip
    summary = importlib.metadata.metadata(DISTRIBUTION)["Summary"]
    add_entity(
        crate, SOFTWARE, "SoftwareApplication", name=DISTRIBUTION, description=summary,
        softwareVersion=name_version(manifest["code"]["revision"]), license={"@id": MIT},
        author={"@id": CONTRIBUTORS}, url=_find_site(DISTRIBUTION), identifier={"@id": "#code"},
        softwareRequirements=refer([PYTHON, *libraries]),
    )  # fmt: skip
    add_entity(
        crate, "#code", "PropertyValue", name="Digest of the package's modules",
        propertyID="sha256", value=manifest["code"]["sha256"],
    )  # fmt: skip


def name_version(revision: str | None) -> str:
    """Write the code's version with the checkout's revision as Python's local version label.

    >>> name_version("1a2b3c-dirty").partition("+")[2]
    '1a2b3c.dirty'
    """
    label = ".".join(re.findall(r"[A-Za-z0-9]+", revision or ""))
    return f"{__version__}+{label}" if label else __version__


@cache
def _find_site(distribution: str) -> str | None:
    """Return where an installed distribution says that it is at home."""
    try:
        metadata = importlib.metadata.metadata(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
    pairs = [each.split(", ", 1) for each in metadata.get_all("Project-URL") or []]
    links = {label.lower(): address for label, address in pairs}
    named = [*metadata.get_all("Home-page", []), *(links.get(label) for label in _SITES)]
    return next((each for each in named if each and each.startswith("http")), None)


def add_notebook(crate: ROCrate, name: str, title: str, manifest: Mapping[str, Any]) -> str:
    """Add a notebook's source, the instrument of its execution; return its identifier."""
    path = f"notebooks/{name}.py"
    entity = add_entity(
        crate, _name_input(path), "SoftwareSourceCode", name=title or name, alternateName=path,
        version=name_version(manifest["code"]["revision"]), programmingLanguage={"@id": PYTHON},
        isPartOf={"@id": SOFTWARE}, license=refer([MIT, CC_BY]),
        sha256=manifest["inputs"].get(path), url=_find_site(DISTRIBUTION),
    )  # fmt: skip
    return str(entity.id)
