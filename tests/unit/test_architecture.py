"""The code keeps its shape: floors, sizes, docstrings, declared imports, no machine's own paths."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "helpers"
MODULES = sorted(PACKAGE.rglob("*.py"))
# Each floor imports only from itself and from those before it.
FLOORS = [
    "paths",
    "catalogue",
    "study",
    "data",
    "prose",
    "analysis",
    "claims",
    "plots",
    "publish",
    "running",
    "unhcr",
    "lessons",
    "cli",
]
GROUND = {"", "__version__"}
MOST_LINES = 250
MOST_LINES_IN_A_FUNCTION = 40

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_module(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def find_floor(module: str) -> str:
    """Return the floor of helpers.<floor>.<…>, or "" for the package itself."""
    return [*module.split("."), ""][1]


def find_imports(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[str]:
    """Yield every module that is imported, inside functions too, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                kept = parts[: len(parts) - node.level + is_package]
                base = ".".join([*kept, base]).rstrip(".")
            yield from (f"{base}.{alias.name}" for alias in node.names)


def find_circles(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """Say which imports go up the floors."""
    floor = find_floor(module)
    found = []
    for name in find_imports(ast.parse(source), module, is_package=is_package):
        target = find_floor(name)
        if name.split(".")[0] != "helpers" or target in GROUND:
            continue
        is_known = target in FLOORS and (floor in FLOORS or floor == "")
        if not is_known or floor == "" or FLOORS.index(target) > FLOORS.index(floor):
            found.append(f"{module} imports {name}")
    return found


def find_functions(tree: ast.Module) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def count_body_lines(function: Function) -> int:
    """Count a function's lines without its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def find_undocumented(tree: ast.Module, module: str) -> list[str]:
    """Name what is public and has no docstring: the module, its classes, functions and methods."""
    found = [] if ast.get_docstring(tree) else [module]
    scopes: list[tuple[str, ast.Module | ast.ClassDef]] = [(module, tree)]
    while scopes:
        prefix, scope = scopes.pop()
        for node in scope.body:
            if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                found.append(f"{prefix}.{node.name}")
            if isinstance(node, ast.ClassDef):
                scopes.append((f"{prefix}.{node.name}", node))
    return found


@pytest.fixture(scope="module")
def owners() -> Mapping[str, list[str]]:
    """Which distributions bring which importable name."""
    return importlib.metadata.packages_distributions()


def test_there_is_code_to_look_at():
    assert {find_floor(name_module(path)) for path in MODULES} >= {"paths", "study"}
    unknown = {find_floor(name_module(path)) for path in MODULES} - {*FLOORS, ""}
    assert not unknown, f"no floor of the house: {unknown}"


@pytest.mark.parametrize("path", MODULES, ids=name_module)
class TestModule:
    def test_imports_only_from_floors_above(self, path):
        is_package = path.name == "__init__.py"
        source = path.read_text(encoding="utf-8")
        assert find_circles(source, name_module(path), is_package=is_package) == []

    def test_is_short(self, path):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines < MOST_LINES, f"{name_module(path)} has {lines} lines"

    def test_functions_are_short(self, path):
        functions = find_functions(ast.parse(path.read_text(encoding="utf-8")))
        sizes = {each.name: count_body_lines(each) for each in functions}
        long = {name: size for name, size in sizes.items() if size > MOST_LINES_IN_A_FUNCTION}
        assert not long

    def test_is_documented(self, path):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert find_undocumented(tree, name_module(path)) == []

    def test_imports_only_what_is_declared(self, path, owners):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        declared = {canonicalize_name(Requirement(x).name) for x in project["dependencies"]}
        tree = ast.parse(path.read_text(encoding="utf-8"))
        is_package = path.name == "__init__.py"
        for name in find_imports(tree, name_module(path), is_package=is_package):
            top = name.split(".")[0]
            if top == "helpers" or top in sys.stdlib_module_names:
                continue
            having = {canonicalize_name(each) for each in owners.get(top, [])}
            assert having & declared, f"{top} is imported and not a dependency in pyproject.toml"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("helpers.paths", "from helpers import study"),
        ("helpers.data.core", "from helpers.analysis.measures import compute"),
        ("helpers.data.core", "from ..analysis import measures"),
        ("helpers.analysis.eras", "def f():\n    import helpers.running.manifest"),
        ("helpers.plots.page", "from helpers import paths, cli"),
        ("helpers.study", "from helpers import somewhere_else"),
    ],
)
def test_a_wrong_import_is_seen(module, source):
    assert len(find_circles(source, module)) == 1


def test_a_right_import_passes():
    source = "from helpers import __version__, paths\nfrom . import core\nfrom ..study import Study"
    assert find_circles(source, "helpers.data.clean") == []


def test_sizes_and_docstrings_are_measured():
    body = "\n".join("    x = 1" for _ in range(41))
    tree = ast.parse(f'def long():\n    """Say.\n\n    More.\n    """\n{body}\n')
    assert [count_body_lines(each) for each in find_functions(tree)] == [41]
    tree = ast.parse("class A:\n    def open(self): ...\n    def _shut(self): ...\n")
    assert sorted(find_undocumented(tree, "m")) == ["m", "m.A", "m.A.open"]


# Written so that this file does not match itself.
FORBIDDEN = re.compile(
    r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+|tmp)/[\w.]"
    r"|\b(?:pypi|files\.pythonhosted|test\.pypi)\.org|\bregistry\.(?:npmjs\.org|yarnpkg\.com)"
    r"|\bproxy\.golang\.org|\.\./shared/"
)


def list_tracked() -> list[str]:
    """List the files under version control and those that could be added to it."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [name for name in done.stdout.decode().split("\0") if name]


def test_no_machine_path_and_no_registry_in_any_file():
    names = [name for name in list_tracked() if (ROOT / name).is_file()]
    assert "pyproject.toml" in names
    found = []
    for name in names:
        # Numbers of a release cannot hold a path, and there are many.
        if name.startswith("data/raw/") and name.endswith(".csv"):
            continue
        text = (ROOT / name).read_bytes().decode("utf-8", "ignore")
        found += [f"{name}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert found == []


# Put together here, so that no line of this file is one that it forbids.
@pytest.mark.parametrize(
    "parts",
    [
        ("see ", "root", "x"),
        ('"', "tmp", "out.html"),
        ("", "home", "ann", "work"),
        ("https:", "", "pypi" + ".org", "simple"),
        ("..", "shared", "data"),
    ],
)
def test_a_machine_path_is_seen(parts):
    assert FORBIDDEN.search("/".join(parts))


@pytest.mark.parametrize("text", ["a/root/x", "https://a.org/work/b", "tmp/x", "homework/"])
def test_other_paths_pass(text):
    assert not FORBIDDEN.search(text)
