"""What is done ahead, cells sent and releases read, changes nothing that a notebook can see."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from helpers.running import engine
from helpers.running.client import PromptClient, Request
from helpers.running.execute import run_notebook
from helpers.running.jobs import KERNEL, PLAIN, Failure, Job
from helpers.running.warm.provisioner import WarmProvisioner

KERNELS = pytest.mark.parametrize("kernel", [KERNEL, PLAIN])


def run_cells(folder: Path, kernel: str, *cells: str) -> tuple[Failure | None, Any]:
    """Run cells as a run would; a cell may begin with a line of tags."""
    (folder / "01_one.py").write_text(
        "".join(f"# %% {'' if cell.startswith('tags=') else chr(10)}{cell}\n\n" for cell in cells)
    )
    done = run_notebook(Job(str(folder / "01_one.py"), str(folder / "one.ipynb"), {}, kernel))
    return done.failure, nbformat.read(folder / "one.ipynb", as_version=4)


@KERNELS
def test_no_cell_runs_after_one_that_failed(
    tmp_path: Path, quiet_home: dict[str, str], kernel: str
) -> None:
    for number in range(5):
        after = "import os\nopen('after', 'w').close()"
        failure, notebook = run_cells(tmp_path, kernel, "x = 1", "1 / 0", after, after)
        assert failure == Failure("01_one", 2, "ZeroDivisionError", "division by zero"), number
        assert not (tmp_path / "after").exists(), number
        codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [bool(cell.execution_count) for cell in codes] == [True, True, False, False]


@KERNELS
def test_a_request_on_its_way_when_a_cell_fails_is_dropped(
    start_kernel: Callable[..., Any], kernel: str
) -> None:
    session = start_kernel(kernel, extra_arguments=[engine.STOPPING])
    assert session.run("print(1)") == "1"
    assert session.run("1 / 0") == "ZeroDivisionError"
    assert session.run("print(2)") == ""  # sent when the error had been read


def test_a_cell_that_may_fail_stops_no_other(tmp_path: Path, quiet_home: dict[str, str]) -> None:
    cells = ("x = 1", 'tags=["raises-exception"]\n1 / 0', "", "print(x)")
    failure, notebook = run_cells(tmp_path, KERNEL, *cells)
    assert failure  # for papermill an error is one, whatever the cell's tags
    outputs = [cell.outputs for cell in notebook.cells if cell.get("outputs")]
    assert outputs[0][0].ename == "ZeroDivisionError"
    assert outputs[1][0].text == "1\n"


class Noted(PromptClient):
    """A client whose messages go nowhere; what would be sent is noted."""

    def send(self, code: str, **options: Any) -> str:
        self.noted = [*getattr(self, "noted", []), code]
        return f"message {len(self.noted)}"


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    from jupyter_client.asynchronous import AsyncKernelClient

    monkeypatch.setattr(AsyncKernelClient, "execute", Noted.send)
    return Noted()


def test_the_next_cell_is_sent_with_the_one_that_is_asked_for(noted: Noted) -> None:
    noted.announce([Request("a"), Request("b"), Request("c")])
    assert noted.execute("a", store_history=True, stop_on_error=True) == "message 1"
    assert noted.noted == ["a", "b"]
    assert noted.execute("b", store_history=True, stop_on_error=True) == "message 2"
    assert noted.noted == ["a", "b", "c"]
    assert noted.execute("c") == "message 3"
    assert noted.execute("d") == "message 4"  # announced by nobody: as any client
    assert noted.noted == ["a", "b", "c", "d"]


@pytest.mark.parametrize("asked", [{"code": "b"}, {"code": "a", "stop_on_error": False}])
def test_another_cell_than_was_announced_is_a_fault(noted: Noted, asked: dict[str, Any]) -> None:
    noted.announce([Request("a"), Request("b")])
    with pytest.raises(RuntimeError, match="announced was"):
        noted.execute(**asked)


@pytest.fixture
def own_parent(tiny_root: Callable[..., Path], quiet_home: dict[str, str]) -> Iterator[Path]:
    """Have kernels come from a parent that has read a small checkout's releases ahead."""
    WarmProvisioner.leave()
    yield tiny_root("2022-mid", "2022-end")
    WarmProvisioner.leave()


READ = """
from helpers.sources import light
from helpers.study import InputError
from helpers.sources import light_tables
parsed = []
inner = light_tables.parse_file
light_tables.parse_file = lambda folder, name: parsed.append(name) or inner(folder, name)
for release in ('2022-mid', '2022-end'):
    try:
        print(len(light.load_light(release).pending), end=' ')
    except InputError as error:
        print(str(error).split(':')[0].rpartition('/')[2], end=' ')
print(len(parsed), len(light._INHERITED))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are warm on Linux only")
def test_releases_read_ahead_are_held_to_their_record(
    own_parent: Path, start_kernel: Callable[..., Any]
) -> None:
    raw = own_parent / "data" / "raw"
    cold = start_kernel(PLAIN)
    first, second, parsed, left = cold.run(READ).split()
    assert int(parsed) > 10  # five tables of two releases, and the countries
    assert start_kernel().run(READ).split() == [first, second, "0", "0"]

    with (raw / "2022-mid" / "population.csv").open("a") as file:
        file.write("\n")
    said = start_kernel().run(READ)
    assert said == f"population.csv is not the file that datapackage.json records {second} 0 1"
    assert start_kernel(PLAIN).run(READ).startswith(said.removesuffix(f" {second} 0 1"))

    countries = (raw / "countries.csv").read_bytes()
    (raw / "countries.csv").write_bytes(countries + b"\n")
    said = start_kernel().run(READ)
    assert said.count("countries.csv is not the file") == 2
    (raw / "countries.csv").write_bytes(countries)

    package = raw / "2022-end" / "datapackage.json"
    package.write_text(package.read_text() + " ")
    *_, parsed, left = start_kernel().run(READ).split()
    assert [parsed != "0", left] == [True, "2"]  # described anew: read anew
