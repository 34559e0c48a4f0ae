"""The papermill engine `asylum` shows what a kernel that starts cold shows, to the byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import forkserver
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from plain.processes import is_alive, wait_until

from helpers import paths
from helpers.running.inputs import list_notebooks

PAPERMILL = [sys.executable, "-m", "papermill"]
STUDY = [list_notebooks()[1], list_notebooks(paths.solutions())[0]]
# A cold kernel takes up what a child has written in a thread of its own: it is given time.
SHOWING = [
    "1 + 1",
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')\n'value'",
    "for number in range(4000):\n    print(f'{number:50}')",  # more than a pipe holds
    "import os, time\nos.system('echo from a shell')\ntime.sleep(0.5)\nprint('after')",
    "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as kept:\n"
    "    print('kept')\nprint(kept.getvalue())",
    "!echo from a magic",
    "import subprocess\ndone = subprocess.run(['echo', 'from a child'])\ntime.sleep(0.5)\n"
    "done.returncode",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()",
    "fig, ax = plt.subplots(figsize=(2, 2))\nax.plot([1, 2])\nfig",
    "%matplotlib inline\nplt.figure(figsize=(1, 1))\nplt.get_backend()",
    "import pandas as pd\nframe = pd.DataFrame({'a': range(3)})\nframe",
    "from IPython.display import HTML, clear_output, display\n"
    "shown = display('first', display_id=True)\ndisplay(HTML('<b>x</b>'), metadata={'a': (1, 2)})",
    "shown.update('second')",
    "print('goes')\nclear_output()\nprint('stays')\nclear_output(wait=True)\nprint('replaces it')",
    "import asyncio\nawait asyncio.sleep(0.01)\nasyncio.get_running_loop().is_running()",
    "task = asyncio.sleep(0)\ntry:\n    asyncio.run(task)\nexcept RuntimeError as error:\n"
    "    print(error)\ntask.close()",
    "from multiprocessing import get_context\nwith get_context('spawn').Pool(1) as pool:\n"
    "    sizes = pool.map(len, ['a', 'bb'])\nsizes",
    "frame.to_parquet('kept.parquet')\nint(pd.read_parquet('kept.parquet')['a'].sum())",
    "Out[1], _, __name__, sys.modules['__main__'].frame is frame",
    "import warnings, pyarrow.dataset, seaborn\nsorted({str(each) for each in warnings.filters})",
    "import matplotlib as mpl\n{name: str(value) for name, value in mpl.rcParams.items()}",
    "sorted(name for name in globals() if name[0] != '_')",
    "os.getcwd(), sys.path[-3:], os.environ['TERM'], sys.stdin.read(), sys.stdout.isatty()",
    "import numpy as np\nnp.geterr(), np.get_printoptions(), pd.get_option('display.max_rows')",
]
FAILING = {
    "an error": ("def fail():\n    return 1 / 0\n\nfail()", "ZeroDivisionError"),
    "a syntax error": ("a b", "SyntaxError"),
    "a question": ("input('Name?')", "StdinNotImplementedError"),
    "an exit": ("import sys\nsys.exit(3)", "SystemExit"),
    "an error while showing": (
        "class Bad:\n    def __repr__(self):\n        raise ValueError('no')\n\nBad()",
        "ValueError",
    ),
    "an interrupt of its own": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
}


@pytest.fixture(scope="module", autouse=True)
def _own_forkserver() -> None:
    """Start a forkserver anew: that of the tests of commands has other modules loaded."""
    forkserver._forkserver._stop()
    forkserver.set_forkserver_preload(["helpers.running.preload"])


def make(folder: Path, *sources: str, may_fail: Sequence[str] = ()) -> Path:
    """Write a notebook of code cells."""
    cells = [nbformat.v4.new_code_cell(each) for each in sources]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
        cell.metadata["tags"] = ["raises-exception"] if cell.source in may_fail else []
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    file = folder / "in.ipynb"
    nbformat.write(notebook, file)
    return file


def execute(file: Path, engine: str | None, cwd: Path, **options: Any) -> Any:
    """Execute by papermill's function, and return what it has written, failed or not."""
    out = cwd / f"{engine}.ipynb"
    with mock.patch.dict(os.environ), suppress(PapermillExecutionError):
        os.environ.pop("PYTEST_CURRENT_TEST", None)  # ipykernel hears less where it is set
        papermill.execute_notebook(
            file, out, engine_name=engine, kernel_name="python3", cwd=cwd, progress_bar=False,
            **options,
        )  # fmt: skip
    return nbformat.read(out, as_version=4)


def merge(outputs: list[Any]) -> list[Any]:
    """Join texts of one stream: a busy machine may send them in pieces, ours or the kernel's."""
    merged: list[Any] = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output.get("name") and output.get("name") == last.get("name"):
            merged[-1] = last | {"text": last["text"] + output["text"]}
        else:
            merged.append(output)
    return merged


def compare(ours: Any, cold: Any) -> None:
    """Hold outputs, counts and order of two executed notebooks to each other."""
    assert len(ours.cells) == len(cold.cells)
    for number, (one, other) in enumerate(zip(ours.cells, cold.cells, strict=True)):
        assert merge(one.get("outputs", [])) == merge(other.get("outputs", [])), number
        assert one.get("execution_count") == other.get("execution_count"), number
    assert ours.metadata.language_info == cold.metadata.language_info


def test_all_kinds_of_outputs_and_of_errors(tmp_path: Path) -> None:
    failing = [code for code, _ in FAILING.values()]
    file = make(tmp_path, *SHOWING, *failing, "print('after')", may_fail=failing)
    ours = execute(file, "asylum", tmp_path)
    compare(ours, execute(file, None, tmp_path))
    code = [cell for cell in ours.cells if cell.cell_type == "code"]  # papermill notes the failures
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    shown = [output.get("ename") for cell in code for output in cell.outputs]
    assert [each for each in shown if each] == [name for _, name in FAILING.values()]
    assert ours.cells[-1].outputs[0].text == "after\n"


def test_a_cell_may_fork(tmp_path: Path) -> None:
    """Held to no cold kernel, which has threads, and then may wait for good."""
    pool = "from multiprocessing import get_context\nwith get_context('fork').Pool(2) as pool:\n"
    file = make(tmp_path, f"{pool}    sizes = pool.map(len, ['a', 'bb'])\nsizes")
    (cell,) = execute(file, "asylum", tmp_path).cells
    assert cell.outputs[0].data["text/plain"] == "[1, 2]"


@pytest.mark.slow
@pytest.mark.parametrize("source", STUDY, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_notebooks_and_lessons(source: Path, tmp_path: Path) -> None:
    given: dict[str, Any] = {"year_to": 2021} if source.parent == paths.notebooks() else {}
    file = source.with_suffix(".ipynb")
    ours = execute(file, "asylum", tmp_path, parameters=given)
    compare(ours, execute(file, None, tmp_path, parameters=given))


@pytest.mark.parametrize(
    ("end", "how"), [("kill(os.getpid(), 11)", "by SIGSEGV"), ("_exit(3)", "with code 3")]
)
def test_a_dead_process_leaves_the_partial_notebook(tmp_path: Path, end: str, how: str) -> None:
    last = f"import os\nprint('last words', flush=True)\nos.{end}"
    file = make(tmp_path, "print('before')", last, "1")
    with pytest.raises(DeadKernelError, match=how):
        execute(file, "asylum", tmp_path)
    cells = nbformat.read(tmp_path / "asylum.ipynb", as_version=4).cells
    assert [len(cell.outputs) for cell in cells] == [1, 1, 0]
    assert cells[1].outputs[0].text == "last words\n"


def test_a_cell_that_takes_too_long(tmp_path: Path) -> None:
    note = "print('before')\nimport subprocess, time\nchild = subprocess.Popen(['sleep', '77'])\n"
    file = make(tmp_path, f"{note}print(child.pid, flush=True)\ntime.sleep(60)")
    began = time.monotonic()
    with pytest.raises(CellTimeoutError):
        execute(file, "asylum", tmp_path, execution_timeout=2)
    assert time.monotonic() - began < 30
    (cell,) = nbformat.read(tmp_path / "asylum.ipynb", as_version=4).cells
    pid = int("".join(output.text for output in cell.outputs).split()[-1])
    wait_until(lambda: not is_alive(pid), 5)


def test_nothing_of_one_notebook_reaches_another(tmp_path: Path) -> None:
    leaks = (
        "import builtins, os, random, numpy as np, pandas as pd, matplotlib.pyplot as plt\n"
        "builtins.leak = pd.leak = 1\nos.environ['LEAK'] = '1'\nplt.rcParams['font.size'] = 33\n"
        "print(os.getpid(), random.random(), np.random.random())"
    )
    state = (
        "import os, random, numpy as np, pandas as pd, matplotlib.pyplot as plt\n"
        "assert not hasattr(pd, 'leak') and 'leak' not in dir(__builtins__)\n"
        "assert 'LEAK' not in os.environ and plt.rcParams['font.size'] == 10\n"
        "print(os.getpid(), random.random(), np.random.random())"
    )
    drawn = []
    for code in (leaks, state):
        made = execute(make(tmp_path, code), "asylum", tmp_path)
        drawn.append(made.cells[-1].outputs[0].text.split())
    assert all(one != other for one, other in zip(*drawn, strict=True))


def test_a_long_path_of_the_temporary_folder_does_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    file = make(tmp_path, "6 * 7")
    subprocess.run(
        [*PAPERMILL, file, "out.ipynb", "--engine", "asylum"], cwd=tmp_path, check=True,
        capture_output=True, env=os.environ | {"TMPDIR": str(folder)},
    )  # fmt: skip
    (cell,) = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    assert cell.outputs[0].data["text/plain"] == "42"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_of_an_ended_command(tmp_path: Path, scratch: Path, sent: int) -> None:
    code = "import os\nprint('before', flush=True)\nopen('pid', 'w').write(str(os.getpid()))"
    file, note = make(tmp_path, f"{code}\nimport time\ntime.sleep(60)"), tmp_path / "pid"
    process = subprocess.Popen(
        [*PAPERMILL, file, "out.ipynb", "--engine", "asylum", "--no-progress-bar"], cwd=tmp_path,
        text=True, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a script's &
    )  # fmt: skip
    wait_until(lambda: note.exists() and note.read_text(), 90)
    below = psutil.Process(process.pid).children(recursive=True)
    assert int(note.read_text()) in [each.pid for each in below]
    if sent == signal.SIGTERM:  # as `timeout` and a terminal that closes send it: to all
        os.killpg(process.pid, sent)
    else:
        process.send_signal(sent)
    process.communicate(timeout=30)
    _, alive = psutil.wait_procs(below, timeout=10)
    assert alive == []
    assert list(scratch.iterdir()) == []
    if sent == signal.SIGINT:
        (cell,) = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
        assert cell.outputs[0].text == "before\n"
