"""Fixtures that several folders of tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from plain.checkout import copy_tiny_root

# The browser is described in tests/browsing.
pytest_plugins = ["browsing.fixtures"]


@pytest.fixture
def tiny_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that makes a small checkout in a temporary folder and works in it.

    `tiny_root("2022-mid", "2025-end")` copies these releases (2022-mid alone by default) and
    points ASYLUM_ROOT to the copy, which a test may damage as it likes.
    """

    def make(*releases: str) -> Path:
        root = copy_tiny_root(tmp_path / "checkout", releases or ("2022-mid",))
        monkeypatch.setenv("ASYLUM_ROOT", str(root))
        return root

    return make


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give runs a temporary folder of their own; its path is short, as a socket's must be."""
    with TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


PARAMETERS_CELL = """# %% tags=["parameters"]
study: str = "china"  # a study file
release: str = None  # a release
origin: str = None  # ISO3 code
year_from: int = 2000  # first year
year_to: int = None  # last year
top_n: int = 10  # ranks shown
run_dir: str = None  # the run's folder

# %%
import json

from helpers.study import Study

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)
years = len(scope.years)
if scope.run_dir:
    (scope.run_dir / "numbers").mkdir(exist_ok=True)
    number = {{"value": years, "texts": [str(years)], "notebook": "{name}"}}
    part = json.dumps({{"{name_}_years": number}})
    (scope.run_dir / "numbers" / "{name}.json").write_text(part)
"""


def write_notebook(root: Path, name: str, *cells: str) -> Path:
    """Write a small notebook's .py: a title, the parameters, a Study, and the cells given."""
    start = f"# %% [markdown]\n# # {name}\n\n"
    body = PARAMETERS_CELL.format(name=name, name_=f"n_{name[3:]}")
    file = root / "notebooks" / f"{name}.py"
    file.write_text(start + body + "".join(f"\n# %%\n{cell}\n" for cell in cells))
    return file


@pytest.fixture
def mini_root(tiny_root: Callable[..., Path]) -> Path:
    """Return a small checkout with three notebooks that take a second each."""
    root = tiny_root()
    write_notebook(root, "01_one", 'print("one")')
    write_notebook(root, "02_two", 'print("two")')
    write_notebook(root, "03_three", 'print("three")')
    return root


@pytest.fixture
def add_notebook() -> Callable[..., Path]:
    """Return `write_notebook`."""
    return write_notebook
