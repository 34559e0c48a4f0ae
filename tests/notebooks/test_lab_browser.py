"""`make lab` in a browser: a reader changes a parameter and sees the figures.

JupyterLab is started as the Makefile starts it, on a copy of a notebook, and its own process notes
every address that it connects to.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

import psutil
import pytest
from browsing.fixtures import is_own, open_page
from plain.checkout import PROJECT
from plain.processes import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed"),
]
NOTEBOOK = "03_eras.ipynb"
TOKEN = "for-this-test"
START, RUN = 120, 300  # seconds, on a machine that does other things as well
LAST_YEAR = 2021
TRACKER = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
# The prompts of all code cells: a number once a cell has run, a star while it waits or runs.
PROMPTS = """[...document.querySelectorAll(".jp-Notebook .jp-InputPrompt")]
    .map((one) => one.textContent).filter((text) => text.includes("["))"""
ALL_HAVE_RUN = f"() => {PROMPTS}.every((text) => parseInt(text.slice(1)) > 0)"
# JupyterLab reads this when it starts; `make` lets nothing else of the test's reach it.
WATCH = """
import sys
def note(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        write(str(arguments[1][0]))
    elif event == "socket.getaddrinfo":
        write(str(arguments[0]))
def write(line):
    with open({log!r}, "a") as file:
        file.write(line + "\\n")
write("127.0.0.1")
sys.addaudithook(note)
"""


def clear_outputs(file: Path) -> str:
    """Return a notebook without what it shows, so that what is seen is of the run at hand."""
    notebook = json.loads(file.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(notebook)


def choose(page: Any, menu: str, entry: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=re.compile(entry)).first.click()


def read_info(runtime: Path) -> dict[str, Any] | None:
    """Return what the server says of itself, once it has."""
    for file in runtime.glob("jpserver-*.json"):
        text = file.read_text()
        return json.loads(text) if text else None
    return None


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start `make lab` on a copy, with folders of its own; end it, kernels too.

    Known of it are its address, the copy's folder, and the file of addresses it connected to.
    """
    home = tmp_path_factory.mktemp("lab")
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
             "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")  # fmt: skip
    environment = os.environ | {name: str(home / name.lower()) for name in names}
    folder = home / "notebooks"
    folder.mkdir()
    (folder / NOTEBOOK).write_text(clear_outputs(PROJECT / "notebooks" / NOTEBOOK))
    tracker = home / "jupyterlab_settings_dir" / TRACKER
    tracker.parent.mkdir(parents=True)
    tracker.write_text('{"windowingMode": "none"}')  # every cell is in the page, seen or not
    (home / "jupyter_config_dir").mkdir()
    watch = WATCH.format(log=str(home / "connected"))
    (home / "jupyter_config_dir" / "jupyter_lab_config.py").write_text(watch)
    arguments = (f"--no-browser --allow-root --ip=127.0.0.1 --port=0 "
                 f"--IdentityProvider.token={TOKEN}")  # fmt: skip
    command = ["make", "--old-file=setup", "lab", f"BIN={Path(sys.executable).parent}",
               f"NOTEBOOKS={folder}", f"ARGS={arguments}"]  # fmt: skip
    with (home / "log").open("w") as log:
        make = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log,
                                start_new_session=True)  # fmt: skip
    family: list[psutil.Process] = []
    try:
        runtime = home / "jupyter_runtime_dir"
        info = wait_until(lambda: make.poll() is not None or read_info(runtime), START)
        assert info is not True, (home / "log").read_text()
        yield SimpleNamespace(address=info["url"], folder=folder, connected=home / "connected")
        server = psutil.Process(info["pid"])
        family = [server, *server.children(recursive=True)]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(make.pid, signal.SIGTERM)
        make.wait(START)
        _, left = psutil.wait_procs(family, timeout=60)
        for process in left:
            process.kill()
    assert left == [], "JupyterLab left processes behind"
    assert "Traceback" not in (home / "log").read_text()


def read_saved(file: Path) -> list[dict[str, Any]]:
    """Return the code cells of a file that JupyterLab has saved whole, after the run."""
    with suppress(json.JSONDecodeError):  # it is being written
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        if all(cell["execution_count"] for cell in code):
            return code
    return []


def test_a_reader_changes_a_year_and_runs_all_offline(browser, lab):
    page, faults = open_page(browser, 1400, "light")
    page.set_default_timeout(START * 1000)
    # The status bar tells the kernel's state; the notebook's own circle says idle before there is
    # any kernel, and what is run then is lost (jupyterlab, thread 8490).
    is_idle = page.get_by_text("| Idle")
    page.goto(f"{lab.address}lab/tree/{NOTEBOOK}?token={TOKEN}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    is_idle.wait_for()
    page.locator(".jp-CodeCell .cm-line", has_text=re.compile("^year_to: ")).first.click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.type(f"year_to: int = {LAST_YEAR}  # last year")
    choose(page, "Run", "^Run All Cells")
    page.wait_for_function(ALL_HAVE_RUN, timeout=RUN * 1000)
    is_idle.wait_for()
    # By the menu: a key goes where the focus is, which a menu may take along.
    choose(page, "File", r"^Save Notebook(?! As)")
    cells = wait_until(lambda: read_saved(lab.folder / NOTEBOOK), START)

    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator(".jp-toastContainer, .Toastify__toast", has_text="news").count() == 0
    figure = page.locator(".jp-OutputArea-output.jp-RenderedImage img").first
    figure.scroll_into_view_if_needed()
    assert figure.evaluate("image => image.complete && image.naturalWidth") > 600
    grave = ("page error", "leaves the machine")
    assert [each for each in faults if each.startswith(grave)] == []
    # Leave as a reader does: a page that is torn away in the middle of a message is a traceback in
    # the server's log.
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")
    kernels = f"{lab.address}api/kernels?token={TOKEN}"
    wait_until(lambda: all(not each["connections"] for each in json.load(urlopen(kernels))), START)
    page.context.close()

    assert any(f"year_to: int = {LAST_YEAR}" in "".join(cell["source"]) for cell in cells)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [each for each in outputs if each["output_type"] == "error"]
    said = " ".join("".join(each.get("data", {}).get("text/plain", "")) for each in outputs)
    assert f"pending at the end of {LAST_YEAR}" in said
    assert sum("image/png" in each.get("data", {}) for each in outputs) >= 5
    hosts = {host.strip("b'\"") for host in lab.connected.read_text().split()}
    assert {host for host in hosts if not is_own(f"//{host}")} == set()
