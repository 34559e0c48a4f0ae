"""What is done ahead, cells sent and releases read, changes nothing that a notebook can see."""

from __future__ import annotations

import hashlib
import json
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
    """Run cells as a run would; a cell may begin with its kind or a line of tags."""
    starts = ["" if cell.startswith(("tags=", "[markdown]")) else "\n" for cell in cells]
    text = "".join(f"# %% {start}{cell}\n\n" for start, cell in zip(starts, cells, strict=True))
    (folder / "01_one.py").write_text(text)
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
def test_a_run_has_a_kernel_that_stops_and_is_told_its_cells(
    tmp_path: Path, quiet_home: dict[str, str], kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Request] = []
    asked: list[Request] = []
    announce, execute = PromptClient.announce, PromptClient.execute

    def note(self: Any, requests: Any) -> None:
        told.extend(requests)
        announce(self, told)

    def answer(self: Any, code: str, **options: Any) -> str:
        asked.append(Request(code, **options))
        return execute(self, code, **options)

    monkeypatch.setattr(PromptClient, "announce", note)
    monkeypatch.setattr(PromptClient, "execute", answer)
    cells = (
        "[markdown]\n# words", "", "type(get_ipython().kernel).__name__", "x = 1",
        'tags=["skip-execution"]\n1 / 0', 'tags=["raises-exception"]\n1 / 0',
    )  # fmt: skip
    _, notebook = run_cells(tmp_path, kernel, *cells)
    assert len(told) == 3
    assert told == asked
    shown = [cell.outputs[0].data["text/plain"] for cell in notebook.cells
             if cell.get("outputs") and "data" in cell.outputs[0]]  # fmt: skip
    assert shown == ["'StoppingKernel'"]


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
from helpers.data import light
from helpers.study import InputError
from helpers.data import light_tables
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


COUNT = """
from helpers.data import light
try:
    frame = light.load_light('2022-end').pending
    print(int(frame.loc[frame['origin'].isin(['CHN', 'QQQ']), 'pending'].sum()),
          *sorted(set(frame['origin']) & {'CHN', 'QQQ'}))
except Exception as error:
    print(str(error))
"""


def change(file: Path, old: str, new: str) -> None:
    """Change a file of a folder of data, and its record with it."""
    package = file.parent / "datapackage.json"
    described = json.loads(package.read_text())
    file.write_text(file.read_text().replace(old, new))
    content = file.read_bytes()
    for resource in described["resources"]:
        if resource["path"] == file.name:
            resource["bytes"] = len(content)
            resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    package.write_text(json.dumps(described))


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are warm on Linux only")
def test_a_release_that_cannot_be_read_ahead_leaves_nothing_old_behind(
    own_parent: Path, start_kernel: Callable[..., Any]
) -> None:
    """The countries' codes are read first; a parent that stops there must not keep them."""
    raw = own_parent / "data" / "raw"
    bad = raw / "2022-mid" / "totals_by_origin.csv"
    good = bad.read_bytes()
    bad.write_bytes(good + b"\n")
    assert start_kernel().run("1") == ""
    bad.write_bytes(good)
    change(raw / "2022-end" / "population.csv", ",CHN,", ",,")
    change(raw / "countries.csv", "CHN", "QQQ")
    said = start_kernel().run(COUNT)
    assert said == start_kernel(PLAIN).run(COUNT)
    assert said.endswith(" QQQ")
