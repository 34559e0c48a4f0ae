"""The code keeps its shape: rooms, no circles, one name a file, declared imports."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from plain.checkout import PROJECT

PACKAGE = PROJECT / "src" / "helpers"
MODULES = sorted(PACKAGE.rglob("*.py"))
# Each room imports only from itself and from those before it.
ROOMS = [
    "paths", "study", "data", "prose", "analysis", "claims", "plots", "publish",
    "running", "unhcr", "lessons", "cli",
]  # fmt: skip


def name_module(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {name_module(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def find_imports(tree: ast.Module) -> Iterator[str]:
    """Yield every module that is imported, inside functions too, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name the whole path"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_modules_import_from_their_room_or_below():
    found = []
    for module, tree in TREES.items():
        room = [*module.split("."), ""][1]
        for name in find_imports(tree):
            top, target, *_ = [*name.split("."), ""]
            if top == "helpers" and target not in ("", "__version__"):
                known = target in ROOMS and room in ROOMS
                if not known or ROOMS.index(target) > ROOMS.index(room):
                    found.append(f"{module} imports {name}")
    assert found == []


def test_modules_import_in_no_circle():
    graph = {}
    for name, tree in TREES.items():
        imported = {
            each if each in TREES else each.rpartition(".")[0] for each in find_imports(tree)
        }
        graph[name] = (imported & TREES.keys()) - {name, "helpers"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_no_two_modules_have_one_name():
    count = Counter(path.name for path in MODULES if path.name != "__init__.py")
    assert [name for name, times in count.items() if times > 1] == []


def test_only_declared_packages_are_imported():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonicalize_name(Requirement(x).name) for x in project["dependencies"]}
    owners = importlib.metadata.packages_distributions()
    tops = {name.split(".")[0] for tree in TREES.values() for name in find_imports(tree)}
    own = {"helpers", *sys.stdlib_module_names}
    undeclared = {
        top for top in tops - own
        if not {canonicalize_name(each) for each in owners.get(top, [])} & declared
    }  # fmt: skip
    assert undeclared == set()


def test_documents_name_modules_and_functions_that_there_are():
    known = {name for tree in TREES.values() for name in find_names(tree)}
    found = []
    for file in [*PROJECT.glob("*.md"), *PROJECT.glob("d*/**/*.md")]:
        if file.name == "CHANGELOG.md":
            continue
        text = file.read_text(encoding="utf-8")
        for name in re.findall(r"\bhelpers(?:\.\w+)+", text):
            module = max((each for each in TREES if f"{name}.".startswith(f"{each}.")), key=len)
            if not {*name.removeprefix(module).split(".")[1:]} <= known:
                found.append(f"{file.name}: {name}")
        for name in re.findall(r"`([a-z]+/[a-z_]+\.py)`", text):
            if not any((folder / name).is_file() for folder in (PACKAGE, PROJECT)):
                found.append(f"{file.name}: {name}")
    assert found == []


def find_names(tree: ast.Module) -> Iterator[str]:
    """Yield what a module and its classes define."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (each.id for each in node.targets if isinstance(each, ast.Name))


# Written so that this file does not match itself.
FORBIDDEN = re.compile(
    r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+|tmp)/[\w.]"
    r"|\b(?:pypi|files\.pythonhosted|test\.pypi)\.org|\bregistry\.(?:npmjs\.org|yarnpkg\.com)"
    r"|\bproxy\.golang\.org|\.\./shared/"
)


def test_no_machine_path_and_no_registry_in_any_file():
    # Under version control, or to be added to it.
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    listed = done.stdout.decode().rstrip("\0").split("\0")
    names = [name for name in listed if (PROJECT / name).is_file()]
    assert "pyproject.toml" in names
    found = []
    for name in names:
        # Numbers of a release cannot hold a path, and there are many.
        if name.startswith("data/raw/") and name.endswith(".csv"):
            continue
        text = (PROJECT / name).read_bytes().decode("utf-8", "ignore")
        found += [f"{name}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert found == []
