"""What is done ahead, cells sent and releases read, changes nothing that a notebook can see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from helpers.running import engine
from helpers.running.client import PromptClient, Request
from helpers.running.execute import run_notebook
from helpers.running.jobs import KERNEL, PLAIN, Failure, Job

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
