"""pyproject.toml, environment.yml and requirements.lock name the same packages and versions."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import helpers

ROOT = Path(__file__).resolve().parents[2]
# matplotlib's conda package brings Qt along; the library itself is matplotlib-base.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "dask-core": "dask"}
CONDA_ONLY = {"python", "pip"}

Specifiers = dict[str, SpecifierSet]


def read_text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def parse_project(text: str) -> Specifiers:
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["dev"], *extras["site"]]
    found = [Requirement(line) for line in lines]
    names = [canonicalize_name(each.name) for each in found]
    assert len(names) == len(set(names)), "a package is named twice in pyproject.toml"
    return dict(zip(names, (each.specifier for each in found), strict=True))


def parse_conda(text: str) -> Specifiers:
    lines = [line for line in yaml.safe_load(text)["dependencies"] if isinstance(line, str)]
    pairs = [line.partition(" ")[::2] for line in lines]
    named = [(canonicalize_name(CONDA_NAMES.get(name, name)), spec) for name, spec in pairs]
    assert len(named) == len(dict(named)), "a package is named twice in environment.yml"
    return {name: SpecifierSet(spec) for name, spec in named}


def parse_lock(text: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Yield each pinned package and its hashes."""
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    for entry in entries[1:]:
        body = re.sub(r"^\s*#.*$", "", entry, flags=re.MULTILINE).replace("\\\n", " ")
        yield Requirement(body.split("--hash")[0].strip()), re.findall(r"--hash=(\S+)", body)


def find_differences(project: str, conda: str, lock: str) -> list[str]:
    """Say where the three disagree, one line a difference."""
    wanted, offered = parse_project(project), parse_conda(conda)
    pinned: dict[str, list[Version]] = {}
    for requirement, _ in parse_lock(lock):
        version = Version(str(requirement.specifier).removeprefix("=="))
        pinned.setdefault(canonicalize_name(requirement.name), []).append(version)
    found = [f"{name}: only in pyproject.toml" for name in wanted.keys() - offered.keys()]
    found += [
        f"{name}: only in environment.yml" for name in offered.keys() - wanted.keys() - CONDA_ONLY
    ]
    found += [
        f"{name}: {wanted[name]} in pyproject.toml, {offered[name]} in environment.yml"
        for name in wanted.keys() & offered.keys()
        if wanted[name] != offered[name]
    ]
    found += [f"{name}: not in requirements.lock" for name in wanted.keys() - pinned.keys()]
    found += [
        f"{name}: {version} in requirements.lock is outside {wanted[name]}"
        for name in wanted.keys() & pinned.keys()
        for version in pinned[name]
        if version not in wanted[name]
    ]
    return sorted(found)


@pytest.fixture
def files() -> dict[str, str]:
    return {
        "project": read_text("pyproject.toml"),
        "conda": read_text("environment.yml"),
        "lock": read_text("requirements.lock"),
    }


def test_the_three_agree(files):
    assert find_differences(**files) == []


def test_every_pin_is_exact_and_hashed(files):
    entries = list(parse_lock(files["lock"]))
    assert len(entries) > 100
    for requirement, hashes in entries:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes, f"{requirement.name} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), requirement


def test_the_lock_names_no_host_and_no_path(files):
    for line in files["lock"].splitlines():
        assert "://" not in line, line
        assert not re.search(r"--(extra-)?index-url|--find-links|-i ", line), line
        assert not re.search(r"(^|[\s=])(/|~|\.\.?/|[A-Z]:\\)\w", line), line


def test_the_python_floor_is_one_everywhere(files):
    project = tomllib.loads(files["project"])
    floor = project["project"]["requires-python"]
    assert parse_conda(files["conda"])["python"] == SpecifierSet(floor)
    assert (
        f"py{floor.removeprefix('>=').replace('.', '')}"
        == project["tool"]["ruff"]["target-version"]
    )
    assert project["tool"]["mypy"]["python_version"] == floor.removeprefix(">=")
    major, minor = floor.removeprefix(">=").split(".")
    assert f"OLDEST = ({major}, {minor})" in read_text("scripts/bootstrap.py")


def test_what_builds_the_project_is_locked(files):
    """The project is installed without build isolation, so that nothing else is fetched."""
    wanted = parse_project(files["project"])
    for line in tomllib.loads(files["project"])["build-system"]["requires"]:
        requirement = Requirement(line)
        assert wanted[canonicalize_name(requirement.name)] == requirement.specifier


def test_the_environment_installs_the_project(files):
    pip = [
        each for each in yaml.safe_load(files["conda"])["dependencies"] if isinstance(each, dict)
    ]
    assert pip == [{"pip": ["-e ."]}]


def test_one_version_everywhere(files):
    project = tomllib.loads(files["project"])["project"]
    citation = yaml.safe_load(read_text("CITATION.cff"))
    assert helpers.__version__ == project["version"] == citation["version"]
    assert citation["license"] == project["license"]
    assert project["name"] in citation["title"]
    assert citation["cff-version"] == "1.2.0"


def test_both_licences_are_there(files):
    for name in ("LICENSE", "LICENSE-CC-BY-4.0.md"):
        assert name in tomllib.loads(files["project"])["project"]["license-files"]
        assert "Copyright (c) 2026 The asylum-eras contributors" in read_text(name)


LEFT_OUT = {"rfc3987-syntax", "lark"}


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


def test_the_lock_is_whole_but_for_what_is_left_out_openly(files):
    """It is installed without resolving, so a gap would show at import and not before."""
    overrides = tomllib.loads(files["project"])["tool"]["uv"]["override-dependencies"]
    requirements = [Requirement(each) for each in overrides]
    left_out = {r.name for r in requirements if r.marker and not r.marker.evaluate()}
    assert left_out == LEFT_OUT
    locked = {canonicalize_name(requirement.name) for requirement, _ in parse_lock(files["lock"])}
    assert not locked & LEFT_OUT
    assert find_lacking(parse_project(files["project"])) <= LEFT_OUT
    assert find_lacking(["no-such-library"]) == {"no-such-library"}
    assert "--no-deps" in read_text("scripts/bootstrap.py")
    assert "--no-deps --require-hashes -r requirements.lock" in read_text("docs/decisions.md")
