"""pyproject.toml, environment.yml and requirements.lock name the same packages and versions."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterable

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from plain.checkout import PROJECT as ROOT

import helpers

# matplotlib's conda package brings Qt along; the library itself is matplotlib-base.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "dask-core": "dask"}
LEFT_OUT = {"rfc3987-syntax", "lark"}


def read_text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


SETTINGS = tomllib.loads(read_text("pyproject.toml"))
PROJECT = SETTINGS["project"]
CONDA = yaml.safe_load(read_text("environment.yml"))["dependencies"]
LOCK = read_text("requirements.lock")
PINS = [Requirement(line.rstrip(" \\")) for line in LOCK.splitlines() if re.match(r"\w", line)]


def list_wanted() -> dict[str, SpecifierSet]:
    extras = PROJECT["optional-dependencies"]
    found = map(Requirement, [*PROJECT["dependencies"], *extras["dev"], *extras["site"]])
    return dict(take_once((canonicalize_name(each.name), each.specifier) for each in found))


def list_offered() -> dict[str, SpecifierSet]:
    pairs = [line.partition(" ")[::2] for line in CONDA if isinstance(line, str)]
    names = [(canonicalize_name(CONDA_NAMES.get(name, name)), spec) for name, spec in pairs]
    return dict(take_once((name, SpecifierSet(spec)) for name, spec in names))


def take_once(pairs: Iterable[tuple[str, SpecifierSet]]) -> list[tuple[str, SpecifierSet]]:
    found = list(pairs)
    assert len(found) == len(dict(found)), "a package is named twice"
    return found


def test_the_three_agree():
    wanted, offered = list_wanted(), list_offered()
    assert offered.pop("python") == SpecifierSet(PROJECT["requires-python"])
    del offered["pip"]
    assert offered == wanted
    assert {"pip": ["-e ."]} in CONDA
    pins = [(canonicalize_name(pin.name), str(pin.specifier)) for pin in PINS]
    assert len(pins) > 100
    assert wanted.keys() <= {name for name, _ in pins}
    for name, pin in pins:
        assert pin.removeprefix("==") in wanted.get(name, SpecifierSet(prereleases=True)), name


def test_the_lock_names_no_host_and_no_path():
    assert not re.search(r"://|--(extra-)?index-url|--find-links|-i ", LOCK)
    assert not re.search(r"(^|[\s=])(/|~|\.\.?/|[A-Z]:\\)\w", LOCK, re.M)


def test_the_python_floor_is_one_everywhere():
    floor = PROJECT["requires-python"].removeprefix(">=")
    assert SETTINGS["tool"]["ruff"]["target-version"] == f"py{floor.replace('.', '')}"
    assert SETTINGS["tool"]["mypy"]["python_version"] == floor
    assert f"OLDEST = ({floor.replace('.', ', ')})" in read_text("scripts/bootstrap.py")


def test_what_builds_the_project_is_locked():
    """The project is installed without build isolation, so that nothing else is fetched."""
    wanted = list_wanted()
    for requirement in map(Requirement, SETTINGS["build-system"]["requires"]):
        assert wanted[canonicalize_name(requirement.name)] == requirement.specifier


def test_one_version_and_both_licences_everywhere():
    citation = yaml.safe_load(read_text("CITATION.cff"))
    assert helpers.__version__ == PROJECT["version"] == citation["version"]
    assert citation["license"] == PROJECT["license"]
    assert PROJECT["name"] in citation["title"]
    for name in ("LICENSE", "LICENSE-CC-BY-4.0.md"):
        assert name in PROJECT["license-files"]
        assert "Copyright (c) 2026 The asylum-eras contributors" in read_text(name)


def find_lacking(names: Iterable[str]) -> set[str]:
    """Name what these distributions require, extras in use included, and is not installed."""
    lacking, seen, waiting = set(), set(), [(name, "") for name in names]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            lines = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            lacking.add(name)
            continue
        for requirement in map(Requirement, lines):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                wanted = canonicalize_name(requirement.name)
                waiting += [(wanted, each) for each in ("", *requirement.extras)]
    return lacking


def test_the_lock_is_whole_but_for_what_is_left_out_openly():
    """It is installed without resolving, so a gap would show at import and not before."""
    overrides = map(Requirement, SETTINGS["tool"]["uv"]["override-dependencies"])
    left_out = {each.name for each in overrides if each.marker and not each.marker.evaluate()}
    assert left_out == LEFT_OUT
    assert not LEFT_OUT & {canonicalize_name(pin.name) for pin in PINS}
    assert find_lacking(list_wanted()) <= LEFT_OUT
    assert "--no-deps" in read_text("scripts/bootstrap.py")
    assert "--no-deps --require-hashes -r requirements.lock" in read_text("docs/decisions.md")
