"""The warm kernel is a kernel like any other: what a cold one has, and nothing of its siblings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from helpers.running.nbval import Nbval
from helpers.running.warm import door as doors

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are warm on Linux only")

# Everything in a process that code can set and other code can meet.
STATE = """
import decimal, faulthandler, gc, json, locale, logging, os, resource, signal, socket, sys
import tempfile, threading, tracemalloc, warnings
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd, seaborn
mask = os.umask(0)
os.umask(mask)
def describe_fd(fd):
    try:
        return os.readlink(f"/proc/self/fd/{fd}").split(":")[0]
    except OSError:
        return ""
print(json.dumps({
    "names": sorted(name for name in globals() if name[0] != "_" and name != "leak"),
    "rc": {name: str(value) for name, value in mpl.rcParams.items()},
    "backend": mpl.get_backend(), "figures": plt.get_fignums(),
    "env": {n: v for n, v in os.environ.items() if n != "JPY_PARENT_PID"},
    "path": sys.path, "command": [sys.executable, sys.argv[:2], sys.orig_argv[:4]],
    "flags": [str(sys.flags), sys._xoptions, sys.dont_write_bytecode],
    "folder": os.getcwd(), "mask": mask, "locale": locale.setlocale(locale.LC_ALL),
    "signals": [str(signal.getsignal(n)).split(" at ")[0] for n in signal.valid_signals()],
    "blocked": str(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "files": sorted({describe_fd(fd) for fd in os.listdir("/proc/self/fd")
                     if describe_fd(fd)  # the listing's own is closed by now
                     and not describe_fd(fd).startswith(("/dev/null", "pipe"))
                     and "profile_default" not in describe_fd(fd)}),
    "threads": sorted(each.name.split("-")[0] for each in threading.enumerate()),
    "filters": sorted({str(each) for each in warnings.filters}),
    "limits": [resource.getrlimit(n) for n in range(10)], "priority": os.nice(0),
    "logs": [str(each) for each in (logging.root.level, logging.root.handlers)],
    "loggers": sorted(n for n, each in logging.root.manager.loggerDict.items()
                      if getattr(each, "handlers", None)),
    "gc": [gc.isenabled(), gc.get_threshold()], "depth": sys.getrecursionlimit(),
    "switch": sys.getswitchinterval(), "numpy": [str(np.geterr()), str(np.get_printoptions())],
    "pandas": [str(pd.get_option(n)) for n in ("display.max_rows", "display.precision")],
    "decimal": str(decimal.getcontext()), "timeout": socket.getdefaulttimeout(),
    "hooks": [str(sys.excepthook).split(" at ")[0], str(sys.displayhook).split(" at ")[0]],
    "streams": [str(sys.__stdout__), str(sys.stdin)], "temporary": tempfile.tempdir,
    "alone": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "main": [vars(sys.modules["__main__"]) is globals(), str(type(sys.modules["__main__"]))],
    "debug": [faulthandler.is_enabled(), tracemalloc.is_tracing()],
    "colours": sorted(mpl.colormaps), "own": [str(n) for n in sys.modules if "leaked" in n],
}))
"""
LEAKS = """
import builtins, decimal, gc, helpers, locale, logging, os, random, signal, socket, sys, types
import warnings
import matplotlib.pyplot as plt, numpy as np, pandas as pd
leak = 1
plt.rcParams["font.size"] = 33
plt.figure()
np.random.seed(1)
random.seed(1)
np.seterr(all="ignore")
np.set_printoptions(precision=1)
pd.set_option("display.max_rows", 1)
os.environ["LEAK"] = "1"
os.environ.pop("HOME", None)
os.umask(0o077)
sys.path.append("leak")
sys.modules["leaked"] = types.ModuleType("leaked")
sys.setrecursionlimit(555)
warnings.simplefilter("error")
decimal.getcontext().prec = 3
gc.disable()
logging.basicConfig(level=10)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
socket.setdefaulttimeout(1)
builtins.leak = pd.leak = helpers.leak = 1
kept = open("leak.txt", "w")
os.chdir("..")
"""


def read_state(session: Any) -> dict[str, Any]:
    state = json.loads(session.run(STATE).splitlines()[-1])
    files = [Path(each).name for each in state["command"][1] + state["command"][2]]
    return state | {"command": [state["command"][0], *files]}


def test_it_begins_as_a_cold_kernel_does(start_kernel: Callable[..., Any], tmp_path: Path) -> None:
    env = os.environ | {"PYTHONHASHSEED": "0", "GIVEN": "value"}
    env.pop(doors.VARIABLE, None)
    states = [read_state(start_kernel(name, cwd=str(tmp_path), env=env))
              for name in ("python3", "asylum")]  # fmt: skip
    assert states[1]["env"]["GIVEN"] == "value"
    assert states[1]["env"]["MPLBACKEND"] == "module://matplotlib_inline.backend_inline"
    states[0]["threads"].remove("IPythonHistorySavingThread")  # ours keeps no history
    for part in states[0]:
        assert states[1][part] == states[0][part], part


def test_nothing_of_one_notebook_reaches_another(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    first = start_kernel(cwd=str(tmp_path))
    before = read_state(first)
    assert first.run(LEAKS) == ""
    second = start_kernel(cwd=str(tmp_path))
    assert read_state(second) == before
    assert second.run("leak") == "NameError"
    assert second.run("import pandas as pd, helpers\nprint(hasattr(pd, 'leak'))") == "False"
    assert second.run("print(hasattr(helpers, 'leak'))") == "False"
    same_parent = "import os; print(os.getppid())"
    assert second.run(same_parent) == first.run("import os; print(os.getppid())")


def test_every_kernel_has_seeds_of_its_own(start_kernel: Callable[..., Any]) -> None:
    code = "import random, numpy as np\nprint(random.random(), np.random.random())"
    drawn = [start_kernel().run(code).split() for _ in range(3)]
    for numbers in zip(*drawn, strict=True):
        assert len(set(numbers)) == 3


def test_it_has_imported_already(start_kernel: Callable[..., Any]) -> None:
    session = start_kernel()
    code = "import sys\nprint([name in sys.modules for name in ('pandas', 'seaborn', 'helpers')])"
    assert session.run(code) == "[True, True, True]"
    code = "print(any('matplotlib_inline.backend' in name for name in sys.modules))"
    assert session.run(code) == "False"


def make_notebook(folder: Path) -> Path:
    """Write a notebook with a picture, a table, threads, a child process and Parquet."""
    cells = [
        "import sys\nprint('seaborn' in sys.modules)",
        "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()",
        "import pandas as pd\nframe = pd.DataFrame({'a': range(5)})\nframe",
        "frame.to_parquet('kept.parquet')\nint(pd.read_parquet('kept.parquet')['a'].sum())",
        "import numpy as np\nfloat((np.ones((300, 300)) @ np.ones((300, 300))).sum())",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool:\n    total = sum(pool.map(int, '12345'))\ntotal",
        "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    sizes = pool.map(len, ['a', 'bb'])\nsizes",
        "import subprocess\nsubprocess.run(['echo', 'said'], capture_output=True).stdout",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    file = folder / "small.ipynb"
    nbformat.write(notebook, file)
    return file


def execute(file: Path, kernel: str) -> Any:
    from nbclient import NotebookClient

    notebook = nbformat.read(file, as_version=4)
    NotebookClient(
        notebook, kernel_name=kernel, resources={"metadata": {"path": str(file.parent)}}
    ).execute()
    return notebook


def read_outputs(notebook: Any) -> list[Any]:
    return [cell.outputs for cell in notebook.cells]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_notebook(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def warm(small: Path, quiet_home: dict[str, str]) -> Any:
    return execute(small, "asylum")


def test_outputs_and_pictures_are_those_of_a_cold_kernel(small: Path, warm: Any) -> None:
    cold = execute(small, "python3")
    assert [cold.cells[0].outputs[0].text, warm.cells[0].outputs[0].text] == ["False\n", "True\n"]
    assert read_outputs(warm)[1:] == read_outputs(cold)[1:]
    assert "image/png" in warm.cells[1].outputs[0].data


def test_papermill_takes_it_by_name(small: Path, warm: Any) -> None:
    out = small.with_name("papermill.ipynb")
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "asylum", small, out]
    subprocess.run(command, cwd=small.parent, check=True, capture_output=True)
    assert read_outputs(nbformat.read(out, as_version=4)) == read_outputs(warm)


@pytest.mark.parametrize(("word", "code"), [("True", 0), ("False", 1)])
def test_nbval_takes_it_by_name(
    small: Path, warm: Any, tmp_path: Path, word: str, code: int
) -> None:
    text = nbformat.writes(warm).replace("True\\n", f"{word}\\n")
    (tmp_path / "small.ipynb").write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-kernel-name", "asylum", "-q",
               "-p", "no:cacheprovider", "-c", "pytest.ini", "small.ipynb"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout


def test_nbval_that_stands_by_serves_call_after_call(warm: Any, tmp_path: Path) -> None:
    source, text = tmp_path / "small.py", nbformat.writes(warm)
    with Nbval(1) as nbval:
        for word, cells in (("True", []), ("False", ["nbval: Cell 0 failed"]), ("True", [])):
            source.with_suffix(".ipynb").write_text(text.replace("True\\n", f"{word}\\n"))
            assert [each.what for each in nbval.run([source])] == cells


def test_nbval_that_stands_by_takes_all_its_kernels_from_one_parent(
    warm: Any, tmp_path: Path
) -> None:
    """A variable set in its process would make each call start a parent of its own."""
    source, seen = tmp_path / "small.py", tmp_path / "parents"
    note = f"import os\nwith open({str(seen)!r}, 'a') as seen:\n    print(os.getppid(), file=seen)"
    warm.cells.append(nbformat.v4.new_code_cell(note))
    source.with_suffix(".ipynb").write_text(nbformat.writes(warm))
    with Nbval(1) as nbval:
        assert [nbval.run([source]) for _ in range(2)] == [[], []]
    parents = seen.read_text().split()
    assert len(parents) == 2
    assert len(set(parents)) == 1


def test_nbval_whose_process_has_died_is_a_finding(warm: Any, tmp_path: Path) -> None:
    source = tmp_path / "small.py"
    source.with_suffix(".ipynb").write_text(nbformat.writes(warm))
    with Nbval(1) as nbval:
        (process,) = nbval.processes
        process.kill()
        process.wait()
        (found,) = nbval.run([source])
    assert (found.place, found.what) == ("small", "nbval ended with code -9")
