"""`make lab` in a browser: a reader changes a parameter and sees the figures; a student answers.

JupyterLab is started as the Makefile starts it, on copies of a notebook and a lesson, and its own
process notes every address that it connects to.
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
from browsing.fixtures import open_page
from browsing.record import is_own
from plain.checkout import PROJECT
from plain.processes import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed"),
]
NOTEBOOK = "03_eras.ipynb"
LESSON = "01_reading_a_table.ipynb"
TOKEN = "for-this-test"
START, RUN = 120, 300  # seconds, on a machine that does other things as well
LAST_YEAR = 2021
TRACKER = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
# The prompts of all code cells: a number once a cell has run, a star while it waits or runs.
PROMPTS = """[...document.querySelectorAll(".jp-Notebook .jp-InputPrompt")]
    .map((one) => one.textContent).filter((text) => text.includes("["))"""
LAST_COUNT = f"() => Math.max(0, ...{PROMPTS}.map((text) => parseInt(text.slice(1)) || 0))"
ALL_HAVE_RUN = f"last => {PROMPTS}.every((text) => parseInt(text.slice(1)) > last)"
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


def open_notebook(page: Any, address: str) -> None:
    """Open a notebook and wait for its kernel: without one, running asks which it should be.

    The status bar tells the kernel's state; the notebook's own circle says idle before there is
    any kernel, and what is run then is lost (jupyterlab, thread 8490).
    """
    page.goto(address)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()


def run_all(page: Any, seconds: float) -> None:
    """Run every cell, as the menu does, and wait until each has run once more than before."""
    last = page.evaluate(LAST_COUNT)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).first.click()
    page.wait_for_function(ALL_HAVE_RUN, arg=last, timeout=seconds * 1000)
    page.get_by_text("| Idle").wait_for()


def save(page: Any) -> None:
    """Save the notebook by the menu: a key goes where the focus is, which a menu may take along."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name=re.compile(r"^Save Notebook(?! As)")).first.click()


def read_info(runtime: Path) -> dict[str, Any] | None:
    """Return what the server says of itself, once it has."""
    for file in runtime.glob("jpserver-*.json"):
        text = file.read_text()
        return json.loads(text) if text else None
    return None


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start `make lab` on copies, with folders of its own; end it, kernels too.

    Known of it are its address, the folder of copies, and the file of addresses it connected to.
    """
    home = tmp_path_factory.mktemp("lab")
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
             "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")  # fmt: skip
    environment = os.environ | {name: str(home / name.lower()) for name in names}
    folder = home / "notebooks"
    folder.mkdir()
    for file in (PROJECT / "notebooks" / NOTEBOOK, PROJECT / "notebooks" / "exercises" / LESSON):
        (folder / file.name).write_text(clear_outputs(file))
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


def leave(page: Any, lab: Any) -> None:
    """Leave the page as a reader does, and wait until the server has noticed.

    One that is torn away in the middle of a message is a traceback in the server's log.
    """
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")
    address = f"{lab.address}api/kernels?token={TOKEN}"
    wait_until(lambda: all(not k["connections"] for k in json.load(urlopen(address))), START)
    page.context.close()


def change_parameter(page: Any, name: str, line: str) -> None:
    """Type another line over a parameter's, as a reader would."""
    page.locator(".jp-CodeCell .cm-line", has_text=re.compile(rf"^{name}: ")).first.click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.type(line)


def read_saved(file: Path) -> list[dict[str, Any]]:
    """Return the code cells of a file that JupyterLab has saved whole, after the run."""
    with suppress(json.JSONDecodeError):  # it is being written
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        if all(cell["execution_count"] for cell in code):
            return code
    return []


def test_a_reader_changes_a_year_and_runs_all_offline(browser, lab):
    page, record = open_page(browser, 1400, "light")
    page.set_default_timeout(START * 1000)
    open_notebook(page, f"{lab.address}lab/tree/{NOTEBOOK}?token={TOKEN}")
    change_parameter(page, "year_to", f"year_to: int = {LAST_YEAR}  # last year")
    run_all(page, RUN)
    save(page)
    cells = wait_until(lambda: read_saved(lab.folder / NOTEBOOK), START)

    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator(".jp-toastContainer, .Toastify__toast", has_text="news").count() == 0
    figure = page.locator(".jp-OutputArea-output.jp-RenderedImage img").first
    figure.scroll_into_view_if_needed()
    assert figure.evaluate("image => image.complete && image.naturalWidth") > 600
    grave = ("page error", "leaves the machine")
    assert [each for each in record.faults if each.startswith(grave)] == []
    leave(page, lab)

    assert any(f"year_to: int = {LAST_YEAR}" in "".join(cell["source"]) for cell in cells)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [each for each in outputs if each["output_type"] == "error"]
    said = " ".join("".join(each.get("data", {}).get("text/plain", "")) for each in outputs)
    assert f"pending at the end of {LAST_YEAR}" in said
    assert sum("image/png" in each.get("data", {}) for each in outputs) >= 5
    hosts = {host.strip("b'\"") for host in lab.connected.read_text().split()}
    assert {host for host in hosts if not is_own(f"//{host}")} == set()


def write_answer(page: Any, name: str, lines: str) -> None:
    """Put an answer in the place of the three dots, by keyboard."""
    cell = page.locator(".jp-CodeCell", has_text=re.compile(rf"{name} = ")).first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(lines)


def read_card(page: Any, exercise: str) -> str:
    """Return what the check of an exercise says."""
    card = page.locator(".jp-OutputArea-output", has_text=re.compile(rf"^\s*{exercise}\s"))
    return str(card.first.text_content())


def test_a_student_answers_wrongly_and_rightly_and_meets_no_traceback(browser, lab):
    page, record = open_page(browser, 1100, "light")
    page.set_default_timeout(START * 1000)
    # A workspace of its own: the other test's notebook is not open beside it.
    open_notebook(page, f"{lab.address}lab/workspaces/student/tree/{LESSON}?token={TOKEN}")
    count = 'na_rows = len(applications[applications["app_type"] == "NA"])'
    again = (
        'applications = pd.read_csv(lesson.file("asylum_applications"), keep_default_na=False)\n'
    )
    for answers, said in (
        ({}, {"1.1": "No answer yet."}),
        ({"na_rows": count}, {"1.3": "lost in reading"}),
        (
            {"na_rows": again + count, "unhcr_code": 'unhcr_code = "CHI"'},
            dict.fromkeys(("1.1", "1.3"), "Right."),
        ),
    ):
        for name, lines in answers.items():
            write_answer(page, name, lines)
        run_all(page, RUN)
        for exercise, words in said.items():
            assert words in read_card(page, exercise)
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator(".jp-OutputArea", has_text="Traceback").count() == 0
    hint = page.locator("details", has_text="Start from the worked example").first
    assert not hint.evaluate("element => element.open")
    hint.locator("summary").click()
    assert hint.evaluate("element => element.open")
    assert [each for each in record.faults if each.startswith("page error")] == []
    leave(page, lab)
