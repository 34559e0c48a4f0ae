"""Fixtures that several folders of tests share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# The browser is described in tests/browsing.
pytest_plugins = ["browsing.fixtures"]

PROJECT = Path(__file__).resolve().parents[1]


def copy_tiny_root(target: Path, releases: tuple[str, ...]) -> Path:
    """Copy what makes a checkout, with only the releases named, and return its root."""
    (target / "notebooks").mkdir(parents=True)
    shutil.copy(PROJECT / "pyproject.toml", target / "pyproject.toml")
    for name in ("hand", "shapes"):
        shutil.copytree(PROJECT / "data" / name, target / "data" / name)
    raw = PROJECT / "data" / "raw"
    for name in releases:
        shutil.copytree(raw / name, target / "data" / "raw" / name)
    for file in raw.glob("*.*"):
        if file.is_file():
            shutil.copy(file, target / "data" / "raw" / file.name)
    return target


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


class Session:
    """A kernel, asked by name as any Jupyter tool asks for it."""

    def __init__(self, name: str, **options: Any) -> None:
        from jupyter_client.manager import KernelManager

        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(**options)
        self.connect()

    def connect(self) -> None:
        """Connect to the kernel, once it has started."""
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str, timeout: float = 60) -> str:
        """Run code and return what it printed, or the name of its error."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(content["ename"])

        self.client.execute_interactive(code, output_hook=hear, timeout=timeout)
        return "".join(said).strip()

    def stop(self, *, now: bool = True) -> None:
        """End the kernel."""
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=now)


@pytest.fixture(scope="session")
def quiet_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give kernels folders of their own, and return the variables that name them."""
    home = tmp_path_factory.mktemp("home")
    variables = {name: str(home / name.lower())
                 for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR")}  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables


@pytest.fixture(scope="session")
def warm_parent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[int]]:
    """Keep one warm parent for every `asylum` of the session; return what subprocess passes on."""
    from helpers.running.environment import make_environment
    from helpers.running.warm.door import share_parent

    with (
        share_parent(make_environment(tmp_path_factory.mktemp("parent"))) as door,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in (door.hand_down() if door else {}).items():
            patch.setenv(name, value)
        yield [door.socket.fileno()] if door else []


@pytest.fixture
def start_kernel(quiet_home: dict[str, str]) -> Iterator[Callable[..., Session]]:
    """Return a function that starts a kernel, the warm one unless another is named."""
    sessions: list[Session] = []

    def start(name: str = "asylum", **options: Any) -> Session:
        sessions.append(Session(name, **options))
        return sessions[-1]

    yield start
    for session in sessions:
        session.stop()
